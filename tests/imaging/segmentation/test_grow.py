import numpy as np
import pytest
import SimpleITK as sitk

from tests.imaging.phantoms import FAT, TISSUE, MassPhantom, noisy
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.clean import fill_holes, largest, smooth
from tumorboard.imaging.segmentation.grow import Limits, grow, proposed_range
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
