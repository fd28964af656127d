"""How the window stands: which parts are folded, what the reader wished, and where it was.

Pure values. What the reader did not wish follows from the room there is: on a small screen the
images come first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """A part of the window that folds away for the images."""

    LIST = "list"
    PANEL = "panel"
    KEY_IMAGES = "key_images"
    TOOLS = "tools"


@dataclass(frozen=True)
class Room:
    """The window's size in logical pixels, and whether images of a case are on show."""

    width: int
    height: int
    has_images: bool = True


@dataclass(frozen=True)
class Box:
    """A rectangle of the desktop in logical pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Screen:
    """A screen by its name, with the area that windows may take."""

    name: str
    area: Box


#: From so many logical pixels on a part stands open unless the reader folded it.
WIDE_FOR_LIST: Final = 1400
WIDE_FOR_PANEL: Final = 1000
HIGH_FOR_KEY_IMAGES: Final = 860
HIGH_FOR_TOOLS: Final = 360
#: A place that was kept is used while so much of the window's head can still be reached.
_REACHABLE: Final = 80


@dataclass(frozen=True)
class WindowState:
    """The window as it stands and as it was left.

    Parameters
    ----------
    wishes
        What the reader wants shown (True) or folded (False); the room decides on the others.
    brought
        Parts that are shown for the time being: a command needs them, or full screen is on.
    full, maximised
        Whether the window takes the whole screen, with or without its frame.
    screen, place
        The screen it stood on, and where it stands when it is neither.
    tab
        The tab of the panel that was in front; empty for the usual one.
    widths
        The width of a side in logical pixels, where the reader dragged it.

    """

    wishes: Mapping[Part, bool] = field(default_factory=dict)
    brought: frozenset[Part] = frozenset()
    full: bool = False
    maximised: bool = False
    screen: str = ""
    place: Box | None = None
    tab: str = ""
    widths: Mapping[Part, int] = field(default_factory=dict)

    def shows(self, part: Part, room: Room) -> bool:
        """Whether a part stands open."""
        if part in self.brought:
            return True
        if self.full:
            return False
        return self.wishes.get(part, by_room(part, room))

    def toggled(self, part: Part, room: Room) -> WindowState:
        """Return the state with a part folded that stood open, or the other way round.

        In full screen it lasts until that ends; else it is the reader's wish from now on.
        """
        shown = self.shows(part, room)
        brought = self.brought - {part}
        if self.full:
            return replace(self, brought=brought if shown else brought | {part})
        wishes = {p: wish for p, wish in self.wishes.items() if p is not part}
        if by_room(part, room) is shown:
            wishes[part] = not shown
        return replace(self, brought=brought, wishes=wishes)

    def bringing(self, part: Part, room: Room) -> WindowState:
        """Return the state with a part open, without a wish of the reader."""
        return self if self.shows(part, room) else replace(self, brought=self.brought | {part})

    def settled(self) -> WindowState:
        """Return the state without what was shown for the time being only."""
        return replace(self, brought=frozenset())

    def in_full(self, *, full: bool) -> WindowState:
        """Return the state in full screen, or out of it."""
        return self if full is self.full else replace(self.settled(), full=full)


def by_room(part: Part, room: Room) -> bool:
    """Whether a part stands open in so much room as long as nobody says otherwise."""
    if part is Part.LIST:
        return not room.has_images or room.width >= WIDE_FOR_LIST
    if part is Part.PANEL:
        return room.width >= WIDE_FOR_PANEL
    if part is Part.KEY_IMAGES:
        return room.height >= HIGH_FOR_KEY_IMAGES
    return room.height >= HIGH_FOR_TOOLS


# -- where it was --------------------------------------------------------------------------


def fitting(state: WindowState, usual: tuple[int, int], screens: Sequence[Screen]) -> Placement:
    """Return where a window opens: as it was, on a screen that is there, never larger than it.

    ``usual`` is the width and height of a window that was never opened before. Of ``screens``
    the first is the usual one; there is at least one.
    """
    home = next((s for s in screens if s.name == state.screen), screens[0])
    area, place = home.area, state.place
    width, height = usual if place is None else (place.width, place.height)
    is_large = place is None and (width > area.width or height > area.height)
    width, height = min(width, area.width), min(height, area.height)
    left = area.left + (area.width - width) // 2
    top = area.top + (area.height - height) // 2
    if place is not None and home.name == state.screen:
        right, bottom = area.left + area.width - width, area.top + area.height - height
        near = (
            place.left < area.left + area.width - _REACHABLE
            and place.left + width > area.left + _REACHABLE
        )
        if near:
            left = min(max(place.left, area.left), right)
            top = min(max(place.top, area.top), bottom)
    return Placement(home.name, Box(left, top, width, height), state.maximised or is_large)


@dataclass(frozen=True)
class Placement:
    """A screen, a rectangle inside its area, and whether the window is maximised there."""

    screen: str
    box: Box
    maximised: bool


# -- as it is kept -------------------------------------------------------------------------

_SHOWN: Final = {True: "shown", False: "folded"}
_YES: Final = "yes"


def as_table(state: WindowState) -> dict[str, str]:
    """Return what is kept of a state, as texts by name; only what differs from the usual."""
    table = {part.value: _SHOWN[wish] for part, wish in state.wishes.items()}
    table |= {f"{part.value} width": str(width) for part, width in state.widths.items()}
    table |= {name: _YES for name in ("full", "maximised") if getattr(state, name)}
    table |= {n: str(getattr(state, n)) for n in ("screen", "tab") if getattr(state, n)}
    if state.place is not None:
        box = state.place
        table["place"] = f"{box.left} {box.top} {box.width} {box.height}"
    return table


def from_table(table: Mapping[str, str]) -> WindowState:
    """Return the state that was kept; what cannot be read is as if nobody had kept it."""
    shown = {word: wish for wish, word in _SHOWN.items()}
    return WindowState(
        wishes={p: shown[table[p]] for p in Part if table.get(p) in shown},
        full=table.get("full") == _YES,
        maximised=table.get("maximised") == _YES,
        screen=table.get("screen", ""),
        place=_box(table.get("place", "")),
        tab=table.get("tab", ""),
        widths={p: w for p in Part if (w := _number(table.get(f"{p.value} width", ""))) > 0},
    )


def _number(text: str) -> int:
    is_number = text.isascii() and text.lstrip("-").isdigit() and len(text) < 7
    return int(text) if is_number and text.count("-") <= int(text.startswith("-")) else 0


def _box(text: str) -> Box | None:
    parts = text.split()
    if len(parts) != 4:
        return None
    left, top, width, height = map(_number, parts)
    return Box(left, top, width, height) if width > 0 and height > 0 else None
