"""What every command says on the terminal, and how it ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tumorboard.errors import UserError
from tumorboard.language import N_, _
from tumorboard.progress import Progress, Reporter
from tumorboard.text import line, lines

DONE, FAILED, USAGE, INCOMPLETE, FAULT = 0, 1, 2, 3, 70


def store_folder(options: argparse.Namespace) -> Path:
    """Return the folder of the store that a command was given, or the usual one."""
    from tumorboard.app.settings import Settings

    folder: Path | None = options.store
    return folder if folder is not None else Settings().store_folder


def guided_store(options: argparse.Namespace) -> Path:
    """Return the folder of the store; what is to be said of its guideline is said first."""
    from tumorboard.app.guidance import Guidance

    folder = store_folder(options)
    guidance = Guidance(folder)
    for text in (guidance.problem, guidance.chosen.newer):
        if text:
            complain(text)
    return folder


def complain_of_another(folder: Path, used: Mapping[str, str]) -> None:
    """Say that a store goes by another guideline than the one that was used."""
    from tumorboard.app.guidance import Guidance

    if not folder.is_dir():
        return
    force = Guidance(folder).guideline
    if (force.id, force.version) != (used["id"], used["version"]):
        name = f"{force.id} {force.version}"
        complain(
            _(
                "The store goes by {name}, this is {id} {version}: "
                'use --guideline "{name}" to apply that one.',
                name=name,
                id=used["id"],
                version=used["version"],
            )
        )


def must_exist(paths: Sequence[Path]) -> None:
    """Raise a `UserError` that names the first path where nothing is."""
    for path in paths:
        if not path.exists():
            raise UserError(_("“{name}” does not exist.", name=path), _("Check the name."))


#: What argparse says; it looks these up in our catalogue.
ARGPARSE: Final = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("unrecognized arguments: %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
)


def must_differ(*files: Path | None) -> None:
    """Refuse two outputs to one file: the later would take the place of the earlier."""
    named = [file.resolve() for file in files if file is not None]
    if len(set(named)) < len(named):
        raise UserError(
            _("Two outputs are to go to one file."), _("Give each of them a name of its own.")
        )


def say(text: object, end: str = "\n") -> None:
    """Print words; names of files and texts in them reach the terminal as text alone."""
    sys.stdout.write(f"{lines(str(text))}{end}")


def complain(text: str) -> None:
    """Say on the error output what a user has to know."""
    sys.stdout.flush()
    sys.stderr.write(f"tumorboard: {line(text)}\n")


def terminal_reporter() -> Reporter:
    """Return a reporter that rewrites one line on a terminal, and says less elsewhere."""
    if not sys.stderr.isatty():
        return Reporter(_quarterly())

    def show(progress: Progress) -> None:
        end = "\n" if progress.total and progress.done >= progress.total else "\r"
        sys.stderr.write(f"\x1b[2K{line(progress.text)}{end}")
        sys.stderr.flush()

    return Reporter(show)


def _quarterly() -> Callable[[Progress], None]:
    """Return a listener that writes a line per quarter of work that takes a while."""
    said: set[tuple[str, int]] = set()

    def show(progress: Progress) -> None:
        if progress.total < 100 or progress.seconds_left is None:
            return
        quarter = (progress.label, 4 * progress.done // progress.total)
        if quarter not in said:
            said.add(quarter)
            sys.stderr.write(f"{line(progress.text)}\n")
            sys.stderr.flush()

    return show
