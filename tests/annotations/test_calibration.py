"""A known length holds for the object it was stated on, and for no other picture of its series."""

from dataclasses import replace

import numpy as np
import pytest

from tests.annotations.shapes import annotation
from tests.imaging.phantoms import noisy
from tumorboard.annotations.calibration import (
    calibration_of,
    in_force,
    recalibrated,
    scale_in_force,
)
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.coding import LENGTH
from tumorboard.imaging.geometry import Calibration, SliceStack
from tumorboard.imaging.volume import Volume

UIDS = ("1.2.3.1", "1.2.3.2", "1.2.3.3")


@pytest.fixture
def volume() -> Volume:
    """Three photographs of one size without a pixel size."""
    origins = np.array([(0.0, 0.0, k) for k in range(3)])
    stack = SliceStack(origins, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1.0, 1.0), 8, 8)
    made = noisy(stack, np.zeros((3, 8, 8)), 0.0, 1)
    return replace(
        made, series_instance_uid="1.2", sop_instance_uids=UIDS, calibration=Calibration.NONE
    )


def known(uid: str, length: float, series: str = "1.2") -> Annotation:
    line = annotation(Kind.LENGTH, flat=((0.0, 0.0), (5.0, 0.0)))
    image = replace(line.image, series_instance_uid=series, sop_instance_uids=(uid,))
    return replace(line, kind=Kind.CALIBRATION, image=image, known_mm=length)


def test_each_picture_has_its_own_scale(volume):
    """Near https://github.com/OHIF/Viewers/issues/5124"""
    stated = (known(UIDS[0], 50.0), known(UIDS[2], 20.0))
    found = [in_force(stated, volume, k) for k in range(3)]
    assert found == [(Calibration.USER, 10.0), (Calibration.NONE, None), (Calibration.USER, 4.0)]
    assert in_force(stated, volume) == (Calibration.USER, 4.0)


def test_the_newest_length_on_a_picture_holds(volume):
    stated = (known(UIDS[0], 50.0), known(UIDS[0], 25.0), known(UIDS[1], 1.0))
    assert in_force(stated, volume, 0) == (Calibration.USER, 5.0)


def test_the_frames_of_one_object_share_a_length(volume):
    cine = replace(volume, sop_instance_uids=(UIDS[0],) * 3, frames=(1, 2, 3))
    stated = (known(UIDS[0], 50.0),)
    assert [in_force(stated, cine, k)[1] for k in (None, 0, 2)] == [10.0] * 3


def test_a_length_on_another_part_of_the_series_says_nothing(volume):
    assert in_force((known(UIDS[0], 50.0, "1.2.part"),), volume, 0) == (Calibration.NONE, None)


def test_what_is_drawn_takes_the_length_of_its_own_picture():
    stated = (known(UIDS[0], 50.0), known(UIDS[1], 20.0))
    assert [calibration_of(stated, a.image).known_mm for a in stated] == [50.0, 20.0]


def test_what_the_file_calibrates_no_length_replaces(volume):
    stated = (known(UIDS[0], 50.0),)
    for source in Calibration:
        bare = replace(volume, calibration=source)
        replaced = source in {Calibration.NONE, Calibration.IMAGER_SPACING}
        expected = (Calibration.USER, 10.0) if replaced else (source, 1.0)
        assert in_force(stated, bare, 0) == expected
        assert scale_in_force(stated, bare, 0) == expected[1]
        untouched = (source, None if source is Calibration.NONE else 1.0)
        assert in_force((), bare) == in_force(stated, bare, 1) == untouched


def test_a_length_without_extent_states_nothing(volume):
    point = known(UIDS[0], 50.0)
    point = replace(point, points=(point.points[0],) * 2)
    assert in_force((point,), volume, 0) == (Calibration.NONE, None)
    assert in_force((known(UIDS[0], 50.0), point), volume, 0) == (Calibration.USER, 10.0)
    line = replace(known(UIDS[0], 50.0), kind=Kind.LENGTH)
    assert in_force((line,), volume, 0) == (Calibration.NONE, None)


def test_a_list_that_changes_is_read_again(volume):
    stated = [known(UIDS[0], 50.0)]
    assert in_force(stated, volume, 0)[1] == 10.0
    stated[0] = known(UIDS[0], 20.0)
    assert in_force(stated, volume, 0)[1] == 4.0


@pytest.mark.parametrize("source", [Calibration.NONE, Calibration.IMAGER_SPACING])
def test_a_measurement_follows_the_length_that_comes_changes_and_goes(source):
    line = annotation(Kind.LENGTH, flat=((0.0, 0.0), (3.0, 4.0)))
    line = replace(line, image=replace(line.image, calibration=source))
    first, second = known(UIDS[0], 50.0), known(UIDS[0], 20.0)
    first = replace(first, image=replace(first.image, calibration=source))
    second = replace(second, image=replace(second.image, calibration=source))
    came = recalibrated(line, first, None)
    assert measure(came).value_mm(LENGTH) == pytest.approx(50.0)
    changed = recalibrated(came, second, first)
    assert measure(changed).value_mm(LENGTH) == pytest.approx(20.0)
    assert recalibrated(changed, None, second) == line
    assert recalibrated(first, second, None) == first  # a known length rests on no other


def test_what_a_file_calibrates_keeps_its_scale():
    line = annotation(Kind.LENGTH)
    assert recalibrated(line, known(UIDS[0], 50.0), None) == line
