"""The command that writes slides, and what every paper may be told of its patient."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.terminal import DONE, guided_store, must_differ, say, terminal_reporter
from tumorboard.text import line

if TYPE_CHECKING:
    from tumorboard.reports.identity import Choice


def add_slides(commands: Any, add: Callable[..., Any]) -> None:
    """Add slides of a case or a whole meeting."""
    slides = add(commands, "slides", _slides, _("write slides (16:9) of a case or a meeting"))
    slides.add_argument("case", nargs="?", default="", metavar="CASE", help=_("label of the case"))
    slides.add_argument(
        "--meeting", default="", metavar="DATE", help=_("all cases of this meeting")
    )
    slides.add_argument(
        "--start", default="", metavar="HH:MM", help=_("which, if several that day")
    )
    slides.add_argument("--pdf", type=Path, metavar="FILE", help=_("write them as PDF"))
    slides.add_argument("--pptx", type=Path, metavar="FILE", help=_("write them for PowerPoint"))
    slides.add_argument(
        "--all-pages", action="store_true", help=_("more than six a case where it needs them")
    )
    add_identity(slides)


def add_identity(paper: argparse.ArgumentParser) -> None:
    """Add what a paper may tell of its patient."""
    paper.add_argument(
        "--identity", action="store_true", help=_("name the patients (the default withholds them)")
    )
    paper.add_argument(
        "--words-that-are-names",
        choices=("blank", "keep"),
        help=_("what to do with words that are a name of the patient too, such as May"),
    )


def answers_of(options: argparse.Namespace) -> Choice | None:
    """Return what was answered about words that are names; None where nothing was."""
    from tumorboard.reports.identity import Choice

    return None if options.words_that_are_names is None else Choice(options.words_that_are_names)


def _slides(options: argparse.Namespace) -> int:
    if bool(options.case) == bool(options.meeting):
        raise UserError(
            _("Slides are of a case or of a meeting."), _("Name a case, or add --meeting.")
        )
    if options.pdf is None and options.pptx is None:
        raise UserError(_("No file to write was named."), _("Add --pdf FILE or --pptx FILE."))
    must_differ(options.pdf, options.pptx)
    from tumorboard.ui.sharing.command_line import (
        WantedSlides,
        write_case_slides,
        write_meeting_slides,
    )

    folder, reporter = guided_store(options), terminal_reporter()
    wanted = WantedSlides(
        *(options.pdf, options.pptx, options.identity, options.all_pages), answers_of(options)
    )
    if options.case:
        write_case_slides(folder, options.case, wanted, reporter)
    else:
        write_meeting_slides(folder, (options.meeting, options.start), wanted, reporter)
    for path in wanted.files:
        say(_("Written: {file}", file=line(str(path))))
    return DONE
