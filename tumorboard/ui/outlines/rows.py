"""From outlines in three dimensions to the words of their panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tumorboard import language
from tumorboard.app.outlining import colour_of
from tumorboard.case.measured import masses
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.imaging.mask_content import Shares
from tumorboard.imaging.mask_mass import Growth, MassMeasures, growth_of_volume
from tumorboard.imaging.value_words import number
from tumorboard.language import _
from tumorboard.quantity import length_words, volume_words
from tumorboard.ui.shell.provenance import dicom_date


@dataclass(frozen=True)
class OutlineRow:
    """A line of the list: ``detail`` says whose and when, ``why_not`` why it is not on show."""

    uid: str
    name: str
    detail: str
    volume: str
    colour: tuple[int, int, int]
    visible: bool
    active: bool
    why_not: str = ""


@dataclass(frozen=True)
class OutlineDetails:
    """What is known of the outline being worked on, in lines; ``caveats`` are reservations."""

    uid: str = ""
    name: str = ""
    role: str = Role.MASS.value
    lesion_uid: str = ""
    lines: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    can_measure: bool = False


NO_OUTLINE = OutlineDetails()


def volume_text(volume_ml: float | None) -> str:
    """Return a volume as it is read; "no volume" where there is none."""
    return _("no volume") if volume_ml is None else volume_words(volume_ml)


def outline_rows(
    case: Case, active: str, hidden: frozenset[str], why_not: Mapping[str, str]
) -> tuple[OutlineRow, ...]:
    """Return the lines of the list; ``why_not`` tells by UID what cannot be drawn here."""
    return tuple(
        OutlineRow(
            s.uid,
            s.label,
            _detail(case, s),
            _("empty") if s.is_empty else volume_text(s.volume_ml),
            colour_of(s),
            s.uid not in hidden,
            s.uid == active,
            why_not.get(s.uid, ""),
        )
        for s in case.segmentations
    )


def _detail(case: Case, record: Segmentation) -> str:
    lesion = case.lesion(record.lesion_uid)
    series = next(
        (r for r in case.series if r.series_instance_uid == record.series_instance_uid), None
    )
    day = dicom_date(series.study_date) if series is not None else ""
    name = lesion.name if lesion is not None else _("no lesion")
    return " · ".join(part for part in (name, _(record.role.value), day) if part)


def outline_details(
    case: Case, record: Segmentation | None, measures: MassMeasures | None, solid: str = ""
) -> OutlineDetails:
    """Return the words for the outline being worked on."""
    if record is None:
        return NO_OUTLINE
    lines = list(_size_lines(measures)) if measures is not None else []
    if solid:
        lines.append(solid)
    lines += growth_lines(case, record)
    if record.method:
        lines.append(_("Made by: {method}", method=_method_words(record.method)))
    caveats = tuple(c.text for c in (record.caveats if measures is None else measures.caveats))
    return OutlineDetails(
        record.uid,
        record.label,
        record.role.words,
        record.lesion_uid,
        tuple(lines),
        caveats,
        measures is not None and measures.dimensions is not None,
    )


def _size_lines(m: MassMeasures) -> Sequence[str]:
    lines = []
    if m.dimensions is not None:
        three = length_words(*m.dimensions.sizes_mm)
        lines.append(
            _(
                "{three}, between {convention}",
                three=three,
                convention=m.dimensions.convention.words,
            )
        )
        longest = length_words(m.dimensions.maximum_3d.length_mm)
        recist = length_words(m.recist_mm or 0.0)
        lines.append(
            _(
                "Longest in any direction {longest}; RECIST longest {recist}",
                longest=longest,
                recist=recist,
            )
        )
    v = m.values
    if v is not None:
        unit = f" {v.unit}" if v.unit else ""
        ends = v.percentiles[5], v.percentiles[95]
        mean, sd, low, high = (number(x, v.unit) for x in (v.mean, v.sd, *ends))
        lines.append(
            _(
                "Mean {mean}{unit} (SD {sd}), 5 to 95 %: {low} to {high}",
                mean=mean,
                unit=unit,
                sd=sd,
                low=low,
                high=high,
            )
        )
    return [*lines, *share_lines(m.shares)]


def share_lines(shares: Shares) -> list[str]:
    """Return the shares by HU with the range of each, or why there are none."""
    parts = (
        (_("Fat"), shares.fat, shares.ranges.fat),
        (_("not enhancing"), shares.necrotic, shares.ranges.necrotic),
        (_("calcified"), shares.calcified, shares.ranges.calcified),
    )
    words = [
        _(
            "{part} {percent:.0f} % ({low:.0f} to {high:.0f} HU)",
            part=name,
            percent=100 * value,
            low=r.low,
            high=r.high,
        )
        for name, value, r in parts
        if value is not None
    ]
    if not words:
        return list(shares.reasons)
    reference = shares.ranges.fat.reference
    source = reference or _("HU ranges of the institution, not from a guideline")
    phase = [_("Phase as guessed: {phase}", phase=shares.phase)] if shares.phase else []
    return [", ".join(words), source, *phase, *shares.reasons]


def growth_lines(case: Case, record: Segmentation) -> list[str]:
    """Return how the volume changed since the outline of the lesion before this one."""
    dates = {s.series_instance_uid: s.study_date for s in case.series}
    here = dates.get(record.series_instance_uid, "")
    if record.role is not Role.MASS or not here:
        return []
    earlier = [
        s
        for s in masses(case, record.lesion_uid)
        if s.uid != record.uid and "" < dates.get(s.series_instance_uid, "") < here
    ]
    if not earlier:
        return []
    before = earlier[-1]
    then = dates[before.series_instance_uid]
    days = _days(then, here)
    change = None if days is None else growth_of_volume(before.volume_ml, record.volume_ml, days)
    return [] if change is None else [_growth_words(change, dicom_date(then))]


def _growth_words(change: Growth, then: str) -> str:
    percent = "" if change.percent is None else f" ({language.number(change.percent, '+.0f')} %)"
    text = _(
        "{change} mL{percent} since {day}",
        change=language.number(change.absolute, "+.0f"),
        percent=percent,
        day=then,
    ).replace("-", "−")
    if change.doubling_days is None:
        return text
    days = _("{days:.0f} days", days=abs(change.doubling_days))
    if change.doubling_days > 0:
        return _("{change}; doubling time {days}", change=text, days=days)
    return _("{change}; halving time {days}", change=text, days=days)


def _method_words(method: str) -> str:
    """Return how an outline came about; the steps are stored in English."""
    return "; ".join(_(step) for step in method.split("; "))


def _days(one: str, other: str) -> int | None:
    try:
        first, last = (date(int(d[:4]), int(d[4:6]), int(d[6:8])) for d in (one, other))
    except ValueError:
        return None
    return (last - first).days
