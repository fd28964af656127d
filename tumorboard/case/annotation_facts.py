"""From annotations to facts: arithmetic only, never a judgement.

A size, a level, an extent follow from what was drawn. The six excluding criteria and
the degree of occlusion never do: a person states them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from tumorboard.annotations.kinds import MARKS, SPECS
from tumorboard.annotations.model import Annotation, Landmark, TumourEnd
from tumorboard.case.dates import facts_from_dates, iso_date
from tumorboard.case.facts import AtLeast, Fact, Provenance, normalise
from tumorboard.case.ivc import SegmentReading, misplaced, segment_at
from tumorboard.case.lesions import said_of, timepoints
from tumorboard.case.mass_size import is_of_mass, mass_size
from tumorboard.case.model import Case, Lesion
from tumorboard.case.response import ABSENT
from tumorboard.case.sites import site_named
from tumorboard.imaging.geometry import Calibration
from tumorboard.language import _


def derive(case: Case, today: date | None = None, measured: Iterable[Fact] = ()) -> dict[str, Fact]:
    """Return the facts that follow from annotations, series and dates of a case, by name.

    Only the newest study with annotations of the kind counts: a case may hold several
    time points. Durations are counted to the day of the board when that is entered, else to
    ``today``, without one the present day. ``measured`` are facts from masks and vessels
    (`involvement`); what a person drew goes before them unless it is of older images. Each fact
    says in its provenance of which images it is.
    """
    durations = facts_from_dates(case, today or date.today())
    facts = [
        *_diameters(case),
        *_ivc(case),
        *_metastases(case),
        *_series_done(case),
        *durations,
    ]
    return with_measured(case, {fact.name: fact for fact in facts}, measured)


def with_measured(
    case: Case, drawn: Mapping[str, Fact], measured: Iterable[Fact]
) -> dict[str, Fact]:
    """Join facts measured on outlines and vessels with those from what a person drew.

    What was drawn goes first, unless it is of older images. Each says of which images it is.
    """
    newer = [f for f in measured if f.name not in drawn or _is_newer(case, f, drawn[f.name])]
    found = {**drawn, **{fact.name: fact for fact in newer}}
    return {name: _dated(case, fact) for name, fact in found.items()}


def _is_newer(case: Case, one: Fact, other: Fact) -> bool:
    """Whether a fact rests on newer images than another; what is not dated never does."""
    return max(_days(case, one), default="") > max(_days(case, other), default="")


def _days(case: Case, fact: Fact) -> list[str]:
    """Return the dates (ISO) of the images that a fact rests on, the oldest first."""
    dates = {s.series_instance_uid: iso_date(s.study_date) for s in case.series}
    days = set()
    for uid in fact.provenance.annotation_uids:
        drawn, shape = case.annotation(uid), case.segmentation(uid) or case.vessel(uid)
        if drawn is not None:
            days.add(dates.get(drawn.image.series_instance_uid, ""))
        elif shape is not None:
            days.add(dates.get(shape.series_instance_uid, ""))
    return sorted(days - {""})


def _dated(case: Case, fact: Fact) -> Fact:
    """Return a fact that says of which images it is, and whether there are newer ones."""
    days = _days(case, fact)
    if not days:
        return fact
    note = fact.provenance.note
    for mark in _OF_IMAGES:  # what was kept may be in another language
        note = note.partition(mark)[0]
    said = [note, _("images of {days}", days=_(" and ").join(days))]
    newest = max(
        (iso_date(s.study_date) for s in case.series if s.kind == "volume" and s.modality in _CUTS),
        default="",
    )
    if newest > days[-1] and fact.name in _OF_THE_MASS:
        said.append(_("those of {day} are not measured", day=newest))
    lesion = case.index_lesion if fact.name == "diameters_cm" else None
    if lesion is not None and (day := _gone_on(case, lesion)) > days[-1]:
        said.append(_("said to be gone on {day}", day=day))
    return replace(fact, provenance=replace(fact.provenance, note="; ".join(said)))


def _gone_on(case: Case, lesion: Lesion) -> str:
    """Return the newest date (ISO) at which a reader said that a lesion is gone."""
    gone = (t for t in timepoints(case) if said_of(case, lesion, t) == ABSENT)
    return max((iso_date(t.date) for t in gone), default="")


def _fact(name: str, value: object, annotations: Iterable[Annotation], note: str) -> Fact:
    drawn = tuple(annotations)
    author, time = (drawn[-1].author, drawn[-1].created_utc) if drawn else ("", "")
    return Fact(
        name, value, Provenance("annotation", author, time, tuple(a.uid for a in drawn), note)
    )


def latest(case: Case, annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """Keep the annotations that lie on series of the newest of the dates they were drawn at.

    A series without a valid date counts as older than any other.
    """
    dates = {s.series_instance_uid: iso_date(s.study_date) for s in case.series}
    drawn = tuple(annotations)
    newest = max((dates.get(a.image.series_instance_uid, "") for a in drawn), default="")
    return tuple(a for a in drawn if dates.get(a.image.series_instance_uid, "") == newest)


def mass_annotations(case: Case, lesion_uid: str) -> tuple[Annotation, ...]:
    """Return the axial axes and the craniocaudal extent of a lesion on its newest study."""
    mine = (a for a in case.annotations if a.lesion_uid == lesion_uid and is_of_mass(a))
    return latest(case, (a for a in mine if not a.proposed))


def mass_dimensions_mm(annotations: Iterable[Annotation]) -> tuple[float, ...]:
    """Return axial long axis, axial short axis, craniocaudal extent in mm, as far as drawn."""
    return mass_size(annotations).values


def _diameters(case: Case) -> list[Fact]:
    lesion = case.index_lesion
    if lesion is None:
        return []
    drawn = mass_annotations(case, lesion.uid)
    values = tuple(round(v / 10, 1) for v in mass_dimensions_mm(drawn))
    values = tuple(v for v in values if v > 0)
    return [_fact("diameters_cm", values, drawn, _measured(case, lesion.uid))] if values else []


def _measured(case: Case, lesion_uid: str) -> str:
    """Return the note of a size: that it was measured, and whether another may be newer."""
    dated = {s.series_instance_uid for s in case.series if iso_date(s.study_date)}
    drawn = {a.image.series_instance_uid for a in case.annotations if a.lesion_uid == lesion_uid}
    if not drawn & dated or drawn <= dated:
        return _("measured")
    return _("measured; drawn also on a study without a valid date, which may be newer")


def ivc_marks(case: Case) -> tuple[Annotation, ...]:
    """Return the levels and tumour ends marked on the newest study that has any."""
    return latest(case, (a for a in case.annotations if a.kind in MARKS and not a.proposed))


def ivc_levels(marks: Iterable[Annotation]) -> dict[Landmark, float]:
    """Return the craniocaudal position (LPS z, mm) of each marked landmark."""
    return {Landmark(a.role): a.points[0][2] for a in marks if SPECS[a.kind].is_level}


def ivc_ends(case: Case) -> dict[TumourEnd, SegmentReading]:
    """Return the segment of each marked end of the tumour in the vein.

    An end is read by the levels of its own frame of reference; marks in an order that cannot be
    name no segment, and say why.
    """
    marks = ivc_marks(case)
    known = [m for m in marks if m.image.calibration is not Calibration.NONE and _is_placed(m)]
    ends = [m for m in known if SPECS[m.kind].is_tumour_end]
    turned = ends_turned(ends)
    found = {}
    for end in ends:
        levels = ivc_levels(m for m in known if _in_one_space(m, end))
        doubt = turned or misplaced(levels)
        place = SegmentReading(None, doubt=doubt) if doubt else segment_at(end.points[0][2], levels)
        found[TumourEnd(end.role)] = place
    return found


def _is_placed(mark: Annotation) -> bool:
    """Whether the pictures that a mark lies on say where they lie in the patient."""
    return not {c.code for c in mark.caveats} & {"no-position", "no-volume"}


def ends_turned(ends: Iterable[Annotation]) -> str:
    """Return a sentence when the caudal end of the tumour lies above the cranial one."""
    marked = {TumourEnd(end.role): end for end in ends}
    low, high = marked.get(TumourEnd.CAUDAL), marked.get(TumourEnd.CRANIAL)
    if low is None or high is None or not _in_one_space(low, high):
        return ""
    turned = low.points[0][2] > high.points[0][2]
    return _("The caudal end lies above the cranial one: check both.") if turned else ""


def _in_one_space(one: Annotation, other: Annotation) -> bool:
    """Whether coordinates of two marks can be compared."""
    a, b = one.image, other.image
    if a.series_instance_uid == b.series_instance_uid:
        return True
    return a.frame_of_reference_uid == b.frame_of_reference_uid != ""


def ivc_length_mm(case: Case) -> float | None:
    """Return the craniocaudal distance of the two marked ends, mm; None where it is not known."""
    ends = {TumourEnd(m.role): m for m in ivc_marks(case) if SPECS[m.kind].is_tumour_end}
    low, high = ends.get(TumourEnd.CAUDAL), ends.get(TumourEnd.CRANIAL)
    if low is None or high is None or ends_turned((low, high)) or not _in_one_space(low, high):
        return None
    if not (_is_placed(low) and _is_placed(high)):
        return None
    if Calibration.NONE in (low.image.calibration, high.image.calibration):
        return None
    return high.points[0][2] - low.points[0][2]


def _ivc(case: Case) -> list[Fact]:
    marks = ivc_marks(case)
    levels = [a for a in marks if SPECS[a.kind].is_level]
    facts = []
    ends = [a for a in marks if SPECS[a.kind].is_tumour_end]
    if ends:
        facts.append(_fact("ivc_involvement", "present", ends, _("an end of the tumour is marked")))
    for end, reading in ivc_ends(case).items():
        if reading.segment is None:
            continue
        name = "ivc_caudal_extent" if end is TumourEnd.CAUDAL else "ivc_cranial_extent"
        mark = [a for a in ends if a.role == end]
        facts.append(_fact(name, reading.segment, [*mark, *levels], _("from the marked levels")))
    return facts


def _metastases(case: Case) -> list[Fact]:
    """Return sites and number of the lesions that a reader marked as distant metastases.

    The number is a lower bound: what was not marked was not counted. Whether there are any is
    the reader's own statement, and does not follow.
    """
    marked = [lesion for lesion in case.lesions if lesion.is_metastasis]
    if not marked:
        return []
    uids = {lesion.uid for lesion in marked}
    drawn = [a for a in case.annotations if a.lesion_uid in uids and not a.proposed]
    found = [site_named(lesion.site) for lesion in marked if lesion.site]
    sites = sorted({site.metastasis if site is not None else "other" for site in found})
    gone = sum(_gone_on(case, lesion) != "" for lesion in marked)
    note = _("from the lesions marked as metastases")
    if gone:
        told = _("{gone} of {count} said to be gone", gone=gone, count=len(marked))
        note = f"{note}; {told}"
    count = _fact("metastasis_count", AtLeast(len(marked)), drawn, note)
    if not sites:  # nobody has said where any of them is
        return [count]
    return [_fact("metastasis_sites", normalise("metastasis_sites", sites), drawn, note), count]


def _series_done(case: Case) -> list[Fact]:
    """CT of chest, and of abdomen and pelvis, count as done when such volumes are loaded.

    Abdomen and pelvis may be two series of one study.
    """
    by_study: dict[tuple[str, str], set[str]] = {}
    for series in case.series:
        if series.modality == "CT" and series.kind == "volume":
            day = iso_date(series.study_date)
            found = by_study.setdefault((day, series.study_instance_uid), set())
            found |= body_regions(series.body_part) | body_regions(series.description)
    wanted = {"chest_ct": {"chest"}, "abdomen_pelvis_ct": {"abdomen", "pelvis"}}
    facts = []
    for name, regions in wanted.items():
        days = [day for (day, __), found in by_study.items() if regions <= found]
        if days:
            note = (
                _("a CT of this region of {day} is in the case", day=max(days))
                if max(days)
                else _("a CT of this region is in the case")
            )
            facts.append(_fact(name, "done", (), note))
    return facts


def body_regions(text: str) -> frozenset[str]:
    """Return which of chest, abdomen and pelvis the words of a body part or series name."""
    words = re.sub(r"[\W_]+", " ", text.casefold())
    words = re.sub(_NO_CONTRAST, " ", words)
    words = re.split(r"\b(?:without|no|not|ohne|excl\w*)\b", words)[0]  # "chest without abdomen"
    words = re.sub(_SPINE, " ", words)
    if re.search(_NO_STUDY, words):
        return frozenset()
    found = frozenset(
        region for pattern, regions in _REGIONS if re.search(pattern, words) for region in regions
    )
    # Beside another region it is the kernel or the window of a reconstruction.
    return found or frozenset(("chest",) if re.search(_LUNG, words) else ())


#: What is measured on the mass, and on which images it could be measured anew.
_OF_THE_MASS: Final = frozenset(
    {"diameters_cm", "ivc_involvement", "ivc_caudal_extent", "ivc_cranial_extent"}
    | {"vessel_contacts"}
)
#: What begins the part of a note that tells of which images a fact is, in each language.
_OF_IMAGES: Final = frozenset(
    {"; images of ", "; " + _("images of {days}", days="|").partition("|")[0]}
)
_CUTS: Final = frozenset({"CT", "MR"})

#: Words for regions of the trunk in body parts and names of series, as DICOM PS3.16 Annex L
#: and protocols write them, run together or apart.
_REGIONS: Final = (
    (r"chest|thora[xk]|thorac", ("chest",)),
    (r"abd(om\w*|\b)|abdpel|bauch", ("abdomen",)),
    (r"pelv\w*|becken|abdpel|\bpel\b", ("pelvis",)),
    (r"\b(cap|tap)\b|\btrunk\b|whole ?body|ganzk\w+rper", ("chest", "abdomen", "pelvis")),
    (r"\ba p\b", ("abdomen", "pelvis")),
)
_LUNG: Final = r"\blungs?\b|\blunge\b"
#: Names of the spine that hold the word of a region, and what is no study of a whole region.
_SPINE: Final = (
    r"\bthorac(?:ic|al)? (?:and |lumbar |l )*(?:spine|vertebra\w*)|\bthoraco ?lumb\w*|\bt spine\b"
)
_NO_STUDY: Final = (
    r"\b(?:biops\w*|punc?t\w*|needle|nadel|drain\w*|ablation|intervention\w*|guid(?:ed|ance)|"
    r"dose report|scout|topogram\w*|locali[sz]er|surview|cancelled)\b"
)
_NO_CONTRAST: Final = (
    r"\b(?:without|no|non|not|ohne|w o)\b(?: iv| i v| oral)? ?(?:contrast|km|kontrast)\w*"
)
