"""Paints saved views anew: for previews and for the report, with no identity in any pixel."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from tumorboard.annotations.calibration import scale_in_force
from tumorboard.annotations.visibility import on_section, rests_on
from tumorboard.case.model import Case
from tumorboard.case.saved_view import SavedPicture
from tumorboard.imaging.fusion import Fusion, uptake_window
from tumorboard.imaging.view_cut import make_cut
from tumorboard.imaging.viewport import Viewport, resolve
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable
from tumorboard.ui.vessel.kept import paint_saved_curve
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.alignment import alignment_of
from tumorboard.ui.viewer.fused import colour_bar_box
from tumorboard.ui.viewer.overlay_stack import OverlayStack
from tumorboard.ui.viewer.painting import Frame, paint_over, picture_of

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
) -> QImage:
    """Paint a saved picture into (width, height) logical pixels; for any thread.

    All that was visible when it was saved is visible; ``upper`` is the volume of the fused
    series. Without ``words`` neither values nor letters are drawn, for small pictures.
    """
    if saved.curve is not None:
        return paint_saved_curve(volume, case, saved, saved.curve, size, ratio, words=words)
    image = QImage(int(size[0] * ratio), int(size[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.black)
    frame = frame_of(volume, case, saved, size, ratio, upper)
    if frame.projection.is_empty:
        return image
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture, owner = picture_of(frame)
        left, top, _, _ = frame.projection.target
        painter.drawImage(QPointF(left / ratio, top / ratio), picture)
        paint_over(painter, frame, marks=words)
        if words:
            _paint_words(painter, frame, case, QRectF(0, 0, *size))
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
) -> Frame:
    """Return all that decides what a saved picture looks like at a size."""
    section = make_cut(volume, saved.spec, saved.point)
    extent = saved.extent
    scale = extent.mm_per_pixel(*size)
    wish = Viewport(extent.centre, scale, extent.flip_horizontal, extent.flip_vertical)
    projection = resolve(wish, section.grid, (float(size[0]), float(size[1])), ratio)
    table = GreyTable(volume, saved.window, saved.inverted)
    over = OverlayStack(fusion_of(volume, case, saved, upper))
    return Frame(volume, saved.spec, section, projection, table, False, True, over)


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


def _paint_words(painter: QPainter, frame: Frame, case: Case, size: QRectF) -> None:
    volume = frame.volume
    mine = [a for a in case.annotations if rests_on(a.image, volume) and not a.proposed]
    visible = on_section(mine, volume, frame.section)
    bar = colour_bar_box(frame, frame.over.fusion, size)
    rim = overlay.rim_of(
        size,
        frame.projection,
        scale=scale_in_force(mine, volume, frame.section.slice_index),
        letters_of=volume.side_letters,
        more=(bar,) if bar is not None else (),
    )
    overlay.paint_rim(painter, rim)
    overlay.paint_annotations(painter, visible, frame.projection, volume, "", rim.free)
