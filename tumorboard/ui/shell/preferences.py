"""Preferences: every setting, and the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.keymap import changes
from tumorboard.app.settings import Setting, Settings, Value
from tumorboard.language import LANGUAGES, _
from tumorboard.ui.shell.key_table import KeyTable
from tumorboard.ui.shell.number_field import NumberField, WholeNumberField
from tumorboard.ui.shell.parts import scroll_column, words
from tumorboard.ui.shell.theme import scaled

_LABEL_WIDTH = 360


class Preferences(QDialog):
    """Shows the settings and carries what was changed when it is accepted.

    ``accepted_values`` has the values by the name of the setting; only changed ones.
    """

    accepted_values = Signal(dict)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Preferences"))
        self.resize(scaled(760), scaled(620))
        self._before = {name: settings[name] for name in settings.definitions}
        self.editors: dict[str, QWidget] = {}
        self.keys = KeyTable(settings.table("keys.changed"))
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
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
            label = words(_(setting.help))
            label.setFixedWidth(scaled(_LABEL_WIDTH))
            # The height that two lines need at this width; the form asks for one only.
            label.setMinimumHeight(label.heightForWidth(scaled(_LABEL_WIDTH)))
            editor = _editor(setting, settings[setting.name])
            editor.setAccessibleName(_(setting.help))
            self.editors[setting.name] = editor
            form.addRow(label, editor)
        tabs.addTab(area, _("General"))
        tabs.addTab(self.keys, _("Keys"))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs)
        layout.addWidget(buttons)

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
        for choice in setting.choices:
            combo.addItem(LANGUAGES.get(choice, _(choice)), choice)
        combo.setCurrentIndex(combo.findData(str(value)))
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
        return str(editor.currentData())
    if isinstance(editor, WholeNumberField | NumberField):
        return editor.value()
    return editor.text() if isinstance(editor, QLineEdit) else ""
