"""From vessels to the words of their panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tumorboard.app.vessel_measures import (
    Reading,
    filled_stretch,
    reading_words,
    reservations,
    value_words,
)
from tumorboard.app.vessels import levels_of, lumens_on, tumours_on
from tumorboard.case.involvement import IVC, range_words
from tumorboard.case.model import Case
from tumorboard.case.vessel import VesselPath, Word, centreline_of, vessel_label, vessel_names
from tumorboard.language import _
from tumorboard.quantity import length_words
from tumorboard.tools.landmark import LEVELS


@dataclass(frozen=True)
class VesselRow:
    """A line of the list of vessels."""

    uid: str
    name: str
    detail: str
    active: bool


@dataclass(frozen=True)
class LevelRow:
    """A level: its words, how far along the line, and whether it was set there or by a mark."""

    name: str
    words: str
    place: str = ""
    removable: bool = False


@dataclass(frozen=True)
class PositionRow:
    """What holds at the position: numbers in words, the arc for the field, the reader's word."""

    words: tuple[str, ...] = ()
    degrees: int | None = None
    arc_by_hand: bool = False
    outline_by_hand: bool = False
    word: str = ""
    stretch: str = ""


@dataclass(frozen=True)
class VesselContent:
    """All that the panel shows of the vessels of a case."""

    rows: tuple[VesselRow, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    wanted: str = IVC
    traced: bool = True
    uid: str = ""
    lumens: tuple[tuple[str, str], ...] = ()
    lumen: str = ""
    masses: tuple[tuple[str, str, bool], ...] = ()
    levels: tuple[LevelRow, ...] = ()
    lines: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    busy: str = ""


def names_to_choose() -> tuple[tuple[str, str], ...]:
    """Return the closed list of vessels with their words."""
    return tuple((name, vessel_label(name)) for name in vessel_names())


def vessel_rows(case: Case, active: str, readings: Mapping[str, Reading]) -> tuple[VesselRow, ...]:
    """Return the list of vessels."""
    return tuple(
        VesselRow(v.uid, vessel_label(v.vessel), _detail(v, readings.get(v.uid)), v.uid == active)
        for v in case.vessels
    )


def _detail(vessel: VesselPath, reading: Reading | None) -> str:
    line = centreline_of(vessel)
    if line is None:
        return _("one point")
    parts = [length_words(line.length_mm)]
    if reading is not None and reading.has_mass:
        peak = reading.profile.most_contact
        if peak is not None:
            parts.append(
                _(
                    "contact up to {degrees:.0f}°{range}",
                    degrees=peak.value,
                    range=range_words(peak),
                )
            )
    return " · ".join(parts)


def level_rows(case: Case, vessel: VesselPath) -> tuple[LevelRow, ...]:
    """Return the levels of the vena cava; of other vessels those that were set."""
    line = centreline_of(vessel)
    found, __ = levels_of(case, vessel)
    names = list(LEVELS) if vessel.vessel == IVC else []
    names += [name for name in found if name not in names]
    on_line = dict(vessel.landmarks)
    rows = []
    for name in names:
        place = ""
        if name in found and line is not None:
            place = f"{line.nearest(found[name])[0]:.0f} mm"
            if name not in on_line:
                place = _("{place}, marked", place=place)
        words = LEVELS.get(name, f"{name[:1].upper()}{name[1:]}")
        rows.append(LevelRow(name, words, place, name in on_line))
    return tuple(rows)


def content_of(
    case: Case,
    vessel: VesselPath | None,
    readings: Mapping[str, Reading],
    problems: Mapping[str, str],
    level: str,
) -> VesselContent:
    """Return the words for a case; ``vessel`` is the one worked on, ``level`` the IVC level."""
    rows = vessel_rows(case, vessel.uid if vessel is not None else "", readings)
    if vessel is None:
        return VesselContent(rows, names_to_choose())
    reading, series = readings.get(vessel.uid), vessel.series_instance_uid
    lines = reading_words(reading) if reading is not None else ()
    if vessel.vessel == IVC and level and reading is not None:
        lines = (*lines, _("IVC level: {level}.", level=level))
    caveats = reservations(reading) if reading is not None else ()
    if vessel.uid in problems:
        caveats = (*caveats, problems[vessel.uid])
    masses = tumours_on(case, series, vessel.vessel)
    return VesselContent(
        rows,
        names_to_choose(),
        vessel.vessel,
        vessel.traced,
        vessel.uid,
        tuple((s.uid, s.label) for s in lumens_on(case, series)),
        vessel.lumen_uid,
        tuple((s.uid, s.label, s.uid in vessel.mass_uids or not vessel.mass_uids) for s in masses),
        level_rows(case, vessel),
        lines,
        caveats,
    )


def position_row(reading: Reading | None, vessel: VesselPath | None, arc_mm: float) -> PositionRow:
    """Return what holds at a position along a vessel."""
    if reading is None or vessel is None:
        return PositionRow()
    found, n = reading.profile, reading.at(arc_mm)
    near = [c for c in vessel.corrections if abs(c.arc_mm - arc_mm) <= _NEAR_MM]
    if np.isnan(found.lumen_mm2[n]):
        return PositionRow((_("No outline of the lumen here: draw round it on the plane across."),))
    words = [
        _(
            "{mm:.0f} mm wide, {cm2:.1f} cm² of lumen",
            mm=found.diameter_mm[n],
            cm2=found.lumen_mm2[n] / 100,
        )
    ]
    if not np.isnan(reading.measured_degrees[n]):
        words.append(
            _(
                "Contact measured {degrees:.0f}°",
                degrees=reading.measured_degrees[n],
            )
        )
    if not np.isnan(found.occluded_percent[n]):
        words.append(_("{percent:.0f} % occluded", percent=found.occluded_percent[n]))
    elif found.covered_percent[n] >= found.settings.least_percent:
        words.append(
            _(
                "{percent:.0f} % under the outline of a mass",
                percent=found.covered_percent[n],
            )
        )
    stretch = filled_stretch(reading, arc_mm)
    outlined = ""
    if stretch is not None:
        start, end = stretch
        outlined = _(
            "Outlined from {start:.0f} to {end:.0f} mm{values}",
            start=start,
            end=end,
            values=value_words(reading, start, end),
        )
    said = [w for w in vessel.words if w.start_mm <= arc_mm <= w.end_mm]
    return PositionRow(
        tuple(words),
        0 if np.isnan(found.contact_degrees[n]) else round(float(found.contact_degrees[n])),
        any(c.degrees is not None for c in near),
        any(c.outline for c in near),
        (said[0].word if said else Word.NOT_ASSESSED).value,
        outlined,
    )


_NEAR_MM = 5.0
