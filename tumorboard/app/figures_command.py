"""``tumorboard figures``: what the board did in a period, as words and as a table."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tumorboard.language import _
from tumorboard.progress import Reporter


@dataclass(frozen=True)
class Terminal:
    """What a command is given: where the store lies, how to print, who is told of progress."""

    store_folder: Callable[[argparse.Namespace], Path]
    say: Callable[[object], object]
    reporter: Callable[[], Reporter]


def add_figures(commands: Any, add: Callable[..., Any], terminal: Terminal) -> None:
    """Add the command to those of the program."""
    figures = add(
        *(commands, "figures", lambda options: _figures(options, terminal)),
        _("print what the board did in a period: agreement, completeness, alerts, time"),
    )
    default = _("(the default is the last twelve months)")
    figures.add_argument("--from", dest="first", default="", metavar="DATE", help=_("first day"))
    figures.add_argument(
        "--to",
        dest="last",
        default="",
        metavar="DATE",
        help=f"{_('last day, included')} {default}",
    )
    figures.add_argument(
        "--csv", type=Path, metavar="FILE", help=_("write a table; it names no patient")
    )


def _figures(options: argparse.Namespace, terminal: Terminal) -> int:
    from datetime import date

    from tumorboard.app.board_report import Catalogue, board_report, period_of
    from tumorboard.app.case_repository import CaseRepository
    from tumorboard.app.guideline_choice import guideline_in_force
    from tumorboard.app.headless import must_hold_store
    from tumorboard.reports.figures import figures_words

    period = period_of(options.first, options.last, date.today())
    folder = terminal.store_folder(options)
    must_hold_store(folder)
    catalogue = Catalogue.of(guideline_in_force(folder).guideline)
    with CaseRepository.to_read(folder) as store:
        report = board_report(store, period, catalogue, terminal.reporter())
    if options.csv is None:
        terminal.say(figures_words(report.figures))
        return 0
    report.write_csv(options.csv)
    terminal.say(_("Written: {file}", file=options.csv))
    return 0
