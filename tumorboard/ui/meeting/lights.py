"""Readiness lights: a shape for each thing that a case needs, and the words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from tumorboard.case.readiness import Light
from tumorboard.language import _, ngettext
from tumorboard.text import sided, tip
from tumorboard.ui.shell.text_widgets import menu_entry
from tumorboard.ui.shell.theme import colour, scaled, small_px, text_font

#: Side of a light and the distance from one to the next, in pixels.
LIGHT_PX: Final = 11
STEP_PX: Final = 16
_WORDS_PX: Final = 6
_STATES: Final = {True: _("ready"), False: _("missing"), None: _("not known")}
_NOT_EXPECTED: Final = _("none expected")


def state_word(light: Light) -> str:
    """Return "ready", "missing", "not known", or "none expected"."""
    return _STATES[light.state] if light.expected or light.state else _NOT_EXPECTED


def summary(lights: Sequence[Light] | None) -> str:
    """Return "ready", "2 missing" or "1 not known": the worst there is."""
    if lights is None:
        return "…"
    missing = sum(light.is_missing for light in lights)
    unknown = sum(light.is_open for light in lights)
    if missing:
        return ngettext("{count} missing", "{count} missing", missing)
    return _("{count} not known", count=unknown) if unknown else _STATES[True]


def light_line(light: Light) -> str:
    """Return "Histology: missing, not recorded"."""
    return f"{light.label}: {state_word(light)}, {light.words}"


def paint_light(painter: QPainter, box: QRectF, light: Light) -> None:
    """Paint a filled square for ready, a triangle for missing, a dashed square for not known.

    What is not expected and not there is a short line.
    """
    state = light.state
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state:
        painter.setBrush(colour("absent"))
        painter.drawRoundedRect(box, 2, 2)
    elif state is False:
        painter.setBrush(colour("warn"))
        corners = (QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft())
        painter.drawPolygon(QPolygonF(corners))
    elif not light.expected:
        painter.setPen(QPen(colour("dim"), 1.6))
        painter.drawLine(
            QPointF(box.left() + 2, box.center().y()), QPointF(box.right() - 2, box.center().y())
        )
    else:
        pen = QPen(colour("unknown"), 1.4)
        pen.setDashPattern([2.0, 1.5])
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(0.7, 0.7, -0.7, -0.7), 2, 2)


def paint_lights(painter: QPainter, left: float, middle: float, lights: Sequence[Light]) -> float:
    """Paint lights in a row from ``left`` on; return where they end."""
    side = scaled(LIGHT_PX)
    for light in lights:
        paint_light(painter, QRectF(left, middle - side / 2, side, side), light)
        left += scaled(STEP_PX)
    return left


class LightRow(QToolButton):
    """The lights of the open case in a row; a press lists them, a line goes to what it says."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "lights")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self._lights: tuple[Light, ...] = ()
        self.hide()

    @property
    def lights(self) -> tuple[Light, ...]:
        """The lights on show."""
        return self._lights

    def set_lights(self, lights: Sequence[Light]) -> None:
        """Show these lights; none hides the row."""
        self._lights = tuple(lights)
        said = "\n".join(light_line(light) for light in lights)
        self.setToolTip(tip(said))
        self.setAccessibleName(_("Readiness: {state}", state=summary(lights)))
        self.setVisible(bool(lights))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Return room for the lights and their word."""
        words = self.fontMetrics().horizontalAdvance(summary(self._lights))
        return QSize(len(self._lights) * scaled(STEP_PX) + words + _WORDS_PX + 14, scaled(28))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Return the same: a light is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint frame, lights and word."""
        super().paintEvent(event)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = self.height() / 2
            left = paint_lights(painter, 7, middle, self._lights)
            painter.setPen(colour("dim"))
            painter.setFont(text_font(small_px()))
            room = QRectF(left + _WORDS_PX - 4, 0, self.width() - left, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, sided(summary(self._lights)))
        finally:
            painter.end()

    def _fill(self) -> None:
        self._menu.clear()
        for light in self._lights:
            entry = menu_entry(self._menu, light_line(light))
            entry.triggered.connect(lambda _checked=False, light=light: self.chosen.emit(light))
