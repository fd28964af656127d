"""Fill a volume from the files of a series, the slice to be shown first."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.dicom.attributes import quiet_pydicom
from tumorboard.dicom.checks import stack_of
from tumorboard.dicom.decode import (
    DecodeError,
    Palette,
    decode_frame,
    unpack_bits,
    voxel_type,
)
from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.dicom.header import RefusedError, read_header
from tumorboard.dicom.instance import (
    BIG_ENDIAN_SYNTAX,
    DEFLATED_SYNTAX,
    Instance,
)
from tumorboard.dicom.palette import read_palette
from tumorboard.dicom.series import Series
from tumorboard.errors import UserError
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter

_log = logging.getLogger(__name__)

LABEL = "Loading images"

#: Value in HU that an empty CT slice shows: air.
_AIR_HU = -1000.0


class VolumeLoader:
    """Loads the pixels of a series into a volume that can be shown meanwhile.

    ``volume`` is there at once, all slices empty and ``loaded`` False. ``failures`` names
    the slices that cannot be shown, by index, each with one sentence; they stay empty.

    Raises
    ------
    UserError
        When the series holds no pictures or needs more memory than is allowed.

    """

    def __init__(self, series: Series, limits: Limits = LIMITS) -> None:
        if not series.has_pixels:
            raise UserError(
                f"This series holds {_a(series.kind)}, not pictures.",
                "Choose a series of images.",
            )
        self._series = series
        self._limits = limits
        self._scaled = len({(i.slope, i.intercept) for i in series.instances}) > 1
        self._inflated: tuple[Path, bytes] | None = None
        self._palettes: dict[Path, Palette | None] = {}
        self._lock = threading.Lock()
        self.failures: dict[int, str] = {}
        self.volume = self._empty_volume()

    def run(self, reporter: Reporter | None = None, first: int | None = None) -> None:
        """Load what is not loaded yet, from slice ``first`` (default: the middle) outwards.

        Raises
        ------
        CancelledError
            When the reporter was asked to stop; the slices loaded so far stay.

        """
        reporter = reporter or Reporter()
        count = len(self.volume.loaded)
        first = min(max(count // 2 if first is None else first, 0), count - 1)
        order = sorted(range(count), key=lambda k: (abs(k - first), k))
        waiting = [k for k in order if not self.volume.loaded[k] and k not in self.failures]
        done = count - len(waiting)
        for k in waiting[:1]:
            reporter.step(LABEL, done, count)
            self._load(k)
            reporter.step(LABEL, done + 1, count)
        self._load_all(waiting[1:], reporter, count)

    def _load_all(self, waiting: list[int], reporter: Reporter, count: int) -> None:
        if not waiting:
            return
        done = count - len(waiting)
        workers = max(2, os.cpu_count() or 2)
        pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")
        try:
            jobs: list[Future[None]] = [pool.submit(self._load, k) for k in waiting]
            for job in as_completed(jobs):
                job.result()
                done += 1
                reporter.step(LABEL, done, count)
        finally:
            pool.shutdown(cancel_futures=True)

    def _load(self, k: int) -> None:
        """Load one slice, or note why not."""
        instance = self._series.instances[k]
        try:
            self._check_unchanged(instance)
            if self._is_plain(instance):
                self._read_into(instance, self.volume.voxels[k])
            else:
                self.volume.voxels[k] = self._values(instance)
        except (DecodeError, RefusedError) as error:
            self.failures[k] = str(error)
        except FileNotFoundError:
            self.failures[k] = "The file is not there any more."
        except OSError as error:
            self.failures[k] = f"The file cannot be read: {error.strerror or 'unknown'}."
        except Exception as error:  # noqa: BLE001 - one bad slice never stops the rest
            _log.warning("a slice could not be decoded: %s", type(error).__name__)
            self.failures[k] = "The picture cannot be decoded."
        else:
            self.volume.loaded[k] = True

    def _check_unchanged(self, instance: Instance) -> None:
        status = instance.path.stat()
        if (status.st_size, status.st_mtime_ns) != (instance.file_size, instance.mtime_ns):
            raise DecodeError("The file has changed since it was imported.")

    def _is_plain(self, instance: Instance) -> bool:
        """Whether the stored bytes are the voxels, save for byte order and spare bits."""
        other = instance.is_encapsulated or instance.is_colour or instance.floating
        deflated = instance.transfer_syntax == DEFLATED_SYNTAX
        return not (other or deflated or self._scaled) and len(instance.chunks) == 1

    def _read_into(self, instance: Instance, target: NDArray[Any]) -> None:
        """Read the voxels of one slice from the file straight into their place."""
        offset, length = instance.chunks[0]
        view = target.reshape(-1).view(np.uint8).data
        if len(view) != length:
            raise DecodeError("The picture is cut off.")
        with instance.path.open("rb", buffering=0) as file:
            file.seek(offset)
            while view:
                read = file.readinto(view)
                if not read:
                    raise DecodeError("The picture is cut off.")
                view = view[read:]
        if instance.transfer_syntax == BIG_ENDIAN_SYNTAX:
            target.byteswap(inplace=True)
        unpack_bits(target, instance)

    def _values(self, instance: Instance) -> NDArray[Any]:
        decoded = decode_frame(self._frame_data(instance), instance, self._palette(instance))
        if not self._scaled:
            return decoded
        return (decoded * np.float64(instance.slope) + instance.intercept).astype(np.float32)

    def _frame_data(self, instance: Instance) -> bytes:
        if instance.transfer_syntax == DEFLATED_SYNTAX:
            stream = self._inflated_stream(instance.path)
            return b"".join(stream[o : o + n] for o, n in instance.chunks)
        parts = []
        with instance.path.open("rb", buffering=0) as file:
            for offset, length in instance.chunks:
                file.seek(offset)
                parts.append(file.read(length))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _inflated_stream(self, path: Path) -> bytes:
        """Return the inflated content of a file, kept for its other frames."""
        with self._lock:
            if self._inflated is None or self._inflated[0] != path:
                self._inflated = (path, _inflate_file(path, self._limits))
            return self._inflated[1]

    def _palette(self, instance: Instance) -> Palette | None:
        if instance.photometric != "PALETTE COLOR":
            return None
        with self._lock:
            if instance.path not in self._palettes:
                self._palettes[instance.path] = read_palette(instance.path)
            return self._palettes[instance.path]

    def _empty_volume(self) -> Volume:
        series = self._series
        first = series.instances[0]
        stack = series.stack or stack_of(series.instances)
        kind = np.dtype(np.float32) if self._scaled else voxel_type(first)
        needed = int(np.prod(stack.shape, dtype=np.int64)) * kind.itemsize
        if needed > self._limits.volume:
            raise UserError(
                f"This series needs {needed / 2**30:.1f} GiB of memory, more than is allowed.",
                "Import fewer of its files.",
            )
        fill = self._fill(first, kind)
        return Volume(
            voxels=_allocate(stack.shape, kind, fill),
            loaded=np.zeros(stack.shape[0], bool),
            stack=stack,
            rescale_slope=1.0 if self._scaled else first.slope,
            rescale_intercept=0.0 if self._scaled else first.intercept,
            unit=series.unit,
            calibration=series.calibration,
            modality=series.modality,
            series_instance_uid=series.series_instance_uid,
            study_instance_uid=series.study_instance_uid,
            frame_of_reference_uid=series.frame_of_reference_uid,
            sop_instance_uids=tuple(i.sop_instance_uid for i in series.instances),
            window=series.window,
            inverted=first.photometric == "MONOCHROME1",
            padding=None if self._scaled else first.padding,
            lossy=series.lossy,
            caveats=series.caveats,
        )

    def _fill(self, first: Instance, kind: np.dtype[Any]) -> float:
        """Return what an empty slice holds: padding, air on CT, else the darkest value."""
        if kind.kind == "f":
            return 0.0
        if first.padding is not None and not first.is_colour:
            return first.padding
        signed = kind.kind == "i"
        low = -(1 << (first.bits_stored - 1)) if signed else 0
        high = (1 << (first.bits_stored - signed)) - 1
        if first.photometric == "MONOCHROME1":
            return high
        if self._series.unit == "HU":
            return min(max(round((_AIR_HU - first.intercept) / first.slope), low), high)
        return low


def _allocate(shape: tuple[int, int, int], kind: np.dtype[Any], fill: float) -> NDArray[Any]:
    try:
        return np.full(shape, fill, kind) if fill else np.zeros(shape, kind)
    except MemoryError:
        raise UserError(
            "There is not enough memory for this series.", "Close other programs and try again."
        ) from None


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _inflate_file(path: Path, limits: Limits) -> bytes:
    """Return a file's dataset as the scan counted its offsets."""
    with quiet_pydicom():
        stream = read_header(path, limits).stream
    if not stream:
        raise DecodeError("The picture is cut off.")
    return stream
