"""What a board recommends for a case, who carries it out, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tumorboard.language import _


class Agreement(StrEnum):
    """How the board stands to what the assessment panel says."""

    NOT_STATED = "not stated"
    AGREES = "agrees"
    DISSENTS = "dissents"


class Intent(StrEnum):
    """What the recommended treatment is meant to reach."""

    NOT_STATED = "not stated"
    CURATIVE = "curative"
    PALLIATIVE = "palliative"
    DIAGNOSTIC = "diagnostic"
    SURVEILLANCE = "surveillance"


class Considered(StrEnum):
    """Whether a trial was considered; nothing said is not "no"."""

    NOT_STATED = "not stated"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class RejectedOption:
    """An option that was considered and why it was not taken; ``option`` as in the catalogue."""

    option: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """The recommendation of a board for a case, or why it was deferred.

    ``options`` are identifiers of the option catalogue, ``recommendation`` free words.
    ``stage`` and ``histology`` are as discussed. ``due`` is an ISO date. ``outcome`` is what
    happened later, ``differs_because`` why it was not what was recommended.
    """

    options: tuple[str, ...] = ()
    recommendation: str = ""
    intent: Intent = Intent.NOT_STATED
    rejected: tuple[RejectedOption, ...] = ()
    agreement: Agreement = Agreement.NOT_STATED
    dissent_reason: str = ""
    stage: str = ""
    histology: str = ""
    trial: Considered = Considered.NOT_STATED
    responsible: str = ""
    due: str = ""
    deferred_because: str = ""
    outcome: str = ""
    outcome_as_recommended: bool | None = None
    differs_because: str = ""

    @property
    def is_deferred(self) -> bool:
        """Whether the case was put off."""
        return bool(self.deferred_because.strip())

    @property
    def is_decided(self) -> bool:
        """Whether anything was recommended."""
        return bool(self.options or self.recommendation.strip())


def lacking(decision: Decision, title: Callable[[str], str] = str) -> tuple[str, ...]:
    """Return a sentence for each thing without which a case cannot be closed.

    ``title`` gives the words of an option of the catalogue.
    """
    found = []
    if decision.is_decided and decision.is_deferred:
        found.append(_("Either a recommendation or a reason to defer, not both."))
    if not decision.is_decided and not decision.is_deferred:
        found.append(_("Say what is recommended, or why the case is deferred."))
    if decision.is_decided and not decision.responsible.strip():
        found.append(_("Name the person who carries it out."))
    if decision.agreement is Agreement.DISSENTS and not decision.dissent_reason.strip():
        found.append(_("Say why the board differs from the assessment."))
    found += [
        _("Say why this was not taken: {title}.", title=title(rejected.option))
        for rejected in decision.rejected
        if not rejected.reason.strip()
    ]
    if decision.outcome_as_recommended is False and not decision.differs_because.strip():
        found.append(_("Say why it was not done as recommended."))
    return tuple(found)
