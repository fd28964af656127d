"""The codecs run in processes of their own: what a killed, hung or closed one costs."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from tests.dicom.make import ramp, write_slices
from tumorboard.dicom.decode import DecodeError
from tumorboard.dicom.decoder_pool import (
    LATE,
    LOST,
    DecoderPool,
    close_decoders,
    decoders,
    seconds_allowed,
    warm_decoders,
)
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.progress import Progress, Reporter

ROOT = Path(__file__).parents[2]
VALUES = ramp(8, (12, 16))

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")


@pytest.fixture
def pool() -> Iterator[DecoderPool]:
    made = DecoderPool(1, seconds=0.3)
    yield made
    made.close()


def instances(folder: Path, count: int = 8, syntax: str = JPEGLSLossless) -> tuple[Instance, ...]:
    write_slices(folder, count, values=VALUES, transfer_syntax=syntax)
    (series,) = scan([folder]).series
    return series.instances


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def run(pool: DecoderPool, found: tuple[Instance, ...]) -> dict[int, np.ndarray | str]:
    results: dict[int, np.ndarray | str] = {}

    def done(k: int, samples: np.ndarray | None, reason: str) -> None:
        results[k] = reason if samples is None else samples.copy()

    for thread in pool.run(enumerate(found), done, lambda: False):
        thread.join()
    return results


@pytest.mark.parametrize("syntax", [JPEGLSLossless, JPEG2000Lossless, RLELossless])
def test_frames_come_back_as_they_were_written(
    tmp_path: Path, pool: DecoderPool, syntax: str
) -> None:
    results = run(pool, instances(tmp_path, syntax=syntax))
    assert set(results) == set(range(8))
    for k, samples in results.items():
        np.testing.assert_array_equal(samples, VALUES[k])


@pytest.mark.parametrize(
    ("shape", "seconds"), [((100, 50, 1), 3.005), ((1000, 2000, 1), 5.0), ((1000, 2000, 3), 9.0)]
)
def test_a_frame_may_take_a_second_for_each_million_samples(tmp_path, shape, seconds):
    (found,) = instances(tmp_path, 1)
    rows, columns, samples = shape
    large = replace(found, rows=rows, columns=columns, samples=samples)
    assert seconds_allowed(large) == pytest.approx(seconds)
    assert seconds_allowed(large, 0.5) == pytest.approx(seconds - 2.5)


def test_decoding_happens_in_another_process(tmp_path: Path, pool: DecoderPool) -> None:
    found = instances(tmp_path, 1)
    np.testing.assert_array_equal(pool.decode(found[0]), VALUES[0])
    (pid,) = pool.pids
    assert pid != os.getpid()
    limits = {
        line[:26].strip(): line[26:].split()[0]
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }
    assert int(limits["Max data size"]) <= 1 << 30
    assert limits["Max file size"] == "0"
    assert limits["Max core file size"] == "0"


def test_a_killed_process_costs_one_picture_and_is_replaced(
    tmp_path: Path, pool: DecoderPool
) -> None:
    found = instances(tmp_path)
    pool.warm()
    (pid,) = pool.pids
    os.kill(pid, signal.SIGKILL)
    start = time.monotonic()
    results = run(pool, found)
    elapsed = time.monotonic() - start
    failed = [k for k, r in results.items() if isinstance(r, str)]
    assert len(results) == 8
    assert [results[k] for k in failed] == [LOST]
    assert pool.pids != (pid,)
    assert elapsed < 1.0 + 1.0  # the new process within a second; the machine may be busy
    assert not alive(pid)


def test_a_hung_process_costs_one_picture(tmp_path: Path, pool: DecoderPool) -> None:
    found = instances(tmp_path)
    pool.warm()
    (pid,) = pool.pids
    os.kill(pid, signal.SIGSTOP)
    results = run(pool, found)
    assert [r for r in results.values() if isinstance(r, str)] == [LATE]
    assert sum(isinstance(r, np.ndarray) for r in results.values()) == 7
    assert not alive(pid)


def test_a_codec_that_takes_too_long_is_ended_by_itself(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-3000, 3000, (1, 600, 600)).astype(np.int16)
    write_slices(tmp_path, 1, values=noise, transfer_syntax=JPEG2000Lossless)
    (series,) = scan([tmp_path]).series
    pool = DecoderPool(1, seconds=-0.359)  # one millisecond is left for this size
    try:
        with pytest.raises(DecodeError, match="took too long"):
            pool.decode(series.instances[0])
    finally:
        pool.close()


def test_a_loader_survives_the_loss_of_all_processes(tmp_path: Path) -> None:
    write_slices(tmp_path, 8, values=VALUES, transfer_syntax=JPEGLSLossless)
    (series,) = scan([tmp_path]).series
    warm_decoders()
    for pid in decoders().pids:
        os.kill(pid, signal.SIGKILL)
    loader = VolumeLoader(series)
    loader.run()
    assert 1 <= len(loader.failures) <= decoders().workers
    good = [k for k in range(8) if k not in loader.failures]
    assert set(loader.failures.values()) == {LOST}
    np.testing.assert_array_equal(loader.volume.voxels[good], VALUES[good])


def test_closing_leaves_no_process_and_no_descriptor(tmp_path: Path) -> None:
    found = instances(tmp_path)
    before = set(os.listdir("/proc/self/fd"))
    pool = DecoderPool(2)
    pool.warm()
    run(pool, found)
    pids = pool.pids
    assert len(pids) == 2
    pool.close()
    assert not any(alive(pid) for pid in pids)
    assert set(os.listdir("/proc/self/fd")) == before
    with pytest.raises(DecodeError, match="closing"):
        pool.decode(found[0])


def test_closing_while_decoding_ends_the_threads(tmp_path: Path) -> None:
    write_slices(tmp_path, 8, values=VALUES, transfer_syntax=JPEGLSLossless)
    (series,) = scan([tmp_path]).series
    loader = VolumeLoader(series)
    loader.run(Reporter(lambda p: close_decoders() if p.done == 2 else None))
    assert len(loader.failures) + int(loader.volume.loaded.sum()) == 8


def test_two_series_load_at_the_same_time(tmp_path: Path) -> None:
    loaders = []
    for name, syntax in (("a", JPEGLSLossless), ("b", RLELossless)):
        write_slices(tmp_path / name, 8, values=VALUES, transfer_syntax=syntax)
        loaders.append(VolumeLoader(scan([tmp_path / name]).series[0]))
    threads = [threading.Thread(target=loader.run) for loader in loaders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for loader in loaders:
        np.testing.assert_array_equal(loader.volume.voxels, VALUES)


def test_frames_of_different_sizes_one_after_the_other(tmp_path: Path, pool: DecoderPool) -> None:
    found: list[Instance] = []
    for number, size in enumerate((8, 70, 300, 20)):
        folder = tmp_path / str(number)
        write_slices(folder, 1, values=ramp(1, (size, size)), transfer_syntax=JPEGLSLossless)
        found += scan([folder]).series[0].instances
    for k, samples in run(pool, tuple(found)).items():
        np.testing.assert_array_equal(samples, ramp(1, (found[k].rows,) * 2)[0])


def test_the_processes_end_when_the_program_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import time
        from tumorboard.dicom.decoder_pool import decoders, warm_decoders
        warm_decoders()
        print(*decoders().pids, flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as program:
        assert program.stdout is not None
        pids = [int(p) for p in program.stdout.readline().split()]
        assert pids
        assert all(alive(p) for p in pids)
        program.kill()
    assert eventually(lambda: not any(alive(p) for p in pids))


def test_cancelling_stops_the_threads(tmp_path: Path) -> None:
    write_slices(tmp_path, 8, values=VALUES, transfer_syntax=RLELossless)
    (series,) = scan([tmp_path]).series
    loader = VolumeLoader(series)
    seen: list[Progress] = []
    reporter = Reporter(lambda p: (seen.append(p), reporter.cancel() if p.done == 2 else None))
    before = threading.active_count()
    with pytest.raises(Exception, match="Loading"):
        loader.run(reporter)
    assert threading.active_count() == before
    loader.run()
    np.testing.assert_array_equal(loader.volume.voxels, VALUES)
