"""One axial slice being painted, tissue over tissue, with edges one pixel wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tumorboard.demo.phantom.shapes import Array, Box, Shape
from tumorboard.demo.phantom.spec import Sampling

_FAR = np.float32(1e3)
#: How far (mm) outside its box a shape is still painted: soft edges and outsets.
_MARGIN = 5.0

Window = tuple[slice, slice]


@dataclass(frozen=True)
class Region:
    """The signed distance (mm) to something on a window of the slice."""

    window: Window
    distance: Array

    def within(self, *others: Array) -> Region:
        """Return what also lies inside other distances, given on the whole slice."""
        d = self.distance
        for other in others:
            d = np.maximum(d, other[self.window])
        return Region(self.window, d)

    def grown(self, by: Array | float) -> Region:
        """Return the region grown by so many mm (negative: shrunk)."""
        return Region(self.window, np.asarray(self.distance - by, np.float32))


class Canvas:
    """Values in HU of one axial slice, shape (rows, columns), beginning as air.

    ``u`` and ``v`` are where (x, y in mm) each pixel looks up soft tissue: organs are
    shaped a little unevenly by them, and make room for a mass. ``x`` and ``y`` are the
    true coordinates, for bones, vessels and all that is measured.
    """

    def __init__(self, sampling: Sampling, z: float, u: Array, v: Array) -> None:
        self.sampling = sampling
        self.z = z
        self.x = sampling.x[None, :].astype(np.float32)
        self.y = sampling.y[:, None].astype(np.float32)
        self.u, self.v = u, v
        self.hu = np.full((sampling.rows, sampling.columns), -1000, np.float32)
        shift = max(float(np.abs(u - self.x).max()), float(np.abs(v - self.y).max()))
        self._reach = shift + _MARGIN

    @property
    def everything(self) -> Window:
        """The window of the whole slice."""
        return (slice(0, self.sampling.rows), slice(0, self.sampling.columns))

    def whole(self, distance: Array) -> Region:
        """Return a region from a distance on the whole slice."""
        return Region(self.everything, distance)

    def region(self, shapes: Sequence[Shape], *, rigid: bool = False) -> Region | None:
        """Return the union of shapes, or None when none of them meets the slice."""
        margin = _MARGIN if rigid else self._reach
        found = [(s, b) for s in shapes if (b := s.box(self.z)) is not None]
        placed = [(s, w) for s, b in found if (w := self._window(b, margin)) is not None]
        if not placed:
            return None
        rows = slice(min(w[0].start for _, w in placed), max(w[0].stop for _, w in placed))
        columns = slice(min(w[1].start for _, w in placed), max(w[1].stop for _, w in placed))
        union = np.full((rows.stop - rows.start, columns.stop - columns.start), _FAR)
        for shape, (r, c) in placed:
            x, y = (self.x[:, c], self.y[r]) if rigid else (self.u[r, c], self.v[r, c])
            part = union[
                r.start - rows.start : r.stop - rows.start,
                c.start - columns.start : c.stop - columns.start,
            ]
            np.minimum(part, shape.distance(x, y, self.z), out=part)
        return Region((rows, columns), union)

    def fill(
        self,
        region: Region | None,
        hu: float | Array,
        *,
        inset: float = 0.0,
        soft: float = 1.0,
        strength: float = 1.0,
    ) -> None:
        """Paint a region.

        Parameters
        ----------
        region
            Where; None paints nothing.
        hu
            A value, or values on the whole slice.
        inset
            Only deeper than this below the surface (mm); negative reaches outside.
        soft
            Width of the edge in pixels.
        strength
            How much of what lies below is covered, 0 to 1.

        """
        if region is None:
            return
        width = np.float32(soft * self.sampling.pixel_mm)
        share = np.float32(0.5) - (region.distance + np.float32(inset)) / width
        np.clip(share, 0, strength, out=share)
        target = self.hu[region.window]
        paint = hu[region.window] if isinstance(hu, np.ndarray) else np.float32(hu)
        target += share * (paint - target)

    def _window(self, box: Box, margin: float) -> Window | None:
        s = self.sampling
        columns = _span(box[0], box[1], margin, float(s.x[0]), s.pixel_mm, s.columns)
        rows = _span(box[2], box[3], margin, float(s.y[0]), s.pixel_mm, s.rows)
        return None if columns is None or rows is None else (rows, columns)


def _span(
    low: float, high: float, margin: float, first: float, step: float, count: int
) -> slice | None:
    start = max(int((low - margin - first) / step), 0)
    stop = min(int((high + margin - first) / step) + 2, count)
    return slice(start, stop) if start < stop else None
