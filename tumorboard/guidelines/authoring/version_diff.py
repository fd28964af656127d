"""What differs between two guidelines: rules, words, sources, settings, answers to cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tumorboard.guidelines.assessment_differences import differences
from tumorboard.guidelines.authoring.cases import ExpectedCase
from tumorboard.guidelines.authoring.condition_text import condition_text
from tumorboard.guidelines.dependencies import effects
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.model import Guideline, Rule
from tumorboard.guidelines.tree import Node
from tumorboard.language import _

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Change:
    """Something that one guideline has and the other has not, or has otherwise.

    ``about`` is rule, text, source, fact, reference, conflict, option or setting; ``words``
    says what was and what is, empty where it was added or removed whole.
    """

    about: str
    id: str
    how: str
    words: str = ""

    @property
    def text(self) -> str:
        """One line, such as "rule R-ALT-15 removed"."""
        return f"{self.about} {self.id} {self.how}" + (f": {self.words}" if self.words else "")


def guideline_changes(before: Guideline, after: Guideline) -> tuple[Change, ...]:
    """Return what differs, rules first; the same text at another line is no difference."""
    return (
        *_rules(before, after),
        *_table("fact", _facts(before), _facts(after)),
        *_table("reference", _references(before), _references(after)),
        *_table("conflict", _conflicts(before), _conflicts(after)),
        *_table("option", *({o.id: o.title for o in g.options.values()} for g in (before, after))),
        *_table("setting", _settings(before), _settings(after)),
    )


def answer_changes(
    before: Guideline, after: Guideline, cases: tuple[ExpectedCase, ...]
) -> Iterator[tuple[str, str]]:
    """Yield name and words of each conclusion that differs, case by case."""
    for case in cases:
        old, new = (assess(case.facts, g).to_json() for g in (before, after))
        for found in differences(old, new, after):
            yield case.id, found.text


def _rules(before: Guideline, after: Guideline) -> Iterator[Change]:
    old, new = _parts(before), _parts(after)
    for identifier in sorted({*old, *new}):
        if identifier not in new:
            yield Change("rule", identifier, REMOVED, _whole(old[identifier], before))
        elif identifier not in old:
            yield Change("rule", identifier, ADDED, _whole(new[identifier], after))
        else:
            logic = (_logic(old[identifier], before), _logic(new[identifier], after))
            yield from _rule(identifier, old[identifier], new[identifier], logic)


def _whole(rules: list[Rule], guideline: Guideline) -> str:
    """Return all that a rule asks, concludes and says."""
    return " ".join((*_logic(rules, guideline), *_texts(rules)))


def _rule(
    identifier: str, old: list[Rule], new: list[Rule], logic: tuple[list[str], list[str]]
) -> Iterator[Change]:
    if logic[0] != logic[1]:
        yield Change("rule", identifier, CHANGED, _sides(*logic))
    for about, sides in (("text", [_texts(r) for r in (old, new)]), *_sources(old, new)):
        was, now = sides
        if was != now:
            yield Change(about, identifier, CHANGED, _sides(was, now))


def _sides(was: Sequence[str], now: Sequence[str]) -> str:
    """Return what went, each with "-", and what came, each with "+"."""
    gone = [f"- {text}" for text in was if text not in now]
    come = [f"+ {text}" for text in now if text not in was]
    return " ".join((*gone, *come)) or _("another order")


def _sources(old: list[Rule], new: list[Rule]) -> tuple[tuple[str, list[tuple[str, ...]]], ...]:
    sides = [
        tuple(dict.fromkeys(c for r in rules for c in (*r.facts, *r.background, *r.refs)))
        for rules in (old, new)
    ]
    return (("source", sides),)


def _parts(guideline: Guideline) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in guideline.rules:
        found.setdefault(rule.id, []).append(rule)
    return found


def _logic(rules: list[Rule], guideline: Guideline) -> list[str]:
    """Return what a rule asks and concludes, as an author would write it, without its words."""

    def asked(name: str, condition: Node | None) -> list[str]:
        if condition is None:
            return []
        return [f"{name}: {condition_text(condition, guideline.lists)};"]

    found = []
    for rule in rules:
        for name in ("requires", "when", "test"):
            found += asked(name, getattr(rule, name))
        for letter, concluded in rule.effects.items():
            for effect in concluded:
                said = " ".join(part for part in (effect.target, effect.status) if part)
                only = asked("if", effect.condition)
                found.append(" ".join((f"{letter}: {effect.kind} {said};", *only)))
    return found


def _texts(rules: list[Rule]) -> tuple[str, ...]:
    said = (t for r in rules for t in (r.text, *(e.text for e in effects(r)), r.strength) if t)
    return tuple(dict.fromkeys(said))


def _facts(guideline: Guideline) -> dict[str, str]:
    catalogue = guideline.catalogue
    return {
        f.id: f"{f.text} [{f.scope}] {f.grade} ({catalogue.source_text(f.id)})"
        for f in catalogue.facts.values()
    }


def _references(guideline: Guideline) -> dict[str, str]:
    return {
        r.id: f"{r.title}. {r.text} ({r.citation}; {r.status})"
        for r in guideline.catalogue.references.values()
    }


def _conflicts(guideline: Guideline) -> dict[str, str]:
    return {
        c.id: f"{c.title}: {', '.join(c.sides)}; governs {', '.join(c.governs) or 'none'}. {c.why}"
        for c in guideline.catalogue.conflicts.values()
    }


def _settings(guideline: Guideline) -> dict[str, str]:
    return {
        s.id: f"{s.title}: {s.default} {s.unit} {s.allowed} {s.minimum} {s.maximum}"
        for s in guideline.settings.definitions.values()
    }


def _table(about: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for identifier in sorted({*old, *new}):
        if identifier not in new:
            yield Change(about, identifier, REMOVED, old[identifier])
        elif identifier not in old:
            yield Change(about, identifier, ADDED, new[identifier])
        elif old[identifier] != new[identifier]:
            words = f"- {old[identifier]} + {new[identifier]}"
            yield Change(about, identifier, CHANGED, words)
