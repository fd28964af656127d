"""What millimetres between points of a volume rest on, point by point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tumorboard.imaging.geometry import Calibration, Points
from tumorboard.imaging.volume import Volume


def calibration_at(volume: Volume, points: ArrayLike) -> tuple[Calibration, float]:
    """Return the calibration of something drawn at (N, 3) LPS points, and its scale.

    The scale turns distances between the points into millimetres; into pixels where nothing
    calibrates them. An ultrasound image is calibrated inside its regions only, and a line
    that leaves its region, or joins two, is measured in pixels (DICOM PS3.3 section C.8.5.5).
    """
    if not volume.calibrated_regions:
        return volume.calibration, 1.0
    index = volume.stack.to_index(np.asarray(points, dtype=np.float64).reshape(-1, 3))
    if any(_inside(index, region) for region in volume.calibrated_regions):
        return volume.calibration, 1.0
    return Calibration.NONE, 1.0 / float(np.mean(volume.stack.pixel_spacing))


def _inside(index: Points, region: tuple[int, int, int, int]) -> bool:
    """Whether all indices lie in a region, up to the outer edges of its pixels."""
    low, high = np.array(region[:2]) - 0.5, np.array(region[2:]) + 0.5
    within = (index[:, 1:] >= low) & (index[:, 1:] <= high)
    return bool(within.all())
