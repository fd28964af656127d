"""Joins a decision panel with the store: drafts as they are typed, signatures, outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tumorboard.app.board import Board, DecisionState, StoredDecision
from tumorboard.app.decision_state import stands
from tumorboard.app.meeting_words import day_in_words
from tumorboard.case.decision import Decision
from tumorboard.errors import UserError
from tumorboard.guidelines.category_words import qualified_category, qualifiers
from tumorboard.language import N_, _
from tumorboard.ui.meeting.decision_form import Around
from tumorboard.ui.meeting.decision_panel import Standing
from tumorboard.ui.meeting.decision_place import DecisionPlace
from tumorboard.ui.meeting.decision_words import (
    Version,
    decision_lines,
    option_choices,
    proposals,
)
from tumorboard.ui.shell.provenance import local_time
from tumorboard.ui.shell.text_dialog import text_dialog

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: What was typed is stored after a pause of this long (ms).
_PAUSE_MS = 700

_SIGNED_ELSEWHERE = N_(
    "{author} signed this decision in another window, {when}. "
    "What you wrote is still below and is not stored."
)
_CHANGED_ELSEWHERE = N_(
    "{author} changed this decision in another window, {when}. "
    "What you wrote is still below and is not stored."
)


class DecisionFeature:
    """Keeps what is typed into the decision of one case after another, and signs it."""

    def __init__(self, host: Host, place: DecisionPlace) -> None:
        self._host = host
        self._place = place
        self._case_uid = ""
        #: By case: the newest saving that was seen, what is typed and not stored yet, and who
        #: else has written meanwhile.
        self._seen: dict[str, int] = {}
        self._typed: dict[str, Decision] = {}
        self._clashes: dict[str, str] = {}
        #: Signed decisions whose form is open again, by case, with what stood in it first.
        self._opened: dict[str, Decision] = {}
        self._pause = QTimer(host.parent_widget)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.keep)

    @property
    def is_idle(self) -> bool:
        """Whether nothing typed waits to be stored."""
        return not self._pause.isActive()

    @property
    def _board(self) -> Board:
        return Board(self._host.session)

    def start(self) -> None:
        """Listen to the panel."""
        panel = self._place.panel
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

    # -- what is shown -------------------------------------------------------------------

    def show_case(self, uid: str) -> None:
        """Show the decision on a case, empty for none; what was typed before is stored first."""
        if uid != self._case_uid:
            self.keep()
            self._case_uid = uid
            self._show()
            self.show_around()

    def show_around(self) -> None:
        """Offer what the assessment and the facts say now."""
        host, on = self._host, self._place.subject(self._case_uid)
        if on is None or on.assessment is None:
            return
        meeting = self._place.meeting(self._case_uid)
        names = [a.name for a in meeting.attendees] if meeting is not None else []
        people = tuple(dict.fromkeys([*names, host.session.author]))
        result = on.assessment.to_json()
        options = dict(host.workspace.guidance.guideline.options)
        around = Around(
            option_choices(options, on.assessment),
            proposals(on.facts, on.assessment),
            people,
            qualified_category(result) if qualifiers(result) else "",
        )
        if around != self._place.panel.form.around:
            self._place.panel.show_around(around)
            self._show()

    def refresh(self) -> None:
        """Show what was written elsewhere, unless something is being written here."""
        if self._case_uid and self._case_uid not in self._typed:
            self._show()

    def _show(self) -> None:
        if not self._case_uid:
            self._place.panel.show_standing(None)
            return
        self._attempt(self._show_stored)

    def _show_stored(self) -> None:
        uid, found = self._case_uid, self._board.decisions(self._case_uid)
        now = stands(found)
        if uid not in self._typed:
            self._seen[uid] = found[-1].sequence if found else 0
        signed = now.signed is not None
        correcting = signed and (now.draft is not None or uid in self._opened)
        held = now.draft or now.signed
        stored = held.decision if held is not None else Decision()
        if correcting and now.draft is None:
            stored = self._opened[uid]
        self._place.panel.show_standing(
            Standing(
                uid,
                self._typed.get(uid, stored),
                _status(now, correcting=correcting),
                self._host.session.author,
                signed=signed,
                correcting=correcting,
                anew=self._new_day(now),
                clash=self._clashes.get(uid, ""),
                versions=tuple(self._version(d) for d in reversed(found)),
            )
        )

    def _new_day(self, now: DecisionState) -> str:
        """Return the day of a meeting that has not decided yet, where another one has signed."""
        meeting = self._place.meeting(self._case_uid)
        if meeting is None or now.signed is None:
            return ""
        other = now.signed.meeting_uid not in ("", meeting.uid)
        return day_in_words(meeting.date) if other else ""

    def _version(self, stored: StoredDecision) -> Version:
        title = self._place.panel.form.around.title
        lines = [_saved(stored), ""]
        lines += [f"{label}: {text}" for label, text in decision_lines(stored.decision, title)]
        if stored.signed:
            lines += ["", _("Record {digest}", digest=stored.record.get("digest", ""))]
            lines += [_("Audit head {digest}", digest=stored.record.get("audit_head", ""))]
        state = "signed" if stored.signed else "draft"
        when = local_time(stored.utc)
        return Version(f"{stored.version} · {state} · {stored.author} · {when}", "\n".join(lines))

    def _show_version(self, version: object) -> None:
        if isinstance(version, Version):
            text_dialog(_("Decision of the board"), version.text, self._place.window).open()

    # -- writing -------------------------------------------------------------------------

    def _edited(self, decision: Decision) -> None:
        uid = self._case_uid
        if uid not in self._opened and (signed := self._board.stands(uid).signed) is not None:
            self._opened[uid] = signed.decision
        self._typed[uid] = decision
        self._pause.start()

    def keep(self) -> None:
        """Store what was typed as a draft."""
        self._pause.stop()
        uid, host = self._case_uid, self._host
        typed = self._typed.get(uid)
        if typed is None or uid in self._clashes:
            return
        host.keep_if_scratch()
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
            self._place.say(str(error), bad=True)
            return
        self._clashes[self._case_uid] = _(
            _SIGNED_ELSEWHERE if last.signed else _CHANGED_ELSEWHERE,
            author=last.author,
            when=local_time(last.utc),
        )
        self._show()

    def _keep_mine(self) -> None:
        uid = self._case_uid
        found = self._board.decisions(uid)
        self._clashes.pop(uid, None)
        self._seen[uid] = found[-1].sequence if found else 0
        if (signed := stands(found).signed) is not None:
            self._opened.setdefault(uid, signed.decision)
        self.keep()
        self._show()

    def _take_theirs(self) -> None:
        for held in (self._clashes, self._typed, self._opened):
            held.pop(self._case_uid, None)
        self._show()

    def sign(self) -> None:
        """Sign the decision as it stands in the form."""
        place, uid = self._place, self._case_uid
        if not place.panel.can_be_signed:
            place.panel.go_to_first()
            return
        self.keep()
        on = place.subject(uid)
        if uid in self._typed or on is None:
            return  # it could not be stored; why was said
        decision = place.panel.decision

        def act() -> None:
            self._board.sign(decision, self._meeting_uid(), self._seen.get(uid), on)
            place.set_status(uid, "deferred" if decision.is_deferred else "presented")

        if self._attempt(act):
            self._opened.pop(uid, None)
            place.say(_("The decision is signed; what it rests on is kept with it."))
        self._show()

    def _correct(self) -> None:
        """Open the form again: with what was signed, or empty for a meeting of its own."""
        now = self._board.stands(self._case_uid)
        if now.signed is not None:
            anew = bool(self._new_day(now))
            self._opened[self._case_uid] = Decision() if anew else now.signed.decision
            self._show()
            self._place.panel.go_to_first()

    def _leave_correction(self) -> None:
        uid = self._case_uid
        self._pause.stop()
        self._typed.pop(uid, None)
        if self._attempt(lambda: self._board.take_back(uid, self._seen.get(uid))):
            self._opened.pop(uid, None)
        self._show()

    def _follow_up(self, told: Decision) -> None:
        def act() -> None:
            self._board.follow_up(
                told.outcome,
                as_recommended=bool(told.outcome_as_recommended),
                differs_because=told.differs_because,
                on=self._place.subject(self._case_uid),
            )
            self._place.set_status(self._case_uid, "followed up")

        self._attempt(act)
        self._show()

    def _attempt(self, act: Callable[[], object]) -> bool:
        """Do something that the outside world can spoil; say so where one writes."""
        try:
            act()
        except UserError as error:
            self._place.say(str(error), bad=True)
            return False
        return True

    def _meeting_uid(self) -> str:
        meeting = self._place.meeting(self._case_uid)
        return meeting.uid if meeting is not None else ""


def _status(now: DecisionState, *, correcting: bool) -> str:
    if now.signed is not None and correcting:
        kept = (
            " " + _("Kept {when}.", when=local_time(now.draft.utc)) if now.draft is not None else ""
        )
        return _(
            "Not signed yet: version {version} stands until this is signed.{kept}",
            version=now.signed.version,
            kept=kept,
        )
    if now.shown is None:
        return _("No decision yet. What you write is kept as a draft; signing closes the case.")
    return _saved(now.shown)


def _saved(saving: StoredDecision) -> str:
    when, version = local_time(saving.utc), saving.version
    if not saving.signed:
        return _("Draft, not signed · kept {when} · {author}", when=when, author=saving.author)
    before = saving.record.get("follows", {}).get("version")
    follows = _(", follows version {before}", before=before) if before else ""
    return _(
        "Signed by {author} · {when} · version {version}{follows}",
        author=saving.author,
        when=when,
        version=version,
        follows=follows,
    )
