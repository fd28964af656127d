"""The readiness of one case in words: a press on what is missing leads there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from tumorboard.case.readiness import READ, Light
from tumorboard.language import _
from tumorboard.ui.meeting.lights import LIGHT_PX, paint_light, state_word
from tumorboard.ui.shell.parts import ElidedLabel, clear, head, link, scroll_column, words
from tumorboard.ui.shell.theme import keep_scaled

_EMPTY = _("Choose a case on the agenda to see what it still needs.")
#: What the link beside a light is called.
_WAYS = {"images": _("images"), "question": _("write"), READ: _("confirm")}


class LightMark(QWidget):
    """One light."""

    def __init__(self, light: Light) -> None:
        super().__init__()
        self._light = light
        keep_scaled(self, width=16, height=16)
        self.setAccessibleName(state_word(light))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / 16, self.height() / 16)
        paint_light(painter, QRectF(2, 2, LIGHT_PX, LIGHT_PX), self._light)
        painter.end()


class ReadinessStrip(QWidget):
    """``chosen`` carries the light to mend."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = head(_("Readiness"))
        area, column = scroll_column()
        column.setContentsMargins(0, 0, 6, 0)
        body = QWidget()
        self._rows = QGridLayout(body)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(8)
        self._rows.setVerticalSpacing(2)
        self._rows.setColumnStretch(2, 1)
        column.addWidget(body)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(area, 1)
        self._shown: tuple[str, tuple[Light, ...] | None] | None = None
        self.show_case("", None)

    def show_case(self, label: str, lights: Sequence[Light] | None) -> None:
        """Show the lights of a case, or that they are being looked at."""
        shown = (label, None if lights is None else tuple(lights))
        if shown == self._shown:
            return
        self._shown = shown
        head_words = _("Readiness").upper()
        self.title.setText(f"{head_words} · {label}" if label else head_words)
        clear(self._rows)
        if not label:
            self._rows.addWidget(words(_EMPTY, "dim"), 0, 0, 1, 4)
        elif lights is None:
            self._rows.addWidget(words(_("Looking at the files…"), "dim"), 0, 0, 1, 4)
        for row, light in enumerate(lights or ()):
            name = words(light.label, wrap=False)
            way = _WAYS.get(light.goes_to, _("state")) if not light.state else _("show")
            go = link(way, partial(self.chosen.emit, light))
            go.setAccessibleName(f"{light.label}: {way}")
            cells = (LightMark(light), name, ElidedLabel(light.words, "dim"), go)
            for column, cell in enumerate(cells):
                self._rows.addWidget(cell, row, column, Qt.AlignmentFlag.AlignVCenter)
