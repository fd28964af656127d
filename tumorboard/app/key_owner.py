"""The one rule of the keys: who gets a key, by what it is, where the focus is, and the page.

The rule is data (`KEPT`) and two short functions; `ui/shell/key_filter.py` applies it to the window
and `ui/presenter/presenter_window.py` to a talk. See ``docs/adr/0014-who-gets-a-key.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from tumorboard.app.commands import Command


class Stroke(Enum):
    """What kind of key was pressed."""

    TYPED = "prints something"
    SPACE = "space"
    MOVE = "arrow, Home, End, page"
    ENTER = "Enter"
    TAB = "Tab"
    ERASE = "Del, Backspace"
    EDIT = "copy, paste, undo and moves by words, as fields of text know them"
    RENAME = "F2"
    MOVE_ROW = "Alt and an arrow"
    ESCAPE = "Esc"
    CHORD = "any other key, or one with Ctrl or Alt"


class Focus(Enum):
    """What holds the focus."""

    IMAGES = "a view of the images"
    VESSEL = "a view of the vessel page"
    WORDS = "a field of free words"
    NUMBER = "a number, a date or a field with choices that is typed into"
    ANSWER = "the row of the form that is answered by keys"
    ANSWER_LINE = "the same, where one types"
    ROW = "a row of the form that is not answered"
    LIST = "a list"
    EDIT_LIST = "a list whose rows can be renamed"
    CONTROL = "a button, a box, a slider"
    NONE = "nothing"


class Page(Enum):
    """What stands in the middle of the window."""

    IMAGES = "the images"
    MEETING = "the meetings"


class Owner(Enum):
    """Who gets a key."""

    FIELD = "what holds the focus"
    IMAGES = "the images"
    WINDOW = "the window"
    ANYBODY = "as the toolkit has it: nobody claims it"
    NOBODY = "nobody"


_S = Stroke
_FIELD_OF_TEXT: Final = frozenset(
    {_S.TYPED, _S.SPACE, _S.MOVE, _S.ENTER, _S.TAB, _S.ERASE, _S.EDIT}
)
_LIST: Final = frozenset({_S.SPACE, _S.MOVE, _S.ENTER, _S.TAB, _S.ERASE})
#: The keys that what holds the focus keeps for itself.
KEPT: Final[Mapping[Focus, frozenset[Stroke]]] = {
    Focus.IMAGES: frozenset(),
    Focus.VESSEL: frozenset(),
    Focus.WORDS: _FIELD_OF_TEXT,
    Focus.NUMBER: _FIELD_OF_TEXT,
    Focus.ANSWER: (_FIELD_OF_TEXT | {_S.ESCAPE}) - {_S.EDIT},
    Focus.ANSWER_LINE: _FIELD_OF_TEXT | {_S.ESCAPE},
    Focus.ROW: frozenset({_S.MOVE, _S.ENTER, _S.TAB}),
    Focus.LIST: _LIST,
    Focus.EDIT_LIST: _LIST | {_S.RENAME},
    Focus.CONTROL: frozenset({_S.SPACE, _S.MOVE, _S.ENTER, _S.TAB, _S.ERASE}),
    Focus.NONE: frozenset(),
}
#: On the page of meetings letters look through a list, and Alt with an arrow moves a case.
KEPT_AT_MEETINGS: Final[Mapping[Focus, frozenset[Stroke]]] = {
    Focus.LIST: frozenset({_S.TYPED}),
    Focus.EDIT_LIST: frozenset({_S.TYPED, _S.MOVE_ROW}),
}
#: What keeps the keys though one scrolls the images meanwhile: one writes while one looks.
KEEPS_WHILE_SCROLLING: Final = frozenset({Focus.WORDS, Focus.IMAGES, Focus.VESSEL})

#: What gives arrows up and down, Home and End to images that the pointer was moved onto since it
#: got the focus: nothing is typed there. Whoever goes by keys alone keeps them.
GIVES_MOVES: Final = frozenset(
    {Focus.IMAGES, Focus.VESSEL, Focus.LIST, Focus.EDIT_LIST, Focus.CONTROL, Focus.NONE}
)

_MENUS_OF_IMAGES: Final = ("Tools", "Outline", "Vessel", "View", "Layout")
_OTHERS_OF_IMAGES: Final = ("edit.delete", "edit.accept", "edit.label", "case.timeline")
#: Commands with a meaning in the views of a vessel; the others need a view of the images.
_ON_VESSELS: Final = ("window.", "vessel.", "layout.", "view.key", "case.")
_ON_VESSEL_NAMES: Final = (
    "view.keep",
    "view.invert",
    "view.overlays",
    "view.overview",
    "view.next",
    "tool.centreline",
    "tool.landmark",
    "edit.accept",
)


def needs_images(command: Command) -> bool:
    """Whether a command acts on images, so that it means nothing on a page without them."""
    return command.menu in _MENUS_OF_IMAGES or command.name in _OTHERS_OF_IMAGES


def fits_vessels(command: Command) -> bool:
    """Whether a command of the images has a meaning while a view of a vessel has the keys."""
    return command.name.startswith(_ON_VESSELS) or command.name in _ON_VESSEL_NAMES


def key_owner(stroke: Stroke, command: Command | None, focus: Focus, page: Page) -> Owner:
    """Return who gets a key.

    Parameters
    ----------
    stroke
        What kind of key it is.
    command
        What the key calls in the window, None for nothing.
    focus
        What holds the focus.
    page
        What stands in the middle of the window.

    """
    more = KEPT_AT_MEETINGS.get(focus, frozenset()) if page is Page.MEETING else frozenset()
    if stroke in KEPT[focus] | more:
        return Owner.FIELD
    if stroke is Stroke.ESCAPE:
        return Owner.ANYBODY
    if command is None:
        chooses = stroke in (Stroke.TYPED, Stroke.SPACE) or (
            stroke is Stroke.EDIT and focus in (Focus.ROW, Focus.ANSWER, Focus.CONTROL)
        )  # a letter chooses in a box, and Ctrl with an arrow among buttons
        on_pictures = focus in (Focus.IMAGES, Focus.VESSEL)
        return Owner.NOBODY if chooses and not on_pictures else Owner.ANYBODY
    if not needs_images(command):
        return Owner.WINDOW
    if page is not Page.IMAGES or (focus is Focus.VESSEL and not fits_vessels(command)):
        return Owner.NOBODY
    return Owner.IMAGES


#: In a talk a clicker steps on whatever has the focus, and these two leave or sign a decision.
_ALWAYS_IN_A_TALK: Final = ("decide", "sign")
#: While the presenter writes nothing else changes what the audience sees, initials least of all.
_WRITTEN_INTO: Final = frozenset({Focus.WORDS, Focus.NUMBER, Focus.ANSWER_LINE})
#: A button beside the mirror keeps what presses it; arrows turn pages all the same.
_OF_A_BUTTON_IN_A_TALK: Final = frozenset({Stroke.SPACE, Stroke.ENTER, Stroke.TAB})


def talk_owner(
    stroke: Stroke, wish: str, focus: Focus, *, pages: bool, deciding: bool = False
) -> Owner:
    """Return who gets a key in the presenter's window: `FIELD`, `WINDOW` (the talk) or `NOBODY`.

    Parameters
    ----------
    stroke
        What kind of key it is.
    wish
        What the key asks of the talk, empty for nothing.
    focus
        What holds the focus.
    pages
        Whether it is PgUp or PgDn, which every clicker sends.
    deciding
        Whether the focus is in the decision: there no key without Ctrl drives the talk.

    """
    if pages or wish in _ALWAYS_IN_A_TALK:
        return Owner.WINDOW
    on_a_button = focus is Focus.CONTROL and not deciding
    kept = _OF_A_BUTTON_IN_A_TALK if on_a_button else KEPT[focus]
    if stroke in kept:
        return Owner.FIELD
    if wish and focus in _WRITTEN_INTO:
        return Owner.NOBODY
    if deciding and stroke in (Stroke.TYPED, Stroke.SPACE, Stroke.MOVE, Stroke.ERASE):
        return Owner.NOBODY
    return Owner.WINDOW if wish else Owner.FIELD
