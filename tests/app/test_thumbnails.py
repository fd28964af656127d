"""Small pictures of series: from one file each, kept, made anew when the files change."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless, RLELossless

from tests.dicom.make import write_slices
from tumorboard.app.images import ImageService
from tumorboard.app.thumbnails import SIDE, Thumbnails
from tumorboard.dicom.scan import scan
from tumorboard.imaging.grey_levels import thumbnail
from tumorboard.progress import Reporter


def body(folder: Path, count: int = 9, **changes):
    write_slices(folder, count, shape=(64, 96), **changes)
    (series,) = scan([folder]).series
    return series.to_json()


def find(thumbnails, *keys, make=True):
    thumbnails.work(keys, make=make)(Reporter())
    return thumbnails.taken()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEGLSLossless])
def test_it_is_the_picture_that_the_open_series_has(tmp_path, syntax):
    across = np.linspace(0, 400, 96)[None, None, :] + np.linspace(0, 300, 64)[None, :, None]
    values = (900 + across + 5 * np.arange(9)[:, None, None]).astype(np.int16)
    bodies = {"a": body(tmp_path / "a", transfer_syntax=syntax, values=values)}
    opened = ImageService(bodies.get).open("a")
    opened.load(Reporter())
    found = find(Thumbnails(bodies.get, tmp_path / "kept"), "a")["a"]
    assert max(found.shape) == SIDE
    # 64 rows 0.8 mm apart and 96 columns 0.7 mm apart: the patient is not stretched.
    assert found.shape[0] / found.shape[1] == pytest.approx(64 * 0.8 / (96 * 0.7), abs=0.02)
    whole = thumbnail(opened.volume, SIDE)
    # The window of a whole series may rest on other slices as well.
    assert np.corrcoef(found.ravel(), whole.ravel())[0, 1] > 0.99


def test_only_the_file_in_the_middle_is_read(tmp_path):
    bodies = {"a": body(tmp_path / "a")}
    middle = scan([tmp_path / "a"]).series[0].instances[4].path
    for file in (tmp_path / "a").iterdir():
        if file != Path(middle):
            file.unlink()
    assert "a" in find(Thumbnails(bodies.get, tmp_path / "kept"), "a")


def test_what_is_kept_needs_no_file_and_tells_nobody_whose_it_is(tmp_path):
    bodies = {"1.2.3": body(tmp_path / "a")}
    made = find(Thumbnails(bodies.get, tmp_path / "kept"), "1.2.3")["1.2.3"]
    for file in (tmp_path / "a").iterdir():
        file.unlink()
    again = Thumbnails(bodies.get, tmp_path / "kept")
    np.testing.assert_array_equal(find(again, "1.2.3", make=False)["1.2.3"], made)
    (name,) = [p.name for p in (tmp_path / "kept").iterdir()]
    assert "1.2.3" not in name


def test_other_files_give_another_picture(tmp_path):
    bodies = {"a": body(tmp_path / "a")}
    thumbnails = Thumbnails(bodies.get, tmp_path / "kept")
    find(thumbnails, "a")
    bodies["a"] = body(tmp_path / "b", count=11)
    assert find(thumbnails, "a", make=False) == {}
    assert "a" in find(thumbnails, "a")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x93NUMPY\x01\x00v\x00{'descr': '|O'"])
def test_a_damaged_picture_is_made_again(tmp_path, content):
    bodies = {"a": body(tmp_path / "a")}
    thumbnails = Thumbnails(bodies.get, tmp_path / "kept")
    made = find(thumbnails, "a")["a"]
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(content)
    assert find(thumbnails, "a", make=False) == {}
    np.testing.assert_array_equal(find(thumbnails, "a")["a"], made)


def test_what_cannot_be_read_costs_the_others_nothing(tmp_path):
    bodies = {"a": body(tmp_path / "a"), "b": body(tmp_path / "b"), "c": b"damaged"}
    for file in (tmp_path / "a").iterdir():
        file.write_bytes(b"gone")
    found = find(Thumbnails(bodies.get, tmp_path / "kept"), "a", "c", "unknown", "b")
    assert set(found) == {"b"}


def test_a_place_that_cannot_be_written_to_costs_only_the_keeping(tmp_path):
    bodies = {"a": body(tmp_path / "a")}
    (tmp_path / "kept").write_bytes(b"a file, no folder")
    assert "a" in find(Thumbnails(bodies.get, tmp_path / "kept"), "a")
