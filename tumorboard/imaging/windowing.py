"""From stored values to grey levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.resize import Levels
from tumorboard.imaging.volume import VoiTable, Volume, Window
from tumorboard.language import N_, _, inside

#: Window presets for CT in HU by their key. The narrow soft-tissue window is the one of
#: Seema et al. 2011, figures 9 to 12; the others are common display defaults.
PRESETS: Final[dict[str, tuple[str, Window]]] = {
    "2": (N_("Soft tissue"), Window(40, 400)),
    "3": (N_("Narrow soft tissue"), Window(60, 360)),
    "4": (N_("Liver"), Window(90, 150)),
    "5": (N_("Lung"), Window(-600, 1500)),
    "6": (N_("Bone"), Window(350, 2000)),
    "7": (N_("Vessels"), Window(170, 600)),
}


#: LINEAR shifts by half a unit and narrows by a whole one, made for whole numbers (PS3.3
#: section C.11.2.1.2.1). On fractions it is seen in windows narrower than this.
_HALF_UNIT_SEEN: Final = 64.0


def in_force(volume: Volume, window: Window) -> Window:
    """Return a window as it is applied to the values of a volume.

    The standard allows LINEAR no width below 1, but maps of small values are sent with one;
    there, and where values are fractions in a narrow window, it stands for LINEAR_EXACT.
    """
    if window.function in {"LINEAR_EXACT", "SIGMOID"} and window.width > 0:
        return window
    if window.function == "TABLE" and volume.voi_table is not None:
        return window
    narrow = window.width < (_HALF_UNIT_SEEN if volume.is_fractional else 1.0)
    width = max(window.width, least_width(volume))
    return replace(window, width=width, function="LINEAR_EXACT" if narrow else "LINEAR")


def least_width(volume: Volume) -> float:
    """Return the narrowest window that tells two values of a volume apart."""
    if not volume.is_fractional:
        return 1.0
    whole = volume.voxels.dtype.kind in "iu"
    return abs(volume.rescale_slope) if whole else _TINY


#: Narrower windows than this are lost in the rounding of 32-bit floating point.
_TINY: Final = 1e-9


#: What windows besides the presets are called; names are kept with views, in English.
AS_SENT, AUTO, REGION = N_("as sent"), N_("auto"), N_("region")
AS_OTHERS: Final = N_("as others showed it")
_UPTAKE: Final = "SUV 0 to "


def uptake_name(upper: float) -> str:
    """Return what the window from 0 to an uptake is called, in English."""
    return f"{_UPTAKE}{upper:g}"


def window_name_words(name: str) -> str:
    """Return how a window of this name is called in the language."""
    titles = {title.lower(): title for title, _preset in PRESETS.values()}
    if name in titles:
        return inside(_(titles[name]))
    if name.startswith(_UPTAKE):
        return _("SUV 0 to {upper}", upper=name.removeprefix(_UPTAKE))
    return _(name)


def window_words(window: Window) -> str:
    """Return width and centre, with as many decimals as the width needs."""
    digits = 0 if window.width >= 20 else 1
    if 0 < window.width < 1:
        digits = min(9, 2 - math.floor(math.log10(window.width)))
    # Zero is added so that a centre just below it is not written as minus zero.
    return f"W {window.width:.{digits}f} L {round(window.centre, digits) + 0.0:.{digits}f}"


def auto_window(volume: Volume, image: NDArray[Any]) -> Window:
    """Return the window over the percentiles 1 to 99 of an image of stored values.

    Of maps, whose brightest spots are small and what they were made for, 0.5 to 99.5.
    """
    stored = image[:: max(1, image.shape[0] // 256), :: max(1, image.shape[1] // 256)]
    sample = volume.values(stored[~volume.is_padding(stored)])
    finite = sample[np.isfinite(sample)]
    if finite.size == 0:
        return Window(0.0, 1.0)
    outer = 0.5 if volume.is_fractional else 1.0
    low, high = np.percentile(finite, [outer, 100 - outer])
    return Window(float(low + high) / 2, max(least_width(volume), float(high - low)))


def default_window(volume: Volume, image: NDArray[Any]) -> Window:
    """Return the window to start with: as sent, soft tissue for CT, else automatic."""
    if volume.window is not None:
        return volume.window
    if volume.unit == "HU":
        return PRESETS["2"][1]
    return auto_window(volume, image)


def grey_levels(
    values: NDArray[np.float64], window: Window, inverted: bool, table: VoiTable | None = None
) -> NDArray[np.uint8]:
    """Apply a VOI function of DICOM PS3.3 section C.11.2.1 to values.

    LINEAR: y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255, clipped; for w = 1 a step at c - 0.5.
    Whether it is meant so is for `in_force` to say.
    LINEAR_EXACT: y = ((x - c) / w + 0.5) * 255, clipped.
    SIGMOID: y = 255 / (1 + exp(-4 (x - c) / w)).
    TABLE: the entry of ``table`` for the value; LINEAR without a table.
    """
    if window.function == "TABLE" and table is not None:
        entry = np.rint(np.nan_to_num(values) - table.first)
        grey = table.grey[np.clip(entry, 0, len(table.grey) - 1).astype(np.int64)]
    else:
        y = _FUNCTIONS.get(window.function, _linear)(values, window)
        grey = np.rint(np.clip(np.nan_to_num(y), 0.0, 255.0)).astype(np.uint8)
    return np.asarray(255 - grey if inverted else grey, dtype=np.uint8)


def _linear(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    width = max(window.width, 1.0)
    if width <= 1.0:
        return np.where(values > window.centre - 0.5, 255.0, 0.0)
    return np.asarray(((values - (window.centre - 0.5)) / (width - 1.0) + 0.5) * 255.0)


def _linear_exact(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    return np.asarray(((values - window.centre) / window.width + 0.5) * 255.0)


def _sigmoid(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    steps = np.clip(-4.0 * (values - window.centre) / window.width, -60.0, 60.0)
    return np.asarray(255.0 / (1.0 + np.exp(steps)))


_FUNCTIONS: Final[Mapping[str, Callable[[NDArray[np.float64], Window], NDArray[np.float64]]]] = {
    "LINEAR_EXACT": _linear_exact,
    "SIGMOID": _sigmoid,
}


class GreyTable:
    """Grey levels for all stored values of a volume under one window.

    For 8 and 16 bit volumes a table with one entry per bit pattern, so that painting is
    one look-up; for others the formula itself. What marks pixels outside the
    reconstruction stays black.
    """

    def __init__(self, volume: Volume, window: Window, inverted: bool) -> None:
        self._slope, self._intercept = volume.rescale_slope, volume.rescale_intercept
        self._window = window
        self._applied = in_force(volume, window)
        self._inverted = inverted != volume.inverted
        self._volume = volume
        dtype = volume.voxels.dtype
        self._levels: Levels | None = None
        if dtype.kind in "iu" and dtype.itemsize <= 2:
            unsigned = np.dtype(f"u{dtype.itemsize}")
            stored = np.arange(2 ** (8 * dtype.itemsize), dtype=unsigned).view(dtype)
            self._levels = Levels(self._grey(stored), dtype)

    @property
    def window(self) -> Window:
        """The window in force."""
        return self._window

    def __call__(self, image: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the grey levels, uint8, of an image of stored values, any shape."""
        levels = self.levels_of(image.dtype)
        return self._grey(image) if levels is None else levels(image)

    def levels_of(self, kind: np.dtype[Any]) -> Levels | None:
        """Return the table for stored values of a type, None where there is none for it."""
        return self._levels if self._levels is not None and self._levels.kind == kind else None

    def _grey(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        values = stored.astype(np.float64) * self._slope + self._intercept
        grey = grey_levels(values, self._applied, self._inverted, self._volume.voi_table)
        if self._volume.padding is not None:
            grey[self._volume.is_padding(stored)] = 0
        return grey
