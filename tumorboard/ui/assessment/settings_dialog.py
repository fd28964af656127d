"""The institution's settings of the guideline: see, preview and sign a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.guidelines.parameters import SettingChange, SettingDefinition
from tumorboard.language import _
from tumorboard.ui.assessment.setting_editors import SettingEditor
from tumorboard.ui.shell.parts import clear, head, scroll_column, words

if TYPE_CHECKING:
    from tumorboard.app.guideline_tools import InForce

_CASES_SHOWN = 30


class SettingsDialog(QDialog):
    """Lists the settings; a change needs author, date and reason, and can be previewed.

    ``in_force`` gives what counts now, ``sources`` the places a setting rests on.
    """

    preview_requested = Signal(object)
    save_requested = Signal(object)

    def __init__(
        self,
        in_force: Callable[[], InForce],
        sources: Callable[[str], str],
        author: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Settings of the institution"))
        self.resize(1080, 620)
        self._in_force, self._sources = in_force, sources
        self.list = QListWidget()
        self.list.setAccessibleName(_("Settings"))
        self.list.setProperty("role", "choices")
        self.list.currentRowChanged.connect(lambda _row: self._show())
        area, self._column = scroll_column()
        layout = QHBoxLayout(self)
        layout.addWidget(self.list, 1)
        layout.addWidget(area, 1)
        self.author, self.date, self.reason = QLineEdit(author), QLineEdit(), QLineEdit()
        self.date.setText(date.today().isoformat())
        self._result = QVBoxLayout()
        self.editor: SettingEditor | None = None
        self.refresh()
        # Titles stand on one line each, whole; there is room for the mark of a change.
        self.list.ensurePolished()
        self.list.setMinimumWidth(min(560, self.list.sizeHintForColumn(0) + 24))
        self.list.setCurrentRow(0)

    def choose(self, identifier: str) -> None:
        """Show one setting."""
        names = [s.id for s in self._definitions()]
        if identifier in names:
            self.list.setCurrentRow(names.index(identifier))

    def refresh(self) -> None:
        """Show what counts now."""
        row = self.list.currentRow()
        changed = self._in_force().settings.changes
        self.list.blockSignals(True)
        self.list.clear()
        for s in self._definitions():
            mark = "  " + _("(changed)") if s.id in changed else ""
            self.list.addItem(f"{s.id}  {s.title}{mark}")
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        if row >= 0:
            self._show()

    def say(self, lines: Sequence[str], role: str = "") -> None:
        """Show what a preview or a save gave."""
        clear(self._result)
        for line in lines[:_CASES_SHOWN]:
            self._result.addWidget(words(line, role))
        if len(lines) > _CASES_SHOWN:
            self._result.addWidget(
                words(_("and {count} more", count=len(lines) - _CASES_SHOWN), "dim")
            )

    def change(self) -> SettingChange | None:
        """Return the change as it stands in the fields."""
        setting = self._setting()
        if setting is None or self.editor is None:
            return None
        signed = (self.author.text().strip(), self.date.text().strip(), self.reason.text().strip())
        return SettingChange(setting.id, self.editor.value, *signed)

    def _definitions(self) -> tuple[SettingDefinition, ...]:
        return tuple(self._in_force().settings.definitions.values())

    def _setting(self) -> SettingDefinition | None:
        row = self.list.currentRow()
        return self._definitions()[row] if row >= 0 else None

    def _show(self) -> None:
        setting, now = self._setting(), self._in_force()
        for field in (self.author, self.date, self.reason):
            field.setParent(None)
        self._result = QVBoxLayout()
        clear(self._column)
        if setting is None:
            return
        column = self._column
        column.addWidget(words(f"{setting.id}  {setting.title}", "title"))
        column.addWidget(
            words(" ".join((_("Institutional setting, editable."), setting.check)), "prompt")
        )
        column.addWidget(words(self._sources(setting.id), "dim"))
        column.addWidget(
            words(_("Shipped: {value}", value=f"{plain(setting.default)} {setting.unit}".strip()))
        )
        if now.problem:
            column.addWidget(words(now.problem, "prompt"))
        self.editor = SettingEditor(setting, now.settings.value(setting.id))
        column.addWidget(head(_("Here")))
        column.addWidget(self.editor)
        column.addWidget(head(_("Signed by")))
        for label, field in (
            (_("Name"), self.author),
            (_("Date"), self.date),
            (_("Reason"), self.reason),
        ):
            column.addWidget(words(label, "dim"))
            field.setAccessibleName(label)
            column.addWidget(field)
        column.addLayout(self._buttons())
        column.addLayout(self._result)
        held = now.overlay.history(setting.id)
        if held:
            self._column.addWidget(head(_("Changes so far")))
        for c in reversed(held):
            text = f"{plain(c.value)} · {c.author} · {c.date} · {c.reason}"
            self._column.addWidget(words(text))
        column.addStretch(1)

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.preview = QPushButton(_("Which cases would change?"))
        self.preview.clicked.connect(lambda _on=False: self.preview_requested.emit(self.change()))
        self.save = QPushButton(_("Change the setting"))
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(lambda _on=False: self.save_requested.emit(self.change()))
        for button in (self.preview, self.save):
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addStretch(1)
        return line


def plain(value: object) -> str:
    """Return a value of a setting as a line."""
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items()).replace("_", " ")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)).replace("_", " ")
    return str(value)
