"""Put pictures together into series, and apart where they do not make one stack.

The result depends on the pictures alone, never on the order in which they were read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tumorboard.dicom.checks import (
    caveat,
    geometry_caveats,
    has_geometry,
    positions_of,
    stack_of,
    value_caveats,
)
from tumorboard.dicom.frames import PROJECTION_MODALITIES
from tumorboard.dicom.instance import Instance, SeriesInfo
from tumorboard.dicom.read import kind_without_pixels
from tumorboard.dicom.series import Series
from tumorboard.imaging.geometry import Caveat

Entry = tuple[SeriesInfo, Instance]

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


def _canonical(i: Instance) -> tuple[object, ...]:
    number = (i.instance_number is None, i.instance_number or 0)
    return (*number, i.sop_instance_uid, i.frame, i.position or (), str(i.path))


def group(entries: Iterable[Entry]) -> tuple[list[Series], list[tuple[Instance, Instance]]]:
    """Return the series, and pairs of a picture left out and the one it is a copy of."""
    by_series: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for info, instance in entries:
        key = (*info.patient.key, info.study_instance_uid, info.series_instance_uid, info.modality)
        by_series[key].append((info, instance))
    found: list[Series] = []
    copies: list[tuple[Instance, Instance]] = []
    for group_entries in by_series.values():
        ordered = sorted(group_entries, key=lambda e: _canonical(e[1]))
        kept, left_out = _without_copies([i for _, i in ordered])
        copies += left_out
        found += _series(ordered[0][0], kept)
    found.sort(key=_series_order)
    return _mark_shared_identifiers(found), copies


def _series_order(s: Series) -> tuple[object, ...]:
    number = (s.info.series_number is None, s.info.series_number or 0)
    identity = (s.info.study_date, s.study_instance_uid, *number, s.series_instance_uid)
    return (*s.patient.key, *identity, s.modality, s.part)


def _content(i: Instance) -> Instance:
    """Return the picture without what a copy of its file may change."""
    lengths = tuple((0, length) for _, length in i.chunks)
    return replace(i, path=i.path.parent.parent / "x", file_size=0, mtime_ns=0, chunks=lengths)


def _without_copies(
    ordered: Sequence[Instance],
) -> tuple[list[Instance], list[tuple[Instance, Instance]]]:
    """Leave out pictures that are there twice; mark different ones that share a UID."""
    first: dict[tuple[str, int], Instance] = {}
    kept: list[Instance] = []
    copies: list[tuple[Instance, Instance]] = []
    for i in ordered:
        other = first.setdefault((i.sop_instance_uid, i.frame), i)
        if other is i:
            kept.append(i)
        elif replace(_content(i), path=other.path) == replace(_content(other), path=other.path):
            copies.append((i, other))
        else:
            kept.append(replace(i, flaws=(*i.flaws, "duplicate-uid")))
    return kept, copies


def _series(info: SeriesInfo, instances: list[Instance]) -> list[Series]:
    listed = kind_without_pixels(info.modality, instances[0].sop_class_uid)
    without = [i for i in instances if not i.has_pixels]
    found: list[Series] = []
    parts = _parts([i for i in instances if i.has_pixels])
    parts.sort(key=lambda p: (-len(p[0]), _canonical(p[0][0])[:-1]))
    for number, (part, reason) in enumerate(parts):
        found.append(_picture_series(info, part, number, _reason(part, parts[0][0], reason)))
    if without:
        codes = value_caveats(without)
        kind = listed or "document"
        found.append(Series(info, kind, tuple(without), len(parts), tuple(codes)))
    return found


def _parts(instances: Sequence[Instance]) -> list[tuple[list[Instance], str]]:
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
    """Number the sorted positions; those within the tolerance share a number."""
    found = [0]
    start = positions[0]
    for p in positions[1:]:
        new = p - start > POSITION_TOLERANCE_MM
        found.append(found[-1] + new)
        start = p if new else start
    return found


def _reason(part: list[Instance], main: list[Instance], told_apart: str) -> str:
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


def _picture_series(info: SeriesInfo, part: list[Instance], number: int, reason: str) -> Series:
    try:
        stack_of(part)
    except ValueError:
        flaw = "bad-orientation"
        part = [replace(i, position=None, flaws=(*i.flaws, flaw)) for i in part]
    found = [caveat("split", f"Kept apart from the rest of its series: {reason}.")]
    found = found if reason else []
    kind, why_not = _kind(info, part)
    if why_not:
        found.append(caveat("no-volume", f"Shown as single pictures, not as a volume: {why_not}."))
    found += geometry_caveats(part) + value_caveats(part)
    return Series(info, kind, tuple(part), number, _unique(found))


def _kind(info: SeriesInfo, part: Sequence[Instance]) -> tuple[str, str]:
    """Return the kind, and for a stack why it is no volume."""
    if len(part) == 1:
        return "image", ""
    reasons = {
        "the position of the pictures is not known": positions_of(part) is None,
        "the pixel size is not known": not has_geometry(part),
        "these are localizers": part[0].localizer,
        "the pictures are in colour": part[0].is_colour,
        "these are projections": info.modality in PROJECTION_MODALITIES,
    }
    why = next((text for text, holds in reasons.items() if holds), "")
    return ("stack", why) if why else ("volume", "")


def _unique(caveats: Iterable[Caveat]) -> tuple[Caveat, ...]:
    return tuple({c.code: c for c in caveats}.values())


def _mark_shared_identifiers(series: list[Series]) -> list[Series]:
    """Add a caveat where patients that differ share a study, a series or a patient ID."""
    owners: dict[tuple[str, str], set[tuple[str, str, str]]] = defaultdict(set)
    for s in series:
        for shared in _identifiers(s):
            owners[shared].add(s.patient.key)
    return [_marked(s, [w for w, uid in _identifiers(s) if len(owners[w, uid]) > 1]) for s in series]


def _identifiers(s: Series) -> list[tuple[str, str]]:
    found = [("study", s.study_instance_uid), ("series", s.series_instance_uid)]
    return found + ([("patient ID", s.patient.patient_id)] if s.patient.patient_id else [])


def _marked(s: Series, shared: Sequence[str]) -> Series:
    if not shared:
        return s
    what = " and ".join(shared)
    text = f"Files of different patients carry the same {what}; they are kept apart."
    return replace(s, caveats=(caveat("two-patients", text), *s.caveats))
