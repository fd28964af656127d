"""The form of a decision: what is recommended, or why the case is deferred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.case.dates import read_date
from tumorboard.case.decision import Agreement, Decision, Intent, RejectedOption
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.ui.meeting.decision_options import OptionRows
from tumorboard.ui.meeting.decision_parts import Choice, Line, Words
from tumorboard.ui.meeting.decision_words import (
    AGREEMENTS,
    INTENTS,
    TRIALS,
    OptionChoice,
    Proposals,
)
from tumorboard.ui.shell.parts import ElidedLabel, head, link, words
from tumorboard.ui.shell.theme import keep_scaled

_RECOMMENDED, _DEFERRED = "recommended", "deferred"


@dataclass(frozen=True)
class Around:
    """What the form offers: options of the catalogue, proposals from the facts, known people.

    ``reading`` is the category with what qualifies it, empty where nothing does.
    """

    options: tuple[OptionChoice, ...] = ()
    proposals: Proposals = field(default_factory=Proposals)
    people: tuple[str, ...] = ()
    reading: str = ""

    def title(self, option: str) -> str:
        """Return the words of an option."""
        return next((o.title for o in self.options if o.id == option), option)


class DecisionForm(QWidget):
    """``edited`` after each letter and each choice."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.around = Around()
        self._shown = Decision()
        self.kind = Choice(
            _("The board"), {_RECOMMENDED: _("Recommends"), _DEFERRED: _("Defers the case")}
        )
        self.options = OptionRows(
            _("Add a recommended option"),
            _("Add an option: type a few letters"),
            with_reasons=False,
        )
        self.recommendation = Words(
            _("Recommendation in free words"), _("In the board’s own words")
        )
        self.intent = Choice(_("Intent"), INTENTS)
        self.rejected = OptionRows(
            _("Add an option that was not taken"),
            _("Add an option: type a few letters"),
            with_reasons=True,
        )
        self.agreement = Choice(_("Assessment panel"), AGREEMENTS)
        self.dissent = Words(
            _("Why the board differs"), _("Why the board differs from the assessment")
        )
        self.stage = Proposed(_("Stage as discussed"))
        self.histology = Proposed(_("Histology as discussed"))
        self.trial = Choice(_("Trial considered"), TRIALS)
        self.responsible = Line(_("Carried out by"), _("Name of one person"))
        self.due = Line(_("By"), "2026-12-11")
        self.due_problem = words("", "prompt")
        self.deferred = Words(_("Deferred because"), _("What is missing, and by when"))
        self._build()
        fields = (
            *(self.kind, self.options, self.recommendation, self.intent, self.rejected),
            *(self.agreement, self.dissent, self.stage, self.histology, self.trial),
            *(self.responsible, self.due, self.deferred),
        )
        for entry in fields:
            entry.edited.connect(self._edited)
        self.show_decision(Decision(), fresh=True)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.kind)
        self._recommends = _group(
            (_("Recommended"), self.options, self.recommendation),
            (_("Intent"), self.intent),
            (_("Considered, not taken"), self.rejected),
        )
        self._defers = _group((_("Deferred because"), self.deferred))
        column.addWidget(self._recommends)
        column.addWidget(self._defers)
        below = (
            (_("Does the board agree with the assessment?"), self.agreement, self.dissent),
            (_("Stage as discussed"), self.stage),
            (_("Histology as discussed"), self.histology),
            (_("Trial considered"), self.trial),
        )
        column.addWidget(_group(*below))
        column.addWidget(head(_("Who carries it out, and by when")))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.responsible, 1)
        keep_scaled(self.due, width=112)
        line.addWidget(self.due)
        column.addLayout(line)
        column.addWidget(self.due_problem)

    # -- what is shown -------------------------------------------------------------------

    def show_around(self, around: Around) -> None:
        """Offer these options, proposals and people."""
        if around == self.around:
            return
        self.around = around
        for rows in (self.options, self.rejected):
            rows.set_catalogue(around.options, around.title)
        self.stage.propose(around.proposals.stage)
        self.histology.propose(around.proposals.histology)
        self.responsible.offer(around.people)

    def show_decision(self, decision: Decision, *, fresh: bool = False) -> None:
        """Show a decision; a ``fresh`` one leaves nothing of what stood in the fields.

        Otherwise a form that says the same already is left alone, with what is being typed.
        """
        self._shown = decision
        if not fresh and decision == self.decision():
            return
        self.kind.set_value(_DEFERRED if decision.is_deferred else _RECOMMENDED)
        self.options.set_value([RejectedOption(o, "") for o in decision.options])
        self.recommendation.set_value(decision.recommendation)
        self.intent.set_value(decision.intent)
        self.rejected.set_value(decision.rejected)
        self.agreement.set_value(decision.agreement)
        self.dissent.set_value(decision.dissent_reason)
        self.stage.set_value(decision.stage)
        self.histology.set_value(decision.histology)
        self.trial.set_value(decision.trial)
        self.responsible.set_value(decision.responsible)
        self.due.set_value(decision.due)
        self.deferred.set_value(decision.deferred_because)
        self._show_parts()

    def decision(self) -> Decision:
        """Return the decision as it stands in the fields.

        What does not belong to the kind that is chosen stays out of it, and in its field.
        """
        defers = self.kind.value == _DEFERRED
        return replace(
            self._shown,
            options=() if defers else self.options.options,
            recommendation="" if defers else self.recommendation.value,
            intent=Intent.NOT_STATED if defers else self.intent.value,
            rejected=() if defers else self.rejected.rejected,
            agreement=self.agreement.value,
            dissent_reason=self.dissent.value if self._dissents else "",
            stage=self.stage.value,
            histology=self.histology.value,
            trial=self.trial.value,
            responsible=self.responsible.value,
            due=self._due()[0],
            deferred_because=self.deferred.value if defers else "",
        )

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for each field that cannot be read."""
        problem = self._due()[1]
        return (problem,) if problem else ()

    @property
    def _dissents(self) -> bool:
        return bool(self.agreement.value == Agreement.DISSENTS)

    def _due(self) -> tuple[str, str]:
        """Return the date as ISO, or the text as typed and what is wrong with it."""
        typed = self.due.value.strip()
        if not typed:
            return "", ""
        try:
            return read_date(typed).isoformat(), ""
        except UserError as error:
            return typed, str(error)

    def _edited(self) -> None:
        self._show_parts()
        self.edited.emit()

    def _show_parts(self) -> None:
        defers = self.kind.value == _DEFERRED
        self._recommends.setVisible(not defers)
        self._defers.setVisible(defers)
        self.dissent.setVisible(self._dissents)
        problem = self._due()[1]
        self.due_problem.setText(problem)
        self.due_problem.setVisible(bool(problem))


class Proposed(QWidget):
    """A line of words with what the facts propose below it, until a person took it over."""

    edited = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.line = Line(name)
        self._proposal = ElidedLabel("", "dim")
        self.take = link(_("take over"), self._take)
        self.take.setAccessibleName(_("Take over: {name}", name=name))
        below = QHBoxLayout()
        below.addWidget(self._proposal, 1)
        below.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line)
        layout.addLayout(below)
        self._proposed = ""
        self.line.edited.connect(self._changed)
        self._show()

    @property
    def value(self) -> str:
        """The words as they were typed."""
        return self.line.value

    def set_value(self, text: str) -> None:
        """Show words without reporting them."""
        self.line.set_value(text)
        self._show()

    def propose(self, text: str) -> None:
        """Show what the facts say; nothing is taken over by itself."""
        self._proposed = text
        self._show()

    def _take(self) -> None:
        self.line.set_value(self._proposed)
        self.line.setFocus()
        self._changed()

    def _changed(self) -> None:
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        differs = bool(self._proposed) and self._proposed != self.line.value
        self._proposal.set_full_text(
            _("From the facts: {proposed}", proposed=self._proposed) if differs else ""
        )
        self._proposal.setVisible(differs)
        self.take.setVisible(differs)


def _group(*sections: Sequence[str | QWidget]) -> QWidget:
    """Return heads with the widgets below each."""
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for title, *widgets in sections:
        column.addWidget(head(str(title)))
        for widget in widgets:
            if isinstance(widget, QWidget):
                column.addWidget(widget)
    return group
