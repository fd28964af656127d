"""The order of loading: from where the reader is, ahead before behind, nothing twice."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import JPEGLSLossless

from tests.dicom.make import ct_slice, ramp, write, write_slices
from tumorboard.dicom.decoder_pool import DecoderPool
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.plan import Plan
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.errors import CancelledError
from tumorboard.progress import Progress, Reporter

FRAME = Instance(Path("x"), 0, 0, "1.2")
MANY = 6000


def plan(count: int) -> Plan:
    return Plan((k, FRAME) for k in range(count))


def taken(frames: Plan) -> list[int]:
    found = []
    while (frame := frames.take()) is not None:
        found.append(frame[0])
    return found


@pytest.mark.parametrize(
    ("direction", "order"),
    [
        (0, [10, 9, 11, 8, 12]),
        (1, [10, 11, 12, 13, 9, 14, 15]),
        (-1, [10, 9, 8, 7, 6, 11, 5]),
    ],
)
def test_the_next_ones_lie_around_the_reader_mostly_ahead(direction: int, order: list[int]) -> None:
    frames = plan(21)
    frames.focus(10, direction)
    assert taken(frames)[: len(order)] == order


@given(st.integers(0, 30), st.lists(st.tuples(st.integers(-5, 40), st.integers(-1, 1)), max_size=5))
def test_each_is_taken_once_wherever_the_reader_goes(
    count: int, moves: list[tuple[int, int]]
) -> None:
    frames, found = plan(count), []
    for k, direction in moves:
        frames.focus(k, direction)
        frame = frames.take()
        found += [] if frame is None else [frame[0]]
    assert sorted(found + taken(frames)) == list(range(count))


def test_what_was_taken_in_vain_comes_first_again() -> None:
    frames = plan(6)
    first = [frames.take() for _ in range(3)]
    frames.give_back(f for f in first[1:] if f is not None)
    assert taken(frames) == [1, 2, 3, 4, 5]


def test_decoders_follow_the_reader(tmp_path: Path) -> None:
    write_slices(tmp_path, 1, transfer_syntax=JPEGLSLossless)
    (instance,) = scan([tmp_path]).series[0].instances
    frames, order = Plan((k, instance) for k in range(60)), []

    def done(k: int, _: np.ndarray | None, reason: str) -> None:
        assert not reason
        order.append(k)
        if k == 3:
            frames.focus(40, 1)

    pool = DecoderPool(1)
    try:
        for thread in pool.run(frames, done, lambda: False):
            thread.join()
    finally:
        pool.close()
    assert sorted(order) == list(range(60))
    ahead = order.index(40)
    assert ahead < 30  # those handed to the process before come first
    assert order[ahead : ahead + 4] == [40, 41, 42, 43]


def many(folder: Path, intercept: float = -1024) -> Series:
    """A series of very many slices, all from one file."""
    ds = ct_slice(ramp(1, (16, 16))[0], (0, 0, 0))
    ds.RescaleIntercept = intercept
    write(ds, folder / "one.dcm")
    (series,) = scan([folder]).series
    (one,) = series.instances
    return replace(
        series,
        instances=tuple(replace(one, position=(0.0, 0.0, float(k))) for k in range(MANY)),
        kind="volume",
    )


def stopped(loader: VolumeLoader, act: Callable[[Progress], None] = lambda _: None) -> None:
    """Load until there is more than the first slice."""

    def listen(progress: Progress) -> None:
        act(progress)
        if progress.done > 1:
            reporter.cancel()

    reporter = Reporter(listen)
    with pytest.raises(CancelledError):
        loader.run(reporter, first=2500)


def test_loading_follows_the_reader_who_moves(tmp_path: Path) -> None:
    loader = VolumeLoader(many(tmp_path))

    def scroll(progress: Progress) -> None:
        if progress.done == 1:
            reader = threading.Thread(target=loader.focus, args=(1500, -1))
            reader.start()
            reader.join()

    stopped(loader, scroll)
    found = [k for k in np.flatnonzero(loader.volume.loaded).tolist() if k != 2500]
    assert 0 < len(found) < MANY - 1
    ranked = sorted(range(MANY), key=lambda k: 1500 - k if k <= 1500 else 4 * (k - 1500))
    ranked.remove(2500)  # read first, whoever reads
    assert found == sorted(ranked[: len(found)])
    loader.focus(3)  # nothing runs: nothing happens
    loader.run()
    assert loader.volume.loaded.all()


@pytest.mark.parametrize(("intercept", "empty"), [(0, -1000), (-1024, 0), (-8192, 0)])
def test_slices_that_wait_look_no_brighter_than_air(
    tmp_path: Path, intercept: float, empty: int
) -> None:
    loader = VolumeLoader(many(tmp_path, intercept))
    stopped(loader)
    volume = loader.volume
    assert 1 < volume.loaded.sum() < MANY
    assert (volume.voxels[~volume.loaded] == empty).all()
    assert volume.values(np.asarray(empty)) <= -1000
    loader.run()
    np.testing.assert_array_equal(
        volume.voxels[[0, 1400, MANY - 1]], ramp(1, (16, 16)).repeat(3, 0)
    )
