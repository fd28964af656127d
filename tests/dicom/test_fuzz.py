"""Damage anywhere in a file gives a picture, a reason, or a refusal; never an exception."""

import random
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom.make import write_slices
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.errors import UserError

SYNTAXES = [
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    "1.2.840.10008.1.2.1.99",
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
]
LIMITS = Limits(volume=64 << 20, pixels_a_frame=1 << 22, inflated=8 << 20)
LENGTHS = (b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\xff\xff\xff\x7f", b"\0\0\0\0")


def damaged(data: bytes, rng: random.Random) -> bytes:
    result = bytearray(data[: rng.randrange(len(data))] if rng.random() < 0.2 else data)
    for _ in range(rng.choice([1, 3, 10])):
        if not result:
            break
        at = rng.randrange(len(result))
        if rng.random() < 0.7:
            result[at] = rng.randrange(256)
        else:
            result[at : at + 4] = rng.choice(LENGTHS)
    return bytes(result)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_damaged_files_do_no_harm(tmp_path: Path, syntax: str) -> None:
    (file,) = write_slices(tmp_path, 1, transfer_syntax=syntax)
    whole = file.read_bytes()
    rng = random.Random(syntax)
    outcomes = {"shown": 0, "failed": 0, "refused": 0}
    for _ in range(150):
        file.write_bytes(damaged(whole, rng))
        result = scan([file], limits=LIMITS)
        outcomes["refused"] += len(result.refused)
        assert all(r.reason.endswith(".") for r in result.refused)
        for series in result.series:
            series.public_json()
            if not series.has_pixels:
                continue
            try:
                loader = VolumeLoader(series, LIMITS)
            except UserError:
                continue
            loader.run()
            shown = int(np.count_nonzero(loader.volume.loaded))
            outcomes["shown"] += shown
            outcomes["failed"] += len(loader.failures)
            assert shown + len(loader.failures) == series.slices
    assert outcomes["shown"] > 0
    assert outcomes["refused"] > 0
