"""From a cut to the grey picture on the canvas."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from tumorboard.imaging.slicing import Section
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.windowing import GreyTable

_RESIZABLE: Final = (np.uint8, np.int16, np.uint16, np.float32)


def magnified(
    section: Section, projection: Projection, *, fast: bool, smooth: bool = True
) -> NDArray[Any]:
    """Return the visible part of a cut at device pixels, still as stored values.

    Values are interpolated before the window is applied, which avoids banding: cubic at
    rest, linear while ``fast`` (scrolling), area means when the picture is shrunk. Without
    ``smooth`` each pixel of the image becomes a rectangle of its own value.
    """
    rows, columns = slice(*projection.rows), slice(*projection.columns)
    source = section.image[rows, columns]
    if projection.flip_vertical:
        source = source[::-1]
    if projection.flip_horizontal:
        source = source[:, ::-1]
    if source.dtype.type not in _RESIZABLE:
        source = source.astype(np.float32)
    _, _, width, height = projection.target
    shrinks = height < source.shape[0]
    mode = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR if fast else cv2.INTER_CUBIC
    mode = mode if smooth else cv2.INTER_NEAREST_EXACT
    resized = cv2.resize(np.ascontiguousarray(source), (width, height), interpolation=mode)
    return np.asarray(resized)


def colour_image(pixels: NDArray[np.uint8], projection: Projection) -> QImage:
    """Return the visible part of a colour slice, shape (rows, columns, 3), as it is stored."""
    rows, columns = slice(*projection.rows), slice(*projection.columns)
    source = pixels[rows, columns]
    if projection.flip_vertical:
        source = source[::-1]
    if projection.flip_horizontal:
        source = source[:, ::-1]
    _, _, width, height = projection.target
    mode = cv2.INTER_AREA if height < source.shape[0] else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(source), (width, height), interpolation=mode)
    image = QImage(resized.data, width, height, resized.strides[0], QImage.Format.Format_RGB888)
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
    grey = np.ascontiguousarray(table(magnified(section, projection, fast=fast, smooth=smooth)))
    height, width = grey.shape
    image = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(projection.ratio)
    return image, grey
