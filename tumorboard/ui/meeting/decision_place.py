"""Where a decision is written: the tab of the window, or the presenter's window in a talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from tumorboard.app.board import Subject
from tumorboard.app.worklist import set_status
from tumorboard.case.meeting import Meeting

if TYPE_CHECKING:
    from tumorboard.ui.meeting.decision_panel import DecisionPanel
    from tumorboard.ui.meeting.meetings import Meetings
    from tumorboard.ui.shell.host import Host


class DecisionPlace(Protocol):
    """What a panel for decisions stands in.

    A place keeps the case that is decided on and knows the meeting that decides on it.
    """

    @property
    def panel(self) -> DecisionPanel:
        """The panel."""
        ...

    @property
    def window(self) -> QWidget:
        """The window that dialogs belong to."""
        ...

    def subject(self, case_uid: str) -> Subject | None:
        """Return what is decided on, None when it cannot be read now."""
        ...

    def meeting(self, case_uid: str) -> Meeting | None:
        """Return the meeting in which a case is decided, None without one."""
        ...

    def set_status(self, case_uid: str, status: str) -> None:
        """Give a case its status; raises UserError when that cannot be stored."""
        ...

    def say(self, sentence: str, *, bad: bool = False) -> None:
        """Tell whoever writes."""
        ...


class DecisionTab:
    """The tab of the window; the open case is decided on."""

    def __init__(self, host: Host, panel: DecisionPanel, meetings: Meetings) -> None:
        self._host = host
        self.panel = panel
        self._meetings = meetings

    @property
    def window(self) -> QWidget:
        """The window."""
        return self._host.parent_widget

    def subject(self, case_uid: str) -> Subject | None:
        """Return the open case with what it rests on."""
        session = self._host.session
        if session.case is None or session.case.uid != case_uid:
            return None
        return Subject(session.case, session.facts, session.assessment)

    def meeting(self, case_uid: str) -> Meeting | None:
        """Return the current meeting when the case is on its agenda, else the newest."""
        return self._meetings.of_case(case_uid)

    def set_status(self, case_uid: str, status: str) -> None:
        """Give the open case its status."""
        set_status(self._host.session, status)

    def say(self, sentence: str, *, bad: bool = False) -> None:
        """Say it in the window."""
        self._host.say(sentence, state="warning" if bad else "information")
