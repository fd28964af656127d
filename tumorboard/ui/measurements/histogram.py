"""The values of a region as a histogram, with the numbers beside it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from tumorboard.imaging.roi_statistics import Histogram, RoiStatistics
from tumorboard.language import _, number
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.theme import colour, scaled, small_px, text_font

_LEFT, _BOTTOM, _TOP = 46.0, 30.0, 10.0


class Plot(QWidget):
    """Bars of a histogram: how many pixels hold which values."""

    def __init__(self, found: Histogram, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found = found
        self.setAccessibleName(_("Histogram of {count} pixels", count=int(np.sum(found.counts))))
        self.setMinimumSize(360, 200)

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Return a size at which the bars can be told apart."""
        return QSize(520, 260)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint bars, axes and their ends."""
        del event
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        counts, edges = np.asarray(self._found.counts), np.asarray(self._found.edges)
        box = QRectF(self.rect()).adjusted(scaled(_LEFT), scaled(_TOP), -12, -scaled(_BOTTOM))
        most = max(int(counts.max()), 1)
        step = box.width() / len(counts)
        for n, count in enumerate(counts):
            height = box.height() * float(count) / most
            bar = QRectF(box.left() + n * step, box.bottom() - height, max(step - 1, 1), height)
            painter.fillRect(bar, colour("accent"))
        painter.setPen(QPen(colour("dim"), 1.0))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setFont(text_font(small_px()))
        left = QRectF(0, box.top() - 4, box.left() - 6, scaled(18))
        painter.drawText(left, Qt.AlignmentFlag.AlignRight, str(most))
        below = QRectF(box.left(), box.bottom() + 6, box.width(), scaled(20))
        unit = f" {self._found.unit}" if self._found.unit else ""
        middle = (edges[0] + edges[-1]) / 2
        for value, flag in (
            (edges[0], Qt.AlignmentFlag.AlignLeft),
            (middle, Qt.AlignmentFlag.AlignHCenter),
            (edges[-1], Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(below, flag, f"{_number(float(value))}{unit}")


def histogram_dialog(
    name: str, found: Histogram, statistics: RoiStatistics, parent: QWidget
) -> QDialog:
    """Return a dialog with the histogram and the values of a region."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_("Histogram of the region"))
    layout = QVBoxLayout(dialog)
    layout.addWidget(words(name))
    layout.addWidget(Plot(found), 1)
    grid = QGridLayout()
    for n, (label, text) in enumerate(value_lines(found, statistics)):
        grid.addWidget(words(label, "dim", wrap=False), n // 3, 2 * (n % 3))
        grid.addWidget(words(text, wrap=False), n // 3, 2 * (n % 3) + 1)
    layout.addLayout(grid)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    layout.addWidget(buttons)
    return dialog


def value_lines(found: Histogram, s: RoiStatistics) -> list[tuple[str, str]]:
    """Return the names and values that stand below the bars."""
    unit = f" {found.unit}" if found.unit else ""
    return [
        (_("Pixels"), str(s.count)),
        (_("Mean"), f"{_number(s.mean)}{unit}"),
        (_("Standard deviation"), f"{_number(s.sd)}{unit}"),
        (_("Lowest"), f"{_number(s.minimum)}{unit}"),
        (_("Median"), f"{_number(s.median)}{unit}"),
        (_("Highest"), f"{_number(s.maximum)}{unit}"),
        (_("5th percentile"), f"{_number(s.p5)}{unit}"),
        (_("95th percentile"), f"{_number(s.p95)}{unit}"),
    ]


def _number(value: float) -> str:
    """Write a value of a few decimals; small ones, as of maps, with the digits that count."""
    if abs(value) >= 100:
        return number(value, ".0f")
    return number(value, ".1f" if abs(value) >= 1 or value == 0 else ".3g")
