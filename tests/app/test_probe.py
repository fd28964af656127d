"""What ``probe`` prints: the values, units and greys of the window, in the order of a scan."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import ramp, write_slices
from tumorboard import cli
from tumorboard.app.probe import Square, probe, probe_words
from tumorboard.dicom.scan import scan
from tumorboard.errors import UserError
from tumorboard.imaging.windowing import grey_levels
from tumorboard.progress import Reporter

VALUES = ramp(4, (20, 24))
SQUARES = [Square(2, 3, 4, 5), Square(16, 0, 4, 4), Square(18, 0, 4, 4)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_slices(tmp_path / "a", 4, values=VALUES)

    def unknown(ds: Dataset, k: int) -> None:
        del ds.RescaleIntercept
        ds.SeriesNumber, ds.SeriesDescription = 3, "no intercept"

    write_slices(tmp_path / "b", 3, values=VALUES[:3], series_uid="1.2.3.1.2", change=unknown)
    (tmp_path / "note.txt").write_text("nothing")
    return tmp_path


def test_values_units_and_greys(folder: Path) -> None:
    found = probe([folder], SQUARES, Reporter())
    first, second = found["series"]
    assert [first["unit"], second["unit"]] == ["HU", ""]
    assert "rescale-incomplete" in {c["code"] for c in second["caveats"]}
    for k, picture in enumerate(first["pictures"]):
        means = [VALUES[k, 2:6, 3:8].mean() - 1024, VALUES[k, 16:20, :4].mean() - 1024]
        assert picture["failure"] == ""
        assert picture["values"] == [pytest.approx(means[0]), pytest.approx(means[1]), None]
    from tumorboard.imaging.volume import Window

    grey = grey_levels(VALUES[2].astype(float) - 1024, Window(40, 400), inverted=False)
    assert first["grey"][0] == pytest.approx(grey[2:6, 3:8].mean())
    assert second["pictures"][1]["values"][0] == pytest.approx(VALUES[1, 2:6, 3:8].mean())
    assert first["ratio"] == pytest.approx(0.8 / 0.7)
    assert [r["file"] for r in found["refused"]] == ["note.txt"]


def test_the_order_is_that_of_a_scan(folder: Path) -> None:
    listed = [s["series_instance_uid"] for s in scan([folder]).public_json()["series"]]
    found = probe([folder], [], Reporter())
    assert [s["series_instance_uid"] for s in found["series"]] == listed


def test_a_picture_that_fails_has_its_reason(tmp_path: Path) -> None:
    files = write_slices(tmp_path, 3, transfer_syntax="1.2.840.10008.1.2.4.80")
    data = files[1].read_bytes()
    files[1].write_bytes(data.replace(b"\xff\xd9", b"\0\0"))  # the end of the codestream
    (series,) = probe([tmp_path], SQUARES[:1], Reporter())["series"]
    failures = [p["failure"] for p in series["pictures"]]
    assert [bool(f) for f in failures] == [False, True, False]
    assert series["pictures"][1]["values"] == [None]


def test_padding_is_no_value(tmp_path: Path) -> None:
    values = np.full((1, 20, 24), -2000, np.int16)
    values[0, :, 12:] = 1074

    def change(ds: Dataset, k: int) -> None:
        ds.PixelPaddingValue = -2000

    write_slices(tmp_path, 1, values=values, change=change)
    (series,) = probe([tmp_path], [Square(4, 10, 4, 4), Square(0, 0, 3, 3)], Reporter())["series"]
    assert series["pictures"][0]["values"] == [pytest.approx(50.0), None]


def test_the_command_prints_json_or_words(folder: Path, capsys: pytest.CaptureFixture) -> None:
    at = ["--at", "2,3,4,5", "--at", "0,0,1,1"]
    cli.main(["probe", str(folder), *at, "--json"])
    assert len(json.loads(capsys.readouterr().out)["series"]) == 2
    cli.main(["probe", str(folder), *at])
    words = capsys.readouterr().out
    assert "HU" in words
    assert "stored value" in words
    assert "TEST" not in words
    assert probe_words({"series": [], "refused": []}, []) == ""


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,x", "-1,0,1,1", "0,0,0,4", "1,2,3,4,5"])
def test_other_places_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="no place"):
        Square.parse(text)
