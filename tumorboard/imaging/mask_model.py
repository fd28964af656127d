"""Masks on the grid of a volume: what lies in a mass, a vessel, a thrombus.

A `Mask` is frozen and holds only the box that something lies in. A `MaskCanvas` covers the
whole grid and is what a brush edits. An edit is a `MaskChange`: the voxels that flip, packed
to bits and compressed, so that the same change applied again takes the edit back.
Indices are (slice, row, column).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Caveat, Points, SliceStack
from tumorboard.language import _

Voxels = NDArray[np.bool_]
Index = tuple[int, int, int]

#: Fastest level: undo must not be felt, and bits of a mask are mostly runs.
_LEVEL: Final = 1


def slice_extents_mm(stack: SliceStack) -> Points:
    """Return how much of the patient each slice stands for along the normal, mm, shape (N,).

    A slice reaches halfway to its neighbours; the outer ones reach as far outwards as the
    usual step would. One slice alone stands for the nominal 1 mm of `slice_spacing`.
    """
    upper, lower = face_offsets_mm(stack)
    return np.asarray(upper + lower)


def face_offsets_mm(stack: SliceStack) -> tuple[Points, Points]:
    """Return how far each slice reaches from its centre along the normal, and against it."""
    half = np.asarray(stack.spacings) / 2
    end = stack.slice_spacing / 2
    upper = np.concatenate([half, [end]])
    lower = np.concatenate([[end], half])
    return upper, lower


def voxel_volumes_mm3(stack: SliceStack) -> Points:
    """Return the volume of a voxel of each slice, shape (N,).

    Positions are taken along the normal, so a tilted gantry (a shear) changes nothing.
    """
    return slice_extents_mm(stack) * stack.pixel_spacing[0] * stack.pixel_spacing[1]


def part_of(stack: SliceStack, box: tuple[slice, slice, slice]) -> SliceStack:
    """Return the geometry of a box of a stack."""
    slices, rows, columns = box
    shift = stack.column_direction * stack.pixel_spacing[0] * rows.start
    shift = shift + stack.row_direction * stack.pixel_spacing[1] * columns.start
    return replace(
        stack,
        origins=stack.origins[slices] + shift,
        rows=rows.stop - rows.start,
        columns=columns.stop - columns.start,
        spanned=tuple(k - slices.start for k in stack.spanned if k >= slices.start),
    )


@dataclass(frozen=True, eq=False)
class Mask:
    """A set of voxels of a stack.

    Parameters
    ----------
    voxels
        Bool, shape of the box; read-only.
    origin
        Index in the stack of the first voxel of the box.
    stack
        Where the grid lies.

    """

    voxels: Voxels
    origin: Index
    stack: SliceStack

    @classmethod
    def of(cls, voxels: NDArray[np.generic], stack: SliceStack, origin: Index = (0, 0, 0)) -> Mask:
        """Return the mask of what is not zero in a box, cut to what is filled.

        Raises
        ------
        ValueError
            When the box reaches beyond the stack.

        """
        inside = np.asarray(voxels, dtype=bool)
        fits = zip(origin, inside.shape, stack.shape, strict=True)
        if any(o < 0 or o + n > most for o, n, most in fits):
            raise ValueError("the box of the mask reaches beyond the stack")
        box = filled_box(inside)
        start = (origin[0] + box[0].start, origin[1] + box[1].start, origin[2] + box[2].start)
        kept = np.ascontiguousarray(inside[box])
        kept.setflags(write=False)
        return cls(kept, start, stack)

    @cached_property
    def count(self) -> int:
        """How many voxels are filled."""
        return int(np.count_nonzero(self.voxels))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled."""
        return self.count == 0

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """The part of the stack's grid that the voxels cover."""
        a, b, c = (slice(o, o + n) for o, n in zip(self.origin, self.voxels.shape, strict=True))
        return a, b, c

    @cached_property
    def volume_mm3(self) -> float:
        """Sum of the filled voxels, each slice by its true extent."""
        counts = np.count_nonzero(self.voxels, axis=(1, 2))
        return float(counts @ voxel_volumes_mm3(self.stack)[self.box[0]])

    @property
    def volume_ml(self) -> float:
        """The volume in mL."""
        return self.volume_mm3 / 1000

    @cached_property
    def centroid(self) -> Points:
        """LPS of the mean of the filled voxels, weighted by their volume, shape (3,)."""
        index = np.argwhere(self.voxels) + np.array(self.origin)
        weights = voxel_volumes_mm3(self.stack)[index[:, 0]]
        return np.asarray(np.average(self.stack.to_lps(index), axis=0, weights=weights))

    @cached_property
    def slices(self) -> tuple[int, ...]:
        """The slices that hold something, in growing order."""
        return tuple(int(k) + self.origin[0] for k in np.flatnonzero(self.voxels.any(axis=(1, 2))))

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        """What limits the numbers taken from this mask."""
        found = gap_caveats(self.stack, self.origin[0], self.origin[0] + len(self.voxels) - 1)
        if len(self.stack.origins) == 1:
            found += (Caveat("single-slice", _("One slice alone has no volume.")),)
        elif self.reaches_the_edge:
            text = _("It reaches the edge of the images: what lies beyond was not measured.")
            found += (Caveat("image-edge", text),)
        return found

    @property
    def reaches_the_edge(self) -> bool:
        """Whether it fills voxels of the first or last slice, row or column of the stack."""
        ends = zip(self.origin, self.voxels.shape, self.stack.shape, strict=True)
        return not self.is_empty and any(o == 0 or o + n == most for o, n, most in ends)

    def dense(self) -> Voxels:
        """Return the mask on the whole grid."""
        full = np.zeros(self.stack.shape, bool)
        full[self.box] = self.voxels
        return full

    def cropped(self, start: Sequence[int], stop: Sequence[int]) -> Voxels:
        """Return the mask on the box [start, stop), which may reach beyond the grid."""
        result = np.zeros([b - a for a, b in zip(start, stop, strict=True)], bool)
        here, there = [], []
        for a, b, o, n in zip(start, stop, self.origin, self.voxels.shape, strict=True):
            low, high = max(a, o), max(a, o, min(b, o + n))
            here.append(slice(low - a, high - a))
            there.append(slice(low - o, high - o))
        result[tuple(here)] = self.voxels[tuple(there)]
        return result

    def contains(self, index: Sequence[int]) -> bool:
        """Whether the voxel at an index is filled."""
        at = [int(i) - o for i, o in zip(index, self.origin, strict=True)]
        inside = all(0 <= i < n for i, n in zip(at, self.voxels.shape, strict=True))
        return inside and bool(self.voxels[at[0], at[1], at[2]])

    def same_as(self, other: Mask) -> bool:
        """Whether two masks fill the same indices."""
        if self.is_empty or other.is_empty:
            return self.is_empty and other.is_empty
        return self.origin == other.origin and np.array_equal(self.voxels, other.voxels)


def gap_caveats(stack: SliceStack, first: int, last: int) -> tuple[Caveat, ...]:
    """Return the reservation for slices missing between two slices."""
    crossed = stack.gaps[(stack.gaps >= max(first, 0)) & (stack.gaps < last)]
    wide = stack.spacings[crossed]
    if not len(wide):
        return ()
    text = _(
        "Slices are missing: a gap of {gap_mm:.1f} mm is bridged, not seen.", gap_mm=wide.max()
    )
    return (Caveat("missing-slices", text),)


def filled_box(voxels: Voxels) -> tuple[slice, slice, slice]:
    """Return the smallest box with all filled voxels; an empty one at 0 when there are none."""
    along = np.flatnonzero(voxels.any(axis=(1, 2)))
    if not len(along):
        return slice(0, 0), slice(0, 0), slice(0, 0)
    flat: Voxels = np.any(voxels[along[0] : along[-1] + 1], axis=0)
    rows, columns = np.flatnonzero(np.any(flat, axis=1)), np.flatnonzero(np.any(flat, axis=0))
    a, b, c = (slice(int(x[0]), int(x[-1]) + 1) for x in (along, rows, columns))
    return a, b, c


@dataclass(frozen=True)
class MaskChange:
    """The voxels of a box that flip; applied twice it leaves everything as it was.

    ``start`` is the index of the box, ``bits`` its flipped voxels in C order, eight a byte,
    compressed. ``label`` is what a history shows.
    """

    label: str
    start: Index
    shape: Index
    bits: bytes

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """The part of the grid that it touches."""
        a, b, c = (slice(o, o + n) for o, n in zip(self.start, self.shape, strict=True))
        return a, b, c

    def flipped(self) -> Voxels:
        """Return which voxels of the box flip."""
        packed = np.frombuffer(zlib.decompress(self.bits), np.uint8)
        count = int(np.prod(self.shape))
        return np.unpackbits(packed, count=count).astype(bool).reshape(self.shape)


class MaskCanvas:
    """The mask being edited: the whole grid, with its volume always known.

    ``voxels`` (bool, the shape of ``stack``) is for reading; only `apply` changes it.
    """

    def __init__(self, stack: SliceStack, mask: Mask | None = None) -> None:
        self.stack = stack
        self.voxels: Voxels = np.zeros(stack.shape, bool)
        self._counts = np.zeros(stack.shape[0], np.int64)
        self._volumes = voxel_volumes_mm3(stack)
        if mask is not None and not mask.is_empty:
            self.voxels[mask.box] = mask.voxels
            self._counts[mask.box[0]] = np.count_nonzero(mask.voxels, axis=(1, 2))

    @property
    def volume_ml(self) -> float:
        """The volume in mL, kept up to date with each change."""
        return float(self._counts @ self._volumes) / 1000

    def apply(self, change: MaskChange) -> None:
        """Flip the voxels of a change: does it, or takes it back."""
        part = self.voxels[change.box]
        before = np.count_nonzero(part, axis=(1, 2))
        part ^= change.flipped()
        self._counts[change.box[0]] += np.count_nonzero(part, axis=(1, 2)) - before

    def mask(self) -> Mask:
        """Return what is filled now, as a frozen copy."""
        filled = np.flatnonzero(self._counts)
        if not len(filled):
            return Mask.of(np.zeros((0, 0, 0), bool), self.stack)
        first, last = int(filled[0]), int(filled[-1]) + 1
        found = Mask.of(self.voxels[first:last], self.stack, (first, 0, 0))
        return found if found.voxels.base is None else _owned(found)

    def change_to(self, wanted: Voxels, start: Index, label: str) -> MaskChange | None:
        """Return the change that makes a box of the grid as wanted; None if it is so already.

        ``wanted`` is bool, ``start`` the index of its first voxel; it must fit the grid.
        """
        box = tuple(slice(o, o + n) for o, n in zip(start, wanted.shape, strict=True))
        return change_of(self.voxels[box] ^ wanted, start, label)

    def change_to_mask(self, mask: Mask, label: str) -> MaskChange | None:
        """Return the change that makes the whole canvas equal to a mask."""
        filled = np.flatnonzero(self._counts)
        first = min([*filled[:1].tolist(), *mask.slices[:1]], default=0)
        last = max([*filled[-1:].tolist(), *mask.slices[-1:]], default=-1) + 1
        stop = (last, *self.stack.shape[1:])
        return self.change_to(mask.cropped((first, 0, 0), stop), (first, 0, 0), label)


def change_of(flipped: Voxels, start: Index, label: str) -> MaskChange | None:
    """Pack the voxels of a box that flip; None when none does."""
    box = filled_box(flipped)
    kept = flipped[box]
    if not kept.size:
        return None
    at = (start[0] + box[0].start, start[1] + box[1].start, start[2] + box[2].start)
    bits = zlib.compress(np.packbits(kept).tobytes(), _LEVEL)
    return MaskChange(label, at, kept.shape, bits)


def _owned(mask: Mask) -> Mask:
    """Return a mask that does not look into the canvas."""
    voxels = mask.voxels.copy()
    voxels.setflags(write=False)
    return Mask(voxels, mask.origin, mask.stack)


def union(one: Mask, other: Mask) -> Mask:
    """Return what is in either mask."""
    return _joined(one, other, np.logical_or)


def subtract(one: Mask, other: Mask) -> Mask:
    """Return what is in the first mask and not in the other."""
    return _joined(one, other, np.greater)


def intersect(one: Mask, other: Mask) -> Mask:
    """Return what is in both masks."""
    return _joined(one, other, np.logical_and)


def _joined(one: Mask, other: Mask, rule: np.ufunc) -> Mask:
    """Combine two masks on one grid.

    Raises
    ------
    ValueError
        When they lie on different grids.

    """
    if one.stack is not other.stack and not same_grid(one.stack, other.stack):
        raise ValueError("the masks lie on different grids")
    if one.is_empty or other.is_empty:
        start, stop = _reach(other if one.is_empty else one)
    else:
        ends = [_reach(one), _reach(other)]
        start = [min(a, b) for a, b in zip(ends[0][0], ends[1][0], strict=True)]
        stop = [max(a, b) for a, b in zip(ends[0][1], ends[1][1], strict=True)]
    found = rule(one.cropped(start, stop), other.cropped(start, stop))
    return Mask.of(found, one.stack, (start[0], start[1], start[2]))


def _reach(mask: Mask) -> tuple[list[int], list[int]]:
    return [s.start for s in mask.box], [s.stop for s in mask.box]


def same_grid(one: SliceStack, other: SliceStack, tolerance_mm: float = 0.01) -> bool:
    """Whether two stacks put every index at the same place, to a tolerance."""
    if one.shape != other.shape:
        return False
    corners = np.array(list(product(*((0, n - 1) for n in one.shape))))
    ends = np.abs(one.to_lps(corners) - other.to_lps(corners)).max()
    return bool(max(ends, np.abs(one.origins - other.origins).max()) <= tolerance_mm)


def laid_on(mask: Mask, stack: SliceStack, tolerance_mm: float = 0.01) -> Mask | None:
    """Return a mask on a stack that has all slices of its own, and others beside them.

    None where a slice is another one, or where one lies between those that the mask fills:
    nobody has said what it holds there.
    """
    old = mask.stack
    if same_grid(old, stack, tolerance_mm):
        return mask
    turn = max(
        np.abs(old.row_direction - stack.row_direction).max(),
        np.abs(old.column_direction - stack.column_direction).max(),
        np.abs(np.subtract(old.pixel_spacing, stack.pixel_spacing)).max(),
    )
    if old.shape[1:] != stack.shape[1:] or turn * max(old.shape[1:]) > tolerance_mm:
        return None
    if mask.is_empty:
        return Mask.of(np.zeros((0, 0, 0), bool), stack)
    filled = old.origins[mask.box[0]]
    first = int(np.linalg.norm(stack.origins - filled[0], axis=1).argmin())
    there = stack.origins[first : first + len(filled)]
    if there.shape != filled.shape or np.abs(there - filled).max() > tolerance_mm:
        return None
    return Mask.of(mask.voxels, stack, (first, mask.origin[1], mask.origin[2]))
