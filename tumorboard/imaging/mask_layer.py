"""Own masks as layers over images: one that stands, and one that is being edited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.isolines import borders
from tumorboard.imaging.layers import Layer, segment_layer
from tumorboard.imaging.mask_model import Mask, MaskCanvas, part_of
from tumorboard.imaging.overlay import Segment
from tumorboard.imaging.slicing import PlaneGrid

Box = tuple[slice, slice, slice]

#: Cosine above which a cut lies along the slices.
_ALONG = 1 - 1e-9
#: A cut so near (in slices) to a slice shows that slice.
_ON_SLICE = 1e-4


def mask_layer(mask: Mask) -> Layer:
    """Return the layer of a mask; one of lines alone where it holds nothing."""
    if mask.is_empty:
        return Layer(None)
    stack = part_of(mask.stack, mask.box)
    segment = Segment(1, "", (255, 255, 255), mask.voxels, stack)
    return segment_layer(segment, mask.stack.slice_spacing)


@dataclass(frozen=True, eq=False)
class CanvasLayer(Layer):
    """A mask while it is edited: slices are read off the canvas, other cuts off a copy.

    ``within`` is a box of the canvas that holds all that is filled. A layer shows one state:
    after a change another one is made, which costs nothing until it is drawn.
    """

    canvas: MaskCanvas | None = None
    within: Box = (slice(0, 0), slice(0, 0), slice(0, 0))

    @classmethod
    def over(cls, canvas: MaskCanvas, within: Box) -> CanvasLayer:
        """Return the layer of a canvas as it is now."""
        return cls(None, (), canvas.volume_ml, canvas=canvas, within=within)

    @cached_property
    def _standing(self) -> Layer:
        if self.canvas is None:
            return Layer(None)
        voxels = self.canvas.voxels[self.within]
        start = (self.within[0].start, self.within[1].start, self.within[2].start)
        return mask_layer(Mask.of(voxels, self.canvas.stack, start))

    def lines(self, grid: PlaneGrid, slab_mm: float = 0.0) -> list[tuple[Points, bool]]:
        """Return lines on a cut, each (n, 2) pixels (row, column) of its grid, and if closed."""
        if self.canvas is None or self.within[0].start >= self.within[0].stop:
            return []
        stack = self.canvas.stack
        if slab_mm <= 0 and abs(float(grid.normal @ stack.normal)) > _ALONG:
            k = float(stack.slice_at(float(grid.origin @ stack.normal)))
            if abs(k - round(k)) < _ON_SLICE:
                return self._slice_lines(round(k), grid)
        return self._standing.lines(grid, slab_mm)

    def _slice_lines(self, k: int, grid: PlaneGrid) -> list[tuple[Points, bool]]:
        slices, rows, columns = self.within
        if self.canvas is None or not slices.start <= k < slices.stop:
            return []
        part: NDArray[np.uint8] = self.canvas.voxels[k, rows, columns].astype(np.uint8) * 255
        to_lps, found = self.canvas.stack.to_lps, []
        corner = np.array([0.0, rows.start, columns.start])
        for line in borders(part):
            index = np.column_stack([np.full(len(line), float(k)), line])
            found.append((grid.to_pixels(to_lps(index + corner)), True))
        return found

    def box(self) -> Points | None:
        """Return the corners, shape (8, 3) LPS, of what may be filled; None for nothing."""
        if self.canvas is None or self.within[0].start >= self.within[0].stop:
            return None
        ends = [(s.start, s.stop - 1) for s in self.within]
        index = [(k, i, j) for k in ends[0] for i in ends[1] for j in ends[2]]
        return self.canvas.stack.to_lps(np.array(index, dtype=np.float64))


def joined_boxes(one: Box, other: Box) -> Box:
    """Return the smallest box with both; an empty one counts for nothing."""
    if one[0].start >= one[0].stop:
        return other
    if other[0].start >= other[0].stop:
        return one
    a, b, c = (
        slice(min(x.start, y.start), max(x.stop, y.stop)) for x, y in zip(one, other, strict=True)
    )
    return a, b, c
