"""The command line: the window, and the same work without one."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tumorboard import __version__
from tumorboard.app.figures_command import Terminal, add_figures
from tumorboard.errors import CancelledError, UserError
from tumorboard.guideline_commands import add_guideline_commands
from tumorboard.language import _
from tumorboard.paper_commands import add_paper_commands
from tumorboard.terminal import (
    DONE,
    FAILED,
    FAULT,
    INCOMPLETE,
    complain,
    complain_of_another,
    guided_store,
    must_exist,
    say,
    store_folder,
    terminal_reporter,
)
from tumorboard.text import line, lines

_LOG = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = _parser().parse_args(arguments)
    # Log warnings to a file of the user; messages hold neither patient data nor paths.
    from tumorboard.app.log_file import start_log

    start_log()
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except UserError as error:
        complain(str(error))
        return FAILED
    except (KeyboardInterrupt, CancelledError):
        complain(_("Cancelled."))
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:  # noqa: BLE001 - the outermost place: no traceback reaches a user
        _LOG.exception("unexpected")
        complain(_("A fault inside the program stopped this. The log has the details."))
        return FAULT


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tumorboard",
        description=_(
            "Case viewer for sarcoma tumour boards. Without a command: open the window. "
            "Supports the board, decides nothing; not a medical device."
        ),
        epilog=_(
            "Exit codes: 0 done; 1 it could not be done, a sentence says why; 2 the command line "
            "is wrong; 3 done, but files were left out or the store is not whole; 70 a fault of "
            "the program."
        ),
    )
    parser.add_argument("--version", action="version", version=f"tumorboard {__version__}")
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help=_("folder that holds all cases (made if missing)")
    )
    parser.set_defaults(run=_window)
    commands = parser.add_subparsers(title=_("commands"), metavar="COMMAND")
    view = _add(commands, "view", _view, _("show images without storing them"), paths="+")
    view.add_argument("--until-first-picture", action="store_true", help=argparse.SUPPRESS)
    _add_import(commands)
    scan = _add(
        commands, "scan", _scan, _("list the series in files or folders; stores nothing"), "+"
    )
    scan.add_argument("--json", action="store_true", help=_("print JSON (the default is a table)"))
    _add_assess(commands)
    add_paper_commands(commands, _add)
    add_figures(commands, _add, Terminal(guided_store, say, terminal_reporter))
    demo = _add(commands, "demo", _demo, _("open the built-in demonstration cases"))
    demo.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        metavar="DIR",
        help=_("where to write when there is no display (default: out)"),
    )
    demo.add_argument("--no-window", action="store_true", help=_("do the work without a display"))
    _add(commands, "verify", _verify, _("check that the store and its audit chain are whole"))
    _add(
        commands, "restore", _restore, _("put the newest good copy in the place of a damaged store")
    )
    _add_tools(commands)
    return parser


def _add_assess(commands: Any) -> None:
    assess = _add(commands, "assess", _assess, _("apply the guideline to facts in a JSON file"))
    assess.add_argument(
        "facts", type=Path, metavar="FACTS.json", help=_('"-" reads standard input')
    )
    assess.add_argument("--json", action="store_true", help=_("print JSON (the default is words)"))
    assess.add_argument("--explain", action="store_true", help=_("print every reason and input"))
    assess.add_argument(
        "--lines", action="store_true", help=_("one object of facts a line, one result a line")
    )
    assess.add_argument(
        "--guideline", default="", metavar="VERSION|DIR", help=_("another than the newest shipped")
    )
    assess.add_argument(
        "--settings", type=Path, metavar="FILE", help=_("other settings than shipped")
    )


def _add_import(commands: Any) -> None:
    take = _add(
        *(commands, "import", _import, _("take images or case bundles into the store")), paths="+"
    )
    take.add_argument(
        "--beside", action="store_true", help=_("take a bundle in though its case is there already")
    )
    who = take.add_mutually_exclusive_group()
    who.add_argument(
        "--one-patient",
        action="store_const",
        const=True,
        dest="same_patient",
        help=_("records that differ by a missing birth date or the sex alone are of one patient"),
    )
    who.add_argument(
        "--two-patients",
        action="store_const",
        const=False,
        dest="same_patient",
        help=_("they are of two patients"),
    )


def _add_tools(commands: Any) -> None:
    """Add what an institution needs to keep the guideline and its workstations."""
    add_guideline_commands(commands)
    reassess = _add(
        commands,
        "reassess",
        _reassess,
        _("list what the guideline in force changes in stored cases"),
    )
    way = reassess.add_mutually_exclusive_group()
    way.add_argument("--dry-run", action="store_true", help=_("store nothing (the default)"))
    way.add_argument(
        "--keep", action="store_true", help=_("also store the new assessments beside the old ones")
    )
    measured = _add(commands, "measure", _measure, _("measure masses and vessels on a series"))
    measured.add_argument("path", type=Path, metavar="PATH", help=_("folder of the images"))
    measured.add_argument("--mask", type=Path, metavar="FILE", help=_("mask: SEG, NIfTI or NRRD"))
    measured.add_argument("--points", type=Path, metavar="FILE", help=_("JSON of LPS points in mm"))
    measured.add_argument("--series", default="", metavar="UID", help=_("which series, if several"))
    measured.add_argument(
        "--centres", action="store_true", help=_("between voxel centres, not outer edges")
    )
    measured.add_argument(
        "--json", action="store_true", help=_("print JSON (the default is words)")
    )
    probed = _add(
        commands, "probe", _probe, _("print values, units and greys at places in pictures"), "+"
    )
    probed.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="ROW,COLUMN,HEIGHT,WIDTH",
        help=_("a place in pixels; may be given several times"),
    )
    probed.add_argument("--json", action="store_true", help=_("print JSON (the default is words)"))
    bench = _add(commands, "bench", _bench, _("judge this workstation on a series of its own"))
    bench.add_argument("path", type=Path, metavar="PATH", help=_("folder with at least one series"))
    bench.add_argument("--json", action="store_true", help=_("print JSON (the default is lines)"))


def _add(
    commands: Any, name: str, run: Callable[..., int], text: str, paths: str = ""
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    if paths:
        parser.add_argument("paths", nargs=paths, type=Path, metavar="PATH")
    return parser


def _window(options: argparse.Namespace) -> int:
    from tumorboard.ui.shell.application import run_window

    return run_window(store_folder(options))


def _view(options: argparse.Namespace) -> int:
    must_exist(options.paths)
    from tumorboard.app.ahead import ScanAhead

    ahead = ScanAhead(options.paths)  # before the toolkit, which it runs beside
    try:
        from tumorboard.ui.shell.application import run_window

        once = options.until_first_picture
        return run_window(store_folder(options), view=ahead, until_first=once)
    finally:
        ahead.close()


def _import(options: argparse.Namespace) -> int:
    from tumorboard.app.bundle_reader import is_bundle
    from tumorboard.app.headless import import_bundle, import_paths

    folder = store_folder(options)
    bundles = [path for path in options.paths if is_bundle(path)]
    for path in bundles:
        say(import_bundle(folder, path, terminal_reporter(), beside=options.beside))
    others = [path for path in options.paths if path not in bundles]
    if not others:
        return DONE
    outcome = import_paths(folder, others, terminal_reporter(), same_patient=options.same_patient)
    say(outcome.text)
    for refusal in outcome.refused:
        told = _("left out: {file}: {reason}", file=refusal.file, reason=refusal.reason)
        say(f"  {told}")
    return INCOMPLETE if outcome.refused else DONE


def _scan(options: argparse.Namespace) -> int:
    from tumorboard.app.headless import scan_table
    from tumorboard.app.imports import scan_paths

    must_exist(options.paths)
    found = scan_paths(options.paths, terminal_reporter())
    say(json.dumps(found.public_json(), indent=1) if options.json else scan_table(found))
    return INCOMPLETE if found.refused else DONE


def _assess(options: argparse.Namespace) -> int:
    from tumorboard.app.headless import assess_text, assessment_words, result_lines
    from tumorboard.guidelines.batch import is_error
    from tumorboard.guidelines.explain import explain

    text = _read_text(options.facts)
    guideline = None
    if options.guideline:
        from tumorboard.app.guideline_versions import named_guideline

        guideline, _folder = named_guideline(options.guideline, store_folder(options))
    if options.lines:
        ended = DONE
        for answer in result_lines(text.splitlines(), options.settings, guideline):
            say(line(answer))
            if is_error(answer):
                ended = INCOMPLETE
        return ended
    assessment = assess_text(text, options.settings, guideline)
    result = assessment.to_json()
    if guideline is None:
        complain_of_another(store_folder(options), result["guideline"])
    if options.explain:
        say(explain(assessment), end="")
    elif options.json:
        say(json.dumps(result, indent=1))
    else:
        say(assessment_words(result))
    return DONE


def _demo(options: argparse.Namespace) -> int:
    from tumorboard.ui.shell.application import run_demo

    return run_demo(options.store, options.out, terminal_reporter(), headless=options.no_window)


def _verify(options: argparse.Namespace) -> int:
    from tumorboard.app.headless import verify_store

    whole, text = verify_store(store_folder(options), terminal_reporter())
    say(text)
    return DONE if whole else INCOMPLETE


def _restore(options: argparse.Namespace) -> int:
    from tumorboard.app.store_copy import restore_newest

    say(restore_newest(store_folder(options)))
    return DONE


def _reassess(options: argparse.Namespace) -> int:
    from tumorboard.app.headless import reassess_store

    say(reassess_store(guided_store(options), options.keep, terminal_reporter()))
    return DONE


def _bench(options: argparse.Namespace) -> int:
    from tumorboard.app.bench import bench
    from tumorboard.ui.shell.probe import Probe

    result = bench(options.path, terminal_reporter(), Probe())
    if options.json:
        say(json.dumps(result, indent=1))
    else:
        for name, value in result.items():
            say(f"{name}: {value}")
    return DONE


def _measure(options: argparse.Namespace) -> int:
    from tumorboard.app.measure import measure, measure_words
    from tumorboard.app.settings import Settings

    result = measure(
        options.path,
        options.mask,
        options.points,
        terminal_reporter(),
        series_uid=options.series,
        centres=options.centres,
        settings=Settings(),
        store=guided_store(options),
    )
    say(json.dumps(result, indent=1) if options.json else measure_words(result))
    return DONE


def _probe(options: argparse.Namespace) -> int:
    from tumorboard.app.probe import Square, probe, probe_words

    must_exist(options.paths)
    squares = [Square.parse(text) for text in options.at]
    result = probe(options.paths, squares, terminal_reporter())
    say(json.dumps(result, indent=1) if options.json else probe_words(result, squares))
    return INCOMPLETE if result["refused"] else DONE


def _read_text(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = _("“{name}” cannot be read.", name=path.name)
        if isinstance(error, FileNotFoundError):
            reason = _("“{name}” does not exist.", name=path.name)
        raise UserError(reason, _("Name a JSON file of facts.")) from error


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints quote what was typed as text."""

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(lines(message), file)
