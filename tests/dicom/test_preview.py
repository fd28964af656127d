"""One picture before the scan: which, and that it looks as the series will."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless, RLELossless

from tests.dicom.make import write_slices
from tumorboard.app.preview import PREVIEW, first_look, is_preview, told
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.preview import candidates, look_into
from tumorboard.dicom.scan import scan
from tumorboard.errors import CancelledError
from tumorboard.progress import Progress, Reporter


def test_the_middle_file_of_the_fullest_folder_comes_first(tmp_path):
    write_slices(tmp_path / "a", 3)
    files = write_slices(tmp_path / "b" / "deep", 9, series_uid="1.2.3.4")
    assert candidates([tmp_path])[0] == files[4]
    assert candidates([files[0].parent / "DICOMDIR"])[0] == files[4]
    assert candidates(files[:3])[0] == files[1]
    assert candidates([tmp_path / "nothing"]) == []


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGLSLossless, RLELossless])
def test_the_preview_is_the_slice_as_the_series_shows_it(tmp_path, syntax):
    write_slices(tmp_path, 8, transfer_syntax=syntax)
    preview = first_look([tmp_path], Reporter())
    loader = VolumeLoader(scan([tmp_path]).series[0])
    loader.run()
    volume = loader.volume
    k = preview.place_in(loader.series, volume)
    assert volume.sop_instance_uids[k] == preview.volume.sop_instance_uids[0]
    assert np.array_equal(preview.volume.voxels[0], volume.voxels[k])
    assert np.array_equal(preview.volume.stack.row_direction, volume.stack.row_direction)
    assert np.array_equal(preview.volume.stack.column_direction, volume.stack.column_direction)
    assert preview.volume.stack.pixel_spacing == volume.stack.pixel_spacing
    assert np.allclose(
        preview.volume.stack.to_lps([0, 3, 4]), volume.stack.to_lps([k, 3, 4]), atol=1e-6
    )
    assert (preview.volume.window, preview.volume.unit) == (volume.window, volume.unit)


def test_another_series_has_no_place_for_it(tmp_path):
    write_slices(tmp_path / "a", 8)
    write_slices(tmp_path / "b", 8, series_uid="1.2.3.4.5")
    preview = first_look([tmp_path / "a"], Reporter())
    loader = VolumeLoader(scan([tmp_path / "b"]).series[0])
    assert preview.place_in(loader.series, loader.volume) is None


def test_a_file_that_changed_meanwhile_has_no_place_either(tmp_path):
    files = write_slices(tmp_path, 5)
    preview = first_look([tmp_path], Reporter())
    files[2].write_bytes(files[2].read_bytes() + b"\0\0")
    loader = VolumeLoader(scan([tmp_path]).series[0])
    assert preview.place_in(loader.series, loader.volume) is None


def test_what_is_no_picture_is_passed_over(tmp_path):
    files = write_slices(tmp_path, 9)
    files[4].write_text("Dear colleague")
    assert look_into([tmp_path], Reporter()).instance.path != files[4]
    for file in files:
        file.write_text("Dear colleague")
    assert look_into([tmp_path], Reporter()) is None
    assert look_into([Path("/nowhere")], Reporter()) is None


def test_a_preview_says_so_and_how_far_reading_is(tmp_path):
    write_slices(tmp_path, 5)
    volume = first_look([tmp_path], Reporter()).volume
    assert is_preview(volume)
    assert not is_preview(None)
    later = told(told(volume, Progress(120, 600, "Reading files")), Progress(130, 600, ""))
    texts = [c.text for c in later.caveats if c.code == PREVIEW]
    assert len(texts) == 1
    assert "130 of 600 files" in texts[0]


def test_a_look_can_be_stopped(tmp_path):
    write_slices(tmp_path, 5)
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        first_look([tmp_path], reporter)
