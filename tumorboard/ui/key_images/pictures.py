"""Paints saved views anew: for previews and for the report, with no identity in any pixel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from tumorboard.annotations.calibration import scale_in_force
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.visibility import on_section, rests_on
from tumorboard.case.model import Case
from tumorboard.case.saved_view import SavedPicture
from tumorboard.imaging.fusion import Fusion, uptake_window
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.view_cut import CutSpec, make_cut
from tumorboard.imaging.viewport import NO_STRIPS, Strips, Viewport, resolve
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable
from tumorboard.ui.shell.provenance import dicom_date
from tumorboard.ui.vessel.kept import paint_saved_curve
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.alignment import alignment_of
from tumorboard.ui.viewer.edge import strips_for
from tumorboard.ui.viewer.overlay_stack import OverlayStack
from tumorboard.ui.viewer.painting import (
    Frame,
    paint_over,
    picture_of,
    reservations_on,
    without_levels,
)
from tumorboard.ui.viewer.told import paint_told, place_words

Size = tuple[int, int]


def paint_saved(
    volume: Volume,
    case: Case,
    saved: SavedPicture,
    size: Size,
    ratio: float,
    *,
    upper: Volume | None = None,
    words: bool = True,
    marks: bool = True,
) -> QImage:
    """Paint a saved picture into (width, height) logical pixels; for any thread.

    All that was visible when it was saved is visible; ``upper`` is the volume of the fused
    series. Without ``words`` neither values nor letters are drawn, for small pictures; without
    ``marks`` no annotation and no level, as in a view that was kept without them.
    """
    if saved.curve is not None:
        return paint_saved_curve(volume, case, saved, saved.curve, size, ratio, words=words)
    frame = frame_of(volume, case, saved, size, ratio, upper, words=words)
    place = Place(saved.series_key, saved.point)
    return painted(frame, case, place, size, words=words, marks=marks)


@dataclass(frozen=True)
class Place:
    """Where a picture is from: its series, and a point of the patient on it (LPS mm)."""

    series_key: str
    point: Point


def painted(
    frame: Frame, case: Case, place: Place, size: Size, *, words: bool = True, marks: bool = True
) -> QImage:
    """Paint a frame into (width, height) logical pixels; the rest is told in `paint_saved`."""
    ratio = frame.projection.ratio
    image = QImage(int(size[0] * ratio), int(size[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.black)
    if frame.projection.is_empty:
        return image
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture, owner = picture_of(frame)
        left, top, _, _ = frame.projection.target
        painter.drawImage(QPointF(left / ratio, top / ratio), picture)
        paint_over(painter, frame, marks=words and marks)
        if words:
            _paint_words(painter, frame, case, place, QRectF(0, 0, *size), marks=marks)
    finally:
        painter.end()
    del picture, owner
    return image


def frame_of(
    volume: Volume,
    case: Case,
    saved: SavedPicture,
    size: Size,
    ratio: float,
    upper: Volume | None = None,
    *,
    words: bool = True,
) -> Frame:
    """Return all that decides what a saved picture looks like at a size, with its words or not."""
    section = make_cut(volume, saved.spec, saved.point)
    extent = saved.extent
    scale = extent.mm_per_pixel(*size)
    wish = Viewport(extent.centre, scale, extent.flip_horizontal, extent.flip_vertical)
    room = (float(size[0]), float(size[1]))
    strips = strips_of(case, volume, saved.spec, saved.point, room) if words else NO_STRIPS
    projection = resolve(wish, section.grid, room, ratio, strips)
    table = GreyTable(volume, saved.window, saved.inverted)
    over = OverlayStack(fusion_of(volume, case, saved, upper))
    return Frame(volume, saved.spec, section, projection, table, False, True, over)


def drawn_on(case: Case, volume: Volume) -> tuple[Annotation, ...]:
    """Return the annotations of a case that belong to a volume."""
    return tuple(a for a in case.annotations if rests_on(a.image, volume) and not a.proposed)


def strips_of(
    case: Case, volume: Volume, spec: CutSpec, point: Point, size: tuple[float, float]
) -> Strips:
    """Return what a picture that may hold words of its own leaves to those written on it."""
    if not volume.may_hold_words:
        return NO_STRIPS
    told = reservations_on(drawn_on(case, volume), volume, spec, point)
    return strips_for(QRectF(0, 0, *size), (), (), told)


def fusion_of(
    volume: Volume, case: Case, saved: SavedPicture, upper: Volume | None
) -> Fusion | None:
    """Return how a saved picture lays its other series over it, None without one."""
    look = saved.fused
    if upper is None or look is None:
        return None
    frames = (volume.frame_of_reference_uid, upper.frame_of_reference_uid)
    offset = alignment_of(case).offset(*frames)
    if offset is None:
        return None
    x, y, z = (float(v) for v in offset)
    window = uptake_window(look.centre + look.width / 2)
    return Fusion(upper, window, look.palette, look.opacity, (x, y, z), look.series_key)


def _paint_words(
    painter: QPainter, frame: Frame, case: Case, place: Place, size: QRectF, *, marks: bool
) -> None:
    """Paint what an audience is told on the picture, and the annotations."""
    volume, spec = frame.volume, frame.spec
    mine = drawn_on(case, volume)
    here = volume.stack.nearest_slice(place.point)
    dates = (s.study_date for s in case.series if s.series_instance_uid == place.series_key)
    words = place_words(volume, spec, place.point, dicom_date(next(dates, "")))
    scale = scale_in_force(mine, volume, here)
    rim = paint_told(
        *(painter, frame, size, mine, place.point),
        scale=scale,
        words=words,
        marks=marks,
        strips=strips_of(case, volume, spec, place.point, (size.width(), size.height())),
    )
    if marks:
        visible = without_levels(on_section(mine, volume, frame.section), spec)
        overlay.paint_annotations(painter, visible, frame.projection, volume, "", rim.free)
