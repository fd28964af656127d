"""From a case to what the lesion panel shows: lesions by date, sums, free measurements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tumorboard.annotations.kinds import MARKS, SPECS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation
from tumorboard.case.dates import iso_date
from tumorboard.case.lesions import (
    Change,
    LesionRow,
    Timepoint,
    copies_wanted,
    lesion_table,
)
from tumorboard.case.model import Case, Lesion
from tumorboard.case.planes import plane_words
from tumorboard.case.response import NODE_NORMAL_MM, PROGRESSION_RISE_MM, RESPONSE_PERCENTS
from tumorboard.case.response_rows import response_rows
from tumorboard.case.sites import site_heading
from tumorboard.language import _, number, pgettext
from tumorboard.quantity import decimals_beside, length_words, signed
from tumorboard.ui.shell.provenance import dicom_date, local_time

ROLE_NAMES = {
    "": _("No role"),
    "target": _("Target"),
    "non-target": _("Non-target"),
    "new": _("New lesion"),
}
SIDE_NAMES = {"": _("No side"), "right": _("Right"), "left": _("Left"), "both": _("Both sides")}


#: Caveats that say what a length rests on.
_OF_LENGTHS = frozenset({"uncalibrated", "ultrasound-region", "imager-spacing", "user-calibration"})


@dataclass(frozen=True)
class MeasurementRow:
    """A line of the measurement list."""

    uid: str
    name: str
    value: str
    where: str
    caveats: tuple[str, ...]
    proposed: bool = False


@dataclass(frozen=True)
class DateRow:
    """A lesion at one date: its size, how it changed, and what was drawn.

    ``uid`` is the annotation that gives the size, empty without one; ``change`` are lines
    of words.
    """

    date: str
    size: str
    uid: str
    change: tuple[str, ...]
    measurements: tuple[MeasurementRow, ...]


@dataclass(frozen=True)
class LesionCard:
    """A lesion with its dates; ``copy_to`` is the DICOM date that lacks what the last one has."""

    lesion: Lesion
    detail: str
    dates: tuple[DateRow, ...]
    copy_to: str


@dataclass(frozen=True)
class SumLine:
    """The sum of the targets at a date, and the response by RECIST 1.1 that it is part of."""

    date: str
    value: str
    change: tuple[str, ...]
    response: str = ""


@dataclass(frozen=True)
class LesionContent:
    """All that the panel shows of lesions."""

    cards: tuple[LesionCard, ...]
    sums: tuple[SumLine, ...]
    free: tuple[MeasurementRow, ...]
    choices: tuple[tuple[str, str], ...]

    @property
    def shared_caveats(self) -> tuple[str, ...]:
        """Reservations of more than one measurement: each is read once."""
        dated = (row for card in self.cards for date in card.dates for row in date.measurements)
        held = Counter(caveat for row in (*dated, *self.free) for caveat in row.caveats)
        return tuple(caveat for caveat, count in held.items() if count > 1)


@dataclass(frozen=True)
class HistoryLine:
    """One value that something had: what, and who did it when."""

    value: str
    who: str


def lesion_content(case: Case) -> LesionContent:
    """Return what the panel shows of a case."""
    table = lesion_table(case)
    cards = tuple(_card(case, row, table.timepoints) for row in table.rows)
    sums: list[SumLine] = []
    if table.total is not None:
        total, told = table.total, response_rows(case)
        overall = {row.date: row.overall for row in told.rows} if told is not None else {}
        for n, point in enumerate(table.timepoints):
            value = total.sums[n]
            text = length_words(value) if value is not None else ""
            if not text and total.missing[n]:
                text = _("not measured: {lesions}", lesions=", ".join(total.missing[n]))
            if text and total.added[n]:
                text = _(
                    "{sum} (without {lesions}: no size at baseline)",
                    sum=text,
                    lesions=", ".join(total.added[n]),
                )
            if text:
                change = change_words(total.from_baseline[n], total.from_nadir[n])
                word = overall.get(iso_date(point.date), "")
                sums.append(SumLine(date_words(point.date), text, change, word))
    free = tuple(
        measurement_row(case, a)
        for a in case.annotations
        if a.kind not in MARKS and case.lesion(a.lesion_uid) is None
    )
    choices = tuple((x.uid, x.name) for x in case.lesions)
    return LesionContent(cards, tuple(sums), free, choices)


def _card(case: Case, row: LesionRow, points: Sequence[Timepoint]) -> LesionCard:
    dates = []
    for n, point in enumerate(points):
        drawn = tuple(
            measurement_row(case, a, with_date=False)
            for a in case.annotations
            if a.lesion_uid == row.lesion.uid and point.holds(a.image)
        )
        size = row.sizes[n]
        if drawn:
            text = size_words(size.mm, row.lesion) if size is not None else ""
            change = change_words(row.from_baseline[n], row.from_nadir[n])
            uid = size.annotation_uid if size is not None else drawn[0].uid
            dates.append(DateRow(date_words(point.date), text, uid, change, drawn))
    return LesionCard(
        row.lesion, detail_words(row.lesion), tuple(dates), _copy_to(case, row, points)
    )


def _copy_to(case: Case, row: LesionRow, points: Sequence[Timepoint]) -> str:
    """Return the newest date when measurements of the lesion are missing there."""
    if len(points) < 2 or not copies_wanted(case, row.lesion.uid, points[-1]):
        return ""
    return points[-1].date


def detail_words(lesion: Lesion) -> str:
    """Return "Index · target · left kidney · by short axis"."""
    site = site_heading(lesion.site)
    if lesion.laterality and site:
        side = SIDE_NAMES[lesion.laterality].lower()
        site = f"{site}, {side}"
    role = ROLE_NAMES.get(lesion.role, lesion.role) if lesion.role else ""
    named = any(word in site.lower() for word in ("node", _("node")))
    node = _("lymph node") if lesion.is_node and not named else ""
    spread = _("Distant metastasis") if lesion.is_metastasis else ""
    parts = (_("Index") if lesion.is_index else "", role, spread, site, node)
    return " · ".join(part for part in parts if part)


def size_words(mm: float, lesion: Lesion) -> str:
    """Return a size in cm; that of a node does not seem normal where it is not, or the reverse."""
    cm = mm / 10
    limits = (NODE_NORMAL_MM / 10,) if lesion.is_node else ()
    return f"{number(cm, f'.{decimals_beside(cm, 1, limits)}f')} cm"


def change_words(baseline: Change | None, nadir: Change | None) -> tuple[str, ...]:
    """Return "+0.9 cm (+9 %) from baseline", and the same from the nadir where it differs."""
    found = []
    if baseline is not None:
        found.append(_("{change} from baseline", change=_signed(baseline)))
    if nadir is not None and nadir != baseline:
        found.append(_("{change} from nadir", change=_signed(nadir)))
    return tuple(found)


def _signed(change: Change) -> str:
    cm, rise_cm = change.mm / 10, PROGRESSION_RISE_MM / 10
    length = f"{signed(cm, decimals_beside(cm, 1, (rise_cm,)))} cm"
    if change.percent is None:
        return length
    decimals = decimals_beside(change.percent, 0, RESPONSE_PERCENTS)
    return f"{length} ({signed(change.percent, decimals)} %)"


def date_words(date: str) -> str:
    """Return a date for reading, or that there is none."""
    return dicom_date(date) or _("No date")


def measurement_row(
    case: Case, annotation: Annotation, *, with_date: bool = True
) -> MeasurementRow:
    """Return the line of a measurement."""
    spec = SPECS[annotation.kind]
    name = annotation.label or spec.words
    measured = measure(annotation)
    value = spec.words if spec.is_words and annotation.label else measured.text
    dates = {s.series_instance_uid: dicom_date(s.study_date) for s in case.series}
    date = dates.get(annotation.image.series_instance_uid, "") if with_date else ""
    where = " · ".join(part for part in (date, plane_words(case, annotation)) if part)
    # What limits the lengths comes first, then what limits values.
    ordered = sorted(measured.caveats, key=lambda c: c.code not in _OF_LENGTHS)
    caveats = tuple(c.text for c in ordered)
    return MeasurementRow(annotation.uid, name, value, where, caveats, annotation.proposed)


def history_lines(
    values: Iterable[tuple[str, str, str, Annotation | None]],
) -> tuple[HistoryLine, ...]:
    """Return what an annotation was, the newest first.

    Each value comes as (kind of step, author, UTC time, annotation or None).
    """
    verbs = {"undo": _("undone"), "redo": _("redone"), "import": _("imported")}
    lines = []
    for kind, author, utc, annotation in values:
        if annotation is None:
            value, did = _("deleted"), verbs["undo"] if kind == "undo" else _("deleted")
        else:
            value, did = (
                measure(annotation).text or annotation.label,
                verbs.get(kind, pgettext("step", "set")),
            )
        who = " · ".join(part for part in (did, author, local_time(utc)) if part)
        lines.append(HistoryLine(value, who))
    return tuple(reversed(lines))
