from pathlib import Path

import pytest

from tests.dicom.make import write_slices
from tumorboard.app.images import ImageService
from tumorboard.dicom.scan import scan
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter


@pytest.fixture
def bodies(tmp_path: Path) -> dict[str, dict]:
    """Three series of 256 kB each."""
    found = {}
    for n in "abc":
        write_slices(
            tmp_path / n, 8, shape=(128, 128), study_uid=f"1.2.{ord(n)}", series_uid=f"1.3.{ord(n)}"
        )
        (series,) = scan([tmp_path / n]).series
        found[n] = series.to_json()
    return found


def test_an_opened_series_is_kept_and_the_oldest_goes_when_memory_ends(bodies):
    service = ImageService(bodies.get, memory_mb=1)
    service._budget = 600_000
    first = service.open("a")
    assert service.open("a") is first
    service.open("b")
    service.open("a")
    service.open("c")
    assert service.bytes_held <= 600_000
    assert service.open("a") is first
    assert service.open("c") is not None


def test_one_series_is_shown_however_large(bodies):
    service = ImageService(bodies.get, memory_mb=0)
    opened = service.open("a")
    opened.load(Reporter())
    assert opened.is_complete


def test_an_unknown_series_is_a_sentence(bodies):
    with pytest.raises(UserError, match="not in the store"):
        ImageService(bodies.get).open("zzz")


def test_a_cancelled_load_goes_on_later(bodies):
    opened = ImageService(bodies.get).open("a")
    reporter = Reporter(lambda progress: reporter.cancel() if progress.done == 2 else None)
    with pytest.raises(CancelledError):
        opened.load(reporter)
    opened.load(Reporter())
    assert opened.volume.loaded.all()
