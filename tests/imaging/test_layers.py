"""Masks and contours of others on any cut, against analytic solids."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.isolines import borders
from tumorboard.imaging.layers import (
    Layer,
    lies_within,
    moved_grid,
    region_layer,
    segment_layer,
)
from tumorboard.imaging.mask_diameters import resampled_on
from tumorboard.imaging.mask_model import Mask, slice_extents_mm
from tumorboard.imaging.mask_placement import mask_on
from tumorboard.imaging.oblique import plane_through, turned
from tumorboard.imaging.overlay import Contour, Region, Segment

CENTRE, RADIUS = np.array([3.0, -4.0, 6.0]), 24.0
STACK = SliceStack(
    np.outer(np.arange(40) * 2.0 - 34, [0, 0, 1.0]) + [-40.0, -45.0, 0.0],
    np.array([1.0, 0, 0]),
    np.array([0, 1.0, 0]),
    (1.0, 0.8),
    90,
    110,
)


def ball(slices=slice(None)) -> Segment:
    index = np.moveaxis(np.indices(STACK.shape), 0, -1)
    mask = np.linalg.norm(STACK.to_lps(index) - CENTRE, axis=-1) <= RADIUS
    kept = np.flatnonzero(mask.any(axis=(1, 2)))[slices]
    part = SliceStack(STACK.origins[kept], *vars_of(STACK))
    return Segment(1, "ball", (255, 0, 0), mask[kept], part)


def outline_area(line) -> float:
    y, x = line.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def vars_of(stack):
    return (
        *(stack.row_direction, stack.column_direction, stack.pixel_spacing),
        *(stack.rows, stack.columns),
    )


def rings() -> Region:
    """The same ball as circles with a round hole, every 2 mm."""
    t = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    contours = []
    for z in np.arange(-22, 23, 2.0):
        for r in (np.sqrt(RADIUS**2 - z**2), 5.0):
            circle = np.stack([r * np.cos(t), r * np.sin(t), np.full_like(t, z)], 1)
            contours.append(Contour(circle + CENTRE))
    return Region(2, "shell", (0, 255, 0), "GTV", tuple(contours))


def cuts():
    """A slice, a coronal, a sagittal and two oblique planes, each (right, down)."""
    u, v, w = np.eye(3)
    tilted = turned(np.array([u, v]), [1, 2, 0.5], 35)
    return {
        "axial": (u, v),
        "coronal": (u, -w),
        "sagittal": (v, -w),
        "oblique": (tilted[0], tilted[1]),
        "flipped": (-u, v),
    }


@pytest.mark.parametrize("name", cuts())
@pytest.mark.parametrize("away", [0.0, 9.5, -17.0])
def test_a_ball_is_a_circle_on_every_cut(name, away):
    right, down = cuts()[name]
    normal = np.cross(right, down)
    grid = plane_through(STACK, CENTRE + away * normal, right, down, spacing=0.7)
    (line, closed), *more = segment_layer(ball(), 2.0).lines(grid)
    assert closed
    assert more == []
    radius = np.linalg.norm(grid.to_lps(line) - (CENTRE + away * normal), axis=1)
    expected = np.sqrt(RADIUS**2 - away**2)
    # Within a voxel of the true surface, and right on it in the mean.
    steep = 1.3 if name in ("axial", "flipped") else 2.3
    np.testing.assert_allclose(radius, expected, atol=steep)
    area = outline_area(line) * 0.7**2
    assert abs(area) == pytest.approx(np.pi * expected**2, rel=0.06)


def test_a_slab_shows_the_widest_part():
    grid = plane_through(STACK, CENTRE + [0, 0, 12.0], *cuts()["axial"], spacing=0.7)
    ((line, _),) = segment_layer(ball(), 2.0).lines(grid, slab_mm=24.0)
    assert abs(outline_area(line)) * 0.7**2 == pytest.approx(np.pi * RADIUS**2, rel=0.03)


@pytest.mark.parametrize("layer", [segment_layer(ball(), 2.0), region_layer(rings(), STACK)])
def test_the_volume_is_that_of_the_solid(layer):
    solid = 4 / 3 * np.pi * RADIUS**3
    hole = 0 if layer.contours == () else 2 * np.pi * 25 * 23
    assert layer.volume_ml == pytest.approx((solid - hole) / 1000, rel=0.02)


def test_contours_that_cross_have_no_volume():
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)

    def circle(z: float, x: float = 0.0) -> Contour:
        flat = [8 * np.cos(t) + x, 8 * np.sin(t), np.full_like(t, z)]
        return Contour(np.stack(flat, 1) + CENTRE)

    def eight(z: float) -> Contour:
        flat = [8 * np.sin(2 * t), 8 * np.sin(t), np.full_like(t, z)]
        return Contour(np.stack(flat, 1) + CENTRE)

    heights = np.arange(0, 9, 2.0)
    crossing = [circle(z, x) for z in heights for x in (0.0, 8.0)]
    apart = [circle(z, x) for z in heights for x in (0.0, 30.0)]
    for contours, words in (
        ([eight(z) for z in heights], "cross"),
        (crossing, "cross"),
        (apart, ""),
    ):
        layer = region_layer(Region(1, "x", (0, 255, 0), "", tuple(contours)), STACK)
        assert words in layer.no_volume
        assert (layer.volume_ml is None) == bool(words)


def test_contours_far_apart_count_by_their_own_step_or_not_at_all():
    t = np.linspace(0, 2 * np.pi, 90, endpoint=False)

    def circles(*heights: float) -> Region:
        rings = [
            np.stack([8 * np.cos(t), 8 * np.sin(t), np.full_like(t, z)], 1) + CENTRE
            for z in heights
        ]
        return Region(1, "x", (0, 255, 0), "", tuple(map(Contour, rings)))

    area = np.pi * 8**2 / 1000
    assert region_layer(circles(0, 5, 10), STACK).volume_ml == pytest.approx(15 * area, rel=0.01)
    assert region_layer(circles(0, 2), STACK).volume_ml == pytest.approx(4 * area, rel=0.01)
    assert region_layer(circles(0), STACK).volume_ml == pytest.approx(2 * area, rel=0.01)
    far = region_layer(circles(0, 10), STACK)
    assert far.volume_ml is None
    assert "far apart" in far.no_volume


def test_slices_far_apart_do_not_join():
    layer = segment_layer(ball(slice(0, 23, 11)), 2.0)
    between = plane_through(STACK, CENTRE + [0, 0, 11.0], *cuts()["axial"])
    assert layer.lines(between) == []
    coronal = plane_through(STACK, CENTRE, *cuts()["coronal"], spacing=0.5)
    assert len(layer.lines(coronal)) == 3
    alone = segment_layer(ball(slice(11, 12)), 2.0)
    assert alone.volume_ml == pytest.approx(np.pi * RADIUS**2 * 2 / 1000, rel=0.02)


def test_contours_are_shown_as_drawn_on_their_slice_and_filled_across():
    layer = region_layer(rings(), STACK)
    grid = plane_through(STACK, CENTRE + [0, 0, 4.3], *cuts()["axial"], spacing=1.0)
    lines = layer.lines(grid)
    assert len(lines) == 2
    drawn = np.linalg.norm(grid.to_lps(lines[0][0])[:, :2] - CENTRE[:2], axis=1)
    np.testing.assert_allclose(drawn, np.sqrt(RADIUS**2 - 16), atol=1e-9)
    coronal = plane_through(STACK, CENTRE, *cuts()["coronal"], spacing=0.5)
    areas = sorted(abs(outline_area(p)) * 0.25 for p, _ in layer.lines(coronal))
    # One ball without the tunnel that runs along it: two halves.
    tunnel = 10 * 46
    assert sum(areas) == pytest.approx(np.pi * RADIUS**2 - tunnel, rel=0.05)
    assert layer.lines(plane_through(STACK, CENTRE + [0, 0, 30.0], *cuts()["axial"])) == []


def test_what_lies_elsewhere_is_told():
    layer = segment_layer(ball(), 2.0)
    assert lies_within(layer, STACK, np.zeros(3))
    assert not lies_within(layer, STACK, np.array([300.0, 0, 0]))
    assert not lies_within(Layer(None), STACK, np.zeros(3))
    shift = np.array([5.0, 0, 0])
    grid = plane_through(STACK, CENTRE, *cuts()["axial"], spacing=1.0)
    ((here, _),) = layer.lines(grid)
    ((there, _),) = layer.lines(moved_grid(grid, shift))
    assert there[:, 1].mean() - here[:, 1].mean() == pytest.approx(5.0, abs=0.1)


@pytest.mark.parametrize(
    ("corners", "expected"),
    [((255, 0, 0, 255), 2), ((200, 100, 100, 200), 1), ((100, 200, 200, 100), 1)],
)
def test_where_two_pixels_touch_at_a_corner_the_mean_decides(corners, expected):
    image = np.array(corners, np.uint8).reshape(2, 2)
    assert len(borders(image)) == expected


def test_lines_are_closed_and_go_round_the_pixels_once():
    rng = np.random.default_rng(4)
    for share in (0.2, 0.5, 0.8):
        mask = (rng.random((17, 23)) < share).astype(np.uint8) * 255
        for line in borders(mask):
            steps = np.abs(line - np.roll(line, 1, axis=0)).max(axis=1)
            assert (steps <= 1.0).all()
            assert len(np.unique(line, axis=0)) == len(line)
    ring = np.full((7, 7), 255, np.uint8)
    ring[3, 3] = 0
    assert sorted(len(line) for line in borders(ring)) == [4, 28]


def test_a_grid_that_the_mask_reaches_beyond():
    grid = plane_through(axial_stack(origin=(0.0, -10.0, -20.0)), CENTRE, *cuts()["axial"])
    for line, closed in segment_layer(ball(), 2.0).lines(grid):
        assert closed
        assert np.isfinite(line).all()


IMAGES = SliceStack(STACK.origins, *vars_of(STACK))


def boxes(slices: list[int], stack: SliceStack = IMAGES, **changes) -> Segment:
    """A box of 10 x 12 voxels on some slices of a stack."""
    mask = np.zeros((len(slices), stack.rows, stack.columns), bool)
    mask[:, 20:30, 40:52] = True
    part = SliceStack(stack.origins[slices], *vars_of(stack))
    return Segment(1, "box", (0, 0, 255), mask, part, **changes)


UNEVEN = axial_stack(slices=6, positions=np.array([0.0, 2, 4, 7, 9, 14]))
SPARSE = {
    "every second slice": (boxes([4, 6, 8, 10]), IMAGES),
    "every third slice": (boxes([4, 7, 10]), IMAGES),
    "two islands": (boxes([4, 5, 20, 21]), IMAGES),
    "one slice": (boxes([9]), IMAGES),
    "a hole": (boxes([3, 4, 6, 7, 8]), IMAGES),
    "uneven slices": (
        Segment(
            1,
            "box",
            (0, 0, 255),
            np.pad(np.ones((3, 10, 12), bool), ((0, 0), (5, 15), (6, 22))),
            SliceStack(UNEVEN.origins[[1, 3, 5]], *vars_of(UNEVEN)),
        ),
        UNEVEN,
    ),
}


@pytest.mark.parametrize("name", SPARSE)
def test_one_segmentation_has_one_volume(name):
    """https://github.com/QIICR/dcmqi/issues/449, https://github.com/OHIF/Viewers/issues/2833."""
    segment, images = SPARSE[name]
    measured = mask_on(segment, images)
    voxels = sum(
        measured.voxels[k].sum() * slice_extents_mm(images)[measured.origin[0] + k]
        for k in range(len(measured.voxels))
    )
    expected = voxels * images.pixel_spacing[0] * images.pixel_spacing[1] / 1000
    layer = segment_layer(segment, images.slice_spacing, images)
    assert layer.volume_ml == pytest.approx(expected)
    held = layer.mask
    assert held is not None
    adopted = resampled_on(Mask.of(held.voxels > 127, held.stack), images)
    assert adopted.volume_ml == pytest.approx(expected)
    assert measured.volume_ml == pytest.approx(expected)


def test_a_segment_of_thicker_slices_fills_those_between():
    """A mask made on 6 mm slices, shown on the same patient's 2 mm ones."""
    thick = boxes([4, 7, 10], step=6.0)
    expected = 3 * 6.0 * 10 * 12 * 1.0 * 0.8 / 1000
    assert segment_layer(thick, 2.0, IMAGES).volume_ml == pytest.approx(expected)
    assert mask_on(thick, IMAGES).volume_ml == pytest.approx(expected)


def test_contours_across_the_slices_have_their_volume_or_a_reason():
    places = np.arange(-RADIUS + 1, RADIUS, 2.0)
    t = np.linspace(0, 2 * np.pi, 180, endpoint=False)

    def ring(x: float, axis: int) -> Contour:
        r = np.sqrt(RADIUS**2 - x**2)
        flat = [r * np.cos(t), r * np.sin(t)]
        flat.insert(axis, np.full_like(t, x))
        return Contour(np.stack(flat, 1) + CENTRE)

    for axis in range(3):
        region = Region(3, "ball", (0, 255, 0), "GTV", tuple(ring(x, axis) for x in places))
        layer = region_layer(region, STACK)
        assert layer.volume_ml == pytest.approx(4 / 3 * np.pi * RADIUS**3 / 1000, rel=0.01)
        assert not layer.no_volume
    both = (*(ring(x, 0) for x in places), ring(0.0, 2))
    layer = region_layer(Region(3, "ball", (0, 255, 0), "GTV", both), STACK)
    assert layer.volume_ml is None
    assert "parallel" in layer.no_volume


#: Slices of 2 mm that lie obliquely in the patient, pixels twice as high as wide.
LEANING = SliceStack(
    np.outer(np.arange(12) * 2.0, [0.0, -0.6, 0.8]) + [10.0, 20, 30],
    np.array([1.0, 0, 0]),
    np.array([0, 0.8, 0.6]),
    (1.6, 0.8),
    40,
    50,
)


def square(height, rows=(10.0, 20.0), columns=(5.0, 20.0), stack=LEANING, **changes):
    """A rectangle on a stack, its sides in mm along rows and columns from the first voxel."""
    corners = [(rows[0], columns[0]), (rows[0], columns[1]), (rows[1], columns[1])]
    corners.append((rows[1], columns[0]))
    points = [
        stack.origins[0]
        + height * stack.normal
        + r * stack.column_direction
        + c * stack.row_direction
        for r, c in corners
    ]
    return Contour(np.array(points), **changes)


def region(*contours):
    return Region(1, "box", (0, 0, 255), "GTV", contours)


def axial(height, stack=LEANING):
    middle = stack.origins[0] + height * stack.normal
    return plane_through(stack, middle, stack.row_direction, stack.column_direction, spacing=0.5)


@pytest.mark.parametrize(
    ("heights", "millimetres"),
    [
        ((0, 2, 4), 6.0),  # each stands for its step
        ((0, 2, 4, 10, 12), 10.0),  # a gap stays one
        ((0, 2, 4.5, 6.5), 8.5),  # uneven ones reach halfway to their neighbours
        ((0, 3, 6), 9.0),  # three or more tell their own step
        ((0, 2.9), 5.8),
        ((5,), 2.0),
    ],
)
def test_contours_stand_for_the_slices_that_they_were_drawn_on(heights, millimetres):
    layer = region_layer(region(*(square(z) for z in heights)), LEANING)
    assert layer.volume_ml == pytest.approx(10 * 15 * millimetres / 1000)
    assert layer.no_volume == ""


def test_within_a_contour_another_is_a_hole_and_within_that_an_island():
    nested = (square(4), square(4, (12, 18), (8, 16)), square(4, (14, 15), (10, 12)))
    layer = region_layer(region(*nested), LEANING)
    assert layer.volume_ml == pytest.approx((150 - 48 + 2) * 2 / 1000)
    apart = region_layer(region(square(4), square(4, (25, 30), (25, 30))), LEANING)
    assert apart.volume_ml == pytest.approx((150 + 25) * 2 / 1000)


def test_open_lines_and_points_have_no_volume():
    loose = (square(4, closed=False), Contour(square(4).points[:2]))
    layer = region_layer(region(*loose), LEANING)
    assert (layer.mask, layer.volume_ml, layer.no_volume) == (None, None, "")
    lines = layer.lines(axial(4))
    assert [closed for _, closed in lines] == [False, True]
    assert region_layer(region(), LEANING).lines(axial(4)) == []
    assert region_layer(region(), LEANING).box() is None


@pytest.mark.parametrize(
    ("away", "count"), [(0, 2), (0.9, 2), (-0.9, 2), (0.9995, 3), (-0.9995, 2), (1.1, 0), (-1.1, 0)]
)
def test_a_slice_shows_what_was_drawn_within_half_a_step(away, count):
    drawn = region(square(4), square(4, (25, 30), (25, 30)), square(6, (0, 1), (0, 1)))
    layer = region_layer(drawn, LEANING)
    lines = layer.lines(axial(4 + away))
    if away > 1:  # there the next slice is nearer
        count = 1
    assert len(lines) == count
    if away == 0:
        grid = axial(4)
        np.testing.assert_allclose(grid.to_lps(lines[0][0]), square(4).points, atol=1e-6)


@pytest.mark.parametrize("slab", [0.0, 6.0])
def test_between_and_across_the_contours_their_filling_is_shown_at_its_place(slab):
    heights = (2, 4, 6, 8)
    layer = region_layer(region(*(square(z) for z in heights)), LEANING)
    s = LEANING
    middle = s.origins[0] + 5 * s.normal + 15 * s.column_direction + 12 * s.row_direction
    across = plane_through(s, middle, s.row_direction, s.normal, spacing=0.25)
    ((line, closed),) = layer.lines(across, slab)
    assert closed
    offset = across.to_lps(line) - s.origins[0]
    sides = np.stack([offset @ s.row_direction, offset @ s.normal], axis=1)
    # Half of each side's pixel is a blur; along the normal it ends half a step beyond.
    np.testing.assert_allclose(sides.min(axis=0), (5, 1), atol=0.45)
    np.testing.assert_allclose(sides.max(axis=0), (20, 9), atol=0.45)
    steep = plane_through(s, middle, s.column_direction, s.normal, spacing=0.25)
    ((line, _),) = layer.lines(steep, slab)
    offset = (steep.to_lps(line) - s.origins[0]) @ s.column_direction
    assert (offset.min(), offset.max()) == pytest.approx((10, 20), abs=0.85)


def test_a_thick_cut_shows_the_filling_and_not_what_was_drawn():
    layer = region_layer(region(square(2), square(4, (10, 30), (5, 20))), LEANING)
    ((line, _),) = layer.lines(axial(2), slab_mm=6.0)
    rows = (axial(2).to_lps(line) - LEANING.origins[0]) @ LEANING.column_direction
    assert rows.max() == pytest.approx(30, abs=0.85)


def filled(slices, stack=LEANING, step=None):
    mask = np.zeros((len(slices), stack.rows, stack.columns), bool)
    mask[:, 10:20, 5:20] = True
    part = SliceStack(stack.origins[slices], *vars_of(stack))
    return Segment(1, "box", (0, 0, 255), mask, part, step=step)


@pytest.mark.parametrize(
    ("slices", "ends"),
    [
        ([3, 4, 5], [(5, 11)]),
        ([3, 5], [(5, 7), (9, 11)]),  # a slice is missing between them
        ([3, 6], [(5, 7), (11, 13)]),
        ([3, 9], [(5, 7), (17, 19)]),
        ([2, 3, 7, 8, 9], [(3, 7), (13, 19)]),
        ([6], [(11, 13)]),
    ],
)
def test_a_mask_ends_halfway_to_empty_slices_at_its_place(slices, ends):
    """Slice n lies at 2 n mm; the block fills rows 10 to 19 and columns 5 to 19."""
    layer = segment_layer(filled(slices), 2.0)
    assert layer.volume_ml == pytest.approx(len(slices) * 2 * 150 * 1.6 * 0.8 / 1000)
    s = LEANING
    middle = s.origins[0] + 15 * 1.6 * s.column_direction + 12 * 0.8 * s.row_direction
    across = plane_through(s, middle, s.row_direction, s.normal, spacing=0.25)
    spans, sides = [], []
    for line, _ in layer.lines(across):
        offset = across.to_lps(line) - s.origins[0]
        spans.append(((offset @ s.normal).min(), (offset @ s.normal).max()))
        sides.append(((offset @ s.row_direction).min(), (offset @ s.row_direction).max()))
    np.testing.assert_allclose(sorted(spans), ends, atol=0.15)
    np.testing.assert_allclose(sides, [(4.5 * 0.8, 19.5 * 0.8)] * len(ends), atol=0.1)
    steep = plane_through(s, middle, s.column_direction, s.normal, spacing=0.25)
    rows = [(steep.to_lps(p) - s.origins[0]) @ s.column_direction for p, _ in layer.lines(steep)]
    for row in rows:
        assert (row.min(), row.max()) == pytest.approx((9.5 * 1.6, 19.5 * 1.6), abs=0.15)


def test_a_mask_of_leaning_slices_stays_on_them():
    """A tilted gantry: the block leans as its slices do."""
    z = np.arange(12) * 2.0
    tilted = SliceStack(
        np.stack([0.3 * z, -0.4 * z, z], axis=1),
        *(np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1.6, 0.8), 40, 50),
    )
    layer = segment_layer(filled([3, 4, 8, 9], tilted), 2.0)
    for k in (3, 4, 8, 9):
        grid = plane_through(tilted, tilted.origins[k], (1, 0, 0), (0, 1, 0), spacing=0.4)
        ((line, _),) = layer.lines(grid)
        offset = grid.to_lps(line) - tilted.origins[k]
        assert offset[:, 0].min() == pytest.approx(4.5 * 0.8, abs=0.05)
        assert offset[:, 1].max() == pytest.approx(19.5 * 1.6, abs=0.05)
    between = plane_through(tilted, tilted.origins[6], (1, 0, 0), (0, 1, 0))
    assert layer.lines(between) == []


@pytest.mark.parametrize(
    ("offset", "inside"),
    [
        ((0, 0, 0), True),
        ((27.9, 0, 0), True),  # columns to 40.4 mm; the block with its rim begins at 3.2
        ((38, 0, 0), False),
        ((-17, 0, 0), False),
        ((-14, 0, 0), True),
    ],
)
def test_what_is_moved_out_of_a_volume_lies_elsewhere(offset, inside):
    assert lies_within(segment_layer(filled([3, 4]), 2.0), LEANING, np.array(offset)) is inside


def test_an_offset_moves_a_grid_the_other_way():
    grid = axial(4)
    moved = moved_grid(grid, np.array([1.0, 2, 3]))
    np.testing.assert_allclose(grid.origin - moved.origin, (1, 2, 3))
    assert moved.shape == grid.shape


@pytest.mark.parametrize(
    ("height", "slab", "count"), [(20, 0, 0), (20, 14, 0), (20, 18, 1), (-4, 14, 0), (-4, 24, 1)]
)
def test_a_thick_cut_shows_what_it_reaches_half_of_it_away(height, slab, count):
    """The block with its rim reaches from 4 to 12 mm."""
    assert len(segment_layer(filled([3, 4, 5]), 2.0).lines(axial(height), slab)) == count


def test_the_corners_of_a_layer_are_those_of_what_it_holds_and_its_rim():
    corners = segment_layer(filled([3, 4, 8]), 2.0).box()
    ends = [(k, i, j) for k in (2, 9) for i in (9, 20) for j in (4, 20)]
    np.testing.assert_allclose(
        sorted(map(tuple, corners)),
        sorted(map(tuple, LEANING.to_lps(np.array(ends, float)))),
        atol=1e-6,
    )
    loose = region_layer(region(square(4, closed=False)), LEANING)
    np.testing.assert_allclose(loose.box(), square(4).points)


def test_contours_near_one_slice_are_on_it_and_others_beside_it():
    near = region_layer(region(square(4), square(4.009, (25, 30), (25, 30))), LEANING)
    assert near.volume_ml == pytest.approx((150 + 25) * 2 / 1000)
    assert len(near.lines(axial(4))) == 2
    apart = region_layer(region(square(4), square(4.5), square(5.0)), LEANING)
    assert apart.volume_ml == pytest.approx(150 * 1.5 / 1000)


def test_a_contour_that_is_bent_out_of_its_plane_has_no_volume():
    bent = square(4)
    points = bent.points.copy()
    points[0] += 0.5 * LEANING.normal
    layer = region_layer(region(Contour(points)), LEANING)
    assert layer.volume_ml is None
    assert layer.no_volume
    slightly = bent.points.copy()
    slightly[0] += 0.05 * LEANING.normal
    assert region_layer(region(Contour(slightly)), LEANING).volume_ml == pytest.approx(
        0.3, rel=0.01
    )


def test_a_cut_of_half_a_millimetre_is_thick_already():
    """It shows the filling, whose corners are rounded, and not the four drawn ones."""
    layer = region_layer(region(square(2), square(4), square(6)), LEANING)
    assert len(layer.lines(axial(4))[0][0]) == 4
    assert len(layer.lines(axial(4), slab_mm=0.5)[0][0]) > 4


@pytest.mark.parametrize("sense", [1.0, -1.0])
@pytest.mark.parametrize("slab", [0.0, 3.0])
def test_on_a_grid_that_ends_within_the_mask_its_outline_is_cut_off_at_the_rim(sense, slab):
    """A cut that begins inside a ball shows all of it that lies on its pixels, and no more."""
    u, v, _w = np.eye(3)
    right, down = sense * turned(u, v, 20), v
    whole = plane_through(STACK, CENTRE, right, down, spacing=0.5)
    (line, _), *_ = segment_layer(ball(), 2.0).lines(whole, slab)
    middle = whole.to_pixels(CENTRE)
    for rows, columns in ((slice(0, 60), slice(0, 60)), (slice(-60, 0), slice(-60, 0))):
        corner = np.rint(middle) + [rows.start, columns.start]
        part = replace(whole, origin=whole.to_lps(corner), shape=(60, 60))
        ((cut, closed),) = segment_layer(ball(), 2.0).lines(part, slab)
        assert closed
        held = (line >= corner + 2).all(axis=1) & (line <= corner + 57).all(axis=1)
        apart = np.linalg.norm((line[held] - corner)[:, None] - cut[None], axis=2).min(axis=1)
        assert apart.max() < 0.75
        # It is closed beyond the centres of the outermost pixels.
        assert (cut.min(axis=0) <= 0).all() if rows.start == 0 else (cut.max(axis=0) >= 59).all()


@pytest.mark.parametrize("corner", [(0.0, 0.0), (3.3, -7.7), (-11.15, 4.45)])
@pytest.mark.parametrize("size", [(10.0, 8.0), (6.4, 21.3), (0.9, 1.3)])
def test_what_is_painted_of_a_contour_has_its_area_and_its_middle(corner, size):
    (top, left), (high, wide) = corner, size
    z = 20.0
    places = [(top, left), (top, left + wide), (top + high, left + wide), (top + high, left)]
    points = np.array([(x, y, z) for y, x in places])
    mask = region_layer(region(Contour(points)), STACK).mask
    share = mask.voxels.astype(float) / 255
    area = share.sum() * np.prod(mask.stack.pixel_spacing)
    assert area == pytest.approx(high * wide, rel=0.01, abs=0.05)
    held = np.argwhere(share > 0)
    weights = share[tuple(held.T)][:, None]
    middle = (mask.stack.to_lps(held) * weights).sum(axis=0) / weights.sum()
    np.testing.assert_allclose(middle, points.mean(axis=0), atol=0.08)


@pytest.mark.parametrize("way", ["row_direction", "column_direction"])
def test_a_contour_in_one_plane_across_the_slices_has_no_volume_and_a_pair_has(way):
    """No image says how thick that plane is; from two the step between them does."""
    aside = getattr(STACK, way)
    flat = STACK.column_direction if way == "row_direction" else STACK.row_direction

    def plane(at):
        corners = [(-10.0, -12), (10, -12), (10, 12), (-10, 12)]
        points = [CENTRE + at * aside + a * flat + b * STACK.normal for a, b in corners]
        return Contour(np.array(points))

    alone = region_layer(region(plane(0.0)), STACK)
    assert alone.volume_ml is None
    assert "how thick" in alone.no_volume
    assert alone.mask is not None
    pair = region_layer(region(plane(0.0), plane(1.5)), STACK)
    assert (pair.volume_ml, pair.no_volume) == (pytest.approx(2 * 1.5 * 20 * 24 / 1000), "")
    on_a_slice = region_layer(region(square(0, stack=STACK)), STACK)
    assert on_a_slice.volume_ml == pytest.approx(10 * 15 * 2.0 / 1000)


def test_contours_that_enclose_nothing_have_no_volume_and_no_plane():
    """Points of a line across the slices, or all on one place, lie in no plane of their own."""
    for points in ([[10.0, 10, 1], [10, 10, 5], [10, 10, 9]], [[10.0, 10, 4]] * 2 + [[10, 10, 9]]):
        line = Contour(np.array(points), closed=True)
        layer = region_layer(region(line), LEANING)
        assert (layer.mask, layer.volume_ml) == (None, None)
        assert layer.no_volume == "its contours do not lie in parallel planes"
        assert layer.contours == (line,)


@pytest.mark.parametrize("lean", [(1.0, 2, 2), (-2.0, 1, 2), (2.0, -2, 1), (0.0, 3, 4)])
def test_contours_on_planes_that_lean_any_way_have_the_volume_between_them(lean):
    normal = np.array(lean) / np.linalg.norm(lean)
    right = np.cross(normal, [0.0, 0, 1])
    right = right / np.linalg.norm(right)
    down = np.cross(normal, right)

    def plane(at):
        corners = [(-10.0, -12), (10, -12), (10, 12), (-10, 12)]
        points = [CENTRE + at * normal + a * right + b * down for a, b in corners]
        return Contour(np.array(points))

    layer = region_layer(region(*(plane(at) for at in (0.0, 2.0, 4.0))), STACK)
    assert layer.no_volume == ""
    assert layer.volume_ml == pytest.approx(3 * 2.0 * 20 * 24 / 1000, rel=0.01)
