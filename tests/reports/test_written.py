"""Every text of the records is either written by people or devices, or of the program."""

from dataclasses import fields, is_dataclass, replace
from typing import get_args, get_type_hints

from tests.annotations.shapes import annotation
from tumorboard.annotations.foreign import ForeignMark, SegmentValues
from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.case.decision import Decision, RejectedOption
from tumorboard.case.facts import Fact, FactSheet, Place, Provenance
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.saved_curve import Level, SavedCurve
from tumorboard.case.saved_view import FusedWith, SavedPicture, SavedView
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.volume import Window
from tumorboard.reports.written import WRITTEN, in_words, written_texts

#: The records that a case is made of, and what is told beside it.
WHOLE = (Case, Decision, AgendaItem, ForeignMark, SegmentValues)
#: Texts that are keys, UIDs, codes, times, dates, or words of the program.
STRUCTURE = {
    Case: {"uid", "label", "created_utc"},  # the label is told as a whole or not at all
    SeriesRef: {
        *("series_instance_uid", "study_instance_uid", "modality", "study_date", "kind", "plane"),
        *("caveats", "phase", "part_of", "samples"),
    },
    Lesion: {"uid", "site_code", "laterality", "role"},
    Remark: {"key", "time_utc"},
    FactSheet: {"facts"},  # the names of the facts
    Place: {"series_instance_uid"},
    Fact: {"name"},
    Provenance: {"origin", "time_utc", "annotation_uids"},
    SavedView: {"uid", "layout", "created_utc"},
    SavedPicture: {"plane", "series_key", "window_name", "overlays"},
    FusedWith: {"series_key", "palette"},
    SavedCurve: {"vessel_uid", "vessel", "measured_from"},
    Segmentation: {
        *("uid", "study_instance_uid", "series_instance_uid", "frame_of_reference_uid"),
        *("lesion_uid", "parent_uid", "vessel", "grid_digest", "digest", "created_utc"),
        "changed_utc",
    },
    VesselPath: {
        *("uid", "vessel", "study_instance_uid", "series_instance_uid", "frame_of_reference_uid"),
        *("lumen_uid", "mass_uids", "created_utc", "changed_utc", "landmarks"),
    },
    Annotation: {"uid", "created_utc", "role", "lesion_uid"},
    ImageReference: {
        *("study_instance_uid", "series_instance_uid", "sop_instance_uids"),
        "frame_of_reference_uid",
    },
    Caveat: {"code", "text"},
    Window: {"function"},
    Decision: {"options", "due"},
    RejectedOption: {"option"},
    AgendaItem: {"case_uid"},
    ForeignMark: {
        *("uid", "source", "series_instance_uid", "frame_of_reference_uid", "tracking_uid"),
    },
    SegmentValues: {"uid", "source", "sop_instance_uid"},
}
TIMES = {"time_utc"}


def _classes(root, found):
    if root in found or root is Patient:
        return
    found.add(root)
    for hint in get_type_hints(root).values():
        for part in _parts(hint):
            if isinstance(part, type) and is_dataclass(part):
                _classes(part, found)


def _parts(hint):
    yield hint
    for argument in get_args(hint):
        yield from _parts(argument)


def test_every_text_of_the_records_is_declared():
    found = set()
    for root in (*WHOLE, Fact):
        _classes(root, found)
    assert {SavedCurve, Level, Provenance, VesselPath} <= found
    undeclared = []
    for kind in found:
        hints = get_type_hints(kind)
        for each in fields(kind):
            holds_text = any(part is str for part in _parts(hints[each.name]))
            declared = {*WRITTEN.get(kind, ()), *STRUCTURE.get(kind, ()), *TIMES}
            if holds_text and each.name not in declared:
                undeclared.append(f"{kind.__name__}.{each.name}")
    assert undeclared == []


def test_what_is_declared_is_there_once():
    for kind, names in WRITTEN.items():
        assert set(names) <= {each.name for each in fields(kind)}
        assert not set(names) & set(STRUCTURE.get(kind, ()))


def sample() -> Case:
    who = Provenance("entered", "Dr W1", "2026-01-01T00:00:00Z", note="W2")
    return Case(
        *("1.2", "RP-1", Patient("9", "Quitzow^Anna")),
        question="W3",
        summary="W4",
        series=(SeriesRef("1", "2", "CT", "W5", "20260101", 1, 1, 1, "volume", body_part="W6"),),
        lesions=(Lesion("3", "W7", site="W8"), Lesion("4", "W9", site="Liver", site_code="1")),
        annotations=(replace(annotation(Kind.LENGTH, label="W10", author="W11"), origin="W12"),),
        facts=FactSheet({"sex": Fact("sex", "female", who)}),
        remarks=(
            Remark("organ|liver", "kept", "W13", "W14", ""),
            Remark("notes", "W15", "", "", ""),
        ),
    )


def test_written_texts_are_put_through_and_nothing_else():
    heard = []

    def word(text):
        heard.append(text)
        return text.replace("W", "X")

    told = in_words(sample(), word)
    assert {f"W{n}" for n in range(2, 16)} <= set(heard)
    assert all("W" in text or text in ("", "Dr W1") for text in heard)
    assert (told.remarks[0].value, told.lesions[1].site) == ("kept", "Liver")
    assert told.patient is sample().patient or told.patient == sample().patient
    assert told.label == "RP-1"
    assert "W" not in "".join(text for __, text in written_texts(told))
    assert told.facts.facts["sex"].provenance == replace(
        sample().facts.facts["sex"].provenance, author="Dr X1", note="X2"
    )


def test_a_record_without_anything_to_blank_is_the_same_one():
    case = sample()
    assert in_words(case, str) == case
