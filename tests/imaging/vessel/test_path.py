"""The search for ways through a lumen: what counts as lumen, what a millimetre costs, and where."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.vessel.path import LumenField, lumen_field

#: 1 mm in the plane and 2 mm from slice to slice; the first voxel lies off the origin.
STACK = axial_stack(
    slices=50, rows=90, columns=100, spacing=(1.0, 1.0), step=2.0, origin=(-50, -45, 200)
)


def index_of(point):
    return np.rint(STACK.to_index(point)).astype(int)


def slab(first=40, last=49):
    """Lumen between two planes: columns from one to the other."""
    voxels = np.zeros(STACK.shape, bool)
    voxels[:, :, first : last + 1] = True
    return Mask.of(voxels, STACK)


def test_a_millimetre_costs_less_the_deeper_it_lies():
    """Two millimetres deep it costs 1, at the rim 64, outside forty times that."""
    clicks = STACK.to_lps([[20.0, 40, 42], [24, 40, 47]])
    field = lumen_field(volume_of(STACK), clicks, slab())
    row = field.cost[5, 5, :]
    columns = np.arange(len(row)) + field.start[2]
    depth = np.minimum(columns - 39.5, 49.5 - columns)
    wanted = np.where(depth > 0, (2.0 / np.maximum(depth, 0.25)) ** 2, 64.0 * 40.0)
    np.testing.assert_allclose(row, wanted, rtol=1e-5)
    np.testing.assert_array_equal(field.lumen[5, 5], depth > 0)


@pytest.mark.parametrize(
    ("clicks", "start", "shape"),
    [
        # Thirty millimetres round the clicks: 15 slices, 30 rows and columns.
        ([[20.0, 40, 45], [24, 50, 55]], (5, 10, 15), (35, 71, 71)),
        ([[2.0, 3, 4], [4, 5, 6]], (0, 0, 0), (20, 36, 37)),
        ([[48.0, 88, 98], [47, 87, 97]], (32, 57, 67), (18, 33, 33)),
    ],
)
def test_the_region_reaches_thirty_millimetres_round_the_clicks(clicks, start, shape):
    whole = Mask.of(np.ones(STACK.shape, bool), STACK)
    field = lumen_field(volume_of(STACK), STACK.to_lps(clicks), whole)
    assert field.start == start
    assert field.cost.shape == field.lumen.shape == shape
    assert field.lumen.all()


def levels(values, noise=0.0):
    """A block of each value beside the other, nine columns wide, from the first column on."""
    columns = np.repeat(np.array(values, float), 9)
    columns = np.pad(columns, (0, 100 - len(columns)), constant_values=-500)
    made = np.broadcast_to(columns, STACK.shape)
    made = made + np.random.default_rng(2).normal(0, noise, STACK.shape)
    return volume_of(STACK, np.rint(made).astype(np.int16))


@pytest.mark.parametrize(
    ("away", "alike"), [(0, True), (30, True), (-30, True), (45, False), (-45, False)]
)
def test_values_within_three_spreads_of_those_at_the_clicks_are_lumen(away, alike):
    """In still images the spread is taken as 12: 36 to either side."""
    volume = levels((150, 150 + away, 150))
    clicks = STACK.to_lps([[20.0, 40, 4], [26, 44, 4]])
    field = lumen_field(volume, clicks)
    place = (20 - field.start[0], 40 - field.start[1], 13 - field.start[2])
    assert field.lumen[place] == alike
    assert field.lumen[place[0], place[1], 4 - field.start[2]]
    assert not field.lumen[place[0], place[1], 34 - field.start[2]]


def test_two_clicks_of_unlike_values_take_all_between():
    volume = levels((100, 160, 220))
    field = lumen_field(volume, STACK.to_lps([[20.0, 40, 4], [26, 44, 22]]))
    line = field.lumen[20 - field.start[0], 40 - field.start[1]]
    assert line[[4 - field.start[2], 13 - field.start[2], 22 - field.start[2]]].all()


def test_in_noise_the_spread_round_the_clicks_counts():
    volume = levels((150, 220, 150), noise=60.0)
    field = lumen_field(volume, STACK.to_lps([[20.0, 40, 4], [26, 44, 4]]))
    inside = field.lumen[:, :, max(0, 1 - field.start[2]) : 8 - field.start[2]]
    assert inside.mean() > 0.9


def test_the_values_at_a_click_are_those_near_it_alone():
    """A click in a thin bright band: three columns wide, and dark beyond."""
    values = np.zeros(STACK.shape, np.int16)
    values[:, :, 40:47] = 300
    volume = volume_of(STACK, values, rescale_slope=0.5, rescale_intercept=-10.0)
    field = lumen_field(volume, STACK.to_lps([[20.0, 40, 43], [26, 44, 43]]))
    lumen = field.lumen[20 - field.start[0], 40 - field.start[1]]
    found = np.flatnonzero(lumen) + field.start[2]
    assert found.min() in (40, 41)
    assert found.max() in (45, 46)


def tube():
    """A round lumen of 5 mm radius along z, and one that turns off to the side at slice 30."""
    places = STACK.to_lps(np.moveaxis(np.indices(STACK.shape), 0, -1))
    upright = np.hypot(places[..., 0], places[..., 1]) <= 5
    aside = (np.hypot(places[..., 1], places[..., 2] - 260) <= 5) & (places[..., 0] > 0)
    return Mask.of(upright | aside, STACK)


def test_a_way_keeps_to_the_middle_and_both_its_ends():
    one, other = np.array([2.3, -1.2, 215.0]), np.array([31.2, 1.4, 261.0])
    field = lumen_field(volume_of(STACK), [one, other], tube())
    way = field.trace(one, other)
    np.testing.assert_allclose(way[[0, -1]], [one, other])
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert steps.max() <= np.sqrt(6) + 0.8  # from voxel to neighbour
    upright = way[(way[:, 2] > 225) & (way[:, 2] < 245)]
    assert np.hypot(upright[:, 0], upright[:, 1]).max() < 1.5
    aside = way[(way[:, 0] > 12) & (way[:, 0] < 25)]
    assert np.hypot(aside[:, 1], aside[:, 2] - 260).max() < 2.1
    assert len(upright) > 5
    assert len(aside) > 5
    back = field.trace(other, one)
    assert len(back) == len(way)


def test_two_places_in_one_voxel_or_beside_each_other_are_joined_straight():
    field = lumen_field(volume_of(STACK), [[0.0, 0, 220], [0, 0, 240]], tube())
    one, other = np.array([0.1, 0.2, 220.3]), np.array([-0.2, 0.3, 219.8])
    np.testing.assert_allclose(field.trace(one, other), [one, other])
    next_ = np.array([0.9, 0.2, 220.3])
    np.testing.assert_allclose(field.trace(one, next_), [one, next_])


@pytest.mark.parametrize(("gap", "found"), [(8, True), (30, False)])
def test_a_way_may_cross_a_short_stretch_outside_and_no_long_one(gap, found):
    """A lumen with a stretch missing: a third of the way may lie outside."""
    voxels = tube().dense()
    first = 20 - gap // 4
    voxels[first : first + gap // 2] = False
    mask = Mask.of(voxels, STACK)
    ends = np.array([[0.0, 0, 210], [0, 0, 265]])
    field = lumen_field(volume_of(STACK), ends, mask)
    if found:
        way = field.trace(*ends)
        assert np.hypot(way[:, 0], way[:, 1]).max() < 2.0
    else:
        with pytest.raises(UserError, match="No way"):
            field.trace(*ends)


@pytest.mark.parametrize("away", [(-40, 0, 0), (40, 0, 0), (0, -40, 0), (0, 40, 0), (0, 0, -44)])
def test_a_place_beyond_the_region_is_refused(away):
    centre = np.array([0.0, 0, 250])
    field = lumen_field(volume_of(STACK), [centre, centre + [0, 0, 4]], tube())
    with pytest.raises(UserError, match="leaves the region"):
        field.trace(centre, centre + away)
    assert isinstance(field, LumenField)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sense", [-1, 1])
@pytest.mark.parametrize(("apart", "counts"), [(1, True), (2, False)])
def test_the_voxels_that_lie_wholly_within_two_and_a_half_millimetres_count(
    axis, sense, apart, counts
):
    """Voxels of 2.5 mm: the 27 round a click. One brighter layer of them widens what is lumen."""
    stack = axial_stack(slices=30, rows=32, columns=34, spacing=(2.5, 2.5), step=2.5)
    values = np.full(stack.shape, 100, np.int16)
    click = np.array([14, 15, 16])
    layer = [slice(None)] * 3
    layer[axis] = click[axis] + sense * apart
    values[tuple(layer)] = 400
    field = lumen_field(volume_of(stack, values), [stack.to_lps(click + 0.3)])
    place = click.copy()
    place[axis] += sense * apart
    assert field.lumen[tuple(click - field.start)]
    assert field.lumen[tuple(place - field.start)] == counts
