"""A wheel step to the painted picture, and a new process to its first one."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.measure import Row
from benchmarks.reformats import volume
from tumorboard.ui.probe import Probe

SIZES = {"1080p": (1920, 1080), "2160p": (3840, 2160)}
#: The aims: median and 95th percentile in milliseconds.
AIMS = {"1080p": (4.0, 8.0), "2160p": (None, 16.0)}
FRAME_MS = 1000 / 60


def run(slices: int) -> list[Row]:
    whole = volume(slices)
    rows = []
    for name, size in SIZES.items():
        times = sorted(Probe(size).scroll_ms(whole))
        median, high = statistics.median(times), times[int(len(times) * 0.95)]
        aim, high_aim = AIMS[name]
        job = f"axial scroll to painted, {name}"
        rows += [
            Row(f"{job}, median", median, "the aim", aim, 1.0)
            if aim
            else Row(f"{job}, median", median, "a frame at 60 Hz", FRAME_MS),
            Row(f"{job}, p95", high, "the aim", high_aim, 1.0),
        ]
    return rows


def first_picture(folder: Path, count: int) -> list[Row]:
    """A new process on a folder it does not know."""
    times = sorted(Probe().first_picture_ms(folder) for _ in range(5))
    job = f"process start to first picture, {count} slices"
    return [Row(job, times[2], "the aim", 700.0, 1.0)]
