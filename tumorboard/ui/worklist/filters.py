"""Filters below the search: status, category, phase, and what was put away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final
from urllib.parse import parse_qsl, urlencode

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.statuses import STATUSES
from tumorboard.app.worklist import NEXT_MEETING, NO_MEETING, CaseFilter
from tumorboard.case.definitions import definition
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.case_words import CATEGORY_WORDS, COLUMNS
from tumorboard.ui.shell.flow import FlowLayout
from tumorboard.ui.shell.text_widgets import menu_entry

#: What a case may lack, in the words of the readiness lights.
MISSING_WORDS: Final = {
    "images": _("Without images"),
    "prior": _("Without earlier images"),
    "read": _("Reading not confirmed"),
    "histology": _("Without histology"),
    "criteria": _("Criteria not all assessed"),
    "question": _("Without a question"),
    "decision": _("Without a signed decision"),
}
_MEETINGS: Final = {NEXT_MEETING: _("Next meeting"), NO_MEETING: _("On no agenda")}


class CaseFilters(QWidget):
    """Folded away until it is asked for; a filter in force keeps it open."""

    changed = Signal()
    columns_changed = Signal(tuple)
    save_requested = Signal()
    forget_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setText(_("Filter ▾"))
        self.toggle.setProperty("role", "tool")
        self.toggle.setAccessibleName(_("Show or hide the filters"))
        self.status = _combo(_("Any status"), {s: _(s).capitalize() for s in STATUSES})
        self.category = _combo(_("Any category"), CATEGORY_WORDS)
        phases = {str(c.value): c.label for c in definition("disease_phase").choices}
        self.phase = _combo(_("Any phase"), phases)
        self.missing = _combo(_("Missing or not"), MISSING_WORDS)
        self.meeting = _combo(_("Any meeting"), _MEETINGS)
        self.archived = QCheckBox(_("Archived cases"))
        self._body = QWidget(self)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.setSpacing(6)
        for box in (self.meeting, self.missing, self.status, self.category, self.phase):
            inner.addWidget(box)
            box.currentIndexChanged.connect(lambda _n: self.changed.emit())
        inner.addWidget(self.archived)
        self.archived.toggled.connect(lambda _on: self.changed.emit())
        self.columns = _menu_button(_("Show ▾"), _("What stands below each label"))
        self.saved = _menu_button(_("Saved ▾"), _("Saved filters"))
        self._fill_columns(())
        self.set_saved({})
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        line = FlowLayout(0)
        for button in (self.toggle, self.saved, self.columns):
            line.addWidget(button)
        layout.addLayout(line)
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

    # -- what stands below a label --------------------------------------------------------

    def set_columns(self, chosen: Sequence[str]) -> None:
        """Tick what stands below the label of a case."""
        self._fill_columns(chosen)

    def _fill_columns(self, chosen: Sequence[str]) -> None:
        menu = self.columns.menu()
        menu.clear()
        for name, text in COLUMNS.items():
            action = menu_entry(menu, text)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.setData(name)
            action.triggered.connect(lambda _checked=False: self._tell_columns())

    def _tell_columns(self) -> None:
        ticked = (a.data() for a in self.columns.menu().actions() if a.isChecked())
        self.columns_changed.emit(tuple(ticked))

    # -- saved filters -------------------------------------------------------------------

    def set_saved(self, filters: Mapping[str, str]) -> None:
        """Offer these filters, as `text_of_filter` wrote them."""
        menu = self.saved.menu()
        menu.clear()
        for name, text in filters.items():
            menu_entry(menu, name, partial(self.use, text))
        if filters:
            menu.addSeparator()
            forget = menu.addMenu(_("Forget"))
            for name in filters:
                menu_entry(forget, name, partial(self.forget_requested.emit, name))
        menu.addAction(_("No filter"), partial(self.use, ""))
        menu.addAction(_("Save this filter…"), self.save_requested.emit)

    def use(self, text: str) -> None:
        """Put a saved filter in force."""
        wanted = dict(parse_qsl(text))
        for name, box in self._boxes().items():
            with QSignalBlocker(box):
                box.setCurrentIndex(max(box.findData(wanted.get(name, "")), 0))
        with QSignalBlocker(self.archived):
            self.archived.setChecked(wanted.get("archived") == "yes")
        self.toggle.setChecked(bool(wanted))
        self.changed.emit()

    def text_of_filter(self) -> str:
        """Return the filter in force as a text; typed words may name a patient and stay out."""
        pairs = {name: str(box.currentData()) for name, box in self._boxes().items()}
        pairs["archived"] = "yes" if self.archived.isChecked() else ""
        return urlencode({name: value for name, value in pairs.items() if value})

    def _boxes(self) -> dict[str, QComboBox]:
        return {
            "meeting": self.meeting,
            "missing": self.missing,
            "status": self.status,
            "category": self.category,
            "phase": self.phase,
        }

    def set_meetings(self, meetings: Mapping[str, str]) -> None:
        """Offer these meetings by UID and day; the chosen one stays chosen while it is there."""
        entries = {"": _("Any meeting"), **_MEETINGS, **meetings}
        held = [self.meeting.itemData(n) for n in range(self.meeting.count())]
        if held == list(entries):
            return
        chosen = self.meeting.currentData()
        with QSignalBlocker(self.meeting):
            self.meeting.clear()
            for data, text in entries.items():
                self.meeting.addItem(text, data)
            self.meeting.setCurrentIndex(max(self.meeting.findData(chosen), 0))


def _menu_button(text: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setProperty("role", "tool")
    button.setAccessibleName(name)
    button.setToolTip(tip(name))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    return button


def _combo(any_: str, entries: Mapping[str, str]) -> QComboBox:
    box = QComboBox()
    box.addItem(any_, "")
    for data, text in entries.items():
        box.addItem(text, data)
    box.setAccessibleName(any_)
    return box
