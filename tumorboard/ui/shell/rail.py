"""What is left of a folded side: a rail with pictures at the left, a handle at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.theme import keep_scaled

_RAIL_PX, _HANDLE_PX = 44, 12


class Rail(QFrame):
    """The folded list of cases: buttons that open it where one wants to be."""

    #: The list is wanted: "", "cases" or "series".
    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rail")
        keep_scaled(self, width=_RAIL_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(6)
        self._counts = {}
        for place, picture, told in (
            ("", "layout-sidebar-left-expand", _("Show cases and series (F3)")),
            ("cases", "users", _("Cases")),
            ("series", "photo", _("Series of the case")),
        ):
            column.addWidget(self._button(place, picture, told), 0, Qt.AlignmentFlag.AlignHCenter)
            if place:
                count = words("", "count", wrap=False)
                self._counts[place] = count
                column.addWidget(count, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def _button(self, place: str, picture: str, told: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "part")
        button.setIcon(icon(picture))
        keep_scaled(button, icon=20)
        button.setToolTip(tip(told))
        button.setAccessibleName(told)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.wanted.emit(place))
        return button

    def set_counts(self, cases: int, series: int) -> None:
        """Say how many cases and series the list holds."""
        for place, number in (("cases", cases), ("series", series)):
            self._counts[place].setText(str(number))
            self._counts[place].setVisible(number > 0)


def handle(told: str) -> QToolButton:
    """Return a narrow button as high as the window that opens what is folded at the right."""
    button = QToolButton()
    button.setProperty("role", "handle")
    button.setIcon(icon("chevron-left"))
    button.setIconSize(QSize(_HANDLE_PX, _HANDLE_PX))
    button.setFixedWidth(_HANDLE_PX)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    button.setToolTip(tip(told))
    button.setAccessibleName(told)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
