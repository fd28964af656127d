"""Texts of a guideline in another language, as a clinician reviewed them.

A guideline speaks the language of its folder. A file ``translations/<language>.yaml`` beside its
rules may give texts in another one, by identifier and field:

    reviewed_by: Dr Example
    reviewed_on: "2026-01-05"
    texts:
      R-ALT-04: {text: Das CT des Thorax fehlt.}
      O-BIOPSY: {title: Stanzbiopsie unter Bildsteuerung}

Without a reviewer none of it is used. A text that is not there, or does not keep the numbers and
the placeholders of its original, is shown in the language of the folder. Conditions,
identifiers, marks, grades and citations are never translated: the program reads them.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from tumorboard.case.terms import Document, Place
from tumorboard.errors import UserError
from tumorboard.guidelines.files import read_document, rule_entries
from tumorboard.language import LANGUAGES, N_, _

#: The folder of the translations, beside the rules.
FOLDER: Final = "translations"
_KEYS: Final = {"reviewed_by", "reviewed_on", "texts"}
#: What is translated of the entries of a file, by the key of their list.
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "options": ("title",),
    "settings": ("title",),
    "references": ("title", "text"),
    "conflicts": ("title", "why"),
    "gaps": ("text", "consequence"),
}
_HEAD: Final = ("title", "intended_use", "equal_words")
_TABLES: Final = (
    *("categories", "statuses", "severities"),
    *("follow_up_keys", "prognosis_keys", "states"),
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_PLACEHOLDER: Final = re.compile(r"\{[a-z_]+\}")

#: Identifier and field of a text.
Key = tuple[str, str]


@dataclass(frozen=True)
class Original:
    """A text that can be translated, and where it stands."""

    document: Document
    place: Place
    text: str


@dataclass(frozen=True)
class Spoken:
    """In which language a guideline speaks.

    ``language`` is that of its folder. ``asked`` is the one that was asked for, of which
    ``translated`` of ``count`` texts are there, reviewed by ``reviewed_by``; ``refused`` says why
    a translation that lies there is not used.
    """

    language: str = "en"
    asked: str = "en"
    translated: int = 0
    count: int = 0
    reviewed_by: str = ""
    reviewed_on: str = ""
    refused: str = ""

    @property
    def words(self) -> str:
        """What a reader has to know of it; empty where the guideline speaks as asked."""
        if self.language == self.asked:
            return ""
        name = _(_NAMES.get(self.language, self.language))
        if self.translated:
            said = _(
                "Translation of the guideline reviewed by {author}, {day}.",
                author=self.reviewed_by,
                day=self.reviewed_on,
            )
            if self.translated < self.count:
                said += " " + _("Texts without one are in {language}.", language=name)
            return said
        said = _("The texts of the guideline are in {language}.", language=name)
        return f"{said} {self.refused}".rstrip()


#: The languages as a sentence names them.
_NAMES: Final = {"en": N_("English"), "de": N_("German")}


def in_language(
    folder: Path, fixed: Mapping[str, Document], rules: Sequence[Document], asked: str
) -> tuple[Mapping[str, Document], list[Document], Spoken]:
    """Return the files of a guideline with the texts that a translation gives, and how it speaks.

    A translation that cannot be used stops nothing: the guideline speaks its own language.
    """
    language = str(fixed["guideline"].data.get("language", "en"))
    if language == asked:
        return fixed, list(rules), Spoken(language, asked)
    originals = originals_of(fixed, rules)
    plain = Spoken(language, asked, count=len(originals))
    path = folder / FOLDER / f"{asked}.yaml"
    if not path.is_file():
        return fixed, list(rules), plain
    try:
        translation = read_document(path, f"{FOLDER}/{path.name}")
    except UserError as error:
        return fixed, list(rules), replace(plain, refused=error.message)
    if why := _unusable(translation):
        return fixed, list(rules), replace(plain, refused=translation.error((), why).message)
    wrong = {problem[0] for problem in problems(translation, originals)}
    texts = {key: text for key, __, text in _given(translation) if key not in wrong}
    said = replace(
        plain,
        translated=len(texts),
        reviewed_by=str(translation.data["reviewed_by"]),
        reviewed_on=str(translation.data["reviewed_on"]),
    )
    done = {id(d): _with(d, originals, texts) for d in (*fixed.values(), *rules)}
    return (
        {name: done[id(d)] for name, d in fixed.items()},
        [done[id(d)] for d in rules],
        said,
    )


def problems_of_translations(
    folder: Path, fixed: Mapping[str, Document], rules: Sequence[Document]
) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and sentence of what is wrong with the translations of a folder."""
    originals = originals_of(fixed, rules)
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        name = f"{FOLDER}/{path.name}"
        try:
            translation = read_document(path, name)
        except UserError as error:
            yield name, 0, error.message
            continue
        if path.stem not in LANGUAGES:
            yield name, 0, f"the program does not speak “{path.stem}”."
        if why := _unusable(translation):
            yield name, 1, why
        else:
            for __, place, sentence in problems(translation, originals):
                yield *translation.at(place), sentence


def problems(
    translation: Document, originals: Mapping[Key, Original]
) -> Iterator[tuple[Key, Place, str]]:
    """Yield key, place and sentence of each text that cannot stand for its original."""
    for key, place, text in _given(translation):
        named = " ".join(key)
        original = originals.get(key)
        if original is None:
            yield key, place, f"{named}: there is no such text."
        elif not isinstance(text, str) or not text.strip():
            yield key, place, f"{named}: a text is expected."
        elif _numbers(text) - _numbers(original.text):
            yield key, place, f"{named}: it states a number that the original does not."
        elif _numbers(original.text) - _numbers(text):
            yield key, place, f"{named}: it lacks a number of the original."
        elif set(_PLACEHOLDER.findall(text)) != set(_PLACEHOLDER.findall(original.text)):
            yield key, place, f"{named}: its placeholders are not those of the original."


def originals_of(fixed: Mapping[str, Document], rules: Sequence[Document]) -> dict[Key, Original]:
    """Return every text of a guideline that can be translated, by identifier and field."""
    found: dict[Key, Original] = {}
    for key, document, place in (
        *_of_head(fixed["guideline"]),
        *_of_lists(fixed),
        *_of_rules(rules),
    ):
        data = document.data
        for step in place:
            data = data[step] if isinstance(step, int) else data.get(step, "")
        if isinstance(data, str) and data.strip():
            found[key] = Original(document, place, data)
    return found


#: A key, and where its text may stand.
_Place = tuple[Key, Document, Place]


def _of_head(head: Document) -> Iterator[_Place]:
    for field in _HEAD:
        yield ("guideline", field), head, (field,)
    for table in _TABLES:
        for key in head.data.get(table, {}):
            yield (table, str(key)), head, (table, key)


def _of_lists(fixed: Mapping[str, Document]) -> Iterator[_Place]:
    for name, fields in _FIELDS.items():
        for i, entry in enumerate(fixed[name].data[name]):
            for field in fields:
                yield (entry["id"], field), fixed[name], (name, i, field)
    derived, facts = fixed["derived"], fixed["facts"]
    for i, entry in enumerate(derived.data["derived"]):
        yield (entry["name"], "label"), derived, ("derived", i, "label")
        for key in entry.get("choices", {}):
            yield (entry["name"], str(key)), derived, ("derived", i, "choices", key)
    for key in facts.data["scopes"]:
        yield ("scopes", str(key)), facts, ("scopes", key)
    for t, topic in enumerate(facts.data["topics"]):
        yield ("topics", topic["topic"]), facts, ("topics", t, "topic")
        for f, entry in enumerate(topic["facts"]):
            yield (entry["id"], "text"), facts, ("topics", t, "facts", f, "text")


def _of_rules(rules: Sequence[Document]) -> Iterator[_Place]:
    for document in rules:
        for place, __, entry in rule_entries(document):
            part = f"/{entry['part']}" if entry.get("part") else ""
            for where in _texts_of_rule(entry):
                yield (entry["id"] + part, ".".join(map(str, where))), document, (*place, *where)


def _texts_of_rule(entry: Mapping[str, Any]) -> Iterator[Place]:
    """Yield the places of the texts of a rule within it: ``text``, ``then 0 text``."""
    yield ("text",)
    parts: list[tuple[Place, Any]] = [(("then",), entry.get("then", ()))]
    parts += [(("outcomes", letter), e) for letter, e in entry.get("outcomes", {}).items()]
    for start, effects in parts:
        for i in range(len(effects)):
            yield (*start, i, "text")
            yield (*start, i, "summary")


def _unusable(translation: Document) -> str:
    """Return why a file is no translation, or that nobody reviewed it; else nothing."""
    data = translation.data
    if not isinstance(data, dict) or set(data) - _KEYS or not isinstance(data.get("texts"), dict):
        return _("reviewed_by, reviewed_on and texts are expected, nothing else.")
    if not str(data.get("reviewed_by") or "").strip():
        return _("no clinician is named who reviewed it (reviewed_by).")
    try:
        date.fromisoformat(str(data.get("reviewed_on")))
    except ValueError:
        return _("the day of the review is expected, such as 2026-01-05 (reviewed_on).")
    return ""


def _given(translation: Document) -> Iterator[tuple[Key, Place, Any]]:
    """Yield key, place and text of each entry of a translation."""
    for identifier, fields in translation.data["texts"].items():
        if not isinstance(fields, dict):
            yield (str(identifier), ""), ("texts", identifier), fields
            continue
        for field, text in fields.items():
            yield (str(identifier), str(field)), ("texts", identifier, field), text


def _numbers(text: str) -> Counter[str]:
    """Return the numbers of a text, however often each; decimals with a point."""
    return Counter(number.replace(",", ".") for number in _NUMBER.findall(text))


def _with(
    document: Document, originals: Mapping[Key, Original], texts: Mapping[Key, str]
) -> Document:
    """Return a document with other texts in the places of its own."""
    mine = {k: o.place for k, o in originals.items() if k in texts and o.document is document}
    if not mine:
        return document
    data = copy.deepcopy(document.data)
    for key, place in mine.items():
        part = data
        for step in place[:-1]:
            part = part[step]
        part[place[-1]] = texts[key]
    return replace(document, data=data)
