"""Writes a file whole or not at all, to the place that its name means."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from tumorboard.errors import UserError
from tumorboard.language import _


def write_whole(path: Path, data: bytes, hint: str = "") -> None:
    """Put bytes into a file through a neighbour that is renamed; an old file stays on failure.

    A link stays a link: the file that it leads to is written, and keeps its rights. A device or
    a pipe is written to and never replaced by a file.

    Parameters
    ----------
    hint
        What to do when it fails; by default to choose another folder or make room.

    Raises
    ------
    UserError
        When the folder is missing or not writable, or the disk is full.

    """
    try:
        target = Path(os.path.realpath(path))
        kept = _mode(target)
        if kept is None or stat.S_ISREG(kept):
            _replace(target, data, kept)
        elif stat.S_ISBLK(kept):
            raise OSError(0, _("it is a disk, not a file"))
        else:
            with target.open("wb") as device:
                device.write(data)
    except OSError as error:
        raise _sentence(path, error, hint) from error


def _mode(path: Path) -> int | None:
    """Return the kind and the rights of what lies at a path; None where nothing does."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is None:
            # The mask of this process; reading it means setting it for a moment.
            mask = os.umask(0o077)
            os.umask(mask)
            mode = 0o666 & ~mask
        os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sentence(path: Path, error: OSError, hint: str) -> UserError:
    reasons = {
        FileNotFoundError: _("the folder does not exist"),
        NotADirectoryError: _("the folder does not exist"),
        PermissionError: _("the folder or file cannot be written to"),
        IsADirectoryError: _("a folder of this name is there"),
    }
    reason = reasons.get(type(error), error.strerror or _("the disk refuses it"))
    return UserError(
        _(
            "“{name}” cannot be written: {reason}.",
            name=path.name,
            reason=f"{reason[:1].lower()}{reason[1:]}",
        ),
        hint or _("Choose another folder, or make room on the disk."),
        details=str(error.errno),
    )
