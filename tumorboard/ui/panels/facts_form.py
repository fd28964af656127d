"""The form of facts: every fact of the closed list with its state, author and picture."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.case.definitions import FactDefinition, fact_definitions, fact_groups
from tumorboard.case.facts import Fact, Place
from tumorboard.ui.models.provenance import provenance_text
from tumorboard.ui.panels.fact_editors import FactEditor, editor_for
from tumorboard.ui.panels.parts import ElidedLabel, head, link, scroll_column, words

#: The sections in the order in which a board needs them.
_ORDER = (
    "criteria",
    "vessels",
    "case",
    "staging",
    "biopsy",
    "patient",
    "symptoms",
    "embolism",
    "treatment",
    "surgery",
)


class FactRow(QWidget):
    """A fact: label, editor, and where the value came from."""

    def __init__(self, definition: FactDefinition, form: FactsForm) -> None:
        super().__init__()
        self.definition = definition
        self._uids: tuple[str, ...] = ()
        self._place: Place | None = None
        self.editor: FactEditor = editor_for(definition, self)
        self.editor.edited.connect(form.edited)
        label = words(definition.label)
        label.setToolTip(f"{definition.help}\n{definition.source}".strip())
        self._origin = ElidedLabel("", "dim")
        self._form = form
        self._jump = link("show", self._go, "Go to the picture")
        below = QHBoxLayout()
        below.addWidget(self._origin, 1)
        below.addWidget(self._jump)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 3, 0, 3)
        layout.setVerticalSpacing(2)
        layout.addWidget(label, 0, 0)
        layout.addWidget(self.editor, 0, 1)
        layout.addLayout(below, 1, 0, 1, 2)
        layout.setColumnStretch(0, 10)
        layout.setColumnStretch(1, 11)
        self.show_fact(None)

    def show_fact(self, fact: Fact | None) -> None:
        """Show a recorded fact, or that nothing is recorded."""
        self.editor.set_value(None if fact is None else fact.value)
        origin = "" if fact is None else provenance_text(fact.provenance)
        self._uids = () if fact is None else fact.provenance.annotation_uids
        self._place = None if fact is None else fact.provenance.place
        self._origin.set_full_text(origin)
        self._origin.setVisible(bool(origin))
        self._jump.setVisible(bool(self._uids) or self._place is not None)
        self._jump.setText(f"slice {self._place.slice_number}" if self._place else "show")

    def _go(self) -> None:
        if self._uids:
            self._form.jump_requested.emit(self._uids)
        elif self._place is not None:
            self._form.place_requested.emit(self._place)


class FactsForm(QWidget):
    """All facts by section; ``edited`` carries a name and a value, None for not known."""

    edited = Signal(str, object)
    jump_requested = Signal(tuple)
    place_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area, column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self._rows: dict[str, FactRow] = {}
        self._shown: dict[str, Fact | None] = {}
        titles = fact_groups()
        for group in (*_ORDER, *(g for g in titles if g not in _ORDER)):
            column.addWidget(head(titles[group]))
            for definition in fact_definitions().values():
                if definition.group == group:
                    self._rows[definition.name] = FactRow(definition, self)
                    column.addWidget(self._rows[definition.name])
        column.addStretch(1)

    def set_facts(self, facts: Mapping[str, Fact]) -> None:
        """Show the facts of a case; only rows that differ are touched."""
        for name, row in self._rows.items():
            fact = facts.get(name)
            if name not in self._shown or self._shown[name] != fact:
                row.show_fact(fact)
                self._shown[name] = fact

    def row(self, name: str) -> FactRow:
        """Return the row of a fact."""
        return self._rows[name]

    def go_to(self, name: str) -> None:
        """Scroll to a fact and give its editor the focus."""
        row = self._rows.get(name)
        if row is not None:
            self._area.ensureWidgetVisible(row, 0, 80)
            target = row.editor.findChild(QWidget)
            for child in row.editor.findChildren(QWidget):
                if child.focusPolicy() and (not hasattr(child, "isChecked") or child.isChecked()):
                    target = child
            if target is not None:
                target.setFocus()
