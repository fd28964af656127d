"""What others drew on the images: shown, never edited, adopted by a reader's own act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from tumorboard.annotations.model import Annotation
from tumorboard.annotations.visibility import reach_mm
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.slicing import Section
from tumorboard.imaging.volume import Volume
from tumorboard.language import _, inside


@dataclass(frozen=True)
class Line:
    """A line through LPS points (mm), closed or open; one point is a mark."""

    points: tuple[Point, ...]
    closed: bool = False


@dataclass(frozen=True)
class ForeignMark:
    """One thing that somebody else drew.

    ``words`` are those that stand beside it, ``value`` the number that came with it as text,
    ``by`` who or what made it, ``source`` what kind of object it came in. ``annotation`` is
    the same as one of ours, still under its author's name, where it has such a shape.
    ``said`` is what they judged of it, each "name: answer" as sent.
    """

    uid: str
    lines: tuple[Line, ...]
    words: str
    by: str
    source: str
    series_instance_uid: str = ""
    frame_of_reference_uid: str = ""
    value: str = ""
    site: str = ""
    tracking_uid: str = ""
    annotation: Annotation | None = field(default=None)
    said: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words beside the drawing."""
        return " · ".join(part for part in (self.words, self.value) if part)


@dataclass(frozen=True)
class SegmentValues:
    """What somebody else measured of parts of a segmentation, which alone says where they lie.

    ``values`` are numbers with names and units, as they came. ``sop_instance_uid`` and
    ``numbers`` name the segmentation and its segments, no number where it has but one;
    ``frames`` are those of it that are meant, counted from 1, none for all. ``is_surface``
    tells a mesh. ``said`` is what they judged of it, each "name: answer" as sent.
    """

    uid: str
    words: str
    values: tuple[str, ...]
    by: str
    source: str
    sop_instance_uid: str
    numbers: tuple[int, ...] = ()
    frames: tuple[int, ...] = ()
    is_surface: bool = False
    said: tuple[str, ...] = ()


def shown_on(
    marks: Iterable[ForeignMark], volume: Volume, section: Section
) -> tuple[ForeignMark, ...]:
    """Return the marks of a volume that lie on a cut or right beside it."""
    reach = reach_mm(volume, section)
    return tuple(m for m in marks if belongs_to(m, volume) and _is_near(m, section, reach))


def belongs_to(mark: ForeignMark, volume: Volume) -> bool:
    """Whether a mark was drawn on a volume, or in its frame of reference."""
    if mark.series_instance_uid:
        return mark.series_instance_uid == volume.series_instance_uid
    same = mark.frame_of_reference_uid == volume.frame_of_reference_uid
    return bool(mark.frame_of_reference_uid) and same


def _is_near(mark: ForeignMark, section: Section, reach: float) -> bool:
    points = np.array([p for line in mark.lines for p in line.points])
    return len(points) > 0 and bool((np.abs(section.grid.distance(points)) <= reach).all())


def adopted(mark: ForeignMark, uid: str, author: str, now_utc: str) -> Annotation:
    """Return a mark as the reader's own annotation; where it came from stays with it.

    Raises
    ------
    ValueError
        When it has no shape of ours.

    """
    if mark.annotation is None:
        raise ValueError("nothing to adopt")
    source = inside(mark.source)
    origin = (
        _("Adopted from a {source} by {author}", source=source, author=mark.by)
        if mark.by
        else _("Adopted from a {source}", source=source)
    )
    label = mark.annotation.label or mark.words
    return replace(
        mark.annotation,
        uid=uid,
        author=author,
        created_utc=now_utc,
        label=label,
        origin=origin,
        lesion_uid="",
    )
