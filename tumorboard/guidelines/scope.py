"""How far a conclusion reaches beyond the patients its sources speak of.

A fact is about a group of patients, its scope. A conclusion that rests on no fact whose
scope covers the case is not wrong, but the reader has to be told: it carries a mark. The
marks never change a conclusion. What each scope covers, and the words of the marks, are
data of the guideline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from tumorboard.case.facts import definition, value_text
from tumorboard.guidelines.domains import SettingsOnly
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.parameters import Settings
from tumorboard.language import _, inside

#: What the scopes of facts are about.
SCOPED = _SITE, _HISTOLOGY, _IVC = "site", "histology", "ivc_involvement"
#: Values by name, in place of those of a case.
_Values = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class ScopeMark:
    """A mark by its code, with its words; both empty when a fact covers the case."""

    code: str = ""
    text: str = ""


class ScopeOfCase:
    """Which scopes cover a case, asked once for each; ``values`` are what is known of it."""

    def __init__(self, guideline: Guideline, settings: Settings, values: dict[str, Any]) -> None:
        self._marks = guideline.scope_marks
        self._catalogue = guideline.catalogue
        self._settings = settings
        self._values = values
        self._known: dict[tuple[str, _Values], bool] = {}
        self._known_of_others: dict[tuple[str, Callable[[], Iterator[_Values]]], bool] = {}

    def mark(self, facts: Iterable[str], *, has_reference: bool) -> ScopeMark:
        """Return the mark of a conclusion that rests on these facts.

        ``has_reference`` says that it rests on a public reference as well. A guideline
        without words for marks has none.
        """
        if not self._marks.words:
            return ScopeMark()
        carrying = [f for f in facts if f not in self._marks.silences]
        if not carrying:
            return self._worded("public" if has_reference else "convention", [])
        covering = [f for f in carrying if self._covers(f)]
        if any(not self._is_lay(f) for f in covering):
            return ScopeMark()
        if covering:
            return self._worded("lay", covering)
        if all(self._scope(f) == "CASE" for f in carrying):
            return self._worded("case_report", carrying)
        if self._values[_HISTOLOGY] is None:
            named = [f for f in carrying if self._covers_one_of(f, self._histologies)]
            if named:
                return self._worded("unknown_histology", named)
        others = [f for f in carrying if self._covers_one_of(f, self._other_tumours)]
        if others:
            return self._worded("other_histology", others)
        code = "unknown_site" if self._values[_SITE] is None else "other_site"
        return ScopeMark("other_site", self._words(code, carrying))

    def _worded(self, code: str, facts: list[str]) -> ScopeMark:
        return ScopeMark(code, self._words(code, facts))

    def _words(self, code: str, facts: list[str]) -> str:
        scopes = dict.fromkeys(self._catalogue.scopes[self._scope(f)] for f in facts)
        histology = inside(value_text(_HISTOLOGY, self._values[_HISTOLOGY]))
        return self._marks.words[code].format(scope=_(" and ").join(scopes), histology=histology)

    def _scope(self, fact: str) -> str:
        return self._catalogue.facts[fact].scope

    def _is_lay(self, fact: str) -> bool:
        return {c.source for c in self._catalogue.facts[fact].cites} <= self._marks.lay

    def _covers_one_of(self, fact: str, others: Callable[[], Iterator[_Values]]) -> bool:
        """Answer for any of the cases that have other values, asked once for each scope."""
        key = (self._scope(fact), others)
        if key not in self._known_of_others:
            self._known_of_others[key] = any(self._covers(fact, values) for values in others())
        return self._known_of_others[key]

    def _covers(self, fact: str, instead: _Values = ()) -> bool:
        """Answer for the case, or for one that has other values ``instead``."""
        key = (self._scope(fact), instead)
        if key not in self._known:
            node = self._marks.covers[key[0]]
            env = SettingsOnly(self._settings, {**self._values, **dict(instead)})
            self._known[key] = node.evaluate(env, strict=True) is True
        return self._known[key]

    def _histologies(self) -> Iterator[_Values]:
        for choice in definition(_HISTOLOGY).choices:
            yield ((_HISTOLOGY, choice.value),)

    def _other_tumours(self) -> Iterator[_Values]:
        """Any histology, with the IVC as recorded or involved."""
        for choice, ivc in product(self._histologies(), (self._values[_IVC], "present")):
            yield (*choice, (_IVC, ivc))
