"""One more entry in a list of a YAML file, with all that a person wrote around it left as it is.

The file is read for its places alone; comments, order and style stay. Who writes has to read the
result again: `appended` gives None where it cannot tell where the entry goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from tumorboard import strict_yaml

#: Wide enough that no entry of one line is folded.
_ONE_LINE = 10_000


def appended(text: str, key: str, entry: Mapping[str, Any]) -> str | None:
    """Return a text whose list under ``key`` has one more entry; all else stays letter by letter.

    A list that is not there yet or empty begins at the end of the text or where its key stands.
    None when the result does not read as the former data with one more entry.
    """
    try:
        data, root = strict_yaml.load(text), strict_yaml.compose(text)
        if not isinstance(data, dict) or not isinstance(root, yaml.MappingNode):
            return None
        found = _with_entry(text, root, key, entry)
        held = data.get(key) or []
        wanted = {**data, key: [*held, dict(entry)]}
        return found if found is not None and strict_yaml.load(found) == wanted else None
    except (yaml.YAMLError, TypeError, ValueError):
        return None


def block_text(heading: str, data: Mapping[str, Any]) -> str:
    """Return data as YAML, an entry a block in its order, below a comment that says what it is."""
    body = yaml.safe_dump(
        dict(data), sort_keys=False, allow_unicode=True, width=100, default_flow_style=False
    )
    return "".join(f"# {line}\n" for line in heading.splitlines()) + str(body)


def with_more(text: str | None, heading: str, data: Mapping[str, Any], key: str) -> str:
    """Return the text of a file that holds ``data``, grown out of the text that is there.

    Where that holds the same but for the last entries under ``key``, these are put behind and all
    else stays; else the file is written anew, with the comments that stood at its head.
    """
    fresh = block_text(heading, data)
    if text is None:
        return fresh
    try:
        held = strict_yaml.load(text)
    except (yaml.YAMLError, ValueError):
        return fresh
    known = held.get(key) or [] if isinstance(held, dict) else []
    wanted = list(data[key])
    grown: str | None = text
    if not isinstance(known, list) or len(known) > len(wanted):
        return _anew(text, heading, data)
    for entry in wanted[len(known) :]:
        grown = None if grown is None else appended(grown, key, entry)
    if grown is None or not _alike(strict_yaml.load(grown), data):
        return _anew(text, heading, data)
    return grown


def _alike(held: Any, data: Any) -> bool:
    """Whether what a person wrote is what was read from it: a date may stand unquoted there."""
    if isinstance(data, Mapping):
        keys = isinstance(held, Mapping) and set(held) == set(data)
        return keys and all(_alike(held[key], value) for key, value in data.items())
    if isinstance(data, list | tuple):
        many = isinstance(held, list | tuple) and len(held) == len(data)
        return many and all(_alike(a, b) for a, b in zip(held, data, strict=True))
    return bool(held == data or str("" if held is None else held) == str(data))


def _anew(text: str, heading: str, data: Mapping[str, Any]) -> str:
    """Return data written anew, below the comments at the head of a text."""
    lines = text.splitlines()
    count = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    kept = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[:count])
    return block_text(kept or heading, data)


# -- places -----------------------------------------------------------------------------------


def _with_entry(
    text: str, root: yaml.MappingNode, key: str, entry: Mapping[str, Any]
) -> str | None:
    node = next((value for name, value in root.value if name.value == key), None)
    if node is None:
        if root.flow_style:
            return None
        begun = text if text.endswith("\n") or not text else f"{text}\n"
        return f"{begun}{key}:\n{_item(entry, 2, flow=False)}"
    if not isinstance(node, yaml.SequenceNode):
        return _begun(text, node, entry) if node.value in ("", "null", "~") else None
    if not node.value:
        return _begun(text, node, entry)
    last = node.value[-1]
    if node.flow_style:
        end = last.end_mark.index
        return f"{text[:end]}, {_flow(entry)}{text[end:]}"
    item = _item(entry, node.start_mark.column, flow=bool(last.flow_style))
    end = _end_of_line(text, _last_scalar(last).end_mark.index)
    before = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
    return f"{before}{item}{text[end:]}"


def _begun(text: str, node: yaml.Node, entry: Mapping[str, Any]) -> str:
    """Return a text in which an empty list has its first entry."""
    start, end = node.start_mark.index, node.end_mark.index
    rest = _end_of_line(text, end)
    line = (text[:start].rstrip(" ") + text[end:rest]).rstrip("\n")
    return f"{line}\n{_item(entry, 2, flow=False)}{text[rest:]}"


def _last_scalar(node: yaml.Node) -> yaml.Node:
    """Return what stands last in a node: the end of a block counts the comments behind it."""
    block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    if not block or not node.value:
        return node
    last = node.value[-1]
    return _last_scalar(last[1] if isinstance(last, tuple) else last)


def _end_of_line(text: str, at: int) -> int:
    """Return where the line ends on which a place lies, behind its line break."""
    if at and text[at - 1] == "\n":
        return at
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _flow(entry: Mapping[str, Any]) -> str:
    made = yaml.safe_dump(
        dict(entry), sort_keys=False, allow_unicode=True, width=_ONE_LINE, default_flow_style=True
    )
    return str(made).strip()


def _item(entry: Mapping[str, Any], indent: int, *, flow: bool) -> str:
    """Return an entry as an item of a block list, its dash at this column."""
    pad = " " * indent
    if flow:
        return f"{pad}- {_flow(entry)}\n"
    body = yaml.safe_dump(
        dict(entry), sort_keys=False, allow_unicode=True, width=_ONE_LINE, default_flow_style=False
    )
    lines = str(body).splitlines()
    return "".join(f"{pad}{'- ' if n == 0 else '  '}{line}\n" for n, line in enumerate(lines))
