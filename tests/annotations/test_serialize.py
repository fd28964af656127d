"""Annotations survive being written and read, to the last bit."""

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.annotations.shapes import annotation as shape
from tests.store.samples import annotation
from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.annotations.serialize import annotation_from_json, annotation_to_json
from tumorboard.imaging.geometry import Calibration, Caveat, Plane

coordinates = st.floats(allow_nan=False, allow_infinity=False)
points = st.tuples(coordinates, coordinates, coordinates)
images = st.builds(
    ImageReference,
    study_instance_uid=st.text(),
    series_instance_uid=st.text(),
    sop_instance_uids=st.lists(st.text(), max_size=3).map(tuple),
    frame_of_reference_uid=st.text(),
    plane=st.sampled_from(Plane),
    calibration=st.sampled_from(Calibration),
    scale=coordinates,
)
annotations = st.builds(
    Annotation,
    uid=st.text(min_size=1),
    kind=st.sampled_from(Kind),
    points=st.lists(points, max_size=5).map(tuple),
    normal=points,
    image=images,
    author=st.text(),
    created_utc=st.text(),
    label=st.text(),
    role=st.text(),
    lesion_uid=st.text(),
    caveats=st.lists(st.builds(Caveat, st.text(), st.text()), max_size=2).map(tuple),
    label_offset=st.none() | points,
    known_mm=coordinates,
    proposed=st.booleans(),
)


@given(annotations)
def test_what_is_written_as_text_reads_back_equal(drawn):
    text = json.dumps(annotation_to_json(drawn), allow_nan=False)
    read = annotation_from_json(json.loads(text))
    assert read == drawn
    assert [math.copysign(1, x) for p in read.points for x in p] == [
        math.copysign(1, x) for p in drawn.points for x in p
    ]
    assert hash(read) == hash(drawn)  # lists would have crept in


def test_every_field_of_the_model_is_written():
    data = annotation_to_json(annotation("1"))
    assert data.keys() - {"version"} == {f.name for f in dataclasses.fields(Annotation)}
    assert data["image"].keys() == {f.name for f in dataclasses.fields(ImageReference)}


def test_a_record_of_an_older_program_lacks_what_came_later():
    data = annotation_to_json(annotation("1", label="x"))
    later = ("label_offset", "known_mm", "proposed")
    for name in ("version", "label", "role", "lesion_uid", "caveats", *later):
        del data[name]
    del data["image"]["calibration"], data["image"]["scale"]
    assert annotation_from_json(data) == annotation("1")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_comes_back_as_it_was_drawn(kind):
    drawn = shape(kind, label="Node", label_offset=(3.0, -1.5, 0.1), known_mm=25.4, proposed=True)
    assert annotation_from_json(json.loads(json.dumps(annotation_to_json(drawn)))) == drawn


def test_unknown_keys_are_passed_over():
    data = annotation_to_json(annotation("1"))
    assert annotation_from_json({**data, "colour": "red"}) == annotation("1")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 2}, "version 2"),
        ({"kind": "hologram"}, "hologram"),
        ({"points": [[1.0, 2.0]]}, "unpack"),
    ],
)
def test_what_cannot_be_understood_is_refused(change, reason):
    with pytest.raises(ValueError, match=reason):
        annotation_from_json({**annotation_to_json(annotation("1")), **change})


def test_a_missing_key_is_named():
    data = annotation_to_json(annotation("1"))
    del data["author"]
    with pytest.raises(ValueError, match="without author"):
        annotation_from_json(data)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_coordinate_that_is_no_number_is_not_written(bad):
    with pytest.raises(ValueError, match="finite"):
        annotation_to_json(annotation("1", x=bad))


def test_a_drawing_is_written_in_the_first_version_which_programs_before_it_read():
    drawn = shape(Kind.LENGTH)
    written = annotation_to_json(drawn)
    assert written["version"] == 1
    del written["version"]
    assert annotation_from_json(written) == drawn


@pytest.mark.parametrize("frames", [(), (0,), (3,), (3, 4, 7)])
def test_what_was_drawn_on_frames_stays_on_them(frames):
    drawn = shape(Kind.LENGTH)
    uids = tuple(f"1.2.{n}" for n in range(len(frames) or 1))
    image = dataclasses.replace(drawn.image, sop_instance_uids=uids, frames=frames)
    written = annotation_to_json(dataclasses.replace(drawn, image=image))
    assert annotation_from_json(json.loads(json.dumps(written))).image == image
    assert written["image"]["frames"] == list(frames)
    del written["image"]["frames"]  # of a program that knew no frames
    assert annotation_from_json(written).image.frames == ()
