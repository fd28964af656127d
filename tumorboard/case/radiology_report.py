"""The reading of a retroperitoneal sarcoma in the order in which radiologists dictate it.

Made from what was drawn and stated. What nobody assessed is named as not assessed, what limits
a number stands with it, and nothing follows that nobody stated: the reader may change the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tumorboard.case.anatomy import OTHER_KIDNEY, PREFIX
from tumorboard.case.contact_segments import newest_vessels
from tumorboard.case.dates import iso_date
from tumorboard.case.definitions import definition, value_text
from tumorboard.case.facts import FactSheet
from tumorboard.case.ivc_report import REMARK as OLD_REMARK
from tumorboard.case.ivc_report import (
    VEIN,
    extent_words,
    fact_origin,
    fact_sentence,
    fact_words,
    mass_sentence,
    organ_sentence,
    organ_sentences,
    vein_sentences,
)
from tumorboard.case.measured import index_mass
from tumorboard.case.model import Case, SeriesRef
from tumorboard.case.radiology_spread import (
    bones_section,
    distant_sentence,
    elsewhere_section,
    liver_section,
    lungs_section,
    nodes_section,
    peritoneum_section,
    response_section,
)
from tumorboard.case.readiness import CRITERIA, IMAGES
from tumorboard.case.report_text import (
    MISSING,
    Basis,
    Origin,
    Report,
    Section,
    Sentence,
    SliceOf,
    changed_words,
    measured,
    no_slice,
    outdated,
)
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.case.vessel import vessel_label
from tumorboard.language import _, inside
from tumorboard.quantity import volume_words

#: The remark that holds the text as the reader left it; its note is what it was made from.
REMARK: Final = "radiology-report"
#: The title under which a text on the vena cava stands that was kept before there was this one.
_EARLIER: Final = _("Text on the vena cava, kept earlier")
_KIDNEYS: Final = frozenset({f"{PREFIX}kidney-right", f"{PREFIX}kidney-left", OTHER_KIDNEY})
_CONTACTS: Final = "vessel_contacts"


def radiology_report(case: Case, basis: Basis, slice_of: SliceOf = no_slice) -> Report:
    """Return the report of a case."""
    return Report(
        (
            Section(_("Technique"), tuple(_technique(case, basis.facts))),
            Section(_("Comparison"), (_comparison(case),)),
            Section(_("Primary"), tuple(_primary(case, basis, slice_of))),
            Section(_("Compartments and organs"), tuple(organ_sentences(case.remarks, _KIDNEYS))),
            Section(_("Vessels"), tuple(_vessels(case, basis))),
            Section(_("Inferior vena cava"), tuple(_vein(case, basis, slice_of))),
            Section(_("Kidneys"), tuple(_kidneys(case, basis.facts))),
            nodes_section(case, basis.facts),
            peritoneum_section(case, basis.facts),
            lungs_section(case, basis.facts),
            liver_section(case, basis.facts),
            bones_section(case, basis.facts),
            elsewhere_section(case, basis.facts),
            response_section(case, basis.facts),
            Section(_("Impression"), tuple(_impression(case, basis, slice_of))),
        )
    )


def first_text(case: Case, made: Report) -> str:
    """Return the text that a reader begins with: an earlier one on the vena cava goes along."""
    earlier = case.remark(OLD_REMARK)
    if earlier is None or not earlier.value.strip():
        return made.text
    kept = "\n".join(line for line in earlier.value.splitlines() if line.strip())
    return f"{made.text}\n\n{_EARLIER}\n{kept}"


def kept_lines(case: Case, now: Report) -> tuple[str, ...]:
    """Return the text that a reader kept, line by line; empty without one.

    Where the case has changed since, the first line says in what.
    """
    kept = case.remark(REMARK)
    if kept is None:
        return ()
    return (*changed_words(kept.note, outdated(kept.note, now)), *kept.value.splitlines())


# -- technique and comparison -----------------------------------------------------------------


def _technique(case: Case, facts: FactSheet) -> Iterator[Sentence]:
    """Yield the images that are read, those of the newest date, and what of the body they show."""
    images = [s for s in case.series if s.kind in IMAGES]
    newest = max((s.study_date for s in images), default="")
    read = [s for s in images if s.study_date == newest]
    lines = dict.fromkeys(_series_words(s) for s in read)
    origin = Origin(series=read[0].series_instance_uid) if read else Origin()
    if not images:
        yield Sentence(_("Images"), MISSING)
    elif not iso_date(newest):
        yield Sentence(
            _("Images"), _("{images}; the day is not known", images="; ".join(lines)), origin
        )
    else:
        yield Sentence(_("Images"), f"{iso_date(newest)}, {'; '.join(lines)}", origin)
    limits = dict.fromkeys(c.rstrip(".") for s in read for c in s.caveats)
    if limits:
        yield Sentence(_("Limits of these images"), "; ".join(limits), origin)
    regions = ("chest_ct", "abdomen_pelvis_ct")
    for name in regions:
        yield fact_sentence(facts, name)
    yield from notes(facts, regions)


def _series_words(series: SeriesRef) -> str:
    """Return "CT, portal venous (guessed), slices of 5.0 mm"; no word of a file is in it."""
    phase = _("{phase} (guessed)", phase=_(series.phase)) if series.phase else _("phase not known")
    thick = series.thickness_mm
    slices = _("slices of {mm:.1f} mm", mm=thick) if thick else _("slice thickness not known")
    return ", ".join((series.modality or _("images"), phase, slices))


def _comparison(case: Case) -> Sentence:
    images = [s for s in case.series if s.kind in IMAGES]
    dates = sorted({iso_date(s.study_date) for s in images} - {""}, reverse=True)
    undated = any(not iso_date(s.study_date) for s in images)
    if len(dates) > 1:
        by_day = {
            day: sorted({s.modality for s in images if iso_date(s.study_date) == day})
            for day in dates[1:]
        }
        named = [f"{day} ({', '.join(modalities)})" for day, modalities in by_day.items()]
        also = _("; others have no date") if undated else ""
        last = next(s for s in images if iso_date(s.study_date) == dates[1])
        origin = Origin(series=last.series_instance_uid)
        return Sentence(_("Earlier images"), f"{', '.join(named)}{also}", origin)
    if undated and len(images) > 1:
        return Sentence(_("Earlier images"), _("not known, there are images without a date"))
    return Sentence(_("Earlier images"), _("none in this case") if images else MISSING)


# -- the primary ------------------------------------------------------------------------------


def _primary(case: Case, basis: Basis, slice_of: SliceOf) -> Iterator[Sentence]:
    facts = basis.facts
    yield fact_sentence(facts, "site")
    yield mass_sentence(case, basis, slice_of)
    yield from notes(facts, ("diameters_cm",))
    yield from _overruled(basis, ("diameters_cm",))
    yield _volume(case)
    yield from _solid(case)
    for text in basis.components:
        yield Sentence(measured(_("components")), text.rstrip("."), _outline(index_mass(case)))
    if not basis.components:
        outline = index_mass(case)
        words = (
            MISSING if outline is None else _("not measured here; show its images in the window")
        )
        yield Sentence(measured(_("components and share of fat")), words, _outline(outline))
    for name in ("fat_component_percent", "dedifferentiated_component", "primary_origin"):
        yield fact_sentence(facts, name)
    for name in ("depth", "unifocal", "disease_burden", "local_recurrence"):
        if facts.value(name) is not None or name == "unifocal":
            yield fact_sentence(facts, name)


def _volume(case: Case) -> Sentence:
    record = index_mass(case)
    if record is None:
        return Sentence(_("Volume"), MISSING)
    if record.volume_ml is None:
        words = _("not measured") if record.caveats else _("not measured, the outline gives none")
    else:
        words = _("{volume}, by its outline", volume=volume_words(record.volume_ml))
    limits = [c.text.rstrip(".") for c in record.caveats]
    return Sentence(_("Volume"), "; ".join([words, *limits]), _outline(record))


def _solid(case: Case) -> Iterator[Sentence]:
    lesion = case.index_lesion
    solid = [
        s
        for s in (case.segmentations_of(lesion.uid) if lesion is not None else ())
        if s.role is Role.SOLID and not s.is_empty
    ]
    for n, record in enumerate(solid, start=1):
        volume = _("not measured") if record.volume_ml is None else volume_words(record.volume_ml)
        yield Sentence(
            _("Solid component {number}", number=n) if len(solid) > 1 else _("Solid component"),
            _("volume {volume}", volume=volume),
            _outline(record),
        )


def _outline(record: Segmentation | None) -> Origin:
    return Origin("", (record.uid,)) if record is not None else Origin()


# -- vessels and kidneys ----------------------------------------------------------------------


def _vessels(case: Case, basis: Basis) -> Iterator[Sentence]:
    """Yield the contact with vessels, by segment too, those without a word, what was measured."""
    facts, found = basis.facts, definition(_CONTACTS)
    contacts = facts.value(_CONTACTS) or {}
    origin = fact_origin(facts, _CONTACTS)
    for name, degrees in contacts.items():
        words = (
            _("{degrees:.10g}° of the circumference", degrees=degrees)
            if degrees
            else _("none (0°)")
        )
        label = _("Contact, {vessel}", vessel=inside(found.choice_label(name)))
        yield Sentence(label, words, origin)
    rest = [inside(c.label) for c in found.choices if c.value not in contacts]
    if rest:
        yield Sentence(_("Contact not assessed"), ", ".join(rest), Origin(_CONTACTS))
    yield from _by_segment(case, basis, list(contacts))
    yield from notes(facts, (_CONTACTS,))
    yield from _overruled(basis, (_CONTACTS,))
    for text in basis.vessels:
        yield Sentence(measured(_("vessels")), text.rstrip("."), origin)


def _by_segment(case: Case, basis: Basis, contacts: list[str]) -> Iterator[Sentence]:
    """Yield the contact along each vessel that was followed, and which were not."""
    yield from basis.segments
    told = {uid for s in basis.segments for uid in s.origin.annotation_uids}
    for vessel in newest_vessels(case):
        if vessel.uid not in told:
            label = measured(_("{vessel}, by segment", vessel=inside(vessel_label(vessel.vessel))))
            words = _("not measured here; show its images in the window")
            yield Sentence(label, words, Origin(_CONTACTS, (vessel.uid,)))
    followed = {vessel.vessel for vessel in case.vessels}
    rest = [inside(vessel_label(name)) for name in contacts if name not in followed]
    if rest:
        words = _("{vessels}; no line was laid along", vessels=", ".join(rest))
        yield Sentence(_("Contact by segment not assessed"), words, Origin(_CONTACTS))


def _vein(case: Case, basis: Basis, slice_of: SliceOf) -> Iterator[Sentence]:
    yield from vein_sentences(case, basis, slice_of)
    stated = basis.facts.value("hepatic_vein_ostia_clear") is not None
    if stated or basis.facts.value("ivc_involvement") != "absent":
        yield fact_sentence(basis.facts, "hepatic_vein_ostia_clear")
    yield from notes(basis.facts, VEIN)
    yield from _overruled(basis, VEIN)


def _kidneys(case: Case, facts: FactSheet) -> Iterator[Sentence]:
    for key in sorted(_KIDNEYS, key=lambda k: (k == OTHER_KIDNEY, k != f"{PREFIX}kidney-right")):
        yield organ_sentence(case.remarks, key)
    yield Sentence(
        _("Involvement of both kidneys"),
        fact_words(facts, "bilateral_renal_involvement"),
        fact_origin(facts, "bilateral_renal_involvement"),
    )
    day = facts.value("kidney_function_date")
    for name in ("egfr", "creatinine"):
        if (value := facts.value(name)) is not None:
            text = value_text(name, value)
            words = f"{text}, {day}" if day else _("{value}, day not known", value=text)
            yield Sentence(definition(name).label, words, fact_origin(facts, name))


# -- impression -------------------------------------------------------------------------------


def _impression(case: Case, basis: Basis, slice_of: SliceOf) -> Iterator[Sentence]:
    facts = basis.facts
    size = mass_sentence(case, basis, slice_of)
    yield Sentence(_("Size of the mass"), size.words, size.origin)
    vein = extent_words(facts)
    yield Sentence(
        _("Reach in the vena cava"),
        inside(vein) if vein else MISSING,
        fact_origin(facts, "ivc_involvement"),
    )
    for name in CRITERIA:
        yield fact_sentence(facts, name)
    yield distant_sentence(facts)
    if facts.value("expected_completeness") is not None:
        yield fact_sentence(facts, "expected_completeness")


# -- what stands beside facts -----------------------------------------------------------------


def notes(facts: FactSheet, names: Iterable[str]) -> Iterator[Sentence]:
    """Yield on what facts from the images rest and what limits them, once for facts alike."""
    by_note: dict[str, list[str]] = {}
    for name in names:
        fact = facts.get(name)
        if fact is not None and fact.provenance.origin == "annotation" and fact.provenance.note:
            by_note.setdefault(fact.provenance.note.rstrip("."), []).append(name)
    for note, about in by_note.items():
        labels = ", ".join(inside(definition(name).label) for name in about)
        yield Sentence(measured(labels), note, fact_origin(facts, about[0]))


def _overruled(basis: Basis, names: Iterable[str]) -> Iterator[Sentence]:
    """Yield what the images give where a person stated something else: both are kept."""
    for name in names:
        stated, drawn = basis.facts.get(name), basis.derived.get(name)
        if stated is None or drawn is None or stated.provenance.origin != "entered":
            continue
        if stated.value != drawn.value:
            value = inside(value_text(name, drawn.value))
            words = _("{value}; overruled by what is stated", value=value)
            label = measured(_("{fact}, overruled", fact=inside(definition(name).label)))
            uids = drawn.provenance.annotation_uids
            yield Sentence(label, words, Origin(name, uids))
