"""Part the pictures of one series where they do not make one stack, and say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tumorboard.dicom.checks import positions_of
from tumorboard.dicom.clocks import CLOCKS, seconds
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.origins import share_origin
from tumorboard.dicom.phases import UNCLEAR, phases_of
from tumorboard.dicom.sorted import Sorted
from tumorboard.language import _

#: Largest difference of direction cosines, and relative one of pixel spacing, within one
#: stack: about 0.06 degrees.
ORIENTATION_TOLERANCE = 1e-3
SPACING_TOLERANCE = 1e-3

#: From this many single pictures on, each of its own direction, they are one entry to scroll
#: through: projections around the patient, radial slabs. Those of one place always are.
FEWEST_TO_GATHER = 4


@dataclass(frozen=True)
class Part:
    """Sorted pictures that make one entry, and what told them apart from the rest.

    ``why_no_volume`` says why they are shown one by one although they say where they lie;
    those that are ``scattered`` do not lie side by side at all. What is ``dealt_out`` was put
    together in the order of its numbers, because nothing else told it apart.
    """

    pictures: tuple[Instance, ...]
    told_apart: str = ""
    why_no_volume: str = ""
    scattered: bool = False
    dealt_out: bool = False


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
    "localizer": _("it is a localizer"),
    "place": _("it differs in whether its position is known"),
    "size": _("another image size"),
    "frame_of_reference": _("another frame of reference"),
    "pixels": _("another pixel format"),
    "calibration": _("another source of the pixel size"),
    "cine": _("a sequence of its own"),
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


def parts_of(instances: Sequence[Instance], modality: str) -> list[Part]:
    """Return the entries that the pictures of a series make."""
    clusters: list[list[Instance]] = []
    for i in instances:
        home = next((c for c in clusters if is_alike(i, c[0])), None)
        if home is None:
            clusters.append([i])
        else:
            home.append(i)
    return _gathered([part for cluster in clusters for part in _apart(cluster, modality)])


def _apart(cluster: list[Instance], modality: str) -> list[Part]:
    """Sort by position, and tell apart what was taken more than once."""
    positions = positions_of(cluster)
    if positions is None:
        return [Part(tuple(cluster))]
    order = sorted(range(len(cluster)), key=lambda k: (positions[k], k))
    ordered = Sorted(tuple(cluster[k] for k in order), tuple(positions[k] for k in order))
    return [
        Part(
            *(p.stack.pictures, p.reason, UNCLEAR if p.is_unclear else ""),
            dealt_out=p.is_dealt_out,
        )
        for p in phases_of(ordered, modality)
    ]


def _gathered(parts: list[Part]) -> list[Part]:
    """Put single pictures that are alike in form together, in the order of their times."""
    kept: list[Part] = []
    singles: list[list[Instance]] = []
    for part in parts:
        first = part.pictures[0]
        if len(part.pictures) > 1 or not first.has_geometry or first.localizer:
            kept.append(part)
            continue
        home = next((s for s in singles if _alike(first, s[0])), None)
        if home is None:
            singles.append([first])
        else:
            home.append(first)
    for group in singles:
        one_place = len({(i.position, i.orientation) for i in group}) == 1
        if len(group) < (2 if one_place else FEWEST_TO_GATHER):
            kept += [p for p in parts if len(p.pictures) == 1 and p.pictures[0] in group]
            continue
        timed = sorted(group, key=lambda i: (seconds(i, *CLOCKS) or 0.0, canonical(i)))
        turned = any(not _same_orientation(i, timed[0]) for i in timed)
        why = (
            _("each lies in a direction of its own")
            if turned
            else _("they show one place, one after another")
            if one_place
            else _("they lie apart from each other")
        )
        kept.append(Part(tuple(timed), _("single pictures"), why, scattered=True))
    return kept


def _alike(i: Instance, other: Instance) -> bool:
    same = _form(i) == _form(other) and _same_spacing(i, other)
    return same and share_origin(i, other)


def is_alike(i: Instance, other: Instance) -> bool:
    """Whether two pictures may lie in one stack: form, orientation and pixel size are one."""
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


def part_reason(part: Part, main: Part) -> str:
    """Return why a part is not in the main one; empty for the main one itself."""
    if part is main:
        return ""
    first, main_first = part.pictures[0], main.pictures[0]
    form, main_form = _form(first), _form(main_first)
    for name, words in _FORM_REASONS.items():
        if getattr(form, name) != getattr(main_form, name):
            return words
    if not _same_orientation(first, main_first):
        return _("another orientation")
    if not _same_spacing(first, main_first):
        return _("another pixel size")
    return part.told_apart or main.told_apart or _("another picture of the same position")
