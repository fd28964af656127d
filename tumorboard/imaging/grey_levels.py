"""From a cut to grey levels at the pixels of a screen, and to a small picture of a series."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.imaging.resize import PIXELS, Between, resized, resized_grey
from tumorboard.imaging.slicing import Section, cut, native_plane
from tumorboard.imaging.viewport import Projection, Viewport, resolve
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable, default_window


def grey_levels_at(
    section: Section, projection: Projection, table: GreyTable, *, fast: bool, smooth: bool = True
) -> NDArray[np.uint8]:
    """Return the grey levels of the visible part of a cut at device pixels.

    Values are interpolated before the window is applied, which avoids banding: cubic at
    rest, linear while ``fast`` (scrolling), area means when the picture is shrunk. Without
    ``smooth`` each pixel of the image becomes a rectangle of its own value.
    """
    source = visible(section.image, projection)
    if source.dtype.type not in PIXELS:
        source = source.astype(np.float32)
    _, _, width, height = projection.target
    between = Between.LINEAR if fast else Between.CUBIC
    between = between if smooth else Between.NEAREST
    levels = table.levels_of(source.dtype)
    if levels is None:
        return table(resized(source, (height, width), between))
    return resized_grey(source, (height, width), between, levels)


def visible(pixels: NDArray[Any], projection: Projection) -> NDArray[Any]:
    """Return the part of an image that a projection shows, turned as it is shown."""
    source = pixels[slice(*projection.rows), slice(*projection.columns)]
    if projection.flip_vertical:
        source = source[::-1]
    return source[:, ::-1] if projection.flip_horizontal else source


def thumbnail(volume: Volume, side: int) -> NDArray[np.uint8] | None:
    """Return a small picture of the middle slice, shape (rows, columns), ``side`` at most.

    None while that slice is not loaded, and where it cannot be shown.
    """
    section = cut(volume, native_plane(volume.stack), volume.stack.centre)
    projection = resolve(Viewport(), section.grid, (side, side), 1.0)
    if not section.complete or projection.is_empty:
        return None
    table = GreyTable(volume, default_window(volume, section.image), inverted=False)
    return np.ascontiguousarray(grey_levels_at(section, projection, table, fast=True))
