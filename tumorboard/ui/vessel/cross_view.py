"""Planes across a vessel: one enlarged, with its outline and contact, and a strip of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from tumorboard.annotations.model import as_point
from tumorboard.imaging.geometry import Point, Points, side_letters
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.vessel.content import touching
from tumorboard.imaging.vessel.cross_sections import Outlines
from tumorboard.imaging.windowing import GreyTable
from tumorboard.language import _
from tumorboard.ui.vessel.canvas import VesselCanvas, grey_picture, paint_bar
from tumorboard.ui.vessel.scene import CROSS_MM, VesselScene
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import beside_letters
from tumorboard.ui.viewer.overlay import elided, text_width, text_with_outline
from tumorboard.ui.viewer.vessel_paths import runs

_WORDS: Final = QColor("#cfd6de")
_DARK: Final = QColor("#05070a")
#: A press so near to the outline takes hold of it, logical pixels.
_GRIP_PX: Final = 8.0
_CLICK_PX: Final = 3.0
#: How wide a pull bulges the outline, degrees to either side.
_PULL_DEGREES: Final = 25.0
_NOTCH: Final = 120


@dataclass(frozen=True, eq=False)
class _Cut:
    """A plane across as it is painted: its picture, the owner of the pixels, its grid."""

    image: QImage
    owner: NDArray[np.uint8]
    grid: PlaneGrid


def cut_across(
    scene: VesselScene,
    table: GreyTable,
    n: int,
    width_mm: float,
    shape: tuple[int, int],
    ratio: float,
) -> _Cut:
    """Cut the plane of this number; the shape is (rows, columns) in device pixels."""
    grid = scene.cross_grid(n, width_mm, shape)
    section = cut_oblique(scene.volume, grid)
    image, owner = grey_picture(table, section.image, ratio)
    return _Cut(image, owner, grid)


class CrossView(VesselCanvas):
    """The plane across the vessel at the position, enlarged.

    ``pointed`` carries a point in the patient; ``drawn`` the corners (LPS, a tuple of points)
    of the outline that a reader drew round the lumen or pulled.
    """

    pointed = Signal(tuple)
    drawn = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.width_mm = CROSS_MM
        self._kept: tuple[tuple[Any, ...], _Cut] | None = None
        self._trace: list[QPointF] = []
        self._pressed: QPointF | None = None
        self._pulled: tuple[int, Points] | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(_("Plane across the vessel"))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Stay large enough to draw in."""
        return QSize(150, 150)

    # -- where things lie ----------------------------------------------------------------

    def canvas_of(self, points: Points) -> Points:
        """Map LPS points (..., 3) to places of the widget (..., 2)."""
        cut = self._cut()
        if cut is None:
            return np.zeros((*np.asarray(points).shape[:-1], 2))
        pixels = cut.grid.to_pixels(points)
        return np.asarray((pixels[..., ::-1] + 0.5) / self.devicePixelRatioF())

    def point_at(self, position: QPointF) -> Point | None:
        """Return the LPS point under a place of the widget."""
        cut = self._cut()
        if cut is None:
            return None
        ratio = self.devicePixelRatioF()
        pixel = np.array([position.y(), position.x()]) * ratio - 0.5
        return as_point(cut.grid.to_lps(pixel))

    def _cut(self) -> _Cut | None:
        scene, table = self.scene, self.table()
        if scene is None or table is None:
            return None
        n, ratio = scene.section_at(self.position), self.devicePixelRatioF()
        # (rows, columns) of the picture in device pixels.
        shape = max(round(self.height() * ratio), 8), max(round(self.width() * ratio), 8)
        loaded = int(scene.volume.loaded.sum())
        key = (id(scene.line), id(scene.volume), loaded, id(table), n, shape, ratio, self.width_mm)
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, cut_across(scene, table, n, self.width_mm, shape, ratio))
        return self._kept[1]

    def outline(self) -> tuple[Outlines, int] | None:
        """Return the outlines and the number of the one on show, None without one here."""
        scene = self.scene
        if scene is None or scene.reading is None:
            return None
        n = scene.reading.at(self.position)
        outlines = scene.reading.outlines
        return (outlines, n) if bool(outlines.found[n]) else None

    # -- painting ------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Paint the plane, the outline, the arc of contact and the numbers."""
        cut, scene = self._cut(), self.scene
        if cut is None or scene is None:
            self.paint_message(painter)
            return
        painter.drawImage(QPointF(0, 0), cut.image)
        self._paint_outline(painter, scene)
        if len(self._trace) > 1:
            painter.setPen(QPen(colour("lesion"), 1.6))
            painter.drawPolyline(QPolygonF(self._trace))
        n = scene.section_at(self.position)
        x, y = (float(v) for v in self.canvas_of(scene.sections.centres[n]))
        ink = QColor(colour("vessel"))
        painter.setPen(QPen(ink, 1.4))
        painter.drawLine(QPointF(x - 4, y), QPointF(x + 4, y))
        painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))
        room = self.width() - 16.0
        for k, text in enumerate(position_words(scene, self.position)):
            text_with_outline(
                painter, QPointF(8, beside_letters(17 + 17 * k)), elided(text, room), _WORDS
            )
        right, down = cut.grid.right, cut.grid.down
        middle = QPointF(self.rect().center())
        side = self.width() - 6 - text_width(side_letters(right))
        for text, x, y in (
            (side_letters(-right), 6.0, middle.y() + 4),
            (side_letters(right), side, middle.y() + 4),
            (side_letters(down), middle.x() - 4, self.height() - 8.0),
        ):
            text_with_outline(painter, QPointF(x, y), text, _WORDS)
        length = 10.0 / self.width_mm * min(self.width(), self.height())
        paint_bar(painter, self.width() - 10.0, self.height() - 10.0, length, "1 cm")

    def _paint_outline(self, painter: QPainter, scene: VesselScene) -> None:
        here, reading = self.outline(), scene.reading
        if here is None or reading is None:
            return
        outlines, n = here
        corners = outlines.polygon(n) if self._pulled is None else self._pulled[1]
        places = self.canvas_of(corners)
        points = [QPointF(float(x), float(y)) for x, y in places]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((_DARK, 3.4), (colour("vessel"), 1.6)):
            painter.setPen(QPen(ink, width))
            painter.drawPolygon(QPolygonF(points))
        if self._pulled is not None:
            return
        tolerance = reading.profile.settings.tolerance_mm
        touched = touching(outlines, n, reading.mass, tolerance)
        pen = QPen(colour("present"), 4.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for first, last in runs(touched):
            painter.drawPolyline(
                QPolygonF([points[k % len(points)] for k in range(first, last + 1)])
            )

    # -- hands ---------------------------------------------------------------------------

    def _on_outline(self, position: QPointF) -> int | None:
        """Return the corner of the outline under the pointer, None beside it."""
        here = self.outline()
        if here is None:
            return None
        away = self.canvas_of(here[0].polygon(here[1])) - [position.x(), position.y()]
        reach = np.linalg.norm(away, axis=1)
        k = int(reach.argmin())
        return k if reach[k] <= _GRIP_PX else None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Take hold of the outline, or begin to draw round the lumen."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is not Qt.MouseButton.LeftButton or self._cut() is None:
            return
        position = event.position()
        self._pressed, self._trace = position, []
        corner, here = self._on_outline(position), self.outline()
        if corner is not None and here is not None:
            self._pulled = corner, here[0].polygon(here[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Pull the outline, or draw on."""
        position = event.position()
        if self._pressed is None:
            grip = self._on_outline(position) is not None
            shape = Qt.CursorShape.SizeAllCursor if grip else Qt.CursorShape.CrossCursor
            self.setCursor(shape)
            return
        if self._pulled is not None:
            here, point = self.outline(), self.point_at(position)
            if here is not None and point is not None:
                corner = self._pulled[0]
                self._pulled = corner, pulled(*here, corner, np.array(point))
        elif self._trace or (position - self._pressed).manhattanLength() > _CLICK_PX:
            self._trace = [*(self._trace or [self._pressed]), position]
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Keep what was drawn; a click alone goes to the point."""
        pressed, trace, held = self._pressed, self._trace, self._pulled
        self._pressed, self._trace, self._pulled = None, [], None
        if pressed is None:
            return
        far = (event.position() - pressed).manhattanLength() > _CLICK_PX
        if held is not None and far:
            self.drawn.emit(tuple(as_point(p) for p in held[1][::3]))
        elif len(trace) > 2:
            points = [self.point_at(p) for p in trace]
            self.drawn.emit(tuple(p for p in points if p is not None))
        elif (point := self.point_at(event.position())) is not None:
            self.pointed.emit(point)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along the vessel; with Ctrl magnify."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            wanted = self.width_mm / 1.15 ** (event.angleDelta().y() / _NOTCH)
            self.width_mm = min(max(wanted, 20.0), 160.0)
            self.update()
            event.accept()
            return
        super().wheelEvent(event)


def pulled(outlines: Outlines, n: int, corner: int, point: Points) -> Points:
    """Return an outline with one corner pulled to the distance of a point, corners LPS (A, 3).

    Its neighbours follow the less the farther they are.
    """
    radii, count = outlines.radii[n], outlines.radii.shape[1]
    wanted = float(np.linalg.norm(point - outlines.centres[n]))
    off = np.abs((np.arange(count) - corner + count // 2) % count - count // 2) * 360.0 / count
    share = np.exp(-0.5 * (off / (_PULL_DEGREES / 2)) ** 2)
    changed = np.maximum(radii + (wanted - radii[corner]) * share, 0.5)
    rays = (outlines.polygon(n) - outlines.centres[n]) / np.maximum(radii, 1e-9)[:, None]
    return np.asarray(outlines.centres[n] + changed[:, None] * rays)


def position_words(scene: VesselScene, arc_mm: float) -> list[str]:
    """Return the numbers at a position: contact, occlusion, diameter."""
    reading = scene.reading
    if reading is None:
        return [_("the line as kept") if scene.note else _("measuring…")]
    n, found = reading.at(arc_mm), reading.profile
    if np.isnan(found.lumen_mm2[n]):
        return [_("no outline of the lumen here")]
    diameter = _("{mm:.0f} mm wide", mm=found.diameter_mm[n])
    parts = []
    if not np.isnan(found.contact_degrees[n]):
        contact = _("contact {degrees:.0f}°", degrees=found.contact_degrees[n])
        by_hand = found.contact_degrees[n] != reading.measured_degrees[n]
        parts.append(_("{contact} by hand", contact=contact) if by_hand else contact)
    if not np.isnan(found.occluded_percent[n]):
        parts.append(_("{percent:.0f} % occluded", percent=found.occluded_percent[n]))
    return [*parts, diameter]


class CrossStrip(VesselCanvas):
    """Planes across the whole vessel, evenly spaced, caudal at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[tuple[Any, ...], list[_Cut]] | None = None
        self.setAccessibleName(_("Planes across the vessel, one beside the other"))

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Be one picture high."""
        return QSize(320, 84)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Stay readable."""
        return QSize(160, 72)

    def places(self) -> list[float]:
        """Return the lengths along the line of the planes on show, mm."""
        if self.scene is None:
            return []
        count = max(2, int(self.width() // max(self.height(), 1)))
        return [float(v) for v in np.linspace(0, self.scene.length_mm, count)]

    def _cuts(self) -> list[_Cut]:
        scene, table = self.scene, self.table()
        if scene is None or table is None:
            return []
        ratio = self.devicePixelRatioF()
        side, loaded = int(self.height() * ratio) - 2, int(scene.volume.loaded.sum())
        places = self.places()
        key = (id(scene.line), id(scene.volume), loaded, id(table), side, ratio, len(places))
        if self._kept is None or self._kept[0] != key:
            cuts = [
                cut_across(scene, table, scene.section_at(arc), CROSS_MM, (side, side), ratio)
                for arc in places
            ]
            self._kept = (key, cuts)
        return self._kept[1]

    def paint(self, painter: QPainter) -> None:
        """Paint the planes; the one nearest to the position is framed."""
        cuts, places = self._cuts(), self.places()
        if not cuts:
            return
        step = self.width() / len(cuts)
        nearest = int(np.abs(np.array(places) - self.position).argmin())
        for k, (cut, arc) in enumerate(zip(cuts, places, strict=True)):
            ratio = cut.image.devicePixelRatio()
            left = round((k * step + (step - cut.image.width() / ratio) / 2) * ratio) / ratio
            painter.drawImage(QPointF(left, 1), cut.image)
            text_with_outline(
                painter, QPointF(k * step + 6, self.height() - 7), f"{arc:.0f}", _WORDS
            )
            if k == nearest:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colour("accent"), 1.6))
                painter.drawRect(QRectF(k * step + 1, 1, step - 2, self.height() - 2))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go to the plane that was clicked."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        places = self.places()
        if places and event.button() is Qt.MouseButton.LeftButton:
            k = int(event.position().x() // (self.width() / len(places)))
            self.go(places[min(max(k, 0), len(places) - 1)])
