"""What a board did, as plain data, and how each piece of it is judged. Reads no store.

What was frozen with a signed decision is judged as it was then: by the assessment that the board
saw, never by a later one. What a record does not say is not known (None) and counts as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from tumorboard.case.decision import Decision
from tumorboard.case.model import Remark
from tumorboard.guidelines.tree import OFFERED
from tumorboard.language import N_

#: How the keys of acknowledged alerts begin.
ALERT: Final = "alert:"
#: Severities as a record writes them, the worst first.
SEVERITIES: Final[Mapping[str, str]] = {
    "C": N_("critical"),
    "W": N_("warning"),
    "I": N_("information"),
}


class Stance(StrEnum):
    """How a decision stands to the assessment that it was made on."""

    AGREES = "agrees"
    DEVIATES = "deviates"
    NO_ASSESSMENT = "no assessment"
    OWN_WORDS = "own words"
    NOTHING_OFFERED = "nothing offered"


@dataclass(frozen=True)
class Planned:
    """A case on the agenda of a meeting that took place; ``minutes`` as planned.

    ``seconds`` is how long it was shown that day, None where that is not known.
    """

    case_uid: str
    meeting_uid: str
    minutes: int
    seconds: int | None = None


@dataclass(frozen=True)
class Decided:
    """What one meeting, or a board without one, signed on a case.

    ``day`` is that of the meeting, else of the first signature. ``decision`` is the one that
    stands; ``assessment`` is frozen with the first signature that chose what it chooses, and
    ``held`` are the acknowledgements of alerts that were in force at that moment, by key.
    ``first`` is the assessment frozen with the very first signature.
    """

    case_uid: str
    label: str
    day: date
    meeting_uid: str
    decision: Decision
    assessment: Mapping[str, Any]
    first: Mapping[str, Any]
    held: Mapping[str, Remark]


@dataclass(frozen=True)
class BoardRecord:
    """What happened in a period, both days included.

    ``drafted`` are the cases of the agenda, as (case, meeting), with a draft that nobody signed.
    ``elsewhere`` counts signed decisions that came with case bundles, which are no work of this
    board, ``outside`` the signatures of the period on decisions that count on a day outside of it.
    ``acknowledged`` are the acknowledgements made in the period, whatever became of them.
    ``timed_since`` is the day of the first time of a case that is stored, None without any.
    """

    first_day: date
    last_day: date
    meetings: int
    planned: tuple[Planned, ...] = ()
    decided: tuple[Decided, ...] = ()
    drafted: frozenset[tuple[str, str]] = frozenset()
    elsewhere: int = 0
    outside: int = 0
    acknowledged: int = 0
    timed_since: date | None = None


@dataclass(frozen=True)
class Deviation:
    """An option that was decided and not offered; ``words`` are what was said of it."""

    option: str
    title: str
    words: str


@dataclass(frozen=True)
class StandingAlert:
    """An alert that stood when a decision was signed.

    ``reason`` says why it was acknowledged, empty for one that nobody acknowledged and None where
    the record does not tell what it said, so that nobody can know.
    """

    rule: str
    severity: str
    text: str
    reason: str | None


def decides_alike(one: Decision, other: Decision) -> bool:
    """Whether two decisions choose the same: other words, or an outcome, decide nothing anew."""
    same = frozenset(one.options) == frozenset(other.options)
    return same and one.is_deferred == other.is_deferred


def _options(assessment: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]] | None:
    found = assessment.get("options")
    if not isinstance(found, dict):
        return None
    return {str(key): said for key, said in found.items() if isinstance(said, dict)}


def _offered(options: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Return the options that were offered; the equal alternative of one that was is offered."""
    offered = {key for key, said in options.items() if said.get("status") in OFFERED}
    alike = {
        (key, str(said["equal_with"])) for key, said in options.items() if said.get("equal_with")
    }
    pairs = alike | {(other, key) for key, other in alike}
    return frozenset(offered | {key for key, other in pairs if other in offered})


def deviations(made: Decided) -> tuple[Deviation, ...]:
    """Return the decided options that the assessment did not offer, in their order."""
    options = _options(made.assessment)
    if options is None:
        return ()
    offered = _offered(options)
    found = []
    for key in dict.fromkeys(made.decision.options):
        if key not in offered:
            said = options.get(key, {})
            words = str(said.get("status_text") or said.get("status") or "")
            found.append(Deviation(key, str(said.get("title") or ""), words))
    return tuple(found)


def stance(made: Decided) -> Stance:
    """Return how a decision stands to its assessment; one that is deferred has none.

    Where the assessment speaks against a decided option the decision deviates, also when nothing
    was offered; where it offered nothing and speaks against none, neither can be said.

    Raises
    ------
    ValueError
        When the decision is deferred: our bug.

    """
    if made.decision.is_deferred:
        raise ValueError("a deferred case was not decided")
    options = _options(made.assessment)
    if not options:
        return Stance.NO_ASSESSMENT if options is None else Stance.NOTHING_OFFERED
    if not made.decision.options:
        return Stance.OWN_WORDS
    against = ("discourage", "not_offered")
    out = deviations(made)
    if any(options.get(d.option, {}).get("status") in against for d in out):
        return Stance.DEVIATES
    if not _offered(options):
        return Stance.NOTHING_OFFERED
    return Stance.DEVIATES if out else Stance.AGREES


def asked_for(made: Decided) -> tuple[str, ...] | None:
    """Return the inputs that the rules still asked for at the first signature, each once.

    These are the inputs that the assessment lists as missing, as its panel shows them, and the
    criteria that were not assessed; None where the record holds no assessment.
    """
    missing, also = made.first.get("missing"), made.first.get("also_missing")
    criteria = made.first.get("criteria")
    if not (isinstance(missing, list) and isinstance(also, list) and isinstance(criteria, dict)):
        return None
    unassessed = [name for name, state in criteria.items() if state == "not_assessed"]
    return tuple(dict.fromkeys(map(str, (*unassessed, *missing, *also))))


def alerts_standing(made: Decided) -> tuple[StandingAlert, ...] | None:
    """Return the alerts that stood when it was signed; None where no assessment says so.

    An acknowledgement counts while the alert says the same at the same severity.
    """
    fired, details = made.assessment.get("alerts"), made.assessment.get("alert_details")
    if not isinstance(fired, list):
        return None
    told = details if isinstance(details, dict) else {}
    found = []
    for rule in map(str, fired):
        said = told.get(rule)
        if not isinstance(said, dict) or said.get("severity") not in SEVERITIES:
            found.append(StandingAlert(rule, "", "", None))
            continue
        severity, text = SEVERITIES[said["severity"]], str(said.get("text", ""))
        held = made.held.get(f"{ALERT}{rule}")
        # Of a contradiction an acknowledgement names the values too; older records tell no words.
        stands_for = said.get("stands_for") or f"{severity}: {text}"
        acknowledged = held is not None and held.value == stands_for
        reason = held.note.strip() if held is not None and acknowledged else ""
        found.append(StandingAlert(rule, severity, text, reason))
    return tuple(found)
