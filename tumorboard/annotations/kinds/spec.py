"""What a kind of annotation is: all that the program asks of it, in one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tumorboard.annotations.model import Annotation, ImageReference, Kind, Landmark, TumourEnd
from tumorboard.coding import Code
from tumorboard.imaging.geometry import Calibration, Caveat, Point, Points
from tumorboard.imaging.roi_statistics import Mask
from tumorboard.imaging.slicing import PlaneGrid
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.quantity import length_words

#: From (N, D) points to the polylines, each (M, D), that draw a kind.
Lines = Callable[[Points], list[Points]]
#: From the normal, the points, the index of one and where it goes to, to the points after it.
Mover = Callable[[Point, list[Points], int, Points], list[Points]]


class Sign(StrEnum):
    """What is painted at the first point beside the lines."""

    NONE = "none"
    ARROW_HEAD = "arrow head"
    CROSS = "cross"
    RING = "ring"
    DIAMOND = "diamond"


@dataclass(frozen=True)
class Quantity:
    """A measured value: what it is, in ``mm``, ``mm2``, ``deg`` or, uncalibrated, ``px``."""

    concept: Code
    value: float
    unit: str

    @property
    def text(self) -> str:
        """The value in the words of the screen: cm with one decimal, cm², degrees or px."""
        if self.unit == "mm":
            return length_words(self.value)
        if self.unit == "mm2":
            return _("{value:.1f} cm²", value=self.value / 100)
        if self.unit == "deg":
            return f"{self.value:.0f}°"
        return f"{self.value:.0f} {self.unit}"


def units_of(image: ImageReference) -> tuple[str, str, float]:
    """Return the units of lengths and areas on an image, and the scale of lengths.

    Lengths between the stored points times the scale are in the first unit.
    """
    if image.calibration is Calibration.NONE:
        return "px", "px²", image.scale
    return "mm", "mm2", image.scale


def nothing_measured(annotation: Annotation) -> tuple[Quantity, ...]:
    """Return no quantity."""
    del annotation
    return ()


def _no_caveat(annotation: Annotation) -> tuple[Caveat, ...]:
    del annotation
    return ()


def every_point(count: int) -> tuple[int, ...]:
    """Return the indices of all points."""
    return tuple(range(count))


def point_moved(normal: Point, points: list[Points], index: int, to: Points) -> list[Points]:
    """Move one point; the others stay."""
    del normal
    return [to if n == index else p for n, p in enumerate(points)]


@dataclass(frozen=True, kw_only=True)
class KindSpec:
    """A kind of annotation. Points are LPS mm unless it says otherwise.

    Parameters
    ----------
    kind
        Which one it is, as it is stored.
    words
        Its name for a reader, as it heads a line of a list or a report.
    least_points, most_points
        How many points it takes when it is finished; None: any number from the least on.
    lines
        The polylines that draw it. Shapes are affine in their points, so these may be
        (N, 3) LPS mm or (N, 2) canvas pixels.
    concepts
        The coded concepts of ``quantities``, in their order.
    quantities
        Its values, in mm where the image is calibrated, else in pixels.
    caveats
        What limits these values beyond what was said when it was drawn.
    reading
        What is read off at its place, in words, from the volume that it rests on (None: there
        is none); None for a kind at which nothing is read.
    inside
        The pixels of a grid inside it; None for a kind that encloses no area.
    handles
        The indices of the points that can be taken hold of, from how many there are.
    handle_moved
        The points after one of them was moved, the shape kept lawful.
    graphic
        The Graphic Type under which others send it (PS3.3 sections C.10.5.1.2, C.18.6.1.1),
        empty for a kind that is not read from others.
    roles
        The roles among which a mark of a vessel has one; None for what is no such mark.
    sign
        What is painted at its first point.
    is_line
        Whether its first two points are the ends of a line, which may not fall together.
    is_known_length
        Whether it states a length instead of measuring one: others are calibrated by it.
    is_words
        Whether the words of its label are what it is for.
    is_vertebra
        Whether it names a vertebra at its place.
    is_label_at_point
        Whether its label stands at its own point, instead of beside it.
    has_quiet_handles
        Whether handles are painted only while it is selected.

    """

    kind: Kind
    words: str
    least_points: int
    most_points: int | None
    lines: Lines
    concepts: tuple[Code, ...] = ()
    quantities: Callable[[Annotation], tuple[Quantity, ...]] = nothing_measured
    caveats: Callable[[Annotation], tuple[Caveat, ...]] = _no_caveat
    reading: Callable[[Annotation, Volume | None], str] | None = None
    inside: Callable[[PlaneGrid, tuple[Point, ...]], Mask] | None = None
    handles: Callable[[int], tuple[int, ...]] = every_point
    handle_moved: Mover = point_moved
    graphic: str = ""
    roles: type[Landmark] | type[TumourEnd] | None = None
    sign: Sign = Sign.NONE
    is_line: bool = False
    is_known_length: bool = False
    is_words: bool = False
    is_vertebra: bool = False
    is_label_at_point: bool = False
    has_quiet_handles: bool = False

    def __post_init__(self) -> None:
        """Refuse what is half told.

        Raises
        ------
        ValueError
            Where words are missing, the numbers of points cannot be, or values come without
            their concepts or concepts without values.

        """
        if not self.words.strip():
            raise ValueError(f"the kind {self.kind} has no name in words")
        most = self.least_points if self.most_points is None else self.most_points
        if not 1 <= self.least_points <= most:
            raise ValueError(f"the kind {self.kind} takes no number of points")
        if bool(self.concepts) is (self.quantities is nothing_measured):
            raise ValueError(f"the kind {self.kind} has values without concepts, or these alone")

    def takes(self, count: int) -> bool:
        """Whether a finished one may have so many points."""
        return self.least_points <= count and self.holds(count)

    def holds(self, count: int) -> bool:
        """Whether so many points are not too many."""
        return self.most_points is None or count <= self.most_points

    @property
    def is_region(self) -> bool:
        """Whether it encloses an area."""
        return self.inside is not None

    @property
    def is_mark(self) -> bool:
        """Whether it marks a place in a vessel."""
        return self.roles is not None

    @property
    def is_level(self) -> bool:
        """Whether it marks a level along the vena cava."""
        return self.roles is Landmark

    @property
    def is_tumour_end(self) -> bool:
        """Whether it marks an end of the tumour in the vena cava."""
        return self.roles is TumourEnd

    @property
    def reads_values(self) -> bool:
        """Whether values of the pixels are read off in it or at its place."""
        return self.inside is not None or self.reading is not None

    @property
    def is_measurement(self) -> bool:
        """Whether it has values that were measured."""
        return bool(self.concepts) and not self.is_known_length

    def measures(self, concept: Code) -> bool:
        """Whether a concept is among the values that it measures."""
        return self.is_measurement and concept in self.concepts
