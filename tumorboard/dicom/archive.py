"""Unpack a ZIP archive of images, a piece at a time and within limits.

Names inside an archive are a stranger's: members are written under numbers of our own, so
that none can leave the folder, replace another, or be a link.
"""

from __future__ import annotations

import contextlib
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.text import line

LABEL = _("Unpacking")

_STEP = 1 << 20

#: Compressed data that grows more than this is no medical image.
_MOST_GROWTH = 200


@dataclass(frozen=True)
class Unpacked:
    """Files that were written, each with its name in the archive; and those left out."""

    files: dict[Path, str]
    refused: tuple[tuple[str, str], ...]


def is_archive(path: Path) -> bool:
    """Whether a file starts as a ZIP archive does."""
    try:
        with path.open("rb") as file:
            return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}
    except OSError:
        return False


def unpack(
    path: Path, folder: Path, reporter: Reporter | None = None, limits: Limits = LIMITS
) -> Unpacked:
    """Write the members of an archive to a folder, which is made.

    Members that lie there already from an earlier time stay as they are.

    Raises
    ------
    UserError
        When the archive cannot be opened or the disk is full.
    CancelledError
        When the reporter was asked to stop.

    """
    reporter = reporter or Reporter()
    files: dict[Path, str] = {}
    refused: list[tuple[str, str]] = []
    room = limits.archive
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            folder.mkdir(parents=True, exist_ok=True)
            for number, member in enumerate(members):
                reporter.step(LABEL, number, len(members))
                name = _shown(member.filename)
                reason = _refuse(member, number, room, limits)
                target = folder / f"{number:06d}"
                if not reason:
                    reason, written = _write(archive, member, target, min(room, limits.member))
                    room -= written
                if reason:
                    target.unlink(missing_ok=True)
                    refused.append((name, reason))
                else:
                    files[target] = name
            reporter.step(LABEL, len(members), len(members))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise UserError(
            _("“{name}” is damaged and cannot be unpacked.", name=path.name),
            _("Ask for it to be sent again."),
        ) from error
    except OSError as error:
        raise UserError(
            _(
                "“{name}” cannot be unpacked: {strerror}.",
                name=path.name,
                strerror=error.strerror or "unknown",
            ),
            _("Check the space on the disk."),
        ) from error
    return Unpacked(files, tuple(refused))


def _refuse(member: zipfile.ZipInfo, number: int, room: int, limits: Limits) -> str:
    """Return why a member is not unpacked, by what the archive says of it."""
    mode = member.external_attr >> 16
    checks = {
        _("There are more than {count} files in the archive.", count=limits.files): number
        >= limits.files,
        _("It is protected by a password."): bool(member.flag_bits & 1),
        _("It is a link."): stat.S_ISLNK(mode),
        _("It grows to more than this program unpacks."): member.file_size
        > min(room, limits.member)
        or member.file_size > max(_STEP, member.compress_size * _MOST_GROWTH),
    }
    return next((reason for reason, holds in checks.items() if holds), "")


def _write(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, room: int
) -> tuple[str, int]:
    """Write a member; return why that failed, or an empty text, and the bytes written."""
    written = 0
    with contextlib.suppress(OSError):
        if target.stat().st_size == member.file_size:
            return "", member.file_size
    begun = target.with_suffix(".part")
    try:
        with archive.open(member) as source, begun.open("wb") as out:
            while piece := source.read(_STEP):
                written += len(piece)
                if written > room:
                    return _("It grows to more than this program unpacks."), written
                out.write(piece)
        begun.replace(target)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return _("It is damaged in the archive."), written
    except (NotImplementedError, RuntimeError):
        return _("Its way of packing is not supported."), written
    finally:
        begun.unlink(missing_ok=True)
    return "", written


def _shown(name: str) -> str:
    """Return a member's name for a list, without what leads out of the archive."""
    parts = [p for p in name.replace("\\", "/").split("/") if p not in {"", ".", ".."}]
    return "/".join(line(part) for part in parts)[:200] or "unnamed"
