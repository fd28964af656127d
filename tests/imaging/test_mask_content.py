"""What a mass is made of: values and shares by the volume of voxels that are there."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.mask_content import TissueRanges, ValueRange, shares_of, values_of
from tumorboard.imaging.mask_model import Mask

#: Slices that stand for 2, 2, 4 and 4 mm.
STACK = axial_stack(slices=4, rows=6, columns=6, positions=np.array([0.0, 2.0, 4.0, 10.0]))
VOXELS = np.zeros(STACK.shape, np.int16)
VOXELS[0], VOXELS[1], VOXELS[2], VOXELS[3] = -100, 10, 60, 500
WHOLE = Mask.of(np.pad(np.ones((4, 2, 3), bool), ((0, 0), (1, 3), (2, 1))), STACK)


def test_the_ranges_to_start_with():
    """Starting values that an institution confirms, named in the settings and in the guide."""
    ranges = TissueRanges()
    assert (ranges.fat.low, ranges.fat.high) == (-190.0, -30.0)
    assert (ranges.necrotic.low, ranges.necrotic.high) == (-10.0, 25.0)
    assert (ranges.calcified.low, ranges.calcified.high) == (130.0, 4000.0)


def test_values_of_known_numbers():
    numbers = np.arange(101.0).reshape(1, 101, 1)
    stack = axial_stack(slices=1, rows=101, columns=1)
    volume = volume_of(stack, numbers.astype(np.int16), rescale_slope=2.0, rescale_intercept=10.0)
    found = values_of(volume, Mask.of(np.ones(stack.shape, bool), stack))
    assert (found.count, found.mean, found.minimum, found.maximum) == (101, 110.0, 10.0, 210.0)
    assert found.percentiles == pytest.approx({5: 20, 25: 60, 50: 110, 75: 160, 95: 200})
    assert found.sd == pytest.approx(2 * np.sqrt(101 * 102 / 12))
    assert found.unit == "HU"
    one = values_of(volume, Mask.of(np.ones((1, 1, 1), bool), stack, (0, 7, 0)))
    assert (one.count, one.mean, one.sd) == (1, 24.0, 0.0)


def test_shares_are_by_volume_on_uneven_slices():
    native = shares_of(volume_of(STACK, VOXELS, phase="native"), WHOLE)
    assert native.fat == pytest.approx(2 / 12)
    assert native.calcified == pytest.approx(4 / 12)
    assert native.necrotic is None
    venous = shares_of(volume_of(STACK, VOXELS, phase="portal venous"), WHOLE)
    assert venous.necrotic == pytest.approx(2 / 12)
    assert (venous.calcified, venous.fat) == (None, pytest.approx(2 / 12))


def test_both_ends_of_a_range_are_included():
    volume = volume_of(STACK, VOXELS, phase="native")
    for low, high, share in ((10, 60, 6 / 12), (11, 59, 0.0), (10, 10, 2 / 12), (60, 500, 8 / 12)):
        ranges = TissueRanges(fat=ValueRange(low, high))
        assert shares_of(volume, WHOLE, ranges).fat == pytest.approx(share)
        assert shares_of(volume, WHOLE, ranges).ranges is ranges


def test_what_is_not_loaded_and_padding_count_for_nothing():
    volume = volume_of(STACK, VOXELS, phase="native", padding=-100.0)
    assert values_of(volume, WHOLE).count == 18
    assert shares_of(volume, WHOLE).fat == 0.0
    volume.loaded[3] = False
    assert values_of(volume, WHOLE).maximum == 60
    assert shares_of(volume, WHOLE).calcified == 0.0
    volume.loaded[:] = False
    assert values_of(volume, WHOLE) is None
    nothing = shares_of(volume, WHOLE)
    assert (nothing.fat, nothing.necrotic, nothing.calcified) == (None,) * 3
    assert nothing.reasons == ("No slice of the mass is loaded.",)


def test_the_phase_is_told_with_its_evidence():
    known = shares_of(volume_of(STACK, VOXELS, phase="native", phase_evidence="no agent"), WHOLE)
    assert known.phase == "native: no agent"
    assert "the images seem native" in known.reasons[0]
    unknown = shares_of(volume_of(STACK, VOXELS), WHOLE)
    assert unknown.phase == ""
    assert all("not known" in reason for reason in unknown.reasons)
    assert len(unknown.reasons) == 2


def test_images_without_a_modality_are_these_images():
    found = shares_of(volume_of(STACK, VOXELS, unit="", modality=""), WHOLE)
    assert found.reasons == ("Shares by HU are not given: these images have no Hounsfield units.",)
