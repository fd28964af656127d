from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.caveats import caveats_for, gaps, slab_caveats
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


@pytest.mark.parametrize(
    ("points", "plane", "wanted"),
    [
        # Half of the usual step of 2 mm: within a slice, or leaving it.
        ([(0, 0, 6), (9, 3, 7.0)], Plane.AXIAL, {"lossy"}),
        ([(0, 0, 20), (9, 3, 21.1)], Plane.AXIAL, {"lossy", "gantry-tilt"}),
        ([(0, 0, 20), (9, 3, 20)], Plane.CORONAL, {"lossy", "gantry-tilt"}),
        ([(0, 0, 5.5), (9, 3, 7)], Plane.AXIAL, {"lossy", "gantry-tilt", "missing-slices"}),
    ],
)
def test_what_leaves_its_slice_carries_what_lies_between_slices(points, plane, wanted):
    assert codes(points, plane) == wanted


@pytest.mark.parametrize(
    ("step", "odd"), [(2.19, False), (2.21, True), (1.79, True), (1.81, False)]
)
def test_a_step_is_uneven_from_a_tenth_of_the_usual_one_on(step, odd):
    places = np.cumsum([0.0, 2, 2, step, 2, 2])
    volume = volume_of(
        axial_stack(slices=6, positions=places, origin=(0, 0, 0)),
        caveats=(Caveat("uneven-spacing", "x"),),
    )
    found = caveats_for(volume, [(0, 0, 0), (0, 0, 10)], Plane.CORONAL)
    assert bool(found) is odd
    assert caveats_for(volume, [(0, 0, 0), (0, 0, 4)], Plane.CORONAL) == ()


@pytest.mark.parametrize(
    "code", ["split", "two-patients", "missing-uid", "duplicate-uid", "paged", "surplus-pixels"]
)
def test_what_is_said_of_files_never_touches_a_length(code):
    volume = volume_of(VOLUME.stack, caveats=(Caveat(code, "x"), Caveat("slice-gaps", "y")))
    found = caveats_for(volume, [(0, 0, 0), (0, 0, 22)], Plane.SAGITTAL)
    assert [c.code for c in found] == ["slice-gaps"]
    flat = caveats_for(volume, [(0, 0, 4), (5, 5, 4)], Plane.AXIAL)
    assert flat == ()


def test_values_read_on_a_thick_cut_say_which_they_are():
    assert slab_caveats(VOLUME, Plane.AXIAL, 0.0) == ()
    assert slab_caveats(VOLUME, Plane.AXIAL, -1.0) == ()
    (native,) = slab_caveats(VOLUME, Plane.AXIAL, 10.0)
    assert (native.code, native.text) == (
        "slab",
        "Values of the 2 mm slice, not of the 10 mm slab on show",
    )
    (across,) = slab_caveats(VOLUME, Plane.CORONAL, 7.5)
    assert across.text == "Values of the plane in its middle, not of the 7.5 mm slab on show"
