"""A fixed robot proposes labelled tumours from clicks; Dice and times, today's Grow beside them.

The robot clicks a random voxel of the tumour first, then the voxel that lies deepest in the
largest connected error: in the mass where something is missing, beside it where it is too much.
Ten seeds a tumour. ``python -m benchmarks proposals``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tumorboard.annotations.model import as_point
from tumorboard.app.measure_files import load_volume, read_masks
from tumorboard.app.outlining import seed_range
from tumorboard.dicom.contours import read_contours
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.layers import region_layer
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.mask_model import Mask, intersect, subtract, union
from tumorboard.imaging.segmentation.clean import components, largest
from tumorboard.imaging.segmentation.distance import signed_distance, usual_spacing
from tumorboard.imaging.segmentation.grow import Limits, grow
from tumorboard.imaging.segmentation.proposal import Click, Proposal, correct, propose
from tumorboard.imaging.volume import Volume
from tumorboard.progress import Reporter

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "series"
SEEDS, CLICKS = 10, 5
SHOWN = (1, 2, 3, 5)

Tumour = tuple[str, Volume, Mask]
#: Makes the next mask from the clicks so far.
Step = Callable[[tuple[Click, ...]], Mask]


def run() -> str:
    """Return the table, or the sentence that the data are not here."""
    if not DATA.exists():
        return "The labelled series are not here."
    head = "".join(f"{f'after {n}':>13}" for n in SHOWN)
    lines = [f"{'tumour and way':<46}{head}{'ms a click':>16}", _HEAD]
    for name, volume, truth in tumours():
        for way, make in _ways(volume, truth):
            lines.append(_row(f"{name}: {way}", truth, make))
    return "\n".join(lines)


_HEAD = f"{'':<46}" + f"{'median worst':>13}" * len(SHOWN) + f"{'median longest':>16}"


def tumours() -> Iterator[Tumour]:
    """Yield every labelled tumour of the series that are here: name, images, mask."""
    folder = DATA / "ct-abdomen-ircadb17"
    if folder.exists():
        volume = load_volume(folder / "dicom", Reporter())
        for name in ("livertumor1", "livertumor2"):
            file = folder / "seg" / f"{name}.nii.gz"
            yield name, volume, largest(read_masks(file, volume.stack, Reporter()).parts[0].mask)
    for modality in ("CT", "MR_T1", "PET"):
        folder = DATA / "sts042-ct-mr-pet-rtstruct" / modality
        if folder.exists():
            volume = load_volume(folder / "image", Reporter())
            region = read_contours(folder / "RS.dcm").regions[0]
            drawn = region_layer(region, volume.stack).mask
            if drawn is not None:
                yield f"sarcoma, {modality}", volume, _laid(drawn, volume)


def _laid(drawn: Volume, volume: Volume) -> Mask:
    index = np.argwhere(drawn.voxels > 127)
    places = np.rint(volume.stack.to_index(drawn.stack.to_lps(index))).astype(int)
    voxels = np.zeros(volume.stack.shape, bool)
    voxels[tuple(places.T)] = True
    return Mask.of(voxels, volume.stack)


def _ways(volume: Volume, truth: Mask) -> Iterator[tuple[str, Callable[[], Step]]]:
    sizes = dimensions(truth)
    calipers = (sizes.long_axis, sizes.short_axis, sizes.craniocaudal)
    ends = tuple(as_point(p) for c in calipers for p in (c.start, c.end))
    fence = Limits(4000.0, 0.55 * sizes.maximum_3d.length_mm)
    yield "Grow, as a reader finds it", lambda: _grown(volume, Limits(4000.0, 300.0))
    yield "Grow, stopped at its half length", lambda: _grown(volume, fence, kept=True)
    yield "proposed", lambda: _proposed(volume, ())
    yield "proposed, axes measured", lambda: _proposed(volume, ends)


def _proposed(volume: Volume, ends: tuple[Point, ...]) -> Step:
    held: list[Proposal] = []

    def step(clicks: tuple[Click, ...]) -> Mask:
        if not held:
            held.append(propose(volume, clicks[0].point, ends))
        else:
            held.append(correct(volume, held[-1], clicks[-1]))
        return held[-1].mask

    return step


def _grown(volume: Volume, limits: Limits, *, kept: bool = False) -> Step:
    """Return what Grow keeps of each click inside; what leaked counts where ``kept``."""
    held = [Mask.of(np.zeros((0, 0, 0), bool), volume.stack)]

    def step(clicks: tuple[Click, ...]) -> Mask:
        point = clicks[-1].point
        if clicks[-1].belongs:
            try:
                got = grow(volume, point, *seed_range(volume, point, 1.0), limits)
            except UserError:
                return held[0]
            if kept or not got.leaked:
                held[0] = union(held[0], got.mask)
        return held[0]

    return step


def _row(about: str, truth: Mask, make: Callable[[], Step]) -> str:
    found, times = [], []
    for seed in range(SEEDS):
        scores, took = _robot(truth, make(), np.random.default_rng(seed))
        found.append(scores)
        times += took
    scores = np.array(found)
    cells = "".join(
        f"{f'{np.median(scores[:, n - 1]):.2f}  {scores[:, n - 1].min():.2f}':>13}" for n in SHOWN
    )
    return f"{about:<46}{cells}{f'{1e3 * np.median(times):.0f}  {1e3 * max(times):.0f}':>16}"


def _robot(truth: Mask, step: Step, chance: np.random.Generator) -> tuple[list[float], list[float]]:
    inside = np.argwhere(truth.voxels) + np.array(truth.origin)
    point = as_point(truth.stack.to_lps(inside[chance.integers(len(inside))].astype(float)))
    clicks: tuple[Click, ...] = (Click(point),)
    scores, times = [], []
    while True:
        begun = time.perf_counter()
        mask = step(clicks)
        times.append(time.perf_counter() - begun)
        both = 0 if mask.is_empty else intersect(mask, truth).count
        scores.append(2 * both / (mask.count + truth.count))
        if len(scores) == CLICKS:
            return scores, times
        clicks = (*clicks, _correction(mask, truth))


def _correction(mask: Mask, truth: Mask) -> Click:
    missing, much = (
        parts[0] if (parts := components(subtract(a, b))) else None
        for a, b in ((truth, mask), (mask, truth))
    )
    belongs = much is None or (missing is not None and missing.count >= much.count)
    error = missing if belongs else much
    if error is None:
        return Click(as_point(truth.centroid))
    spacing = usual_spacing(error.stack)
    depth = signed_distance(np.pad(error.voxels, 1), spacing)[1:-1, 1:-1, 1:-1]
    deepest = np.array(np.unravel_index(int(depth.argmin()), depth.shape)) + error.origin
    return Click(as_point(error.stack.to_lps(deepest.astype(float))), belongs)
