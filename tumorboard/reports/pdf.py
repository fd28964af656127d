"""The board report as PDF: deals the sheet out on pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from tumorboard.language import _
from tumorboard.reports.blocks import Block
from tumorboard.reports.context import ReportContext
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.letters import lacking_letters
from tumorboard.reports.paper import Running, paginate, paper_bytes, write_paper
from tumorboard.reports.sheet import board_sheet

__all__ = ["board_pages", "paginate", "pdf_bytes", "write_pdf"]

#: A last page filled less than this is worth closer sections, at gaps in points.
_NEARLY_EMPTY: Final = 0.2
_CLOSER_GAPS: Final = (6.0, 4.5)


def write_pdf(context: ReportContext, path: Path, paper: str = "A4") -> None:
    """Write the report as PDF, whole or not at all.

    Needs a QGuiApplication; may run in any thread. The file's metadata name the case by
    its label only.

    Parameters
    ----------
    context
        The content.
    path
        The file; one that is there is replaced.
    paper
        "A4" or "Letter".

    Raises
    ------
    UserError
        When the paper is not known or the file cannot be written.

    """
    write_paper(path, partial(board_pages, context), _running(context), paper)


def pdf_bytes(context: ReportContext, paper: str = "A4") -> bytes:
    """Return the report as the bytes of a PDF file."""
    return paper_bytes(partial(board_pages, context), _running(context), paper)


def _running(context: ReportContext) -> Running:
    colophon = context.colophon
    return Running(
        _("Board report {label}", label=context.label),
        _("Tumorboard {program_version}", program_version=colophon.program_version),
        _(
            "Tumour board report · {label} · {confidentiality}",
            label=context.label,
            confidentiality=confidentiality(context.with_identity),
        ),
        colophon.intended_use,
        _(
            "Guideline {guideline_short} · audit head {audit_short}",
            guideline_short=colophon.guideline_short,
            audit_short=colophon.audit_short,
        ),
        lacking_letters(context),
    )


def board_pages(context: ReportContext, width: float, room: float) -> list[Block]:
    """Deal the report out; closer sections rather than a last page with a few lines."""
    loose = paginate(board_sheet(context), width, room)
    for gap in _CLOSER_GAPS:
        if len(loose) == 1 or loose[-1].height(width) > room * _NEARLY_EMPTY:
            break
        closer = paginate(board_sheet(context, gap), width, room)
        if len(closer) < len(loose):
            return closer
    return loose
