"""What the command line writes to share: slides of a case or a meeting, and case bundles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tumorboard.app.file_names import check_name
from tumorboard.app.guidance import Guidance
from tumorboard.app.headless import must_hold_store
from tumorboard.app.settings import Settings
from tumorboard.app.shared_case import CaseReader, case_named
from tumorboard.app.told import refuse_doubts
from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.deck import Deck
from tumorboard.reports.identity import Choice
from tumorboard.reports.slides import PRESENTATION, slides_bytes, write_slides
from tumorboard.ui.sharing.slides import case_deck, meeting_deck, stored_inputs
from tumorboard.ui.shell.application import has_display, start_qt
from tumorboard.whole_file import write_whole


def _reader(folder: Path, answers: Choice | None) -> CaseReader:
    must_hold_store(folder)
    return CaseReader(folder, Guidance(folder), Settings().author, answers)


@dataclass(frozen=True)
class WantedSlides:
    """What slides are to be written: as PDF, for PowerPoint, or both, and what they may tell."""

    pdf: Path | None = None
    pptx: Path | None = None
    identity: bool = False
    all_pages: bool = False
    answers: Choice | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files to write."""
        return tuple(path for path in (self.pdf, self.pptx) if path is not None)

    def check(self, people: Iterable[Patient]) -> None:
        """Refuse names that tell who a case is about, and endings that mislead."""
        if self.pptx is not None and self.pptx.suffix.lower() != PRESENTATION:
            raise UserError(
                _("“{name}” is no name of a PowerPoint file.", name=self.pptx.name),
                _("Let it end in .pptx."),
            )
        held = tuple(people)
        for path in self.files:
            check_name(path, held, with_identity=self.identity)

    def write(self, deck: Deck) -> None:
        """Write the files, each whole or not at all."""
        if self.pdf is not None:
            write_whole(self.pdf, slides_bytes(deck))
        if self.pptx is not None:
            write_slides(deck, self.pptx)


def write_case_slides(folder: Path, label: str, wanted: WantedSlides, reporter: Reporter) -> None:
    """Write the slides of the case with this label.

    Raises
    ------
    UserError
        When there is no such case, the file cannot be written, or its name tells who the case
        is about though identity is not wanted.

    """
    application = start_qt(offscreen=not has_display())
    with _reader(folder, wanted.answers) as reader:
        shared = reader.read(case_named(reader.store, label))
        wanted.check(shared.people)
        if not wanted.identity:
            refuse_doubts(reader.store, (shared.case.uid,), wanted.answers)
        decided = reader.decided(shared, with_identity=wanted.identity)
        inputs = stored_inputs(reader, shared, with_identity=wanted.identity)
        wanted.write(case_deck(inputs, decided, reporter, all_pages=wanted.all_pages))
    del application


def write_meeting_slides(
    folder: Path, meeting: tuple[str, str], wanted: WantedSlides, reporter: Reporter
) -> None:
    """Write the slides of the meeting on a day and its start; the errors are those above."""
    from tumorboard.app.meeting_papers import find_meeting

    application = start_qt(offscreen=not has_display())
    with _reader(folder, wanted.answers) as reader:
        found = find_meeting(reader.store, *meeting)
        wanted.check(reader.people_of(found))
        if not wanted.identity:
            uids = [item.case_uid for item in found.items]
            refuse_doubts(reader.store, uids, wanted.answers, found.items)
        asked = {"with_identity": wanted.identity, "all_pages": wanted.all_pages}
        wanted.write(meeting_deck(reader, found.uid, reporter, **asked))
    del application


def write_bundle_of(
    folder: Path,
    label: str,
    path: Path,
    reporter: Reporter,
    *,
    identity: bool,
    answers: Choice | None = None,
) -> None:
    """Write the bundle of the case with this label; the errors are those above."""
    from tumorboard.ui.sharing.bundle_work import write_case_bundle

    application = start_qt(offscreen=not has_display())
    with _reader(folder, answers) as reader:
        uid = case_named(reader.store, label)
        if not identity:
            refuse_doubts(reader.store, (uid,), answers)
        write_case_bundle(reader, uid, path, reporter, with_identity=identity)
    del application
