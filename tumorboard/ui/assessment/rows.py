"""From an assessment to the rows of the panel and the report; words only, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from tumorboard.case.facts import Place
from tumorboard.language import _


@dataclass(frozen=True)
class Origin:
    """Where a value was entered or taken from.

    ``told`` says who stated it and when; ``field`` is where it is stated, ``annotation_uids``
    are what it was measured on, ``place`` the picture on which it was stated.
    """

    field: str
    label: str
    value: str
    told: str
    annotation_uids: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def on_picture(self) -> bool:
        """Whether it leads to a picture."""
        return self.place is not None or bool(self.annotation_uids)

    @property
    def where(self) -> str:
        """What a link to it reads."""
        if self.place is not None:
            return self.place.words
        return _("images") if self.annotation_uids else _("field")

    @property
    def words(self) -> str:
        """Return "Extensive spine involvement: Absent (stated · Dr Example · 12 Nov 2026)"."""
        return f"{self.label}: {self.value} ({self.told})"


@dataclass(frozen=True)
class SideRow:
    """One side of a disagreement, with the patients it is about."""

    id: str
    text: str
    scope: str
    source: str
    governs: bool


@dataclass(frozen=True)
class ConflictRow:
    """A disagreement of the sources: its sides, and why one of them governs."""

    id: str
    title: str
    sides: tuple[SideRow, ...]
    why: str


@dataclass(frozen=True)
class EvidenceRow:
    """A statement of a source on the card of an option.

    ``scope`` names the patients it is about, ``mark`` says how far they are from the case;
    ``grade`` is the quality of the evidence as the source words it, ``effect`` benefit or harm.
    """

    id: str
    text: str
    scope: str
    source: str
    grade: str = ""
    mark: str = ""
    effect: str = ""


@dataclass(frozen=True)
class OptionCard:
    """What an option opens to, besides its reasons.

    ``strength`` and ``quality`` are as the sources word them, ``equal`` the identifier and
    title of its equal alternative; ``figures`` are those that stand neither for nor against it.
    """

    strength: str = ""
    direction: str = ""
    quality: str = ""
    equal: tuple[str, str] = ("", "")
    supporting: tuple[EvidenceRow, ...] = ()
    limiting: tuple[EvidenceRow, ...] = ()
    figures: tuple[EvidenceRow, ...] = ()
    outside: tuple[EvidenceRow, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the sources say nothing about the option."""
        return not any((self.supporting, self.limiting, self.figures, self.outside))


@dataclass(frozen=True)
class CriterionRow:
    """One of the six excluding findings; ``contradicted`` says that a contradiction names it."""

    name: str
    label: str
    state: str
    words: str
    origin: str
    annotation_uids: tuple[str, ...]
    place: Place | None
    conflicts: tuple[ConflictRow, ...] = ()
    contradicted: bool = False


@dataclass(frozen=True)
class ReasonRow:
    """Why a line is there: our words, the rule, and the statements it rests on.

    ``sources`` are the places of these, each once; ``facts`` their identifiers by the patients
    that they are about, such as "all retroperitoneal sarcomas: F-142, F-145".
    ``side`` is for, against or waits; ``marks`` are reservations such as "public guidance".
    ``origins`` are where the values it read come from, ``first`` the one that it leads to.
    """

    text: str
    rule: str
    sources: tuple[str, ...]
    facts: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    first: Origin | None = None
    side: str = ""
    marks: tuple[str, ...] = ()
    strength: str = ""
    lost: bool = False


@dataclass(frozen=True)
class BoardBefore:
    """What this board decided in like cases: a sentence, and each as (UID, name, what)."""

    text: str
    cases: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class OptionRow:
    """An option with its status word, every reason, its dose and timing lines and its card.

    ``group`` is the status under which it stands (an equal alternative stands beside its
    partner, named by ``equal_with``); ``own_words`` are printed for the status where they say
    more than it. ``missing`` can still change the status; ``departures`` say who made the
    institution say more than the source. A ``universal`` option stands in every case.
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
    equal_with: str = ""
    universal: bool = False
    missing: tuple[Origin, ...] = ()
    departures: tuple[str, ...] = ()
    card: OptionCard = OptionCard()


@dataclass(frozen=True)
class AlertRow:
    """An alert with its severity: critical, warning or information.

    ``acknowledged`` says by whom, when and why, empty while it stands; ``stands_for`` is what
    an acknowledgement of it refers to. ``values`` are those that exclude each other in a
    contradiction.
    """

    severity: str
    text: str
    reason: ReasonRow
    key: str = ""
    stands_for: str = ""
    acknowledged: str = ""
    contradiction: bool = False
    conflicts: tuple[ConflictRow, ...] = ()
    values: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class QualifierRow:
    """A qualifier of the category, where it leads, and the reason it was acknowledged with."""

    text: str
    origin: Origin | None = None
    acknowledged: str = ""


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
    qualifiers: tuple[QualifierRow, ...]
    unassessed: str
    rule: str
    provisional: str
    reason: ReasonRow
    criteria: tuple[CriterionRow, ...]
    missing: tuple[Origin, ...]
    options: tuple[OptionRow, ...]
    alerts: tuple[AlertRow, ...]
    notes: tuple[ReasonRow, ...]
    silences: tuple[ReasonRow, ...]
    guideline: str

    @property
    def is_settled(self) -> bool:
        """Whether the rules name a category for what is recorded."""
        return self.category != "indeterminate"
