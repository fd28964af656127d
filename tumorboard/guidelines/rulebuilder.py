"""Builds rules from the entries of a rule file, checking every name and citation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tumorboard.case.terms import Document, Place
from tumorboard.errors import UserError
from tumorboard.guidelines.catalogue import Catalogue
from tumorboard.guidelines.expression import ExpressionError, Vocabulary, parse
from tumorboard.guidelines.files import rule_entries
from tumorboard.guidelines.model import Ask, Effect, Mark, Rule
from tumorboard.guidelines.tree import Node
from tumorboard.language import _

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
#: Placeholders filled from the conclusion rather than from a value.
_CONCLUSION_WORDS = frozenset({"missing"})
_TARGETS = (
    *("option", "alert", "category", "note", "display", "silence"),
    *("follow_up", "prognosis", "conflicts"),
)
#: Kinds of effect that stand on a line of their own, or beside the option they are about.
_TEXTS = ("note", "display", "silence")


def condition(document: Document, place: Place, text: str, vocabulary: Vocabulary) -> Node:
    """Parse a condition; UserError with file and line when it cannot be used."""
    try:
        return parse(text, vocabulary)
    except ExpressionError as error:
        raise document.error(place, f"{error}.") from error


def asks(
    document: Document, place: Place, entries: Iterable[Any], vocabulary: Vocabulary
) -> tuple[Ask, ...]:
    """Read a list of inputs to ask for; a list name stands for its unknown members."""
    result: list[Ask] = []
    for i, raw in enumerate(entries):
        entry = {"name": raw} if isinstance(raw, str) else raw
        names = vocabulary.lists.get(entry.get("list", ""), (entry.get("name", ""),))
        for name in names:
            if name not in vocabulary.names:
                raise document.error((*place, i), _('unknown name "{name}".', name=name))
            text = entry.get("if", f"{name} is unknown" if "list" in entry else "")
            node = condition(document, (*place, i), text, vocabulary) if text else None
            result.append(Ask(name, node))
    return tuple(result)


class RuleBuilder:
    """Builds the rules of one guideline."""

    def __init__(
        self, vocabulary: Vocabulary, catalogue: Catalogue, head: Mapping[str, Any]
    ) -> None:
        self._vocabulary = vocabulary
        self._catalogue = catalogue
        self._targets: dict[str, frozenset[str]] = {
            "option": vocabulary.options,
            "alert": frozenset(head["severities"]),
            "category": frozenset(head["categories"]),
            "follow_up": frozenset(head["follow_up_keys"]),
            "prognosis": frozenset(head["prognosis_keys"]),
        }
        self._seen: set[tuple[str, str]] = set()

    def rules(self, document: Document) -> tuple[Rule, ...]:
        """Build all rules of a file, in order."""
        return tuple(
            self._rule(document, place, section, entry)
            for place, section, entry in rule_entries(document)
        )

    def marks(self, document: Document, *place: str | int) -> tuple[Mark, ...]:
        """Build the marks at a place of a file; none when there are none."""
        entries = document.data
        for key in place:
            entries = entries[key] if isinstance(key, int) else entries.get(key, ())
        found = (self._mark(document, (*place, i), e) for i, e in enumerate(entries))
        return tuple(mark for mark in found if mark is not None)

    def problems(self, document: Document) -> list[UserError]:
        """Return what is wrong with the rules of a file, at most one problem a rule."""
        found = []
        for place, section, entry in rule_entries(document):
            try:
                self._rule(document, place, section, entry)
            except UserError as error:
                found.append(error)
        self._seen.clear()
        return found

    def _rule(
        self, document: Document, place: Place, section: Mapping[str, Any], entry: Mapping[str, Any]
    ) -> Rule:
        key = (entry["id"], entry.get("part", ""))
        if key in self._seen:
            raise document.error(place, _("{id} stands here twice.", id=entry["id"]))
        self._seen.add(key)
        self._check_sources(document, place, entry)
        self._check_text(document, place, entry["text"])
        return Rule(
            id=entry["id"],
            part=entry.get("part", ""),
            group=document.data["group"],
            requires=self._optional(document, place[:2], section, "requires"),
            when=self._condition(document, (*place, "when"), entry["when"]),
            test=self._optional(document, place, entry, "test"),
            effects=self._outcomes(document, place, entry),
            text=entry["text"],
            strength=entry.get("strength", ""),
            facts=tuple(entry.get("facts", ())),
            background=tuple(entry.get("background", ())),
            refs=tuple(entry.get("refs", ())),
            settings=tuple(entry.get("settings", ())),
            conflicts=tuple(entry.get("conflicts", ())),
            mark=self._mark(document, (*place, "mark"), entry.get("mark")),
            file=document.file,
            line=document.line(place),
        )

    def _condition(self, document: Document, place: Place, text: str) -> Node:
        return condition(document, place, text, self._vocabulary)

    def _optional(
        self, document: Document, place: Place, entry: Mapping[str, Any], key: str
    ) -> Node | None:
        return self._condition(document, (*place, key), entry[key]) if key in entry else None

    def _check_sources(self, document: Document, place: Place, entry: Mapping[str, Any]) -> None:
        if not entry.get("facts") and not entry.get("refs"):
            raise document.error(place, _("{id} concludes without a source.", id=entry["id"]))
        for key in ("facts", "background", "refs", "conflicts"):
            self._check_cited(document, (*place, key), entry.get(key, ()))
        for setting in entry.get("settings", ()):
            if setting not in self._vocabulary.settings:
                raise document.error(
                    (*place, "settings"), _("{setting} does not exist.", setting=setting)
                )

    def _check_cited(self, document: Document, place: Place, cited: Iterable[str]) -> None:
        for identifier in cited:
            if identifier not in self._catalogue:
                raise document.error(
                    place, _("{identifier} does not exist.", identifier=identifier)
                )

    def _check_text(self, document: Document, place: Place, text: str) -> None:
        for name in PLACEHOLDER.findall(text):
            if name not in self._vocabulary.names and name not in _CONCLUSION_WORDS:
                raise document.error(place, _('unknown name "{name}" in the text.', name=name))

    def _outcomes(
        self, document: Document, place: Place, entry: Mapping[str, Any]
    ) -> dict[str, tuple[Effect, ...]]:
        if "then" in entry:
            return {"T": self._effects(document, (*place, "then"), entry["then"])}
        return {
            letter: self._effects(document, (*place, "outcomes", letter), effects)
            for letter, effects in entry["outcomes"].items()
        }

    def _effects(
        self, document: Document, place: Place, entries: list[dict[str, Any]]
    ) -> tuple[Effect, ...]:
        return tuple(self._effect(document, (*place, i), e) for i, e in enumerate(entries))

    def _effect(self, document: Document, place: Place, entry: dict[str, Any]) -> Effect:
        kind = next(k for k in _TARGETS if k in entry)
        target = entry.get("about", "") if kind in _TEXTS else entry[kind]
        self._check_target(document, place, kind, target)
        self._check_text(document, place, entry.get("text", ""))
        self._check_text(document, place, entry.get("summary", ""))
        self._check_cited(document, (*place, "facts"), entry.get("facts", ()))
        equal = entry.get("equal_with", "")
        if equal and equal not in self._vocabulary.options:
            raise document.error(
                (*place, "equal_with"), _('there is no option "{equal}".', equal=equal)
            )
        for setting in entry.get("departure", ()):
            if setting not in self._vocabulary.settings:
                raise document.error(
                    (*place, "departure"), _("{setting} does not exist.", setting=setting)
                )
        return Effect(
            kind=kind,
            target="" if kind == "conflicts" else target,
            status=entry.get("status", ""),
            condition=self._optional(document, place, entry, "if"),
            text=entry.get("text", ""),
            mark=self._mark(document, (*place, "mark"), entry.get("mark")),
            missing=self._asks(document, (*place, "missing"), entry.get("missing", ())),
            also_missing=self._asks(document, place, entry.get("also_missing", ())),
            qualifiers=tuple(
                mark
                for i, q in enumerate(entry.get("qualifiers", ()))
                if (mark := self._mark(document, (*place, "qualifiers", i), q)) is not None
            ),
            conflicts=tuple(entry.get("conflicts", ())),
            stop=entry.get("stop", False),
            strength=entry.get("strength"),
            facts=tuple(entry["facts"]) if "facts" in entry else None,
            state=entry.get("state", ""),
            equal_with=entry.get("equal_with", ""),
            departure=tuple(entry.get("departure", ())),
            direction=entry.get("direction", ""),
            quality=entry.get("quality", ""),
            contradiction=entry.get("contradiction", False),
            touches_category=entry.get("touches_category", False),
            summary=entry.get("summary", ""),
        )

    def _check_target(self, document: Document, place: Place, kind: str, target: Any) -> None:
        if kind == "conflicts":
            missing = [c for c in target if c not in self._catalogue.conflicts]
            if missing:
                raise document.error(place, _("{missing} does not exist.", missing=missing[0]))
        elif kind in _TEXTS:
            if target and target not in self._vocabulary.options:
                raise document.error(place, _('there is no option "{target}".', target=target))
        elif target not in self._targets[kind]:
            raise document.error(
                place,
                _(
                    'there is no {replace} "{target}".',
                    replace=kind.replace("_", "-"),
                    target=target,
                ),
            )

    def _asks(self, document: Document, place: Place, entries: Iterable[Any]) -> tuple[Ask, ...]:
        return asks(document, place, entries, self._vocabulary)

    def _mark(self, document: Document, place: Place, entry: Any) -> Mark | None:
        if entry is None:
            return None
        if isinstance(entry, str):
            return Mark(entry)
        return Mark(entry["text"], self._optional(document, place, entry, "if"))
