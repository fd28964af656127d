"""One volume in colours over the cut of another, through patient space.

Colours are opaque where the upper values are and fade out towards the lower end of the
window, so that what takes up nothing leaves the picture below as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.geometry import Points
from tumorboard.imaging.layers import moved_grid
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slicing import PlaneGrid, Section
from tumorboard.imaging.volume import Volume, Window
from tumorboard.resources import resource_path

#: Share of the window, from its lower end, over which the colours come in.
_FADE: Final = 0.2

#: Colour maps: (level, value) between which red, green and blue are straight, after DICOM
#: PS3.6 sections B.1.1 (hot iron) and B.1.2 (PET).
_CORNERS: Final[Mapping[str, tuple[tuple[tuple[int, int], ...], ...]]] = {
    "hot iron": (
        ((0, 0), (127, 254), (128, 255), (255, 255)),
        ((0, 0), (127, 0), (128, 0), (254, 252), (255, 255)),
        ((0, 0), (191, 0), (192, 4), (255, 255)),
    ),
    "PET": (
        ((0, 0), (63, 0), (64, 1), (128, 128), (191, 255), (255, 255)),
        ((0, 0), (63, 128), (128, 0), (255, 255)),
        ((0, 0), (128, 255), (192, 0), (255, 255)),
    ),
}
#: "inferno" (of matplotlib, CC0) grows evenly in lightness to the eye; its colours are a resource,
#: one a line.
PALETTES: Final = ("hot iron", "inferno", "PET", "grey")


@dataclass(frozen=True, eq=False)
class Fusion:
    """A volume to be drawn over another.

    ``offset`` (LPS mm) is how far its points lie from the same places of the volume below,
    zero within one frame of reference. ``opacity`` is that of the upper end of the window.
    """

    volume: Volume
    window: Window
    palette: str = "hot iron"
    opacity: float = 0.5
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    series_key: str = ""

    def with_window(self, upper: float) -> Fusion:
        """Return it windowed from 0 to an upper value."""
        return replace(self, window=uptake_window(upper))


def uptake_window(upper: float) -> Window:
    """Return the window from 0 to an upper value, exactly (PS3.3 section C.11.2.1.3)."""
    width = max(upper, 1e-3)
    return Window(width / 2, width, "LINEAR_EXACT")


@cache
def palette(name: str) -> NDArray[np.uint8]:
    """Return a colour map, shape (256, 3) RGB; "hot iron" for a name that is not known."""
    if name == "inferno":
        words = resource_path("palettes", "inferno.txt").read_text(encoding="ascii")
        return np.frombuffer(bytes.fromhex(words), np.uint8).reshape(256, 3)
    if name == "grey":
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    parts = [
        np.interp(np.arange(256), [level for level, _ in line], [value for _, value in line])
        for line in _CORNERS.get(name, _CORNERS["hot iron"])
    ]
    return np.asarray(np.rint(np.stack(parts, axis=1)), dtype=np.uint8)


def fused_section(
    fusion: Fusion,
    grid: PlaneGrid,
    *,
    slab_mm: float = 0.0,
    mode: SlabMode = SlabMode.MAXIMUM,
    every: int = 1,
) -> Section:
    """Cut the upper volume along the grid of the lower one (trilinear), as stored values.

    The result lies on ``grid``, or on a coarser one over the same rectangle with ``every``
    above 1. A slab is as thick as that of the lower volume.
    """
    from tumorboard.imaging.slab import cut_slab

    there = moved_grid(grid, -np.array(fusion.offset))
    section = cut_slab(fusion.volume, there, slab_mm, mode, every=every)
    return replace(section, grid=moved_grid(section.grid, np.array(fusion.offset)))


def tinted(fusion: Fusion, levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return grey levels in colours: premultiplied blue, green, red, alpha, shape (..., 4)."""
    words = _table(fusion.palette, round(fusion.opacity, 3))[levels]
    return words.view(np.uint8).reshape(*levels.shape, 4)


@lru_cache(maxsize=256)
def _table(name: str, opacity: float) -> NDArray[np.uint32]:
    """Return premultiplied blue, green, red, alpha of all levels, packed, shape (256,)."""
    alpha = min(max(opacity, 0.0), 1.0) * np.minimum(np.arange(256) / (255 * _FADE), 1.0)
    colours = palette(name)[:, ::-1] * alpha[:, None]
    parts = np.rint(np.column_stack([colours, 255 * alpha])).astype(np.uint8)
    return np.ascontiguousarray(parts).view(np.uint32)[:, 0]


def value_at(fusion: Fusion, point: Points) -> float | None:
    """Return the value (trilinear) of the upper volume at a place of the lower one, LPS mm.

    None outside the volume, where a slice is not loaded, and where padding lies.
    """
    volume = fusion.volume
    there = np.asarray(point, dtype=np.float64) + np.array(fusion.offset)
    index = volume.stack.to_index(there)
    top = np.array(volume.stack.shape) - 1
    if (index < -0.5).any() or (index > top + 0.5).any():
        return None
    index = np.clip(index, 0, top)
    low = np.floor(index).astype(int)
    high = np.minimum(low + 1, top)
    if not volume.loaded[[low[0], high[0]]].all():
        return None
    box = volume.voxels[np.ix_(*((a, b) for a, b in zip(low, high, strict=True)))]
    if volume.is_padding(box).any():
        return None
    values = volume.values(box)
    for share in index - low:
        values = values[0] * (1 - share) + values[1] * share
    return float(values)


def number(value: float, unit: str) -> str:
    """Return a value with its unit as it is read: SUV with two decimals, others whole."""
    is_uptake = unit.startswith("SUV")
    digits = 2 if is_uptake or abs(value) < 10 else 0
    return f"{unit} {value:.{digits}f}" if is_uptake else f"{value:.{digits}f} {unit}".strip()
