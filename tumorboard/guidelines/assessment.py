"""The result of an assessment: every conclusion with its rule, inputs and sources."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tumorboard.case.facts import Fact, Provenance
from tumorboard.guidelines.catalogue import Citation
from tumorboard.guidelines.model import EvidenceLists
from tumorboard.guidelines.parameters import SettingChange
from tumorboard.guidelines.schedule import Visit
from tumorboard.language import _


@dataclass(frozen=True)
class InputRead:
    """An input or derived value that a rule read.

    ``truth`` is T, F or U: whether the comparison held, U when the value is not known.
    ``text`` is the value in the clinician's words, ``json_value`` as it is written in a
    file. ``rests_on`` names the recorded inputs of a computed value.
    """

    name: str
    label: str
    value: Any
    text: str
    truth: str
    provenance: Provenance
    json_value: Any
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissingInput:
    """An input to ask for; ``field`` is where it is stated, if that is not the name itself."""

    name: str
    label: str
    field: str = ""


@dataclass(frozen=True)
class Reason:
    """One rule's conclusion.

    ``status`` is the option status or alert severity that this rule gave; ``lost`` says
    that a more restrictive rule outweighed it. ``mark`` is a reservation such as
    "extrapolated from leiomyosarcoma", ``scope_mark`` the code of one that comes from the
    scope of the facts; ``missing`` what can still change the status. For an option
    ``direction`` is for, against or open, ``strength`` the grade of the advice and
    ``quality`` that of the evidence, both as the sources word them.
    """

    rule: str
    text: str
    status: str
    inputs: tuple[InputRead, ...]
    sources: tuple[Citation, ...]
    settings: tuple[str, ...]
    conflicts: tuple[str, ...]
    strength: str = ""
    mark: str = ""
    missing: tuple[MissingInput, ...] = ()
    lost: bool = False
    scope_mark: str = ""
    direction: str = ""
    quality: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """Identifiers of the facts and references it rests on."""
        return tuple(citation.id for citation in self.sources)

    @property
    def source_texts(self) -> tuple[str, ...]:
        """Where it stands, each place once."""
        return tuple(dict.fromkeys(citation.source for citation in self.sources))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The patients that the statements behind it are about, in words, each once."""
        return tuple(dict.fromkeys(c.scope for c in self.sources if c.scope))

    @property
    def extrapolated(self) -> bool:
        """Whether the sources speak of another group of patients."""
        return "extrapolated" in self.mark


@dataclass(frozen=True)
class OptionResult:
    """An option with its merged status; ``reasons`` holds the losing ones too.

    ``words`` are printed for the status. ``state`` says more than it (start or continue),
    ``equal_with`` names the option of which it is the equal alternative, ``departure`` the
    settings by which the institution says more than the source, ``carried`` the conflicts
    of the sources that stand on this line, ``evidence`` what the sources say for and
    against it.
    """

    id: str
    title: str
    status: str
    status_text: str
    universal: bool
    reasons: tuple[Reason, ...]
    words: str = ""
    state: str = ""
    equal_with: str = ""
    departure: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    evidence: EvidenceLists = field(default_factory=EvidenceLists)

    @property
    def missing(self) -> tuple[MissingInput, ...]:
        """What can still change the status."""
        found = {m.name: m for r in self.reasons if not r.lost for m in r.missing}
        return tuple(found.values())


@dataclass(frozen=True)
class AlertResult:
    """An alert with its severity: critical, warning or information.

    A ``contradiction`` asks to resolve two recorded values; ``summary`` are its words
    behind the category, empty when it does not touch the category.
    """

    rule: str
    severity: str
    severity_text: str
    text: str
    reason: Reason
    contradiction: bool = False
    summary: str = ""
    carried: tuple[str, ...] = ()

    @property
    def stands_for(self) -> str:
        """What an acknowledgement refers to: the words and the severity.

        For a contradiction also the values that it read, so that it ends when one is changed.
        """
        told = f"{self.severity}: {self.text}"
        if not self.contradiction:
            return told
        return f"{told} [{'; '.join(f'{i.label}: {i.text}' for i in self.reason.inputs)}]"


@dataclass(frozen=True)
class NoteResult:
    """A text to show; ``about`` is the option it belongs to, or empty."""

    rule: str
    text: str
    about: str
    reason: Reason
    carried: tuple[str, ...] = ()


@dataclass(frozen=True)
class CriterionState:
    """One of the six excluding findings: present, absent or not_assessed, and by whom."""

    name: str
    label: str
    state: str
    fact: Fact | None
    carried: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowUp:
    """The schedule that applies; ``variants`` are months of the sources side by side."""

    key: str
    title: str
    visits: tuple[Visit, ...]
    visit_text: str
    variants: Mapping[str, tuple[int, ...]]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Prognosis:
    """Group figures in percent at 8 years; empty for the key "none"."""

    key: str
    title: str
    figures: Mapping[str, float]
    label: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class ConflictResult:
    """A disagreement of the sources: both sides, the governing one, the rule that shows it."""

    id: str
    title: str
    sides: tuple[Citation, ...]
    governs: tuple[str, ...]
    why: str
    rule: str


@dataclass(frozen=True)
class DerivedValue:
    """A computed value in the clinician's words, with what it rests on."""

    name: str
    label: str
    value: Any
    text: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True)
class Assessment:
    """What the guideline says about the facts recorded. The board decides.

    ``notes`` stand on the line they are about; ``displays`` are further texts of the
    sources beside the conclusions; ``silences`` are what the sources say nothing about.
    ``settings_against_source`` says of a setting that it is narrower or wider than its source.
    ``carried`` holds every conflict that a line carries, by its identifier.
    ``works`` are title, authors and year of each source by its short title.
    ``qualifiers`` are the qualifiers of the category by name; ``category_words`` what is
    printed behind it, in full, without "provisional", which has its own reason.
    """

    guideline_id: str
    guideline_version: str
    fact_base: str
    category: str
    category_text: str
    category_rule: str
    category_reason: Reason
    qualifiers: tuple[str, ...]
    category_words: tuple[str, ...]
    provisional: bool
    provisional_reason: str
    criteria: tuple[CriterionState, ...]
    missing: tuple[MissingInput, ...]
    also_missing: tuple[MissingInput, ...]
    options: tuple[OptionResult, ...]
    alerts: tuple[AlertResult, ...]
    notes: tuple[NoteResult, ...]
    displays: tuple[NoteResult, ...]
    silences: tuple[NoteResult, ...]
    derived: Mapping[str, DerivedValue]
    conflicts: tuple[ConflictResult, ...]
    carried: Mapping[str, ConflictResult]
    follow_up: FollowUp
    prognosis: Prognosis
    inputs_read: tuple[InputRead, ...]
    changed_settings: tuple[SettingChange, ...]
    settings_against_source: Mapping[str, str]
    works: Mapping[str, str]
    hashed: Mapping[str, Any]

    @property
    def remarks(self) -> tuple[NoteResult, ...]:
        """Notes and displays together."""
        return (*self.notes, *self.displays)

    @property
    def contradictions(self) -> tuple[AlertResult, ...]:
        """The alerts that ask to resolve two recorded values."""
        return tuple(a for a in self.alerts if a.contradiction)

    @property
    def marks(self) -> dict[str, str | None]:
        """The scope mark of each rule behind an option, an alert or a note, None without."""
        reasons = [r for o in self.options for r in o.reasons]
        reasons += [*(a.reason for a in self.alerts), *(n.reason for n in self.notes)]
        found: dict[str, str | None] = {}
        for reason in reasons:
            found[reason.rule] = found.get(reason.rule) or reason.scope_mark or None
        return dict(sorted(found.items()))

    def carried_by(self, lines: Iterable[str]) -> tuple[ConflictResult, ...]:
        """Return the conflicts named by a line, such as ``option.carried``."""
        return tuple(self.carried[identifier] for identifier in lines)

    def option(self, identifier: str) -> OptionResult | None:
        """Return an option that is shown, or None when the rules are silent on it."""
        return next((o for o in self.options if o.id == identifier), None)

    def partner(self, option: OptionResult) -> OptionResult | None:
        """Return the equal alternative of an option, whichever of the two names it."""
        named = self.option(option.equal_with)
        return named or next((o for o in self.options if o.equal_with == option.id), None)

    def departures(self, option: OptionResult) -> tuple[str, ...]:
        """Return who made the institution say more of an option than the source, when and why."""
        return tuple(
            _(
                "Institutional departure from the source: {id} set by {author}, {date}: {reason}",
                id=c.id,
                author=c.author,
                date=c.date,
                reason=c.reason,
            )
            for c in self.changed_settings
            if c.id in option.departure
        )

    @property
    def ivc_level_text(self) -> str:
        """The IVC level in words; empty while it is not known."""
        found = self.derived.get("ivc_level")
        return found.text if found is not None and found.value in ("I", "II", "III") else ""

    @cached_property
    def input_hash(self) -> str:
        """SHA-256 over the recorded inputs, the settings and the guideline version."""
        text = json.dumps(self.hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the assessment as plain data, for files and the command line."""
        return {
            "guideline": {"id": self.guideline_id, "version": self.guideline_version},
            "input_hash": self.input_hash,
            "category": self.category,
            "category_rule": self.category_rule,
            "category_text": self.category_text,
            "reason": _reason_json(self.category_reason),
            "qualifiers": list(self.qualifiers),
            "category_words": list(self.category_words),
            "provisional": self.provisional,
            "criteria": {c.name: c.state for c in self.criteria},
            "missing": [m.name for m in self.missing],
            "also_missing": [m.name for m in self.also_missing],
            "options": {o.id: _option_json(o) for o in self.options},
            "alerts": sorted(a.rule for a in self.alerts),
            "alert_details": {a.rule: _alert_json(a) for a in self.alerts},
            "notes": sorted({n.rule for n in self.notes}),
            "note_details": [_note_json(n) for n in self.notes],
            "displays": [_note_json(n) for n in self.displays],
            "silences": sorted({s.rule for s in self.silences}),
            "silence_details": [_note_json(s) for s in self.silences],
            "marks": self.marks,
            "derived": {name: d.value for name, d in self.derived.items()},
            "conflicts": [c.id for c in self.conflicts],
            "follow_up": self.follow_up.key,
            "follow_up_months": [v.month for v in self.follow_up.visits],
            "follow_up_reasons": [_reason_json(r) for r in self.follow_up.reasons],
            "prognosis": self.prognosis.key,
            "prognosis_reasons": [_reason_json(r) for r in self.prognosis.reasons],
            "prognosis_figures": dict(self.prognosis.figures),
            "settings": {c.id: c.value for c in self.changed_settings},
            "settings_against_source": dict(self.settings_against_source),
        }


def _option_json(option: OptionResult) -> dict[str, Any]:
    return {
        "title": option.title,
        "status": option.status,
        "status_text": option.words,
        "missing": [m.name for m in option.missing],
        "state": option.state or None,
        "equal_with": option.equal_with or None,
        "departure": list(option.departure) or None,
        "carried": list(option.carried),
        "evidence": {
            "for": list(option.evidence.supporting),
            "against": list(option.evidence.limiting),
            "figures": list(option.evidence.figures),
            "outside": list(option.evidence.outside),
        },
        "reasons": [_reason_json(r) for r in option.reasons],
    }


def _alert_json(alert: AlertResult) -> dict[str, Any]:
    return {
        "severity": alert.severity[0].upper(),
        "severity_text": alert.severity_text,
        "contradiction": alert.contradiction,
        "stands_for": alert.stands_for,
        "carried": list(alert.carried),
        **_reason_json(alert.reason),
    }


def _note_json(note: NoteResult) -> dict[str, Any]:
    return {"about": note.about, "carried": list(note.carried), **_reason_json(note.reason)}


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "text": reason.text,
        "status": reason.status,
        "lost": reason.lost,
        "strength": reason.strength,
        "direction": reason.direction,
        "quality": reason.quality,
        "mark": reason.mark,
        "scope_mark": reason.scope_mark or None,
        "because": [
            {"input": i.name, "value": i.json_value, "truth": i.truth, "from": _origin(i)}
            for i in reason.inputs
        ],
        "sources": list(reason.facts),
        "citations": [c.source for c in reason.sources],
        "scopes": [c.scope for c in reason.sources],
        "settings": list(reason.settings),
        "conflicts": list(reason.conflicts),
    }


def _origin(read: InputRead) -> str:
    p = read.provenance
    return ", ".join(part for part in (p.origin, p.author, p.time_utc, p.note) if part)


def level_words(assessment: object) -> str:
    """Return the IVC level in words; empty while it is not known, or nothing is assessed."""
    return assessment.ivc_level_text if isinstance(assessment, Assessment) else ""
