"""Tell apart what was taken more than once: acquisitions, phases, echoes, reconstructions.

Position only orders what belongs together. What pictures say of how they were taken parts them
wherever they lie between each other, also where none lies at the place of another. Pictures of
one acquisition whose numbers or times run on along the patient, block after block, stay one.

What follows from times or from the order of the numbers alone is weaker: slices of one MR
acquisition are taken every other one by design, and a clock of a workstation says when a picture
was written. So it parts only where nothing is torn by it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final

from tumorboard.dicom.clocks import CLOCKS, seconds
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.marks import PRIVATE_B_VALUE
from tumorboard.dicom.origins import by_origin
from tumorboard.dicom.sorted import POSITION_TOLERANCE_MM, ROUNDING_MM, Sorted, places
from tumorboard.language import _

#: Relative difference up to which echo times, thicknesses and the like are the same.
_SAME = 0.02

#: Seconds without a picture that may lie between two acquisitions.
_PAUSE_S = 2.0

#: Phases share at least this part of their lengths, where times and numbers alone tell them.
_SHARED = 0.25

#: More than this many phases never make even steps together by chance.
_MOST_EVEN = 4

_OTHER_TIME = _("another point in time")
_OTHER_ACQUISITION = _("another acquisition")

#: Said of pictures that lie between each other with nothing that tells whose they are.
UNCLEAR = _(
    "its slices alternate as those of two acquisitions do, and nothing in them tells which "
    "belongs to which; part the series by hand"
)


@dataclass(frozen=True)
class Phase:
    """Pictures that belong together, and why they are not one with the rest.

    They are ``is_dealt_out`` where only the order of their numbers tells that they do.
    """

    stack: Sorted
    reason: str = ""
    is_unclear: bool = False
    is_dealt_out: bool = False


Classes = list[list[int]]


def phases_of(stack: Sorted, modality: str) -> list[Phase]:
    """Return the phases of pictures of one form and orientation, each in its order."""
    if len(stack.pictures) < 2:
        return [Phase(stack)]
    parted = by_origin(stack.pictures) or _by_statement(stack) or _by_order(stack, modality)
    if parted is not None:
        groups, words = parted
        found = [p for group in groups for p in phases_of(stack.of(group), modality)]
        return [replace(p, reason=p.reason or words) for p in found]
    if not stack.is_alone:
        rounds = _rounds(stack)
        why = _("another picture of the same position")
        return [Phase(stack.of(r), why, is_dealt_out=len(r) > 1) for r in rounds]
    return [Phase(stack, "", _alternates(stack) or _is_doubtful(stack, modality))]


# -- what the pictures state --------------------------------------------------------------


def _text(name: str) -> Callable[[Instance], str]:
    return lambda i: dict(i.marks).get(name, "")


def _kind_of_image(i: Instance) -> str:
    """Return Image Type from its third value on: what comes before says how it was made."""
    return "\\".join(dict(i.marks).get("ImageType", "").split("\\")[2:])


def _thickness(i: Instance) -> str:
    return "" if not i.thickness else str(i.thickness)


#: What parts pictures wherever they lie between each other: the value, and the reason in
#: words. The first are kinds of picture, the last follow each other along the patient.
_KINDS: Final = (
    (_kind_of_image, _("another type of image")),
    (_text("ConvolutionKernel"), _("another reconstruction kernel")),
    (_text("DiffusionBValue"), _("another diffusion weighting")),
    (_text("EchoNumbers"), _("another echo")),
    (_text("EchoTime"), _("another echo time")),
    (_text("StackID"), _("another stack")),
)
#: Of these not even blocks above each other make one volume: their values do not compare.
_NEVER_MIXED: Final = frozenset({_KINDS[1][1], _KINDS[2][1], _KINDS[4][1]})
_COURSES: Final = (
    (_text("TemporalPositionIdentifier"), _OTHER_TIME),
    (_text("TemporalPositionIndex"), _OTHER_TIME),
    (_text("AcquisitionNumber"), _OTHER_ACQUISITION),
    (_text("FrameAcquisitionNumber"), _OTHER_ACQUISITION),
)
#: What parts pictures only where they lie at one place: it may change from slice to slice.
_AT_ONE_PLACE: Final = (
    (_text(PRIVATE_B_VALUE), _("another diffusion weighting")),
    (_text("TriggerTime"), _OTHER_TIME),
    (_text("TemporalPositionTimeOffset"), _OTHER_TIME),
    (_text("AcquisitionTime"), _OTHER_TIME),
    (_text("InversionTime"), _("another inversion time")),
    (_text("FlipAngle"), _("another flip angle")),
    (_text("SequenceName"), _("another sequence")),
    (_text("ImageType"), _("another type of image")),
)


def _by_statement(stack: Sorted) -> tuple[Classes, str] | None:
    for value, words in _KINDS:
        groups = _classes(stack, value)
        stated = words in _NEVER_MIXED and all(value(i) for i in stack.pictures)
        blocks = stated and all(len(g) > 2 for g in groups)
        if len(groups) > 1 and (blocks or _crossed(stack, groups)):
            return groups, words
    for value, words in _COURSES:
        groups = _following(stack, _classes(stack, value))
        if len(groups) > 1:
            return groups, words
    groups = _classes(stack, _thickness)
    # Whether each group is a stack of its own and none fills the holes of another.
    if (
        len(groups) > 1
        and _crossed(stack, groups)
        and (
            all(len(g) > 1 for g in groups)
            and not (stack.is_regular and not all(stack.of(g).is_regular for g in groups))
        )
    ):
        return groups, _("another slice thickness")
    if stack.is_alone:
        return None
    for value, words in _AT_ONE_PLACE:
        groups = _classes(stack, value)
        if len(groups) == stack.most and all(stack.of(g).is_alone for g in groups):
            return groups, words
    return None


def _classes(stack: Sorted, value: Callable[[Instance], str]) -> Classes:
    """Group by a value, in the order of the values; numbers that hardly differ are one.

    A picture that lacks it goes with the one taken before or after it.
    """
    said = [value(i) for i in stack.pictures]
    known = sorted({s for s in said if s}, key=_sort_key)
    if not known or (len(known) == 1 and "" not in said):
        return [list(range(len(said)))]
    label = {known[0]: 0}
    for before, s in pairwise(known):
        label[s] = label[before] + (not _alike(before, s))
    groups: dict[int, list[int]] = defaultdict(list)
    for k, s in enumerate(said):
        if s:
            groups[label[s]].append(k)
    stated = [groups[n] for n in sorted(groups)]
    silent = [k for k, s in enumerate(said) if not s]
    joined = _joined(stack, stated, silent)
    of_its_own = len(silent) * 3 > len(said) and all(
        stack.of(g).is_whole for g in [*stated, silent]
    )
    return [*stated, silent] if joined is None or of_its_own else joined


def _joined(stack: Sorted, stated: Classes, silent: Sequence[int]) -> Classes | None:
    """Put each silent picture into the group taken next to it; None where its place is taken."""
    home = {k: n for n, group in enumerate(stated) for k in group}
    joined = [list(group) for group in stated]
    for k in silent:
        near = min(home, key=lambda j: _apart(stack.pictures, k, j))
        joined[home[near]].append(k)
    joined = [sorted(group) for group in joined]
    pairs = zip(stated, joined, strict=True)
    return joined if all(stack.of(j).most == stack.of(s).most for s, j in pairs) else None


def _apart(pictures: Sequence[Instance], k: int, j: int) -> tuple[float, int]:
    a, b = pictures[k].instance_number, pictures[j].instance_number
    return (math.inf if a is None or b is None else abs(a - b), abs(k - j))


def _sort_key(text: str) -> tuple[int, float, str]:
    number = _number(text)
    return (1, 0.0, text) if number is None else (0, number, text)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _alike(a: str, b: str) -> bool:
    """Whether two numbers differ by rounding only; whole numbers count."""
    x, y = _number(a), _number(b)
    if x is None or y is None or (x.is_integer() and y.is_integer()):
        return False
    return abs(x - y) <= _SAME * max(abs(x), abs(y))


# -- how they lie ---------------------------------------------------------------------------


def _span(stack: Sorted, group: Sequence[int]) -> tuple[float, float]:
    return stack.positions[group[0]], stack.positions[group[-1]]


def _meet(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether pictures of one span lie between those of the other, or at their place."""
    return a[0] <= b[1] + POSITION_TOLERANCE_MM and b[0] <= a[1] + POSITION_TOLERANCE_MM


def _crossed(stack: Sorted, groups: Classes) -> bool:
    reached = -math.inf
    for start, end in sorted(_span(stack, g) for g in groups):
        if start <= reached + POSITION_TOLERANCE_MM:
            return True
        reached = max(reached, end)
    return False


def _share_room(stack: Sorted, groups: Classes) -> bool:
    """Whether each group shares a good part of its length with others, not its rim alone."""
    spans = [_span(stack, g) for g in groups]
    for n, (start, end) in enumerate(spans):
        others = [s for k, s in enumerate(spans) if k != n]
        shared = max(min(end, b) - max(start, a) for a, b in others)
        if shared < _SHARED * (end - start):
            return False
    return True


def _following(stack: Sorted, groups: Classes) -> Classes:
    """Join groups, in their order, while each lies beside those before it: passes of a table."""
    passes: list[Classes] = []
    whole = (math.inf, -math.inf)
    for group in groups:
        span = _span(stack, group)
        beside = bool(passes) and (
            not _meet(span, whole) or not any(_meet(span, _span(stack, h)) for h in passes[-1])
        )
        if beside:
            passes[-1].append(group)
            whole = min(whole[0], span[0]), max(whole[1], span[1])
        else:
            passes.append([group])
            whole = span
    return [sorted(k for group in p for k in group) for p in passes]


# -- when they were taken, and in which order they were numbered ------------------------------


def _by_order(stack: Sorted, modality: str) -> tuple[Classes, str] | None:
    """Part by the clock, then by the numbers; see above for how far these are believed."""
    for groups, words, is_sure in _orders(stack):
        if _holds(stack, groups, modality, is_sure=is_sure):
            return groups, words
    return None


def _orders(stack: Sorted) -> Iterator[tuple[Classes, str, bool]]:
    """Yield how times and numbers would part a stack, and whether the former are of the scanner."""
    for n, names in enumerate((CLOCKS, ("ContentTime",))):
        times = [seconds(i, *names) for i in stack.pictures]
        known = [t for t in times if t is not None]
        if len(known) < len(times):
            continue
        for groups in (_equal(known), _between_pauses(known)):
            if len(groups) * 2 <= len(known):  # a time a slice says nothing of this kind
                yield _following(stack, groups), _OTHER_TIME, n == 0
        yield _following(stack, _runs(stack, known)), _OTHER_TIME, False
    numbers = [(i.instance_number, i.frame) for i in stack.pictures]
    if all(n is not None for n, __ in numbers):
        place = {number: float(n) for n, number in enumerate(sorted(set(numbers)))}
        groups = _runs(stack, [place[n] for n in numbers])
        yield _following(stack, groups), _("it was numbered as an acquisition of its own"), False


def _is_doubtful(stack: Sorted, modality: str) -> bool:
    """Whether times or numbers speak of two acquisitions where the steps are not even.

    Slices that do not overlap are taken every other one by design, but for CT.
    """
    if stack.is_whole or not (modality == "CT" or stack.is_overlapping):
        return False
    return any(
        1 < len(groups) <= _MOST_EVEN
        and all(len(g) > 2 for g in groups)
        and _share_room(stack, groups)
        for groups, _, _ in _orders(stack)
    )


def _holds(stack: Sorted, groups: Classes, modality: str, *, is_sure: bool) -> bool:
    """Whether groups by time or number are to be believed."""
    stacks = [stack.of(g) for g in groups]
    if len(groups) < 2 or not all(s.is_alone for s in stacks):
        return False
    whole = all(s.is_whole for s in stacks)
    timed = modality == "CT" and is_sure and all(len(g) > 1 for g in groups)
    if not stack.is_alone:
        some = timed and len(groups) * 3 <= len(stack.pictures)
        return whole or some or len(groups) <= stack.most + (stack.most > 2)
    if len(groups) * 3 > len(stack.pictures) or not _crossed(stack, groups):
        return False
    if timed:
        return True
    if not whole or not _share_room(stack, groups):
        return False
    few = len(groups) <= _MOST_EVEN and all(len(g) > 3 for g in groups)
    return not stack.is_whole or (few and (modality == "CT" or stack.is_overlapping))


def _equal(times: Sequence[float]) -> Classes:
    groups: dict[float, list[int]] = defaultdict(list)
    for k, t in enumerate(times):
        groups[t].append(k)
    return [groups[t] for t in sorted(groups)]


def _between_pauses(times: Sequence[float]) -> Classes:
    """Group what was taken without a long pause."""
    order = sorted(range(len(times)), key=lambda k: times[k])
    steps = [times[b] - times[a] for a, b in pairwise(order)]
    pause = max(_PAUSE_S, 4.0 * median(steps)) if steps else 0.0
    groups: Classes = [[order[0]]]
    for k, step in zip(order[1:], steps, strict=True):
        if step > pause:
            groups.append([])
        groups[-1].append(k)
    return [sorted(g) for g in groups]


def _runs(stack: Sorted, keys: Sequence[float]) -> Classes:
    """Group what follows in one direction along the normal: each turn begins anew."""
    if len(set(keys)) < len(keys):
        return [list(range(len(keys)))]
    order = sorted(range(len(keys)), key=lambda k: keys[k])
    groups: Classes = [[order[0]]]
    direction = 0
    for before, k in pairwise(order):
        step = stack.positions[k] - stack.positions[before]
        sign = 0 if abs(step) <= POSITION_TOLERANCE_MM else (1 if step > 0 else -1)
        if sign == 0 or (direction and sign != direction):
            groups.append([k])
            direction = 0
        else:
            groups[-1].append(k)
            direction = sign
    return [sorted(g) for g in groups]


def _alternates(stack: Sorted) -> bool:
    """Whether short and long steps take turns, as of two even stacks between each other."""
    steps = stack.steps
    if len(steps) < 5 or stack.is_even:
        return False
    odd, even = steps[::2], steps[1::2]
    flat = all(max(s) - min(s) <= ROUNDING_MM for s in (odd, even))
    return flat and abs(median(odd) - median(even)) > ROUNDING_MM


def _rounds(stack: Sorted) -> Classes:
    """Deal out what lies at one position in turn, when nothing else tells it apart."""
    found: dict[int, list[int]] = defaultdict(list)
    seen: Counter[int] = Counter()
    for k, place in enumerate(places(stack.positions)):
        found[seen[place]].append(k)
        seen[place] += 1
    return list(found.values())
