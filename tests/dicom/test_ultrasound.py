"""What is measured inside and outside of the regions of an ultrasound picture."""

import json
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import write_slices
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, ImageReference, Kind, as_point
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.imaging.calibrated import calibration_at
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.imaging.volume import Volume

#: (first row, first column, last row, last column) and (column, row) steps in cm.
LARGE = ((4, 3, 40, 50), (0.02, 0.05))
SMALL = ((45, 10, 60, 40), (0.1, 0.1))


def ultrasound(ds: Dataset, regions) -> None:
    ds.Modality = "US"
    for name in ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(ds, name)
    ds.SequenceOfUltrasoundRegions = []
    for (top, left, bottom, right), (x, y) in regions:
        region = Dataset()
        region.RegionSpatialFormat = 1
        region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
        region.PhysicalDeltaX, region.PhysicalDeltaY = x, y
        region.RegionLocationMinX0, region.RegionLocationMinY0 = left, top
        region.RegionLocationMaxX1, region.RegionLocationMaxY1 = right, bottom
        ds.SequenceOfUltrasoundRegions.append(region)


def read(folder: Path, *regions, count: int = 1) -> Volume:
    write_slices(folder, count, shape=(64, 70), change=lambda ds, _: ultrasound(ds, regions))
    (series,) = scan([folder]).series
    stored = Series.from_json(json.loads(json.dumps(series.to_json())))
    loader = VolumeLoader(stored)
    loader.run()
    return loader.volume


def length(volume: Volume, start: tuple[int, int], end: tuple[int, int]) -> tuple[float, str]:
    """Number and unit of a length between two (row, column)."""
    points = volume.stack.to_lps([[0, *start], [0, *end]])
    calibration, scale = calibration_at(volume, points)
    image = ImageReference("1", volume.series_instance_uid, (), "", Plane.AXIAL, calibration, scale)
    ends = tuple(as_point(p) for p in points)
    drawn = Annotation("1", Kind.LENGTH, ends, (0.0, 0.0, 1.0), image, "Dr Test", "")
    (found,) = measure(drawn, volume).quantities
    return found.value, found.unit


def test_inside_a_region_are_millimetres_and_outside_pixels(tmp_path: Path) -> None:
    volume = read(tmp_path, LARGE)
    assert volume.calibration is Calibration.ULTRASOUND_REGION
    assert volume.calibrated_regions == (LARGE[0],)
    assert length(volume, (5, 5), (35, 5)) == (pytest.approx(30 * 0.5), "mm")
    assert length(volume, (5, 5), (5, 45)) == (pytest.approx(40 * 0.2), "mm")
    assert length(volume, (4, 3), (40, 50))[1] == "mm"
    assert length(volume, (5, 5), (41, 5))[1] == "px"
    assert length(volume, (50, 5), (60, 5))[1] == "px"


def test_the_largest_region_calibrates_and_another_spacing_counts_nowhere(tmp_path: Path) -> None:
    volume = read(tmp_path, SMALL, LARGE)
    assert volume.stack.pixel_spacing == pytest.approx((0.5, 0.2))
    assert volume.calibrated_regions == (LARGE[0],)
    assert length(volume, (46, 15), (56, 15))[1] == "px"


def test_regions_of_one_spacing_do_not_join(tmp_path: Path) -> None:
    second = ((45, 10, 60, 40), LARGE[1])
    volume = read(tmp_path, LARGE, second)
    assert length(volume, (46, 15), (56, 15)) == (pytest.approx(5.0), "mm")
    assert length(volume, (30, 15), (56, 15))[1] == "px"


def test_a_region_is_cut_to_its_picture_and_one_outside_says_nothing(tmp_path: Path) -> None:
    beyond = ((4, 3, 400, 500), LARGE[1])
    assert read(tmp_path / "a", beyond).calibrated_regions == ((4, 3, 63, 69),)
    outside = ((100, 100, 120, 120), SMALL[1])
    assert read(tmp_path / "b", outside, LARGE).calibrated_regions == (LARGE[0],)


#: A spectrum: seconds along it, cm/s across (PS3.3 section C.8.5.5.1.15).
def spectrum(top: int, left: int, bottom: int, right: int, flags: int = 0) -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionFlags = 3, flags
    region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection = 4, 7
    region.PhysicalDeltaX, region.PhysicalDeltaY = 0.01, 0.5
    region.RegionLocationMinX0, region.RegionLocationMinY0 = left, top
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = right, bottom
    return region


def with_spectrum(folder: Path, box, regions=(LARGE,), spacing=None, flags: int = 0) -> Volume:
    def change(ds: Dataset, _: int) -> None:
        ultrasound(ds, regions)
        ds.SequenceOfUltrasoundRegions.append(spectrum(*box, flags))
        if spacing is not None:
            ds.PixelSpacing = list(spacing)

    write_slices(folder, 1, shape=(64, 70), change=change)
    (series,) = scan([folder]).series
    loader = VolumeLoader(series)
    loader.run()
    return loader.volume


@pytest.mark.parametrize("spacing", [None, (0.5, 0.2)])
def test_a_spectrum_is_measured_in_pixels_wherever_it_lies(tmp_path: Path, spacing) -> None:
    volume = with_spectrum(tmp_path, (20, 10, 30, 40), spacing=spacing)
    assert length(volume, (10, 10), (10, 30)) == (pytest.approx(4.0), "mm")
    assert length(volume, (25, 15), (25, 35))[1] == "px"  # in it
    assert length(volume, (10, 15), (38, 15))[1] == "px"  # across it
    assert length(volume, (35, 10), (35, 30)) == (pytest.approx(4.0), "mm")  # below it


def test_a_spectrum_below_the_tissue_takes_nothing_from_it(tmp_path: Path) -> None:
    volume = with_spectrum(tmp_path, (20, 10, 30, 40), flags=1)
    assert length(volume, (25, 15), (25, 35)) == (pytest.approx(4.0), "mm")


def test_tissue_of_another_scale_over_the_first_is_not_measured_by_it(tmp_path: Path) -> None:
    inset = ((20, 10, 30, 40), (0.1, 0.1))
    volume = read(tmp_path, LARGE, inset)
    assert length(volume, (25, 15), (25, 35))[1] == "px"
    assert length(volume, (10, 10), (10, 30)) == (pytest.approx(4.0), "mm")


def test_a_pixel_spacing_that_the_regions_deny_is_told(tmp_path: Path) -> None:
    volume = with_spectrum(tmp_path, (55, 10, 60, 40), spacing=(1.0, 1.0))
    assert length(volume, (10, 10), (10, 30)) == (pytest.approx(4.0), "mm")
    assert "spacing-contradiction" in {c.code for c in volume.caveats}


def test_a_pixel_spacing_without_tissue_to_measure_says_nothing(tmp_path: Path) -> None:
    volume = with_spectrum(tmp_path, (10, 10, 60, 60), regions=(), spacing=(0.2, 0.2))
    assert length(volume, (25, 15), (25, 35))[1] == "px"


def test_a_region_without_units_takes_nothing_away(tmp_path: Path) -> None:
    volume = with_spectrum(tmp_path, (0, 0, 63, 69))
    assert length(volume, (25, 15), (25, 35))[1] == "px"

    def silent(ds: Dataset, _: int) -> None:
        ultrasound(ds, (LARGE,))
        empty = spectrum(0, 0, 63, 69)
        empty.RegionSpatialFormat = 0
        empty.PhysicalUnitsXDirection = empty.PhysicalUnitsYDirection = 0
        ds.SequenceOfUltrasoundRegions.insert(0, empty)

    write_slices(tmp_path / "silent", 1, shape=(64, 70), change=silent)
    (series,) = scan([tmp_path / "silent"]).series
    loader = VolumeLoader(series)
    loader.run()
    assert length(loader.volume, (25, 15), (25, 35)) == (pytest.approx(4.0), "mm")
