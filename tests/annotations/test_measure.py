"""Golden values of every measurement on every kind of grid, against formulas and SimpleITK."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given
from hypothesis import strategies as st

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.kinds import REGIONS
from tumorboard.annotations.measure import measure, statistics_text
from tumorboard.annotations.model import ImageReference, Kind
from tumorboard.annotations.regions import region_histogram, region_section, region_values
from tumorboard.coding import (
    ANGLE,
    AREA,
    CRANIOCAUDAL,
    DIAMETER,
    LENGTH,
    LONG_AXIS,
    PATH_LENGTH,
    PERIMETER,
    SHORT_AXIS,
)
from tumorboard.imaging.calibrated import calibration_at
from tumorboard.imaging.geometry import Calibration, Caveat, Plane, SliceStack
from tumorboard.imaging.outlines import covers_itself
from tumorboard.imaging.slicing import cut, plane_axes
from tumorboard.imaging.view_cut import CutSpec, make_cut


def turned(axis: int, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    a, b = [(1, 2), (2, 0), (0, 1)][axis]
    matrix = np.eye(3)
    matrix[a, a], matrix[a, b], matrix[b, a], matrix[b, b] = c, -s, s, c
    return matrix


def stack(spacing=(1.0, 1.0), step=1.0, turn=None, tilt=0.0, positions=None) -> SliceStack:
    """A block of about 90 mm around the origin; ``tilt`` shears it as a tilted gantry does."""
    matrix = np.eye(3) if turn is None else turn
    rows, columns = (round(90 / s) for s in spacing)
    z = np.arange(round(90 / step)) * step if positions is None else positions
    right, down, normal = matrix.T
    if tilt:
        down = turned(0, tilt)[:, 1]
        normal = np.cross(right, down)
    drive = np.array([0.0, 0.0, 1.0]) if tilt else normal
    corner = -45 * right - 45 * down - (z[-1] / 2) * drive
    origins = corner + np.outer(z, drive / (drive @ normal) if tilt else drive)
    return SliceStack(origins, right, down, spacing, rows, columns)


GAPPED = np.delete(np.arange(0, 90, 2.0), [20, 21, 22])
GRIDS = {
    "isotropic": stack(),
    "anisotropic": stack((0.7, 1.3), 2.5),
    "oblique": stack((0.8, 1.1), 2.0, turned(0, 25) @ turned(2, 17)),
    "tilted": stack((0.9, 0.9), 2.0, tilt=18),
    "gapped": stack((1.0, 1.2), positions=GAPPED),
}
EVERY = [(name, plane) for name in GRIDS for plane in Plane]
RNG = np.random.default_rng(5)


def volume(name):
    grid = GRIDS[name]
    voxels = RNG.integers(-900, 1400, grid.shape, dtype=np.int16)
    return volume_of(grid, voxels, rescale_slope=1.25, rescale_intercept=-3.5)


VOLUMES = {name: volume(name) for name in GRIDS}


def drawn(name, kind, plane, **changes):
    """An annotation on a cut as the views show it, about the middle of the block.

    It lies off the pixels' centres, so that none is on a line.
    """
    grid = GRIDS[name]
    right, down = plane_axes(grid, plane)
    section = cut(VOLUMES[name], plane, grid.centre)
    middle = section.grid.to_lps(np.rint(section.grid.to_pixels(grid.centre)))
    middle = middle + 0.2137 * right + 0.3719 * down
    return annotation(kind, middle, right, down, plane, **changes)


def values(found):
    return {q.concept: q.value for q in found.quantities}


#: Complete elliptic integral of the second kind for a ratio of axes of 0.6, by quadrature.
_T = (np.arange(20_000) + 0.5) * np.pi / 40_000
QUARTER = np.sqrt(1 - (1 - 0.6**2) * np.sin(_T) ** 2).mean() * np.pi / 2
POLYGON_SIDES = 40 + 20 + 25 + 25 + 20
GOLDEN = {
    Kind.LENGTH: {LENGTH: 50},
    Kind.BIDIRECTIONAL: {LONG_AXIS: 60, SHORT_AXIS: 30},
    Kind.ANGLE: {ANGLE: 60},
    Kind.ELLIPSE: {AREA: np.pi * 20 * 12, PERIMETER: 80 * QUARTER},
    Kind.CIRCLE: {AREA: np.pi * 15**2, PERIMETER: 2 * np.pi * 15, DIAMETER: 30},
    Kind.RECTANGLE: {AREA: 800, PERIMETER: 120},
    Kind.POLYGON: {AREA: 800 + 300, PERIMETER: POLYGON_SIDES},
    Kind.PATH: {PATH_LENGTH: 12 * 5 + 11 * 3},
}


@pytest.mark.parametrize(("name", "plane"), EVERY)
def test_lengths_angles_and_areas_are_those_of_patient_space(name, plane):
    for kind, golden in GOLDEN.items():
        found = values(measure(drawn(name, kind, plane)))
        assert found.keys() == golden.keys(), kind
        for concept, value in golden.items():
            assert found[concept] == pytest.approx(value, abs=1e-6), (kind, concept)


@pytest.mark.parametrize("axes", [(40, 24), (100, 1), (10, 10), (7, 0.01)])
def test_the_way_round_an_ellipse_is_that_of_a_fine_polygon(axes):
    flat = ((-axes[0] / 2, 0), (axes[0] / 2, 0), (0, -axes[1] / 2), (0, axes[1] / 2))
    found = values(measure(annotation(Kind.ELLIPSE, flat=flat)))[PERIMETER]
    t = np.linspace(0, 2 * np.pi, 400_001)
    line = np.stack([axes[0] / 2 * np.cos(t), axes[1] / 2 * np.sin(t)], axis=1)
    assert found == pytest.approx(np.linalg.norm(np.diff(line, axis=0), axis=1).sum(), rel=1e-8)


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_the_craniocaudal_extent_is_along_the_patient(name, plane):
    found = drawn(name, Kind.CRANIOCAUDAL, plane)
    heights = [p[2] for p in found.points]
    assert values(measure(found))[CRANIOCAUDAL] == pytest.approx(abs(heights[1] - heights[0]))


@pytest.mark.parametrize(("name", "plane"), EVERY)
def test_values_equal_those_of_simpleitk_over_the_same_pixels(name, plane):
    shown = VOLUMES[name]
    for kind in sorted(REGIONS):
        region = drawn(name, kind, plane)
        ours = measure(region, shown).statistics
        section = region_section(region, shown)
        mask = mask_by_centres(region, section.grid)
        image = sitk.GetImageFromArray(np.ascontiguousarray(shown.values(section.image)))
        oracle = sitk.LabelStatisticsImageFilter()
        oracle.Execute(image, sitk.GetImageFromArray(mask.astype(np.uint8)))
        assert ours.count == oracle.GetCount(1), kind
        assert ours.mean == pytest.approx(oracle.GetMean(1), abs=1e-6)
        assert ours.sd == pytest.approx(oracle.GetSigma(1), abs=1e-6)
        assert ours.minimum == pytest.approx(oracle.GetMinimum(1), abs=1e-6)
        assert ours.maximum == pytest.approx(oracle.GetMaximum(1), abs=1e-6)
        inside = shown.values(section.image)[mask]
        expected = np.percentile(inside, [5, 50, 95])
        assert [ours.p5, ours.median, ours.p95] == pytest.approx(list(expected), abs=1e-6)
        assert ours.unit == "HU"


def mask_by_centres(region, grid):
    """Which pixel centres lie inside, one by one and by other arithmetic than the program's."""
    import cv2

    i, j = np.indices(grid.shape)
    if region.kind in (Kind.ELLIPSE, Kind.CIRCLE):
        a, b, c, d = (np.array(p) for p in region.points)
        offset = grid.to_lps(np.stack([i, j], axis=-1)) - (a + b) / 2
        first, second = (b - a) / 2, (d - c) / 2
        return (offset @ first) ** 2 / (first @ first) ** 2 + (offset @ second) ** 2 / (
            second @ second
        ) ** 2 <= 1
    pixels = grid.to_pixels(np.array(region.points))
    contour = pixels[:, ::-1].astype(np.float32)
    centres = zip(j.ravel().tolist(), i.ravel().tolist(), strict=True)
    inside = [cv2.pointPolygonTest(contour, centre, False) > 0 for centre in centres]
    return np.array(inside).reshape(grid.shape)


def test_values_on_a_turned_plane_are_read_on_that_plane():
    shown = VOLUMES["isotropic"]
    right, down = (1.0, 0.0, 0.0), tuple(turned(0, 30)[:, 1])
    middle = GRIDS["isotropic"].centre
    region = annotation(Kind.RECTANGLE, middle, right, down)
    section = make_cut(shown, CutSpec(Plane.AXIAL, right, down), middle)
    assert abs(region_section(region, shown).grid.normal @ section.grid.normal) > 1 - 1e-9
    found = region_values(region, shown)
    assert found.size == pytest.approx(800, rel=0.1)


def test_the_histogram_counts_every_pixel_once():
    shown = VOLUMES["isotropic"]
    region = drawn("isotropic", Kind.POLYGON, Plane.AXIAL)
    found = region_histogram(region, shown, bins=16)
    assert sum(found.counts) == measure(region, shown).statistics.count
    assert len(found.edges) == len(found.counts) + 1
    assert found.unit == "HU"


def test_outlines_side_by_side_share_no_pixel():
    shown = VOLUMES["isotropic"]
    grid = cut(shown, Plane.AXIAL, GRIDS["isotropic"].centre).grid
    corners = [((10, 10), (10, 20), (20, 20), (20, 10)), ((10, 20), (10, 31), (20, 31), (20, 20))]
    counts = [
        measure(
            annotation(Kind.POLYGON, points=tuple(map(tuple, grid.to_lps(np.array(c))))), shown
        ).statistics.count
        for c in corners
    ]
    assert counts == [100, 110]


def test_a_line_that_crosses_itself_says_so():
    flat = ((0, 0), (20, 20), (20, 0), (0, 20))
    found = measure(annotation(Kind.POLYGON, flat=flat))
    assert [c.code for c in found.caveats] == ["outline-crosses"]
    assert not measure(annotation(Kind.POLYGON)).caveats
    assert not measure(annotation(Kind.FREEHAND)).caveats


SQUARE = ((0, 0), (0, 20), (20, 20), (20, 0))


@pytest.mark.parametrize("kind", [Kind.POLYGON, Kind.FREEHAND])
@pytest.mark.parametrize(
    ("flat", "is_told"),
    [
        (SQUARE * 2, True),
        (SQUARE * 3, True),
        ((*SQUARE, (14, 0), (14, 6), (20, 6), (20, 0)), True),
        ((*SQUARE, (10, 0), (10, 10), (0, 10), (0, 0)), False),
        (SQUARE, False),
        (SQUARE[::-1], False),
        ((*SQUARE, (20, 0), (20, 0)), False),
        (((0, 0), (0, 20), (0, 26), (0, 20), (20, 20), (26, 20), (20, 20), (20, 0)), False),
        (((0, 0), (0, 20), (10, 12), (20, 20), (20, 0), (12, 4), (11, 9), (9, 3)), False),
    ],
)
def test_a_line_that_goes_round_a_part_twice_says_so(kind, flat, is_told):
    found = measure(annotation(kind, flat=flat))
    assert [c.code for c in found.caveats] == ["outline-crosses"] * is_told


@given(
    st.lists(st.floats(0.3, 1.0), min_size=4, max_size=60),
    st.booleans(),
)
def test_a_star_goes_round_once_and_twice_when_drawn_twice(radii, is_reversed):
    turn = 2 * np.pi * np.arange(len(radii)) / len(radii)
    star = np.array(radii)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]) * 30
    if is_reversed:
        star = star[::-1]
    star = np.column_stack([star, np.zeros(len(star))])
    assert not covers_itself(star)
    assert covers_itself(np.concatenate([star, star]))


def test_a_region_that_leaves_the_picture_says_so():
    shown = VOLUMES["isotropic"]
    grid = cut(shown, Plane.AXIAL, GRIDS["isotropic"].centre).grid
    rows, columns = grid.shape

    def codes(kind, *pixels):
        points = tuple(map(tuple, grid.to_lps(np.array(pixels, dtype=float))))
        return [c.code for c in measure(annotation(kind, points=points), shown).caveats]

    def circle(i, j, r):
        return (i, j - r), (i, j + r), (i - r, j), (i + r, j)

    assert codes(Kind.CIRCLE, *circle(10, 10, 5)) == []
    assert codes(Kind.CIRCLE, *circle(4.5, 10, 5)) == []
    assert codes(Kind.CIRCLE, *circle(2, 10, 5)) == ["leaves-picture"]
    assert codes(Kind.ELLIPSE, *circle(rows - 3, columns - 9, 5)) == ["leaves-picture"]
    square = ((-0.5, -0.5), (-0.5, 10), (10, 10), (10, -0.5))
    assert codes(Kind.RECTANGLE, *square) == []
    assert codes(Kind.POLYGON, *square, (-3, -0.5)) == ["leaves-picture"]


def ultrasound():
    grid = axial_stack(slices=1, rows=200, columns=300, spacing=(0.5, 0.5), origin=(0, 0, 0))
    return volume_of(
        grid,
        np.zeros(grid.shape, np.int16),
        unit="",
        calibration=Calibration.ULTRASOUND_REGION,
        calibrated_regions=((20, 40, 180, 260),),
    )


def reference(shown, points):
    calibration, scale = calibration_at(shown, points)
    return ImageReference("1", "1.2.3", (), "", Plane.AXIAL, calibration, scale)


@pytest.mark.parametrize(
    ("columns", "text", "source"),
    [
        ((60, 160), "5.0 cm", Calibration.ULTRASOUND_REGION),
        ((40, 260), "11.0 cm", Calibration.ULTRASOUND_REGION),
        ((10, 110), "100 px · uncalibrated", Calibration.NONE),
        ((5, 30), "25 px · uncalibrated", Calibration.NONE),
    ],
)
def test_ultrasound_is_calibrated_in_its_region_only(columns, text, source):
    shown = ultrasound()
    points = tuple(map(tuple, shown.stack.to_lps([[0, 100, c] for c in columns])))
    line = annotation(Kind.LENGTH, points=points, image=reference(shown, points))
    assert measure(line).text == text
    assert line.image.calibration is source


@pytest.mark.parametrize(
    ("source", "length", "area"),
    [
        (Calibration.PIXEL_SPACING, "5.0 cm", "8.0 cm²"),
        (Calibration.IMAGER_SPACING, "5.0 cm", "8.0 cm²"),
        (Calibration.NONE, "50 px · uncalibrated", "800 px² · uncalibrated"),
    ],
)
def test_number_unit_and_source_without_a_volume(source, length, area):
    image = ImageReference("1", "1.2.3", (), "", Plane.AXIAL, source)
    assert measure(annotation(Kind.LENGTH, image=image)).text == length
    assert measure(annotation(Kind.RECTANGLE, image=image)).text == area
    assert measure(annotation(Kind.ANGLE, image=image)).text == "60°"


def test_a_known_length_answers_the_caveats_of_the_file():
    caveats = (Caveat("uncalibrated", "No spacing"), Caveat("lossy", "Lossy"))
    image = ImageReference("1", "1.2.3", (), "", Plane.AXIAL, Calibration.USER, 0.4)
    found = measure(annotation(Kind.LENGTH, image=image, caveats=caveats))
    assert found.text == "2.0 cm"
    assert [c.code for c in found.caveats] == ["lossy", "user-calibration"]
    square = measure(annotation(Kind.RECTANGLE, image=image))
    assert square.quantities[0].value == pytest.approx(800 * 0.16)


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("HU", "mean 41 ± 12 HU (3 to 90)"),
        ("SUVbw", "mean 41.3 ± 12.0 SUVbw (3.0 to 90.0)"),
        ("", "mean 41.3 ± 12 stored value (3 to 90)"),
    ],
)
def test_values_carry_their_unit(unit, words):
    shown = measure(drawn("isotropic", Kind.CIRCLE, Plane.AXIAL), VOLUMES["isotropic"]).statistics
    found = replace(shown, mean=41.3, sd=12.0, minimum=3, maximum=90, unit=unit)
    assert statistics_text(found) == words


def test_the_probe_reads_the_voxel_under_it():
    shown = VOLUMES["anisotropic"]
    place = shown.stack.to_lps([10, 30, 20])
    probe = annotation(Kind.PROBE, points=(tuple(place + [0.3, 0.2, 0]),))
    value = shown.value_at((10, 30, 20))
    assert measure(probe, shown).text.startswith(f"{value:.0f} HU · ")
    assert "mm" in measure(probe).text
    assert "HU" not in measure(probe).text


def test_caveats_never_contradict_what_a_length_rests_on():
    region = Caveat("ultrasound-region", "Calibrated by the ultrasound machine.")
    none = Caveat("uncalibrated", "No pixel size is given.")
    lossy = Caveat("lossy", "Compressed.")

    def codes(kind, source, *caveats):
        drawn = annotation(kind, caveats=caveats)
        drawn = replace(drawn, known_mm=50.0, image=replace(drawn.image, calibration=source))
        return [c.code for c in measure(drawn).caveats]

    inside = codes(Kind.LENGTH, Calibration.ULTRASOUND_REGION, region, lossy)
    assert inside == ["ultrasound-region", "lossy"]
    assert codes(Kind.LENGTH, Calibration.NONE, region, lossy) == ["uncalibrated", "lossy"]
    # A known length is what a reader said: nothing of the file limits it.
    assert codes(Kind.CALIBRATION, Calibration.NONE, none, lossy) == ["lossy"]
    assert codes(Kind.LENGTH, Calibration.USER, none) == ["user-calibration"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.LENGTH, "5.0 cm"),
        (Kind.BIDIRECTIONAL, "6.0 × 3.0 cm"),
        (Kind.CRANIOCAUDAL, "0.0 cm"),
        (Kind.ANGLE, "60°"),
        (Kind.ELLIPSE, "7.5 cm²"),
        (Kind.CIRCLE, "⌀ 3.0 cm · 7.1 cm²"),
        (Kind.RECTANGLE, "8.0 cm²"),
        (Kind.POLYGON, "11.0 cm²"),
        (Kind.PATH, "polyline length 9.3 cm"),
        (Kind.ARROW, ""),
        (Kind.TEXT, ""),
        (Kind.VESSEL_LEVEL, ""),
    ],
)
def test_each_drawing_says_its_values_in_one_line(kind, text):
    assert measure(annotation(kind)).text == text


def test_a_known_length_says_what_was_stated_whatever_the_image():
    drawn = replace(annotation(Kind.CALIBRATION), known_mm=25.4)
    assert measure(drawn).text == "2.5 cm"
    bare = replace(drawn.image, calibration=Calibration.NONE, scale=3.0)
    assert measure(replace(drawn, image=bare)).text == "2.5 cm"


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_without_calibration_all_is_in_pixels_by_the_scale(scale):
    def text(kind, **changes):
        image = ImageReference("1", "1.2.3", (), "", Plane.AXIAL, Calibration.NONE, scale)
        return measure(annotation(kind, image=image, **changes)).text

    px = [round(v * scale) for v in (60, 30)]
    assert text(Kind.BIDIRECTIONAL) == f"{px[0]} × {px[1]} px · uncalibrated"
    area = round(np.pi * 15**2 * scale**2)
    assert text(Kind.CIRCLE) == f"⌀ {round(30 * scale)} px · {area} px² · uncalibrated"
    assert text(Kind.ANGLE) == "60°"
    image = ImageReference("1", "1.2.3", (), "", Plane.AXIAL, Calibration.USER, scale)
    found = values(measure(annotation(Kind.ELLIPSE, image=image)))
    assert found[AREA] == pytest.approx(np.pi * 240 * scale**2)
    assert found[PERIMETER] == pytest.approx(80 * QUARTER * scale)
    path = values(measure(annotation(Kind.PATH, image=image)))
    assert path[PATH_LENGTH] == pytest.approx(93 * scale)
    outlined = values(measure(annotation(Kind.POLYGON, image=image)))
    assert outlined[PERIMETER] == pytest.approx(POLYGON_SIDES * scale)
    upright = annotation(Kind.CRANIOCAUDAL, points=((0, 0, 5), (9, 9, 25)), image=image)
    assert values(measure(upright))[CRANIOCAUDAL] == pytest.approx(20 * scale)


def test_a_value_in_mm_is_given_only_where_it_is_one():
    drawn = measure(annotation(Kind.BIDIRECTIONAL))
    assert drawn.value_mm(LONG_AXIS) == pytest.approx(60)
    assert drawn.value_mm(SHORT_AXIS) == pytest.approx(30)
    assert drawn.value_mm(LENGTH) is None
    image = ImageReference("1", "1.2.3", (), "", Plane.AXIAL, Calibration.NONE)
    assert measure(annotation(Kind.LENGTH, image=image)).value_mm(LENGTH) is None
    assert measure(annotation(Kind.ANGLE)).value_mm(ANGLE) is None


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ((12.3, 45.6, 102.1), "L 12.3 P 45.6 H 102.1 mm"),
        ((-12.34, -45.0, -0.1), "R 12.3 A 45.0 F 0.1 mm"),
        ((0.0, 0.0, 0.0), "L 0.0 P 0.0 H 0.0 mm"),
    ],
)
def test_a_place_in_the_patient_is_told_by_sides(point, words):
    probe = annotation(Kind.PROBE, points=(point,))
    assert measure(probe).text == words
    bare = replace(probe, image=replace(probe.image, calibration=Calibration.NONE))
    assert measure(bare).text == ""


def test_a_probe_says_what_it_can():
    grid = axial_stack(slices=3, rows=20, columns=30, spacing=(1.0, 1.0), origin=(0, 0, 0))
    voxels = np.full(grid.shape, 7, np.int16)
    voxels[0, 5, 5] = -2000
    shown = volume_of(grid, voxels, padding=-2000.0)

    def at(x, y, z=0.0, volume=shown):
        return measure(annotation(Kind.PROBE, points=((x, y, z),)), volume).text

    assert at(4.4, 3.6) == "7 HU · L 4.4 P 3.6 H 0.0 mm"
    assert at(5.4, 4.6) == "outside the image"
    assert at(99.0, 3.0) == "L 99.0 P 3.0 H 0.0 mm"  # off the picture
    unplaced = replace(shown, caveats=(Caveat("no-position", ""),))
    assert at(4.0, 3.0, volume=unplaced) == "7 HU"
    other = replace(shown, series_instance_uid="1.2.4")
    assert at(4.0, 3.0, volume=other) == "L 4.0 P 3.0 H 0.0 mm"
    bare = annotation(Kind.PROBE, points=((4.0, 3.0, 0.0),))
    bare = replace(bare, image=replace(bare.image, calibration=Calibration.NONE))
    assert measure(bare, shown).text == "7 HU"
    assert "HU" not in measure(annotation(Kind.LENGTH), shown).text


def test_values_of_a_region_are_read_only_on_its_own_pictures_when_they_are_there():
    shown = VOLUMES["isotropic"]
    region = drawn("isotropic", Kind.CIRCLE, Plane.AXIAL)
    text = measure(region, shown).text
    assert text.startswith("⌀ 3.0 cm · 7.1 cm² · mean ")
    assert measure(region).statistics is None
    other = replace(shown, series_instance_uid="1.2.4")
    assert measure(region, other).statistics is None
    part = volume_of(shown.stack, shown.voxels)
    part.loaded[5] = False  # another slice
    assert measure(region, part).statistics is not None
    coronal = drawn("isotropic", Kind.CIRCLE, Plane.CORONAL)
    assert measure(coronal, part).statistics is None
    assert region_values(annotation(Kind.LENGTH), shown) is None
    k = shown.stack.nearest_slice(region.points[0])
    part.loaded[k] = False
    assert measure(region, part).statistics is None
    part.loaded[k] = True
    assert measure(region, part).statistics is not None
