"""The evidence browser: searching everything the guideline holds, and who cites what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tumorboard.guidelines.dependencies import effects
from tumorboard.guidelines.loader import load_guideline
from tumorboard.guidelines.model import DerivedInfo, Guideline, Rule
from tumorboard.guidelines.parameters import SettingDefinition
from tumorboard.guidelines.reach import possible_marks
from tumorboard.guidelines.search import EvidenceIndex, Hit
from tumorboard.language import N_, _, inside

INFERENCE = N_("inference")
EXTRAPOLATED = N_("extrapolated")
PUBLIC_GUIDANCE = N_("public guidance")
TO_BE_CONFIRMED = N_("to be confirmed")
ONE_CASE = N_("one reported case")
LAY_TEXT = N_("lay text")
#: What a statement can be marked with; the guideline says these words, a reader sees them
#: translated.
MARKS = (INFERENCE, EXTRAPOLATED, ONE_CASE, LAY_TEXT, PUBLIC_GUIDANCE, TO_BE_CONFIRMED)
_OF_SCOPE = {
    "lay": LAY_TEXT,
    "case_report": ONE_CASE,
    "unknown_histology": EXTRAPOLATED,
    "other_histology": EXTRAPOLATED,
    "other_site": EXTRAPOLATED,
    "public": PUBLIC_GUIDANCE,
}
KINDS = (
    *(N_("rule"), N_("fact"), N_("reference"), N_("conflict"), N_("gap")),
    *(N_("setting"), N_("computed value"), N_("source")),
)


@dataclass(frozen=True)
class Entry:
    """One thing that the guideline holds.

    ``kind`` is one of `KINDS`; ``source`` is where it stands, in the reader's words;
    ``marks`` are those of `MARKS` that it has in every case; ``cites`` the identifiers it rests on.
    """

    id: str
    kind: str
    title: str
    text: str
    source: str
    marks: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


class Browser:
    """All entries of a guideline, searchable."""

    def __init__(self, guideline: Guideline) -> None:
        self._guideline = guideline
        self.entries: Mapping[str, Entry] = {e.id: e for e in _entries(guideline)}
        self._index = EvidenceIndex((e.id, e.title, e.text, e.source) for e in self)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def search(self, text: str, kinds: Iterable[str] = KINDS) -> tuple[Entry, ...]:
        """Return the entries that hold every word; see `find`. For nothing, everything."""
        wanted = frozenset(kinds)
        found = [self.entries[hit.id] for hit in self.find(text)] if text.split() else list(self)
        return tuple(entry for entry in found if entry.kind in wanted)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Return the entries that hold every word, in any order, the best first.

        Capitals, accents, endings and spelling aside, and abbreviations for their words.
        An entry of that very number comes first.
        """
        hits = self._index.find(text)
        number = text.strip().casefold()
        return tuple(sorted(hits, key=lambda hit: hit.id.casefold() != number))

    def cited_by(self, identifier: str) -> tuple[Entry, ...]:
        """Return what rests on an entry: rules first, then the rest. Unknown: nothing."""
        found = [e for e in self if identifier in e.cites]
        return tuple(sorted(found, key=lambda e: KINDS.index(e.kind)))

    @cached_property
    def reach(self) -> Mapping[str, tuple[str, ...]]:
        """What each rule can be marked with because its facts are about other patients.

        Half a second of work over all cases there can be, done once.
        """
        return {
            rule: tuple(_OF_SCOPE[code] for code in codes if code in _OF_SCOPE)
            for rule, codes in possible_marks(self._guideline).items()
        }

    @property
    def places(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries that belong together, by the title of their card."""
        return {
            place.replace("_", " ").capitalize(): tuple(self.entries[i] for i in identifiers)
            for place, identifiers in self._guideline.places.items()
        }

    def marks(self, entry: Entry) -> tuple[str, ...]:
        """Return everything an entry can be marked with, in the order of `MARKS`."""
        found = {*entry.marks, *self.reach.get(entry.id, ())}
        return tuple(mark for mark in MARKS if mark in found)

    def marked(self, mark: str) -> tuple[Entry, ...]:
        """Return the entries that can have this mark."""
        return tuple(e for e in self if mark in self.marks(e))


def search(text: str, guideline: Guideline | None = None) -> tuple[Entry, ...]:
    """Search a guideline, without one the shipped; see `Browser.search`."""
    return browser(guideline).search(text)


def cited_by(identifier: str, guideline: Guideline | None = None) -> tuple[Entry, ...]:
    """Return what rests on an entry; see `Browser.cited_by`."""
    return browser(guideline).cited_by(identifier)


_last: list[tuple[Guideline, Browser]] = []


def browser(guideline: Guideline | None = None) -> Browser:
    """Return the browser of a guideline; the last one is kept."""
    chosen = guideline or load_guideline()
    if not (_last and _last[0][0] is chosen):
        _last[:] = [(chosen, Browser(chosen))]
    return _last[0][1]


def _entries(guideline: Guideline) -> Iterator[Entry]:
    yield from _rules(guideline)
    yield from _evidence(guideline)
    yield from (_setting(guideline, s) for s in guideline.settings.definitions.values())
    yield from _computed(guideline)
    for s in guideline.catalogue.sources.values():
        yield Entry(
            s.id, "source", s.short, s.title, f"{s.authors}, {s.year}. {s.kind}. {s.governs}"
        )


def _evidence(guideline: Guideline) -> Iterator[Entry]:
    catalogue = guideline.catalogue
    for fact in catalogue.facts.values():
        sources = tuple(dict.fromkeys(c.source for c in fact.cites))
        about = ", ".join(part for part in (catalogue.scopes[fact.scope], fact.grade) if part)
        title = f"{fact.topic} ({about})"
        where = catalogue.source_text(fact.id)
        yield Entry(fact.id, "fact", title, fact.text, where, (), sources)
    for ref in catalogue.references.values():
        text = _("{text} Status: {status}.", text=ref.text, status=ref.status)
        yield Entry(ref.id, "reference", ref.title, text, ref.citation, (PUBLIC_GUIDANCE,))
    for conflict in catalogue.conflicts.values():
        cites = tuple(dict.fromkeys((*conflict.sides, *conflict.governs)))
        where = _("Governing: {sides}", sides=", ".join(conflict.governs) or _("none"))
        yield Entry(conflict.id, "conflict", conflict.title, conflict.why, where, (), cites)
    for gap in catalogue.gaps.values():
        yield Entry(gap.id, "gap", gap.text, gap.consequence, _("Open in the sources"))


def _rules(guideline: Guideline) -> Iterator[Entry]:
    """Yield each rule once, its parts together."""
    parts: dict[str, list[Rule]] = {}
    for rule in guideline.rules:
        parts.setdefault(rule.id, []).append(rule)
    for identifier, rules in parts.items():
        texts = [t for r in rules for t in (r.text, *(e.text for e in effects(r))) if t]
        evidence = tuple(dict.fromkeys(c for r in rules for c in (*r.facts, *r.refs)))
        panels = (c for r in rules for e in effects(r) for c in e.conflicts)
        cites = (*evidence, *(c for r in rules for c in (*r.conflicts, *r.settings)), *panels)
        targets = dict.fromkeys(_target(guideline, r, e.target) for r in rules for e in effects(r))
        catalogue = guideline.catalogue
        yield Entry(
            identifier,
            "rule",
            ", ".join(t for t in targets if t) or rules[0].group.replace("_", " "),
            " ".join(dict.fromkeys(texts)),
            "; ".join(dict.fromkeys(catalogue.source_text(c) for c in evidence)),
            rule_marks(guideline, rules),
            tuple(dict.fromkeys(cites)),
        )


def _target(guideline: Guideline, rule: Rule, target: str) -> str:
    tables = (guideline.categories, guideline.follow_up_keys, guideline.prognosis_keys)
    if target in guideline.options:
        return guideline.options[target].title
    if target in guideline.severities:
        return _("Alert: {severity}", severity=inside(guideline.severities[target]))
    return next((t[target] for t in tables if target in t), rule.group.replace("_", " "))


def rule_marks(guideline: Guideline, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the reservations under which rules speak, those of their settings included."""
    texts: list[str] = []
    for rule in rules:
        marks = [rule.mark, *(e.mark for e in effects(rule))]
        texts += [m.text for m in marks if m is not None]
        texts += [guideline.settings.definitions[s].check for s in rule.settings]
        texts += [PUBLIC_GUIDANCE] * bool(rule.refs)
    return _marks(texts)


def _marks(texts: Iterable[str]) -> tuple[str, ...]:
    together = " ".join(texts).casefold()
    return tuple(mark for mark in MARKS if mark in together)


def _setting(guideline: Guideline, setting: SettingDefinition) -> Entry:
    default = setting.default
    shown = (
        ", ".join(f"{k} {v}" for k, v in default.items())
        if isinstance(default, dict)
        else (", ".join(map(str, default)) if isinstance(default, tuple) else str(default))
    )
    public = [PUBLIC_GUIDANCE] * any(
        r in guideline.catalogue.references for r in setting.references
    )
    return Entry(
        setting.id,
        "setting",
        setting.title,
        f"{f'{shown} {setting.unit}'.strip()}. {setting.check}",
        "; ".join(guideline.catalogue.source_text(r) for r in setting.references)
        or _("No source; institutional setting"),
        _marks([setting.check, *public]),
        setting.references,
    )


def _computed(guideline: Guideline) -> Iterator[Entry]:
    """Yield each computed value by its number; values of one number together."""
    parts: dict[str, list[DerivedInfo]] = {}
    for info in guideline.derived.values():
        parts.setdefault(info.id, []).append(info)
    for identifier, infos in parts.items():
        sources = tuple(dict.fromkeys(s for i in infos for s in i.sources))
        public = [PUBLIC_GUIDANCE] * any(s in guideline.catalogue.references for s in sources)
        yield Entry(
            identifier,
            "computed value",
            "; ".join(i.label for i in infos),
            _("From {names}.", names=", ".join(dict.fromkeys(r for i in infos for r in i.reads))),
            "; ".join(guideline.catalogue.source_text(s) for s in sources),
            _marks(public),
            tuple(dict.fromkeys((*sources, *(s for i in infos for s in i.settings)))),
        )
