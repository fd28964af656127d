"""The keys of all commands by menu: searched, changed one by one, or taken from another viewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.command_search import matches
from tumorboard.app.commands import COMMANDS, Command
from tumorboard.app.key_presets import OURS, key_presets, preset_of
from tumorboard.app.keymap import conflicts, keymap, refusal
from tumorboard.language import _, ngettext
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.text_widgets import key_words

_NAME: Final = Qt.ItemDataRole.UserRole
_OWN: Final = _("Keys of your own")
#: Where commands stand that no menu has.
_ELSEWHERE: Final = _("Everywhere")


class KeyTable(QWidget):
    """The commands with their keys; a field changes the keys of the marked one.

    A key that something else has is refused. ``keymap`` are the keys as they stand.
    """

    def __init__(self, changed: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keymap = keymap(changed)
        self.presets = QComboBox()
        self.presets.setAccessibleName(_("Keys as in"))
        self.presets.addItems([OURS, *(preset.name for preset in key_presets()), _OWN])
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Command or key"))
        self.search.setAccessibleName(_("Search keys"))
        self.search.setClearButtonEnabled(True)
        self.rows: dict[str, QTreeWidgetItem] = {}
        self.groups: dict[str, QTreeWidgetItem] = {}
        self.tree = self._made_tree()
        self.field = QKeySequenceEdit()
        self.field.setAccessibleName(_("New key"))
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumSequenceLength(1)
        self.use, self.usual = QPushButton(_("Use this key")), QPushButton(_("Usual key"))
        self.none = QPushButton(_("No key"))
        self.warning = words("", "warn")
        top, row = QHBoxLayout(), QHBoxLayout()
        for widget in (self.search, words(_("Keys as in:"), wrap=False), self.presets):
            top.addWidget(widget)
        for button in (self.use, self.usual, self.none):
            button.setAutoDefault(False)
        for one in (words(_("New key:"), wrap=False), self.field, self.use, self.usual, self.none):
            row.addWidget(one)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.tree)
        layout.addLayout(row)
        layout.addWidget(self.warning)
        self.use.clicked.connect(self._use)
        self.usual.clicked.connect(self._use_usual)
        self.none.clicked.connect(lambda: self._give((), ""))
        self.search.textChanged.connect(lambda _text: self._filter())
        self.presets.activated.connect(lambda _index: self._take(self.presets.currentText()))
        self._fill(self._left())

    def _made_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderLabels([_("Command"), _("Keys")])
        tree.setAccessibleName(_("Commands and keys"))
        tree.setColumnWidth(0, 420)
        for command in COMMANDS:
            menu = _menu_of(command)
            if menu not in self.groups:
                self.groups[menu] = QTreeWidgetItem(tree, [menu])
                self.groups[menu].setFlags(Qt.ItemFlag.ItemIsEnabled)
            row = QTreeWidgetItem(self.groups[menu], [command.label])
            row.setData(0, _NAME, command.name)
            self.rows[command.name] = row
        tree.expandAll()
        tree.setCurrentItem(next(iter(self.rows.values())))
        return tree

    def _marked(self) -> str:
        row = self.tree.currentItem()
        return str(row.data(0, _NAME) or "") if row is not None else ""

    def _use(self) -> None:
        text = self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if not text:
            self.warning.setText(_("Press a key in the field first."))
            return
        self._give((text,), refusal(self.keymap, self._marked(), text))

    def _use_usual(self) -> None:
        usual = keymap({}).get(self._marked(), ())
        refused = (refusal(self.keymap, self._marked(), key) for key in usual)
        self._give(usual, next((reason for reason in refused if reason), ""))

    def _give(self, keys: tuple[str, ...], refused: str) -> None:
        """Give keys to the marked command, or say why it cannot have them."""
        if not self._marked():
            refused = _("Mark a command first.")
        if not refused:
            self.keymap[self._marked()] = keys
        self._fill(refused or self._left())

    def _take(self, name: str) -> None:
        """Take all keys of a preset."""
        found = next((preset for preset in key_presets() if preset.name == name), None)
        if found is None and name != OURS:
            self._fill(self._left())
            return
        self.keymap = keymap({}) if found is None else found.keymap
        moved = 0 if found is None else len(found.moved)
        told = ngettext(
            "{count} of our commands gave up a key and has another one.",
            "{count} of our commands gave up a key and have another one.",
            moved,
        )
        self._fill(self._left() or (told if moved else ""))

    def _left(self) -> str:
        """Return which keys call two things all the same: a settings file may say so."""
        shared = conflicts(self.keymap)
        sentences = [
            _("{key} stands for: {commands}.", key=key_words(key), commands=", ".join(names))
            for key, names in shared.items()
        ]
        note = [_("Only the first of them is called.")] if sentences else []
        return " ".join([*sentences[:3], *note])

    def _fill(self, told: str) -> None:
        shared = conflicts(self.keymap)
        for name, row in self.rows.items():
            keys = self.keymap[name]
            mark = "▲ " if any(key in shared for key in keys) else ""
            row.setText(1, mark + ", ".join(map(key_words, keys)))
        self.presets.setCurrentText(preset_of(self.keymap) or _OWN)
        self.warning.setText(told)
        self._filter()

    def _filter(self) -> None:
        """Show the commands whose name, menu or key matches what is searched for."""
        wanted = self.search.text()
        shown = set()
        for command in COMMANDS:
            row, menu = self.rows[command.name], _menu_of(command)
            is_found = matches(f"{menu} {command.label} {row.text(1)}", wanted)
            row.setHidden(not is_found)
            shown |= {menu} if is_found else set()
        for menu, group in self.groups.items():
            group.setHidden(menu not in shown)


def _menu_of(command: Command) -> str:
    """Return the title of the menu that a command stands in."""
    return _(command.menu) if command.menu else _ELSEWHERE
