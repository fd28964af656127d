"""Pictures lie where their files say, and nowhere where they do not.

After https://github.com/Slicer/Slicer/issues/7496 (one position for many frames),
https://github.com/ivmartel/dwv/issues/952 (pixels that are not square) and
https://github.com/rii-mango/Daikon/issues/22 (Presentation LUT Shape).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import NuclearMedicineImageStorage

from tests.dicom.make import AXIAL, ct_slice, ramp, slice_positions, write, write_slices
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.volume import Volume
from tumorboard.imaging.windowing import GreyTable, default_window

Edit = Callable[[Dataset], object]
VALUES = np.abs(ramp(6, (12, 16)))


def loaded(series: Series) -> Volume:
    loader = VolumeLoader(series)
    loader.run()
    assert not loader.failures
    return loader.volume


def codes(series: Series) -> set[str]:
    return {c.code for c in series.caveats}


def frames(folder: Path, edit: Edit, count: int = 6) -> list[Series]:
    """One object of several frames with a single position at the top."""
    ds = ct_slice(VALUES[0], (-10.0, -20.0, 30.0))
    ds.NumberOfFrames, ds.PixelData = count, VALUES[:count].tobytes()
    edit(ds)
    write(ds, folder / "IM.dcm")
    return list(scan([folder]).series)


def shared_position(ds: Dataset) -> None:
    place, group = Dataset(), Dataset()
    place.ImagePositionPatient = ds.ImagePositionPatient
    group.PlanePositionSequence = [place]
    ds.SharedFunctionalGroupsSequence = [group]


ONE_POSITION: dict[str, Edit] = {
    "at the top": lambda ds: None,
    "with a step": lambda ds: setattr(ds, "SpacingBetweenSlices", 2),
    "in the shared group": shared_position,
}


@pytest.mark.parametrize("name", ONE_POSITION)
def test_frames_of_one_position_are_one_stack_without_places(tmp_path: Path, name: str) -> None:
    (series,) = frames(tmp_path, ONE_POSITION[name])
    assert (series.kind, series.slices) == ("stack", 6)
    assert "no-position" in codes(series)
    volume = loaded(series)
    assert not volume.is_placed
    np.testing.assert_array_equal(volume.voxels, VALUES)


def tomogram(
    step: float, orientation: tuple[float, ...] = AXIAL, vector: list[int] | None = None
) -> Edit:
    def edit(ds: Dataset) -> None:
        ds.Modality = "NM"
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = NuclearMedicineImageStorage
        ds.ImageType = ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]
        ds.SpacingBetweenSlices = step
        detector = Dataset()
        detector.ImagePositionPatient = ds.ImagePositionPatient
        detector.ImageOrientationPatient = list(orientation)
        ds.DetectorInformationSequence = [detector]
        if vector is not None:
            ds.SliceVector = vector
        del ds.ImagePositionPatient
        del ds.ImageOrientationPatient

    return edit


@pytest.mark.parametrize("step", [4.0, -4.0])
@pytest.mark.parametrize("orientation", [AXIAL, (1.0, 0, 0, 0, 0, -1.0)])
def test_slices_of_a_nuclear_tomogram_follow_along_the_normal(
    tmp_path: Path, step: float, orientation: tuple[float, ...]
) -> None:
    """PS3.3 section C.8.4.15: a positive step goes behind the first slice."""
    (series,) = frames(tmp_path, tomogram(step, orientation))
    volume = loaded(series)
    assert (series.kind, volume.is_placed) == ("volume", True)
    normal = np.cross(orientation[:3], orientation[3:])
    for k in range(6):
        place = np.array([-10.0, -20.0, 30.0]) + k * step * normal
        nearest = volume.stack.nearest_slice(place)
        np.testing.assert_allclose(volume.stack.origins[nearest], place)
        np.testing.assert_array_equal(volume.voxels[nearest], VALUES[k])


def test_the_slice_vector_says_which_slice_a_frame_is(tmp_path: Path) -> None:
    vector = [3, 1, 2, 6, 5, 4]
    (series,) = frames(tmp_path, tomogram(4.0, AXIAL, vector))
    volume = loaded(series)
    order = np.argsort(vector)
    np.testing.assert_array_equal(volume.voxels, VALUES[order])


def test_projections_of_a_gamma_camera_are_not_placed(tmp_path: Path) -> None:
    def edit(ds: Dataset) -> None:
        tomogram(4.0)(ds)
        ds.ImageType = ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]

    (series,) = frames(tmp_path, edit)
    assert (series.kind, loaded(series).is_placed) == ("stack", False)


@pytest.mark.parametrize(
    ("kind", "code"), [("MOSAIC", "mosaic"), ("PROJECTION IMAGE", "projection")]
)
def test_mosaics_and_projections_are_not_placed(tmp_path: Path, kind: str, code: str) -> None:
    def change(ds: Dataset, k: int) -> None:
        ds.Modality, ds.ImageType = "MR", ["ORIGINAL", "PRIMARY", "M", kind]

    write_slices(tmp_path, 3, change=change)
    (series,) = scan([tmp_path]).series
    assert code in codes(series)
    assert not loaded(series).is_placed


@pytest.mark.parametrize("step", [1.25, 0.75, 3.35, 0.625])
@pytest.mark.parametrize("orientation", [AXIAL, (1.0, 0, 0, 0, 0.8, 0.6)])
def test_positions_rounded_to_a_tenth_are_not_uneven(
    tmp_path: Path, step: float, orientation: tuple[float, ...]
) -> None:
    positions = np.round(slice_positions(40, step, orientation), 1)
    write_slices(tmp_path, 40, step=step, positions=positions, orientation=orientation)
    (series,) = scan([tmp_path]).series
    assert not codes(series) & {"uneven-spacing", "missing-slices"}


def test_slices_that_are_uneven_still_are(tmp_path: Path) -> None:
    positions = slice_positions(12, 2.0)
    positions[6:, 2] += 0.6
    write_slices(tmp_path, 12, positions=positions)
    (series,) = scan([tmp_path]).series
    assert "uneven-spacing" in codes(series)


# -- pixels that are not square, letters, polarity ------------------------------------------------


def flat(folder: Path, edit: Edit) -> Series:
    """A radiograph without a place in the patient."""
    ds = ct_slice(VALUES[0], (0.0, 0, 0))
    ds.Modality, ds.RescaleIntercept, ds.WindowCenter = "DX", 0, 150
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(ds, keyword)
    edit(ds)
    write(ds, folder / "IM.dcm")
    (series,) = scan([folder]).series
    return series


@pytest.mark.parametrize("aspect", [(2, 1), (4, 3), (1, 2), (5, 6)])
def test_angles_and_lengths_are_true_where_pixels_are_not_square(
    tmp_path: Path, aspect: tuple[int, int]
) -> None:
    series = flat(tmp_path, lambda ds: setattr(ds, "PixelAspectRatio", list(aspect)))
    volume = loaded(series)
    ratio = aspect[0] / aspect[1]
    assert "aspect-ratio" in codes(series)
    assert volume.stack.pixel_spacing == pytest.approx((ratio, 1.0))
    assert not volume.is_calibrated
    points = [volume.stack.to_lps([0, 0, 8.0]), volume.stack.to_lps([0, 0, 0.0])]
    points.append(volume.stack.to_lps([0, 8, 8.0]))
    reference = ImageReference("", volume.series_instance_uid, ("",), "", Plane.AXIAL)
    drawn = Annotation(
        *("2.25.1", Kind.ANGLE, tuple(tuple(map(float, p)) for p in points), (0.0, 0.0, 1.0)),
        *(reference, "test", "2026-01-01T00:00:00Z"),
    )
    degrees = measure(drawn, volume).quantities[0].value
    assert degrees == pytest.approx(np.degrees(np.arctan(ratio)), abs=0.5)


def test_a_pixel_spacing_goes_before_the_aspect(tmp_path: Path) -> None:
    def edit(ds: Dataset) -> None:
        ds.PixelSpacing, ds.PixelAspectRatio = [0.5, 0.5], [2, 1]

    series = flat(tmp_path, edit)
    assert loaded(series).stack.pixel_spacing == (0.5, 0.5)
    assert "aspect-ratio" not in codes(series)


def test_a_radiograph_has_the_letters_that_it_states(tmp_path: Path) -> None:
    volume = loaded(flat(tmp_path, lambda ds: setattr(ds, "PatientOrientation", ["L", "F"])))
    right, down = volume.stack.row_direction, volume.stack.column_direction
    letters = [volume.side_letters(d) for d in (right, -right, down, -down)]
    assert letters == ["L", "R", "F", "H"]
    assert volume.side_letters(right + down) == ""


@pytest.mark.parametrize("stated", [None, ["L"], ["LE", "RT"], ["", ""], ["X", "F"]])
def test_other_letters_are_not_guessed(tmp_path: Path, stated: list[str] | None) -> None:
    def edit(ds: Dataset) -> None:
        if stated is not None:
            ds.PatientOrientation = stated

    volume = loaded(flat(tmp_path, edit))
    assert volume.side_letters(volume.stack.row_direction) == ""


SHAPES = [
    ("MONOCHROME2", "", False),
    ("MONOCHROME1", "", True),
    ("MONOCHROME2", "IDENTITY", False),
    ("MONOCHROME2", "INVERSE", True),
    ("MONOCHROME1", "INVERSE", True),
    ("MONOCHROME1", "IDENTITY", False),
    ("MONOCHROME2", "SOMETHING", False),
]


@pytest.mark.parametrize(("photometric", "shape", "inverted"), SHAPES)
def test_the_presentation_shape_turns_grey_round(
    tmp_path: Path, photometric: str, shape: str, inverted: bool
) -> None:
    def edit(ds: Dataset) -> None:
        ds.PhotometricInterpretation = photometric
        if shape:
            ds.PresentationLUTShape = shape

    volume = loaded(flat(tmp_path, edit))
    image = volume.voxels[0]
    grey = GreyTable(volume, default_window(volume, image), inverted=False)(image)
    low, high = grey.reshape(-1)[image.argmin()], grey.reshape(-1)[image.argmax()]
    assert (low > high) == inverted
