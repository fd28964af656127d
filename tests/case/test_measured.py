"""What was measured on an outline holds as long as the outline is as it was."""

from dataclasses import replace

import pytest

from tests.store.samples import annotation as samples_annotation
from tests.store.samples import segmentation, vessel
from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.measured import (
    Measured,
    facts_that_hold,
    index_mass,
    masses,
    restored,
    without,
)
from tumorboard.case.model import Case, Lesion, Patient, SeriesRef
from tumorboard.case.segmentation import Role


def series(uid, date):
    return SeriesRef(uid, f"s{uid}", "CT", "", date, 10, 5, 5, "volume")


def outline(uid, on="2", volume=1000.0, **changes):
    made = segmentation(uid, series_instance_uid=on, slices=(0, 3), volume_mm3=volume)
    return replace(made, digest=f"d{uid}", grid_digest="g", **changes)


CASE = Case(
    "c",
    "A",
    Patient("p"),
    series=(series("1", "20260101"), series("2", "20260601")),
    lesions=(Lesion("L1", "Mass", is_index=True), Lesion("L2", "Node")),
    segmentations=(
        outline("old", on="1", volume=9000.0),
        outline("small"),
        outline("large", volume=2000.0),
        outline("solid", volume=5000.0, role=Role.SOLID),
        outline("node", volume=7000.0, lesion_uid="L2"),
        replace(outline("empty", volume=8000.0), slices=()),
    ),
    vessels=(vessel("v1"),),
)
FACT = Fact("diameters_cm", (5.0,), Provenance("annotation", annotation_uids=("large",)))


def test_the_largest_outline_of_the_newest_date_counts():
    assert [s.uid for s in masses(CASE, "L1")] == ["old", "small", "large"]
    assert index_mass(CASE).uid == "large"
    assert index_mass(replace(CASE, lesions=())) is None
    assert index_mass(replace(CASE, segmentations=())) is None


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "other"},
        {"grid_digest": "other"},
        {"role": Role.OTHER},
        {"lesion_uid": "L2"},
        None,
    ],
)
def test_another_state_of_the_outline_ends_it(change):
    measured = Measured.on(CASE, ("large",), (FACT,))
    assert facts_that_hold(CASE, (measured,)) == (FACT,)
    kept = []
    for s in CASE.segmentations:
        if s.uid != "large":
            kept.append(s)
        elif change is not None:
            kept.append(replace(s, **change))
    assert facts_that_hold(replace(CASE, segmentations=tuple(kept)), (measured,)) == ()


def test_other_words_leave_it_and_a_vessel_counts_whole():
    measured = Measured.on(CASE, ("large",), (FACT,))
    named = tuple(replace(s, label="Other", colour=5) for s in CASE.segmentations)
    assert facts_that_hold(replace(CASE, segmentations=named), (measured,)) == (FACT,)
    other = Measured.on(CASE, ("v1", "large"), (FACT,))
    assert other.holds(CASE)
    assert not other.holds(replace(CASE, vessels=(vessel("v1", traced=False),)))
    assert not other.holds(replace(CASE, vessels=()))


def test_what_had_been_measured_is_found_again_by_what_it_names():
    drawn = Fact("site", "x", Provenance("annotation", annotation_uids=("a",)))
    found = restored(CASE, {"diameters_cm": FACT, "site": drawn})
    assert [m.facts for m in found] == [(FACT,)]
    assert found[0].holds(CASE)


def test_facts_by_other_names_are_kept_and_what_is_left_empty_goes():
    other = Fact("vessel_contacts", {"IVC": 9}, FACT.provenance)
    both = Measured.on(CASE, ("large",), (FACT, other))
    alone = Measured.on(CASE, ("small",), (FACT,))
    kept = without((both, alone), {"diameters_cm"})
    assert kept == (Measured(both.rests_on, (other,)),)
    assert without((both, alone), ()) == (both, alone)


def test_what_rests_on_a_mark_holds_while_its_points_do():
    mark = samples_annotation("mark")
    with_mark = replace(CASE, annotations=(mark,))
    measured = Measured.on(with_mark, ("mark",), (FACT,))
    assert measured.holds(with_mark)
    assert measured.holds(replace(with_mark, annotations=(replace(mark, label="x"),)))
    moved = samples_annotation("mark", x=5.0)
    assert not measured.holds(replace(with_mark, annotations=(moved,)))
    assert not measured.holds(CASE)
    # What was not there when it was measured never holds.
    assert not Measured.on(CASE, ("gone",), (FACT,)).holds(CASE)


def test_only_what_names_outlines_that_are_all_there_is_found_again():
    half = Fact("diameters_cm", (5.0,), Provenance("annotation", annotation_uids=("large", "gone")))
    assert restored(CASE, {"diameters_cm": half}) == ()
    vein = Fact("ivc_involvement", "present", Provenance("annotation", annotation_uids=("v1",)))
    assert [m.facts for m in restored(CASE, {"ivc_involvement": vein})] == [(vein,)]
    bare = Fact("diameters_cm", (5.0,), Provenance("annotation"))
    assert restored(CASE, {"diameters_cm": bare}) == ()


def test_an_outline_holds_while_it_lies_on_all_slices_of_its_series():
    """Ten slices of twenty rows and thirty columns."""
    whole = outline("whole", grid_shape=(10, 20, 30))
    case = replace(CASE, segmentations=(whole,))
    made = Measured.on(case, ["whole"], [FACT])
    assert made.holds(case)
    for slices in (9, 11, 20, 30):
        grown = tuple(replace(s, slices=slices) for s in case.series)
        assert not made.holds(replace(case, series=grown))
    assert made.holds(replace(case, series=()))  # nothing says how many there are
    bare = replace(CASE, segmentations=(replace(whole, grid_shape=(0, 0, 0)),))
    assert Measured.on(bare, ["whole"], [FACT]).holds(bare)
