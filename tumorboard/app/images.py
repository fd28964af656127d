"""Opens series as volumes: allocated at once, filled in the background, kept for return."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tumorboard.errors import UserError
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.load import VolumeLoader

#: What the volumes in memory may take unless the user chose otherwise, in megabytes.
DEFAULT_MEMORY_MB = 2048


class OpenSeries:
    """A series being shown: its volume and the work that fills it."""

    def __init__(self, loader: VolumeLoader, key: str) -> None:
        self.key = key
        self._loader = loader
        self._lock = threading.Lock()

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

    def load(self, reporter: Reporter) -> None:
        """Fill the volume from its middle outwards; for a worker thread.

        Raises
        ------
        CancelledError
            When another series was chosen meanwhile.

        """
        with self._lock:
            if not self.is_complete:
                self._loader.run(reporter, first=len(self.volume.loaded) // 2)


class ImageService:
    """Opens the series of the store by their key; volumes stay while memory allows."""

    def __init__(
        self,
        body_of: Callable[[str], Mapping[str, Any] | None],
        memory_mb: int = DEFAULT_MEMORY_MB,
    ) -> None:
        self._body_of = body_of
        self._budget = memory_mb * 1_000_000
        self._open: OrderedDict[str, OpenSeries] = OrderedDict()

    def open(self, key: str) -> OpenSeries:
        """Return the series under a key, with its volume allocated.

        Raises
        ------
        UserError
            When the series is not known or cannot be shown as images.

        """
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key]
        body = self._body_of(key)
        if body is None:
            raise UserError("This series is not in the store.", "Import its folder again.")
        from tumorboard.dicom.load import VolumeLoader
        from tumorboard.dicom.series import Series

        opened = OpenSeries(VolumeLoader(Series.from_json(dict(body))), key)
        self._open[key] = opened
        self._let_go()
        return opened

    @property
    def bytes_held(self) -> int:
        """What the voxels of the open volumes take."""
        return sum(opened.volume.voxels.nbytes for opened in self._open.values())

    def _let_go(self) -> None:
        """Forget the volumes not used for longest, until the budget holds; never the last."""
        while len(self._open) > 1 and self.bytes_held > self._budget:
            self._open.popitem(last=False)

    def forget(self) -> None:
        """Let all volumes go."""
        self._open.clear()
