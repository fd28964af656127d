"""All that carries a case through the board: meetings, readiness, decision, figures, new cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from tumorboard.app.case_change import ABOUT, DERIVED, FACTS, REMARKS, SERIES
from tumorboard.case.model import Case
from tumorboard.language import _
from tumorboard.ui.meeting.decision import DecisionFeature
from tumorboard.ui.meeting.decision_panel import DecisionPanel
from tumorboard.ui.meeting.decision_place import DecisionTab
from tumorboard.ui.meeting.figures import Figures
from tumorboard.ui.meeting.meetings import CaseChoice, Meetings
from tumorboard.ui.meeting.new_cases import NewCases
from tumorboard.ui.meeting.papers import Papers
from tumorboard.ui.meeting.readiness import ReadinessOfCase
from tumorboard.ui.shell.host import Feature

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host


class MeetingFeature(QObject, Feature):
    """Passes on to its parts what the window and the session say."""

    families = frozenset({ABOUT, DERIVED, FACTS, REMARKS, SERIES})

    def __init__(
        self,
        host: Host,
        panel: DecisionPanel,
        cases: CaseChoice,
        show_page: Callable[[QWidget | None], None],
        go_to_fact: Callable[[str], None],
        give_up: Callable[[], bool],
    ) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._panel = panel
        self._case_uid = ""
        self._give_up = give_up
        self.meetings = Meetings(host, cases, self._show)
        self.figures = Figures(host, self._show)
        self._show_page = show_page
        self.papers = Papers(host, self.meetings)
        self.readying = ReadinessOfCase(host, self.meetings, cases, go_to_fact)
        self.meetings.light_chosen.connect(self.readying.go_to)
        self.deciding = DecisionFeature(host, DecisionTab(host, panel, self.meetings))
        self.new_cases = NewCases(host)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be stored."""
        return self.deciding.is_idle

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {
            **self.meetings.handlers(),
            **self.papers.handlers(),
            **self.figures.handlers(),
            **self.readying.handlers(),
            "case.decision": self.show_decision,
            "case.sign": self.sign,
            **self.new_cases.handlers(),
            "cancel": self.cancel,
        }

    def listen(self) -> None:
        """Listen to the panels."""
        self.deciding.start()
        self._host.parent_widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Show how things stand when one comes back to this window from another."""
        if event.type() is QEvent.Type.WindowActivate:
            self.meetings.refresh()
            self.deciding.refresh()
        return super().eventFilter(watched, event)

    def stop(self) -> None:
        """Store what was typed last."""
        self.deciding.stop()

    def show_assessment(self) -> None:
        """Show what an assessment says where a decision is written."""
        self.deciding.show_around()

    def show_case(self, case: Case | None) -> None:
        """Show how far a case is."""
        self.readying.show_case(case)
        uid = case.uid if case is not None else ""
        if uid != self._case_uid:
            self._case_uid = uid
            self.deciding.show_case(uid)

    def show_decision(self) -> None:
        """Show the decision with the keys in its first field."""
        if self._host.case is None:
            self._host.say(_("Open a case first; the decision is on one case."))
            return
        self._leave_page()
        self._host.show_panel(self._panel)
        self._panel.go_to_first()

    def sign(self) -> None:
        """Sign the decision on the open case, or show what is lacking."""
        if self._host.case is None:
            self._host.say(_("Open a case first; the decision is on one case."))
            return
        if not self._panel.can_be_signed:
            self.show_decision()
            return
        self.deciding.sign()

    def show_cases(self) -> None:
        """Read anew what the page of meetings says of cases."""
        self.meetings.offer()
        self.meetings.refresh()

    def cancel(self) -> None:
        """Leave the page of meetings, or put away what is half drawn; and what was said."""
        self._host.unsay()
        if not self._leave_page() and not self._give_up():
            self._host.room.cancel()

    def _show(self, page: QWidget | None) -> None:
        """Show a page in place of the images, and let the commands say which it is."""
        self._show_page(page)
        self.meetings.mark()
        self.figures.mark()

    def _leave_page(self) -> bool:
        """Show the images again where a page stands in their place; return whether one did."""
        for page in (self.meetings, self.figures):
            if page.is_shown:
                page.leave()
                return True
        return False
