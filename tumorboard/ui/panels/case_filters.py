"""Filters below the search: status, category, phase, and what was put away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QToolButton, QVBoxLayout, QWidget

from tumorboard.app.statuses import STATUSES
from tumorboard.app.worklist import NEXT_MEETING, NO_MEETING, CaseFilter
from tumorboard.case.definitions import definition
from tumorboard.ui.models.case_rows import CATEGORY_WORDS

#: What a case may lack, in the words of the readiness lights.
MISSING_WORDS: Final = {
    "images": "Without images",
    "prior": "Without earlier images",
    "read": "Reading not confirmed",
    "histology": "Without histology",
    "criteria": "Criteria not all assessed",
    "question": "Without a question",
    "decision": "Without a signed decision",
}
_MEETINGS: Final = {NEXT_MEETING: "Next meeting", NO_MEETING: "On no agenda"}


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
        self.missing = _combo("Missing or not", MISSING_WORDS)
        self.meeting = _combo("Any meeting", _MEETINGS)
        self.archived = QCheckBox("Archived cases")
        self._body = QWidget(self)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.setSpacing(6)
        for box in (self.meeting, self.missing, self.status, self.category, self.phase):
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
            missing=str(self.missing.currentData()),
            meeting=str(self.meeting.currentData()),
        )

    def set_meetings(self, meetings: Mapping[str, str]) -> None:
        """Offer these meetings by UID and day; the chosen one stays chosen while it is there."""
        entries = {"": "Any meeting", **_MEETINGS, **meetings}
        held = [self.meeting.itemData(n) for n in range(self.meeting.count())]
        if held == list(entries):
            return
        chosen = self.meeting.currentData()
        with QSignalBlocker(self.meeting):
            self.meeting.clear()
            for data, text in entries.items():
                self.meeting.addItem(text, data)
            self.meeting.setCurrentIndex(max(self.meeting.findData(chosen), 0))


def _combo(any_: str, entries: Mapping[str, str]) -> QComboBox:
    box = QComboBox()
    box.addItem(any_, "")
    for data, text in entries.items():
        box.addItem(text, data)
    box.setAccessibleName(any_)
    return box
