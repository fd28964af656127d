"""Lines that tie views together: crosshair, handles to turn planes, reference lines, readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from tumorboard import language
from tumorboard.imaging.geometry import Plane, Points
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.value_words import number, unit_words
from tumorboard.imaging.view_cut import CutSpec, normal_of
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume, is_uptake
from tumorboard.language import _
from tumorboard.tools.mask_brush import MaskBrushTool
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.edge import Rim, reading_word
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import text_with_outline

if TYPE_CHECKING:
    from tumorboard.ui.viewer.image_view import ImageView
    from tumorboard.ui.viewer.painting import Frame

_GAP: Final = 14.0
#: How far from the crosshair the handles lie, as a share of the smaller side of the view.
_REACH: Final = 0.36
HANDLE_PX: Final = 7.0
_WORDS: Final = QColor("#cfd6de")


def trace_directions(display: Display, spec: CutSpec, projection: Projection) -> list[Points]:
    """Return the canvas directions, shape (2,), of the traces of a display's other planes."""
    volume = display.volume
    if volume is None:
        return []
    normal = normal_of(volume, spec)
    right, down = projection.screen_directions()
    found = []
    for plane in Plane:
        if plane is spec.plane:
            continue
        line = np.cross(normal, normal_of(volume, CutSpec(plane, *display.axes(plane))))
        length = float(np.linalg.norm(line))
        if length > 1e-6:
            found.append(np.array([line @ right, line @ down]) / length)
    return found


def paint_crosshair(
    painter: QPainter, display: Display, spec: CutSpec, projection: Projection, size: QRectF
) -> None:
    """Draw where the other planes cut this one, free in the middle."""
    centre = projection.to_canvas(np.array(display.point))
    ink = QColor(colour("accent"))
    ink.setAlpha(120)
    painter.setPen(QPen(ink, 1.0))
    reach = size.width() + size.height()
    for line in trace_directions(display, spec, projection):
        straight = bool(np.abs(line).min() < 1e-6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not straight)
        for sign in (-1, 1):
            a, b = centre + sign * _GAP * line, centre + sign * reach * line
            if straight:
                # Fill an upright or level line one pixel wide: on a large screen far quicker than
                # a pen.
                (left, right), (top, bottom) = sorted((a[0], b[0])), sorted((a[1], b[1]))
                box = QRectF(left - 0.5, top - 0.5, right - left + 1, bottom - top + 1)
                painter.fillRect(box.intersected(size), ink)
            else:
                painter.drawLine(QPointF(*map(float, a)), QPointF(*map(float, b)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def turn_handles(display: Display, spec: CutSpec, projection: Projection) -> list[QPointF]:
    """Return the canvas places of the rings by which the other planes are turned."""
    centre = projection.to_canvas(np.array(display.point))
    _, _, width, height = projection.target
    reach = _REACH * min(width, height) / projection.ratio
    lines = trace_directions(display, spec, projection)
    return [QPointF(*map(float, centre + s * reach * line)) for line in lines for s in (-1, 1)]


def paint_turn_handles(
    painter: QPainter, display: Display, spec: CutSpec, projection: Projection
) -> None:
    """Draw the rings by which the other planes are turned."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in turn_handles(display, spec, projection):
        for ink, width in ((QColor("#05070a"), 4.0), (colour("accent"), 2.0)):
            painter.setPen(QPen(ink, width))
            painter.drawEllipse(place, HANDLE_PX, HANDLE_PX)


def paint_reference(
    painter: QPainter, view: ImageView, projection: Projection, size: QRectF
) -> None:
    """Draw where the view that the reader works in cuts this one, in another series."""
    room, leader = view.room, view.leader()
    if leader is None or leader.display is view.display:
        return
    ours, theirs = view.display.volume, leader.display.volume
    if ours is None or theirs is None or not (ours.is_placed and theirs.is_placed):
        return
    offset = room.alignment.offset(theirs.frame_of_reference_uid, ours.frame_of_reference_uid)
    if offset is None:
        return
    line = np.cross(normal_of(ours, view.spec), normal_of(theirs, leader.spec))
    length = float(np.linalg.norm(line))
    if length < 0.2:
        return
    right, down = projection.screen_directions()
    along = np.array([line @ right, line @ down]) / length
    # A point (LPS mm) of the leader's plane that lies in the plane of the view.
    n, m = normal_of(ours, view.spec), normal_of(theirs, leader.spec)
    here, there = np.array(view.display.point), np.array(leader.display.point) + offset
    within = m - (m @ n) * n
    place = np.asarray(here + within * float((there - here) @ m) / float(within @ m))
    centre = projection.to_canvas(place)
    reach = size.width() + size.height()
    painter.setPen(QPen(colour("warn"), 1.0, Qt.PenStyle.DashLine))
    a, b = centre - reach * along, centre + reach * along
    painter.drawLine(QPointF(*map(float, a)), QPointF(*map(float, b)))


def paint_reading(
    painter: QPainter, frame: Frame, pointer: QPointF, rim: Rim, more: str = ""
) -> None:
    """Write the value and the place under the pointer, clear of other words; ``more`` first."""
    text = reading(frame.volume, frame.section, frame.projection, pointer)
    text = f"{more} · {text}" if more and text else more or text
    word = reading_word(rim, text)
    if rim.strips.bottom and text:  # it stands over the words of the strip
        painter.fillRect(QRectF(*word.box).adjusted(-6, -1, 6, 1), Qt.GlobalColor.black)
    text_with_outline(painter, QPointF(word.x, word.baseline), text, _WORDS)


def reading(volume: Volume, section: Section, projection: Projection, pointer: QPointF) -> str:
    """Return the value and the place in the patient under a canvas point, in words."""
    point = projection.to_lps(np.array([pointer.x(), pointer.y()]))
    row, column = np.rint(section.grid.to_pixels(point)).astype(int)
    rows, columns = section.grid.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return ""
    stored = section.image[row, column]
    value = float(volume.values(np.array(stored)))
    unit = f" {unit_words(volume.unit)}" if volume.unit else ""
    digits = language.number(value, ".2f") if is_uptake(volume) else number(value, volume.unit)
    shown = f"{digits}{unit}"
    if bool(volume.is_padding(np.array(stored))):
        shown = _("outside the image")
    return f"{shown} · {place_words(point)}" if volume.is_placed else shown


def place_words(point: Points) -> str:
    """Return a place in words: left or right, posterior or anterior, head or feet, mm."""
    letters = (("L", "R"), ("P", "A"), ("H", "F"))
    return (
        " ".join(
            f"{pair[0] if value >= 0 else pair[1]} {abs(float(value)):.0f}"
            for pair, value in zip(letters, point, strict=True)
        )
        + " mm"
    )


def paint_brush(painter: QPainter, view: ImageView, projection: Projection) -> None:
    """Draw the ring of the brush of outlines round the pointer."""
    room, place = view.room, view.pointer
    if place is None or not isinstance(room.tool, MaskBrushTool):
        return
    radius = room.brush.radius_mm * projection.pixels_per_mm
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in ((QColor("#05070a"), 3.0), (colour("lesion"), 1.4)):
        painter.setPen(QPen(ink, width))
        painter.drawEllipse(place, radius, radius)
