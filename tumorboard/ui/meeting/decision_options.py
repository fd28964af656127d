"""Options of the catalogue in a decision: picked by letters or from a list, one a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.decision import RejectedOption
from tumorboard.language import _
from tumorboard.ui.meeting.decision_parts import Line
from tumorboard.ui.meeting.decision_words import OptionChoice
from tumorboard.ui.shell.parts import link, words

#: What a list needs beside its words for its frame and a scroll bar, in logical pixels.
_BESIDE = 24
#: Keys that look through the options: of these two open the list.
_OPEN = (Qt.Key.Key_Down, Qt.Key.Key_F4)
_LOOK = (*_OPEN, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_OWN = (*_LOOK, *_TAKE, Qt.Key.Key_Escape)


class Picker(QComboBox):
    """Adds an option of the catalogue: a few letters of it, then Enter; or from the list.

    While one types, matches are offered below the field, and what is typed stays as it was:
    the arrows go through them, and Enter, Tab or a click takes the one that is lit. Enter
    without one lit takes the first match. Each of these picks one option and empties the field.
    """

    picked = Signal(str)

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(16)
        self.field().setPlaceholderText(hint)
        self.field().setAccessibleName(name)
        self.setCompleter(QCompleter(self))  # knows nothing: its own takes what is lit at once
        self.matches = QCompleter(self.model(), self)
        self.matches.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.matches.setFilterMode(Qt.MatchFlag.MatchContains)
        self.matches.setMaxVisibleItems(16)
        self.matches.setWidget(self.field())
        self.popup().setProperty("role", "choices")
        self.popup().setAccessibleName(_("{name}: matches", name=name))
        self.popup().installEventFilter(self)  # before the one of the completer
        self.popup().clicked.connect(self._take_match)
        self.field().textEdited.connect(self._typed)
        self.field().returnPressed.connect(self._entered)
        self.activated.connect(self._chosen)
        self._listing = False

    def field(self) -> QLineEdit:
        """Return the field that one types into."""
        field = self.lineEdit()
        if field is None:
            raise RuntimeError("an editable box has a field")
        return field

    def popup(self) -> QAbstractItemView:
        """Return the list of matches below the field."""
        popup = self.matches.popup()
        if popup is None:
            raise RuntimeError("a completer has a list")
        return popup

    def offer(self, options: Sequence[OptionChoice]) -> None:
        """Offer these options; letters that somebody types meanwhile stay."""
        entries = [(option.line, option.id) for option in options]
        if entries == [(self.itemText(n), self.itemData(n)) for n in range(self.count())]:
            return
        held = self.field().text()
        with QSignalBlocker(self):
            self.clear()
            for line, key in entries:
                self.addItem(line, key)
            self._empty()
        self.field().setText(held)

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - a name of Qt
        """Let the form scroll."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Open the list with Down; no key takes an option that was not seen in a list."""
        if event.key() not in _LOOK:
            super().keyPressEvent(event)
        elif event.key() not in _OPEN:
            event.ignore()
        elif self.field().text().strip():
            self._offer_matches()
        else:
            self.showPopup()

    def showPopup(self) -> None:  # noqa: N802 - a name of Qt
        """Show all options."""
        self._listing = True
        super().showPopup()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Take the match that is lit with Enter or Tab; Esc takes the matches away alone."""
        if watched is not self.popup() or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN:
            event.accept()  # else a command of the window has the key
            return True
        return event.type() == QEvent.Type.KeyPress and self._key_in_matches(event.key())

    def _key_in_matches(self, key: int) -> bool:
        """Do what a key means while matches are offered; return whether it means something."""
        lit = self.popup().currentIndex()
        if key == Qt.Key.Key_Escape:
            self.popup().hide()
            return True
        if not lit.isValid() or key not in _TAKE:
            return False
        self._take_match(lit)
        if key == Qt.Key.Key_Tab:
            self.focusNextChild()
        return True

    def _typed(self, text: str) -> None:
        self._listing = False
        if text.strip():
            self._offer_matches()
        else:
            self.popup().hide()

    def _offer_matches(self) -> None:
        self.matches.setCompletionPrefix(self.field().text().strip())
        field = self.field()
        width = max(field.width(), self.popup().sizeHintForColumn(0) + _BESIDE)
        self.matches.complete(QRect(min(0, field.width() - width), 0, width, field.height()))

    def _take_match(self, index: QModelIndex) -> None:
        key = index.data(Qt.ItemDataRole.UserRole)
        self.popup().hide()
        self._take(key)

    def _entered(self) -> None:
        typed = self.field().text().casefold().strip()
        found = [n for n in range(self.count()) if typed and typed in self.itemText(n).casefold()]
        self.popup().hide()
        if found:
            self._take(self.itemData(found[0]))

    def _chosen(self, index: int) -> None:
        """Take what was chosen in the list; words that happen to be an option are no choice."""
        if self._listing:
            self._take(self.itemData(index))

    def _take(self, key: object) -> None:
        self._listing = False
        with QSignalBlocker(self):
            self._empty()
        if key:
            self.picked.emit(str(key))

    def _empty(self) -> None:
        self.setCurrentIndex(-1)
        self.clearEditText()


class OptionRows(QWidget):
    """Options that were picked, one a line; ``with_reasons`` asks why for each."""

    edited = Signal()

    def __init__(self, name: str, hint: str, *, with_reasons: bool) -> None:
        super().__init__()
        self._with_reasons = with_reasons
        self._name = name
        self._title: Callable[[str], str] = str
        self._statuses: dict[str, str] = {}
        self._reasons: dict[str, Line | None] = {}
        self._lines: dict[str, QWidget] = {}
        self.picker = Picker(name, hint)
        self.picker.picked.connect(self._add)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._rows)
        layout.addWidget(self.picker)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that were picked, in their order."""
        return tuple(self._reasons)

    @property
    def rejected(self) -> tuple[RejectedOption, ...]:
        """The options with their reasons."""
        return tuple(RejectedOption(k, f.text() if f else "") for k, f in self._reasons.items())

    def reason(self, option: str) -> Line | None:
        """Return the field of a reason."""
        return self._reasons.get(option)

    def set_catalogue(self, options: Sequence[OptionChoice], title: Callable[[str], str]) -> None:
        """Offer these options."""
        self._title = title
        self._statuses = {option.id: option.status for option in options}
        self.picker.offer(options)
        held = self.rejected
        self.set_value(())
        self.set_value(held)

    def set_value(self, options: Sequence[RejectedOption]) -> None:
        """Show options with their reasons without reporting them; rows that stay are kept."""
        if list(self._reasons) != [o.option for o in options]:
            for line in self._lines.values():
                self._rows.removeWidget(line)
                line.hide()
                line.deleteLater()
            self._reasons.clear()
            self._lines.clear()
            for option in options:
                self._insert(option.option)
        for option in options:
            field = self._reasons[option.option]
            if field is not None:
                field.set_value(option.reason)

    def _insert(self, option: str) -> None:
        title = self._title(option)
        line = QWidget(self)
        layout = QVBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.addWidget(words(title), 1)
        status = self._statuses.get(option, "")
        if status:
            top.addWidget(words(status, "dim", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        remove = link(_("remove"), lambda: self._remove(option))
        remove.setAccessibleName(_("Remove {title}", title=title))
        top.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        field = None
        if self._with_reasons:
            field = Line(_("Why not: {title}", title=title), _("Why it was not taken"))
            field.edited.connect(self.edited)
            layout.addWidget(field)
        self._rows.addWidget(line)
        self._reasons[option], self._lines[option] = field, line

    def _add(self, option: str) -> None:
        if option in self._reasons:
            return
        self._insert(option)
        field = self._reasons[option]
        if field is not None:
            field.setFocus()
        self.edited.emit()

    def _remove(self, option: str) -> None:
        line = self._lines.pop(option)
        self._reasons.pop(option)
        self._rows.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.picker.setFocus()
        self.edited.emit()
