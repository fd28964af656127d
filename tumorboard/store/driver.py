"""The one SQLite driver of the program, its settings and what its errors mean.

The driver is `sqlcipher3`: it carries its own recent SQLite, with or without a key. It is
registered under the name that sqlite-utils looks for before that package is imported, so
that sqlite-utils catches the errors of the same driver that raised them.

Threads: a connection belongs to the thread that opened it, and the driver enforces that.
Work in other threads opens its own (`Store.beside`); WAL lets it read while another one writes.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlcipher3
from sqlcipher3 import dbapi2

from tumorboard.errors import UserError
from tumorboard.language import _

sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", dbapi2)

if TYPE_CHECKING:
    from sqlite3 import Connection

    sqlite_utils: Any

__all__ = ["DatabaseError", "connect", "sqlite_utils", "transaction", "user_errors"]

_log = logging.getLogger(__name__)

DatabaseError: type[Exception] = dbapi2.DatabaseError

#: How long a write waits for another process, in seconds.
BUSY_SECONDS = 5.0

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # else INSERT OR REPLACE passes the append-only triggers
    "PRAGMA trusted_schema=OFF",
)

_NEWS: dict[str, tuple[str, str]] = {
    "SQLITE_FULL": (
        _("The disk that holds the store is full."),
        _("Free some space and repeat the last step; everything before it is saved."),
    ),
    "SQLITE_READONLY": (
        _("The store folder cannot be written to."),
        _("Ask for write permission, or choose another folder with --store."),
    ),
    "SQLITE_CANTOPEN": (
        _("The store folder cannot be opened for writing."),
        _("Ask for write permission, or choose another folder with --store."),
    ),
    "SQLITE_PERM": (
        _("The store folder cannot be opened for writing."),
        _("Ask for write permission, or choose another folder with --store."),
    ),
    "SQLITE_BUSY": (
        _("Another program is writing to the store."),
        _("Wait a moment and repeat the last step."),
    ),
    "SQLITE_IOERR": (
        _("The disk that holds the store cannot be read or written."),
        _("Check the disk and its free space, then repeat the last step."),
    ),
    "SQLITE_NOTADB": (
        _("The file tumorboard.sqlite is not a store of this program."),
        _("Choose another folder with --store, or run the command restore."),
    ),
    "SQLITE_CORRUPT": (
        _("The file tumorboard.sqlite is damaged."),
        _("Run the command restore, which puts back the newest good copy from its folder backups."),
    ),
}


def __getattr__(name: str) -> Any:
    """Import sqlite-utils when it is first taken from here: after the registration, and late.

    Only the building of tables needs it, and its import takes as long as opening a store.
    """
    if name == "sqlite_utils":
        import sqlite_utils as found

        return found
    raise AttributeError(name)


def connect(database: str) -> Connection:
    """Open a connection in driver autocommit; rows answer to column names."""
    connection: Connection = dbapi2.connect(database, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = dbapi2.Row
    return connection


def connect_to_read(database: Path) -> Connection:
    """Open a file for reading only, also where nothing beside it may be written.

    Raises
    ------
    DatabaseError
        When it cannot be read at all.

    """
    name = quote(str(database.absolute()))
    for mode in ("mode=ro", "immutable=1"):
        connection: Connection = dbapi2.connect(
            f"file:{name}?{mode}", timeout=BUSY_SECONDS, isolation_level=None, uri=True
        )
        connection.row_factory = dbapi2.Row
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except DatabaseError:
            connection.close()
            if mode == "immutable=1":
                raise
        else:
            connection.execute("PRAGMA query_only=ON")
            return connection
    raise AssertionError


def configure(connection: Connection) -> None:
    """Set what every connection that writes needs: durability first."""
    for pragma in _PRAGMAS:
        connection.execute(pragma)


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn what a disk or another program did into a `UserError`; our bugs pass through."""
    try:
        yield
    except DatabaseError as error:
        name = code(error)
        if not name:  # the driver names no code when opening fails
            name = {
                "unable to open database file": "SQLITE_CANTOPEN",
                "file is not a database": "SQLITE_NOTADB",
            }.get(str(error), "")
        known = next((news for known, news in _NEWS.items() if name.startswith(known)), None)
        if known is None:
            raise
        _log.warning("store: %s", code(error))
        raise UserError(*known, details=code(error)) from error


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run a block as one write: all of it is on the disk afterwards, or nothing is.

    Raises
    ------
    UserError
        When the disk is full or fails, or another program holds the store too long.

    """
    with user_errors():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # A full disk has already ended the transaction by itself.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def code(error: Exception) -> str:
    """Return SQLite's name of an error, empty when the driver gives none."""
    return str(getattr(error, "sqlite_errorname", ""))
