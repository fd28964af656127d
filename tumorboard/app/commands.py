"""The one table of commands: menus, tools, keys and the help sheet come from it.

`app/menus.py` groups them in the menus, `app/tool_groups.py` in the tools at the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.app.layouts import LAYOUTS
from tumorboard.app.statuses import STATUSES
from tumorboard.imaging.windowing import PRESETS
from tumorboard.language import _, inside, pgettext
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
        Command(f"window.{key}", _("Window: {preset}", preset=inside(_(name))), "View", (key,))
        for key, (name, __) in PRESETS.items()
    ]


def _statuses() -> list[Command]:
    return [
        Command(f"case.status.{s}", _("Status: {status}", status=_(s)), "Case") for s in STATUSES
    ]


def _layouts() -> list[Command]:
    return [Command(f"layout.{x.name}", x.label, "Layout", (x.key,)) for x in LAYOUTS]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("file.folder", _("Open folder…"), "File", ("Ctrl+O",)),
    Command("file.files", _("Open files…"), "File", ("Ctrl+Shift+O",)),
    Command("file.report", _("Board report…"), "File", ("Ctrl+P",)),
    Command("file.slides", _("Slides…"), "File"),
    Command("file.bundle", _("Export case bundle…"), "File"),
    Command("file.import", _("Import case bundle…"), "File"),
    Command("file.print", _("Print…"), "File", ("Ctrl+Shift+P",)),
    Command("file.save", _("Save as case"), "File", ("Ctrl+S",)),
    Command("file.demonstration", _("Demonstration cases"), "File"),
    Command("file.no_demonstration", _("Archive the demonstration cases"), "File"),
    Command("file.close", _("Close case"), "File", ("Ctrl+W",)),
    Command("file.quit", _("Quit"), "File", ("Ctrl+Q",)),
    Command("edit.undo", _("Undo"), "Edit", ("Ctrl+Z",)),
    Command("edit.redo", _("Redo"), "Edit", ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("edit.delete", _("Delete annotation"), "Edit", ("Del",)),
    Command("edit.accept", _("Accept proposed measurements"), "Edit", ("Shift+A",)),
    Command("edit.measurements", _("List of measurements…"), "Edit", ("Ctrl+Shift+M",)),
    Command("edit.label", _("Label annotation…"), "Edit", ("F2",)),
    Command("edit.search", _("Search cases"), "Edit", ("Ctrl+F",)),
    Command("tool.window", _("Window and level"), "Tools", ("W",), checkable=True),
    Command("tool.pan", _("Move the picture"), "Tools", ("G",), checkable=True),
    Command("tool.zoom", _("Zoom"), "Tools", ("Z",), checkable=True),
    Command("tool.scroll", _("Scroll by dragging"), "Tools", ("Shift+S",), checkable=True),
    Command("tool.region", _("Window from a region"), "Tools", ("Shift+W",), checkable=True),
    Command("tool.magnify", _("Magnifying glass"), "Tools", ("N",), checkable=True),
    *_tools(),
    *_mask_tools(),
    Command("outline.between", _("Fill between outlined slices"), "Outline"),
    Command("outline.holes", _("Fill holes of the outline"), "Outline"),
    Command("outline.smooth", _("Smooth the outline"), "Outline"),
    Command("outline.largest", _("Largest part of the outline"), "Outline"),
    Command("outline.sizes", _("Use outline for measurement"), "Outline", ("Shift+M",)),
    Command("outline.export", _("Export outlines as DICOM…"), "Outline"),
    *_vessel_tools(),
    Command(
        "vessel.traced", _("Centreline through the lumen, or a spline"), "Vessel", ("Shift+T",)
    ),
    Command("vessel.mode", _("Curved view straightened or stretched"), "Vessel"),
    Command("vessel.contact", _("Go to the largest contact"), "Vessel"),
    Command("vessel.occlusion", _("Go to the highest occlusion"), "Vessel"),
    Command("window.auto", _("Window: automatic"), "View", ("0",)),
    Command("window.sent", _("Window: as sent"), "View", ("1",)),
    *_presets(),
    Command("view.invert", _("Invert"), "View", ("I",)),
    Command("view.reset", _("Reset view"), "View", ("R",)),
    Command("view.overlays", _("Hide or show overlays"), "View", ("Space",)),
    Command("view.overview", _("Overview in three dimensions"), "View", ("Shift+D",)),
    Command(
        "view.identity", _("Who it is: name on list and images"), "View", ("Ctrl+Shift+N",), True
    ),
    Command("view.smooth", _("Smooth, or pixels as squares"), "View", ("Shift+I",)),
    Command("view.flip_h", _("Flip left and right"), "View", ("Shift+H",)),
    Command("view.flip_v", _("Flip top and bottom"), "View", ("Shift+V",)),
    Command("view.rotate", _("Turn by a quarter"), "View", ("Shift+R",)),
    Command("view.axial", _("Axial plane"), "View", ("F6",)),
    Command("view.coronal", _("Coronal plane"), "View", ("F7",)),
    Command("view.sagittal", _("Sagittal plane"), "View", ("F8",)),
    Command("view.turn", _("Turn planes (oblique)"), "View", ("Shift+O",)),
    Command("view.thicker", _("Thicker slab"), "View", ("]",)),
    Command("view.thinner", _("Thinner slab"), "View", ("[",)),
    Command("view.slab", _("Slab: highest, lowest or mean"), "View", ("\\",)),
    Command("view.cine", _("Run through the slices"), "View", ("C",)),
    Command("view.cine_faster", _("Cine faster"), "View", (".",)),
    Command("view.cine_slower", _("Cine slower"), "View", (",",)),
    Command("view.cine_round", _("Cine round, or to and fro"), "View"),
    Command("view.copy", _("Copy picture without identity"), "View", ("Ctrl+C",)),
    Command("view.fuse", _("PET in colours, or not"), "View", ("Shift+F",)),
    Command("view.fuse_more", _("Stronger colours"), "View", ("Alt+Up",)),
    Command("view.fuse_less", _("Fainter colours"), "View", ("Alt+Down",)),
    Command("view.keep", _("Keep as key image"), "View", ("K",)),
    Command("view.key_next", _("Next key image"), "View", ("Shift+K",)),
    Command("view.key_previous", _("Previous key image"), "View", ("Ctrl+Shift+K",)),
    Command("view.tags", _("DICOM tags of the picture…"), "View", ("Ctrl+Shift+T",)),
    Command("view.histogram", _("Histogram of the region"), "View", ("Shift+G",)),
    Command("view.next", _("Next view"), "View", ("Tab",)),
    Command("view.maximise", _("Finish drawing; view alone, or all"), "View", ("Return",)),
    *_layouts(),
    Command("layout.next", _("Next hanging protocol"), "Layout", ("F9",)),
    Command("layout.protocols", _("Hanging protocols…"), "Layout"),
    Command("view.link", _("Scroll views together"), "Layout", ("Shift+L",)),
    Command("view.align", _("Lock other dates as they stand"), "Layout", ("Ctrl+L",)),
    Command("case.previous", _("Previous case"), "Case", ("Ctrl+PgUp",)),
    Command("case.next", _("Next case"), "Case", ("Ctrl+PgDown",)),
    Command("case.new", _("New case…"), "Case", ("Ctrl+N",)),
    Command("case.question", _("Question to the board…"), "Case"),
    Command("series.part", _("Part this series…"), "Case"),
    Command("case.read", _("Confirm the reading…"), "Case"),
    Command("case.decision", _("Decision of the board"), "Case", ("Ctrl+D",)),
    Command("case.sign", _("Sign the decision"), "Case", ("Ctrl+Return",)),
    Command("case.trial", _("Try values, or leave the trial"), "Case", ("Ctrl+T",)),
    Command("case.calendar", _("Follow-up as a calendar file…"), "Case"),
    Command("institution.settings", _("Settings of the institution…"), "Case"),
    Command("institution.guidelines", _("Guidelines of the institution…"), "Case"),
    *_statuses(),
    Command("case.archive", _("Archive case, or bring it back"), "Case"),
    Command("case.radiology", _("Radiology report…"), "Case", ("Ctrl+Shift+I",)),
    Command("case.author", _("Who is reading…"), "Case"),
    Command("meeting.page", _("Meetings and agenda"), "Meeting", ("F4",), True),
    Command("meeting.new", _("New meeting…"), "Meeting"),
    Command("meeting.add", _("Put the case on the agenda"), "Meeting", ("Ctrl+Shift+A",)),
    Command("meeting.next", _("Next case of the meeting"), "Meeting", ("Ctrl+Shift+PgDown",)),
    Command("meeting.previous", _("Previous case of the meeting"), "Meeting", ("Ctrl+Shift+PgUp",)),
    Command("meeting.carry", _("Deferred cases to the next meeting"), "Meeting"),
    Command("meeting.agenda", _("Agenda…"), "Meeting"),
    Command("meeting.minutes", _("Minutes…"), "Meeting"),
    Command("meeting.slides", _("Slides of the meeting…"), "Meeting"),
    Command("meeting.readiness", _("Readiness of the cases…"), "Meeting"),
    Command("meeting.decisions", _("Table of the decisions…"), "Meeting"),
    Command("meeting.figures", _("What the board did"), "Meeting", ("Shift+F4",), True),
    Command("present.start", pgettext("command", "Present"), "Case", ("F5",)),
    Command("present.case", _("Present the open case alone"), "Case", ("Shift+F5",)),
    Command("case.timeline", _("Timeline of the patient"), "Case", ("Y",), checkable=True),
    Command("case.event", _("Enter an event of the course…"), "Case"),
    Command("edit.preferences", _("Preferences…"), "Edit", ("Ctrl+,",)),
    Command("screen.full", _("Full screen"), "Screen", ("F11",), True),
    Command("screen.second", _("Second image window"), "Screen", ("Shift+F11",), True),
    Command("screen.list", _("Cases and series at the left"), "Screen", ("F3",), True),
    Command("screen.panel", _("Panel at the right"), "Screen", ("F12",), True),
    Command("screen.key_images", _("Strip of key images"), "Screen", ("Shift+F3",), True),
    Command("screen.tools", _("Tools at the top"), "Screen", ("Shift+F12",), True),
    Command("screen.next_part", _("Next part of the window"), "Screen", ("Ctrl+F6",)),
    Command("screen.previous_part", _("Previous part of the window"), "Screen", ("Ctrl+Shift+F6",)),
    Command("help.palette", _("Find a command…"), "Help", ("Ctrl+K",)),
    Command("help.keys", _("Keys and mouse"), "Help", ("?",)),
    Command("help.about", _("About and intended use"), "Help"),
    Command(
        "cancel",
        _("Cancel what is half drawn, put the tool away, leave full screen"),
        "",
        ("Esc",),
    ),
)

#: What the two windows of a talk understand, whichever of them has the keys.
PRESENTING: Final[tuple[Command, ...]] = (
    Command("forward", _("Next page"), "", ("PgDown", "Right", "Down", "Space")),
    Command("back", _("Previous page"), "", ("PgUp", "Left", "Up", "Backspace")),
    Command("next_case", _("Next case"), "", ("Ctrl+PgDown",)),
    Command("previous_case", _("Previous case"), "", ("Ctrl+PgUp",)),
    Command("first", _("First page of the case"), "", ("Home",)),
    Command("last", _("Last page of the case"), "", ("End",)),
    Command("blank", _("Blank the screen of the audience, or show it again"), "", (".", "B")),
    Command("pointer", _("Pointer of light"), "", ("P",), checkable=True),
    Command("column", _("Column beside the pictures"), "", ("F",), checkable=True),
    Command("told", _("Initials and age, written down"), "", ("Ctrl+I",), checkable=True),
    Command("decide", _("Decision, or notes and agenda"), "", ("Ctrl+D",), checkable=True),
    Command("sign", _("Sign the decision that is written"), "", ("Ctrl+Return",)),
    Command("undo", _("Take back what was drawn last"), "", ("Ctrl+Z",)),
    Command("tool.", _("Window and level"), "", ("W",), checkable=True, short=_("W/L")),
    Command("tool.length", _("Length"), "", ("L",), checkable=True, short=_("Length")),
    Command("tool.bidirectional", _("Two axes"), "", ("D",), checkable=True, short=_("Two axes")),
    Command("tool.ellipse", _("Ellipse"), "", ("E",), checkable=True, short=_("Ellipse")),
    Command("tool.angle", _("Angle"), "", ("A",), checkable=True, short=_("Angle")),
    Command("end", _("End; first put a tool away"), "", ("Esc",)),
)
#: A digit is not a command of its own: the number goes to a case by Enter or after a moment.
JUMP: Final = (_("0 to 9"), _("Number of a case; Enter, or a moment later, goes there"))

#: Mouse and view keys that are not commands, for the help sheet.
GESTURES: Final[tuple[tuple[str, str], ...]] = (
    (_("Left drag"), _("Active tool; window and level when there is none")),
    (_("Left click"), _("Move the crosshair (no tool); drag a handle or an edge to edit")),
    (_("Shift + left drag"), _("Move the crosshair")),
    (_("Middle drag"), _("Pan")),
    (_("Right drag"), _("Zoom")),
    (_("Wheel"), _("Slices; with Shift ten at a time")),
    (_("Ctrl + wheel"), _("Zoom")),
    (_("Alt + wheel"), _("Size of the brush of outlines; [ and ] do it too while it is the tool")),
    (_("Double click"), _("View alone, or all")),
    (_("Drag a series onto a view"), _("Show it there")),
    (_("Up, Down"), _("Slice back, slice on; with Shift ten")),
    (_("Home, End"), _("First slice, last slice")),
    (_("Ctrl + arrows"), _("Move the held handle, or what is selected, by a tenth of a pixel")),
    (_("Drag a label"), _("Move it away from the lesion")),
    (_("Enter, N, Esc in the pass of IVC levels"), _("Mark the level, leave it out, end")),
    (_("PgUp, PgDn"), _("Previous series, next series")),
    (_("Alt + Up, Down on the agenda"), _("Move the case; or drag its row")),
    (_("F2, Del, Enter on the agenda"), _("Edit the cell, take the case off, open the case")),
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
