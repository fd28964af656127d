"""Parting a series by hand, where nothing in it tells for certain what belongs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tumorboard.annotations.model import new_uid, utc_now
from tumorboard.app.case_repository import Incoming, PackedBody, Stamp
from tumorboard.app.series_record import series_of, series_ref
from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.language import _, inside

if TYPE_CHECKING:
    from tumorboard.app.session import Session
    from tumorboard.dicom.series import Series

#: More parts than this are no choice for a person.
_MOST: Final = 24

#: What pictures may say differently, in words.
_WORDS: Final = {
    "AcquisitionNumber": _("Acquisition"),
    "FrameAcquisitionNumber": _("Acquisition of the frame"),
    "TemporalPositionIdentifier": _("Point in time"),
    "TemporalPositionIndex": _("Point in time of the frame"),
    "AcquisitionTime": _("Time of acquisition"),
    "ContentTime": _("Time of the picture"),
    "TriggerTime": _("Trigger time"),
    "EchoNumbers": _("Echo"),
    "EchoTime": _("Echo time"),
    "InversionTime": _("Inversion time"),
    "FlipAngle": _("Flip angle"),
    "DiffusionBValue": _("Diffusion weighting"),
    "SequenceName": _("Sequence"),
    "ImageType": _("Type of image"),
    "ConvolutionKernel": _("Reconstruction kernel"),
    "StackID": _("Stack"),
}


@dataclass(frozen=True)
class Way:
    """A way to part a series: in words, and the indices of the pictures of each part."""

    words: str
    groups: tuple[tuple[int, ...], ...]

    @property
    def text(self) -> str:
        """The words with how many pictures each part has: "Acquisition: 20 and 20 pictures"."""
        counts = [str(len(g)) for g in self.groups]
        if len(counts) > 4:
            return _("{words}: {count} parts", words=self.words, count=len(counts))
        return _(
            "{words}: {counts} and {last} pictures",
            words=self.words,
            counts=", ".join(counts[:-1]),
            last=counts[-1],
        )


def ways_to_part(series: Series) -> tuple[Way, ...]:
    """Return how a series can be parted: by what its pictures say, by turns, and by halves."""
    pictures = series.instances
    marks = [dict(i.marks) for i in pictures]
    found = [_by(words, [m.get(name, "") for m in marks]) for name, words in _WORDS.items()]
    found.append(_by(_("Slice thickness"), [str(i.thickness) for i in pictures]))
    count = len(pictures)
    if count > 3:
        found.append(_by(_("Every other slice"), [str(k % 2) for k in range(count)]))
        order = sorted(range(count), key=lambda k: (pictures[k].instance_number or 0, k))
        place = {k: n for n, k in enumerate(order)}
        halves = [str(place[k] * 2 // count) for k in range(count)]
        found.append(_by(_("Halves in the order of their numbers"), halves))
        found.append(_by(_("Halves along the slices"), [str(k * 2 // count) for k in range(count)]))
    return tuple(way for way in found if way is not None)


def _by(words: str, values: Sequence[str]) -> Way | None:
    groups: dict[str, list[int]] = defaultdict(list)
    for k, value in enumerate(values):
        groups[value].append(k)
    if not 1 < len(groups) <= _MOST:
        return None
    return Way(words, tuple(tuple(groups[value]) for value in sorted(groups)))


def part_series(session: Session, name: str, way: Way) -> tuple[str, ...]:
    """Part a series of the open case and return the names of its parts.

    What is drawn on a picture stays with it; the largest part keeps the name.

    Raises
    ------
    UserError
        When outlines or vessels lie on it, which are of the whole, or nothing can be stored.

    """
    if session.case is None:
        raise UserError(_("No case is open."), _("Open a case from the worklist first."))
    names = store_parts(session, name, way.groups, _("by hand ({words})", words=inside(way.words)))
    session.open_case(session.case.uid)
    return names


def store_parts(
    session: Session, name: str, groups: Sequence[Sequence[int]], reason: str
) -> tuple[str, ...]:
    """Store parts, by the indices of their pictures, in the place of a series.

    Raises
    ------
    UserError
        When outlines or vessels lie on it, which are of the whole, or nothing can be stored.

    """
    from tumorboard.dicom.grouping import as_parts

    record = session.series_record(name)
    if record is None:
        raise UserError(_("This series is not in the store."), _("Import its folder again."))
    whole = series_of(record)
    parts = as_parts(whole, name, groups, reason)
    items = [Incoming(series_ref(p), PackedBody.of(p.to_json()), Patient(new_uid())) for p in parts]
    homes = {(i.sop_instance_uid, i.frame): p.uid for p in parts for i in p.instances}

    def home_of(point: Sequence[float]) -> str:
        stack = whole.stack
        if stack is None:
            return name
        shown = whole.instances[stack.nearest_slice(np.array(point))]
        return homes[shown.sop_instance_uid, shown.frame]

    with session.store.transaction():
        stamp = Stamp(session.author, utc_now())
        session.store.series_parts.replace(stamp, name, items, home_of)
    return tuple(p.uid for p in parts)
