"""What others drew: where it shows, and what becomes of it when a reader adopts it."""

from dataclasses import replace

import pytest

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.foreign import ForeignMark, Line, adopted, belongs_to, shown_on
from tumorboard.annotations.model import Kind
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut

VOLUME = volume_of(
    axial_stack(slices=12, rows=50, columns=60, spacing=(1.0, 1.0), step=4.0, origin=(0, 0, 0))
)
SECTION = cut(VOLUME, Plane.AXIAL, (20.0, 20.0, 20.0))


def mark(*heights, **changes):
    """A line in patient space, or two, with one point at each height (mm)."""
    points = tuple((10.0 + n, 10.0, float(z)) for n, z in enumerate(heights))
    made = ForeignMark(
        "u", (Line(points),), "Mass", "Dr Other", "Structured report", "1.2.3", "1.2.9"
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("heights", "is_shown"),
    [((20, 20), True), ((21.9, 18.1), True), ((22.1,), False), ((20, 24), False), ((), False)],
)
def test_a_mark_shows_on_the_slice_that_all_its_points_are_nearest_to(heights, is_shown):
    found = shown_on([mark(*heights)], VOLUME, SECTION)
    assert bool(found) is is_shown


def test_each_line_of_a_mark_has_to_lie_on_the_cut():
    far = Line(((10.0, 10.0, 32.0),))
    here = mark(20)
    assert shown_on([replace(here, lines=(*here.lines, far))], VOLUME, SECTION) == ()


@pytest.mark.parametrize(
    ("changes", "belongs"),
    [
        ({}, True),
        ({"series_instance_uid": "1.2.4"}, False),  # named, and another: the frame is no help
        ({"series_instance_uid": ""}, True),
        ({"series_instance_uid": "", "frame_of_reference_uid": "1.2.8"}, False),
        ({"series_instance_uid": "", "frame_of_reference_uid": ""}, False),
    ],
)
def test_a_mark_belongs_to_its_series_or_without_one_to_its_frame_of_reference(changes, belongs):
    found = mark(20, **changes)
    assert belongs_to(found, VOLUME) is belongs
    assert bool(shown_on([found], VOLUME, SECTION)) is belongs
    nameless = volume_of(VOLUME.stack, frame_of_reference_uid="")
    if not found.series_instance_uid:
        assert not belongs_to(found, nameless)


def test_the_words_and_the_value_stand_beside_it():
    assert mark(20).text == "Mass"
    assert mark(20, value="12 mm").text == "Mass · 12 mm"
    assert mark(20, words="", value="12 mm").text == "12 mm"
    assert mark(20, words="").text == ""


def test_what_is_adopted_is_the_readers_own_and_says_where_it_came_from():
    theirs = annotation(Kind.LENGTH, uid="theirs", lesion_uid="L", label="", author="Dr Other")
    own = adopted(mark(20, annotation=theirs), "mine", "Dr A", "2026-11-02T00:00:00Z")
    assert (own.uid, own.author, own.created_utc) == ("mine", "Dr A", "2026-11-02T00:00:00Z")
    assert (own.points, own.kind, own.image) == (theirs.points, theirs.kind, theirs.image)
    assert own.lesion_uid == ""  # which lesion it measures, the reader says
    assert own.label == "Mass"
    assert own.origin == "Adopted from a structured report by Dr Other"
    named = replace(theirs, label="Node 3")
    again = adopted(mark(20, annotation=named, by=""), "mine", "Dr A", "")
    assert (again.label, again.origin) == ("Node 3", "Adopted from a structured report")


def test_what_has_no_shape_of_ours_cannot_be_adopted():
    with pytest.raises(ValueError, match="adopt"):
        adopted(mark(20), "mine", "Dr A", "")
