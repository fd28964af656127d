"""Gathers the board report of the open case: facts, assessment and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from tumorboard import __version__
from tumorboard.annotations.model import utc_now
from tumorboard.app.identity import names_of
from tumorboard.app.images import ImageService, OpenSeries
from tumorboard.app.told import told, told_case, withholding_of
from tumorboard.app.workspace import Workspace
from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Case, Patient
from tumorboard.errors import UserError
from tumorboard.guidelines.assessment import Assessment
from tumorboard.imaging.view_cut import cut_words
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.context import KeyImage, ReportContext, report_context
from tumorboard.reports.html import write_html
from tumorboard.reports.identity import Choice, Withholding
from tumorboard.reports.measured import series_words
from tumorboard.reports.pdf import write_pdf
from tumorboard.ui.key_images.report import Shot, measured_on, picture, shots_of
from tumorboard.ui.viewer.snapshot import png


@dataclass(frozen=True)
class ReportInputs:
    """What a report is made of; taken in the window's thread, used in a worker.

    ``people`` is whom the case is about, by all names. Without ``with_identity`` case, facts and
    assessment are as they may be told, so that no word and no pixel tells who that is.
    """

    case: Case
    facts: FactSheet
    assessment: Assessment
    audit_head: str
    author: str
    shots: tuple[tuple[Shot, OpenSeries], ...]
    fused: Mapping[str, OpenSeries] = field(default_factory=dict)
    people: tuple[Patient, ...] = ()
    withheld: Withholding = field(default_factory=lambda: Withholding(()))
    with_identity: bool = False


def report_inputs(
    workspace: Workspace, *, with_identity: bool = False, answers: Choice | None = None
) -> ReportInputs:
    """Take everything that the report of the open case needs.

    ``answers`` is what holds for every word that may be a name, where nobody can be asked.

    Raises
    ------
    UserError
        When no case is open.

    """
    session = workspace.session
    case, assessment = session.case, session.assessment
    if case is None or not isinstance(assessment, Assessment):
        raise UserError(_("No case is open."), _("Choose one in the list on the left."))
    people, store, facts = names_of(session.store, case), session.store, session.facts
    withheld = withholding_of(store, case, answers=answers)
    if not with_identity:
        case, facts = told_case(store, case, withheld), told(facts, withheld)
        assessment = told(assessment, withheld)
    shots, fused = opened_shots(case, workspace.images)
    if not with_identity:
        refuse_burned_in(case, shots, fused)
    return ReportInputs(
        *(case, facts, assessment, store.head, session.author, shots, fused),
        *(people, withheld, with_identity),
    )


def opened_shots(
    case: Case, images: ImageService
) -> tuple[tuple[tuple[Shot, OpenSeries], ...], dict[str, OpenSeries]]:
    """Open the series that the pictures of a case need; one that is gone is left out."""
    shots: list[tuple[Shot, OpenSeries]] = []
    fused: dict[str, OpenSeries] = {}
    for shot in shots_of(case):
        try:
            if shot.fused_key and shot.fused_key not in fused:
                fused[shot.fused_key] = images.open(shot.fused_key)
            shots.append((shot, images.open(shot.series_key)))
        except UserError:  # a report without one picture is better than none
            continue
    return tuple(shots), fused


def refuse_burned_in(
    case: Case, shots: Sequence[tuple[Shot, OpenSeries]], fused: Mapping[str, OpenSeries]
) -> None:
    """Refuse pictures into which words are burned: nobody knows whom they name.

    Raises
    ------
    UserError
        With the series, and what to do.

    """
    opened = {shot.series_key: found for shot, found in shots} | dict(fused)
    named = [
        series_words(case, key) for key, found in opened.items() if found.volume.has_burned_in_words
    ]
    if named:
        raise UserError(
            _(
                "Words are burned into pictures of {series}: they may name the patient.",
                series="; ".join(named),
            ),
            _("Delete their key images, or have identity on the paper."),
        )


def build_report(inputs: ReportInputs, reporter: Reporter) -> ReportContext:
    """Load what the pictures need, paint them, and return the report; for any thread.

    Raises
    ------
    CancelledError
        When the user cancelled.

    """
    images = [_of_view(inputs, shots, reporter) for shots in _views(inputs.shots)]
    return report_context(
        inputs.case,
        inputs.facts,
        inputs.assessment,
        images,
        audit_head=inputs.audit_head,
        program_version=__version__,
        created_utc=utc_now(),
        author=inputs.author,
        with_identity=inputs.with_identity,
        withheld=inputs.withheld,
    )


_Shots = Sequence[tuple[Shot, OpenSeries]]


def _views(shots: _Shots) -> list[_Shots]:
    """Return the shots that stand side by side together, each of the others alone."""
    named = groupby(enumerate(shots), key=lambda item: item[1][0].view_uid or item[0])
    return [[shot for _, shot in group] for _, group in named]


def _of_view(inputs: ReportInputs, shots: _Shots, reporter: Reporter) -> KeyImage:
    images = [_key_image(inputs, shot, opened, reporter) for shot, opened in shots]
    cuts = [_sampled(shot, opened) for shot, opened in shots]
    if len(images) == 1:
        return replace(images[0], caption=_with(images[0].caption, cuts[0]))
    told = [replace(i, series=_with(i.series, cut)) for i, cut in zip(images, cuts, strict=True)]
    return replace(told[0], beside=tuple(told[1:]))


def _sampled(shot: Shot, opened: OpenSeries) -> str:
    """Return how a kept picture was cut where it shows no stored slice: turned, or a slab."""
    if shot.saved is None or shot.saved.curve is not None or shot.saved.spec.is_plain:
        return ""
    return cut_words(opened.volume, shot.saved.spec)


def _with(words: str, cut: str) -> str:
    """Return words with those of the cut that they do not say already."""
    missing = [part for part in cut.split(" · ") if part and part not in words]
    return " · ".join(part for part in (words, *missing) if part)


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
    return KeyImage(
        *(png(painted), shot.caption, width, height),
        series=series_words(inputs.case, shot.series_key),
        measured=measured_on(opened.volume, inputs.case, shot),
    )


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
