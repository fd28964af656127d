"""A vessel as a reader laid it: the line through it, its levels, what was said and corrected.

Places are LPS millimetres, positions along the line millimetres from its first point, in the
direction in which `tumorboard.imaging.vessel` runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from tumorboard.case.definitions import definition
from tumorboard.imaging.geometry import Caveat, Point
from tumorboard.imaging.vessel.centreline import Centreline, through
from tumorboard.language import N_, _

#: Raised when a key changes its meaning; new optional keys do not raise it.
VERSION = 1


class Word(StrEnum):
    """What a reader says that a stretch of the lumen holds."""

    TUMOUR = N_("tumour thrombus")
    BLAND = N_("bland thrombus")
    NOT_ASSESSED = N_("not assessed")

    @property
    def words(self) -> str:
        """What a reader sees for it."""
        return _(self.value)

    @property
    def heading(self) -> str:
        """The same at the head of a line."""
        words = self.words
        return f"{words[:1].upper()}{words[1:]}"


@dataclass(frozen=True)
class Correction:
    """What a reader set by hand at a position: the arc of contact, the outline, or both.

    ``degrees`` is None where the measured arc stands; ``outline`` holds the corners of the
    lumen on the plane across, empty where the found one stands.
    """

    arc_mm: float
    degrees: float | None = None
    outline: tuple[Point, ...] = ()
    author: str = ""
    time_utc: str = ""


@dataclass(frozen=True)
class Stretch:
    """The reader's word for the lumen between two positions along the line."""

    start_mm: float
    end_mm: float
    word: Word
    author: str = ""
    time_utc: str = ""


@dataclass(frozen=True)
class VesselPath:
    """A vessel of one series.

    ``vessel`` is a name of the closed list (`vessel_names`). ``anchors`` are the clicks,
    ``pieces`` the lines between neighbouring ones when they were found through the lumen
    (``traced``), each with both ends; empty for a spline, which follows from the anchors.
    ``landmarks`` are (name, point). ``lumen_uid`` and ``mass_uids`` name the segmentations
    that contact and occlusion are measured from.
    """

    uid: str
    vessel: str
    study_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str
    anchors: tuple[Point, ...] = ()
    pieces: tuple[tuple[Point, ...], ...] = ()
    traced: bool = False
    landmarks: tuple[tuple[str, Point], ...] = ()
    lumen_uid: str = ""
    mass_uids: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    words: tuple[Stretch, ...] = ()
    author: str = ""
    created_utc: str = ""
    changed_utc: str = ""
    caveats: tuple[Caveat, ...] = field(default=())

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The segmentations that it names."""
        return tuple(uid for uid in (self.lumen_uid, *self.mass_uids) if uid)


def vessel_names() -> tuple[str, ...]:
    """Return the closed list of vessels, as the fact of contacts names them."""
    return tuple(str(choice.value) for choice in definition("vessel_contacts").choices)


def centreline_of(vessel: VesselPath) -> Centreline | None:
    """Return the line through a vessel from its caudal to its cranial end; None of one point."""
    anchors = np.array(vessel.anchors, dtype=np.float64).reshape(-1, 3)
    if len(anchors) < 2:
        return None
    if len(vessel.pieces) != len(anchors) - 1:
        return through(anchors).upwards()
    pieces = tuple(np.array(piece) for piece in vessel.pieces)
    return Centreline(anchors, pieces, vessel.traced).upwards()


def vessel_label(name: str) -> str:
    """Return the clinician's words for a vessel of the closed list."""
    choices = definition("vessel_contacts").choices
    return next((c.label for c in choices if c.value == name), name)


def vessel_to_json(v: VesselPath) -> dict[str, Any]:
    """Return a vessel as JSON values."""
    return {
        "version": VERSION,
        **{name: getattr(v, name) for name in _PLAIN},
        "anchors": _lists(v.anchors),
        "pieces": [_lists(p) for p in v.pieces],
        "landmarks": [[name, list(point)] for name, point in v.landmarks],
        "mass_uids": list(v.mass_uids),
        "corrections": [{**vars(c), "outline": _lists(c.outline)} for c in v.corrections],
        "words": [{**vars(w), "word": w.word.value} for w in v.words],
        "caveats": [{"code": c.code, "text": c.text} for c in v.caveats],
    }


def vessel_from_json(data: Mapping[str, Any]) -> VesselPath:
    """Read a vessel; keys that are not known are passed over.

    Raises
    ------
    ValueError
        When it has a later version, an unknown word, or lacks a needed key.

    """
    if data.get("version", VERSION) > VERSION:
        raise ValueError(
            _(
                "vessel of version {version}, known are up to {newest}",
                version=data["version"],
                newest=VERSION,
            )
        )
    try:
        needed = {name: data[name] for name in _NEEDED}
    except KeyError as error:
        raise ValueError(_("vessel without {key}", key=error.args[0])) from error
    return VesselPath(
        **needed,
        **{name: data[name] for name in _PLAIN if name in data and name not in _NEEDED},
        anchors=_points(data.get("anchors", ())),
        pieces=tuple(_points(p) for p in data.get("pieces", ())),
        landmarks=tuple((str(n), _point(p)) for n, p in data.get("landmarks", ())),
        mass_uids=tuple(data.get("mass_uids", ())),
        corrections=tuple(_correction(c) for c in data.get("corrections", ())),
        words=tuple(_stretch(w) for w in data.get("words", ())),
        caveats=tuple(Caveat(c["code"], c["text"]) for c in data.get("caveats", ())),
    )


_NEEDED = ("uid", "vessel", "study_instance_uid", "series_instance_uid", "frame_of_reference_uid")
_PLAIN = (*_NEEDED, "traced", "lumen_uid", "author", "created_utc", "changed_utc")


def _correction(data: Mapping[str, Any]) -> Correction:
    degrees = data.get("degrees")
    return Correction(
        float(data["arc_mm"]),
        None if degrees is None else float(degrees),
        _points(data.get("outline", ())),
        data.get("author", ""),
        data.get("time_utc", ""),
    )


def _stretch(data: Mapping[str, Any]) -> Stretch:
    return Stretch(
        float(data["start_mm"]),
        float(data["end_mm"]),
        Word(data["word"]),
        data.get("author", ""),
        data.get("time_utc", ""),
    )


def _lists(points: Sequence[Point]) -> list[list[float]]:
    return [[float(v) for v in p] for p in points]


def _points(data: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    return tuple(_point(p) for p in data)


def _point(values: Sequence[float]) -> Point:
    x, y, z = (float(v) for v in values)
    return x, y, z
