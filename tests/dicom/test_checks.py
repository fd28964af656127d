"""Caveats about geometry, and the geometry itself against independent tools."""

from pathlib import Path

import highdicom.spatial
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.dicom.make import AXIAL, slice_positions, write_slices
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.imaging.geometry import Calibration

SQUARE = (0.8, 0.8)


def one_series(folder: Path) -> Series:
    (series,) = scan([folder]).series
    return series


def texts(series: Series) -> dict[str, str]:
    return {c.code: c.text for c in series.caveats}


def along_z(*z: float) -> NDArray[np.float64]:
    return np.array([(0.0, 0.0, v) for v in z])


@pytest.mark.parametrize(
    ("z", "step", "expected"),
    [
        ([0, 2, 4, 6], 2, {}),
        ([0, 2, 4, 8, 10], 2, {"missing-slices": "4 mm between 3 and 4"}),
        ([0, 2, 8, 10, 12], 2, {"missing-slices": "6 mm between 2 and 3"}),
        ([0, 2, 4.5, 7, 8.5], 2.25, {"uneven-spacing": "1.5 to 2.5 mm"}),
        ([0, 2, 4.005, 6.005], 2, {}),
        ([0, 2, 4, 6], 3, {"overlapping-slices": "3 mm thick, 2 mm apart"}),
        ([0, 5, 10, 15], 3, {"slice-gaps": "3 mm thick, 5 mm apart"}),
        ([-1000, -998, -996], 2, {}),
    ],
)
def test_spacing(tmp_path: Path, z: list[float], step: float, expected: dict[str, str]) -> None:
    write_slices(tmp_path, len(z), positions=along_z(*z), step=step, spacing=SQUARE)
    series = one_series(tmp_path)
    found = texts(series)
    assert set(found) == set(expected)
    for code, words in expected.items():
        assert words in found[code]
    assert series.kind == "volume"
    uneven = {"missing-slices", "uneven-spacing"} & set(found)
    assert (series.public_json()["affine"] is None) == bool(uneven)
    assert series.public_json()["positions_mm"] == pytest.approx(z)


def test_steps_rounded_in_the_file_are_kept_but_not_told(tmp_path: Path) -> None:
    write_slices(tmp_path, 4, positions=along_z(0, 3.27, 6.56, 9.83), step=3.27, spacing=SQUARE)
    series = one_series(tmp_path)
    assert texts(series) == {}
    assert series.public_json()["positions_mm"] == pytest.approx([0, 3.27, 6.56, 9.83])


def test_thicker_slices_by_design_are_not_missing_ones(tmp_path: Path) -> None:
    z = [0, 2, 4, 6, 12, 18]

    def thicken(ds: Dataset, k: int) -> None:
        ds.SliceThickness = 6 if k > 3 else 2

    write_slices(tmp_path, 6, positions=along_z(*z), spacing=SQUARE, change=thicken)
    found = texts(one_series(tmp_path))
    assert "uneven-spacing" in found
    assert "missing-slices" not in found


def test_gantry_tilt_names_its_angle_and_keeps_the_shear(tmp_path: Path) -> None:
    tilt = np.radians(12.0)
    cosines = (1.0, 0.0, 0.0, 0.0, float(np.cos(tilt)), float(np.sin(tilt)))
    positions = along_z(0, 3, 6, 9)
    write_slices(tmp_path, 4, positions=positions, orientation=cosines, spacing=SQUARE)
    series = one_series(tmp_path)
    assert "12.0 degrees" in texts(series)["gantry-tilt"]
    affine = np.array(series.public_json()["affine"])
    np.testing.assert_allclose(affine[:3, 0], [0, 0, 3], atol=1e-9)
    np.testing.assert_allclose(affine[:3, 1], 0.8 * np.array(cosines[3:]), atol=1e-9)
    assert series.public_json()["positions_mm"] == pytest.approx(
        [z * np.cos(tilt) for z in (0, 3, 6, 9)]
    )


def with_imager_spacing(ds: Dataset, _: int) -> None:
    ds.Modality = "DX"
    ds.ImagerPixelSpacing = [0.2, 0.2]
    del ds.ImagePositionPatient


@pytest.mark.parametrize(
    ("pixel", "calibrated", "expected", "source"),
    [
        (None, "", (0.2, 0.2), Calibration.IMAGER_SPACING),
        ((0.2, 0.2), "", (0.2, 0.2), Calibration.IMAGER_SPACING),
        ((0.2, 0.2), "FIDUCIAL", (0.2, 0.2), Calibration.PIXEL_SPACING),
        ((0.15, 0.15), "", (0.15, 0.15), Calibration.PIXEL_SPACING),
    ],
)
def test_projection_spacing(
    tmp_path: Path,
    pixel: tuple[float, float] | None,
    calibrated: str,
    expected: tuple[float, float],
    source: Calibration,
) -> None:
    def change(ds: Dataset, k: int) -> None:
        with_imager_spacing(ds, k)
        del ds.PixelSpacing
        if pixel:
            ds.PixelSpacing = list(pixel)
        if calibrated:
            ds.PixelSpacingCalibrationType = calibrated

    write_slices(tmp_path, 1, change=change)
    series = one_series(tmp_path)
    assert (series.pixel_spacing, series.calibration) == (expected, source)
    assert ("imager-spacing" in texts(series)) == (source is Calibration.IMAGER_SPACING)


@pytest.mark.parametrize("deltas", [[(0.05, 0.06)], [(0.05, 0.06), (0.05, 0.06)]])
def test_ultrasound_region_spacing(tmp_path: Path, deltas: list[tuple[float, float]]) -> None:
    write_slices(tmp_path, 1, change=lambda ds, _: ultrasound(ds, deltas))
    series = one_series(tmp_path)
    assert series.pixel_spacing == pytest.approx((0.6, 0.5))
    assert series.calibration is Calibration.ULTRASOUND_REGION


def test_ultrasound_regions_that_differ_calibrate_nothing(tmp_path: Path) -> None:
    write_slices(tmp_path, 1, change=lambda ds, _: ultrasound(ds, [(0.05, 0.06), (0.1, 0.1)]))
    assert one_series(tmp_path).calibration is Calibration.NONE


def ultrasound(ds: Dataset, deltas: list[tuple[float, float]]) -> None:
    ds.Modality = "US"
    for name in ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(ds, name)
    ds.SequenceOfUltrasoundRegions = []
    for x, y in deltas:
        region = Dataset()
        region.RegionSpatialFormat = 1
        region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
        region.PhysicalDeltaX, region.PhysicalDeltaY = x, y
        ds.SequenceOfUltrasoundRegions.append(region)


def rotated(degrees: float) -> tuple[float, ...]:
    a = np.radians(degrees)
    b = np.radians(degrees / 2)
    u = np.array([np.cos(a), np.sin(a), 0.0])
    v = np.array([-np.sin(a) * np.cos(b), np.cos(a) * np.cos(b), np.sin(b)])
    return (*u.tolist(), *v.tolist())


@pytest.mark.parametrize(
    "cosines",
    [
        AXIAL,
        (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        (1.0, 0.0, 0.0, 0.0, 0.0, -1.0),
        (0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
        rotated(20.0),
        rotated(-50.0),
    ],
)
def test_affine_agrees_with_highdicom_and_simpleitk(
    tmp_path: Path, cosines: tuple[float, ...]
) -> None:
    positions = slice_positions(4, 2.5, cosines)
    files = write_slices(tmp_path, 4, positions=positions, orientation=cosines, step=2.5)
    affine = np.array(one_series(tmp_path).public_json()["affine"])
    image = sitk.ReadImage([str(f) for f in files])
    for index in [(0, 0, 0), (3, 0, 0), (0, 11, 0), (0, 0, 15), (2, 5, 7)]:
        k, i, j = index
        expected = image.TransformIndexToPhysicalPoint((j, i, k))
        np.testing.assert_allclose((affine @ (*index, 1))[:3], expected, atol=1e-4)
    for k, file in enumerate(files):
        ds = pydicom.dcmread(file)
        plane = highdicom.spatial.PixelToReferenceTransformer(
            image_position=ds.ImagePositionPatient,
            image_orientation=ds.ImageOrientationPatient,
            pixel_spacing=ds.PixelSpacing,
        )
        pixels = np.array([(0, 0), (15, 0), (0, 11), (7, 5)])  # column, row
        mine = [(affine @ (k, row, column, 1))[:3] for column, row in pixels]
        np.testing.assert_allclose(mine, plane(pixels), atol=1e-6)
