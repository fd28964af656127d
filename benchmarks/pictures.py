"""Pictures at the size they are shown at, against OpenCV: resized, and through the grey levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.loading import body
from benchmarks.measure import Row, side_by_side
from benchmarks.peers import module
from tumorboard.imaging.isolines import borders
from tumorboard.imaging.polygons import coverage, fewer_corners, lay_colour, line_coverage
from tumorboard.imaging.resize import Between, Levels, resized, resized_colours, resized_grey

PEER = "OpenCV, the same"
#: What a picture of 512 square is shown at on a screen of 1080 and of 2160 lines.
SIDES = (1074, 2138)
_MODES = {
    "cubic": (Between.CUBIC, "INTER_CUBIC"),
    "linear": (Between.LINEAR, "INTER_LINEAR"),
    "nearest": (Between.NEAREST, "INTER_NEAREST_EXACT"),
}
#: A picture that is smaller than its pixels.
SMALL = 300
_MEANS = {"means": (Between.LINEAR, "INTER_AREA")}
#: Corners are told to OpenCV in parts of a pixel.
_PARTS = 4


def run() -> list[Row]:
    """A slice of a body, its colours, and outlines over it."""
    cv2 = module("cv2")
    image = (body(1)[0] - 1024).astype(np.int16)
    values = np.arange(65536, dtype=np.uint16).view(np.int16).astype(float)
    table = np.rint(np.clip((values + 160) * 255 / 400, 0, 255)).astype(np.uint8)
    levels = Levels(table, image.dtype)
    rows = []
    for side in (*SIDES, SMALL):
        for name, (between, flag) in _MODES.items() if side != SMALL else _MEANS.items():
            theirs = _resizer(cv2, image, side, flag)
            ours, peers = side_by_side(
                lambda s=(side, side), b=between: resized_grey(image, s, b, levels),
                {PEER: theirs and (lambda t=theirs: cv2.LUT(t().view(np.uint16), table))},
            )
            rows.append(Row(f"512 to {side}, {name}, grey levels", ours, PEER, peers[PEER], 1.0))
    uptake = image.astype(np.float32)
    ours, peers = side_by_side(
        lambda: resized(uptake, (1074, 1074), Between.LINEAR),
        {PEER: _resizer(cv2, uptake, 1074, "INTER_LINEAR")},
    )
    rows.append(Row("512 to 1074, linear, float32", ours, PEER, peers[PEER], 1.0))
    colours = np.repeat((image & 255).astype(np.uint8)[..., None], 3, axis=2)
    ours, peers = side_by_side(
        lambda: resized_colours(colours, (1074, 1074), Between.LINEAR),
        {PEER: _resizer(cv2, colours, 1074, "INTER_LINEAR")},
    )
    rows.append(Row("512 to 1074, linear, colours", ours, PEER, peers[PEER], 1.0))
    return [*rows, _outlines(cv2)]


def _resizer(cv2: Any, image: np.ndarray, side: int, flag: str) -> Callable[[], Any] | None:
    if cv2 is None:
        return None
    return lambda: cv2.resize(image, (side, side), interpolation=getattr(cv2, flag))


def _outlines(cv2: Any) -> Row:
    """Five masks of many parts, filled and outlined, from their borders to pixels."""
    rng, side = np.random.default_rng(0), 1080
    rows, columns = np.mgrid[:512, :512]
    layers = []
    for _ in range(5):
        waves = rng.uniform(0.03, 0.2, (6, 2)), rng.uniform(0, 6, 6)
        field = sum(np.sin(y * rows + x * columns + p) for (y, x), p in zip(*waves, strict=True))
        mask = (field > np.quantile(field, 0.85)).astype(np.uint8) * 255
        layers.append([line * 2.1 for line in borders(mask)])

    def ours() -> None:
        pixels = np.zeros((side, side, 4), np.uint8)
        for lines in layers:
            fewer = [fewer_corners(line, 0.25) for line in lines]
            lay_colour(pixels, coverage(fewer, (side, side)), (50, 60, 70, 80))
            drawn = line_coverage([(line, True) for line in fewer], 2.0, (side, side))
            lay_colour(pixels, drawn, (200, 100, 50, 255))

    def theirs() -> None:
        pixels = np.zeros((side, side, 4), np.uint8)
        for lines in layers:
            whole = [np.rint(line[:, ::-1] * 2**_PARTS).astype(np.int32) for line in lines]
            fewer = [cv2.approxPolyDP(line, 2**_PARTS / 4, closed=False) for line in whole]
            cv2.fillPoly(pixels, fewer, (50, 60, 70, 80), cv2.LINE_AA, _PARTS)
            for line in fewer:
                cv2.polylines(pixels, [line], True, (200, 100, 50, 255), 2, cv2.LINE_AA, _PARTS)

    mine, peers = side_by_side(ours, {PEER: theirs if cv2 else None})
    return Row("five masks of many parts, drawn", mine, PEER, peers[PEER], 1.0)
