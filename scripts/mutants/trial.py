"""Run tests of a scratch copy of the project in processes that have the heavy libraries ready.

Each run is a fork of this process, which imported what all tests need but nothing of the project;
so a run costs its tests and not the start of an interpreter.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

#: A mutant may make an endless list; it is to fail alone and not take the computer with it.
_MEMORY: Final = 6 << 30
_READY: Final = (
    "hypothesis.extra.numpy",
    "PySide6.QtWidgets",
    "pydicom.encaps",
    "pydicom.uid",
    "SimpleITK",
    "imagecodecs",
    "highdicom",
    "cv2",
    "yaml",
    "jsonschema",
)
#: What the last run printed, in the scratch copy.
_SAID: Final = "said.txt"
#: The last: hypothesis was imported before its plug-in.
_PLAIN: Final = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)


def prepare(checkout: Path, scratch: Path) -> None:
    """Let this process and all that it starts find the project in the scratch copy alone."""
    for name in _READY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.path[:] = [str(scratch), *(p for p in sys.path if p and Path(p) != checkout)]
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    os.environ.update(dict.fromkeys(threads, "1"))
    os.environ.update(PYTHONPATH=str(scratch), QT_QPA_PLATFORM="offscreen")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.chdir(scratch)


def run(tests: list[str], arguments: list[str], limit: float, **wanted: Any) -> int | None:
    """Run tests in a process of its own and return its exit code, None when it took too long.

    ``tests`` are the wanted ones in their order; when there are none, ``arguments`` name them.
    ``wanted["seconds"]`` names a file for the seconds of each test that passed. What it prints
    stands in `said`.
    """
    files = [*dict.fromkeys(test.partition("::")[0] for test in tests)]
    plugins: list[object] = [_Chosen(tests)] if tests else []
    if "seconds" in wanted:
        plugins.append(_Seconds(wanted["seconds"]))
    return _forked(lambda: int(pytest.main([*_PLAIN, *arguments, *files], plugins)), limit)


def said() -> str:
    """Return the end of what the last run printed."""
    return Path(_SAID).read_text(errors="replace")[-2000:]


def _forked(work: Callable[[], int], limit: float) -> int | None:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            said = os.open(_SAID, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            for stream in (0, 1, 2):
                os.dup2(said, stream)
            code = work()
        except BaseException:  # noqa: BLE001 - nothing of the child may go on as the parent
            traceback.print_exc()
        os._exit(code)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    end = time.monotonic() + limit
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done or time.monotonic() > end:
            break
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if done:
        return os.waitstatus_to_exitcode(status)
    os.waitpid(child, 0)
    return None


class _Chosen:
    """Keeps the wanted tests of what was collected, in the wanted order."""

    def __init__(self, tests: list[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        wanted = [item for item in items if item.nodeid in self._place]
        items[:] = sorted(wanted, key=lambda item: self._place[item.nodeid])


class _Seconds:
    """Writes how long each test took that passed."""

    def __init__(self, path: Path) -> None:
        self._path, self._taken = path, dict[str, float]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that passed, and nothing of one that did not."""
        if report.when == "call" and report.passed:
            self._taken[report.nodeid] = report.duration
        elif report.failed:
            self._taken.pop(report.nodeid, None)

    def pytest_sessionfinish(self) -> None:
        """Write them, in the form of JSON."""
        self._path.write_text(json.dumps(self._taken))
