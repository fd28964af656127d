import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.phantoms import MassPhantom
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask, MaskCanvas, union
from tumorboard.imaging.segmentation.brush import Brush, Tip, paint
from tumorboard.imaging.segmentation.clean import (
    components,
    fill_holes,
    largest,
    opened,
    part_at,
    smooth,
)
from tumorboard.imaging.segmentation.interpolate import mask_between, mask_from_outlines
from tumorboard.imaging.segmentation.split import split_by_plane, split_by_seeds

STACK = axial_stack(slices=21, rows=60, columns=64, spacing=(1.0, 1.0), step=2.0)
CENTRE = STACK.centre
UP = np.array([0.0, 0.0, 1.0])


def ball(stack, centre, radius) -> Mask:
    index = np.stack(np.meshgrid(*(np.arange(n) for n in stack.shape), indexing="ij"), axis=-1)
    return Mask.of(np.linalg.norm(stack.to_lps(index) - centre, axis=-1) <= radius, stack)


def drawn(brush: Brush, *points, canvas: MaskCanvas | None = None, normal=UP) -> Mask:
    canvas = canvas or MaskCanvas(STACK)
    change = paint(canvas, points, normal, brush)
    assert change is not None
    canvas.apply(change)
    return canvas.mask()


def test_a_disc_fills_one_slice_a_slab_several_and_a_ball_a_ball():
    disc = drawn(Brush(10.0), CENTRE)
    assert disc.slices == (10,)
    assert disc.volume_ml == pytest.approx(np.pi * 100 * 2 / 1000, rel=0.05)
    slab = drawn(Brush(10.0, Tip.SLAB, 10.0), CENTRE)
    assert slab.slices == (8, 9, 10, 11, 12)
    found = drawn(Brush(12.0, Tip.BALL), CENTRE)
    assert found.same_as(ball(STACK, CENTRE, 12.0))


def test_a_coronal_disc_lies_in_the_coronal_plane():
    disc = drawn(Brush(8.0), CENTRE + np.array([0, 0.4, 0]), normal=np.array([0, 1.0, 0]))
    assert disc.voxels.shape[1] == 1
    assert disc.voxels.shape[2] == pytest.approx(16, abs=1)
    assert disc.voxels.shape[0] == pytest.approx(8, abs=1)


def test_a_fast_stroke_has_no_holes_and_erasing_takes_it_away():
    canvas = MaskCanvas(STACK)
    ends = (CENTRE - np.array([20.0, 0, 0]), CENTRE + np.array([20.0, 0, 0]))
    stroke = drawn(Brush(4.0), *ends, canvas=canvas)
    row = round(float(STACK.to_index(CENTRE)[1]))
    assert stroke.dense()[10, row, 12:52].all()
    drawn(Brush(4.0, erases=True), *ends, canvas=canvas)
    assert canvas.mask().is_empty
    assert canvas.volume_ml == 0
    assert paint(canvas, [CENTRE], UP, Brush(4.0, erases=True)) is None
    assert paint(canvas, [CENTRE + 1000], UP, Brush(4.0)) is None


def test_a_brush_can_be_limited_to_values():
    voxels = np.zeros(STACK.shape, np.int16)
    voxels[:, :, 32:] = 100
    canvas = MaskCanvas(STACK)
    change = paint(canvas, [CENTRE], UP, Brush(9.0, values=(50, 150)), volume_of(STACK, voxels))
    assert change is not None
    canvas.apply(change)
    assert canvas.mask().box[2].start == 32


def turned_stack():
    """Slices that lie obliquely in the patient and lean, pixels twice as high as wide."""
    axes = np.linalg.qr(np.random.default_rng(11).normal(size=(3, 3)))[0]
    axes = axes * np.sign(np.linalg.det(axes))
    steps = 1.9 * axes[2] + 0.3 * axes[0] - 0.2 * axes[1]
    origins = np.outer(np.arange(24), steps) + [40.0, -90, 300]
    return SliceStack(origins, axes[0], axes[1], (1.6, 0.8), 34, 60)


@pytest.mark.parametrize("tip", [Tip.BALL, Tip.SLAB, Tip.DISC])
@pytest.mark.parametrize("radius", [2.0, 7.3])
@pytest.mark.parametrize("place", [(12, 17, 30), (0, 0, 0), (23, 33, 59)])
def test_a_stroke_fills_what_lies_near_it_and_its_plane_wherever_the_slices_lie(tip, radius, place):
    stack = turned_stack()
    normal = np.array([0.6, -0.48, 0.64])
    start = stack.to_lps(np.array(place, float) + [0.21, -0.13, 0.17])
    way = np.cross(normal, [0.0, 0, 1])
    end = start + 9.0 * way / np.linalg.norm(way)
    canvas = MaskCanvas(stack)
    canvas.apply(paint(canvas, [start, end], normal * 3, Brush(radius, tip, 6.0)))
    places = stack.to_lps(np.moveaxis(np.indices(stack.shape), 0, -1))
    along = np.clip(((places - start) @ (end - start)) / 81.0, 0, 1)
    away = places - start - along[..., None] * (end - start)
    depth = np.abs(away @ normal)
    if tip is Tip.BALL:
        inside = np.linalg.norm(away, axis=-1) <= radius
    else:
        flat = away - (away @ normal)[..., None] * normal
        # A voxel is as thick across the plane as its largest side is when put on the normal.
        sides = np.stack(
            [1.9 * stack.normal, 1.6 * stack.column_direction, 0.8 * stack.row_direction]
        )
        half = np.abs(sides @ normal).max() / 2
        half = max(half, 3.0) if tip is Tip.SLAB else half
        inside = (np.linalg.norm(flat, axis=-1) <= radius) & (depth <= half)
    assert (canvas.voxels != inside).sum() <= 0.01 * inside.sum()
    assert inside.any()


PLACES = st.tuples(st.floats(-40, 40), st.floats(-40, 40), st.floats(-25, 25), st.booleans())


@settings(max_examples=20, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=6))
def test_strokes_undone_in_turn_leave_nothing(strokes):
    canvas = MaskCanvas(STACK)
    done = []
    for x, y, z, erases in strokes:
        brush = Brush(6.0, Tip.BALL, erases=erases)
        change = paint(canvas, [CENTRE + np.array([x, y, z])], UP, brush)
        if change is not None:
            canvas.apply(change)
            done.append(change)
    for change in reversed(done):
        canvas.apply(change)
    assert not canvas.voxels.any()
    assert canvas.volume_ml == 0


def circle(centre, radius, count=90):
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return centre + radius * np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=1)


def test_outlines_on_a_few_slices_become_the_ball_they_were_cut_from():
    phantom = MassPhantom((24.0, 18.0, 20.0), 0.0, tuple(CENTRE))
    truth = phantom.mask(STACK)
    outlines = {}
    for k in (1, 3, 6, 10, 14, 17, 19):
        height = (STACK.positions[k] - CENTRE[2]) / 20.0
        if abs(height) >= 1:
            continue
        scale = np.sqrt(1 - height**2)
        turn = np.linspace(0, 2 * np.pi, 100, endpoint=False)
        flat = np.stack([24 * scale * np.cos(turn), 18 * scale * np.sin(turn), 0 * turn], axis=1)
        outlines[k] = [CENTRE * [1, 1, 0] + [0, 0, STACK.positions[k]] + flat]
    found = mask_from_outlines(STACK, outlines)
    both = (found.dense() & truth.dense()).sum()
    assert 2 * both / (found.count + truth.count) > 0.97
    assert found.slices == tuple(range(1, 20))


def test_between_two_circles_the_radius_changes_evenly():
    one = circle(STACK.to_lps([4, 30, 32]), 20.0)
    other = circle(STACK.to_lps([12, 30, 32]), 10.0)
    found = mask_from_outlines(STACK, {4: [one], 12: [other]})
    area = found.dense()[8].sum()
    assert np.sqrt(area / np.pi) == pytest.approx(15.0, abs=0.2)
    two = mask_from_outlines(STACK, {4: [circle(STACK.to_lps([4, 15, 15]), 8.0), one]})
    assert two.slices == (4,)


def test_slices_of_a_mask_are_filled_between():
    whole = ball(STACK, CENTRE, 18.0)
    kept = whole.dense()
    kept[[n for n in range(21) if n % 2 != 1]] = False
    found = mask_between(Mask.of(kept, STACK))
    assert found.volume_ml == pytest.approx(whole.volume_ml, rel=0.06)
    assert np.array_equal(found.dense()[9], whole.dense()[9])


NOTHING = [
    {},
    {3: [np.zeros((2, 3))]},
    {99: [circle(CENTRE, 5.0)]},
    {3: [circle(CENTRE + 5000, 5.0)]},
]


@pytest.mark.parametrize("outlines", NOTHING)
def test_outlines_that_enclose_nothing_are_refused(outlines):
    with pytest.raises(UserError):
        mask_from_outlines(STACK, outlines)


def test_smoothing_keeps_the_volume_and_takes_speckles_away():
    mask = ball(STACK, CENTRE, 15.0)
    voxels = mask.dense()
    voxels[2, 3, 3] = True
    smoothed = smooth(Mask.of(voxels, STACK), 2.0)
    assert smoothed.count == pytest.approx(mask.count, rel=0.005)
    assert not smoothed.contains((2, 3, 3))


def test_holes_are_filled_and_parts_are_told_apart():
    mask = ball(STACK, CENTRE, 15.0)
    voxels = mask.dense()
    voxels[10, 28:32, 30:34] = False
    assert fill_holes(Mask.of(voxels, STACK)).same_as(mask)
    assert fill_holes(Mask.of(voxels, STACK), in_slices=True).same_as(mask)
    small = ball(STACK, CENTRE + np.array([25.0, 0, 0]), 4.0)
    both = union(mask, small)
    assert largest(both).same_as(mask)
    assert [p.same_as(m) for p, m in zip(components(both), (mask, small), strict=True)] == [
        True
    ] * 2
    at = np.floor(STACK.to_index(CENTRE + np.array([25.0, 0, 0]))).astype(int).tolist()
    assert part_at(both, (at[0], at[1], at[2])).same_as(small)
    image = sitk.GetImageFromArray(both.dense().astype(np.uint8))
    assert len(components(both)) == int(
        sitk.GetArrayFromImage(sitk.ConnectedComponent(image)).max()
    )


def test_opening_cuts_a_thin_bridge_that_smoothing_leaves():
    one = ball(STACK, CENTRE - np.array([14.0, 0, 0]), 10.0)
    other = ball(STACK, CENTRE + np.array([14.0, 0, 0]), 10.0)
    voxels = union(one, other).dense()
    voxels[10, 29:31, 20:44] = True
    joined = Mask.of(voxels, STACK)
    assert len(components(joined)) == 1
    assert len(components(opened(joined, 3.0), 1.0)) == 2
    assert opened(drawn(Brush(2.0), CENTRE), 5.0).is_empty


def test_a_mass_is_parted_along_a_plane_and_at_its_neck():
    one = ball(STACK, CENTRE - np.array([9.0, 0, 0]), 11.0)
    other = ball(STACK, CENTRE + np.array([9.0, 0, 0]), 11.0)
    both = union(one, other)
    left, right = split_by_plane(both, CENTRE, [1.0, 0, 0])
    assert left.count + right.count == both.count
    assert left.box[2].stop <= 32
    seeds = [CENTRE - np.array([9.0, 3.0, 0]), CENTRE + np.array([12.0, 0, 2.0])]
    first, second = split_by_seeds(both, seeds)
    assert first.count + second.count == both.count
    assert (first.dense() & left.dense()).sum() > 0.97 * first.count
    with pytest.raises(UserError, match="One point"):
        split_by_seeds(both, seeds[:1])
    with pytest.raises(UserError, match="outside the mass"):
        split_by_seeds(both, [CENTRE, CENTRE + 25.0])
