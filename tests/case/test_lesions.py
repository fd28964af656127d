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
from tumorboard.case.derive import mass_annotations
from tumorboard.case.lesions import (
    Change,
    Linked,
    accepted,
    changes,
    copies_wanted,
    lesion_table,
    link_between,
    proposed_copy,
    timepoints,
)
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.sites import LATERALITIES, site_named, sites
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.store.codec import decode, encode

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
