"""Each hostile input gets its sentence, within time, and none takes the program along."""

import time
from pathlib import Path

import pytest

from tests.dicom.hostile import TABLE, Hostile
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.errors import UserError

LIMITS = Limits(inflated=16 << 20)


def told(path: Path) -> str:
    """What a reader is told of a file: "opens", or the sentence on why it does not."""
    result = scan([path], limits=LIMITS)
    if result.refused:
        assert result.series == ()
        return result.refused[0].reason
    (series,) = result.series
    if not series.has_pixels:
        return "is listed"
    try:
        loader = VolumeLoader(series, LIMITS)
    except UserError as error:
        return str(error)
    loader.run()
    return next(iter(loader.failures.values()), "opens")


def test_there_are_enough_and_their_names_differ() -> None:
    assert len({h.name for h in TABLE}) == len(TABLE) >= 60


@pytest.mark.parametrize("hostile", TABLE, ids=lambda h: h.name)
def test_it_gets_its_sentence(tmp_path: Path, hostile: Hostile) -> None:
    data = hostile.make(tmp_path)
    path = tmp_path / "input.dcm"
    path.write_bytes(data)
    start = time.monotonic()
    found = told(path)
    assert found == hostile.expected
    assert time.monotonic() - start < 5
    assert str(tmp_path) not in found
