"""Opens series as volumes: allocated at once, filled in the background, kept for return."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.app.file_records import Renewed, hashes_of, renewed
from tumorboard.app.series_record import Record, series_of
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.app.preview import Preview
    from tumorboard.dicom.load import VolumeLoader
    from tumorboard.dicom.series import Series

#: What the volumes in memory may take unless the user chose otherwise, in megabytes.
DEFAULT_MEMORY_MB = 2048

#: What the largest series may take on the disk, in bytes.
_LARGEST_ON_DISK = 64 << 30

#: The window waits at most this long, in seconds, for the slice that it paints first.
_FIRST_SLICE_S = 0.012

#: The code of the caveat of a volume that is kept on the disk.
PAGED = "paged"


class OpenSeries:
    """A series being shown: its volume and the work that fills it.

    ``notice`` is a sentence on files that changed or are gone since the import, there once
    `load` has begun; empty as a rule. ``missing`` counts the files that are gone.
    """

    def __init__(self, loader: VolumeLoader, key: str, record: Record) -> None:
        self.key = key
        self.notice = ""
        self.missing = 0
        self.renewed: Renewed | None = None
        self._loader = loader
        self._record = record
        self._lock = threading.Lock()
        self._is_checked = False
        stack = loader.volume.stack
        self._first = stack.nearest_slice(stack.centre)

    @property
    def volume(self) -> Volume:
        """The volume, complete or still filling."""
        return self._loader.volume

    @property
    def failures(self) -> Mapping[int, str]:
        """Slices that could not be read, with the reason."""
        return self._loader.failures

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to load."""
        return len(self.failures) + int(self.volume.loaded.sum()) >= len(self.volume.loaded)

    def focus(self, k: int, direction: int) -> None:
        """Load around slice ``k`` next, ahead in the direction (1, -1 or 0) first."""
        if not self.is_complete:
            self._loader.focus(k, direction)

    @property
    def first(self) -> int:
        """The slice that is shown and loaded first."""
        return self._first

    def begin_with(self, preview: Preview) -> None:
        """Begin with the slice that was shown as a preview, if it is one of this series."""
        k = preview.place_in(self._loader.series, self.volume)
        if k is None or self.volume.loaded[k]:
            return
        self.volume.voxels[k] = preview.volume.voxels[0]
        if self.volume.colour is not None and preview.volume.colour is not None:
            self.volume.colour[k] = preview.volume.colour[0]
        self.volume.loaded[k] = True
        self._first = k

    def await_first(self, seconds: float) -> None:
        """Wait a moment for the slice that is shown first, so that it is painted at once."""
        if self.volume.loaded.any():
            return
        reading = threading.Thread(
            target=self._loader.try_slice, args=(self._first,), name="first-slice", daemon=True
        )
        reading.start()
        reading.join(seconds)

    def load(self, reporter: Reporter) -> None:
        """Fill the volume from its middle outwards; for a worker thread.

        Raises
        ------
        CancelledError
            When another series was chosen meanwhile.

        """
        with self._lock:
            if self.is_complete:
                return
            if not self._is_checked:
                self._check(reporter)
            self._loader.run(reporter, first=self._first)

    def _check(self, reporter: Reporter) -> None:
        """Take the files as they are now, where they still fit."""
        from tumorboard.dicom.refresh import refreshed

        record = self._record
        found = refreshed(
            self._loader.series,
            reporter,
            lambda: hashes_of(record) if isinstance(record, bytes) else {},
        )
        self._is_checked, self.notice, self.missing = True, found.text, found.missing
        if found.is_new:
            self._loader.take(found.series)
            if isinstance(self._record, bytes):
                self.renewed = renewed(self._record, found.series)


class ImageService:
    """Opens the series of the store by their key; volumes stay while memory allows.

    Parameters
    ----------
    record_of
        Gives the record of a series by its key, or None; called in the thread that calls
        `open` and `prefetch`.
    memory_mb
        What all volumes in memory may take; a larger one is kept on the disk.
    scratch
        The folder for volumes that are kept on the disk; None: they stay in memory.
    keep
        Stores records of files that were read anew, by key; called by `open` and `forget`.

    """

    def __init__(
        self,
        record_of: Callable[[str], Record | None],
        memory_mb: int = DEFAULT_MEMORY_MB,
        scratch: Path | None = None,
        keep: Callable[[Mapping[str, Renewed]], None] | None = None,
    ) -> None:
        self._record_of = record_of
        self._budget = memory_mb * 1_000_000
        self._scratch = scratch
        self._keep = keep
        self._open: OrderedDict[str, OpenSeries] = OrderedDict()
        self._lock = threading.RLock()
        self._prefetching: Reporter | None = None
        #: The picture that stands in for a series until that is opened.
        self.preview: Preview | None = None

    def open(self, key: str) -> OpenSeries:
        """Return the series under a key, its volume allocated; what is prefetched stops.

        Raises
        ------
        UserError
            When the series is not known or cannot be shown as images.

        """
        self.stop_prefetch()
        self._keep_renewed()
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
        record = self._record_of(key)
        if record is None:
            raise UserError(_("This series is not in the store."), _("Import its folder again."))
        return self._take(key, record)

    def _take(self, key: str, record: Record) -> OpenSeries:
        opened = self._opened(key, record, series_of(record))
        if self.preview is not None:
            opened.begin_with(self.preview)
        opened.await_first(_FIRST_SLICE_S)
        with self._lock:
            opened = self._open.setdefault(key, opened)
            self._open.move_to_end(key)
            # Forget the volumes not used for longest, until the budget holds; never the last.
            while len(self._open) > 1 and self.bytes_held > self._budget:
                self._open.popitem(last=False)
        return opened

    def opening(self, keys: Iterable[str]) -> Callable[[Reporter], None] | None:
        """Return the work, for a thread, after which `open` has these series at hand at once.

        None where nothing is left to do, and while a preview is on show: the series then
        takes its place in one step.
        """
        self.stop_prefetch()
        self._keep_renewed()
        if self.preview is not None:
            return None
        with self._lock:
            wanted = [key for key in dict.fromkeys(keys) if key not in self._open]
        records = [(key, self._record_of(key)) for key in wanted]
        known = [(key, record) for key, record in records if record is not None]
        return partial(self._open_all, known) if known else None

    def _open_all(self, records: Sequence[tuple[str, Record]], reporter: Reporter) -> None:
        for key, record in records:
            if reporter.cancelled:
                return
            with contextlib.suppress(UserError):  # `open` says it
                self._take(key, record)

    def held(self, key: str) -> OpenSeries | None:
        """Return a series that is in memory already, without touching anything; else None."""
        with self._lock:
            return self._open.get(key)

    def prefetch(self, keys: Sequence[str]) -> Callable[[Reporter], None]:
        """Return the work that loads series ahead, the first named first; for a thread.

        It takes what memory is left, never that of series shown before, runs at a low
        priority, and ends when a series is opened: call this again once that is loaded.
        Name the other series of the open case first, then those of its prior dates, then
        those of the next case.
        """
        with self._lock:
            wanted = [
                key for key in keys if key not in self._open or not self._open[key].is_complete
            ]
        records = [(key, self._record_of(key)) for key in wanted]
        return lambda reporter: self._load_ahead(records, reporter)

    def stop_prefetch(self) -> None:
        """End the work of `prefetch`; what it has loaded stays."""
        with self._lock:
            if self._prefetching is not None:
                self._prefetching.cancel()

    @property
    def bytes_held(self) -> int:
        """What the voxels of the open volumes take in memory."""
        with self._lock:
            return sum(_bytes(o.volume) for o in self._open.values() if not is_paged(o.volume))

    def forget(self) -> None:
        """Let all volumes go."""
        self.stop_prefetch()
        self._keep_renewed()
        with self._lock:
            self._open.clear()

    def _opened(self, key: str, record: Record, series: Series) -> OpenSeries:
        """Make the loader of a series, in memory or on the disk."""
        from tumorboard.dicom.gate import LIMITS
        from tumorboard.dicom.load import VolumeLoader, voxel_bytes
        from tumorboard.dicom.paging import on_disk

        if self._scratch is None or not series.has_pixels or voxel_bytes(series) <= self._budget:
            return OpenSeries(VolumeLoader(series), key, record)
        caveat = Caveat(PAGED, _paged_text(voxel_bytes(series), self._budget))
        series = replace(series, caveats=(caveat, *series.caveats))
        limits = replace(LIMITS, volume=_LARGEST_ON_DISK)
        return OpenSeries(VolumeLoader(series, limits, on_disk(self._scratch)), key, record)

    def _load_ahead(self, records: Sequence[tuple[str, Record | None]], reporter: Reporter) -> None:
        lower_priority()
        with self._lock:
            self._prefetching = reporter
        try:
            for key, record in records:
                opened = None if record is None else self._ahead(key, record)
                if opened is not None:
                    opened.load(reporter)
        except CancelledError:
            return
        finally:
            with self._lock:
                self._prefetching = None

    def _ahead(self, key: str, record: Record) -> OpenSeries | None:
        """Open a series to load ahead; None where it does not fit into what memory is left."""
        from tumorboard.dicom.load import voxel_bytes

        with self._lock:
            if key in self._open:
                return self._open[key]
        try:
            series = series_of(record)
            if not series.has_pixels or self.bytes_held + voxel_bytes(series) > self._budget:
                return None
            opened = self._opened(key, record, series)
        except UserError:
            return None  # it is said when a person opens it
        with self._lock:
            held = self._open.setdefault(key, opened)
            if held is opened:
                self._open.move_to_end(key, last=False)
            return held

    def _keep_renewed(self) -> None:
        """Store what was found out about files that had changed."""
        with self._lock:
            found = {o.key: o.renewed for o in self._open.values() if o.renewed is not None}
            for opened in self._open.values():
                opened.renewed = None
        if found and self._keep is not None:
            with contextlib.suppress(UserError):  # it is found out again at the next opening
                self._keep(found)


def is_paged(volume: Volume) -> bool:
    """Whether a volume is kept on the disk, because it is larger than the memory for images."""
    return any(caveat.code == PAGED for caveat in volume.caveats)


def _bytes(volume: Volume) -> int:
    return volume.voxels.nbytes + (0 if volume.colour is None else volume.colour.nbytes)


def _paged_text(needed: int, budget: int) -> str:
    return _(
        "This series needs {needed:.1f} GB, more than the {budget:.1f} GB set aside "
        "for images: it is kept on the disk and may be slower.",
        needed=needed / 1000000000.0,
        budget=budget / 1000000000.0,
    )


def lower_priority() -> None:
    """Let this thread and those it starts yield to all others, where the system can."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    except (AttributeError, OSError):
        return
