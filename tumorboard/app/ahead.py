"""A scan that runs in a process of its own while the window is still being made.

Two cores do in the time of one what the window waits for: the toolkit here, the headers
there. Imports next to nothing, so that the process is started before all else.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tumorboard.children import start
from tumorboard.language import _

if TYPE_CHECKING:
    import subprocess
    from multiprocessing.connection import Connection

    from tumorboard.app.imports import Found
    from tumorboard.progress import Reporter

#: Modules that the header library would import to decode pixels.
_CODECS = ("PIL", "gdcm", "jpeg_ls", "libjpeg", "openjpeg", "pylibjpeg", "rle")

#: Seconds between two looks at whether the user has cancelled.
_GLANCE = 0.1


class ScanAhead:
    """The scan of some paths, begun at once."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self._child: tuple[subprocess.Popen[bytes], Connection] | None = None
        with contextlib.suppress(OSError):
            self._child = start(__name__, *(str(p.absolute()) for p in paths))

    def find(self, reporter: Reporter, unpack_to: Path | None = None) -> Found:
        """Return what was found; scans here when the process has failed.

        Raises
        ------
        UserError, CancelledError
            As `imports.find`.

        """
        import tumorboard.dicom.load  # noqa: F401 - needed next, and there is time now

        if self._child is not None and (parts := self._answer(self._child[1], reporter)):
            from tumorboard.app.imports import found_in

            return found_in(*parts)
        from tumorboard.app.imports import find

        return find(self.paths, reporter, unpack_to)

    def _answer(self, connection: Connection, reporter: Reporter) -> tuple[Any, ...] | None:
        """Return what the process found, None when it could not do the whole work."""
        try:
            while not connection.poll(_GLANCE):
                reporter.step(_("Reading files"), 0, 0)
            found: tuple[Any, ...] | None = connection.recv()
        except (EOFError, OSError):
            found = None
        finally:
            self.close()
        return found

    def close(self) -> None:
        """End the process, whether anybody has asked for what it found or not."""
        if self._child is not None:
            process, connection = self._child
            self._child = None
            process.kill()
            process.wait()
            connection.close()


def serve(connection: Connection, *paths: str) -> None:
    """Scan paths and send what was found, in a process that does nothing else.

    None is sent when there are archives, which only the window has a place for.
    """
    gc.disable()  # while the modules are made, which stay
    absent: dict[str, Any] = dict.fromkeys(_CODECS)
    sys.modules.update(absent)  # none is needed here, and each takes time
    from tumorboard.dicom.gate import ARCHIVE
    from tumorboard.dicom.scan import scan

    gc.freeze()
    gc.enable()
    found = scan([Path(text) for text in paths])
    whole = not any(refusal.reason == ARCHIVE for refusal in found.refused)
    connection.send((found.series, found.refused, found.patient_question) if whole else None)
