"""How views are laid out: columns of cells, each a plane of a numbered display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.imaging.geometry import Plane
from tumorboard.language import _

#: The number of the first display of a second window; the first window has those below.
SECOND: Final = 8


@dataclass(frozen=True)
class Cell:
    """One view. ``plane`` is None for the plane in which its images were acquired.

    With ``other`` 1 or 2 it is the first or second of the two planes across that one. Cells
    with the same ``display`` number show one series and share its point.
    """

    display: int = 0
    plane: Plane | None = None
    other: int = 0

    @property
    def place(self) -> str:
        """The name of the cell among those of its display, for what is kept of it."""
        if self.plane is not None:
            return self.plane.value
        return _("across {other}", other=self.other) if self.other else ""


@dataclass(frozen=True)
class Column:
    """Views one below the other; ``weight`` is the share of the width."""

    cells: tuple[Cell, ...]
    weight: int = 1


@dataclass(frozen=True)
class Layout:
    """A named arrangement of views."""

    name: str
    label: str
    key: str
    columns: tuple[Column, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, column by column."""
        return tuple(cell for column in self.columns for cell in column.cells)

    @property
    def displays(self) -> int:
        """How many series can be on show."""
        return 1 + max(cell.display for cell in self.cells)


def _alone(*displays: int) -> Column:
    return Column(tuple(Cell(number) for number in displays))


_PLANES: Final = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)

LAYOUTS: Final[tuple[Layout, ...]] = (
    Layout("single", _("One view"), "Alt+1", (_alone(0),)),
    Layout("pair", _("Two series side by side"), "Alt+2", (_alone(0), _alone(1))),
    Layout(
        "large", _("One large, two small series"), "Alt+3", (Column((Cell(0),), 2), _alone(1, 2))
    ),
    Layout("four", _("Four series"), "Alt+4", (_alone(0, 2), _alone(1, 3))),
    Layout(
        "planes",
        _("Three planes of one series"),
        "Alt+5",
        (
            Column((Cell(0),), 142),
            Column((Cell(0, other=1), Cell(0, other=2)), 100),
        ),
    ),
    Layout(
        "compare",
        _("Compare two dates: axial above coronal"),
        "Alt+6",
        tuple(Column(tuple(Cell(n, plane) for plane in _PLANES[:2])) for n in (0, 1)),
    ),
    # The curved view and what belongs to it stand beside the axial one.
    Layout(
        "vessel",
        _("Vessel: axial beside the curved view"),
        "Alt+7",
        (Column((Cell(0, Plane.AXIAL),)),),
    ),
)

#: The layout to start with.
DEFAULT_LAYOUT: Final = "planes"


def layout_named(name: str) -> Layout:
    """Return the layout with this name; the default one for a name that is not known."""
    return next(
        (x for x in LAYOUTS if x.name == name), next(x for x in LAYOUTS if x.name == DEFAULT_LAYOUT)
    )
