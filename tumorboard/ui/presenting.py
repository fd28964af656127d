"""Presents the cases of a meeting: joins the state of a talk with its two windows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog

from tumorboard.annotations.model import Annotation, utc_now
from tumorboard.app import presenting as talks
from tumorboard.app.edits import put_remark
from tumorboard.app.presented import (
    Presentation,
    Presented,
    initials_and_age,
    title_of,
    to_begin_with,
)
from tumorboard.app.presenting import Page, PageKind, Question, Slot, Talk, pages_of
from tumorboard.app.timeline import EventKind, check_event, event_key
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.case.model import Case, Remark
from tumorboard.errors import UserError
from tumorboard.progress import Reporter
from tumorboard.tools.toolbox import tool_named
from tumorboard.ui.key_pictures import paint_saved
from tumorboard.ui.presenter.asking import DrawnQuestion, EventQuestion, MeetingChoice
from tumorboard.ui.presenter.audience import AudienceWindow
from tumorboard.ui.presenter.discreet import Discreet
from tumorboard.ui.presenter.keys import DIGIT, ENTER
from tumorboard.ui.presenter.pointer import Trail
from tumorboard.ui.presenter.presenter_window import PresenterWindow
from tumorboard.ui.presenter.screens import Screens, Seats, seats
from tumorboard.ui.presenter.stage import Stage, keys_of

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller

_TICK_MS: Final = 250
#: A number that was typed is acted upon this much (ms) after its last digit.
_JUMP_MS: Final = 900
#: What comes next is made ready this much (ms) after a page, when that is painted.
_AFTER_MS: Final = 60
_PREVIEW: Final = ((336, 189), 2.0)
_NOTHING: Final = "Open a case or plan a meeting first; then F5 presents it."
_UNREADABLE: Final = "This case cannot be read now. Everything else goes on."
_SCREEN_GONE: Final = (
    "The screen of the audience is gone and blank. The talk goes on here; plug it in again."
)
_NEXT_WORDS: Final = {PageKind.ASSESSMENT: "Assessment", PageKind.TIMELINE: "Timeline"}


class Presenting(QObject):
    """One talk at a time: begins it, steps it, ends it.

    ``clock`` gives seconds that never go back; ``screens`` the screens of this computer.
    """

    def __init__(self, controller: Controller, screens: Screens | None = None) -> None:
        super().__init__(controller)
        self._controller = controller
        self.clock: Callable[[], float] = time.monotonic
        self.screens = screens or Screens(self)
        self.talk: Talk | None = None
        self.audience: AudienceWindow | None = None
        self.presenter: PresenterWindow | None = None
        self.stage: Stage | None = None
        self._source = Presentation(controller.workspace)
        self._trail = Trail(0.7)
        self._seats = Seats(None, None)
        self._lost = False
        self._shown: tuple[str, Page] | None = None
        self._tick = self._timer(_TICK_MS, self._show_clock, single=False)
        self._jump = self._timer(_JUMP_MS, partial(self.wish, ENTER))
        self._after = self._timer(_AFTER_MS, self._make_ready)

    def _timer(self, ms: int, act: Callable[[], object], *, single: bool = True) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(single)
        timer.setInterval(ms)
        timer.timeout.connect(act)
        return timer

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return {
            "present.start": self.start,
            "present.case": self.start_case,
            "case.event": self.ask_event,
        }

    def stop(self) -> None:
        """End without a question: the program closes; what was drawn is kept."""
        if self.talk is not None:
            for question in talks.questions(self.talk):
                self._answer(question, keep=True)
            self._close()

    # -- beginning ---------------------------------------------------------------------

    def start(self) -> None:
        """Present the meeting that is meant, or ask which, or present the open case."""
        session = self._controller.session
        case = session.case
        meetings = self._source.meetings()
        meant = to_begin_with(meetings, case.uid if case is not None else "", date.today())
        if meant is not None:
            self.present(meant)
        elif meetings:
            label = case.label if case is not None else ""
            MeetingChoice(meetings, label, self._chosen, self._controller.window).open()
        else:
            self.start_case()

    def _chosen(self, meeting: Meeting | None) -> None:
        if meeting is None:
            self.start_case()
        else:
            self.present(meeting)

    def start_case(self) -> None:
        """Present the open case alone."""
        case = self._controller.session.case
        if case is None:
            self._controller.say(_NOTHING)
            return
        self.begin((AgendaItem(case.uid),), "Board")

    def present(self, meeting: Meeting) -> None:
        """Present the cases of a meeting in their order."""
        self.begin(meeting.items, title_of(meeting))

    def begin(self, items: tuple[AgendaItem, ...], title: str) -> None:
        """Begin a talk on cases; a talk under way ends first."""
        if self.talk is not None:
            self.end()
        self._source.forget()
        slots = self._source.slots(items)
        self.talk = talks.begun(slots, title, self.clock())
        self._build(slots)
        self._seat()
        self.show()
        self._tick.start()
        self._read_rules()

    def _build(self, slots: tuple[Slot, ...]) -> None:
        controller, settings = self._controller, self._controller.settings
        trail = settings["presenting.trail_seconds"]
        self._trail = Trail(float(trail) if isinstance(trail, int | float) else 0.7)
        self.stage = stage = Stage(controller.workspace, controller.jobs, self)
        room = stage.room
        room.discreet = Discreet(self._source.patients(slots))
        room.author = controller.session.author
        room.hands_of_mouse = controller.window.room.hands_of_mouse
        self.audience = audience = AudienceWindow(stage, self._trail)
        audience.content.set_column(on=bool(settings["presenting.column"]))
        audience.content.bottom.show_title(self.talk.title if self.talk is not None else "")
        notes_px = settings.integer("presenting.notes_px")
        self.presenter = presenter = PresenterWindow(audience.content, self._trail, notes_px)
        presenter.buttons["column"].setChecked(audience.content.with_column)
        for window in (audience, presenter):
            window.wished.connect(self.wish)
            window.closing.connect(self.end)
        for source in (audience.pointed, presenter.mirror.pointed):
            source.connect(self._point)
        audience.content.timeline.scan_chosen.connect(self._visit)
        audience.content.resized.connect(presenter.mirror.refresh)
        presenter.case_wished.connect(self._go_to_case)
        presenter.noted.connect(self._keep_notes)
        presenter.kept.connect(partial(self._answered, keep=True))
        presenter.thrown.connect(partial(self._answered, keep=False))
        self._listen(stage, presenter)

    def _listen(self, stage: Stage, presenter: PresenterWindow) -> None:
        room = stage.room
        stage.changed.connect(presenter.mirror.refresh)
        stage.loaded.connect(self._after.start)
        stage.trouble.connect(presenter.say)
        room.edited.connect(self._drew)
        room.delete_requested.connect(self._take_back)
        room.asked.connect(lambda _ask: room.cancel())
        room.tool_changed.connect(self._show_tool)
        self.screens.changed.connect(self._seat)
        self._controller.session.case_changed.connect(self._case_changed)

    def _read_rules(self) -> None:
        """Let the guideline be read behind the first picture, when it is not known yet."""
        shown = self._presented()
        if shown is not None and shown.assessment is None:
            guidance = self._controller.workspace.guidance
            self._controller.jobs.start(
                "rules for the talk",
                lambda _reporter: guidance.make_ready(),
                finished=lambda _result: self._show_words(),
            )

    # -- the windows -------------------------------------------------------------------

    def _seat(self) -> None:
        """Give the windows their screens; called again when screens come and go."""
        audience, presenter = self.audience, self.presenter
        if audience is None or presenter is None or self.talk is None:
            return
        wanted = str(self._controller.settings["presenting.screen"])
        home = self.screens.of(self._controller.window)
        begins = self._seats == Seats(None, None)
        now = seats(self.screens.places(), wanted, home, before=None if begins else self._seats)
        had_audience, self._seats = self._seats.audience is not None, now
        if now.audience is None:
            audience.hide()
            if had_audience:
                self._lose()
        else:
            self.screens.seat(audience, now.audience)
        if now.presenter is None:
            presenter.hide()
        else:
            self.screens.seat(presenter, now.presenter)
        if now.audience is not None and self._lost:
            self._find()
        front = presenter if now.presenter is not None else audience
        front.activateWindow()
        front.setFocus()

    def _lose(self) -> None:
        """Blank, and go on in the presenter's window."""
        self._lost = True
        self._change(talks.blanked, on=True)
        if self.presenter is not None:
            self.presenter.say(_SCREEN_GONE)

    def _find(self) -> None:
        """Show again what was blanked only because its screen was gone."""
        self._lost = False
        self._change(talks.blanked, on=False)
        if self.presenter is not None:
            self.presenter.say("")

    # -- ending ------------------------------------------------------------------------

    def end(self) -> None:
        """Close the windows, and ask in the main window what nobody has answered yet."""
        talk = self.talk
        if talk is None:
            return
        if self.presenter is not None:
            self.presenter.flush_notes()
        left = talks.questions(talk)
        self._close()
        window = self._controller.window
        window.activateWindow()
        if left:
            DrawnQuestion(left, lambda q, keep: self._answer(q, keep=keep), window).open()

    def _close(self) -> None:
        self.talk, self._shown = None, None
        self._seats, self._lost = Seats(None, None), False
        for timer in (self._tick, self._jump, self._after):
            timer.stop()
        self.screens.changed.disconnect(self._seat)
        self._controller.session.case_changed.disconnect(self._case_changed)
        audience, presenter, stage = self.audience, self.presenter, self.stage
        self.audience = self.presenter = self.stage = None
        if presenter is not None:
            presenter.closing.disconnect(self.end)
            presenter.stop()
            presenter.close()
            presenter.deleteLater()
        if audience is not None:
            audience.closing.disconnect(self.end)
            audience.pointer.stop()
            audience.close()
            audience.deleteLater()
        if stage is not None:
            stage.stop()
            stage.deleteLater()

    # -- wishes ------------------------------------------------------------------------

    def wish(self, name: str) -> None:
        """Do what a key or a button asks for; see `tumorboard.app.commands.PRESENTING`."""
        if self.talk is None:
            return
        if name.startswith(DIGIT):
            self._jump.start()
            self.talk = talks.typed(self.talk, name.removeprefix(DIGIT))
            return
        act = self._acts().get(name)
        if act is not None:
            act()
        elif name.startswith("tool."):
            self._choose_tool(name.removeprefix("tool."))

    def _acts(self) -> dict[str, Callable[[], object]]:
        return {
            "forward": partial(self._step, 1),
            "back": partial(self._step, -1),
            "next_case": partial(self._go_to, 1),
            "previous_case": partial(self._go_to, -1),
            "first": lambda: self._change(talks.at_page, 0),
            "last": lambda: self._change(talks.at_page, 10_000),
            "blank": self._blank,
            "pointer": self._switch_pointer,
            "column": self._switch_column,
            "told": self._switch_told,
            "undo": self._take_back,
            "end": self._esc,
            ENTER: self._enter,
        }

    def _change(self, act: Callable[..., Talk], *arguments: object, **more: object) -> None:
        if self.talk is None:
            return
        if self.presenter is not None:
            self.presenter.flush_notes()
        self.talk = act(self.talk, *arguments, **more)
        self.show()

    def _step(self, by: int) -> None:
        self._change(talks.stepped, by, self.clock())

    def _enter(self) -> None:
        self._jump.stop()
        self._change(talks.entered, self.clock())

    def _go_to(self, by: int) -> None:
        if self.talk is not None:
            self._go_to_case(self.talk.case + 1 + by)

    def _go_to_case(self, number: int) -> None:
        self._change(talks.jumped, number, self.clock())

    def _blank(self) -> None:
        if self.talk is not None:
            self._change(talks.blanked, on=not self.talk.blank)

    def _switch_pointer(self) -> None:
        if self.talk is None or self.audience is None:
            return
        self.talk = replace(self.talk, pointer=not self.talk.pointer)
        self._trail.clear()
        self.audience.set_light(on=self.talk.pointer)
        self._show_state()

    def _switch_column(self) -> None:
        if self.audience is not None and self.presenter is not None:
            on = not self.audience.content.with_column
            self.audience.content.set_column(on=on)
            self.presenter.buttons["column"].setChecked(on)
            self.presenter.mirror.refresh()

    def _switch_told(self) -> None:
        """Tell initials and age, once that is written down; or tell them no more."""
        talk, presenter = self.talk, self.presenter
        if talk is None or presenter is None:
            return
        try:
            if not talk.told:
                self._source.log_told(talk.slot.case_uid)
            self.talk = replace(talk, told=not talk.told)
        except UserError as error:
            presenter.say(str(error))
        self._show_words()

    def _esc(self) -> None:
        """Put a tool away; without one the talk ends."""
        if self.stage is None or not self.stage.room.cancel():
            self.end()

    def _choose_tool(self, name: str) -> None:
        if self.stage is not None:
            self.stage.room.set_tool(tool_named(name) if name else None)

    def _show_tool(self) -> None:
        if self.stage is not None and self.presenter is not None:
            tool = self.stage.room.tool
            self.presenter.show_tool(tool.name if tool is not None else "")

    def _point(self, x: float, y: float) -> None:
        if self.talk is None or not self.talk.pointer or self.audience is None:
            return
        self._trail.add(x, y)
        self.audience.pointer.moved()
        if self.presenter is not None:
            self.presenter.mirror.update()

    def _visit(self, key: str) -> None:
        """Show the images of a date that was clicked on; the next step goes on."""
        shown = self._presented()
        if shown is not None and self.stage is not None and self.audience is not None:
            self.stage.show_series(shown.case, key, self.talk.made if self.talk else ())
            self.audience.content.show_pictures()
            self._shown = None

    # -- drawing -----------------------------------------------------------------------

    def _drew(self, _label: str, annotations: tuple[Annotation, ...]) -> None:
        """Hold what was drawn; what the case holds already keeps its own words."""
        shown = self._presented()
        if self.talk is None or shown is None:
            return
        held = {a.uid: a.label for a in shown.case.annotations}
        fresh = [replace(a, label=held.get(a.uid, a.label)) for a in annotations]
        self.talk = talks.drew(self.talk, fresh)
        self._show_drawn(shown.case)

    def _take_back(self, uid: str = "") -> None:
        shown = self._presented()
        if self.talk is not None and shown is not None:
            self.talk = talks.undone(self.talk, uid)
            self._show_drawn(shown.case)

    def _show_drawn(self, case: Case) -> None:
        if self.stage is not None and self.talk is not None:
            self.stage.room.preview = ()
            self.stage.set_annotations(case, self.talk.made)

    def _answered(self, uid: str, *, keep: bool) -> None:
        if self.talk is None:
            return
        for question in self.talk.asked:
            if question.case_uid == uid:
                self._answer(question, keep=keep)
        self.talk = talks.answered(self.talk, uid)
        self._show_state()

    def _answer(self, question: Question, *, keep: bool) -> None:
        if keep:
            self._try(partial(self._source.keep_drawn, question.case_uid, question.annotations))

    def _keep_notes(self, text: str) -> None:
        if self.talk is not None:
            self._try(partial(self._source.keep_notes, self.talk.slot.case_uid, text))

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except UserError as error:
            if self.presenter is not None:
                self.presenter.say(str(error))
            self._controller.say(str(error), state="warning")
            return False
        return True

    # -- showing -----------------------------------------------------------------------

    def _presented(self) -> Presented | None:
        if self.talk is None:
            return None
        try:
            return self._source.of(self.talk.slot.case_uid)
        except UserError as error:
            if self.presenter is not None:
                self.presenter.say(str(error))
            return None

    def show(self) -> None:
        """Bring both windows to the state of the talk."""
        talk, stage, audience = self.talk, self.stage, self.audience
        if talk is None or stage is None or audience is None or self.presenter is None:
            return
        audience.set_blank(on=talk.blank)
        where = (talk.slot.case_uid, talk.here)
        if where != self._shown:
            new_case = self._shown is None or self._shown[0] != where[0]
            self._shown = where
            if not self._lost:
                self.presenter.say("")
            shown = self._presented()
            if shown is None:
                audience.content.show_sentence(_UNREADABLE)
            else:
                self._show_page(shown, new_case=new_case)
        self._show_words()

    def _show_page(self, shown: Presented, *, new_case: bool) -> None:
        talk, stage, audience, presenter = self.talk, self.stage, self.audience, self.presenter
        if talk is None or stage is None or audience is None or presenter is None:
            return
        if talk.here.kind is PageKind.PICTURE:
            stage.show_page(shown.case, talk.here, talk.made)
        else:
            self._after.start()
        audience.content.show_page(shown, talk.here)
        if new_case:
            presenter.show_notes(shown.notes)

    def _show_words(self) -> None:
        """Show what changes without another page: heads, columns, the presenter's parts."""
        talk, audience = self.talk, self.audience
        if talk is None or audience is None:
            return
        shown, told = self._presented(), ""
        if shown is not None and talk.told:
            newest = max((s.study_date for s in shown.case.series), default="")
            told = initials_and_age(shown.case.patient, newest)
        steps = (talk.page, len(talk.slot.pages))
        audience.content.top.show_case(f"Case {talk.case + 1}", talk.slot.question, told, steps)
        if shown is not None and self._shown is not None:
            audience.content.show_page(shown, talk.here)
        self._show_state()

    def _show_state(self) -> None:
        if self.talk is not None and self.presenter is not None:
            self.presenter.show_talk(self.talk)
            self.presenter.mirror.refresh()
            self._show_clock()

    def _show_clock(self) -> None:
        if self.talk is not None and self.presenter is not None:
            self.presenter.show_clock(self.talk, self.clock())

    def _case_changed(self, case: Case | None) -> None:
        """Follow what is done to a case of the talk in another window."""
        if case is None or self.talk is None:
            return
        if case.uid not in {slot.case_uid for slot in self.talk.slots}:
            return
        self._source.forget(case.uid)
        self.talk = talks.with_pages(self.talk, case.uid, pages_of(case))
        if case.uid == self.talk.slot.case_uid:
            self._show_drawn(case)
            self._show_words()

    # -- what comes next ---------------------------------------------------------------

    def _make_ready(self) -> None:
        """Load what this case still needs, then the next case, and picture the next page."""
        talk = self.talk
        if talk is None:
            return
        keys = []
        for slot in talk.slots[talk.case : talk.case + 2]:
            try:
                keys += keys_of(self._source.of(slot.case_uid).case, slot.pages)
            except UserError:
                continue
        work = self._controller.workspace.images.prefetch(list(dict.fromkeys(keys)))
        self._controller.jobs.start(
            "load ahead",
            lambda reporter: work(reporter.quiet()),
            finished=lambda _result: self._picture_next(),
        )
        self._name_next()

    def _name_next(self) -> None:
        if self.talk is not None and self.presenter is not None:
            coming = talks.following(self.talk)
            self.presenter.show_next(_next_words(self.talk, coming), None)

    def _picture_next(self) -> None:
        """Paint the picture that comes next, when its images are in memory already."""
        talk = self.talk
        coming = talks.following(talk) if talk is not None else None
        if talk is None or coming is None or not coming[1].view_uid:
            return
        slot, page = coming
        try:
            case = self._source.of(slot.case_uid).case
        except UserError:
            return
        view, images = case.view(page.view_uid), self._controller.workspace.images
        opened = images.held(view.main.series_key) if view is not None else None
        if view is None or opened is None or not opened.is_complete:
            return
        size, ratio = _PREVIEW
        volume, words = opened.volume, _next_words(talk, coming)

        def paint(_reporter: Reporter) -> QImage:
            return paint_saved(volume, case, view.main, size, ratio, words=False)

        self._controller.jobs.start(
            "next view", paint, finished=partial(self._show_next, talk.here, words)
        )

    def _show_next(self, page: Page, words: str, image: QImage) -> None:
        if self.talk is not None and self.talk.here == page and self.presenter is not None:
            self.presenter.show_next(words, image)

    # -- events of the course ----------------------------------------------------------

    def ask_event(self) -> None:
        """Let an event be entered for the open case."""
        if self._controller.session.case is None:
            self._controller.say("Open a case from the worklist first.")
            return
        dialog: QDialog = EventQuestion(self._enter_event, self._controller.window)
        dialog.open()

    def _enter_event(self, kind: EventKind, day: date, text: str) -> bool:
        check_event(kind, text)
        session = self._controller.session
        case = session.case
        if case is None:
            return False
        remark = Remark(event_key(kind, day), text, "", session.author, utc_now())
        edit = put_remark(case, remark, "Enter event")
        return self._controller.attempt(lambda: session.apply(edit))


def _next_words(talk: Talk, coming: tuple[Slot, Page] | None) -> str:
    if coming is None:
        return "This is the last page."
    slot, page = coming
    what = _NEXT_WORDS.get(page.kind, "")
    if slot.case_uid != talk.slot.case_uid:
        return f"Next case: {slot.label}"
    return what or f"Picture {talk.page + 2} of {slot.label}"
