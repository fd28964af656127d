"""What can be done with a row of a panel: icons that show while the row is looked at.

They show under the pointer and where the keys are, keep their room meanwhile so that nothing
moves, and say their words in the tip and to who cannot see. What deletes stands apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from tumorboard.text import tip
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.theme import colour, keep_scaled, scaled

#: Edges of a button and of its icon, and what parts the one that deletes from the others (px
#: at the usual size of letters).
_SIDE_PX, _ICON_PX, _APART_PX = 24, 16, 12
#: Before a button that stands apart.
_DELETES: Final = "trash"


@dataclass(frozen=True)
class RowAct:
    """Something that can be done: its icon, its words, what it does.

    ``words`` are a verb, "Delete"; ``thing`` names the row for who cannot see it; ``told`` is
    more for the tip.
    """

    icon: str
    words: str
    act: Callable[[], object]
    thing: str = ""
    told: str = ""


class RowActs(QWidget):
    """The acts of a row; ``row`` is the widget whose looking at shows them."""

    def __init__(self, row: QWidget, *acts: RowAct) -> None:
        super().__init__(row)
        self._row = row
        self.buttons = [_ActButton(act, self) for act in acts]
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for act, button in zip(acts, self.buttons, strict=True):
            if act.icon == _DELETES and len(acts) > 1:
                line.addSpacing(_APART_PX)
            line.addWidget(button)
        row.installEventFilter(self)

    @property
    def are_shown(self) -> bool:
        """Whether the row is looked at: the pointer is over it or one of the acts has the keys."""
        return self._row.underMouse() or any(button.hasFocus() for button in self.buttons)

    def button(self, words: str) -> QAbstractButton:
        """Return the button of an act by its words.

        Raises
        ------
        KeyError
            When there is none.

        """
        for button in self.buttons:
            if button.act.words == words:
                return button
        raise KeyError(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Show and hide with the pointer."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.show_again()
        return super().eventFilter(watched, event)

    def show_again(self) -> None:
        """Paint the acts anew."""
        for button in self.buttons:
            button.update()


class _ActButton(QAbstractButton):
    """An icon without a frame."""

    def __init__(self, act: RowAct, home: RowActs) -> None:
        super().__init__(home)
        self.act, self._home = act, home
        self.setIcon(icon(act.icon))
        self.setAccessibleName(f"{act.words}: {act.thing}" if act.thing else act.words)
        self.setToolTip(tip("\n".join(part for part in (act.words, act.told) if part)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        keep_scaled(self, width=_SIDE_PX, height=_SIDE_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda _checked=False: act.act())

    def sizeHint(self) -> QSize:  # noqa: N802 - a name of Qt
        """Be large enough for a finger's tip, and no higher than two lines."""
        return QSize(scaled(_SIDE_PX), scaled(_SIDE_PX))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - a name of Qt
        """Show the acts of the row that the keys came to."""
        super().focusInEvent(event)
        self._home.show_again()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - a name of Qt
        """Hide them again."""
        super().focusOutEvent(event)
        self._home.show_again()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - a name of Qt
        """Paint the icon while the row is looked at, and where the keys are."""
        del event
        if not self._home.are_shown:
            return
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            over = self.underMouse()
            painter.setPen(QPen(colour("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent_bg") if over else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
            place = QRect(0, 0, scaled(_ICON_PX), scaled(_ICON_PX))
            place.moveCenter(self.rect().center())
            mode = QIcon.Mode.Active if over or self.hasFocus() else QIcon.Mode.Normal
            self.icon().paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)
        finally:
            painter.end()
