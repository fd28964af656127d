"""Scanning: what is found, what is left out and with which sentence."""

import json
import os
import random
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.dicom.make import Person, ct_slice, ramp, slice_positions, write, write_slices
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.scan import ScanResult, scan
from tumorboard.errors import CancelledError
from tumorboard.progress import Progress, Reporter

PUBLIC_KEYS = [
    "series_instance_uid",
    "modality",
    "kind",
    "slices",
    "rows",
    "columns",
    "pixel_spacing_mm",
    "positions_mm",
    "affine",
    "transfer_syntax",
    "lossy",
    "caveats",
]


def reasons(result: ScanResult) -> dict[str, str]:
    return {r.file: r.reason for r in result.refused}


def test_a_folder_becomes_one_series_sorted_by_position(tmp_path: Path) -> None:
    write_slices(tmp_path, 4, step=2.5)
    result = scan([tmp_path])
    (series,) = result.series
    found = series.public_json()
    assert list(found) == PUBLIC_KEYS
    assert found["kind"] == "volume"
    assert (found["slices"], found["rows"], found["columns"]) == (4, 12, 16)
    assert found["pixel_spacing_mm"] == [0.8, 0.7]
    assert found["positions_mm"] == pytest.approx([30.0, 32.5, 35.0, 37.5])
    expected = [[0, 0, 0.7, -10], [0, 0.8, 0, -20], [2.5, 0, 0, 30], [0, 0, 0, 1]]
    np.testing.assert_allclose(found["affine"], expected, atol=1e-9)
    assert [c["code"] for c in found["caveats"]] == ["non-square"]
    assert result.refused == ()
    assert result.patient_question == ""


def test_public_json_is_json_without_identity_or_path(tmp_path: Path) -> None:
    write_slices(tmp_path / "SECRET-FOLDER", 2, patient=Person("PID-7", "SECRET^NAME", "19511111"))
    (tmp_path / "x.dcm").write_bytes(b"nothing")
    text = json.dumps(scan([tmp_path]).public_json())
    for word in ("SECRET^NAME", "PID-7", "19511111", str(tmp_path), "SECRET-FOLDER"):
        assert word not in text


def deflated(dataset: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(dataset) + compressor.flush()


def part10(syntax: str, body: bytes) -> bytes:
    """Return a file of a meta header and a raw dataset, made without any library."""
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    element = struct.pack("<HH2sH", 2, 0x10, b"UI", len(value)) + value
    length = struct.pack("<HH2sHL", 2, 0, b"UL", 4, len(element))
    return b"\0" * 128 + b"DICM" + length + element + body


def nested(depth: int, *, undefined: bool) -> bytes:
    """Return a private sequence within itself, explicit little endian."""
    body = b""
    for _ in range(depth):
        if undefined:
            item = struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF) + body
            item += struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
            head = struct.pack("<HH2sHL", 0x0040, 0x9096, b"SQ", 0, 0xFFFFFFFF)
            body = head + item + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
        else:
            item = struct.pack("<HHL", 0xFFFE, 0xE000, len(body)) + body
            body = struct.pack("<HH2sHL", 0x0040, 0x9096, b"SQ", 0, len(item)) + item
    return body


def bad_files(folder: Path) -> dict[str, str]:
    """Write one file of each kind of trouble; return words that its reason must hold."""
    good = folder / "tmp.dcm"
    position = (0.0, 0.0, 0.0)
    write(ct_slice(ramp(1, (64, 64))[0], position), good)
    whole = good.read_bytes()
    (folder / "text.dcm").write_text("This is not an image, it is a letter.")
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "cut.dcm").write_bytes(whole[: len(whole) - 5000])
    (folder / "cut-header.dcm").write_bytes(whole[:400])
    (folder / "only-preamble.dcm").write_bytes(whole[:132])
    (folder / "archive.zip").write_bytes(b"PK\x03\x04" + b"\0" * 50)
    huge = pydicom.dcmread(good)
    huge.Rows = huge.Columns = 46341
    write(huge, folder / "huge.dcm")
    lacking = pydicom.dcmread(good)
    del lacking.BitsAllocated
    write(lacking, folder / "lacking.dcm")
    without = pydicom.dcmread(good)
    del without.PixelData
    write(without, folder / "without.dcm")
    bomb = deflated(b"\x08\x00\x05\x00CS\x00\x00" + b"\0" * (40 << 20))
    (folder / "bomb.dcm").write_bytes(part10(DeflatedExplicitVRLittleEndian, bomb))
    damaged = b"\xff\xff\xff" * 40
    (folder / "damaged.dcm").write_bytes(part10(DeflatedExplicitVRLittleEndian, damaged))
    explicit = "1.2.840.10008.1.2.1"
    (folder / "deep.dcm").write_bytes(part10(explicit, nested(3000, undefined=True)))
    strange = pydicom.dcmread(good)
    strange.PhotometricInterpretation = "ARGB"
    write(strange, folder / "strange.dcm")
    good.unlink()
    return {
        "text.dcm": "not a DICOM file",
        "empty.dcm": "empty",
        "cut.dcm": "ends early",
        "cut-header.dcm": "no picture",
        "only-preamble.dcm": "not a DICOM",
        "archive.zip": "ZIP",
        "huge.dcm": "46341 x 46341",
        "lacking.dcm": "BitsAllocated",
        "without.dcm": "no picture",
        "bomb.dcm": "inflates to more",
        "damaged.dcm": "damaged",
        "deep.dcm": "nested too deeply",
        "strange.dcm": "colour model",
    }


def test_each_bad_file_has_its_sentence_and_the_rest_is_read(tmp_path: Path) -> None:
    write_slices(tmp_path / "good", 3)
    bad = tmp_path / "bad"
    bad.mkdir()
    expected = bad_files(bad)
    result = scan([tmp_path], limits=Limits(inflated=16 << 20))
    assert [s.slices for s in result.series] == [3]
    found = reasons(result)
    assert set(found) == {f"bad/{name}" for name in expected}
    for name, words in expected.items():
        reason = found[f"bad/{name}"]
        assert words in reason, name
        assert reason.endswith(".")
        assert str(tmp_path) not in reason


def test_defined_length_nesting_does_no_harm(tmp_path: Path) -> None:
    body = nested(3000, undefined=False)
    (tmp_path / "deep.dcm").write_bytes(part10("1.2.840.10008.1.2.1", body))
    result = scan([tmp_path])
    assert list(reasons(result)) == ["deep.dcm"]


def test_nesting_within_a_sequence_that_is_read(tmp_path: Path) -> None:
    ds = ct_slice(ramp(1, (4, 4))[0], (0, 0, 0))
    inner = Dataset()
    for _ in range(60):
        outer = Dataset()
        outer.SequenceOfUltrasoundRegions = Sequence([inner])
        outer["SequenceOfUltrasoundRegions"].is_undefined_length = True
        inner.is_undefined_length_sequence_item = True
        inner = outer
    ds.SequenceOfUltrasoundRegions = Sequence([inner])
    ds["SequenceOfUltrasoundRegions"].is_undefined_length = True
    write(ds, tmp_path / "a.dcm")
    assert reasons(scan([tmp_path]))["a.dcm"] == "Its sequences are nested too deeply."


@pytest.mark.parametrize("keep", [0, 1, 100, 131, 133, 200, 300, 500, 700, 900])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, keep: int) -> None:
    (file,) = write_slices(tmp_path, 1)
    file.write_bytes(file.read_bytes()[:keep])
    result = scan([tmp_path])
    assert result.series == ()
    assert list(reasons(result)) == ["IM0000.dcm"]


def test_empty_and_missing_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    result = scan([tmp_path / "hollow", tmp_path / "gone"])
    assert reasons(result) == {
        "hollow": "The folder holds no files.",
        "gone": "It does not exist.",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_links_that_loop_and_pipes_do_no_harm(tmp_path: Path) -> None:
    write_slices(tmp_path / "a", 2)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    result = scan([tmp_path])
    assert [s.slices for s in result.series] == [2]
    assert set(reasons(result)) == {"dead", "pipe"}


def test_dicomdir_stands_for_its_folder(tmp_path: Path) -> None:
    write_slices(tmp_path / "IMAGES", 3)
    meta_only = part10("1.2.840.10008.1.2.1", b"")
    marker = struct.pack("<HH2sH", 2, 2, b"UI", 20) + b"1.2.840.10008.1.3.10"
    directory = meta_only[:132] + marker + meta_only[144:]
    (tmp_path / "DICOMDIR").write_bytes(directory)
    for path in (tmp_path, tmp_path / "DICOMDIR"):
        result = scan([path])
        assert [s.slices for s in result.series] == [3]
        assert result.refused == ()


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
def test_a_file_without_preamble_or_extension_is_read(tmp_path: Path, syntax: str) -> None:
    ds = ct_slice(ramp(1, (8, 8))[0], (0, 0, 0))
    pydicom.dcmwrite(tmp_path / "bare", ds.__class__("", ds), implicit_vr=syntax.endswith(".2"),
                     little_endian=True, enforce_file_format=False)  # fmt: skip
    bare = (tmp_path / "bare").read_bytes()
    assert b"DICM" not in bare[:140]
    (series,) = scan([tmp_path]).series
    assert series.transfer_syntax == syntax
    assert (series.rows, series.columns) == (8, 8)


def test_a_header_longer_than_the_first_read_is_read(tmp_path: Path) -> None:
    def lengthen(ds: Dataset, _: int) -> None:
        ds.add_new(0x00204000, "LT", "x")
        block = ds.private_block(0x0029, "TEST", create=True)
        block.add_new(1, "OB", b"\x01" * 300_000)

    write_slices(tmp_path, 2, change=lengthen)
    (series,) = scan([tmp_path]).series
    assert series.slices == 2
    limited = scan([tmp_path], limits=Limits(header=100_000))
    assert {r.reason for r in limited.refused} == {"Its header is longer than this program reads."}


def test_the_number_of_files_is_limited(tmp_path: Path) -> None:
    write_slices(tmp_path, 4)
    result = scan([tmp_path], limits=Limits(files=3))
    assert [s.slices for s in result.series] == [3]
    assert "more than 3 files" in result.refused[0].reason


def test_progress_is_told_and_cancel_stops(tmp_path: Path) -> None:
    write_slices(tmp_path, 4)
    steps: list[Progress] = []
    scan([tmp_path], Reporter(steps.append))
    assert [s.done for s in steps if s.total] == [0, 1, 2, 3, 4]
    reporter = Reporter(lambda p: reporter.cancel() if p.done == 2 and p.total else None)
    with pytest.raises(CancelledError):
        scan([tmp_path], reporter)


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    files = write_slices(tmp_path, 3)
    result = scan([*files, tmp_path, files[0]])
    assert [s.slices for s in result.series] == [3]
    assert result.refused == ()


def test_names_in_refusals_say_which_folder(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("x")
    result = scan([tmp_path / "one", tmp_path / "two"])
    assert [r.file for r in result.refused] == ["one/a.txt", "two/a.txt"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(range(9)))
def test_the_order_and_names_of_files_change_nothing(
    order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("s")
    files = write_slices(folder / "a", 5)
    files += write_slices(folder / "b", 4, positions=slice_positions(4, 2.0), shape=(10, 10))
    straight = scan([folder])
    shuffled = folder / "z"
    shuffled.mkdir()
    for n, k in enumerate(order):
        shutil.move(files[k], shuffled / f"{random.Random(n).random()}")
    again = scan([shuffled])
    assert again.public_json() == straight.public_json()
    for one, other in zip(straight.series, again.series, strict=True):
        uids = [i.sop_instance_uid for i in one.instances]
        assert [i.sop_instance_uid for i in other.instances] == uids
        assert one.uid == other.uid


def test_controls_and_bidirectional_marks_are_shown(tmp_path: Path) -> None:
    def mark(ds: Dataset, _: int) -> None:
        ds.SpecificCharacterSet = "ISO_IR 192"
        ds.SeriesDescription = "Ven\u202eous\u0007"

    write_slices(tmp_path, 1, change=mark, transfer_syntax=ImplicitVRLittleEndian)
    assert scan([tmp_path]).series[0].info.series_description == "Ven[U+202E]ous[U+0007]"
