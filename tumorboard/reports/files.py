"""Writes a report whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tumorboard.errors import UserError
from tumorboard.language import _


def write_whole(path: Path, data: bytes) -> None:
    """Put bytes into a file through a neighbour that is renamed; an old file stays on failure.

    Raises
    ------
    UserError
        When the folder is missing or not writable, or the disk is full.

    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".report-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # The mask of this process; reading it means setting it for a moment.
        mask = os.umask(0o077)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise _sentence(path, error) from error


def _sentence(path: Path, error: OSError) -> UserError:
    reasons = {
        FileNotFoundError: _("the folder does not exist"),
        NotADirectoryError: _("the folder does not exist"),
        PermissionError: _("the folder or file cannot be written to"),
        IsADirectoryError: _("a folder of this name is there"),
    }
    reason = reasons.get(type(error), error.strerror or _("the disk refuses it"))
    return UserError(
        _(
            "The report “{name}” cannot be written: {reason}{reason_2}.",
            name=path.name,
            reason=reason[0].lower(),
            reason_2=reason[1:],
        ),
        _("Choose another folder, or make room on the disk."),
    )
