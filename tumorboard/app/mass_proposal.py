"""What the case knows of a mass before it is proposed: the ends of its measured axes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from tumorboard.annotations.model import Kind
from tumorboard.case.model import Case
from tumorboard.case.segmentation import Segmentation
from tumorboard.imaging.geometry import Point
from tumorboard.imaging.segmentation.proposal import Proposal
from tumorboard.imaging.volume import Volume

#: Axes of a mass that a click lies this much beside (share of their extent) are of another.
_BESIDE: Final = 0.1
_AXES: Final = (Kind.BIDIRECTIONAL, Kind.CRANIOCAUDAL)


def measured_ends(case: Case, volume: Volume, point: Point) -> tuple[Point, ...]:
    """Return the ends (LPS mm) of the axes that were measured on a series round a point.

    Empty without a pair of axes, or where the point lies beside what they span.
    """
    found: dict[str, list[Point]] = {}
    for drawn in case.annotations:
        here = drawn.image.series_instance_uid == volume.series_instance_uid
        if here and drawn.kind in _AXES:
            found.setdefault(drawn.lesion_uid, []).extend(drawn.points)
    for ends in found.values():
        places = np.array(ends)
        if len(places) < 4:
            continue
        low, high = places.min(axis=0), places.max(axis=0)
        # Two axes of one slice say nothing of what lies across it.
        half = float(np.linalg.norm(high - low)) / 2
        room = np.where(high - low < 0.2 * half, half, _BESIDE * (high - low))
        if bool(((np.array(point) >= low - room) & (np.array(point) <= high + room)).all()):
            return tuple(ends)
    return ()


def proposed_record(record: Segmentation, proposal: Proposal) -> Segmentation:
    """Return the record of an outline with how a proposal came about, and what is unsure."""
    inside = sum(c.belongs for c in proposal.clicks)
    beside = len(proposal.clicks) - inside
    # In English: the way goes into DICOM files as well.
    how = f"proposed from {inside} click{'s' * (inside != 1)} inside"
    how += f" and {beside} outside" if beside else ""
    how += ", with known ends of axes" if proposal.ends else ""
    where = ", ".join(
        f"{'+' if c.belongs else '-'}({', '.join(f'{v:.1f}' for v in c.point)})"
        for c in proposal.clicks
    )
    parts = [p for p in record.method.split("; ") if p]
    return replace(record, method="; ".join([*parts, f"{how} (LPS mm {where})"][-6:]))
