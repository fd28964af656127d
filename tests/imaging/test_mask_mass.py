import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Calibration, Caveat
from tumorboard.imaging.mask_content import TissueRanges, ValueRange
from tumorboard.imaging.mask_mass import (
    growth_of_volume,
    measure_mass,
    solid_share,
    total_volume_ml,
)
from tumorboard.imaging.mask_model import Mask
from tumorboard.ui.outlines.rows import share_lines

STACK = axial_stack(slices=6, rows=20, columns=20, spacing=(1.0, 1.0), step=2.0)


def block(first: int = 0, last: int = 10) -> Mask:
    voxels = np.zeros(STACK.shape, bool)
    voxels[1:5, 5:15, 5 + first : 5 + last] = True
    return Mask.of(voxels, STACK)


def half_fat(**changes):
    voxels = np.full(STACK.shape, 60, np.int16)
    voxels[:, :, :8] = -100
    return volume_of(STACK, voxels, **changes)


def test_shares_follow_the_ranges_of_the_institution():
    found = measure_mass(half_fat(phase="native"), block())
    assert found.shares.fat == pytest.approx(0.3)
    assert found.shares.calcified == 0
    assert found.values is not None
    assert found.values.mean == pytest.approx(12.0)
    assert found.values.percentiles[95] == 60
    other = TissueRanges(fat=ValueRange(50, 70), calcified=ValueRange(-110, -90))
    assert measure_mass(half_fat(), block(), ranges=other).shares.fat == pytest.approx(0.7)


def test_mr_has_no_shares_by_hu_and_says_why():
    found = measure_mass(half_fat(unit="", modality="MR"), block())
    assert found.shares.fat is None
    assert "MR has no Hounsfield units" in found.shares.reasons[0]
    assert found.volume_ml == pytest.approx(0.8)


def test_uncalibrated_images_and_single_slices_give_no_size():
    loose = measure_mass(half_fat(calibration=Calibration.NONE), block())
    assert loose.volume_ml is None
    assert loose.recist_mm is None
    assert "uncalibrated" in {c.code for c in loose.caveats}
    stack = axial_stack(slices=1, rows=20, columns=20)
    voxels = np.zeros(stack.shape, bool)
    voxels[0, 3:9, 3:9] = True
    single = measure_mass(volume_of(stack), Mask.of(voxels, stack))
    assert single.volume_ml is None
    assert single.recist_mm is not None
    assert "single-slice" in {c.code for c in single.caveats}


def test_a_solid_component_counts_inside_its_parent_only():
    found = solid_share(block(0, 10), block(8, 12))
    assert found.share == pytest.approx(0.2)
    assert found.outside_ml == pytest.approx(block(8, 12).volume_ml / 2)


def test_growth_doubles_only_where_both_volumes_exist():
    found = growth_of_volume(100.0, 200.0, 60)
    assert found is not None
    assert (found.absolute, found.percent) == (100.0, 100.0)
    assert found.doubling_days == pytest.approx(60)
    assert growth_of_volume(None, 200.0, 60) is None
    new = growth_of_volume(0.0, 5.0, 60)
    assert new is not None
    assert new.percent is None
    assert new.doubling_days is None


def test_a_total_needs_every_volume():
    whole = measure_mass(half_fat(), block())
    assert total_volume_ml([whole, whole]) == pytest.approx(1.6)
    loose = measure_mass(half_fat(calibration=Calibration.NONE), block())
    assert total_volume_ml([whole, loose]) is None
    assert total_volume_ml([]) is None


def test_a_mask_of_other_images_is_refused():
    with pytest.raises(ValueError, match="another grid"):
        measure_mass(volume_of(axial_stack(slices=6, rows=20, columns=21)), block())


@pytest.mark.parametrize(
    ("phase", "calcified", "necrotic"),
    [
        ("native", True, False),
        *((name, False, True) for name in ("portal venous", "venous", "delayed", "nephrographic")),
        *((name, False, False) for name in ("", "arterial", "late arterial", "with contrast")),
    ],
)
def test_shares_stand_only_in_a_phase_that_supports_them(phase, calcified, necrotic):
    """A spleen full of contrast medium is as bright as calcium, an arterial one dark in places."""
    bright = volume_of(STACK, np.full(STACK.shape, 180, np.int16), phase=phase)
    shares = measure_mass(bright, block()).shares
    assert (shares.calcified is not None) == calcified
    assert (shares.necrotic is not None) == necrotic
    assert shares.fat == 0
    assert any("Calcification is not given" in r for r in shares.reasons) != calcified
    assert any("does not enhance is not given" in r for r in shares.reasons) != necrotic
    lines = " ".join(share_lines(shares))
    assert ("calcified" in lines) == calcified
    assert ("not enhancing" in lines) == necrotic


def apart(*boxes: tuple[int, int, int, int, int, int]) -> Mask:
    stack = axial_stack(slices=30, rows=60, columns=60, spacing=(1.0, 1.0), step=2.0)
    voxels = np.zeros(stack.shape, bool)
    for k0, k1, i0, i1, j0, j1 in boxes:
        voxels[k0:k1, i0:i1, j0:j1] = True
    return Mask.of(voxels, stack)


BODY = (5, 15, 10, 30, 10, 30)


@pytest.mark.parametrize(
    "stray", [(10, 11, 55, 57, 55, 57), (28, 29, 15, 16, 15, 16), (0, 1, 0, 2, 0, 2)]
)
def test_stray_voxels_do_not_stretch_a_mass_and_are_named(stray):
    whole, alone = apart(BODY, stray), apart(BODY)
    found = measure_mass(volume_of(whole.stack), whole)
    wanted = measure_mass(volume_of(alone.stack), alone)
    assert found.dimensions.sizes_mm == pytest.approx(wanted.dimensions.sizes_mm)
    assert found.volume_ml == pytest.approx(whole.volume_ml)
    (said,) = (c.text for c in found.caveats if c.code == "several-parts")
    assert f"{alone.volume_ml:.1f} of {whole.volume_ml:.1f} mL" in said
    assert not any(c.code == "several-parts" for c in wanted.caveats)


def test_outlines_on_some_slices_are_one_mass():
    sparse = apart(*((k, k + 1, 10, 30, 10, 30) for k in range(5, 20, 3)))
    found = measure_mass(volume_of(sparse.stack), sparse)
    assert not any(c.code == "several-parts" for c in found.caveats)
    assert found.dimensions.sizes_mm[2] == pytest.approx(26.0)


def test_parts_that_touch_by_a_corner_hang_together():
    touching = apart((5, 10, 10, 20, 10, 20), (10, 15, 20, 30, 20, 30))
    found = measure_mass(volume_of(touching.stack), touching)
    assert not any(c.code == "several-parts" for c in found.caveats)


def test_an_empty_mask_has_no_measures():
    with pytest.raises(ValueError, match="empty"):
        measure_mass(half_fat(), Mask.of(np.zeros((0, 0, 0), bool), STACK))


def test_a_mass_carries_the_reservations_of_images_and_mask_once():
    gap = Caveat("missing-slices", "A gap.")
    found = measure_mass(half_fat(caveats=(gap, gap)), block())
    assert found.caveats == (gap,)
    assert found.slices == (1, 2, 3, 4)
    assert found.recist_mm == pytest.approx(np.hypot(10, 10))


def test_images_without_a_place_give_no_size():
    loose = measure_mass(half_fat(caveats=(Caveat("no-position", "No place."),)), block())
    assert (loose.volume_ml, loose.dimensions, loose.recist_mm) == (None, None, None)
    assert [c.code for c in loose.caveats] == ["no-position", "uncalibrated"]


def test_a_component_of_nothing_has_no_share():
    nothing = Mask.of(np.zeros((0, 0, 0), bool), STACK)
    found = solid_share(nothing, block())
    assert (found.parent_ml, found.share) == (0.0, 0.0)
    assert found.outside_ml == pytest.approx(0.8)
    inside = solid_share(block(0, 10), block(2, 5))
    assert (inside.parent_ml, inside.share) == (pytest.approx(0.8), pytest.approx(0.3))
    assert inside.outside_ml == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("before", "after", "days", "doubling"),
    [
        (10.0, 80.0, 90, 30.0),  # three doublings
        (80.0, 10.0, 90, -30.0),
        (10.0, 10.0, 90, None),
        (10.0, 20.0, 0, None),
        (10.0, 20.0, -5, None),
        (10.0, 20.0, 1, 1.0),
        (10.0, 0.0, 90, None),
    ],
)
def test_doubling_times(before, after, days, doubling):
    found = growth_of_volume(before, after, days)
    assert found.doubling_days == (None if doubling is None else pytest.approx(doubling))
    assert (found.before, found.after, found.days) == (before, after, days)
    assert found.absolute == after - before
    assert found.percent == pytest.approx(100 * after / before - 100)
    assert growth_of_volume(before, None, days) is None
