"""A text that is made from a case, changed by its reader, kept, and compared with the case.

A report is sections of sentences. Each sentence knows what it says something about (its label)
and where that can be checked. The text as kept is lines: a title, its sentences, an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import ndiff
from html import escape
from typing import Final

from tumorboard.annotations.model import Annotation
from tumorboard.case.facts import Fact, FactSheet, Place
from tumorboard.language import LANGUAGES, _, code, ngettext

#: Returns the number of the slice that an annotation lies on, counted from 1, or None.
#: From an annotation to its slice as the viewer counts and its instance number, 0: not known.
SliceOf = Callable[[Annotation], tuple[int, int] | None]
MISSING: Final = _("not assessed")
#: Begins the label of what was measured on the images at hand; elsewhere it is not known.
MEASURED: Final = _("Measured, ")


def _slices(numbers: Sequence[object]) -> str:
    named = ", ".join(map(str, numbers))
    return ngettext("slice {numbers}", "slices {numbers}", len(numbers), numbers=named)


def _instances(numbers: Sequence[object]) -> str:
    named = ", ".join(map(str, numbers))
    return ngettext("instance {numbers}", "instances {numbers}", len(numbers), numbers=named)


def _any_number(said: Callable[[Sequence[object]], str]) -> str:
    """Return a pattern of what is said of one number or of several."""
    return "|".join(re.escape(said("@" * n)).replace(r"@,\ @", "@") for n in (1, 2)).replace(
        "@", r"[\d, ]+"
    )


#: Where a line can be checked, as `slice_words` writes it.
_SLICES: Final = re.compile(
    rf" \((?:{_any_number(_slices)})(?:;? ?(?:{_any_number(_instances)}))?\)"
)
#: The last line of what a kept text was made from, where it is not in English: its language.
_IN_LANGUAGE: Final = re.compile(r"\n\[([a-z]{2})\]$")


def no_slice(_annotation: Annotation) -> None:
    """Know no slices."""


@dataclass(frozen=True)
class Basis:
    """What a text is made from besides the case.

    ``facts`` are those in force, ``derived`` those that follow from drawings, overruled or not.
    ``level`` are the words of the IVC level, ``vessels`` sentences measured along vessels,
    ``components`` what the index mass consists of by its values, ``dates`` the dates of the
    studies as the reader writes them, the newest first. ``segments`` are sentences on the contact
    with vessels by segment; each names its vessel among the drawings that it leads to.
    """

    facts: FactSheet
    level: str = ""
    vessels: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    derived: Mapping[str, Fact] = field(default_factory=dict)
    segments: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a sentence can be checked: a field, drawings by their UIDs, a picture, a series."""

    fact: str = ""
    annotation_uids: tuple[str, ...] = ()
    place: Place | None = None
    series: str = ""

    @property
    def words(self) -> str:
        """Where it leads, in words; empty for nowhere."""
        if self.place is not None:
            return self.place.words
        if self.annotation_uids:
            return _("what was drawn")
        if self.series:
            return _("its images")
        return _("its field") if self.fact else ""


@dataclass(frozen=True)
class Sentence:
    """One statement: ``label`` says of what, ``words`` what, ``origin`` where to check it."""

    label: str
    words: str
    origin: Origin = Origin()

    @property
    def text(self) -> str:
        """The sentence as a line."""
        said = f"{self.label}: {self.words}" if self.label else self.words
        return said if said.endswith(".") else f"{said}."


@dataclass(frozen=True)
class Section:
    """The sentences under one title."""

    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Report:
    """A whole report."""

    sections: tuple[Section, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in their order."""
        return tuple(s for section in self.sections for s in section.sentences)

    @property
    def titles(self) -> frozenset[str]:
        """The lines that are titles."""
        return frozenset(section.title for section in self.sections)

    @property
    def text(self) -> str:
        """The report as lines; an empty line between sections."""
        return "\n\n".join(
            "\n".join([section.title, *(s.text for s in section.sentences)])
            for section in self.sections
        )

    @property
    def note(self) -> str:
        """What a text was made from, as it is kept beside it: with its language."""
        return self.text if code() == "en" else f"{self.text}\n[{code()}]"

    def origin_of(self, line: str) -> Origin | None:
        """Return where a line of the text can be checked, as it is or with its words changed.

        None for a title, an empty line, or one about nothing that the report tells of.
        """
        said = line.strip()
        if not said or said in self.titles:
            return None
        exact = next((s for s in self.sentences if s.text == said), None)
        if exact is None:
            about = [s for s in self.sentences if s.label and said.startswith(f"{s.label}: ")]
            exact = max(about, key=lambda s: len(s.label), default=None)
        return None if exact is None or not exact.origin.words else exact.origin


def slice_words(annotations: Sequence[Annotation], slice_of: SliceOf) -> str:
    """Return " (slices 12, 30; instances 40, 58)" after a blank; empty where none is known."""
    found = sorted({k for a in annotations if (k := slice_of(a)) is not None})
    if not found:
        return ""
    words = _slices([number for number, _instance in found])
    if all(instance for _number, instance in found):
        words = f"{words}; {_instances([instance for _number, instance in found])}"
    return f" ({words})"


def difference(before: str, now: str) -> tuple[str, ...]:
    """Return the lines that a newer text adds ("+ ...") and drops ("- ...")."""
    lines = ndiff(before.splitlines(), now.splitlines())
    return tuple(line for line in lines if line[:2] in ("+ ", "- ") and line[2:].strip())


def measured(what: str) -> str:
    """Return the label of what was measured on the images at hand."""
    return f"{MEASURED}{what}"


def in_another_language(note: str) -> str:
    """Return a sentence where a text was made in another language than is spoken, else nothing.

    Its lines cannot be compared with those of a report that is made now.
    """
    found = _IN_LANGUAGE.search(note)
    kept = found[1] if found else "en"
    if kept == code():
        return ""
    return _(
        "This text was made in another language ({language}): what changed in the case since is "
        "not shown.",
        language=LANGUAGES.get(kept, kept),
    )


def changes_since(note: str, now: Report) -> tuple[str, ...]:
    """Return what a report says otherwise than when a text was made from it; empty for nothing.

    A sentence comes first, then the lines that are added ("+ ...") and dropped ("- ...").
    """
    if other := in_another_language(note):
        return (other,)
    found = difference(_IN_LANGUAGE.sub("", note), now.text)
    return (_("Since this text was made, the case has changed:"), *found) if found else ()


def outdated(before: str, now: Report) -> tuple[str, ...]:
    """Return the labels of what a report says otherwise now, the slices apart.

    What was measured on images is left out: it is not at hand everywhere.
    """
    old = [_SLICES.sub("", line) for line in _IN_LANGUAGE.sub("", before).splitlines()]
    fixed = [s for s in now.sentences if not s.label.startswith(MEASURED)]
    changed = [s.label for s in fixed if _SLICES.sub("", s.text) not in old]
    known = tuple(f"{s.label}: " for s in fixed)
    gone = [
        line.partition(": ")[0]
        for line in old
        if line and line not in now.titles and not line.startswith((MEASURED, *known))
    ]
    return tuple(dict.fromkeys([*changed, *gone]))


def changed_words(note: str, changed: Sequence[str]) -> tuple[str, ...]:
    """Return the line that stands before a kept text: of what a report says otherwise now."""
    if other := in_another_language(note):
        return (other,)
    if not changed:
        return ()
    named = ", ".join(changed)
    return (_("Changed in the case since this text was kept: {changed}.", changed=named),)


def without_slices(line: str) -> str:
    """Return a line without the slices it can be checked on."""
    return _SLICES.sub("", line)


def as_html(text: str, titles: Iterable[str]) -> str:
    """Return a text as HTML: titles as headings, sentences as paragraphs, all else escaped."""
    named = frozenset(titles)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(
        f"<h3>{escape(line)}</h3>" if line in named else f"<p>{escape(line)}</p>"
        for line in lines
        if line
    )
