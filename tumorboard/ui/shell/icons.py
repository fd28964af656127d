"""Icons: pictures of the kept set, painted in the colours of the look in force.

The set lies in ``resources/icons/tabler`` with its licence: outlines on a grid of 24 units, drawn
in ``currentColor``. A colour is asked for when an icon is painted, so that a change of the look
needs no new icon.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from tumorboard.resources import resource_path
from tumorboard.ui.shell.theme import COLOURS

#: Names of the palette for an icon at rest, under the pointer, not to be used, and taken.
_REST, _OVER, _OFF, _ON = "dim", "text", "control", "accent"


def icon(name: str) -> QIcon:
    """Return the icon of a name of the set, sharp at every size and scale of a screen."""
    return QIcon(_Engine(name))


def ink_of(mode: QIcon.Mode, state: QIcon.State) -> str:
    """Return the name in the palette of the colour that an icon has."""
    if mode is QIcon.Mode.Disabled:
        return _OFF
    if state is QIcon.State.On:
        return _ON
    return _OVER if mode in (QIcon.Mode.Active, QIcon.Mode.Selected) else _REST


@lru_cache(maxsize=512)
def icon_pixmap(name: str, width: int, height: int, ink: str) -> QPixmap:
    """Return an icon of so many device pixels, transparent round its lines.

    ``ink`` is a colour as style sheets write it, "#8d98a7".
    """
    drawing = resource_path("icons", "tabler", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", ink).encode()))
    picture = QPixmap(width, height)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    side = min(width, height)
    renderer.render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    painter.end()
    return picture


class _Engine(QIconEngine):
    """Paints an icon when it is asked for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        """Return another engine of the same icon."""
        return _Engine(self._name)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon in device pixels."""
        ink = COLOURS[ink_of(mode, state)]
        return icon_pixmap(self._name, max(size.width(), 1), max(size.height(), 1), ink)

    def scaledPixmap(  # noqa: N802 - a name of Qt
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """Return the icon for a screen of this scale; ``size`` is in logical pixels."""
        picture = QPixmap(self.pixmap((size.toSizeF() * scale).toSize(), mode, state))
        picture.setDevicePixelRatio(scale)
        return picture

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon into a rectangle of logical pixels."""
        ratio = painter.device().devicePixelRatio()
        size = QSize(round(rect.width() * ratio), round(rect.height() * ratio))
        painter.drawPixmap(rect, self.pixmap(size, mode, state), QRect(QPoint(0, 0), size))
