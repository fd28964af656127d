"""Real series and odd files, against decoders that share nothing with ours."""

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from tests.shared_data import shared_data
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import ScanResult, scan
from tumorboard.dicom.series import Series

pytestmark = pytest.mark.data

#: Folder, then modality, kind, slices and caveat codes of each series with pixels.
SERIES = {
    "ct-abdomen-ircadb17": [("CT", "volume", 119, set())],
    "ct-abdomen-totalseg20": [("CT", "volume", 20, {"overlapping-slices"})],
    "ct-abdpelvis-3mm-totalseg": [("CT", "volume", 112, set())],
    "petct-acrin-nsclc042": [
        ("CT", "image", 1, {"localizer", "non-square"}),
        ("CT", "volume", 135, {"overlapping-slices"}),
        ("PT", "volume", 135, set()),
    ],
    "mr-abdomen-haste-cor-tcga4073": [("MR", "volume", 30, {"slice-gaps"})],
    "ct-head-tilt-variable-ge": [
        ("CT", "volume", 28, {"uneven-spacing", "overlapping-slices", "gantry-tilt"})
    ],
    "sts042-ct-mr-pet-rtstruct": [
        ("CT", "volume", 49, set()),
        ("MR", "volume", 42, set()),
        ("PT", "volume", 49, set()),
    ],
    "ct-liver-3slice-seg": [("CT", "volume", 3, {"overlapping-slices"})],
    "ct-two-dates-nysbu": [("CT", "image", 1, set())] * 18,
}


def pictures(result: ScanResult) -> list[Series]:
    return [s for s in result.series if s.has_pixels]


def peer_values(instance: Instance) -> NDArray[np.float64]:
    """One frame's rescaled values by GDCM through SimpleITK."""
    array = sitk.GetArrayFromImage(sitk.ReadImage(str(instance.path)))
    return np.asarray(array[instance.frame - 1], dtype=np.float64)


@pytest.mark.parametrize("folder", SERIES)
def test_series_are_what_they_are(folder: str) -> None:
    path = shared_data(f"series/{folder}")
    result = scan([path])
    found = [
        (s.modality, s.kind, s.slices, sorted(c.code for c in s.caveats)) for s in pictures(result)
    ]
    assert sorted(found) == sorted((*row[:3], sorted(row[3])) for row in SERIES[folder])
    assert all(not r.file.endswith(".dcm") for r in result.refused)
    assert str(path) not in json.dumps(result.public_json())


@pytest.mark.parametrize("folder", SERIES)
def test_series_values_and_positions_agree_with_simpleitk(folder: str) -> None:
    for series in pictures(scan([shared_data(f"series/{folder}")]))[:6]:
        loader = VolumeLoader(series)
        loader.run()
        volume = loader.volume
        assert loader.failures == {}
        for k in sorted({0, series.slices // 2, series.slices - 1}):
            mine = volume.values(volume.voxels[k])
            peer = peer_values(series.instances[k]) * (volume.suv_factor or 1.0)
            np.testing.assert_allclose(mine, peer, rtol=1e-6, atol=1e-6)
            image = sitk.ReadImage(str(series.instances[k].path))
            corner = image.TransformIndexToPhysicalPoint((volume.voxels.shape[2] - 1, 3, 0))
            ours = volume.stack.to_lps([k, 3, volume.voxels.shape[2] - 1])
            np.testing.assert_allclose(ours, corner, atol=0.02)


def test_every_odd_file_is_listed_or_refused_with_a_sentence() -> None:
    folder = shared_data("odd")
    files = {p for p in folder.rglob("*") if p.is_file()}
    result = scan([folder])
    listed = {i.path for s in result.series for i in s.instances}
    refused = {folder / r.file for r in result.refused}
    assert listed | refused == files
    assert not listed & refused
    assert all(r.reason.endswith(".") and str(folder) not in r.reason for r in result.refused)
    json.dumps([s.to_json() for s in result.series])
    wanted = {
        "broken/orthanc_2026-05-06-Deeply-Nested-Sequence.dcm": "nested too deeply",
        "broken/orthanc_2026-05-26-oob-monochrome-46341.dcm": "46341 x 46341",
        "broken/orthanc_MultiframeWindowing.dcm": "lacks what describes its pixels",
        "misc/patient-id-collision/orthanc_Image1.dcm": "no picture",
    }
    reasons = {r.file: r.reason for r in result.refused}
    for name, words in wanted.items():
        assert words in reasons[name]


#: Files that GDCM cannot read, or reads wrongly.
NOT_COMPARED = {
    "JLSL_08_07_0_1F.dcm",
    "CT0012.fragmented_no_bot_jpeg_ls.80.dcm",
    "emri_small_jpeg_2k_lossless_too_short.dcm",
    "parametric_map_float.dcm",
    "dcm4che_ovly_p01.dcm",
    "wg04_RG3_JPLY.dcm",  # the value 1024 of ten bits wraps to 0 there, and is clipped here
}


def test_odd_grey_pictures_agree_with_simpleitk() -> None:
    result = scan([shared_data("odd")])
    compared = 0
    for series in pictures(result):
        loader = VolumeLoader(series)
        loader.run()
        volume = loader.volume
        for k, instance in enumerate(series.instances):
            if instance.is_colour or instance.has_value_table:
                continue
            if instance.path.name in NOT_COMPARED:
                continue
            peer = peer_values(instance)
            mine = volume.values(volume.voxels[k])
            if volume.inverted:  # ITK turns MONOCHROME1 over
                peer = (1 << instance.bits_stored) - 1 - peer
            np.testing.assert_allclose(mine, peer, rtol=1e-6, atol=1e-3, err_msg=instance.path.name)
            compared += 1
    assert compared > 60


def test_every_odd_picture_decodes() -> None:
    failed = set()
    for series in pictures(scan([shared_data("odd")])):
        loader = VolumeLoader(series)
        loader.run()
        failed |= {series.instances[k].path.name for k in loader.failures}
    assert failed == set()


def load_file(path: Path) -> NDArray[np.generic]:
    (series,) = scan([path]).series
    loader = VolumeLoader(series)
    loader.run()
    assert loader.failures == {}
    return loader.volume.voxels


@pytest.mark.parametrize(
    "other",
    [
        "Implicit",
        "BigEndian",
        "Deflated",
        "RLE",
        "JPEGProcess14_",
        "JPEGProcess14SV1",
        "JPEGLSLossless",
        "JPEG2000LosslessOnly",
    ],
)
def test_one_slice_is_the_same_in_every_lossless_syntax(other: str) -> None:
    folder = shared_data("odd/transfer-syntax")
    (plain,) = folder.glob("ct_LittleEndianExplicit*")
    (file,) = folder.glob(f"ct_*{other}*")
    np.testing.assert_array_equal(load_file(file), load_file(plain))


@pytest.mark.parametrize("other", ["JPEGLSLossy", "JPEG2000_"])
def test_one_slice_is_nearly_the_same_in_lossy_syntaxes(other: str) -> None:
    folder = shared_data("odd/transfer-syntax")
    (plain,) = folder.glob("ct_LittleEndianExplicit*")
    (file,) = folder.glob(f"ct_{other}*")
    difference = load_file(file).astype(int) - load_file(plain).astype(int)
    assert 0 < np.abs(difference).max() <= 30
    (series,) = scan([file]).series
    assert series.lossy
    assert "lossy" in {c.code for c in series.caveats}


def test_the_same_slice_whole_and_in_fragments() -> None:
    folder = shared_data("odd/misc")
    fragments = load_file(folder / "D_CLUNIE_CT1_RLE_FRAGS.dcm")
    (plain,) = folder.glob("GH177_*")
    np.testing.assert_array_equal(fragments, load_file(plain))


@pytest.mark.parametrize("other", ["fragmented_no_bot_jpeg_ls.80", "not_fragmented_bot_rle"])
def test_the_same_frames_native_and_compressed(other: str) -> None:
    folder = shared_data("odd/enhanced-multiframe")
    native = load_file(folder / "CT0012.explicit_little_endian.dcm")
    np.testing.assert_array_equal(load_file(folder / f"CT0012.{other}.dcm"), native)


def test_a_missing_slice_and_a_tilt_in_real_series() -> None:
    folder = shared_data("odd/geometry")
    (gap,) = scan([folder / "sliceincrement-001"]).series
    assert "10 mm between 3 and 4" in {c.code: c.text for c in gap.caveats}["missing-slices"]
    (tilt,) = scan([folder / "gantrytilting-001"]).series
    assert "14.0 degrees" in {c.code: c.text for c in tilt.caveats}["gantry-tilt"]
    assert tilt.public_json()["affine"] is not None


def test_files_taken_out_of_a_series_are_missed(tmp_path: Path) -> None:
    source = shared_data("series/ct-abdomen-ircadb17")
    files = sorted(source.rglob("*.dcm"))
    for k, file in enumerate(files):
        if k not in {40, 41}:
            (tmp_path / file.name).symlink_to(file)
    (series,) = scan([tmp_path]).series
    assert series.slices == len(files) - 2
    assert {c.code for c in series.caveats} == {"missing-slices"}
    assert "4.8 mm" in series.caveats[0].text
    assert series.public_json()["affine"] is None
