"""Every element of a file is told as it stands there, whatever the file does."""

import contextlib
import random

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.dicom.make import ct_slice, ramp, raw, set_pixels, write
from tumorboard.dicom import tags
from tumorboard.dicom.attributes import quiet_pydicom
from tumorboard.dicom.gate import RefusedError
from tumorboard.dicom.tags import read_tags
from tumorboard.errors import CancelledError
from tumorboard.progress import Reporter
from tumorboard.text import is_inert


@pytest.fixture
def image():
    return ct_slice(ramp(1, (16, 16))[0], (0, 0, 0))


def rows_of(ds, tmp_path):
    return read_tags(write(ds, tmp_path / "a.dcm"), Reporter()).rows


def named(rows, keyword):
    (found,) = [row for row in rows if row.keyword == keyword]
    return found


def nested(depth: int) -> Dataset:
    item = Dataset()
    item.CodeMeaning = "the innermost"
    for _ in range(depth):
        outer = Dataset()
        outer.ContentSequence = Sequence([item])
        item = outer
    return item


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_each_element_of_the_file_has_a_row_as_another_reader_lists_them(syntax, tmp_path):
    ds = ct_slice(ramp(1, (16, 16))[0], (0, 0, 0))
    ds.file_meta.TransferSyntaxUID = syntax
    path = tmp_path / "a.dcm"
    ds.save_as(path, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
    rows = read_tags(path, Reporter()).rows
    again = pydicom.dcmread(path)
    expected = [f"({e.tag.group:04X},{e.tag.element:04X})" for e in (*again.file_meta, *again)]
    assert [row.tag for row in rows] == expected
    assert named(rows, "PixelData").value == f"{len(again.PixelData)} bytes"
    for keyword in ("Rows", "Modality", "SOPInstanceUID", "PatientName"):
        assert named(rows, keyword).value == str(again[keyword].value)
        assert named(rows, keyword).vr == again[keyword].VR
    assert named(rows, "PatientID").copied == f"(0010,0020) PatientID = {again.PatientID}"


def test_numbers_stand_as_they_were_written(image, tmp_path):
    raw(image, "SliceThickness", "05.00")
    raw(image, "InstanceNumber", "1.5", "IS")
    raw(image, "WindowCenter", "40\\about 60")
    image.add_new(0x00189087, "FD", 1 / 3)
    image.add_new(0x00181302, "IS", "7")
    image.add_new(0x00186030, "UL", 4_000_000_000)
    with quiet_pydicom():
        rows = rows_of(image, tmp_path)
    assert named(rows, "SliceThickness").value == "05.00"
    assert named(rows, "InstanceNumber").value == "1.5"
    assert named(rows, "WindowCenter").value == "40\\about 60"
    assert named(rows, "DiffusionBValue").value == repr(1 / 3)
    assert named(rows, "TransducerFrequency").value == "4000000000"


def test_private_elements_name_their_creator_and_what_it_calls_them(image, tmp_path):
    block = image.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE NUM 4")
    block.add_new(0x10, "OB", bytes(6000))
    other = image.private_block(0x0029, "NOBODY KNOWS THIS", create=True)
    other.add_new(0x08, "UN", b"plain words ")
    image.add_new(0x00311001, "LO", "an orphan")
    rows = {row.tag: row for row in rows_of(image, tmp_path)}
    assert rows["(0029,0010)"].name == "Private Creator"
    known, long = rows["(0029,1008)"], rows["(0029,1010)"]
    assert (known.name, known.creator) == ("CSA Image Header Type", "SIEMENS CSA HEADER")
    assert known.copied == "(0029,1008) CSA Image Header Type [SIEMENS CSA HEADER] = IMAGE NUM 4"
    assert long.value == "6000 bytes"
    strange = rows["(0029,1108)"]
    assert (strange.creator, strange.value) == ("NOBODY KNOWS THIS", "plain words")
    assert rows["(0031,1001)"].name == "Private, its creator is not named"


def test_fifty_sequences_within_each_other_are_told_and_too_many_refused(image, tmp_path):
    image.update(nested(50))
    rows = rows_of(image, tmp_path)
    innermost = named(rows, "CodeMeaning")
    assert (innermost.value, innermost.depth) == ("the innermost", 100)
    for depth in (100, 2000):
        deep = ct_slice(ramp(1, (4, 4))[0], (0, 0, 0))
        data = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"  # an item without end, in a sequence of the same
        head = b"\x40\x00\x30\xa7SQ\x00\x00\xff\xff\xff\xff"
        path = write(deep, tmp_path / f"deep-{depth}.dcm")
        found = path.read_bytes()
        at = found.index(b"\xe0\x7f\x10\x00")
        path.write_bytes(found[:at] + (head + data) * depth + found[at:])
        with pytest.raises(RefusedError) as told:
            read_tags(path, Reporter())
        assert str(told.value).endswith(".")


def test_thousands_of_elements_are_read_and_those_beyond_counted(image, tmp_path, monkeypatch):
    image.SharedFunctionalGroupsSequence = Sequence([nested(1) for _ in range(3000)])
    rows = rows_of(image, tmp_path)
    assert sum(row.value == "the innermost" for row in rows) == 3000
    monkeypatch.setattr(tags, "MOST_ROWS", 100)
    sheet = read_tags(tmp_path / "a.dcm", Reporter())
    assert (len(sheet.rows), sheet.left_out) == (100, len(rows) - 100)


def test_text_of_a_file_acts_nowhere(image, tmp_path):
    image.SpecificCharacterSet = "ISO_IR 192"
    image.StudyDescription = "<b>bold</b> \u202egnol \x1b[2J"
    image.add_new(0x00104000, "LT", "two\r\nlines\u2028three")
    block = image.private_block(0x0029, "MAKER\u202eX", create=True)
    block.add_new(0x01, "LO", "a\x9bb")
    image.add_new(0x00080050, "SH", "ends\x1b]0;x\x07")
    rows = rows_of(image, tmp_path)
    for row in rows:
        assert all(
            is_inert(text) and "\n" not in text for text in (row.value, row.name, row.creator)
        )
    assert named(rows, "StudyDescription").value == "<b>bold</b> [U+202E]gnol [U+001B][2J"


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO_IR 192", "Петров^Ян"),
        ("ISO_IR 144", "Люкceмбypг"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 127", "قباني^لنزار"),
    ],
)
def test_names_in_their_character_sets(charset, name, image, tmp_path):
    image.SpecificCharacterSet = charset
    image.PatientName = name
    assert named(rows_of(image, tmp_path), "PatientName").value == name


def test_long_texts_are_told_by_their_beginning_and_length(image, tmp_path):
    image.add_new(0x00104000, "LT", "x" * 9000)
    value = named(rows_of(image, tmp_path), "PatientComments").value
    assert value.startswith("xxx")
    assert value.endswith("… (9000 characters)")


def test_a_file_that_is_cut_off_says_so(image, tmp_path):
    path = write(image, tmp_path / "a.dcm")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    assert named(read_tags(path, Reporter()).rows, "PixelData").value == (
        "512 bytes; 100 of them are missing: the file is cut off"
    )
    at = whole.index(b"\x20\x00\x0e\x00UI")  # Series Instance UID
    path.write_bytes(whole[: at + 12])
    last = read_tags(path, Reporter()).rows[-1]
    assert (last.keyword, "missing" in last.value) == ("SeriesInstanceUID", True)


@pytest.mark.parametrize("content", [b"", b"no image", bytes(4000)])
def test_what_is_no_dicom_file_is_one_sentence(content, tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=r"^[A-Z][^.]+\.$"):
        read_tags(path, Reporter())


def test_a_file_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(RefusedError, match="cannot be read"):
        read_tags(tmp_path / "gone.dcm", Reporter())


def test_what_stands_behind_the_pixels_is_told_too(image, tmp_path):
    image.add_new(0xFFFCFFFC, "OB", b"\0" * 8)
    rows = rows_of(image, tmp_path)
    assert (rows[-1].keyword, rows[-1].value) == ("DataSetTrailingPadding", "00 " * 7 + "00")


def test_compressed_pixels_are_told_by_their_size_and_what_follows_them(tmp_path):
    image = ct_slice(ramp(1, (32, 32))[0], (0, 0, 0))
    set_pixels(image, ramp(1, (32, 32))[0], pydicom.uid.RLELossless)
    image.add_new(0xFFFCFFFC, "OB", b"\0" * 8)
    rows = rows_of(image, tmp_path)
    assert named(rows, "PixelData").value.startswith("compressed, ")
    assert rows[-1].keyword == "DataSetTrailingPadding"


def test_reading_stops_when_asked(image, tmp_path):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        read_tags(write(image, tmp_path / "a.dcm"), reporter)


def test_damage_anywhere_gives_rows_or_one_sentence(image, tmp_path):
    image.update(nested(4))
    path = write(image, tmp_path / "a.dcm")
    whole, dice, told = path.read_bytes(), random.Random(5), 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(128, len(data) - 512)] = dice.choice((0, 255, dice.randrange(256)))
        path.write_bytes(data)
        with contextlib.suppress(RefusedError):
            told += bool(read_tags(path, Reporter()).rows)
    assert told > 100
