"""Gathers the board report of the open case: facts, assessment and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tumorboard import __version__
from tumorboard.annotations.model import utc_now
from tumorboard.app.images import OpenSeries
from tumorboard.app.workspace import Workspace
from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Case
from tumorboard.errors import UserError
from tumorboard.guidelines.assessment import Assessment
from tumorboard.progress import Reporter
from tumorboard.reports.context import KeyImage, ReportContext, report_context
from tumorboard.reports.html import write_html
from tumorboard.reports.pdf import write_pdf
from tumorboard.ui.key_images import Shot, picture, png, shots_of


@dataclass(frozen=True)
class ReportInputs:
    """What a report is made of; taken in the window's thread, used in a worker."""

    case: Case
    facts: FactSheet
    assessment: Assessment
    audit_head: str
    author: str
    shots: tuple[tuple[Shot, OpenSeries], ...]
    fused: Mapping[str, OpenSeries] = field(default_factory=dict)


def report_inputs(workspace: Workspace) -> ReportInputs:
    """Take everything that the report of the open case needs.

    Raises
    ------
    UserError
        When no case is open.

    """
    session = workspace.session
    case, assessment = session.case, session.assessment
    if case is None or not isinstance(assessment, Assessment):
        raise UserError("No case is open.", "Choose one in the list on the left.")
    shots, fused = [], {}
    for shot in shots_of(case):
        try:
            if shot.fused_key and shot.fused_key not in fused:
                fused[shot.fused_key] = workspace.images.open(shot.fused_key)
            shots.append((shot, workspace.images.open(shot.series_key)))
        except UserError:  # a report without one picture is better than none
            continue
    return ReportInputs(
        *(case, session.facts, assessment, session.audit_head, session.author, tuple(shots)),
        fused,
    )


def build_report(inputs: ReportInputs, reporter: Reporter) -> ReportContext:
    """Load what the pictures need, paint them, and return the report; for any thread.

    Raises
    ------
    CancelledError
        When the user cancelled.

    """
    images = [_key_image(inputs, shot, opened, reporter) for shot, opened in inputs.shots]
    return report_context(
        inputs.case,
        inputs.facts,
        inputs.assessment,
        images,
        audit_head=inputs.audit_head,
        program_version=__version__,
        created_utc=utc_now(),
        author=inputs.author,
    )


def _key_image(
    inputs: ReportInputs, shot: Shot, opened: OpenSeries, reporter: Reporter
) -> KeyImage:
    opened.load(reporter)
    upper = inputs.fused.get(shot.fused_key)
    if upper is not None:
        upper.load(reporter)
    above = upper.volume if upper is not None else None
    painted = picture(opened.volume, inputs.case, shot, above)
    ratio = painted.devicePixelRatio()
    width, height = round(painted.width() / ratio), round(painted.height() / ratio)
    return KeyImage(png(painted), shot.caption, width, height)


def save_report(
    context: ReportContext, pdf: Path | None, html: Path | None, paper: str = "A4"
) -> list[Path]:
    """Write the report as PDF, HTML or both; return what was written.

    Raises
    ------
    UserError
        When a file cannot be written.

    """
    written = []
    if pdf is not None:
        write_pdf(context, pdf, paper)
        written.append(pdf)
    if html is not None:
        write_html(context, html)
        written.append(html)
    return written
