"""From an assessment to the rows of the panel and the report; words only, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.case.facts import Place


@dataclass(frozen=True)
class ConflictRow:
    """A disagreement: the sides as (words, source, whether it governs), and why."""

    id: str
    title: str
    sides: tuple[tuple[str, str, bool], ...]
    why: str


@dataclass(frozen=True)
class CriterionRow:
    """One of the six excluding findings."""

    name: str
    label: str
    state: str
    words: str
    origin: str
    annotation_uids: tuple[str, ...]
    place: Place | None
    conflicts: tuple[ConflictRow, ...] = ()


@dataclass(frozen=True)
class ReasonRow:
    """Why a line is there: our words, the rule, the readable sources, the facts it read.

    ``side`` is for, against or waits; ``marks`` are reservations such as "public guidance".
    """

    text: str
    rule: str
    sources: tuple[str, ...]
    inputs: tuple[str, ...]
    side: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionRow:
    """An option with its status word, every reason, and its dose and timing cards.

    ``group`` is the status under which it stands (an equal alternative stands beside its
    partner); ``own_words`` are printed for the status where they say more than it.
    """

    id: str
    status: str
    status_words: str
    title: str
    reasons: tuple[ReasonRow, ...]
    cards: tuple[ReasonRow, ...] = ()
    group: str = ""
    own_words: str = ""
    conflicts: tuple[ConflictRow, ...] = ()


@dataclass(frozen=True)
class AlertRow:
    """An alert with its severity: critical, warning or information.

    ``acknowledged`` says by whom, when and why, empty while it stands; ``stands_for`` is what
    an acknowledgement of it refers to: the same words at the same severity.
    """

    severity: str
    text: str
    reason: ReasonRow
    key: str = ""
    stands_for: str = ""
    acknowledged: str = ""
    contradiction: bool = False
    conflicts: tuple[ConflictRow, ...] = ()


@dataclass(frozen=True)
class FlipRow:
    """What would come about, and by which inputs: (name, words) each, with their values."""

    becomes: str
    changes: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class AssessmentRows:
    """Everything the panel shows."""

    category: str
    title: str
    subtitle: str
    rule: str
    provisional: str
    reason: ReasonRow
    criteria: tuple[CriterionRow, ...]
    missing: tuple[tuple[str, str], ...]
    options: tuple[OptionRow, ...]
    alerts: tuple[AlertRow, ...]
    notes: tuple[ReasonRow, ...]
    silences: tuple[ReasonRow, ...]
    guideline: str
