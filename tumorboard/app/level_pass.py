"""Where the next level of the vena cava may lie: from what is known, else a guess said to be one.

A proposal is a place to look at first. It says where it came from, and nothing follows from it
until a reader confirms it. No share of body height is used: no source gives one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.annotations.model import Landmark, as_point
from tumorboard.case.involvement import IVC, LEVEL_OF_NAME
from tumorboard.case.model import Case
from tumorboard.case.vessel import centreline_of
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.tools.vessel import MARK_LABELS

#: Ends of something along the patient, LPS z in mm, lower first.
Extent = tuple[float, float]

KIDNEYS, LIVER, CAVA = "kidneys", "liver", "vena cava"
#: How names of segments call an organ as a whole: "kidney_left", "Liver", "IVC lumen".
_NAMES: Final = {
    KIDNEYS: re.compile(r"((left|right) )?kidneys?( (left|right))?"),
    LIVER: re.compile(r"liver"),
    CAVA: re.compile(r"(ivc|(inferior )?vena cava( inferior)?)( lumen)?"),
}
#: Where in the height of an outlined organ a level is looked for first, 0 its lower end. Starting
#: values without a source, which only say where the reader begins to look.
_WITHIN: Final[Mapping[Landmark, tuple[str, float, str]]] = {
    Landmark.ILIAC_CONFLUENCE: (CAVA, 0.0, _("the lower end of the outlined vena cava")),
    Landmark.RENAL_VEINS: (KIDNEYS, 0.5, _("guess: the middle of the outlined kidneys")),
    Landmark.LIVER_ENTRY: (LIVER, 0.5, _("guess: the middle of the outlined liver")),
    Landmark.HEPATIC_VEINS: (LIVER, 0.85, _("guess: the upper part of the outlined liver")),
    Landmark.CAVOATRIAL_JUNCTION: (LIVER, 1.0, _("guess: the upper end of the outlined liver")),
}


@dataclass(frozen=True)
class Known:
    """What a proposal may rest on, of one series. Points are LPS mm.

    ``levels`` are marked, ``on_line`` set on the centreline of the vena cava, whose points are
    ``line``, shape (N, 3); ``outlined`` are the extents of organs by name, ``scan`` that of the
    images, ``here`` the place on show.
    """

    levels: Mapping[Landmark, Point]
    scan: Extent
    here: Point
    on_line: Mapping[Landmark, Point] = field(default_factory=dict)
    line: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))
    outlined: Mapping[str, Extent] = field(default_factory=dict)

    def on_vein(self, z: float) -> Point | None:
        """Return the place of the centreline at a height, None where it does not reach."""
        reach = self.line[:, 2] if len(self.line) else np.array([np.inf])
        if not reach.min() <= z <= reach.max():
            return None
        nearest = self.line[int(np.abs(reach - z).argmin())]
        return float(nearest[0]), float(nearest[1]), z


@dataclass(frozen=True)
class LevelProposal:
    """A place for a level, LPS mm, and in words where it came from.

    Only with ``on_vein`` it is more than a height: else the reader finds the vein in the slice.
    """

    mark: Landmark
    point: Point
    source: str
    on_vein: bool


def known_of(
    case: Case, volume: Volume, levels: Mapping[Landmark, Point], here: Point, foreign: Outlines
) -> Known:
    """Gather what is known of a series; ``foreign`` are outlines of others, by name."""
    series, frame = volume.series_instance_uid, volume.frame_of_reference_uid
    corners = [volume.stack.to_lps([k, 0, 0])[2] for k in (0, volume.stack.shape[0] - 1)]
    line, on_line = np.zeros((0, 3)), {}
    for vessel in case.vessels:
        found = centreline_of(vessel)
        if vessel.vessel != IVC or vessel.frame_of_reference_uid != frame or found is None:
            continue
        line = np.asarray(found.line, dtype=np.float64)
        places: dict[Landmark, list[Point]] = {}
        for name, point in vessel.landmarks:
            if name in LEVEL_OF_NAME and name != "right atrium":
                places.setdefault(LEVEL_OF_NAME[name], []).append(point)
        on_line = {mark: as_point(np.mean(points, axis=0)) for mark, points in places.items()}
    own = [
        (s.label, tuple(float(volume.stack.to_lps([k, 0, 0])[2]) for k in s.slices))
        for s in case.segmentations
        if s.series_instance_uid == series and s.slices
    ]
    outlined = extents_of((*own, *foreign))
    return Known(levels, (min(corners), max(corners)), here, on_line, line, outlined)


#: Names of outlines, each with heights (LPS z, mm) that it reaches.
Outlines = Iterable[tuple[str, tuple[float, ...]]]


def extents_of(outlines: Outlines) -> dict[str, Extent]:
    """Return from where to where the organs reach that outlines are named after."""
    found: dict[str, list[float]] = {}
    for name, heights in outlines:
        plain = re.sub(r"[\W_]+", " ", name.casefold()).strip()
        for organ, pattern in _NAMES.items():
            if heights and pattern.fullmatch(plain):
                found.setdefault(organ, []).extend(heights)
    return {organ: (min(z), max(z)) for organ, z in found.items()}


def proposal(mark: Landmark, known: Known) -> LevelProposal:
    """Return where to look for a level first; between its neighbours where these are marked."""
    low, high, source = _between(mark, known)
    if mark in known.on_line and low <= known.on_line[mark][2] <= high:
        point = known.on_line[mark]
        return LevelProposal(mark, point, _("the level set on the centreline"), on_vein=True)
    organ, share, words = _WITHIN[mark]
    reach = known.outlined.get(organ)
    z = None if reach is None else reach[0] + share * (reach[1] - reach[0])
    if z is None or not low <= z <= high:
        order = list(Landmark)
        left = [m for m in order if m not in known.levels and order.index(m) >= order.index(mark)]
        above = [m for m in order[order.index(mark) :] if m in known.levels]
        ahead = left if not above else [m for m in left if order.index(m) < order.index(above[0])]
        z, words = low + (high - low) / (len(ahead) + 1), source
    on_line = known.on_vein(z)
    if on_line is not None:
        return LevelProposal(mark, on_line, words, on_vein=True)
    beside = min(known.levels.values(), key=lambda p: abs(p[2] - z), default=known.here)
    return LevelProposal(mark, (beside[0], beside[1], z), words, on_vein=False)


def _between(mark: Landmark, known: Known) -> tuple[float, float, str]:
    """Return between which heights a level has to lie, and in words what they are."""
    order = list(Landmark)
    place = order.index(mark)
    below = [m for m in order[:place] if m in known.levels]
    above = [m for m in order[place + 1 :] if m in known.levels]
    low = known.levels[below[-1]][2] if below else known.scan[0]
    high = known.levels[above[0]][2] if above else known.scan[1]
    if below and above:
        words = _(
            "guess: evenly between “{lower}” and “{upper}”",
            lower=MARK_LABELS[below[-1]],
            upper=MARK_LABELS[above[0]],
        )
    else:
        words = _("guess from the scan's range")
    return low, max(low, high), words
