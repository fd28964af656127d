"""Get the stored bytes of one frame from its file, and say in words why that fails."""

from __future__ import annotations

import logging
import os
from io import FileIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.dicom.decode import DecodeError, unpack_bits
from tumorboard.dicom.gate import RefusedError
from tumorboard.dicom.instance import BIG_ENDIAN_SYNTAX, Instance
from tumorboard.language import _

_log = logging.getLogger(__name__)

CUT_OFF = _("The picture is cut off.")
CHANGED = _("The file has changed since it was imported.")


def check_unchanged(instance: Instance, file: FileIO | None = None) -> None:
    """Raise `DecodeError` when the file, open or not, is not the one that was scanned."""
    status = os.stat(instance.path if file is None else file.fileno())
    if (status.st_size, status.st_mtime_ns) != (instance.file_size, instance.mtime_ns):
        raise DecodeError(CHANGED)


def frame_bytes(instance: Instance) -> bytes:
    """Return the pieces of a frame from its file, joined; not for the deflated syntax.

    Raises
    ------
    DecodeError
        When the file has changed since it was scanned.
    OSError
        When the file cannot be read.

    """
    parts = []
    with FileIO(instance.path) as file:
        check_unchanged(instance, file)
        for offset, length in instance.chunks:
            file.seek(offset)
            parts.append(file.read(length))
    return parts[0] if len(parts) == 1 else b"".join(parts)


def read_into(instance: Instance, target: NDArray[Any]) -> None:
    """Read an uncompressed grey slice from the file straight into its place.

    Raises
    ------
    DecodeError
        When the file has changed, or does not hold as many bytes as the target takes.

    """
    offset, length = instance.chunks[0]
    view = target.reshape(-1).view(np.uint8).data
    if len(view) != length:
        raise DecodeError(CUT_OFF)
    with FileIO(instance.path) as file:
        check_unchanged(instance, file)
        file.seek(offset)
        while view:
            read = file.readinto(view)
            if not read:
                raise DecodeError(CUT_OFF)
            view = view[read:]
    if instance.transfer_syntax == BIG_ENDIAN_SYNTAX:
        target.byteswap(inplace=True)
    unpack_bits(target, instance)


def failure_text(error: Exception) -> str:
    """Return one sentence for the reader on why a slice cannot be shown."""
    if isinstance(error, DecodeError | RefusedError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return _("The file is not there any more.")
    if isinstance(error, OSError):
        return _("The file cannot be read: {strerror}.", strerror=error.strerror or "unknown")
    if isinstance(error, MemoryError):
        return _("The picture needs more memory than is allowed.")
    _log.warning("a slice could not be decoded: %s", type(error).__name__)
    return _("The picture cannot be decoded.")
