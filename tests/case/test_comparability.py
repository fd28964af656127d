"""What makes two dates hard to compare is said, and what is not known is not the same."""

from dataclasses import replace

import pytest

from tumorboard.case.comparability import differences
from tumorboard.case.model import SeriesRef

CT = SeriesRef(
    *("1", "1.1", "CT", "Abdomen", "20260101", 9, 9, 9, "volume"),
    phase="portal venous",
    kernel="B30f",
    thickness_mm=5.0,
)


def test_series_made_alike_are_not_spoken_of():
    assert differences(CT, replace(CT, study_date="20250101", description="Other")) == ()
    assert differences(CT, replace(CT, thickness_mm=5.05)) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phase": "arterial"}, "phase of contrast: portal venous? and arterial?"),
        ({"phase": ""}, "phase of contrast: portal venous? and not known"),
        ({"kernel": "B70f"}, "kernel: B30f and B70f"),
        ({"kernel": ""}, "kernel: B30f and not known"),
        ({"thickness_mm": 1.0}, "slice thickness: 5 mm and 1 mm"),
        ({"thickness_mm": None}, "slice thickness: 5 mm and not known"),
        ({"modality": "MR"}, "CT and MR"),
    ],
)
def test_each_difference_is_said_with_left_before_right(change, words):
    assert differences(CT, replace(CT, **change)) == (words,)


def test_what_is_known_of_neither_is_not_the_same():
    bare = replace(CT, phase="", kernel="", thickness_mm=None)
    assert differences(bare, bare) == (
        "phase of contrast not known",
        "kernel not known",
        "slice thickness not known",
    )


def test_only_what_a_modality_has_is_compared():
    pet = replace(CT, modality="PT", phase="", kernel="")
    assert differences(pet, pet) == ()
    mr = replace(CT, modality="MR", kernel="")
    assert differences(mr, mr) == ()
