from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.caveats import caveats_for, gaps
from tumorboard.imaging.geometry import Caveat, Plane

POSITIONS = np.array([0.0, 2, 4, 6, 16, 18, 20, 22])
CODES = ("missing-slices", "gantry-tilt", "lossy", "split")
VOLUME = volume_of(
    axial_stack(slices=8, positions=POSITIONS, origin=(0, 0, 0)),
    caveats=tuple(Caveat(code, code) for code in CODES),
)


def codes(points, plane) -> set[str]:
    return {c.code for c in caveats_for(VOLUME, points, plane)}


def test_the_gap_is_found():
    assert gaps(VOLUME) == [(6.0, 16.0)]


def test_a_step_that_a_thicker_slice_reaches_across_is_no_gap():
    assert not gaps(volume_of(replace(VOLUME.stack, spanned=(3,))))
    assert gaps(volume_of(replace(VOLUME.stack, spanned=(2,)))) == [(6.0, 16.0)]


@pytest.mark.parametrize(
    ("low", "high", "touched"),
    [(0, 4, False), (0, 6, False), (16, 22, False), (4, 18, True), (8, 12, True), (6, 16, True)],
)
def test_only_what_spans_the_gap_carries_it(low, high, touched):
    found = codes([(0, 0, low), (0, 0, high)], Plane.CORONAL)
    assert ("missing-slices" in found) is touched
    assert {"gantry-tilt", "lossy"} <= found


def test_within_a_slice_neither_gap_nor_tilt_matter():
    assert codes([(0, 0, 6), (9, 3, 6)], Plane.AXIAL) == {"lossy"}


def test_what_is_said_of_files_is_not_said_of_lengths():
    assert "split" not in codes([(0, 0, 0), (0, 0, 22)], Plane.SAGITTAL)
