"""A mask or outlines of others, as they can be laid over images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tumorboard.imaging.layers import Layer


@dataclass(frozen=True, eq=False)
class OverlayObject:
    """A mask or outlines that can be laid over images.

    ``group`` is the object that it came in, ``by`` who made that. ``series`` are the images
    it was drawn on as far as it says, ``wholes`` the Series Instance UIDs that these carry: on
    another part of the same series it does not show. ``sop_instance_uid`` and ``number`` are
    the name by which reports speak of a segment; ``slices`` gives for each frame of its file
    that it fills where that lies along the normal of the layer's mask (mm).
    """

    key: str
    name: str
    group: str
    source: str
    by: str
    colour: tuple[int, int, int]
    layer: Layer
    series: tuple[str, ...]
    frame_of_reference_uid: str
    sop_instance_uid: str = ""
    number: int = 0
    slices: Mapping[int, float] = field(default_factory=dict)
    wholes: frozenset[str] = frozenset()
