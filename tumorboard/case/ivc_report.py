"""The reading of the vena cava and its surroundings in words, from what was drawn and stated.

One line a statement, each with the slice it can be checked on where that is known. What nobody
assessed is named as not assessed. The reader may change the text; it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Final

from tumorboard.annotations.model import Annotation, TumourEnd
from tumorboard.case.anatomy import OTHER_KIDNEY, checklist, statements
from tumorboard.case.definitions import definition, value_text
from tumorboard.case.derive import ends_turned, ivc_length_mm, ivc_marks, mass_annotations
from tumorboard.case.facts import FactSheet
from tumorboard.case.mass_size import mass_size
from tumorboard.case.model import Case, Remark
from tumorboard.case.readiness import CRITERIA
from tumorboard.quantity import length_words

#: The remark that holds the text as the reader left it; its note is what it was made from.
REMARK: Final = "ivc-report"
#: Returns the number of the slice that an annotation lies on, counted from 1, or None.
SliceOf = Callable[[Annotation], int | None]

_MISSING: Final = "not assessed"
_DISTANCE: Final = "Craniocaudal distance of the two ends"
#: Where a line can be checked, as `_slices` writes it.
_SLICES: Final = re.compile(r" \(slices? [\d, ]+\)")
_STATED: Final = (
    "ivc_involvement",
    "ivc_caudal_extent",
    "ivc_cranial_extent",
    "ivc_occlusion",
    "ivc_growth_pattern",
    "ivc_extravascular_component",
)


def no_slice(_annotation: Annotation) -> None:
    """Know no slices."""


@dataclass(frozen=True)
class Basis:
    """What a text is made from besides the case: facts in force, the level, the vessels.

    ``level`` are the words of the IVC level, ``vessels`` sentences measured along vessels,
    ``dates`` the dates of the studies as the reader writes them, the newest first.
    """

    facts: FactSheet
    level: str = ""
    vessels: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


def ivc_report(case: Case, basis: Basis, slice_of: SliceOf = no_slice) -> str:
    """Return the text, paragraphs parted by an empty line."""
    parts = (
        _mass(case, basis, slice_of),
        _vein(case, basis, slice_of),
        list(basis.vessels) or _contacts(basis.facts),
        _organs(case.remarks),
        _criteria(basis.facts),
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _mass(case: Case, basis: Basis, slice_of: SliceOf) -> list[str]:
    lines = [f"Images: {', '.join(basis.dates)}."] if basis.dates else []
    lesion = case.index_lesion
    drawn = mass_annotations(case, lesion.uid) if lesion is not None else ()
    if (drawn_size := mass_size(drawn)).text:
        where = _slices(drawn, slice_of)
        return [*lines, f"Mass: {drawn_size.text}, {drawn_size.axes}{where}."]
    measured = basis.facts.value("diameters_cm")
    size = " × ".join(f"{v:.1f}" for v in measured) + " cm" if measured else _MISSING
    return [*lines, f"Mass: {size}."]


def _vein(case: Case, basis: Basis, slice_of: SliceOf) -> list[str]:
    facts = basis.facts
    if facts.value("ivc_involvement") == "absent":
        return ["Inferior vena cava: not involved."]
    ends = {a.role: a for a in ivc_marks(case) if a.role in set(TumourEnd)}
    marked = {
        "ivc_caudal_extent": ends.get(TumourEnd.CAUDAL),
        "ivc_cranial_extent": ends.get(TumourEnd.CRANIAL),
    }
    lines = []
    for name in _STATED:
        mark = marked.get(name)
        where = _slices([mark], slice_of) if mark is not None else ""
        lines.append(f"{definition(name).label}: {_words(facts, name)}{where}.")
    length = ivc_length_mm(case)
    if length is not None:
        lines.append(f"{_DISTANCE}: {length_words(length)}.")
    elif doubt := ends_turned(ends.values()):
        lines.append(doubt)
    if basis.level:
        lines.append(f"Level: {basis.level}.")
    return lines


def _contacts(facts: FactSheet) -> list[str]:
    name = "vessel_contacts"
    return [f"{definition(name).label}: {_words(facts, name)}."]


def _organs(remarks: Iterable[Remark]) -> list[str]:
    said, asked = statements(remarks), checklist()
    lines = []
    for key, question in asked.items():
        remark = said.get(key)
        if remark is not None:
            where = f" (slice {remark.place.slice_number})" if remark.place else ""
            lines.append(f"{question.label}: {remark.value}{where}.")
    rest = [asked[key].label for key in asked if key not in said and key != OTHER_KIDNEY]
    if OTHER_KIDNEY not in said:
        rest.append(asked[OTHER_KIDNEY].label)
    if rest:
        lines.append(f"Not assessed: {', '.join(_inside(label) for label in rest)}.")
    return lines


def _criteria(facts: FactSheet) -> list[str]:
    return [f"{definition(name).label}: {_words(facts, name)}." for name in CRITERIA]


def _words(facts: FactSheet, name: str) -> str:
    value = facts.value(name)
    return _MISSING if value is None else _inside(value_text(name, value))


def _inside(text: str) -> str:
    """Write words as they stand within a sentence; abbreviations stay."""
    return text if text[:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _slices(annotations: Sequence[Annotation], slice_of: SliceOf) -> str:
    found = sorted({k for a in annotations if (k := slice_of(a)) is not None})
    if not found:
        return ""
    return f" (slice{'s' if len(found) > 1 else ''} {', '.join(map(str, found))})"


def difference(before: str, now: str) -> tuple[str, ...]:
    """Return the lines that a newer text adds ("+ ...") and drops ("- ...")."""
    lines = ndiff(before.splitlines(), now.splitlines())
    return tuple(line for line in lines if line[:2] in ("+ ", "- ") and line[2:].strip())


def extent_words(facts: FactSheet) -> str:
    """Return "Renal veins to within the liver" from the facts in force; empty without any.

    Where a person states that the vein is not involved, that stands, beside what is marked.
    """
    ends = [facts.value("ivc_caudal_extent"), facts.value("ivc_cranial_extent")]
    marked = ends != [None, None]
    low = definition("ivc_caudal_extent").choice_label(ends[0]) if ends[0] else "not known"
    high = definition("ivc_cranial_extent").choice_label(ends[1]) if ends[1] else "not known"
    reach = f"{low[0].upper()}{low[1:]} to {high[0].lower()}{high[1:]}" if low != high else low
    involvement = facts.value("ivc_involvement")
    if involvement == "absent":
        return f"Not involved; marked on the images: {_inside(reach)}" if marked else "Not involved"
    if marked:
        return reach
    return "Involved" if involvement == "present" else ""


def outdated(before: str, now: str) -> tuple[str, ...]:
    """Return the labels of the lines in which a newer text differs, the slices apart.

    What was measured along vessels is left out: its sentences are not always at hand.
    """
    old, new = _by_label(before), _by_label(now)
    mine = {definition(name).label for name in _STATED} | {"Mass", _DISTANCE, "Level"}
    left_out = {"Images", definition("vessel_contacts").label}
    wanted = [label for label in {**old, **new} if label in new or label in mine]
    return tuple(n for n in wanted if n not in left_out and old.get(n) != new.get(n))


def _by_label(text: str) -> dict[str, str]:
    lines = (_SLICES.sub("", line).rpartition(": ") for line in text.splitlines())
    return {label: words for label, _, words in lines if label}
