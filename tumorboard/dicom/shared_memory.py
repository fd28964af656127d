"""Memory that the program and a process of its codecs both see."""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
import tempfile
import uuid
from pathlib import Path


class SharedMemory:
    """Grows as wanted. Without a name where the system allows that, and gone with its owners.

    The other process maps it by its ``token`` (`mapped`): elsewhere than on Windows the number
    of a descriptor that it has inherited, there a name, another one after each growth.
    """

    def __init__(self) -> None:
        self._file = -1 if sys.platform == "win32" else _nameless_file()
        self.token = str(self._file)
        self.view: mmap.mmap | None = None

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the other process has to inherit."""
        return () if sys.platform == "win32" else (self._file,)

    def reserve(self, size: int) -> bool:
        """Have at least ``size`` bytes; return whether the other process must map it anew.

        Raises
        ------
        OSError
            When there is not so much.

        """
        if self.view is not None and len(self.view) >= size:
            return False
        if sys.platform == "win32":
            self.token = uuid.uuid4().hex
        else:
            os.ftruncate(self._file, size)
        self.view = mapped(self.token, size)
        return True

    def close(self) -> None:
        """Let it go."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self.view = None


def mapped(token: str, size: int) -> mmap.mmap:
    """Return ``size`` bytes of the memory that the token stands for.

    Raises
    ------
    OSError, ValueError
        When it is not there.

    """
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=f"tumorboard-{token}")
    return mmap.mmap(int(token), size)


def _nameless_file() -> int:
    """Return the descriptor of a file without a name, in memory where that is possible."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("frames")
    handle, name = tempfile.mkstemp()
    Path(name).unlink()
    return handle
