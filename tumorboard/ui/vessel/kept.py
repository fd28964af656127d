"""Curved views that were kept: taken from the page, and made again as they were."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from tumorboard.app.vessel_measures import reading_words
from tumorboard.case.model import Case
from tumorboard.case.saved_curve import SavedCurve, kept_points
from tumorboard.case.saved_view import SavedPicture
from tumorboard.case.vessel import VesselPath, centreline_of, vessel_label
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable
from tumorboard.language import _
from tumorboard.ui.vessel.curved_picture import CurvedLook, box_of, lay_out, paint_curved
from tumorboard.ui.vessel.curved_view import CurvedView
from tumorboard.ui.vessel.scene import Bands, VesselScene, levels_on


def curve_of(case: Case, vessel: VesselPath, view: CurvedView) -> SavedCurve | None:
    """Return what a curved view shows of a vessel; None without a picture."""
    scene, size = view.scene, view.visible_mm
    if scene is None or size is None:
        return None
    reading = scene.reading
    outlines = () if reading is None else tuple(map(case.segmentation, reading.uids))
    return SavedCurve(
        vessel_uid=vessel.uid,
        vessel=vessel.vessel,
        line=kept_points(scene.line.line),
        mode=view.mode,
        degrees=view.degrees,
        position_mm=view.position,
        size_mm=size,
        levels=scene.levels,
        contact=scene.bands.contact,
        involvement=scene.bands.involvement,
        said=() if reading is None else reading_words(reading),
        measured_from=tuple((s.uid, s.digest) for s in outlines if s is not None),
    )


def refreshed(curve: SavedCurve, view: CurvedView) -> SavedCurve | None:
    """Return a kept view as it was turned and looked along since; None without a picture."""
    size = view.visible_mm
    if size is None:
        return None
    return replace(
        curve,
        mode=view.mode,
        degrees=view.degrees,
        position_mm=view.position,
        size_mm=size,
    )


def look_of(curve: SavedCurve) -> CurvedLook:
    """Return how a kept view lay."""
    return CurvedLook(curve.mode, curve.degrees, curve.position_mm, size_mm=curve.size_mm)


def scene_of(case: Case, curve: SavedCurve, volume: Volume) -> VesselScene:
    """Return a vessel as it was kept, with a note when it is otherwise now."""
    name, bands = vessel_label(curve.vessel), Bands(curve.contact, curve.involvement)
    line, note = curve.centreline(), note_on(case, curve)
    return VesselScene(curve.vessel_uid, name, volume, line, curve.levels, bands=bands, note=note)


def note_on(case: Case, curve: SavedCurve) -> str:
    """Return what was changed since a view was kept, empty when all is as it was."""
    vessel = case.vessel(curve.vessel_uid)
    line = None if vessel is None else centreline_of(vessel)
    if vessel is None or line is None:
        return _("Line deleted since this was kept")
    if not curve.is_on(line):
        return _("Line changed since this was kept")
    if not curve.has_levels(levels_on(case, vessel, line)):
        return _("Levels changed since this was kept")
    now = {s.uid: s.digest for s in case.segmentations}
    if any(now.get(uid) != digest for uid, digest in curve.measured_from):
        return _("Outlines changed since this was kept")
    return ""


def paint_saved_curve(
    volume: Volume,
    case: Case,
    saved: SavedPicture,
    curve: SavedCurve,
    size: tuple[int, int],
    ratio: float,
    *,
    words: bool = True,
) -> QImage:
    """Paint a kept curved view into (width, height) logical pixels; for any thread."""
    image = QImage(int(size[0] * ratio), int(size[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.black)
    room = (float(size[0]), float(size[1]))
    box = box_of(room) if words else QRectF(0, 0, *room)
    scene, look = scene_of(case, curve, volume), look_of(curve)
    picture = lay_out(scene, look, GreyTable(volume, saved.window, saved.inverted), box, ratio)
    if picture is None:
        return image
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_curved(painter, scene, look, picture, room, saved.point, words=words)
    finally:
        painter.end()
    return image
