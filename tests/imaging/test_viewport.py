import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.slicing import PlaneGrid, cut
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


#: 100 rows of 2 mm and 300 columns of 1 mm, the first pixel's centre at (10, 20, 30).
GRID = PlaneGrid(
    np.array([10.0, 20, 30]), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (2.0, 1.0), (100, 300)
)


@pytest.mark.parametrize(
    ("size", "scale"), [((300, 400), 1.0), ((600, 100), 2.0), ((150, 50), 4.0), ((0, 0), 300.0)]
)
def test_the_narrower_side_says_how_large_the_whole_is_shown(size, scale):
    assert fit_mm_per_pixel(GRID, size) == pytest.approx(scale)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_whole_image_lies_in_the_middle(ratio):
    projection = resolve(Viewport(), GRID, (400, 400), ratio)
    # 300 x 200 mm at 0.75 mm a pixel: 400 x 266.7, 66.7 from the top.
    assert (projection.rows, projection.columns) == ((0, 100), (0, 300))
    left, top, width, height = projection.target
    assert (left, width) == (0, 400 * ratio)
    assert height == round(800 / 3 * ratio)
    assert top == round(200 / 3 * ratio)
    assert projection.ratio == ratio
    assert not projection.is_empty
    assert projection.pixels_per_mm == pytest.approx(4 / 3, rel=5e-3)


def test_a_part_is_shown_round_its_centre_with_three_pixels_more_on_each_side():
    viewport = Viewport((110.0, 120.0, 99.0), 0.5)
    projection = resolve(viewport, GRID, (100, 80), 1.0)
    # 50 x 40 mm round column 100 and row 50: columns 75 to 125, rows 40 to 60, each its edge.
    assert projection.columns == (75 - 3, 126 + 3)
    assert projection.rows == (40 - 3, 61 + 3)
    np.testing.assert_allclose(projection.to_canvas([110.0, 120, 30]), (50, 40), atol=1e-9)
    np.testing.assert_allclose(projection.to_canvas([111.0, 122, 30]), (52, 44), atol=1e-9)
    assert projection.pixels_per_mm == pytest.approx(2.0)


def test_flips_turn_the_picture_about_its_middle():
    for horizontal, vertical in ((True, False), (False, True), (True, True)):
        viewport = Viewport((110.0, 120.0, 30.0), 0.5, horizontal, vertical)
        projection = resolve(viewport, GRID, (100, 80), 1.0)
        shown = projection.to_canvas([111.0, 122, 30])
        wanted = (48 if horizontal else 52, 36 if vertical else 44)
        np.testing.assert_allclose(shown, wanted, atol=1e-9)
        right, down = projection.screen_directions()
        np.testing.assert_allclose(right, (-1 if horizontal else 1, 0, 0))
        np.testing.assert_allclose(down, (0, -1 if vertical else 1, 0))
        np.testing.assert_allclose(projection.to_lps(shown), (111, 122, 30), atol=1e-9)


@pytest.mark.parametrize("place", [(1000.0, 120.0, 30.0), (110.0, 1000.0, 30.0)])
def test_beside_the_image_there_is_nothing(place):
    projection = resolve(Viewport(place, 0.5), GRID, (100, 80), 1.0)
    assert projection.is_empty
    assert np.isfinite(projection.to_canvas([110.0, 120, 30])).all()


@pytest.mark.parametrize(("factor", "scale"), [(2.0, 0.25), (0.5, 1.0), (1e6, 0.01), (1e-6, 20.0)])
def test_zoom_has_its_limits_and_keeps_its_anchor(factor, scale):
    viewport = Viewport((110.0, 120.0, 30.0), 0.5)
    projection = resolve(viewport, GRID, (100, 80), 1.0)
    found = zoomed(viewport, projection, factor, (70.0, 20.0), (100.0, 80.0))
    assert found.mm_per_pixel == pytest.approx(scale)
    # The anchor lies 10 mm to the right of the middle and 10 mm above it.
    np.testing.assert_allclose(found.centre, (120 - 20 * scale, 110 + 20 * scale, 30), atol=1e-9)


def test_a_drag_moves_the_centre_the_other_way():
    viewport = Viewport((110.0, 120.0, 30.0), 0.5, flip_horizontal=True)
    projection = resolve(viewport, GRID, (100, 80), 1.0)
    found = panned(viewport, projection, (10.0, -4.0), (50.0, 40.0))
    np.testing.assert_allclose(found.centre, (115, 122, 30), atol=1e-9)
    assert (found.mm_per_pixel, found.flip_horizontal) == (0.5, True)
