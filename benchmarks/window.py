"""What only a window can tell: the first picture of a new process, and a scroll step.

``python -m benchmarks.window PATH STARTED`` is the new process: it opens the window as
``tumorboard view PATH`` does and writes the seconds since STARTED (time.time()) when the
first slice has been painted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tumorboard.errors import UserError
from tumorboard.imaging.volume import Volume

SIZES = {"1080p": (1920, 1080), "2160p": (3840, 2160)}


class Probe:
    """The window's part of `tumorboard.app.bench`."""

    def __init__(self, size: tuple[int, int] = SIZES["1080p"]) -> None:
        self._size = size

    def first_picture_ms(self, path: Path) -> float:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": folder}
            code = [sys.executable, "-m", "benchmarks.window", str(path), repr(time.time())]
            done = subprocess.run(  # noqa: S603 - this very program
                code, env=environment, capture_output=True, text=True, timeout=120, check=False
            )
        if done.returncode:
            raise UserError("The window did not show a picture.", details=done.stderr[-500:])
        return float(done.stdout.split()[-1]) * 1000

    def scroll_ms(self, volume: Volume) -> Sequence[float]:
        """Every step is one wheel notch, repainted at once, there and back again."""
        from tumorboard.ui.application import start_qt

        application = start_qt(offscreen=True)
        from tumorboard.ui.viewer.model import SeriesTitle, ViewerModel
        from tumorboard.ui.viewer.mpr import MprView

        model = ViewerModel()
        views = MprView(model)
        views.resize(*self._size)
        views.show()
        model.set_volume(volume, SeriesTitle("Benchmark"))
        application.processEvents()
        views.maximise(views.axial)
        application.processEvents()
        times = []
        try:
            for n in range(120):
                start = time.perf_counter()
                views.axial.scroll_by(1 if n % 40 < 20 else -1)
                views.axial.repaint()
                times.append((time.perf_counter() - start) * 1000)
                application.processEvents()
        finally:
            views.close()
            views.deleteLater()
            model.deleteLater()
            application.processEvents()
        return times[5:]


def show(path: Path, started: float) -> int:
    """Open the window on a path and leave when a slice has been painted."""
    from tumorboard.app.settings import Settings
    from tumorboard.app.workspace import Workspace
    from tumorboard.ui.application import start_qt

    application = start_qt(offscreen=True)
    from PySide6.QtCore import QEvent, QObject, QTimer

    from tumorboard.ui.main_window import MainWindow

    class Watch(QObject):
        def eventFilter(self, view: Any, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, self.look)
            return False

        def look(self) -> None:
            section = window.views.axial.section()
            if section is not None and section.complete:
                sys.stdout.write(f"{time.time() - started:.4f}\n")
                sys.stdout.flush()
                os._exit(0)  # measured; what runs on in the background does not matter

    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Workspace(Path(folder), "bench", scratch=True), Settings())
        watch = Watch()
        window.views.axial.installEventFilter(watch)
        window.show()
        window.controller.importing.start([str(path)])
        QTimer.singleShot(60_000, lambda: application.exit(1))
        return int(application.exec())


if __name__ == "__main__":
    sys.exit(show(Path(sys.argv[1]), float(sys.argv[2])))
