import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.edges import edge_along, edge_around, sampler
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut

STACK = axial_stack(slices=3, rows=120, columns=140, spacing=(0.7, 0.7), origin=(0, 0, 0))
CENTRE = np.array([48.0, 41.0, 2.5])
RADIUS = 20.0
RNG = np.random.default_rng(3)


def disc(noise=0.0):
    k, i, j = np.indices(STACK.shape)
    places = STACK.to_lps(np.stack([k, i, j], axis=-1))
    away = np.linalg.norm(places[..., :2] - CENTRE[:2], axis=-1)
    grey = 60 - 160 / (1 + np.exp(-(away - RADIUS) / 0.4))
    return volume_of(STACK, (grey + RNG.normal(0, noise, grey.shape)).astype(np.int16))


def reader(volume):
    return sampler(volume, cut(volume, Plane.AXIAL, CENTRE))


def on_rim(angle, off=0.0):
    way = np.array([np.cos(angle), np.sin(angle), 0.0])
    return CENTRE + (RADIUS + off) * way, way


@pytest.mark.parametrize("off", [-2.5, -1.0, 0.0, 1.7])
@pytest.mark.parametrize("angle", [0.0, 0.6, 2.0, 4.4])
@pytest.mark.parametrize("noise", [0.0, 8.0])
def test_the_end_of_a_caliper_finds_the_rim(off, angle, noise):
    place, way = on_rim(angle, off)
    edge = edge_along(reader(disc(noise)), place, way, 3.0)
    assert np.linalg.norm(np.array(edge.point) - CENTRE) == pytest.approx(RADIUS, abs=0.4)
    assert np.linalg.norm(np.array(edge.point) - place) == pytest.approx(abs(off), abs=0.4)


def test_around_the_pointer_the_steepest_direction_counts():
    place, _ = on_rim(1.0, -1.5)
    edge = edge_around(reader(disc()), place, (1, 0, 0), (0, 1, 0), 3.0)
    assert np.linalg.norm(np.array(edge.point) - CENTRE) == pytest.approx(RADIUS, abs=0.4)


def test_no_edge_is_proposed_where_there_is_none():
    read = reader(disc())
    assert edge_along(read, CENTRE, (1, 0, 0), 3.0) is None  # flat
    place, way = on_rim(0.0)
    assert edge_along(read, place, way, 0.0) is None
    assert edge_along(read, np.array([0.5, 0.5, 2.5]), (1, 0, 0), 3.0) is None  # off the image
    flat = volume_of(STACK)  # a ramp is no edge
    assert edge_along(reader(flat), CENTRE, (1, 0, 0), 3.0) is None


def test_an_edge_is_never_farther_than_the_reach():
    place, way = on_rim(0.3, 2.0)
    edge = edge_along(reader(disc()), place, way, 1.0)
    assert edge is None or np.linalg.norm(np.array(edge.point) - place) <= 1.0 + 1e-9
