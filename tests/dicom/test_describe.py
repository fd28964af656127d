"""What a series seems to be, and on what that guess rests."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import write_slices
from tumorboard.dicom.describe import Guess, describe
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series


def series_with(folder: Path, **values: object) -> Series:
    def change(ds: Dataset, _: int) -> None:
        for name, value in values.items():
            setattr(ds, name, value)

    write_slices(folder, 3, change=change)
    (series,) = scan([folder]).series
    return series


@pytest.mark.parametrize(
    ("description", "phase"),
    [
        ("ABD/PELVIS portal venous 3.0 B30f", "portal venous"),
        ("Abdomen_ART 1.5", "arterial"),
        ("LATE ARTERIAL", "late arterial"),
        ("CT liver non-contrast", "native"),
        ("Abd nativ", "native"),
        ("Nephrographic 2mm", "nephrographic"),
        ("5 min delayed", "delayed"),
        ("Excretory phase", "excretory"),
        ("venous", "venous"),
        ("heart", ""),
        ("Smart recon", ""),
        ("5.0 soft tissue", ""),
    ],
)
def test_the_phase_is_read_from_words(tmp_path: Path, description: str, phase: str) -> None:
    found = describe(series_with(tmp_path, SeriesDescription=description)).phase
    assert found.value == phase
    assert bool(found.evidence) == bool(phase)
    if phase:
        assert "series description" in found.evidence


@pytest.mark.parametrize(
    ("start", "scanned", "phase"),
    [
        ("100000", "100035.2", "arterial"),
        ("100000", "100110", "portal venous"),
        ("100000", "100500", "delayed"),
        ("100000", "100005", "with contrast"),
        ("100000", "095900", "with contrast"),
        ("100000", "120000", "with contrast"),
        ("", "100000", "with contrast"),
    ],
)
def test_the_phase_from_the_time_since_the_injection(
    tmp_path: Path, start: str, scanned: str, phase: str
) -> None:
    series = series_with(
        tmp_path,
        ContrastBolusAgent="any",
        ContrastBolusStartTime=start,
        AcquisitionTime=scanned,
    )
    assert describe(series).phase.value == phase


@pytest.mark.parametrize(
    ("values", "phase"),
    [
        ({"StudyDescription": "CT ABDOMEN PELVIS W WO CONTRAST"}, "portal venous"),
        ({"StudyDescription": "CT ABD WITHOUT CONTRAST"}, "portal venous"),
        ({"SeriesDescription": "CT ABD W/WO CONTRAST"}, "portal venous"),
        ({"SeriesDescription": "ABD WITH AND WITHOUT CONTRAST"}, "portal venous"),
        ({"SeriesDescription": "TRANSPLANT AND NATIVE KIDNEYS"}, "portal venous"),
        ({"SeriesDescription": "non contrast + contrast"}, "portal venous"),
        ({"SeriesDescription": "nativ und KM"}, "portal venous"),
        ({"SeriesDescription": "NATIVE LIVER LESION PV"}, "portal venous"),
        ({"SeriesDescription": "w/o contrast reaction, portal"}, "portal venous"),
        ({"SeriesDescription": "without contrast"}, ""),  # and yet there was an injection
        ({"SeriesDescription": "native"}, ""),
        ({"SeriesDescription": "with contrast"}, "portal venous"),
        ({"SeriesDescription": "arterial"}, "arterial"),
    ],
)
def test_words_of_no_contrast_beside_an_injection_make_no_native_phase(tmp_path, values, phase):
    injected = {"ContrastBolusAgent": "any", "ContrastBolusStartTime": "101850"}
    series = series_with(tmp_path, **injected, AcquisitionTime="102000", **values)
    assert describe(series).phase.value == phase
    alone = describe(series_with(tmp_path / "alone", **values)).phase
    assert (alone.value == "native") == (
        values.get("SeriesDescription") in ("native", "without contrast")
    )


def test_nothing_is_guessed_from_nothing(tmp_path: Path) -> None:
    found = describe(series_with(tmp_path))
    assert (found.phase, found.body_part) == (Guess(), Guess())
    assert (found.modality, found.plane, found.kernel, found.thickness) == ("CT", "axial", "", 2.0)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"BodyPartExamined": "ABDOMEN", "SeriesDescription": "Chest"}, "abdomen"),
        ({"SeriesDescription": "ABD/PEL 3.0"}, "abdomen and pelvis"),
        ({"StudyDescription": "CT Chest Abdomen Pelvis"}, "chest, abdomen and pelvis"),
        ({"ProtocolName": "Thigh MR"}, "leg"),
        ({"SeriesDescription": "charm"}, ""),
    ],
)
def test_the_body_part(tmp_path: Path, values: dict[str, str], part: str) -> None:
    assert describe(series_with(tmp_path, **values)).body_part.value == part


def test_the_kernel_and_the_usual_thickness(tmp_path: Path) -> None:
    found = describe(series_with(tmp_path, ConvolutionKernel=["B30f", "2"]))
    assert found.kernel == "B30f\\2"


def test_a_guess_survives_the_store(tmp_path: Path) -> None:
    series = series_with(tmp_path, SeriesDescription="portal", ContrastBolusAgent="x")
    assert describe(Series.from_json(series.to_json())) == describe(series)
