"""What lies beside the database in a store and belongs to a copy of it: one archive a copy.

The settings of the institution, the choice of guideline with its history, and the guidelines that
lie in the store. The archive has the name of the copy with another ending, and the same bytes for
the same files. The folder of guidelines common to several stores lies outside and is not in it.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tumorboard.errors import UserError
from tumorboard.language import _

#: Behind the name of a copy.
ENDING = ".files.zip"
#: The files beside the database, and the folder of guidelines, as `app` names them.
_FILE = re.compile(r"guideline-(choice|settings[a-z0-9.-]*)\.yaml")
_FOLDER = "guidelines"
#: More than this in one file is no rule (the largest that ships has 0.1 MB).
_MOST_BYTES = 20_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Returned:
    """What of a copy's files was put back, by their names in the store.

    ``differing`` stayed as they are here; those of the copy lie with what was moved aside.
    ``problem`` says why a copy has none to put back, empty where it has.
    """

    back: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    problem: str = ""


def archive_of(copy: Path) -> Path:
    """Return where the files that belong to a copy of the database lie."""
    return copy.with_name(f"{copy.stem}{ENDING}")


def packed(folder: Path) -> bytes:
    """Return the archive of the files that lie beside a database; the same files, the same bytes.

    Links are left out, and what no guideline has: hidden files and files over 20 MB.

    Raises
    ------
    OSError
        When a file cannot be read.

    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(_files(folder)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.external_attr = 0o600 << 16
            archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.glob("guideline-*.yaml"):
        if _FILE.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path.name, path
    root = folder / _FOLDER
    if root.is_symlink():
        return
    for directory, inside, names in os.walk(root, followlinks=False):
        inside[:] = [name for name in inside if not name.startswith(".")]
        for name in names:
            path = Path(directory, name)
            plain = not name.startswith(".") and not path.is_symlink() and path.is_file()
            if plain and path.stat().st_size <= _MOST_BYTES:
                yield path.relative_to(folder).as_posix(), path


def put_back(folder: Path, copy: Path, aside: Path, is_whole: Callable[[Path], bool]) -> Returned:
    """Put the files that belong to a copy where they are missing or damaged in a store.

    What is whole stays: it was signed since, and a history is only added to. Where it differs, the
    file of the copy is laid into ``aside``, where damaged files go too. ``is_whole`` tells whether
    a file of the store can be used.

    Raises
    ------
    UserError
        When a file cannot be written.

    """
    archive = archive_of(copy)
    if not archive.exists():
        return Returned(
            problem=_("{copy} has no settings, choice or guidelines beside it.", copy=copy.name)
        )
    try:
        files = _read(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return Returned(
            problem=_("{file} is damaged: no settings were put back.", file=archive.name)
        )
    back, differing = [], []
    try:
        for name, data in files.items():
            path = folder / name
            if path.is_file() and path.read_bytes() == data:
                continue
            if path.is_file() and is_whole(path):
                _write(aside / f"{_stem(name)}.of-copy", data)
                differing.append(name)
                continue
            if path.exists():
                aside.mkdir(mode=0o700, exist_ok=True)
                path.rename(aside / _stem(name))
            _write(path, data)
            back.append(name)
    except OSError as error:
        text = _("Settings, choice and guidelines of the copy cannot be put back.")
        hint = _("Check the disk and the rights on the store folder.")
        raise UserError(text, hint, details=str(error.errno)) from error
    return Returned(tuple(back), tuple(differing))


def lacking(folder: Path, copy: Path, is_whole: Callable[[Path], bool]) -> tuple[str, ...]:
    """Return the files of a copy that are missing or damaged in a store."""
    with contextlib.suppress(zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return tuple(
            name
            for name, data in _read(archive_of(copy)).items()
            if not (folder / name).is_file()
            or ((folder / name).read_bytes() != data and not is_whole(folder / name))
        )
    return ()


def _read(archive: Path) -> dict[str, bytes]:
    """Return the files of an archive by their names, each of which lies below the store."""
    found = {}
    with zipfile.ZipFile(archive) as held:
        for member in held.infolist():
            place = PurePosixPath(member.filename)
            below = place.parts[:1] == (_FOLDER,) and len(place.parts) > 1
            safe = not place.is_absolute() and not {"..", "."} & set(place.parts)
            if "\\" in member.filename or ":" in member.filename:
                safe = False
            if not safe or not (below or _FILE.fullmatch(member.filename)):
                raise ValueError(member.filename)
            if member.file_size > _MOST_BYTES:
                raise ValueError(member.filename)
            found[member.filename] = held.read(member)
    return found


def _stem(name: str) -> str:
    """Return the name of a file for one folder, its place in it."""
    return name.replace("/", "+")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)
