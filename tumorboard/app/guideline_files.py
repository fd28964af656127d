"""The small files of a store that say which guideline and settings count there."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tumorboard.errors import UserError
from tumorboard.guidelines.files import read_document
from tumorboard.guidelines.model import Guideline
from tumorboard.language import _

OVERLAY_NAME = "guideline-settings.yaml"
_LOCK = ".guideline-lock"


def settings_file(folder: Path, guideline: Guideline) -> Path:
    """Return where the settings of the institution for a guideline lie; it need not exist.

    `OVERLAY_NAME`, or the file that carries identifier and version in its name: that of a
    version chosen after another one had settings, which keep their file.

    Raises
    ------
    UserError
        When both hold settings of this version.

    """
    plain, own = folder / OVERLAY_NAME, own_file(folder, guideline)
    if not own.exists():
        return plain
    if settings_named(folder) == (guideline.id, guideline.version):
        text = _(
            "{file} and {other} both hold settings of this version.",
            file=plain.name,
            other=own.name,
        )
        raise UserError(text, _("Take one of them away."))
    return own


def own_file(folder: Path, guideline: Guideline) -> Path:
    """Return the file of settings that carries identifier and version in its name."""
    stem, _, ending = OVERLAY_NAME.rpartition(".")
    return folder / f"{stem}-{guideline.id}-{guideline.version}.{ending}"


def settings_named(folder: Path) -> tuple[str, str] | None:
    """Return identifier and version that `OVERLAY_NAME` names; None when it does not."""
    path = folder / OVERLAY_NAME
    if not path.exists():
        return None
    try:
        data = read_document(path).data
        return str(data["guideline"]), str(data["version"])
    except (UserError, TypeError, KeyError):
        return None


class SignedMeanwhileError(UserError):
    """Somebody signed in another window what the signer here has not seen; nothing was written."""

    def __init__(self, what: str) -> None:
        super().__init__(
            _("{what} Nothing was written here.", what=what),
            _("Look at what holds now, and sign again where it still stands."),
        )


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Let one program at a time read what was signed in a store and write behind it.

    Not to be entered twice by one thread. Where there is no folder yet nobody else writes.

    Raises
    ------
    UserError
        When the folder cannot be written.

    """
    try:
        lock = _opened(folder) if folder.is_dir() else None
    except OSError as error:
        text = _("What is signed here cannot be written.")
        raise UserError(text, _("Check the disk and the rights on the folder.")) from error
    try:
        if lock is not None:
            _wait_for(lock)
        yield
    finally:
        if lock is not None:
            os.close(lock)  # which lets it go


def _opened(folder: Path) -> int:
    """Open what is locked: the folder itself, a file in it where folders cannot be opened."""
    if sys.platform == "win32":
        return os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    return os.open(folder, os.O_RDONLY)


def _wait_for(lock: int) -> None:
    """Take the lock on an open file; where a file system knows none, go on without."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)


def text_held(path: Path) -> str | None:
    """Return the text of a file that was read before, None where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
