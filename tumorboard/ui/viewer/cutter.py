"""Cuts for one view: at once where that is cheap, refined in a thread where it is not."""

from __future__ import annotations

from typing import Any
from weakref import ref

from PySide6.QtCore import QObject, Signal

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.view_cut import CutSpec, make_cut, quick_step
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.ui.shell.jobs import JobRunner


class Cutter(QObject):
    """Makes the sections of one view; ``refined`` tells that a better one is there.

    A sampled cut (turned or thick) comes coarse at once and whole from a thread when the
    view is at rest, so that the window never waits for it.
    """

    refined = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = JobRunner(self)
        self._key: tuple[Any, ...] = ()
        self._section: Section | None = None
        self._wanted: tuple[Any, ...] = ()
        #: Why there is no section; empty when there is one.
        self.problem = ""
        #: How many times as large the pixels of the last section are as those of a whole one.
        self.every = 1

    def section(self, volume: Volume, spec: CutSpec, point: Point) -> Section | None:
        """Return the best section there is now; None with a ``problem`` when none can be made."""
        if spec.is_plain:
            self.every = 1
            return make_cut(volume, spec, point)
        key = (ref(volume), spec, point, int(volume.loaded.sum()))
        if key == self._key and self._section is not None:
            return self._section
        self.every = every = quick_step(volume, spec, point)
        try:
            section = make_cut(volume, spec, point, every=every)
        except UserError as error:
            self.problem = str(error)
            return None
        self._key, self._section, self.problem = key, section, ""
        if every > 1:
            self._start(key, volume, spec, point)
        return section

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being refined."""
        return self._jobs.is_idle

    def stop(self) -> None:
        """Stop refining and let the thread end."""
        self._jobs.stop()

    def _start(self, key: tuple[Any, ...], volume: Volume, spec: CutSpec, point: Point) -> None:
        if self._wanted == key:
            return
        self._wanted = key

        def work(reporter: Reporter) -> Section:
            return make_cut(volume, spec, point, stop=lambda: reporter.cancelled)

        self._jobs.start("cut", work, finished=lambda section: self._arrived(key, section))

    def _arrived(self, key: tuple[Any, ...], section: Section) -> None:
        if key == self._wanted:
            self._key, self._section, self._wanted, self.every = key, section, (), 1
            self.refined.emit()
