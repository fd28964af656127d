"""What the words of a guideline must keep of its sources: figures, and binding words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tumorboard.case.terms import Document, Place
from tumorboard.guidelines.domains import numbers_in
from tumorboard.guidelines.files import rule_entries
from tumorboard.guidelines.model import Guideline

#: A number that stands for itself: not a part of R0, F-202, T1 or a date.
_NUMBER = re.compile(r"(?<![\w.\-])\d+(?:[.,]\d+)?(?![\w]|\.\d)")
#: Numbers of a unit are none of the statement: mL/min/1.73 m², 10⁹/L, 10^9/L.
_UNIT = re.compile(r"(?:/|\bper )\s*1[.,]73\s*m(?:²|\^?2)?(?!\w)|\b10(?:\^\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_IDENTIFIER = re.compile(r"\b[A-Z]-\d{2,3}\b|\{[a-z_]+\}|\bPMC\d+|\bNCT\d+")
#: Numbers in words count beside a unit: "four to six weeks", "weeks four to six".
_WORDS = dict(
    zip(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"),
        (*map(str, range(2, 11)), "12"),
        strict=True,
    )
)
_UNITS = re.compile(r"\b(?:weeks?|weekly|months?|years?|days?|hours?|fractions?)\b", re.IGNORECASE)
_SPELT = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
#: So many characters before and behind belong to one statement of time.
_NEAR = 16


def figures(text: str) -> tuple[str, ...]:
    """Return the numbers of a text as they would be written alone, in order.

    >>> figures("About 50.4 Gy in 28 fractions, four to six weeks (F-175), R0")
    ('50.4', '28', '4', '6')
    """
    spelt = _SPELT.sub(lambda word: _digits(word, text), text)
    found = _NUMBER.findall(_IDENTIFIER.sub(" ", _UNIT.sub(" ", spelt)))
    return tuple(plain_number(number) for number in found)


def _digits(word: re.Match[str], text: str) -> str:
    """Return a number in words as digits where a unit stands near it, else as it is."""
    around = text[max(0, word.start() - _NEAR) : word.end() + _NEAR]
    return _WORDS[word[0].lower()] if _UNITS.search(around) else word[0]


def plain_number(number: str | float) -> str:
    """Return a number as `figures` gives it: "54.0" is 54."""
    return f"{float(str(number).replace(',', '.')):g}"


@dataclass(frozen=True)
class Unsupported:
    """A text that says what its sources do not: where it stands, and what is wrong."""

    document: Document
    place: Place
    text: str


def unsupported(
    guideline: Guideline, fixed: Mapping[str, Document], rules: Sequence[Document]
) -> Iterator[Unsupported]:
    """Yield every figure without a source and every binding word that is not kept."""
    words = _binding(fixed["facts"])
    yield from _facts(fixed["facts"], words)
    yield from _repeated(fixed)
    known = _Known(guideline)
    for document in rules:
        for place, section, entry in rule_entries(document):
            for where, text, facts in _texts(place, entry):
                allowed = known.figures((*facts, *entry.get("background", ())), entry, section)
                for number in dict.fromkeys(figures(text)):
                    if number not in allowed:
                        cited = ", ".join((*facts, *entry.get("refs", ()))) or "its sources"
                        said = f"{number} stands in no text of {cited}, nor in a setting or table."
                        yield Unsupported(document, where, f"{entry['id']}: {said}")
                yield from _broken(document, where, entry["id"], text, facts, words, known)
            yield from _unsaid(document, place, entry, words)
        yield from _data(document, known)


def _texts(place: Place, entry: Mapping[str, Any]) -> Iterator[tuple[Place, str, tuple[str, ...]]]:
    """Yield every text of a rule with its place and the facts it rests on."""
    facts = tuple(entry.get("facts", ()))
    yield (*place, "text"), entry["text"], facts
    parts = {"then": entry["then"]} if "then" in entry else entry["outcomes"]
    for letter, effects in parts.items():
        for i, effect in enumerate(effects):
            where: Place = (
                (*place, "outcomes", letter, i) if "test" in entry else (*place, letter, i)
            )
            for key in ("text", "summary"):
                if key in effect:
                    yield (*where, key), effect[key], tuple(effect.get("facts", facts))


def _effects(entry: Mapping[str, Any]) -> Iterator[tuple[Place, Sequence[Mapping[str, Any]]]]:
    """Yield the effects of a rule with their place in it."""
    if "then" in entry:
        yield ("then",), entry["then"]
    for letter, effects in entry.get("outcomes", {}).items():
        yield ("outcomes", letter), effects


class _Known:
    """The figures that the parts of a guideline state."""

    def __init__(self, guideline: Guideline) -> None:
        self._guideline = guideline
        settings = guideline.settings
        self._settings = {
            identifier: {
                plain_number(n)
                for data in (s.default, s.ranges, s.allowed, (s.minimum, s.maximum))
                for n in numbers_in(_listed(data))
            }
            for identifier, s in settings.definitions.items()
        }
        tables = {plain_number(n) for n in numbers_in(guideline.tables)}
        self._always = tables | {plain_number(n) for n in numbers_in(guideline.schedules)}

    def text(self, identifier: str) -> str:
        """Return the words of a fact or public reference."""
        catalogue = self._guideline.catalogue
        if identifier in catalogue.facts:
            return catalogue.facts[identifier].text
        return catalogue.references[identifier].text if identifier in catalogue.references else ""

    def figures(
        self, facts: Iterable[str], entry: Mapping[str, Any], section: Mapping[str, Any]
    ) -> set[str]:
        """Return every figure that a text of a rule may print."""
        found = set(self._always)
        for identifier in (*facts, *entry.get("refs", ())):
            found.update(figures(self.text(identifier)))
        for setting in entry.get("settings", ()):
            found |= self._settings[setting]
        asked = [section.get("requires", ""), entry["when"], entry.get("test", "")]
        asked += [effect.get("if", "") for _, effects in _effects(entry) for effect in effects]
        return found | {n for text in asked for n in _in_condition(text)}


def _in_condition(text: str) -> Iterator[str]:
    yield from (plain_number(n) for n in _NUMBER.findall(_IDENTIFIER.sub(" ", text)))


def _listed(data: Any) -> Any:
    return list(data) if isinstance(data, tuple | set | frozenset) else data


def _data(document: Document, known: _Known) -> Iterator[Unsupported]:
    """Yield the figures beside the rules of a file that their facts do not state."""
    cited = {f for _, _, e in rule_entries(document) for f in e.get("facts", ())}
    stated = {n for f in cited for n in figures(known.text(f))}
    for key in ("figures", "relative_risks"):
        for name, data in document.data.get(key, {}).items():
            for number in numbers_in(data):
                if plain_number(number) not in stated:
                    text = f"{key} of {name}: {number:g} stands in no fact of this file."
                    yield Unsupported(document, (key, name), text)


def _repeated(fixed: Mapping[str, Document]) -> Iterator[Unsupported]:
    """Yield evidence whose figures are not those that it repeats beside its text.

    A guideline that repeats none has not been written so; then none is asked for.
    """
    entries = list(evidence_entries(fixed))
    if not any("figures" in entry for _, _, entry in entries):
        return
    for document, place, entry in entries:
        said = figures(entry["text"])
        repeated = tuple(plain_number(n) for n in entry.get("figures", ()))
        if said != repeated:
            text = f"{entry['id']}: the text says {_list(said)}, `figures` {_list(repeated)}."
            yield Unsupported(document, place, text)


def _list(numbers: Sequence[str]) -> str:
    return ", ".join(numbers) or "no figure"


def evidence_entries(
    fixed: Mapping[str, Document],
) -> Iterator[tuple[Document, Place, dict[str, Any]]]:
    """Yield every fact and public reference with its document and place."""
    facts, references = fixed["facts"], fixed["references"]
    for t, topic in enumerate(facts.data["topics"]):
        for f, entry in enumerate(topic["facts"]):
            yield facts, ("topics", t, "facts", f), entry
    for i, entry in enumerate(references.data["references"]):
        yield references, ("references", i), entry


# binding words

_Words = Mapping[str, tuple[Sequence[Any], Sequence[str]]]


def _binding(facts: Document) -> _Words:
    """Return by fact what its words must hold and must not hold."""
    return {
        entry["id"]: (entry.get("must", ()), entry.get("must_not", ()))
        for topic in facts.data["topics"]
        for entry in topic["facts"]
        if "must" in entry or "must_not" in entry
    }


def _facts(document: Document, words: _Words) -> Iterator[Unsupported]:
    for t, topic in enumerate(document.data["topics"]):
        for f, entry in enumerate(topic["facts"]):
            must, must_not = words.get(entry["id"], ((), ()))
            text, place = entry["text"].casefold(), ("topics", t, "facts", f)
            for wanted in must:
                options = [wanted] if isinstance(wanted, str) else wanted
                if not any(option.casefold() in text for option in options):
                    said = f"{entry['id']} must say {' or '.join(map(repr, options))}."
                    yield Unsupported(document, place, said)
            for refused in must_not:
                if refused.casefold() in text:
                    yield Unsupported(document, place, f"{entry['id']} must not say {refused!r}.")


def _unsaid(
    document: Document, place: Place, entry: Mapping[str, Any], words: _Words
) -> Iterator[Unsupported]:
    """Yield the binding words that the texts of a rule lack of the facts it states.

    ``states`` of a rule names the facts whose statement its texts give; a rule that only
    asks or points needs none.
    """
    said = " ".join(text for _, text, _ in _texts(place, entry)).casefold()
    for fact in entry.get("states", ()):
        if fact not in words:
            text = f"{entry['id']}: {fact} has no binding words to state."
            yield Unsupported(document, (*place, "states"), text)
        for wanted in words.get(fact, ((), ()))[0]:
            options = [wanted] if isinstance(wanted, str) else wanted
            if not any(option.casefold() in said for option in options):
                text = f"{entry['id']} must say {' or '.join(map(repr, options))} ({fact})."
                yield Unsupported(document, (*place, "states"), text)


def _broken(
    document: Document,
    place: Place,
    rule: str,
    text: str,
    facts: Sequence[str],
    words: _Words,
    known: _Known,
) -> Iterator[Unsupported]:
    """Yield the words of a rule that one of its facts refuses and no other of them has."""
    said = text.casefold()
    for fact in facts:
        for refused in words.get(fact, ((), ()))[1]:
            word = refused.casefold()
            others = (known.text(other).casefold() for other in facts if other != fact)
            if word in said and not any(word in other for other in others):
                yield Unsupported(document, place, f"{rule} must not say {refused!r} ({fact}).")
