"""Places may come as whole numbers of any kind: nothing of them is cut off or runs over."""

import numpy as np
import pytest

from tests.imaging.volumes import axial_stack, volume_of
from tumorboard.imaging import geometry, measurement, outlines
from tumorboard.imaging.curved import curved_grid
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.oblique import plane_through, turned
from tumorboard.imaging.roi_statistics import ellipse_mask, outline_mask
from tumorboard.imaging.slicing import cut
from tumorboard.imaging.vessel.centreline import through
from tumorboard.imaging.viewport import Viewport, resolve

STACK = axial_stack(slices=9, rows=200, columns=210, spacing=(1.0, 1.0), step=3.0, origin=(0, 0, 0))
GRID = cut(volume_of(STACK), Plane.AXIAL, STACK.centre).grid
LINE = curved_grid([(20.0, 30.0, 4.0), (90.0, 40.0, 10.0), (160.0, 170.0, 20.0)], 20.0, 1.0)
VESSEL = through([(20.0, 30.0, 4.0), (90.0, 40.0, 10.0), (160.0, 170.0, 20.0)])
VIEW = resolve(Viewport(), GRID, (400.0, 300.0), 1.0)
A, B, C, D = (200, 190, 9), (10, 100, 3), (150, 20, 6), (30, 180, 12)
OUTLINE = (A, C, B, D)
FLAT = ((180, 20), (190, 170), (15, 160), (30, 10))
NORMAL = (0, 0, 1)

FUNCTIONS = {
    "distance": (measurement.distance, A, B),
    "craniocaudal extent": (measurement.craniocaudal_extent, B, A),
    "angle": (measurement.angle_degrees, B, A, C),
    "ellipse area": (measurement.ellipse_area, A, B, C, D),
    "upright": (measurement.upright_in, A, B, (0, 1, 0)),
    "perpendicular": (measurement.perpendicular_axis, A, B, NORMAL, C, D),
    "outline area": (outlines.outline_area, OUTLINE),
    "outline length": (outlines.outline_length, OUTLINE),
    "polyline length": (outlines.polyline_length, OUTLINE),
    "mask": (lambda p: outlines.mask_of(p, (200, 180)), FLAT),
    "contains": (outlines.contains, FLAT, (100, 90)),
    "chord": (outlines.longest_perpendicular, OUTLINE, A, B, NORMAL),
    "crosses": (outlines.crosses_itself, OUTLINE),
    "covers": (outlines.covers_itself, OUTLINE),
    "simplified": (lambda p: outlines.simplified(p, 4.0), OUTLINE),
    "side letters": (geometry.side_letters, (200, 190, 0)),
    "nearest plane": (geometry.nearest_plane, (200, 190, 0)),
    "turned degrees": (lambda n: geometry.turned_degrees(n, Plane.CORONAL), (3, 200, 9)),
    "gap": (lambda s: geometry.leaves_gap(s, 3.0), (3, 6, 200)),
    "index to place": (STACK.to_lps, ((8, 190, 180), (0, 3, 200))),
    "place to index": (STACK.to_index, (A, B)),
    "slice at": (STACK.slice_at, (3, 9, 20)),
    "nearest slice": (STACK.nearest_slice, A),
    "pixel to place": (GRID.to_lps, FLAT),
    "place to pixel": (GRID.to_pixels, OUTLINE),
    "distance from a grid": (GRID.distance, OUTLINE),
    "ellipse mask": (lambda *ends: ellipse_mask(GRID, ends), A, B, C, D),
    "outline mask": (lambda p: outline_mask(GRID, p), OUTLINE),
    "turned": (lambda d: turned(d, (0, 0, 1), 30.0), (200, 100, 0)),
    "plane": (lambda p: plane_through(STACK, p, (1, 0, 0), (0, 1, 0)).origin, A),
    "curve": (lambda p: curved_grid(p, 20.0, 1.0).starts, (A, C, B)),
    "place on a curve": (LINE.to_lps, ((2, 3), (40, 20))),
    "pixel of a curve": (LINE.to_pixels, (B, C)),
    "distance from a curve": (LINE.distance, (B, C)),
    "row of a curve": (LINE.row_at, (0, 7, 90)),
    "line": (lambda p: through(p).line, (A, C, B)),
    "along a line": (VESSEL.at, (0, 7, 90)),
    "direction of a line": (VESSEL.directions, (0, 7, 90)),
    "nearest of a line": (VESSEL.nearest, C),
    "canvas to place": (VIEW.to_lps, ((200, 190), (3, 250))),
    "place to canvas": (VIEW.to_canvas, OUTLINE),
}


def same(one, other):
    if isinstance(one, tuple) and not all(np.isscalar(v) for v in one):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif isinstance(one, np.ndarray | float | tuple):
        np.testing.assert_allclose(one, other, atol=1e-9)
    else:
        assert one == other


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32, None])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_whole_numbers_of_any_kind_mean_what_fractions_mean(name, kind):
    function, *arguments = FUNCTIONS[name]
    wanted = function(*(np.array(a, np.float64) for a in arguments))
    same(function(*(a if kind is None else np.array(a, kind) for a in arguments)), wanted)
