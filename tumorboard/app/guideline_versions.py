"""The guidelines that are here: those that ship, those in the store, those in a configured place.

A store and the configured place hold them as ``<id>/<version>/``, in the store below the folder
`FOLDER`. What lies there is read, never written, but for `install` and `copy_guideline`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from tumorboard.app.settings import Settings as ReaderSettings
from tumorboard.errors import UserError
from tumorboard.guidelines.files import ADDITIONS, read_document
from tumorboard.guidelines.loader import NEWEST, load_folder, load_guideline
from tumorboard.guidelines.model import Guideline
from tumorboard.guidelines.translation import FOLDER as TRANSLATIONS
from tumorboard.language import _, code
from tumorboard.resources import resource_path
from tumorboard.text import line

FOLDER = "guidelines"
SHIPPED, STORE, PLACE = "shipped", "store", "place"
#: Where a guideline comes from, in words.
ORIGINS = {
    SHIPPED: _("ships with the program"),
    STORE: _("in the store"),
    PLACE: _("in the common folder"),
}
#: The environment variable that names the common folder; the setting is `guidelines.folder`.
PLACE_VARIABLE = "TUMORBOARD_GUIDELINES"
VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}")
IDENTIFIER = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HEAD = "guideline.yaml"
_MEND = _("Correct it, or take the folder away.")


@dataclass(frozen=True)
class GuidelineVersion:
    """A guideline that is here; ``problem`` says why it cannot be chosen, empty when it can.

    Only its head was read: whether the rest can be used is known once it was loaded.
    """

    id: str
    version: str
    title: str
    origin: str
    folder: Path = field(repr=False)
    problem: str = ""

    @property
    def name(self) -> str:
        """Identifier and version, such as "rps 1.1.0"."""
        return f"{self.id} {self.version}"

    @property
    def key(self) -> tuple[str, str]:
        """Identifier and version."""
        return self.id, self.version


def parts(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, which order them: 1.10.0 stands above 1.9.0."""
    return tuple(map(int, version.split("."))) if VERSION.fullmatch(version) else ()


def common_folder() -> Path | None:
    """Return the folder outside all stores in which guidelines lie, None when none is set."""
    named = os.environ.get(PLACE_VARIABLE, "").strip()
    named = named or str(ReaderSettings()["guidelines.folder"]).strip()
    return Path(named).expanduser() if named else None


def versions(store: Path | None) -> tuple[GuidelineVersion, ...]:
    """Return every guideline that is here, the shipped first, in the order of versions.

    One that cannot be read stands with its ``problem``; of two of one name the later does, too:
    assessments name a guideline by identifier and version alone.
    """
    found: list[GuidelineVersion] = []
    taken: dict[tuple[str, str], GuidelineVersion] = {}
    for version in (*_shipped(), *_own(store)):
        first = taken.setdefault(version.key, version)
        if first is version or version.problem:
            found.append(version)
        else:
            text = _(
                "{name} is here already ({origin}). Give this one another version in {file}.",
                name=version.name,
                origin=ORIGINS[first.origin],
                file=_HEAD,
            )
            found.append(replace(version, problem=text))
    return tuple(found)


def find_version(folder: Path | None, wanted: str) -> GuidelineVersion:
    """Return the version that words such as "1.1.0", "rps 1.1.0", "rps/1.1.0" or "rps" name.

    Raises
    ------
    UserError
        When there is none or more than one, or it cannot be read.

    """
    words = tuple(wanted.replace("/", " ").split())
    here = versions(folder)
    found = [v for v in here if words in (v.key, v.key[1:], v.key[:1])]
    usable = [v for v in found if not v.problem] or found
    if not usable:
        names = ", ".join(v.name for v in here if not v.problem)
        raise UserError(
            _("There is no guideline “{wanted}”.", wanted=line(wanted)),
            _("There are: {names}.", names=names),
        )
    if len(usable) > 1:
        names = ", ".join(v.name for v in usable)
        raise UserError(
            _("“{wanted}” is more than one.", wanted=line(wanted)),
            _("Name one of: {names}.", names=names),
        )
    if usable[0].problem:
        raise UserError(usable[0].problem)
    return usable[0]


def named_guideline(wanted: str, store: Path | None) -> tuple[Guideline, Path]:
    """Return the guideline in a folder, or of a name as for `find_version`, with its folder.

    Raises
    ------
    UserError
        When there is none of that name, or its files cannot be used.

    """
    folder = Path(wanted)
    if (folder / _HEAD).exists():
        return load_folder(folder), folder
    version = find_version(store, wanted)
    return loaded(version), version.folder


def shipped_version(name: str = "rps", version: str = NEWEST) -> GuidelineVersion | None:
    """Return a guideline that ships, None when this version does not."""
    return next((v for v in _shipped() if v.key == (name, version)), None)


def loaded(version: GuidelineVersion) -> Guideline:
    """Return the guideline of a version, read whole.

    Raises
    ------
    UserError
        When it cannot be used; with file and line.

    """
    if version.origin == SHIPPED:
        return load_guideline(version.version, version.id)
    return _loaded(version.folder, (digest(version.folder), translations_state(version.folder)))


@lru_cache(maxsize=4)
def _loaded(folder: Path, _state: object) -> Guideline:
    return load_folder(folder)


def digest(folder: Path) -> str:
    """Return SHA-256 over names and bytes of the files that make the answers of a guideline."""
    found = hashlib.sha256()
    try:
        for path in sorted(folder.glob("*.yaml")) + sorted((folder / ADDITIONS).glob("*.yaml")):
            content = path.read_bytes()
            found.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            found.update(content)
    except OSError as error:
        raise UserError(_("The files of a guideline cannot be read."), _MEND) from error
    return found.hexdigest()


def translations_state(folder: Path) -> tuple[object, ...]:
    """Return what changes when a translation of a guideline does; its answers stay the same."""
    try:
        found = [(p.name, p.stat()) for p in sorted((folder / TRANSLATIONS).glob("*.yaml"))]
    except OSError as error:
        raise UserError(_("The files of a guideline cannot be read."), _MEND) from error
    return (code(), *((name, told.st_size, told.st_mtime_ns) for name, told in found))


def _shipped() -> Iterator[GuidelineVersion]:
    root = resource_path(FOLDER)
    for name in sorted(p.name for p in root.iterdir() if p.is_dir()):
        yield from _in_order(_read(root, name, SHIPPED))


def _own(store: Path | None) -> Iterator[GuidelineVersion]:
    common = common_folder()
    places = ((store / FOLDER if store is not None else None, STORE), (common, PLACE))
    for root, origin in places:
        if root is None:
            continue
        try:
            names = sorted(p.name for p in root.iterdir() if not p.name.startswith("."))
        except OSError:
            if origin == PLACE:
                text = _("The common folder of guidelines cannot be read. Correct the setting.")
                yield GuidelineVersion("", "", "", origin, root, text)
            continue
        for name in names:
            yield from _in_order(_read(root, name, origin))


def _in_order(found: Iterator[GuidelineVersion]) -> list[GuidelineVersion]:
    return sorted(found, key=lambda v: (parts(v.version), v.version))


def _read(root: Path, name: str, origin: str) -> Iterator[GuidelineVersion]:
    folder = root / name
    if not folder.is_dir():
        return
    if (folder / _HEAD).exists():
        text = _(
            "{name}: a guideline lies in <id>/<version>/ here; install it from elsewhere.",
            name=line(name),
        )
        yield GuidelineVersion(line(name), "", "", origin, folder, text)
        return
    try:
        inner = [p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")]
    except OSError:
        text = _("{name}: this folder cannot be read. Check the rights on it.", name=line(name))
        yield GuidelineVersion(line(name), "", "", origin, folder, text)
        return
    for path in inner:
        yield _head(path, origin)


def _head(folder: Path, origin: str) -> GuidelineVersion:
    named = line(folder.parent.name), line(folder.name)
    place = "/".join((*named, _HEAD))
    try:
        data = read_document(folder / _HEAD).data
        told = str(data["id"]), str(data["version"])
        title = line(str(data["title"]))
    except UserError as error:
        text = f"{'/'.join(named)}/{error.message} {_MEND}"
        return GuidelineVersion(*named, "", origin, folder, text)
    except (TypeError, KeyError):
        text = _("{file}, line 1: id, title and version are expected.", file=place)
        text += f" {_MEND}"
        return GuidelineVersion(*named, "", origin, folder, text)
    if told != (folder.parent.name, folder.name) or not parts(told[1]):
        text = _(
            "{file} says {told}: the folders are to be named "
            "after identifier and version, such as rps/1.2.0.",
            file=place,
            told=line(" ".join(told)),
        )
        return GuidelineVersion(*named, title, origin, folder, text)
    return GuidelineVersion(*told, title, origin, folder)
