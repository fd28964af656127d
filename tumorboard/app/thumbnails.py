"""Small pictures of series: made in threads from one slice each, and kept beside the store."""

from __future__ import annotations

import contextlib
import hashlib
import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.app.images import lower_priority
from tumorboard.app.series_record import Record, series_of
from tumorboard.errors import UserError
from tumorboard.imaging.grey_levels import thumbnail
from tumorboard.progress import Reporter
from tumorboard.whole_file import write_whole

#: Longer side of a picture, in pixels: 44 logical ones on a screen of scale 2.
SIDE: Final = 88

Grey = NDArray[np.uint8]


class Thumbnails:
    """Pictures by the keys of series.

    ``record_of`` gives the record of a series by its key, or None; ``folder`` is where they are
    kept, under names that say nothing of whose they are; None: nowhere. One is made anew when the
    record of its series changes.
    """

    def __init__(self, record_of: Callable[[str], Record | None], folder: Path | None) -> None:
        self._record_of = record_of
        self._folder = folder
        self._lock = threading.Lock()
        self._fresh: dict[str, Grey] = {}

    def work(self, keys: Sequence[str], *, make: bool) -> Callable[[Reporter], None]:
        """Return the work, for a thread, that finds the pictures of series; `taken` gives them.

        Those that are not kept are made, or left out without ``make``.
        """
        records = [(key, self._record_of(key)) for key in keys]
        known = [(key, record) for key, record in records if record is not None]
        return lambda reporter: self._find_all(known, reporter, make=make)

    def taken(self) -> dict[str, Grey]:
        """Return the pictures that were found since this was asked last, shape (rows, columns)."""
        with self._lock:
            found, self._fresh = self._fresh, {}
        return found

    def _find_all(
        self, records: Sequence[tuple[str, Record]], reporter: Reporter, *, make: bool
    ) -> None:
        lower_priority()
        for key, record in records:
            if reporter.cancelled:
                return
            path = self._folder and self._folder / f"{_digest(key, record)}.npy"
            picture = _kept(path) if path else None
            if picture is None and make:
                with contextlib.suppress(UserError):  # it is said when a person opens the series
                    picture = _made(record)
                    if picture is not None and path:
                        _keep(path, picture)
            if picture is not None:
                with self._lock:
                    self._fresh[key] = picture


def _digest(key: str, record: Record) -> str:
    held = record if isinstance(record, bytes) else repr(sorted(record.items())).encode()
    return hashlib.sha256(key.encode() + b"\0" + held).hexdigest()[:40]


def _kept(path: Path) -> Grey | None:
    """Return a picture that is kept; None without one, or where it is damaged."""
    try:
        found = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    fits = found.dtype == np.uint8 and found.ndim == 2 and 0 < found.size <= SIDE * SIDE
    return found if fits else None


def _made(record: Record) -> Grey | None:
    """Return the picture of the middle one of a series; only that file is read."""
    from tumorboard.dicom.load import VolumeLoader

    series = series_of(record)
    if not series.has_pixels:
        return None
    middle = series.instances[len(series.instances) // 2]
    loader = VolumeLoader(replace(series, kind="image", instances=(middle,), caveats=()))
    loader.run(Reporter(), first=0)
    return thumbnail(loader.volume, SIDE)


def _keep(path: Path, picture: Grey) -> None:
    data = io.BytesIO()
    np.save(data, picture, allow_pickle=False)
    with contextlib.suppress(OSError, UserError):  # it is made again next time
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data.getvalue())
