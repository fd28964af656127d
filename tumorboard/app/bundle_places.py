"""What a case bundle may name and where its drawings may lie.

Identifiers are those of DICOM PS3.5 section 9.1, and a drawing lies in the space of the series
that it names: a bundle is the work of somebody else's program, and what lies beside the images
would be shown and counted nowhere, or somewhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation
from tumorboard.app.bundle_format import damaged
from tumorboard.app.series_record import series_of
from tumorboard.case.codec import Part
from tumorboard.case.facts import Fact, Place
from tumorboard.case.model import Remark, SeriesRef
from tumorboard.case.saved_view import SavedView
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Points, SliceStack
from tumorboard.language import _, inside
from tumorboard.text import is_uid

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository

#: So far (mm) beyond the outer edges of its images a drawing may reach: planes that are turned
#: stick out of the volume at their corners, and an arrow or a word may stand beside the picture.
BEYOND_MM: Final = 50.0

#: No scanner reaches so far (mm), and no picture is so large where a point is told in pixels.
FARTHEST: Final = 20_000.0

#: Keys of identifiers; others end in ``_uid``.
_UID_KEYS: Final = frozenset(
    {"uid", "sop_instance_uids", "annotation_uids", "mass_uids", "part_of", "series_key"}
)
#: What is signed stays as it is, and is never looked up by what it names.
_SIGNED: Final = frozenset({"record", "decision"})


@dataclass(frozen=True)
class Space:
    """The block that the voxels of a series fill up to their outer edges.

    ``corner`` is LPS mm, shape (3,); ``edges`` are three vectors in mm, one a row, shape (3, 3).
    ``frame`` is the Frame of Reference UID, empty where it is not known.
    """

    corner: Points
    edges: Points
    frame: str = ""

    @classmethod
    def of(cls, stack: SliceStack, frame: str = "") -> Space:
        """Return the space of a stack of slices."""
        slices, rows, columns = (size - 0.5 for size in stack.shape)
        places = [(-0.5, -0.5, -0.5), (slices, -0.5, -0.5), (-0.5, rows, -0.5)]
        corner, *ends = stack.to_lps([*places, (-0.5, -0.5, columns)])
        return cls(corner, np.array(ends) - corner, frame)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Space | None:
        """Read a space; None when it encloses nothing."""
        corner = np.array(value["corner"], dtype=np.float64)
        edges = np.array(value["edges"], dtype=np.float64)
        found = cls(corner, edges, str(value.get("frame_of_reference_uid", "")))
        return found if np.isfinite(edges).all() and abs(np.linalg.det(edges)) > 0 else None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "corner": [round(float(v), 4) for v in self.corner],
            "edges": [[round(float(v), 4) for v in edge] for edge in self.edges],
            "frame_of_reference_uid": self.frame,
        }

    def beyond_mm(self, points: Sequence[Sequence[float]]) -> float:
        """Return how far (mm, along its edges) the farthest of (N, 3) LPS points lies outside."""
        if not len(points):
            return 0.0
        share = (np.array(points, dtype=np.float64) - self.corner) @ np.linalg.inv(self.edges)
        outside = np.maximum(np.maximum(-share, share - 1.0), 0.0)
        return float((outside * np.linalg.norm(self.edges, axis=1)).max())


@dataclass(frozen=True)
class Drawing:
    """Something with places: its name in words, the series and frame it names, LPS points."""

    name: str
    series: str
    study: str
    frame: str
    points: tuple[tuple[float, float, float], ...]


def wrong_identifier(*told: Mapping[str, Any]) -> str:
    """Return in words which part has an identifier that is none; empty when all are right.

    The words name the part and the key, never the value; empty identifiers stand for nothing.
    """
    for name, values in chain.from_iterable(data.items() for data in told):
        parts = values if isinstance(values, list) else [values]
        for number, part in enumerate(parts, start=1):
            wrong = next((k for k, v in _identifiers(part, name) if v and not is_uid(v)), "")
            if wrong:
                which = f"{_singular(name)} {number}" if isinstance(values, list) else "case"
                return _(
                    "its {part} has an identifier that is none by DICOM ({key})",
                    part=which,
                    key=wrong,
                )
    return ""


def _singular(name: str) -> str:
    return name if name in {"series", "stated", "derived", "history"} else name.removesuffix("s")


def _identifiers(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield every identifier in JSON values with its key."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in _SIGNED:
                yield from _identifiers(item, name)
    elif key == "samples" and isinstance(value, list):
        yield from ((key, str(sample).rpartition(" ")[0]) for sample in value)
    elif key == "measured_from" and isinstance(value, list):
        yield from ((key, str(pair[0])) for pair in value if isinstance(pair, list) and pair)
    elif isinstance(value, list):
        for item in value:
            yield from _identifiers(item, key)
    elif isinstance(value, str) and (key in _UID_KEYS or key.endswith("_uid")):
        yield key, value


def drawings_of(parts: Mapping[str, Sequence[tuple[str, Part]]]) -> Iterator[Drawing]:
    """Yield all that has places among the parts of a case, by family and in their order."""
    for family in parts.values():
        for number, (__, part) in enumerate(family, start=1):
            yield from _drawings(part, number)


def _drawings(part: Part, number: int) -> Iterator[Drawing]:
    if isinstance(part, Annotation):
        image, name = (
            part.image,
            _("annotation {number}, a {kind},", number=number, kind=inside(SPECS[part.kind].words)),
        )
        series, study = image.series_instance_uid, image.study_instance_uid
        yield Drawing(name, series, study, image.frame_of_reference_uid, part.points)
    elif isinstance(part, VesselPath):
        corners = chain.from_iterable(c.outline for c in part.corrections)
        marks = (point for __, point in part.landmarks)
        points = (*part.anchors, *chain.from_iterable(part.pieces), *marks, *corners)
        series, study = part.series_instance_uid, part.study_instance_uid
        yield Drawing(
            _("vessel {number}", number=number), series, study, part.frame_of_reference_uid, points
        )
    elif isinstance(part, Segmentation):
        series, study = part.series_instance_uid, part.study_instance_uid
        yield Drawing(
            _("outline {number}", number=number), series, study, part.frame_of_reference_uid, ()
        )
    elif isinstance(part, SavedView):
        for picture in part.pictures:
            line = picture.curve.line if picture.curve is not None else ()
            points = (picture.point, *line)
            yield Drawing(
                _("key image {number}", number=number), picture.series_key, "", "", points
            )
    elif isinstance(part, Remark | Fact):
        place = part.place if isinstance(part, Remark) else part.provenance.place
        is_note = isinstance(part, Remark)
        name = _("note {number}", number=number) if is_note else _("fact {number}", number=number)
        yield from _stated(place, name)


def _stated(place: Place | None, name: str) -> Iterator[Drawing]:
    if place is not None:
        yield Drawing(name, place.series_instance_uid, "", "", (place.point,))


def check_places(
    drawings: Iterable[Drawing], series: Iterable[SeriesRef], spaces: Mapping[str, Space]
) -> None:
    """Refuse drawings that lie outside the series they name, or in another frame or study.

    ``spaces`` are by the name of a series; of a series without one nothing but its study is
    known.

    Raises
    ------
    UserError
        In one sentence that names the drawing and the reason.

    """
    listed = {ref.series_instance_uid: ref for ref in series}
    for drawing in drawings:
        ref, space = listed.get(drawing.series), spaces.get(drawing.series)
        if ref is not None and drawing.study not in ("", ref.study_instance_uid):
            raise damaged(
                _("its {name} names a study that its series is not of", name=drawing.name)
            )
        if len(drawing.points) and not np.abs(drawing.points).max() <= FARTHEST:
            raise damaged(_("its {name} lies where no image can be", name=drawing.name))
        if space is None:
            continue
        if "" not in (drawing.frame, space.frame) and drawing.frame != space.frame:
            raise damaged(
                _("its {name} is in another frame of reference than its series", name=drawing.name)
            )
        beyond = space.beyond_mm(drawing.points)
        if not beyond <= BEYOND_MM:
            raise damaged(
                _(
                    "its {name} lies {beyond:.0f} mm outside the images it names",
                    name=drawing.name,
                    beyond=beyond,
                )
            )


def space_here(store: CaseRepository, name: str, slices: int = 0) -> Space | None:
    """Return the space of a series of the store; None where its images are not here.

    Nor where fewer than ``slices`` of them are, or where they are no stack of known position.
    """
    record = store.series.packed_of(name)
    try:
        series = None if record is None else series_of(record)
    except (UserError, KeyError, TypeError, ValueError):
        return None
    if series is None or not series.has_geometry or series.slices < slices:
        return None
    stack = series.stack
    return None if stack is None else Space.of(stack, series.frame_of_reference_uid)
