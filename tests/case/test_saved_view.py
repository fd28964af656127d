"""Key images as data: what older programs wrote is read, and what is no view is refused."""

import json

import pytest

from tests.store import samples
from tumorboard.case.saved_view import (
    Extent,
    SavedPicture,
    SavedView,
    saved_view_from_json,
    saved_view_to_json,
)
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.imaging.volume import Window

#: A picture with no more than what it cannot do without.
PLAIN = {
    "display": 2,
    "plane": "coronal",
    "series_key": "1.2",
    "cut": {"plane": "coronal"},
    "point": [1, 2, 3],
    "extent": {"centre": [4, 5, 6], "width_mm": 70, "height_mm": 80},
    "window": [40, 400, "LINEAR", "liver"],
}


@pytest.mark.parametrize("made", [samples.view("v"), samples.curved_view("v")])
def test_a_view_is_read_as_it_was_written(made):
    assert saved_view_from_json(json.loads(json.dumps(saved_view_to_json(made)))) == made


@pytest.mark.parametrize("name", ["alone", "marks", "linked"])
@pytest.mark.parametrize("value", [True, False])
def test_what_was_on_and_off_stays_so(name, value):
    made = samples.view("v", **{name: value})
    assert getattr(saved_view_from_json(saved_view_to_json(made)), name) is value


def test_a_view_with_the_least_that_it_needs_is_read():
    read = saved_view_from_json({"uid": "v", "pictures": [PLAIN], "surplus": 1})
    spec = CutSpec(Plane.CORONAL, None, None, 0.0, SlabMode.MAXIMUM, 0)
    picture = SavedPicture(
        *(2, "coronal", "1.2", spec, (1.0, 2.0, 3.0), Extent((4.0, 5.0, 6.0), 70.0, 80.0)),
        *(Window(40.0, 400.0, "LINEAR"), "liver"),
    )
    assert read == SavedView("v", "", "", (picture,))
    assert (read.alone, read.marks, read.linked, read.active) == (False, True, True, 0)
    off = (picture.inverted, picture.extent.flip_horizontal, picture.extent.flip_vertical)
    assert off == (False,) * 3


@pytest.mark.parametrize("name", ["uid", "pictures"])
def test_a_view_without_what_it_needs_is_refused(name):
    data = {"uid": "v", "pictures": [PLAIN]}
    del data[name]
    with pytest.raises(ValueError, match=name):
        saved_view_from_json(data)


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_without_what_it_needs_is_refused(name):
    picture = {key: value for key, value in PLAIN.items() if key != name}
    with pytest.raises(ValueError, match=name):
        saved_view_from_json({"uid": "v", "pictures": [picture]})


def test_a_view_without_a_picture_or_of_a_later_version_is_refused():
    with pytest.raises(ValueError, match="picture"):
        saved_view_from_json({"uid": "v", "pictures": []})
    later = saved_view_to_json(samples.view("v"))
    with pytest.raises(ValueError, match="version"):
        saved_view_from_json({**later, "version": later["version"] + 1})


@pytest.mark.parametrize(("active", "stands"), [(0, 0), (1, 1), (7, 1), (-3, 0)])
def test_one_picture_stands_for_the_view(active, stands):
    made = samples.view("v", active=active)
    assert made.main is made.pictures[stands]


def test_the_curved_picture_is_found():
    assert samples.view("v").curved is None
    curved = samples.curved_view("v")
    assert curved.curved is curved.pictures[1]


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        *((100, 100, 2.0), (400, 100, 1.0), (100, 50, 2.0), (100, 40, 2.5)),
        *((0, 100, 200.0), (800, 0, 100.0), (1, 100, 200.0), (800, 1.25, 80.0)),
    ],
)
def test_all_of_a_view_fits_into_a_window_of_any_shape(width, height, size):
    extent = Extent((0, 0, 0), 200.0, 100.0)
    assert extent.mm_per_pixel(width, height) == pytest.approx(size)
    assert Extent((0, 0, 0), 0.0, 0.0).mm_per_pixel(100, 100) == 1e-6


def test_a_view_is_written_in_the_first_version_which_programs_before_it_read():
    written = saved_view_to_json(samples.view("v"))
    assert written["version"] == 1
    del written["version"]
    assert saved_view_from_json(written) == samples.view("v")
