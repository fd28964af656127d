"""Every kind of annotation is told whole, and one that is not stops the program at its start."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from tests.annotations.shapes import FLAT, annotation
from tests.architecture.project import ROOT
from tumorboard import coding
from tumorboard.annotations.kinds import (
    MARKS,
    REGIONS,
    SPECS,
    kind_measuring,
    kind_of_graphic,
    kind_of_role,
    table,
)
from tumorboard.annotations.kinds.spec import KindSpec, Sign
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import Kind, Landmark, TumourEnd
from tumorboard.annotations.serialize import annotation_from_json, annotation_to_json
from tumorboard.annotations.shapes import handles, outline
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.tools.edit import handle_moved

KINDS = list(Kind)
#: As they stand in stores: a word that changes leaves what was drawn unreadable.
STORED = {
    "LENGTH": "length",
    "BIDIRECTIONAL": "bidirectional",
    "ELLIPSE": "ellipse",
    "CRANIOCAUDAL": "craniocaudal",
    "VESSEL_LEVEL": "vessel level",
    "TUMOUR_END": "tumour end",
    "ANGLE": "angle",
    "CIRCLE": "circle",
    "RECTANGLE": "rectangle",
    "POLYGON": "polygon",
    "FREEHAND": "freehand",
    "PATH": "path",
    "ARROW": "arrow",
    "TEXT": "text",
    "PROBE": "probe",
    "VERTEBRA": "vertebra",
    "CALIBRATION": "calibration",
}


def grid() -> PlaneGrid:
    """A square of 120 mm in pixels of half a millimetre."""
    right, down = np.eye(3)[:2]
    return PlaneGrid(np.array([-60.0, -60.0, 0.0]), right, down, (0.5, 0.5), (240, 240))


def test_every_kind_has_a_spec_of_its_own_and_the_stored_words_stay():
    assert {k.name: k.value for k in Kind} == STORED
    assert set(SPECS) == set(Kind)
    assert all(spec.kind is kind for kind, spec in SPECS.items())
    assert len({spec.words for spec in SPECS.values()}) == len(SPECS)


@pytest.mark.parametrize("left_out", KINDS)
def test_a_kind_without_a_spec_is_refused(left_out):
    with pytest.raises(ValueError, match=left_out.value):
        table(spec for spec in SPECS.values() if spec.kind is not left_out)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_told_twice_is_refused(kind):
    with pytest.raises(ValueError, match="twice"):
        table([*SPECS.values(), SPECS[kind]])


def test_the_table_cannot_be_changed_later():
    with pytest.raises(TypeError):
        SPECS[Kind.LENGTH] = SPECS[Kind.ANGLE]


@pytest.mark.parametrize(
    "module", ["tools.toolbox", "store.cases", "app.session", "ui.shell.window"]
)
def test_nothing_starts_with_a_kind_that_nothing_is_told_of(module):
    """A new member of the enumeration, in a process of its own: the import itself fails."""
    code = f"""
import enum
from tumorboard.annotations import model
words = {{k.name: k.value for k in model.Kind}} | {{"SPLINE": "spline"}}
model.Kind = enum.StrEnum("Kind", words)
import tumorboard.{module}
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "ValueError: nothing is told of the kinds spline" in done.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"words": " "}, "name"),
        ({"least_points": 0}, "points"),
        ({"least_points": 3}, "points"),
        ({"concepts": ()}, "concepts"),
        ({"concepts": (), "words": ""}, "name"),
    ],
)
def test_a_spec_that_is_half_told_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(SPECS[Kind.LENGTH], **change)


def test_concepts_without_values_are_refused():
    with pytest.raises(ValueError, match="concepts"):
        dataclasses.replace(SPECS[Kind.TEXT], concepts=(coding.LENGTH,))


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_those_of_the_concepts_in_their_order(kind):
    spec, drawn = SPECS[kind], annotation(kind, known_mm=25.0)
    assert tuple(q.concept for q in measure(drawn).quantities) == spec.concepts
    for concept in spec.concepts:
        assert concept in vars(coding).values(), "one home for a code"
        assert concept.value
        assert concept.meaning
        assert concept.scheme in {"SCT", "DCM", "UCUM", "99TUMORBOARD"}
    assert len(set(spec.concepts)) == len(spec.concepts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_of_a_kind_has_as_many_points_as_it_takes(kind):
    spec, count = SPECS[kind], len(FLAT[kind])
    assert spec.takes(count)
    assert not spec.takes(0)
    assert not spec.takes(spec.least_points - 1)
    if spec.most_points is not None:
        assert not spec.takes(spec.most_points + 1)
    assert not spec.is_line or spec.least_points >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_lines_lie_the_same_in_the_patient_and_on_a_canvas(kind):
    """Turned, stretched and moved first or last: the drawing is the same."""
    points = np.array(annotation(kind, (3.0, -4.0, 12.0)).points)
    to_canvas = np.array([[1.5, 0.2, 0.1], [-0.3, 2.0, 0.7]])
    there = [line @ to_canvas.T + [40.0, 7.0] for line in outline(kind, points)]
    here = outline(kind, points @ to_canvas.T + [40.0, 7.0])
    assert len(there) == len(here)
    for a, b in zip(there, here, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)
    assert here or SPECS[kind].sign is not Sign.NONE or SPECS[kind].is_words, "nothing is seen"


@pytest.mark.parametrize("kind", KINDS)
def test_handles_are_points_and_moving_one_nowhere_changes_nothing(kind):
    drawn = annotation(kind, (3.0, -4.0, 12.0), down=(0.0, 0.0, -1.0), plane=Plane.CORONAL)
    held = handles(drawn)
    assert len(held) > 0
    assert len(set(held)) == len(held)
    assert set(held) <= set(range(len(drawn.points)))
    for index in held:
        moved = handle_moved(drawn, index, drawn.points[index])
        assert SPECS[kind].takes(len(moved.points))
        if kind is not Kind.CIRCLE:  # its handles follow the pointer round: ends may swap
            np.testing.assert_allclose(moved.points, drawn.points, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_encloses_an_area_has_pixels_inside_as_many_as_its_area(kind):
    spec, drawn = SPECS[kind], annotation(kind)
    assert (kind in REGIONS) is spec.is_region is (spec.inside is not None)
    assert spec.is_region is (coding.AREA in spec.concepts)
    if spec.inside is not None:
        mask = spec.inside(grid(), drawn.points)[2]
        area = next(q.value for q in measure(drawn).quantities if q.concept == coding.AREA)
        assert mask.sum() * 0.25 == pytest.approx(area, rel=0.05)


def test_marks_have_each_role_once():
    roles = [role for spec in SPECS.values() for role in spec.roles or ()]
    assert sorted(roles) == sorted([*Landmark, *TumourEnd])
    assert {kind for kind, spec in SPECS.items() if spec.is_mark} == MARKS
    assert {kind_of_role(role) for role in Landmark} == {Kind.VESSEL_LEVEL}
    assert {kind_of_role(str(role)) for role in TumourEnd} == {Kind.TUMOUR_END}
    with pytest.raises(LookupError):
        kind_of_role("")
    with pytest.raises(LookupError):
        kind_of_role("spleen")


def test_kinds_are_found_by_what_they_measure():
    assert kind_measuring(coding.LENGTH) is Kind.LENGTH  # not what states a length
    assert kind_measuring(coding.LONG_AXIS, coding.SHORT_AXIS) is Kind.BIDIRECTIONAL
    assert kind_measuring(coding.CRANIOCAUDAL) is Kind.CRANIOCAUDAL
    with pytest.raises(LookupError):
        kind_measuring()
    with pytest.raises(LookupError):
        kind_measuring(coding.SHORT_AXIS)


@pytest.mark.parametrize(
    ("graphic", "count", "kind"),
    [
        ("POINT", 1, Kind.PROBE),
        ("POLYLINE", 2, Kind.LENGTH),
        ("POLYLINE", 3, Kind.PATH),
        ("POLYLINE", 400, Kind.PATH),
        ("POLYGON", 3, Kind.POLYGON),
        ("CIRCLE", 4, Kind.CIRCLE),
        ("ELLIPSE", 4, Kind.ELLIPSE),
    ],
)
def test_kinds_are_found_by_the_graphic_of_the_standard(graphic, count, kind):
    assert kind_of_graphic(graphic, count) is kind


@pytest.mark.parametrize(("graphic", "count"), [("", 2), ("POINT", 2), ("ELLIPSOID", 6)])
def test_a_graphic_that_no_kind_is_sent_as_has_none(graphic, count):
    with pytest.raises(LookupError):
        kind_of_graphic(graphic, count)


@pytest.mark.parametrize("value", ["103339001", "G-A185"])
def test_a_code_of_today_and_an_older_one_mean_the_same(value):
    assert coding.means(value, coding.LONG_AXIS)
    assert not coding.means(value, coding.SHORT_AXIS)
    assert not coding.means("", coding.AREA)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stored_reads_back_and_is_written_again_byte_by_byte(kind):
    drawn = annotation(kind, (3.1, -4.7, 12.9), label="Ümlaut", known_mm=0.1, role="caudal")
    text = json.dumps(annotation_to_json(drawn), ensure_ascii=False)
    read = annotation_from_json(json.loads(text))
    assert read == drawn
    assert json.dumps(annotation_to_json(read), ensure_ascii=False).encode() == text.encode()
    assert json.loads(text)["kind"] == STORED[kind.name]
    assert list(json.loads(text)) == [
        *("version", "uid", "kind", "points", "normal", "image", "author", "created_utc", "label"),
        *("role", "lesion_uid", "caveats", "label_offset", "known_mm", "proposed", "origin"),
    ]


def test_a_spec_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SPECS[Kind.LENGTH].words = "Distance"
    assert isinstance(SPECS[Kind.LENGTH], KindSpec)


#: What the eye and the hand meet: sign at the first point, whether the first two points are a
#: line, words of the label, label at the point, handles only while selected, graphic of others.
LOOKS = {
    Kind.LENGTH: ("none", True, False, False, False, "POLYLINE"),
    Kind.BIDIRECTIONAL: ("none", True, False, False, False, ""),
    Kind.ELLIPSE: ("none", False, False, False, False, "ELLIPSE"),
    Kind.CRANIOCAUDAL: ("none", True, False, False, False, ""),
    Kind.VESSEL_LEVEL: ("ring", False, False, False, False, ""),
    Kind.TUMOUR_END: ("diamond", False, False, False, False, ""),
    Kind.ANGLE: ("none", False, False, False, False, ""),
    Kind.CIRCLE: ("none", False, False, False, True, "CIRCLE"),
    Kind.RECTANGLE: ("none", False, False, False, True, ""),
    Kind.POLYGON: ("none", False, False, False, True, "POLYGON"),
    Kind.FREEHAND: ("none", False, False, False, True, ""),
    Kind.PATH: ("none", False, False, False, False, "POLYLINE"),
    Kind.ARROW: ("arrow head", True, True, False, True, ""),
    Kind.TEXT: ("none", False, True, True, True, ""),
    Kind.PROBE: ("cross", False, False, False, True, "POINT"),
    Kind.VERTEBRA: ("cross", False, True, False, True, ""),
    Kind.CALIBRATION: ("none", True, False, False, False, ""),
}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_looks_as_it_is_described(kind):
    spec = SPECS[kind]
    look = (spec.sign.value, spec.is_line, spec.is_words, spec.is_label_at_point)
    assert (*look, spec.has_quiet_handles, spec.graphic) == LOOKS[kind]
    assert spec.is_known_length is (kind is Kind.CALIBRATION)


#: The fewest and the most points of a finished one, and how many lines draw it.
COUNTS = {
    Kind.LENGTH: (2, 2, 1),
    Kind.BIDIRECTIONAL: (4, 4, 2),
    Kind.ELLIPSE: (4, 4, 1),
    Kind.CRANIOCAUDAL: (2, 2, 1),
    Kind.VESSEL_LEVEL: (1, 1, 0),
    Kind.TUMOUR_END: (1, 1, 0),
    Kind.ANGLE: (3, 3, 1),
    Kind.CIRCLE: (4, 4, 1),
    Kind.RECTANGLE: (4, 4, 1),
    Kind.POLYGON: (3, None, 1),
    Kind.FREEHAND: (3, None, 1),
    Kind.PATH: (3, None, 1),
    Kind.ARROW: (2, 2, 1),
    Kind.TEXT: (1, 1, 0),
    Kind.PROBE: (1, 1, 0),
    Kind.VERTEBRA: (1, 1, 0),
    Kind.CALIBRATION: (2, 2, 1),
}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_takes_its_number_of_points_and_is_drawn_by_its_lines(kind):
    spec = SPECS[kind]
    fewest, most, lines = COUNTS[kind]
    assert (spec.least_points, spec.most_points) == (fewest, most)
    assert [n for n in range(9) if spec.takes(n)] == list(range(fewest, (most or 8) + 1))
    assert len(spec.lines(np.array(annotation(kind).points))) == lines


@pytest.mark.parametrize("kind", [Kind.ELLIPSE, Kind.CIRCLE])
def test_what_is_round_is_drawn_all_round_in_64_equal_steps(kind):
    (line,) = outline(kind, np.array(annotation(kind, (3.0, -4.0, 12.0)).points))
    half = np.ptp(np.array(FLAT[kind]), axis=0) / 2
    turn = 2 * np.pi * np.arange(65) / 64
    wanted = np.stack([half[0] * np.cos(turn), half[1] * np.sin(turn), 0 * turn], axis=1)
    # From one end of the first axis towards an end of the second.
    for sides in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        if np.allclose(line, wanted * [*sides, 1] + [3.0, -4.0, 12.0]):
            break
    else:
        pytest.fail("not the ellipse")


def test_marks_are_levels_or_ends_of_the_tumour():
    told = {k: (s.is_mark, s.is_level, s.is_tumour_end) for k, s in SPECS.items()}
    assert told.pop(Kind.VESSEL_LEVEL) == (True, True, False)
    assert told.pop(Kind.TUMOUR_END) == (True, False, True)
    assert set(told.values()) == {(False, False, False)}
