"""RECIST 1.1 arithmetic (Eisenhauer et al. 2009): sums in millimetres and response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TARGET_LIMIT = 5
TARGETS_PER_ORGAN = 2
LESION_TARGET_MM = 10.0
NODE_TARGET_MM = 15.0
NODE_NORMAL_MM = 10.0
PARTIAL_RESPONSE_FALL = 0.30
PROGRESSION_RISE = 0.20
PROGRESSION_RISE_MM = 5.0
#: Sums come from tenths of a millimetre; this absorbs the rounding of binary fractions.
_ROUNDING_MM = 1e-9


@dataclass(frozen=True)
class Measured:
    """A measured lesion: longest diameter, or short axis of a node, in millimetres."""

    organ: str
    size_mm: float
    is_node: bool = False
    method: str = "CT"


def node_class(short_axis_mm: float) -> str:
    """Return target, non-target or normal for a lymph node."""
    if short_axis_mm >= NODE_TARGET_MM:
        return "target"
    return "non-target" if short_axis_mm >= NODE_NORMAL_MM else "normal"


def is_eligible(lesion: Measured) -> bool:
    """Return whether a lesion can be a target; ultrasound sizes cannot."""
    if lesion.method == "ultrasound":
        return False
    if lesion.is_node:
        return node_class(lesion.size_mm) == "target"
    return lesion.size_mm >= LESION_TARGET_MM


def choose_targets(lesions: Sequence[Measured]) -> tuple[Measured, ...]:
    """Return the five largest eligible lesions with at most two per organ."""
    chosen: list[Measured] = []
    for lesion in sorted(filter(is_eligible, lesions), key=lambda x: -x.size_mm):
        in_organ = sum(x.organ == lesion.organ for x in chosen)
        if len(chosen) < TARGET_LIMIT and in_organ < TARGETS_PER_ORGAN:
            chosen.append(lesion)
    return tuple(chosen)


def recist_sum_mm(targets: Sequence[Measured]) -> float:
    """Return the sum of the target sizes."""
    return sum(t.size_mm for t in targets)


def recist_response(
    baseline_mm: float, nadir_mm: float, current_mm: float, *, new_lesion: bool = False
) -> str:
    """Return PD, CR, PR or SD of the target lesions.

    CR here is a sum of zero; nodes that shrank to normal are the caller's to judge.
    """
    rise = current_mm - nadir_mm
    grown = rise >= PROGRESSION_RISE * nadir_mm - _ROUNDING_MM
    if new_lesion or (grown and rise >= PROGRESSION_RISE_MM - _ROUNDING_MM):
        return "PD"
    if current_mm == 0:
        return "CR"
    limit = (1 - PARTIAL_RESPONSE_FALL) * baseline_mm
    return "PR" if current_mm <= limit + _ROUNDING_MM else "SD"
