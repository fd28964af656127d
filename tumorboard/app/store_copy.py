"""Putting a copy in the place of a damaged store, with the settings and guidelines beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tumorboard.app.case_repository import (
    CaseRepository,
    DamagedStoreError,
    GoodCopy,
    Returned,
    files_lacking,
    holds_store,
    newest_good_copy,
    put_back_files,
    restore,
)
from tumorboard.app.guideline_choice import CHOICE_NAME, choices
from tumorboard.app.guideline_versions import FOLDER, digest
from tumorboard.app.headless import must_hold_store
from tumorboard.errors import UserError
from tumorboard.guidelines.files import read_document
from tumorboard.language import _, moment_words, ngettext

_SETTINGS = re.compile(r"guideline-settings.*\.yaml")
_BESIDE = _("settings, choice of guideline and own guidelines")


def restore_store(folder: Path, copy: Path) -> str:
    """Put a copy in the place of a damaged store that is closed; return what was done, in words.

    Settings, choice and guidelines beside the database come back where they are missing or
    damaged; those that can be used stay.

    Raises
    ------
    UserError
        When the copy cannot be read or the folder not be written.

    """
    aside = restore(folder, copy)
    found = put_back_files(folder, copy, aside, _usable(folder))
    told = _("The damaged file is in the folder {name}.", name=aside.name)
    return f"{told} {files_words(found, aside.name)}"


def restore_newest(folder: Path) -> str:
    """Put the newest good copy in the place of a damaged store; return what was done, in words.

    In a store that is whole only files beside the database that are missing or damaged come back.

    Raises
    ------
    UserError
        When the store and these files are whole, there is no good copy, or the folder cannot be
        written.

    """
    must_hold_store(folder)
    is_whole = False
    if holds_store(folder):
        try:
            CaseRepository.beside(folder).close()
            is_whole = True
        except DamagedStoreError:
            pass
    copy = newest_good_copy(folder)
    if is_whole:
        return _files_alone(folder, copy)
    if copy is None:
        raise UserError(
            _("No copy in the folder backups passes its check."), _("Nothing was changed.")
        )
    done = restore_store(folder, copy.path)
    told = ngettext(
        "Put back: {name}, of {time}, with {count} case.",
        "Put back: {name}, of {time}, with {count} cases.",
        copy.cases,
        name=copy.path.name,
        time=moment_words(copy.written_utc.astimezone()),
    )
    return f"{told} {done}"


def files_words(found: Returned, aside: str) -> str:
    """Return what became of the files beside the database, in sentences."""
    if found.problem:
        return f"{found.problem} {_('Those in the store stay as they are.')}"
    told = [_("Put back from it: {back}.", back=", ".join(found.back))] if found.back else []
    if found.differing:
        names = ", ".join(found.differing)
        told.append(
            _(
                "Kept as here, in the copy otherwise: {names}; that of the copy is in {folder}.",
                names=names,
                folder=aside,
            )
        )
    return " ".join(told) or _("The {files} here are as in the copy.", files=_BESIDE)


def _files_alone(folder: Path, copy: GoodCopy | None) -> str:
    names = () if copy is None else files_lacking(folder, copy.path, _usable(folder))
    if copy is None or not names:
        raise UserError(
            _("The store is whole: nothing was put back."), _("See the command verify.")
        )
    aside = folder / f"damaged-{copy.path.stem}"
    return files_words(put_back_files(folder, copy.path, aside, _usable(folder)), aside.name)


def _usable(folder: Path) -> Callable[[Path], bool]:
    """Return what tells whether a file beside the database can be used as it is.

    The files of a guideline that was chosen count as long as they are those that were chosen.
    """

    def usable(path: Path) -> bool:
        try:
            data = read_document(path).data if path.suffix == ".yaml" else {}
            if _SETTINGS.fullmatch(path.name):
                return isinstance(data, dict) and {"guideline", "version"} <= set(data)
            if path.name == CHOICE_NAME:
                choices(folder)
                return True
            place = path.relative_to(folder).parts
            if place[0] != FOLDER or len(place) < 4:
                return True
            signed = [a for a in choices(folder).chosen if a.key == place[1:3] and a.digest]
            return not signed or digest(folder.joinpath(*place[:3])) == signed[-1].digest
        except (UserError, OSError):
            return False

    return usable
