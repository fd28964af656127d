"""The two families of error: what the outside world did, and what we did wrong."""

from __future__ import annotations


class UserError(Exception):
    """Something in the user's world is not as needed: a file, a disk, a store.

    ``message`` says in one sentence what is wrong and with which thing, ``hint``
    what to do about it. Neither holds a patient's name, identifier or a full path.
    ``details`` is for the log and holds no patient data either.
    """

    def __init__(self, message: str, hint: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class CancelledError(Exception):
    """The user cancelled a long job; not an error to show."""
