"""Pictures for the report: a cut at its window with the annotations burned in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from tumorboard.annotations.model import Annotation, Kind, Point, as_point
from tumorboard.annotations.visibility import on_section
from tumorboard.case.derive import ivc_marks, mass_annotations
from tumorboard.case.model import Case
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut, native_plane
from tumorboard.imaging.viewport import Viewport, resolve
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable, default_window
from tumorboard.ui.models.provenance import dicom_date
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.render import grey_image

_SIZE = (430, 350)
_RATIO = 3.0


@dataclass(frozen=True)
class Shot:
    """What to picture: a plane through a point of a series, and the words below it."""

    series_key: str
    plane: Plane
    point: Point
    caption: str


def shots_of(case: Case) -> list[Shot]:
    """Return the pictures of a case: the mass axially, its height, the IVC on a coronal cut."""
    shots = []
    lesion = case.index_lesion
    if lesion is not None:
        for annotation in mass_annotations(case, lesion.uid):
            shots.append(_shot(case, annotation, lesion.name))
    ends = [a for a in ivc_marks(case) if a.kind is Kind.TUMOUR_END]
    if ends:
        middle = as_point(np.mean([a.points[0] for a in ends], axis=0))
        series = ends[0].image.series_instance_uid
        shots.append(Shot(series, Plane.CORONAL, middle, f"IVC, levels · {_date(case, ends[0])}"))
    return shots


def _shot(case: Case, annotation: Annotation, name: str) -> Shot:
    plane = Plane(annotation.image.plane)
    middle = as_point(np.mean(np.array(annotation.points), axis=0))
    caption = f"{name}, {plane.value} · {_date(case, annotation)}"
    return Shot(annotation.image.series_instance_uid, plane, middle, caption)


def _date(case: Case, annotation: Annotation) -> str:
    series = {s.study_instance_uid: s for s in case.series}
    found = series.get(annotation.image.study_instance_uid)
    return dicom_date(found.study_date) if found else ""


def picture(volume: Volume, case: Case, shot: Shot) -> QImage:
    """Paint a shot through the code of the view; no identity in any pixel."""
    width, height = _SIZE
    image = QImage(int(width * _RATIO), int(height * _RATIO), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_RATIO)
    image.fill(QColor("#000000"))
    section = cut(volume, shot.plane, shot.point)
    projection = resolve(Viewport(), section.grid, (width, height), _RATIO)
    middle = cut(volume, native_plane(volume.stack), shot.point)
    window = default_window(volume, middle.image)
    grey, owner = grey_image(section, projection, GreyTable(volume, window, False), fast=False)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top, _, _ = projection.target
        painter.drawImage(QPointF(left / _RATIO, top / _RATIO), grey)
        size = QRectF(0, 0, width, height)
        mine = [
            a for a in case.annotations if a.image.series_instance_uid == volume.series_instance_uid
        ]
        visible = on_section(mine, volume, section)
        if shot.plane is not Plane.AXIAL:
            overlay.paint_levels(painter, mine, projection, size)
            marks = (Kind.VESSEL_LEVEL, Kind.TUMOUR_END)
            visible = tuple(a for a in visible if a.kind not in marks)
        overlay.paint_annotations(painter, visible, projection, volume, "")
        if volume.is_placed:
            overlay.paint_letters(painter, projection, size)
        if volume.is_calibrated:
            overlay.paint_scale_bar(painter, projection, size)
    finally:
        painter.end()
    del grey, owner
    return image


def png(image: QImage) -> bytes:
    """Return an image as PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(data.data())
