"""How a case is laid out on the screen, as it is remembered with the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tumorboard.app.layouts import LAYOUTS
from tumorboard.imaging.geometry import Point


@dataclass(frozen=True)
class Shown:
    """One display: its series, the point (LPS mm), and the window in the unit of the values."""

    key: str
    point: Point
    centre: float
    width: float
    name: str = ""
    inverted: bool = False


@dataclass(frozen=True)
class Arrangement:
    """The layout and what each display showed; None for an empty one."""

    layout: str
    displays: tuple[Shown | None, ...]
    linked: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def from_json(body: Mapping[str, Any]) -> Arrangement | None:
    """Return a remembered arrangement, None when it cannot be understood."""
    try:
        displays = tuple(None if d is None else _shown(d) for d in body["displays"])
        layout = str(body["layout"])
    except (KeyError, TypeError, ValueError):
        return None
    if layout not in {x.name for x in LAYOUTS}:
        return None
    return Arrangement(layout, displays, bool(body.get("linked", True)))


def _shown(body: Mapping[str, Any]) -> Shown:
    x, y, z = (float(v) for v in body["point"])
    return Shown(
        str(body["key"]),
        (x, y, z),
        float(body["centre"]),
        float(body["width"]),
        str(body.get("name", "")),
        bool(body.get("inverted", False)),
    )
