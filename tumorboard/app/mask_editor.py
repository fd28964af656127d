"""The outline under the brush: its canvas, and the part of it that something may lie in."""

from __future__ import annotations

from tumorboard.imaging.mask_layer import Box, CanvasLayer, joined_boxes
from tumorboard.imaging.mask_model import Mask, MaskCanvas
from tumorboard.imaging.segmentation.brush import paint
from tumorboard.imaging.volume import Volume
from tumorboard.tools.masking import Stroke

_NOWHERE: Box = (slice(0, 0), slice(0, 0), slice(0, 0))


class MaskEditor:
    """One canvas at a time; ``key`` names what lies on it, empty for nothing.

    ``is_open`` tells that a stroke was begun that is not kept yet.
    """

    def __init__(self) -> None:
        self.key: tuple[str, str] = ("", "")
        self.is_open = False
        self._canvas: MaskCanvas | None = None
        self._within = _NOWHERE

    @property
    def uid(self) -> str:
        """The outline on the canvas, empty without one."""
        return self.key[0]

    @property
    def volume_ml(self) -> float:
        """The volume of what is on the canvas."""
        return 0.0 if self._canvas is None else self._canvas.volume_ml

    def holds(self, volume: Volume, key: tuple[str, str]) -> bool:
        """Whether the canvas holds this outline on the grid of these images."""
        held = self._canvas
        return held is not None and held.stack is volume.stack and key == self.key

    def lay(self, volume: Volume, mask: Mask | None, key: tuple[str, str]) -> None:
        """Put a mask on a canvas of a volume's grid, unless it lies there already."""
        if self.holds(volume, key):
            return
        self._canvas = MaskCanvas(volume.stack, mask)
        self._within = _NOWHERE if mask is None or mask.is_empty else mask.box
        self.key, self.is_open = key, False

    def clear(self) -> None:
        """Let the canvas go."""
        self._canvas, self._within = None, _NOWHERE
        self.key, self.is_open = ("", ""), False

    def stroke(self, stroke: Stroke, volume: Volume) -> None:
        """Paint a part of a stroke."""
        if self._canvas is None:
            return
        self.is_open = True
        change = paint(self._canvas, stroke.points, stroke.normal, stroke.brush, volume)
        if change is not None:
            self._canvas.apply(change)
            self._within = joined_boxes(self._within, change.box)

    def kept(self, key: tuple[str, str]) -> None:
        """Note that what is on the canvas is stored under this key now."""
        self.key, self.is_open = key, False

    def mask(self) -> Mask:
        """Return what is on the canvas.

        Raises
        ------
        ValueError
            When nothing was laid on it.

        """
        if self._canvas is None:
            raise ValueError("no canvas")
        part, corner = self._canvas.voxels[self._within], [s.start for s in self._within]
        return Mask.of(part.copy(), self._canvas.stack, (corner[0], corner[1], corner[2]))

    def layer(self) -> CanvasLayer | None:
        """Return what is on the canvas now, to be drawn."""
        return None if self._canvas is None else CanvasLayer.over(self._canvas, self._within)
