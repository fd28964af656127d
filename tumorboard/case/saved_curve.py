"""The curved view of a vessel as a reader kept it: the line as it was then, and how it lay.

The line goes with the view, so that the same picture can be made again when the vessel was
changed or deleted since. Places are LPS millimetres, lengths along the line millimetres from
its caudal end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from tumorboard.imaging.curved import CurvedMode, curved_grid
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.vessel.centreline import Centreline
from tumorboard.imaging.vessel.contact_profile import Extent
from tumorboard.language import _

#: The place of such a picture in its layout, beside the planes.
CURVED: Final = "curved"
#: The points of a line are kept to so many decimals of a millimetre.
_DECIMALS: Final = 4
#: A line of half a metre at steps of half a millimetre has a thousand.
_MOST_POINTS: Final = 20_000
_SAME_MM: Final = 1e-3
#: Nothing in a patient, and no angle, is larger than this.
_FAR_MM: Final = 10_000.0


@dataclass(frozen=True)
class Level:
    """A level or an end of the tumour on the line: its words and how far along it lies, mm."""

    words: str
    arc_mm: float
    is_end: bool = False
    short: str = ""

    def fitting(self, room: float, width: Callable[[str], float]) -> str:
        """Return the words, the short ones where they do not fit, nothing where none do."""
        found = (text for text in (self.words, self.short) if text and width(text) <= room)
        return next(found, "")


@dataclass(frozen=True)
class SavedCurve:
    """A curved view.

    ``vessel`` is a name of the closed list, ``line`` the points of the line from its caudal
    end. ``degrees`` is the turntable angle, ``position_mm`` the place along the line that was
    looked at, ``size_mm`` what was visible (across, along). ``contact`` and ``involvement`` are
    the stretches where the mass touched and where tumour lay inside, None where that was not
    known; ``said`` what was measured along the vessel, in sentences; ``measured_from`` the
    outlines that all this came from, (UID, digest) each.
    """

    vessel_uid: str
    vessel: str
    line: tuple[tuple[float, float, float], ...]
    mode: CurvedMode
    degrees: float
    position_mm: float
    size_mm: tuple[float, float]
    levels: tuple[Level, ...] = ()
    contact: Extent | None = None
    involvement: Extent | None = None
    said: tuple[str, ...] = ()
    measured_from: tuple[tuple[str, str], ...] = ()

    def centreline(self) -> Centreline:
        """Return the line as it was."""
        points = np.array(self.line, dtype=np.float64)
        return _KeptLine(points[[0, -1]], (points,))

    def is_on(self, line: Centreline | None) -> bool:
        """Whether a line is the one that was kept."""
        if line is None or len(line.line) != len(self.line):
            return False
        return bool(np.abs(line.line - np.array(self.line)).max() < _SAME_MM)

    def has_levels(self, levels: Sequence[Level]) -> bool:
        """Whether these are the levels that were kept."""
        kept, now = ({(x.words, round(x.arc_mm, 2)) for x in y} for y in (self.levels, levels))
        return kept == now


class _KeptLine(Centreline):
    """A line whose points are given, not laid through clicks."""

    @cached_property
    def line(self) -> Points:
        """The points that were kept, shape (P, 3)."""
        return self.pieces[0]


def kept_points(line: Points) -> tuple[tuple[float, float, float], ...]:
    """Return the points of a line, shape (P, 3), as they are kept."""
    return tuple((float(x), float(y), float(z)) for x, y, z in np.round(line, _DECIMALS))


def saved_curve_to_json(curve: SavedCurve) -> dict[str, Any]:
    """Return a curved view as JSON values."""
    return {
        "vessel_uid": curve.vessel_uid,
        "vessel": curve.vessel,
        "mode": curve.mode.value,
        "degrees": curve.degrees,
        "position_mm": curve.position_mm,
        "size_mm": list(curve.size_mm),
        "line": [list(point) for point in curve.line],
        "levels": [vars(level) for level in curve.levels],
        "contact": _ends(curve.contact),
        "involvement": _ends(curve.involvement),
        "said": list(curve.said),
        "measured_from": [list(pair) for pair in curve.measured_from],
    }


def saved_curve_from_json(data: Mapping[str, Any]) -> SavedCurve:
    """Read a curved view; keys that are not known are passed over.

    Raises
    ------
    ValueError
        When it lacks a needed key, its line is none, or a number is not finite or too small.

    """
    try:
        across, along = (float(mm) for mm in data["size_mm"])
        curve = SavedCurve(
            str(data["vessel_uid"]),
            str(data["vessel"]),
            tuple((float(x), float(y), float(z)) for x, y, z in data["line"]),
            CurvedMode(data["mode"]),
            float(data["degrees"]),
            float(data["position_mm"]),
            (across, along),
            levels=tuple(_level(level) for level in data.get("levels", ())),
            contact=_extent(data.get("contact")),
            involvement=_extent(data.get("involvement")),
            said=tuple(str(words) for words in data.get("said", ())),
            measured_from=tuple((str(uid), str(d)) for uid, d in data.get("measured_from", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(_("curved view that cannot be read: {error}", error=error)) from error
    # Refuse what no picture can be made of.
    if not 2 <= len(curve.line) <= _MOST_POINTS:
        raise ValueError(_("curved view without a line"))
    ends = [e for x in (curve.contact, curve.involvement) if x for e in (x.start_mm, x.end_mm)]
    arcs = [level.arc_mm for level in curve.levels]
    points = np.array(curve.line)
    numbers = [curve.degrees, curve.position_mm, *curve.size_mm, *ends, *arcs]
    if not (np.abs(points) < _FAR_MM).all() or not (np.abs(numbers) < _FAR_MM).all():
        raise ValueError(_("curved view with a number that is none"))
    if min(curve.size_mm) <= 0:
        raise ValueError(_("curved view without a size"))
    try:
        curved_grid(points, 10.0, 1.0, curve.mode, degrees=curve.degrees)
    except ValueError as error:
        raise ValueError(_("curved view without a picture: {error}", error=error)) from error
    return curve


def _level(data: Mapping[str, Any]) -> Level:
    arc = float(data["arc_mm"])
    return Level(
        str(data["words"]), arc, bool(data.get("is_end", False)), str(data.get("short", ""))
    )


def _ends(extent: Extent | None) -> list[float] | None:
    return None if extent is None else [extent.start_mm, extent.end_mm]


def _extent(ends: Sequence[float] | None) -> Extent | None:
    if ends is None:
        return None
    start, end = (float(mm) for mm in ends)
    return Extent(start, end)
