"""A value is written with the digits that count, whatever its size."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.segmentation.grow import proposed_range
from tumorboard.imaging.value_words import number, unit_words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (41.4, "HU", "41"),
        (0.4, "HU", "0"),
        (3.456, "SUVbw", "3.5"),
        (0.001234, "", "0.00123"),
        (0.5, "", "0.5"),
        (12.345, "mg/mL", "12.3"),
        (99.97, "%", "100"),
        (12345.6, "Bq/mL", "12346"),
        (0.0, "", "0"),
        (-0.0126, "", "-0.0126"),
    ],
)
def test_numbers(value, unit, words):
    assert number(value, unit) == words


def test_units():
    assert unit_words("") == "stored value"
    assert unit_words("SUVlbm") == "SUVlbm"


@pytest.mark.parametrize(("largest", "unit"), [(0.003, ""), (1.0, ""), (8.0, "SUVbw")])
def test_a_range_to_grow_in_is_as_narrow_as_the_values_of_a_map(largest, unit):
    stack = axial_stack(slices=5)
    voxels = np.full(stack.shape, 0.2 * largest, np.float32)
    voxels[:, 10:20, 10:20] = largest
    volume = volume_of(stack, voxels, unit=unit)
    low, high = proposed_range(volume, stack.to_lps([2, 15, 15]), 2.0)
    assert 0.2 * largest < low <= largest <= high
