"""Views that a reader keeps: everything that is needed to show the same pictures again.

Plain data, told in millimetres and UIDs, so that a view looks the same in a window of any
size, on another machine, and in a meeting years later. What cannot be had again, such as a
series that is gone, leaves its place empty; the rest still shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tumorboard.case.saved_curve import (
    SavedCurve,
    saved_curve_from_json,
    saved_curve_to_json,
)
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.imaging.sampling import SlabMode
from tumorboard.imaging.view_cut import CutSpec
from tumorboard.imaging.volume import Window
from tumorboard.language import _

#: Raised when a key changes its meaning; new optional keys do not raise it.
VERSION = 1


@dataclass(frozen=True)
class Extent:
    """The part of a plane that was on show.

    ``centre`` is the LPS point (mm) in the middle, ``width_mm`` and ``height_mm`` what was
    visible across and down. In a window of another shape all of it is shown, and some more.
    """

    centre: Point
    width_mm: float
    height_mm: float
    flip_horizontal: bool = False
    flip_vertical: bool = False

    def mm_per_pixel(self, width: float, height: float) -> float:
        """Return the size of a pixel at which all of it fits into (width, height) pixels."""
        return max(self.width_mm / max(width, 1.0), self.height_mm / max(height, 1.0), 1e-6)


@dataclass(frozen=True)
class FusedWith:
    """Another series drawn over the picture; ``palette`` is a name of `imaging.fusion`."""

    series_key: str
    palette: str
    opacity: float
    centre: float
    width: float


@dataclass(frozen=True)
class SavedPicture:
    """One view of the layout: which images, cut how, windowed how, and which part of it.

    ``display`` and ``plane`` name its place in the layout; an empty ``plane`` is that in
    which the images were acquired, "across 1" and "across 2" are those across it.
    ``overlays`` are the keys of the masks and outlines that were shown (see
    `tumorboard.app.overlays`). With a ``curve`` the picture is the curved view of a vessel:
    of the rest then series, point and window count.
    """

    display: int
    plane: str
    series_key: str
    spec: CutSpec
    point: Point
    extent: Extent
    window: Window
    window_name: str = ""
    inverted: bool = False
    overlays: tuple[str, ...] = ()
    fused: FusedWith | None = None
    curve: SavedCurve | None = None


@dataclass(frozen=True)
class SavedView:
    """A key image: the pictures of a layout as a reader left them, with a caption.

    ``active`` is the index of the picture that the reader worked in, which stands for the
    view where only one has room; ``alone`` tells that it was shown without the others.
    ``marks`` tells whether annotations and words lay over the pictures. The order of the
    views of a case is that of its tuple.
    """

    uid: str
    caption: str
    layout: str
    pictures: tuple[SavedPicture, ...]
    active: int = 0
    alone: bool = False
    marks: bool = True
    linked: bool = True
    author: str = ""
    created_utc: str = ""

    @property
    def main(self) -> SavedPicture:
        """The picture that stands for the view."""
        return self.pictures[min(max(self.active, 0), len(self.pictures) - 1)]

    @property
    def curved(self) -> SavedPicture | None:
        """The curved view of a vessel among the pictures, None without one."""
        return next((p for p in self.pictures if p.curve is not None), None)


def saved_view_to_json(view: SavedView) -> dict[str, Any]:
    """Return a view as JSON values."""
    return {
        "version": VERSION,
        "uid": view.uid,
        "caption": view.caption,
        "layout": view.layout,
        "pictures": [_picture_to_json(p) for p in view.pictures],
        "active": view.active,
        "alone": view.alone,
        "marks": view.marks,
        "linked": view.linked,
        "author": view.author,
        "created_utc": view.created_utc,
    }


def saved_view_from_json(data: Mapping[str, Any]) -> SavedView:
    """Read a view; keys that are not known are passed over.

    Raises
    ------
    ValueError
        When it has a later version, holds no picture, or lacks a needed key.

    """
    if data.get("version", VERSION) > VERSION:
        raise ValueError(
            _(
                "saved view of version {version}, known are up to {newest}",
                version=data["version"],
                newest=VERSION,
            )
        )
    try:
        pictures = tuple(_picture_from_json(p) for p in data["pictures"])
        uid, caption, layout = data["uid"], data.get("caption", ""), data.get("layout", "")
    except KeyError as error:
        raise ValueError(_("saved view without {key}", key=error.args[0])) from error
    if not pictures:
        raise ValueError(_("saved view without a picture"))
    return SavedView(
        uid,
        caption,
        layout,
        pictures,
        active=int(data.get("active", 0)),
        alone=bool(data.get("alone", False)),
        marks=bool(data.get("marks", True)),
        linked=bool(data.get("linked", True)),
        author=data.get("author", ""),
        created_utc=data.get("created_utc", ""),
    )


def _picture_to_json(p: SavedPicture) -> dict[str, Any]:
    return {
        "display": p.display,
        "plane": p.plane,
        "series_key": p.series_key,
        "cut": {
            "plane": p.spec.plane.value,
            "right": _list(p.spec.right),
            "down": _list(p.spec.down),
            "slab_mm": p.spec.slab_mm,
            "mode": p.spec.mode.value,
            "quarter_turns": p.spec.quarter_turns,
        },
        "point": _list(p.point),
        "extent": {
            "centre": _list(p.extent.centre),
            "width_mm": p.extent.width_mm,
            "height_mm": p.extent.height_mm,
            "flip_horizontal": p.extent.flip_horizontal,
            "flip_vertical": p.extent.flip_vertical,
        },
        "window": [p.window.centre, p.window.width, p.window.function, p.window_name],
        "inverted": p.inverted,
        "overlays": list(p.overlays),
        "fused": None if p.fused is None else vars(p.fused),
        **({} if p.curve is None else {"curve": saved_curve_to_json(p.curve)}),
    }


def _picture_from_json(data: Mapping[str, Any]) -> SavedPicture:
    cut, extent, window = data["cut"], data["extent"], data["window"]
    fused, curve = data.get("fused"), data.get("curve")
    return SavedPicture(
        display=int(data["display"]),
        plane=data["plane"],
        series_key=data["series_key"],
        spec=CutSpec(
            Plane(cut["plane"]),
            _optional(cut.get("right")),
            _optional(cut.get("down")),
            float(cut.get("slab_mm", 0.0)),
            SlabMode(cut.get("mode", SlabMode.MAXIMUM.value)),
            int(cut.get("quarter_turns", 0)),
        ),
        point=_point(data["point"]),
        extent=Extent(
            _point(extent["centre"]),
            float(extent["width_mm"]),
            float(extent["height_mm"]),
            bool(extent.get("flip_horizontal", False)),
            bool(extent.get("flip_vertical", False)),
        ),
        window=Window(float(window[0]), float(window[1]), str(window[2])),
        window_name=str(window[3]),
        inverted=bool(data.get("inverted", False)),
        overlays=tuple(data.get("overlays", ())),
        fused=None if not fused else _fused(fused),
        curve=None if not curve else saved_curve_from_json(curve),
    )


def _fused(data: Mapping[str, Any]) -> FusedWith:
    return FusedWith(
        data["series_key"],
        data["palette"],
        float(data["opacity"]),
        float(data["centre"]),
        float(data["width"]),
    )


def _list(values: Sequence[float] | None) -> list[float] | None:
    return None if values is None else [float(v) for v in values]


def _optional(values: Sequence[float] | None) -> Point | None:
    return None if values is None else _point(values)


def _point(values: Sequence[float]) -> Point:
    x, y, z = (float(v) for v in values)
    return x, y, z
