"""How the screens of a computer stand, and what the second window showed on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tumorboard.app.layouts import LAYOUTS

#: The setting that keeps the second window, by the arrangement of the screens.
KEPT: Final = "screens.second"
#: The layout of a second window that was never laid out.
USUAL: Final = "planes"
_OPEN, _SHUT = "open", "shut"


@dataclass(frozen=True)
class SecondWindow:
    """Whether the second window is open, its layout, and the name of its screen."""

    is_open: bool = False
    layout: str = USUAL
    screen: str = ""

    @property
    def text(self) -> str:
        """The words by which it is kept."""
        return f"{_OPEN if self.is_open else _SHUT} {self.layout} {self.screen}".strip()


def arrangement(screens: Iterable[tuple[str, int, int, int, int]]) -> str:
    """Return what names an arrangement of screens, each (name, left, top, width, height)."""
    return " ".join(sorted(f"{n}:{w}x{h}+{x}+{y}" for n, x, y, w, h in screens))


def kept_in(table: Mapping[str, str], screens: str) -> SecondWindow:
    """Return how the second window stood on an arrangement; the usual one where nothing is kept."""
    state, _, rest = table.get(screens, "").partition(" ")
    layout, _, screen = rest.partition(" ")
    known = {shape.name for shape in LAYOUTS}
    return SecondWindow(state == _OPEN, layout if layout in known else USUAL, screen)
