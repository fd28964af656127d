"""Whether cases are ready for the board: reads many cases at once, for a worker thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.app.case_repository import AWAITED, CaseRepository, open_body
from tumorboard.app.session import Session
from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Case
from tumorboard.case.readiness import READ, Light, lights, newest_series
from tumorboard.errors import UserError
from tumorboard.language import N_, _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository

Lights = tuple[Light, ...]


def case_lights(store: CaseRepository, case: Case, question: str = "") -> Lights:
    """Return the lights of a stored case; ``question`` is that of the agenda, if it has one.

    Looks at the files of its newest series.
    """
    facts = FactSheet({**store.cases.load_derived(case.uid), **case.facts.facts})
    asked = replace(case, question=question.strip() or case.question)

    def loadable(key: str) -> bool | None:
        packed = store.series.packed_of(key)
        return None if packed is None else files_are_there(packed)

    return lights(asked, facts, loadable)


def files_are_there(packed: bytes) -> bool | None:
    """Whether all files of a series are there; None when its record tells nothing."""
    from tumorboard.dicom.series import Series
    from tumorboard.dicom.state import file_state

    try:
        body = open_body(packed)
        return body != AWAITED and not file_state(Series.from_json(body)).missing
    except (UserError, KeyError, TypeError, ValueError):
        return None


def lights_of(folder: Path, asked: Mapping[str, str], reporter: Reporter) -> dict[str, Lights]:
    """Return the lights of cases by their UID; for a worker thread.

    ``asked`` are the questions of the agenda by case. A case that cannot be read is left out.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.
    UserError
        When the store cannot be opened.

    """
    found: dict[str, Lights] = {}
    with CaseRepository.beside(folder) as store:
        for done, (uid, question) in enumerate(asked.items()):
            reporter.step(_("Looking at the files"), done, len(asked))
            try:
                case = store.cases.load(uid)
            except UserError:
                continue
            found[uid] = case_lights(store, case, question)
    return found


def records_of_newest(session: Session, case: Case) -> dict[str, bytes]:
    """Return what `there` looks at: the records of the newest series of a case."""
    keys = [ref.series_instance_uid for ref in newest_series(case)]
    return {key: packed for key in keys if (packed := session.series_record(key)) is not None}


def there(records: Mapping[str, bytes], reporter: Reporter) -> dict[str, bool | None]:
    """Return whether the files of series are there, by their key; for a worker thread.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    found: dict[str, bool | None] = {}
    for done, (key, packed) in enumerate(records.items()):
        reporter.step(_("Looking at the files"), done, len(records))
        found[key] = files_are_there(packed)
    return found


def confirm_reading(session: Session) -> None:
    """Note that the author of the session has read the images of the open case.

    Raises
    ------
    UserError
        When no case is open or the store cannot be written.

    """
    session.set_remark(READ, "yes", label=N_("Confirm the reading"))


def withdraw_reading(session: Session) -> None:
    """Take the confirmation of the reading back.

    Raises
    ------
    UserError
        When no case is open or the store cannot be written.

    """
    session.clear_remark(READ, N_("Take the reading back"))
