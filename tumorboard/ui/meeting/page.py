"""The page of meetings: the list, one meeting with its agenda, attendees and readiness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.case.dates import read_date
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.ui.meeting.agenda_model import AgendaRow
from tumorboard.ui.meeting.agenda_view import AgendaView
from tumorboard.ui.meeting.attendees import Attendees
from tumorboard.ui.meeting.drop import with_cases
from tumorboard.ui.meeting.meeting_list import MeetingList
from tumorboard.ui.meeting.readiness_strip import ReadinessStrip
from tumorboard.ui.meeting.rows import agenda_words, day_words, read_time
from tumorboard.ui.shell.parts import ElidedLabel, head, words
from tumorboard.ui.shell.theme import keep_scaled, scaled

_NO_MEETING = _(
    "No meeting yet. “New meeting…” asks for its day; then put cases on the agenda from the "
    "list at the left: drag them, or Ctrl+Shift+A for the chosen ones."
)
_NO_CASE = _(
    "No case yet: drag cases here from the left, or press Ctrl+Shift+A for the chosen ones."
)
#: Height of the parts below the agenda, width of the list of meetings.
_PARTS_PX, _LIST_PX = 210, 216
#: The width (px) that day, start and place need in one line.
_WIDE_PX = 560


class MeetingPage(QWidget):
    """Shows meetings and asks for changes; stores nothing itself.

    ``changed`` carries a meeting as it is shown and as it is wanted.
    """

    meeting_chosen = Signal(str)
    changed = Signal(object, object)
    opened = Signal(str)
    light_chosen = Signal(str, object)
    said = Signal(str)

    def __init__(
        self,
        actions: Mapping[str, QAction],
        papers: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.meetings, self.agenda = MeetingList(), AgendaView()
        self.attendees, self.readiness = Attendees(), ReadinessStrip()
        self.day, self.start, self.place = QLineEdit(), QLineEdit(), QLineEdit()
        self.title = ElidedLabel("", "title")
        self.counts = words("", "dim", wrap=False)
        self.cancel = QPushButton()
        self.buttons: dict[str, QPushButton] = {}
        self.meeting: Meeting | None = None
        self._rows: tuple[AgendaRow, ...] = ()
        self._body = QStackedWidget()
        none = words(_NO_MEETING, "dim")
        none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._body.addWidget(none)
        self._body.addWidget(self._meeting(papers))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(16)
        layout.addLayout(self._left(actions))
        layout.addWidget(self._body, 1)
        self.meetings.chosen.connect(self.meeting_chosen)
        for field in (self.day, self.start, self.place):
            field.editingFinished.connect(self._head_edited)
        self.cancel.clicked.connect(self._cancel)
        self.attendees.changed.connect(lambda people: self._want(attendees=people))
        self.agenda.moved.connect(self._move)
        self.agenda.dropped.connect(self._drop)
        self.agenda.removed.connect(self._remove)
        self.agenda.opened.connect(self.opened)
        self.agenda.selected.connect(lambda _uid: self._show_readiness())
        self.agenda.agenda.edited.connect(self._item_edited)
        self.readiness.chosen.connect(
            lambda light: self.light_chosen.emit(self.agenda.case_uid, light)
        )

    # -- the parts -----------------------------------------------------------------------

    def _left(self, actions: Mapping[str, QAction]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(head(_("Meetings")))
        for name, action in actions.items():
            button = QPushButton(name)
            button.setToolTip(action.toolTip())
            button.clicked.connect(lambda _checked=False, action=action: action.trigger())
            column.addWidget(button)
            self.buttons[name] = button
        column.addWidget(self.meetings, 1)
        return column

    def _meeting(self, papers: Sequence[QAction]) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.cancel)
        button = QToolButton()
        button.setText(_("Papers ▾"))
        button.setProperty("role", "tool")
        button.setAccessibleName(_("Papers of the meeting"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addActions(list(papers))
        button.setMenu(menu)
        top.addWidget(button)
        column.addLayout(top)
        column.addLayout(self._fields())
        line = QHBoxLayout()
        line.addWidget(head(_("Agenda")))
        self.counts.setContentsMargins(0, 10, 0, 2)
        line.addWidget(self.counts)
        line.addStretch(1)
        column.addLayout(line)
        self._no_case = words(_NO_CASE, "dim")
        column.addWidget(self._no_case)
        column.addWidget(self.agenda, 1)
        below = QHBoxLayout()
        below.setSpacing(24)
        below.addWidget(self.readiness, 5)
        people = QVBoxLayout()
        people.setSpacing(2)
        people.addWidget(head(_("Attendees")))
        people.addWidget(self.attendees, 1)
        below.addLayout(people, 6)
        holder = QWidget()
        holder.setLayout(below)
        below.setContentsMargins(0, 0, 0, 0)
        self._below = holder
        column.addWidget(holder)
        return page

    def _fields(self) -> QGridLayout:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        fields = (
            (_("Day"), self.day, 112),
            (_("Start"), self.start, 72),
            (_("Place or link"), self.place, 0),
        )
        for number, (name, field, width) in enumerate(fields):
            field.setAccessibleName(name)
            label = words(name, "dim", wrap=False)
            label.setBuddy(field)
            grid.addWidget(label, 0, 2 * number)
            grid.addWidget(field, 0, 2 * number + 1)
            if width:
                keep_scaled(field, width=width)
        self.day.setPlaceholderText("2026-11-27")
        self.start.setPlaceholderText("14:30")
        grid.setColumnStretch(5, 1)
        return grid

    def _fit(self) -> None:
        """Share the room: the agenda keeps the greater part, also with large letters."""
        asked = max((b.sizeHint().width() for b in self.buttons.values()), default=0)
        width = max(min(scaled(_LIST_PX), self.width() // 4), asked, _LIST_PX)
        for widget in (*self.buttons.values(), self.meetings):
            widget.setFixedWidth(width)
        low = min(scaled(_PARTS_PX), self.height() * 2 // 5)
        self._below.setFixedHeight(max(low, _PARTS_PX))
        # The place stands in a line of its own where the others leave it no room.
        row = int(self.width() - width < scaled(_WIDE_PX))
        label = next(w for w in self.findChildren(QLabel) if w.buddy() is self.place)
        first = 0 if row else 4
        self._grid.addWidget(label, row, first)
        self._grid.addWidget(self.place, row, first + 1, 1, -1 if row else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Share the room anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Share the room anew with letters of another size."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def take_keys(self) -> None:
        """Put the keys where one goes on: the agenda, or without a meeting what makes one."""
        first = next(iter(self.buttons.values()), self.meetings)
        (first if self.meeting is None else self.agenda).setFocus()

    # -- what is shown -------------------------------------------------------------------

    def show_meetings(self, meetings: Sequence[Meeting], current: str) -> None:
        """List the meetings with one marked."""
        self.meetings.show_meetings(meetings, current, date.today())

    def show_meeting(self, meeting: Meeting | None, rows: Iterable[AgendaRow]) -> None:
        """Show one meeting, or that there is none."""
        self.meeting, self._rows = meeting, tuple(rows)
        self._body.setCurrentIndex(0 if meeting is None else 1)
        if meeting is None:
            self.agenda.show_rows((), ())
            return
        state = " · " + _("cancelled") if meeting.cancelled else ""
        self.title.set_full_text(day_words(meeting.date) + state)
        self.cancel.setText(
            _("Takes place after all") if meeting.cancelled else _("Cancel meeting")
        )
        texts = ((self.day, meeting.date), (self.start, meeting.start), (self.place, meeting.place))
        for field, text in texts:
            with QSignalBlocker(field):
                field.setText(text)
                field.setCursorPosition(0)
        self.attendees.show_people(meeting.attendees)
        self.counts.setText(agenda_words(meeting))
        self._no_case.setVisible(not self._rows)
        self.agenda.show_rows(self._rows, [person.name for person in meeting.attendees])
        self._show_readiness()

    def _show_readiness(self) -> None:
        row = next((r for r in self._rows if r.case_uid == self.agenda.case_uid), None)
        if row is None:
            self.readiness.show_case("", None)
        else:
            self.readiness.show_case(row.label, row.lights)

    # -- wishes --------------------------------------------------------------------------

    def _want(self, **pieces: Any) -> None:
        if self.meeting is not None:
            self._ask(replace(self.meeting, **pieces))

    def _ask(self, wanted: Meeting) -> None:
        if self.meeting is not None and wanted != self.meeting:
            self.changed.emit(self.meeting, wanted)

    def _head_edited(self) -> None:
        if self.meeting is None:
            return
        try:
            day = read_date(self.day.text()).isoformat()
            start = read_time(self.start.text())
        except UserError as error:
            self.said.emit(str(error))
            self.show_meeting(self.meeting, self._rows)
            return
        self._want(date=day, start=start, place=self.place.text().strip())

    def _cancel(self) -> None:
        if self.meeting is not None:
            self._want(cancelled=not self.meeting.cancelled)

    def _move(self, case_uid: str, place: int) -> None:
        if self.meeting is not None:
            self._ask(self.meeting.moved(case_uid, place))

    def _drop(self, case_uids: Sequence[str], place: int) -> None:
        """Put cases of the list where they fell; those on the agenda move there."""
        if self.meeting is None:
            return
        order = with_cases([i.case_uid for i in self.meeting.items], list(case_uids), place)
        self._want(items=tuple(self.meeting.item(uid) or AgendaItem(uid) for uid in order))
        self.agenda.go_to(case_uids[0])

    def _remove(self, case_uid: str) -> None:
        if self.meeting is not None:
            self._ask(self.meeting.without_item(case_uid))

    def _item_edited(self, case_uid: str, piece: str, value: object) -> None:
        item = self.meeting.item(case_uid) if self.meeting is not None else None
        if self.meeting is not None and item is not None:
            told: Any = value if isinstance(value, int) else " ".join(str(value).split())
            self._ask(self.meeting.with_item(replace(item, **{piece: told})))
