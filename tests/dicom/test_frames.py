"""Attributes of a frame, from the header and from functional groups: known values in, same out."""

from __future__ import annotations

import math

import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import raw
from tumorboard.dicom.frames import FrameAttributes, frame_attributes
from tumorboard.imaging.geometry import Calibration


def dataset(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


PLAIN = {
    "ImagePositionPatient": [1, 2, 3],
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "PixelSpacing": [0.8, 0.7],
    "SliceThickness": 2.5,
    "RescaleSlope": 2,
    "RescaleIntercept": -1000,
    "RescaleType": "HU",
    "WindowCenter": 40,
    "WindowWidth": 400,
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
}


def of(modality: str = "CT", frame: int = 0, **changes: object) -> FrameAttributes:
    values = {k: v for k, v in {**PLAIN, **changes}.items() if v is not None}
    return frame_attributes(dataset(**values), frame, modality)


def test_a_plain_header_says_all_of_its_picture() -> None:
    found = of()
    assert (found.position, found.spacing) == ((1.0, 2.0, 3.0), (0.8, 0.7))
    assert found.orientation == (1, 0, 0, 0, 1, 0)
    assert (found.thickness, found.slope, found.intercept) == (2.5, 2.0, -1000.0)
    assert (found.unit, found.window, found.localizer) == ("HU", (40.0, 400.0), False)
    assert found.calibration is Calibration.PIXEL_SPACING
    assert (found.flaws, found.voi_function, found.voi_table) == ((), "", False)
    assert (found.regions, found.aspect, found.sides) == ((), None, ())


def groups(**sequences: dict[str, object]) -> Dataset:
    made = Dataset()
    for name, values in sequences.items():
        setattr(made, name, [dataset(**values)])
    return made


def enhanced(**changes: object) -> Dataset:
    header = dataset(NumberOfFrames=2, ImageType=["ORIGINAL", "PRIMARY"], **changes)
    header.SharedFunctionalGroupsSequence = [
        groups(
            PixelMeasuresSequence={"PixelSpacing": [0.5, 0.6], "SliceThickness": 4},
            PlaneOrientationSequence={"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
            PixelValueTransformationSequence={"RescaleSlope": 3, "RescaleIntercept": -7},
            FrameVOILUTSequence={
                "WindowCenter": 50,
                "WindowWidth": 350,
                "VOILUTFunction": "SIGMOID",
            },
        )
    ]
    header.PerFrameFunctionalGroupsSequence = [
        groups(PlanePositionSequence={"ImagePositionPatient": [0, 0, 5]}),
        groups(
            PlanePositionSequence={"ImagePositionPatient": [0, 0, 9]},
            PixelMeasuresSequence={"PixelSpacing": [0.9, 1.1], "SliceThickness": 6},
            PixelValueTransformationSequence={"RescaleSlope": 1, "RescaleIntercept": 0},
        ),
    ]
    return header


def test_frames_have_their_own_groups_and_else_those_of_all() -> None:
    first, second = (frame_attributes(enhanced(), n, "CT") for n in (0, 1))
    assert (first.position, second.position) == ((0, 0, 5), (0, 0, 9))
    assert (first.spacing, second.spacing) == ((0.5, 0.6), (0.9, 1.1))
    assert (first.thickness, second.thickness) == (4.0, 6.0)
    assert (first.slope, first.intercept) == (3.0, -7.0)
    assert (second.slope, second.intercept) == (1.0, 0.0)
    for found in (first, second):
        assert found.orientation == (0, 1, 0, 0, 0, -1)
        assert (found.window, found.voi_function) == ((50.0, 350.0), "SIGMOID")


def test_a_position_that_many_frames_share_places_none_but_of_masks() -> None:
    header = enhanced()
    header.PerFrameFunctionalGroupsSequence = [Dataset(), Dataset()]
    shared = header.SharedFunctionalGroupsSequence[0]
    shared.PlanePositionSequence = [dataset(ImagePositionPatient=[7, 8, 9])]
    assert frame_attributes(header, 1, "MR").position is None
    assert frame_attributes(header, 1, "SEG").position == (7, 8, 9)
    header.NumberOfFrames = 1
    assert frame_attributes(header, 0, "MR").position == (7, 8, 9)
    assert of(NumberOfFrames=2).position is None
    assert of(NumberOfFrames=1).position == (1, 2, 3)


def tomogram(step: float | None = 4.0, **changes: object) -> Dataset:
    header = dataset(
        NumberOfFrames=3, ImageType=["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"], **changes
    )
    if step is not None:
        header.SpacingBetweenSlices = step
    header.DetectorInformationSequence = [
        dataset(
            ImagePositionPatient=[10, 20, 30],
            ImageOrientationPatient=[0, 0.8, 0.6, 0, -0.6, 0.8],
        )
    ]
    return header


@pytest.mark.parametrize(
    ("step", "vector", "heights"),
    [
        (4.0, None, (10, 14, 18)),
        (-4.0, None, (10, 6, 2)),
        (4.0, [1, 2, 3], (10, 14, 18)),
        (4.0, [3, 1, 2], (18, 10, 14)),
    ],
)
def test_slices_of_a_tomogram_count_on_along_their_normal(
    step: float, vector: list[int] | None, heights: tuple[float, ...]
) -> None:
    """Rows (0, 0.8, 0.6) cross columns (0, -0.6, 0.8) run along x."""
    header = tomogram(step, **({} if vector is None else {"SliceVector": vector}))
    found = [frame_attributes(header, n, "NM") for n in range(3)]
    for attributes, x in zip(found, heights, strict=True):
        assert attributes.position == pytest.approx((x, 20, 30))
        assert attributes.orientation == (0, 0.8, 0.6, 0, -0.6, 0.8)


def test_a_tomogram_that_leans_goes_on_along_all_three_axes() -> None:
    header = tomogram(5.0)
    u, v, n = (0.36, 0.48, -0.8), (-0.8, 0.6, 0.0), (0.48, 0.64, 0.6)
    header.DetectorInformationSequence[0].ImageOrientationPatient = [*u, *v]
    found = frame_attributes(header, 2, "NM").position
    assert found == pytest.approx([p + 10 * w for p, w in zip((10, 20, 30), n, strict=True)])


def test_what_is_no_tomogram_is_placed_nowhere() -> None:
    assert frame_attributes(tomogram(None), 1, "NM").position is None
    assert frame_attributes(tomogram(0.0), 1, "NM").position is None
    two = tomogram()
    two.DetectorInformationSequence.append(dataset(ImagePositionPatient=[0, 0, 0]))
    assert frame_attributes(two, 1, "NM").position is None
    planar = tomogram()
    planar.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    assert frame_attributes(planar, 1, "NM").position is None
    unplaced = tomogram()
    del unplaced.DetectorInformationSequence[0].ImagePositionPatient
    assert frame_attributes(unplaced, 1, "NM").position is None


@pytest.mark.parametrize(
    ("kind", "flaw"), [("MOSAIC", "mosaic"), ("PROJECTION IMAGE", "projection")]
)
def test_pictures_whose_pixels_are_no_places_have_none(kind: str, flaw: str) -> None:
    found = of("MR", ImageType=["ORIGINAL", "PRIMARY", kind])
    assert found.position is None
    assert flaw in found.flaws


@pytest.mark.parametrize(("kind", "localizer"), [("LOCALIZER", True), ("AXIAL", False)])
def test_a_scout_is_known(kind: str, localizer: bool) -> None:
    assert of(ImageType=["ORIGINAL", "PRIMARY", kind]).localizer is localizer


@pytest.mark.parametrize(
    ("cosines", "taken"),
    [
        ([1, 0, 0, 0, 1, 0], True),
        ([1.0009, 0, 0, 0, 1, 0], True),
        ([1.0011, 0, 0, 0, 1, 0], False),
        ([1, 0, 0, 0, 0.9989, 0], False),
        ([1, 0, 0, 0.0009, 1, 0], True),
        ([1, 0, 0, 0.0011, 1, 0], False),
        ([1, 0, 0, -0.0011, 1, 0], False),
        ([0, 0, 0, 0, 0, 0], False),
        ([0.36, 0.48, -0.8, -0.8, 0.6, 0], True),
    ],
)
def test_cosines_may_be_rounded_and_no_more(cosines: list[float], taken: bool) -> None:
    found = of(ImageOrientationPatient=cosines)
    assert (found.orientation == tuple(cosines)) is taken
    assert ("bad-orientation" in found.flaws) is not taken
    assert of(ImageOrientationPatient=None).flaws == ()


@pytest.mark.parametrize(
    ("modality", "values", "spacing", "source"),
    [
        ("CT", {}, (0.8, 0.7), Calibration.PIXEL_SPACING),
        ("CT", {"ImagerPixelSpacing": [0.8, 0.7]}, (0.8, 0.7), Calibration.PIXEL_SPACING),
        ("DX", {"ImagerPixelSpacing": [0.8, 0.7]}, (0.8, 0.7), Calibration.IMAGER_SPACING),
        ("DX", {"ImagerPixelSpacing": [1.0, 0.9]}, (0.8, 0.7), Calibration.PIXEL_SPACING),
        (
            "DX",
            {"ImagerPixelSpacing": [0.8, 0.7], "PixelSpacingCalibrationType": "GEOMETRY"},
            (0.8, 0.7),
            Calibration.PIXEL_SPACING,
        ),
        ("DX", {}, (0.8, 0.7), Calibration.PIXEL_SPACING),
        (
            "DX",
            {"PixelSpacing": None, "ImagerPixelSpacing": [0.3, 0.2]},
            (0.3, 0.2),
            Calibration.IMAGER_SPACING,
        ),
        ("CT", {"PixelSpacing": [0, 0.7]}, None, Calibration.NONE),
        ("CT", {"PixelSpacing": [0.8, -0.7]}, None, Calibration.NONE),
        ("CT", {"PixelSpacing": None}, None, Calibration.NONE),
    ],
)
def test_a_spacing_rests_on_what_it_was_measured_on(
    modality: str,
    values: dict[str, object],
    spacing: tuple[float, float] | None,
    source: Calibration,
) -> None:
    found = of(modality, **values)
    assert (found.spacing, found.calibration) == (spacing, source)
    assert ("imager-spacing" in found.flaws) is (source is Calibration.IMAGER_SPACING)


@pytest.mark.parametrize(
    ("ratio", "spacing", "aspect"),
    [
        ([2, 1], None, (2.0, 1.0)),
        ([1, 2], None, (0.5, 1.0)),
        ([3, 3], None, None),
        ([0, 1], None, None),
        ([2, 1], [0.8, 0.7], None),  # the spacing tells more
    ],
)
def test_pixels_without_a_size_may_have_a_shape(
    ratio: list[int], spacing: list[float] | None, aspect: tuple[float, float] | None
) -> None:
    found = of("OT", PixelSpacing=spacing, PixelAspectRatio=ratio)
    assert found.aspect == aspect
    assert ("aspect-ratio" in found.flaws) is (aspect is not None)


@pytest.mark.parametrize(
    ("stated", "sides"),
    [
        (["L", "P"], ("L", "P")),
        (["LPH", "FA"], ("LPH", "FA")),
        (["L"], ()),
        (["L", "P", "H"], ()),
        (["L", "X"], ()),
        (["LEFT", "P"], ()),
        (["", "P"], ()),
    ],
)
def test_sides_are_letters_of_a_person(stated: list[str], sides: tuple[str, ...]) -> None:
    assert of("DX", PatientOrientation=stated).sides == sides


@pytest.mark.parametrize(
    ("centre", "width", "window"),
    [
        (40, 400, (40.0, 400.0)),
        ([50, 60], [350, 10], (50.0, 350.0)),
        (0, 1, (0.0, 1.0)),
        (40, 0, None),
        (40, -5, None),
        (None, 400, None),
        (40, None, None),
    ],
)
def test_the_first_window_counts(centre: object, width: object, window: object) -> None:
    assert of(WindowCenter=centre, WindowWidth=width).window == window


@pytest.mark.parametrize(
    ("function", "known"),
    [("SIGMOID", "SIGMOID"), ("LINEAR_EXACT", "LINEAR_EXACT"), ("LINEAR", "")],
)
def test_functions_of_a_window(function: str, known: str) -> None:
    assert of(VOILUTFunction=function).voi_function == known
    small = dataset(**PLAIN)
    raw(small, "VOILUTFunction", "sigmoid", "CS")
    assert frame_attributes(small, 0, "CT").voi_function == "SIGMOID"


def test_a_table_of_grey_levels_and_a_unit_that_is_missing_are_told() -> None:
    assert of(VOILUTSequence=[dataset(LUTExplanation="x")]).voi_table
    assert not of().voi_table
    assert "no-unit" not in of().flaws
    assert "no-unit" in of(RescaleType="US").flaws or of(RescaleType="US").unit
    bare = of(RescaleSlope=None)
    assert bare.unit == ""
    assert "no-unit" not in bare.flaws
    assert math.isfinite(bare.slope)
