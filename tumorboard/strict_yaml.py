"""YAML that people and other programs wrote, read so that a small file takes little to read.

A reference (``*name``) costs a few letters and stands for all that it names, and references in
what it names multiply: half a kilobyte can stand for billions of entries.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

#: How many entries a text may stand for, references counted each time they are used.
_ENTRIES: Final = 200_000
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str) -> yaml.Node | None:
    """Return the nodes of a text with their places; None for an empty one.

    Raises
    ------
    yaml.YAMLError
        When it is not YAML.
    ValueError
        When it stands for more entries than any file of this program has, contains itself or
        nests too deeply.

    """
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
        if root is not None and _entries(root, {}) > _ENTRIES:
            raise ValueError("its references stand for too many entries")
    except RecursionError:
        raise ValueError("it contains itself or nests too deeply") from None
    return root


def load(text: str) -> Any:
    """Return what a text says; the errors are those of `compose`, and one for odd keys."""
    compose(text)
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - the safe loader, in C where it is there


def _entries(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many entries a node stands for with all below it."""
    held = known.get(id(node))
    if held is not None:
        if held < 0:
            raise ValueError("it contains itself or nests too deeply")
        return held
    known[id(node)] = -1  # being counted
    below = node.value if isinstance(node, yaml.CollectionNode) else ()
    parts = (part for pair in below for part in (pair if isinstance(pair, tuple) else (pair,)))
    known[id(node)] = 1 + sum(_entries(part, known) for part in parts)
    return known[id(node)]
