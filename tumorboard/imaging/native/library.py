"""The shared library of compiled kernels: where it lies, and how one of its functions is called."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

from tumorboard.errors import UserError
from tumorboard.imaging.native.provenance import digest, sources
from tumorboard.language import _

_FOLDER: Final = Path(__file__).parent
_NAMES: Final = {"win32": "kernels.dll", "darwin": "kernels.dylib"}

#: Takes the kernels of another level than the processor's best: "baseline" runs everywhere.
LEVEL_VARIABLE: Final = "TUMORBOARD_KERNELS"

_WRONG: Final = {
    -1: TypeError("no kernel for elements of this type"),
    -2: ValueError("an index that points beyond its array"),
    -3: MemoryError("no memory for the work of a kernel"),
}


def library_path(folder: Path = _FOLDER) -> Path:
    """Return where the library of this system lies: beside its sources, in every installation."""
    return folder / _NAMES.get(sys.platform, "kernels.so")


def load(path: Path) -> ctypes.CDLL:
    """Load a library.

    Raises
    ------
    UserError
        When it is missing, made for another computer, or made from other sources than those
        that lie beside it.

    """
    try:
        found = ctypes.CDLL(str(path))
        found.level.restype = found.provenance.restype = ctypes.c_char_p
        made_from = found.provenance().decode()
    except (OSError, AttributeError) as error:
        raise UserError(
            _("The compiled part of the program is missing or does not run on this computer."),
            _("Install the program again; in a checkout run make setup."),
            type(error).__name__,
        ) from error
    present = sources(path.parent)
    if present and digest(present) not in made_from:
        raise UserError(
            _("The compiled part of the program is older than its sources."), _("Run make setup.")
        )
    return found


@cache
def _loaded() -> tuple[ctypes.CDLL, str]:
    found = load(library_path())
    level = os.environ.get(LEVEL_VARIABLE) or found.level().decode()
    return found, level


def load_kernels() -> None:
    """Load the library ahead, so that a broken installation is told before a cut is wanted.

    Raises
    ------
    UserError
        As `load`.

    """
    _loaded()


def _checked(result: int, _function: object, _arguments: object) -> int:
    if result in _WRONG:
        raise _WRONG[result]
    return result


class Kernel:
    """A function of the library, looked up when first called.

    ``result`` and ``arguments`` are its types as ctypes has them; a negative ``c_int64`` says
    that a value was wrong, and is raised.
    """

    def __init__(self, name: str, result: Any, *arguments: Any) -> None:
        self._name, self._result, self._arguments = name, result, arguments
        self._function: Any = None

    def __call__(self, *values: Any) -> Any:
        """Call it; the interpreter is free meanwhile."""
        if self._function is None:
            library, level = _loaded()
            function = getattr(library, f"{self._name}_{level}", None)
            if function is None:
                raise UserError(
                    _("The compiled part of the program has no level “{level}”.", level=level),
                    _("Unset {variable}.", variable=LEVEL_VARIABLE),
                )
            function.restype, function.argtypes = self._result, self._arguments
            if self._result is ctypes.c_int64:
                function.errcheck = _checked
            self._function = function
        return self._function(*values)
