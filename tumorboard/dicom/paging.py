"""Room on the disk for a volume that is larger than the memory set aside for images.

The system keeps the pages around the slices in use in memory and takes others back, so that
a volume stays one array with its native numbers, whatever its size.
"""

from __future__ import annotations

import math
import mmap
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.errors import UserError
from tumorboard.language import _

#: Makes an array of zeros of a shape and type.
Allocate = Callable[[tuple[int, ...], "np.dtype[Any]"], NDArray[Any]]


def in_memory(shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    """Return zeros in memory; pages are taken when they are first written.

    Raises
    ------
    UserError
        When there is not enough memory.

    """
    try:
        return np.zeros(shape, kind)
    except MemoryError:
        raise UserError(
            _("There is not enough memory for this series."),
            _("Close other programs and try again."),
        ) from None


def on_disk(folder: Path) -> Allocate:
    """Return what makes arrays of zeros in files without a name below a folder.

    The room is taken at once: a disk that fills up later would end the program.
    """

    def allocate(shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
        size = max(1, math.prod(shape) * kind.itemsize)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size)
                else:
                    file.truncate(size)
                room = mmap.mmap(file.fileno(), size)
        except OSError:
            raise UserError(
                _(
                    "This series needs {size:.1f} GB on the disk, which are not free.",
                    size=size / 1000000000.0,
                ),
                _("Free some space, or set aside more memory for images in the settings."),
            ) from None
        return np.frombuffer(room, kind, math.prod(shape)).reshape(shape)

    return allocate
