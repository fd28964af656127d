"""The profile along a vessel: arc of contact, occlusion and diameter over the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from tumorboard.app.vessel_measures import Reading, is_measured
from tumorboard.imaging.geometry import Points
from tumorboard.language import _
from tumorboard.ui.vessel.canvas import STEP_MM, VesselCanvas
from tumorboard.ui.vessel.scene import VesselScene, spread
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.letters import beside_letters as _m
from tumorboard.ui.viewer.overlay import text_width, text_with_outline

_LEFT: Final = 40.0
_RIGHT: Final = 52.0
_TOP: Final = 34.0
_BOTTOM: Final = 20.0
#: The share of the height that contact and occlusion have; the diameter has the rest.
_UPPER: Final = 0.66
_GAP: Final = 10.0
#: The least distance between the names of two highest values.
_APART: Final = 7.0
_WORDS: Final = QColor("#cfd6de")
_FULL_CIRCLE: Final = 360.0


@dataclass(frozen=True)
class PeakLabel:
    """A highest value by name: its text, where along the line, and in which colour."""

    name: str
    text: str
    arc_mm: float
    value: float
    ink: str


def peak_labels(reading: Reading) -> tuple[PeakLabel, ...]:
    """Return the highest contact and occlusion and the widest place, those above nothing."""
    found = reading.profile
    labels = []
    contact, occlusion = found.most_contact, found.most_occlusion
    if contact is not None and contact.value >= found.settings.least_degrees:
        text = _("contact {degrees:.0f}°", degrees=contact.value)
        labels.append(PeakLabel("contact", text, contact.arc_mm, contact.value, "vessel"))
    if occlusion is not None and occlusion.value >= found.settings.least_percent:
        text = _("{percent:.0f} % occluded", percent=occlusion.value)
        labels.append(PeakLabel("occlusion", text, occlusion.arc_mm, occlusion.value, "lesion"))
    wide = found.diameter_mm
    if not np.isnan(wide).all():
        n = int(np.nanargmax(wide))
        text = _("{mm:.0f} mm wide", mm=wide[n])
        labels.append(PeakLabel("diameter", text, float(found.arc_mm[n]), float(wide[n]), "absent"))
    return tuple(labels)


class ProfilePlot(VesselCanvas):
    """Three curves over the way along the vessel; a click goes there, a name to its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: dict[str, QRectF] = {}
        self.setMouseTracking(True)
        self.setAccessibleName(_("Profile along the vessel"))

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Be wide and low."""
        return QSize(320, 190)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Stay readable."""
        return QSize(200, 150)

    # -- where things lie ----------------------------------------------------------------

    def x_of(self, arc_mm: float) -> float:
        """Return where a length along the line lies across the widget."""
        length = self.scene.length_mm if self.scene is not None else 1.0
        return _m(_LEFT) + arc_mm / max(length, 1e-6) * (self.width() - _m(_LEFT) - _m(_RIGHT))

    def arc_at(self, x: float) -> float:
        """Return the length along the line under a place across the widget."""
        length = self.scene.length_mm if self.scene is not None else 0.0
        return (x - _m(_LEFT)) / max(self.width() - _m(_LEFT) - _m(_RIGHT), 1.0) * length

    # -- painting ------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Paint scales, levels, curves, names and the position."""
        painter.fillRect(self.rect(), colour("bg"))
        scene = self.scene
        self.names = {}
        if scene is None:
            return
        # (top, bottom) of the upper and of the lower curves.
        room = self.height() - _m(_TOP) - _m(_BOTTOM) - _GAP
        middle = _m(_TOP) + room * _UPPER
        upper, lower = (_m(_TOP), middle), (middle + _GAP, self.height() - _m(_BOTTOM))
        self._paint_scales(painter, scene, upper, lower)
        bottom = lower[1]
        levels = sorted(scene.levels, key=lambda level: level.arc_mm)
        xs = np.array([self.x_of(level.arc_mm) for level in levels])
        for level, x in zip(levels, xs, strict=True):
            ink = QColor(colour("lesion" if level.is_end else "vessel"))
            painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(float(x), _m(_TOP) - 4), QPointF(float(x), bottom))
        for k, (level, x) in enumerate(zip(levels, xs, strict=True)):
            room = (float(xs[k + 1]) if k + 1 < len(xs) else self.width()) - float(x) - 8
            text = level.fitting(room, text_width)
            ink = colour("lesion" if level.is_end else "vessel")
            text_with_outline(painter, QPointF(float(x) + 3, _m(13)), text, ink)
        reading = scene.reading
        if reading is None:
            self._note(painter, _("The line as it was kept") if scene.note else _("Measuring…"))
        else:
            self._paint_curves(painter, reading, upper, lower)
        painter.setPen(QPen(colour("accent"), 1.2))
        x = round(self.x_of(self.position)) + 0.5
        painter.drawLine(QPointF(x, _m(_TOP)), QPointF(x, lower[1]))

    def _note(self, painter: QPainter, text: str) -> None:
        painter.setPen(colour("dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_scales(
        self,
        painter: QPainter,
        scene: VesselScene,
        upper: tuple[float, float],
        lower: tuple[float, float],
    ) -> None:
        right = self.width() - _m(_RIGHT)
        for share, degrees, percent in (
            (0.0, "0°", "0 %"),
            (0.5, "180°", ""),
            (1.0, "360°", "100 %"),
        ):
            y = upper[1] - share * (upper[1] - upper[0])
            painter.setPen(QPen(colour("line"), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(_m(_LEFT), y), QPointF(right, y))
            place = QPointF(_m(_LEFT) - 6 - text_width(degrees), y + 4)
            text_with_outline(painter, place, degrees, colour("vessel"))
            text_with_outline(painter, QPointF(right + 5, y + 4), percent, colour("lesion"))
        painter.setPen(QPen(colour("line"), 1.0))
        painter.drawLine(QPointF(_m(_LEFT), lower[1]), QPointF(right, lower[1]))
        y = self.height() - _m(5.0)
        end = f"{scene.length_mm:.0f} mm"
        text_with_outline(painter, QPointF(_m(_LEFT), y), "0", _WORDS)
        text_with_outline(painter, QPointF(right - text_width(end), y), end, _WORDS)
        here = f"{self.position:.0f} mm"
        x = min(
            max(self.x_of(self.position) - text_width(here) / 2, _m(_LEFT) + 14),
            right - text_width(end) - text_width(here) - 10,
        )
        text_with_outline(painter, QPointF(x, y), here, colour("accent"))

    def _paint_curves(
        self,
        painter: QPainter,
        reading: Reading,
        upper: tuple[float, float],
        lower: tuple[float, float],
    ) -> None:
        found = reading.profile
        xs = np.array([self.x_of(arc) for arc in found.arc_mm])
        wide = found.diameter_mm
        top = float(np.nanmax(wide)) * 1.15 if not np.isnan(wide).all() else 1.0
        text = f"{top / 1.15:.0f} mm"
        y = lower[1] - (lower[1] - lower[0]) / 1.15
        painter.setPen(QPen(colour("line"), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(_m(_LEFT), y), QPointF(self.width() - _m(_RIGHT), y))
        place = QPointF(self.width() - _m(_RIGHT) + 5, y + 4)
        text_with_outline(painter, place, text, colour("absent"))
        curves = [(wide / top, lower, "absent")]
        if is_measured(reading):
            curves += [
                (found.occluded_percent / 100, upper, "lesion"),
                (found.contact_degrees / _FULL_CIRCLE, upper, "vessel"),
            ]
        else:
            self._note(painter, _("Outline the mass to see contact and occlusion."))
        for shares, (high, low), name in curves:
            painter.setPen(QPen(colour(name), 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(_curve(xs, low - shares * (low - high)))
        self._paint_peaks(painter, reading, (upper, lower, top))

    def _paint_peaks(
        self,
        painter: QPainter,
        reading: Reading,
        frame: tuple[tuple[float, float], tuple[float, float], float],
    ) -> None:
        """Name the highest values in a row above the curves, tied to where they are."""
        upper, lower, top = frame
        labels = sorted(
            (p for p in peak_labels(reading) if is_measured(reading) or p.name == "diameter"),
            key=lambda p: p.arc_mm,
        )
        room = self.width() - _m(_LEFT) - _m(_RIGHT)
        if sum(text_width(p.text) + _APART for p in labels) > room + _APART:
            labels = [p for p in labels if p.name != "diameter"]  # it stands at its scale too
        widths = [text_width(p.text) for p in labels]
        lefts = np.array([self.x_of(p.arc_mm) - w / 2 for p, w in zip(labels, widths, strict=True)])
        last = widths[-1] if widths else 0.0
        lefts = spread(lefts, np.array(widths[:-1]) + _APART, _m(_LEFT), _m(_LEFT) + room - last)
        for label, left, width in zip(labels, lefts, widths, strict=True):
            x = self.x_of(label.arc_mm)
            share, (high, low) = {
                "contact": (label.value / _FULL_CIRCLE, upper),
                "occlusion": (label.value / 100, upper),
                "diameter": (label.value / top, lower),
            }[label.name]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(label.ink))
            painter.drawEllipse(QPointF(x, low - share * (low - high)), 3.5, 3.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            text_with_outline(
                painter, QPointF(float(left), _m(_TOP) - 6), label.text, colour(label.ink)
            )
            self.names[label.name] = QRectF(float(left) - 3, _m(_TOP) - _m(20), width + 6, _m(18))

    # -- hands ---------------------------------------------------------------------------

    def _name_at(self, position: QPointF) -> str:
        return next((n for n, box in self.names.items() if box.contains(position)), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go to the place clicked, or to that of a name."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is not Qt.MouseButton.LeftButton or self.scene is None:
            return
        name, reading = self._name_at(event.position()), self.scene.reading
        if name and reading is not None:
            self.go(next(p.arc_mm for p in peak_labels(reading) if p.name == name))
        else:
            self.go(self.arc_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along while the button is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.go(self.arc_at(event.position().x()))
        over = bool(self._name_at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along by the keys left and right."""
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        steps = {Qt.Key.Key_Left: -STEP_MM * far, Qt.Key.Key_Right: STEP_MM * far}
        if event.key() in steps:
            self.go(self.position + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


def _curve(xs: Points, ys: Points) -> QPainterPath:
    """Return a line through places, broken where there is none."""
    path, down = QPainterPath(), False
    for x, y in zip(xs, ys, strict=True):
        if np.isnan(y):
            down = False
            continue
        if down:
            path.lineTo(float(x), float(y))
        else:
            path.moveTo(float(x), float(y))
        down = True
    return path
