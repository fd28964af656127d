"""Whether a folder is a place where a store can live safely."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from tumorboard.errors import UserError
from tumorboard.language import _

#: File systems whose locks SQLite cannot trust (sqlite.org, "Use a WAL", network file systems).
NETWORK_TYPES = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "9p",
        "ceph",
        "coda",
        "davfs",
        "fuse.davfs2",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.glusterfs",
        "fuse.ceph",
        "fuse.gvfsd-fuse",
        "glusterfs",
        "lustre",
        "beegfs",
        "gfs2",
        "ocfs2",
        "gpfs",
        "pvfs2",
    )
)

_MOUNTS = Path("/proc/mounts")


def prepare_folder(folder: Path, allow_network: bool) -> None:
    """Make the folder if it is missing, readable by its owner alone.

    Raises
    ------
    UserError
        When it cannot be made or written, or lies on a network share.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _not_writable(folder, error) from error
    if not os.access(
        folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids
    ):
        raise _not_writable(folder, None)
    if not allow_network and is_network_share(folder):
        raise UserError(
            _(
                "The store folder {name} is on a network share: work could be lost there.",
                name=folder.name,
            ),
            _("Choose a folder on a disk of this computer with --store."),
        )


def is_network_share(folder: Path) -> bool:
    """Whether the folder lies on a file system of another computer, as far as can be told."""
    resolved = folder.resolve()
    if sys.platform == "win32":
        if resolved.drive.startswith("\\\\"):
            return True
        import ctypes

        windll = getattr(ctypes, "windll", None)
        return windll is not None and windll.kernel32.GetDriveTypeW(f"{resolved.drive}\\") == 4
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return filesystem_type(resolved, mounts) in NETWORK_TYPES


def filesystem_type(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds an absolute path.

    ``mounts`` is the text of /proc/mounts: device, mount point, type ... on each line, with
    blanks in names as octal escapes. The longest mount point that leads to the path wins,
    the later one of two equals, since it lies on top.
    """
    best, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[1]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), fields[2]
    return found


def _not_writable(folder: Path, error: OSError | None) -> UserError:
    return UserError(
        _("The store folder {name} cannot be written to.", name=folder.name),
        _("Ask for write permission, or choose another folder with --store."),
        details="" if error is None else str(error.errno),
    )
