"""The curved picture of a vessel: how it lies at a size, and what is painted on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from tumorboard.case.saved_curve import Level
from tumorboard.imaging.curved import CurvedGrid, CurvedMode, cut_curved
from tumorboard.imaging.geometry import Point, Points, side_letters
from tumorboard.imaging.windowing import GreyTable
from tumorboard.language import _
from tumorboard.ui.vessel.canvas import WORDS, grey_picture, paint_bar
from tumorboard.ui.vessel.scene import LEAST_MM, VesselScene, spread, with_rows
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import beside_letters
from tumorboard.ui.viewer.overlay import elided, text_width, text_with_outline

_MARGIN: Final = 14.0
_TOP: Final = 26.0
#: Room at the left for the bands of contact and of tumour in the lumen.
_BANDS: Final = 16.0
#: A point farther from the curved surface is not marked on it, mm.
_FAR_MM: Final = 15.0
#: A box smaller than this (px) holds no picture.
_LEAST_PX: Final = 8.0


@dataclass(frozen=True)
class CurvedLook:
    """How a vessel is laid out.

    ``size_mm`` is what is to be visible, (across, along); where it is None the whole vessel
    is, magnified by ``zoom`` round the position.
    """

    mode: CurvedMode = CurvedMode.STRAIGHTENED
    degrees: float = 0.0
    position: float = 0.0
    zoom: float = 1.0
    size_mm: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class CurvedPicture:
    """A picture with its grid, of which ``rows`` (first, after the last) are on show.

    ``place`` is its upper left corner and ``pixel`` the size of its pixels, both in logical
    pixels of the canvas; ``box`` the room that it has there.
    """

    image: QImage
    owner: NDArray[np.uint8]
    grid: CurvedGrid
    rows: tuple[int, int]
    place: QPointF
    pixel: float
    box: QRectF

    @property
    def size_mm(self) -> tuple[float, float]:
        """What is visible across and along, mm."""
        mm = self.grid.spacing[1] / self.pixel
        return self.box.width() * mm, self.box.height() * mm

    def y_of(self, arc_mm: float) -> float:
        """Return the height on the canvas of a length along the line."""
        return self._y(float(self.grid.row_at(arc_mm)))

    def pixel_at(self, position: QPointF) -> tuple[float, float]:
        """Return the row and column of the whole grid under a place of the canvas."""
        row = self.rows[1] - 0.5 - (position.y() - self.place.y()) / self.pixel
        column = (position.x() - self.place.x()) / self.pixel - 0.5
        rows, columns = self.grid.shape
        return min(max(row, 0.0), rows - 1.0), min(max(column, 0.0), columns - 1.0)

    def canvas_of(self, point: Point) -> QPointF | None:
        """Return where a point of the patient lies, None far from the curved surface."""
        where = np.array(point)
        if abs(float(self.grid.distance(where))) > _FAR_MM:
            return None
        row, column = (float(v) for v in self.grid.to_pixels(where))
        return QPointF(self.place.x() + (column + 0.5) * self.pixel, self._y(row))

    def _y(self, row: float) -> float:
        return self.place.y() + (self.rows[1] - 0.5 - row) * self.pixel


def box_of(size: tuple[float, float]) -> QRectF:
    """Return the room of the picture on a canvas of a size: words stand round it."""
    left = _MARGIN + _BANDS
    return QRectF(left, _TOP, size[0] - left - 6, size[1] - _TOP - _MARGIN - 6)


def lay_out(
    scene: VesselScene, look: CurvedLook, table: GreyTable, box: QRectF, ratio: float
) -> CurvedPicture | None:
    """Make the picture of a vessel in a box, None where that is too small.

    ``ratio`` is the number of device pixels to a pixel of the box.
    """
    if box.width() < _LEAST_PX or box.height() < _LEAST_PX:
        return None
    lateral = _extent(scene, look)[1]
    wide = box.width() * ratio
    spacing = _spacing(scene, look, box, ratio)
    across = max(wide * spacing - lateral, 4 * spacing)
    grid = scene.curved(look.mode, look.degrees, across, spacing)
    rows = _rows(grid, look.position, int(box.height() * ratio))
    section = cut_curved(scene.volume, with_rows(grid, *rows))
    image, owner = grey_picture(table, section.image[::-1], ratio)
    left = box.center().x() - section.image.shape[1] / ratio / 2
    top = box.center().y() - section.image.shape[0] / ratio / 2
    place = QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio)
    return CurvedPicture(image, owner, grid, rows, place, 1 / ratio, box)


def zoom_of(scene: VesselScene, picture: CurvedPicture, look: CurvedLook) -> float:
    """Return how much larger a picture is than the whole vessel in its box."""
    whole = CurvedLook(look.mode, look.degrees)
    ratio = 1 / picture.pixel
    return _spacing(scene, whole, picture.box, ratio) / picture.grid.spacing[1]


def _spacing(scene: VesselScene, look: CurvedLook, box: QRectF, ratio: float) -> float:
    """Return the size of a device pixel, mm."""
    wide, high = box.width() * ratio, box.height() * ratio
    if look.size_mm is not None:
        return max(look.size_mm[0] / wide, look.size_mm[1] / high)
    height, lateral = _extent(scene, look)
    return max(height / (high - 1), (lateral + LEAST_MM) / wide) / look.zoom


def _extent(scene: VesselScene, look: CurvedLook) -> tuple[float, float]:
    """Return the height of the vessel laid out, and how far it bends to the sides, mm."""
    if look.mode is CurvedMode.STRAIGHTENED:
        return scene.length_mm, 0.0
    width = 10.0
    rough = scene.curved(look.mode, look.degrees, width, 1.0)
    return max((rough.shape[0] - 1) * rough.spacing[0], 1.0), rough.shape[1] - 1 - width


def _rows(grid: CurvedGrid, position: float, room: int) -> tuple[int, int]:
    """Return the rows on show: all, or those round the position when magnified."""
    rows = grid.shape[0]
    if rows <= room:
        return 0, rows
    middle = float(grid.row_at(position))
    first = int(np.clip(round(middle - room / 2), 0, rows - room))
    return first, first + room


# -- painting ---------------------------------------------------------------------------------


def paint_curved(
    painter: QPainter,
    scene: VesselScene,
    look: CurvedLook,
    picture: CurvedPicture,
    size: tuple[float, float],
    point: Point | None,
    *,
    words: bool = True,
) -> None:
    """Paint a picture and what lies on it; ``point`` (LPS) is ringed where it lies near.

    Without ``words`` no letters, levels and scale are drawn, for small pictures.
    """
    painter.save()
    painter.setClipRect(picture.box.adjusted(-_BANDS, 0, 6, 2))
    painter.drawImage(picture.place, picture.image)
    _paint_line(painter, picture)
    # Show where the mass touches and where tumour lies inside, beside the picture.
    left = picture.box.left() - _BANDS + 2
    for extent, name, x in (
        (scene.bands.contact, "present", left),
        (scene.bands.involvement, "lesion", left + 6),
    ):
        if extent is not None:
            top, bottom = picture.y_of(extent.end_mm), picture.y_of(extent.start_mm)
            painter.fillRect(QRectF(x, top, 4, max(bottom - top, 2.0)), colour(name))
    if words:
        _paint_levels(painter, scene.levels, picture)
    box, y = picture.box, round(picture.y_of(look.position)) + 0.5
    painter.setPen(QPen(colour("accent"), 1.0))
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    place = None if point is None else picture.canvas_of(point)
    if place is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((QColor("#05070a"), 3.0), (colour("accent"), 1.4)):
            painter.setPen(QPen(ink, width))
            painter.drawEllipse(place, 5.0, 5.0)
    painter.restore()
    if words:
        _paint_words(painter, scene, look, picture, size)


def _paint_line(painter: QPainter, picture: CurvedPicture) -> None:
    every = np.arange(*picture.rows, max(1, round(2 / picture.pixel)))
    ink = QColor(colour("vessel"))
    ink.setAlpha(110)
    painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DotLine))
    points = [
        QPointF(
            picture.place.x() + (float(picture.grid.centre[r]) + 0.5) * picture.pixel,
            picture.place.y() + (picture.rows[1] - 0.5 - r) * picture.pixel,
        )
        for r in every
    ]
    painter.drawPolyline(QPolygonF(points))


def _paint_levels(painter: QPainter, found: tuple[Level, ...], picture: CurvedPicture) -> None:
    box = picture.box
    levels = sorted(found, key=lambda level: -level.arc_mm)
    heights: Points = np.array([picture.y_of(level.arc_mm) for level in levels])
    shown = (heights >= box.top() - 2) & (heights <= box.bottom() + 2)
    levels = [level for level, on in zip(levels, shown, strict=True) if on]
    places = spread(heights[shown], beside_letters(15.0), box.top() + 10, box.bottom() - 8)
    for level, y, beside in zip(levels, heights[shown], places, strict=True):
        ink = colour("lesion" if level.is_end else "vessel")
        text = level.fitting(box.width() * 0.5, text_width)
        left = box.right() - 4 - text_width(text)
        painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.center().x() + 6, y), QPointF(left - 12, y))
        painter.drawLine(QPointF(left - 12, y), QPointF(left - 4, float(beside)))
        text_with_outline(painter, QPointF(left, float(beside) + 4), text, ink)


def _paint_words(
    painter: QPainter,
    scene: VesselScene,
    look: CurvedLook,
    picture: CurvedPicture,
    size: tuple[float, float],
) -> None:
    box, (width, height) = picture.box, size
    turned = f" · {look.degrees:.0f}°" if look.degrees else ""
    text = f"{scene.name} · {_(look.mode.value)}{turned}"
    text_with_outline(painter, QPointF(8, beside_letters(17)), elided(text, width - 16), WORDS)
    if scene.note:
        fits = text_width(scene.note) <= width - 16
        note = scene.note if fits else scene.note.removesuffix(_(" this was kept"))
        text_with_outline(
            painter, QPointF(8, beside_letters(33)), elided(note, width - 16), colour("warn")
        )
    row = int(np.clip(picture.grid.row_at(look.position), 0, picture.grid.shape[0] - 1))
    side = np.asarray(picture.grid.across)[row]
    y = box.bottom() - beside_letters(24)
    text_with_outline(painter, QPointF(box.left() + 4, y), side_letters(-side), WORDS)
    right = side_letters(side)
    place = QPointF(box.right() - 4 - text_width(right), y)
    text_with_outline(painter, place, right, WORDS)
    below = f"{look.position:.0f} / {scene.length_mm:.0f} mm"
    text_with_outline(painter, QPointF(8, height - 7), elided(below, width - 76), WORDS)
    mm = picture.grid.spacing[1] / picture.pixel
    length = 20.0 if 20.0 / mm < width / 4 else 10.0
    paint_bar(painter, width - 10.0, height - 11.0, length / mm, f"{length / 10:g} cm")
