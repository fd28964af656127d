"""A fact as coded terms: what is asked, what was answered, in which unit.

What has no code of its own is left out; the name and value of the closed list always stand
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from tumorboard.case.definitions import AtLeast, definition
from tumorboard.case.facts import FactValue


def fact_codes(name: str, value: FactValue) -> dict[str, Any]:
    """Return the codes of a fact as JSON values: ``concept``, ``values`` by choice, ``unit``.

    ``radlex`` are the codes of choices in RadLex, beside those in ``values``.

    Raises
    ------
    UserError
        When the name is not on the list.

    """
    found = definition(name)
    members = _members(value)
    values = {str(c.value): asdict(c.code) for c in found.choices if c.code and c.value in members}
    radlex = {
        str(c.value): asdict(c.radlex) for c in found.choices if c.radlex and c.value in members
    }
    codes = {
        "concept": asdict(found.code) if found.code else None,
        "values": values or None,
        "radlex": radlex or None,
        "unit": asdict(found.unit_code) if found.unit_code and value is not None else None,
    }
    return {part: code for part, code in codes.items() if code is not None}


def _members(value: FactValue) -> tuple[Any, ...]:
    """Return the choices that a value names: itself, members of a set, keys of a map."""
    if value is None or isinstance(value, AtLeast):
        return ()
    if isinstance(value, Iterable | Mapping) and not isinstance(value, str):
        return tuple(value)
    return (value,)
