"""Scanning and loading, against read() of the same bytes and other readers."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from benchmarks.measure import Row, median_ms, side_by_side
from benchmarks.peers import dicomsdl_reader, gdcm_reader
from tests.dicom.make import write_slices
from tumorboard.dicom.decoder_pool import decoders, warm_decoders
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series
from tumorboard.errors import CancelledError
from tumorboard.progress import Progress, Reporter

SYNTAXES = {
    "uncompressed": ExplicitVRLittleEndian,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000": JPEG2000Lossless,
    "RLE": RLELossless,
}
READ, SITK = "read() of the same bytes", "SimpleITK series reader"
#: Loaded in a process of its own, so that its peak is that of loading alone.
#: The peak is that of its own memory: the other counter begins with that of who starts it.
_MEMORY = """
import sys
from pathlib import Path
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
loader = VolumeLoader(scan([Path(sys.argv[1])]).series[0])
loader.run()
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) * 1024, loader.volume.voxels.nbytes)
"""


def write_all(folder: Path, slices: int) -> dict[str, list[Path]]:
    """Write one series a syntax; the slow encoders only for the first hundred slices."""
    values = body(slices)
    written = {}
    for name, syntax in SYNTAXES.items():
        count = slices if name == "uncompressed" else min(slices, 100)
        target = folder / name.replace(" ", "")
        written[name] = write_slices(target, count, values=values[:count], transfer_syntax=syntax)
    return written


def run(written: dict[str, list[Path]]) -> list[Row]:
    return [row for name, files in written.items() for row in _series(name, files)]


def many(folder: Path, count: int) -> list[Row]:
    """Scan very many small files: the time for each must not grow."""
    files = write_slices(folder, count, values=np.zeros((count, 64, 64), np.int16))
    return [_scan_row(f"scan, {count} files", folder, files, runs=1)]


def memory(folder: Path) -> list[Row]:
    """The peak of a process that loads a series, against its voxels and what is allowed."""
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", _MEMORY, str(folder)], capture_output=True, text=True, check=True
    )
    peak, voxels = (int(word) / 1e6 for word in done.stdout.split())
    allowed = voxels * 1.1 + 250
    return [
        Row("peak memory of loading", peak, "the voxels alone", voxels, unit="MB "),
        Row("peak memory of loading", peak, "voxels x 1.1 + 250 MB", allowed, 1.0, "MB "),
    ]


def body(slices: int) -> np.ndarray:
    """A body of water in air with noise: compresses about as a CT does."""
    rng = np.random.default_rng(1)
    i, j = np.mgrid[-256:256, -256:256]
    inside = (i / 180) ** 2 + (j / 230) ** 2 < 1
    one = np.where(inside, 1064, 24) + rng.normal(0, 12, (512, 512))
    return np.repeat(one[None].astype(np.int16), slices, axis=0)


def _series(name: str, files: list[Path]) -> list[Row]:
    folder, count = files[0].parent, len(files)
    (series,) = scan([folder]).series
    plain = name == "uncompressed"
    peers: dict[str, Callable[[], object] | None] = {
        READ: lambda: [f.read_bytes() for f in files],
        SITK: lambda: _sitk(folder),
        "pydicom pixel_array": lambda: [pydicom.dcmread(f).pixel_array for f in files],
        "GDCM": gdcm_reader(files),
        "dicomsdl": dicomsdl_reader(files),
    }
    if not plain:
        peers |= {f"one frame's codec x frames / {os.cpu_count()} cores": None}
    aims = {READ: 1.5 if plain else None, SITK: 0.1 if plain else 1 / 1.8}
    load, against = side_by_side(lambda: VolumeLoader(series).run(), peers, runs=5)
    job = f"load, {name}, {count} slices"
    work = []
    if not plain:
        limit = f"one frame's codec x frames / {os.cpu_count()} cores"
        against[limit] = _codec_ms(series) * count / (os.cpu_count() or 1)
        aims[limit] = 1.15
        work = [_work_row(job, series)]
    first = statistics.median(_first_ms(series) for _ in range(7))
    return [
        _scan_row(f"scan, {name}, {count} files", folder, files),
        *(Row(job, load, peer, value, aims.get(peer)) for peer, value in against.items()),
        *work,
        Row(f"first slice of a known series, {name}", first, "the aim", 60.0, 1.0),
    ]


def _scan_row(job: str, folder: Path, files: list[Path], runs: int = 3) -> Row:
    ours = median_ms(lambda: scan([folder]), runs)
    return Row(job, ours, "0.6 ms a file", 0.6 * len(files), 1.0)


def _work_row(job: str, series: Series) -> Row:
    """The work of all processors for a load against that of the codec alone.

    It does not grow when other programs take their share, as the time on the clock does.
    """
    warm_decoders()
    VolumeLoader(series).run()
    runs = 5
    before = _processor_ms()
    for _ in range(runs):
        VolumeLoader(series).run()
    ours = (_processor_ms() - before) / runs
    codec = _codec_ms(series, time.thread_time) * len(series.instances)
    return Row(f"{job}, all work", ours, "the codec's work", codec, 1.15)


def _processor_ms() -> float:
    """What this process and its decoders have taken of the processors so far."""
    ticks = 0
    for pid in decoders().pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() * 1000 + ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _codec_ms(series: Series, clock: Callable[[], float] = time.perf_counter) -> float:
    """The decoder alone, on one thread of this process, for a frame of the series."""
    import imagecodecs

    from tumorboard.dicom.decode import decode_samples
    from tumorboard.dicom.frame_data import frame_bytes

    instance = series.instances[0]
    data = frame_bytes(instance)
    decode = {
        JPEGLSLossless: imagecodecs.jpegls_decode,
        JPEG2000Lossless: imagecodecs.jpeg2k_decode,
        RLELossless: lambda data: decode_samples(data, instance),
    }[instance.transfer_syntax]
    times = []
    for _ in range(16):
        start = clock()
        decode(data)
        times.append((clock() - start) * 1000)
    return statistics.median(times[1:])


def _first_ms(series: Series) -> float:
    """The time from a series to its first slice in the volume."""
    times: list[float] = []
    start = time.perf_counter()

    def listen(progress: Progress) -> None:
        if progress.done:
            times.append((time.perf_counter() - start) * 1000)
            reporter.cancel()

    reporter = Reporter(listen)
    with contextlib.suppress(CancelledError):
        VolumeLoader(series).run(reporter)
    return times[0]


def _sitk(folder: Path) -> None:
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    reader.Execute()
