"""What a reference to images says of them."""

import pytest

from tumorboard.annotations.model import ImageReference
from tumorboard.imaging.geometry import Plane


def reference(series="1.2", objects=("a", "b", "c"), frames=()):
    return ImageReference("1", series, objects, "F", Plane.AXIAL, frames=frames)


@pytest.mark.parametrize(
    ("objects", "frames", "pictures"),
    [
        (("a", "b", "c"), (), (("a", 0), ("b", 0), ("c", 0))),
        (("a",), (), (("a", 0),)),
        ((), (), ()),
        (("a", "a"), (4, 1), (("a", 4), ("a", 1))),
    ],
)
def test_each_picture_is_named_by_its_object_and_its_frame(objects, frames, pictures):
    assert reference(objects=objects, frames=frames).pictures == pictures


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (reference(objects=("c", "d")), True),
        (reference(objects=("d",)), False),
        (reference(objects=()), False),
        (reference("1.3", objects=("c",)), False),
    ],
)
def test_two_references_share_an_object_of_one_series(other, shared):
    assert reference().shares_object_with(other) is shared
    assert other.shares_object_with(reference()) is shared
