"""Times what only a window can tell, for the judgement of a workstation."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tumorboard.annotations.model import Annotation
from tumorboard.children import program
from tumorboard.errors import UserError
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.ui.shell.application import FIRST_PICTURE, has_display, start_qt
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import SeriesTitle
from tumorboard.ui.viewer.room import Room

_STEPS = 120
#: A reader looks at a picture for so long (ms) before scrolling on, at the least.
_REST_MS = 500.0


def environment_of_a_start() -> dict[str, str]:
    """Return the environment for a start that is timed: compiled, as an installed program is."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


class Probe:
    """Measures with the program's own window; offscreen where there is no display.

    ``size`` is that of the views in logical pixels (width, height).
    """

    def __init__(self, size: tuple[int, int] = (1920, 1080)) -> None:
        self._size = size

    def first_picture_ms(self, path: Path) -> float:
        """Start the program anew to view a path; return the time until a picture is painted."""
        environment = environment_of_a_start()
        with tempfile.TemporaryDirectory() as store:
            command = program(
                *("--store", f"{store}/store", "view", str(path), "--until-first-picture")
            )
            start = time.time()
            done = subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
        if FIRST_PICTURE not in done.stdout:
            raise UserError(
                _("The window showed no picture."), _("Try `tumorboard view` on the path.")
            )
        said = done.stdout.split(FIRST_PICTURE)[1].split()[0]
        return (float(said) - start) * 1000

    def scroll_ms(
        self, volume: Volume, drawn: Sequence[Annotation] = (), pause_ms: float = 0.0
    ) -> Sequence[float]:
        """Scroll through a loaded volume; return the time from each step to its picture.

        ``drawn`` is shown on the slices that it lies on. A step follows the one before after
        ``pause_ms``, in which the window is free, as between the notches of a wheel; before the
        first one the window comes to rest.
        """
        start_qt(offscreen=not has_display())
        room = Room()
        views = ViewArea(room)
        views.resize(*self._size)
        views.show()
        room.active.set_volume(volume, SeriesTitle())
        room.set_annotations(drawn)
        views.maximise(views.main)
        _wait(_REST_MS)
        times = []
        for i in range(_STEPS):
            start = time.perf_counter()
            views.main.scroll_by(1 if i % 40 < 20 else -1)
            views.main.repaint()
            times.append((time.perf_counter() - start) * 1000)
            _wait(pause_ms - times[-1])
        views.stop()
        views.close()
        views.deleteLater()
        QCoreApplication.processEvents()
        return times


def _wait(pause_ms: float) -> None:
    """Let the window do what it has to do, once at the least."""
    end = time.perf_counter() + pause_ms / 1000
    QCoreApplication.processEvents()
    while time.perf_counter() < end:
        QCoreApplication.processEvents()
