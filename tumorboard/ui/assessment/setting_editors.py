"""Editors for one setting of the guideline, by its kind."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from tumorboard.guidelines.parameters import SettingDefinition
from tumorboard.quantity import parse_quantity
from tumorboard.text import menu as menu_text


class SettingEditor(QWidget):
    """Shows and gives the value of a setting."""

    def __init__(self, setting: SettingDefinition, value: Any) -> None:
        super().__init__()
        self.setting = setting
        self._parts: dict[Any, QWidget] = {}
        if setting.kind in ("integers", "names"):
            self._build_boxes(value)
        elif setting.kind in ("table", "record"):
            self._build_form(value)
        else:
            layout = QVBoxLayout(self)
            layout.setContentsMargins(0, 0, 0, 0)
            self._parts[""] = self._field(value, setting.title)
            layout.addWidget(self._parts[""])

    @property
    def value(self) -> Any:
        """The value as it stands in the fields; what cannot be read stays text."""
        kind = self.setting.kind
        if kind in ("integers", "names"):
            boxes = self._parts.items()
            return tuple(k for k, b in boxes if isinstance(b, QCheckBox) and b.isChecked())
        if kind in ("table", "record"):
            return {key: self._read(part) for key, part in self._parts.items()}
        return self._read(self._parts[""])

    def _build_boxes(self, value: Any) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for choice in self.setting.allowed:
            box = QCheckBox(menu_text(str(choice).replace("_", " ")))
            box.setChecked(choice in value)
            box.setAccessibleName(f"{self.setting.title}: {box.text()}")
            self._parts[choice] = box
            layout.addWidget(box)

    def _build_form(self, value: Any) -> None:
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for key, held in value.items():
            label = str(key).replace("_", " ")
            self._parts[key] = self._field(held, label)
            layout.addRow(label, self._parts[key])

    def _field(self, value: Any, label: str) -> QWidget:
        if self.setting.allowed:
            box = QComboBox()
            for choice in self.setting.allowed:
                box.addItem(str(choice).replace("_", " "), choice)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.setAccessibleName(label)
            return box
        line = QLineEdit(str(value))
        line.setAccessibleName(label)
        return line

    def _read(self, part: QWidget) -> Any:
        if isinstance(part, QComboBox):
            return part.currentData()
        text = part.text().strip() if isinstance(part, QLineEdit) else ""
        if self.setting.kind == "text":
            return text
        try:
            number = parse_quantity(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
