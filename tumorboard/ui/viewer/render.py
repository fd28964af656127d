"""From a cut to the grey picture on the canvas."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from tumorboard.imaging.resize import PIXELS, Between, resized, resized_colours, resized_grey
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.windowing import GreyTable


def grey_levels_at(
    section: Section, projection: Projection, table: GreyTable, *, fast: bool, smooth: bool = True
) -> NDArray[np.uint8]:
    """Return the grey levels of the visible part of a cut at device pixels.

    Values are interpolated before the window is applied, which avoids banding: cubic at
    rest, linear while ``fast`` (scrolling), area means when the picture is shrunk. Without
    ``smooth`` each pixel of the image becomes a rectangle of its own value.
    """
    source = _visible(section.image, projection)
    if source.dtype.type not in PIXELS:
        source = source.astype(np.float32)
    _, _, width, height = projection.target
    between = Between.LINEAR if fast else Between.CUBIC
    between = between if smooth else Between.NEAREST
    levels = table.levels_of(source.dtype)
    if levels is None:
        return table(resized(source, (height, width), between))
    return resized_grey(source, (height, width), between, levels)


def _visible(pixels: NDArray[Any], projection: Projection) -> NDArray[Any]:
    """Return the part of an image that a projection shows, turned as it is shown."""
    source = pixels[slice(*projection.rows), slice(*projection.columns)]
    if projection.flip_vertical:
        source = source[::-1]
    return source[:, ::-1] if projection.flip_horizontal else source


def colour_image(pixels: NDArray[np.uint8], projection: Projection) -> QImage:
    """Return the visible part of a colour slice, shape (rows, columns, 3), as it is stored."""
    _, _, width, height = projection.target
    source = _visible(pixels, projection)
    colours = resized_colours(source, (height, width), Between.LINEAR)
    image = QImage(colours.data, width, height, colours.strides[0], QImage.Format.Format_RGB32)
    owned = image.copy()
    owned.setDevicePixelRatio(projection.ratio)
    return owned


def grey_image(
    section: Section,
    projection: Projection,
    table: GreyTable,
    *,
    fast: bool,
    smooth: bool = True,
) -> tuple[QImage, NDArray[np.uint8]]:
    """Return the picture, and the array that owns its pixels (keep both together)."""
    grey = grey_levels_at(section, projection, table, fast=fast, smooth=smooth)
    height, width = grey.shape
    image = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(projection.ratio)
    return image, grey
