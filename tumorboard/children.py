"""Starts processes of this very program, for what must not run in its own.

One starter serves a checkout, an installed package and a frozen program, on every system. A
child runs ``serve(connection, *arguments)`` of a module of this package; it talks with the
program over the connection alone and ends when that is closed, so that it does not outlive the
program, however that ends.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe
from multiprocessing import connection as pipes
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: First word on the command line of a child.
CHILD: Final = "--child"

_PACKAGE: Final = __name__.partition(".")[0]
_PROGRAM: Final = f"from {__name__} import run; import sys; run(sys.argv[1:])"


def is_frozen() -> bool:
    """Whether this is a bundle, in which there is no interpreter beside the program."""
    return bool(getattr(sys, "frozen", False))


def program(*arguments: str) -> list[str]:
    """Return the command line that starts this program anew."""
    start = [sys.executable] if is_frozen() else [sys.executable, "-m", _PACKAGE]
    return [*start, *arguments]


def environment() -> dict[str, str]:
    """Return an environment in which this very package is found, and no threads are made."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_", "COVERAGE"))}
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    root = str(Path(__file__).parent.parent)
    return {**kept, **single, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}


def start(
    module: str,
    *arguments: str,
    shared: Sequence[int] = (),
    variables: Mapping[str, str] | None = None,
) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a child; return its process and this end of its connection.

    Parameters
    ----------
    module
        Full name of the module whose ``serve`` it runs.
    arguments
        Words that ``serve`` receives after the connection.
    shared
        Descriptors that the child inherits under their numbers; none on Windows.
    variables
        What its environment has besides.

    Raises
    ------
    OSError
        When no process can be started.

    """
    ours, theirs = Pipe()
    interpreter = [sys.executable, CHILD] if is_frozen() else [sys.executable, "-c", _PROGRAM]
    try:
        with theirs:
            process = _spawn(
                [*interpreter, module, str(theirs.fileno()), *arguments],
                theirs.fileno(),
                shared,
                {**environment(), **(variables or {})},
            )
    except BaseException:
        ours.close()
        raise
    return process, ours


def _spawn(
    command: Sequence[str], handle: int, shared: Sequence[int], variables: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a process that inherits a handle and nothing else."""
    silent = subprocess.DEVNULL
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        inherited = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return subprocess.Popen(  # noqa: S603 - this very program
            command,
            startupinfo=inherited,
            creationflags=subprocess.CREATE_NO_WINDOW,
            stdin=silent,
            stdout=silent,
            stderr=silent,
            env=variables,
        )
    return subprocess.Popen(  # noqa: S603 - this very program
        command,
        pass_fds=(handle, *shared),
        stdin=silent,
        stdout=silent,
        stderr=silent,
        env=variables,
    )


def run(arguments: Sequence[str]) -> None:
    """Be a child: the module, the number of the connection, and what ``serve`` receives."""
    module, handle, *rest = arguments
    if not module.startswith(f"{_PACKAGE}."):
        raise ValueError(module)
    serve = importlib.import_module(module).serve
    with _end_of_pipe(int(handle)) as connection:
        serve(connection, *rest)


def _end_of_pipe(handle: int) -> Connection:
    if sys.platform == "win32":
        return pipes.PipeConnection(handle)
    return pipes.Connection(handle)
