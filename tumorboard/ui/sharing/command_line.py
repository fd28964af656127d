"""What the command line writes to share: slides of a case or a meeting, and case bundles."""

from __future__ import annotations

from pathlib import Path

from tumorboard.app.file_names import check_name
from tumorboard.app.guidance import Guidance
from tumorboard.app.headless import must_hold_store
from tumorboard.app.settings import Settings
from tumorboard.app.shared_case import CaseReader, case_named
from tumorboard.app.told import refuse_doubts
from tumorboard.progress import Reporter
from tumorboard.reports.identity import Choice
from tumorboard.reports.slides import write_slides
from tumorboard.ui.sharing.slides import case_deck, meeting_deck, stored_inputs
from tumorboard.ui.shell.application import has_display, start_qt


def _reader(folder: Path, answers: Choice | None) -> CaseReader:
    must_hold_store(folder)
    return CaseReader(folder, Guidance(folder), Settings().author, answers)


def write_case_slides(
    folder: Path,
    label: str,
    path: Path,
    reporter: Reporter,
    *,
    identity: bool,
    answers: Choice | None = None,
) -> None:
    """Write the slides of the case with this label.

    Raises
    ------
    UserError
        When there is no such case, the file cannot be written, or its name tells who the case
        is about though identity is not wanted.

    """
    application = start_qt(offscreen=not has_display())
    with _reader(folder, answers) as reader:
        shared = reader.read(case_named(reader.store, label))
        check_name(path, shared.people, with_identity=identity)
        if not identity:
            refuse_doubts(reader.store, (shared.case.uid,), answers)
        decided = reader.decided(shared, with_identity=identity)
        inputs = stored_inputs(reader, shared, with_identity=identity)
        write_slides(case_deck(inputs, decided, reporter), path)
    del application


def write_meeting_slides(
    folder: Path,
    meeting: tuple[str, str],
    path: Path,
    reporter: Reporter,
    *,
    identity: bool,
    answers: Choice | None = None,
) -> None:
    """Write the slides of the meeting on a day and its start; the errors are those above."""
    from tumorboard.app.meeting_papers import find_meeting

    application = start_qt(offscreen=not has_display())
    with _reader(folder, answers) as reader:
        found = find_meeting(reader.store, *meeting)
        check_name(path, reader.people_of(found), with_identity=identity)
        if not identity:
            uids = [item.case_uid for item in found.items]
            refuse_doubts(reader.store, uids, answers, found.items)
        deck = meeting_deck(reader, found.uid, reporter, with_identity=identity)
        write_slides(deck, path)
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
