"""How images with different frames of reference lie to one another, as a reader set it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tumorboard.annotations.model import as_point
from tumorboard.case.model import Case
from tumorboard.imaging.geometry import Point, Points

#: The remarks of a case that hold alignments begin so; both frames of reference follow.
KEY: Final = "alignment"


@dataclass(frozen=True)
class Alignment:
    """Displacements between frames of reference, set by hand.

    ``pairs`` holds (from, to, displacement): a point of the first frame plus the
    displacement (mm) is the same place of the patient in the second.
    """

    pairs: tuple[tuple[str, str, Point], ...] = field(default=())

    def offset(self, source: str, target: str) -> Points | None:
        """Return the displacement in mm, shape (3,), or None when nothing is known.

        One frame of reference is aligned with itself; unnamed frames with nothing.
        """
        if source == target and source:
            return np.zeros(3)
        for a, b, offset in self.pairs:
            if (a, b) == (source, target):
                return np.array(offset)
            if (b, a) == (source, target):
                return -np.array(offset)
        return None

    def with_pair(self, source: str, target: str, offset: Point) -> Alignment:
        """Return the alignment with one pair set anew."""
        kept = tuple(p for p in self.pairs if {p[0], p[1]} != {source, target})
        return Alignment((*kept, (source, target, as_point(offset))))


def alignment_of(case: Case | None) -> Alignment:
    """Return the alignments that are kept with a case."""
    found = Alignment()
    for remark in case.remarks if case is not None else ():
        parts = remark.key.split("|")
        if parts[0] == KEY and len(parts) == 3:
            with contextlib.suppress(ValueError):
                offset = as_point([float(v) for v in remark.value.split()])
                found = found.with_pair(parts[1], parts[2], offset)
    return found


def remark_of(source: str, target: str, offset: Point) -> tuple[str, str]:
    """Return key and value of the remark that keeps one pair; one key for both directions."""
    if source > target:
        source, target = target, source
        offset = (-offset[0], -offset[1], -offset[2])
    return f"{KEY}|{source}|{target}", " ".join(f"{v:.3f}" for v in offset)
