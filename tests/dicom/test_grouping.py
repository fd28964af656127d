"""Which pictures belong together, and which are kept apart with which reason."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import AXIAL, Person, ramp, slice_positions, write_slices
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series

CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def codes(series: Series) -> set[str]:
    return {c.code for c in series.caveats} - {"non-square"}


def split_reason(series: Series) -> str:
    return next((c.text for c in series.caveats if c.code == "split"), "")


def test_a_localizer_is_split_off(tmp_path: Path) -> None:
    def scout(ds: Dataset, _: int) -> None:
        ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]

    write_slices(tmp_path, 5)
    write_slices(tmp_path, 1, prefix="SC", orientation=CORONAL, change=scout)
    main, localizer = scan([tmp_path]).series
    assert (main.kind, main.slices, main.part) == ("volume", 5, 0)
    assert (localizer.kind, localizer.slices, localizer.part) == ("image", 1, 1)
    assert split_reason(main) == ""
    assert "localizer" in split_reason(localizer)
    assert (main.unit, localizer.unit) == ("HU", "")


def test_other_size_orientation_and_spacing_are_split_off(tmp_path: Path) -> None:
    write_slices(tmp_path, 6)
    write_slices(tmp_path, 4, prefix="SZ", shape=(14, 14))
    write_slices(tmp_path, 3, prefix="CO", orientation=CORONAL)
    write_slices(tmp_path, 2, prefix="SP", spacing=(1.6, 1.4), positions=slice_positions(2) + 100)
    found = scan([tmp_path]).series
    assert [s.slices for s in found] == [6, 4, 3, 2]
    assert [s.plane for s in found] == ["axial", "axial", "coronal", "axial"]
    wanted = ["", "size", "orientation", "pixel size"]
    for series, words in zip(found, wanted, strict=True):
        assert words in split_reason(series)
    assert len({s.uid for s in found}) == 4
    assert len({s.series_instance_uid for s in found}) == 1


def test_phases_in_one_series_are_told_apart_by_their_acquisition(tmp_path: Path) -> None:
    for phase in (1, 2, 3):

        def stamp(ds: Dataset, _: int, phase: int = phase) -> None:
            ds.AcquisitionNumber = phase
            ds.SOPInstanceUID = f"{ds.SOPInstanceUID[:50]}.{phase}"

        write_slices(tmp_path, 4, prefix=f"P{phase}", change=stamp, values=ramp(4, (12, 16), phase))
    found = scan([tmp_path]).series
    assert [s.slices for s in found] == [4, 4, 4]
    for series in found:
        assert len({dict(i.marks)["AcquisitionNumber"] for i in series.instances}) == 1
    assert [split_reason(s).count("another acquisition") for s in found] == [0, 1, 1]


def test_a_second_picture_of_one_position_is_kept_apart(tmp_path: Path) -> None:
    def other(ds: Dataset, _: int) -> None:
        ds.SOPInstanceUID = "1.2.3.99"

    write_slices(tmp_path, 5)
    write_slices(tmp_path, 1, prefix="X", positions=slice_positions(5)[2:3], change=other)
    main, extra = scan([tmp_path]).series
    assert (main.slices, main.kind, extra.slices) == (5, "volume", 1)
    assert "same position" in split_reason(extra)


def test_a_copied_file_is_left_out_and_named(tmp_path: Path) -> None:
    files = write_slices(tmp_path, 5)
    shutil.copy(files[2], tmp_path / "copy.dcm")
    result = scan([tmp_path])
    assert [s.slices for s in result.series] == [5]
    (refusal,) = result.refused
    assert refusal.file in {"copy.dcm", files[2].name}
    (other,) = {"copy.dcm", files[2].name} - {refusal.file}
    assert f"copy of {other}" in refusal.reason


def test_different_pictures_with_one_uid_are_both_kept(tmp_path: Path) -> None:
    def same(ds: Dataset, _: int) -> None:
        ds.SOPInstanceUID = "1.2.3.4.5"

    write_slices(tmp_path, 3, change=same)
    (series,) = scan([tmp_path]).series
    assert series.slices == 3
    assert "duplicate-uid" in codes(series)


@pytest.mark.parametrize(
    "other",
    [
        Person("T-2", "TEST^TWO", "19700101"),
        Person("T-1", "TEST^OTHER", "19600102"),
        Person("T-1", "TEST^ONE", "19990909"),
    ],
)
def test_two_patients_never_merge(tmp_path: Path, other: Person) -> None:
    write_slices(tmp_path / "a", 3)
    positions = slice_positions(6)[3:]
    write_slices(tmp_path / "b", 3, patient=other, positions=positions)
    result = scan([tmp_path])
    assert [s.slices for s in result.series] == [3, 3]
    assert all("two-patients" in codes(s) for s in result.series)
    assert len(result.patients) == 2
    assert "2 different patients" in result.patient_question
    texts = " ".join(c.text for s in result.series for c in s.caveats) + result.patient_question
    assert "TEST" not in texts


@pytest.mark.parametrize(
    ("keyword", "values", "people", "words"),
    [
        ("IssuerOfPatientID", ("HOSPITAL A", "HOSPITAL B"), 2, "2 different patients"),
        ("IssuerOfPatientID", ("HOSPITAL A", ""), 1, ""),
        ("PatientSex", ("F", "M"), 2, "differ in the birth date or the sex"),
        ("PatientSex", ("F", ""), 1, ""),
    ],
)
def test_issuer_and_sex_tell_patients_apart(tmp_path: Path, keyword, values, people, words):
    for n, value in enumerate(values):
        write_slices(
            tmp_path / str(n),
            3,
            study_uid=f"1.2.9.{n}",
            series_uid=f"1.2.9.{n}.1",
            change=lambda ds, _, value=value: setattr(ds, keyword, value),
        )
    result = scan([tmp_path])
    assert len(result.patients) == people
    assert words in result.patient_question
    assert bool(result.patient_question) == bool(words)


def test_separate_studies_of_two_patients_need_no_caveat(tmp_path: Path) -> None:
    write_slices(tmp_path / "a", 3)
    person = Person("T-2", "TEST^TWO", "19700101")
    write_slices(tmp_path / "b", 3, patient=person, study_uid="1.2.9", series_uid="1.2.9.1")
    result = scan([tmp_path])
    assert all("two-patients" not in codes(s) for s in result.series)
    assert result.patient_question != ""


def test_missing_identifiers_are_made_the_same_each_time(tmp_path: Path) -> None:
    def strip(ds: Dataset, _: int) -> None:
        ds.SOPInstanceUID = ds.StudyInstanceUID = ds.SeriesInstanceUID = ""

    files = write_slices(tmp_path / "a", 3, change=strip)
    for f in files:  # the writer insists on the one in the file header
        data = f.read_bytes()
        at = data.index(b"\x02\x00\x03\x00UI") + 8
        length = int.from_bytes(data[at - 2 : at], "little")
        f.write_bytes(data[:at] + b"\0" * length + data[at + length :])
    (series,) = scan([tmp_path / "a"]).series
    uids = [i.sop_instance_uid for i in series.instances]
    assert len(set(uids)) == 3
    assert all(u.startswith("2.25.") and len(u) <= 64 for u in uids)
    assert "missing-uid" in codes(series)
    shutil.move(tmp_path / "a", tmp_path / "elsewhere")
    (again,) = scan([tmp_path]).series
    assert [i.sop_instance_uid for i in again.instances] == uids
    assert again.series_instance_uid == series.series_instance_uid


def test_pictures_without_position_are_a_stack_with_the_reason(tmp_path: Path) -> None:
    def unplace(ds: Dataset, _: int) -> None:
        del ds.ImagePositionPatient

    write_slices(tmp_path, 3, change=unplace)
    (series,) = scan([tmp_path]).series
    assert series.kind == "stack"
    assert codes(series) == {"no-volume", "no-position"}
    public = series.public_json()
    assert (public["affine"], public["positions_mm"]) == (None, [])
    assert [i.instance_number for i in series.instances] == [1, 2, 3]


def test_without_pixel_spacing_lengths_are_pixels(tmp_path: Path) -> None:
    def uncalibrate(ds: Dataset, _: int) -> None:
        del ds.PixelSpacing

    write_slices(tmp_path, 3, change=uncalibrate)
    (series,) = scan([tmp_path]).series
    assert series.kind == "stack"
    assert "uncalibrated" in codes(series)
    public = series.public_json()
    assert (public["pixel_spacing_mm"], public["affine"]) == (None, None)
    assert public["positions_mm"] == pytest.approx([30, 32, 34])
    assert not series.has_geometry


@pytest.mark.parametrize("cosines", [(1, 0, 0, 1, 0, 0), (2, 0, 0, 0, 1, 0), (0, 0, 0, 0, 0, 0)])
def test_an_impossible_orientation_is_ignored_with_a_caveat(
    tmp_path: Path, cosines: tuple[float, ...]
) -> None:
    def twist(ds: Dataset, _: int) -> None:
        ds.ImageOrientationPatient = list(cosines)

    write_slices(tmp_path, 3, change=twist)
    (series,) = scan([tmp_path]).series
    assert series.kind == "stack"
    assert "bad-orientation" in codes(series)


@pytest.mark.parametrize(
    ("modality", "sop_class", "kind"),
    [
        ("SEG", "1.2.840.10008.5.1.4.1.1.66.4", "overlay"),
        ("RTSTRUCT", "1.2.840.10008.5.1.4.1.1.481.3", "overlay"),
        ("PR", "1.2.840.10008.5.1.4.1.1.11.1", "overlay"),
        ("SR", "1.2.840.10008.5.1.4.1.1.88.33", "document"),
        ("KO", "1.2.840.10008.5.1.4.1.1.88.59", "document"),
        ("OT", "1.2.840.10008.5.1.4.1.1.104.1", "document"),
    ],
)
def test_other_objects_are_listed(tmp_path: Path, modality: str, sop_class: str, kind: str) -> None:
    def disguise(ds: Dataset, _: int) -> None:
        ds.Modality, ds.SOPClassUID = modality, sop_class
        ds.file_meta.MediaStorageSOPClassUID = sop_class
        del ds.PixelData

    write_slices(tmp_path, 1, change=disguise)
    (series,) = scan([tmp_path]).series
    assert (series.kind, series.slices, series.has_pixels) == (kind, 1, False)
    assert series.public_json()["affine"] is None


def test_a_series_survives_json(tmp_path: Path) -> None:
    write_slices(tmp_path, 4, orientation=AXIAL, positions=slice_positions(4)[[0, 1, 3, 2]])
    (series,) = scan([tmp_path]).series
    text = json.dumps(series.to_json())
    again = Series.from_json(json.loads(text))
    assert again == series
    assert again.uid == series.uid
    stack, other = series.stack, again.stack
    assert stack is not None
    assert other is not None
    np.testing.assert_array_equal(stack.origins, other.origins)


def test_json_of_tomorrow_is_read_today(tmp_path: Path) -> None:
    write_slices(tmp_path, 2)
    (series,) = scan([tmp_path]).series
    data = series.to_json()
    data["info"]["new"] = 1
    data["common"]["newer"] = 2
    assert Series.from_json(data) == series
