"""A known length holds for the object it was stated on, and for no other picture of its series."""

from dataclasses import replace

import numpy as np
import pytest

from tests.annotations.shapes import annotation
from tests.imaging.phantoms import noisy
from tumorboard.annotations.calibration import calibration_of, in_force
from tumorboard.annotations.model import Annotation, Kind
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
