"""Find DICOM files in files and folders, read their headers once, and sort them.

Nothing is changed, moved or stored. A file that is left out is listed with its reason and
never stops the rest.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tumorboard.dicom.archive import is_archive, unpack
from tumorboard.dicom.copies import LeftOut
from tumorboard.dicom.gate import EMPTY_FOLDER, LIMITS, Limits, Refusal
from tumorboard.dicom.grouping import Entry, group
from tumorboard.dicom.instance import PatientIdentity
from tumorboard.dicom.read_all import Unread, read_all
from tumorboard.dicom.series import Series
from tumorboard.language import N_, _
from tumorboard.progress import Reporter

LABEL = _("Reading files")


@dataclass(frozen=True)
class ScanResult:
    """What a scan found; both parts in an order that does not depend on the disk."""

    series: tuple[Series, ...]
    refused: tuple[Refusal, ...]

    @property
    def patients(self) -> tuple[PatientIdentity, ...]:
        """The patients as far as the files tell them apart, in the order of the series."""
        found: list[PatientIdentity] = []
        for s in self.series:
            if not any(s.patient.is_one_with(p) for p in found):
                found.append(s.patient)
        return tuple(found)

    @property
    def patient_question(self) -> str:
        """The question to ask before an import; empty when all files are of one patient."""
        people: list[PatientIdentity] = []
        for p in sorted(self.patients, key=lambda p: not p.birth_date):
            if not any(p.may_be(other) for other in people):
                people.append(p)
        if len(people) > 1:
            return _(
                "The files belong to {count} different patients. They are kept apart.",
                count=len(people),
            )
        if len(self.patients) > 1:
            return _(
                "Files of one name and identifier differ in the birth date or the sex they state."
            )
        return ""

    def public_json(self) -> dict[str, Any]:
        """Return what ``scan --json`` prints."""
        return {
            "series": [s.public_json() for s in self.series],
            "refused": [{"file": r.file, "reason": r.reason} for r in self.refused],
        }


@dataclass(frozen=True)
class _Found:
    """A file to read, or with a reason already known to be left out."""

    path: Path
    name: str
    reason: str = ""


def scan(
    paths: Sequence[Path],
    reporter: Reporter | None = None,
    limits: Limits = LIMITS,
    unpack_to: Path | None = None,
) -> ScanResult:
    """Read the headers of files and of all files below folders.

    Parameters
    ----------
    paths
        Files and folders in any order. A DICOMDIR stands for the folder it lies in.
    reporter
        Told about each file; may cancel.
    limits
        Bounds on what is read.
    unpack_to
        A folder for the content of ZIP archives, each in one of its own below it, which has
        to stay as long as the series is wanted; made when needed. None: archives are left out
        with a reason.

    Raises
    ------
    UserError
        When an archive is damaged or cannot be unpacked.
    CancelledError
        When the reporter was asked to stop.

    """
    reporter = reporter or Reporter()
    found = _find(paths, reporter, limits)
    if unpack_to is not None:
        found = _with_archives(found, unpack_to, reporter, limits)
    entries: list[Entry] = []
    names: dict[Path, str] = {}
    refused: list[Refusal] = []
    wanted = [f.path for f in found if not f.reason]
    contents = iter(read_all(wanted, limits, lambda n: reporter.step(LABEL, n, len(wanted))))
    for file in found:
        content = Unread(file.reason) if file.reason else next(contents)
        if isinstance(content, Unread):
            refused.append(Refusal(file.name, content.reason))
        else:
            info, instances = content or (None, [])
            names |= {i.path: file.name for i in instances}
            entries += [(info, i) for i in instances if info is not None]
    reporter.step(LABEL, len(wanted), len(wanted))
    series, left_out = group(entries)
    refused += _left_out_refusals(left_out, names)
    return ScanResult(tuple(series), tuple(sorted(refused)))


def _with_archives(
    found: Sequence[_Found], unpack_to: Path, reporter: Reporter, limits: Limits
) -> list[_Found]:
    """Put the members of archives in their place; archives within archives stay closed."""
    opened: list[_Found] = []
    for file in found:
        if file.reason or not is_archive(file.path):
            opened.append(file)
            continue
        unpacked = unpack(file.path, unpack_to / _archive_name(file.path), reporter, limits)
        opened += [_Found(p, f"{file.name}/{name}") for p, name in unpacked.files.items()]
        opened += [_Found(file.path, f"{file.name}/{n}", why) for n, why in unpacked.refused]
    return opened


def _archive_name(path: Path) -> str:
    """Return a folder's name for an archive: the same for the same content, and no other."""
    with path.open("rb") as file:
        return f"archive-{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}"


def _left_out_refusals(left_out: Sequence[LeftOut], names: dict[Path, str]) -> list[Refusal]:
    kinds = {
        True: N_(
            "It is another picture with the unique identifier of {other}, which is listed; nothing "
            "says which of the two is right."
        ),
        False: N_(
            "It is another object with the unique identifier of {other}, which is listed; nothing "
            "says which of the two is right."
        ),
    }
    rivals = {o.picture.path: kinds[o.picture.has_pixels] for o in left_out if not o.is_copy}
    found = []
    for path, listed in {one.picture.path: one.listed.path for one in left_out}.items():
        other = Path(names[listed]).name
        reason = _("It is a copy of {other}, which is listed already.", other=other)
        if path in rivals:
            reason = _(rivals[path], other=other)
        found.append(Refusal(names[path], reason))
    return found


def _find(paths: Sequence[Path], reporter: Reporter, limits: Limits) -> list[_Found]:
    """List the files, each once, sorted by name."""
    roots = [p.parent if p.name.upper() == "DICOMDIR" else p for p in paths]
    same_names = Counter(r.name for r in roots)
    seen: set[Path] = set()
    found: list[_Found] = []
    for root in sorted(roots, key=str):
        prefix = f"{root.name}/" if len(roots) > 1 and same_names[root.name] == 1 else ""
        for file in _below(root, prefix, limits):
            resolved = file.path.resolve()
            if resolved in seen:
                continue
            seen.add(resolved)
            if len(found) >= limits.files:
                return [*found, _Found(file.path, file.name, _too_many(limits))]
            found.append(file)
            reporter.step(_("Looking for files"), len(found), 0)
    return found


def _too_many(limits: Limits) -> str:
    return _(
        "There are more than {files} files: import the rest folder by folder.", files=limits.files
    )


def _below(root: Path, prefix: str, limits: Limits) -> Iterator[_Found]:
    """Yield the files below a folder, or the file itself."""
    if not root.exists():
        yield _Found(root, root.name, _("It does not exist."))
        return
    if not root.is_dir():
        yield _regular(root, root.name)
        return
    empty = True
    for path in _walk(root, set()):
        empty = False
        yield _regular(path, prefix + path.relative_to(root).as_posix())
    if empty:
        yield _Found(root, root.resolve().name, EMPTY_FOLDER)


def _walk(folder: Path, visited: set[tuple[int, int]]) -> Iterator[Path]:
    """Yield the files below a folder by name; each folder once, whatever links lead to it."""
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in visited:
            return
        visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda e: e.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        path = folder / entry.name
        if _is_folder(entry):
            yield from _walk(path, visited)
        else:
            yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _regular(path: Path, name: str) -> _Found:
    """Return the file, with a reason when it is a device, a pipe or cannot be reached."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return _Found(
            path, name, _("It cannot be read: {strerror}.", strerror=error.strerror or "unknown")
        )
    if stat.S_ISDIR(mode):
        return _Found(path, name, _("The folder cannot be opened."))
    return _Found(path, name, "" if stat.S_ISREG(mode) else _("It is not a regular file."))
