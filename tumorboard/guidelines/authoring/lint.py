"""Examines the files of a guideline: what cannot be used, and what looks like a mistake."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tumorboard.case.terms import Document
from tumorboard.errors import UserError
from tumorboard.guidelines.authoring.enumeration import (
    TooManyError,
    decision_table,
    example,
    setting_variants,
    words,
)
from tumorboard.guidelines.authoring.thresholds import doubtful_numbers, range_words
from tumorboard.guidelines.authoring.wording import evidence_entries, unsupported
from tumorboard.guidelines.dependencies import CONCLUSIONS, concludes, conditions, effects, leaves
from tumorboard.guidelines.loader import examine
from tumorboard.guidelines.model import Guideline, Rule, RuleGroup
from tumorboard.guidelines.translation import problems_of_translations
from tumorboard.guidelines.tree import Node
from tumorboard.language import _

ERROR, WARNING, INFORMATION = SEVERITIES = ("error", "warning", "information")
#: What `Document.error` writes, in the language that is spoken.
_PLACED = re.compile(
    re.escape(_("{file}, line {line}: {problem}", file="@file@", line="@line@", problem="@text@"))
    .replace("@file@", r"(?P<file>[^,]+\.\w+)")
    .replace("@line@", r"(?P<line>\d+)")
    .replace("@text@", r"(?P<text>.*)"),
    re.DOTALL,
)
_NAMED = re.compile(r"(?P<file>[\w./-]+\.\w+) (?P<text>.*)", re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """Something found in a file. ``line`` counts from 1; 0 speaks of the file as a whole.

    ``severity`` is error (the guideline must not be used), warning or information.
    """

    severity: str
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{self.severity}: {place}: {self.text}"


def lint(folder: Path) -> tuple[Finding, ...]:
    """Examine a guideline; errors first, then by file and line.

    When the files cannot be loaded these errors are all that is found: the further
    checks need a guideline that loads.
    """
    examined = examine(folder)
    guideline, fixed = examined.guideline, examined.fixed
    if guideline is None:
        return _sorted(_from_error(error) for error in examined.problems)
    return _sorted(
        (
            *_decision_tables(guideline),
            *_unordered(guideline),
            *_unreachable(guideline),
            *_thresholds(guideline),
            *_idle_options(guideline, fixed["options"]),
            *_unsupported_settings(guideline, fixed["settings"]),
            *_never_cited(guideline, fixed),
            *_wording(guideline, fixed, examined.rules),
            *_translations(folder, fixed, examined.rules),
        )
    )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(
        sorted(unique, key=lambda f: (SEVERITIES.index(f.severity), f.file, f.line, f.text))
    )


def _from_error(error: UserError) -> Finding:
    match = _PLACED.fullmatch(error.message)
    if match is not None:
        return Finding(ERROR, match["file"], int(match["line"]), match["text"])
    named = _NAMED.fullmatch(error.message)
    return Finding(ERROR, named["file"] if named else "", 0, error.message)


def _at(rule: Rule, severity: str, text: str) -> Finding:
    return Finding(severity, rule.file, rule.line, text)


# decision tables: exhaustive over the inputs that they read


def _decision_tables(guideline: Guideline) -> Iterator[Finding]:
    for group in guideline.groups:
        if group.first_match:
            yield from _decision_table(guideline, group)


def _decision_table(guideline: Guideline, group: RuleGroup) -> Iterator[Finding]:
    ever = [False] * len(group.rules)
    for settings in setting_variants(guideline, group):
        try:
            table = decision_table(guideline, group, settings)
        except TooManyError as error:
            text = f"The decision table is too large to go through: {error}."
            yield _at(group.rules[0], WARNING, text)
            return
        ever = [a or b for a, b in zip(ever, table.reached(), strict=True)]
        open_rows = (~table.decided()).nonzero()[0]
        if len(open_rows):
            case = words(guideline, table.combination(int(open_rows[0])))
            text = f"No rule of this table decides {len(open_rows)} combinations, such as: {case}."
            yield _at(group.rules[0], ERROR, text)
            break
    for rule, reached in zip(group.rules, ever, strict=True):
        if not reached:
            yield _at(rule, ERROR, f"{rule.id} is never reached: earlier rules take every case.")


# rules with one conclusion between them and no order


def _unordered(guideline: Guideline) -> Iterator[Finding]:
    for group in guideline.groups:
        if not group.first_match:
            for kind in CONCLUSIONS:
                # a rule that asks for the conclusion refines an earlier one: that is an order
                rules = [r for r in group.rules if concludes(r, kind) and kind not in _reads(r)]
                for first, second in itertools.combinations(rules, 2):
                    yield from _overlap(guideline, first, second)


def _reads(rule: Rule) -> set[str]:
    return {n for node in conditions(rule) for leaf in leaves(node) for n in leaf.names()}


def _overlap(guideline: Guideline, first: Rule, second: Rule) -> Iterator[Finding]:
    same = {e.target for e in effects(first)} == {e.target for e in effects(second)}
    found = None if same else example(guideline, [*_when(first), *_when(second)])
    if found is not None:
        text = (
            f"{second.id} and {first.id} can both hold and nothing says which goes first: "
            f"{words(guideline, found)}."
        )
        yield _at(second, ERROR, text)


def _when(rule: Rule) -> list[Node]:
    return [node for node in (rule.requires, rule.when) if node is not None]


# rules that can never fire


def _unreachable(guideline: Guideline) -> Iterator[Finding]:
    for rule in guideline.rules:
        conditions_met = _when(rule)
        if example(guideline, conditions_met) is None:
            yield _at(rule, ERROR, f"{rule.id} can never hold: {_why_never(guideline, rule)}.")
            continue
        for effect in effects(rule):
            condition = effect.condition
            if condition is not None and example(guideline, [*conditions_met, condition]) is None:
                name = effect.target or effect.kind
                yield _at(rule, WARNING, f"{rule.id}: the conclusion {name} can never apply.")


def _why_never(guideline: Guideline, rule: Rule) -> str:
    """Return the comparison that no value fulfils; else it is the conditions together."""
    for node in _when(rule):
        for leaf in leaves(node):
            found = range_words(guideline, leaf)
            if found is not None and found[1] and example(guideline, [leaf]) is None:
                return found[0]
    return "its conditions exclude each other"


# the numbers that decide


def _thresholds(guideline: Guideline) -> Iterator[Finding]:
    for doubt in doubtful_numbers(guideline):
        yield _at(doubt.rule, ERROR if doubt.certain else WARNING, doubt.text)
    for rule in guideline.rules:
        for leaf in dict.fromkeys(leaf for node in conditions(rule) for leaf in leaves(node)):
            found = range_words(guideline, leaf)
            if found is not None:
                yield _at(rule, WARNING, f"{rule.id}: {found[0]}.")


# what stands alone


def _idle_options(guideline: Guideline, options: Document) -> Iterator[Finding]:
    used = {e.target for rule in guideline.rules for e in effects(rule) if e.kind == "option"}
    for i, entry in enumerate(options.data["options"]):
        if entry["id"] not in used:
            text = f"No rule speaks of {entry['id']}."
            yield Finding(WARNING, *options.at(("options", i)), text)


def _unsupported_settings(guideline: Guideline, settings: Document) -> Iterator[Finding]:
    for i, entry in enumerate(settings.data["settings"]):
        if not guideline.settings.definitions[entry["id"]].references:
            text = f"{entry['id']} rests on no source and stays to be confirmed."
            yield Finding(WARNING, *settings.at(("settings", i)), text)


def cited_identifiers(guideline: Guideline, tables: Document) -> frozenset[str]:
    """Return every identifier that anything shown cites: rules, lists of evidence, tables."""
    found: set[str] = set()
    for lists in guideline.evidence.values():
        found.update(lists)
    for place in guideline.places.values():
        found.update(place)
    for rule in guideline.rules:
        found.update(rule.facts, rule.background, rule.refs, rule.conflicts)
        found.update(c for e in effects(rule) for c in e.conflicts)
    for conflict in guideline.catalogue.conflicts.values():
        found.update(conflict.sides, conflict.governs)
    for setting in guideline.settings.definitions.values():
        found.update(setting.references)
    for derived in guideline.derived.values():
        found.update(derived.sources)
    for table in tables.data["tables"].values():
        found.update(table["refs"])
    return frozenset(found)


def _wording(
    guideline: Guideline, fixed: Mapping[str, Document], rules: tuple[Document, ...]
) -> Iterator[Finding]:
    for found in unsupported(guideline, fixed, rules):
        yield Finding(ERROR, *found.document.at(found.place), found.text)


def _translations(
    folder: Path, fixed: Mapping[str, Document], rules: tuple[Document, ...]
) -> Iterator[Finding]:
    for file, line, text in problems_of_translations(folder, fixed, rules):
        yield Finding(ERROR, file, line, text)


def _never_cited(guideline: Guideline, fixed: Mapping[str, Document]) -> Iterator[Finding]:
    cited = cited_identifiers(guideline, fixed["tables"])
    for document, place, entry in evidence_entries(fixed):
        if entry["id"] not in cited:
            text = f"{entry['id']} is cited nowhere; it is found by searching only."
            yield Finding(INFORMATION, *document.at(place), text)
