"""The list of cases: from a key to the cases it asks for, over ten thousand."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication

from benchmarks.measure import Row
from tumorboard.annotations.model import new_uid
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.model import Patient
from tumorboard.store import cases, patients
from tumorboard.store.audit import Stamp
from tumorboard.store.database import Store
from tumorboard.ui.shell.application import start_qt
from tumorboard.ui.shell.window import MainWindow

_CASES = 10_000
_NAMES = ("MUELLER", "SMITH", "NOVAK", "GARCIA", "KIM")
_TYPED = ("resect", "mueller 12", "rp-0123", "novak biop", "id-77", "kim re")


def run(folder: Path) -> list[Row]:
    """Type into the field of a window and wait until the list shows what was asked for."""
    start_qt(offscreen=True)
    _fill(folder)
    workspace = Workspace(folder, "bench")
    window = MainWindow(workspace, Settings())
    window.resize(1366, 768)
    window.show()
    _until(window)
    try:
        shown, held = zip(*[_typed(window, text) for text in _prefixes()], strict=True)
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.processEvents()
        workspace.close()
    most = float(np.percentile(shown, 95))
    longest = float(np.percentile(held, 95))
    return [
        Row(f"key to list, {_CASES} cases, p95", most, "the aim", 30.0, 1.0),
        Row("of this the window stands still, p95", longest, "a frame at 60 Hz", 16.0, 1.0),
    ]


def _prefixes() -> list[str]:
    return [text[: n + 1] for text in _TYPED for n in range(len(text))]


def _typed(window: MainWindow, text: str) -> tuple[float, float]:
    """Return the time in milliseconds until the list is painted, and that in the handler."""
    worklist = window.worklist
    start = time.perf_counter()
    worklist.search.setText(text)
    held = time.perf_counter() - start
    _until(window)
    worklist.cases.viewport().repaint()
    return (time.perf_counter() - start) * 1000, held * 1000


def _until(window: MainWindow) -> None:
    QCoreApplication.processEvents()
    while not window.controller.jobs.is_idle:
        time.sleep(0.0002)
        QCoreApplication.processEvents()


def _fill(folder: Path) -> None:
    stamp = Stamp("bench", "2026-01-01T00:00:00Z")
    with Store(folder) as store, store.transaction():
        for n in range(_CASES):
            who = Patient("", f"{_NAMES[n % len(_NAMES)]}^{n}", f"ID-{n}", "19600101", "F")
            uid = store.patients.register(stamp, who, patients.match_key(who, ""))
            question = "Resectable?" if n % 2 else "Biopsy?"
            store.cases.create(stamp, cases.NewCase(new_uid(), uid, f"RP-{n:05d}", question))
