"""Copies of guidelines: into a store, whole or not at all, and out of the program to work on."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from tumorboard.app.guideline_change import refuse_errors
from tumorboard.app.guideline_versions import (
    FOLDER,
    IDENTIFIER,
    STORE,
    VERSION,
    GuidelineVersion,
    digest,
    loaded,
    versions,
)
from tumorboard.errors import UserError
from tumorboard.guidelines.files import ADDITIONS
from tumorboard.guidelines.loader import load_folder
from tumorboard.guidelines.translation import FOLDER as TRANSLATIONS
from tumorboard.language import _
from tumorboard.text import line

_HEAD = "guideline.yaml"
#: More than this in one file is no rule (the largest that ships has 0.1 MB).
_MOST_BYTES = 20_000_000
_KEPT = (".yaml", ".json", ".md", ".txt")


def install(store: Path, source: Path) -> GuidelineVersion:
    """Copy a guideline from a folder into the store, whole or not at all.

    What is copied is examined, not what it was copied from; a name that is here already is
    refused. It counts only when it is chosen.

    Raises
    ------
    UserError
        When it has errors, its name is taken or no name of a folder, or it cannot be written.

    """
    if not (source / _HEAD).is_file():
        text = _("“{name}” holds no {HEAD}.", name=line(source.name), HEAD=_HEAD)
        raise UserError(text, _("Name the folder in which the files of a guideline lie."))
    root = store / FOLDER
    partial = root / f".partial-{secrets.token_hex(8)}"
    try:
        partial.mkdir(parents=True)
        _copy(source, partial)
        refuse_errors(partial, f"“{line(source.name)}”")
        guideline = load_folder(partial)
        _refuse_name(guideline.id, guideline.version)
        wanted = GuidelineVersion(
            guideline.id,
            guideline.version,
            guideline.title,
            STORE,
            root / guideline.id / guideline.version,
        )
        for held in versions(store):
            if held.key == wanted.key:
                text = _("{name} is here already.", name=wanted.name)
                raise UserError(text, _("Give yours another version in {HEAD}.", HEAD=_HEAD))
        wanted.folder.parent.mkdir(exist_ok=True)
        partial.rename(wanted.folder)
    except OSError as error:
        raise _unwritten() from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return wanted


def copy_guideline(version: GuidelineVersion, target: Path, name: str, number: str) -> None:
    """Write a copy of a guideline under another name, to work on.

    Raises
    ------
    UserError
        When the name is not allowed, something is there already, or it cannot be written.

    """
    _refuse_name(name, number)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError(
            _("“{name}” is there already.", name=line(target.name)), _("Name an empty folder.")
        )
    loaded(version)
    try:
        target.mkdir(parents=True, exist_ok=True)
        _copy(version.folder, target)
        head = target / _HEAD
        text = head.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^id:.*$", f"id: {name}", text, count=1)
        text = re.sub(r"(?m)^version:.*$", f"version: {number}", text, count=1)
        head.write_text(text, encoding="utf-8")
        (target / ADDITIONS).mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritten() from error


def _copy(source: Path, target: Path) -> None:
    """Copy the files of a guideline, no links and nothing else."""
    before = digest(source)
    for folder in (source, source / ADDITIONS, source / TRANSLATIONS):
        if not folder.is_dir():
            continue
        into = target / folder.relative_to(source)
        into.mkdir(exist_ok=True)
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or (folder == source and path.suffix not in _KEPT):
                continue  # all that was added is copied, so that nothing of it is passed over
            if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
                text = _("“{name}” is no file of a guideline.", name=line(path.name))
                raise UserError(text, _("Links and files over 20 MB are not copied."))
            copied = into / path.name
            shutil.copyfile(path, copied)
            with copied.open("rb") as file:
                os.fsync(file.fileno())
    if digest(target) != before or digest(source) != before:
        raise UserError(_("The files changed while they were copied."), _("Try again."))


def _refuse_name(name: str, number: str) -> None:
    if not IDENTIFIER.fullmatch(name) or not VERSION.fullmatch(number):
        raise UserError(
            _(
                "“{name} {number}” is no name for a guideline.",
                name=line(name),
                number=line(number),
            ),
            _("Take small letters, digits and hyphens, and a version such as 1.0.0."),
        )


def _unwritten() -> UserError:
    return UserError(
        _("The guideline cannot be copied."), _("Check the disk and the rights on the folder.")
    )
