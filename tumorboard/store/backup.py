"""Copies of the store, made through SQLite's own backup interface while it is in use.

What lies beside the database goes along (`tumorboard.store.backup_files`).

A copy counts only once it has been opened and checked; ten are kept. They are ordered by a
running number in the name, never by a clock, and the name holds the head of the audit chain,
so that a store that has not changed is not copied again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import audit, backup_files, driver
from tumorboard.store.audit import AuditChain

if TYPE_CHECKING:
    from sqlite3 import Connection

#: The file inside the folder of a store.
DATABASE_NAME = "tumorboard.sqlite"

#: How many copies are kept.
KEPT = 10

_NAME = re.compile(r"tumorboard-(\d{6,})-v(\d+)-([0-9a-f]{16})\.sqlite")


def holds_store(folder: Path) -> bool:
    """Whether a store lies in a folder, sound or not."""
    return (folder / DATABASE_NAME).exists()


def can_be_written(folder: Path) -> bool:
    """Whether the store in a folder, and what lies beside it, may be written by this user."""
    effective = os.access in os.supports_effective_ids
    places = (folder, folder / DATABASE_NAME)
    return all(os.access(place, os.W_OK, effective_ids=effective) for place in places)


def keeps_copies(folder: Path) -> bool:
    """Whether safety copies of a store lie in a folder, good or not."""
    return bool(copies(folder))


def move_store(made: Path, folder: Path) -> None:
    """Move a store that is closed from the folder where it was made to another; one there goes."""
    (made / DATABASE_NAME).replace(folder / DATABASE_NAME)


class GoodCopy(NamedTuple):
    """A copy of the store that passes its check."""

    path: Path
    written_utc: datetime
    cases: int


class DamagedStoreError(UserError):
    """The store's file is damaged; ``copy`` is the newest good copy, None when there is none."""

    def __init__(self, copy: GoodCopy | None, details: str = "") -> None:
        hint = (
            _(
                "Put back the newest good copy: the window offers it, and so does the command "
                "restore."
            )
            if copy is not None
            else _("None of its copies is good. Ask whoever keeps the backups of this computer.")
        )
        super().__init__(_("The file {file} is damaged.", file=DATABASE_NAME), hint, details)
        self.copy = copy


def copies(folder: Path) -> list[Path]:
    """Return the copies of the store in ``folder``, the oldest first."""
    found = [p for p in (folder / "backups").glob("*.sqlite") if _NAME.fullmatch(p.name)]
    return sorted(found, key=_number)


def back_up(folder: Path) -> Path | None:
    """Copy the store in ``folder``, check the copy, drop the oldest beyond ten.

    Opens connections of its own, so it may run in any thread. Returns the new copy, or
    None when the newest one is still true.

    Raises
    ------
    UserError
        When the copy cannot be written, or proves damaged when it is opened again.

    """
    with driver.user_errors():
        source = driver.connect(str(folder / DATABASE_NAME))
        try:
            return _back_up(source, folder)
        finally:
            source.close()


def _back_up(source: Connection, folder: Path) -> Path | None:
    version, head = _identity(source)
    known = copies(folder)
    tail = f"-v{version}-{head[:16]}.sqlite"
    try:
        beside = backup_files.packed(folder)
        if known and known[-1].name.endswith(tail) and _holds(known[-1], beside):
            return None
    except OSError as error:
        raise _not_copied(str(error.errno)) from error
    number = _number(known[-1]) + 1 if known else 1
    final = folder / "backups" / f"tumorboard-{number:06d}{tail}"
    partial = final.with_suffix(".partial")
    try:
        _copy(source, partial)
        identity = (version, head)
        connection = driver.connect(str(partial))
        try:
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            sound = sound and _identity(connection) == identity
        finally:
            connection.close()
        if not sound:
            raise DamagedStoreError(newest_good_copy(partial.parent.parent), "copy")
        files = backup_files.archive_of(final)
        _write_private(files.with_suffix(".partial"), beside)
        # First what belongs to a copy, then the copy: one without its files is an older one.
        files.with_suffix(".partial").replace(files)
        partial.replace(final)
    except OSError as error:
        raise _not_copied(str(error.errno)) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
            backup_files.archive_of(final).with_suffix(".partial").unlink(missing_ok=True)
    for old in copies(folder)[:-KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
            backup_files.archive_of(old).unlink(missing_ok=True)
    return final


def _holds(copy: Path, beside: bytes) -> bool:
    """Whether the files that belong to a copy are these."""
    files = backup_files.archive_of(copy)
    return files.is_file() and files.read_bytes() == beside


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _copy(source: Connection, partial: Path) -> None:
    partial.parent.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    target = driver.connect(str(partial))
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, no companions
    except driver.DatabaseError as error:
        if driver.code(error):
            raise
        raise _not_copied(str(error)) from error  # the driver names no code when copying fails
    finally:
        target.close()


def _not_copied(details: str) -> UserError:
    return UserError(
        _("A safety copy of the store cannot be written."),
        _("Free some space or ask for write permission in the store folder."),
        details=details,
    )


def newest_good_copy(folder: Path) -> GoodCopy | None:
    """Return the newest copy that opens and passes SQLite's check; None when none does."""
    for path in reversed(copies(folder)):
        with contextlib.suppress(driver.DatabaseError, OSError):
            connection = driver.connect_to_read(path)
            try:
                if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok":
                    cases = connection.execute("SELECT count(*) FROM board_case").fetchone()[0]
                    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    return GoodCopy(path, written, int(cases))
            finally:
                connection.close()
    return None


def rescue(source: Connection, folder: Path) -> Path | None:
    """Copy what an open store holds though its file is gone; None when that cannot be.

    Everything that was acknowledged is still readable through the open connection.
    """
    with contextlib.suppress(driver.DatabaseError, UserError, OSError):
        return _back_up(source, folder)
    return None


def _identity(connection: Connection) -> tuple[int, str]:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    return version, AuditChain(connection).head() if version else audit.GENESIS


def _number(copy: Path) -> int:
    match = _NAME.fullmatch(copy.name)
    return int(match[1]) if match else 0


def restore(folder: Path, copy: Path) -> Path:
    """Put a copy in the place of a damaged store that is closed; return where that went.

    The damaged file and its companions are moved aside, never deleted.

    Raises
    ------
    UserError
        When the copy cannot be read or the folder not be written.

    """
    aside = folder / f"damaged-{_number(copy):06d}-{os.getpid()}"
    try:
        aside.mkdir(mode=0o700)
        for suffix in ("", "-wal", "-shm"):
            file = folder / f"{DATABASE_NAME}{suffix}"
            if file.exists():
                file.rename(aside / file.name)
        shutil.copyfile(copy, folder / DATABASE_NAME)
        (folder / DATABASE_NAME).chmod(0o600)
    except OSError as error:
        raise UserError(
            _("The copy {name} cannot be put back.", name=copy.name),
            _("Check that it exists and that the store folder can be written to."),
            details=str(error.errno),
        ) from error
    return aside
