"""Scanning and loading a series, against read() of the same bytes and SimpleITK."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from benchmarks.measure import Row, median_ms
from tests.dicom.make import write_slices
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan

SYNTAXES = {
    "uncompressed": ExplicitVRLittleEndian,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000": JPEG2000Lossless,
    "RLE": RLELossless,
}


def run(folder: Path, slices: int) -> list[Row]:
    values = body(slices)
    rows = []
    for name, syntax in SYNTAXES.items():
        count = slices if name == "uncompressed" else min(slices, 100)
        target = folder / name.replace(" ", "")
        files = write_slices(target, count, values=values[:count], transfer_syntax=syntax)
        rows += _series(name, target, files)
    return rows


def body(slices: int) -> np.ndarray:
    """A body of water in air with noise: compresses about as a CT does."""
    rng = np.random.default_rng(1)
    i, j = np.mgrid[-256:256, -256:256]
    inside = (i / 180) ** 2 + (j / 230) ** 2 < 1
    one = np.where(inside, 1064, 24) + rng.normal(0, 12, (512, 512))
    return np.repeat(one[None].astype(np.int16), slices, axis=0)


def _series(name: str, folder: Path, files: list[Path]) -> list[Row]:
    scan_ms = median_ms(lambda: scan([folder]), runs=3)
    headers_ms = median_ms(
        lambda: [pydicom.dcmread(f, stop_before_pixels=True) for f in files], runs=3
    )
    (series,) = scan([folder]).series
    load_ms = median_ms(lambda: VolumeLoader(series).run(), runs=3)
    read_ms = median_ms(lambda: [f.read_bytes() for f in files], runs=3)
    sitk_ms = median_ms(lambda: _sitk(folder), runs=3)
    first_ms = median_ms(lambda: _first(series), runs=5)
    count = len(files)
    return [
        Row(f"scan, {name}, {count} files", scan_ms, "pydicom headers", headers_ms),
        Row(f"load, {name}, {count} slices", load_ms, "read() of the same bytes", read_ms),
        Row(f"load, {name}, {count} slices", load_ms, "SimpleITK series reader", sitk_ms),
        Row(f"first slice, {name}", first_ms, "whole series by SimpleITK", sitk_ms),
    ]


def _first(series: object) -> None:
    from tumorboard.errors import CancelledError
    from tumorboard.progress import Reporter

    loader = VolumeLoader(series)
    reporter = Reporter(lambda progress: reporter.cancel() if progress.done else None)
    try:
        loader.run(reporter)
    except CancelledError:
        return


def _sitk(folder: Path) -> None:
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    reader.Execute()
