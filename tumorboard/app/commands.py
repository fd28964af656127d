"""The one table of commands: menus, tools, keys and the help sheet come from it.

`app/menus.py` groups them in the menus, `app/tool_groups.py` in the tools at the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.app.layouts import LAYOUTS
from tumorboard.app.statuses import STATUSES
from tumorboard.imaging.windowing import PRESETS
from tumorboard.tools.toolbox import MASK_TOOLS, TOOLS, VESSEL_TOOLS


@dataclass(frozen=True)
class Command:
    """Something the user can ask for.

    ``menu`` is the menu that shows it (`app/menus.py` says where there), empty for keys only;
    ``checkable`` commands stay down; ``keys`` are in Qt's portable notation; ``short`` is the
    word of a button beside the mirror of a talk.
    """

    name: str
    label: str
    menu: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    short: str = ""


def _tools() -> list[Command]:
    return [Command(f"tool.{t.name}", t.label, "Tools", (t.key,), checkable=True) for t in TOOLS]


def _mask_tools() -> list[Command]:
    return [Command(f"tool.{t.name}", t.label, "Outline", (t.key,), True) for t in MASK_TOOLS]


def _vessel_tools() -> list[Command]:
    return [Command(f"tool.{t.name}", t.label, "Vessel", (t.key,), True) for t in VESSEL_TOOLS]


def _presets() -> list[Command]:
    return [
        Command(f"window.{key}", f"Window: {name.lower()}", "View", (key,))
        for key, (name, _) in PRESETS.items()
    ]


def _statuses() -> list[Command]:
    return [Command(f"case.status.{s}", f"Status: {s}", "Case") for s in STATUSES]


def _layouts() -> list[Command]:
    return [Command(f"layout.{x.name}", x.label, "Layout", (x.key,)) for x in LAYOUTS]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("file.folder", "Open folder…", "File", ("Ctrl+O",)),
    Command("file.files", "Open files…", "File", ("Ctrl+Shift+O",)),
    Command("file.report", "Board report…", "File", ("Ctrl+P",)),
    Command("file.slides", "Slides…", "File"),
    Command("file.bundle", "Export case bundle…", "File"),
    Command("file.import", "Import case bundle…", "File"),
    Command("file.print", "Print…", "File", ("Ctrl+Shift+P",)),
    Command("file.save", "Save as case", "File", ("Ctrl+S",)),
    Command("file.quit", "Quit", "File", ("Ctrl+Q",)),
    Command("edit.undo", "Undo", "Edit", ("Ctrl+Z",)),
    Command("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("edit.delete", "Delete annotation", "Edit", ("Del",)),
    Command("edit.accept", "Accept proposed measurements", "Edit", ("Shift+A",)),
    Command("edit.measurements", "List of measurements…", "Edit", ("Ctrl+Shift+M",)),
    Command("edit.label", "Label annotation…", "Edit", ("F2",)),
    Command("edit.search", "Search cases", "Edit", ("Ctrl+F",)),
    Command("tool.window", "Window and level", "Tools", ("W",), checkable=True),
    Command("tool.pan", "Move the picture", "Tools", ("G",), checkable=True),
    Command("tool.zoom", "Zoom", "Tools", ("Z",), checkable=True),
    Command("tool.scroll", "Scroll by dragging", "Tools", ("Shift+S",), checkable=True),
    Command("tool.region", "Window from a region", "Tools", ("Shift+W",), checkable=True),
    Command("tool.magnify", "Magnifying glass", "Tools", ("N",), checkable=True),
    *_tools(),
    *_mask_tools(),
    Command("outline.between", "Fill between outlined slices", "Outline"),
    Command("outline.holes", "Fill holes of the outline", "Outline"),
    Command("outline.smooth", "Smooth the outline", "Outline"),
    Command("outline.largest", "Largest part of the outline", "Outline"),
    Command("outline.sizes", "Use outline for measurement", "Outline", ("Shift+M",)),
    Command("outline.export", "Export outlines as DICOM…", "Outline"),
    *_vessel_tools(),
    Command("vessel.traced", "Centreline through the lumen, or a spline", "Vessel", ("Shift+T",)),
    Command("vessel.mode", "Curved view straightened or stretched", "Vessel"),
    Command("vessel.contact", "Go to the largest contact", "Vessel"),
    Command("vessel.occlusion", "Go to the highest occlusion", "Vessel"),
    Command("window.auto", "Window: automatic", "View", ("0",)),
    Command("window.sent", "Window: as sent", "View", ("1",)),
    *_presets(),
    Command("view.invert", "Invert", "View", ("I",)),
    Command("view.reset", "Reset view", "View", ("R",)),
    Command("view.overlays", "Hide or show overlays", "View", ("Space",)),
    Command("view.overview", "Overview in three dimensions", "View", ("Shift+D",)),
    Command("view.identity", "Who it is: name on list and images", "View", ("Ctrl+Shift+N",), True),
    Command("view.smooth", "Smooth, or pixels as squares", "View", ("Shift+I",)),
    Command("view.flip_h", "Flip left and right", "View", ("Shift+H",)),
    Command("view.flip_v", "Flip top and bottom", "View", ("Shift+V",)),
    Command("view.rotate", "Turn by a quarter", "View", ("Shift+R",)),
    Command("view.axial", "Axial plane", "View", ("F6",)),
    Command("view.coronal", "Coronal plane", "View", ("F7",)),
    Command("view.sagittal", "Sagittal plane", "View", ("F8",)),
    Command("view.turn", "Turn planes (oblique)", "View", ("Shift+O",)),
    Command("view.thicker", "Thicker slab", "View", ("]",)),
    Command("view.thinner", "Thinner slab", "View", ("[",)),
    Command("view.slab", "Slab: highest, lowest or mean", "View", ("\\",)),
    Command("view.cine", "Run through the slices", "View", ("C",)),
    Command("view.copy", "Copy picture without identity", "View", ("Ctrl+C",)),
    Command("view.fuse", "PET in colours, or not", "View", ("Shift+F",)),
    Command("view.fuse_more", "Stronger colours", "View", ("Alt+Up",)),
    Command("view.fuse_less", "Fainter colours", "View", ("Alt+Down",)),
    Command("view.keep", "Keep as key image", "View", ("K",)),
    Command("view.key_next", "Next key image", "View", ("Shift+K",)),
    Command("view.key_previous", "Previous key image", "View", ("Ctrl+Shift+K",)),
    Command("view.tags", "DICOM tags of the picture…", "View", ("Ctrl+Shift+T",)),
    Command("view.histogram", "Histogram of the region", "View", ("Shift+G",)),
    Command("view.next", "Next view", "View", ("Tab",)),
    Command("view.maximise", "Finish drawing; view alone, or all", "View", ("Return",)),
    *_layouts(),
    Command("layout.next", "Next hanging protocol", "Layout", ("F9",)),
    Command("layout.protocols", "Hanging protocols…", "Layout"),
    Command("view.link", "Scroll views together", "Layout", ("Shift+L",)),
    Command("view.align", "Lock other dates as they stand", "Layout", ("Ctrl+L",)),
    Command("case.previous", "Previous case", "Case", ("Ctrl+PgUp",)),
    Command("case.next", "Next case", "Case", ("Ctrl+PgDown",)),
    Command("case.new", "New case…", "Case", ("Ctrl+N",)),
    Command("case.question", "Question to the board…", "Case"),
    Command("series.part", "Part this series…", "Case"),
    Command("case.read", "Confirm the reading…", "Case"),
    Command("case.decision", "Decision of the board", "Case", ("Ctrl+D",)),
    Command("case.sign", "Sign the decision", "Case", ("Ctrl+Return",)),
    Command("case.trial", "Try values, or leave the trial", "Case", ("Ctrl+T",)),
    Command("case.calendar", "Follow-up as a calendar file…", "Case"),
    Command("institution.settings", "Settings of the institution…", "Case"),
    Command("institution.guidelines", "Guidelines of the institution…", "Case"),
    *_statuses(),
    Command("case.archive", "Archive case, or bring it back", "Case"),
    Command("case.radiology", "Radiology report…", "Case", ("Ctrl+Shift+I",)),
    Command("case.author", "Who is reading…", "Case"),
    Command("meeting.page", "Meetings and agenda", "Meeting", ("F4",), True),
    Command("meeting.new", "New meeting…", "Meeting"),
    Command("meeting.add", "Put the case on the agenda", "Meeting", ("Ctrl+Shift+A",)),
    Command("meeting.next", "Next case of the meeting", "Meeting", ("Ctrl+Shift+PgDown",)),
    Command("meeting.previous", "Previous case of the meeting", "Meeting", ("Ctrl+Shift+PgUp",)),
    Command("meeting.carry", "Deferred cases to the next meeting", "Meeting"),
    Command("meeting.agenda", "Agenda…", "Meeting"),
    Command("meeting.minutes", "Minutes…", "Meeting"),
    Command("meeting.slides", "Slides of the meeting…", "Meeting"),
    Command("meeting.readiness", "Readiness of the cases…", "Meeting"),
    Command("meeting.decisions", "Table of the decisions…", "Meeting"),
    Command("meeting.figures", "What the board did", "Meeting", ("Shift+F4",), True),
    Command("present.start", "Present", "Case", ("F5",)),
    Command("present.case", "Present the open case alone", "Case", ("Shift+F5",)),
    Command("case.timeline", "Timeline of the patient", "Case", ("Y",), checkable=True),
    Command("case.event", "Enter an event of the course…", "Case"),
    Command("edit.preferences", "Preferences…", "Edit", ("Ctrl+,",)),
    Command("screen.full", "Full screen", "Screen", ("F11",), True),
    Command("screen.list", "Cases and series at the left", "Screen", ("F3",), True),
    Command("screen.panel", "Panel at the right", "Screen", ("F12",), True),
    Command("screen.key_images", "Strip of key images", "Screen", ("Shift+F3",), True),
    Command("screen.tools", "Tools at the top", "Screen", ("Shift+F12",), True),
    Command("help.palette", "Find a command…", "Help", ("Ctrl+K",)),
    Command("help.keys", "Keys and mouse", "Help", ("?",)),
    Command("help.about", "About and intended use", "Help"),
    Command(
        "cancel", "Cancel what is half drawn, put the tool away, leave full screen", "", ("Esc",)
    ),
)

#: What the two windows of a talk understand, whichever of them has the keys.
PRESENTING: Final[tuple[Command, ...]] = (
    Command("forward", "Next page", "", ("PgDown", "Right", "Down", "Space")),
    Command("back", "Previous page", "", ("PgUp", "Left", "Up", "Backspace")),
    Command("next_case", "Next case", "", ("Ctrl+PgDown",)),
    Command("previous_case", "Previous case", "", ("Ctrl+PgUp",)),
    Command("first", "First page of the case", "", ("Home",)),
    Command("last", "Last page of the case", "", ("End",)),
    Command("blank", "Blank the screen of the audience, or show it again", "", (".", "B")),
    Command("pointer", "Pointer of light", "", ("P",), checkable=True),
    Command("column", "Column beside the pictures", "", ("F",), checkable=True),
    Command("told", "Initials and age, written down", "", ("Ctrl+I",), checkable=True),
    Command("decide", "Decision, or notes and agenda", "", ("Ctrl+D",), checkable=True),
    Command("sign", "Sign the decision that is written", "", ("Ctrl+Return",)),
    Command("undo", "Take back what was drawn last", "", ("Ctrl+Z",)),
    Command("tool.", "Window and level", "", ("W",), checkable=True, short="W/L"),
    Command("tool.length", "Length", "", ("L",), checkable=True, short="Length"),
    Command("tool.bidirectional", "Two axes", "", ("D",), checkable=True, short="Two axes"),
    Command("tool.ellipse", "Ellipse", "", ("E",), checkable=True, short="Ellipse"),
    Command("tool.angle", "Angle", "", ("A",), checkable=True, short="Angle"),
    Command("end", "End; first put a tool away", "", ("Esc",)),
)
#: A digit is not a command of its own: the number goes to a case by Enter or after a moment.
JUMP: Final = ("0 to 9", "Number of a case; Enter, or a moment later, goes there")

#: Mouse and view keys that are not commands, for the help sheet.
GESTURES: Final[tuple[tuple[str, str], ...]] = (
    ("Left drag", "Active tool; window and level when there is none"),
    ("Left click", "Move the crosshair (no tool); drag a handle or an edge to edit"),
    ("Shift + left drag", "Move the crosshair"),
    ("Middle drag", "Pan"),
    ("Right drag", "Zoom"),
    ("Wheel", "Slices; with Shift ten at a time"),
    ("Ctrl + wheel", "Zoom"),
    ("Alt + wheel", "Size of the brush of outlines; [ and ] do it too while it is the tool"),
    ("Double click", "View alone, or all"),
    ("Drag a series onto a view", "Show it there"),
    ("Up, Down", "Slice back, slice on; with Shift ten"),
    ("Home, End", "First slice, last slice"),
    ("Ctrl + arrows", "Move the held handle, or what is selected, by a tenth of a pixel"),
    ("Drag a label", "Move it away from the lesion"),
    ("PgUp, PgDn", "Previous series, next series"),
    ("Alt + Up, Down on the agenda", "Move the case; or drag its row"),
    ("F2, Del, Enter on the agenda", "Edit the cell, take the case off, open the case"),
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
