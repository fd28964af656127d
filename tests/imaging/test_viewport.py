import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.viewport import (
    Viewport,
    fit_mm_per_pixel,
    panned,
    resolve,
    zoomed,
)

VOLUME = volume_of(axial_stack(rows=512, columns=400, spacing=(0.6, 0.9)))
SIZES = st.tuples(st.integers(120, 1900), st.integers(90, 1100))
RATIOS = st.sampled_from([1.0, 1.25, 1.5, 2.0])


@given(
    size=SIZES,
    ratio=RATIOS,
    scale=st.floats(0.05, 3),
    flips=st.tuples(st.booleans(), st.booleans()),
)
@settings(max_examples=80, deadline=None)
def test_canvas_and_back_is_exact_and_the_aspect_true(size, ratio, scale, flips):
    grid = cut(VOLUME, Plane.AXIAL, VOLUME.stack.centre).grid
    viewport = Viewport(None, scale, *flips)
    projection = resolve(viewport, grid, size, ratio)
    place = np.array([[10.0, 20.0], [size[0] / 2, size[1] / 2]])
    np.testing.assert_allclose(projection.to_canvas(projection.to_lps(place)), place, atol=1e-6)
    a, b = projection.to_lps(np.array([[0.0, 0], [100, 0]]))
    c = projection.to_lps(np.array([0.0, 100]))
    across, down = np.linalg.norm(b - a), np.linalg.norm(c - a)
    longest = max(projection.target[2:])
    tolerance = 100 * scale * (1.0 / min(projection.target[2:]) + 1.0 / longest)
    assert across == pytest.approx(100 * scale, abs=tolerance)
    assert down == pytest.approx(100 * scale, abs=tolerance)


@given(size=SIZES, ratio=RATIOS)
@settings(max_examples=40, deadline=None)
def test_the_whole_image_fits(size, ratio):
    grid = cut(VOLUME, Plane.AXIAL, VOLUME.stack.centre).grid
    projection = resolve(Viewport(), grid, size, ratio)
    corners = grid.to_lps(np.array([[-0.5, -0.5], [511.5, 399.5]]))
    canvas = projection.to_canvas(corners)
    assert canvas.min() >= -1
    assert (canvas <= np.array(size) + 1).all()


@pytest.mark.parametrize("flips", [(False, False), (True, False), (False, True), (True, True)])
def test_zoom_keeps_the_place_under_the_pointer(flips):
    grid = cut(VOLUME, Plane.AXIAL, VOLUME.stack.centre).grid
    size, anchor = (800.0, 600.0), (650.0, 120.0)
    viewport = Viewport(None, None, *flips)
    before = resolve(viewport, grid, size, 1.0).to_lps(np.array(anchor))
    projection = resolve(viewport, grid, size, 1.0)
    for _ in range(6):
        viewport = zoomed(viewport, projection, 1.2, anchor, size)
        projection = resolve(viewport, grid, size, 1.0)
    after = projection.to_lps(np.array(anchor))
    np.testing.assert_allclose(after, before, atol=2 * fit_mm_per_pixel(grid, size))


@pytest.mark.parametrize("flips", [(False, False), (True, True)])
def test_panning_moves_the_image_with_the_pointer(flips):
    grid = cut(VOLUME, Plane.AXIAL, VOLUME.stack.centre).grid
    size = (800.0, 600.0)
    viewport = Viewport(None, 0.5, *flips)
    projection = resolve(viewport, grid, size, 1.0)
    grabbed = projection.to_lps(np.array([400.0, 300.0]))
    moved = resolve(panned(viewport, projection, (37, -21), (400, 300)), grid, size, 1.0)
    np.testing.assert_allclose(moved.to_canvas(grabbed), [437, 279], atol=1.0)


def test_nothing_visible_is_said():
    grid = cut(VOLUME, Plane.AXIAL, VOLUME.stack.centre).grid
    far = Viewport((10_000.0, 0.0, 50.0), 0.5)
    assert resolve(far, grid, (300, 300), 1.0).is_empty
