"""Volumes with known content for tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Calibration, SliceStack
from tumorboard.imaging.volume import Volume


def axial_stack(
    slices: int = 20,
    rows: int = 30,
    columns: int = 40,
    spacing: tuple[float, float] = (0.8, 0.7),
    step: float = 2.5,
    origin: tuple[float, float, float] = (-100.0, -80.0, 50.0),
    positions: NDArray[np.float64] | None = None,
) -> SliceStack:
    """Return axial slices, growing to the head."""
    z = np.arange(slices) * step if positions is None else positions
    origins = np.array(origin) + np.outer(z, [0.0, 0.0, 1.0])
    return SliceStack(origins, np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), spacing, rows, columns)


def volume_of(
    stack: SliceStack, voxels: NDArray[np.int16] | None = None, **changes: object
) -> Volume:
    """Return a CT volume; without voxels a ramp that names each index."""
    n, rows, columns = stack.shape
    if voxels is None:
        k, i, j = np.mgrid[0:n, 0:rows, 0:columns]
        voxels = (k * 100 + i * 10 + j).astype(np.int16)
    values: dict[str, object] = {
        "rescale_slope": 1.0,
        "rescale_intercept": 0.0,
        "unit": "HU",
        "calibration": Calibration.PIXEL_SPACING,
        "modality": "CT",
        "series_instance_uid": "1.2.3",
        "study_instance_uid": "1.2",
        "frame_of_reference_uid": "1.2.9",
        "sop_instance_uids": tuple(f"1.2.3.{k}" for k in range(n)),
    }
    values.update(changes)
    return Volume(voxels, np.ones(n, dtype=bool), stack, **values)  # type: ignore[arg-type]


def ellipsoid(
    stack: SliceStack, centre: NDArray[np.float64], semi_axes: tuple[float, float, float]
) -> NDArray[np.int16]:
    """Return voxels of 60 HU inside an axis-aligned ellipsoid (mm) and -100 HU outside."""
    index = np.stack(np.meshgrid(*(np.arange(s) for s in stack.shape), indexing="ij"), axis=-1)
    offset = (stack.to_lps(index) - centre) / np.array(semi_axes)
    return np.where((offset**2).sum(axis=-1) <= 1, 60, -100).astype(np.int16)
