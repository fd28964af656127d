"""Which drawings show on a cut: those of its pictures, near it and parallel to it."""

from dataclasses import replace

import numpy as np
import pytest

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.model import ImageReference, Kind
from tumorboard.annotations.visibility import on_section, rests_on
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.oblique import cut_oblique, plane_through
from tumorboard.imaging.slicing import cut

#: Slices 4 mm apart, pixels of 1 mm, the first voxel at the origin.
VOLUME = volume_of(
    axial_stack(slices=12, rows=50, columns=60, spacing=(1.0, 1.0), step=4.0, origin=(0, 0, 0))
)
SLICE = cut(VOLUME, Plane.AXIAL, (20.0, 20.0, 20.0))
CORONAL = cut(VOLUME, Plane.CORONAL, (20.0, 20.0, 20.0))
DOWN = {Plane.AXIAL: (0.0, 1.0, 0.0), Plane.CORONAL: (0.0, 0.0, -1.0)}


def shown(drawn, section) -> bool:
    """Asked of a tuple and of a list, and twice: an answer that was kept is the same."""
    answers = [on_section(of, VOLUME, section) for of in ((drawn,), [drawn], (drawn,))]
    assert {len(a) for a in answers} in ({0}, {1})
    return bool(answers[0])


def at(place, kind=Kind.LENGTH, plane=Plane.AXIAL, **changes):
    return annotation(kind, place, (1.0, 0.0, 0.0), DOWN[plane], plane, **changes)


@pytest.mark.parametrize(
    ("away", "is_shown"), [(0, True), (1.9, True), (-1.9, True), (2.1, False), (-2.1, False)]
)
def test_on_a_slice_shows_what_lies_within_half_the_way_to_the_next(away, is_shown):
    assert shown(at((20, 20, 20 + away)), SLICE) is is_shown


@pytest.mark.parametrize(
    ("away", "is_shown"), [(0, True), (1.9, True), (-1.9, True), (2.1, False), (-2.1, False)]
)
def test_on_a_reformat_shows_what_lies_within_two_millimetres(away, is_shown):
    assert shown(at((20, 20 + away, 20), plane=Plane.CORONAL), CORONAL) is is_shown


def test_what_leaves_the_cut_with_one_end_is_not_shown():
    flat = at((20, 20, 20))
    (x, y, z), last = flat.points
    assert not shown(replace(flat, points=((x, y, z + 8), last)), SLICE)
    assert not shown(replace(flat, points=((x, y, z), (*last[:2], z - 8))), SLICE)


@pytest.mark.parametrize(("degrees", "is_shown"), [(0, True), (7, True), (9, False), (90, False)])
def test_measurements_show_on_parallel_cuts_alone_and_marks_on_all(degrees, is_shown):
    turn = np.radians(degrees)
    down = (0.0, np.cos(turn), np.sin(turn))
    place = np.array([20.0, 20.0, 20.0])
    grid = plane_through(VOLUME.stack, place, (1.0, 0.0, 0.0), down)
    section = cut_oblique(VOLUME, grid)
    point = (tuple(place), tuple(place + [1.0, 0.0, 0.0]))
    assert shown(at(place, points=point), section) is is_shown
    mark = at(place, Kind.VESSEL_LEVEL, points=point[:1])
    assert shown(mark, section)
    assert shown(replace(mark, kind=Kind.TUMOUR_END), section)
    assert shown(replace(mark, kind=Kind.PROBE), section) is is_shown


def test_of_many_those_of_the_cut_come_in_their_order():
    drawn = tuple(at((20, 20, z), uid=str(z)) for z in (20, 24, 21, 40, 19))
    assert [a.uid for a in on_section(drawn, VOLUME, SLICE)] == ["20", "21", "19"]
    mixed = (*drawn, at((20, 20, 20), Kind.POLYGON, uid="p"), at((20, 20, 32), Kind.TEXT, uid="t"))
    assert [a.uid for a in on_section(mixed, VOLUME, SLICE)] == ["20", "21", "19", "p"]
    assert on_section((), VOLUME, SLICE) == ()


def test_what_was_drawn_anew_is_not_mistaken_for_what_was_there():
    drawn = [at((20, 20, 20))]
    assert on_section(drawn, VOLUME, SLICE) == tuple(drawn)
    drawn[0] = at((20, 20, 40))
    assert on_section(drawn, VOLUME, SLICE) == ()


def reference(*uids, series="1.2.3", frames=()):
    return ImageReference("1.2", series, uids, "1.2.9", Plane.AXIAL, frames=frames)


@pytest.mark.parametrize(
    ("image", "belongs"),
    [
        (reference("1.2.3.0"), True),
        (reference("1.2.3.0", "1.2.3.11"), True),
        (reference("1.2.3.0", "1.2.3.12"), False),  # one end lies on a picture of another part
        (reference("1.2.3.0", series="1.2.4"), False),
        (reference("1.2.3.0", frames=(1,)), False),
    ],
)
def test_a_drawing_belongs_to_the_volume_that_holds_all_its_pictures(image, belongs):
    assert rests_on(image, VOLUME) is belongs


def test_of_several_pictures_in_one_object_the_frame_tells():
    cine = volume_of(VOLUME.stack, sop_instance_uids=("1.2.3.0",) * 12, frames=tuple(range(5, 17)))
    assert rests_on(reference("1.2.3.0", frames=(5,)), cine)
    assert rests_on(reference("1.2.3.0", "1.2.3.0", frames=(5, 16)), cine)
    assert not rests_on(reference("1.2.3.0", frames=(4,)), cine)
    assert not rests_on(reference("1.2.3.0", "1.2.3.0", frames=(5, 17)), cine)


@pytest.mark.parametrize(("away", "is_shown"), [(2.0005, True), (2.0015, False)])
@pytest.mark.parametrize("sense", [-1, 1])
def test_half_the_way_to_the_next_slice_is_met_to_a_micrometre(away, is_shown, sense):
    assert shown(at((20, 20, 20 + sense * away)), SLICE) is is_shown
