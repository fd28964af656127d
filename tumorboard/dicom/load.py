"""Fill a volume from the files of a series, the slice to be shown first."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.dicom.checks import padding_range, stack_of
from tumorboard.dicom.decode import (
    DecodeError,
    colour_of,
    decode_samples,
    voxel_type,
    voxels_of,
)
from tumorboard.dicom.describe import describe
from tumorboard.dicom.extras import Extras
from tumorboard.dicom.frame_data import check_unchanged, failure_text, frame_bytes, read_into
from tumorboard.dicom.gate import LIMITS, Limits
from tumorboard.dicom.instance import DEFLATED_SYNTAX, Instance
from tumorboard.dicom.paging import Allocate, in_memory
from tumorboard.dicom.plan import Plan, outwards
from tumorboard.dicom.regions import common
from tumorboard.dicom.series import Series
from tumorboard.errors import UserError
from tumorboard.imaging.volume import VoiTable, Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

LABEL = _("Loading images")
#: What is said of a series without pictures, by its kind.
_NOT_PICTURES = {
    "document": _("This series holds a document, not pictures."),
    "overlay": _("This series holds an overlay, not pictures."),
}

#: Value in HU that an empty CT slice shows: air.
_AIR_HU = -1000.0

#: Seconds between two looks at what the threads have loaded: waking for each slice would
#: cost more than reading it.
_GLANCE = 0.01


class VolumeLoader:
    """Loads the pixels of a series into a volume that can be shown meanwhile.

    ``volume`` is there at once, all slices empty and ``loaded`` False. ``failures`` names
    the slices that cannot be shown, by index, each with one sentence; they stay empty.
    Empty slices hold 0, which costs no time. Where 0 does not look dark, as on a CT in whole
    HU, they are made dark when the first slice is there.

    Raises
    ------
    UserError
        When the series holds no pictures or needs more memory than is allowed.

    """

    def __init__(
        self, series: Series, limits: Limits = LIMITS, allocate: Allocate = in_memory
    ) -> None:
        if not series.has_pixels:
            raise UserError(
                _NOT_PICTURES[series.kind],
                _("Choose a series of images."),
            )
        self._series = series
        self._limits = limits
        self._allocate = allocate
        self._factor = series.info.suv_factor or 1.0
        self._scaled = len(series.scales) > 1
        self._extras = Extras(limits)
        self._plans: tuple[Plan, ...] = ()
        self._is_dark = False
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
        order = sorted(range(count), key=lambda k: outwards(k, first, 0))
        waiting = [k for k in order if not self.volume.loaded[k] and k not in self.failures]
        done = count - len(waiting)
        native, packed = self._plans = self._planned(waiting[1:])
        try:
            for k in waiting[:1]:
                reporter.step(LABEL, done, count)
                self._load(k)
                reporter.step(LABEL, done + 1, count)
            self._darken(waiting[1:])
            self._load_all(native, packed, reporter, count)
        finally:
            self._plans = ()

    def take(self, series: Series) -> None:
        """Read from now on what ``series`` says: the same pictures, in files read anew."""
        self._series = series
        self._extras = Extras(self._limits)

    def try_slice(self, k: int) -> None:
        """Read an uncompressed slice if that goes well; what goes wrong is left to `run`."""
        instance = self._series.instances[k]
        if not self.volume.loaded[k] and instance.chunks and self._is_plain(instance):
            with contextlib.suppress(Exception):
                read_into(instance, self.volume.voxels[k])
                self.volume.loaded[k] = True

    def focus(self, k: int, direction: int = 0) -> None:
        """Load around slice ``k`` next, ahead of a reader who goes up (1) or down (-1).

        May be called from any thread while another one is in `run`; slices that are being
        read already come first. Without a `run` under way nothing happens.
        """
        for plan in self._plans:
            plan.focus(k, direction)

    def _planned(self, waiting: list[int]) -> tuple[Plan, Plan]:
        """Return the plans of what is read as it is, and of what goes through the codecs."""
        frames = [(k, self._series.instances[k]) for k in waiting]
        native = Plan((k, i) for k, i in frames if not i.is_encapsulated)
        return native, Plan((k, i) for k, i in frames if i.is_encapsulated)

    def _load_all(self, native: Plan, packed: Plan, reporter: Reporter, count: int) -> None:
        """Load slices in threads and report each from this one."""
        wanted = len(native) + len(packed)
        arrived: list[int] = []
        complete, stop = threading.Event(), threading.Event()

        def arrive(k: int) -> None:
            arrived.append(k)
            if len(arrived) == wanted:
                complete.set()

        threads = self._start(native, packed, arrive, stop)
        reported = 0
        try:
            while reported < wanted:
                running = any(t.is_alive() for t in threads)
                complete.wait(_GLANCE if running else 0)
                if not running and reported == len(arrived):
                    return
                while reported < len(arrived):
                    reported += 1
                    reporter.step(LABEL, count - wanted + reported, count)
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _darken(self, waiting: list[int]) -> None:
        """Make slices that are not there yet dark, once; costs nothing where 0 is dark."""
        if self._is_dark or not waiting:
            return
        ends = np.flatnonzero(np.diff(np.sort(waiting)) > 1)
        for run in np.split(np.sort(waiting), ends + 1):
            self.volume.voxels[run[0] : run[-1] + 1] = self._dark
        self._is_dark = True

    def _fail(self, k: int, reason: str) -> None:
        """Note why a slice cannot be shown, and leave nothing of it half written."""
        self.volume.voxels[k] = self._dark
        if self.volume.colour is not None:
            self.volume.colour[k] = 0
        self.failures[k] = reason

    def _start(
        self, native: Plan, packed: Plan, arrive: Callable[[int], None], stop: threading.Event
    ) -> list[threading.Thread]:
        """Start the threads that read, and those that pass frames through the codecs."""

        def read() -> None:
            while not stop.is_set() and (frame := native.take()) is not None:
                self._load(frame[0])
                arrive(frame[0])

        def decoded(k: int, samples: NDArray[Any] | None, reason: str) -> None:
            self._keep(k, samples, reason)
            arrive(k)

        count = min(max(2, os.cpu_count() or 2), len(native))
        threads = [threading.Thread(target=read, name=f"read-{n}") for n in range(count)]
        for thread in threads:
            thread.start()
        if packed:
            from tumorboard.dicom.decoder_pool import decoders

            threads += decoders().run(packed, decoded, stop.is_set)
        return threads

    def _load(self, k: int) -> None:
        """Load one slice, or note why not."""
        instance = self._series.instances[k]
        try:
            if self._is_plain(instance):
                read_into(instance, self.volume.voxels[k])
            else:
                self._place(k, self._samples(instance))
        except Exception as error:  # noqa: BLE001 - one bad slice never stops the rest
            self._fail(k, failure_text(error))
        else:
            self.volume.loaded[k] = True

    def _keep(self, k: int, samples: NDArray[Any] | None, reason: str) -> None:
        """Take what a decoder made of a slice into the volume."""
        if samples is None:
            self._fail(k, reason)
            return
        try:
            self._place(k, samples)
        except Exception as error:  # noqa: BLE001 - one bad slice never stops the rest
            self._fail(k, failure_text(error))
        else:
            self.volume.loaded[k] = True

    @property
    def series(self) -> Series:
        """The series as it is read."""
        return self._series

    def _is_plain(self, instance: Instance) -> bool:
        """Whether the stored bytes are the voxels, save for byte order and spare bits."""
        other = instance.is_encapsulated or instance.is_colour or instance.floating
        deflated = instance.transfer_syntax == DEFLATED_SYNTAX
        mapped = instance.has_value_table or instance.bits_allocated == 1
        changed = self._scaled or self._pads_otherwise(instance) or instance.in_words
        return not (other or deflated or mapped or changed) and len(instance.chunks) == 1

    def _pads_otherwise(self, instance: Instance) -> bool:
        """Whether a slice marks what is no picture by other values than the volume does."""
        mine = padding_range(instance)
        return mine is not None and self._outside is not None and mine != self._outside

    def _with_padding(
        self, values: NDArray[Any], stored: NDArray[Any], instance: Instance
    ) -> NDArray[Any]:
        """Return values in which padding is the one that the volume names."""
        mine = padding_range(instance)
        if mine is None or self._outside is None:
            return values
        outside = (stored >= mine[0]) & (stored <= mine[1])
        return np.where(outside, values.dtype.type(self._outside[0]), values)

    def _samples(self, instance: Instance) -> NDArray[Any]:
        """Return the samples of one frame; codecs run in a process of their own."""
        if instance.is_encapsulated:
            from tumorboard.dicom.decoder_pool import decoders

            return decoders().decode(instance)
        if instance.transfer_syntax == DEFLATED_SYNTAX:
            check_unchanged(instance)
            stream = self._extras.inflated(instance.path)
            return decode_samples(b"".join(stream[o : o + n] for o, n in instance.chunks), instance)
        return decode_samples(frame_bytes(instance), instance)

    def _place(self, k: int, samples: NDArray[Any]) -> None:
        """Write a slice into the volume."""
        instance = self._series.instances[k]
        palette = self._extras.palette(instance)
        voxels = voxels_of(samples, instance, palette, self._extras.table(instance))
        if self._series.unit == "HU" and _has_lost_sign(voxels, instance):
            raise DecodeError(_LOST_SIGN)
        if self._scaled:
            values = voxels * np.float64(instance.slope) + instance.intercept
            values = (values * self._factor).astype(np.float32)
            voxels = self._with_padding(values, voxels, instance)
        elif self._pads_otherwise(instance):
            voxels = self._with_padding(voxels, voxels, instance)
        self.volume.voxels[k] = voxels
        if self.volume.colour is not None:
            self.volume.colour[k] = colour_of(samples, instance, palette)

    def _voi_table(self) -> VoiTable | None:
        """Return the table that the middle picture brings for its display, if any."""
        instance = self._series.instances[len(self._series.instances) // 2]
        if not instance.voi_table or instance.is_colour or not self._series.is_rescaled:
            return None
        from tumorboard.dicom.lookup import read_lookup

        signed = instance.signed and not instance.has_value_table
        table = read_lookup(instance.path, "VOILUTSequence", signed or instance.intercept < 0)
        if table is None:
            return None
        grey = np.rint(table.entries * (255.0 / ((1 << table.bits) - 1)))
        return VoiTable(float(table.first), np.minimum(grey, 255).astype(np.uint8))

    def _empty_volume(self) -> Volume:
        series = self._series
        first = series.instances[0]
        stack = series.stack or stack_of(series.instances)
        slope, intercept = (1.0, 0.0) if self._scaled else next(iter(series.scales))
        kind = np.dtype(np.float32) if self._scaled else voxel_type(first)
        self._outside = _outside(series, self._factor)
        needed = voxel_bytes(series)
        if needed > self._limits.volume:
            raise UserError(
                _(
                    "This series needs {needed:.1f} GiB of memory, more than is allowed.",
                    needed=needed / 2**30,
                ),
                _("Import fewer of its files."),
            )
        self._dark = self._fill(first, kind)
        self._is_dark = self._dark == 0 or self._zero_is_dark(first)
        table = self._voi_table()
        coloured = (*stack.shape, 3) if first.is_colour else None
        phase = describe(series).phase
        return Volume(
            voxels=self._allocate(stack.shape, kind),
            loaded=np.zeros(stack.shape[0], bool),
            stack=stack,
            rescale_slope=1.0 if self._scaled else slope * self._factor,
            rescale_intercept=0.0 if self._scaled else intercept * self._factor,
            unit=series.unit,
            calibration=series.calibration,
            modality=series.modality,
            series_instance_uid=series.uid,
            part_of=series.series_instance_uid,
            study_instance_uid=series.study_instance_uid,
            frame_of_reference_uid=series.frame_of_reference_uid,
            sop_instance_uids=tuple(i.sop_instance_uid for i in series.instances),
            frames=tuple(i.frame for i in series.instances) if _is_multi_frame(series) else (),
            instance_numbers=()
            if _is_multi_frame(series)
            else tuple(i.instance_number or 0 for i in series.instances),
            window=series.window or (table.window if table else None),
            inverted=first.is_inverted,
            padding=None if self._outside is None else self._outside[0],
            padding_limit=None if self._outside is None else self._outside[1],
            voi_table=table,
            suv_factor=series.info.suv_factor,
            frame_ms=series.info.frame_ms,
            colour=None if coloured is None else self._allocate(coloured, np.dtype(np.uint8)),
            lossy=series.lossy,
            caveats=series.caveats,
            calibrated_regions=common(i.regions for i in series.instances),
            phase=phase.value,
            phase_evidence=phase.evidence,
            stated_sides=first.sides if len({i.sides for i in series.instances}) == 1 else (),
        )

    def _zero_is_dark(self, first: Instance) -> bool:
        """Whether a stored 0 looks no brighter than air, or than no signal at all."""
        if self._series.unit == "HU":
            return first.intercept <= _AIR_HU
        return not first.is_inverted

    def _fill(self, first: Instance, kind: np.dtype[Any]) -> float:
        """Return what an empty slice holds: padding, air on CT, else the darkest value."""
        if kind.kind == "f" or first.has_value_table:
            return 0.0
        if self._outside is not None:
            return self._outside[0]
        signed = kind.kind == "i"
        low = -(1 << (first.bits_stored - 1)) if signed else 0
        high = (1 << (first.bits_stored - signed)) - 1
        if first.is_inverted:
            return high
        if self._series.unit == "HU":
            return min(max(round((_AIR_HU - first.intercept) / first.slope), low), high)
        return low


#: HU above which there is metal alone, and the share of a picture that this never takes.
_METAL_HU, _MOST_METAL = 2048.0, 0.1
_LOST_SIGN = _("Its values cannot be those of a CT: none is below 0 HU, much is above bone.")


def _has_lost_sign(voxels: NDArray[Any], instance: Instance) -> bool:
    """Whether negative values came out of a codestream as large ones.

    JPEG and JPEG-LS know no sign: one that was written with more bits than its values had has
    no trace of it left. Air then is denser than bone.
    """
    if not (instance.is_encapsulated and instance.signed):
        return False
    if voxels.min() * instance.slope + instance.intercept < 0:
        return False
    values = voxels[::4, ::4] * instance.slope + instance.intercept
    return bool((values >= _METAL_HU).mean() > _MOST_METAL)


def _outside(series: Series, factor: float) -> tuple[float, float] | None:
    """Return from where to where voxels of the volume mark what is no picture, or None.

    Where slices are scaled one by one it is a value that no voxel of the picture can have.
    """
    first = series.instances[0]
    each = [r for i in series.instances if (r := padding_range(i)) is not None]
    if not each or first.has_value_table or first.is_colour or first.floating:
        return None
    if len(series.scales) == 1:
        return each[0]
    ends = (0, (1 << first.bits_allocated) - 1, -(1 << (first.bits_allocated - 1)))
    lowest = min(e * slope + intercept for e in ends for slope, intercept in series.scales)
    value = float(np.floor(np.float32(lowest * factor))) - 1.0
    return value, value


def _is_multi_frame(series: Series) -> bool:
    return any(i.frames > 1 for i in series.instances)


def voxel_bytes(series: Series) -> int:
    """Return the memory that the pictures of a series take, in bytes."""
    first = series.instances[0]
    size = 4 if len(series.scales) > 1 else voxel_type(first).itemsize
    return series.slices * first.rows * first.columns * (size + (3 if first.is_colour else 0))
