"""Whose and which series a file is of: every value from its own attribute, and what is missing."""

import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import raw
from tumorboard.dicom.identity import (
    DOCUMENT_MODALITIES,
    OVERLAY_MODALITIES,
    kind_without_pixels,
    series_info,
)

STATED = {
    "PatientID": "P-1",
    "PatientName": "ZZTEST^A",
    "PatientBirthDate": "19600102",
    "PatientSex": "F",
    "Modality": "CT",
    "SeriesNumber": 7,
    "StudyDate": "20260301",
    "StudyTime": "101112",
    "StudyID": "S-2",
    "StudyDescription": "Abdomen",
    "StudyInstanceUID": "1.2.3",
    "SeriesInstanceUID": "1.2.3.4",
    "AccessionNumber": "A-5",
    "SeriesDescription": "Portal",
    "SeriesDate": "20260302",
    "SeriesTime": "131415",
    "BodyPartExamined": "LIVER",
    "ConvolutionKernel": "B30f",
    "ProtocolName": "Sarcoma",
    "ContrastBolusAgent": "Agent",
    "ContrastBolusStartTime": "131000",
    "AcquisitionTime": "131100",
}


def header(**changes: object) -> Dataset:
    made = Dataset()
    for keyword, value in {**STATED, **changes}.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def test_each_value_comes_from_its_own_attribute() -> None:
    info, flaws = series_info(header())
    assert flaws == []
    patient = info.patient
    assert (patient.patient_id, patient.name) == ("P-1", "ZZTEST^A")
    assert (patient.birth_date, patient.sex) == ("19600102", "F")
    found = {
        "Modality": info.modality,
        "SeriesNumber": info.series_number,
        "StudyDate": info.study_date,
        "StudyTime": info.study_time,
        "StudyID": info.study_id,
        "StudyDescription": info.study_description,
        "StudyInstanceUID": info.study_instance_uid,
        "SeriesInstanceUID": info.series_instance_uid,
        "AccessionNumber": info.accession_number,
        "SeriesDescription": info.series_description,
        "SeriesDate": info.series_date,
        "SeriesTime": info.series_time,
        "BodyPartExamined": info.body_part,
        "ConvolutionKernel": info.kernel,
        "ProtocolName": info.protocol,
        "ContrastBolusAgent": info.contrast_agent,
        "ContrastBolusStartTime": info.contrast_start,
        "AcquisitionTime": info.acquisition_time,
    }
    assert found == {k: v for k, v in STATED.items() if not k.startswith("Patient")}
    assert (info.suv_factor, info.suv_reason, info.frame_ms) == (None, "", None)


@pytest.mark.parametrize("gone", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_a_missing_uid_is_made_of_what_stands_round_it_and_told(gone: str) -> None:
    info, flaws = series_info(header(**{gone: None}))
    again, _ = series_info(header(**{gone: None}, SliceLocation="3"))
    assert flaws == ["missing-uid"]

    def uids(found):
        return found.study_instance_uid, found.series_instance_uid

    assert uids(info) == uids(again)
    assert all(uids(info))
    differing = {
        "StudyInstanceUID": (
            "PatientID",
            "PatientBirthDate",
            "StudyDate",
            "StudyID",
            "StudyDescription",
        ),
        "SeriesInstanceUID": ("Modality", "SeriesNumber", "SeriesDescription", "StudyInstanceUID"),
    }[gone]
    for keyword in differing:
        value = {
            "Modality": "MR",
            "SeriesNumber": 8,
            "StudyDate": "20260401",
            "PatientBirthDate": "19600103",
        }
        other, _ = series_info(header(**{gone: None, keyword: value.get(keyword, "1.9")}))
        assert uids(other) != uids(info), keyword
    kept, _ = series_info(header(**{gone: None, "BodyPartExamined": "LUNG"}))
    assert uids(kept) == uids(info)


def test_the_two_uids_that_are_made_differ() -> None:
    info, flaws = series_info(header(StudyInstanceUID=None, SeriesInstanceUID=None))
    assert flaws == ["missing-uid"]
    assert info.study_instance_uid != info.series_instance_uid
    nothing, _ = series_info(Dataset())
    assert nothing.modality == "OT"
    small = Dataset()
    raw(small, "Modality", "ct", "CS")
    assert series_info(small)[0].modality == "CT"


@pytest.mark.parametrize(
    ("rates", "milliseconds"),
    [
        ({"FrameTime": 40}, 40.0),
        ({"CineRate": 20}, 50.0),
        ({"RecommendedDisplayFrameRate": 10}, 100.0),
        ({"FrameTime": 40, "CineRate": 20}, 50.0),
        ({"FrameTime": 40, "CineRate": 20, "RecommendedDisplayFrameRate": 10}, 100.0),
        ({"FrameTime": 40, "CineRate": 0}, 40.0),
        ({"FrameTime": 0}, None),
        ({"FrameTime": -1, "CineRate": -1}, None),
        ({"CineRate": 1}, 1000.0),
    ],
)
def test_a_run_goes_as_fast_as_its_file_says(rates: dict[str, int], milliseconds: float) -> None:
    assert series_info(header(**rates))[0].frame_ms == milliseconds


def test_only_a_pet_is_asked_for_its_uptake() -> None:
    assert series_info(header(Modality="PT"))[0].suv_reason
    assert not series_info(header(Modality="NM"))[0].suv_reason


@pytest.mark.parametrize(
    ("modality", "sop_class", "kind"),
    [
        *((name, "", "overlay") for name in OVERLAY_MODALITIES),
        *((name, "", "document") for name in DOCUMENT_MODALITIES),
        ("OT", "1.2.840.10008.5.1.4.1.1.11.1", "overlay"),  # Grayscale Softcopy Presentation State
        ("OT", "1.2.840.10008.5.1.4.1.1.88.33", "document"),  # Comprehensive SR
        ("OT", "1.2.840.10008.5.1.4.1.1.104.1", "document"),  # Encapsulated PDF
        ("OT", "1.2.840.10008.5.1.4.1.1.9.1.1", "document"),  # 12-lead ECG Waveform
        ("OT", "1.2.840.10008.5.1.4.1.1.7", None),  # Secondary Capture
        ("CT", "1.2.840.10008.5.1.4.1.1.2", None),
        ("MR", "1.2.840.10008.5.1.4.1.1.4", None),
    ],
)
def test_what_has_no_picture_of_its_own(modality: str, sop_class: str, kind: str | None) -> None:
    assert kind_without_pixels(modality, sop_class) == kind


def test_the_lists_hold_what_the_standard_has_without_pictures() -> None:
    """Defined terms of Modality (PS3.3 section C.7.3.1.1.1)."""
    assert set(OVERLAY_MODALITIES) == {"SEG", "RTSTRUCT", "RTDOSE", "PR"}
    assert set(DOCUMENT_MODALITIES) >= {"SR", "DOC", "KO", "RTPLAN", "REG", "FID", "ECG", "RWV"}
