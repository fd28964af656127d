"""What a tool is: a pure step from a state and a pointer event to the next state.

A tool knows nothing of widgets. The view turns mouse events into `Pointer` events in
patient coordinates and paints the ``preview``; annotations in ``commit`` are finished
and become one edit of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from tumorboard.annotations.model import Annotation, ImageReference, Kind, Point, new_uid
from tumorboard.imaging.geometry import Caveat, Plane


class Phase(StrEnum):
    """What the pointer did."""

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"


def _no_caveats(points: tuple[Point, ...]) -> tuple[Caveat, ...]:
    del points
    return ()


@dataclass(frozen=True)
class Scene:
    """What a tool may know of the view and the case it is used in.

    ``reference`` builds the image reference for a set of points on the shown cut, and
    ``caveats`` what has to be said of something drawn there;
    ``existing`` are the annotations of this time point; ``lesion_uid`` is the lesion
    that new mass measurements belong to, empty for a new one; ``scale`` is logical
    pixels per mm.
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


@dataclass(frozen=True)
class Pointer:
    """A pointer event at an LPS point (mm) of a cut."""

    phase: Phase
    point: Point
    scene: Scene


@dataclass(frozen=True)
class Step:
    """The answer of a tool: next state, what to paint meanwhile, what is finished."""

    state: Any
    preview: tuple[Annotation, ...] = field(default=())
    commit: tuple[Annotation, ...] = field(default=())
    message: str = ""


class Tool(Protocol):
    """One gesture, as data and a pure function."""

    name: ClassVar[str]
    label: ClassVar[str]
    key: ClassVar[str]

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
) -> Annotation:
    """Make an annotation from points drawn in a scene."""
    return Annotation(
        uid=uid or new_uid(),
        kind=kind,
        points=points,
        normal=scene.normal,
        image=scene.reference(points),
        author=scene.author,
        created_utc=scene.now_utc,
        label=label,
        role=role,
        lesion_uid=lesion_uid,
        caveats=scene.caveats(points),
    )


#: A drag shorter than this many logical pixels is a click, not a line.
CLICK_PIXELS = 3.0
