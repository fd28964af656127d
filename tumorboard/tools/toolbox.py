"""The tools there are, in the order of the tool bar."""

from __future__ import annotations

from typing import Final

from tumorboard.tools.bidirectional import BidirectionalTool
from tumorboard.tools.ellipse import EllipseTool
from tumorboard.tools.gesture import Tool
from tumorboard.tools.length import LengthTool
from tumorboard.tools.mass import MassTool
from tumorboard.tools.vessel import VesselTool

TOOLS: Final[tuple[Tool, ...]] = (
    LengthTool(),
    BidirectionalTool(),
    EllipseTool(),
    MassTool(),
    VesselTool(),
)


def tool_named(name: str) -> Tool | None:
    """Return the tool with this name, or None."""
    return next((tool for tool in TOOLS if tool.name == name), None)
