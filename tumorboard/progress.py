"""Progress and cancelling of long work, without any toolkit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tumorboard.errors import CancelledError
from tumorboard.language import _


@dataclass(frozen=True)
class Progress:
    """One state of a long job.

    ``done`` of ``total`` steps (``total`` 0: not yet known), ``label`` in the
    clinician's words, ``seconds_left`` the estimate or None.
    """

    done: int
    total: int
    label: str
    seconds_left: float | None = None

    @property
    def text(self) -> str:
        """The line to show, such as 'Reading files 120 of 480, 3 s left'."""
        count = (
            _("{done} of {total}", done=self.done, total=self.total) if self.total else self.done
        )
        told = f"{self.label} {count}"
        if self.seconds_left is None:
            return told
        return f"{told}, {_('{seconds} s left', seconds=max(1, round(self.seconds_left)))}"


class Reporter:
    """Passes progress on and carries the wish to cancel; safe across threads."""

    def __init__(self, listen: Callable[[Progress], None] | None = None) -> None:
        self._listen = listen
        self._cancelled = threading.Event()
        self._started = time.monotonic()
        self._label = ""

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._cancelled.set()

    def quiet(self) -> Reporter:
        """Return a reporter that shows nothing and stops when this one is asked to."""

        def listen(progress: Progress) -> None:
            if self.cancelled:
                raise CancelledError(progress.label)

        return Reporter(listen)

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancelled.is_set()

    def step(self, label: str, done: int, total: int) -> None:
        """Report a step.

        Raises
        ------
        CancelledError
            When the user has asked to stop.

        """
        if self.cancelled:
            raise CancelledError(label)
        if label != self._label:
            self._label, self._started = label, time.monotonic()
        if self._listen is not None:
            self._listen(Progress(done, total, label, self._seconds_left(done, total)))

    def _seconds_left(self, done: int, total: int) -> float | None:
        elapsed = time.monotonic() - self._started
        if not (0 < done < total) or elapsed < 0.5:
            return None
        return elapsed / done * (total - done)
