"""Runs long work in threads and brings its progress and result to the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QThread, Signal

from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Progress, Reporter
from tumorboard.ui.shell.faults import fault_sentence

#: The thread has nothing left to do when its outcome arrives; it is given this long to end.
_ENDING_S = 5.0


class _Worker(QThread):
    """A thread of Qt's, so that Qt's own timers work in it (text layout uses them)."""

    def __init__(self, work: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        """Do the work; called by Qt in the new thread."""
        self._work()


class Job(QObject):
    """One piece of work under way; its signals arrive in the window's thread."""

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(str)
    ended = Signal()
    _report = Signal(object)
    _outcome = Signal(object, object)

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.name = name
        self._latest: Progress | None = None
        self._pending = False
        self._guard = threading.Lock()
        self.reporter = Reporter(self._listen)
        self._report.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._outcome.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._thread: _Worker | None = None

    def start(self, work: Callable[[Reporter], Any]) -> None:
        """Run the work in a thread of its own."""
        self._thread = _Worker(lambda: self._run(work), self)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self.reporter.cancel()

    def wait(self, seconds: float) -> None:
        """Wait for the thread to be gone."""
        if self._thread is not None:
            self._thread.wait(QDeadlineTimer(int(seconds * 1000)))

    def _run(self, work: Callable[[Reporter], Any]) -> None:
        try:
            result, problem = work(self.reporter), None
        except CancelledError:
            result, problem = None, ""
        except UserError as error:
            result, problem = None, str(error)
        except Exception as error:  # noqa: BLE001 - our bug: logged, said, and the program goes on
            result, problem = None, fault_sentence(error)
        self._outcome.emit(result, problem)

    def _listen(self, progress: Progress) -> None:
        """Keep only the newest state: at most one report waits for the window."""
        with self._guard:
            self._latest = progress
            if self._pending:
                return
            self._pending = True
        self._report.emit(None)

    def _show(self, _: object) -> None:
        with self._guard:
            progress, self._pending = self._latest, False
        if progress is not None and not self.reporter.cancelled:
            self.progressed.emit(progress)

    def _end(self, result: Any, problem: str | None) -> None:
        if problem is None:
            self.finished.emit(result)
        elif problem:
            self.failed.emit(problem)
        self.ended.emit()
        self.wait(_ENDING_S)
        self.deleteLater()


class JobRunner(QObject):
    """Starts jobs and knows those under way; one of each name at a time."""

    started = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    def start(self, name: str, work: Callable[[Reporter], Any], **listeners: Any) -> Job:
        """Run ``work(reporter)`` in a thread; an older job of the same name is cancelled.

        ``listeners`` are callables for the signals ``progressed``, ``finished``, ``failed``
        and ``ended``.
        """
        for job in self._jobs:
            if job.name == name:
                job.cancel()
        job = Job(name, self)
        for signal, listener in listeners.items():
            getattr(job, signal).connect(listener)
        self._jobs.append(job)
        job.ended.connect(lambda: self._jobs.remove(job))
        self.started.emit(job)
        job.start(work)
        return job

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._jobs

    def is_under_way(self, name: str) -> bool:
        """Whether a job of this name is."""
        return any(job.name == name for job in self._jobs)

    def cancel_all(self) -> None:
        """Ask everything under way to stop."""
        for job in self._jobs:
            job.cancel()

    def stop(self, seconds: float = 10.0) -> None:
        """Cancel everything and wait for the threads to end."""
        jobs = list(self._jobs)
        for job in jobs:
            job.cancel()
        for job in jobs:
            job.wait(seconds)
