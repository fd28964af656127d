"""The commands that write papers about cases and meetings, and case bundles."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.slide_commands import add_identity, add_slides, answers_of
from tumorboard.terminal import DONE, guided_store, must_differ, say, terminal_reporter
from tumorboard.text import line, lines

#: Adds a command: its name, what it does, what it is good for.
Add = Callable[..., argparse.ArgumentParser]


def add_paper_commands(commands: Any, add: Add) -> None:
    """Add the commands to those of the program."""
    _add_report(commands, add)
    _add_minutes(commands, add)
    add_slides(commands, add)
    bundle = add(commands, "bundle", _bundle, _("write a case as one file for others"))
    bundle.add_argument("case", metavar="CASE", help=_("label of the case"))
    bundle.add_argument(
        "--out", type=Path, required=True, metavar="FILE.zip", help=_("file to write")
    )
    add_identity(bundle)


def _add_report(commands: Any, add: Add) -> None:
    report = add(commands, "report", _report, _("write the board report of a case"))
    report.add_argument(
        "case", metavar="CASE", help=_("label of the case, as the worklist shows it")
    )
    report.add_argument("--pdf", type=Path, metavar="FILE", help=_("write a PDF"))
    report.add_argument("--html", type=Path, metavar="FILE", help=_("write HTML"))
    report.add_argument("--paper", choices=("A4", "Letter"), default="A4")
    report.add_argument("--radiology", action="store_true", help=_("print the radiology report"))
    add_identity(report)


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
    add_identity(minutes)
    minutes.add_argument("--paper", choices=("A4", "Letter"), default="A4")


def _report(options: argparse.Namespace) -> int:
    if options.radiology:
        from tumorboard.app.radiology_text import radiology_text

        text = radiology_text(
            *(guided_store(options), options.case),
            told=options.identity,
            answers=answers_of(options),
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
        answers=answers_of(options),
    ):
        say(_("Written: {file}", file=line(str(path))))
    return DONE


def _bundle(options: argparse.Namespace) -> int:
    from tumorboard.ui.sharing.command_line import write_bundle_of

    folder, reporter = guided_store(options), terminal_reporter()
    write_bundle_of(
        *(folder, options.case, options.out, reporter),
        identity=options.identity,
        answers=answers_of(options),
    )
    say(_("Written: {file}", file=line(str(options.out))))
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

    wanted = Wanted(options.day, options.start, files, options.identity, answers_of(options))
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
        say(_("Written: {file}", file=line(str(file))))
    return DONE
