"""Joins the page of meetings with the store: shows how they stand, stores what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from tumorboard.app.board import Board
from tumorboard.app.readiness import Lights, lights_of
from tumorboard.app.worklist import archived, lines, next_meeting
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter
from tumorboard.ui.meeting.rows import NewMeeting, day_words
from tumorboard.ui.shell.case_words import case_line
from tumorboard.ui.shell.text_widgets import menu_entry

if TYPE_CHECKING:
    from tumorboard.ui.meeting.agenda_model import AgendaRow
    from tumorboard.ui.meeting.page import MeetingPage
    from tumorboard.ui.shell.host import Host

_ON_PAGE = {_("New meeting…"): "meeting.new", _("Copy deferred to next"): "meeting.carry"}
_HINT = _(
    "Drag cases from the list to the agenda · Alt+Up and Alt+Down move one · F4 back to images"
)
#: Meetings that the filter of the list names.
_OFFERED = 12
_WEEK = timedelta(days=7)
_NO_STORE = _(
    "This folder is only being viewed: Ctrl+S keeps its case, then it can be put on an agenda."
)


class CaseChoice(Protocol):
    """The lists at the left, from which cases and series are chosen."""

    def chosen(self) -> list[str]:
        """Return the UIDs of the cases that are chosen."""

    def offer_meetings(self, found: dict[str, str]) -> None:
        """Offer meetings, by UID, in the filter of the list."""

    def go_to_series(self) -> None:
        """Give the list of series the keys."""


class Meetings(QObject):
    """The meetings of the store, one of them current; the page is made when first asked for.

    ``show_page`` shows a page in place of the images and the tabs, and these again for None.
    """

    #: A light of a case on the agenda was chosen: UID of the case, the light.
    light_chosen = Signal(str, object)

    def __init__(
        self, host: Host, cases: CaseChoice, show_page: Callable[[QWidget | None], None]
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._cases, self._show_page = cases, show_page
        self._current = ""
        self._lights: dict[str, Lights] = {}
        self._page: MeetingPage | None = None

    def show_menu(self, place: QPoint) -> None:
        """Let the cases that are chosen in the list be put on the agenda; a place on the screen."""
        self.menu().popup(place)

    def menu(self) -> QMenu:
        """Return what can be done with the cases that are chosen in the list."""
        uids, meeting = self._cases.chosen(), self.current
        menu = QMenu(self._host.parent_widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        opened = menu.addAction(_("Open"), partial(self.open_case, uids[0] if uids else ""))
        opened.setEnabled(len(uids) == 1)
        words = _("Put on the agenda")
        if meeting is not None:
            words = _("Put on the agenda of {day}", day=day_words(meeting.date))
        put = menu_entry(menu, words, partial(self.add, uids))
        put.setEnabled(bool(uids))
        return menu

    def offer(self) -> None:
        """Offer the meetings in the filter of the list."""
        if not self._host.workspace.is_scratch:
            found = {m.uid: day_words(m.date) for m in self.board.meetings()[:_OFFERED]}
            self._cases.offer_meetings(found)

    @property
    def board(self) -> Board:
        """The meetings and decisions of the store."""
        return Board(self._host.session)

    @property
    def current(self) -> Meeting | None:
        """The meeting that was chosen last, else the next one, else the latest."""
        return _current(self.board.meetings(), self._current, date.today())

    def of_case(self, case_uid: str) -> Meeting | None:
        """Return the meeting in which a case is decided: the current one, else the newest."""
        found = self.board.meetings()
        current = _current(found, self._current, date.today())
        order = [current, *found] if current is not None else found
        return next((m for m in order if m.item(case_uid) is not None and not m.cancelled), None)

    @property
    def is_shown(self) -> bool:
        """Whether the page stands in place of the images."""
        return self._page is not None and not self._page.isHidden()

    @property
    def page(self) -> MeetingPage:
        """The page."""
        if self._page is None:
            from tumorboard.ui.meeting.page import MeetingPage
            from tumorboard.ui.meeting.papers import PAPERS

            actions = self._host.actions
            page = MeetingPage(
                {words: actions[name] for words, name in _ON_PAGE.items()},
                [actions[f"meeting.{name}"] for name in PAPERS],
                self._host.parent_widget,
            )
            page.hide()
            page.meeting_chosen.connect(self.choose)
            page.changed.connect(self.change)
            page.opened.connect(self.open_case)
            page.light_chosen.connect(self.light_chosen)
            page.said.connect(lambda text: self._host.say(text, state="warning"))
            self._page = page
        return self._page

    # -- the page ------------------------------------------------------------------------

    def switch(self) -> None:
        """Show the page, or the images again."""
        if self.is_shown:
            self.leave()
        elif self._has_store():
            self.show()

    def show(self) -> None:
        """Show the page in place of the images and the tabs."""
        self._show_page(self.page)
        self.refresh()
        self.page.take_keys()
        self._host.room.tell_hint(_HINT)

    def leave(self) -> None:
        """Show the images again."""
        self._show_page(None)
        self._host.room.tell_hint()
        self._host.views.active_view().setFocus()

    def mark(self) -> None:
        """Let the command show whether the page is shown."""
        self._host.actions["meeting.page"].setChecked(self.is_shown)

    def refresh(self) -> None:
        """Read the meetings anew and show them; their lights follow from a job."""
        if self.is_shown and self._host.attempt(self._show_all):
            self.offer()
            self._look_at_files()

    def _show_all(self) -> None:
        found = self.board.meetings()
        meeting = _current(found, self._current, date.today())
        self._current = meeting.uid if meeting is not None else ""
        self.page.show_meetings(found, self._current)
        self.page.show_meeting(meeting, self._rows(meeting))

    def _rows(self, meeting: Meeting | None) -> list[AgendaRow]:
        from tumorboard.app.meeting_words import planned_starts
        from tumorboard.ui.meeting.agenda_model import AgendaRow

        if meeting is None:
            return []
        uids = [item.case_uid for item in meeting.items]
        known = {line.uid: line for line in lines(self._host.session, uids)}
        shown = {uid: case_line(summary) for uid, summary in known.items()}
        states = self.board.decision_states(uids, meeting.uid)
        away = archived(self._host.session)
        return [
            AgendaRow(
                item.case_uid,
                starts,
                item.minutes,
                known[item.case_uid].label
                if item.case_uid in known
                else _("Case not in the store"),
                shown[item.case_uid].detail if item.case_uid in shown else "",
                item.question,
                known[item.case_uid].question if item.case_uid in known else "",
                item.presenter,
                states.get(item.case_uid, ""),
                self._lights.get(item.case_uid),
                item.case_uid in away,
                shown[item.case_uid].reading if item.case_uid in shown else "",
            )
            for item, starts in zip(meeting.items, planned_starts(meeting), strict=True)
        ]

    def _look_at_files(self) -> None:
        folder, meeting = self._host.session.store.folder, self.page.meeting
        if folder is None or meeting is None or not meeting.items:
            return
        asked = {item.case_uid: item.question for item in meeting.items}

        def work(reporter: Reporter) -> dict[str, Lights]:
            return lights_of(folder, asked, reporter)

        self._host.jobs.start("agenda lights", work, finished=self._light_up)

    def _light_up(self, found: dict[str, Lights]) -> None:
        self._lights.update(found)
        page = self.page
        if page.meeting is not None:
            page.show_meeting(page.meeting, self._rows(page.meeting))

    # -- wishes --------------------------------------------------------------------------

    def choose(self, uid: str) -> None:
        """Make a meeting the current one."""
        self._current = uid
        self.refresh()

    def change(self, seen: Meeting, wanted: Meeting) -> None:
        """Store a change; what somebody else did meanwhile is told and shown."""
        host = self._host

        def act() -> None:
            kept = self.board.change(seen, wanted)
            if kept.told:
                host.say(kept.told, state="warning")

        host.attempt(act)
        self.refresh()

    def new(self) -> None:
        """Ask for a new meeting: a week after the latest, same time and place."""
        from tumorboard.ui.meeting.dialogs import NewMeetingDialog

        if not self._has_store():
            return
        found = [meeting for meeting in self.board.meetings() if not meeting.cancelled]
        dialog = NewMeetingDialog(_proposed(found, date.today()), self._host.parent_widget)
        dialog.wanted.connect(self.create)
        dialog.open()

    def create(self, wanted: NewMeeting) -> None:
        """Create a meeting with those who took part last, and show it."""
        before = self.board.meetings()

        def act() -> None:
            made = self.board.new_meeting(wanted.day, wanted.start, wanted.place)
            self._current = made.uid
            if before and before[0].attendees:
                self.board.keep(replace(made, attendees=before[0].attendees))

        if self._host.attempt(act):
            self.show()

    def add(self, case_uids: Sequence[str] = ()) -> None:
        """Put cases on the agenda of the current meeting: those, else the chosen, else the open."""
        host = self._host
        open_ = host.case
        wanted = list(case_uids) or self._cases.chosen()
        wanted = wanted or ([open_.uid] if open_ is not None else [])
        if not self._has_store():
            return
        if not wanted:
            host.say(_("Choose a case in the list at the left first."))
            return
        meeting = self.current
        if meeting is None:
            host.say(_("There is no meeting yet: make one, then put the case on its agenda."))
            self.new()
            return
        new = [uid for uid in wanted if meeting.item(uid) is None]
        day = day_words(meeting.date)
        if not new:
            self._host.say(_("That is on the agenda of {day} already.", day=day))
            return
        longer = meeting
        for uid in new:
            longer = longer.with_item(AgendaItem(uid))
        self._current = meeting.uid
        self._host.say(
            ngettext(
                "The case is on the agenda of {day}.",
                "{count} cases are on the agenda of {day}.",
                len(new),
                day=day,
            )
        )
        self.change(meeting, longer)
        if self.is_shown:
            self.page.agenda.go_to(new[0])

    def carry(self) -> None:
        """Put the deferred cases of the current meeting on the agenda of the next one."""
        host, meeting = self._host, self.current
        if meeting is None or not self._has_store():
            return
        if not self.board.deferred(meeting):
            host.say(_("No case of {day} was deferred.", day=day_words(meeting.date)))
            return
        later = [m for m in self.board.meetings() if m.date > meeting.date and not m.cancelled]
        if not later:
            host.say(_("There is no later meeting: make one, then copy the deferred cases."))
            self.new()
            return
        following = later[-1]
        host.attempt(lambda: self._carry(meeting, following))

    def _carry(self, meeting: Meeting, following: Meeting) -> None:
        after = self.board.carry_over(meeting, following)
        count = len(after.items) - len(following.items)
        self._host.say(
            ngettext(
                "{count} case is new on the agenda of {day}.",
                "{count} cases are new on the agenda of {day}.",
                count,
                day=day_words(after.date),
            )
        )
        self.choose(after.uid)

    def open_case(self, case_uid: str) -> None:
        """Show the images of a case of the agenda."""
        self._host.open_case(case_uid)
        if self.is_shown:
            self.leave()

    def step(self, step: int) -> None:
        """Open the case before or after the open one on the agenda of the current meeting."""
        meeting, case = self.current, self._host.case
        order = [item.case_uid for item in meeting.items] if meeting is not None else []
        if not order:
            self._host.say(_("No meeting has cases on its agenda yet."))
            return
        at = order.index(case.uid) + step if case is not None and case.uid in order else 0
        if 0 <= at < len(order):
            self._host.open_case(order[at])
        else:
            last = _("This is the last case of the meeting.")
            self._host.say(last if step > 0 else _("This is the first case of the meeting."))

    def edit_question(self, case_uid: str) -> None:
        """Begin to write the question of a case on the agenda."""
        from tumorboard.ui.meeting.agenda_model import Column

        self.page.agenda.edit_cell(case_uid, Column.QUESTION)

    def _has_store(self) -> bool:
        if self._host.workspace.is_scratch:
            self._host.say(_NO_STORE)
            return False
        return True

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {
            "meeting.page": self.switch,
            "meeting.new": self.new,
            "meeting.add": self.add,
            "meeting.next": lambda: self.step(1),
            "meeting.previous": lambda: self.step(-1),
            "meeting.carry": self.carry,
        }


def _current(found: Sequence[Meeting], uid: str, today: date) -> Meeting | None:
    chosen = next((meeting for meeting in found if meeting.uid == uid), None)
    if chosen is not None or not found:
        return chosen
    return next_meeting(found, today)


def _proposed(found: Sequence[Meeting], today: date) -> NewMeeting:
    """Return a week after the latest meeting, never in the past, and the same time and place."""
    if not found:
        return NewMeeting(today.isoformat(), "", "")
    try:
        day = max(date.fromisoformat(found[0].date) + _WEEK, today)
    except (ValueError, OverflowError):
        day = today
    return NewMeeting(day.isoformat(), found[0].start, found[0].place)
