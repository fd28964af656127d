"""The decision on the open case: written, signed, corrected, followed up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from tumorboard.case.decision import Decision, lacking
from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.meeting.decision_form import Around, DecisionForm
from tumorboard.ui.meeting.decision_parts import Choice, Words
from tumorboard.ui.meeting.decision_words import Version, decision_lines
from tumorboard.ui.shell.parts import Fold, clear, head, link, scroll_column, words
from tumorboard.ui.shell.text_widgets import Button, key_words

_NO_CASE = _("Open a case; the decision of the board on it is written here.")
_OUTCOMES = {True: _("As recommended"), False: _("Otherwise"), None: _("Not stated")}


@dataclass(frozen=True)
class Standing:
    """How the decision on a case stands.

    ``status`` says so in words. ``clash`` says that somebody else changed it while it was
    written here; empty otherwise. ``correcting`` is a signed one that is being corrected,
    ``anew`` the day of a meeting that decides anew after another one has signed.
    """

    case_uid: str
    decision: Decision
    status: str
    author: str
    signed: bool = False
    correcting: bool = False
    anew: str = ""
    clash: str = ""
    versions: tuple[Version, ...] = ()


class DecisionPanel(QWidget):
    """``edited`` carries the decision after each letter; nothing is stored here."""

    edited = Signal(object)
    sign_requested = Signal()
    correct_requested = Signal()
    correction_left = Signal()
    keep_requested = Signal()
    theirs_requested = Signal()
    follow_up_requested = Signal(object)
    version_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._standing: Standing | None = None
        self.form = DecisionForm()
        self.form.edited.connect(self._edited)
        self.status = words("", "dim")
        self.record = QWidget()
        self._lines = QGridLayout(self.record)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setColumnStretch(1, 1)
        self.clash = _Clash()
        self.clash.keep.clicked.connect(self.keep_requested)
        self.clash.theirs.clicked.connect(self.theirs_requested)
        self.lacking = words("", "prompt")
        self.reading = words("", "prompt")
        self.sign = Button()
        self.sign.setProperty("role", "primary")
        self.sign.clicked.connect(self.sign_requested)
        self.correct = link(_("Correct this decision"), self.correct_requested.emit)
        self.leave = link(_("Leave the correction"), self.correction_left.emit)
        self.follow_up = _FollowUp()
        self.follow_up.wanted.connect(self.follow_up_requested)
        self.versions = Fold(_("Earlier versions"), self._fill_versions)
        self._area, column = scroll_column()
        column.setSpacing(6)
        below = (self.lacking, self.sign, self.correct, self.leave, self.follow_up, self.versions)
        for widget in (self.status, self.reading, self.clash, self.record, self.form, *below):
            column.addWidget(widget)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self.show_standing(None)

    @property
    def decision(self) -> Decision:
        """The decision as it stands in the form."""
        return self.form.decision()

    def show_around(self, around: Around) -> None:
        """Offer these options, proposals and people."""
        self.form.show_around(around)
        self.reading.setText(around.reading)
        self.reading.setVisible(bool(around.reading))
        self._show_lacking()

    def show_standing(self, standing: Standing | None) -> None:
        """Show how the decision stands; what is being typed is not disturbed."""
        before = self._standing.case_uid if self._standing is not None else ""
        self._standing = standing
        if standing is None:
            self.status.setText(_NO_CASE)
            for widget in (self.form, self.record, self.clash, self.lacking, self.sign):
                widget.hide()
            for widget in (self.correct, self.leave, self.follow_up, self.versions):
                widget.hide()
            return
        frozen = standing.signed and not standing.correcting
        self.status.setText(standing.status)
        self.clash.say(standing.clash)
        self.form.show_decision(standing.decision, fresh=standing.case_uid != before)
        self.form.setVisible(not frozen)
        self._show_record(standing.decision if frozen else None)
        self.sign.setVisible(not frozen)
        corrects = standing.correcting and not standing.anew
        self.sign.setText(
            _("Sign the correction as {author}", author=standing.author)
            if corrects
            else _("Sign as {author}", author=standing.author)
        )
        self.sign.setToolTip(tip(key_words("Ctrl+Return")))
        anew = _("Decide anew: {day}", day=standing.anew) if standing.anew else ""
        self.correct.setText(anew or _("Correct this decision"))
        self.correct.setVisible(frozen)
        self.leave.setText(_("Leave the new decision") if anew else _("Leave the correction"))
        self.leave.setVisible(standing.correcting)
        self.follow_up.setVisible(frozen)
        self.follow_up.show_decision(standing.decision)
        self.versions.setVisible(len(standing.versions) > 1)
        if self.versions.is_open:
            self.versions.open(False)
            self.versions.open(True)
        self._show_lacking()

    def go_to_first(self) -> None:
        """Put the keys into the first field."""
        target = self.form.options.picker if self.form.isVisible() else self.correct
        target.setFocus()
        self._area.ensureWidgetVisible(target)

    @property
    def can_be_signed(self) -> bool:
        """Whether nothing is lacking and nobody else has changed it meanwhile."""
        return self.form.isVisibleTo(self) and self.sign.isEnabled()

    def _edited(self) -> None:
        self._show_lacking()
        self.edited.emit(self.decision)

    def _show_lacking(self) -> None:
        standing = self._standing
        if standing is None or self.form.isHidden():
            self.lacking.hide()
            return
        found = [*lacking(self.decision, self.form.around.title), *self.form.problems()]
        self.lacking.setText("\n".join(found))
        self.lacking.setVisible(bool(found))
        self.sign.setEnabled(not found and not standing.clash)

    def _show_record(self, decision: Decision | None) -> None:
        clear(self._lines)
        self.record.setVisible(decision is not None)
        if decision is None:
            return
        for row, (label, text) in enumerate(decision_lines(decision, self.form.around.title)):
            self._lines.addWidget(words(label, "dim"), row, 0)
            self._lines.addWidget(words(text), row, 1)

    def _fill_versions(self, column: QVBoxLayout) -> None:
        for version in self._standing.versions if self._standing is not None else ():
            column.addWidget(link(version.line, partial(self.version_requested.emit, version)))


class _Clash(QFrame):
    """Says that somebody else changed the decision, and asks which one holds."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        self._text = words("", "prompt")
        self.keep, self.theirs = QPushButton(_("Keep mine")), QPushButton(_("Take theirs"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        for widget in (self._text, self.keep, self.theirs):
            layout.addWidget(widget)

    def say(self, text: str) -> None:
        """Say it; an empty text hides it."""
        self._text.setText(text)
        self.setVisible(bool(text))


class _FollowUp(QWidget):
    """What happened later; ``wanted`` carries the decision with it."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = Decision()
        self.outcome = Words(_("Outcome"), _("What was done, and when"))
        self.way = Choice(_("Done as recommended"), _OUTCOMES)
        self.because = Words(_("Why it was done otherwise"), _("Why it was done otherwise"))
        self.problem = words("", "prompt")
        self.keep = QPushButton(_("Sign the outcome"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (head(_("Outcome")), self.way, self.outcome, self.because, self.problem):
            column.addWidget(widget)
        column.addWidget(self.keep)
        for part in (self.way, self.outcome, self.because):
            part.edited.connect(self._show)
        self.keep.clicked.connect(lambda: self.wanted.emit(self.decision))

    @property
    def decision(self) -> Decision:
        """The decision with the outcome as it stands in the fields."""
        otherwise = self.way.value is False
        return replace(
            self._shown,
            outcome=self.outcome.value,
            outcome_as_recommended=self.way.value,
            differs_because=self.because.value if otherwise else "",
        )

    def show_decision(self, decision: Decision) -> None:
        """Show the outcome of a decision; one that is being typed is not disturbed."""
        if decision == self._shown:
            return
        self._shown = decision
        self.way.set_value(decision.outcome_as_recommended)
        self.outcome.set_value(decision.outcome)
        self.because.set_value(decision.differs_because)
        self._show()

    def _show(self) -> None:
        self.because.setVisible(self.way.value is False)
        changed = self.decision != self._shown
        said = self.way.value is not None and bool(self.outcome.value.strip())
        reason = self.way.value is not False or bool(self.because.value.strip())
        self.keep.setEnabled(changed and said and reason)
        missing = "" if not changed or said else _("Say what was done, and whether as recommended.")
        missing = missing or ("" if reason else _("Say why it was not done as recommended."))
        self.problem.setText(missing)
        self.problem.setVisible(bool(missing))
