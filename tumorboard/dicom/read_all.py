"""Read the headers of many files; where there are very many, with the help of processes.

Parsing headers keeps one core busy, and threads cannot share it. The caller's thread reads
from the front, so that nothing waits for a process to start; each helper takes blocks from
the back. A helper only parses headers in Python and never runs a codec, so that its
answers are trusted as our own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.children import start
from tumorboard.dicom.gate import Limits
from tumorboard.dicom.header import RefusedError
from tumorboard.dicom.instance import Instance, SeriesInfo
from tumorboard.dicom.read import read_file
from tumorboard.language import _

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_log = logging.getLogger(__name__)

#: Files for each helper: starting it takes as long as reading nearly so many.
FILES_A_HELPER = 1000

MOST_HELPERS = 3

#: Files in a block, and blocks given to a helper ahead of its answers.
_BLOCK = 16
_AHEAD = 2

#: Seconds between two looks at helpers that have not finished yet.
_GLANCE = 0.05


@dataclass(frozen=True)
class Unread:
    """A file that is left out, why, and for the log the kind of error that was not foreseen."""

    reason: str
    cause: str = ""


#: Its series and one instance a frame; None for a DICOMDIR.
Content = tuple[SeriesInfo, list[Instance]] | Unread | None


def read_all(
    paths: Sequence[Path],
    limits: Limits,
    step: Callable[[int], None],
    helpers: int | None = None,
) -> list[Content]:
    """Return what each file holds, in the order of ``paths``.

    ``step`` is called with the number of files that are done, in the calling thread, and
    may raise to stop. ``helpers`` is how many processes help; as a rule one a core beside
    this one, when there are files enough.
    """
    if helpers is None:
        cores = (os.cpu_count() or 1) - 1
        helpers = min(cores, MOST_HELPERS, len(paths) // FILES_A_HELPER)
    work = _Work(paths, limits)
    crew = [_Helper(work) for _ in range(helpers)]
    try:
        while not work.is_done:
            step(work.done)
            if (k := work.first()) is not None:
                work.found[k] = read_one(paths[k], limits)
            else:
                _wait(crew)
    finally:
        for helper in crew:
            helper.close()
    for content in work.found.values():
        if isinstance(content, Unread) and content.cause:
            _log.warning("a file could not be read: %s", content.cause)
    return [work.found[k] for k in range(len(paths))]


def read_one(path: Path, limits: Limits) -> Content:
    """Return what one file holds, or why it is left out; never raises."""
    try:
        return read_file(path, limits)
    except RefusedError as error:
        return Unread(str(error))
    except Exception as error:  # noqa: BLE001 - one broken file never stops the rest
        return Unread(_("Its content is not valid DICOM."), type(error).__name__)


class _Work:
    """Which files are still to be read, and what was found; safe across threads."""

    def __init__(self, paths: Sequence[Path], limits: Limits) -> None:
        self.paths = paths
        self.limits = limits
        self.found: dict[int, Content] = {}
        self._waiting = deque(range(len(paths)))
        self._lock = threading.Lock()

    @property
    def done(self) -> int:
        return len(self.found)

    @property
    def is_done(self) -> bool:
        return len(self.found) == len(self.paths)

    def first(self) -> int | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def last(self) -> list[int]:
        """Take a block from the back; empty when little is left."""
        with self._lock:
            count = min(_BLOCK, len(self._waiting) // 2)
            return [self._waiting.pop() for _ in range(count)]

    def give_back(self, block: Sequence[int]) -> None:
        with self._lock:
            self._waiting.extend(block)


class _Helper:
    """One process and the thread that feeds it; what it is lost with is given back."""

    def __init__(self, work: _Work) -> None:
        self._work = work
        self._process, self._connection = start(__name__)
        self.thread = threading.Thread(target=self._feed, name="read-headers")
        self.thread.start()

    def close(self) -> None:
        """End the process and the thread."""
        self._process.kill()
        self._process.wait()
        self.thread.join()
        self._connection.close()

    def _feed(self) -> None:
        asked: deque[list[int]] = deque()
        with contextlib.suppress(EOFError, OSError):
            self._connection.recv()  # it is ready
            while True:
                while len(asked) < _AHEAD and (block := self._work.last()):
                    asked.append(block)
                    paths = [self._work.paths[k] for k in block]
                    self._connection.send((paths, self._work.limits))
                if not asked:
                    return
                contents = self._connection.recv()
                self._work.found.update(zip(asked.popleft(), contents, strict=True))
        for block in asked:
            self._work.give_back(block)


def _wait(crew: Sequence[_Helper]) -> None:
    """Wait a moment for helpers that still read; one that is not ready yet has nothing."""
    for helper in crew:
        helper.thread.join(_GLANCE)


def serve(connection: Connection) -> None:
    """Answer blocks of paths with what the files hold, until the connection is closed."""
    logging.disable()
    with contextlib.suppress(EOFError, OSError):
        connection.send(None)
        while True:
            paths, limits = connection.recv()
            connection.send([read_one(path, limits) for path in paths])
