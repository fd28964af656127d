"""Part the pictures of one series where they do not make one stack, and say why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tumorboard.dicom.checks import positions_of
from tumorboard.dicom.instance import Instance

#: Largest difference of direction cosines, and relative one of pixel spacing, within one
#: stack: about 0.06 degrees.
ORIENTATION_TOLERANCE = 1e-3
SPACING_TOLERANCE = 1e-3

#: Pictures nearer to each other along the normal than this lie at one position, mm.
POSITION_TOLERANCE_MM = 0.01

_MARK_WORDS = {
    "AcquisitionNumber": "another acquisition",
    "FrameAcquisitionNumber": "another acquisition",
    "TemporalPositionIdentifier": "another point in time",
    "TemporalPositionIndex": "another point in time",
    "TriggerTime": "another point in time",
    "AcquisitionTime": "another point in time",
    "EchoNumbers": "another echo",
    "EchoTime": "another echo time",
    "DiffusionBValue": "another diffusion weighting",
    "ImageType": "another type of image",
    "StackID": "another stack",
}


@dataclass(frozen=True)
class _Form:
    """What must be the same within a stack, each field with its reason below."""

    localizer: bool
    place: bool
    size: tuple[int, int]
    frame_of_reference: str
    pixels: tuple[object, ...]
    calibration: str
    cine: str


_FORM_REASONS = {
    "localizer": "it is a localizer",
    "place": "it differs in whether its position is known",
    "size": "another image size",
    "frame_of_reference": "another frame of reference",
    "pixels": "another pixel format",
    "calibration": "another source of the pixel size",
    "cine": "a sequence of its own",
}


def _form(i: Instance) -> _Form:
    return _Form(
        i.localizer,
        i.has_geometry,
        (i.rows, i.columns),
        i.frame_of_reference_uid,
        (i.samples, i.photometric, i.bits_allocated, i.signed, i.floating),
        i.calibration.value,
        i.sop_instance_uid if i.frames > 1 and not i.has_geometry else "",
    )


def canonical(i: Instance) -> tuple[object, ...]:
    """Return the key that orders pictures whatever order they were read in."""
    number = (i.instance_number is None, i.instance_number or 0)
    return (*number, i.sop_instance_uid, i.frame, i.position or (), str(i.path))


def parts_of(instances: Sequence[Instance]) -> list[tuple[list[Instance], str]]:
    """Return sorted stacks with the reason for which they were told apart by position."""
    clusters: list[list[Instance]] = []
    for i in instances:
        home = next((c for c in clusters if _belongs(i, c[0])), None)
        if home is None:
            clusters.append([i])
        else:
            home.append(i)
    return [part for cluster in clusters for part in _apart(cluster)]


def _belongs(i: Instance, other: Instance) -> bool:
    return _form(i) == _form(other) and _same_orientation(i, other) and _same_spacing(i, other)


def _same_orientation(i: Instance, other: Instance) -> bool:
    if i.orientation is None or other.orientation is None or not i.has_geometry:
        return True
    pairs = zip(i.orientation, other.orientation, strict=True)
    return max(abs(a - b) for a, b in pairs) <= ORIENTATION_TOLERANCE


def _same_spacing(i: Instance, other: Instance) -> bool:
    if i.spacing is None or other.spacing is None:
        return i.spacing is other.spacing
    pairs = zip(i.spacing, other.spacing, strict=True)
    return all(abs(a - b) <= SPACING_TOLERANCE * max(a, b) for a, b in pairs)


def _apart(cluster: list[Instance]) -> list[tuple[list[Instance], str]]:
    """Sort by position, and keep pictures of the same position apart."""
    positions = positions_of(cluster)
    if positions is None:
        return [(cluster, "")]
    order = sorted(range(len(cluster)), key=lambda k: (positions[k], k))
    ordered = [cluster[k] for k in order]
    places = _places([positions[k] for k in order])
    most = max(Counter(places).values())
    if most == 1:
        return [(ordered, "")]
    for name, words in _MARK_WORDS.items():
        groups: dict[str, list[int]] = defaultdict(list)
        for k, i in enumerate(ordered):
            groups[dict(i.marks).get(name, "")].append(k)
        alone = all(len({places[k] for k in g}) == len(g) for g in groups.values())
        if len(groups) == most and alone:
            return [([ordered[k] for k in g], words) for g in groups.values()]
    rounds: dict[int, list[Instance]] = defaultdict(list)
    seen: Counter[int] = Counter()
    for place, i in zip(places, ordered, strict=True):
        rounds[seen[place]].append(i)
        seen[place] += 1
    return [(part, "another picture of the same position") for part in rounds.values()]


def _places(positions: Sequence[float]) -> list[int]:
    """Give each sorted position a number, the same for those within the tolerance."""
    found = [0]
    start = positions[0]
    for p in positions[1:]:
        new = p - start > POSITION_TOLERANCE_MM
        found.append(found[-1] + new)
        start = p if new else start
    return found


def part_reason(part: list[Instance], main: list[Instance], told_apart: str) -> str:
    """Return why a part is not in the main one; empty for the main one itself."""
    if part is main:
        return ""
    form, main_form = _form(part[0]), _form(main[0])
    for name, words in _FORM_REASONS.items():
        if getattr(form, name) != getattr(main_form, name):
            return words
    if not _same_orientation(part[0], main[0]):
        return "another orientation"
    if not _same_spacing(part[0], main[0]):
        return "another pixel size"
    return told_apart or "another picture of the same position"
