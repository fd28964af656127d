"""The decisions of a meeting as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from tumorboard.language import _
from tumorboard.reports.meeting_content import MeetingCase, MeetingPapers
from tumorboard.whole_file import write_whole

_IDENTITY: Final = (_("Name"), _("Identifier"), _("Date of birth"))
_COLUMNS: Final = (
    _("Case"),
    _("Question"),
    _("State"),
    _("Recommendation"),
    _("Intent"),
    _("Agreement"),
    _("Responsible"),
    _("Due"),
    _("Deferred because"),
    _("Signed by"),
    _("Signed"),
    _("Version"),
    _("Digest of the record"),
)
#: What makes a spreadsheet compute a cell, also in its wide forms, or part it in two.
_FORMULA: Final = "=+-@\t\r\n|%＝＋－＠"


def decisions_csv(papers: MeetingPapers) -> bytes:
    """Return one line a case: UTF-8 with byte order mark, comma, quoted throughout.

    A cell that a spreadsheet would take for a formula begins with an apostrophe, which
    shows it as text.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow((*(_IDENTITY if papers.with_identity else ()), *_COLUMNS))
    for case in papers.cases:
        who = case.identity
        told = (who.name, who.identifier, who.born) if papers.with_identity else ()
        writer.writerow([safe_cell(cell) for cell in (*told, *_cells(case))])
    return text.getvalue().encode("utf-8-sig")


def write_csv(papers: MeetingPapers, path: Path) -> None:
    """Write the table, whole or not at all.

    Raises
    ------
    UserError
        When the file cannot be written.

    """
    write_whole(path, decisions_csv(papers))


def safe_cell(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, also where it looks like a formula."""
    return f"'{cell}" if cell.lstrip()[:1] in tuple(_FORMULA) else cell


def _cells(case: MeetingCase) -> tuple[str, ...]:
    decided = case.decided
    if decided is None:
        return (case.label, case.question, _("no decision"), *[""] * (len(_COLUMNS) - 3))
    signed = decided.signature
    state = _("deferred") if decided.deferred_because else _("recommended")
    return (
        case.label,
        case.question,
        state if signed is not None else _("{state}, not signed", state=state),
        "; ".join(decided.recommendation),
        decided.intent,
        decided.agreement,
        decided.responsible,
        decided.due,
        decided.deferred_because,
        signed.author if signed else "",
        signed.time if signed else "",
        str(signed.version) if signed else "",
        signed.digest if signed else "",
    )
