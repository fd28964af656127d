"""A scan that runs in a process of its own while the window is still being made.

Two cores do in the time of one what the window waits for: the toolkit here, the headers
there. Imports next to nothing, so that the process is started before all else.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tumorboard.errors import CancelledError

if TYPE_CHECKING:
    from tumorboard.app.imports import Found
    from tumorboard.progress import Reporter

#: Modules that the header library would import to decode pixels.
_CODECS = ("PIL", "gdcm", "jpeg_ls", "libjpeg", "openjpeg", "pylibjpeg", "rle")

#: Seconds between two looks at whether the user has cancelled.
_GLANCE = 0.1

_PROGRAM = "from tumorboard.app.ahead import main; main()"


class ScanAhead:
    """The scan of some paths, begun at once."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", _PROGRAM, *(str(p.absolute()) for p in paths)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )

    def find(self, reporter: Reporter, unpack_to: Path | None = None) -> Found:
        """Return what was found; scans here when the process has failed.

        Raises
        ------
        UserError, CancelledError
            As `imports.find`.

        """
        import tumorboard.dicom.load  # noqa: F401 - needed next, and there is time now

        if self._process is not None and (data := self._answer(self._process, reporter)):
            from tumorboard.app.imports import found_in

            return found_in(*pickle.loads(data))  # noqa: S301 - our own process, without codecs
        from tumorboard.app.imports import find

        return find(self.paths, reporter, unpack_to)

    def _answer(self, process: subprocess.Popen[bytes], reporter: Reporter) -> bytes:
        """Return what the process wrote, empty when it could not do the whole work."""
        try:
            while True:
                reporter.step("Reading files", 0, 0)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    data, _ = process.communicate(timeout=_GLANCE)
                    self._process = None
                    return data if process.returncode == 0 else b""
        except CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """End the process if nobody has asked for what it found."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _environment() -> dict[str, str]:
    """Return an environment in which this very package is found."""
    root = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Scan what the command line names and write what was found to standard output.

    Nothing is written when there are archives, which only the window has a place for.
    """
    gc.disable()  # while the modules are made, which stay
    absent: dict[str, Any] = dict.fromkeys(_CODECS)
    sys.modules.update(absent)  # none is needed here, and each takes time
    from tumorboard.dicom.gate import ARCHIVE
    from tumorboard.dicom.scan import scan

    gc.freeze()
    gc.enable()
    found = scan([Path(text) for text in sys.argv[1:]])
    if not any(refusal.reason == ARCHIVE for refusal in found.refused):
        parts = (found.series, found.refused, found.patient_question)
        sys.stdout.buffer.write(pickle.dumps(parts, pickle.HIGHEST_PROTOCOL))
