"""Gathers the board report of the open case: facts, assessment and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard import __version__
from tumorboard.annotations.model import utc_now
from tumorboard.app.workspace import Workspace
from tumorboard.errors import UserError
from tumorboard.progress import Reporter
from tumorboard.reports.context import KeyImage, ReportContext, report_context
from tumorboard.ui.key_images import picture, png, shots_of

if TYPE_CHECKING:
    from tumorboard.case.model import Case


def report_of_open_case(workspace: Workspace, reporter: Reporter | None = None) -> ReportContext:
    """Return the report of the open case, its pictures painted now.

    Raises
    ------
    UserError
        When no case is open.

    """
    session = workspace.session
    case = session.case
    if case is None:
        raise UserError("No case is open.", "Choose one in the list on the left.")
    return report_context(
        case,
        session.facts,
        session.assessment,
        key_images(workspace, case, reporter or Reporter()),
        audit_head=session.audit_head,
        program_version=__version__,
        created_utc=utc_now(),
        author=session.author,
    )


def key_images(workspace: Workspace, case: Case, reporter: Reporter) -> list[KeyImage]:
    """Return the pictures of a case; one whose images are gone is left out."""
    images = []
    for shot in shots_of(case):
        try:
            opened = workspace.images.open(shot.series_key)
        except UserError:
            continue
        opened.load(reporter)
        painted = picture(opened.volume, case, shot)
        ratio = painted.devicePixelRatio()
        size = (round(painted.width() / ratio), round(painted.height() / ratio))
        images.append(KeyImage(png(painted), shot.caption, *size))
    return images


def save(
    context: ReportContext, pdf: Path | None, html: Path | None, paper: str = "A4"
) -> list[Path]:
    """Write the report as PDF, HTML or both.

    Raises
    ------
    UserError
        When a file cannot be written.

    """
    from tumorboard.reports.html import write_html
    from tumorboard.reports.pdf import write_pdf

    written = []
    if pdf is not None:
        write_pdf(context, pdf, paper)
        written.append(pdf)
    if html is not None:
        write_html(context, html)
        written.append(html)
    return written
