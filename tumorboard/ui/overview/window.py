"""The window of the overview in three dimensions: turned by hand, surfaces let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.overview import DIRECTIONS, Look
from tumorboard.language import _
from tumorboard.ui.shell.parts import clear, head, words
from tumorboard.ui.shell.text_widgets import Button
from tumorboard.ui.shell.theme import keep_scaled
from tumorboard.ui.viewer.inks import colour

#: Degrees a logical pixel of dragging, and of an arrow key.
_DRAG_DEGREES: Final = 0.5
_KEY_DEGREES: Final = 10.0
_ZOOM_STEP: Final = 1.15
_ZOOMS: Final = (0.3, 8.0)
#: While it is turned the picture is painted with half the pixels; this long (ms) after, whole.
_REST_MS: Final = 150


class Turntable(QWidget):
    """Shows the picture and turns it; ``wanted`` carries a look and a size in device pixels.

    ``pictured`` tells whether there is a picture on show.
    """

    wanted = Signal(object, tuple)
    pictured = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = Look()
        self.message = _("The surfaces are being built …")
        self._image: QImage | None = None
        self._pixels: NDArray[np.uint8] | None = None
        self._grip: QPointF | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(lambda: self._ask(coarse=False))
        self.setMinimumSize(320, 240)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Overview in three dimensions"))
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @property
    def picture(self) -> QImage | None:
        """The picture on show, None before the first."""
        return self._image

    def set_look(self, look: Look) -> None:
        """Look from elsewhere: coarse at once, whole at rest."""
        self.look = look
        self._ask(coarse=True)
        self._rest.start()

    def ask(self) -> None:
        """Ask for the whole picture."""
        self._ask(coarse=False)

    def show_picture(self, pixels: NDArray[np.uint8]) -> None:
        """Show RGB pixels, shape (rows, columns, 3)."""
        rows, columns = pixels.shape[:2]
        self._pixels = np.ascontiguousarray(pixels)  # the image looks into this array
        self._image = QImage(
            self._pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888
        )
        self.message = ""
        self.pictured.emit(True)
        self.update()

    def show_message(self, text: str) -> None:
        """Say why there is no picture."""
        self._image, self.message = None, text
        self.pictured.emit(False)
        self.update()

    def _ask(self, *, coarse: bool) -> None:
        share = self.devicePixelRatioF() * (0.5 if coarse else 1.0)
        size = (max(round(self.width() * share), 2), max(round(self.height() * share), 2))
        self.wanted.emit(self.look, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Show the picture, or why there is none."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("bg"))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
        else:
            painter.setPen(colour("dim"))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self.message)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint anew in the new size."""
        super().resizeEvent(event)
        self._rest.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Take hold."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Turn what is held: it follows the hand."""
        if self._grip is not None:
            way = event.position() - self._grip
            self._grip = event.position()
            self._turn(-way.x() * _DRAG_DEGREES, way.y() * _DRAG_DEGREES)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Let go."""
        self._grip = None

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - a name of Qt
        """Magnify."""
        factor = _ZOOM_STEP ** (event.angleDelta().y() / 120)
        low, high = _ZOOMS
        self.set_look(replace(self.look, zoom=min(max(self.look.zoom * factor, low), high)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Turn by the arrow keys."""
        steps = {
            Qt.Key.Key_Left: (-_KEY_DEGREES, 0.0),
            Qt.Key.Key_Right: (_KEY_DEGREES, 0.0),
            Qt.Key.Key_Up: (0.0, _KEY_DEGREES),
            Qt.Key.Key_Down: (0.0, -_KEY_DEGREES),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._turn(*step)

    def _turn(self, around: float, above: float) -> None:
        elevation = min(max(self.look.elevation + above, -90.0), 90.0)
        azimuth = (self.look.azimuth + around) % 360
        self.set_look(replace(self.look, azimuth=azimuth, elevation=elevation))


class OverviewWindow(QDialog):
    """The turntable with the directions, a slider a surface, and the picture to take away."""

    save_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Overview in three dimensions"))
        self.resize(980, 680)
        self.table = Turntable()
        self.sliders: dict[str, QSlider] = {}
        self._surfaces = QGridLayout()
        self.save = QPushButton(_("Save picture…"))
        self.save.setToolTip(_("As PNG, without any identity"))
        self.save.clicked.connect(self.save_requested)
        self.save.setEnabled(False)
        self.table.pictured.connect(self.save.setEnabled)
        side = QVBoxLayout()
        side.addWidget(head(_("Seen from")))
        grid = QGridLayout()
        for number, (name, azimuth, elevation) in enumerate(DIRECTIONS):
            button = Button(_(name))
            button.clicked.connect(
                lambda __=False, a=azimuth, e=elevation: self.table.set_look(
                    replace(self.table.look, azimuth=a, elevation=e)
                )
            )
            grid.addWidget(button, number // 3, number % 3)
        side.addLayout(grid)
        side.addWidget(head(_("Surfaces")))
        side.addLayout(self._surfaces)
        side.addStretch(1)
        side.addWidget(
            words(
                _("Drag or arrow keys turn, the wheel magnifies. Nothing is measured here."), "dim"
            )
        )
        side.addWidget(self.save)
        column = QWidget()
        keep_scaled(column, width=260)
        column.setLayout(side)
        layout = QHBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(column)
        self.table.setFocus()

    def set_surfaces(self, names: Sequence[str]) -> None:
        """Offer a slider for each surface; the first, the mass, lets what is behind it through."""
        clear(self._surfaces)
        self.sliders = {}
        for row, name in enumerate(names):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, 100)
            slider.setValue(60 if row == 0 and len(names) > 1 else 100)
            slider.setAccessibleName(_("How opaque: {name}", name=name))
            slider.valueChanged.connect(self._blend)
            self.sliders[name] = slider
            self._surfaces.addWidget(words(name), 2 * row, 0)
            self._surfaces.addWidget(slider, 2 * row + 1, 0)
        self._blend()

    def _blend(self) -> None:
        opacities = {name: slider.value() / 100 for name, slider in self.sliders.items()}
        self.table.set_look(replace(self.table.look, opacities=opacities))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - a name of Qt
        """Tell that the surfaces are no longer needed."""
        super().closeEvent(event)
        self.closed.emit()

    def reject(self) -> None:
        """Close by Esc too."""
        self.close()
