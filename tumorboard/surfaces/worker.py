"""The process that paints scenes, and the end of the pipe that the program holds."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.children import start
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.surfaces.model import Look, Scene

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: How long (s) a scene may take to be built or painted before the process is given up.
_PATIENCE_S: Final = 60.0
_HINT: Final = _("Close the overview and open it again; reading and measuring go on without it.")


def is_installed() -> bool:
    """Whether the library that paints is there."""
    return importlib.util.find_spec("vtkmodules") is not None


def serve(pipe: Connection) -> None:
    """Paint what is asked for until the other end closes; the body of the process."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        # Without a screen, the painter that needs none is asked for at once.
        os.environ["VTK_DEFAULT_OPENGL_WINDOW"] = "vtkEGLRenderWindow"
    from tumorboard.surfaces.studio import Studio

    studio: Studio | None = None
    while True:
        try:
            wanted, *rest = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            if wanted == "scene":
                if studio is not None:
                    studio.close()
                studio = Studio(rest[0])
                pipe.send(None)
            elif studio is not None:
                pipe.send(studio.picture(rest[0], rest[1]))
        except Exception as error:  # noqa: BLE001 - told to the other end, which says it
            pipe.send(type(error).__name__)


class SurfacePainter:
    """Paints a scene from any side, in a process of its own; one caller at a time.

    Raises
    ------
    UserError
        From each method when the library is missing or the process failed.

    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def show(self, scene: Scene) -> None:
        """Take a scene; this builds its surfaces."""
        self._ask(("scene", scene))

    def picture(self, look: Look, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return RGB, shape (rows, columns, 3), for ``size`` (width, height) in pixels."""
        return np.asarray(self._ask(("picture", look, size)))

    def close(self) -> None:
        """End the process, also in the middle of a picture."""
        process = self._process
        if process is not None:
            process.kill()  # whoever waits for an answer now has none
        with self._guard:
            self._end()

    def _ask(self, question: tuple[object, ...]) -> object:
        with self._guard:
            if not is_installed():
                raise UserError(
                    _("The overview in three dimensions needs a library that is not installed."),
                    _("Install the package vtk (9.4 or later) beside it; the user guide says how."),
                )
            if self._pipe is None:
                self._process, self._pipe = start(__name__)
            pipe = self._pipe
            try:
                pipe.send(question)
                answer = pipe.recv() if pipe.poll(_PATIENCE_S) else _("no answer")
            except (EOFError, OSError):
                answer = _("it ended")
            if isinstance(answer, str):
                self._end()
                raise UserError(
                    _("The surfaces cannot be painted on this computer."), _HINT, answer
                )
            return answer

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2.0)
            self._process.kill()
            self._process.wait()
        self._pipe = self._process = None
