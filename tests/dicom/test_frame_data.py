"""The stored bytes of a frame, and the sentence that a reader gets instead of a picture."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from tests.dicom.make import ramp, write_slices
from tumorboard.dicom.decode import DecodeError
from tumorboard.dicom.frame_data import (
    CHANGED,
    CUT_OFF,
    check_unchanged,
    failure_text,
    frame_bytes,
    read_into,
)
from tumorboard.dicom.gate import RefusedError
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.scan import scan

VALUES = ramp(1, (6, 8)) - 300


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    write_slices(tmp_path, 1, values=VALUES, transfer_syntax=ExplicitVRLittleEndian)
    (series,) = scan([tmp_path]).series
    return series.instances[0]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_slice_is_read_straight_into_its_place(tmp_path: Path, syntax: str) -> None:
    write_slices(tmp_path, 1, values=VALUES, transfer_syntax=syntax)
    (series,) = scan([tmp_path]).series
    target = np.zeros((6, 8), np.int16)
    read_into(series.instances[0], target)
    np.testing.assert_array_equal(target, VALUES[0])


def test_pieces_of_a_frame_are_joined_in_their_order(instance: Instance) -> None:
    (offset, length) = instance.chunks[0]
    whole = frame_bytes(instance)
    assert whole == VALUES[0].astype("<i2").tobytes()
    assert Path(instance.path).read_bytes()[offset : offset + length] == whole
    pieces = ((offset + 10, 6), (offset, 4), (offset + 40, 2))
    assert frame_bytes(replace(instance, chunks=pieces)) == whole[10:16] + whole[:4] + whole[40:42]


@pytest.mark.parametrize("wrong", [-1, 1, 2])
def test_a_place_of_another_size_is_refused(instance: Instance, wrong: int) -> None:
    offset, length = instance.chunks[0]
    with pytest.raises(DecodeError, match=CUT_OFF):
        read_into(replace(instance, chunks=((offset, length + wrong),)), np.zeros((6, 8), np.int16))


def test_what_ends_before_the_frame_does_is_refused(instance: Instance) -> None:
    offset, length = instance.chunks[0]
    for late in (1, length, length + 500):
        with pytest.raises(DecodeError, match=CUT_OFF):
            read_into(
                replace(instance, chunks=((offset + late, length),)), np.zeros((6, 8), np.int16)
            )


@pytest.mark.parametrize("change", ["longer", "older"])
def test_another_file_in_its_place_is_never_read(instance: Instance, change: str) -> None:
    path = Path(instance.path)
    check_unchanged(instance)
    if change == "longer":
        path.write_bytes(path.read_bytes() + b"\0")
        os.utime(path, ns=(instance.mtime_ns, instance.mtime_ns))
    else:
        os.utime(path, ns=(instance.mtime_ns, instance.mtime_ns - 1))
    target = np.zeros((6, 8), np.int16)
    for read in (
        lambda: check_unchanged(instance),
        lambda: frame_bytes(instance),
        lambda: read_into(instance, target),
    ):
        with pytest.raises(DecodeError, match=CHANGED):
            read()
    assert not target.any()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DecodeError("The picture is cut off."), "The picture is cut off."),
        (RefusedError("It is too large."), "It is too large."),
        (FileNotFoundError(2, "No such file"), "The file is not there any more."),
        (PermissionError(13, "Permission denied"), "The file cannot be read: Permission denied."),
        (OSError("odd"), "The file cannot be read: unknown."),
        (MemoryError(), "The picture needs more memory than is allowed."),
        (ValueError("secret name"), "The picture cannot be decoded."),
    ],
)
def test_the_reader_is_told_why_there_is_no_picture(
    error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert failure_text(error) == words
    assert "secret" not in caplog.text
    assert bool(caplog.records) is isinstance(error, ValueError)
