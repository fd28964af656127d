"""Gathers a case bundle in a worker: pages, pictures and data of one stored case."""

from __future__ import annotations

from pathlib import Path

from tumorboard.app.bundle import data_members, write_bundle
from tumorboard.app.bundle_format import INDEX, REPORT, SLIDES, image_name
from tumorboard.app.file_names import check_name
from tumorboard.app.shared_case import CaseReader
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.context import KeyImage, ReportContext
from tumorboard.reports.deck import CaseSlides, Deck
from tumorboard.reports.html import Linked, render_html
from tumorboard.reports.meeting_content import Decided
from tumorboard.reports.pdf import pdf_bytes
from tumorboard.reports.slides import slides_bytes
from tumorboard.ui.sharing.board_report import build_report
from tumorboard.ui.sharing.slides import stored_inputs


def write_case_bundle(
    reader: CaseReader, case_uid: str, path: Path, reporter: Reporter, *, with_identity: bool
) -> None:
    """Write the bundle of a stored case; needs a QGuiApplication, runs in any thread.

    Raises
    ------
    UserError
        When the case cannot be read, the file cannot be written, or its name tells who the
        case is about though identity is not wanted.
    CancelledError
        When the reporter was asked to stop.

    """
    shared = reader.read(case_uid)
    check_name(path, shared.people, with_identity=with_identity)
    decided = reader.decided(shared, with_identity=with_identity)
    inputs = stored_inputs(reader, shared, with_identity=with_identity)
    report = build_report(inputs, reporter)
    members = paper_members(report, decided, reporter)
    data = data_members(reader.store, shared, with_identity=with_identity)
    write_bundle(path, {**members, **data}, reader.author, reporter, with_identity=with_identity)


def paper_members(
    report: ReportContext, decided: Decided | None, reporter: Reporter
) -> dict[str, bytes]:
    """Return the files for people: index, report, slides, key images."""
    deck = Deck(
        *(_("Slides {label}", label=report.label), (), (CaseSlides(report, decided),)),
        *(report.colophon.program_version, report.with_identity),
    )
    every = [(view, picture) for view in report.images for picture in view.pictures]
    images = {image_name(n): picture.png for n, (__, picture) in enumerate(every, start=1)}
    links = [
        Linked(REPORT, _("Board report, to print")),
        Linked(SLIDES, _("Slides, to show")),
        *(
            Linked(name, _("Key image: {view}", view=_words(view, picture)))
            for name, (view, picture) in zip(images, every, strict=True)
        ),
    ]
    reporter.step(_("Writing the report"), 0, 0)
    return {
        INDEX: render_html(report, links, decided).encode(),
        REPORT: pdf_bytes(report),
        SLIDES: slides_bytes(deck, reporter),
        **images,
    }


def _words(view: KeyImage, picture: KeyImage) -> str:
    """Return the caption of a view, with the images shown where it has several pictures."""
    caption = view.caption or _("without a caption")
    return f"{caption} · {picture.series}" if view.beside and picture.series else caption
