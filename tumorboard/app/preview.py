"""The picture that stands in the window while new files are still being read.

It is told from a series by a caveat, is never stored, and gives way to the series itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.app.series_record import series_ref
from tumorboard.case.model import SeriesRef
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Progress, Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.instance import Instance
    from tumorboard.dicom.series import Series

#: The code of the caveat of a picture that is only a preview.
PREVIEW = "preview"


@dataclass(frozen=True, eq=False)
class Preview:
    """One picture of files that are not read yet."""

    volume: Volume
    ref: SeriesRef
    instance: Instance

    def place_in(self, series: Series, volume: Volume) -> int | None:
        """Return the slice of a series that is this very picture with the same values.

        None where it is not among them, or where the series reads its values otherwise.
        """
        ours = self.volume
        kind = (ours.voxels.dtype, ours.voxels.shape[1:], ours.colour is None)
        if kind != (volume.voxels.dtype, volume.voxels.shape[1:], volume.colour is None):
            return None
        scale = (ours.rescale_slope, ours.rescale_intercept, ours.unit)
        if scale != (volume.rescale_slope, volume.rescale_intercept, volume.unit):
            return None
        wanted = _identity(self.instance)
        numbers = (k for k, i in enumerate(series.instances) if _identity(i) == wanted)
        return next(numbers, None)


def first_look(paths: Sequence[Path], reporter: Reporter) -> Preview | None:
    """Return one picture of files and folders, or None; for a thread, touches no store.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    from tumorboard.dicom.preview import look_into

    look = look_into(paths, reporter.quiet())
    if look is None:
        return None
    return Preview(told(look.volume, None), series_ref(look.series), look.instance)


def told(volume: Volume, progress: Progress | None) -> Volume:
    """Return a preview that says how far the reading of the files is."""
    text = (
        _(
            "Preview only: reading {done} of {total} files",
            done=progress.done,
            total=progress.total,
        )
        if progress and progress.total
        else _("Preview only: reading files")
    )
    others = tuple(c for c in volume.caveats if c.code != PREVIEW)
    return replace(volume, caveats=(Caveat(PREVIEW, text), *others))


def is_preview(volume: Volume | None) -> bool:
    """Whether a volume is a single picture of files that are still being read."""
    return volume is not None and any(caveat.code == PREVIEW for caveat in volume.caveats)


def _identity(i: Instance) -> tuple[object, ...]:
    return (i.sop_instance_uid, i.frame, i.file_size, i.mtime_ns, i.chunks)
