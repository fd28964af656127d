"""Where pictures come from: the day, the scanner, how the patient lay.

Within one volume these are the same. Where pictures of one Series Instance UID state others they
are not of one examination, wherever they lie, and no date, phase or value of one holds for the
rest. What a picture does not state it has in common with its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at
from tumorboard.dicom.checks import caveat
from tumorboard.dicom.clocks import CLOCKS, is_dated, seconds
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.moment import date_of
from tumorboard.imaging.geometry import Caveat
from tumorboard.language import _

#: Attributes of the file that are the same for all pictures of an examination's series.
_PLAIN: Final = (
    "PatientPosition",
    "Manufacturer",
    "ManufacturerModelName",
    "DeviceSerialNumber",
    "KVP",
    "ContrastBolusAgent",
)
_DAYS: Final = ("StudyDate", "SeriesDate")

#: An examination may go on past midnight, so that dates a day apart may be of one.
_NEXT: Final = 1

#: Seconds without a picture after which the next is of another acquisition.
_HOURS_APART: Final = 2 * 3600.0
_DAY_S: Final = 86400.0

_Value = Callable[[Instance], Hashable]


def origin_of(header: Dataset) -> tuple[tuple[str, str], ...]:
    """Return name and value of what a file says of its origin; what it does not say is left out.

    That no contrast agent is stated is said by an empty value.
    """
    days = tuple(date_of(header, k) for k in _DAYS)
    return _pairs((*_DAYS, *_PLAIN), (*days, *(at.text(header, k) for k in _PLAIN)))


@lru_cache(maxsize=1024)
def _pairs(names: tuple[str, ...], values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = zip(names, values, strict=True)
    return tuple((k, v) for k, v in pairs if v or k == "ContrastBolusAgent")


def by_origin(pictures: Sequence[Instance]) -> tuple[list[list[int]], str] | None:
    """Return the indices of sorted pictures by their origin and why they are told apart.

    None where nothing they state tells them apart.
    """
    for values, words in _APART:
        groups = _groups([values(i) for i in pictures])
        if len(groups) > 1:
            return groups, words
    hours = _hours_apart(pictures)
    return (hours, _("an acquisition hours before or after")) if len(hours) > 1 else None


def share_origin(i: Instance, other: Instance) -> bool:
    """Whether nothing that two pictures state of their origin tells them apart."""
    return by_origin((i, other)) is None


def stated(pictures: Sequence[Instance], name: str) -> str | None:
    """Return what all pictures state under a name; None where they differ or one does not."""
    found = {dict(i.origin).get(name) for i in pictures}
    return found.pop() if len(found) == 1 else None


def origin_caveats(pictures: Sequence[Instance]) -> list[Caveat]:
    """Return the reservations about pictures that stay together although they state others."""
    found = []
    if len(_stated(pictures, "StudyDate")) > 1:
        found.append(caveat("two-dates"))
    if len({a.casefold() for a in _stated(pictures, "ContrastBolusAgent")}) > 1:
        found.append(caveat("mixed-contrast"))
    return found


def _stated(pictures: Sequence[Instance], name: str) -> set[str]:
    return {v for i in pictures for k, v in i.origin if k == name}


def _text(name: str) -> _Value:
    return lambda i: " ".join(dict(i.origin).get(name, "").casefold().split())


def _number(name: str) -> _Value:
    def value(i: Instance) -> Hashable:
        try:
            found = float(dict(i.origin).get(name, ""))
        except ValueError:
            return ""
        return f"{found:g}" if found > 0 else ""

    return value


def _day(name: str) -> _Value:
    def value(i: Instance) -> Hashable:
        text = dict(i.origin).get(name, "")
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal() if text else ""

    return value


_APART: Final = (
    *((_day(name), _("another date")) for name in _DAYS),
    (_text("PatientPosition"), _("another position of the patient")),
    *((_text(n), _("another scanner")) for n in ("Manufacturer", "ManufacturerModelName")),
    (_text("DeviceSerialNumber"), _("another scanner")),
    (_number("KVP"), _("another tube voltage")),
)


def _groups(values: Sequence[Hashable]) -> list[list[int]]:
    """Group by value, days that follow each other as one; what is silent goes with the nearest."""
    days = sorted({v for v in values if isinstance(v, int)})
    known: list[Hashable] = [*days, *sorted({v for v in values if isinstance(v, str) and v})]
    label: dict[Hashable, int] = dict.fromkeys(known[:1], 0)
    for before, v in pairwise(known):
        next_day = isinstance(v, int) and isinstance(before, int) and v - before <= _NEXT
        label[v] = label[before] + (not next_day)
    if not label or not any(label.values()):
        return [list(range(len(values)))]
    told = [k for k, v in enumerate(values) if v in label]
    groups: dict[int, list[int]] = defaultdict(list)
    for k, v in enumerate(values):
        nearest = k if v in label else min(told, key=lambda j: abs(j - k))
        groups[label[values[nearest]]].append(k)
    return [groups[n] for n in sorted(groups)]


def _hours_apart(pictures: Sequence[Instance]) -> list[list[int]]:
    """Group what was taken without hours between; all in one where a time is not known."""
    whole = [list(range(len(pictures)))]
    times = [seconds(i, *CLOCKS) for i in pictures]
    known = [t for t in times if t is not None]
    dated = {is_dated(i) for i in pictures}
    if len(known) < len(times) or len(dated) > 1 or len(known) < 2:
        return whole
    order = sorted(range(len(known)), key=lambda k: known[k])
    groups = [[order[0]]]
    for before, k in pairwise(order):
        if known[k] - known[before] > _HOURS_APART:
            groups.append([])
        groups[-1].append(k)
    over_midnight = known[order[0]] + _DAY_S - known[order[-1]] <= _HOURS_APART
    if len(groups) > 1 and not dated.pop() and over_midnight:
        groups[0] += groups.pop()
    return [sorted(g) for g in groups]
