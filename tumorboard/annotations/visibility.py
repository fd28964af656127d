"""Which annotations belong on a cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np

from tumorboard.annotations.kinds import MARKS
from tumorboard.annotations.model import Annotation, ImageReference, as_point
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.volume import Volume

#: On reformats neighbouring cuts lie a pixel apart; an annotation stays visible this far
#: (mm) from the cut it was drawn on, so that it does not flicker away while scrolling.
REFORMAT_REACH_MM = 2.0
#: Cosine of the angle (8 degrees) up to which two planes count as parallel.
_PARALLEL = 0.99


def rests_on(image: ImageReference, volume: Volume) -> bool:
    """Whether something drawn belongs to a volume: it was drawn on pictures of it.

    The series alone does not tell: it may hold several phases of the same places.
    """
    if image.series_instance_uid != volume.series_instance_uid:
        return False
    held = volume.pictures
    if not image.frames:  # asked of thousands
        return all((uid, 0) in held for uid in image.sop_instance_uids)
    return all(picture in held for picture in image.pictures)


def reach_mm(volume: Volume, section: Section) -> float:
    """Return how far (mm) from a cut an annotation is still shown on it."""
    if section.slice_index is None:
        return REFORMAT_REACH_MM
    return volume.stack.slice_spacing / 2 + 1e-3


def on_section(
    annotations: Sequence[Annotation], volume: Volume, section: Section
) -> tuple[Annotation, ...]:
    """Return the annotations whose points all lie on or next to a cut.

    Measurements show on cuts parallel to the one they were drawn on; marks of a vessel on
    every cut that passes by.
    """
    if not annotations:
        return ()
    reach = reach_mm(volume, section)
    normal, origin = as_point(section.grid.normal), as_point(section.grid.origin)
    level = float(np.dot(normal, origin))
    low, high = _levels(annotations, normal)
    found = np.flatnonzero((low >= level - reach) & (high <= level + reach))
    return tuple(annotations[n] for n in found.tolist())


def _levels(annotations: Sequence[Annotation], normal: Point) -> tuple[Points, Points]:
    """Return the lowest and highest point of each along a normal, mm; NaN where never shown.

    This is asked of everything drawn in a series for every picture, so the last few answers
    are kept: what was drawn changes far more seldom than the slice.
    """
    for kept, direction, low, high in _last:
        if kept is annotations and direction == normal:
            return low, high
    counts = np.array([len(a.points) for a in annotations])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    at = np.array([p for a in annotations for p in a.points]) @ np.array(normal)
    low, high = np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)
    tilt = np.abs(np.array([a.normal for a in annotations]) @ np.array(normal))
    marks = np.array([a.kind in MARKS for a in annotations])
    low[~marks & (tilt <= _PARALLEL)] = np.nan
    if isinstance(annotations, tuple):  # what may change cannot be recognised
        _last.append((annotations, normal, low, high))
    return low, high


_last: Final[deque[tuple[Sequence[Annotation], Point, Points, Points]]] = deque(maxlen=12)
