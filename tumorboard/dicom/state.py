"""Whether the files of a series are still those that were scanned."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tumorboard.dicom.series import Series
from tumorboard.language import _
from tumorboard.progress import Reporter

LABEL = _("Checking files")

_STEP = 1 << 20


@dataclass(frozen=True)
class FileState:
    """Files that were ``changed`` since the scan, and those that are ``missing``."""

    changed: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether nothing has to be scanned again."""
        return not self.changed and not self.missing

    @property
    def text(self) -> str:
        """One sentence for the reader; empty when all is as it was."""
        parts = [
            f"{len(files)} {words}"
            for files, words in ((self.changed, "changed"), (self.missing, _("not there any more")))
            if files
        ]
        return (
            _("Files of this series: {parts} since the import.", parts=", ".join(parts))
            if parts
            else ""
        )


def file_state(series: Series) -> FileState:
    """Compare size and time of each file with those of the scan; reads no content.

    What changed is to be scanned again: pass ``changed`` to `scan.scan`.
    """
    changed: list[Path] = []
    missing: list[Path] = []
    for path, (size, mtime) in _files(series).items():
        try:
            status = path.stat()
        except OSError:
            missing.append(path)
            continue
        if (status.st_size, status.st_mtime_ns) != (size, mtime):
            changed.append(path)
    return FileState(tuple(changed), tuple(missing))


def file_hashes(series: Series, reporter: Reporter | None = None) -> dict[Path, str]:
    """Return the SHA-256 of each file, in hexadecimal; for a background thread.

    Files that cannot be read, or are not those that were scanned, are left out.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    reporter = reporter or Reporter()
    files = _files(series)
    found: dict[Path, str] = {}
    for done, (path, (size, __)) in enumerate(files.items()):
        reporter.step(LABEL, done, len(files))
        try:
            digest, length = _sha256(path, reporter, done, len(files))
        except OSError:
            continue
        if length == size:
            found[path] = digest
    reporter.step(LABEL, len(files), len(files))
    return found


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; empty where it cannot be read."""
    try:
        return _sha256(path, Reporter(), 0, 1)[0]
    except OSError:
        return ""


def _sha256(path: Path, reporter: Reporter, done: int, total: int) -> tuple[str, int]:
    """Return digest and length; a large file can be cancelled midway."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_STEP):
            digest.update(piece)
            length += len(piece)
            if len(piece) == _STEP:
                reporter.step(LABEL, done, total)
    return digest.hexdigest(), length


def _files(series: Series) -> dict[Path, tuple[int, int]]:
    return {i.path: (i.file_size, i.mtime_ns) for i in series.instances}
