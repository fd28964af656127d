"""Compiles the inner loops of turned and thick cuts before they are first asked for."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from tumorboard import imaging
from tumorboard.children import environment
from tumorboard.progress import Reporter

_PAUSE_S = 0.1
_SOURCE = Path(imaging.__file__).parent / "kernels.py"
#: What is compiled last.
_LAST = "carry_frames"
_WORK = """
import os
if hasattr(os, "nice"):
    os.nice(15)
from tumorboard.imaging.sampling import prepare
prepare()
"""


def compile_ahead(reporter: Reporter) -> None:
    """Fill the compiler's cache on the disk where it is empty; for a worker thread.

    It takes a process of its own some seconds, once after an installation. In this process it
    would keep the interpreter from the window as long; the first turned or thick cut would
    have to wait for it.
    """
    if is_compiled():
        return
    child = subprocess.Popen(  # noqa: S603 - this very program
        [sys.executable, "-c", _WORK],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while child.poll() is None and not reporter.cancelled:
            time.sleep(_PAUSE_S)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()


def is_compiled(source: Path = _SOURCE) -> bool:
    """Whether what was compiled from a source file, as it is now, lies in the cache."""
    folders = (os.environ.get("NUMBA_CACHE_DIR"), str(source.parent / "__pycache__"))
    with contextlib.suppress(OSError):
        written = source.stat().st_mtime
        for folder in filter(None, folders):
            found = Path(folder).rglob(f"{source.stem}.{_LAST}*.nbi")
            if any(index.stat().st_mtime >= written for index in found):
                return True
    return False
