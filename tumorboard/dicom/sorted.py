"""Pictures in their order along the normal, and whether they make a stack of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tumorboard.dicom.instance import Instance

#: Pictures nearer to each other along the normal than this lie at one position, mm.
POSITION_TOLERANCE_MM = 0.01

#: Steps differ by the rounding of positions to 0.1 mm at most by this, mm.
ROUNDING_MM = 0.11

#: A step this many times the usual one leaves room for a slice.
_ROOM = 1.5

#: By this share of a step may slices of one stack lie off their places, and this many steps
#: may be missing at once.
_OFF_LATTICE = 0.15
_LARGEST_HOLE = 4.5


@dataclass(frozen=True)
class Sorted:
    """Pictures along their normal: positions in mm, never falling."""

    pictures: tuple[Instance, ...]
    positions: tuple[float, ...]

    def of(self, picked: Iterable[int]) -> Sorted:
        """Return some of them, by index."""
        order = sorted(picked)
        return Sorted(
            tuple(self.pictures[k] for k in order), tuple(self.positions[k] for k in order)
        )

    @property
    def steps(self) -> list[float]:
        """Distances of neighbours, mm."""
        return [b - a for a, b in pairwise(self.positions)]

    @property
    def is_alone(self) -> bool:
        """Whether no two lie at one position."""
        return all(step > POSITION_TOLERANCE_MM for step in self.steps)

    @property
    def is_regular(self) -> bool:
        """Whether the steps leave no room for a slice, so that none seems to be missing."""
        steps = self.steps
        if not steps:
            return False
        return self.is_alone and max(steps) <= max(_ROOM * median(steps), ROUNDING_MM)

    @property
    def is_even(self) -> bool:
        """Whether the steps are alike but for rounding."""
        steps = self.steps
        return self.is_alone and max(steps) - min(steps) <= max(ROUNDING_MM, 0.05 * max(steps))

    @property
    def is_whole(self) -> bool:
        """Whether it is a stack of its own: even steps, some of which may be missing."""
        if len(self.pictures) < 3 or not self.is_alone:
            return False
        usual = median(self.steps)
        multiples = [step / usual for step in self.steps]
        near = all(abs(m - round(m)) <= _OFF_LATTICE or m * usual < ROUNDING_MM for m in multiples)
        holes = sum(m > _ROOM for m in multiples)
        bounded = max(multiples) < _LARGEST_HOLE and min(multiples) > _OFF_LATTICE
        return near and bounded and 3 * holes <= len(multiples)

    @property
    def is_overlapping(self) -> bool:
        """Whether slices are thicker than their steps: more than one acquisition lays them."""
        known = [i.thickness for i in self.pictures if i.thickness]
        return len(known) == len(self.pictures) and min(known) > _ROOM * median(self.steps)

    @property
    def most(self) -> int:
        """How many pictures lie at the fullest position."""
        return max(Counter(places(self.positions)).values())


def places(positions: Sequence[float]) -> list[int]:
    """Give each sorted position a number, the same for those within the tolerance."""
    found = [0]
    start = positions[0]
    for p in positions[1:]:
        new = p - start > POSITION_TOLERANCE_MM
        found.append(found[-1] + new)
        start = p if new else start
    return found
