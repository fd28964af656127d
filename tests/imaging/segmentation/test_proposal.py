"""Masses proposed from clicks: known shapes, properties, and what must be refused or said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imaging.phantoms import FAT, TISSUE, MassPhantom, noisy
from tests.imaging.volumes import axial_stack, ellipsoid, volume_of
from tumorboard.annotations.model import as_point
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.proposal import Click, correct, propose
from tumorboard.progress import Reporter

MASS = MassPhantom((24.0, 17.0, 21.0), 30.0)
CENTRE = np.array(MASS.centre)


def phantom(spacing, turn=(0.1, 0.4, 0.3), mass=MASS):
    stack = mass.stack(spacing, turn)
    return noisy(stack, FAT + (TISSUE - FAT) * mass.coverage(stack), 20.0, 3)


def dice(one: Mask, other: np.ndarray) -> float:
    found = one.dense()
    return float(2 * (found & other).sum() / (found.sum() + other.sum()))


@pytest.fixture(scope="module")
def volume():
    return phantom((0.8, 0.8, 2.0))


@pytest.mark.parametrize("spacing", [(0.8, 0.8, 2.0), (0.7, 0.7, 5.0), (1.5, 0.6, 1.0)])
@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.0), (0.2, 0.5, 0.9)])
def test_an_ellipsoid_of_any_voxels_and_turn(spacing, turn):
    seen = phantom(spacing, turn)
    truth = MASS.coverage(seen.stack) > 0.5
    for away in (0.0, 0.5):
        found = propose(seen, CENTRE + [away * 17, 0, 0])
        assert not found.leaked
        assert dice(found.mask, truth) > 0.88


def test_it_is_the_same_whatever_the_unit(volume):
    other = replace(volume, rescale_slope=0.01, rescale_intercept=3.0, unit="", modality="MR")
    one, two = propose(volume, CENTRE), propose(other, CENTRE)
    assert dice(one.mask, two.mask.dense()) > 0.97


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(places=st.lists(st.tuples(*[st.floats(-30, 30)] * 3, st.booleans()), min_size=1, max_size=4))
def test_marks_are_kept_whatever_they_are(volume, places):
    found = propose(volume, CENTRE)
    for *offset, belongs in places:
        click = Click(as_point(CENTRE + np.array(offset)), belongs)
        try:
            found = correct(volume, found, click)
        except UserError:
            continue
    for click in found.clicks:
        index = np.floor(volume.stack.to_index(click.point) + 0.5).astype(int)
        assert found.mask.contains(index.tolist()) is click.belongs


def test_corrections_move_the_border_past_the_click_and_not_the_other_side(volume):
    first = propose(volume, CENTRE)
    beside = CENTRE + np.array([0.0, 0.0, 24.0])
    more = correct(volume, first, Click(as_point(beside)))
    assert more.mask.volume_ml > first.mask.volume_ml
    less = correct(volume, first, Click(as_point(CENTRE + [0, 0, 15.0]), belongs=False))
    assert less.mask.volume_ml < first.mask.volume_ml
    assert first.mask.same_as(propose(volume, CENTRE).mask)  # nothing was changed


def test_measured_axes_say_how_far_it_reaches():
    stack = axial_stack(60, 120, 120, (1.0, 1.0), 2.0, (-60.0, -60.0, -60.0))
    seen = noisy(stack, np.full(stack.shape, 60.0, np.float32), 15.0, 1)
    ends = tuple(
        as_point(v)
        for v in ([-20, 0, 0], [20, 0, 0], [0, -15, 0], [0, 15, 0], [0, 0, -25], [0, 0, 25])
    )
    found = propose(seen, (3.0, 2.0, 1.0), ends)
    assert found.mask.volume_ml == pytest.approx(4 / 3 * np.pi * 20 * 15 * 25 / 1000, rel=0.2)
    assert "no edge is seen" in " ".join(found.unsure)


def test_even_noise_is_a_leak_or_said_to_have_no_edge():
    stack = axial_stack(60, 120, 120, (1.0, 1.0), 2.0, (-60.0, -60.0, -60.0))
    seen = noisy(stack, np.full(stack.shape, 60.0, np.float32), 15.0, 1)
    found = propose(seen, (3.0, 2.0, 1.0))
    assert found.leaked
    assert found.unsure


def test_one_click_says_that_its_reach_is_a_guess(volume):
    first = propose(volume, CENTRE)
    assert "one click" in " ".join(first.unsure)
    second = correct(volume, first, Click(as_point(CENTRE + [3.0, 0, 0])))
    assert "one click" not in " ".join(second.unsure)
    assert {c.code for c in first.caveats} == {"proposed-border"}


def test_a_mass_at_the_edge_of_the_images_says_so():
    stack = axial_stack(20, 60, 60, (1.0, 1.0), 2.0, (-30.0, -30.0, 0.0))
    seen = volume_of(stack, ellipsoid(stack, np.array([0.0, 0.0, 0.0]), (18.0, 18.0, 18.0)))
    found = propose(seen, (0.0, 0.0, 6.0))
    assert found.mask.reaches_the_edge
    assert "edge of the images" in " ".join((*found.unsure, found.leaked))


@pytest.mark.parametrize(
    ("value", "dtype", "sentence"),
    [(60, np.int16, "the same"), (-900, np.int16, "air"), (np.nan, np.float32, "no value")],
)
def test_air_nothing_and_an_even_volume_are_refused(value, dtype, sentence):
    stack = axial_stack()
    seen = volume_of(stack, np.full(stack.shape, value, dtype))
    with pytest.raises(UserError, match=sentence):
        propose(seen, stack.centre)


def test_outside_and_both_are_refused(volume):
    with pytest.raises(UserError, match="outside the images"):
        propose(volume, [1e4, 0, 0])
    found = propose(volume, CENTRE)
    with pytest.raises(UserError, match="marked as both"):
        correct(volume, found, Click(as_point(CENTRE), belongs=False))


def test_values_that_are_no_number_beside_it_do_no_harm(volume):
    voxels = volume.voxels.astype(np.float32)
    voxels[:, :6] = np.nan
    found = propose(replace(volume, voxels=voxels), CENTRE)
    assert dice(found.mask, MASS.coverage(volume.stack) > 0.5) > 0.85


def test_slices_that_are_not_loaded_hold_nothing(volume):
    loaded = volume.loaded.copy()
    middle = volume.stack.nearest_slice(CENTRE)
    loaded[middle + 4 :] = False
    found = propose(replace(volume, loaded=loaded), CENTRE)
    assert max(found.mask.slices) < middle + 4


def test_a_tilted_gantry_and_uneven_slices(volume):
    stack = volume.stack
    tilt = np.outer(stack.positions - stack.positions[0], 0.3 * stack.column_direction)
    uneven = np.outer(np.where(np.arange(len(tilt)) % 3, 0.4, 0.0), stack.normal)
    moved: SliceStack = replace(stack, origins=stack.origins + tilt + uneven)
    mass = MASS
    seen = noisy(moved, FAT + (TISSUE - FAT) * mass.coverage(moved), 20.0, 3)
    found = propose(seen, CENTRE)
    assert dice(found.mask, mass.coverage(moved) > 0.5) > 0.85


def test_it_can_be_cancelled(volume):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        propose(volume, CENTRE, reporter=reporter)
