"""The panels at the right as tabs; those without room for their title are listed by name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from tumorboard.language import _


class _Bar(QTabBar):
    """A bar of tabs that tells how wide each wants to be."""

    def wanted(self, index: int) -> int:
        """Return the width (px) of a tab with its whole title."""
        return self.tabSizeHint(index).width()


class PanelTabs(QTabWidget):
    """Tabs from the left as far as whole titles have room, the others in a menu *More*.

    The tab in front always stands in the bar.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = _Bar()
        self.setTabBar(self._bar)
        self.setDocumentMode(True)
        self._bar.setExpanding(False)
        self._bar.setUsesScrollButtons(False)
        self.more = QToolButton()
        self.more.setProperty("role", "tool")
        self.more.setText(_("More ▾"))
        self.more.setToolTip(_("More panels"))
        self.more.setAccessibleName(_("More panels"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(self._list)
        self.more.setMenu(menu)
        self._corner = QWidget()
        line = QHBoxLayout(self._corner)
        line.setContentsMargins(0, 0, 4, 5)  # on the line of the titles
        line.setSpacing(0)
        line.addWidget(self.more)
        self.setCornerWidget(self._corner, Qt.Corner.TopRightCorner)
        self.currentChanged.connect(lambda _index: self.fit())
        self._fits = False

    def add_to_corner(self, widget: QWidget) -> None:
        """Put a button behind the tabs."""
        layout = self._corner.layout()
        if layout is not None:
            layout.addWidget(widget)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The titles that are listed in the menu, in their order."""
        return tuple(self.tabText(n) for n in range(self.count()) if not self.isTabVisible(n))

    def fit(self) -> None:
        """Show as many whole titles as there is room for."""
        if self._fits or not self.count():
            return
        self._fits = True  # hiding a tab asks for this again
        try:
            shown = self._chosen()
            for n in range(self.count()):
                if self.isTabVisible(n) is not (n in shown):
                    self.setTabVisible(n, n in shown)
            self.more.setVisible(len(shown) < self.count())
        finally:
            self._fits = False

    def _chosen(self) -> set[int]:
        count, front = self.count(), self.currentIndex()
        widths = [self._bar.wanted(n) for n in range(count)]
        margins = self._corner.contentsMargins()
        beside = [self._corner.layout().itemAt(n).widget() for n in range(1, 2)]  # type: ignore[union-attr]
        room = self.width() - margins.left() - margins.right() - 8
        room -= sum(w.sizeHint().width() for w in beside if w is not None)
        if sum(widths) <= room:
            return set(range(count))
        room -= self.more.sizeHint().width() + widths[front]
        shown = {front}
        for n in range(count):
            if n == front:
                continue
            room -= widths[n]
            if room < 0:
                break
            shown.add(n)
        return shown

    def _list(self) -> None:
        """List the panels without a tab."""
        menu = self.more.menu()
        menu.clear()
        for n in range(self.count()):
            if not self.isTabVisible(n):
                entry = menu.addAction(self.tabText(n))
                entry.triggered.connect(lambda _checked=False, n=n: self.setCurrentIndex(n))

    def tabInserted(self, index: int) -> None:  # noqa: N802 - a name of Qt
        """Make room for one more; what scrolls in it is called as its tab."""
        super().tabInserted(index)
        panel = self.widget(index)
        for area in panel.findChildren(QScrollArea) if panel is not None else ():
            area.setAccessibleName(self.tabText(index))
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Fit the tabs to another width."""
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - a name of Qt
        """Fit the tabs once the letters are known."""
        super().showEvent(event)
        self.fit()
