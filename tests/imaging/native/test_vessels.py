"""Kernels of vessels against plain arithmetic."""

import itertools

import numpy as np
import pytest

from tumorboard.imaging.native.arrays import TYPES
from tumorboard.imaging.vessel import kernels


def cheapest_by_relaxing(cost, starts, spacing):
    """Costs of ways by trying all steps until none is cheaper (Bellman and Ford)."""
    total = np.full(cost.shape, np.inf)
    total.ravel()[starts] = 0.0
    while True:
        before = total.copy()
        for step in itertools.product((-1, 0, 1), repeat=3):
            if step == (0, 0, 0):
                continue
            here = tuple(
                slice(max(0, -s), n - max(0, s)) for s, n in zip(step, cost.shape, strict=True)
            )
            there = tuple(
                slice(max(0, s), n - max(0, -s)) for s, n in zip(step, cost.shape, strict=True)
            )
            way = np.linalg.norm(np.array(step) * spacing)
            fresh = total[here] + way * (cost[here].astype(np.float64) + cost[there]) / 2
            total[there] = np.minimum(total[there], fresh)
        if np.array_equal(total, before):
            return total


def test_ways_cost_what_relaxing_finds():
    rng = np.random.default_rng(1)
    spacing = np.array([2.0, 0.8, 0.7])
    for _ in range(8):
        cost = (rng.random((5, 6, 7)) + 0.05).astype(np.float32)
        cost[rng.random(cost.shape) < 0.35] = np.inf
        starts = rng.choice(np.flatnonzero(np.isfinite(cost)), 2, replace=False)
        total, origins, before = kernels.cheapest_ways(cost, starts, spacing, -1)
        wanted = cheapest_by_relaxing(cost, starts, spacing)
        assert np.allclose(total, wanted, rtol=1e-5)
        assert np.array_equal(origins >= 0, np.isfinite(wanted))
        for voxel in np.flatnonzero(origins.ravel() >= 0):
            here = int(voxel)
            while before.ravel()[here] >= 0:
                here = int(before.ravel()[here])
            assert here == starts[origins.ravel()[voxel]]


@pytest.mark.parametrize("wall", [np.inf, np.nan, -1.0])
def test_no_way_leads_through_what_has_no_cost(wall):
    cost = np.ones((3, 3, 5), np.float32)
    cost[:, :, 2] = wall
    total, origins, _ = kernels.cheapest_ways(cost, np.array([0]), np.ones(3), -1)
    assert np.isinf(total[:, :, 2:]).all()
    assert (origins[:, :, :2] == 0).all()


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_rays_fall_between_the_samples_round_the_level(kind):
    rng = np.random.default_rng(kind.num)
    rays = (rng.random((3, 5, 20)) * 60 + 60).astype(kind)
    rays[0, 0, 0] = 10
    rays[1, 1, 7:] = 20
    rays[2, 2] = 110
    radii = np.empty((3, 5))
    kernels.first_fall(rays, 61.0, radii)
    for s, a in np.ndindex(3, 5):
        ray = rays[s, a].astype(np.float64)
        below = np.flatnonzero(ray < 61.0)
        if not len(below):
            wanted = 19.0
        elif below[0] == 0:
            wanted = 0.0
        else:
            n = below[0]
            wanted = np.interp(-61.0, [-ray[n - 1], -ray[n]], [n - 1, n])
        assert radii[s, a] == pytest.approx(wanted)


def test_a_wall_costs_least_where_the_values_turn():
    rays = np.full((1, 4, 40), 150, np.int16)
    rays[..., 12:] = 20
    costs = np.empty(rays.shape, np.float32)
    kernels.wall_costs(rays, np.array([1.0, 0.0]), np.array([150.0]), np.array([10.0]), 3, costs)
    assert set(costs.argmin(axis=-1).ravel()) <= {11, 12}
    off = rays[0, 0].astype(float) - 150.0
    for r in range(2, 40):
        inner = abs(off[max(0, r - 3) : r].mean())
        outer = abs(off[r + 1 : r + 4].mean()) if r < 39 else 0.0
        unlike = np.maximum(0.0, np.abs(off[1 : max(1, r - 2)]) / 10.0 - 2.5).sum()
        wanted = -np.sqrt(max(0.0, outer - inner) / 10.0) + unlike
        assert costs[0, 0, r] == pytest.approx(wanted, rel=1e-6)
    assert (costs[..., :2] == 1e6).all()


def test_smoothing_is_a_mean_over_rays_and_neighbouring_sections():
    rng = np.random.default_rng(6)
    costs = rng.random((4, 9, 5)).astype(np.float32)
    soft = np.zeros_like(costs)
    kernels.smooth_costs(costs, 2, (0, 4), soft)
    along = sum(np.roll(costs.astype(np.float64), n, axis=1) for n in range(-2, 3))
    for s in range(4):
        others = [o for o in (s - 1, s, s + 1) if 0 <= o < 4]
        weights = [1.0 if o == s else 0.5 for o in others]
        wanted = sum(w * along[o] for w, o in zip(weights, others, strict=True)) / sum(weights) / 5
        assert np.allclose(soft[s], wanted, rtol=1e-5)
    part = np.zeros_like(costs)
    kernels.smooth_costs(costs, 2, (1, 3), part)
    assert np.array_equal(part[1:3], soft[1:3])
    assert not part[[0, 3]].any()


def test_a_closed_wall_takes_steps_of_at_most_one_and_finds_a_clear_one():
    rng = np.random.default_rng(9)
    costs = rng.random((3, 24, 15)).astype(np.float32)
    path = np.round(7 + 4 * np.sin(np.arange(24) * 2 * np.pi / 24)).astype(int)
    costs[1, np.arange(24), path] = -50.0
    radii = np.empty((3, 24))
    kernels.closed_walls(costs, radii)
    assert np.abs(radii[1] - path).max() <= 0.5
    whole = np.round(radii)
    assert np.abs(np.roll(whole, 1, axis=1) - whole).max() <= 2  # a step, and half a sample each


def test_a_round_vessel_half_in_a_mass_is_half_touched():
    angles, step, radius = 360, 0.5, 10.0
    rays = np.zeros((2, angles, 61), np.uint8)
    rays[0, : angles // 2, 20:] = 200  # outside the vessel, on half its circumference
    rays[1, :, :11] = 200  # within 5.25 mm of its middle
    radii = np.full((2, angles), radius)
    result = np.empty((2, 4))
    kernels.section_measures(rays, radii, step, 2, 100.0, result)
    assert result[0, 0] == pytest.approx(0.5)
    assert result[1, 0] == 0.0
    assert result[:, 1] == pytest.approx(np.pi * radius**2)
    assert result[1, 2] == pytest.approx(5.25**2 / radius**2)
    assert result[:, 3] == pytest.approx(2 * np.pi * radius, rel=1e-4)


@pytest.mark.parametrize("radius", [np.nan, np.inf, -np.inf, 1e300, -3.0])
def test_a_wild_radius_reads_nothing_beyond_its_ray(radius):
    rays = np.full((1, 8, 5), 200, np.uint8)
    result = np.empty((1, 4))
    with np.errstate(all="ignore"):
        kernels.section_measures(rays, np.full((1, 8), radius), 0.5, 2, 100.0, result)
    assert not result[0, 0] > 0 or radius == -3.0
