"""Walks everything that a window shows, and names what acts in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QPainter, QPainterPath
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from tests.planted import acting
from tumorboard.ui.viewer import letters as lettering

Role = Qt.ItemDataRole
_PLAIN = (Role.DisplayRole, Role.EditRole, Role.AccessibleTextRole, Role.AccessibleDescriptionRole)
_TIPS = (Role.ToolTipRole, Role.StatusTipRole, Role.WhatsThisRole)


def columns(model: QAbstractItemModel, parent: QModelIndex) -> int:
    """Return the number of columns; lists hide theirs."""
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)


class Walk:
    """What was looked at, and what acts: kind, place and text."""

    def __init__(self) -> None:
        self.seen = 0
        self.planted = 0
        self.found: dict[tuple[str, str], str] = {}

    def look(self, place: str, text: object, *, rich: bool = False, keys: bool = False) -> None:
        """Look at a text; ``rich`` where Qt would take markup, ``keys`` where ampersands act."""
        if not isinstance(text, str) or not text:
            return
        self.seen += 1
        self.planted += "file:///x.png" in text or "x.png" in text
        if what := acting(text):
            self.found["control", place] = f"{what}: {text[:90]!r}"
        if rich and GuiQt.mightBeRichText(text):
            is_ours = text.startswith('<p style="white-space: pre-wrap">') and text.count("<") == 2
            if not is_ours:
                self.found["markup", place] = text[:90]
        if keys and "A&" in text.replace("&&", ""):
            self.found["mnemonic", place] = text[:90]

    def everything(self) -> None:
        """Look at all widgets there are, shown or not."""
        for top in QApplication.topLevelWidgets():
            for widget in (top, *top.findChildren(QWidget)):
                self.widget(widget)
            for action in top.findChildren(QAction):
                self.action(action)

    def widget(self, widget: QWidget) -> None:
        """Look at all texts of a widget."""
        name = f"{type(widget).__module__.rpartition('.')[2]}.{type(widget).__name__}"
        for tip in (widget.toolTip(), widget.statusTip(), widget.whatsThis()):
            self.look(f"{name} tip", tip, rich=True)
        for text in (
            *(widget.accessibleName(), widget.accessibleDescription()),
            *(widget.windowTitle(), widget.windowIconText()),
        ):
            self.look(f"{name} name", text)
        self._own(widget, name)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            self.model(widget.model(), name)
        if isinstance(widget, QComboBox):
            self.model(widget.model(), name)

    def _own(self, widget: QWidget, name: str) -> None:
        if isinstance(widget, QLabel):
            may = widget.textFormat() is not Qt.TextFormat.PlainText
            self.look(f"{name} text", widget.text(), rich=may)
        elif isinstance(widget, QAbstractButton):
            self.look(f"{name} button", widget.text(), keys=True)
        elif isinstance(widget, QGroupBox | QMenu):
            self.look(f"{name} title", widget.title(), keys=True)
        elif isinstance(widget, QLineEdit):
            self.look(f"{name} field", widget.text())
            self.look(f"{name} hint", widget.placeholderText())
        elif isinstance(widget, QPlainTextEdit | QTextEdit):
            self.look(f"{name} field", widget.toPlainText())
            self.look(f"{name} hint", widget.placeholderText())
            assert isinstance(widget, QPlainTextEdit), "markup could be put in here"
        elif isinstance(widget, QProgressBar):
            self.look(f"{name} format", widget.format())
        elif isinstance(widget, QMessageBox):
            may = widget.textFormat() is not Qt.TextFormat.PlainText
            self.look(f"{name} text", widget.text(), rich=may)
            self.look(f"{name} more", widget.informativeText(), rich=True)
            self.look(f"{name} details", widget.detailedText())
        if isinstance(widget, QTabWidget):
            for n in range(widget.count()):
                self.look(f"{name} tab", widget.tabText(n), keys=True)
                self.look(f"{name} tab", widget.tabToolTip(n), rich=True)

    def action(self, action: QAction) -> None:
        """Look at all texts of an action."""
        for text in (action.text(), action.iconText()):
            self.look("action text", text, keys=True)
        for text in (action.toolTip(), action.statusTip(), action.whatsThis()):
            self.look("action tip", text, rich=True)

    def model(
        self, model: QAbstractItemModel, name: str, parent: QModelIndex | None = None
    ) -> None:
        """Look at every role of every cell."""
        home = parent or QModelIndex()
        for row in range(model.rowCount(home)):
            for column in range(columns(model, home)):
                index = model.index(row, column, home)
                for role in _PLAIN:
                    self.look(f"{name} {role.name}", index.data(role))
                for role in _TIPS:
                    self.look(f"{name} {role.name}", index.data(role), rich=True)
                if not isinstance(model, QAbstractListModel) and model.rowCount(index):
                    self.model(model, name, index)
        for way in Qt.Orientation:
            flat = way is Qt.Orientation.Horizontal
            count = columns(model, QModelIndex()) if flat else model.rowCount()
            for n in range(count):
                for role in (*_PLAIN, *_TIPS):
                    head = model.headerData(n, way, role)
                    self.look(f"{name} head", head, rich=role in _TIPS)

    @contextmanager
    def painted(self, monkeypatch) -> Iterator[None]:
        """Look at every text that is painted meanwhile."""
        draw, add, label = QPainter.drawText, QPainterPath.addText, lettering.label_image

        def drawn(painter, *parts):
            for part in parts:
                self.look("painted", part)
            return draw(painter, *parts)

        def added(path, *parts):
            for part in parts:
                self.look("painted", part)
            return add(path, *parts)

        def lettered(text, *parts):
            self.look("painted letters", text)
            return label(text, *parts)

        with monkeypatch.context() as patch:
            patch.setattr(QPainter, "drawText", drawn)
            patch.setattr(QPainterPath, "addText", added)
            patch.setattr(lettering, "label_image", lettered)
            yield
