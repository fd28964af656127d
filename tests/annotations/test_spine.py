"""Names of vertebrae: what follows on which, and what lies at which."""

import pytest

from tumorboard.annotations.spine import level_words, next_vertebra, vertebra_named

L5, L4 = ("L5", (0.0, 0.0, 0.0)), ("L4", (0.0, 0.0, 35.0))


@pytest.mark.parametrize(
    ("typed", "name"),
    [("l5", "L5"), (" Th 12", "T12"), ("BWK12", "T12"), ("LWK 1", "L1"), ("L6", "L6")]
    + [("T13", "T13"), ("C8", ""), ("", ""), ("L7", "")],
)
def test_a_name_is_known_as_people_write_it(typed, name):
    assert vertebra_named(typed) == name


@pytest.mark.parametrize(
    ("named", "z", "name"),
    [((L5,), 30.0, "L4"), ((L5,), -30.0, "S1"), ((L5, L4), 70.0, "L3"), ((), 5.0, "")]
    + [((("L1", (0.0, 0.0, 0.0)),), 20.0, "T12"), ((("T13", (0.0, 0.0, 0.0)),), 20.0, "T12")]
    + [((("L6", (0.0, 0.0, 0.0)),), 20.0, "L5"), ((("C1", (0.0, 0.0, 0.0)),), 20.0, "")],
)
def test_the_next_name_follows_from_where_one_clicks(named, z, name):
    assert next_vertebra((0.0, 0.0, z), named) == name


def test_what_lies_near_is_told_and_what_lies_far_is_not():
    assert level_words([(9.0, 9.0, 3.0)], (L5, L4)) == "L5"
    assert level_words([(9.0, 9.0, 3.0), (0.0, 0.0, 30.0)], (L5, L4)) == "L4 to L5"
    assert level_words([(9.0, 9.0, 300.0)], (L5, L4)) == ""
