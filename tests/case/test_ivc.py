import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.annotations.model import Landmark
from tumorboard.case.ivc import SEGMENTS, segment_at

LEVELS = {
    Landmark.ILIAC_CONFLUENCE: 0.0,
    Landmark.RENAL_VEINS: 90.0,
    Landmark.LIVER_ENTRY: 120.0,
    Landmark.HEPATIC_VEINS: 190.0,
    Landmark.CAVOATRIAL_JUNCTION: 215.0,
}


@pytest.mark.parametrize(
    ("z", "segment"),
    [
        (40, "infrarenal"),
        (84.9, "infrarenal"),
        (85, "renal_vein_confluence"),
        (95, "renal_vein_confluence"),
        (95.1, "suprarenal_subhepatic"),
        (119.9, "suprarenal_subhepatic"),
        (120, "intrahepatic"),
        (184.9, "intrahepatic"),
        (186, "hepatic_vein_ostia"),
        (195, "hepatic_vein_ostia"),
        (196, "suprahepatic"),
        (215, "suprahepatic"),
        (216, "right_atrium"),
    ],
)
def test_every_segment(z, segment):
    assert segment_at(z, LEVELS).segment == segment


@pytest.mark.parametrize(
    ("z", "without", "needs"),
    [
        (40, Landmark.RENAL_VEINS, Landmark.RENAL_VEINS),
        (150, Landmark.LIVER_ENTRY, Landmark.LIVER_ENTRY),
        (150, Landmark.HEPATIC_VEINS, Landmark.HEPATIC_VEINS),
        (250, Landmark.CAVOATRIAL_JUNCTION, Landmark.CAVOATRIAL_JUNCTION),
    ],
)
def test_a_missing_level_leaves_the_segment_open_and_says_which(z, without, needs):
    levels = {k: v for k, v in LEVELS.items() if k is not without}
    reading = segment_at(z, levels)
    assert reading.segment is None
    assert reading.needs is needs


@given(
    z=st.floats(-100, 400),
    kept=st.sets(st.sampled_from(list(Landmark))),
)
def test_fewer_marks_never_name_another_segment(z, kept):
    """What is named from a part of the levels is also named from all, or nothing is."""
    part = segment_at(z, {k: v for k, v in LEVELS.items() if k in kept})
    whole = segment_at(z, LEVELS)
    assert part.segment in (None, whole.segment)
    assert whole.segment in SEGMENTS


@given(low=st.floats(-50, 300), high=st.floats(-50, 300))
def test_segments_come_in_the_order_of_the_vessel(low, high):
    low, high = min(low, high), max(low, high)
    order = [SEGMENTS.index(segment_at(z, LEVELS).segment) for z in (low, high)]
    assert order == sorted(order)
