"""What a tool is: a pure step from a state and a pointer event to the next state.

A tool knows nothing of widgets. The view turns mouse events into `Pointer` events in
patient coordinates and paints the ``preview``; annotations in ``commit`` are finished
and become one edit of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol

from tumorboard.annotations.calibration import calibrated, calibration_of
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, ImageReference, Kind, new_uid
from tumorboard.imaging.edges import Sampler
from tumorboard.imaging.geometry import Caveat, Plane, Point
from tumorboard.imaging.segmentation.brush import Brush
from tumorboard.language import _
from tumorboard.tools.masking import MaskAct
from tumorboard.tools.pathing import PathAct, PathSeen

#: The brush of outlines before a reader chose another.
DEFAULT_BRUSH: Final = Brush(10.0)


class Phase(StrEnum):
    """What the pointer did."""

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    FINISH = "finish"  # Enter, or a double click: take what is there


def _no_caveats(points: tuple[Point, ...]) -> tuple[Caveat, ...]:
    del points
    return ()


def _where_it_began(point: Point) -> str:
    del point
    return _("the slice where it was begun")


@dataclass(frozen=True)
class Scene:
    """What a tool may know of the view and the case it is used in.

    ``reference`` builds the image reference for a set of points on the shown cut, and
    ``caveats`` what has to be said of something drawn there;
    ``existing`` are the annotations of this time point; ``lesion_uid`` is the lesion
    that new mass measurements belong to, empty for a new one; ``scale`` is logical
    pixels per mm. ``right`` is the LPS direction that points right on the screen (None: the
    patient axis nearest to the plane); ``visible`` are the annotations on show in this view
    (None: not known); ``sample`` reads values of the cut at LPS points; with ``assist`` ends
    of calipers may go to edges nearby. ``brush`` is that of the outlines in three dimensions,
    and with ``cuts`` what is drawn round is cut away from them. ``path`` is the vessel worked on.
    ``place`` names the cut that a point lies on ("slice 12"); ``of_values`` has to be said of
    values that are read off what is on show. Where the pictures are not ``is_placed``, nothing
    says how they lie to one another. With ``opposite`` Ctrl was held when the button went down.
    """

    plane: Plane
    normal: Point
    reference: Callable[[tuple[Point, ...]], ImageReference]
    author: str
    now_utc: str
    existing: tuple[Annotation, ...] = ()
    lesion_uid: str = ""
    caveats: Callable[[tuple[Point, ...]], tuple[Caveat, ...]] = _no_caveats
    scale: float = 1.0
    right: Point | None = None
    visible: tuple[Annotation, ...] | None = None
    assist: bool = False
    sample: Sampler | None = None
    brush: Brush = DEFAULT_BRUSH
    cuts: bool = False
    path: PathSeen = field(default_factory=PathSeen)
    place: Callable[[Point], str] = _where_it_began
    of_values: tuple[Caveat, ...] = ()
    is_placed: bool = True
    opposite: bool = False

    def caveats_of(self, kind: Kind, points: tuple[Point, ...]) -> tuple[Caveat, ...]:
        """Return what has to be said of something of a kind drawn here."""
        said = self.of_values if SPECS[kind].reads_values else ()
        return (*self.caveats(points), *said)


@dataclass(frozen=True)
class Pointer:
    """A pointer event at an LPS point (mm) of a cut."""

    phase: Phase
    point: Point
    scene: Scene


@dataclass(frozen=True)
class Ask:
    """Something to be typed before a gesture is finished.

    ``title`` heads the question and ``question`` names the field; ``finish`` turns what was
    typed into the step to take. It raises ``UserError`` for what cannot be used.
    """

    title: str
    question: str
    finish: Callable[[str], Step]
    initial: str = ""


@dataclass(frozen=True)
class NextCut:
    """Where the tool goes on: the cut through an LPS point (mm), in the first plane there is."""

    point: Point
    planes: tuple[Plane, ...]


@dataclass(frozen=True)
class Step:
    """The answer of a tool: next state, what to paint meanwhile, what is finished.

    ``erase`` are UIDs of annotations to delete, as one edit; ``highlight`` those that would
    be; ``ask`` what has to be typed first; ``snap`` the edge that an end in the preview has
    gone to, LPS mm; ``mask`` what was done to the outline in three dimensions, ``path`` to the
    line of a vessel; ``next_cut`` the cut on which the next gesture is expected.
    """

    state: Any
    preview: tuple[Annotation, ...] = field(default=())
    commit: tuple[Annotation, ...] = field(default=())
    message: str = ""
    erase: tuple[str, ...] = field(default=())
    highlight: tuple[str, ...] = field(default=())
    ask: Ask | None = None
    snap: Point | None = None
    mask: MaskAct | None = None
    path: PathAct | None = None
    next_cut: NextCut | None = None


class Tool(Protocol):
    """One gesture, as data and a pure function.

    ``cursor`` names the shape of the pointer over an image: cross, text, erase or probe.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    key: ClassVar[str]
    cursor: ClassVar[str]

    def start(self) -> Any:
        """Return the state before anything was drawn."""

    def claims_handles(self, state: Any) -> bool:
        """Whether a press on a handle of something drawn belongs to the tool."""

    def hint(self, state: Any) -> str:
        """Return one line that says what the tool expects next."""

    def step(self, state: Any, pointer: Pointer) -> Step:
        """Return what follows from a pointer event."""


def draw(
    kind: Kind,
    points: tuple[Point, ...],
    scene: Scene,
    *,
    role: str = "",
    lesion_uid: str = "",
    label: str = "",
    uid: str = "",
    known_mm: float = 0.0,
) -> Annotation:
    """Make an annotation from points drawn in a scene.

    A known length that a reader stated on the picture holds for what is drawn there.
    """
    image = scene.reference(points)
    if not SPECS[kind].is_known_length:
        known = calibration_of(scene.existing, image)
        image = calibrated(image, known)
    return Annotation(
        uid=uid or new_uid(),
        kind=kind,
        points=points,
        normal=scene.normal,
        image=image,
        author=scene.author,
        created_utc=scene.now_utc,
        label=label,
        role=role,
        lesion_uid=lesion_uid,
        caveats=scene.caveats_of(kind, points),
        known_mm=known_mm,
    )


def draw_begun(
    kind: Kind, points: tuple[Point, ...], scene: Scene, *, lesion_uid: str = ""
) -> Annotation:
    """Make what shows of a kind while it is drawn: a line until it has the points it takes."""
    shown = points if len(points) > 1 else points * 2
    drawn = kind if SPECS[kind].takes(len(shown)) else Kind.LENGTH
    return draw(drawn, shown, scene, lesion_uid=lesion_uid)


#: A drag shorter than this many logical pixels is a click, not a line.
CLICK_PIXELS = 3.0
