"""What changed in the open case, by families, so that only what shows them looks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tumorboard.case.facts import Fact
from tumorboard.case.model import Case

#: Label, question, summary and whom it is about.
ABOUT: Final = "about"
#: Values that follow from the rest.
DERIVED: Final = "derived"
SERIES: Final = "series"
LESIONS: Final = "lesions"
ANNOTATIONS: Final = "annotations"
FACTS: Final = "facts"
REMARKS: Final = "remarks"
VIEWS: Final = "views"
SEGMENTATIONS: Final = "segmentations"
VESSELS: Final = "vessels"
_PARTS: Final = (SERIES, LESIONS, ANNOTATIONS, FACTS, REMARKS, VIEWS, SEGMENTATIONS, VESSELS)
FAMILIES: Final = frozenset({ABOUT, DERIVED, *_PARTS})


@dataclass(frozen=True)
class CaseChange:
    """The open case before and after, None without one, and the families that differ."""

    before: Case | None
    after: Case | None
    families: frozenset[str] = FAMILIES

    @property
    def is_another(self) -> bool:
        """Whether another case is open now, or none."""
        before = None if self.before is None else self.before.uid
        return before != (None if self.after is None else self.after.uid)

    def touches(self, families: frozenset[str]) -> bool:
        """Whether one of these families changed, as all do where another case is open."""
        return self.is_another or not self.families.isdisjoint(families)


@dataclass(frozen=True)
class CaseState:
    """A case with its derived values, as it was told last."""

    case: Case | None = None
    derived: Mapping[str, Fact] | None = None

    def change_to(self, other: CaseState) -> CaseChange:
        """Return what differs in a later state.

        A family that no edit touched is the same object in both; equal ones are not compared.
        """
        one, two = self.case, other.case
        if one is None or two is None or one.uid != two.uid:
            return CaseChange(one, two)
        families = {name for name in _PARTS if getattr(one, name) is not getattr(two, name)}
        if self.derived is not other.derived:
            families.add(DERIVED)
        told = ("label", "question", "summary", "patient")
        if any(getattr(one, name) != getattr(two, name) for name in told):
            families.add(ABOUT)
        return CaseChange(one, two, frozenset(families))
