"""Joins the decision panel with the store: drafts as they are typed, signatures, outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tumorboard.app.board import Board, StoredDecision
from tumorboard.app.worklist import set_status
from tumorboard.case.decision import Decision
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.ui.dialogs.text_dialog import text_dialog
from tumorboard.ui.models.provenance import local_time
from tumorboard.ui.panels.decision_form import Around
from tumorboard.ui.panels.decision_panel import Standing
from tumorboard.ui.panels.decision_words import (
    Version,
    decision_lines,
    option_choices,
    proposals,
)

if TYPE_CHECKING:
    from tumorboard.ui.controller import Controller

#: What was typed is stored after a pause of this long (ms).
_PAUSE_MS = 700


class Deciding:
    """Keeps what is typed into the decision of the open case, and signs it."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._case_uid = ""
        #: By case: the newest saving that was seen, what is typed and not stored yet, and who
        #: else has written meanwhile.
        self._seen: dict[str, int] = {}
        self._typed: dict[str, Decision] = {}
        self._clashes: dict[str, str] = {}
        #: Corrections that are not signed yet, by case; they last as long as the program runs.
        self._corrections: dict[str, Decision] = {}
        self._pause = QTimer(controller)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.keep)

    @property
    def is_idle(self) -> bool:
        """Whether nothing typed waits to be stored."""
        return not self._pause.isActive()

    @property
    def _board(self) -> Board:
        return Board(self._controller.session)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {"case.decision": self.show_tab, "case.sign": self.sign}

    def start(self) -> None:
        """Listen to the panel."""
        panel = self._controller.window.decision
        panel.edited.connect(self._edited)
        panel.sign_requested.connect(self.sign)
        panel.correct_requested.connect(self._correct)
        panel.correction_left.connect(self._leave_correction)
        panel.keep_requested.connect(self._keep_mine)
        panel.theirs_requested.connect(self._take_theirs)
        panel.follow_up_requested.connect(self._follow_up)
        panel.version_requested.connect(self._show_version)

    def stop(self) -> None:
        """Store what was typed last."""
        self.keep()

    def show_tab(self) -> None:
        """Show the decision with the keys in its first field."""
        controller = self._controller
        if controller.boarding.meetings.is_shown:
            controller.boarding.meetings.leave()
        controller.window.tabs.setCurrentWidget(controller.window.decision)
        controller.window.decision.go_to_first()

    # -- what is shown -------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """Show the decision on a case; what was typed on the one before is stored first."""
        uid = case.uid if case is not None else ""
        if uid != self._case_uid:
            self.keep()
            self._case_uid = uid
            self._show()
        self.show_around()

    def show_around(self) -> None:
        """Offer what the assessment and the facts say now."""
        controller = self._controller
        case, assessment = controller.session.case, controller.session.assessment
        if case is None or assessment is None:
            return
        meeting = controller.boarding.meetings.of_case(case.uid)
        names = [a.name for a in meeting.attendees] if meeting is not None else []
        people = tuple(dict.fromkeys([*names, controller.session.author]))
        options = dict(controller.workspace.guidance.guideline.options)
        around = Around(
            option_choices(options, assessment),
            proposals(controller.session.facts, assessment),
            people,
        )
        if around != controller.window.decision.form.around:
            controller.window.decision.show_around(around)
            self._show()

    def refresh(self) -> None:
        """Show what was written elsewhere, unless something is being written here."""
        if self._case_uid and self._case_uid not in self._typed:
            self._show()

    def _show(self) -> None:
        controller = self._controller
        if not self._case_uid:
            controller.window.decision.show_standing(None)
            return
        controller.attempt(self._show_stored)

    def _show_stored(self) -> None:
        found = self._board.decisions(self._case_uid)
        last = found[-1] if found else None
        uid = self._case_uid
        if uid not in self._typed:
            self._seen[uid] = last.sequence if last is not None else 0
        signed = last is not None and last.signed
        correction = self._corrections.get(uid)
        held = last.decision if last is not None else Decision()
        written = correction if signed and correction is not None else held
        shown = self._typed.get(uid, written)
        self._controller.window.decision.show_standing(
            Standing(
                self._case_uid,
                shown,
                _status(last, correcting=signed and correction is not None),
                self._controller.session.author,
                signed=signed,
                correcting=signed and correction is not None,
                clash=self._clashes.get(uid, ""),
                versions=tuple(self._version(d) for d in reversed(found)),
            )
        )

    def _version(self, stored: StoredDecision) -> Version:
        title = self._controller.window.decision.form.around.title
        lines = [_status(stored, correcting=False), ""]
        lines += [f"{label}: {text}" for label, text in decision_lines(stored.decision, title)]
        if stored.signed:
            lines += ["", f"Record {stored.record.get('digest', '')}"]
            lines += [f"Audit head {stored.record.get('audit_head', '')}"]
        state = "signed" if stored.signed else "draft"
        when = local_time(stored.utc)
        return Version(f"{stored.version} · {state} · {stored.author} · {when}", "\n".join(lines))

    def _show_version(self, version: object) -> None:
        if isinstance(version, Version):
            text_dialog("Decision of the board", version.text, self._controller.window).open()

    # -- writing -------------------------------------------------------------------------

    def _edited(self, decision: Decision) -> None:
        if self._case_uid in self._corrections:
            self._corrections[self._case_uid] = decision
            return
        self._typed[self._case_uid] = decision
        self._pause.start()

    def keep(self) -> None:
        """Store what was typed as a draft; a correction is stored when it is signed."""
        self._pause.stop()
        uid, controller = self._case_uid, self._controller
        typed = self._typed.get(uid)
        if typed is None or uid in self._clashes:
            return
        if controller.workspace.is_scratch:
            controller.keep()
        try:
            kept = self._board.draft(typed, self._meeting_uid(), self._seen.get(uid, 0), uid)
        except UserError as error:
            self._met(error)
            return
        self._seen[uid] = kept.sequence
        del self._typed[uid]
        self._show()

    def _met(self, error: UserError) -> None:
        """Ask which holds when somebody else has written; what was typed stays in the form."""
        found = self._board.decisions(self._case_uid)
        last = found[-1] if found else None
        if last is None or last.sequence == self._seen.get(self._case_uid, 0):
            self._controller.say(str(error), state="warning")
            return
        did = "signed" if last.signed else "changed"
        self._clashes[self._case_uid] = (
            f"{last.author} {did} this decision in another window, {local_time(last.utc)}. "
            "What you wrote is still below and is not stored."
        )
        self._show()

    def _keep_mine(self) -> None:
        uid = self._case_uid
        found = self._board.decisions(uid)
        self._clashes.pop(uid, None)
        self._seen[uid] = found[-1].sequence if found else 0
        if found and found[-1].signed and uid in self._typed:
            self._corrections[uid] = self._typed.pop(uid)
        self.keep()
        self._show()

    def _take_theirs(self) -> None:
        self._clashes.pop(self._case_uid, None)
        self._typed.pop(self._case_uid, None)
        self._show()

    def sign(self) -> None:
        """Sign the decision as it stands in the form."""
        controller, panel = self._controller, self._controller.window.decision
        if controller.session.case is None:
            controller.say("Open a case first; the decision is on one case.")
            return
        if not panel.can_be_signed:
            self.show_tab()
            return
        self.keep()
        uid = self._case_uid
        if uid in self._typed:
            return  # it could not be stored; why was said
        decision = panel.decision

        def act() -> None:
            self._board.sign(decision, self._meeting_uid(), after=self._seen.get(uid))
            set_status(controller.session, "deferred" if decision.is_deferred else "presented")

        if controller.attempt(act):
            self._corrections.pop(uid, None)
            controller.say("The decision is signed; what it rests on is kept with it.")
        self._show()

    def _correct(self) -> None:
        found = self._board.decisions()
        if found:
            self._corrections[self._case_uid] = found[-1].decision
            self._show()
            self._controller.window.decision.go_to_first()

    def _leave_correction(self) -> None:
        self._corrections.pop(self._case_uid, None)
        self._show()

    def _follow_up(self, told: Decision) -> None:
        controller = self._controller

        def act() -> None:
            self._board.follow_up(
                told.outcome,
                as_recommended=bool(told.outcome_as_recommended),
                differs_because=told.differs_because,
            )
            set_status(controller.session, "followed up")

        controller.attempt(act)
        self._show()

    def _meeting_uid(self) -> str:
        meeting = self._controller.boarding.meetings.of_case(self._case_uid)
        return meeting.uid if meeting is not None else ""


def _status(last: StoredDecision | None, *, correcting: bool) -> str:
    if last is None:
        return "No decision yet. What you write is kept as a draft; signing closes the case."
    when, version = local_time(last.utc), last.version
    if correcting:
        return f"Correction of version {version}, which stays. It is kept once it is signed."
    if last.signed:
        follows = f", follows version {version - 1}" if last.predecessor else ""
        return f"Signed by {last.author} · {when} · version {version}{follows}"
    return f"Draft · kept {when} · {last.author}"
