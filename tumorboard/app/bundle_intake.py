"""Takes a case bundle into the store of a session, and says what became of it."""

from __future__ import annotations

from pathlib import Path

from tumorboard.annotations.model import utc_now
from tumorboard.app.bundle_places import check_places, drawings_of, space_here
from tumorboard.app.bundle_reader import Bundle
from tumorboard.app.case_repository import (
    AlreadyThereError,
    Arrival,
    Arrived,
    CaseRepository,
    Stamp,
    pictures_named,
)
from tumorboard.app.session import Session
from tumorboard.case.model import SeriesRef
from tumorboard.errors import UserError
from tumorboard.language import _, ngettext

__all__ = ["AlreadyThereError", "Arrived", "arrived_words", "take_in_at", "take_in_bundle"]


def take_in_bundle(session: Session, bundle: Bundle, *, beside: bool = False) -> Arrived:
    """Store the case of a bundle, whole or not at all.

    ``beside`` is a person's answer that a case which is here already is wanted a second time.

    Raises
    ------
    AlreadyThereError
        When the case is here already.
    UserError
        When it cannot be stored, or nothing of this session lasts.

    """
    if session.is_scratch:
        raise UserError(
            _("Images are only being viewed here; a case bundle needs the store."),
            _("Save the case first, or open the program without files."),
        )
    stamp = Stamp(session.author, utc_now())
    _check_here(session.store, bundle.arrival)
    arrived = session.store.arrivals.receive(stamp, bundle.arrival, beside=beside)
    session.cases_changed.emit()
    return arrived


def take_in_at(folder: Path, author: str, bundle: Bundle, *, beside: bool = False) -> Arrived:
    """Store the case of a bundle in the store of a folder; for a worker thread.

    The errors are those of `take_in_bundle`.
    """
    with CaseRepository.beside(folder) as store:
        _check_here(store, bundle.arrival)
        return store.arrivals.receive(Stamp(author, utc_now()), bundle.arrival, beside=beside)


def _check_here(store: CaseRepository, arrival: Arrival) -> None:
    """Refuse drawings that lie outside the images that are here already.

    A series of which fewer pictures are here than there says nothing.
    """
    found = {}
    refs = [ref for _, ref in arrival.parts.get("series", ()) if isinstance(ref, SeriesRef)]
    drawings = list(drawings_of(arrival.parts))
    names = store.series.names_here([(r, pictures_named(r)) for r in refs])
    for ref in refs:
        name = ref.series_instance_uid
        if any(d.series == name for d in drawings):
            space = space_here(store, names.get(name, name), ref.slices)
            if space is not None:
                found[name] = space
    check_places(drawings, refs, found)


def arrived_words(arrived: Arrived, bundle: Bundle) -> str:
    """Return what a bundle brought, in two or three sentences."""
    said = [
        _("{label} is taken in with all that was drawn, said and decided.", label=arrived.label)
    ]
    if not bundle.with_identity:
        said.append(_("It came without identity and stands as a patient of its own."))
    if arrived.awaited:
        series = ngettext("{count} series", "{count} series", arrived.awaited)
        said.append(
            _(
                "The images of {series} are not here yet: open the case, then their folder.",
                series=series,
            )
        )
    elif bundle.arrival.parts.get("series"):
        said.append(_("Its images are here."))
    if arrived.apart:
        said.append(_("Some of its images lie here under another patient record; both stay apart."))
    return " ".join(said)
