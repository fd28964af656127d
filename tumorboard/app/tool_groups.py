"""The tools at the top of the window: in groups, each with its word and its icon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.app.layouts import LAYOUTS


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
        "Navigate",
        (
            Tool("tool.window", "Window", "circle-half-2"),
            Tool("tool.pan", "Pan", "hand-stop"),
            Tool("tool.zoom", "Zoom", "zoom-in"),
        ),
        ("tool.region", "tool.scroll", "tool.magnify", "view.reset"),
    ),
    ToolGroup(
        "Measure",
        (
            Tool("tool.mass", "Mass", "cube"),
            Tool("tool.length", "Length", "ruler-2"),
            Tool("tool.bidirectional", "Two axes", "arrows-cross"),
            Tool("tool.ellipse", "Ellipse", "oval"),
            Tool("tool.angle", "Angle", "angle"),
        ),
        (
            *("tool.circle", "tool.rectangle", "tool.polygon", "tool.freehand", "tool.probe"),
            *("tool.arrow", "tool.text", "tool.eraser", "tool.calibration"),
        ),
    ),
    ToolGroup(
        "Segment",
        (
            Tool("tool.mask_propose", "Propose", "wand"),
            Tool("tool.mask_brush", "Brush", "brush"),
            Tool("tool.mask_outline", "Outline", "lasso"),
            Tool("tool.mask_eraser", "Erase", "eraser"),
        ),
        (
            "tool.mask_grow",
            *("outline.between", "outline.holes", "outline.smooth", "outline.largest"),
            *("outline.sizes", "outline.export"),
        ),
    ),
    ToolGroup(
        "Vessel",
        (
            Tool("tool.vessel", "Levels", "map-pin"),
            Tool("tool.centreline", "Centreline", "route"),
        ),
        (
            *("tool.landmark", "vessel.traced", "vessel.mode"),
            *("vessel.contact", "vessel.occlusion"),
        ),
    ),
    ToolGroup(
        "Layout",
        (
            Tool("layout.planes", "Planes", "layout-grid"),
            Tool("layout.compare", "Compare", "columns-2"),
        ),
        (
            *(f"layout.{x.name}" for x in LAYOUTS if x.name not in ("planes", "compare")),
            *("layout.next", "view.link", "view.align"),
        ),
    ),
    ToolGroup(
        "Key image",
        (Tool("view.keep", "Keep", "bookmark"),),
        ("view.key_next", "view.key_previous", "view.copy"),
    ),
)

#: What stands at the right, on the page of meetings too.
ALWAYS: Final[tuple[Tool, ...]] = (
    Tool("edit.undo", "Undo", "arrow-back-up"),
    Tool("edit.redo", "Redo", "arrow-forward-up"),
    Tool("help.palette", "Find", "search"),
    Tool("meeting.page", "Meetings", "calendar-event"),
    Tool("present.start", "Present", "presentation"),
)

#: The parts of the window that fold, as they stand in the line at the bottom.
PARTS: Final[tuple[Tool, ...]] = (
    Tool("screen.list", "Cases", "layout-sidebar-left-collapse"),
    Tool("screen.tools", "Tools", "layout-navbar"),
    Tool("screen.key_images", "Key images", "layout-bottombar"),
    Tool("screen.panel", "Panel", "layout-sidebar-right-collapse"),
    Tool("screen.full", "Full screen", "maximize"),
)

#: Every button with a picture, by its command.
BUTTONS: Final[dict[str, Tool]] = {
    tool.command: tool for tool in (*(t for group in GROUPS for t in group.tools), *ALWAYS, *PARTS)
}
