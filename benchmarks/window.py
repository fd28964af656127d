"""The running window: from the click to the first picture, and whether it ever stands still."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint

from benchmarks.measure import Row
from tests.ui.watchdog import Watchdog
from tumorboard.app.imports import find, take_in
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.progress import Reporter
from tumorboard.ui.shell.application import images_first, start_qt
from tumorboard.ui.shell.window import MainWindow

_RUNS = 7
_SIZE = (1920, 1080)
_DARK = 60
_GAP_P99_MS, _GAP_MS = 16.0, 50.0


def run(folder: Path, store: Path) -> list[Row]:
    """Open one series of a store again and again, and once as new files."""
    start_qt(offscreen=True)
    workspace = Workspace(store, "bench")
    take_in(workspace.session, find([folder], Reporter()))
    workspace.guidance.make_ready()
    window = MainWindow(workspace, Settings())
    window.resize(*_SIZE)
    images_first(window)
    window.show()
    QCoreApplication.processEvents()
    try:
        (summary,) = workspace.session.cases()
        known, gaps = [], []
        for _ in range(_RUNS):
            known.append(_opened(window, lambda: window.controller.open_case(summary.uid)))
            gaps.append(_watched(window, lambda: window.controller.open_case(summary.uid)))
        whole, shown, opened = _new_files(window, folder)
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.processEvents()
        workspace.close()
    p99 = statistics.median(dog.percentile_ms(99) for dog in gaps)
    longest = statistics.median(dog.longest_ms for dog in gaps)
    return [
        Row("click to first picture, known series", statistics.median(known), "the aim", 60.0, 1.0),
        Row("files to first picture, new series", shown, "the aim", 150.0, 1.0),
        Row("files to their case opened, new series", opened, "their scan alone", whole),
        Row("standing still while a series loads, p99", p99, "the aim", _GAP_P99_MS, 1.0),
        Row("standing still while a series loads, longest", longest, "the aim", _GAP_MS, 1.0),
    ]


def _opened(window: MainWindow, click: Callable[[], object]) -> float:
    """Return the time in milliseconds from a click to a painted picture; waits for the rest."""
    _forget(window)
    start = time.perf_counter()
    click()
    _until(lambda: _is_painted(window))
    elapsed = (time.perf_counter() - start) * 1000
    _until(lambda: _is_idle(window))
    return elapsed


def _watched(window: MainWindow, click: Callable[[], object]) -> Watchdog:
    _forget(window)
    dog = Watchdog(window)
    dog.start()
    click()
    _until(lambda: _is_idle(window))
    dog.stop()
    return dog


def _new_files(window: MainWindow, folder: Path) -> tuple[float, float, float]:
    """Return the time of a scan alone, that to the first picture, and that to the case."""
    start = time.perf_counter()
    find([folder], Reporter())
    alone = (time.perf_counter() - start) * 1000
    first, cases = [], []
    for _ in range(_RUNS):
        first.append(_opened(window, lambda: window.features.imports.start([str(folder)])))
        _forget(window)
        start = time.perf_counter()
        window.features.imports.start([str(folder)])
        _until(lambda: window.controller.session.case is not None and _is_painted(window))
        cases.append((time.perf_counter() - start) * 1000)
        _until(lambda: _is_idle(window))
    return alone, statistics.median(first), statistics.median(cases)


def _forget(window: MainWindow) -> None:
    window.controller.session.close_case()
    window.controller.workspace.images.forget()
    _until(lambda: _is_idle(window) and not _is_painted(window))


def _is_painted(window: MainWindow) -> bool:
    """Whether a picture is to be seen: the body, below the middle too, is grey."""
    view = window.views.active_view()
    place = view.mapTo(window, view.rect().center() + QPoint(0, view.height() // 8))
    shown = window.screen().grabWindow(window.winId(), place.x(), place.y(), 1, 1)
    return shown.toImage().pixelColor(0, 0).lightness() > _DARK


def _is_idle(window: MainWindow) -> bool:
    session = window.controller.session
    assessed = session.case is None or session.assessment is not None
    return assessed and window.controller.is_idle


def _until(done: Callable[[], bool]) -> None:
    QCoreApplication.processEvents()
    while not done():
        time.sleep(0.0002)
        QCoreApplication.processEvents()
