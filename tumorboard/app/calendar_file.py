"""The follow-up of a case as a calendar file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.case.dates import date_of
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.guidelines.dates import follow_up_ics

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import FollowUp

_PROVISIONAL = ("003_provisional", "003_R2")


def write_follow_up(path: Path, case: Case, follow_up: FollowUp | None) -> None:
    """Write the visits of a case from its day of surgery; the file names no patient.

    Raises
    ------
    UserError
        When no schedule applies, the day of surgery is not entered, or the file cannot be
        written.

    """
    if follow_up is None or not follow_up.visits:
        raise UserError(
            "No follow-up schedule applies to what is recorded.",
            "State the phase, the resection and the histology first.",
        )
    surgery = date_of(case, "date:surgery")
    if surgery is None:
        raise UserError(
            "The visits cannot be dated.", "Enter the day of surgery in the facts first."
        )
    text = follow_up_ics(
        follow_up.visits,
        surgery,
        case_uid=case.uid,
        visit_text=follow_up.visit_text,
        title=f"Follow-up {case.label}".strip(),
        provisional=follow_up.key in _PROVISIONAL,
    )
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be written.", "Choose another folder, or free some space."
        ) from error
