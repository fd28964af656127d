"""One sentence about what went wrong or was done, until it is dismissed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import link, words


class NoticeBar(QFrame):
    """Shows a sentence and, where there is more to see, a link to it.

    It lies over the line of the case, in full screen over the line at the bottom: nothing moves
    when it comes or goes, no value on an image is covered or cut, and it takes no room while there
    is nothing to say. What was said of a case ends with it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._mark = Mark("information")
        self._text = words("")
        self._case = self._said_of = ""
        self._more: Callable[[], object] = self.hide
        self._place: Callable[[], QRect] = self.geometry
        self._link = link(_("see the list"), self.see_more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 8, 3)
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._link)
        layout.addWidget(link(_("close"), self.hide))
        self.hide()

    def lie_over(self, home: QWidget, place: Callable[[], QRect]) -> None:
        """Lie in a place of a widget from now on, and over more where the sentence is long.

        What stands at the top grows down from there, what stands at the bottom grows up.
        """
        self.setParent(home)
        self._place = place

    def lay(self) -> None:
        """Lie where it belongs now, as high as the sentence needs."""
        home = self.parentWidget()
        if home is None:
            return
        place = self._place()
        place.setHeight(max(place.height(), self.heightForWidth(place.width())))
        if place.bottom() >= home.height():
            place.moveBottom(home.height() - 1)
        self.setGeometry(place)
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
        more_text: str = "",
    ) -> None:
        """Show a sentence; ``more`` is what the link named ``more_text`` does."""
        self._mark.set_state(state)
        self._text.setText(text)
        self._link.setText(more_text or _("see the list"))
        self._link.setAccessibleName(self._link.text())
        self._link.setVisible(more is not None)
        self._more = more or self.hide
        self._said_of = self._case
        self.lay()  # first: what it lay over before would be painted again
        self.show()

    def see_more(self) -> None:
        """Show what the link leads to."""
        self._more()
