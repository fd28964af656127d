"""The one place through which text reaches an audience, written where no name is in it any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from tumorboard.text import line, sided
from tumorboard.ui.shell.theme import text_font
from tumorboard.ui.viewer import overlay

_FLAGS: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)
_TALL: Final = 100_000.0


class Discreet:
    """Draws text before an audience, each on plain lines.

    Who the cases are about was withheld in what people wrote (`app.presented.Presentation.told`)
    before any text was made of it; here nothing is searched. ``listener`` is told every text that
    is drawn, for the tests.
    """

    def __init__(self) -> None:
        self.listener: Callable[[str], object] | None = None

    def __call__(self, text: str) -> str:
        """Return a text as an audience may see it: plain, on one line."""
        shown = line(text)
        if self.listener is not None:
            self.listener(shown)
        return shown

    @contextmanager
    def over_pictures(self) -> Iterator[None]:
        """Let everything that is written over pictures meanwhile come through here."""
        token = overlay.wording.set(self)
        try:
            yield
        finally:
            overlay.wording.reset(token)

    def draw(self, painter: QPainter, box: QRectF, text: str, font: QFont, ink: QColor) -> float:
        """Write a text into a box, folded at words; return the height it takes (px)."""
        shown = sided(self(text))
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(box, _FLAGS, shown)
        return folded_height(shown, font, box.width())

    def line(self, painter: QPainter, box: QRectF, text: str, font: QFont, ink: QColor) -> float:
        """Write a text on one line, cut with an ellipsis where it is too long; return its width."""
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(self(text), Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(
            box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), sided(shown)
        )
        return metrics.horizontalAdvance(shown)

    def height(self, text: str, font: QFont, width: float) -> float:
        """Return the height (px) that a text takes when it is folded to a width."""
        return folded_height(line(text), font, width)


def folded_height(text: str, font: QFont, width: float) -> float:
    """Return the height (px) of a text folded at words."""
    if not text:
        return 0.0
    return QFontMetricsF(font).boundingRect(QRectF(0, 0, width, _TALL), _FLAGS, text).height()


def sized(pixels: float, *, bold: bool = False) -> QFont:
    """Return the font of the program at a size in logical pixels, not below the smallest one."""
    return text_font(max(12, round(pixels)), bold=bold)
