from dataclasses import replace

import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.ui.viewer.display import SeriesTitle
from tumorboard.ui.viewer.room import Room, SceneView


@pytest.fixture
def room(qapp):
    room = Room()
    room.active.set_volume(volume_of(axial_stack()), SeriesTitle())
    return room


def line(uid, series="1.2.3", end=10.0):
    where = ImageReference("1.2", series, ("1.2.3.0",), "1.2.9", Plane.AXIAL)
    points = ((0.0, 0.0, 50.0), (end, 0.0, 50.0))
    return Annotation(
        uid, Kind.LENGTH, points, (0.0, 0.0, 1.0), where, "me", "2026-01-01T00:00:00Z"
    )


def test_what_is_being_drawn_stands_in_place_of_its_old_self(room):
    first, second, elsewhere = line("a"), line("b"), line("c", series="9.9")
    room.set_annotations([first, second, elsewhere])
    display = room.active
    assert room.annotations_of(display) == (first, second)
    assert room.resting_on(display) == (first, second)
    for end in (20.0, 30.0):
        moved = line("a", end=end)
        room.preview = (moved, line("d", series="9.9"))
        assert room.annotations_of(display) == (second, moved)
        assert room.resting_on(display) == (second,)
        scene = room.scene(display, SceneView(CutSpec(Plane.AXIAL), 1.0))
        assert scene.existing == (second,)
    kept = room.resting_on(display)
    room.preview = (line("a", end=40.0), line("d", series="9.9"))
    assert room.resting_on(display) is kept
    room.preview = ()
    assert room.annotations_of(display) == (first, second)
    room.set_annotations([replace(second, label="seen")])
    assert [a.label for a in room.resting_on(display)] == ["seen"]
