"""What the program makes of places in pictures: values, units, greys, without a window.

It asks the same functions that the window asks, so that what it prints is what a reader sees.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.errors import UserError
from tumorboard.imaging.roi_statistics import picture_values
from tumorboard.imaging.value_words import number, unit_words
from tumorboard.imaging.volume import Volume, Window
from tumorboard.imaging.windowing import GreyTable, auto_window, default_window
from tumorboard.language import _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.series import Series

_HINT = _("Give four whole numbers: --at ROW,COLUMN,HEIGHT,WIDTH.")


@dataclass(frozen=True)
class Square:
    """A part of a picture in pixels, from its first row and column on."""

    row: int
    column: int
    height: int
    width: int

    @classmethod
    def parse(cls, text: str) -> Square:
        """Read "ROW,COLUMN,HEIGHT,WIDTH".

        Raises
        ------
        UserError
            When it is not four whole numbers, the last two above 0.

        """
        try:
            row, column, height, width = (int(part) for part in text.split(","))
        except ValueError:
            raise UserError(_("“{text}” is no place in a picture.", text=text), _HINT) from None
        if min(row, column) < 0 or min(height, width) < 1:
            raise UserError(_("“{text}” is no place in a picture.", text=text), _HINT)
        return cls(row, column, height, width)

    def of(self, picture: NDArray[Any]) -> NDArray[Any] | None:
        """Return its pixels, shape (height, width, ...); None when it leaves the picture."""
        end = (self.row + self.height, self.column + self.width)
        if end[0] > picture.shape[0] or end[1] > picture.shape[1]:
            return None
        return picture[self.row : end[0], self.column : end[1]]


def probe(paths: Sequence[Path], squares: Sequence[Square], reporter: Reporter) -> dict[str, Any]:
    """Return what ``probe --json`` prints: each series with its values at the squares.

    Raises
    ------
    UserError
        When an archive cannot be opened.
    CancelledError
        When the reporter was asked to stop.

    """
    from tumorboard.dicom.decoder_pool import close_decoders
    from tumorboard.dicom.scan import scan

    with tempfile.TemporaryDirectory(prefix="tumorboard-probe-") as folder:
        found = scan(paths, reporter, unpack_to=Path(folder))
        try:
            rows = [_series(s, squares, reporter) for s in found.series]
        finally:
            close_decoders()
    refused = [{"file": r.file, "reason": r.reason} for r in found.refused]
    return {"series": rows, "refused": refused}


def probe_words(result: dict[str, Any], squares: Sequence[Square]) -> str:
    """Return the result as lines for a terminal, without who it is of."""
    lines = []
    for row in result["series"]:
        unit = unit_words(row["unit"])
        lines.append(f"{row['description'] or _('Series')}: {row['kind']}, {row['slices']}, {unit}")
        lines += [f"  {_('note: {text}', text=c['text'])}" for c in row["caveats"]]
        for n, picture in enumerate(row.get("pictures", [])):
            if picture["failure"]:
                lines.append(f"  {n + 1}: {picture['failure']}")
                continue
            for square, value in zip(squares, picture["values"], strict=True):
                shown = _("outside") if value is None else f"{number(value, row['unit'])} {unit}"
                place = f"{square.row},{square.column}"
                told = _("{number} at {place}: {value}", number=n + 1, place=place, value=shown)
                lines.append(f"  {told}")
    lines += [f"{r['file']}: {r['reason']}" for r in result["refused"]]
    return "\n".join(lines)


def _series(series: Series, squares: Sequence[Square], reporter: Reporter) -> dict[str, Any]:
    spacing = series.pixel_spacing
    row: dict[str, Any] = {
        "series_instance_uid": series.series_instance_uid,
        "kind": series.kind,
        "slices": series.slices,
        "unit": series.unit,
        "suv_factor": series.info.suv_factor,
        "description": series.info.series_description,
        "patient": [series.patient.name, *map(str, series.patient.key)],
        "calibration": str(series.calibration),
        "pixel_spacing_mm": None if spacing is None else list(spacing),
        "caveats": [asdict(c) for c in series.caveats],
        "ratio": None,
    }
    if series.has_pixels:
        row |= _pixels(series, squares, reporter)
    return row


def _pixels(series: Series, squares: Sequence[Square], reporter: Reporter) -> dict[str, Any]:
    from tumorboard.dicom.load import VolumeLoader

    try:
        loader = VolumeLoader(series)
        loader.run(reporter)
    except UserError as error:
        failed = {"failure": str(error), "values": [None] * len(squares)}
        return {"pictures": [failed] * series.slices}
    volume = loader.volume
    middle = len(volume.loaded) // 2
    spacing = volume.stack.pixel_spacing
    row: dict[str, Any] = {
        "ratio": spacing[0] / spacing[1],
        "pictures": [
            {"failure": loader.failures.get(k, ""), "values": _means(volume, k, squares)}
            for k in range(len(volume.loaded))
        ],
        "grey": _greys(volume, default_window(volume, volume.voxels[middle]), squares),
        "grey_auto": _greys(volume, auto_window(volume, volume.voxels[middle]), squares),
    }
    if volume.colour is not None:
        row["colour"] = [[_colour(s.of(p)) for s in squares] for p in volume.colour]
    return row


def _means(volume: Volume, k: int, squares: Sequence[Square]) -> list[float | None]:
    """Return the mean value of each square of a slice, padding left out."""
    if not volume.loaded[k]:
        return [None] * len(squares)
    return [_mean(volume, s.of(volume.voxels[k])) for s in squares]


def _mean(volume: Volume, stored: NDArray[Any] | None) -> float | None:
    values = None if stored is None else picture_values(volume, stored)
    return None if values is None or not values.size else _finite(values.mean())


def _greys(volume: Volume, window: Window, squares: Sequence[Square]) -> list[float | None]:
    """Return the mean grey, 0 to 255, of each square of the middle picture."""
    grey = GreyTable(volume, window, inverted=False)(volume.voxels[len(volume.loaded) // 2])
    parts = [s.of(grey) for s in squares]
    return [None if p is None else _finite(p.mean()) for p in parts]


def _colour(part: NDArray[Any] | None) -> list[float] | None:
    return None if part is None else [float(v) for v in part.reshape(-1, 3).mean(axis=0)]


def _finite(value: np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None
