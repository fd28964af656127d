"""Three-valued logic (Kleene): true, false, and not known."""

from __future__ import annotations

from collections.abc import Iterable

#: True, False, or None for not known.
Truth = bool | None


def conjunction(values: Iterable[Truth]) -> Truth:
    """And: false if one is false, else not known if one is not known; true when empty."""
    result: Truth = True
    for value in values:
        if value is False:
            result = False
        elif value is None and result is True:
            result = None
    return result


def disjunction(values: Iterable[Truth]) -> Truth:
    """Or: true if one is true, else not known if one is not known; false when empty."""
    result: Truth = False
    for value in values:
        if value is True:
            result = True
        elif value is None and result is False:
            result = None
    return result


def negation(value: Truth) -> Truth:
    """Not: what is not known stays not known."""
    return None if value is None else not value


def letter(value: Truth) -> str:
    """Return T, F or U."""
    return "U" if value is None else "T" if value else "F"
