"""The store: one folder, one database file, opened by one thread."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tumorboard.errors import UserError
from tumorboard.store import audit, driver, migrations
from tumorboard.store.backup import DATABASE_NAME, back_up
from tumorboard.store.place import prepare_folder

if TYPE_CHECKING:
    from sqlite3 import Connection

_log = logging.getLogger(__name__)


class Store:
    """Everything that lasts.

    Parameters
    ----------
    folder
        Where ``tumorboard.sqlite`` and its copies lie; made when missing. None keeps
        everything in memory: a scratch store.
    allow_network
        Accept a network share, where locks may fail.
    backup
        Copy the store when it has changed since the last copy. A start that is in a hurry
        passes False and runs `tumorboard.store.backup.back_up` in a worker.

    Attributes
    ----------
    backup_problem
        Why the copy at the start failed, to show; the store itself is open.

    Raises
    ------
    UserError
        When the folder cannot be written or lies on a network share, the disk is full, the
        file belongs to another program or a newer version, or is damaged.

    """

    def __init__(
        self, folder: Path | None, *, allow_network: bool = False, backup: bool = True
    ) -> None:
        self.folder = folder
        self.backup_problem: UserError | None = None
        if folder is not None:
            prepare_folder(folder, allow_network)
            _prepare_file(folder / DATABASE_NAME)
        with driver.user_errors():
            self.connection = driver.connect(
                ":memory:" if folder is None else str(folder / DATABASE_NAME)
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

    @property
    def head(self) -> str:
        """The hash that stands for everything written so far, 64 hexadecimal digits."""
        return audit.head(self.connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run a block as one write; see `driver.transaction`."""
        with driver.transaction(self.connection):
            yield self.connection

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
        driver.configure(self.connection)
        if self.folder is None:
            migrations.build_scratch(self.connection)
            return
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
            if required:
                raise
            self.backup_problem = error


def _prepare_file(path: Path) -> None:
    """Make the file readable by its owner alone before SQLite opens it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise UserError(
            f"The store file {path.name} cannot be written to.",
            "Ask for write permission, or choose another folder with --store.",
            details=str(error.errno),
        ) from error
