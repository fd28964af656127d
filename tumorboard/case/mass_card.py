"""The index mass at a glance: size, volume, change, reach in the vein, contact, response.

Each line is a fact in force or was measured on the images, and says where it can be checked.
What nobody assessed is said to be not assessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tumorboard.case.dates import iso_date
from tumorboard.case.definitions import definition
from tumorboard.case.ivc_report import extent_words, fact_origin, mass_sentence
from tumorboard.case.lesions import LesionRow, LesionTable, lesion_table
from tumorboard.case.measured import index_mass, masses
from tumorboard.case.model import Case
from tumorboard.case.report_text import MISSING, Basis, Origin, no_slice
from tumorboard.case.response_rows import response_rows
from tumorboard.language import _, inside, number
from tumorboard.quantity import signed, volume_words

_CONTACTS: Final = "vessel_contacts"
_MM_PER_CM: Final = 10


@dataclass(frozen=True)
class CardLine:
    """A line of the card: its name, what is known, what limits that, where it can be checked."""

    name: str
    value: str
    origin: Origin = field(default_factory=Origin)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class MassCard:
    """The index mass at a glance.

    ``name`` is that of the lesion, empty before there is one; ``size`` the three axes in cm, in
    pixels where nothing is calibrated, "" where nothing is measured; ``axes`` which they are, and
    what limits them; ``total`` what may stand on the pictures that it was measured on, "" for
    nothing: what was stated, or has no cm, stands on none.
    """

    name: str
    size: str
    axes: str
    origin: Origin
    lines: tuple[CardLine, ...]
    total: str

    def line(self, name: str) -> CardLine | None:
        """Return the line of a name, None without one."""
        return next((line for line in self.lines if line.name == name), None)


#: Facts that the card shows: nothing else about a case's facts changes it.
SHOWN_FACTS: Final = (
    *("diameters_cm", "vessel_contacts"),
    *("ivc_involvement", "ivc_caudal_extent", "ivc_cranial_extent"),
)


def mass_card(case: Case, basis: Basis) -> MassCard:
    """Return what is known of the index mass of a case."""
    lesion, table = case.index_lesion, lesion_table(case)
    sentence = mass_sentence(case, basis, no_slice)
    size, unit, rest = sentence.words.partition(" cm")
    known = sentence.words != MISSING
    volume = _volume(case)
    lines = [volume, *_since(case, table), _vein(basis), _contact(basis), *_response(case)]
    shown = f"{size}{unit}" if known else ""
    # What a person stated was not measured on any picture: it does not stand on one.
    fact = basis.facts.get("diameters_cm")
    is_measured = fact is None or fact.provenance.origin != "entered"
    has_cm = bool(unit) and known and is_measured
    parts = (shown if has_cm else "", volume.value if _is_measured(volume) else "")
    return MassCard(
        lesion.name if lesion is not None else "",
        shown,
        "; ".join(part for part in (rest.lstrip(",; "), *_notes(basis, "diameters_cm")) if part),
        sentence.origin,
        tuple(lines),
        " · ".join(part for part in parts if part) if has_cm else "",
    )


def _notes(basis: Basis, name: str) -> tuple[str, ...]:
    """Return what stands with a fact: how it was measured, of which images, why it was stated."""
    fact = basis.facts.get(name)
    return (fact.provenance.note,) if fact is not None and fact.provenance.note else ()


def _is_measured(line: CardLine) -> bool:
    return line.value.endswith(" mL")


def _volume(case: Case) -> CardLine:
    record = index_mass(case)
    if record is None:
        return CardLine(_("Volume"), _("not outlined"))
    dates = {s.series_instance_uid: iso_date(s.study_date) for s in case.series}
    day = dates.get(record.series_instance_uid, "")
    newest = max((iso_date(s.study_date) for s in case.series if s.kind == "volume"), default="")
    later = (
        (_("Of images of {day}; those of {newest} are not outlined.", day=day, newest=newest),)
        if newest > day
        else ()
    )
    doubts = (*later, *(c.text for c in record.caveats))
    origin = Origin("", (record.uid,))
    if record.volume_ml is None:
        return CardLine(
            _("Volume"), _("not measured"), origin, doubts or (_("the outline gives none"),)
        )
    return CardLine(_("Volume"), volume_words(record.volume_ml), origin, doubts)


def _since(case: Case, table: LesionTable) -> list[CardLine]:
    """Return how size and volume changed since the study before, as far as both are known."""
    lesion = case.index_lesion
    row = next((r for r in table.rows if lesion is not None and r.lesion.uid == lesion.uid), None)
    days = [iso_date(point.date) for point in table.timepoints]
    length = _change_of_size(row, days) if row is not None else None
    volume = _change_of_volume(case)
    found = []
    for day in sorted({change[0] for change in (length, volume) if change is not None}):
        said = [change for change in (length, volume) if change is not None and change[0] == day]
        words = " · ".join(change[1] for change in said)
        uids = tuple(uid for change in said for uid in change[2])
        found.append(CardLine(_("Since {day}", day=day), words, Origin("", uids)))
    return found


_Changed = tuple[str, str, tuple[str, ...]]


def _change_of_size(row: LesionRow, days: list[str]) -> _Changed | None:
    """Return day, words and what was drawn; None unless two dated sizes are there."""
    sized = [(d, s) for d, s in zip(days, row.sizes, strict=True) if d and s is not None]
    if len(sized) < 2:
        return None
    (day, before), (__, now) = sized[-2:]
    cm = (now.mm - before.mm) / _MM_PER_CM
    uids = tuple(uid for uid in (before.annotation_uid, now.annotation_uid) if uid)
    return day, _("{change} cm longest diameter", change=signed(cm, 1)), uids


def _change_of_volume(case: Case) -> _Changed | None:
    """Return day, words and outlines; None unless two dated volumes are there."""
    record = index_mass(case)
    dates = {s.series_instance_uid: iso_date(s.study_date) for s in case.series}
    here = "" if record is None else dates.get(record.series_instance_uid, "")
    if record is None or not here or not record.volume_ml:
        return None
    earlier = [
        s
        for s in masses(case, record.lesion_uid)
        if "" < dates.get(s.series_instance_uid, "") < here and s.volume_ml
    ]
    if not earlier or not earlier[-1].volume_ml:
        return None
    before = earlier[-1].volume_ml
    percent = 100 * (record.volume_ml - before) / before
    day = dates[earlier[-1].series_instance_uid]
    return day, _("{change} % volume", change=signed(percent, 0)), (earlier[-1].uid, record.uid)


def _vein(basis: Basis) -> CardLine:
    facts = basis.facts
    marked = ("ivc_cranial_extent", "ivc_caudal_extent", "ivc_involvement")
    name = next((n for n in marked if facts.value(n) is not None), "ivc_involvement")
    if facts.value("ivc_involvement") == "absent":
        name = "ivc_involvement"
    words = extent_words(facts) or MISSING
    return CardLine(_("IVC"), words, fact_origin(facts, name), _notes(basis, name))


def _contact(basis: Basis) -> CardLine:
    facts, found = basis.facts, definition(_CONTACTS)
    contacts = facts.value(_CONTACTS) or {}
    words = " · ".join(
        f"{found.choice_label(name)} {number(degrees, '.10g')}°"
        if degrees
        else _("{vessel} none", vessel=found.choice_label(name))
        for name, degrees in contacts.items()
    )
    fact = facts.get(_CONTACTS)
    note = fact.provenance.note if fact is not None else ""
    return CardLine(
        _("Contact"), words or MISSING, fact_origin(facts, _CONTACTS), (note,) * bool(note)
    )


def _response(case: Case) -> list[CardLine]:
    rows = response_rows(case)
    if rows is None:
        return []
    newest = rows.rows[-1]
    doubts = tuple(part for part in (newest.why, *rows.doubts) if part)
    words = f"{inside(newest.overall)} · {newest.total} ({newest.date})"
    return [CardLine("RECIST 1.1", words, Origin(), doubts)]
