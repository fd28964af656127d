"""Very many headers: with helpers or without, the same files in the same order."""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dicom.make import write_slices
from tumorboard.dicom import read_all as module
from tumorboard.dicom.gate import LIMITS
from tumorboard.dicom.read_all import Unread, read_all
from tumorboard.dicom.scan import scan
from tumorboard.errors import CancelledError
from tumorboard.progress import Progress, Reporter

COUNT = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Slices, and among them what cannot be read."""
    made = tmp_path_factory.mktemp("many")
    write_slices(made, COUNT)
    (made / "IM0007a").write_bytes(b"Dear colleague")
    (made / "IM0040a").write_bytes(b"")
    return made


@pytest.fixture(scope="module")
def paths(folder: Path) -> list[Path]:
    """The files over and over."""
    return sorted(folder.iterdir()) * 8


class SlowSteps:
    """Steps slowly until a helper has begun to answer, and then tells ``act`` once."""

    def __init__(self, act: Callable[[], object] = lambda: None) -> None:
        self.counts = [0]
        self.act = act
        self.helped = False

    def __call__(self, done: int) -> None:
        if not self.helped and done > self.counts[-1] + 1:
            self.helped = True
            self.act()
        self.counts.append(done)
        if not self.helped:
            time.sleep(0.01)


def children() -> list[int]:
    """Processes that this one started; a thread may end while it is being looked at."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def is_reader(pid: int) -> bool:
    return b"read_all" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("helpers", [1, 3])
def test_helpers_change_nothing_but_the_time(paths: list[Path], helpers: int) -> None:
    steps = SlowSteps()
    alone = read_all(paths, LIMITS, lambda _: None, helpers=0)
    together = read_all(paths, LIMITS, steps, helpers=helpers)
    assert together == alone
    assert len(alone) == len(paths)
    assert {c.reason for c in alone if isinstance(c, Unread)} == {
        "It is not a DICOM file.",
        "The file is empty.",
    }
    assert steps.helped
    assert steps.counts == sorted(steps.counts)


def test_limits_hold_in_helpers_too(folder: Path) -> None:
    paths = sorted(folder.glob("*.dcm")) * 8
    tight, steps = replace(LIMITS, pixels_a_frame=10), SlowSteps()
    found = read_all(paths, tight, steps, helpers=1)
    reason = "It claims 12 x 16 pixels, more than this program opens."
    assert found == [Unread(reason)] * len(paths)
    assert steps.helped


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_helper_that_dies_costs_no_file(paths: list[Path]) -> None:
    killed: list[int] = []

    def kill() -> None:
        killed.extend(pid for pid in children() if is_reader(pid))
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

    found = read_all(paths, LIMITS, SlowSteps(kill), helpers=1)
    assert len(killed) == 1
    assert found == read_all(paths, LIMITS, lambda _: None, helpers=0)


def test_a_scan_with_helpers_gives_what_one_without_gives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = scan([folder])
    monkeypatch.setattr(module, "FILES_A_HELPER", 10)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    assert scan([folder]) == alone
    assert len(alone.series[0].instances) == COUNT
    assert [r.file for r in alone.refused] == ["IM0007a", "IM0040a"]


@pytest.mark.parametrize("helpers", [0, 2])
def test_cancelling_leaves_no_helper(paths: list[Path], helpers: int) -> None:
    def listen(progress: Progress) -> None:
        if progress.done >= 30:
            reporter.cancel()

    reporter = Reporter(listen)
    before = set(threading.enumerate())
    with pytest.raises(CancelledError):
        read_all(paths, LIMITS, stepper(reporter, len(paths)), helpers=helpers)
    assert set(threading.enumerate()) <= before
    assert not [pid for pid in children() if is_reader(pid)]


def stepper(reporter: Reporter, total: int) -> Callable[[int], None]:
    return lambda done: reporter.step("Reading", done, total)
