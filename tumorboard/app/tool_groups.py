"""The tools at the top of the window: in groups, each with its word and its icon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.app.layouts import LAYOUTS
from tumorboard.language import _, pgettext


@dataclass(frozen=True)
class Tool:
    """A button: the command that it calls, the word below it, and its icon.

    ``icon`` is a name of ``resources/icons/tabler``.
    """

    command: str
    word: str
    icon: str


@dataclass(frozen=True)
class ToolGroup:
    """Tools that stand together; ``more`` are commands that only the fold of the group lists."""

    name: str
    tools: tuple[Tool, ...]
    more: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All commands of the group, those with a button first."""
        return (*(tool.command for tool in self.tools), *self.more)


GROUPS: Final[tuple[ToolGroup, ...]] = (
    ToolGroup(
        _("Navigate"),
        (
            Tool("tool.window", _("Window"), "circle-half-2"),
            Tool("tool.pan", _("Pan"), "hand-stop"),
            Tool("tool.zoom", _("Zoom"), "zoom-in"),
        ),
        ("tool.region", "tool.scroll", "tool.magnify", "view.reset"),
    ),
    ToolGroup(
        _("Measure"),
        (
            Tool("tool.mass", _("Mass"), "cube"),
            Tool("tool.length", _("Length"), "ruler-2"),
            Tool("tool.bidirectional", _("Two axes"), "arrows-cross"),
            Tool("tool.ellipse", _("Ellipse"), "oval"),
            Tool("tool.angle", _("Angle"), "angle"),
        ),
        (
            *("tool.circle", "tool.rectangle", "tool.polygon", "tool.freehand", "tool.probe"),
            *("tool.arrow", "tool.text", "tool.spine", "tool.eraser", "tool.calibration"),
        ),
    ),
    ToolGroup(
        _("Segment"),
        (
            Tool("tool.mask_propose", _("Propose"), "wand"),
            Tool("tool.mask_brush", _("Brush"), "brush"),
            Tool("tool.mask_outline", _("Outline"), "lasso"),
            Tool("tool.mask_eraser", _("Erase"), "eraser"),
        ),
        (
            "tool.mask_grow",
            *("outline.between", "outline.holes", "outline.smooth", "outline.largest"),
            *("outline.sizes", "outline.export"),
        ),
    ),
    ToolGroup(
        _("Vessel"),
        (
            Tool("tool.vessel", _("Levels"), "map-pin"),
            Tool("tool.centreline", _("Centreline"), "route"),
        ),
        (
            *("tool.level_pass", "tool.landmark", "vessel.traced", "vessel.mode"),
            *("vessel.contact", "vessel.occlusion"),
        ),
    ),
    ToolGroup(
        _("Layout"),
        (
            Tool("layout.planes", _("Planes"), "layout-grid"),
            Tool("layout.compare", _("Compare"), "columns-2"),
        ),
        (
            *(f"layout.{x.name}" for x in LAYOUTS if x.name not in ("planes", "compare")),
            *("layout.next", "view.link", "view.align"),
        ),
    ),
    ToolGroup(
        _("Key image"),
        (Tool("view.keep", _("Keep"), "bookmark"),),
        ("view.key_next", "view.key_previous", "view.copy"),
    ),
)

#: What stands at the right, on the page of meetings too.
ALWAYS: Final[tuple[Tool, ...]] = (
    Tool("edit.undo", _("Undo"), "arrow-back-up"),
    Tool("edit.redo", _("Redo"), "arrow-forward-up"),
    Tool("help.palette", _("Find"), "search"),
    Tool("meeting.page", _("Meetings"), "calendar-event"),
    Tool("present.start", pgettext("command", "Present"), "presentation"),
)

#: The parts of the window that fold, as they stand in the line at the bottom.
PARTS: Final[tuple[Tool, ...]] = (
    Tool("screen.list", _("Cases"), "layout-sidebar-left-collapse"),
    Tool("screen.tools", _("Tools"), "layout-navbar"),
    Tool("screen.key_images", _("Key images"), "layout-bottombar"),
    Tool("screen.panel", _("Panel"), "layout-sidebar-right-collapse"),
    Tool("screen.full", _("Full screen"), "maximize"),
)

#: Every button with a picture, by its command.
BUTTONS: Final[dict[str, Tool]] = {
    tool.command: tool for tool in (*(t for group in GROUPS for t in group.tools), *ALWAYS, *PARTS)
}
