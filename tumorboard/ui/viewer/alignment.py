"""How images with different frames of reference lie to one another, as a reader set it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tumorboard.annotations.model import Point, as_point
from tumorboard.imaging.geometry import Points


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
