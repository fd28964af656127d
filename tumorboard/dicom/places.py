"""Where in the patient a point lies that another object names by an image and its pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tumorboard.annotations.model import ImageReference, as_point
from tumorboard.dicom.checks import stack_of
from tumorboard.dicom.series import Series
from tumorboard.imaging.geometry import Plane, Point, SliceStack
from tumorboard.imaging.slicing import native_plane


@dataclass(frozen=True, eq=False)
class Place:
    """A picture of a series: its index, and the geometry of all."""

    series: Series
    stack: SliceStack
    index: int

    def to_lps(self, pixels: Sequence[tuple[float, float]]) -> tuple[Point, ...]:
        """Return LPS points (mm) of (column, row) pixels.

        The outer corner of the first pixel is (0, 0) and its centre (0.5, 0.5): PS3.3
        sections C.18.6.1.1 (coordinates) and C.10.5.1.2 (graphics).
        """
        flat = np.array(pixels, dtype=np.float64) - 0.5
        index = np.column_stack([np.full(len(flat), float(self.index)), flat[:, 1], flat[:, 0]])
        return tuple(as_point(p) for p in self.stack.to_lps(index))

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows) of the picture."""
        return self.stack.columns, self.stack.rows

    @property
    def plane(self) -> Plane:
        """The plane in which the picture was taken."""
        return native_plane(self.stack)

    @property
    def normal(self) -> Point:
        """The unit normal of the picture."""
        return as_point(self.stack.normal)

    def reference(self) -> ImageReference:
        """Return what an annotation on this picture refers to."""
        series, picture = self.series, self.series.instances[self.index]
        return ImageReference(
            series.study_instance_uid,
            series.uid,
            (picture.sop_instance_uid,),
            series.frame_of_reference_uid,
            self.plane,
            series.calibration,
            frames=(picture.frame,) if picture.frames > 1 else (),
        )


class Places:
    """Finds pictures by their UID, and those at a point of the patient."""

    def __init__(self, series: Iterable[Series]) -> None:
        self._series = [s for s in series if s.has_pixels]
        self._index: dict[tuple[str, int], tuple[Series, int]] = {}
        for one in self._series:
            for k, instance in enumerate(one.instances):
                self._index.setdefault((instance.sop_instance_uid, instance.frame), (one, k))

    def find(self, sop_instance_uid: str, frame: int = 1) -> Place | None:
        """Return a picture, None when it is not among the series."""
        found = self._index.get((sop_instance_uid, frame))
        return None if found is None else self._place(*found)

    def at(self, frame_of_reference_uid: str, points: Sequence[Point]) -> Place | None:
        """Return the picture nearest to LPS points, of the series with the most pictures."""
        mine = [
            s
            for s in self._series
            if s.has_geometry and s.frame_of_reference_uid == frame_of_reference_uid
        ]
        if not frame_of_reference_uid or not mine:
            return None
        best = max(mine, key=lambda s: s.slices)
        stack = best.stack or stack_of(best.instances)
        return self._place(best, stack.nearest_slice(np.mean(np.array(points), axis=0)))

    @staticmethod
    def _place(series: Series, k: int) -> Place:
        return Place(series, series.stack or stack_of(series.instances), k)
