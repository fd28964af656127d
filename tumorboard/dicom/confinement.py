"""What a process that runs codecs on strangers' input gives up, by what each system has."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: Exit status of a process that ended itself because it was late.
ENDED_LATE = 124


def is_late(status: int) -> bool:
    """Whether a process ended itself because it took too long."""
    return status in (ENDED_LATE, -getattr(signal, "SIGALRM", ENDED_LATE))


class Confinement:
    """Limits of the present process; they hold until it ends."""

    def __init__(self) -> None:
        """Give up writing files, core dumps and the keyboard's signal, where that is possible."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._job: _Job | None = None
        if resource is not None:
            _lower(resource.RLIMIT_FSIZE, 0)
            _lower(resource.RLIMIT_CORE, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, also within a codec
        elif sys.platform == "win32":
            self._job = _Job()

    def limit_memory(self, size: int) -> None:
        """Let no more than ``size`` bytes of private memory be had from now on."""
        if resource is not None:
            _lower(resource.RLIMIT_DATA, size)
        elif self._job is not None:
            self._job.limit_memory(size)

    @contextlib.contextmanager
    def limited_time(self, seconds: float) -> Iterator[None]:
        """End the process when the block takes longer."""
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            return
        # Codecs let other threads run while they work.
        clock = threading.Timer(seconds, os._exit, (ENDED_LATE,))
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()


def _lower(kind: int, soft: int) -> None:
    assert resource is not None  # noqa: S101 - for the types
    hard = resource.getrlimit(kind)[1]
    soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft, hard))


class _Job:
    """A job object of Windows that holds this process alone.

    Layout and numbers: JOBOBJECT_EXTENDED_LIMIT_INFORMATION of winnt.h.
    """

    _EXTENDED = 9
    _PROCESS_MEMORY = 0x100

    class _Limits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", ctypes.c_uint32),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", ctypes.c_uint32),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", ctypes.c_uint32),
            ("SchedulingClass", ctypes.c_uint32),
            ("IoCounters", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    def __init__(self) -> None:
        kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        self._kernel = kernel
        self._handle = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        kernel.AssignProcessToJobObject(self._handle, ctypes.c_void_p(kernel.GetCurrentProcess()))

    def limit_memory(self, size: int) -> None:
        """Limit the committed memory of the process, in bytes."""
        limits = self._Limits(LimitFlags=self._PROCESS_MEMORY, ProcessMemoryLimit=size)
        self._kernel.SetInformationJobObject(
            self._handle, self._EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits)
        )
