"""From marks along the vena cava to the rows of their table."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.annotations.model import TumourEnd
from tumorboard.case.annotation_facts import ivc_ends, ivc_marks
from tumorboard.case.definitions import definition
from tumorboard.case.model import Case
from tumorboard.language import _
from tumorboard.tools.vessel import MARK_LABELS, MARKS


@dataclass(frozen=True)
class MarkRow:
    """A line of the IVC table; ``uid`` is empty while the mark is not set."""

    role: str
    name: str
    uid: str
    value: str
    is_end: bool


def mark_rows(case: Case) -> list[MarkRow]:
    """Return every level and end of the IVC table, set or not."""
    marks = {a.role: a for a in ivc_marks(case)}
    rows = []
    for role in (str(m) for m in MARKS):
        mark = marks.get(role)
        value = ""
        is_end = role in {str(e) for e in TumourEnd}
        if mark is not None and is_end:
            value = _end_words(case, TumourEnd(role))
        elif mark is not None:
            value = _("marked")
        rows.append(MarkRow(role, MARK_LABELS[role], mark.uid if mark else "", value, is_end))
    return rows


def _end_words(case: Case, end: TumourEnd) -> str:
    reading = ivc_ends(case).get(end)
    if reading is None:
        return _("marked")
    if reading.doubt:
        return reading.doubt
    if reading.segment is None:
        needed = MARK_LABELS[str(reading.needs)] if reading.needs else _("the levels")
        return _("mark “{levels}” to name the level", levels=needed)
    name = "ivc_caudal_extent" if end is TumourEnd.CAUDAL else "ivc_cranial_extent"
    return definition(name).choice_label(reading.segment)
