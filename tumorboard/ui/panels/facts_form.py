"""The form of facts: every fact of the closed list with its state, author and picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tumorboard.case.anatomy import as_fact, checklist
from tumorboard.case.dates import BOARD, DATES
from tumorboard.case.definitions import fact_definitions, fact_groups
from tumorboard.case.facts import Fact
from tumorboard.case.model import Remark
from tumorboard.ui.panels.date_row import DateRow
from tumorboard.ui.panels.fact_foot import FactFoot
from tumorboard.ui.panels.fact_row import FactRow
from tumorboard.ui.panels.parts import head, scroll_column
from tumorboard.ui.panels.trial_strip import TrialRows, TrialStrip

#: The sections in the order in which a board needs them.
_ORDER = (
    "criteria",
    "vessels",
    "organs",
    "case",
    "staging",
    "biopsy",
    "patient",
    "symptoms",
    "embolism",
    "treatment",
    "surgery",
)
_BOARD_GROUP = "case"
#: The section of the organs around the mass, which are no facts of the closed list.
_ORGANS = "organs"


class FactsForm(QWidget):
    """All facts by section, built from the list.

    ``edited`` carries a name and a value, None for not known; ``overruled`` also a reason;
    ``tried`` a name and a value while a trial is on; ``dated`` a key and an ISO date or an
    empty text; ``organ_stated`` the key of an organ and what the mass does to it, or None.
    """

    edited = Signal(str, object)
    overruled = Signal(str, object, str)
    tried = Signal(str, object)
    dated = Signal(str, str)
    organ_stated = Signal(str, object)
    jump_requested = Signal(tuple)
    place_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area, column = scroll_column()
        self.strip = TrialStrip()
        self.foot = FactFoot()
        self.history: Callable[[str], Sequence[str]] = lambda _name: ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self._area, self.foot):
            layout.addWidget(widget)
        self._rows: dict[str, FactRow] = {}
        self._dates: dict[str, DateRow] = {}
        self._shown: dict[str, tuple[Fact | None, Fact | None]] = {}
        titles = {**fact_groups(), _ORGANS: "Organs around"}
        for group in (*_ORDER, *(g for g in titles if g not in _ORDER)):
            column.addWidget(head(titles[group]))
            self._fill(group, column)
        column.addStretch(1)
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]  # there is one

    def _fill(self, group: str, column: QVBoxLayout) -> None:
        dates = {d.fact: d for d in DATES if d.fact}
        asked = checklist() if group == _ORGANS else fact_definitions()
        for definition in asked.values():
            if definition.group != group:
                continue
            if definition.name in dates:
                column.addWidget(self._date(dates[definition.name].key))
            row = FactRow(definition)
            row.stated.connect(self._stated)
            row.jump_requested.connect(self.jump_requested)
            row.place_requested.connect(self.place_requested)
            row.editor.passed_on.connect(lambda step, name=definition.name: self._pass(name, step))
            self._rows[definition.name] = row
            column.addWidget(row)
        if group == _BOARD_GROUP:
            column.addWidget(self._date(BOARD.key))

    def _date(self, key: str) -> DateRow:
        row = DateRow(next(d for d in DATES if d.key == key))
        row.dated.connect(self.dated)
        self._dates[key] = row
        return row

    def set_facts(
        self, facts: Mapping[str, Fact], derived: Mapping[str, Fact] | None = None
    ) -> None:
        """Show the facts of a case; only rows that differ are touched."""
        held = derived or {}
        for name in self._rows:
            if name not in checklist():
                self._show_fact(name, facts.get(name), held.get(name))
        self._show_foot(QApplication.focusWidget())

    def _show_fact(self, name: str, fact: Fact | None, derived: Fact | None = None) -> None:
        if name not in self._shown or self._shown[name] != (fact, derived):
            self._rows[name].show_fact(fact, derived)
            self._shown[name] = (fact, derived)

    def set_beside(self, texts: Mapping[str, str]) -> None:
        """Show beside each criterion what was measured near it."""
        for name, row in self._rows.items():
            row.show_beside(texts.get(name, ""))

    def set_remarks(self, remarks: Iterable[Remark]) -> None:
        """Show the dates of a case, and what was said of the organs around."""
        held = {r.key: r for r in remarks}
        for key, row in self._dates.items():
            row.show_remark(held.get(key))
        for key in checklist():
            self._show_fact(key, as_fact(held[key]) if key in held else None)

    def set_trial(self, rows: TrialRows | None) -> None:
        """Say that edits are tried and not recorded, or that they are recorded."""
        self.strip.set_trial(rows)
        for row in (*self._dates.values(), *(self._rows[key] for key in checklist())):
            row.setEnabled(rows is None)

    def row(self, name: str) -> FactRow:
        """Return the row of a fact."""
        return self._rows[name]

    def date_row(self, key: str) -> DateRow:
        """Return the row of a date."""
        return self._dates[key]

    def go_to(self, name: str) -> None:
        """Scroll to a fact and give its editor the focus."""
        row = self._rows.get(name)
        if row is not None:
            self._area.ensureWidgetVisible(row, 0, 80)
            row.focus_editor()

    def _pass(self, name: str, step: int) -> None:
        names = list(self._rows)
        index = names.index(name) + step
        if 0 <= index < len(names):
            self.go_to(names[index])

    def _stated(self, name: str, value: object, reason: str) -> None:
        if name in checklist():
            self.organ_stated.emit(name, value)
        elif not self.strip.isHidden():
            self.tried.emit(name, value)
        elif reason:
            self.overruled.emit(name, value, reason)
        else:
            self.edited.emit(name, value)

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isAncestorOf(new):
            self._show_foot(new)

    def _show_foot(self, focus: QWidget | None) -> None:
        row = next((r for r in self._rows.values() if focus and r.isAncestorOf(focus)), None)
        if row is None:
            self.foot.show_fact(None, ())
        else:
            self.foot.show_fact(row.definition, self.history(row.definition.name))
