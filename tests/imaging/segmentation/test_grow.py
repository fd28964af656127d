import numpy as np
import pytest
import SimpleITK as sitk

from tests.imaging.phantoms import FAT, TISSUE, MassPhantom, noisy
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.clean import fill_holes, largest, smooth
from tumorboard.imaging.segmentation.grow import (
    Limits,
    compact_share,
    grow,
    proposed_range,
    seed_index,
)
from tumorboard.progress import Reporter

PHANTOM = MassPhantom((20.0, 15.0, 17.0), 30.0)


@pytest.fixture(scope="module")
def volume():
    stack = PHANTOM.stack((0.8, 0.8, 2.0), (0.1, 0.4, 0.3))
    return noisy(stack, FAT + (TISSUE - FAT) * PHANTOM.coverage(stack), 30.0, 3)


def test_growing_fills_exactly_what_simpleitk_fills(volume):
    found = grow(volume, PHANTOM.centre, -20.0, 200.0)
    image = sitk.GetImageFromArray(volume.voxels)
    seed = np.floor(volume.stack.to_index(PHANTOM.centre) + 0.5).astype(int)[::-1].tolist()
    peer = sitk.GetArrayFromImage(sitk.ConnectedThreshold(image, [seed], -20.0, 200.0))
    assert not found.leaked
    assert np.array_equal(found.mask.dense(), peer.astype(bool))


def test_a_noisy_mass_has_its_volume_within_two_percent(volume):
    low, high = proposed_range(volume, PHANTOM.centre)
    assert FAT < low < TISSUE < high
    found = grow(volume, PHANTOM.centre, -20.0, 300.0).mask
    tidy = largest(smooth(fill_holes(found), 1.0))
    assert tidy.volume_ml == pytest.approx(PHANTOM.volume_ml, rel=0.02)


def test_a_leak_stops_at_the_limit_and_says_so(volume):
    everything = (-2000.0, 2000.0)
    far = grow(volume, PHANTOM.centre, *everything, Limits(1000.0, 12.0))
    assert far.leaked
    assert "1.2 cm" in far.reason
    index = np.argwhere(far.mask.voxels) + far.mask.origin
    apart = np.linalg.norm(volume.stack.to_lps(index) - PHANTOM.centre, axis=1)
    assert apart.max() <= 12.0 + 2.0
    large = grow(volume, PHANTOM.centre, *everything, Limits(5.0, 500.0))
    assert large.leaked
    assert "5 mL" in large.reason
    assert large.mask.volume_ml == pytest.approx(5.0, rel=0.01)


def test_it_stays_within_a_mask_and_in_slices_that_are_there(volume):
    voxels = np.zeros(volume.stack.shape, bool)
    voxels[:, :, : volume.stack.shape[2] // 2 + 1] = True
    half = Mask.of(voxels, volume.stack)
    seed = np.array(PHANTOM.centre) - [5.0, 0, 0]
    inside = grow(volume, seed, -20.0, 300.0, within=half).mask
    assert not (inside.dense() & ~voxels).any()
    assert inside.count > 1000
    loaded = np.ones(len(volume.voxels), bool)
    loaded[: len(loaded) // 2 - 2] = False
    part = volume_of(volume.stack, volume.voxels)
    part.loaded[:] = loaded
    assert min(grow(part, PHANTOM.centre, -20.0, 300.0).mask.slices) == len(loaded) // 2 - 2


@pytest.mark.parametrize(
    ("seed", "values", "words"),
    [
        ((0.0, 0.0, 9999.0), (0.0, 100.0), "outside the images"),
        ((0.0, 0.0, 0.0), (0.0, 100.0), "air (-1000 HU)"),
        ((0.0, 0.0, 0.0), (-1200.0, -1100.0), "air"),
        ((0.0, 0.0, 20.0), (200.0, 300.0), "40 HU, outside the range 200 to 300"),
    ],
)
def test_a_seed_that_cannot_grow_is_refused_with_a_sentence(seed, values, words):
    stack = axial_stack(slices=10, step=4.0, origin=(-10.0, -10.0, 0.0))
    voxels = np.full(stack.shape, -1000, np.int16)
    voxels[4:] = 40
    with pytest.raises(UserError) as raised:
        grow(volume_of(stack, voxels), seed, *values)
    assert words in str(raised.value)


def test_it_can_be_cancelled(volume):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        grow(volume, PHANTOM.centre, -20.0, 200.0, reporter=reporter)


UNEQUAL = axial_stack(slices=9, rows=21, columns=23, spacing=(0.8, 1.1), step=1.9, origin=(0, 0, 0))


@pytest.mark.parametrize("index", [(4, 10, 11), (0, 0, 0), (8, 20, 22), (1, 19, 2)])
@pytest.mark.parametrize("radius", [0.5, 2.0, 4.1])
@pytest.mark.parametrize("spread", [2.0, 25.0])
def test_the_range_is_the_median_and_the_spread_of_a_ball(index, radius, spread):
    values = np.random.default_rng(5).normal(60, spread, UNEQUAL.shape)
    volume = volume_of(UNEQUAL, values.astype(np.float32))
    seed = UNEQUAL.to_lps(np.array(index, float))
    places = UNEQUAL.to_lps(np.moveaxis(np.indices(UNEQUAL.shape), 0, -1))
    ball = volume.voxels[np.linalg.norm(places - seed, axis=-1) <= radius]
    low, middle, high = np.percentile(ball, [25, 50, 75])
    # The quartiles of a normal distribution lie 1.349 of its standard deviations apart.
    half = max(15.0, 2.5 * (high - low) / 1.349)
    expected = (middle - half, middle + half)
    assert proposed_range(volume, seed, radius) == pytest.approx(expected)


@pytest.mark.parametrize(("step", "refused"), [(79, False), (82, True)])
def test_where_tissues_meet_no_range_is_proposed(step, refused):
    """Two levels, half of the ball each: 300 HU wide where they are 81 HU apart."""
    values = np.zeros(UNEQUAL.shape, np.int16)
    values[:, :, 1::2] = step
    volume = volume_of(UNEQUAL, values)
    seed = UNEQUAL.to_lps([4.0, 10, 11])
    if refused:
        with pytest.raises(UserError, match="tissues meet here"):
            proposed_range(volume, seed)
    else:
        low, high = proposed_range(volume, seed)
        assert high - low == pytest.approx(2 * 2.5 * step / 1.349)
    loose = volume_of(UNEQUAL, values * 9, unit="", modality="MR")
    assert proposed_range(loose, seed)[1] > 1000  # no HU, no opinion


def test_no_range_is_proposed_outside_the_picture():
    values = np.full(UNEQUAL.shape, -2000, np.int16)
    volume = volume_of(UNEQUAL, values, padding=-2000.0)
    with pytest.raises(UserError, match="outside the image"):
        proposed_range(volume, UNEQUAL.centre)
    with pytest.raises(UserError, match="outside the images"):
        proposed_range(volume, UNEQUAL.centre + 500)


def test_a_seed_belongs_to_the_voxel_round_it_to_its_edges():
    inside = UNEQUAL.to_lps([8.49, 20.49, 22.49])
    assert seed_index(volume_of(UNEQUAL), inside) == (8, 20, 22)
    assert seed_index(volume_of(UNEQUAL), UNEQUAL.to_lps([-0.49, -0.49, -0.49])) == (0, 0, 0)
    for beyond in ([8.51, 5, 5], [4, 20.51, 5], [4, 5, 22.51], [-0.51, 5, 5], [4, 5, -0.51]):
        with pytest.raises(UserError, match="outside the images"):
            seed_index(volume_of(UNEQUAL), UNEQUAL.to_lps(beyond))
    part = volume_of(UNEQUAL)
    part.loaded[3] = False
    with pytest.raises(UserError, match="not loaded"):
        seed_index(part, UNEQUAL.to_lps([3.0, 5, 5]))


@pytest.mark.parametrize("reach_mm", [0.3, 2.0, 4.0])
def test_compactness_is_the_share_of_voxels_surrounded_by_seven_tenths(reach_mm):
    voxels = np.random.default_rng(3).random((6, 9, 10)) < 0.75
    voxels[1:5, 2:7, 2:8] = True
    mask = Mask.of(voxels, UNEQUAL, (1, 5, 6))
    reach = [max(1, round(reach_mm / s)) for s in (1.9, 0.8, 1.1)]
    padded = np.pad(mask.voxels, [(r, r) for r in reach])
    size = np.prod([2 * r + 1 for r in reach])
    surrounded = [
        padded[tuple(slice(i, i + 2 * r + 1) for i, r in zip(at, reach, strict=True))].sum()
        >= 0.7 * size
        for at in np.argwhere(mask.voxels)
    ]
    assert compact_share(mask, reach_mm) == pytest.approx(np.mean(surrounded))


def test_nothing_is_compact_and_a_block_is_but_for_its_rim():
    assert compact_share(Mask.of(np.zeros((0, 0, 0), bool), UNEQUAL)) == 1.0
    stack = axial_stack(slices=40, rows=50, columns=50, spacing=(1.0, 1.0), step=1.0)
    block = np.zeros(stack.shape, bool)
    block[5:35, 5:45, 5:45] = True
    # A face two voxels deep is surrounded by less than seven tenths where the box reaches three.
    share = compact_share(Mask.of(block, stack))
    assert 0.75 < share < 28 * 38 * 38 / (30 * 40 * 40)


@pytest.mark.parametrize(("thick", "leaked"), [(14, False), (1, True)])
def test_what_spreads_in_strands_is_not_kept(thick, leaked):
    """Plates joined at one end: of fourteen voxels they are a mass, of one they are strands."""
    stack = axial_stack(slices=60, rows=90, columns=90, spacing=(1.5, 1.5), step=1.5)
    values = np.full(stack.shape, -100, np.int16)
    values[5:55, 5:85, 5:85] = np.where(np.arange(80) % (thick + 2) < thick, 50, -100)
    values[5:55, 5:85, 5:7] = 50
    values[5:8, 5:85, 5:85] = 50
    found = grow(volume_of(stack, values), stack.to_lps([6.0, 40, 40]), 0.0, 100.0)
    assert found.mask.volume_ml > 300
    assert found.leaked is leaked
    assert ("strands" in found.reason) is leaked
    small = axial_stack(slices=60, rows=90, columns=90, spacing=(0.7, 0.7), step=0.7)
    few = grow(volume_of(small, values), small.to_lps([6.0, 40, 40]), 0.0, 100.0)
    assert few.mask.volume_ml < 300
    assert not few.leaked  # what is small is not judged
    whole = Mask.of(np.ones(stack.shape, bool), stack)
    within = grow(volume_of(stack, values), stack.to_lps([6.0, 40, 40]), 0.0, 100.0, within=whole)
    assert not within.leaked  # the reader said how far it may grow


@pytest.mark.parametrize("lean", [(0.0, 0.0), (0.8, 0.0), (0.0, -0.8), (0.6, 0.7)])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sense", [1, -1])
def test_a_rod_is_filled_to_the_reach_and_has_leaked_beyond_it(lean, axis, sense):
    """Nine voxels from the seed on, on slices that a tilted gantry shifts."""
    heights = np.arange(20) * 1.9
    origins = np.stack([lean[0] * heights, lean[1] * heights, heights], axis=1)
    ways = (np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (0.8, 1.1))
    stack = SliceStack(origins, *ways, 60, 50)
    values = np.full(stack.shape, -100, np.int16)
    start = np.array([10, 30, 25])
    for n in range(10):
        values[tuple(start + n * sense * np.eye(3, dtype=int)[axis])] = 50
    volume = volume_of(stack, values)
    length = 9 * (1.9, 0.8, 1.1)[axis]
    seed = stack.to_lps(start)
    found = grow(volume, seed, 0.0, 100.0, Limits(8000.0, length + 0.01))
    assert not found.leaked
    np.testing.assert_array_equal(found.mask.dense(), values == 50)
    short = grow(volume, seed, 0.0, 100.0, Limits(8000.0, length - 0.01))
    assert short.leaked
    assert short.mask.count == 9


def test_a_range_in_fractions_and_falling_values_is_met():
    stored = np.full(UNEQUAL.shape, 10, np.int16)
    stored[3:6, 5:9, 6:12] = -40
    volume = volume_of(UNEQUAL, stored, rescale_slope=-0.5, rescale_intercept=2.0, unit="")
    found = grow(volume, UNEQUAL.to_lps([4.0, 6, 7]), 21.9, 22.0)  # 2 + 20, both ends included
    assert not found.leaked
    np.testing.assert_array_equal(found.mask.dense(), stored == -40)
    with pytest.raises(UserError, match="22, outside the range"):
        grow(volume, UNEQUAL.to_lps([4.0, 6, 7]), 22.1, 30.0)


def test_a_mask_of_another_grid_is_no_bound():
    other = Mask.of(np.ones((2, 2, 2), bool), axial_stack(slices=9, rows=21, columns=22))
    with pytest.raises(ValueError, match="another grid"):
        grow(volume_of(UNEQUAL), UNEQUAL.centre, -5000.0, 5000.0, within=other)


def test_a_single_voxel_that_is_alone_in_its_range_is_filled():
    stack = axial_stack(slices=5, rows=7, columns=8)
    values = np.zeros(stack.shape, np.int16)
    values[2, 3, 4] = 90
    found = grow(volume_of(stack, values), stack.to_lps([2.0, 3, 4]), 80.0, 100.0)
    assert not found.leaked
    assert np.argwhere(found.mask.dense()).tolist() == [[2, 3, 4]]
