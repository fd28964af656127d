"""The numbers that decide: those written in conditions, against what the rule rests on.

A number in a condition has to stand in a fact, reference or conflict that the rule cites, or in a
setting that it names; a computed value also rests on its own sources and on the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tumorboard.case.definitions import FactDefinition
from tumorboard.case.facts import fact_definitions
from tumorboard.guidelines.authoring.condition_text import condition_text
from tumorboard.guidelines.authoring.wording import figures, plain_number
from tumorboard.guidelines.dependencies import conditions, effects, leaves
from tumorboard.guidelines.domains import SettingsOnly, numbers_in, pieces
from tumorboard.guidelines.model import Guideline, Rule
from tumorboard.guidelines.tree import (
    About,
    AboutEntries,
    AboutSetting,
    Comparison,
    Constant,
    Includes,
    Membership,
    Node,
    Predicate,
    Within,
)

_MONTHS = 12
_IN_A_TABLE = " (a table has it)"

#: None, one, and more than one are said without a source for the number.
_COUNTS = frozenset({0, 1, 2})


@dataclass(frozen=True)
class Doubt:
    """What is wrong with a number of a condition; ``certain`` when nothing speaks for it."""

    rule: Rule
    text: str
    certain: bool


def doubtful_numbers(guideline: Guideline) -> Iterator[Doubt]:
    """Yield every number in a condition of a rule for which no source of the rule stands."""
    for rule in guideline.rules:
        supported = _supported(guideline, rule)
        said = {n for text in _texts(rule) for n in figures(text)}
        for leaf in dict.fromkeys(leaf for node in conditions(rule) for leaf in leaves(node)):
            for number in dict.fromkeys(literal_numbers(leaf)):
                asked = condition_text(leaf, guideline.lists)
                if number in _COUNTS or not _measured(guideline, leaf):
                    continue
                spellings = _spellings(guideline, leaf, number)
                if not spellings & (supported | _behind(guideline, leaf)):
                    yield _unsupported(guideline, rule, leaf, number)
                elif said and not spellings & said:
                    text = (
                        f"{rule.id}: “{asked}” decides by {number:g}, its texts say "
                        f"{', '.join(sorted(said, key=float))}."
                    )
                    yield Doubt(rule, text, certain=False)


def _unsupported(guideline: Guideline, rule: Rule, leaf: Node, number: float) -> Doubt:
    elsewhere = _elsewhere(guideline, leaf, number)
    cited = ", ".join((*rule.facts, *rule.background, *rule.refs)) or "its sources"
    text = (
        f"{rule.id}: “{condition_text(leaf, guideline.lists)}” decides by {number:g}, which stands "
        f"in no text of {cited}, nor in a setting that the rule names{elsewhere}."
    )
    return Doubt(rule, text, certain=not elsewhere)


def _spellings(guideline: Guideline, leaf: Node, number: float) -> set[str]:
    """Return a number as sources may write it: 120 months are 10 years."""
    found = {plain_number(number)}
    if {_unit(guideline, name) for name in leaf.names()} & {"months", "month", "mo"}:
        found.add(plain_number(number / _MONTHS))
    return found


def _supported(guideline: Guideline, rule: Rule) -> set[str]:
    """Return the figures of all that a rule cites and of the settings that it names."""
    catalogue = guideline.catalogue
    cited = [*rule.facts, *rule.background, *rule.refs]
    conflicts = [*rule.conflicts]
    for effect in effects(rule):
        cited += effect.facts or ()
        conflicts += effect.conflicts
    cited += [side for c in conflicts for side in catalogue.conflicts[c].sides]
    found = {n for identifier in cited for n in figures(_text(guideline, identifier))}
    for setting in rule.settings:
        found |= _of_setting(guideline, setting)
    return found


def _text(guideline: Guideline, identifier: str) -> str:
    catalogue = guideline.catalogue
    if identifier in catalogue.facts:
        return catalogue.facts[identifier].text
    return catalogue.references[identifier].text if identifier in catalogue.references else ""


def _of_setting(guideline: Guideline, setting: str) -> set[str]:
    """Return the numbers of a setting as it ships; its limits are no thresholds."""
    default = guideline.settings.definitions[setting].default
    data = list(default) if isinstance(default, tuple | set | frozenset) else default
    return {plain_number(n) for n in numbers_in(data)}


def _behind(guideline: Guideline, leaf: Node) -> set[str]:
    """Return the figures of the sources and settings of the computed values that are asked."""
    derived = [guideline.derived[n] for n in leaf.names() if n in guideline.derived]
    sources = {n for d in derived for s in d.sources for n in figures(_text(guideline, s))}
    return sources | {n for d in derived for s in d.settings for n in _of_setting(guideline, s)}


def _elsewhere(guideline: Guideline, leaf: Node, number: float) -> str:
    """Return in words where a number of the same quantity stands that the rule does not name."""
    definitions, wanted = guideline.settings.definitions, plain_number(number)
    units = {_unit(guideline, name) for name in leaf.names()} - {""}
    for setting, found in definitions.items():
        if found.unit in units and wanted in _of_setting(guideline, setting):
            return f" ({setting} has it)"
    computed = any(name in guideline.derived for name in leaf.names())
    data = (guideline.tables, guideline.schedules) if computed else ()
    return _IN_A_TABLE if wanted in {plain_number(n) for n in numbers_in(data)} else ""


def _unit(guideline: Guideline, name: str) -> str:
    facts = fact_definitions()
    if name in facts:
        return facts[name].unit
    return guideline.derived[name].unit if name in guideline.derived else ""


def _measured(guideline: Guideline, leaf: Node) -> bool:
    """Whether a condition asks for a measured or counted number, not for a grade or a class."""
    return any(_kind(guideline, name) not in ("choice", "set", "list") for name in leaf.names())


def _kind(guideline: Guideline, name: str) -> str:
    facts = fact_definitions()
    if name in facts:
        return facts[name].kind
    return guideline.derived[name].kind if name in guideline.derived else "choice"


def _texts(rule: Rule) -> Iterator[str]:
    yield rule.text
    for effect in effects(rule):
        yield from (effect.text, effect.summary)


def literal_numbers(leaf: Node) -> Iterator[float]:
    """Yield the numbers that are written in a comparison itself; those of settings are not."""
    for operand in _operands(getattr(leaf, "predicate", None)):
        if isinstance(operand, Constant):
            yield from numbers_in(operand.value)


def _operands(predicate: Predicate | None) -> tuple[Any, ...]:
    if isinstance(predicate, Comparison):
        return (predicate.operand,)
    if isinstance(predicate, Membership | Includes):
        return predicate.operands
    return (predicate.low, predicate.high) if isinstance(predicate, Within) else ()


# numbers outside the range of what they are compared with


def range_words(guideline: Guideline, leaf: Node) -> tuple[str, bool] | None:
    """Return what is to be said of a comparison that every or no value of a fact fulfils.

    The second part tells whether no value does. None for any other comparison: one with a
    setting, with another input, or of something that has no range.
    """
    if isinstance(leaf, AboutSetting) or not isinstance(leaf, About | AboutEntries):
        return None
    operands, names = _operands(leaf.predicate), tuple(leaf.names())
    info = fact_definitions().get(names[0])
    if not operands or not all(isinstance(o, Constant) for o in operands) or info is None:
        return None
    answers = _answers(guideline, leaf.predicate, info, tuple(literal_numbers(leaf)))
    if len(set(answers)) != 1:
        return None
    unit, low = (f" {info.unit}" if info.unit else ""), info.minimum or 0
    top = f"{low:g} to {info.maximum:g}" if info.maximum is not None else f"{low:g} or more"
    said = condition_text(leaf, guideline.lists)
    held = "every value" if answers[0] else "no value"
    return f"“{said}” holds for {held}: {info.name} is {top}{unit}", not answers[0]


def _answers(
    guideline: Guideline, predicate: Predicate, info: FactDefinition, numbers: tuple[float, ...]
) -> list[bool]:
    """Return the answers at every value of a range that the numbers can tell apart."""
    if info.kind not in ("number", "integer", "numbers", "map") or not numbers:
        return []
    low = info.minimum or 0
    high = info.maximum if info.maximum is not None else max(low, *numbers) * 2 + 1
    env = SettingsOnly(guideline.settings, {})
    cut = pieces(sorted(numbers), low, high, whole=info.kind == "integer")
    return [predicate.holds(p.inner, env, True) is True for p in cut]
