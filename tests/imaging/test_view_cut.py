"""What a view is asked for and what it gets: each pixel shows the value of the place it names."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Caveat, Plane, SliceStack
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.view_cut import (
    CutSpec,
    axes_of,
    is_native,
    make_cut,
    normal_of,
    quarter_turned,
    quick_step,
    sampling_grid,
    step_of,
    stored_step,
    trace,
)

SLOPE = np.array([2.0, -1.5, 3.0])


def ramp(points):
    """Values that grow along a direction of the patient: any mean of them is that of places."""
    return np.asarray(points) @ SLOPE + 100


def filled(stack):
    places = stack.to_lps(np.moveaxis(np.indices(stack.shape), 0, -1))
    return volume_of(stack, ramp(places).astype(np.float32), unit="")


STACK = axial_stack(
    slices=24, rows=40, columns=50, spacing=(1.2, 0.9), step=2.0, origin=(-20, -20, -20)
)
VOLUME = filled(STACK)
MIDDLE = np.array([1.3, 2.1, 3.4])
TURN = np.radians(30)
TURNED = CutSpec(Plane.AXIAL, (1.0, 0.0, 0.0), (0.0, float(np.cos(TURN)), float(np.sin(TURN))))


def values_agree(section, extra=0.0, atol=0.05):
    """Whether the pixels near the middle show what the ramp has at their places."""
    pixels = np.moveaxis(np.indices(section.grid.shape), 0, -1)
    places = section.grid.to_lps(pixels)
    near = np.linalg.norm(places - MIDDLE, axis=-1) < 12
    assert near.sum() > 100
    np.testing.assert_allclose(section.image[near], ramp(places)[near] + extra, atol=atol)


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 4, 7])
@pytest.mark.parametrize(
    "spec", [CutSpec(Plane.AXIAL), CutSpec(Plane.CORONAL), CutSpec(Plane.SAGITTAL), TURNED]
)
def test_each_pixel_shows_the_value_of_its_place_however_the_picture_is_turned(spec, turns):
    plain = make_cut(VOLUME, spec, MIDDLE)
    section = make_cut(VOLUME, replace(spec, quarter_turns=turns), MIDDLE)
    assert section.image.shape == section.grid.shape
    values_agree(section)
    # Clockwise: what was at the bottom left comes to the top left.
    np.testing.assert_array_equal(section.image, np.rot90(plain.image, -turns))
    np.testing.assert_allclose(section.grid.normal, plain.grid.normal, atol=1e-12)


@pytest.mark.parametrize("spec", [CutSpec(Plane.AXIAL), CutSpec(Plane.CORONAL), TURNED])
@pytest.mark.parametrize(
    ("mode", "share"), [(SlabMode.MEAN, 0.0), (SlabMode.MAXIMUM, 0.5), (SlabMode.MINIMUM, -0.5)]
)
def test_a_thick_cut_lies_on_the_thin_one_and_shows_mean_or_ends(spec, mode, share):
    thick = make_cut(VOLUME, replace(spec, slab_mm=8.0, mode=mode), MIDDLE)
    thin = make_cut(VOLUME, spec, MIDDLE)
    assert thick.grid.shape == thin.grid.shape
    np.testing.assert_allclose(thick.grid.origin, thin.grid.origin, atol=1e-9)
    reach = 8.0 * abs(float(normal_of(VOLUME, spec) @ SLOPE))
    if spec is TURNED:
        # Slices of 2 mm that lean by 30 degrees: layers of at most 2.31 mm, so four of 2 mm, each
        # read in its middle.
        reach *= 6.0 / 8.0
    values_agree(thick, share * reach)


@pytest.mark.parametrize("slab", [0.0, 6.0])
def test_a_coarse_cut_shows_every_second_row_and_column_of_the_same_plane(slab):
    spec = replace(TURNED, slab_mm=slab, mode=SlabMode.MEAN)
    fine, coarse = (make_cut(VOLUME, spec, MIDDLE, every=n) for n in (1, 2))
    assert coarse.grid.shape[0] <= fine.grid.shape[0] / 2 + 1
    values_agree(fine, atol=0.1)
    pixels = np.moveaxis(np.indices(coarse.grid.shape), 0, -1)
    places = coarse.grid.to_lps(pixels)
    near = np.linalg.norm(places - MIDDLE, axis=-1) < 10
    np.testing.assert_allclose(coarse.image[near], ramp(places)[near], atol=0.1)


def test_what_is_turned_and_what_is_plain():
    thick = CutSpec(Plane.AXIAL, slab_mm=1.0)
    assert (CutSpec(Plane.AXIAL).is_turned, CutSpec(Plane.AXIAL).is_plain) == (False, True)
    assert (TURNED.is_turned, TURNED.is_plain) == (True, False)
    assert (thick.is_turned, thick.is_plain) == (False, False)
    assert not replace(TURNED, right=None).is_turned
    assert not replace(TURNED, down=None).is_turned
    assert is_native(VOLUME, CutSpec(Plane.AXIAL))
    assert not any(is_native(VOLUME, s) for s in (CutSpec(Plane.CORONAL), TURNED, thick))


def test_the_directions_are_those_asked_for_or_those_of_the_body():
    right, down = axes_of(VOLUME, TURNED)
    np.testing.assert_allclose((right, down), (TURNED.right, TURNED.down))
    right, down = axes_of(VOLUME, CutSpec(Plane.CORONAL))
    np.testing.assert_allclose((right, down), ((1, 0, 0), (0, 0, -1)))
    np.testing.assert_allclose(normal_of(VOLUME, CutSpec(Plane.CORONAL)), (0, 1, 0), atol=1e-12)


@pytest.mark.parametrize("spec", [CutSpec(Plane.CORONAL, slab_mm=5.0), TURNED])
def test_the_grid_of_a_sampled_cut_is_the_one_that_it_gets(spec):
    grid, section = sampling_grid(VOLUME, spec, MIDDLE), make_cut(VOLUME, spec, MIDDLE)
    assert grid.shape == section.grid.shape
    np.testing.assert_allclose(grid.origin, section.grid.origin)
    # An anatomical one lies on the nearest stored line, a turned one on the point itself.
    away = abs(float(grid.distance(MIDDLE)))
    assert away <= (1e-9 if spec.is_turned else 1.2 / 2)


@pytest.mark.parametrize(
    ("plane", "step"),
    [
        (Plane.AXIAL, (0, 0, -2.0)),  # towards the feet, a slice
        (Plane.CORONAL, (0, 1.2, 0)),  # to posterior, a row
        (Plane.SAGITTAL, (0.9, 0, 0)),  # to the left, a column
    ],
)
def test_a_notch_of_the_wheel_goes_on_by_a_slice_or_a_pixel(plane, step):
    np.testing.assert_allclose(step_of(VOLUME, CutSpec(plane)), step, atol=1e-9)


@pytest.mark.parametrize("sense", [1.0, -1.0])
def test_on_a_turned_plane_a_notch_is_the_finest_spacing_in_the_same_sense(sense):
    spec = replace(TURNED, right=(sense, 0.0, 0.0))
    step = step_of(VOLUME, spec)
    assert np.linalg.norm(step) == pytest.approx(0.9)
    assert step[2] < 0  # towards the feet, as in the axial plane
    assert abs(step @ np.array(TURNED.down)) < 1e-9
    coarse = filled(axial_stack(slices=9, rows=20, columns=20, spacing=(3.0, 4.0), step=2.0))
    assert np.linalg.norm(step_of(coarse, spec)) == pytest.approx(2.0)


def test_stored_slices_go_on_towards_the_feet_or_as_they_were_taken():
    assert stored_step(VOLUME, Plane.AXIAL) == -1
    ways = (STACK.row_direction, -STACK.column_direction, STACK.pixel_spacing)
    downwards = SliceStack(STACK.origins[::-1], *ways, 40, 50)
    assert stored_step(volume_of(downwards), Plane.AXIAL) == 1
    loose = replace(VOLUME, caveats=(Caveat("no-position", ""),))
    assert stored_step(loose, Plane.AXIAL) == 1


def test_a_large_or_thick_cut_is_drawn_more_coarsely_while_it_moves():
    def coarseness(size, slab):
        stack = axial_stack(slices=4, rows=size, columns=size, spacing=(0.5, 0.5), step=size / 8.0)
        quick = volume_of(stack, np.broadcast_to(np.int16(0), stack.shape))
        return quick_step(quick, CutSpec(Plane.AXIAL, slab_mm=slab), stack.centre)

    # Samples: the pixels times the layers, one each finest spacing; 600,000 are quick.
    assert coarseness(512, 0.0) == 1
    assert coarseness(512, 1.0) == 1  # 0.52 million
    assert coarseness(512, 2.0) == 2  # 1.05 million
    assert coarseness(512, 20.0) == 5  # 10.5 million: 4.2 times each way
    assert coarseness(1024, 0.5) == 2
    assert coarseness(64, 0.0) == 1


def grid(origin, right, down, shape=(11, 21)):
    return PlaneGrid(np.array(origin, float), np.array(right), np.array(down), (2.0, 1.0), shape)


def test_two_planes_meet_in_a_line():
    axial = grid((-10, -10, 5), (1.0, 0, 0), (0, 1.0, 0))
    coronal = grid((-50, 4, 60), (1.0, 0, 0), (0, 0, -1.0))
    point, direction = trace(axial, coronal)
    np.testing.assert_allclose(np.abs(direction), (1, 0, 0), atol=1e-12)
    # Nearest to the middle of the first plane, which is at (0, 0, 5).
    np.testing.assert_allclose(point, (0, 4, 5), atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_line_lies_in_both_planes_and_nearest_to_the_middle(seed):
    random = np.random.default_rng(seed)
    first, second = (np.linalg.qr(random.normal(size=(3, 3)))[0] for _ in range(2))
    one = grid(random.normal(0, 20, 3), first[0], first[1])
    other = grid(random.normal(0, 20, 3), second[0], second[1])
    point, direction = trace(one, other)
    assert np.linalg.norm(direction) == pytest.approx(1)
    for plane in (one, other):
        for place in (point, point + 30 * direction):
            assert abs(float(plane.distance(place))) < 1e-6
    middle = one.to_lps([5.0, 10.0])
    assert abs(float((point - middle) @ direction)) < 1e-6


def test_parallel_planes_do_not_meet():
    axial = grid((0, 0, 5), (1.0, 0, 0), (0, 1.0, 0))
    assert trace(axial, grid((3, 4, 9), (0, 1.0, 0), (1.0, 0, 0))) is None


def test_a_quarter_turn_keeps_what_a_section_says_of_itself():
    section = make_cut(VOLUME, CutSpec(Plane.AXIAL), MIDDLE)
    turned = quarter_turned(section, 1)
    assert (turned.slice_index, turned.complete) == (section.slice_index, section.complete)
    assert turned.grid.spacing == section.grid.spacing[::-1]
    assert np.shares_memory(turned.image, section.image)


def test_thin_slices_go_on_the_same_way():
    thin = axial_stack(slices=9, rows=8, columns=8, step=0.4)
    assert stored_step(volume_of(thin), Plane.AXIAL) == -1
    origins = thin.origins[::-1] * [1, 1, 1.0]
    feet = SliceStack(origins, thin.row_direction, -thin.column_direction, (0.8, 0.7), 8, 8)
    assert stored_step(volume_of(feet), Plane.AXIAL) == 1


@pytest.mark.parametrize("size", [400, 548, 554, 760, 790])
@pytest.mark.parametrize("slab", [0.0, 0.3, 4.0, 11.0])
@pytest.mark.parametrize("fine", [0.5, 0.08])
def test_so_many_samples_make_a_moving_cut_so_coarse(size, slab, fine):
    """600,000 samples are quick; a thin cut has one layer, others one each finest spacing."""
    stack = axial_stack(slices=3, rows=size, columns=size, spacing=(fine, fine), step=fine * size)
    moving = volume_of(stack, np.broadcast_to(np.int16(0), stack.shape))
    spec = CutSpec(Plane.AXIAL, slab_mm=slab)
    shape = sampling_grid(moving, spec, stack.centre).shape
    layers = max(1.0, slab / max(fine, 0.1))
    each = shape[0] * shape[1] * layers / 600_000
    step = quick_step(moving, spec, stack.centre)
    assert step >= 1
    assert each <= step**2 * (1 + 1e-9)
    assert step == 1 or each > (step - 1) ** 2
