"""Sizes by date, sums and changes after RECIST 1.1; copies to another date."""

from dataclasses import replace

import numpy as np
import pytest
from pydicom.sr.codedict import codes

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import ImageReference, Kind
from tumorboard.app.timeline import timeline
from tumorboard.case.annotation_facts import mass_annotations
from tumorboard.case.codec import decode, encode
from tumorboard.case.lesions import (
    Change,
    Linked,
    accepted,
    candidates,
    changes,
    copies_wanted,
    course,
    iso_date,
    lesion_table,
    link_between,
    proposed_copy,
    timepoints,
)
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.sites import LATERALITIES, site_named, sites
from tumorboard.imaging.geometry import Calibration, Plane

DATES = ("20260301", "20260601", "20260901")


def series(date, study="", modality="CT"):
    study = study or f"S{date}"
    return SeriesRef(f"{study}.{modality}", study, modality, "", date, 9, 9, 9, "volume")


def axes(date, lesion, long, short, uid="", **changes):
    image = ImageReference(f"S{date}", f"S{date}.CT", ("1",), "F", Plane.AXIAL)
    flat = ((0, 0), (long, 0), (long / 2, -short / 2), (long / 2, short / 2))
    values = {"uid": uid or f"{lesion}{date}", "lesion_uid": lesion, "image": image, **changes}
    return annotation(Kind.BIDIRECTIONAL, flat=flat, **values)


def case(*drawn, lesions=(), dates=DATES) -> Case:
    return Case(
        "c",
        "A",
        Patient("p"),
        series=tuple(series(d) for d in dates),
        lesions=tuple(lesions),
        annotations=drawn,
    )


MASS = Lesion("M", "Mass", role="target", is_index=True)
NODE = Lesion("N", "Node", role="target", is_node=True)
LUNG = Lesion("P", "Lung", role="non-target")


def sizes(row):
    return [None if s is None else s.mm for s in row.sizes]


def test_dates_are_in_order_and_hold_their_studies():
    made = replace(
        case(), series=(series("20260601", "B"), series("20260301", "A"), series("20260601", "C"))
    )
    assert [(t.date, t.series_uids) for t in timepoints(made)] == [
        ("20260301", ("A.CT",)),
        ("20260601", ("B.CT", "C.CT")),
    ]


def test_two_dates_of_one_study_are_two_time_points():
    one, two = (replace(series(d, "S"), series_instance_uid=f"S{d}.CT") for d in DATES[:2])
    drawn = (axes(DATES[0], "M", 105, 80), axes(DATES[1], "M", 30, 20))
    for listed in ((one, two), (two, one)):
        made = replace(case(*drawn, lesions=(MASS,)), series=listed)
        assert sizes(lesion_table(made).rows[0]) == [pytest.approx(105), pytest.approx(30)]
        alone = replace(made, annotations=drawn[:1])
        assert sizes(lesion_table(alone).rows[0]) == [pytest.approx(105), None]


def test_studies_without_a_date_are_never_one_time_point():
    made = replace(case(), series=(series("", "B"), series("", "A"), series("20260301", "C")))
    assert [(t.date, len(t.series_uids)) for t in timepoints(made)] == [
        ("20260301", 1),
        ("", 1),
        ("", 1),
    ]


def test_a_node_counts_by_its_short_axis_and_others_by_the_longest_diameter():
    table = lesion_table(
        case(axes(DATES[0], "M", 100, 80), axes(DATES[0], "N", 30, 18), lesions=(MASS, NODE))
    )
    assert [sizes(r)[0] for r in table.rows] == [pytest.approx(100), pytest.approx(18)]
    assert table.total.sums[0] == pytest.approx(118)


def test_a_length_says_nothing_of_a_node():
    image = ImageReference(f"S{DATES[0]}", f"S{DATES[0]}.CT", ("1",), "F", Plane.AXIAL)
    line = annotation(Kind.LENGTH, lesion_uid="N", image=image)
    assert sizes(lesion_table(case(line, lesions=(NODE,))).rows[0]) == [None, None, None]
    assert sizes(lesion_table(case(line, lesions=(replace(NODE, is_node=False),))).rows[0])[0] == 50


def test_changes_from_baseline_and_from_the_nadir_before():
    drawn = [axes(d, "M", mm, 10) for d, mm in zip(DATES, (100, 60, 75), strict=True)]
    table = lesion_table(case(*drawn, lesions=(MASS,)))
    assert table.total.from_baseline == (
        None,
        Change(pytest.approx(-40), pytest.approx(-40)),
        Change(pytest.approx(-25), pytest.approx(-25)),
    )
    assert table.total.from_nadir[2] == Change(pytest.approx(15), pytest.approx(25))
    assert table.rows[0].from_nadir == table.total.from_nadir


def test_a_sum_is_not_given_where_a_target_was_not_measured():
    drawn = (axes(DATES[0], "M", 100, 80), axes(DATES[0], "N", 30, 18), axes(DATES[1], "M", 90, 70))
    table = lesion_table(case(*drawn, lesions=(MASS, NODE, LUNG)))
    assert table.total.sums[1] is None
    assert table.total.missing[1] == ("Node",)
    assert table.total.from_baseline[1] is None


def test_a_target_added_later_does_not_reset_the_baseline():
    drawn = (axes(DATES[0], "M", 100, 80), axes(DATES[1], "M", 60, 50), axes(DATES[1], "N", 30, 20))
    drawn += (axes(DATES[2], "M", 65, 50), axes(DATES[2], "N", 40, 30))
    total = lesion_table(case(*drawn, lesions=(MASS, NODE))).total
    assert total.sums == (pytest.approx(100), pytest.approx(60), pytest.approx(65))
    assert total.added == (("Node",),) * 3
    assert total.from_baseline[2].percent == pytest.approx(-35)
    assert total.from_nadir[2] == Change(pytest.approx(5), pytest.approx(100 / 12))


def test_what_is_gone_counts_zero_in_every_row_and_sum():
    drawn = (axes(DATES[0], "M", 60, 50), axes(DATES[0], "N", 30, 20), axes(DATES[1], "M", 50, 50))
    said = Remark("lesion:N:2026-06-01", "absent", "", "Dr A", "2026-06-02T00:00:00Z")
    made = replace(case(*drawn, lesions=(MASS, NODE)), remarks=(said,))
    table = lesion_table(made)
    assert sizes(table.rows[1]) == [pytest.approx(20), 0.0, None]
    assert table.total.sums[:2] == (pytest.approx(80), pytest.approx(50))
    assert table.total.missing[1:] == ((), ())
    (node,) = (t for t in timeline(made).tracks if t.name == "Node")
    assert [mm for _, mm in node.sizes] == [pytest.approx(20), 0.0]


def test_dates_before_the_first_measurement_are_not_the_baseline():
    drawn = (axes(DATES[1], "M", 50, 40), axes(DATES[2], "M", 55, 40))
    table = lesion_table(case(*drawn, lesions=(MASS,)))
    assert table.total.from_baseline[2].percent == pytest.approx(10)


def test_there_is_no_sum_without_targets():
    assert lesion_table(case(axes(DATES[0], "P", 9, 9), lesions=(LUNG,))).total is None


def test_percent_from_nothing_is_not_a_number():
    assert changes([0.0, 5.0])[0] == (None, Change(5.0, None))


def test_what_is_not_calibrated_or_only_proposed_does_not_count():
    bare = ImageReference(f"S{DATES[0]}", "x", (), "F", Plane.AXIAL, Calibration.NONE)
    drawn = (
        axes(DATES[0], "M", 100, 80, image=bare),
        axes(DATES[1], "M", 90, 70, proposed=True),
        axes(DATES[2], "M", 80, 60),
    )
    made = case(*drawn, lesions=(MASS,))
    assert sizes(lesion_table(made).rows[0]) == [None, None, pytest.approx(80)]
    late = case(axes(DATES[0], "M", 80, 60), axes(DATES[2], "M", 90, 70, proposed=True))
    assert [a.uid for a in mass_annotations(late, "M")] == [f"M{DATES[0]}"]


@pytest.mark.parametrize("clocks", [("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-01")])
def test_of_two_measurements_of_a_date_the_last_counts_whatever_the_clocks_say(clocks):
    first, second = (f"{day}T00:00:00Z" for day in clocks)
    drawn = (
        axes(DATES[0], "M", 100, 80, uid="a", created_utc=first),
        axes(DATES[0], "M", 90, 70, uid="b", created_utc=second),
    )
    row = lesion_table(case(*drawn, lesions=(MASS,))).rows[0]
    assert (sizes(row)[0], row.sizes[0].annotation_uid) == (pytest.approx(90), "b")


# Copies


VOLUME = volume_of(
    axial_stack(
        slices=30, rows=200, columns=200, spacing=(0.8, 0.8), step=2.5, origin=(-80, -80, 0)
    ),
    study_instance_uid=f"S{DATES[1]}",
    frame_of_reference_uid="F",
)


def images(points):
    k = VOLUME.stack.nearest_slice(points[0])
    return ImageReference(
        VOLUME.study_instance_uid,
        VOLUME.series_instance_uid,
        (VOLUME.sop_instance_uids[k],),
        VOLUME.frame_of_reference_uid,
        Plane.AXIAL,
    )


def copied(source, link=None):
    link = link or Linked()
    return proposed_copy(source, VOLUME, link, images, "Dr B", "2026-06-02T00:00:00Z")


def test_a_copy_waits_at_the_same_place_on_the_nearest_slice():
    source = axes(DATES[0], "M", 40, 30, label="Mass")
    lifted = replace(source, points=tuple((x, y, z + 6.1) for x, y, z in source.points))
    copy = copied(lifted)
    assert copy.proposed
    assert copy.uid != source.uid
    assert (copy.lesion_uid, copy.label) == ("M", "Mass")
    assert {p[2] for p in copy.points} == {5.0}
    np.testing.assert_allclose(np.array(copy.points)[:, :2], np.array(lifted.points)[:, :2])
    assert copy.image.sop_instance_uids == (VOLUME.sop_instance_uids[2],)
    assert measure(copy).text == measure(source).text


def test_a_copy_follows_the_rigid_link_between_frames():
    c, s = np.cos(np.radians(10)), np.sin(np.radians(10))
    link = Linked(((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)), (5.0, -3.0, 10.0))
    copy = copied(axes(DATES[0], "M", 40, 30), link)
    np.testing.assert_allclose(copy.points[0], (5, -3, 10))
    np.testing.assert_allclose(copy.points[1], (5 + 40 * c, -3 + 40 * s, 10))
    assert measure(copy).text == "4.0 × 3.0 cm"


def test_only_a_frame_of_reference_or_a_reader_links_two_dates():
    source = axes(DATES[0], "M", 40, 30)
    assert link_between(source, VOLUME, None) == Linked()
    stranger = replace(source, image=replace(source.image, frame_of_reference_uid="G"))
    nameless = replace(source, image=replace(source.image, frame_of_reference_uid=""))
    assert link_between(stranger, VOLUME, None) is None
    assert link_between(nameless, replace_frame(VOLUME, ""), None) is None
    assert link_between(stranger, VOLUME, Linked(shift=(1, 2, 3))) == Linked(shift=(1, 2, 3))


def replace_frame(volume, frame):
    return volume_of(volume.stack, volume.voxels, frame_of_reference_uid=frame)


def test_what_is_there_already_is_not_copied_again():
    first = (
        axes(DATES[0], "M", 40, 30),
        replace(axes(DATES[0], "M", 9, 9, uid="x"), kind=Kind.LENGTH),
    )
    second, third = timepoints(case(*first))[1:]
    assert copies_wanted(case(*first), "M", second) == first
    there = axes(DATES[1], "M", 40, 30, proposed=True)
    assert copies_wanted(case(*first, there), "M", second) == first[1:]
    assert copies_wanted(case(*first, there), "M", third) == first  # not from a proposal
    assert copies_wanted(case(*first), "N", second) == ()


def test_an_accepted_copy_is_the_readers_own():
    own = accepted(copied(axes(DATES[0], "M", 40, 30)), "Dr C", "2026-06-03T00:00:00Z")
    assert not own.proposed
    assert (own.author, own.created_utc) == ("Dr C", "2026-06-03T00:00:00Z")


# Places, and what is stored


def test_every_place_has_a_code_of_snomed():
    known = {code.value for code in map(codes.SCT.__getattr__, codes.SCT.dir())}
    assert len({s.code for s in sites()}) == len(sites())
    assert {s.code for s in sites()} <= known
    assert {c.value for c in LATERALITIES.values()} <= known
    assert site_named(" liver ").coded.value == codes.SCT.Liver.value
    assert all(s.node == ("node" in s.site.lower()) for s in sites())


def test_a_lesion_of_an_older_program_opens_and_a_new_one_comes_back_equal():
    old = {"uid": "L", "name": "Mass", "site": "Retroperitoneum", "is_index": True}
    assert decode("lesion", old) == Lesion("L", "Mass", "Retroperitoneum", is_index=True)
    new = Lesion("L", "Node", "Lymph node", False, "59441001", "left", "target", True)
    assert decode("lesion", encode(new)) == new


# The course by dates, and what the targets were at the baseline


def said(lesion, date, state):
    day = f"{date[:4]}-{date[4:6]}-{date[6:]}"
    return Remark(f"lesion:{lesion}:{day}", state, "", "Dr A", "2026-01-01T00:00:00Z")


def course_of(*drawn, lesions, remarks=(), dates=DATES):
    made = replace(case(*drawn, lesions=lesions, dates=dates), remarks=tuple(remarks))
    return course(made, lesion_table(made))


def test_the_course_has_the_dates_on_which_something_was_measured_or_said():
    other = Lesion("X", "Free")  # without a role it is no part of the response
    drawn = (axes(DATES[0], "M", 100, 80), axes(DATES[1], "X", 50, 40), axes(DATES[2], "M", 60, 50))
    found = course_of(*drawn, lesions=(MASS, other))
    assert [p.date for p in found] == ["2026-03-01", "2026-09-01"]
    assert [p.overall for p in found] == ["", "PR"]
    spoken = course_of(*drawn, lesions=(MASS, LUNG), remarks=[said("P", DATES[1], "progressed")])
    assert [(p.date, p.overall) for p in spoken][1] == ("2026-06-01", "PD")
    undated = course_of(axes("", "M", 9, 9), lesions=(MASS,), dates=("",))
    assert undated == ()


def test_a_node_counts_by_its_short_axis_in_the_course_too():
    drawn = [axes(d, "N", 40, mm) for d, mm in zip(DATES, (20, 9, 11), strict=True)]
    found = course_of(*drawn, lesions=(NODE,))
    assert [p.sum_mm for p in found] == [pytest.approx(mm) for mm in (20, 9, 11)]
    assert found[1].overall == "CR"  # of normal size


def test_a_new_lesion_counts_where_it_was_drawn_or_seen():
    new = Lesion("W", "New", role="new")
    base = [axes(d, "M", 50, 40) for d in DATES]

    def new_at(*drawn, remarks=()):
        points = course_of(*base, *drawn, lesions=(MASS, new), remarks=remarks)
        return [bool(p.new_lesions) for p in points]

    assert new_at() == [False] * 3
    assert new_at(axes(DATES[1], "W", 9, 9)) == [False, True, False]
    assert new_at(remarks=[said("W", DATES[2], "present")]) == [False, False, True]
    assert new_at(remarks=[said("W", DATES[2], "absent")]) == [False] * 3
    # What was drawn is there, whatever was said.
    assert new_at(axes(DATES[2], "W", 9, 9), remarks=[said("W", DATES[2], "absent")])[2]


def test_what_is_measured_goes_before_what_was_said():
    drawn = (axes(DATES[0], "M", 50, 40), axes(DATES[1], "M", 40, 30))
    found = course_of(*drawn, lesions=(MASS,), remarks=[said("M", DATES[1], "absent")])
    assert found[1].sum_mm == pytest.approx(40)
    gone = course_of(drawn[0], lesions=(MASS,), remarks=[said("M", DATES[1], "absent")])
    assert (gone[1].sum_mm, gone[1].overall) == (0, "CR")


def test_candidates_are_what_was_measured_at_the_baseline_of_the_targets():
    early = axes(DATES[0], "P", 12, 10)  # before any target has a size
    drawn = (
        *(early, axes(DATES[1], "M", 100, 80), axes(DATES[1], "N", 30, 18)),
        *(axes(DATES[1], "P", 14, 9), axes(DATES[1], "W", 8, 8), axes(DATES[2], "M", 90, 80)),
    )
    placed = (replace(MASS, site="Liver"), NODE, LUNG, Lesion("W", "New", role="new"))
    thick = replace(series(DATES[1]), thickness_mm=7.5, modality="MR")
    made = case(*drawn, lesions=placed)
    made = replace(made, series=(*made.series, replace(thick, series_instance_uid="other")))
    table = lesion_table(made)
    found = candidates(made, table)
    assert set(found) == {"M", "N", "P"}
    mass, node, lung = (found[uid] for uid in "MNP")
    assert (mass.name, mass.organ, mass.size_mm) == ("Mass", "Liver", pytest.approx(100))
    assert (node.size_mm, node.is_node, mass.is_node) == (pytest.approx(18), True, False)
    assert lung.size_mm == pytest.approx(14)
    assert (mass.method, mass.slice_mm) == ("CT", None)
    on = replace(
        made,
        series=tuple(
            replace(s, thickness_mm=7.5, modality="MR") if s.study_date == DATES[1] else s
            for s in made.series
        ),
    )
    found = candidates(on, lesion_table(on))
    assert (found["M"].method, found["M"].slice_mm) == ("MR", 7.5)
    nowhere = replace(
        made, series=tuple(replace(s, series_instance_uid="gone") for s in made.series)
    )
    assert candidates(nowhere, table)["M"].method == "CT"
    assert candidates(case(early, lesions=placed), lesion_table(case(early, lesions=placed))) == {}


def test_a_target_said_to_be_gone_at_the_baseline_is_no_candidate():
    made = case(axes(DATES[0], "M", 50, 40), lesions=(MASS, NODE))
    made = replace(made, remarks=(said("N", DATES[0], "absent"),))
    assert set(candidates(made, lesion_table(made))) == {"M"}


def test_two_axes_come_before_a_length_and_the_last_before_the_first():
    image = ImageReference(f"S{DATES[0]}", f"S{DATES[0]}.CT", ("1",), "F", Plane.AXIAL)

    def length(mm, time, uid):
        return annotation(
            Kind.LENGTH,
            flat=((0, 0), (mm, 0)),
            uid=uid,
            lesion_uid="M",
            image=image,
            created_utc=f"2026-03-0{time}T00:00:00Z",
        )

    def counted(*drawn):
        return lesion_table(case(*drawn, lesions=(MASS,))).rows[0].sizes[0].annotation_uid

    early = axes(DATES[0], "M", 30, 20, uid="axes", created_utc="2026-03-01T00:00:00Z")
    assert counted(early, length(70, 5, "late")) == "axes"
    assert counted(length(70, 5, "late"), early) == "axes"
    # The last in the case, whatever the clocks of two workstations said.
    assert counted(length(70, 2, "a"), length(60, 1, "b")) == "b"
    assert counted(length(60, 1, "b"), length(70, 2, "a")) == "a"
    size = lesion_table(case(early, lesions=(MASS,))).rows[0].sizes[0]
    assert (size.long_mm, size.short_mm) == (pytest.approx(30), pytest.approx(20))


def test_a_date_that_is_none_says_nothing():
    assert [iso_date(d) for d in ("20260301", "2026-03-01", "", "2026", "20261301")] == [
        "2026-03-01",
        "2026-03-01",
        "",
        "",
        "",
    ]


def test_percentages_are_against_the_first_and_the_least_before():
    first, least = changes([None, 50.0, 40.0, None, 60.0, 30.0])
    assert first == (None, None, Change(-10, -20), None, Change(10, 20), Change(-20, -40))
    assert least == (None, None, Change(-10, -20), None, Change(20, 50), Change(-10, -25))


def test_a_link_is_the_same_place_unless_it_says_otherwise():
    np.testing.assert_allclose(Linked().place([1.0, 2, 3]), (1, 2, 3))
    np.testing.assert_allclose(Linked().turn([0.0, 0, 1]), (0, 0, 1))
    moved = Linked(((0.0, -1, 0), (1, 0, 0), (0, 0, 1)), (10.0, 20, 30))
    np.testing.assert_allclose(moved.place([[1.0, 2, 3]]), [(8, 21, 33)])
    np.testing.assert_allclose(moved.turn([1.0, 0, 0]), (0, 1, 0))


@pytest.mark.parametrize("sense", [1.0, -1.0])
def test_a_copy_lies_flat_on_its_slice_facing_as_before(sense):
    source = axes(DATES[0], "M", 40, 30)
    leaning = replace(
        source,
        points=tuple((x, y, 6.0 + 0.05 * x) for x, y, _ in source.points),
        normal=(0.0, 0.0, sense),
    )
    copy = copied(leaning)
    assert {p[2] for p in copy.points} == {7.5}  # the slice nearest to its middle, 7 mm
    assert copy.normal == (0.0, 0.0, sense)
    assert (copy.author, copy.created_utc, copy.caveats) == ("Dr B", "2026-06-02T00:00:00Z", ())


@pytest.mark.parametrize("changes", [{"kind": Kind.CRANIOCAUDAL}, {"plane": Plane.CORONAL}])
def test_a_height_or_a_reformat_stays_where_the_link_says(changes):
    source = axes(DATES[0], "M", 40, 30)
    if "kind" in changes:
        source = replace(source, **changes)
    else:
        source = replace(source, image=replace(source.image, **changes))
    lifted = replace(source, points=tuple((x, y, z + 6.1) for x, y, z in source.points))
    assert {p[2] for p in copied(lifted).points} == {6.1}


def test_the_baseline_is_the_first_date_of_any_target():
    drawn = (axes(DATES[0], "M", 50, 40), axes(DATES[1], "M", 45, 40), axes(DATES[1], "N", 30, 20))
    made = case(*drawn, lesions=(MASS, NODE))
    found = candidates(made, lesion_table(made))
    assert {uid: c.size_mm for uid, c in found.items()} == {"M": pytest.approx(50)}


def test_the_baseline_is_the_first_date_on_which_any_target_has_a_size():
    """The other target is measured later only: it has no size at the baseline."""
    drawn = (
        axes(DATES[1], "M", 60, 50),
        *(axes(DATES[2], "M", 70, 50), axes(DATES[2], "N", 30, 22)),
    )
    made = case(*drawn, lesions=(MASS, NODE))
    found = candidates(made, lesion_table(made))
    assert set(found) == {"M"}
    assert found["M"].size_mm == pytest.approx(60)
