"""Values that are tried: facts with others in their place, without touching the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tumorboard.case.facts import Fact, FactSheet, Provenance, definition, normalise, value_text
from tumorboard.language import _

#: Where a tried value comes from, as the reader sees it.
TRIED = Provenance("tried", note=_("not recorded"))


def tried_sheet(facts: FactSheet, values: Mapping[str, Any]) -> FactSheet:
    """Return the facts with tried values in their place; None tries that nothing is known.

    Raises
    ------
    UserError
        For a name that is not on the list, or a value outside its choices or range.

    """
    for name, raw in values.items():
        value = normalise(name, raw)
        fact = None if value is None else Fact(name, value, TRIED)
        facts = facts.without(name) if fact is None else facts.with_fact(fact)
    return facts


def tried_text(name: str, value: Any, recorded: Any) -> str:
    """Return "Liver hilum: Absent (recorded: Not assessed)"."""
    now, was = value_text(name, normalise(name, value)), value_text(name, recorded)
    return _(
        "{fact}: {value} (recorded: {recorded})",
        fact=definition(name).label,
        value=now,
        recorded=was,
    )
