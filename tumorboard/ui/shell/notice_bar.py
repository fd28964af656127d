"""One sentence about what went wrong or was done, above the images, until it is dismissed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import link, words

#: Lines of text that have room above the images, whether something is said or not.
_LINES = 2
_PADDING = 12


class NoticeRoom(QWidget):
    """The room that is kept for a notice: what stands below never moves when one comes or goes.

    A longer sentence lies over what is below.
    """

    def __init__(self, bar: NoticeBar) -> None:
        super().__init__()
        self._bar = bar
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + _PADDING)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Lay the notice anew."""
        super().resizeEvent(event)
        self._bar.lay()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Keep room for letters of another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()


class NoticeBar(QFrame):
    """Shows a sentence and, where there is more to see, a link to it.

    It lies in its `room`. What was said of a case ends with it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._mark = Mark("information")
        self._text = words("")
        self._case = self._said_of = ""
        self._more: Callable[[], object] = self.hide
        self._link = link("see the list", self.see_more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._link)
        layout.addWidget(link("close", self.hide))
        self.room = NoticeRoom(self)
        self.hide()

    def lay(self) -> None:
        """Lie in the room that is kept, and over more where the sentence is long."""
        home = self.room.parentWidget()
        if home is not None and self.parentWidget() is home:
            width = self.room.width()
            height = max(self.room.height(), self.heightForWidth(width))
            self.setGeometry(self.room.x(), self.room.y(), width, height)
            self.raise_()

    def show_case(self, uid: str) -> None:
        """End what was said of another case."""
        if uid != self._case and self._said_of:
            self.hide()
        self._case = uid

    @property
    def text(self) -> str:
        """The sentence on show; empty when hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(
        self,
        text: str,
        *,
        state: str = "information",
        more: Callable[[], object] | None = None,
        more_text: str = "see the list",
    ) -> None:
        """Show a sentence; ``more`` is what the link named ``more_text`` does."""
        self._mark.set_state(state)
        self._text.setText(text)
        self._link.setText(more_text)
        self._link.setAccessibleName(more_text)
        self._link.setVisible(more is not None)
        self._more = more or self.hide
        self._said_of = self._case
        self.show()
        self.lay()

    def see_more(self) -> None:
        """Show what the link leads to."""
        self._more()
