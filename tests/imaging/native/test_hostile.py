"""An array that is not what a kernel takes it for is refused, never read beyond its end."""

import numpy as np
import pytest

from tumorboard.imaging import isolines, kernels, mask_kernels
from tumorboard.imaging.vessel import kernels as vessels

LINE = np.zeros((4, 3))
READ_ONLY = np.zeros((4, 5), np.int16)
READ_ONLY.flags.writeable = False


def rows(**changed):
    given = {
        "voxels": np.zeros((3, 4, 5), np.int16),
        "table": None,
        "lines": (LINE, LINE, LINE),
        "slab": (np.zeros(1), np.ones(1), 0),
        "padding": (1.0, 0.0),
        "fill": 0.0,
        "image": np.zeros((4, 5), np.int16),
    }
    return kernels.row_sampler(**(given | changed))


def flood(**changed):
    shape = (3, 4, 5)
    given = {
        "voxels": np.zeros(shape, np.int16),
        "allowed": None,
        "values": (0.0, 1.0),
        "filled": np.zeros(shape, np.uint8),
        "queue": np.zeros(60, np.int64),
        "state": np.array([0, 1]),
        "squares": tuple(np.zeros(n) for n in shape),
        "limits": (60, 1.0, 100),
    }
    return mask_kernels.flood(**(given | changed))


def stroke(**changed):
    given = {
        "flipped": np.zeros((3, 4, 5), bool),
        "present": np.zeros((3, 4, 5), bool),
        "places": np.zeros((3, 3)),
        "steps": (np.zeros(3), np.zeros(3)),
        "ends": (np.zeros(3), np.zeros(3)),
        "normal": np.zeros(3),
        "limits": (1.0, np.inf, True),
    }
    return mask_kernels.stroke(**(given | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"voxels": np.zeros((3, 4), np.int16)},
        {"voxels": np.zeros((0, 4, 5), np.int16)},
        {"voxels": np.zeros((3, 4, 10), np.int16)[..., ::2]},
        {"voxels": np.zeros((3, 4, 5), ">i2")},
        {"voxels": np.zeros((3, 4, 5), bool)},
        {"voxels": np.zeros((3, 4, 5), np.complex128)},
        {"voxels": np.zeros((3, 4, 5), np.float32)},  # the image is int16
        {"voxels": np.zeros((3, 4, 5), object)},
        {"table": np.zeros((4, 3))},
        {"table": np.zeros((5, 2))},
        {"table": np.zeros((5, 3), np.float32)},
        {"lines": (LINE[:3], LINE, LINE)},
        {"lines": (LINE, LINE.astype(np.float32), LINE)},
        {"lines": (LINE, LINE, np.zeros((4, 6))[:, ::2])},
        {"slab": (np.zeros(0), np.zeros(0), 0)},
        {"slab": (np.zeros(2), np.zeros(1), 0)},
        {"slab": (np.zeros(1), np.ones(1), 3)},
        {"image": np.zeros((4, 5), np.uint16)},
        {"image": np.zeros((5, 5), np.int16)},
        {"image": np.zeros((4, 10), np.int16)[:, ::2]},
        {"image": READ_ONLY},
        {"fill": np.nan},
    ],
)
def test_rows_of_something_else_are_refused(changed):
    with pytest.raises((TypeError, ValueError)):
        rows(**changed)


@pytest.mark.parametrize("part", [(-1, 2), (0, 5), (3, 2), (4, 9)])
def test_rows_beyond_the_image_are_refused(part):
    with pytest.raises(ValueError, match="rows"):
        rows()(*part)


@pytest.mark.parametrize(
    "changed",
    [
        {"voxels": np.zeros((3, 4, 6), np.int16)},
        {"voxels": np.zeros((3, 4, 5), "m8[s]")},
        {"voxels": np.zeros((3, 20), np.int16)},
        {"voxels": np.zeros(60, "i1,i2")["f1"].reshape(3, 4, 5)},  # between whole places
        {"allowed": np.zeros((3, 4, 4), bool)},
        {"allowed": np.zeros((3, 4, 5), np.uint8)},
        {"filled": np.zeros((3, 4, 5), bool)},
        {"queue": np.zeros(60, np.int32)},
        {"queue": np.zeros(120, np.int64)[::2]},
        {"queue": np.full(60, 60)},
        {"queue": np.full(60, -1)},
        {"queue": np.full(60, 2**62)},
        {"state": np.array([0, 61])},
        {"state": np.array([-1, 1])},
        {"state": np.array([2, 1])},
        {"state": np.array([0, 1, 2])},
        {"squares": (np.zeros(3), np.zeros(4))},
        {"squares": (np.zeros(3), np.zeros(4), np.zeros(4))},
    ],
)
def test_a_flood_of_something_else_is_refused(changed):
    with pytest.raises((TypeError, ValueError)):
        flood(**changed)


def test_a_flood_never_writes_beyond_its_queue():
    queue = np.zeros(8, np.int64)
    assert flood(queue=queue[:4], limits=(10**12, 1e9, 10**12)) == mask_kernels.TOO_LARGE
    assert not queue[4:].any()


@pytest.mark.parametrize(
    "changed",
    [
        {"flipped": np.zeros((3, 4, 4), bool)},
        {"flipped": np.zeros((3, 4, 5), np.uint8)},
        {"flipped": np.zeros((3, 4, 10), bool)[..., ::2]},
        {"present": np.zeros((3, 4, 5), np.uint8)},
        {"present": np.zeros((3, 4), bool)},
        {"places": np.zeros((2, 3))},
        {"steps": (np.zeros(3), np.zeros(2))},
        {"ends": (np.zeros(3), np.zeros(3, np.float32))},
        {"normal": np.zeros((1, 3))},
    ],
)
def test_a_stroke_on_something_else_is_refused(changed):
    with pytest.raises((TypeError, ValueError)):
        stroke(**changed)


RAYS, COSTS = np.zeros((2, 8, 5), np.int16), np.zeros((2, 8, 5), np.float32)
CUBE = np.ones((2, 2, 2), np.float32)
PAIR = np.zeros(2)


@pytest.mark.parametrize(
    ("kernel", "given"),
    [
        (kernels.carry_frames, (np.zeros((4, 3)), np.zeros((3, 3)), np.zeros(3))),
        (kernels.carry_frames, (np.zeros((4, 2)), np.zeros((4, 2)), np.zeros(2))),
        (kernels.carry_frames, (LINE, LINE, np.zeros(2))),
        (mask_kernels.distance_to_outline, (np.zeros((0, 2)), np.zeros((3, 3)), (1.0, 1.0))),
        (mask_kernels.distance_to_outline, (np.zeros((4, 3)), np.zeros((3, 3)), (1.0, 1.0))),
        (mask_kernels.distance_to_outline, (np.zeros((4, 2)), np.zeros(9), (1.0, 1.0))),
        (mask_kernels.distance_to_outline, (np.zeros((4, 2)), np.zeros((3, 3)).T[1:], (1.0, 1.0))),
        (mask_kernels.hulls_of_slices, (np.zeros((4, 4, 4), np.uint8), (1.0, 1.0), 0.5)),
        (mask_kernels.hulls_of_slices, (np.zeros((4, 4), bool), (1.0, 1.0), 0.5)),
        (mask_kernels.farthest_in, (np.zeros((4, 3)),)),
        (mask_kernels.farthest_in, (np.zeros((4, 2), np.float32),)),
        (
            mask_kernels.farthest_between,
            (np.zeros((4, 2)), np.array([0, 5]), (PAIR[:1],) * 2, np.zeros((1, 3))),
        ),
        (
            mask_kernels.farthest_between,
            (np.zeros((4, 2)), np.array([-1, 4]), (PAIR[:1],) * 2, np.zeros((1, 3))),
        ),
        (
            mask_kernels.farthest_between,
            (np.zeros((4, 2)), np.array([0, 9, 4]), (PAIR,) * 2, np.zeros((2, 3))),
        ),
        (
            mask_kernels.farthest_between,
            (np.zeros((4, 2)), np.array([0, 4]), (PAIR,) * 2, np.zeros((1, 3))),
        ),
        (
            mask_kernels.farthest_between,
            (np.zeros((4, 2)), np.zeros(0, np.int64), (PAIR[:0],) * 2, np.zeros((0, 3))),
        ),
        (isolines.trace, (np.zeros((4, 4), np.int16), 1.0)),
        (isolines.trace, (np.zeros((4, 4, 1), np.uint8), 1.0)),
        (isolines.trace, (np.zeros((4, 8), np.uint8)[:, ::2], 1.0)),
        (vessels.cheapest_ways, (CUBE.astype(float), np.array([0]), np.ones(3), -1)),
        (vessels.cheapest_ways, (CUBE, np.array([8]), np.ones(3), -1)),
        (vessels.cheapest_ways, (CUBE, np.array([-1]), np.ones(3), -1)),
        (vessels.cheapest_ways, (CUBE, np.array([0]), np.ones(2), -1)),
        (vessels.cheapest_ways, (CUBE[0], np.array([0]), np.ones(3), -1)),
        (vessels.first_fall, (RAYS, 1.0, np.zeros((2, 7)))),
        (vessels.first_fall, (RAYS[0], 1.0, np.zeros((2, 8)))),
        (vessels.first_fall, (RAYS[..., :0], 1.0, np.zeros((2, 8)))),
        (vessels.first_fall, (RAYS.astype(">i2"), 1.0, np.zeros((2, 8)))),
        (vessels.wall_costs, (RAYS, np.ones(1), PAIR, PAIR, 3, COSTS)),
        (vessels.wall_costs, (RAYS, PAIR, PAIR[:1], PAIR, 3, COSTS)),
        (vessels.wall_costs, (RAYS, PAIR, PAIR, PAIR, 3, COSTS[:1])),
        (vessels.smooth_costs, (COSTS, 1, (0, 3), COSTS.copy())),
        (vessels.smooth_costs, (COSTS, 1, (-1, 2), COSTS.copy())),
        (vessels.smooth_costs, (COSTS, -1, (0, 2), COSTS.copy())),
        (vessels.smooth_costs, (COSTS, 1, (0, 2), COSTS[:1].copy())),
        (vessels.closed_walls, (COSTS, np.zeros((2, 9)))),
        (vessels.closed_walls, (COSTS[:, :0], np.zeros((2, 0)))),
        (vessels.section_measures, (RAYS, np.zeros((2, 8)), 0.5, 2, 1.0, np.zeros((2, 3)))),
        (vessels.section_measures, (RAYS, np.zeros((2, 7)), 0.5, 2, 1.0, np.zeros((2, 4)))),
    ],
)
def test_everything_else_is_refused_too(kernel, given):
    with pytest.raises((TypeError, ValueError)):
        kernel(*given)


LINES = np.zeros((3, 4), np.int16)


@pytest.mark.parametrize(
    "given",
    [
        (LINES[:0], np.zeros(2), np.zeros(2)),
        (LINES[0], np.zeros(2), np.zeros(2)),
        (LINES.astype(np.int32), np.zeros(2), np.zeros(2)),
        (LINES[:, ::2], np.zeros(2), np.zeros(2)),
        (LINES, np.zeros(2), np.zeros(3)),
        (LINES, np.zeros(2, np.float32), np.zeros(2)),
        (LINES, np.zeros((2, 1)), np.zeros(2)),
    ],
)
def test_lines_of_something_else_are_refused(given):
    with pytest.raises((TypeError, ValueError)):
        kernels.even_lines(*given)


def test_lines_nowhere_are_those_at_the_rim():
    lines = np.arange(12, dtype=np.float32).reshape(3, 4)
    nowhere = np.array([np.nan, np.inf, -np.inf])
    assert np.isfinite(kernels.even_lines(lines, nowhere, nowhere)).all()
