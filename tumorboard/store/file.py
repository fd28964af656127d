"""The one file of a store: found sound, brought up to date, copied, and written in transactions."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import driver, migrations
from tumorboard.store.backup import (
    DATABASE_NAME,
    DamagedStoreError,
    back_up,
    newest_good_copy,
    rescue,
)
from tumorboard.store.place import prepare_folder

if TYPE_CHECKING:
    from sqlite3 import Connection

_log = logging.getLogger(__name__)

#: Names of errors that mean that the file itself is broken.
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class StoreFile:
    """The file in which everything lasts, opened by one thread.

    Parameters
    ----------
    folder
        Where ``tumorboard.sqlite`` and its copies lie; made when missing. None keeps
        everything in memory: a scratch store.
    allow_network
        Accept a network share, where locks may fail.
    read_only
        Open what is there for reading, damaged or not; every write is refused.
    backup
        Copy the store when it has changed since the last copy. A start that is in a hurry
        passes False and runs `tumorboard.store.backup.back_up` in a worker.

    Attributes
    ----------
    backup_problem
        Why the copy at the start failed, to show; the store itself is open.

    Raises
    ------
    DamagedStoreError
        When the file does not pass SQLite's check; it names the newest good copy.
    UserError
        When the folder cannot be written or lies on a network share, the disk is full, or the
        file belongs to another program or a newer version.

    """

    def __init__(
        self,
        folder: Path | None,
        *,
        allow_network: bool = False,
        backup: bool = True,
        read_only: bool = False,
    ) -> None:
        self.folder = folder
        self.read_only = read_only
        self.backup_problem: UserError | None = None
        try:
            with driver.user_errors():
                if folder is not None and read_only:
                    self.connection = driver.connect_to_read(folder / DATABASE_NAME)
                    _must_be_current(self.connection)
                else:
                    self._connect(allow_network, backup)
        except UserError as error:
            if folder is not None and error.details.startswith(_DAMAGED) and not read_only:
                copy = newest_good_copy(folder)
                if copy is not None or not error.details.startswith("SQLITE_NOTADB"):
                    raise DamagedStoreError(copy, error.details) from error
            raise
        self._file = _file_identity(folder)

    def _connect(self, allow_network: bool, backup: bool) -> None:
        if self.folder is not None:
            prepare_folder(self.folder, allow_network)
            # Make the file readable by its owner alone before SQLite opens it.
            path = self.folder / DATABASE_NAME
            try:
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            except OSError as error:
                raise UserError(
                    _("The store file {name} cannot be written to.", name=path.name),
                    _("Ask for write permission, or choose another folder with --store."),
                    details=str(error.errno),
                ) from error
        self.connection = driver.connect(
            ":memory:" if self.folder is None else str(self.folder / DATABASE_NAME)
        )
        try:
            self._open(backup)
        except BaseException:
            self.connection.close()
            raise

    @classmethod
    def in_memory(cls) -> Self:
        """Return a scratch store that is gone when it is closed."""
        return cls(None)

    @property
    def is_scratch(self) -> bool:
        """Whether nothing of this store lasts."""
        return self.folder is None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block as one write: all of it is on the disk afterwards, or nothing is.

        Raises
        ------
        UserError
            Also when the store is open for reading only, or its file was taken away meanwhile.

        """
        self._must_take_writes()
        with driver.transaction(self.connection):
            yield

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, backup: bool) -> None:
        migrations.check_origin(self.connection)  # before anything is changed
        if self.folder is None:
            driver.configure(self.connection)
            migrations.build_scratch(self.connection)
            return
        if self._is_used():
            _must_be_whole(self.connection)
        driver.configure(self.connection)
        pending = migrations.is_pending(self.connection)
        if pending and self._is_used():
            self._back_up(required=True)
        if pending:
            migrations.migrate(self.connection)
        elif backup:
            self._back_up(required=False)

    def _is_used(self) -> bool:
        return bool(self.connection.execute("PRAGMA user_version").fetchone()[0])

    def _back_up(self, *, required: bool) -> None:
        if self.folder is None:
            return
        try:
            back_up(self.folder)
        except UserError as error:
            _log.warning("no safety copy: %s", error.details)
            if required or isinstance(error, DamagedStoreError):
                raise
            self.backup_problem = error

    def _must_take_writes(self) -> None:
        if self.read_only:
            raise UserError(
                _("The store is open for reading only: nothing is kept."),
                _("Put back a good copy of it, or open another store."),
            )
        if self.folder is None or _file_identity(self.folder) == self._file:
            return
        saved = rescue(self.connection, self.folder)
        hint = (
            _(
                "All that was kept until now is in the copy {copy} in its folder backups: close "
                "the program and run the command restore.",
                copy=saved.name,
            )
            if saved is not None
            else _("Close the program; its folder backups has copies of what was kept.")
        )
        raise UserError(
            _(
                "The file {file} was removed or replaced while it was open: this step was "
                "not kept.",
                file=DATABASE_NAME,
            ),
            hint,
        )


def _file_identity(folder: Path | None) -> tuple[int, int]:
    """Return what tells the store's file from every other one; zeros when it is not there."""
    try:
        found = os.stat(folder / DATABASE_NAME) if folder is not None else None
    except OSError:
        found = None
    return (found.st_dev, found.st_ino) if found is not None else (0, 0)


def _must_be_whole(connection: Connection) -> None:
    """Have SQLite look at every page.

    Raises
    ------
    UserError
        When it finds damage.

    """
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise UserError(
            _("The file {file} is damaged.", file=DATABASE_NAME),
            details="SQLITE_CORRUPT",
        )


def _must_be_current(connection: Connection) -> None:
    """Refuse to read, without changing it, a store that has to be brought up to date first."""
    migrations.check_origin(connection)
    if migrations.is_pending(connection):
        raise UserError(
            _("The store was written by an older version and cannot be opened for reading only."),
            _("Run the command restore, which puts back the newest good copy."),
        )
