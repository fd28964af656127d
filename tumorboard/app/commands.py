"""The one table of commands: menus, tool bar, keys and the help sheet come from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.imaging.windowing import PRESETS
from tumorboard.tools.toolbox import TOOLS


@dataclass(frozen=True)
class Command:
    """Something the user can ask for.

    ``menu`` is the menu that shows it, empty for keys only; ``checkable`` commands stay
    down; ``keys`` are in Qt's portable notation.
    """

    name: str
    label: str
    menu: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    short: str = ""


def _tools() -> list[Command]:
    return [
        Command(f"tool.{t.name}", t.label, "Tools", (t.key,), checkable=True, short=t.key)
        for t in TOOLS
    ]


def _presets() -> list[Command]:
    return [
        Command(f"window.{key}", f"Window: {name.lower()}", "View", (key,))
        for key, (name, _) in PRESETS.items()
    ]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("file.folder", "Open folder…", "File", ("Ctrl+O",)),
    Command("file.files", "Open files…", "File", ("Ctrl+Shift+O",)),
    Command("file.report", "Board report…", "File", ("Ctrl+P",)),
    Command("file.save", "Save as case", "File", ("Ctrl+S",)),
    Command("file.quit", "Quit", "File", ("Ctrl+Q",)),
    Command("edit.undo", "Undo", "Edit", ("Ctrl+Z",), short="↶"),
    Command("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), short="↷"),
    Command("edit.delete", "Delete annotation", "Edit", ("Del",)),
    Command("edit.label", "Label annotation…", "Edit", ("F2",)),
    Command("edit.search", "Search cases", "Edit", ("Ctrl+F",)),
    Command("tool.window", "Window and level", "Tools", ("W",), checkable=True, short="W/L"),
    *_tools(),
    Command("window.auto", "Window: automatic", "View", ("0",)),
    Command("window.sent", "Window: as sent", "View", ("1",)),
    *_presets(),
    Command("view.invert", "Invert", "View", ("I",)),
    Command("view.reset", "Reset view", "View", ("R",)),
    Command("view.overlays", "Hide or show overlays", "View", ("Space",)),
    Command("view.next", "Next view", "View", ("Tab",)),
    Command("view.maximise", "View alone, or all three", "View", ("Return",)),
    Command("case.previous", "Previous case", "Case", ("Ctrl+PgUp",)),
    Command("case.next", "Next case", "Case", ("Ctrl+PgDown",)),
    Command("case.question", "Question to the board…", "Case"),
    Command("case.author", "Who is reading…", "Case"),
    Command("help.keys", "Keys and mouse", "Help", ("?",)),
    Command("help.about", "About and intended use", "Help"),
    Command("cancel", "Cancel what is half drawn, or put the tool away", "", ("Esc",)),
)

#: Mouse and view keys that are not commands, for the help sheet.
GESTURES: Final[tuple[tuple[str, str], ...]] = (
    ("Left drag", "Active tool; window and level when there is none"),
    ("Left click", "Move the crosshair (no tool); drag a handle or an edge to edit"),
    ("Shift + left drag", "Move the crosshair"),
    ("Middle drag", "Pan"),
    ("Right drag", "Zoom"),
    ("Wheel", "Slices; with Shift ten at a time"),
    ("Ctrl + wheel", "Zoom"),
    ("Double click", "View alone, or all three"),
    ("Up, Down", "Slice back, slice on; with Shift ten"),
    ("Home, End", "First slice, last slice"),
    ("PgUp, PgDn", "Previous series, next series"),
)


def command(name: str) -> Command:
    """Return the command with this name.

    Raises
    ------
    KeyError
        When there is none.

    """
    found = next((c for c in COMMANDS if c.name == name), None)
    if found is None:
        raise KeyError(name)
    return found
