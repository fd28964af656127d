"""The tools there are, in the order of the tool bar."""

from __future__ import annotations

from typing import Final

from tumorboard.tools.angle import AngleTool
from tumorboard.tools.arrow import ArrowTool
from tumorboard.tools.bidirectional import BidirectionalTool
from tumorboard.tools.calibrate import CalibrationTool
from tumorboard.tools.centreline import CentrelineTool
from tumorboard.tools.circle import CircleTool
from tumorboard.tools.ellipse import EllipseTool
from tumorboard.tools.eraser import EraserTool
from tumorboard.tools.freehand import FreehandTool
from tumorboard.tools.gesture import Tool
from tumorboard.tools.landmark import LandmarkTool
from tumorboard.tools.length import LengthTool
from tumorboard.tools.level_pass import LevelPassTool
from tumorboard.tools.mask_brush import MaskBrushTool, MaskEraserTool
from tumorboard.tools.mask_grow import MaskGrowTool
from tumorboard.tools.mask_outline import MaskOutlineTool
from tumorboard.tools.mask_propose import MaskProposeTool
from tumorboard.tools.mass import MassTool
from tumorboard.tools.polygon import PolygonTool
from tumorboard.tools.probe import ProbeTool
from tumorboard.tools.rectangle import RectangleTool
from tumorboard.tools.spine import SpineTool
from tumorboard.tools.text import TextTool
from tumorboard.tools.vessel import VesselTool

TOOLS: Final[tuple[Tool, ...]] = (
    LengthTool(),
    BidirectionalTool(),
    MassTool(),
    VesselTool(),
    LevelPassTool(),
    AngleTool(),
    EllipseTool(),
    CircleTool(),
    RectangleTool(),
    PolygonTool(),
    FreehandTool(),
    ProbeTool(),
    ArrowTool(),
    TextTool(),
    SpineTool(),
    EraserTool(),
    CalibrationTool(),
)


#: Those of outlines in three dimensions; they change masks, not annotations.
MASK_TOOLS: Final[tuple[Tool, ...]] = (
    MaskBrushTool(),
    MaskEraserTool(),
    MaskOutlineTool(),
    MaskGrowTool(),
    MaskProposeTool(),
)

#: Those of vessels; they change centrelines, not annotations.
VESSEL_TOOLS: Final[tuple[Tool, ...]] = (CentrelineTool(), LandmarkTool())


def tool_named(name: str) -> Tool | None:
    """Return the tool with this name, or None."""
    return next((tool for tool in (*TOOLS, *MASK_TOOLS, *VESSEL_TOOLS) if tool.name == name), None)
