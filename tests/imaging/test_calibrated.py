"""Where a length may be told in millimetres on an ultrasound image with calibrated regions."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.calibrated import calibration_at
from tumorboard.imaging.geometry import Calibration

STACK = axial_stack(slices=1, rows=200, columns=300, spacing=(0.4, 0.6), origin=(0, 0, 0))


def scanned(*regions):
    return volume_of(
        STACK,
        unit="",
        modality="US",
        calibration=Calibration.ULTRASOUND_REGION,
        calibrated_regions=regions,
    )


def at(*pixels):
    return STACK.to_lps([[0.0, row, column] for row, column in pixels])


#: First row, first column, last row, last column, all of them within.
REGION = (20, 40, 180, 260)
INSIDE = (Calibration.ULTRASOUND_REGION, 1.0)
OUTSIDE = (Calibration.NONE, 2.0)  # pixels of 0.5 mm on average


@pytest.mark.parametrize(
    ("pixels", "found"),
    [
        (((20, 40), (180, 260)), INSIDE),
        (((19.6, 39.6), (180.4, 260.4)), INSIDE),  # to the outer edges of its pixels
        (((19.4, 100),), OUTSIDE),
        (((180.6, 100),), OUTSIDE),
        (((100, 39.4),), OUTSIDE),
        (((100, 260.6),), OUTSIDE),
        (((100, 100), (100, 270)), OUTSIDE),  # it leaves the region
    ],
)
def test_only_what_lies_inside_a_region_is_in_millimetres(pixels, found):
    assert calibration_at(scanned(REGION), at(*pixels)) == (found[0], pytest.approx(found[1]))


def test_what_joins_two_regions_is_in_pixels():
    two = scanned((0, 0, 99, 299), (100, 0, 199, 299))
    assert calibration_at(two, at((10, 10), (90, 200))) == INSIDE
    assert calibration_at(two, at((110, 10), (190, 200))) == INSIDE
    assert calibration_at(two, at((90, 10), (110, 10)))[0] is Calibration.NONE


def test_without_regions_the_image_is_calibrated_as_a_whole():
    volume = volume_of(STACK, calibration=Calibration.IMAGER_SPACING)
    assert calibration_at(volume, np.array([5000.0, 0, 0])) == (Calibration.IMAGER_SPACING, 1.0)
