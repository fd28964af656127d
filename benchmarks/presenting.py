"""A talk: from the key that goes to the next case to its first picture before the audience."""

from __future__ import annotations

import gc
import itertools
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from benchmarks.measure import Row
from tests.dicom.make import Person, write_slices
from tests.ui.lectern import Place, TwoScreens, store_of
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.ui.shell.application import images_first, start_qt
from tumorboard.ui.shell.window import MainWindow

_CASES, _SLICES, _SIDE = 4, 120, 512
_RUNS, _COLD_RUNS, _SWITCHES = 40, 8, 200
_AHEAD_MS, _COLD_MS = 100.0, 400.0
_DARK, _GROWTH = 60, 5.0


def run(folder: Path) -> list[Row]:
    """Step through a meeting with what comes next in memory, and with nothing in memory."""
    start_qt(offscreen=True)
    cases = [_case(folder / f"case{n}", n) for n in range(_CASES)]
    workspace = Workspace(store_of(folder / "store", *cases), "bench")
    workspace.guidance.make_ready()
    window = MainWindow(workspace, Settings())
    images_first(window)
    window.show()
    desk, wall = _place("desk", 0), _place("wall", 1920)
    presenting = window.features.talks
    presenting.screens = TwoScreens(desk, wall)
    presenting.start()
    try:
        _rest(window)
        ahead = [_step(window) for _ in range(_RUNS)]
        cold = [_step(window, forget=True) for _ in range(_COLD_RUNS)]
        growth = _growth(window)
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.processEvents()
        workspace.close()
    return [
        Row("next case of a talk, loaded ahead, p95", _p95(ahead), "the aim", _AHEAD_MS, 1.0),
        Row("next case of a talk, not loaded, p95", _p95(cold), "the aim", _COLD_MS, 1.0),
        Row(f"memory after {_SWITCHES} cases shown", growth, "the aim", _GROWTH, 1.0, "% more"),
    ]


def _place(name: str, left: int) -> Place:
    from PySide6.QtCore import QRect

    return Place(name, QRect(left, 0, 1920, 1080))


def _case(folder: Path, n: int) -> Path:
    values = np.random.default_rng(n).integers(900, 1200, (_SLICES, _SIDE, _SIDE), dtype=np.int16)
    write_slices(
        folder,
        _SLICES,
        spacing=(0.8, 0.8),
        patient=Person(f"B-{n}", f"BENCH^{n}"),
        values=values,
        study_uid=f"1.2.99.{n}",
        series_uid=f"1.2.99.{n}.1",
    )
    return folder


def _step(window: MainWindow, *, forget: bool = False) -> float:
    """Return the time (ms) from the key to the picture of the next case, round and round."""
    running = window.features.talks.running
    number = (running.talk.case + 1) % _CASES + 1
    if forget:
        window.controller.jobs.cancel_all()
        _rest(window, jobs_only=True)
        window.controller.workspace.images.forget()
    QTest.keyClick(running.windows.presenter, Qt.Key(Qt.Key.Key_0 + number))
    start = time.perf_counter()
    QTest.keyClick(running.windows.presenter, Qt.Key.Key_Return)
    _until(lambda: _is_painted(running))
    elapsed = (time.perf_counter() - start) * 1000
    _rest(window)
    return elapsed


def _is_painted(running) -> bool:
    """Whether the middle of the first view is grey: the noise is never dark there."""
    view = running.stage.area.main
    window = running.windows.audience
    place = view.mapTo(window, view.rect().center())
    grabbed = window.screen().grabWindow(window.winId(), place.x(), place.y(), 1, 1)
    return grabbed.toImage().pixelColor(0, 0).lightness() > _DARK


def _growth(window: MainWindow) -> float:
    """Return by how many percent the memory grows from the first round to the last."""
    for _ in range(2 * _CASES):
        _step(window)
    before = _resident()
    for _ in itertools.repeat(None, _SWITCHES):
        _step(window)
    gc.collect()
    return max(0.0, (_resident() / before - 1) * 100)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _rest(window: MainWindow, *, jobs_only: bool = False) -> None:
    """Wait until all that comes next is loaded."""
    if not jobs_only:
        end = time.perf_counter() + 0.08
        _until(lambda: time.perf_counter() > end)
    _until(lambda: window.controller.jobs.is_idle)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _until(done: Callable[[], bool]) -> None:
    QCoreApplication.processEvents()
    while not done():
        time.sleep(0.0002)
        QCoreApplication.processEvents()


if __name__ == "__main__":
    import tempfile

    from benchmarks.measure import table

    with tempfile.TemporaryDirectory() as place:
        print(table(run(Path(place))))
