"""A decision in words, and what may be proposed for it from the facts; no widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tumorboard.case.decision import Agreement, Considered, Decision, Intent
from tumorboard.case.definitions import value_text
from tumorboard.case.facts import FactSheet
from tumorboard.language import _

Title = Callable[[str], str]

INTENTS: Final = {
    Intent.CURATIVE: _("Curative"),
    Intent.PALLIATIVE: _("Palliative"),
    Intent.DIAGNOSTIC: _("Diagnostic"),
    Intent.SURVEILLANCE: _("Follow-up"),
    Intent.NOT_STATED: _("Not stated"),
}
AGREEMENTS: Final = {
    Agreement.AGREES: _("Agrees"),
    Agreement.DISSENTS: _("Differs"),
    Agreement.NOT_STATED: _("Not stated"),
}
TRIALS: Final = {
    Considered.YES: _("Yes"),
    Considered.NO: _("No"),
    Considered.NOT_STATED: _("Not stated"),
}

#: What the computed stage says when it is none.
_NO_STAGE: Final = ("not_assignable", "not_computed")


@dataclass(frozen=True)
class OptionChoice:
    """An option of the catalogue; ``status`` is what the assessment says of it, or empty."""

    id: str
    title: str
    status: str = ""

    @property
    def line(self) -> str:
        """Return "Image-guided core biopsy · Suggested"."""
        return f"{self.title} · {self.status}" if self.status else self.title


@dataclass(frozen=True)
class Proposals:
    """What the facts say of stage and histology; a person takes it over or writes otherwise."""

    stage: str = ""
    histology: str = ""


@dataclass(frozen=True)
class Version:
    """A saving of the decision: one line for the list, and all of it in words."""

    line: str
    text: str


def proposals(facts: FactSheet, assessment: Any) -> Proposals:
    """Return histology and stage as recorded and computed; empty where not known."""
    histology = facts.value("histology")
    derived = getattr(assessment, "derived", {}) or {}
    stage = derived.get("ajcc_stage")
    return Proposals(
        "" if stage is None or stage.value in (None, *_NO_STAGE) else f"{stage.text} (AJCC 8)",
        "" if histology is None else value_text("histology", histology),
    )


def option_choices(catalogue: dict[str, Any], assessment: Any) -> tuple[OptionChoice, ...]:
    """Return all options of the catalogue: first those that the assessment speaks of."""
    spoken = {o.id: o.status_text for o in getattr(assessment, "options", ())}
    ordered = [key for key in spoken if key in catalogue]
    ordered += [key for key in catalogue if key not in spoken]
    return tuple(OptionChoice(k, catalogue[k].title, spoken.get(k, "")) for k in ordered)


def decision_lines(decision: Decision, title: Title) -> tuple[tuple[str, str], ...]:
    """Return what was decided as pairs of a label and words; nothing stated is left out."""
    spoken = [title(option) for option in decision.options]
    told = "; ".join([*spoken, *filter(None, [decision.recommendation.strip()])])
    rejected = "; ".join(f"{title(r.option)}: {r.reason}" for r in decision.rejected)
    differs = _("differs")
    if decision.dissent_reason:
        differs = _("differs: {reason}", reason=decision.dissent_reason)
    agreement = {
        Agreement.AGREES: _("agrees"),
        Agreement.DISSENTS: differs,
        Agreement.NOT_STATED: "",
    }
    way = {None: "", True: _("as recommended"), False: _("not as recommended")}
    as_said = way[decision.outcome_as_recommended]
    outcome = (decision.outcome, as_said, decision.differs_because)
    pairs = (
        (_("Recommendation"), told),
        (_("Deferred because"), decision.deferred_because),
        (_("Intent"), "" if decision.intent is Intent.NOT_STATED else INTENTS[decision.intent]),
        (_("Considered, not taken"), rejected),
        (_("Assessment panel"), agreement[decision.agreement]),
        (_("Stage as discussed"), decision.stage),
        (_("Histology as discussed"), decision.histology),
        (
            _("Trial considered"),
            "" if decision.trial is Considered.NOT_STATED else _(str(decision.trial)),
        ),
        (_("Carried out by"), decision.responsible),
        (_("By"), decision.due),
        (_("Outcome"), " · ".join(part for part in outcome if part)),
    )
    return tuple((label, words) for label, words in pairs if words.strip())
