"""The left dock: search, cases, and the series of the open case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.worklist import CaseFilter
from tumorboard.case.model import Case
from tumorboard.language import _, ngettext
from tumorboard.text import tip
from tumorboard.ui.shell.case_words import CaseLine, series_tip, series_words, study_title
from tumorboard.ui.shell.mime import SERIES_MIME
from tumorboard.ui.shell.parts import ElidedLabel, head, link, words
from tumorboard.ui.shell.text_widgets import Label
from tumorboard.ui.worklist.case_list import CaseList
from tumorboard.ui.worklist.filters import CaseFilters

_KEY = Qt.ItemDataRole.UserRole
#: Room below the last series (px).
_BELOW = 8
Show = Callable[[Sequence[str]], None]


class _Search(QLineEdit):
    """A field that Esc empties."""

    def event(self, event: QEvent) -> bool:
        """Take Esc before any command of the window while there is something to empty."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and self.text():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.clear()
                return True
        return super().event(event)


class Worklist(QFrame):
    """Cases above, series of the open case below."""

    case_chosen = Signal(str)
    series_chosen = Signal(str)
    #: What can be done with the chosen cases is asked for at this place of the screen.
    menu_requested = Signal(QPoint)
    #: So many cases and series are listed now.
    counted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self.search = _Search()
        self.search.setPlaceholderText(_("Search cases   Ctrl+F"))
        self.search.setAccessibleName(_("Search cases"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._filter())
        self._cases_head = head(_("Cases"))
        self._counted = (0, 0)
        self.filters = CaseFilters()
        self.cases = CaseList()
        self._empty = words(
            _("No cases yet. Drop a folder of images here, or press Ctrl+O."), "dim"
        )
        self.show_all = link(_("Show all cases"), self._show_all, _("Without search and filter"))
        self.show_all.hide()
        self._series_head = head(_("Series"))
        self._no_series = words(_("No images yet. Press Ctrl+O and choose their folder."), "dim")
        self.series = _TwoLineList(_("Series of the case"))
        self.series.setIconSize(QSize(44, 44))
        self.series.setDragDropMode(QListWidget.DragDropMode.DragOnly)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 8)
        self._top = QHBoxLayout()
        self._top.addWidget(self.search, 1)
        layout.addLayout(self._top)
        for widget in (self.filters, self._cases_head, self._empty):
            layout.addWidget(widget)
        layout.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.cases, 3)
        layout.addWidget(self._series_head)
        layout.addWidget(self._no_series)
        layout.addWidget(self.series, 4)
        self.set_case(None)
        self._find: Callable[[CaseFilter, Show], object] = lambda _filter, _show: None
        self._open = ""
        self.filters.changed.connect(self._filter)
        self.cases.chosen.connect(self.case_chosen)
        self.cases.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.cases.customContextMenuRequested.connect(
            lambda place: self.menu_requested.emit(self.cases.viewport().mapToGlobal(place))
        )
        self.series.chosen.connect(self.series_chosen)

    def add_beside_search(self, widget: QWidget) -> None:
        """Put a button at the end of the line of the search."""
        self._top.addWidget(widget)

    def set_source(
        self,
        find: Callable[[CaseFilter, Show], object],
        read: Callable[[Sequence[str]], Sequence[CaseLine]],
    ) -> None:
        """Ask for cases with ``find`` and for their lines with ``read`` from now on.

        ``find`` hands the cases to the function it is given, at once or later.
        """
        self._find = find
        self.cases.set_source(read)

    def show_cases(self) -> None:
        """Ask for the cases anew."""
        self._filter()

    def set_open(self, case_uid: str) -> None:
        """Mark the open case."""
        self._open = case_uid
        self.cases.mark(case_uid)

    @property
    def empty_text(self) -> str:
        """What is said when no case is listed; empty while there are some."""
        return "" if self._empty.isHidden() else self._empty.text()

    @property
    def next_case(self) -> str:
        """The case listed below the open one; empty without."""
        keys = self.cases.cases.uids
        after = keys[keys.index(self._open) + 1 :] if self._open in keys else ()
        return after[0] if after else ""

    def chosen(self) -> list[str]:
        """Return the UIDs of the cases that are chosen in the list."""
        return self.cases.selected_uids()

    def offer_meetings(self, found: dict[str, str]) -> None:
        """Offer meetings, by UID, in the filter of the list."""
        self.filters.set_meetings(found)

    def go_to_series(self) -> None:
        """Give the list of series the keys."""
        self.series.setFocus()

    def set_case(self, case: Case | None) -> None:
        """List the series of a case, newest study first."""
        self.series.clear()
        listed = () if case is None else case.series
        self._count(self._counted[0], len(listed))
        for widget in (self._series_head, self._no_series):
            widget.setVisible(case is not None and not listed)
        self.series.setVisible(bool(listed))
        ordered = sorted(listed, key=lambda s: s.study_date, reverse=True)
        last = None
        for ref in ordered:
            title = study_title(ref)
            if title != last:
                self.series.add_head(title)
                last = title
            name, detail = series_words(ref)
            part = "" if case is None else case.part_words(ref.series_instance_uid)
            detail = f"{detail} · {part}" if part else detail
            told, warned = series_tip(ref), bool(ref.caveats)
            self.series.add(ref.series_instance_uid, name, detail, told, warned=warned)
        self.series.fit()

    def mark(self, key: str) -> None:
        """Mark a series in the list."""
        self.series.mark(key)

    def set_thumbnail(self, key: str, picture: QPixmap) -> None:
        """Show a small picture of a series."""
        self.series.set_icon(key, picture)

    def wanted(self) -> CaseFilter:
        """Return what the reader asks for."""
        return self.filters.wanted(self.search.text())

    def _filter(self) -> None:
        wanted = self.wanted()
        self._find(wanted, lambda uids: self._show(wanted, uids))

    def _show(self, wanted: CaseFilter, uids: Sequence[str]) -> None:
        """List what was found, unless something else is wanted by now."""
        if wanted != self.wanted():
            return
        self.cases.set_uids(uids)
        self.cases.mark(self._open)
        self._empty.setVisible(not uids)
        asked = wanted != CaseFilter()
        self.show_all.setVisible(asked and not uids)
        none = _("No cases yet. Drop a folder of images here, or press Ctrl+O.")
        self._empty.setText(_("No case matches.") if asked else none)
        count = len(uids)
        self._cases_head.setText(ngettext("{count} case", "{count} cases", count).upper())
        self._count(count, self._counted[1])

    def _show_all(self) -> None:
        """Take back what is typed and every filter."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self.filters.use("")
        self.search.setFocus()

    def _count(self, cases: int, series: int) -> None:
        if (cases, series) != self._counted:
            self._counted = cases, series
            self.counted.emit(cases, series)


class _TwoLineList(QListWidget):
    """A list of a name and a dim line below it."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setSpacing(1)
        self.itemClicked.connect(self._chosen)
        self.itemActivated.connect(self._chosen)

    def add(
        self, key: str, name: str, detail: str, told: str = "", *, warned: bool = False
    ) -> None:
        """Append an entry."""
        item = QListWidgetItem()
        item.setData(_KEY, key)
        item.setToolTip(tip(told))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {detail}")
        row = _Row(name, detail, warned)
        item.setSizeHint(QSize(10, row.sizeHint().height()))
        self.addItem(item)
        self.setItemWidget(item, row)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:  # noqa: N802 - a name of Qt
        """Let an entry be dragged onto a view by its key."""
        data = QMimeData()
        for item in items[:1]:
            data.setData(SERIES_MIME, str(item.data(_KEY) or "").encode())
        return data

    def add_head(self, text: str) -> None:
        """Append a head that cannot be chosen."""
        item = QListWidgetItem()
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        label = ElidedLabel(text.upper(), "head")
        label.setContentsMargins(0, 10, 0, 2)
        item.setSizeHint(QSize(10, max(30, label.sizeHint().height())))
        self.addItem(item)
        self.setItemWidget(item, label)

    def mark(self, key: str) -> None:
        """Select an entry without choosing it."""
        for item in self._entries():
            if item.data(_KEY) == key:
                self.setCurrentItem(item)
                return
        self.setCurrentRow(-1)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Be as high as letters of another size need."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            for n in range(self.count()):
                widget = self.itemWidget(self.item(n))
                if widget is not None:
                    least = 0 if isinstance(widget, _Row) else 30
                    height = max(least, widget.sizeHint().height())
                    self.item(n).setSizeHint(QSize(10, height))
            self.fit()

    def fit(self) -> None:
        """Be no higher than the entries, so that the list above has the room that is left."""
        between = 2 * self.spacing()
        rows = sum(self.item(n).sizeHint().height() + between for n in range(self.count()))
        self.setMaximumHeight(rows + between + 2 * self.frameWidth() + _BELOW)

    def set_icon(self, key: str, picture: QPixmap) -> None:
        """Put a picture before an entry."""
        for item in self._entries():
            row = self.itemWidget(item)
            if item.data(_KEY) == key and isinstance(row, _Row):
                row.set_picture(picture)
                item.setSizeHint(QSize(10, row.sizeHint().height()))
        self.fit()

    def step(self, step: int) -> None:
        """Choose the entry before or after the current one."""
        entries = self._entries()
        keys = [item.data(_KEY) for item in entries]
        marked = [item.data(_KEY) for item in self.selectedItems()]
        here = keys.index(marked[0]) if marked and marked[0] in keys else -step
        there = min(max(here + step, 0), len(entries) - 1)
        if entries and there != here:
            self.setCurrentItem(entries[there])
            self._chosen(entries[there])

    def _entries(self) -> list[QListWidgetItem]:
        items = (self.item(i) for i in range(self.count()))
        return [item for item in items if item.data(_KEY)]

    def _chosen(self, item: QListWidgetItem) -> None:
        if item.data(_KEY):
            self.chosen.emit(item.data(_KEY))


class _Row(QWidget):
    """Two lines of text and room for a picture."""

    def __init__(self, name: str, detail: str, warned: bool) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = Label("", self)
        self._picture.hide()
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(ElidedLabel(name))
        texts.addWidget(ElidedLabel(("▲ " if warned else "") + detail, "dim"))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(8, 5, 8, 5)
        outer.setSpacing(10)
        outer.addWidget(self._picture)
        outer.addLayout(texts, 1)

    def set_picture(self, picture: QPixmap) -> None:
        """Show a picture before the text."""
        self._picture.setPixmap(picture)
        self._picture.show()
