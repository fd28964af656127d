"""On which cut the pixels of a region are read, and where a region ends beyond its pictures."""

from dataclasses import replace

import numpy as np
import pytest

from tests.annotations.shapes import annotation
from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.annotations.model import Kind, as_point
from tumorboard.annotations.regions import (
    leaves_picture,
    region_histogram,
    region_section,
    region_values,
)
from tumorboard.imaging.geometry import Plane

#: Pixels of 2 mm across and 1 mm down, slices of 3 mm; the first pixel lies at the origin.
STACK = axial_stack(slices=9, rows=40, columns=30, spacing=(1.0, 2.0), step=3.0, origin=(0, 0, 0))
VOLUME = volume_of(STACK)


def square(middle, half=4.0, plane=Plane.AXIAL, right=(1, 0, 0), down=(0, 1, 0)):
    corners = ((-half, -half), (half, -half), (half, half), (-half, half))
    return annotation(Kind.RECTANGLE, middle, right, down, plane, flat=corners)


#: Places (mm, LPS) just within and just beyond the pixels, a twentieth of a pixel forgiven:
#: the outer edges lie half a pixel off the first and last centre.
EDGES = [
    ((-1.0 - 0.09, 5, 6), False),
    ((-1.0 - 0.11, 5, 6), True),
    ((59.0 + 0.09, 5, 6), False),
    ((59.0 + 0.11, 5, 6), True),
    ((20, -0.5 - 0.04, 6), False),
    ((20, -0.5 - 0.06, 6), True),
    ((20, 39.5 + 0.04, 6), False),
    ((20, 39.5 + 0.06, 6), True),
    ((20, 5, -1.5 - 0.14), False),
    ((20, 5, -1.5 - 0.16), True),
    ((20, 5, 25.5 + 0.14), False),
    ((20, 5, 25.5 + 0.16), True),
]


@pytest.mark.parametrize(("corner", "leaves"), EDGES)
def test_a_region_leaves_the_picture_with_its_outermost_corner(corner, leaves):
    inside = ((20, 10, 6), (24, 10, 6), (24, 14, 6))
    for n in range(4):
        points = (*inside[:n], corner, *inside[n:])
        drawn = annotation(Kind.POLYGON, points=tuple(as_point(p) for p in points))
        assert leaves_picture(drawn, VOLUME) is leaves
    other = replace(VOLUME, series_instance_uid="1.2.4")
    assert leaves_picture(drawn, other) is False


def lean(degrees, about):
    """The directions of an axial plane that leans about the patient's left or back."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    right, down = np.eye(3)[:2]
    return (right, np.array([0, c, s])) if about == "left" else (np.array([c, 0, s]), down)


@pytest.mark.parametrize("about", ["left", "back"])
@pytest.mark.parametrize(
    ("degrees", "own"), [(0, False), (0.7, False), (-0.7, False), (0.9, True), (-30, True)]
)
def test_values_are_read_on_the_stored_slice_up_to_a_lean_of_less_than_a_degree(
    about, degrees, own
):
    middle = np.array([30.0, 20.0, 12.0])
    right, down = lean(degrees, about)
    section = region_section(square(middle, right=right, down=down), VOLUME)
    if not own:
        assert section.slice_index == 4
        return
    assert section.slice_index is None
    normal = np.cross(right, down)
    assert abs(section.grid.normal @ normal) == pytest.approx(1.0)
    # The plane goes through the first corner.
    corner = middle - 4 * right - 4 * down
    assert (section.grid.origin - corner) @ normal == pytest.approx(0.0, abs=1e-9)


def expected(low, high, k):
    """The values of the pixels of a slice whose centre lies within a rectangle of corners in mm."""
    rows, columns = np.mgrid[0:40, 0:30]
    inside = (columns * 2 > low[0]) & (columns * 2 < high[0]) & (rows > low[1]) & (rows < high[1])
    return np.sort(VOLUME.voxels[k][inside])


@pytest.mark.parametrize("z", [12.0, 13.4, 10.6])
def test_the_values_of_a_square_are_those_of_the_pixels_in_it(z):
    found = region_values(square((30.5, 20.3, z)), VOLUME)
    np.testing.assert_array_equal(np.sort(found), expected((26.5, 16.3), (34.5, 24.3), 4))
    counted = region_histogram(square((30.5, 20.3, z)), VOLUME, bins=7)
    assert (len(counted.counts), sum(counted.counts)) == (7, len(found))


def test_a_square_between_the_pixels_has_no_values():
    assert region_values(square((31.0, 20.5, 12.0), half=0.3), VOLUME) is None
    assert region_histogram(square((31.0, 20.5, 12.0), half=0.3), VOLUME) is None


def test_two_regions_on_two_slices_are_read_each_on_its_own_whichever_was_read_last():
    for k in (2, 5, 2, 2, 7, 5):
        found = region_values(square((30.5, 20.3, 3.0 * k)), VOLUME)
        np.testing.assert_array_equal(np.sort(found), expected((26.5, 16.3), (34.5, 24.3), k))


def test_on_a_reformat_nothing_is_read_while_any_slice_is_missing():
    whole = volume_of(STACK)
    middle, ways = (30.5, 20.0, 12.2), {"right": (1, 0, 0), "down": (0, 0, -1)}
    coronal = square(middle, plane=Plane.CORONAL, **ways)
    assert region_values(coronal, whole) is not None
    whole.loaded[8] = False  # far from it
    assert region_values(coronal, whole) is None
    axial = square((30.5, 20.3, 12.0))
    assert region_values(axial, whole) is not None
    whole.loaded[4] = False
    assert region_values(axial, whole) is None
