import os
import threading
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom.make import ramp, write_slices
from tumorboard.app.file_records import with_hashes
from tumorboard.app.images import ImageService, is_paged
from tumorboard.dicom import header
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter
from tumorboard.store.series import PackedBody


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


SYNTAXES = (
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_known_series_opens_without_parsing_a_header(tmp_path, monkeypatch, syntax):
    write_slices(tmp_path / "s", 4, transfer_syntax=syntax)
    (series,) = scan([tmp_path / "s"]).series
    body = series.to_json()

    def parse(*_args, **_more):
        raise AssertionError("a header was parsed")

    monkeypatch.setattr(header, "_parse", parse)
    opened = ImageService({"k": body}.get).open("k")
    opened.load(Reporter())
    np.testing.assert_array_equal(opened.volume.voxels, ramp(4, (12, 16)))
    assert opened.notice == ""


def test_the_picture_shown_first_is_there_when_the_series_opens(bodies):
    opened = ImageService(bodies.get).open("a")
    stack = opened.volume.stack
    assert opened.volume.loaded[stack.nearest_slice(stack.centre)]


def rewrite(folder: Path, shift: int) -> list[Path]:
    """Write the same slices anew with other values behind a longer header."""

    def describe(ds, _k):
        ds.SeriesDescription = "longer than it was before"

    values = ramp(4, (12, 16)) + shift
    return write_slices(folder, 4, values=values.astype(np.int16), change=describe)


def test_files_written_anew_are_noticed_and_read_as_they_are_now(tmp_path):
    write_slices(tmp_path / "s", 4)
    (series,) = scan([tmp_path / "s"]).series
    rewrite(tmp_path / "s", 5)
    opened = ImageService({"k": series.to_json()}.get).open("k")
    opened.load(Reporter())
    np.testing.assert_array_equal(opened.volume.voxels, ramp(4, (12, 16)) + 5)
    assert opened.notice == (
        "Files of this series: 4 changed since the import, so that drawings may not fit them."
    )
    body = PackedBody.of(series.to_json()).blob
    first = ImageService({"k": body}.get).open("k")
    first.load(Reporter())
    again = ImageService({"k": first.renewed.new.blob}.get).open("k")
    assert "files-changed" in {c.code for c in again.volume.caveats}


def test_files_that_were_only_touched_are_those_that_were_imported(tmp_path):
    files = write_slices(tmp_path / "s", 4)
    (series,) = scan([tmp_path / "s"]).series
    hashed = with_hashes({"k": PackedBody.of(series.to_json()).blob}, Reporter())["k"].new.blob
    for file in files:
        os.utime(file, ns=(1, 1))
    opened = ImageService({"k": hashed}.get).open("k")
    opened.load(Reporter())
    assert opened.notice == ""
    assert "files-changed" not in {c.code for c in opened.volume.caveats}


@pytest.mark.parametrize(
    "values",
    [{"PatientName": "OTHER^PERSON", "PatientID": "X"}, {"RescaleType": "Z_EFF"}],
)
def test_files_of_another_person_or_unit_are_not_taken(tmp_path, values):
    write_slices(tmp_path / "s", 4)
    (series,) = scan([tmp_path / "s"]).series

    def change(ds, _k):
        for keyword, value in values.items():
            setattr(ds, keyword, value)

    write_slices(tmp_path / "s", 4, change=change)
    opened = ImageService({"k": series.to_json()}.get).open("k")
    opened.load(Reporter())
    assert "4 changed since the import and no longer fitting" in opened.notice
    assert not opened.volume.loaded.any()


def test_a_file_that_no_longer_fits_is_a_sentence_and_a_grey_slice(tmp_path):
    files = write_slices(tmp_path / "s", 4)
    (series,) = scan([tmp_path / "s"]).series
    write_slices(tmp_path / "other", 4, shape=(20, 20))[1].replace(files[1])
    files[2].unlink()
    opened = ImageService({"k": series.to_json()}.get).open("k")
    opened.load(Reporter())
    assert opened.notice == (
        "Files of this series: 1 changed since the import and no longer fitting, "
        "1 not there any more. Import the folder again."
    )
    assert opened.volume.loaded.tolist() == [True, False, False, True]
    assert set(opened.failures.values()) == {
        "The file has changed since it was imported.",
        "The file is not there any more.",
    }


def test_a_series_stored_without_the_places_of_its_pixels_is_read_once_more(tmp_path):
    write_slices(tmp_path / "s", 4)
    (series,) = scan([tmp_path / "s"]).series
    body = series.to_json()
    body["common"].pop("chunks", None)
    for row in body["instances"]:
        row.pop("chunks", None)
    opened = ImageService({"k": body}.get).open("k")
    opened.load(Reporter())
    assert opened.volume.loaded.all()


def test_what_was_read_anew_is_stored_at_the_next_opening(tmp_path):
    from tumorboard.store.series import PackedBody, open_body

    write_slices(tmp_path / "s", 4)
    (series,) = scan([tmp_path / "s"]).series
    records = {"k": PackedBody.of(series.to_json()).blob}
    rewrite(tmp_path / "s", 5)

    def keep(renewed):
        for key, record in renewed.items():
            assert records[key] == record.old
            records[key] = record.new.blob

    service = ImageService(records.get, keep=keep)
    service.open("k").load(Reporter())
    service.forget()
    (now,) = scan([tmp_path / "s"]).series
    known = open_body(records["k"])
    assert known["instances"] == open_body(PackedBody.of(now.to_json()).blob)["instances"]


def test_units_of_an_older_record_are_judged_anew_from_the_next_opening_on(tmp_path):
    """An older program called these stored values HU: they have no intercept."""
    from tumorboard.store.series import PackedBody

    def change(ds, _k):
        del ds.RescaleIntercept

    write_slices(tmp_path / "s", 4, change=change)
    (series,) = scan([tmp_path / "s"]).series
    body = series.to_json()
    body["info"]["unit"] = "HU"
    body["caveats"] = []
    body["common"].pop("unit")
    body["common"]["flaws"] = []
    records = {"k": PackedBody.of(body).blob}
    service = ImageService(
        records.get,
        keep=lambda renewed: records.update({k: r.new.blob for k, r in renewed.items()}),
    )
    first = service.open("k")
    assert (first.volume.unit, first.volume.caveats[-1].code) == ("HU", "old-reading")
    first.load(Reporter())
    service.forget()
    second = service.open("k").volume
    assert second.unit == ""
    assert "rescale-incomplete" in {c.code for c in second.caveats}
    assert "old-reading" not in {c.code for c in second.caveats}


def test_a_series_larger_than_the_memory_is_kept_on_the_disk_and_says_so(bodies, tmp_path):
    service = ImageService(bodies.get, memory_mb=0, scratch=tmp_path / "scratch")
    opened = service.open("a")
    opened.load(Reporter())
    assert is_paged(opened.volume)
    assert "set aside for images" in opened.volume.caveats[0].text
    assert service.bytes_held == 0
    whole = ImageService(bodies.get).open("a")
    whole.load(Reporter())
    assert not is_paged(whole.volume)
    np.testing.assert_array_equal(opened.volume.voxels, whole.volume.voxels)
    assert opened.volume.voxels.dtype == whole.volume.voxels.dtype
    assert list((tmp_path / "scratch").iterdir()) == []


def test_no_room_on_the_disk_is_a_sentence(bodies, tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full, raising=False)
    with pytest.raises(UserError, match="GB on the disk, which are not free"):
        ImageService(bodies.get, memory_mb=0, scratch=tmp_path).open("a")


def test_series_are_loaded_ahead_in_their_order_while_memory_lasts(bodies):
    service = ImageService(bodies.get)
    service._budget = 600_000
    service.open("a").load(Reporter())
    service.prefetch(["c", "b"])(Reporter())
    assert list(service._open) == ["c", "a"]
    assert service.open("c").is_complete
    assert service.bytes_held <= 600_000


def test_loading_ahead_ends_when_a_person_opens_a_series(bodies):
    service = ImageService(bodies.get)
    begun, go_on = threading.Event(), threading.Event()

    def listen(_progress):
        begun.set()
        go_on.wait(10)

    work = service.prefetch(["a", "b"])
    thread = threading.Thread(target=work, args=(Reporter(listen),))
    thread.start()
    assert begun.wait(10)
    opened = service.open("c")
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert not service.open("b").is_complete
    opened.load(Reporter())
    assert opened.is_complete


def test_a_series_begun_ahead_is_finished_when_it_is_opened(bodies):
    service = ImageService(bodies.get)
    reporter = Reporter(lambda progress: reporter.cancel() if progress.done == 1 else None)
    service.prefetch(["a"])(reporter)
    assert reporter.cancelled
    opened = service.open("a")
    opened.load(Reporter())
    assert opened.is_complete
    assert isinstance(opened._loader, VolumeLoader)
