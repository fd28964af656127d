"""Begins talks before a board; all that they need is loaded when the first one begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.language import N_, _
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.word_questions import with_words_settled

if TYPE_CHECKING:
    from tumorboard.app.timeline import EventKind
    from tumorboard.ui.presenter.drawn import Drawn
    from tumorboard.ui.presenter.screens import Screens
    from tumorboard.ui.presenter.talk import RunningTalk
    from tumorboard.ui.shell.host import Host

_NOTHING: Final = _("Open a case or plan a meeting first; then F5 presents it.")
_NO_CASE: Final = _("Open a case from the worklist first.")


class PresenterFeature(QObject, Feature):
    """One talk at a time; ``screens`` stand in for those of this computer, for tests."""

    def __init__(
        self,
        host: Host,
        meeting_of: Callable[[str], Meeting | None],
        tell_talking: Callable[[bool], None],
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._meeting_of, self._tell_talking = meeting_of, tell_talking
        self.screens: Screens | None = None
        self.running: RunningTalk | None = None
        self._drawn: Drawn | None = None

    @property
    def drawn(self) -> Drawn:
        """What was drawn in talks and is not stored yet."""
        from tumorboard.ui.presenter.drawn import Drawn

        self._drawn = self._drawn or Drawn(self._host)
        return self._drawn

    @property
    def is_idle(self) -> bool:
        """Whether nothing that was typed in a talk waits to be stored."""
        return self.running is None or self.running.is_idle

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return {
            "present.start": self.start,
            "present.case": self.start_case,
            "case.event": self.ask_event,
        }

    def may_close(self) -> bool:
        """Whether the window may close now; else what was drawn in the talk is asked about.

        The talk ends then, and the window closes once all is answered and stored.
        """
        if self.running is None or not self.running.has_drawn:
            return True
        self.running.end(then=partial(self._host.run, "file.quit"))
        return False

    def stop(self) -> None:
        """End a talk without a question, and keep what is left: the program closes."""
        if self.running is not None:
            self.running.stop()
        if self._drawn is not None:
            self._drawn.keep_all()

    def start(self) -> None:
        """Present the meeting that is meant, or ask which, or present the open case."""
        from tumorboard.app.presented import Presentation, to_begin_with
        from tumorboard.ui.presenter.questions import MeetingChoice

        case = self._host.case
        meetings = Presentation(self._host.workspace).meetings()
        meant = to_begin_with(meetings, case.uid if case is not None else "", date.today())
        if meant is not None:
            self.present(meant)
        elif meetings:
            label = case.label if case is not None else ""
            MeetingChoice(meetings, label, self._chosen, self._host.parent_widget).open()
        else:
            self.start_case()

    def _chosen(self, meeting: Meeting | None) -> None:
        if meeting is None:
            self.start_case()
        else:
            self.present(meeting)

    def start_case(self) -> None:
        """Present the open case alone."""
        case = self._host.case
        if case is None:
            self._host.say(_NOTHING)
            return
        self.begin((AgendaItem(case.uid),), _("Board"))

    def present(self, meeting: Meeting) -> None:
        """Present the cases of a meeting in their order."""
        from tumorboard.app.presented import title_of

        self.begin(meeting.items, title_of(meeting), meeting)

    def begin(
        self, items: Sequence[AgendaItem], title: str, meeting: Meeting | None = None
    ) -> None:
        """Begin a talk on cases, before a meeting or alone; a talk under way ends first.

        Words that may be a name of a patient are asked about before the audience sees any.
        """
        if self.running is not None:
            self.running.end()
        if not items:
            self._host.say(_("There is no case on the agenda of this meeting yet."))
            return
        uids = [item.case_uid for item in items]
        with_words_settled(self._host, uids, partial(self._begin, items, title, meeting))

    def _begin(self, items: Sequence[AgendaItem], title: str, meeting: Meeting | None) -> None:
        from tumorboard.ui.presenter.talk import RunningTalk

        self.running = RunningTalk(
            *(self._host, items, title, self.drawn, self._meeting_of),
            meeting=meeting,
            screens=self.screens,
        )
        self.running.ended.connect(self._ended)
        self._tell_talking(True)
        self.running.begin()

    def _ended(self) -> None:
        if self.running is not None:
            self.running.deleteLater()
            self.running = None
            self._tell_talking(False)

    # -- events of the course ----------------------------------------------------------

    def ask_event(self) -> None:
        """Let an event be entered for the open case."""
        from tumorboard.ui.presenter.questions import EventQuestion

        if self._host.case is None:
            self._host.say(_NO_CASE)
            return
        EventQuestion(self._enter_event, self._host.parent_widget).open()

    def _enter_event(self, kind: EventKind, day: date, text: str) -> bool:
        from tumorboard.app.timeline import check_event, new_event_key

        check_event(kind, text)
        session = self._host.session
        if session.case is None:
            self._host.say(_NO_CASE)
            return False
        key = new_event_key(session.case, kind, day, text)
        return self._host.attempt(lambda: session.set_remark(key, text, label=N_("Enter event")))
