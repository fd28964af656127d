"""Everything at the rim of a view, and the labels of measurements, lie side by side."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.labels import overlaps
from tumorboard.annotations.model import Kind, Landmark
from tumorboard.imaging.geometry import Plane, side_letters
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.viewport import Viewport, resolve
from tumorboard.ui.viewer import drawings, guides, overlay
from tumorboard.ui.viewer.letters import text_width

CORNERS = (
    ("RP-0003 · M 57", "Portal venous 2 mm", "12 May 2025 · Axial"),
    ("Slice 83 / 165", "W 400 L 40 · as sent"),
    ("2 mm · SOFT · portal venous?", "Zoom 0.5 · 512 × 512", "0.78 mm (pixel spacing)"),
)
BADGES = ("Slices overlap: up to 3.75 mm thick, 3.27 mm apart.",)
#: Views from a third of the middle of a small screen to half of a large one.
SIZES = st.tuples(st.integers(215, 960), st.integers(260, 1000))


@pytest.fixture(scope="module")
def volume(qapp):
    stack = axial_stack(slices=60, rows=220, columns=260, spacing=(1.0, 1.0), step=3.0)
    return volume_of(stack, np.zeros(stack.shape, np.int16))


def scene(volume, size, plane=Plane.AXIAL, levels=(), badges=BADGES):
    """Return the projection of the middle cut that fills a view, and what stands at its rim."""
    section = cut(volume, plane, volume.stack.centre)
    projection = resolve(Viewport(), section.grid, size, 1.0)
    rim = overlay.rim_of(
        QRectF(0, 0, *size),
        projection,
        scale=1.0,
        letters_of=side_letters,
        corners=CORNERS,
        badges=badges,
        levels=levels,
    )
    return section, projection, rim


@given(size=SIZES)
def test_words_letters_and_the_scale_never_cover_one_another(volume, size):
    _, _, rim = scene(volume, size)
    assert not any(overlaps(a, b) for a, b in combinations(rim.boxes, 2))
    texts = {word.text for word in rim.words}
    # Never cut: whose picture it is, and when it was made.
    assert {"RP-0003 · M 57", "12 May 2025 · Axial", "0.78 mm (pixel spacing)"} <= texts
    assert any("83 / 165" in text for text in texts)
    assert rim.bar is not None
    for left, top, width, height in rim.boxes:
        assert left >= 0
        assert top >= 0
        assert left + width <= size[0]
        assert top + height <= size[1]


def test_the_technique_gives_way_before_anything_else(volume):
    heights = [900, 300, 215]
    shown = [{w.text for w in scene(volume, (225.0, h), badges=())[2].words} for h in heights]
    assert CORNERS[2][0] in shown[0]
    assert CORNERS[2][0] not in shown[2]
    assert all(CORNERS[2][2] in texts for texts in shown)


@given(
    size=st.tuples(st.integers(420, 900), st.integers(400, 900)),
    drawn=st.lists(
        st.tuples(
            st.sampled_from([Kind.LENGTH, Kind.ELLIPSE, Kind.RECTANGLE, Kind.TEXT, Kind.PROBE]),
            st.floats(-90, 90),
            st.floats(-75, 75),
        ),
        min_size=2,
        max_size=9,
    ),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_value_covers_another_or_the_rim(volume, size, drawn):
    _, projection, rim = scene(volume, size)
    middle = volume.stack.centre
    label = "a long remark on the vessel beside the mass that a reader wrote"
    shapes = [
        annotation(kind, middle + [x, y, 0.0], label=label if kind is Kind.TEXT else "")
        for kind, x, y in drawn
    ]
    found = drawings.label_boxes(shapes, projection, volume, text_width, rim.free)
    boxes = [box for _, _, box, _ in found]
    assert len(found) == len(drawn)
    for first, second in combinations(boxes, 2):
        assert not overlaps(first, second)
    for box in boxes:
        assert not any(overlaps(box, part) for part in rim.boxes)
        assert box[0] >= 0
        assert box[0] + box[2] <= size[0]


def test_a_long_remark_is_folded_and_loses_no_word():
    text = "recess behind the cava, not reached by any slice of the earlier examination"
    lines = drawings.wrapped(text, 150.0, text_width)
    assert " ".join(lines) == text
    assert all(text_width(line) <= 150 for line in lines)
    parted = drawings.wrapped("x" * 60, 100.0, text_width)
    assert "".join(parted) == "x" * 60
    assert all(text_width(line) <= 100 for line in parted)


@given(size=st.tuples(st.integers(230, 500), st.integers(250, 600)))
def test_names_of_levels_stand_clear_of_corner_words(volume, size):
    middle = volume.stack.centre
    levels = [
        annotation(Kind.VESSEL_LEVEL, middle + [0.0, 0.0, z], role=str(role))
        for role, z in zip(Landmark, (-80.0, -20.0, 40.0, 78.0, 82.0), strict=True)
    ]
    _, _, rim = scene(volume, size, Plane.CORONAL, levels, badges=())
    assert len(rim.levels) == len(levels)
    assert not any(overlaps(a, b) for a, b in combinations(rim.boxes, 2))


def test_the_unit_at_the_pointer_is_the_one_of_all_other_words(volume):
    section, projection, _ = scene(volume, (400.0, 400.0))
    pet = replace(volume, unit="SUVbw", modality="PT")
    text = guides.reading(pet, section, projection, QPointF(200, 200))
    assert " SUVbw · " in text
