"""What every test stands on: Qt offscreen, folders of its own, and nothing left behind."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import multiprocessing
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TUMORBOARD_LANGUAGE"] = "en"

#: Where files of tests lie when it has the room (bytes): stores write every step through to the
#: disk, and a test would wait for it. How long a run keeps what failed is pytest's own affair.
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# The same examples on every run: a change is judged by what it changed. `make fuzz` searches on.
# No example has a time limit of its own: beside other programs any may take a while.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the folders of the user who runs it."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A test that starts the program's log leaves the others theirs."""
    logger = logging.getLogger("tumorboard")
    handlers, propagate, level = list(logger.handlers), logger.propagate, logger.level
    yield
    for handler in set(logger.handlers) - set(handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = propagate
    logger.setLevel(level)


#: A worker that has grown by so much (MB) since then gives back what nobody needs any more.
_GROWN_MB = 100
_settled = [0.0]


@pytest.fixture(autouse=True, scope="module")
def memory_given_back() -> Iterator[None]:
    """Collect what `nothing_left` has the collector pass over, when it has become much."""
    yield
    if _resident_mb() - _settled[0] > _GROWN_MB:
        gc.unfreeze()
        gc.collect()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        _settled[0] = _resident_mb()


def _resident_mb() -> float:
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    return 0.0


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a widget, timer, thread or process behind."""
    threads = set(threading.enumerate())
    widgets, children = set(_widgets()), _children()
    # What is there already is passed over by the collector: only what the test made is looked at.
    gc.freeze()
    yield
    left = _left_threads(threads)
    assert not left, f"threads left running: {[t.name for t in left]}"
    assert not multiprocessing.active_children(), "processes left running"
    assert not _left_children(children), "processes left running"
    if not _uses_qt(request):
        return
    remaining = _left_widgets(widgets)
    running, timers = _running_in_qt()
    assert not running, f"threads left running: {running}"
    assert not timers, f"timers still running: {timers[:8]}"
    assert not remaining, f"widgets left: {sorted(type(w).__name__ for w in remaining)[:8]}"


def _uses_qt(request: pytest.FixtureRequest) -> bool:
    """Looking through all objects takes a moment; only tests of the window need it."""
    return "qapp" in request.fixturenames


def _left_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Give threads that are ending a moment to end."""
    for _ in range(50):
        left = [t for t in threading.enumerate() if t not in before and _runs(t)]
        if not left:
            return []
        time.sleep(0.02)
    return left


def _runs(thread: threading.Thread) -> bool:
    """Threads of Qt that ran Python leave a dummy entry behind; their end is checked by Qt."""
    return thread.is_alive() and not isinstance(thread, threading._DummyThread)


def _children() -> set[int]:
    """Return the processes that this one started, however it did; Linux tells."""
    return {int(pid) for pid in _listed_children() if _state(pid) not in {"", "Z"}}


def _listed_children() -> Iterator[str]:
    for listed in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            yield from listed.read_text().split()


def _state(pid: str) -> str:
    """Return the letter of a process's state, empty when it is gone."""
    with contextlib.suppress(OSError, IndexError):
        return Path("/proc", pid, "stat").read_text().rsplit(")", 1)[1].split()[0]
    return ""


def _left_children(before: set[int]) -> set[int]:
    """Return the processes that a test left, but for those of the program's own codec pool."""
    for _ in range(50):
        left = _children() - before - _lasting_processes()
        if not left:
            return set()
        time.sleep(0.02)
    return left


def _lasting_processes() -> set[int]:
    """Return the processes of the codec pool, and the one that `multiprocessing` keeps."""
    found = {getattr(resource_tracker._resource_tracker, "_pid", None)}
    decoders = sys.modules.get("tumorboard.dicom.decoder_pool")
    if decoders is not None:
        found |= {pid for pool in decoders._shared_pool for pid in pool.pids}
    return {pid for pid in found if pid is not None}


def _running_in_qt() -> tuple[list[str], list[str]]:
    """Return the running threads, and timers that belong to nothing; others end with their widget.

    One look at all objects for both: it takes as long as many a test.
    """
    from PySide6.QtCore import QThread, QTimer
    from shiboken6 import isValid

    found = [o for o in gc.get_objects() if isinstance(o, QThread | QTimer) and isValid(o)]
    threads = [o for o in found if isinstance(o, QThread) and o is not QThread.currentThread()]
    timers = [o for o in found if isinstance(o, QTimer) and o.parent() is None]
    return [repr(t) for t in threads if t.isRunning()], [repr(t) for t in timers if t.isActive()]


def _widgets() -> list[object]:
    """Return the top-level widgets that are there, without importing Qt for tests without it."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    return list(QApplication.topLevelWidgets()) if application is not None else []


def _left_widgets(before: set[object]) -> list[object]:
    """Let deferred deletions happen, then return what is still there."""
    if not _widgets():
        return []
    from PySide6.QtCore import QCoreApplication, QEvent

    for _ in range(3):
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = [w for w in _widgets() if w not in before]
        if not left:
            break
    return left
