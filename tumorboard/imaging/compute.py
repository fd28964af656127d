"""The threads that share out the rows of a picture among the processors."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from tumorboard.errors import CancelledError

Rows = Callable[[int, int], None]
Stop = Callable[[], bool]

#: A helper without work ends after this many seconds, so that nothing runs on at exit.
_IDLE_S: Final = 0.05
_BLOCKS_PER_WORKER: Final = 4


class _Task:
    """Blocks of rows taken by whoever comes next, until none is left or one has failed."""

    def __init__(self, work: Rows, rows: int, size: int) -> None:
        self._work = work
        self._starts = iter(range(0, rows, size))
        self._rows, self._size = rows, size
        self._changed = threading.Condition()
        self._active = 0
        self._stopped = False
        self._error: BaseException | None = None

    def step(self) -> bool:
        """Do one block; return whether there was one."""
        with self._changed:
            first = None if self._stopped else next(self._starts, None)
            if first is None:
                return False
            self._active += 1
        try:
            self._work(first, min(first + self._size, self._rows))
        except BaseException as error:  # noqa: BLE001 - raised again by the one who asked
            self._error = error
            self.stop()
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify_all()
        return True

    def stop(self) -> None:
        """Let no further block begin."""
        with self._changed:
            self._stopped = True

    def finish(self) -> None:
        """Wait for the blocks that have begun, and raise what one of them raised."""
        with self._changed:
            self._changed.wait_for(lambda: self._active == 0)
        if self._error is not None:
            raise self._error


class Workers:
    """Helper threads shared by all who compute; the caller's own thread works too.

    Helpers start with the first task and end when there is nothing to do. A picture is
    finished by its caller alone when all helpers are busy with another one.
    """

    def __init__(self, count: int) -> None:
        self._most = max(0, count - 1)
        self._waiting: SimpleQueue[_Task] = SimpleQueue()
        self._running = 0
        self._lock = threading.Lock()

    def run(self, work: Rows, rows: int, stop: Stop | None = None) -> None:
        """Call ``work(first, last)`` for blocks that together make ``rows`` rows.

        ``stop`` is asked before each block of the calling thread, by that thread alone.

        Raises
        ------
        CancelledError
            When ``stop`` said so; blocks that had begun are finished first.

        """
        size = max(1, -(-rows // ((self._most + 1) * _BLOCKS_PER_WORKER)))
        task = _Task(work, rows, size)
        cancelled = stop is not None and stop()
        if not cancelled:
            for _ in range(min(self._most, -(-rows // size) - 1)):
                self._ask_for_help(task)
        while not cancelled and task.step():
            cancelled = stop is not None and stop()
        if cancelled:
            task.stop()
        task.finish()
        if cancelled:
            raise CancelledError

    def _ask_for_help(self, task: _Task) -> None:
        with self._lock:
            self._waiting.put(task)
            if self._running < self._most:
                self._running += 1
                threading.Thread(target=self._help, name="compute", daemon=True).start()

    def _help(self) -> None:
        while True:
            try:
                task = self._waiting.get(timeout=_IDLE_S)
            except Empty:
                with self._lock:
                    if not self._waiting.empty():
                        continue
                    self._running -= 1
                    return
            while task.step():
                pass


#: The one pool of the program.
WORKERS: Final = Workers(os.cpu_count() or 1)
