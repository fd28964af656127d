"""Outlines drawn on a few slices become a mask: shape-based interpolation between them.

Between slices the signed distances from their outlines are interpolated by position, and what
is below zero is inside (Raya and Udupa, IEEE Transactions on Medical Imaging 9, 1990), by
cubics as in Herman, Zheng and Bucholtz (IEEE Computer Graphics and Applications 12, 1992). The
distance is that from the drawn line itself, not from pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.imaging.mask_kernels import distance_to_outline
from tumorboard.imaging.mask_model import Index, Mask
from tumorboard.language import _
from tumorboard.progress import Reporter

LABEL: Final = _("Filling between outlines")


def mask_from_outlines(
    stack: SliceStack,
    outlines: Mapping[int, Sequence[ArrayLike]],
    reporter: Reporter | None = None,
) -> Mask:
    """Fill closed outlines and the slices between them.

    Parameters
    ----------
    outlines
        By slice index: outlines, each (N, 3) LPS mm; several on one slice are joined. Their
        points count by their place in the slice's plane.

    Raises
    ------
    UserError
        When there is no outline with three corners, or a slice is not in the stack.
    CancelledError
        When the reporter was asked to stop.

    """
    drawn = {k: [c for c in map(_corners, v) if len(c) >= 3] for k, v in outlines.items()}
    drawn = {k: v for k, v in sorted(drawn.items()) if v}
    if not drawn:
        raise UserError(_("No outline encloses anything."), _("Draw one on at least one slice."))
    if not all(stack.contains_slice(k) for k in drawn):
        raise UserError(
            _("An outline lies outside the images."), _("Draw it on one of the slices.")
        )
    pixels = {k: [_in_slice(stack, k, c) for c in v] for k, v in drawn.items()}
    every = np.concatenate([c for v in pixels.values() for c in v])
    low = np.clip(np.floor(every.min(axis=0)), 0, (stack.rows, stack.columns)).astype(int)
    high = np.clip(np.ceil(every.max(axis=0)) + 1, 0, (stack.rows, stack.columns)).astype(int)
    start, shape = (0, int(low[0]), int(low[1])), (int(high[0] - low[0]), int(high[1] - low[1]))
    if min(shape) <= 0:
        raise UserError(
            _("An outline lies outside the images."), _("Draw it on one of the slices.")
        )
    fields = {k: _field(stack, v, start, shape) for k, v in pixels.items()}
    return _blended(stack, fields, start, reporter)


def mask_between(mask: Mask, slices: Sequence[int] | None = None) -> Mask:
    """Fill the slices between those of a mask that hold something, by the same rule.

    ``slices`` are the ones to keep as they are; by default all that hold something. The
    distance here is that from the edges of pixels.
    """
    from tumorboard.imaging.segmentation.distance import signed_distance_2d

    kept = [k for k in mask.slices if slices is None or k in set(slices)]
    if not kept:
        return mask
    start, stop = mask.origin, [s.stop for s in mask.box]
    low = (0, max(0, start[1] - 1), max(0, start[2] - 1))
    high = [min(n, b + 1) for n, b in zip(mask.stack.shape, stop, strict=True)]
    fields = {
        k: signed_distance_2d(
            mask.cropped((k, *low[1:]), (k + 1, *high[1:]))[0], mask.stack.pixel_spacing
        )
        for k in kept
    }
    return _blended(mask.stack, fields, low, None)


def _corners(outline: ArrayLike) -> Points:
    return np.atleast_2d(np.asarray(outline, dtype=np.float64))


def _in_slice(stack: SliceStack, k: int, corners: Points) -> Points:
    """Return (N, 2) pixel coordinates (row, column) of points projected on a slice."""
    offset = corners - stack.origins[k]
    return np.stack(
        [
            offset @ stack.column_direction / stack.pixel_spacing[0],
            offset @ stack.row_direction / stack.pixel_spacing[1],
        ],
        axis=1,
    )


def _field(
    stack: SliceStack, outlines: Sequence[Points], start: Index, shape: tuple[int, int]
) -> Points:
    field = np.full(shape, np.inf)
    spacing = stack.pixel_spacing
    for corners in outlines:
        millimetres = (corners - [start[1], start[2]]) * spacing
        distance_to_outline(np.ascontiguousarray(millimetres), field, spacing)
    return field


def _blended(
    stack: SliceStack, fields: Mapping[int, Points], start: Index, reporter: Reporter | None
) -> Mask:
    """Return the mask of signed distances known on some slices and blended in between."""
    reporter = reporter or Reporter()
    known = sorted(fields)
    first, last = known[0], known[-1]
    shape = fields[first].shape
    voxels = np.zeros((last - first + 1, *shape), bool)
    places = stack.positions[known]
    every = np.stack([fields[k] for k in known])
    slopes = _slopes(every, places)
    for k in range(first, last + 1):
        reporter.step(LABEL, k - first, last - first + 1)
        n = int(np.searchsorted(known, k, side="right")) - 1
        if known[n] == k:
            voxels[k - first] = every[n] <= 0
            continue
        step = float(places[n + 1] - places[n])
        t = (float(stack.positions[k]) - float(places[n])) / step
        blend = (
            (1 + 2 * t) * (1 - t) ** 2 * every[n]
            + t * (1 - t) ** 2 * step * slopes[n]
            + t**2 * (3 - 2 * t) * every[n + 1]
            + t**2 * (t - 1) * step * slopes[n + 1]
        )
        # What is outside on both sides stays outside, however the curve swings.
        voxels[k - first] = (blend <= 0) & (np.minimum(every[n], every[n + 1]) <= 0)
    return Mask.of(voxels, stack, (first, start[1], start[2]))


def _slopes(fields: Points, places: Points) -> Points:
    """Return the change per mm of signed distances at each drawn slice.

    That of the parabola through it and its neighbours, so that round ends stay round; between
    two slices alone the change is even, and one slice has none.
    """
    steps = np.diff(places)[:, None, None]
    chords = np.diff(fields, axis=0) / steps
    if len(places) == 2:
        return np.concatenate([chords, chords])
    inner = (chords[:-1] * steps[1:] + chords[1:] * steps[:-1]) / (steps[:-1] + steps[1:])
    head, tail = 2 * chords[:1] - inner[:1], 2 * chords[-1:] - inner[-1:]
    return np.concatenate([head, inner, tail])
