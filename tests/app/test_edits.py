"""Edits turn round exactly, and refuse a case that they were not made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.samples import annotation, segmentation, vessel, view
from tumorboard.app import edits
from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.model import Case, Lesion, Patient

CASE = Case(
    "c",
    "A",
    Patient("p"),
    lesions=(Lesion("L1", "Mass", is_index=True), Lesion("L2", "Node")),
    annotations=tuple(annotation(str(n), lesion_uid=f"L{n % 2 + 1}") for n in range(5)),
    views=tuple(view(f"v{n}") for n in range(3)),
    segmentations=tuple(segmentation(f"s{n}", lesion_uid=f"L{n}") for n in range(1, 4)),
    vessels=(vessel("w1"), vessel("w2", lumen_uid="", mass_uids=())),
)
FACT = Fact("site", ("a", "b"), Provenance("entered", "Dr Sample", "2026-01-02T03:04:05Z"))

ANY_EDIT = st.one_of(
    st.integers(0, 7).map(lambda n: edits.put_annotation(CASE, annotation(str(n), x=50.0))),
    st.integers(0, 4).map(lambda n: edits.delete_annotation(CASE, str(n))),
    st.sampled_from(["L1", "L2"]).map(lambda u: edits.delete_lesion(CASE, u)),
    st.sampled_from(["v0", "v9"]).map(lambda u: edits.put_view(CASE, view(u, caption="new"))),
    st.integers(0, 2).map(lambda n: edits.delete_view(CASE, f"v{n}")),
    st.sampled_from(["s1", "s9"]).map(
        lambda u: edits.put_segmentation(CASE, segmentation(u, label="Liver"))
    ),
    st.integers(1, 3).map(lambda n: edits.delete_segmentation(CASE, f"s{n}")),
    st.sampled_from(["w1", "w9"]).map(lambda u: edits.put_vessel(CASE, vessel(u, traced=False))),
    st.sampled_from(["w1", "w2"]).map(lambda u: edits.delete_vessel(CASE, u)),
    st.sampled_from(["L1", "L3"]).map(lambda u: edits.put_lesion(CASE, Lesion(u, "New"))),
    st.just(edits.put_fact(CASE, FACT)),
    st.sampled_from(["label", "question", "summary"]).map(
        lambda d: edits.set_detail(CASE, d, "other words")
    ),
)


MOVES = st.sampled_from([(0, 2), (2, 0), (1, 0), (0, 1), (1, 7)]).map(
    lambda m: edits.move_view(CASE, f"v{m[0]}", m[1])
)


@given(st.one_of(ANY_EDIT, MOVES))
def test_an_edit_and_its_inverse_give_the_same_case(edit):
    after = edits.apply(CASE, edit)
    assert after != CASE
    assert edits.apply(after, edits.invert(edit)) == CASE
    assert edits.invert(edits.invert(edit)) == edit


@given(ANY_EDIT)
def test_an_edit_does_not_fit_a_case_in_which_it_was_made_already(edit):
    with pytest.raises(ValueError, match="stale"):
        edits.apply(edits.apply(CASE, edit), edit)


def test_a_lesion_goes_with_its_annotations_and_comes_back_in_place():
    edit = edits.delete_lesion(CASE, "L1")
    after = edits.apply(CASE, edit)
    assert [a.uid for a in after.annotations] == ["1", "3"]
    assert [x.uid for x in after.lesions] == ["L2"]
    assert edits.apply(after, edits.invert(edit)) == CASE


def test_what_rested_on_an_outline_no_longer_names_it():
    part = segmentation("s4", parent_uid="s2")
    case = edits.apply(CASE, edits.put_segmentation(CASE, part))
    edit = edits.delete_segmentation(case, "s2")
    after = edits.apply(case, edit)
    assert after.segmentation("s2") is None
    assert after.segmentation("s4").parent_uid == ""
    assert (after.vessel("w1").lumen_uid, after.vessel("w1").mass_uids) == ("", ("s1", "s3"))
    assert edits.apply(after, edits.invert(edit)) == case
    assert edits.apply(CASE, edits.delete_lesion(CASE, "L1")).segmentation("s1") is None


def test_a_key_image_moves_to_its_place():
    order = [v.uid for v in edits.apply(CASE, edits.move_view(CASE, "v2", 0)).views]
    assert order == ["v2", "v0", "v1"]
    order = [v.uid for v in edits.apply(CASE, edits.move_view(CASE, "v0", 1)).views]
    assert order == ["v1", "v0", "v2"]
    assert edits.move_view(CASE, "v1", 1).changes == ()


def test_three_measurements_make_one_gesture():
    case, made = CASE, []
    for uid in ("x", "y", "z"):
        made.append(edits.put_annotation(case, annotation(uid)))
        case = edits.apply(case, made[-1])
    gesture = edits.combine("Measure mass", *made)
    assert edits.apply(CASE, gesture) == case
    assert edits.apply(case, edits.invert(gesture)) == CASE


def test_putting_what_is_there_is_no_change():
    assert edits.put_annotation(CASE, CASE.annotations[2]).changes == ()
    assert edits.set_detail(CASE, "label", "A").changes == ()
    assert edits.clear_fact(CASE, "site").changes == ()


def test_an_edit_cannot_touch_what_is_not_the_readers():
    for entity, key in (("series", "1.2"), ("derived", "site"), ("case", "patient")):
        with pytest.raises(ValueError, match="cannot change"):
            edits.apply(CASE, edits.Edit("", (edits.Change(entity, key, None, "x"),)))


def test_deleting_what_is_not_there_is_named():
    with pytest.raises(KeyError, match="nothing"):
        edits.delete_annotation(CASE, "nothing")
    with pytest.raises(KeyError, match="nothing"):
        edits.delete_lesion(CASE, "nothing")


@given(st.sets(st.integers()), st.lists(st.integers()))
def test_the_value_of_a_fact_takes_the_form_that_it_has_after_storing(some, listed):
    fact = Fact("x", {"sites": some, "list": [listed]}, Provenance("entered"))
    edit = edits.put_fact(CASE, fact)
    held = edits.apply(CASE, edit).facts.value("x")
    assert held == {"sites": tuple(sorted(some)), "list": (tuple(listed),)}
