"""The commands that write papers about cases and meetings, and case bundles."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.terminal import DONE, guided_store, must_differ, say, terminal_reporter
from tumorboard.text import line, lines

if TYPE_CHECKING:
    from tumorboard.reports.identity import Choice

_IDENTITY = _("name the patients (the default withholds them)")
#: Adds a command: its name, what it does, what it is good for.
Add = Callable[..., argparse.ArgumentParser]


def add_paper_commands(commands: Any, add: Add) -> None:
    """Add the commands to those of the program."""
    _add_report(commands, add)
    _add_minutes(commands, add)
    _add_slides(commands, add)
    bundle = add(commands, "bundle", _bundle, _("write a case as one file for others"))
    bundle.add_argument("case", metavar="CASE", help=_("label of the case"))
    bundle.add_argument(
        "--out", type=Path, required=True, metavar="FILE.zip", help=_("file to write")
    )
    _add_identity(bundle)


def _add_report(commands: Any, add: Add) -> None:
    report = add(commands, "report", _report, _("write the board report of a case"))
    report.add_argument(
        "case", metavar="CASE", help=_("label of the case, as the worklist shows it")
    )
    report.add_argument("--pdf", type=Path, metavar="FILE", help=_("write a PDF"))
    report.add_argument("--html", type=Path, metavar="FILE", help=_("write HTML"))
    report.add_argument("--paper", choices=("A4", "Letter"), default="A4")
    report.add_argument("--radiology", action="store_true", help=_("print the radiology report"))
    _add_identity(report)


def _add_minutes(commands: Any, add: Add) -> None:
    """Add the papers of a meeting."""
    minutes = add(commands, "minutes", _minutes, _("write the agenda and minutes of a meeting"))
    minutes.add_argument("day", metavar="MEETING_DATE", help=_("day of the meeting: 2026-11-27"))
    minutes.add_argument(
        "--start", default="", metavar="HH:MM", help=_("which, if several that day")
    )
    minutes.add_argument("--pdf", type=Path, metavar="FILE", help=_("write the minutes as PDF"))
    minutes.add_argument(
        "--csv", type=Path, metavar="FILE", help=_("write a table of the decisions")
    )
    minutes.add_argument("--agenda", type=Path, metavar="FILE", help=_("write the agenda as PDF"))
    _add_identity(minutes)
    minutes.add_argument("--paper", choices=("A4", "Letter"), default="A4")


def _add_slides(commands: Any, add: Add) -> None:
    """Add slides of a case or a whole meeting."""
    slides = add(commands, "slides", _slides, _("write slides (PDF 16:9) of a case or a meeting"))
    slides.add_argument("case", nargs="?", default="", metavar="CASE", help=_("label of the case"))
    slides.add_argument(
        "--meeting", default="", metavar="DATE", help=_("all cases of this meeting")
    )
    slides.add_argument(
        "--start", default="", metavar="HH:MM", help=_("which, if several that day")
    )
    slides.add_argument("--pdf", type=Path, required=True, metavar="FILE", help=_("file to write"))
    _add_identity(slides)


def _add_identity(paper: argparse.ArgumentParser) -> None:
    """Add what a paper may tell of its patient."""
    paper.add_argument("--identity", action="store_true", help=_IDENTITY)
    paper.add_argument(
        "--words-that-are-names",
        choices=("blank", "keep"),
        help=_("what to do with words that are a name of the patient too, such as May"),
    )


def _answers(options: argparse.Namespace) -> Choice | None:
    from tumorboard.reports.identity import Choice

    return None if options.words_that_are_names is None else Choice(options.words_that_are_names)


def _report(options: argparse.Namespace) -> int:
    if options.radiology:
        from tumorboard.app.radiology_text import radiology_text

        text = radiology_text(
            *(guided_store(options), options.case),
            told=options.identity,
            answers=_answers(options),
        )
        say(lines(text))
        return DONE
    if options.pdf is None and options.html is None:
        raise UserError(_("No file to write was named."), _("Add --pdf FILE or --html FILE."))
    must_differ(options.pdf, options.html)
    from tumorboard.ui.shell.application import write_report

    for path in write_report(
        guided_store(options),
        options.case,
        (options.pdf, options.html),
        options.paper,
        identity=options.identity,
        answers=_answers(options),
    ):
        say(f"Written: {line(str(path))}")
    return DONE


def _slides(options: argparse.Namespace) -> int:
    if bool(options.case) == bool(options.meeting):
        raise UserError(
            _("Slides are of a case or of a meeting."), _("Name a case, or add --meeting.")
        )
    from tumorboard.ui.sharing.command_line import write_case_slides, write_meeting_slides

    folder, reporter, told = guided_store(options), terminal_reporter(), options.identity
    if options.case:
        write_case_slides(
            *(folder, options.case, options.pdf, reporter),
            identity=told,
            answers=_answers(options),
        )
    else:
        write_meeting_slides(
            *(folder, (options.meeting, options.start), options.pdf, reporter),
            identity=told,
            answers=_answers(options),
        )
    say(f"Written: {line(str(options.pdf))}")
    return DONE


def _bundle(options: argparse.Namespace) -> int:
    from tumorboard.ui.sharing.command_line import write_bundle_of

    folder, reporter = guided_store(options), terminal_reporter()
    write_bundle_of(
        *(folder, options.case, options.out, reporter),
        identity=options.identity,
        answers=_answers(options),
    )
    say(f"Written: {line(str(options.out))}")
    return DONE


def _minutes(options: argparse.Namespace) -> int:
    files = tuple(f for f in (options.agenda, options.pdf, options.csv) if f is not None)
    if not files:
        raise UserError(
            _("No file to write was named."), _("Add --pdf FILE, --csv FILE or --agenda FILE.")
        )
    must_differ(*files)
    from tumorboard.app.meeting_papers import Wanted, stored_papers
    from tumorboard.app.settings import Settings
    from tumorboard.reports.agenda import write_agenda
    from tumorboard.reports.decisions_csv import write_csv
    from tumorboard.reports.minutes import write_minutes
    from tumorboard.ui.shell.application import has_display, start_qt

    wanted = Wanted(options.day, options.start, files, options.identity, _answers(options))
    papers = stored_papers(guided_store(options), wanted, Settings().author)
    application = start_qt(offscreen=not has_display())
    if options.agenda is not None:
        write_agenda(papers, options.agenda, options.paper)
    if options.pdf is not None:
        write_minutes(papers, options.pdf, options.paper)
    if options.csv is not None:
        write_csv(papers, options.csv)
    del application
    for file in files:
        say(f"Written: {line(str(file))}")
    return DONE
