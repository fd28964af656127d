"""What others are told on a picture, before an audience and on paper alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from tumorboard.annotations.model import Annotation
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.view_cut import CutSpec, cut_words
from tumorboard.imaging.viewport import NO_STRIPS, Strips
from tumorboard.imaging.volume import Volume
from tumorboard.ui.viewer import overlay
from tumorboard.ui.viewer.edge import Rim
from tumorboard.ui.viewer.fused import colour_bar_box
from tumorboard.ui.viewer.painting import Frame, names_at_rim, reservations_on


def place_words(volume: Volume, spec: CutSpec, point: Point, date: str) -> str:
    """Return "Axial 98 / 212 · 12 Nov 2026": where a picture lies, how thick, and its date."""
    return " · ".join(part for part in (cut_words(volume, spec, point), date) if part)


def paint_told(
    painter: QPainter,
    frame: Frame,
    size: QRectF,
    annotations: Sequence[Annotation],
    point: Point,
    *,
    scale: float | None,
    words: str = "",
    marks: bool = True,
    strips: Strips = NO_STRIPS,
) -> Rim:
    """Paint gaps, letters, scale, levels and reservations of a frame; return what is taken.

    ``annotations`` are all of its series, ``point`` lies on it (LPS mm), ``scale`` and ``strips``
    are told in `overlay.rim_of`, ``words`` stand bottom left. Without ``marks`` no level is named.
    """
    volume, spec, section = frame.volume, frame.spec, frame.section
    if section.slice_index is None and not spec.is_turned:
        overlay.paint_gaps(painter, volume, frame.projection, size)
    bar = colour_bar_box(frame, frame.over.fusion, size)
    rim = overlay.rim_of(
        size,
        frame.projection,
        scale=scale,
        letters_of=volume.side_letters,
        corners=((), (), (words,)),
        badges=reservations_on(annotations, volume, spec, point),
        levels=annotations if marks and names_at_rim(spec) else (),
        more=(bar,) if bar is not None else (),
        strips=strips,
    )
    overlay.paint_rim(painter, rim)
    return rim
