"""Preferences: every setting, and the keys, with a warning where two commands share one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.commands import COMMANDS
from tumorboard.app.keymap import changes, conflicts, keymap
from tumorboard.app.settings import Setting, Settings, Value
from tumorboard.ui.shell.number_field import NumberField, WholeNumberField
from tumorboard.ui.shell.parts import scroll_column, words

_LABEL_WIDTH = 360


class Preferences(QDialog):
    """Shows the settings and carries what was changed when it is accepted.

    ``accepted_values`` has the values by the name of the setting; only changed ones.
    """

    accepted_values = Signal(dict)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self.resize(760, 620)
        self._before = {name: settings[name] for name in settings.definitions}
        self.editors: dict[str, QWidget] = {}
        self.keys = KeyTable(settings.table("keys.changed"))
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._form(settings), "General")
        tabs.addTab(self.keys, "Keys")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs)
        layout.addWidget(buttons)

    def _form(self, settings: Settings) -> QWidget:
        area, column = scroll_column()
        form = QFormLayout()
        column.addLayout(form)
        column.addStretch(1)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        for setting in settings.definitions.values():
            if setting.type == "table":
                continue
            label = words(setting.help)
            label.setFixedWidth(_LABEL_WIDTH)
            # The height that two lines need at this width; the form asks for one only.
            label.setMinimumHeight(label.heightForWidth(_LABEL_WIDTH))
            editor = _editor(setting, settings[setting.name])
            editor.setAccessibleName(setting.help)
            self.editors[setting.name] = editor
            form.addRow(label, editor)
        return area

    def values(self) -> dict[str, Value]:
        """Return the values as they stand in the dialog."""
        found = {name: _value(editor) for name, editor in self.editors.items()}
        return {**found, "keys.changed": changes(self.keys.keymap)}

    def _accept(self) -> None:
        now = self.values()
        self.accept()
        self.accepted_values.emit({n: v for n, v in now.items() if v != self._before[n]})


def _editor(setting: Setting, value: Value) -> QWidget:
    if setting.type == "switch":
        box = QCheckBox()
        box.setChecked(bool(value))
        return box
    if setting.type == "choice":
        combo = QComboBox()
        combo.addItems(list(setting.choices))
        combo.setCurrentText(str(value))
        return combo
    if setting.type == "integer":
        spin = WholeNumberField()
        low = setting.minimum if setting.minimum is not None else -(2**31)
        high = setting.maximum if setting.maximum is not None else 2**31 - 1
        spin.setRange(int(low), int(high))
        spin.setValue(value if isinstance(value, int) else 0)
        return spin
    if setting.type == "number":
        number = NumberField()
        low = setting.minimum if setting.minimum is not None else -1e9
        high = setting.maximum if setting.maximum is not None else 1e9
        number.setRange(low, high)
        number.setValue(value if isinstance(value, float | int) else 0.0)
        return number
    return QLineEdit(str(value))


def _value(editor: QWidget) -> Value:
    if isinstance(editor, QCheckBox):
        return editor.isChecked()
    if isinstance(editor, QComboBox):
        return editor.currentText()
    if isinstance(editor, WholeNumberField | NumberField):
        return editor.value()
    return editor.text() if isinstance(editor, QLineEdit) else ""


class KeyTable(QWidget):
    """The commands with their keys; a field changes the keys of the marked one."""

    def __init__(self, changed: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keymap = keymap(changed)
        self._names = [command.name for command in COMMANDS]
        self.table = QTableWidget(len(self._names), 2)
        self.table.setHorizontalHeaderLabels(["Command", "Keys"])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, 220)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.field = QKeySequenceEdit()
        self.field.setAccessibleName("New key")
        self.field.setClearButtonEnabled(True)
        set_button, usual = QPushButton("Use this key"), QPushButton("Usual key")
        self.warning = words("", "warn")
        row = QHBoxLayout()
        for widget in (words("New key:", wrap=False), self.field, set_button, usual):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addLayout(row)
        layout.addWidget(self.warning)
        set_button.clicked.connect(self._use)
        usual.clicked.connect(self._use_usual)
        self.table.setCurrentCell(0, 0)
        self._fill()

    def _marked(self) -> str:
        return self._names[max(0, self.table.currentRow())]

    def _use(self) -> None:
        portable = QKeySequence.SequenceFormat.PortableText
        text = self.field.keySequence().toString(portable)
        self.keymap[self._marked()] = (text,) if text else ()
        self._fill()

    def _use_usual(self) -> None:
        self.keymap[self._marked()] = keymap({})[self._marked()]
        self._fill()

    def _fill(self) -> None:
        shared = conflicts(self.keymap)
        for row, command in enumerate(COMMANDS):
            keys = self.keymap[command.name]
            mark = "▲ " if any(key in shared for key in keys) else ""
            self.table.setItem(row, 0, QTableWidgetItem(command.label))
            self.table.setItem(row, 1, QTableWidgetItem(mark + ", ".join(keys)))
        sentences = [f"{key} stands for: {', '.join(names)}." for key, names in shared.items()]
        note = " Only the first of them is called." if sentences else ""
        self.warning.setText(" ".join(sentences[:3]) + note)
