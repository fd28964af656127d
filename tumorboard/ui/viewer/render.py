"""From a cut to the grey picture on the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from tumorboard.imaging.grey_levels import grey_levels_at, visible
from tumorboard.imaging.resize import Between, resized_colours
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.windowing import GreyTable


def colour_image(pixels: NDArray[np.uint8], projection: Projection) -> QImage:
    """Return the visible part of a colour slice, shape (rows, columns, 3), as it is stored."""
    _, _, width, height = projection.target
    source = visible(pixels, projection)
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
