"""Measures a workstation on a series of its own, for those who have to judge it.

All figures are of one run on one series, the one with the most pictures below a path; times
in milliseconds. Nothing is stored, and the result names neither a patient nor a path.
"""

from __future__ import annotations

import hashlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from tumorboard import __version__
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.oblique import cut_oblique
from tumorboard.imaging.slicing import PlaneGrid, cut
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.series import Series

LABEL: Final = _("Measuring")
_STEPS: Final = 7
_RUNS: Final = 9
#: Side of the oblique plane, in pixels.
_OBLIQUE_PIXELS: Final = 512


class WindowProbe(Protocol):
    """What only a window can tell; the ring of the window provides it."""

    def first_picture_ms(self, path: Path) -> float:
        """Start the program anew on a path; return the time until a picture is painted."""

    def scroll_ms(self, volume: Volume) -> Sequence[float]:
        """Scroll through a loaded volume; return the time from each step to its picture."""


def bench(path: Path, reporter: Reporter, window: WindowProbe | None = None) -> dict[str, Any]:
    """Measure the work on the largest series below a path; return what ``--json`` prints.

    Without ``window`` the two figures that need one are null.

    Raises
    ------
    UserError
        When there is no path, or no series of pictures below it.
    CancelledError
        When the reporter was asked to stop.

    """
    from tumorboard.dicom.load import VolumeLoader

    step = iter(range(_STEPS + 1))
    reporter.step(LABEL, next(step), _STEPS)
    series, scan = _scanned(path)
    reporter.step(LABEL, next(step), _STEPS)
    # A window that is started on a folder without pictures would be waited for.
    first = None if window is None else round(window.first_picture_ms(path), 1)
    reporter.step(LABEL, next(step), _STEPS)
    read_ms = _milliseconds(lambda: _read(series))
    loader = VolumeLoader(series)
    load_ms = _milliseconds(lambda: loader.run(Reporter()))
    reporter.step(LABEL, next(step), _STEPS)
    volume = loader.volume
    result = {
        "program": __version__,
        "machine": _machine(),
        "series": _described(series, volume),
        "cold_start_to_first_picture_ms": first,
        **scan,
        "load_ms": load_ms,
        "read_of_the_same_files_ms": read_ms,
        "slices_not_read": len(loader.failures),
        "reformat_ms": reformat_ms(volume),
    }
    reporter.step(LABEL, next(step), _STEPS)
    result["scroll_step_to_painted_ms"] = None if window is None else _scroll(window, volume)
    reporter.step(LABEL, next(step), _STEPS)
    result["peak_memory_mb"] = peak_memory_mb()
    result["checksum"] = checksum(volume)
    reporter.step(LABEL, _STEPS, _STEPS)
    return result


def checksum(volume: Volume) -> dict[str, str]:
    """Return the SHA-256 of a volume's values, so that two programs can be compared.

    Over the values in the unit of the volume (stored value times slope plus intercept, in
    double precision, then rounded to 32-bit floating point, little endian), by slice in the
    order of growing position along the normal, then row, then column.
    """
    digest = hashlib.sha256()
    for stored in volume.voxels:
        digest.update(np.ascontiguousarray(volume.values(stored), dtype="<f4").tobytes())
    return {
        "sha256": digest.hexdigest(),
        "of": f"values in {volume.unit or 'stored units'}, float32 little endian, "
        "(slice, row, column)",
    }


def reformat_ms(volume: Volume) -> dict[str, float]:
    """Return the median times of a coronal, a sagittal and an oblique cut through the middle."""
    centre = volume.stack.centre
    # A plane through the middle that is along none of the axes of the slices.
    stack = volume.stack
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
    right = np.array([2.0, 1.0, -2.0]) / 3 @ axes
    down = np.array([-2.0, 2.0, -1.0]) / 3 @ axes
    size = stack.pixel_spacing[1]
    origin = stack.centre - (right + down) * size * (_OBLIQUE_PIXELS - 1) / 2
    oblique = PlaneGrid(origin, right, down, (size, size), (_OBLIQUE_PIXELS, _OBLIQUE_PIXELS))

    def orthogonal(plane: Plane) -> Callable[[], object]:
        return lambda: np.ascontiguousarray(cut(volume, plane, centre).image)

    return {
        "coronal": _median(orthogonal(Plane.CORONAL)),
        "sagittal": _median(orthogonal(Plane.SAGITTAL)),
        f"oblique, {_OBLIQUE_PIXELS} square": _median(lambda: cut_oblique(volume, oblique)),
    }


def peak_memory_mb() -> float | None:
    """Return the most memory this process has held, or None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3 / 1.024), 1)


def _scanned(path: Path) -> tuple[Series, dict[str, Any]]:
    from tumorboard.dicom.scan import scan

    if not path.exists():
        raise UserError(_("“{name}” does not exist.", name=path.name), _("Check the name."))
    start = time.perf_counter()
    found = scan([path])
    elapsed = time.perf_counter() - start
    pictures = [series for series in found.series if series.has_pixels]
    if not pictures:
        raise UserError(
            _("“{name}” holds no pictures.", name=path.name), _("Name a folder of DICOM images.")
        )
    files = len({i.path for s in found.series for i in s.instances}) + len(found.refused)
    largest = max(pictures, key=lambda s: s.slices * s.rows * s.columns)
    return largest, {"scan_ms": round(elapsed * 1000, 1), "files_scanned": files}


def _read(series: Series) -> None:
    """Read the files of a series as they are: no loader can be faster."""
    for path in dict.fromkeys(instance.path for instance in series.instances):
        path.read_bytes()


def _scroll(window: WindowProbe, volume: Volume) -> dict[str, float]:
    times = sorted(window.scroll_ms(volume))
    return {
        "median": round(statistics.median(times), 2),
        "p95": round(times[min(len(times) - 1, int(len(times) * 0.95))], 2),
        "steps": len(times),
    }


def _described(series: Series, volume: Volume) -> dict[str, Any]:
    slices, rows, columns = volume.stack.shape
    return {
        "modality": series.modality,
        "slices": slices,
        "rows": rows,
        "columns": columns,
        "transfer_syntax": series.transfer_syntax,
        "voxel_type": volume.voxels.dtype.name,
        "voxel_mb": round(volume.voxels.nbytes / 1e6, 1),
    }


def _machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round((time.perf_counter() - start) * 1000, 1)


def _median(work: Callable[[], object]) -> float:
    work()
    times = []
    for __ in range(_RUNS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times), 2)
