"""Filters below the search: status, category, phase, and what was put away."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QToolButton, QVBoxLayout, QWidget

from tumorboard.app.statuses import STATUSES
from tumorboard.app.worklist import CaseFilter
from tumorboard.case.definitions import definition
from tumorboard.ui.models.case_rows import CATEGORY_WORDS


class CaseFilters(QWidget):
    """Folded away until it is asked for; a filter in force keeps it open."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setText("Filter ▾")
        self.toggle.setProperty("role", "tool")
        self.toggle.setAccessibleName("Show or hide the filters")
        self.status = _combo("Any status", {s: s.capitalize() for s in STATUSES})
        self.category = _combo("Any category", CATEGORY_WORDS)
        phases = {str(c.value): c.label for c in definition("disease_phase").choices}
        self.phase = _combo("Any phase", phases)
        self.archived = QCheckBox("Archived cases")
        self._body = QWidget(self)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.setSpacing(6)
        for box in (self.status, self.category, self.phase):
            inner.addWidget(box)
            box.currentIndexChanged.connect(lambda _n: self.changed.emit())
        inner.addWidget(self.archived)
        self.archived.toggled.connect(lambda _on: self.changed.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.toggle)
        layout.addWidget(self._body)
        self._body.hide()
        self.toggle.toggled.connect(self._body.setVisible)

    def wanted(self, typed: str) -> CaseFilter:
        """Return the filter with these typed words."""
        return CaseFilter(
            typed.strip(),
            str(self.category.currentData()),
            str(self.status.currentData()),
            str(self.phase.currentData()),
            self.archived.isChecked(),
        )


def _combo(any_: str, entries: Mapping[str, str]) -> QComboBox:
    box = QComboBox()
    box.addItem(any_, "")
    for data, text in entries.items():
        box.addItem(text, data)
    box.setAccessibleName(any_)
    return box
