"""Reads the files of a guideline and checks each against the schema beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tumorboard.case.terms import Document, Place, data_error, read_yaml
from tumorboard.errors import UserError

#: The files every guideline has, besides those of its rules.
FIXED = ("guideline", "options", "settings", "tables", "derived", "facts", "sources")
EVIDENCE = ("references", "conflicts", "gaps")
#: Files that a guideline may have: which lines carry a conflict, and what stands for and
#: against each option.
OPTIONAL = ("carried", "evidence")


#: What the schema says of a text: kind, digests of the schema and of the text; the last ones.
#: A guideline that is examined is read twice, and most files of two of its states are the same.
_JUDGED: dict[tuple[str, str, str], tuple[tuple[Place, str], ...]] = {}
_MOST_JUDGED = 128


@dataclass(frozen=True)
class _Schema:
    """The definitions that files are checked against, and the digest of their text."""

    definitions: dict[str, Any]
    digest: str


def read_files(folder: Path) -> tuple[dict[str, Document], list[Document]]:
    """Return the fixed files by name and the rule files in their order.

    Raises
    ------
    UserError
        When a file is missing, malformed or against the schema; with file and line.

    """
    fixed = {name: read_document(folder / f"{name}.yaml") for name in fixed_names(folder)}
    schema = _schema(folder)
    for name, document in fixed.items():
        _check(document, name, schema)
    rules = [read_document(folder / name) for name in fixed["guideline"].data["order"]]
    for document in rules:
        _check(document, "rules", schema)
    return fixed, rules


def fixed_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the files besides those of the rules, without their ending."""
    chosen = (name for name in OPTIONAL if (folder / f"{name}.yaml").exists())
    return (*FIXED, *EVIDENCE, *chosen)


def read_document(path: Path) -> Document:
    """Read a YAML file; one that contains itself or nests without end is refused too."""
    try:
        return read_yaml(path)
    except RecursionError as error:
        raise data_error(f"{path.name}, line 1: it contains itself or nests too deeply.") from error


def _schema(folder: Path) -> _Schema:
    path = folder / "schema.json"
    try:
        text = path.read_text(encoding="utf-8")
        definitions = json.loads(text)["$defs"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise data_error(f"{path.name} of the guideline cannot be read.") from error
    return _Schema(definitions, hashlib.sha256(text.encode()).hexdigest())


def file_problems(folder: Path) -> list[UserError]:
    """Return everything that is malformed or against the schema, in all files."""
    try:
        schema = _schema(folder)
        head = read_document(folder / "guideline.yaml")
    except UserError as error:
        return [error]
    found = list(_against(head, "guideline", schema))
    if found:
        return found
    kinds = {f"{name}.yaml": name for name in fixed_names(folder)}
    for file in (*kinds, *head.data["order"]):
        try:
            found += _against(read_document(folder / file), kinds.get(file, "rules"), schema)
        except UserError as error:
            found.append(error)
    return found


def _check(document: Document, kind: str, schema: _Schema) -> None:
    """Refuse a document that does not fit; the first problem is named."""
    for error in _against(document, kind, schema):
        raise error


def _against(document: Document, kind: str, schema: _Schema) -> Iterator[UserError]:
    key = (kind, schema.digest, document.digest)
    judged = _JUDGED.pop(key, None)
    if judged is None:
        judged = tuple(_judged(document.data, kind, schema))
    _JUDGED[key] = judged
    while len(_JUDGED) > _MOST_JUDGED:
        _JUDGED.pop(next(iter(list(_JUDGED))), None)
    for place, message in judged:
        yield document.error(place, message)


def _judged(data: Any, kind: str, schema: _Schema) -> Iterator[tuple[Place, str]]:
    """Yield place and words of the innermost problem of each failed alternative."""
    from jsonschema import Draft202012Validator  # here: its import costs 0.1 s

    validator = Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema.definitions})
    for error in validator.iter_errors(data):
        innermost: Any = error
        while innermost.context:
            innermost = max(innermost.context, key=lambda e: len(e.absolute_path))
        yield tuple(innermost.absolute_path), f"{innermost.message}."


def rule_entries(document: Document) -> Iterator[tuple[Place, dict[str, Any], dict[str, Any]]]:
    """Yield place, section and entry of each rule of a rule file, in order."""
    for s, section in enumerate(document.data["sections"]):
        for r, entry in enumerate(section["rules"]):
            yield ("sections", s, "rules", r), section, entry
