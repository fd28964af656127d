"""A talk under way: joins its state with the stage and the two windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from tumorboard.annotations.model import Annotation, new_uid
from tumorboard.app import talk as talks
from tumorboard.app.case_change import CaseChange
from tumorboard.app.case_repository import TalkTime
from tumorboard.app.presented import Presentation, Presented, initials_and_age
from tumorboard.app.talk import Page, PageKind, Talk, pages_of
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.tools.toolbox import tool_named
from tumorboard.ui.presenter.decision import TalkDeciding, TalkPlace
from tumorboard.ui.presenter.drawn import joined
from tumorboard.ui.presenter.keys import DIGIT, ENTER
from tumorboard.ui.presenter.preload import Preload
from tumorboard.ui.presenter.screens import Screens
from tumorboard.ui.presenter.stage import Stage
from tumorboard.ui.presenter.windows import Windows

if TYPE_CHECKING:
    from tumorboard.ui.presenter.drawn import Drawn
    from tumorboard.ui.shell.host import Host

_TICK_MS: Final = 250
#: A number that was typed is acted upon this much (ms) after its last digit.
_JUMP_MS: Final = 900
_FAR: Final = 10_000
#: A case that was passed in less than this (s) was not presented.
_SHOWN_S: Final = 5.0
_UNREADABLE: Final = _("This case cannot be read now. Everything else goes on.")
_BOTH_NOTES: Final = _("Somebody else wrote notes on this case meanwhile: both are kept.")
_ASIDE: Final = _(
    "The window of the audience is blank. Esc or F5 goes back to it; what you write is kept."
)
_SCREEN_GONE: Final = _(
    "The screen of the audience is gone and blank. The talk goes on here; plug it in again."
)


class RunningTalk(QObject):
    """A talk from its first page to its end; ``ended`` tells that it is over.

    ``meeting`` is the one that is presented, None for cases alone. ``clock`` gives seconds
    that never go back, ``screens`` the screens of this computer.

    Raises
    ------
    ValueError
        When there is no case.

    """

    ended = Signal()

    def __init__(
        self,
        host: Host,
        items: Sequence[AgendaItem],
        title: str,
        drawn: Drawn,
        meeting_of: Callable[[str], Meeting | None],
        *,
        meeting: Meeting | None = None,
        screens: Screens | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._clock = clock
        self._drawn, self._meeting_of = drawn, meeting_of
        self._source = Presentation(host.workspace)
        slots = self._source.slots(items)
        self.talk = talks.begun(slots, title, clock())
        self.stage = Stage(host.workspace, host.jobs, self)
        self.stage.room.author = host.session.author
        self.stage.room.hands_of_mouse = host.room.hands_of_mouse
        self.windows = Windows(
            self.stage, host.settings, screens or Screens(self), host.parent_widget
        )
        self.windows.content.bottom.show_title(self._source.told_title(title))
        self._meeting = meeting
        self._uid = new_uid()
        presenter = self.windows.presenter
        self._coming = Preload(host, self._source, presenter)
        uid = meeting.uid if meeting is not None else ""
        place = TalkPlace(host, self._source, presenter, uid, meeting_of)
        self._deciding = TalkDeciding(host, place, presenter)
        self._shown: tuple[str, Page] | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_clock)
        self._jump = QTimer(self)
        self._jump.setSingleShot(True)
        self._jump.setInterval(_JUMP_MS)
        self._jump.timeout.connect(partial(self.wish, ENTER))
        self._acts = self._table()
        self._is_over = False
        self._listen()

    def _listen(self) -> None:
        room, windows, presenter = self.stage.room, self.windows, self.windows.presenter
        for window in (windows.audience, presenter):
            window.wished.connect(self.wish)
            window.closing.connect(self.end)
        windows.lost.connect(self._lose)
        windows.found.connect(self._find)
        windows.seated.connect(self._cover)
        windows.content.timeline.scan_chosen.connect(self._visit)
        presenter.case_wished.connect(
            lambda number: self._change(talks.jumped, number, self._clock())
        )
        presenter.noted.connect(self._keep_notes)
        presenter.kept.connect(partial(self._answered, keep=True))
        presenter.thrown.connect(partial(self._answered, keep=False))
        self.stage.loaded.connect(lambda: self._coming.after(self.talk))
        room.edited.connect(self._drew)
        room.delete_requested.connect(self._take_back)
        room.asked.connect(lambda _ask: room.cancel())
        room.tool_changed.connect(self._show_tool)
        self._host.session.case_changed.connect(self._case_changed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing that was typed waits to be stored."""
        return self._deciding.is_idle

    def begin(self) -> None:
        """Show the first page in the windows."""
        self.show()
        self.windows.seat()
        self._tick.start()
        shown = self._presented()
        if shown is not None and shown.assessment is None:
            guidance = self._host.workspace.guidance
            self._host.jobs.start(
                "rules for the talk",
                lambda _reporter: guidance.make_ready(),
                finished=lambda _result: self._rules_are_read(),
            )

    def _rules_are_read(self) -> None:
        if not self._is_over:
            self._show_words()
            self._deciding.show_around()

    # -- ending ------------------------------------------------------------------------

    @property
    def has_drawn(self) -> bool:
        """Whether something was drawn that nobody has answered for yet."""
        return bool(talks.questions(self.talk))

    def end(self, then: Callable[[], object] | None = None) -> None:
        """Close the windows, and ask in the main window what nobody has answered yet.

        ``then`` is called when something was asked and all of it is answered.
        """
        self.windows.presenter.flush_notes()
        left = talks.questions(self.talk)
        self._close()
        self._host.parent_widget.activateWindow()
        self._drawn.ask(left, then)

    def stop(self) -> None:
        """End without a question, as the program does: what was drawn is kept."""
        self.windows.presenter.flush_notes()
        drawn = self._drawn
        drawn.held = joined((*drawn.held, *talks.questions(self.talk)))
        drawn.keep_all()
        self._close()

    def _close(self) -> None:
        self._note_shown(self.talk.case, at_once=True)
        self._deciding.stop()
        self._is_over = True
        self._tick.stop()
        self._jump.stop()
        self._coming.stop()
        self._host.session.case_changed.disconnect(self._case_changed)
        self.windows.close()
        self.stage.stop()
        self.ended.emit()

    # -- wishes ------------------------------------------------------------------------

    def wish(self, name: str) -> None:
        """Do what a key or a button asks for; see `tumorboard.app.commands.PRESENTING`."""
        if name.startswith(DIGIT):
            self._jump.start()
            self.talk = talks.typed(self.talk, name.removeprefix(DIGIT))
            self.windows.presenter.show_talk(self.talk)
        elif name in self._acts:
            self._acts[name]()
        elif name.startswith("tool."):
            tool = name.removeprefix("tool.")
            self.stage.room.set_tool(tool_named(tool) if tool else None)

    def _table(self) -> dict[str, Callable[[], object]]:
        return {
            "forward": partial(self._step, 1),
            "back": partial(self._step, -1),
            "next_case": lambda: self._change(talks.next_case, 1, self._clock()),
            "previous_case": lambda: self._change(talks.next_case, -1, self._clock()),
            "first": lambda: self._change(talks.at_page, 0),
            "last": lambda: self._change(talks.at_page, _FAR),
            "blank": lambda: self._change(talks.blanked, on=not self.talk.blank),
            "pointer": lambda: self._change(replace, pointer=not self.talk.pointer),
            "column": self.windows.switch_column,
            "told": self._switch_told,
            "decide": self._decide,
            "sign": self._deciding.sign,
            "undo": self._undo,
            "end": self._esc,
            ENTER: self._enter,
        }

    def _change(self, act: Callable[..., Talk], *arguments: object, **more: object) -> None:
        self.windows.presenter.flush_notes()
        left = self.talk.case
        self.talk = act(self.talk, *arguments, **more)
        self.show()
        if self.talk.case != left:
            self._note_shown(left)
            self._deciding.follow(self.talk.slot.case_uid)

    def _step(self, by: int) -> None:
        self._change(talks.stepped, by, self._clock())

    def _enter(self) -> None:
        self._jump.stop()
        number = self.talk.typed
        self._change(talks.entered, self._clock())
        if number and not 1 <= int(number) <= len(self.talk.slots):
            self.windows.presenter.say(
                _("There is no case {number} on this agenda.", number=int(number))
            )

    def _switch_told(self) -> None:
        """Tell initials and age, once that is written down; or tell them no more."""
        try:
            if not self.talk.told:
                self._source.log_told(self.talk.slot.case_uid)
            self.talk = replace(self.talk, told=not self.talk.told)
        except UserError as error:
            self.windows.presenter.say(str(error))
        self._show_words()

    def _esc(self) -> None:
        """Leave the decision, or put a tool away; else the talk ends."""
        if self.windows.presenter.is_deciding:
            self._decide()
        elif not self.stage.room.cancel():
            self.end()

    def _decide(self) -> None:
        """Show the decision; on one screen before the window of the audience, which is blank."""
        windows = self.windows
        on = not windows.presenter.is_deciding
        if on and windows.is_alone:
            windows.set_aside(on=True)
            self._cover()
        self._deciding.switch(self.talk.slot.case_uid)
        if not on:
            windows.set_aside(on=False)
        self.show()
        windows.presenter.say(_ASIDE if windows.is_aside else "")

    def _show_tool(self) -> None:
        tool = self.stage.room.tool
        self.windows.presenter.show_tool(tool.name if tool is not None else "")

    def _visit(self, key: str) -> None:
        """Show the images of a date that was clicked on; the next step goes on."""
        shown = self._told()
        if shown is not None:
            self.stage.leave_page()
            self.stage.show_series(shown.case, key, self._told_drawn())
            self.windows.content.show_pictures()
            self._shown = None

    def _lose(self) -> None:
        """Blank, and go on in the presenter's window."""
        self._change(talks.blanked, on=True)
        self.windows.presenter.say(_SCREEN_GONE)

    def _find(self) -> None:
        """Show again what was blanked only because its screen was gone."""
        self._change(talks.blanked, on=False)
        self.windows.presenter.say("")

    def _note_shown(self, number: int, *, at_once: bool = False) -> None:
        """Note on a case that it was presented, and how long; a rehearsal before the day is none.

        In a thread, so that the next page does not wait for the disk, unless ``at_once``.
        """
        now, meeting, slot = self._clock(), self._meeting, self.talk.slots[number]
        spent = (
            talks.case_seconds(self.talk, now)
            if number == self.talk.case
            else (self.talk.spent[number])
        )
        if meeting is None or spent < _SHOWN_S or meeting.date > date.today().isoformat():
            return
        uid = slot.case_uid
        read = TalkTime(self._uid, meeting.uid, uid, round(spent))
        work = None if at_once else self._source.marking(read, meeting.date)
        if work is None:
            self._try(lambda: self._source.mark_presented(read, meeting.date))
            return
        self._host.jobs.start(
            f"presented {uid}",
            work,
            finished=lambda _result: self._source.marked(uid),
            failed=self._not_marked,
        )

    def _not_marked(self, sentence: str) -> None:
        if not self._is_over:
            self.windows.presenter.say(sentence)
        self._host.say(sentence, state="warning")

    # -- drawing -----------------------------------------------------------------------

    def _drew(self, _label: str, annotations: tuple[Annotation, ...]) -> None:
        """Hold what was drawn; what is there already keeps its own words, not those shown."""
        shown = self._presented()
        if shown is None:
            return
        held = {a.uid: a for a in (*shown.case.annotations, *self.talk.made)}
        fresh = [_in_own_words(a, held.get(a.uid, a)) for a in annotations]
        self.talk = talks.drew(self.talk, fresh)
        self._show_drawn()

    def _undo(self) -> None:
        """Take back what is half drawn, or else what was drawn last."""
        if not self.stage.room.take_back():
            self._take_back()

    def _take_back(self, uid: str = "") -> None:
        if self._presented() is not None:
            self.talk = talks.undone(self.talk, uid)
            self._show_drawn()

    def _show_drawn(self) -> None:
        shown = self._told()
        if shown is not None:
            self.stage.room.preview = ()
            self.stage.set_annotations(shown.case, self._told_drawn())

    def _told_drawn(self) -> tuple[Annotation, ...]:
        return self._source.told_drawn(self.talk.slot.case_uid, self.talk.made)

    def _answered(self, uid: str, *, keep: bool) -> None:
        """Keep what was drawn or throw it away; what could not be kept is asked about again."""
        for question in self.talk.asked:
            if question.case_uid != uid:
                continue
            keeping = partial(self._source.keep_drawn, uid, question.annotations)
            if not keep or self._try(keeping):
                self.talk = talks.answered(self.talk, uid)
        self._show_state()

    def _keep_notes(self, text: str) -> None:
        def keep() -> None:
            stand = self._source.keep_notes(self.talk.slot.case_uid, text)
            if stand != text:
                self.windows.presenter.show_notes(stand)
                self.windows.presenter.say(_BOTH_NOTES)

        self._try(keep)

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except UserError as error:
            if not self._is_over:
                self.windows.presenter.say(str(error))
            self._host.say(str(error), state="warning")
            return False
        return True

    # -- showing -----------------------------------------------------------------------

    def _presented(self) -> Presented | None:
        """Return the case as the presenter has it."""
        try:
            return self._source.of(self.talk.slot.case_uid)
        except UserError as error:
            self.windows.presenter.say(str(error))
            return None

    def _told(self) -> Presented | None:
        """Return the case as the audience may see it."""
        try:
            return self._source.told(self.talk.slot.case_uid)
        except UserError as error:
            self.windows.presenter.say(str(error))
            return None

    def show(self) -> None:
        """Bring both windows to the state of the talk."""
        where = (self.talk.slot.case_uid, self.talk.here)
        if where != self._shown:
            new_case = self._shown is None or self._shown[0] != where[0]
            self._shown = where
            self.stage.leave_page()
            if not self.windows.is_lost:
                self.windows.presenter.say("")
            shown, page = self._told(), self.talk.here
            if shown is not None and page.kind is PageKind.PICTURE:
                self.stage.show_page(shown.case, page, self._told_drawn())
            else:
                self._coming.after(self.talk)
            if new_case:
                own = self._presented()
                self.windows.presenter.show_notes(own.notes if own is not None else "")
        self._show_words()
        self.windows.set_light(on=self.talk.pointer)
        self._cover()

    def _cover(self) -> None:
        """Cover the window of the audience where it is not to be seen, or show it."""
        self.windows.audience.set_blank(on=self.talk.blank or self.windows.is_aside)

    def _show_words(self) -> None:
        """Show all that is words: heads, column, pages, and the presenter's parts."""
        if self._is_over:
            return
        talk, content, told = self.talk, self.windows.content, ""
        shown = self._told()
        if shown is not None and talk.told:
            newest = max((s.study_date for s in shown.case.series), default="")
            told = initials_and_age(shown.case.patient, newest)
        steps = (talk.page, len(talk.slot.pages))
        question = self._source.told_question(talk.slot)
        content.top.show_case(_("Case {case}", case=talk.case + 1), question, told, steps)
        if shown is None:
            content.show_sentence(_UNREADABLE)
        elif self._shown is not None:
            content.show_page(shown, talk.here)
        self._show_state()

    def _show_state(self) -> None:
        self.windows.presenter.show_talk(self.talk)
        self.windows.mirror.refresh()
        self._show_clock()

    def _show_clock(self) -> None:
        self.windows.presenter.show_clock(self.talk, self._clock())

    def _case_changed(self, change: CaseChange) -> None:
        """Follow what is done to a case of the talk in another window."""
        case = change.after
        if case is None or case.uid not in {slot.case_uid for slot in self.talk.slots}:
            return
        self._source.forget(case.uid)
        self.talk = talks.with_pages(self.talk, case.uid, pages_of(case))
        if case.uid == self.talk.slot.case_uid:
            self._show_drawn()
            self._show_words()


def _in_own_words(drawn: Annotation, own: Annotation) -> Annotation:
    """Return what was drawn with the words that it had before they were blanked to be shown."""
    return replace(drawn, label=own.label, author=own.author, origin=own.origin)
