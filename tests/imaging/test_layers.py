"""Masks and contours of others on any cut, against analytic solids."""

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
