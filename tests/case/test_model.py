"""A case: what is found in it by its name, and what a change leaves as it was."""

from dataclasses import replace

import pytest

from tests.store import samples
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef


def series(uid, part_of="", kind="volume", plane="axial"):
    made = SeriesRef(uid, "st", "CT", "", "20260101", 9, 9, 9, kind, plane)
    return replace(made, part_of=part_of)


CASE = Case(
    "c",
    "A",
    Patient("p"),
    series=(
        *(series("W.1", "W"), series("W.2", "W"), series("W.3", "W", kind="image")),
        *(series("V"), series("W.4", "W", plane="coronal"), series("W.5", "W")),
    ),
    lesions=(Lesion("L1", "Node"), Lesion("L2", "Mass", is_index=True), Lesion("L3", "Lung")),
    annotations=tuple(samples.annotation(uid) for uid in "abc"),
    remarks=(Remark("k1", "v", "", "Dr A", ""), Remark("k2", "w", "", "Dr A", "")),
    views=(samples.view("v1"), samples.view("v2")),
    segmentations=(samples.segmentation("s1"), samples.segmentation("s2", lesion_uid="L2")),
    vessels=(samples.vessel("x1"), samples.vessel("x2")),
)


@pytest.mark.parametrize(
    ("find", "uids"),
    [
        (CASE.annotation, "abc"),
        (CASE.lesion, ("L1", "L2", "L3")),
        (CASE.remark, ("k1", "k2")),
        (CASE.view, ("v1", "v2")),
        (CASE.segmentation, ("s1", "s2")),
        (CASE.vessel, ("x1", "x2")),
    ],
)
def test_each_thing_is_found_by_its_name_alone(find, uids):
    assert [find(uid).uid for uid in uids] == list(uids)
    assert find("another") is None


def test_the_index_lesion_and_the_outlines_of_a_lesion():
    assert CASE.index_lesion.uid == "L2"
    assert replace(CASE, lesions=CASE.lesions[:1]).index_lesion is None
    assert [s.uid for s in CASE.segmentations_of("L2")] == ["s2"]
    assert CASE.segmentations_of("L3") == ()


@pytest.mark.parametrize(
    ("uid", "words"),
    [
        ("W.1", "part 1 of 3"),
        ("W.2", "part 2 of 3"),
        ("W.5", "part 3 of 3"),
        ("W.3", ""),  # the only picture by itself
        ("W.4", ""),  # the only coronal one
        ("V", ""),
        ("another", ""),
    ],
)
def test_parts_of_a_series_that_look_alike_are_counted(uid, words):
    assert CASE.part_words(uid) == words


def test_the_whole_of_a_part_is_the_series_that_its_files_name():
    assert series("W.1", "W").whole_uid == "W"
    assert series("V").whole_uid == "V"


def test_a_new_drawing_comes_last_and_an_edited_one_stays_in_its_place():
    more = CASE.with_annotation(samples.annotation("d"))
    assert [a.uid for a in more.annotations] == list("abcd")
    moved = samples.annotation("b", x=9.0)
    edited = more.with_annotation(moved)
    assert [a.uid for a in edited.annotations] == list("abcd")
    assert [a for a in edited.annotations if a not in more.annotations] == [moved]
    assert edited.annotation("b") == moved
    assert [a.uid for a in edited.without_annotation("b").annotations] == list("acd")
    assert edited.without_annotation("another") == edited
    assert replace(edited, annotations=CASE.annotations) == CASE


def test_a_new_lesion_comes_last_and_an_edited_one_stays_in_its_place():
    more = CASE.with_lesion(Lesion("L4", "Bone"))
    assert [x.uid for x in more.lesions] == ["L1", "L2", "L3", "L4"]
    named = more.with_lesion(Lesion("L1", "Lymph node"))
    assert [x.name for x in named.lesions] == ["Lymph node", "Mass", "Lung", "Bone"]
