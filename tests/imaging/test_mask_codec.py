"""Masks and grids come back bit for bit, and equal content has an equal name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.store.samples import blob, uneven_stack
from tumorboard.imaging.mask_codec import (
    PackedMask,
    digest_of,
    pack_grid,
    unpack_grid,
    unpack_mask,
)
from tumorboard.imaging.mask_model import Mask, same_grid

STACK = uneven_stack()


@given(arrays.arrays(bool, STACK.shape, elements=st.booleans(), fill=st.just(False)))
def test_a_mask_comes_back_bit_for_bit(voxels):
    mask = Mask.of(voxels, STACK)
    packed = PackedMask.of(mask)
    again = unpack_mask(packed.voxels.body, STACK)
    assert again.same_as(mask)
    assert again.origin == mask.origin
    assert digest_of(packed.voxels.body) == packed.voxels.digest
    assert packed.volume_mm3 == pytest.approx(mask.volume_mm3)
    assert packed.slices == ((mask.slices[0], mask.slices[-1]) if mask.slices else ())


def test_a_grid_comes_back_to_the_last_bit():
    again = unpack_grid(pack_grid(STACK).body)
    for name in ("origins", "row_direction", "column_direction"):
        assert np.array_equal(getattr(again, name), getattr(STACK, name))
    assert (again.shape, again.pixel_spacing) == (STACK.shape, STACK.pixel_spacing)
    assert same_grid(again, STACK, 0.0)


def test_other_content_has_another_name():
    one, other = PackedMask.of(blob()), PackedMask.of(blob(high=13))
    assert one.voxels.digest != other.voxels.digest
    assert one.grid.digest == other.grid.digest
    assert PackedMask.of(blob()).voxels == one.voxels


def test_damaged_bytes_are_refused():
    packed = PackedMask.of(blob())
    assert digest_of(packed.voxels.body[:-3]) == ""
    with pytest.raises(ValueError, match="damaged"):
        unpack_mask(packed.voxels.body[:-3], STACK)
    with pytest.raises(ValueError, match="another kind"):
        unpack_mask(packed.grid.body, STACK)
    with pytest.raises(ValueError, match="another kind"):
        unpack_grid(packed.voxels.body)
