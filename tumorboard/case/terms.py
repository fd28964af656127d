"""Reads the YAML data files, keeping the line of every entry for error messages.

Plain words stay words: ``yes``, ``no``, ``on`` and ``off`` are text here, as a clinician
would expect; only ``true`` and ``false`` are truth values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tumorboard import strict_yaml
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.text import lines as inert_lines

#: A place inside a document: keys and list positions from the root.
Place = tuple[str | int, ...]

_TRUTH = {"true": True, "false": False}
_STRING_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Document:
    """A parsed file: its name, its data, and the line (from 1) of each place in it.

    ``digest`` is that of its text. ``files`` names the file of each entry that came from
    another one.
    """

    file: str
    data: Any
    lines: dict[Place, int] = field(repr=False)
    digest: str
    files: Mapping[Place, str] = field(default_factory=dict, repr=False)

    def at(self, place: Place) -> tuple[str, int]:
        """Return file and line of a place."""
        others = (file for start, file in self.files.items() if place[: len(start)] == start)
        return next(others, self.file), self.line(place)

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1

    def error(self, place: Place, message: str) -> UserError:
        """Build the error that names file and line."""
        file, line = self.at(place)
        return data_error(
            _("{file}, line {line}: {problem}", file=file, line=line, problem=message)
        )


def data_error(message: str) -> UserError:
    """Build the error of a data file that cannot be used."""
    return UserError(message, _("Correct the file; the guideline in force stays as it is."))


def read_yaml(path: Path, name: str = "") -> Document:
    """Read a YAML file; ``name`` stands for it in messages, its own without one.

    Raises
    ------
    UserError
        When the file is missing, is not YAML, or repeats a key; with file name and line.

    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise data_error(_("{name} cannot be read.", name=name)) from error
    return _read_text(text, name)


#: A guideline is read again when it is chosen, compared or examined; most of its files are as
#: they were.
@lru_cache(maxsize=96)
def _read_text(text: str, name: str) -> Document:
    """Return what stands in a text; whoever gets it changes nothing in it."""
    try:
        node = strict_yaml.compose(text)
    except ValueError as error:
        raise data_error(_("{name}, line 1: {reason}.", name=name, reason=error)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            raise data_error(_("{name}: this is not well-formed YAML.", name=name)) from error
        said = _(
            "{name}, line {line}: this is not well-formed YAML.", name=name, line=mark.line + 1
        )
        raise data_error(said) from error
    lines: dict[Place, int] = {(): 1}
    data = None if node is None else _build(node, (), lines, name)
    return Document(name, data, lines, hashlib.sha256(text.encode()).hexdigest())


def _build(node: yaml.Node, place: Place, lines: dict[Place, int], file: str) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(n, (*place, i), lines, file) for i, n in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key: Hashable = _scalar(key_node)
            if key in result:
                line = key_node.start_mark.line + 1
                raise data_error(
                    _(
                        '{file}, line {line}: "{key}" stands here twice.',
                        file=file,
                        line=line,
                        key=key,
                    )
                )
            name = key if isinstance(key, int) else str(key)
            result[key] = _build(value_node, (*place, name), lines, file)
        return result
    return _scalar(node)


def _scalar(node: Any) -> Any:
    """Turn a scalar into text, a number or a truth value; an empty one into None."""
    text = inert_lines(str(node.value))
    if node.tag == _STRING_TAG or node.style in {'"', "'"}:
        return text
    if text in {"", "null", "~"}:
        return None
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
