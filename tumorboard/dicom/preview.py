"""One picture of some files at once, while the scan still finds out what they all are.

The middle file by name of the fullest folder is as a rule one of the largest series, and
often near its middle. It goes through the very code that loads a series, so that it looks
as it will look later; which pictures belong to it is not known yet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.dicom.grouping import group
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.read import read_file
from tumorboard.dicom.series import Series
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

#: Entries of folders that are looked at: a disc with very many is not read twice.
_ENTRIES = 20_000

#: Where in the fullest folder a picture is looked for, as shares of its files by name.
_PLACES = (0.5, 0.25, 0.75, 0.1, 0.9)


@dataclass(frozen=True)
class Look:
    """A single picture: its volume of one slice, and which picture of which series it is."""

    volume: Volume
    series: Series

    @property
    def instance(self) -> Instance:
        """The picture."""
        return self.series.instances[0]


def look_into(paths: Sequence[Path], reporter: Reporter, limits: Limits = LIMITS) -> Look | None:
    """Return one picture of files and folders, or None where none is found quickly.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    for path in candidates(paths):
        reporter.step(_("Looking for a picture"), 0, 0)
        found = _picture(path, limits)
        if found is not None:
            return found
    return None


def candidates(paths: Sequence[Path]) -> list[Path]:
    """Return a few files of the fullest folder, from its middle by name; each once."""
    files = max(_folders(paths), key=len, default=[])
    places = (files[min(int(len(files) * share), len(files) - 1)] for share in _PLACES if files)
    return list(dict.fromkeys(places))


def _folders(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield the files of each folder by name; files that were named make one of their own."""
    roots = [p.parent if p.name.upper() == "DICOMDIR" else p for p in paths]
    yield sorted(p for p in roots if p.is_file())
    left = _ENTRIES
    for root in roots:
        for folder, __, names in os.walk(root):
            yield [Path(folder, name) for name in sorted(names[:left])]
            left -= len(names)
            if left <= 0:
                return


def _picture(path: Path, limits: Limits) -> Look | None:
    """Return the middle picture of a file; None where it has none or cannot be shown."""
    try:
        if not path.is_file():
            return None
        content = read_file(path, limits)
        if content is None:
            return None
        info, instances = content
        shown = [i for i in instances if i.has_pixels and not i.localizer]
        if not shown or info.suv_factor:  # whether it is SUV depends on all pictures
            return None
        series, _ = group([(info, shown[len(shown) // 2])])
        if len(series) != 1 or not series[0].has_pixels:
            return None
        loader = VolumeLoader(series[0], limits)
        loader.run()
    except Exception:  # noqa: BLE001 - the scan says what is wrong with the file
        return None
    return Look(loader.volume, series[0]) if loader.volume.loaded.all() else None
