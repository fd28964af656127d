"""What the views of a vessel have in common: scene, position, wheel, keys, a guarded paint."""

from __future__ import annotations

import logging
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from tumorboard.imaging.windowing import GreyTable
from tumorboard.language import _
from tumorboard.ui.vessel.scene import VesselScene
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.overlay import text_width, text_with_outline

_LOG = logging.getLogger(__name__)
_NOTCH: Final = 120
_DARK: Final = QColor("#05070a")
#: The ink of words on pictures.
WORDS: Final = QColor("#cfd6de")
#: How far a notch of the wheel and a key go along the vessel, mm.
STEP_MM: Final = 2.0
NO_VESSEL: Final = _(
    "No vessel is followed here yet.\nPress Shift+C and click along its middle, "
    "then set the levels with Shift+Y."
)


class VesselCanvas(QWidget):
    """A view of a vessel; ``moved`` carries the length along the line (mm) it asks for."""

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: VesselScene | None = None
        self.display: Display | None = None
        self.position = 0.0
        self.message = NO_VESSEL
        self._rest = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_scene(self, scene: VesselScene | None, display: Display | None) -> None:
        """Show a vessel on a display, or none."""
        self.scene, self.display = scene, display
        self.update()

    def set_position(self, arc_mm: float) -> None:
        """Show another place along the vessel."""
        self.position = arc_mm
        self.update()

    def table(self) -> GreyTable | None:
        """Return the grey table of the display, None while nothing can be painted."""
        return None if self.display is None else self.display.table()

    def go(self, arc_mm: float) -> None:
        """Ask for a place along the vessel."""
        if self.scene is not None:
            self.moved.emit(float(np.clip(arc_mm, 0.0, self.scene.length_mm)))

    def paint(self, painter: QPainter) -> None:
        """Paint what the view shows."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint; a failure is shown in the view."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            self.paint(painter)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colour("accent"), 2.0))
                painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        except Exception:  # noqa: BLE001 - an exception may not leave a paint event
            _LOG.exception("painting a view of a vessel failed")
            painter.setPen(colour("warn"))
            painter.drawText(12, 40, _("This picture cannot be shown. The rest goes on."))
        finally:
            painter.end()

    def paint_message(self, painter: QPainter) -> None:
        """Say why there is nothing to see."""
        painter.setPen(colour("dim"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        text = self.message if self.scene is None else _("Making this view ready…")
        painter.drawText(self.rect().adjusted(12, 12, -12, -12), flags, text)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along the vessel, ten times as far with Shift."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._rest += delta / _NOTCH
        notches = int(self._rest)
        self._rest -= notches
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if notches:
            self.go(self.position + notches * far * STEP_MM)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Go along the vessel: up is cranial."""
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        steps = {Qt.Key.Key_Up: STEP_MM * far, Qt.Key.Key_Down: -STEP_MM * far}
        key = Qt.Key(event.key())
        if key in steps:
            self.go(self.position + steps[key])
        elif key is Qt.Key.Key_Home and self.scene is not None:
            self.go(self.scene.length_mm)
        elif key is Qt.Key.Key_End:
            self.go(0.0)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - a name of Qt
        """Show the focus frame."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - a name of Qt
        """Take the focus frame away."""
        self.update()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint anew in another look."""
        self.update()
        super().changeEvent(event)


def paint_bar(painter: QPainter, right: float, y: float, length: float, text: str) -> None:
    """Draw a bar of a known length, outlined so that it shows on bright pictures too."""
    for ink, width in ((_DARK, 3.6), (WORDS, 1.4)):
        painter.setPen(QPen(ink, width))
        painter.drawLine(QPointF(right - length, y), QPointF(right, y))
    place = QPointF(right - length - text_width(text) - 6, y + 4)
    text_with_outline(painter, place, text, WORDS)


def grey_picture(
    table: GreyTable, values: NDArray[Any], ratio: float
) -> tuple[QImage, NDArray[np.uint8]]:
    """Return stored values as a grey picture at device pixels, with the owner of its pixels."""
    grey = np.ascontiguousarray(table(np.ascontiguousarray(values)))
    height, width = grey.shape
    image = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(ratio)
    return image, grey
