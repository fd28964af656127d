"""One sentence about what went wrong or was done, above the images, until it is dismissed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from tumorboard.ui.panels.marks import Mark
from tumorboard.ui.panels.parts import link, words


class NoticeBar(QFrame):
    """Shows a sentence and, where there is more to see, a link to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._mark = Mark("information")
        self._text = words("")
        self._more: Callable[[], object] = self.hide
        self._link = link("see the list", self.see_more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._link)
        layout.addWidget(link("close", self.hide))
        self.hide()

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
        self.show()

    def see_more(self) -> None:
        """Show what the link leads to."""
        self._more()
