"""Distances in masks, by SimpleITK; imported with it when first used."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points, SliceStack

Spacing = tuple[float, ...]

#: Stands for a distance from nothing.
FAR_MM: Final = 1e6


def load_filters() -> None:
    """Import SimpleITK, which takes half a second; for a worker thread, ahead of its first use."""
    import SimpleITK  # noqa: F401


def image_of(voxels: NDArray[Any], spacing: Spacing = ()) -> Any:
    """Return a SimpleITK image of an array; ``spacing`` is in the order of its axes (mm).

    What only asks which voxels touch needs none.
    """
    import SimpleITK as sitk

    as_stored = voxels.astype(np.uint8) if voxels.dtype == np.bool_ else voxels
    image = sitk.GetImageFromArray(as_stored)
    if spacing:
        image.SetSpacing([float(s) for s in reversed(spacing)])
    return image


def array_of(image: Any) -> NDArray[Any]:
    """Return the pixels of a SimpleITK image as an array of its own."""
    import SimpleITK as sitk

    return np.asarray(sitk.GetArrayFromImage(image))


def usual_spacing(stack: SliceStack) -> tuple[float, float, float]:
    """Return (slice, row, column) spacing; filters take uneven slices as even."""
    return (stack.slice_spacing, *stack.pixel_spacing)


def signed_distance_2d(mask: NDArray[np.bool_], spacing: tuple[float, float]) -> Points:
    """Return the distance in mm of pixels from the edge of a mask, negative inside.

    The edge runs midway between pixels in and out.
    """
    import SimpleITK as sitk

    if not mask.any():
        return np.full(mask.shape, FAR_MM)
    if mask.all():
        return np.full(mask.shape, -FAR_MM)
    return _to_edge(mask, spacing, sitk)


def signed_distance(mask: NDArray[np.bool_], spacing: tuple[float, float, float]) -> Points:
    """Return the distance in mm of voxels from the edge of a mask, negative inside."""
    import SimpleITK as sitk

    if not mask.any():
        return np.full(mask.shape, FAR_MM)
    if mask.all():
        return np.full(mask.shape, -FAR_MM)
    return _to_edge(mask, spacing, sitk)


def _to_edge(mask: NDArray[np.bool_], spacing: Spacing, sitk: Any) -> Points:
    # The filter measures to the centres of the voxels on the inner side of the edge: the
    # mean of both sides' readings lies on the edge itself.
    def outwards(part: NDArray[np.bool_]) -> Points:
        found = sitk.SignedMaurerDistanceMap(
            image_of(part, spacing),
            insideIsPositive=False,
            squaredDistance=False,
            useImageSpacing=True,
        )
        return np.asarray(array_of(found), dtype=np.float64)

    return np.asarray((outwards(mask) - outwards(~mask)) / 2)
