"""The form of facts: every fact of the closed list with its state, author and picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tumorboard.case.anatomy import as_fact, checklist
from tumorboard.case.dates import BOARD, DATES
from tumorboard.case.definitions import FactDefinition, fact_definitions, fact_groups
from tumorboard.case.facts import Fact
from tumorboard.case.model import Remark
from tumorboard.language import _
from tumorboard.ui.facts.date_row import DateRow
from tumorboard.ui.facts.foot import FactFoot
from tumorboard.ui.facts.row import FactRow
from tumorboard.ui.shell.parts import head, scroll_column, words
from tumorboard.ui.shell.trial_strip import TrialRows, TrialStrip

#: The sections in the order in which a board needs them.
_ORDER = (
    "criteria",
    "vessels",
    "organs",
    "case",
    "pathology",
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
#: So long (seconds) rows are made before the event loop has its turn, on show and ahead.
_BUILD_S: Final = 0.006
_BUILD_AHEAD_S: Final = 0.002
#: Rows are made ahead so long after the start, and with so much time between (milliseconds).
_AHEAD_MS: Final = 2000
_BESIDE_MS: Final = 30


@dataclass(frozen=True)
class _Part:
    """A line of the form: the head of a section, a date or a fact."""

    head: str = ""
    date: str = ""
    fact: FactDefinition | None = None


def _parts() -> Iterator[_Part]:
    """Yield what the form is made of, from top to bottom."""
    dates = {d.fact: d.key for d in DATES if d.fact}
    titles = {**fact_groups(), _ORGANS: _("Organs around")}
    for group in (*_ORDER, *(g for g in titles if g not in _ORDER)):
        yield _Part(head=titles[group])
        asked = checklist() if group == _ORGANS else fact_definitions()
        for definition in asked.values():
            if definition.group != group:
                continue
            if definition.name in dates:
                yield _Part(date=dates[definition.name])
            yield _Part(fact=definition)
        if group == _BOARD_GROUP:
            yield _Part(date=BOARD.key)


class FactsForm(QWidget):
    """All facts by section, built from the list.

    Its hundred rows are made a few at a time, while nobody looks or when it is first shown:
    the first picture does not wait for them, and the interface stays alive meanwhile. They
    come into sight together, for a layout that grows squeezes what it holds.

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
        self._area, self._column = scroll_column()
        self._body = cast("QWidget", self._area.widget())  # a scroll column holds one
        self.strip = TrialStrip()
        self.foot = FactFoot()
        self.history: Callable[[str], Sequence[str]] = lambda _name: ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._none = words(_("Open a case, then state here what is known of it."), "dim")
        self._none.setContentsMargins(16, 12, 16, 0)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        for widget in (self._none, self.strip, self._area, self.foot):
            layout.addWidget(widget)
        layout.setStretch(layout.indexOf(self._none), 1)
        layout.setStretch(layout.indexOf(self._area), 1)
        self._show_empty(empty=True)
        self.foot.answering_wanted.connect(self.answer_first)
        self._to_build = list(reversed(list(_parts())))
        self._names = [p.fact.name for p in reversed(self._to_build) if p.fact is not None]
        self._rows: dict[str, FactRow] = {}
        self._dates: dict[str, DateRow] = {}
        self._facts: Mapping[str, Fact] = {}
        self._derived: Mapping[str, Fact] = {}
        self._beside: Mapping[str, str] = {}
        self._remarks: Mapping[str, Remark] = {}
        self._shown: dict[str, tuple[Fact | None, Fact | None]] = {}
        self._answered = ""
        self._case = ""
        self._builder = QTimer(self)
        self._builder.timeout.connect(self._build_some)
        self._builder.start(_AHEAD_MS)
        self._body.hide()
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]  # there is one

    # -- its rows --------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - a name of Qt
        """Make the rows without delay."""
        super().showEvent(event)
        if self._to_build:
            self._builder.start(0)

    def _build_some(self) -> None:
        end = monotonic() + (_BUILD_S if self.isVisible() else _BUILD_AHEAD_S)
        while self._to_build and monotonic() < end:
            self._build_next()
        self._builder.setInterval(0 if self.isVisible() else _BESIDE_MS)
        if not self._to_build:
            self._show_rows()

    def _build_all(self) -> None:
        if self._to_build:
            while self._to_build:
                self._build_next()
            self._show_rows()

    def _show_rows(self) -> None:
        self._builder.stop()
        self._column.addStretch(1)
        self._body.show()

    def _build_next(self) -> None:
        part = self._to_build.pop()
        if part.fact is not None:
            self._column.addWidget(self._fact_row(part.fact))
        elif part.date:
            row = DateRow(next(d for d in DATES if d.key == part.date))
            row.dated.connect(self.dated)
            self._dates[part.date] = row
            row.show_remark(self._remarks.get(part.date))
            row.setEnabled(self.strip.isHidden())
            self._column.addWidget(row)
        else:
            self._column.addWidget(head(part.head))

    def _fact_row(self, definition: FactDefinition) -> FactRow:
        name = definition.name
        row = FactRow(definition)
        row.stated.connect(self._stated)
        row.jump_requested.connect(self.jump_requested)
        row.place_requested.connect(self.place_requested)
        row.editor.passed_on.connect(lambda step: self._pass(name, step))
        row.editor.answering_wanted.connect(lambda on: self.answer(name if on else ""))
        self._rows[name] = row
        self._show_fact(name)
        row.show_beside(self._beside.get(name, ""))
        row.setEnabled(not self._is_fixed(name))
        return row

    def row(self, name: str) -> FactRow:
        """Return the row of a fact.

        Raises
        ------
        KeyError
            When the form has no such fact.

        """
        self._build_all()
        return self._rows[name]

    def date_row(self, key: str) -> DateRow:
        """Return the row of a date.

        Raises
        ------
        KeyError
            When the form has no such date.

        """
        self._build_all()
        return self._dates[key]

    # -- keys that answer ------------------------------------------------------------

    @property
    def answered(self) -> str:
        """The fact that keys answer now, empty for none."""
        return self._answered

    def answer(self, name: str) -> None:
        """Let keys answer a fact, which its row shows; with an empty name no fact any more."""
        before, self._answered = self._answered, name if name in self._names else ""
        if before != self._answered:
            for row, on in ((before, False), (self._answered, True)):
                if row:
                    self.row(row).set_answering(on=on)
            application = QApplication.instance()
            if application is not None and bool(before) != bool(self._answered):
                (application.removeEventFilter if before else application.installEventFilter)(self)
        if self._answered:
            self._see(self._answered)

    def answer_first(self) -> None:
        """Let keys answer the row in hand, else the first fact without an answer."""
        focus = QApplication.focusWidget()
        here = next((n for n, r in self._rows.items() if focus and r.isAncestorOf(focus)), "")
        free = (n for n in self._names if n not in self._facts and n not in checklist())
        self.answer(here or next(free, self._names[0]))

    def drop_keys(self) -> None:
        """End answering by keys; what is half typed is not stored."""
        if self._answered:
            self.row(self._answered).editor.put_back()
            self.answer("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """End answering by keys when a button of the mouse goes down elsewhere."""
        pressed = event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget)
        if pressed and self._answered and isinstance(watched, QWidget):
            row = self._rows[self._answered]
            if not _is_part(watched, row):
                self.answer("")
        return super().eventFilter(watched, event)

    def show_case(self, uid: str) -> None:
        """End what was begun on another case."""
        if uid != self._case:
            self._case = uid
            self.drop_keys()
        self._show_empty(empty=not uid)

    def _show_empty(self, *, empty: bool) -> None:
        """Say what to do first while there is no case, in place of a form that is grey."""
        self._none.setVisible(empty)
        self._area.setVisible(not empty)
        self.foot.setVisible(not empty)

    # -- what they show --------------------------------------------------------------

    def set_facts(
        self, facts: Mapping[str, Fact], derived: Mapping[str, Fact] | None = None
    ) -> None:
        """Show the facts of a case; only rows that differ are touched."""
        self._facts, self._derived = facts, derived or {}
        for name in self._rows:
            if name not in checklist():
                self._show_fact(name)
        self._show_foot(QApplication.focusWidget())

    def _show_fact(self, name: str) -> None:
        shown = self._facts.get(name), self._derived.get(name)
        if name in checklist():
            held = self._remarks.get(name)
            shown = (as_fact(held) if held is not None else None), None
        if self._shown.get(name, (None, None)) != shown:  # a new row shows nothing
            self._rows[name].show_fact(*shown)
            self._shown[name] = shown

    def set_beside(self, texts: Mapping[str, str]) -> None:
        """Show beside each criterion what was measured near it."""
        self._beside = texts
        for name, row in self._rows.items():
            row.show_beside(texts.get(name, ""))

    def set_remarks(self, remarks: Iterable[Remark]) -> None:
        """Show the dates of a case, and what was said of the organs around."""
        self._remarks = {r.key: r for r in remarks}
        for key, row in self._dates.items():
            row.show_remark(self._remarks.get(key))
        for name in self._rows:
            if name in checklist():
                self._show_fact(name)

    def set_trial(self, rows: TrialRows | None) -> None:
        """Say that edits are tried and not recorded, or that they are recorded."""
        self.strip.set_trial(rows)
        for date in self._dates.values():
            date.setEnabled(rows is None)
        for name, row in self._rows.items():
            row.setEnabled(not self._is_fixed(name))

    def _is_fixed(self, name: str) -> bool:
        """Organs are no facts of the list: a trial does not change them."""
        return name in checklist() and not self.strip.isHidden()

    def go_to(self, name: str) -> None:
        """Scroll to a fact and give its editor the focus."""
        if name in self._names:
            self.answer("")
            self._see(name)

    def _see(self, name: str) -> None:
        row = self.row(name)
        QApplication.sendPostedEvents(self._body, QEvent.Type.LayoutRequest.value)
        self._area.ensureWidgetVisible(row, 0, 80)
        row.focus_editor()

    def _pass(self, name: str, step: int) -> None:
        index = self._names.index(name) + step
        if 0 <= index < len(self._names):
            (self.answer if self._answered else self._see)(self._names[index])

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
        if self._answered and QApplication.activePopupWidget() is None:
            row = self._rows[self._answered]
            if new is None or not _is_part(new, row):
                self.answer("")

    def _show_foot(self, focus: QWidget | None) -> None:
        row = next((r for r in self._rows.values() if focus and r.isAncestorOf(focus)), None)
        if row is None:
            self.foot.show_fact(None, ())
        else:
            self.foot.show_fact(row.definition, self.history(row.definition.name))


def _is_part(widget: QWidget, home: QWidget) -> bool:
    """Whether a widget belongs to another one, lists that it opened as well."""
    part: QObject | None = widget
    while part is not None and part is not home:
        part = part.parent()
    return part is home
