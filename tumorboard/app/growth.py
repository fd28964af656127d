"""What a scan found, joined with what is stored of the same series: they grow.

What was taken in first keeps its name and its pictures, whatever comes later: pictures join the
part they belong to, and other parts get names of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tumorboard.app.case_repository import AWAITED, open_body

if TYPE_CHECKING:
    from tumorboard.app.case_repository import CaseRepository
    from tumorboard.dicom.instance import Instance
    from tumorboard.dicom.series import Series

#: A picture: SOP Instance UID, frame, and its file where pictures share an identifier.
_Picture = tuple[str, int, str]

#: What must be as it was for a file to be the picture that is stored under its identifier.
_SAME = ("rows", "columns", "position", "orientation", "spacing")


@dataclass(frozen=True)
class Stored:
    """What the store holds of the series that a scan found.

    ``packed`` are the records of its parts by (Study, Series Instance UID) and name, ``drawn``
    the SOP Instance UIDs that drawings name, by the name of a series whose images are awaited.
    """

    packed: Mapping[tuple[str, str], Mapping[str, bytes]]
    drawn: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Grown:
    """A series to store, and how many pictures came to it."""

    series: Series
    grown_by: int = 0


@dataclass(frozen=True)
class Joined:
    """What is to be stored, and how many pictures do not fit.

    ``differing`` counts those whose identifier is stored for another picture, which is kept.
    ``torn`` are stored series whose pictures turn out not to belong together, by name, with the
    indices of those that do: an older version, or fewer pictures, could not tell.
    """

    series: tuple[Grown, ...]
    differing: int = 0
    torn: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)


def stored_of(store: CaseRepository, found: Sequence[Series]) -> Stored:
    """Return what the store holds of the series that were found."""
    packed: dict[tuple[str, str], Mapping[str, bytes]] = {}
    for study, whole in {(s.study_instance_uid, s.series_instance_uid) for s in found}:
        if held := store.series.parts_of(study, whole):
            packed[study, whole] = held
    awaited = [u for held in packed.values() for u in held if store.series.is_awaited(u)]
    return Stored(packed, {uid: store.series.drawn_pictures(uid) for uid in awaited})


def joined(found: Sequence[Series], stored: Stored) -> Joined:
    """Return the series to store, in the order of what was found; for a worker thread.

    Raises
    ------
    UserError
        When a record in the store is damaged.

    """
    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for one in found:
        groups[one.study_instance_uid, one.series_instance_uid].append(one)
    each = [_joined(g, stored.packed.get(k, {}), stored.drawn) for k, g in groups.items()]
    return Joined(
        tuple(s for j in each for s in j.series),
        sum(j.differing for j in each),
        {name: groups for j in each for name, groups in j.torn.items()},
    )


def _joined(
    found: Sequence[Series], packed: Mapping[str, bytes], drawn: Mapping[str, frozenset[str]]
) -> Joined:
    """Join what was found of one Series Instance UID, each patient and modality by itself."""
    every = _held(packed)
    awaited = {n: drawn.get(n, frozenset()) for n in packed if n not in every}
    kinds: dict[tuple[object, ...], list[Series]] = defaultdict(list)
    for one in found:
        kinds[*one.patient.key, one.modality].append(one)
    names, whole = set(every), Joined(())
    for kind, group in kinds.items():
        held = {n: s for n, s in every.items() if (*s.patient.key, s.modality) == kind}
        fitting, differing = _fitting(group, held)
        kept, new, torn = _kept_and_new(fitting, held) if held else ([], fitting, {})
        named = [Grown(one) for one in _named(new, names, awaited)]
        every_one = (*whole.series, *kept, *named)
        whole = Joined(every_one, whole.differing + differing, {**whole.torn, **torn})
    return whole


def _kept_and_new(
    found: Sequence[Series], held: Mapping[str, Series]
) -> tuple[list[Grown], list[Series], dict[str, tuple[tuple[int, ...], ...]]]:
    known = {frozenset(_pictures(one)): name for name, one in held.items()}
    if all(frozenset(_pictures(f)) in known for f in found):
        return [Grown(replace(f, name=known[frozenset(_pictures(f))])) for f in found], [], {}
    parts = _together(found, list(held.values()))
    kept, new = _assigned(parts, held, found)
    grown = [Grown(one, one.slices - held[one.name].slices) for one in kept]
    return grown, new, _torn(parts, held)


def _torn(
    parts: Sequence[Series], held: Mapping[str, Series]
) -> dict[str, tuple[tuple[int, ...], ...]]:
    """Return the held series that fall into several parts, with the pictures of each."""
    home = {key: n for n, part in enumerate(parts) for key in _pictures(part)}
    found = {}
    for name, one in held.items():
        groups: dict[int, list[int]] = defaultdict(list)
        for k, i in enumerate(one.instances):
            groups[home[_picture(i)]].append(k)
        if len(groups) > 1:
            found[name] = tuple(tuple(g) for g in groups.values())
    return found


def _held(packed: Mapping[str, bytes]) -> dict[str, Series]:
    from tumorboard.dicom.series import Series

    bodies = {name: open_body(record) for name, record in packed.items()}
    return {
        name: _as_now(replace(Series.from_json(body), name=name), "name" in body)
        for name, body in bodies.items()
        if body != AWAITED and "instances" in body
    }


def _as_now(series: Series, is_new: bool) -> Series:
    """Let pictures stored by an older version say what only their series said: the kernel."""
    if is_new or not series.info.kernel:
        return series
    mark = ("ConvolutionKernel", series.info.kernel)
    pictures = (replace(i, marks=(*i.marks, mark)) for i in series.instances)
    return replace(series, instances=tuple(pictures))


def _pictures(series: Series) -> dict[_Picture, Instance]:
    return {_picture(i): i for i in series.instances}


def _picture(i: Instance) -> _Picture:
    return i.sop_instance_uid, i.frame, str(i.path) if "duplicate-uid" in i.flaws else ""


def _fitting(found: Sequence[Series], held: Mapping[str, Series]) -> tuple[list[Series], int]:
    """Leave out pictures that are not what is stored under their identifier."""
    before = {key: i for one in held.values() for key, i in _pictures(one).items()}
    fitting, differing = [], 0
    for one in found:
        good = [
            i
            for i in one.instances
            if (old := before.get(_picture(i))) is None
            or (all(getattr(i, name) == getattr(old, name) for name in _SAME) and _are_one(i, old))
        ]
        differing += len(one.instances) - len(good)
        if good:
            fitting.append(replace(one, instances=tuple(good)))
    return fitting, differing


def _are_one(i: Instance, old: Instance) -> bool:
    """Whether nothing in the stored bytes of two files tells their pictures apart."""
    from tumorboard.dicom.copies import have_same_pixels

    lengths = [[length for _, length in one.chunks] for one in (i, old)]
    comparable = lengths[0] == lengths[1] and i.transfer_syntax == old.transfer_syntax
    return not comparable or have_same_pixels(i, old)


def _together(found: Sequence[Series], held: Sequence[Series]) -> list[Series]:
    """Group what was found and what is held anew, each picture once and as found last."""
    from tumorboard.dicom.grouping import regrouped

    fresh = {key for one in found for key in _pictures(one)}
    rest = [
        replace(one, instances=tuple(i for i in one.instances if _picture(i) not in fresh))
        for one in held
    ]
    return regrouped([*found, *(one for one in rest if one.instances)])


def _assigned(
    parts: Sequence[Series], held: Mapping[str, Series], found: Sequence[Series]
) -> tuple[list[Series], list[Series]]:
    """Return the held series, grown, and new ones.

    A held series that is whole within one part, with no other in it, is that part from now on.
    One that a person parted, or that would fall apart, keeps its pictures as they are.
    """
    from tumorboard.dicom.grouping import regrouped

    owner = {key: name for name, one in held.items() for key in _pictures(one)}
    sharing = [frozenset(owner[k] for k in _pictures(p) if k in owner) for p in parts]
    homes = {name: sum(name in owners for owners in sharing) for name in held}
    kept, new, loose = [], [], []
    for part, owners in zip(parts, sharing, strict=True):
        if not owners:
            new.append(part)
        elif len(owners) == 1 and homes[next(iter(owners))] == 1:
            kept.append(replace(part, name=next(iter(owners))))
        else:
            loose += [i for k, i in _pictures(part).items() if k not in owner]
    touched = {owner[k] for f in found for k in _pictures(f) if k in owner}
    fresh = {key: i for f in found for key, i in _pictures(f).items()}
    for name in sorted(touched - {k.name for k in kept}):
        old = held[name]
        instances = tuple(fresh.get(_picture(i), i) for i in old.instances)
        kept.append(replace(old, instances=instances))
    if loose:
        new += regrouped([replace(parts[0], instances=tuple(loose))])
    return kept, new


def _named(
    new: Sequence[Series], names: set[str], awaited: dict[str, frozenset[str]]
) -> list[Series]:
    """Give new parts their names: those that wait for them, else the series' own, else theirs.

    What is given is taken out of ``awaited`` and put to ``names``.
    """
    given: dict[int, str] = {}
    for n, one in enumerate(new):
        own = {i.sop_instance_uid for i in one.instances}
        waiting = (name for name, drawn in awaited.items() if drawn and own >= drawn)
        name = next(waiting, one.part_uid if one.part_uid in awaited else "")
        if name:
            given[n] = name
            awaited.pop(name)
    names.update(given.values())
    for n, one in enumerate(new):
        if n not in given:
            whole = one.series_instance_uid
            given[n] = whole if whole not in names else one.part_uid
            awaited.pop(given[n], None)
            names.add(given[n])
    return [replace(one, name=given[n]) for n, one in enumerate(new)]
