"""Part a mask: along a plane, or by seeds in its lobes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.distance import signed_distance, usual_spacing
from tumorboard.imaging.vessel.kernels import cheapest_ways
from tumorboard.language import _


def split_by_plane(mask: Mask, point: ArrayLike, normal: ArrayLike) -> tuple[Mask, Mask]:
    """Return what of a mask lies behind a plane, and what on it or before it (along its normal).

    ``point`` is LPS mm, ``normal`` any length; a voxel belongs where its centre lies.
    """
    axis = np.asarray(normal, dtype=np.float64)
    index = np.argwhere(mask.voxels)
    places = mask.stack.to_lps(index + np.array(mask.origin))
    ahead = (places - np.asarray(point, dtype=np.float64)) @ axis >= 0
    front = np.zeros(mask.voxels.shape, bool)
    front[tuple(index[ahead].T)] = True
    back = mask.voxels & ~front
    return Mask.of(back, mask.stack, mask.origin), Mask.of(front, mask.stack, mask.origin)


def split_by_seeds(mask: Mask, seeds: Sequence[ArrayLike]) -> tuple[Mask, ...]:
    """Share a mask out among seeds (LPS points inside it), one mask a seed.

    Each voxel goes to the seed from which the way to it is cheapest; ways cost more where the
    mask is thin, so that the parts meet at its necks.

    Raises
    ------
    UserError
        When there are fewer than two seeds or one lies outside the mask.

    """
    index = [np.floor(mask.stack.to_index(s) + 0.5).astype(int).tolist() for s in seeds]
    if len(index) < 2:
        raise UserError(_("One point does not part the mass."), _("Click in each part of it."))
    if not all(mask.contains(i) for i in index):
        raise UserError(_("A point lies outside the mass."), _("Click inside each part of it."))
    spacing = usual_spacing(mask.stack)
    padded = np.pad(mask.voxels, 1)
    depth = np.maximum(-signed_distance(padded, spacing), 0.1)
    cost = np.where(padded, 1 / depth**2, np.inf).astype(np.float32)
    at = np.array(index) - mask.origin + 1
    starts = np.ravel_multi_index(tuple(at.T), padded.shape).astype(np.int64)
    _cost, origins, _steps = cheapest_ways(cost, starts, np.array(spacing), -1)
    owner = origins[1:-1, 1:-1, 1:-1]
    parts = (np.asarray((owner == n) & mask.voxels) for n in range(len(index)))
    return tuple(Mask.of(p, mask.stack, mask.origin) for p in parts)
