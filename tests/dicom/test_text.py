"""Whatever attribute holds text that acts: what is read of it is text, and no image is lost."""

import ast
import dataclasses
from functools import cache
from pathlib import Path

import pydicom
import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword

import tumorboard
from tests.dicom.make import raw, write_slices
from tests.planted import HOSTILE, acting, silent_pydicom, texts
from tumorboard.dicom import attributes
from tumorboard.dicom.scan import scan

#: Raw bytes in several character sets, each with what acts in it.
BYTES = HOSTILE.encode("utf-8").decode("latin-1")
#: What a file cannot be read without.
NEEDED = {
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality"),
    *("PhotometricInterpretation", "TransferSyntaxUID", "SpecificCharacterSet", "PixelSpacing"),
    *("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "ImagePositionPatient"),
    *("ImageOrientationPatient", "NumberOfFrames"),
}
TEXT = {"LO", "PN", "SH", "ST", "LT", "UT", "UC", "CS", "AS", "DA", "TM", "DT", "AE", "UI"}
TEXT |= {"IS", "DS"}


@cache
def keywords() -> tuple[str, ...]:
    """Every attribute that the program names and that files write as text."""
    found = set()
    for path in (Path(tumorboard.__file__).parent / "dicom").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else ""
            tag = tag_for_keyword(value) if isinstance(value, str) and value else None
            if tag is not None and dictionary_VR(tag) in TEXT and value not in NEEDED:
                found.add(value)
    return tuple(sorted(found))


def write_as_it_is(*arguments, **more) -> None:
    with silent_pydicom():
        write_slices(*arguments, **more)


def test_every_attribute_that_is_read_is_text(tmp_path):
    """One folder, one attribute a series: the series is there, and all that is said of it inert."""
    assert len(keywords()) > 100
    for number, keyword in enumerate(keywords()):
        write_as_it_is(
            tmp_path / str(number),
            1,
            shape=(2, 2),
            study_uid=f"1.2.5.{number}",
            series_uid=f"1.2.5.{number}.1",
            change=lambda ds, _, k=keyword: raw(ds, k, BYTES, dictionary_VR(tag_for_keyword(k))),
        )
    found = scan([tmp_path])
    told = [
        text
        for s in found.series
        for value in (s.to_json(), dataclasses.asdict(s.info), found.public_json())
        for text in texts(value)
    ]
    told += [r.reason for r in found.refused]
    assert [(acting(t), t) for t in told if acting(t)] == []
    assert any("x.png" in t for t in told)
    assert len(found.series) + len(found.refused) >= len(keywords())
    assert len(found.refused) < len(keywords()) // 10


@pytest.mark.parametrize("charset", ["", "ISO_IR 192", "ISO_IR 100", "\\ISO 2022 IR 87", "x\x1b["])
def test_no_character_set_lets_anything_through(charset, tmp_path):
    def plant(ds, _):
        raw(ds, "SpecificCharacterSet", charset, "CS")
        raw(ds, "SeriesDescription", BYTES, "LO")
        raw(ds, "PatientName", f"{BYTES}^\x1b$B;3ED\x1b(B^\x1b]0;title\x07", "PN")

    write_as_it_is(tmp_path, 2, change=plant)
    (series,) = scan([tmp_path]).series
    told = (series.info.series_description, series.info.patient.name)
    assert list(map(acting, told)) == ["", ""]
    assert all("x.png" in text for text in told)


@pytest.mark.parametrize("uid", ["1.02.003", "1.2.3.", "1..2", " 1.2.3 ", "1.2.../../x", "1.2-a_b"])
def test_images_with_a_malformed_identifier_are_not_lost(uid, tmp_path):
    """Real files have them; they are told apart by them, and no path is made of them."""

    def plant(ds, _):
        raw(ds, "SeriesInstanceUID", uid, "UI")
        raw(ds, "StudyInstanceUID", uid, "UI")

    write_as_it_is(tmp_path, 3, change=plant)
    (series,) = scan([tmp_path]).series
    assert series.slices == 3
    assert series.series_instance_uid == uid.strip()


def test_no_value_is_quoted_in_a_warning_or_a_log(tmp_path, caplog, recwarn):
    """Also where a value is converted long after its file was read."""
    ds = pydicom.Dataset()
    raw(ds, "SpecificCharacterSet", "ISO_IR 192", "CS")
    raw(ds, "SegmentLabel", BYTES, "LO")
    raw(ds, "FrameOfReferenceUID", "Quixfict", "UI")
    raw(ds, "PatientName", BYTES * 5, "PN")
    for keyword in ("SegmentLabel", "FrameOfReferenceUID", "PatientName"):
        assert attributes.text(ds, keyword)
    assert caplog.records == []
    assert len(recwarn) == 0
