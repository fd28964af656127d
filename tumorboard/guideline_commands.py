"""The commands for those who keep a guideline: lint, and guideline with its parts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.terminal import (
    DONE,
    INCOMPLETE,
    must_exist,
    say,
    store_folder,
    terminal_reporter,
)
from tumorboard.text import line

if TYPE_CHECKING:
    from tumorboard.app.guideline_choice import Signature

_VERSION = _('a version, such as 1.1.0 or "rps 1.1.0"')


def add_guideline_commands(commands: Any) -> None:
    """Add the commands to those of the program."""
    lint = _add(commands, "lint", _lint, _("examine the files of a guideline"))
    lint.add_argument("folder", type=Path, metavar="DIR", help=_("folder with guideline.yaml"))
    lint.add_argument(
        "--cases",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="FILE",
        help=_("also compare the answers to cases (default: cases.json in the folder)"),
    )
    text = _("see, compare, install, choose and retire guidelines")
    parser = commands.add_parser("guideline", help=text, description=text)
    parts = parser.add_subparsers(title=_("what to do"), metavar="WHAT", required=True)
    _add(parts, "list", _list, _("list the guidelines that are here, and what was chosen"))
    diff = _add(parts, "diff", _diff, _("say what differs between two guidelines"))
    for side in ("before", "after"):
        diff.add_argument(
            side, metavar=side.upper(), help=_("{version}, or a folder", version=_VERSION)
        )
    diff.add_argument("--json", action="store_true", help=_("print JSON (the default is lines)"))
    names = _add(parts, "names", _names, _("list what a condition may name"))
    names.add_argument("word", nargs="?", default="", metavar="WORD", help=_("only names with it"))
    names.add_argument(
        "--guideline", default="", metavar="VERSION|DIR", help=_("another than the one in force")
    )
    names.add_argument("--json", action="store_true", help=_("print JSON (the default is lines)"))
    copy = _add(parts, "copy", _copy, _("write a copy of a guideline to work on"))
    copy.add_argument("version", metavar="VERSION", help=_VERSION)
    copy.add_argument("folder", type=Path, metavar="DIR", help=_("where to write it"))
    copy.add_argument("--id", required=True, metavar="NAME", help=_("its name: rps-example"))
    copy.add_argument(
        "--as", dest="number", default="1.0.0", metavar="VERSION", help=_("its version")
    )
    install = _add(parts, "install", _install, _("copy a guideline into the store"))
    install.add_argument("folder", type=Path, metavar="DIR", help=_("folder with guideline.yaml"))
    choose = _add(parts, "choose", _choose, _("let the store go by a version from now on"))
    choose.add_argument("version", metavar="VERSION", help=_VERSION)
    choose.add_argument("--preview", action="store_true", help=_("only say what would change"))
    _add_signature(choose, required=False)
    retire = _add(parts, "retire", _retire, _("take a version out of the choice; its files stay"))
    retire.add_argument("version", metavar="VERSION", help=_VERSION)
    retire.add_argument("--undo", action="store_true", help=_("let it be chosen again"))
    _add_signature(retire, required=True)


def _add(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _add_signature(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--author", default="", metavar="NAME", required=required, help=_("who signs")
    )
    parser.add_argument("--reason", default="", metavar="TEXT", required=required, help=_("why"))
    parser.add_argument("--date", default="", metavar="DAY", help=_("2026-01-05 (default: today)"))


def _signature(options: argparse.Namespace) -> Signature:
    from tumorboard.app.guideline_choice import Signature

    return Signature(options.author, options.date or date.today().isoformat(), options.reason)


def _lint(options: argparse.Namespace) -> int:
    from tumorboard.guidelines.authoring.lint import ERROR, lint

    must_exist([options.folder])
    findings = lint(options.folder)
    for finding in findings:
        say(line(str(finding)))
    errors = sum(finding.severity == ERROR for finding in findings)
    say(_("{errors} errors, {count} other findings", errors=errors, count=len(findings) - errors))
    if options.cases is not None:
        errors += 0 if errors else _deviations(options.folder, options.cases)
    return INCOMPLETE if errors else DONE


def _deviations(folder: Path, file: Path) -> int:
    """Print every answer that is not the one expected; return how many."""
    from tumorboard.guidelines.authoring.cases import FILE, deviations, read_cases
    from tumorboard.guidelines.loader import load_folder

    cases = read_cases(folder / FILE if file == Path() else file)
    found = list(deviations(load_folder(folder), cases))
    for deviation in found:
        say(line(deviation.text))
    say(_("{cases} cases, {deviations} deviations", cases=len(cases), deviations=len(found)))
    return len(found)


def _list(options: argparse.Namespace) -> int:
    from tumorboard.app.guideline_list import listed

    found = listed(store_folder(options))
    for entry in found.entries:
        say(line(entry.text))
    for sentence in found.sentences:
        say(line(sentence))
    for act in found.history:
        say(line(act))
    return DONE


def _diff(options: argparse.Namespace) -> int:
    from tumorboard.app.guideline_diff import compared

    store = store_folder(options)
    found = compared(options.before, options.after, store, terminal_reporter())
    if options.json:
        say(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
    else:
        for text in found.lines:
            say(line(text))
    return DONE


def _names(options: argparse.Namespace) -> int:
    from tumorboard.app.guideline_choice import guideline_in_force
    from tumorboard.app.guideline_versions import named_guideline
    from tumorboard.guidelines.authoring.names import asked_names

    store = store_folder(options)
    guideline = guideline_in_force(store).guideline
    if options.guideline:
        guideline, _folder = named_guideline(options.guideline, store)
    word = options.word.casefold()
    found = [name for name in asked_names(guideline) if word in name.text.casefold()]
    if options.json:
        say(json.dumps([asdict(name) for name in found], indent=1, ensure_ascii=False))
    for name in () if options.json else found:
        say(line(name.text))
    return DONE


def _copy(options: argparse.Namespace) -> int:
    from tumorboard.app.guideline_install import copy_guideline
    from tumorboard.app.guideline_versions import find_version

    version = find_version(store_folder(options), options.version)
    copy_guideline(version, options.folder, options.id, options.number)
    say(
        _(
            "Written: {folder}. What you add goes into its folder additions.",
            folder=line(str(options.folder)),
        )
    )
    return DONE


def _install(options: argparse.Namespace) -> int:
    from tumorboard.app.guideline_install import install

    must_exist([options.folder])
    version = install(store_folder(options), options.folder)
    say(_("{name} is in the store. It counts when it is chosen.", name=version.name))
    return DONE


def _choose(options: argparse.Namespace) -> int:
    from tumorboard.app.guidance import Guidance
    from tumorboard.app.guideline_versions import find_version

    store = store_folder(options)
    version = find_version(store, options.version)
    guidance = Guidance(store)
    if not options.preview and not (options.author and options.reason):
        raise UserError(
            _("A choice is signed."), _("Add --author and --reason, or --preview to look.")
        )
    for text in guidance.preview(version, terminal_reporter()).lines:
        say(line(text))
    if options.preview:
        return DONE
    chosen = guidance.choose(version, _signature(options))
    say(_("In force: {name}. Stored assessments stay as they are.", name=chosen.version.name))
    return DONE


def _retire(options: argparse.Namespace) -> int:
    from tumorboard.app.guideline_choice import reinstate, retire
    from tumorboard.app.guideline_versions import find_version

    store = store_folder(options)
    version = find_version(store, options.version)
    if options.undo:
        reinstate(store, version, _signature(options))
        say(_("{name} can be chosen again.", name=version.name))
    else:
        retire(store, version, _signature(options))
        say(_("{name} cannot be chosen any more. Its files stay.", name=version.name))
    return DONE
