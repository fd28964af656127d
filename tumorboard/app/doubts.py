"""What nobody can tell for certain of what older versions stored, told once."""

from __future__ import annotations

from tumorboard.annotations.model import utc_now
from tumorboard.app.session import Session


def doubts_to_tell(session: Session) -> tuple[tuple[str, str], ...]:
    """Return (label of the case, sentence) of what nobody has looked at yet."""
    return tuple((d.label, d.text) for d in session.store.pictures.doubts(unseen=True))


def doubts_told(session: Session) -> None:
    """Note that a person has seen the list.

    Raises
    ------
    UserError
        When the store cannot be written.

    """
    with session.store.transaction():
        session.store.pictures.mark_seen(utc_now())
