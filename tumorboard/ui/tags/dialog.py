"""The window of elements: a search, the tree, and rows to take away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tumorboard.language import _
from tumorboard.ui.shell.parts import words
from tumorboard.ui.tags.model import TagModel
from tumorboard.ui.tags.rows import ROOT, TagTree, count_words, tag_tree

#: A search begins when typing has rested this long, ms.
_REST_MS: Final = 150
#: More hits than these are not unfolded; each stands below a row that can be.
_MOST_UNFOLDED: Final = 500
_WIDTH, _HEIGHT, _OF_SCREEN = 980, 700, 0.9


class _Rows(QTreeView):
    """The tree; Ctrl+C copies whole rows."""

    copy_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Copy the marked rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        else:
            super().keyPressEvent(event)


class TagDialog(QDialog):
    """Stands beside the images and shows the elements of the one on show.

    ``searched`` asks for the rows that match a text; `show_tree` takes them.
    """

    searched = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("DICOM tags"))
        room = self.screen().availableGeometry()
        width, height = round(_OF_SCREEN * room.width()), round(_OF_SCREEN * room.height())
        self.resize(min(_WIDTH, width), min(_HEIGHT, height))
        self._left_out = 0
        self._open: set[tuple[str, ...]] = set()
        self._current: tuple[str, ...] = ()
        self.about = words("")
        self.problem = words("", "warn")
        self.problem.hide()
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Number, keyword or value"))
        self.field.setAccessibleName(_("Search elements"))
        self.field.setClearButtonEnabled(True)
        self.count = words("", "dim", wrap=False)
        self.model = TagModel(self)
        self.rows = self._tree()
        self.copy = QPushButton(_("Copy row"))
        self.copy.setToolTip(_("The marked rows as text (Ctrl+C)"))
        self.copy.setAutoDefault(False)
        self._lay_out()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(lambda: self.searched.emit(self.search))
        self.field.textChanged.connect(lambda _text: self._rest.start())
        self.field.returnPressed.connect(self._next_hit)
        self.copy.clicked.connect(self.copy_rows)
        self.rows.copy_requested.connect(self.copy_rows)
        QShortcut(QKeySequence.StandardKey.Find, self, self.field.setFocus)
        self.field.setFocus()

    @property
    def search(self) -> str:
        """What is searched for."""
        return self.field.text()

    @property
    def waits(self) -> bool:
        """Whether a search has yet to begin."""
        return self._rest.isActive()

    def _tree(self) -> _Rows:
        tree = _Rows()
        tree.setModel(self.model)
        tree.setAccessibleName(_("Elements"))
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(False)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for column, width in enumerate((170, 44, 270)):
            tree.setColumnWidth(column, width)
        tree.expanded.connect(lambda index: self._fold(self.model.row_of(index), is_open=True))
        tree.collapsed.connect(lambda index: self._fold(self.model.row_of(index), is_open=False))
        return tree

    def _lay_out(self) -> None:
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.field, 1)
        top.addWidget(self.count)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        foot.addWidget(self.copy)
        foot.addStretch(1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.about)
        layout.addLayout(top)
        layout.addWidget(self.problem)
        layout.addWidget(self.rows, 1)
        layout.addLayout(foot)

    def say_about(self, text: str) -> None:
        """Say which picture the elements are of."""
        self.about.setText(text)

    def show_tree(self, tree: TagTree, left_out: int) -> None:
        """Show the elements of a file, or what of them was found."""
        current = self._current
        self._left_out = left_out
        self.problem.hide()
        self.model.set_tree(tree)
        self.count.setText(count_words(tree, left_out, self.search))
        if tree.hits:
            self._unfold(tree.hits[:_MOST_UNFOLDED])
            self._go_to(tree.hits[0])
        else:
            for path in sorted(self._open, key=len):
                self.rows.setExpanded(self.model.index_of(tree.paths.get(path, ROOT)), True)
            self._go_to(tree.paths.get(current, ROOT))

    def say_problem(self, text: str) -> None:
        """Say why there are no elements; those of another picture do not stay."""
        self.model.set_tree(tag_tree(()))
        self.count.setText("")
        self.problem.setText(text)
        self.problem.show()

    def _unfold(self, hits: Iterable[int]) -> None:
        parents = self.model.tree.parents
        above = {parents[row] for row in hits} - {ROOT}
        while above:
            for row in above:
                self.rows.setExpanded(self.model.index_of(row), True)
            above = {parents[row] for row in above} - {ROOT}

    def _fold(self, row: int, *, is_open: bool) -> None:
        """Remember what a person unfolds, for the next picture; not what a search does."""
        if not self.search.strip():
            (self._open.add if is_open else self._open.discard)(self.model.tree.path(row))

    def _go_to(self, row: int) -> None:
        index = self.model.index_of(row)
        if index.isValid():
            self.rows.setCurrentIndex(index)
            self.rows.scrollTo(index)

    def _next_hit(self) -> None:
        hits = self.model.tree.hits
        if hits and not self.waits:
            now = self.model.row_of(self.rows.currentIndex())
            self._go_to(next((row for row in hits if row > now), hits[0]))

    def remember_place(self) -> None:
        """Keep to the marked element when those of another picture come."""
        row = self.model.row_of(self.rows.currentIndex())
        if row != ROOT:
            self._current = self.model.tree.path(row)

    def copy_rows(self) -> None:
        """Put the marked rows to the clipboard, one a line."""
        marked = {self.model.row_of(index) for index in self.rows.selectedIndexes()}
        texts = [self.model.tree.rows[row].copied for row in sorted(marked)]
        if texts:
            QGuiApplication.clipboard().setText("\n".join(texts))

    def done(self, result: int) -> None:
        """Tell that no elements are needed any more."""
        super().done(result)
        self.closed.emit()
