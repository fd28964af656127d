"""A row of the form: label, editor, where the value came from, and the reason to overrule."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from tumorboard.case.definitions import FactDefinition, value_text
from tumorboard.case.facts import Fact, Place
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.facts.editors import FactEditor, editor_for
from tumorboard.ui.shell.parts import ElidedLabel, link, words
from tumorboard.ui.shell.provenance import provenance_text
from tumorboard.ui.shell.theme import scaled

#: In a narrower row (px) the editor stands below the words.
_SIDE_BY_SIDE_PX = 352
#: Longer words than these (characters) do not fit into half a row.
_HALF_ROW = 19


def needs_width(definition: FactDefinition) -> bool:
    """Whether an editor needs a line of its own, so that no choice is cut."""
    longest = max((len(c.label) for c in definition.choices), default=0)
    return definition.kind == "choice" and longest > _HALF_ROW


class FactRow(QWidget):
    """A fact; ``stated`` carries name, value and the reason when it overrules a derived value."""

    stated = Signal(str, object, str)
    jump_requested = Signal(tuple)
    place_requested = Signal(object)

    def __init__(self, definition: FactDefinition) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.definition = definition
        self._uids: tuple[str, ...] = ()
        self._place: Place | None = None
        self._fact: Fact | None = None
        self._derived: Fact | None = None
        self._wanted: Any = None
        self.editor: FactEditor = editor_for(definition, self)
        self.editor.edited.connect(self._edited)
        unit = f", {definition.unit_words}" if definition.unit else ""
        label = words(definition.label + unit)
        label.setToolTip(tip("\n".join(definition.explained)))
        self._origin = ElidedLabel("", "dim")
        self._rests_on = words("", "dim")
        self._overruled = words("", "dim")
        self._beside = words("", "dim")
        self._beside.hide()
        self._keys = words("", "keys")
        self._keys.hide()
        self._jump = link(_("Show"), self._go, _("Go to the picture"))
        self.back = link(
            _("take back"),
            lambda: self.stated.emit(definition.name, None, ""),
            _("The derived value counts again"),
            of=definition.label,
        )
        self.reason = QLineEdit()
        self.reason.setAccessibleName(_("Reason to overrule: {label}", label=definition.label))
        self.reason.returnPressed.connect(self._overrule)
        below = QHBoxLayout()
        for widget, stretch in ((self._origin, 1), (self._jump, 0), (self.back, 0)):
            below.addWidget(widget, stretch)
        layout = QGridLayout(self)
        layout.setContentsMargins(6, 3, 6, 3)
        layout.setVerticalSpacing(2)
        self._grid, self._label = layout, label
        self._is_stacked: bool | None = None
        self._arrange()
        self.setMinimumWidth(1)  # in a narrow panel the editor stands below the words
        layout.addLayout(below, 2, 0, 1, 2)
        layout.addWidget(self._rests_on, 3, 0, 1, 2)
        layout.addWidget(self._overruled, 4, 0, 1, 2)
        layout.addWidget(self.reason, 5, 0, 1, 2)
        layout.addWidget(self._beside, 6, 0, 1, 2)
        layout.addWidget(self._keys, 7, 0, 1, 2)
        layout.setColumnStretch(0, 10)
        layout.setColumnStretch(1, 11)
        self.show_fact(None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Stand side by side where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the editor beside the words, or below them where no choice may be cut."""
        stacked = needs_width(self.definition) or self.width() < scaled(_SIDE_BY_SIDE_PX)
        if stacked is self._is_stacked:
            return
        self._is_stacked = stacked
        grid = self._grid
        for widget in (self._label, self.editor):
            grid.removeWidget(widget)
        grid.addWidget(self._label, 0, 0, 1, 2 if stacked else 1)
        if stacked:
            grid.addWidget(self.editor, 1, 0, 1, 2)
        else:
            grid.addWidget(self.editor, 0, 1)

    @property
    def origin(self) -> str:
        """Where the value came from, in words."""
        return self._origin.full_text

    def show_fact(self, fact: Fact | None, derived: Fact | None = None) -> None:
        """Show a recorded fact and what was derived, or that nothing is recorded."""
        self._fact, self._derived = fact, derived
        self.editor.set_value(None if fact is None else fact.value)
        provenance = None if fact is None else fact.provenance
        self._origin.set_full_text(provenance_text(provenance) if provenance else "")
        self._origin.setVisible(provenance is not None)
        # Of which images a value is, and what limits it: the date beside it is that of the drawing.
        measured = provenance is not None and provenance.origin == "annotation"
        self._rests_on.setText(provenance.note if provenance is not None and measured else "")
        self._rests_on.setVisible(bool(self._rests_on.text()))
        self._uids = provenance.annotation_uids if provenance else ()
        self._place = provenance.place if provenance else None
        self._jump.setVisible(bool(self._uids) or self._place is not None)
        self._jump.setText(self._place.words if self._place else _("Show"))
        self._jump.setAccessibleName(f"{self.definition.label}: {self._jump.text()}")
        over = provenance is not None and provenance.origin == "entered" and derived is not None
        self.back.setVisible(over)
        differs = over and fact is not None and derived is not None and fact.value != derived.value
        self._overruled.setVisible(differs)
        if differs and derived is not None and provenance is not None:
            was = value_text(self.definition.name, derived.value)
            why = f": {provenance.note}" if provenance.note else ""
            self._overruled.setText(
                _(
                    "Overrules {was} ({origin}){why}",
                    was=was,
                    origin=provenance_text(derived.provenance),
                    why=why,
                )
            )
        self.reason.hide()
        self.reason.clear()

    def show_beside(self, text: str) -> None:
        """Show what was measured near it, for the reader to weigh."""
        if text != self._beside.text():
            self._beside.setText(text)
            self._beside.setVisible(bool(text))

    def set_answering(self, *, on: bool) -> None:
        """Let keys answer here, with an outline and the keys written below; or no longer."""
        self.editor.set_answering(on=on)
        self._keys.setText(
            _("Keys answer: {answers} · Esc ends", answers=self.editor.keys_text) if on else ""
        )
        self._keys.setVisible(on)
        self.setProperty("answering", on)
        self.style().unpolish(self)
        self.style().polish(self)

    def focus_editor(self) -> None:
        """Give the editor the focus: the button that is down, the list, the line."""
        target: QWidget | None = None
        for child in self.editor.findChildren(QWidget):
            is_up = isinstance(child, QPushButton) and child.isCheckable() and not child.isChecked()
            if child.focusPolicy() and not is_up:
                target = target or child
        if target is not None:
            target.setFocus()

    def _edited(self, name: str, value: object) -> None:
        derived = self._derived
        if derived is None:
            self.stated.emit(name, value, "")
        elif value is None or value == derived.value:  # the derived value counts
            self.stated.emit(name, None, "")
            self.show_fact(self._fact, derived)
        else:
            self._wanted = value
            was = value_text(self.definition.name, derived.value)
            self.reason.setPlaceholderText(_("Why overrule {was}? Reason, then Enter", was=was))
            self.reason.show()
            self.reason.setFocus()

    def _overrule(self) -> None:
        reason = " ".join(self.reason.text().split())
        if reason:
            self.stated.emit(self.definition.name, self._wanted, reason)

    def _go(self) -> None:
        if self._uids:
            self.jump_requested.emit(self._uids)
        elif self._place is not None:
            self.place_requested.emit(self._place)
