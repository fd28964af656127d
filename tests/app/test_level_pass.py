"""Where a level of the vena cava is proposed follows from what is known, and says so."""

import numpy as np
import pytest

from tumorboard.annotations.model import Landmark
from tumorboard.app.level_pass import Known, extents_of, proposal

ILIAC, RENAL, ENTRY, HEPATIC, ATRIUM = Landmark
SCAN = (0.0, 600.0)
HERE = (1.0, 2.0, 3.0)


def known(levels=None, **more) -> Known:
    return Known(levels or {}, SCAN, HERE, **more)


def test_without_anything_known_it_is_a_guess_from_the_scan_and_says_so():
    heights = [proposal(mark, known()) for mark in Landmark]
    assert heights[0].point == pytest.approx((1.0, 2.0, 100.0))
    assert heights[0].source == "guess from the scan's range"
    assert not heights[0].on_vein


def test_between_two_marked_levels_it_lies_evenly():
    marked = {ILIAC: (5.0, 6.0, 100.0), HEPATIC: (7.0, 8.0, 400.0)}
    found = proposal(RENAL, known(marked))
    assert found.point == pytest.approx((5.0, 6.0, 200.0))
    assert found.source == "guess: evenly between “Iliac confluence” and “Hepatic veins”"


@pytest.mark.parametrize(
    ("mark", "height", "words"),
    [
        (RENAL, 250.0, "guess: the middle of the outlined kidneys"),
        (ENTRY, 350.0, "guess: the middle of the outlined liver"),
        (ATRIUM, 450.0, "guess: the upper end of the outlined liver"),
    ],
)
def test_outlined_organs_say_where_to_look_first(mark, height, words):
    outlined = {"kidneys": (200.0, 300.0), "liver": (250.0, 450.0)}
    found = proposal(mark, known(outlined=outlined))
    assert (found.point[2], found.source) == (pytest.approx(height), words)


def test_an_organ_that_contradicts_the_marked_levels_is_not_believed():
    found = proposal(RENAL, known({ILIAC: (0.0, 0.0, 400.0)}, outlined={"kidneys": (200.0, 300.0)}))
    assert found.point[2] > 400
    assert found.source == "guess from the scan's range"


def test_a_level_of_the_centreline_is_taken_and_a_guess_goes_to_the_line():
    line = np.stack([np.linspace(0, 30, 301), np.full(301, 9.0), np.linspace(50, 550, 301)], axis=1)
    on_line = {RENAL: (8.0, 9.0, 200.0)}
    seen = known(line=line, on_line=on_line)
    found = proposal(RENAL, seen)
    assert (found.point, found.source) == ((8.0, 9.0, 200.0), "the level set on the centreline")
    guessed = proposal(ILIAC, seen)
    assert guessed.on_vein
    assert guessed.point == pytest.approx((3.0, 9.0, 100.0), abs=0.1)


@pytest.mark.parametrize(
    ("name", "organ"),
    [("kidney_left", "kidneys"), ("Right Kidney", "kidneys"), ("Liver", "liver")]
    + [("inferior_vena_cava", "vena cava"), ("IVC lumen", "vena cava")],
)
def test_segments_are_known_by_their_names(name, organ):
    assert extents_of([(name, (4.0, 9.0)), (name, (2.0, 5.0))]) == {organ: (2.0, 9.0)}


@pytest.mark.parametrize("name", ["liver tumour", "kidney cyst", "delivery", "", "portal vein"])
def test_parts_and_other_things_are_not_taken_for_an_organ(name):
    assert extents_of([(name, (1.0, 2.0))]) == {}
