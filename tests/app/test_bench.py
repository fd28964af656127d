import hashlib
import json

import numpy as np
import pytest

from tests.dicom.make import ramp, slice_positions, write_slices
from tumorboard.app.bench import bench, checksum
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter


class Probe:
    """Times as a window would give them."""

    def first_picture_ms(self, path):
        return 512.34

    def scroll_ms(self, volume):
        return [float(n) for n in range(1, 101)]


def loaded(folder):
    (series,) = scan([folder]).series
    loader = VolumeLoader(series)
    loader.run()
    return loader.volume


def test_one_object_holds_all_figures_and_nobody_s_name(tmp_path):
    write_slices(tmp_path / "secret-folder", 6, shape=(32, 40))
    steps = []
    result = bench(tmp_path, Reporter(lambda p: steps.append(p.done)), Probe())
    text = json.dumps(result)
    assert "secret-folder" not in text
    assert "TEST" not in text
    assert result["series"] == {
        "modality": "CT",
        "slices": 6,
        "rows": 32,
        "columns": 40,
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "voxel_type": "int16",
        "voxel_mb": 0.0,
    }
    assert result["cold_start_to_first_picture_ms"] == 512.3
    assert result["scroll_step_to_painted_ms"] == {"median": 50.5, "p95": 96.0, "steps": 100}
    assert result["files_scanned"] == 6
    assert result["slices_not_read"] == 0
    assert set(result["reformat_ms"]) == {"coronal", "sagittal", "oblique, 512 square"}
    times = [result["scan_ms"], result["load_ms"], *result["reformat_ms"].values()]
    assert all(t > 0 for t in times)
    assert result["peak_memory_mb"] > 20
    assert steps == sorted(steps)
    assert steps[-1] == max(steps)


def test_the_largest_series_is_measured_and_no_window_is_needed(tmp_path):
    write_slices(tmp_path / "a", 3)
    write_slices(tmp_path / "b", 8, series_uid="1.2.3.1.2")
    (tmp_path / "notes.txt").write_text("no image")
    result = bench(tmp_path, Reporter())
    assert result["series"]["slices"] == 8
    assert result["files_scanned"] == 12
    assert result["cold_start_to_first_picture_ms"] is None
    assert result["scroll_step_to_painted_ms"] is None


def test_the_checksum_is_that_of_the_values_by_position(tmp_path):
    write_slices(tmp_path, 5)  # numbered against the order of position
    values = (ramp(5, (12, 16)).astype(np.float64) * 1 - 1024).astype("<f4")
    expected = hashlib.sha256(values.tobytes()).hexdigest()
    assert checksum(loaded(tmp_path))["sha256"] == expected


def test_the_checksum_knows_one_wrong_voxel_and_not_the_names_of_files(tmp_path):
    values = ramp(5, (12, 16))
    write_slices(tmp_path / "a", 5, values=values)
    write_slices(
        tmp_path / "b", 5, values=values[::-1], positions=slice_positions(5)[::-1], prefix="Z"
    )
    changed = values.copy()
    changed[2, 3, 4] += 1
    write_slices(tmp_path / "c", 5, values=changed)
    sums = [checksum(loaded(tmp_path / name))["sha256"] for name in "abc"]
    assert sums[0] == sums[1]
    assert sums[0] != sums[2]


def test_nothing_to_measure_is_said_in_words(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        bench(tmp_path / "nowhere", Reporter())
    with pytest.raises(UserError, match="holds no pictures"):
        bench(tmp_path, Reporter())


def test_it_stops_when_asked(tmp_path):
    write_slices(tmp_path, 3)
    reporter = Reporter(lambda progress: reporter.cancel() if progress.done == 2 else None)
    with pytest.raises(CancelledError):
        bench(tmp_path, reporter)
