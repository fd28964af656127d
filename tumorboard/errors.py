"""The two families of error: what the outside world did, and what we did wrong."""

from __future__ import annotations

#: A sentence that nobody reads to its end (signs), and how much of its end is kept.
_LONGEST, _END = 1200, 200


class UserError(Exception):
    """Something in the user's world is not as needed: a file, a disk, a store.

    ``message`` says in one sentence what is wrong and with which thing, ``hint``
    what to do about it. Neither holds a patient's name, identifier or a full path.
    ``details`` is for the log and holds no patient data either. Of a message that quotes
    something very long the middle is left out.
    """

    def __init__(self, message: str, hint: str = "", details: str = "") -> None:
        self.message = _readable(message)
        super().__init__(self.message)
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class CancelledError(Exception):
    """The user cancelled a long job; not an error to show."""


def _readable(message: str) -> str:
    if len(message) <= _LONGEST:
        return message
    return f"{message[: _LONGEST - _END]} … {message[-_END:]}"
