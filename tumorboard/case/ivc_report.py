"""The reading of the vena cava and its surroundings in words, from what was drawn and stated.

One line a statement, each with the slice it can be checked on where that is known. What nobody
assessed is named as not assessed. The reader may change the text; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import TumourEnd
from tumorboard.annotations.spine import level_of
from tumorboard.case.anatomy import OTHER_KIDNEY, checklist, statements
from tumorboard.case.annotation_facts import ends_turned, ivc_length_mm, ivc_marks, mass_annotations
from tumorboard.case.definitions import definition, value_text
from tumorboard.case.facts import FactSheet
from tumorboard.case.mass_size import mass_size
from tumorboard.case.model import Case, Remark
from tumorboard.case.readiness import CRITERIA
from tumorboard.case.report_text import (
    MISSING,
    Basis,
    Origin,
    Sentence,
    SliceOf,
    no_slice,
    slice_words,
    without_slices,
)
from tumorboard.language import _, inside
from tumorboard.quantity import length_words

#: The remark that holds the text as the reader left it; its note is what it was made from.
REMARK: Final = "ivc-report"

_DISTANCE: Final = _("Craniocaudal distance of the two ends")
#: The facts of the vena cava, in the order in which they are read.
VEIN: Final = (
    "ivc_involvement",
    "ivc_caudal_extent",
    "ivc_cranial_extent",
    "ivc_occlusion",
    "ivc_growth_pattern",
    "ivc_extravascular_component",
)


def ivc_report(case: Case, basis: Basis, slice_of: SliceOf = no_slice) -> str:
    """Return the text as it was kept before it was a section of the radiology report.

    Paragraphs are parted by an empty line.
    """
    images = [Sentence(_("Images"), ", ".join(basis.dates)).text] if basis.dates else []
    parts = (
        [*images, mass_sentence(case, basis, slice_of).text],
        [s.text for s in vein_sentences(case, basis, slice_of)],
        list(basis.vessels) or [fact_sentence(basis.facts, "vessel_contacts").text],
        [s.text for s in organ_sentences(case.remarks)],
        [fact_sentence(basis.facts, name).text for name in CRITERIA],
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def mass_sentence(case: Case, basis: Basis, slice_of: SliceOf) -> Sentence:
    """Return the size of the index mass, with which axes it is and what limits it.

    What a person stated goes before what was drawn, which stands beside it. What is not
    calibrated has no size in cm.
    """
    lesion, fact = case.index_lesion, basis.facts.get("diameters_cm")
    drawn = mass_annotations(case, lesion.uid) if lesion is not None else ()
    size, where = mass_size(drawn), slice_words(drawn, slice_of)
    level = level_of(drawn, case.annotations)
    at = _(", at {level}", level=level) if level else ""
    on_images = f"{size.text}, {size.axes}{at}{where}" if size.text else ""
    if drawn and not size.text:
        pixels = "; ".join(measure(a).text for a in drawn)
        on_images = _("{pixels}, no size in cm", pixels=pixels) + where
    caveats = tuple(dict.fromkeys(c.text.rstrip(".") for a in drawn for c in measure(a).caveats))
    limits = f"; {'; '.join(caveats)}" if caveats and on_images else ""
    origin = Origin("diameters_cm", tuple(a.uid for a in drawn))
    if fact is not None and fact.value != tuple(round(v / 10, 1) for v in size.values if v > 0):
        stated = length_words(*(10 * v for v in fact.value))
        if fact.provenance.origin != "entered":
            uids = (*fact.provenance.annotation_uids, *origin.annotation_uids)
            origin = Origin("diameters_cm", uids, fact.provenance.place)
        if not on_images:
            return Sentence(_("Mass"), stated, Origin(origin.fact, origin.annotation_uids))
        return Sentence(
            _("Mass"),
            _("{stated}; drawn on the images: {drawn}", stated=stated, drawn=on_images) + limits,
            origin,
        )
    return Sentence(_("Mass"), f"{on_images}{limits}" if on_images else MISSING, origin)


def vein_sentences(case: Case, basis: Basis, slice_of: SliceOf) -> list[Sentence]:
    """Return the reading of the vena cava: involvement, ends, occlusion, level."""
    facts = basis.facts
    if facts.value("ivc_involvement") == "absent":
        origin = fact_origin(facts, "ivc_involvement")
        others = [fact_sentence(facts, n) for n in VEIN[3:] if facts.value(n) is not None]
        return [Sentence(_("Inferior vena cava"), inside(extent_words(facts)), origin), *others]
    ends = {a.role: a for a in ivc_marks(case) if a.role in set(TumourEnd)}
    marked = {
        "ivc_caudal_extent": ends.get(TumourEnd.CAUDAL),
        "ivc_cranial_extent": ends.get(TumourEnd.CRANIAL),
    }
    lines = []
    for name in VEIN:
        mark = marked.get(name)
        where = slice_words([mark], slice_of) if mark is not None else ""
        lines.append(fact_sentence(facts, name, where, () if mark is None else (mark.uid,)))
    length, uids = ivc_length_mm(case), tuple(a.uid for a in ends.values())
    if length is not None:
        lines.append(Sentence(_DISTANCE, length_words(length), Origin("", uids)))
    elif doubt := ends_turned(ends.values()):
        lines.append(Sentence("", doubt, Origin("", uids)))
    if basis.level:
        lines.append(Sentence(_("Level"), basis.level, fact_origin(facts, "ivc_cranial_extent")))
    return lines


def organ_sentences(
    remarks: Iterable[Remark], left_out: frozenset[str] = frozenset()
) -> list[Sentence]:
    """Return what was stated of the organs around, and which were not assessed.

    ``left_out`` are keys of the checklist that are told of elsewhere.
    """
    said = statements(remarks)
    asked = {key: question for key, question in checklist().items() if key not in left_out}
    lines = [organ_sentence(remarks, key) for key in asked if key in said]
    rest = [asked[key].label for key in asked if key not in said and key != OTHER_KIDNEY]
    if OTHER_KIDNEY in asked and OTHER_KIDNEY not in said:
        rest.append(asked[OTHER_KIDNEY].label)
    if rest:
        first = next(key for key in asked if key not in said)
        words = ", ".join(inside(label) for label in rest)
        lines.append(Sentence(_("Not assessed"), words, Origin(first)))
    return lines


def organ_sentence(remarks: Iterable[Remark], key: str) -> Sentence:
    """Return what was stated of one organ of the checklist."""
    remark, label = statements(remarks).get(key), checklist()[key].label
    if remark is None:
        return Sentence(label, MISSING, Origin(key))
    words = inside(checklist()[key].choice_label(remark.value))
    where = f" ({remark.place.words})" if remark.place else ""
    return Sentence(label, f"{words}{where}", Origin(key, (), remark.place))


def fact_sentence(
    facts: FactSheet, name: str, where: str = "", uids: tuple[str, ...] = ()
) -> Sentence:
    """Return a fact in a sentence; ``where`` follows it, ``uids`` are the drawings of it."""
    return Sentence(
        definition(name).label, f"{fact_words(facts, name)}{where}", fact_origin(facts, name, uids)
    )


def fact_origin(facts: FactSheet, name: str, uids: tuple[str, ...] = ()) -> Origin:
    """Return where a fact can be checked."""
    fact = facts.get(name)
    if fact is None:
        return Origin(name, uids)
    drawn = tuple(dict.fromkeys((*uids, *fact.provenance.annotation_uids)))
    return Origin(name, drawn, fact.provenance.place)


def fact_words(facts: FactSheet, name: str) -> str:
    """Return the value of a fact as it stands in a sentence; "not assessed" without one."""
    value = facts.value(name)
    return MISSING if value is None else inside(value_text(name, value))


def extent_words(facts: FactSheet) -> str:
    """Return "Renal veins to within the liver" from the facts in force; empty without any.

    Where a person states that the vein is not involved, that stands, beside what is marked.
    """
    ends = [facts.value("ivc_caudal_extent"), facts.value("ivc_cranial_extent")]
    marked = ends != [None, None]
    low = definition("ivc_caudal_extent").choice_label(ends[0]) if ends[0] else _("not known")
    high = definition("ivc_cranial_extent").choice_label(ends[1]) if ends[1] else _("not known")
    low = f"{low[0].upper()}{low[1:]}"
    reach = _("{low} to {high}", low=low, high=inside(high)) if ends[0] != ends[1] else low
    involvement = facts.value("ivc_involvement")
    if involvement == "absent":
        return (
            _("Not involved; marked on the images: {reach}", reach=inside(reach))
            if marked
            else _("Not involved")
        )
    if marked:
        return reach
    return _("Involved") if involvement == "present" else ""


def outdated(before: str, now: str) -> tuple[str, ...]:
    """Return the labels of the lines in which a newer text differs, the slices apart.

    What was measured along vessels is left out: its sentences are not always at hand.
    """
    old, new = _by_label(before), _by_label(now)
    mine = {definition(name).label for name in VEIN} | {_("Mass"), _DISTANCE, _("Level")}
    left_out = {_("Images"), definition("vessel_contacts").label}
    wanted = [label for label in {**old, **new} if label in new or label in mine]
    return tuple(n for n in wanted if n not in left_out and old.get(n) != new.get(n))


def _by_label(text: str) -> dict[str, str]:
    lines = (without_slices(line).rpartition(": ") for line in text.splitlines())
    return {label: words for label, __, words in lines if label}
