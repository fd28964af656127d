"""Facts that were measured on outlines and vessels, and whether they still hold.

Measuring takes time, so it is done after a step. What was measured holds as long as
everything that it rests on is as it was; else it counts as not measured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tumorboard.case.facts import Fact
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Role, Segmentation


@dataclass(frozen=True)
class Measured:
    """Facts, and the state (`state_of`) of each thing that they rest on, by its UID."""

    rests_on: tuple[tuple[str, object], ...]
    facts: tuple[Fact, ...]

    @classmethod
    def on(cls, case: Case, uids: Iterable[str], facts: Iterable[Fact]) -> Measured:
        """Return facts measured on these outlines and vessels as they are in a case."""
        return cls(tuple((uid, state_of(case, uid)) for uid in uids), tuple(facts))

    def holds(self, case: Case) -> bool:
        """Whether all that it rests on is in the case as it was."""
        return all(s is not None and state_of(case, uid) == s for uid, s in self.rests_on)


def state_of(case: Case, uid: str) -> object | None:
    """Return what measurements on an outline, vessel or mark depend on; None where it is not.

    An outline that does not lie on all slices of its series cannot be measured: some came since.
    """
    outline = case.segmentation(uid)
    if outline is None:
        mark = case.annotation(uid)
        return case.vessel(uid) if mark is None else mark.points
    slices = {s.series_instance_uid: s.slices for s in case.series}
    count = outline.grid_shape[0]
    if count and slices.get(outline.series_instance_uid, count) != count:
        return None
    lesion = case.lesion(outline.lesion_uid)
    is_index = lesion is not None and lesion.is_index
    return outline.digest, outline.grid_digest, outline.role, is_index


def facts_that_hold(case: Case, measured: Iterable[Measured]) -> tuple[Fact, ...]:
    """Return the measured facts that hold for a case as it is."""
    return tuple(fact for m in measured if m.holds(case) for fact in m.facts)


def without(measured: Iterable[Measured], names: Collection[str]) -> tuple[Measured, ...]:
    """Return what was measured besides the facts with these names."""
    found = []
    for m in measured:
        facts = tuple(fact for fact in m.facts if fact.name not in names)
        if facts:
            found.append(Measured(m.rests_on, facts))
    return tuple(found)


def restored(case: Case, derived: Mapping[str, Fact]) -> tuple[Measured, ...]:
    """Return what had been measured when a case was left: derived facts that name outlines."""
    found = []
    for fact in derived.values():
        uids = fact.provenance.annotation_uids
        on_shapes = any(case.segmentation(uid) or case.vessel(uid) for uid in uids)
        if on_shapes and all(state_of(case, uid) is not None for uid in uids):
            found.append(Measured.on(case, uids, (fact,)))
    return tuple(found)


def masses(case: Case, lesion_uid: str) -> tuple[Segmentation, ...]:
    """Return the outlined masses of a lesion that hold something, the oldest study first.

    Of several on one date the largest comes last.
    """
    dates = {s.series_instance_uid: s.study_date for s in case.series}
    found = [s for s in case.segmentations_of(lesion_uid) if s.role is Role.MASS]
    return tuple(
        sorted(
            (s for s in found if not s.is_empty),
            key=lambda s: (dates.get(s.series_instance_uid, ""), s.volume_mm3 or 0.0),
        )
    )


def index_mass(case: Case) -> Segmentation | None:
    """Return the outline of the index lesion that counts: the largest of the newest study."""
    lesion = case.index_lesion
    found = () if lesion is None else masses(case, lesion.uid)
    return found[-1] if found else None
