"""A series of slices as one array with its geometry and the meaning of its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.imaging.geometry import (
    BURNED_IN,
    Calibration,
    Caveat,
    Points,
    SliceStack,
    side_letters,
)

#: Cosine above which a direction runs along rows or columns.
_ALONG: Final = 0.9

#: Modalities (PS3.3 section C.7.3.1.1.1) whose pictures are taken off a screen with its words.
_WITH_WORDS: Final = frozenset({"US", "IVUS", "SC", "OT", "ES", "XC", "DOC"})

_OPPOSITE: Final = str.maketrans("LRAPHF", "RLPAFH")


@dataclass(frozen=True)
class Window:
    """A grey-level window in the unit of the volume (HU for CT): DICOM PS3.3 C.11.2.1.2.

    ``function`` is "LINEAR", "LINEAR_EXACT" or "SIGMOID" as in DICOM, or "TABLE": the
    volume's own ``voi_table``, whose range centre and width then describe.
    """

    centre: float
    width: float
    function: str = "LINEAR"


@dataclass(frozen=True, eq=False)
class VoiTable:
    """Grey levels sent with the images (VOI LUT, DICOM PS3.3 section C.11.2.1.1).

    ``grey`` is uint8, shape (entries,); the first is for the value ``first`` in the unit of
    the volume, and those beyond the ends take the first or last.
    """

    first: float
    grey: NDArray[np.uint8]

    @property
    def window(self) -> Window:
        """The window that stands for the table."""
        return Window(self.first + len(self.grey) / 2, float(len(self.grey)), "TABLE")


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
    series_instance_uid, part_of
        The name of the series in the case: its Series Instance UID, or where that holds
        several parts (phases, echoes, single pictures) the name of this one. ``part_of`` is the
        Series Instance UID that the files carry, the same for all parts.
    sop_instance_uids, frames
        One per slice, in the order of the slices; ``frames`` are the frame numbers, counted
        from 1, where one object holds several pictures, else empty.
    instance_numbers
        The Instance Number of each slice, 0 where its file has none; empty where one object
        holds several pictures.
    window
        The window sent with the images, or None.
    inverted
        Low values are shown bright (MONOCHROME1).
    padding, padding_limit
        Stored value that marks pixels outside the reconstruction, or None; with a limit,
        all values from the one to the other do.
    voi_table
        Grey levels sent with the images, or None.
    suv_factor
        What Bq/mL were multiplied with to give the values (SUV by body weight), or None.
    frame_ms
        Time from one picture to the next of a run in time, ms, or None.
    colour
        RGB, uint8, shape (slices, rows, columns, 3) of a colour series, filled together
        with the voxels, which then are its luminance; or None.
    calibrated_regions
        Ultrasound: the parts of the image in which the spacing holds, each (first row, first
        column, last row, last column), inclusive. Empty: it holds everywhere.
    phase, phase_evidence
        Contrast phase as guessed ("native", "portal venous" ...) and what the guess rests on;
        empty where nothing is known. It never enters a fact.
    stated_sides
        Letters of the sides of the patient to which rows, and columns, of pictures that have no
        place run (Patient Orientation, PS3.3 section C.7.6.1.1.1), or empty.

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
    padding_limit: float | None = None
    voi_table: VoiTable | None = None
    colour: NDArray[np.uint8] | None = None
    suv_factor: float | None = None
    frame_ms: float | None = None
    calibrated_regions: tuple[tuple[int, int, int, int], ...] = ()
    stated_sides: tuple[str, ...] = ()
    phase: str = ""
    phase_evidence: str = ""
    instance_numbers: tuple[int, ...] = ()
    frames: tuple[int, ...] = ()
    part_of: str = ""

    def __post_init__(self) -> None:
        if self.voxels.shape != self.stack.shape:
            raise ValueError("the array and its geometry differ in shape")
        if self.loaded.shape != (self.stack.shape[0],):
            raise ValueError("one flag per slice is needed")
        if self.colour is not None and self.colour.shape != (*self.voxels.shape, 3):
            raise ValueError("the colours and the voxels differ in shape")

    @property
    def whole_uid(self) -> str:
        """The Series Instance UID that the files carry, the same for all parts of a series."""
        return self.part_of or self.series_instance_uid

    @cached_property
    def pictures(self) -> frozenset[tuple[str, int]]:
        """Its pictures as (SOP Instance UID, frame), and each object with frame 0."""
        objects = {(uid, 0) for uid in self.sop_instance_uids}
        return frozenset(objects | set(zip(self.sop_instance_uids, self.frames, strict=False)))

    @property
    def is_calibrated(self) -> bool:
        """Whether lengths on this volume are millimetres."""
        return self.calibration is not Calibration.NONE

    def is_padding(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which stored values mark pixels outside the reconstruction."""
        if self.padding is None:
            return np.zeros(np.shape(stored), bool)
        other = self.padding if self.padding_limit is None else self.padding_limit
        low, high = sorted((self.padding, other))
        return np.asarray((stored >= low) & (stored <= high))

    @property
    def is_fractional(self) -> bool:
        """Whether values lie between whole numbers: maps, fractions, uptake; never HU."""
        if self.unit == "HU":
            return False
        whole = float(self.rescale_slope).is_integer() and self.voxels.dtype.kind in "iu"
        return not whole

    def side_letters(self, direction: Points) -> str:
        """Return the letters of the side of the patient in a direction (LPS), "" if not known.

        Pictures that do not lie in the patient may state their sides all the same.
        """
        if self.is_placed:
            return side_letters(direction)
        ways = (self.stack.row_direction, self.stack.column_direction)
        for way, side in zip(ways, self.stated_sides, strict=False):
            along = float(np.asarray(direction) @ way)
            if abs(along) > _ALONG * float(np.linalg.norm(direction)):
                return side if along > 0 else side.translate(_OPPOSITE)
        return ""

    @property
    def is_placed(self) -> bool:
        """Whether the images say where in the patient they lie.

        Without that there are no sides, no planes and no cuts across the slices.
        """
        return not any(c.code in ("no-position", "no-volume") for c in self.caveats)

    @property
    def may_hold_words(self) -> bool:
        """Whether words may be burned into the pictures: ultrasound, captures of a screen."""
        return self.modality in _WITH_WORDS or bool(self.calibrated_regions)

    @property
    def has_burned_in_words(self) -> bool:
        """Whether words are burned into the pictures, as a file says: they may name the patient."""
        return any(c.code == BURNED_IN for c in self.caveats)

    def values(self, stored: NDArray[Any]) -> NDArray[np.float64]:
        """Turn stored values into values in ``unit``."""
        return np.asarray(stored, dtype=np.float64) * self.rescale_slope + self.rescale_intercept

    def value_at(self, index: tuple[int, int, int]) -> float | None:
        """Return the value of the voxel at (slice, row, column), or None outside the volume."""
        inside = all(0 <= i < n for i, n in zip(index, self.voxels.shape, strict=True))
        if not inside or not self.loaded[index[0]]:
            return None
        return float(self.voxels[index]) * self.rescale_slope + self.rescale_intercept


def is_uptake(volume: Volume) -> bool:
    """Whether values are standardized uptake, whatever the body was measured by."""
    stated = volume.modality == "PT" and volume.unit == "g/mL"
    return stated or volume.unit.startswith("SUV")


def instance_number_at(volume: Volume, point: ArrayLike) -> int:
    """Return the Instance Number of the slice nearest to an LPS point (mm), 0: not known."""
    numbers = volume.instance_numbers
    return numbers[volume.stack.nearest_slice(point)] if numbers else 0
