"""A series of slices as one array with its geometry and the meaning of its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Calibration, Caveat, SliceStack


@dataclass(frozen=True)
class Window:
    """A grey-level window in the unit of the volume (HU for CT): DICOM PS3.3 C.11.2.1.2."""

    centre: float
    width: float


@dataclass(frozen=True, eq=False)
class Volume:
    """Stored values of parallel slices, with rescale and geometry.

    Parameters
    ----------
    voxels
        Shape (slices, rows, columns), C order, an integer type or float32. A loader
        may still be filling it; ``loaded`` says which slices are there.
    loaded
        Shape (slices,), bool: which slices hold their pixels.
    rescale_slope, rescale_intercept
        Value in ``unit`` = stored value * slope + intercept, for all slices.
    unit
        UCUM-like unit for display: "HU", "Bq/mL", "" when the values have none.
    calibration
        What the millimetres of the geometry rest on.
    sop_instance_uids
        One per slice, in the order of the slices.
    window
        The window sent with the images, or None.
    inverted
        Low values are shown bright (MONOCHROME1).
    padding
        Stored value that marks pixels outside the reconstruction, or None.

    """

    voxels: NDArray[Any]
    loaded: NDArray[np.bool_]
    stack: SliceStack
    rescale_slope: float
    rescale_intercept: float
    unit: str
    calibration: Calibration
    modality: str
    series_instance_uid: str
    study_instance_uid: str
    frame_of_reference_uid: str
    sop_instance_uids: tuple[str, ...]
    window: Window | None = None
    inverted: bool = False
    padding: float | None = None
    lossy: bool = False
    caveats: tuple[Caveat, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.voxels.shape != self.stack.shape:
            raise ValueError("the array and its geometry differ in shape")
        if self.loaded.shape != (self.stack.shape[0],):
            raise ValueError("one flag per slice is needed")

    @property
    def is_calibrated(self) -> bool:
        """Whether lengths on this volume are millimetres."""
        return self.calibration is not Calibration.NONE

    def values(self, stored: NDArray[Any]) -> NDArray[np.float64]:
        """Turn stored values into values in ``unit``."""
        return np.asarray(stored, dtype=np.float64) * self.rescale_slope + self.rescale_intercept

    def value_at(self, index: tuple[int, int, int]) -> float | None:
        """Return the value of the voxel at (slice, row, column), or None outside the volume."""
        inside = all(0 <= i < n for i, n in zip(index, self.voxels.shape, strict=True))
        if not inside or not self.loaded[index[0]]:
            return None
        return float(self.voxels[index]) * self.rescale_slope + self.rescale_intercept
