"""A volume: what it refuses, what it says of its values, its pictures and its sides."""

from dataclasses import replace

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Calibration, Caveat, SliceStack
from tumorboard.imaging.volume import VoiTable, is_uptake

STACK = axial_stack(slices=3, rows=4, columns=5)
VOLUME = volume_of(STACK, rescale_slope=2.0, rescale_intercept=-7.0)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="geometry"):
        volume_of(STACK, np.zeros((3, 4, 6), np.int16))
    with pytest.raises(ValueError, match="flag"):
        replace(VOLUME, loaded=np.ones(4, bool))
    with pytest.raises(ValueError, match="colours"):
        replace(VOLUME, colour=np.zeros((3, 4, 5, 4), np.uint8))
    replace(VOLUME, colour=np.zeros((3, 4, 5, 3), np.uint8))


def test_a_voxel_has_its_value_and_what_is_no_voxel_has_none():
    assert VOLUME.value_at((2, 3, 4)) == 2.0 * 234 - 7
    assert VOLUME.value_at((0, 0, 0)) == -7
    for index in ((3, 0, 0), (0, 4, 0), (0, 0, 5), (-1, 0, 0), (0, -1, 0), (0, 0, -1)):
        assert VOLUME.value_at(index) is None
    part = replace(VOLUME, loaded=np.array([True, False, True]))
    assert part.value_at((1, 0, 0)) is None
    assert part.value_at((2, 0, 0)) is not None


@pytest.mark.parametrize(
    ("padding", "limit", "marked"),
    [
        (None, None, []),
        (-5, None, [-5]),
        (-5, -3, [-5, -4, -3]),
        (-3, -5, [-5, -4, -3]),
        (0, 1, [0, 1]),
    ],
)
def test_padding_is_one_value_or_all_between_two(padding, limit, marked):
    volume = replace(VOLUME, padding=padding, padding_limit=limit)
    stored = np.arange(-8, 8)
    assert stored[volume.is_padding(stored)].tolist() == marked


@pytest.mark.parametrize(
    ("changes", "fractional"),
    [
        ({"unit": "HU", "rescale_slope": 0.5}, False),
        ({"unit": "", "rescale_slope": 1.0}, False),
        ({"unit": "", "rescale_slope": 0.5}, True),
        ({"unit": "", "voxels": np.zeros(STACK.shape, np.float32)}, True),
        ({"unit": "", "voxels": np.zeros(STACK.shape, np.uint16)}, False),
    ],
)
def test_values_are_fractions_where_slope_or_type_makes_them(changes, fractional):
    assert replace(VOLUME, rescale_slope=1.0).is_fractional is False
    values = {"rescale_slope": 1.0, **changes}
    assert replace(VOLUME, **values).is_fractional is fractional


def test_its_pictures_are_objects_or_their_frames():
    assert VOLUME.pictures == {("1.2.3.0", 0), ("1.2.3.1", 0), ("1.2.3.2", 0)}
    cine = replace(VOLUME, sop_instance_uids=("9",) * 3, frames=(4, 5, 6))
    assert cine.pictures == {("9", 0), ("9", 4), ("9", 5), ("9", 6)}


def test_a_part_of_a_series_names_the_whole():
    assert VOLUME.whole_uid == "1.2.3"
    assert replace(VOLUME, part_of="1.2").whole_uid == "1.2"


def test_lengths_are_millimetres_unless_nothing_calibrates():
    calibrated = [replace(VOLUME, calibration=c).is_calibrated for c in Calibration]
    assert calibrated == [c is not Calibration.NONE for c in Calibration]


@pytest.mark.parametrize(
    ("modality", "unit", "uptake"),
    [
        ("PT", "g/mL", True),
        ("CT", "g/mL", False),
        ("PT", "Bq/mL", False),
        ("PT", "SUVbw", True),
        ("NM", "SUVlbm", True),
        ("PT", "", False),
    ],
)
def test_what_is_uptake(modality, unit, uptake):
    assert is_uptake(replace(VOLUME, modality=modality, unit=unit)) is uptake


@pytest.mark.parametrize("code", ["no-position", "no-volume"])
def test_without_a_place_sides_are_those_that_the_picture_states(code):
    assert VOLUME.is_placed
    assert VOLUME.side_letters(np.array([1.0, 0, 0])) == "L"
    loose = replace(VOLUME, caveats=(Caveat(code, ""),), stated_sides=("R", "FA"))
    assert not loose.is_placed
    right, down = loose.stack.row_direction, loose.stack.column_direction
    found = [loose.side_letters(d) for d in (right, -right, 3 * down, -down, right + down)]
    assert found == ["R", "L", "FA", "HP", ""]
    assert loose.side_letters(right + 0.4 * down) == "R"
    assert loose.side_letters(right + 0.6 * down) == ""  # cosine 0.86
    silent = replace(loose, stated_sides=())
    assert silent.side_letters(right) == ""
    lossy = replace(VOLUME, caveats=(Caveat("lossy", ""),), stated_sides=("R", "F"))
    assert lossy.side_letters(right) == "L"  # a place tells more than a statement


def test_letters_follow_the_rows_and_columns_of_the_picture():
    turned = SliceStack(STACK.origins, np.array([0, 1.0, 0]), np.array([-1.0, 0, 0]), (1, 1), 4, 5)
    loose = volume_of(turned, caveats=(Caveat("no-position", ""),), stated_sides=("L", "F"))
    assert loose.side_letters(np.array([0, 1.0, 0])) == "L"
    assert loose.side_letters(np.array([1.0, 0, 0])) == "H"


def test_a_table_of_grey_levels_stands_for_a_window():
    window = VoiTable(-100.0, np.zeros(50, np.uint8)).window
    assert (window.centre, window.width, window.function) == (-75.0, 50.0, "TABLE")
