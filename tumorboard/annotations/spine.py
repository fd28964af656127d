"""Names of vertebrae: their order, the next one, and at which of those named something lies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Point
from tumorboard.language import _

#: From the head down. T13 and L6 are transitional: they come only where a reader names them.
VERTEBRAE: Final[tuple[str, ...]] = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 14)),
    *(f"L{n}" for n in range(1, 7)),
    *(f"S{n}" for n in range(1, 6)),
)
TRANSITIONAL: Final = frozenset({"T13", "L6"})
#: Beyond this distance (mm) along the patient from the nearest named vertebra nothing is said. A
#: vertebra with its disc is lower than that.
REACH_MM: Final = 40.0


def vertebra_named(typed: str) -> str:
    """Return the name as it is written here ("l5", "Th 12" and "D12" are known); "" for none."""
    plain = re.sub(r"\s+", "", typed).upper()
    plain = re.sub(r"^(TH|D|BWK)", "T", re.sub(r"^LWK", "L", re.sub(r"^HWK", "C", plain)))
    return plain if plain in VERTEBRAE else ""


def named_among(drawn: Iterable[Annotation]) -> tuple[tuple[str, Point], ...]:
    """Return the vertebrae that are named, with their places (LPS mm)."""
    marks = (a for a in drawn if SPECS[a.kind].is_vertebra and not a.proposed)
    return tuple((name, a.points[0]) for a in marks if (name := vertebra_named(a.label)))


def next_vertebra(point: Point, named: Sequence[tuple[str, Point]]) -> str:
    """Return the name that a click gets: the next one above or below the nearest that is named.

    Empty where nothing is named yet, or where the spine ends. Transitional ones are passed over.
    """
    if not named:
        return ""
    name, place = min(named, key=lambda n: abs(n[1][2] - point[2]))
    step = -1 if point[2] > place[2] else 1
    at = VERTEBRAE.index(name) + step
    while 0 <= at < len(VERTEBRAE) and VERTEBRAE[at] in TRANSITIONAL:
        at += step
    return VERTEBRAE[at] if 0 <= at < len(VERTEBRAE) else ""


def level_words(points: Iterable[Point], named: Sequence[tuple[str, Point]]) -> str:
    """Return at which named vertebrae points (LPS mm) lie: "L3", "L2 to L4"; "" for none near."""
    found = []
    for point in points:
        near = min(named, key=lambda n: abs(n[1][2] - point[2]), default=None)
        if near is not None and abs(near[1][2] - point[2]) <= REACH_MM:
            found.append(VERTEBRAE.index(near[0]))
    if not found:
        return ""
    top, bottom = VERTEBRAE[int(np.min(found))], VERTEBRAE[int(np.max(found))]
    return top if top == bottom else _("{top} to {bottom}", top=top, bottom=bottom)


def level_of(measured: Sequence[Annotation], drawn: Iterable[Annotation]) -> str:
    """Return at which vertebrae measurements lie, by those named in their frame of reference."""
    series = {a.image.series_instance_uid for a in measured}
    frames = {a.image.frame_of_reference_uid for a in measured} - {""}
    here = [
        a
        for a in drawn
        if a.image.series_instance_uid in series or a.image.frame_of_reference_uid in frames
    ]
    return level_words((p for a in measured for p in a.points), named_among(here))
