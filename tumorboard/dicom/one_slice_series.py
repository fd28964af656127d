"""Series of one slice each, as some scanners write them: those that make one stack are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tumorboard.dicom.checks import caveat, positions_of
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.parting import Part, is_alike
from tumorboard.dicom.phases import phases_of
from tumorboard.dicom.series import Series
from tumorboard.dicom.sorted import Sorted
from tumorboard.language import _

#: The code of the caveat of what several series make together.
SEVERAL_SERIES: Final = "several-series"

#: Fewer slices may lie evenly by chance.
_FEWEST: Final = 3

_MODALITIES: Final = frozenset({"CT", "MR", "PT"})


def stacks_of_series(series: Sequence[Series]) -> list[tuple[Part, list[Series]]]:
    """Return stacks with the series of one slice each that make them.

    They share patient, study, words and way of reconstruction, lie side by side without a hole,
    and nothing in them tells of two acquisitions.
    """
    count: dict[str, int] = defaultdict(int)
    for s in series:
        count[s.series_instance_uid] += 1
    groups: list[list[Series]] = []
    for s in series:
        if not _is_single(s) or count[s.series_instance_uid] > 1:
            continue
        home = next((g for g in groups if _may_join(s, g[0])), None)
        if home is None:
            groups.append([s])
        else:
            home.append(s)
    found = []
    for group in groups:
        part = _stack([s.instances[0] for s in group], group[0].modality)
        if part is not None:
            found.append((part, group))
    return found


def told(series: Series, count: int) -> Series:
    """Return a stack that says of how many series it is."""
    text = _("{count} series of one slice each lie side by side and are shown as one.", count=count)
    return replace(series, caveats=(caveat(SEVERAL_SERIES, text), *series.caveats))


def _is_single(s: Series) -> bool:
    return s.kind == "image" and s.modality in _MODALITIES and s.has_geometry


def _may_join(s: Series, other: Series) -> bool:
    def words(one: Series) -> tuple[object, ...]:
        info = one.info
        return (*info.patient.key, one.study_instance_uid, one.modality, info.series_description)

    same = words(s) == words(other) and is_alike(s.instances[0], other.instances[0])
    return same and not s.instances[0].localizer


def _stack(pictures: Sequence[Instance], modality: str) -> Part | None:
    positions = positions_of(pictures)
    if positions is None or len(pictures) < _FEWEST:
        return None
    order = sorted(range(len(pictures)), key=lambda k: positions[k])
    stack = Sorted(tuple(pictures[k] for k in order), tuple(positions[k] for k in order))
    phases = phases_of(stack, modality)
    if len(phases) > 1 or phases[0].is_unclear or not stack.is_regular:
        return None
    return Part(stack.pictures)
