"""What people and devices wrote in a case, apart from what is structure or of the program.

The table says of every text of the records which of the two it is. `in_words` returns a record
with the written texts put through a function, so that who a case is about is withheld where it
enters a paper, a file or the screen of an audience; nothing searches finished words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeVar, cast

from tumorboard.annotations.foreign import ForeignMark, SegmentValues
from tumorboard.annotations.model import Annotation
from tumorboard.case.decision import Decision, RejectedOption
from tumorboard.case.facts import FactSheet, Provenance
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Case, Lesion, Remark, SeriesRef
from tumorboard.case.saved_curve import Level, SavedCurve
from tumorboard.case.saved_view import SavedView
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import Correction, Stretch, VesselPath
from tumorboard.guidelines.parameters import SettingChange
from tumorboard.language import _

Word = Callable[[str], str]
T = TypeVar("T")

_AUTHOR: Final = _("Author")
#: The field of who made something, who works here: a word in it is no name of a patient.
STAFF: Final = "author"
_LABEL: Final = _("Words of a drawing")

#: The texts that people and devices write, by record, each with what a person calls it. The label
#: of a case is none of them: it is told as a whole or not at all (`tumorboard.app.told`).
WRITTEN: Final[Mapping[type, Mapping[str, str]]] = {
    Case: {"question": _("Question to the board"), "summary": _("Summary")},
    SeriesRef: {
        "description": _("Name of a series"),
        "body_part": _("Body part of a series"),
        "kernel": _("Kernel of a series"),
        "phase_evidence": _("Name of a series"),
    },
    Lesion: {"name": _("Name of a lesion"), "site": _("Site of a lesion")},
    Remark: {"value": _("Note"), "note": _("Note"), "author": _AUTHOR},
    Provenance: {"author": _AUTHOR, "note": _("Note on a fact")},
    SavedView: {"caption": _("Caption of a key image"), "author": _AUTHOR},
    SavedCurve: {"said": _("Words of a curved view")},
    Level: {"words": _("Words of a curved view"), "short": _("Words of a curved view")},
    Segmentation: {
        "label": _("Name of an outline"),
        "method": _("How an outline was made"),
        "author": _AUTHOR,
    },
    VesselPath: {"author": _AUTHOR},
    Correction: {"author": _AUTHOR},
    Stretch: {"author": _AUTHOR},
    Annotation: {"label": _LABEL, "author": _AUTHOR, "origin": _("Where a drawing came from")},
    ForeignMark: {
        "words": _LABEL,
        "by": _AUTHOR,
        "value": _LABEL,
        "site": _LABEL,
        "said": _LABEL,
    },
    SegmentValues: {"words": _LABEL, "values": _LABEL, "by": _AUTHOR, "said": _LABEL},
    Decision: {
        "recommendation": _("Recommendation"),
        "dissent_reason": _("Why the board differs"),
        "stage": _("Stage"),
        "histology": _("Histology"),
        "responsible": _("Who carries it out"),
        "deferred_because": _("Why it was deferred"),
        "outcome": _("What came of it"),
        "differs_because": _("Why it was done otherwise"),
    },
    RejectedOption: {"reason": _("Why an option was not taken")},
    AgendaItem: {"question": _("Question to the board"), "presenter": _("Who presents")},
    SettingChange: {"author": _AUTHOR, "reason": _("Reason of a setting")},
}

#: Remarks of which the value is one of a closed list, a date or a key; so is that of every key
#: with parts ("organ|kidney"). The note is what a person says to it.
_CLOSED: Final = frozenset({"status", "archived", "read"})
_CLOSED_KEYS: Final = ("date:", "alert:", "word:")


def is_closed(remark: Remark) -> bool:
    """Whether the value of a remark comes from a closed list."""
    key = remark.key
    return "|" in key or key in _CLOSED or key.startswith(_CLOSED_KEYS)


def in_words(value: T, word: Word) -> T:
    """Return a record, or several, with every written text put through a function."""
    return cast(T, _in_words(value, word))


def _in_words(value: Any, word: Word) -> Any:
    if value is None or isinstance(value, str | int | float | Enum | bytes):
        return value
    if isinstance(value, FactSheet):
        return FactSheet({name: _in_words(fact, word) for name, fact in value.facts.items()})
    if isinstance(value, tuple):
        parts = tuple(_in_words(item, word) for item in value)
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else parts
    if isinstance(value, Mapping):
        return {name: _in_words(item, word) for name, item in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    written = _written_of(value)
    found = {}
    for each in fields(value):
        if not each.init:
            continue
        held = getattr(value, each.name)
        if each.name not in written:
            told = _in_words(held, word)
        else:
            told = _told(held, of_staff(word) if each.name == STAFF else word)
        if told is not held and told != held:
            found[each.name] = told
    return replace(cast(Any, value), **found) if found else value


def _written_of(value: Any) -> Mapping[str, str]:
    names = WRITTEN.get(type(value), {})
    if isinstance(value, Remark) and is_closed(value):
        return {name: words for name, words in names.items() if name != "value"}
    if isinstance(value, Lesion) and value.site_code:
        return {name: words for name, words in names.items() if name != "site"}
    return names


def of_staff(word: Word) -> Word:
    """Return what is put on the name of somebody who works here."""
    return getattr(word, "of_staff", word)


def _told(value: Any, word: Word) -> Any:
    return tuple(word(text) for text in value) if isinstance(value, tuple) else word(value)


def written_texts(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every written text of a record that says anything, with what it is called.

    Names of those who work here are left out.
    """
    if isinstance(value, FactSheet):
        value = tuple(value.facts.values())
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for item in value:
            yield from written_texts(item)
        return
    if not is_dataclass(value) or isinstance(value, type):
        return
    written = _written_of(value)
    for each in fields(value):
        held = getattr(value, each.name)
        if each.name == STAFF:
            continue
        if each.name in written:
            texts = held if isinstance(held, tuple) else (held,)
            yield from ((written[each.name], text) for text in texts if text)
        elif not isinstance(held, str):
            yield from written_texts(held)
