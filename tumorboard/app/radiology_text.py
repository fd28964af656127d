"""The radiology report of a stored case as text, without a window."""

from __future__ import annotations

from pathlib import Path

from tumorboard.app.case_repository import can_be_written
from tumorboard.app.headless import must_hold_store
from tumorboard.app.settings import Settings
from tumorboard.app.shared_case import case_named
from tumorboard.app.told import refuse_doubts, told_case, withholding_of
from tumorboard.app.workspace import Workspace
from tumorboard.case.radiology_report import first_text, kept_lines, radiology_report
from tumorboard.case.report_text import Basis
from tumorboard.guidelines.assessment import level_words
from tumorboard.reports.identity import Choice
from tumorboard.reports.written import in_words


def radiology_text(
    folder: Path, label: str, *, told: bool = False, answers: Choice | None = None
) -> str:
    """Return the radiology report of a stored case: as a reader kept it, else as it is made.

    What was measured on outlines and vessels is told as far as it is recorded. Who the case is
    about is withheld unless ``told``.

    Raises
    ------
    UserError
        When there is no store in the folder, no such case, or a word in it may be a name and
        ``answers`` do not say what to do with it.

    """
    must_hold_store(folder)
    workspace = Workspace(folder, Settings().author, read_only=not can_be_written(folder))
    try:
        session = workspace.session
        case = session.open_case(case_named(session.store, label))
        level = level_words(session.assessment)
        facts, derived = session.facts, session.derived
        if not told:
            refuse_doubts(session.store, (case.uid,), answers)
            withheld = withholding_of(session.store, case, answers=answers)
            case = told_case(session.store, case, withheld)
            facts, derived = in_words(facts, withheld), in_words(derived, withheld)
        made = radiology_report(case, Basis(facts, level, derived=derived))
        return "\n".join(kept_lines(case, made)) or first_text(case, made)
    finally:
        workspace.close()
