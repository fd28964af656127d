"""Tidy a mask: smooth it, fill its holes, keep its largest part, list its parts.

By SimpleITK, on the box of the mask with a rim.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.mask_model import Index, Mask, voxel_volumes_mm3
from tumorboard.imaging.segmentation.distance import array_of, image_of, usual_spacing

#: A Gaussian reaches this many times its sigma.
_REACH: Final = 3.0


def smooth(mask: Mask, sigma_mm: float = 1.0) -> Mask:
    """Round off what is finer than about ``sigma_mm``, without changing the volume.

    A Gaussian blurs the mask, and as many voxels as before are kept, the fullest first: a
    fixed half would shrink whatever is convex.

    Raises
    ------
    ValueError
        When the width is not positive.

    """
    if not sigma_mm > 0:
        raise ValueError("the width of smoothing must be positive")
    if mask.is_empty:
        return mask
    import SimpleITK as sitk

    spacing = usual_spacing(mask.stack)
    rim = [int(np.ceil(_REACH * sigma_mm / s)) + 1 for s in spacing]
    voxels, start = _padded(mask, rim)
    image = image_of(voxels.astype(np.float32), spacing)
    soft = array_of(sitk.DiscreteGaussian(image, sigma_mm**2, maximumKernelWidth=128))
    inside = _inside_grid(start, voxels.shape, mask)
    soft = np.ascontiguousarray(soft[inside])
    count = min(mask.count, soft.size)
    threshold = np.partition(soft.ravel(), soft.size - count)[soft.size - count]
    at = [a + s.start for a, s in zip(start, inside, strict=True)]
    found = soft >= max(float(threshold), 1e-3)
    return Mask.of(found, mask.stack, (at[0], at[1], at[2]))


def fill_holes(mask: Mask, *, in_slices: bool = False) -> Mask:
    """Fill what is enclosed, in space or within each slice."""
    if mask.is_empty:
        return mask
    import SimpleITK as sitk

    if in_slices:
        fill = [array_of(sitk.BinaryFillhole(image_of(s))) for s in mask.voxels]
        return Mask.of(np.stack(fill), mask.stack, mask.origin)
    voxels, start = _padded(mask, [1, 1, 1])
    filled = array_of(sitk.BinaryFillhole(image_of(voxels)))
    return Mask.of(filled[1:-1, 1:-1, 1:-1], mask.stack, (start[0] + 1, start[1] + 1, start[2] + 1))


def opened(mask: Mask, radius_mm: float) -> Mask:
    """Cut off what is thinner than twice the radius, and give the rest its size back."""
    from tumorboard.imaging.segmentation.distance import signed_distance

    spacing = usual_spacing(mask.stack)
    rim = [int(np.ceil(radius_mm / s)) + 1 for s in spacing]
    voxels, start = _padded(mask, rim)
    core = signed_distance(voxels, spacing) <= -radius_mm
    if not core.any():
        return Mask.of(np.zeros((0, 0, 0), bool), mask.stack)
    back = (signed_distance(core, spacing) <= radius_mm) & voxels
    inside = _inside_grid(start, voxels.shape, mask)
    at = [a + s.start for a, s in zip(start, inside, strict=True)]
    return Mask.of(back[inside], mask.stack, (at[0], at[1], at[2]))


def components(mask: Mask, least_ml: float = 0.0) -> tuple[Mask, ...]:
    """Return the parts of a mask that touch only by corners or not at all, the largest first."""
    if mask.is_empty:
        return ()
    import SimpleITK as sitk

    joined = sitk.ConnectedComponent(image_of(mask.voxels))
    labels = array_of(sitk.RelabelComponent(joined))
    parts = [_part(mask, labels, n) for n in range(1, int(labels.max()) + 1)]
    parts.sort(key=lambda p: (-p.volume_mm3, p.origin))
    return tuple(p for p in parts if p.volume_ml >= least_ml)


def largest(mask: Mask) -> Mask:
    """Return the largest part of a mask."""
    import SimpleITK as sitk

    if mask.is_empty:
        return mask
    joined = sitk.ConnectedComponent(image_of(mask.voxels))
    return _part(mask, array_of(sitk.RelabelComponent(joined)), 1)


def main_body(mask: Mask) -> Mask:
    """Return the largest part of a mass, the whole where all of it hangs together.

    Voxels that touch by a corner hang together. Where most outlined slices stand alone, those
    next to each other do too: who outlines every third slice has not drawn several masses.
    """
    if mask.is_empty:
        return mask
    import SimpleITK as sitk

    held: NDArray[np.bool_] = np.asarray(mask.voxels.any(axis=(1, 2)))
    beside = np.zeros_like(held)
    beside[1:] |= held[:-1]
    beside[:-1] |= held[1:]
    if 2 * np.count_nonzero(held & ~beside) <= np.count_nonzero(held):
        held[:] = True
    joined = sitk.ConnectedComponent(image_of(mask.voxels[held]), True)
    labels = array_of(joined)
    if labels.max() == 1:
        return mask
    counts = np.stack([np.bincount(s.ravel(), minlength=int(labels.max()) + 1) for s in labels])
    each = voxel_volumes_mm3(mask.stack)[mask.box[0]][held]
    number = int(np.argmax((counts * each[:, None]).sum(axis=0)[1:])) + 1
    found = np.zeros(mask.voxels.shape, bool)
    found[held] = labels == number
    return Mask.of(found, mask.stack, mask.origin)


def part_at(mask: Mask, index: Index) -> Mask:
    """Return the part of a mask that holds a voxel; empty when none does."""
    return next(
        (p for p in components(mask) if p.contains(index)),
        Mask.of(np.zeros((0, 0, 0), bool), mask.stack),
    )


def _part(mask: Mask, labels: NDArray[Any], number: int) -> Mask:
    return Mask.of(labels == number, mask.stack, mask.origin)


def _padded(mask: Mask, rim: list[int]) -> tuple[NDArray[np.bool_], Index]:
    """Return the box of a mask with a rim, and its first index, which may be negative."""
    start = [o - r for o, r in zip(mask.origin, rim, strict=True)]
    stop = [s.stop + r for s, r in zip(mask.box, rim, strict=True)]
    return mask.cropped(start, stop), (start[0], start[1], start[2])


def _inside_grid(start: Index, shape: tuple[int, ...], mask: Mask) -> tuple[slice, ...]:
    """Return the part of a box that lies on the grid."""
    return tuple(
        slice(max(0, -a), min(n, most - a))
        for a, n, most in zip(start, shape, mask.stack.shape, strict=True)
    )
