"""A wheel step to the painted picture, and a new process to its first one."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.measure import Row
from benchmarks.reformats import volume
from tumorboard.annotations.model import Annotation, ImageReference, Kind, as_point
from tumorboard.app.imports import find, take_in
from tumorboard.app.workspace import Workspace
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter
from tumorboard.ui.shell.probe import Probe, environment_of_a_start

SIZES = {"1080p": (1920, 1080), "2160p": (3840, 2160)}
#: The aims: median and 95th percentile in milliseconds.
AIMS = {"1080p": (4.0, 8.0), "2160p": (None, 16.0)}
#: How many drawings lie on each slice that is scrolled through.
DRAWN = 50
FRAME_MS = 1000 / 60
#: From one notch of a wheel that is turned fast to the next, and the runs of each kind.
WHEEL_MS, WHEEL_RUNS = 1000 / 30, 3
#: Slices of the folder that a start is timed on, and the runs of which the median counts.
START_SLICES, START_RUNS = 400, 7
#: The program as it is started, but that it says when its window was painted, and ends.
_WINDOW = """
import sys, time
from PySide6.QtCore import QCoreApplication, QTimer
from tumorboard import cli
from tumorboard.ui.shell.window import MainWindow
show = MainWindow.show
def shown(self):
    show(self)
    QTimer.singleShot(0, self, told)
    MainWindow.last = self
def told():
    QCoreApplication.processEvents()
    print(time.time(), flush=True)
    MainWindow.last.close()
MainWindow.show = shown
sys.exit(cli.main())
"""


def run(slices: int) -> list[Row]:
    whole = volume(slices)
    rows = []
    for name, size in SIZES.items():
        rows += _scrolled(f"axial scroll to painted, {name}", whole, size, AIMS[name])
    job = f"the same with {DRAWN} drawings on each slice"
    rows += _scrolled(job, whole, SIZES["1080p"], AIMS["1080p"], drawn_on(whole))
    return rows + _with_a_wheel(whole)


def _with_a_wheel(whole: Volume) -> list[Row]:
    """Scroll as fast as a wheel is turned, without drawings and with them in turns.

    The volume and the drawings are new each time: nothing of them is known from before.
    """
    plain: list[float] = []
    drawn: list[float] = []
    for _ in range(WHEEL_RUNS):
        probe = Probe(SIZES["1080p"])
        plain += probe.scroll_ms(replace(whole), (), WHEEL_MS)
        drawn += probe.scroll_ms(replace(whole), drawn_on(whole), WHEEL_MS)
    job = f"{1000 / WHEEL_MS:.0f} steps a second with {DRAWN} drawings, 1080p"
    peer = "the same without drawings"
    return [
        Row(f"{job}, median", *_quantiles(drawn, plain, 0.5, peer), most=1.5),
        Row(f"{job}, p95", *_quantiles(drawn, plain, 0.95, peer), most=2.0),
    ]


def _quantiles(
    ours: Sequence[float], theirs: Sequence[float], share: float, peer: str
) -> tuple[float, str, float]:
    at = [sorted(times)[int(len(times) * share)] for times in (ours, theirs)]
    return at[0], peer, at[1]


def _scrolled(
    job: str,
    whole: Volume,
    size: tuple[int, int],
    aims: tuple[float | None, float],
    drawn: Sequence[Annotation] = (),
) -> list[Row]:
    times = sorted(Probe(size).scroll_ms(whole, drawn))
    median, high = statistics.median(times), times[int(len(times) * 0.95)]
    aim, high_aim = aims
    return [
        Row(f"{job}, median", median, "the aim", aim, 1.0)
        if aim
        else Row(f"{job}, median", median, "a frame at 60 Hz", FRAME_MS),
        Row(f"{job}, p95", high, "the aim", high_aim, 1.0),
    ]


def drawn_on(whole: Volume) -> list[Annotation]:
    """Return lengths, outlines, calipers and angles on the slices about the middle."""
    rng = np.random.default_rng(1)
    middle = len(whole.stack.origins) // 2
    slices = range(max(0, middle - 25), min(len(whole.stack.origins), middle + 26))
    return [_drawing(whole, k, n, rng) for k in slices for n in range(DRAWN)]


def _drawing(whole: Volume, k: int, n: int, rng: np.random.Generator) -> Annotation:
    rows, columns = whole.voxels.shape[1:]
    at = whole.stack.to_lps(np.array([k, *rng.uniform((0.1, 0.1), (0.9, 0.9)) * (rows, columns)]))
    ends = at + np.array([[-9, 0, 0], [9, 0, 0], [0, -6, 0], [0, 6, 0]])
    kind = (Kind.LENGTH, Kind.ELLIPSE, Kind.BIDIRECTIONAL, Kind.ANGLE)[n % 4]
    count = {Kind.LENGTH: 2, Kind.ANGLE: 3}.get(kind, 4)
    where = ImageReference(
        whole.study_instance_uid,
        whole.series_instance_uid,
        (whole.sop_instance_uids[k],),
        whole.frame_of_reference_uid,
        Plane.AXIAL,
    )
    points = tuple(as_point(p) for p in ends[:count])
    normal = as_point(whole.stack.normal)
    return Annotation(f"{k}.{n}", kind, points, normal, where, "bench", "2026-01-01T00:00:00Z")


def first_picture(files: list[Path], folder: Path) -> list[Row]:
    """A new process on a folder it does not know; and without one, on a store."""
    few = folder / "few"
    few.mkdir()
    for file in files[:START_SLICES]:
        (few / file.name).hardlink_to(file)
    times = [Probe().first_picture_ms(few) for _ in range(START_RUNS)]
    job = f"process start to first picture, {len(files[:START_SLICES])} slices"
    store = folder / "start"
    workspace = Workspace(store, "bench")
    take_in(workspace.session, find([few], Reporter()))
    workspace.close()
    shown = [_window_ms(store) for _ in range(START_RUNS)]
    return [
        Row(job, statistics.median(times), "the aim", 700.0, 1.0),
        Row("process start to a usable window", statistics.median(shown), "the aim", 1500.0, 1.0),
    ]


def _window_ms(store: Path) -> float:
    start = time.time()
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", _WINDOW, "--store", str(store)],
        env=environment_of_a_start(),
        capture_output=True,
        text=True,
        check=True,
    )
    return (float(done.stdout) - start) * 1000
