"""The demonstration cases in the store that one works in: put there, and put away again.

Each is marked by a remark and by its label, so that nobody takes it for a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tumorboard.app.case_repository import CaseRepository
from tumorboard.app.guidance import Guidance
from tumorboard.app.session import Session
from tumorboard.app.worklist import set_archived
from tumorboard.case.annotation_facts import derive
from tumorboard.demo.demonstration import READER, add_case, disk_errors, make_images
from tumorboard.demo.phantom.cases import Demonstration, demonstrations
from tumorboard.language import _
from tumorboard.progress import Reporter

#: The remark that marks a demonstration case; its value is the label in the data of the case.
MARK: Final = "demonstration"


def put_demonstration(
    store: Path,
    images: Path,
    reporter: Reporter,
    cases: Sequence[Demonstration] | None = None,
) -> int:
    """Put the demonstration cases into a store; for a worker, beside whoever has it open.

    Cases that are there stay as they are, and come back to the worklist. Each comes whole or not
    at all. Returns how many came or came back. ``images`` is the folder of the computed images.

    Raises
    ------
    UserError
        When the store or the images cannot be written.
    CancelledError
        When the reporter was asked to stop.

    """
    wanted = demonstrations() if cases is None else tuple(cases)
    with disk_errors():
        made = make_images(images, wanted, reporter)
    came = 0
    with CaseRepository.beside(store) as repository:
        session = Session(repository, READER, derive, Guidance(store).assess)
        held = {label: uid for uid, label in repository.cases.remarked(MARK).items()}
        away = repository.cases.archived()
        for number, case in enumerate(wanted):
            reporter.step(_("Demonstration cases"), number, len(wanted))
            uid = held.get(case.label, "")
            if not uid:
                label = _("Demonstration {label}", label=case.label)
                named = replace(case, label=label)
                add_case(session, made, named, reporter, (MARK, case.label))
            elif uid in away:
                session.open_case(uid)
                set_archived(session, archived=False)
            came += not uid or uid in away
    return came


def marked(store: CaseRepository) -> frozenset[str]:
    """Return the UIDs of the demonstration cases that are not archived."""
    return frozenset(store.cases.remarked(MARK)) - store.cases.archived()


def archive_demonstration(store: CaseRepository, author: str) -> int:
    """Put the demonstration cases away; return how many there were.

    None of them may be open meanwhile. What was done on them stays, as of every case.

    Raises
    ------
    UserError
        When the store cannot be written.

    """
    session = Session(store, author)
    uids = marked(store)
    for uid in sorted(uids):
        session.open_case(uid)
        set_archived(session, archived=True)
    return len(uids)
