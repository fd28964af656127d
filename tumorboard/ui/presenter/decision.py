"""The decision on the case on show, written in the presenter's window while the talk goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from tumorboard.app.board import Board, Subject
from tumorboard.app.presented import Presentation
from tumorboard.case.meeting import Meeting
from tumorboard.errors import UserError
from tumorboard.ui.meeting.decision import DecisionFeature

if TYPE_CHECKING:
    from tumorboard.ui.meeting.decision_panel import DecisionPanel
    from tumorboard.ui.presenter.presenter_window import PresenterWindow
    from tumorboard.ui.shell.host import Host


class TalkPlace:
    """The presenter's window as the place of a decision; nothing of it reaches the audience."""

    def __init__(
        self,
        host: Host,
        source: Presentation,
        presenter: PresenterWindow,
        meeting_uid: str,
        meeting_of: Callable[[str], Meeting | None],
    ) -> None:
        self._host = host
        self._meeting_of = meeting_of
        self._source = source
        self._presenter = presenter
        self._meeting_uid = meeting_uid

    @property
    def panel(self) -> DecisionPanel:
        """The panel beside the mirror."""
        return self._presenter.decision

    @property
    def window(self) -> QWidget:
        """The presenter's window."""
        return self._presenter

    def subject(self, case_uid: str) -> Subject | None:
        """Return the case as the store holds it now: what is signed rests on that."""
        self._source.forget(case_uid)
        try:
            shown = self._source.of(case_uid)
        except UserError as error:
            self.say(str(error), bad=True)
            return None
        return Subject(shown.case, shown.facts, shown.assessment)

    def meeting(self, case_uid: str) -> Meeting | None:
        """Return the meeting that is presented, else the one that has the case."""
        if self._meeting_uid:
            return Board(self._host.session).meeting(self._meeting_uid)
        return self._meeting_of(case_uid)

    def set_status(self, case_uid: str, status: str) -> None:
        """Give a case its status."""
        self._source.set_status(case_uid, status)

    def say(self, sentence: str, *, bad: bool = False) -> None:
        """Say it to the presenter alone."""
        del bad
        self._presenter.say(sentence)


class TalkDeciding:
    """Follows the talk from case to case while the decision stands beside the mirror."""

    def __init__(self, host: Host, place: TalkPlace, presenter: PresenterWindow) -> None:
        self._presenter = presenter
        self._desk = DecisionFeature(host, place)
        self._desk.start()

    @property
    def is_idle(self) -> bool:
        """Whether nothing typed waits to be stored."""
        return self._desk.is_idle

    def switch(self, case_uid: str) -> None:
        """Show the decision on a case in place of notes and agenda, or these again."""
        on = not self._presenter.is_deciding
        self._desk.show_case(case_uid if on else "")
        self._presenter.show_decision(on=on)

    def follow(self, case_uid: str) -> None:
        """Go to the case on show; what was typed on the one before is kept."""
        if self._presenter.is_deciding:
            self._desk.show_case(case_uid)

    def show_around(self) -> None:
        """Offer what the rules say, once they are read."""
        if self._presenter.is_deciding:
            self._desk.show_around()

    def sign(self) -> None:
        """Sign what is written, while it is on show."""
        if self._presenter.is_deciding:
            self._desk.sign()

    def stop(self) -> None:
        """Keep what was typed last."""
        self._desk.stop()
