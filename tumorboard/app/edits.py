"""Edits: what one gesture changes in a case, as data that can be applied and turned round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.model import Annotation, Kind
from tumorboard.canonical_json import dumps
from tumorboard.case.codec import Part, encode, freeze
from tumorboard.case.facts import Fact
from tumorboard.case.model import Case, Lesion, Remark
from tumorboard.case.saved_view import SavedView
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.imaging.mask_codec import Packed, PackedMask
from tumorboard.language import N_, _, inside

Found = TypeVar("Found")
Item = TypeVar("Item", bound=Annotation | Lesion | Remark | SavedView | Segmentation | VesselPath)

#: The families whose parts a case holds in their order, and where.
_ORDERED = {
    "annotation": "annotations",
    "lesion": "lesions",
    "remark": "remarks",
    "view": "views",
    "segmentation": "segmentations",
    "vessel": "vessels",
}

#: The families that an edit may touch.
EDITABLE = (*_ORDERED, "fact", "case")

# Steps are stored under English labels, whoever reads them; `step_words` shows them.
_MOVED = N_("Move key image")
#: What a step does to a detail of the case.
_DETAILS = {
    "label": N_("Change the label"),
    "question": N_("Change the question"),
    "summary": N_("Change the summary"),
}
_KINDS = frozenset(Kind)
#: What a step does to an annotation of a kind, by the first word of its label.
_OF_KIND = {
    "Draw": N_("Draw {kind}"),
    "Change": N_("Change {kind}"),
    "Delete": N_("Delete {kind}"),
}


@dataclass(frozen=True)
class Change:
    """One thing before and after; None means not there.

    ``entity`` is one of `EDITABLE`, ``key`` a UID, the name of a fact, or ``label``,
    ``question``, ``summary`` of the case. ``position`` is the place of something that is
    taken away, so that it can come back to it; -1 is the end.
    """

    entity: str
    key: str
    before: Part | None
    after: Part | None
    position: int = -1


@dataclass(frozen=True)
class Edit:
    """One gesture in the reader's words, and its changes in their order.

    ``voxels`` are those that its changes name and that the store may not hold yet.
    """

    label: str
    changes: tuple[Change, ...]
    voxels: tuple[Packed, ...] = ()


def step_words(label: str) -> str:
    """Return the label of a step in the language; labels are stored in English."""
    verb, _space, kind = label.partition(" ")
    if verb in _OF_KIND and kind in _KINDS:
        return _(_OF_KIND[verb], kind=inside(SPECS[Kind(kind)].words))
    if verb == "Status:":
        return _("Status: {status}", status=_(kind))
    return _(label)


def apply(case: Case, edit: Edit) -> Case:
    """Return the case after the edit.

    Raises
    ------
    ValueError
        When the case does not hold what the edit was made from.

    """
    for change in edit.changes:
        case = _apply(case, change)
    return case


def invert(edit: Edit) -> Edit:
    """Return the edit that takes this one back."""
    turned = tuple(replace(c, before=c.after, after=c.before) for c in reversed(edit.changes))
    return Edit(edit.label, turned)


def combine(label: str, *edits: Edit) -> Edit:
    """Return one gesture made of several edits, each made from the case after the one before."""
    changes = tuple(change for edit in edits for change in edit.changes)
    return Edit(label, changes, tuple(v for edit in edits for v in edit.voxels))


def put_annotation(case: Case, annotation: Annotation, label: str = "") -> Edit:
    """Return the edit that draws an annotation or replaces its older self."""
    before = case.annotation(annotation.uid)
    verb = "Draw" if before is None else "Change"
    return _put(
        "annotation", annotation.uid, before, annotation, label or f"{verb} {annotation.kind}"
    )


def delete_annotation(case: Case, uid: str) -> Edit:
    """Return the edit that takes an annotation away.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    found = _held_one(case.annotation(uid), uid)
    return Edit(f"Delete {found.kind}", (_removal("annotation", uid, found, case.annotations),))


def put_lesion(case: Case, lesion: Lesion, label: str = "") -> Edit:
    """Return the edit that adds or changes a lesion."""
    before = case.lesion(lesion.uid)
    usual = N_("Add lesion") if before is None else N_("Change lesion")
    return _put("lesion", lesion.uid, before, lesion, label or usual)


def delete_lesion(case: Case, uid: str) -> Edit:
    """Return the edit that takes a lesion away with its annotations and outlines.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    found = _held_one(case.lesion(uid), uid)
    edits = []
    for annotation in case.annotations:
        if annotation.lesion_uid == uid:
            edits.append(delete_annotation(case, annotation.uid))
            case = apply(case, edits[-1])
    for outline in case.segmentations_of(uid):
        edits.append(delete_segmentation(case, outline.uid))
        case = apply(case, edits[-1])
    lesion = _removal("lesion", uid, found, case.lesions)
    return combine(N_("Delete lesion"), *edits, Edit("", (lesion,)))


def put_fact(case: Case, fact: Fact, label: str = "") -> Edit:
    """Return the edit that records a fact as a person stated it."""
    kept = Fact(fact.name, freeze(fact.value), fact.provenance)
    return _put("fact", fact.name, case.facts.get(fact.name), kept, label or N_("State a fact"))


def clear_fact(case: Case, name: str) -> Edit:
    """Return the edit that takes a statement back; a derived value then counts again."""
    return _put("fact", name, case.facts.get(name), None, N_("Clear a fact"))


def put_remark(case: Case, remark: Remark, label: str = "") -> Edit:
    """Return the edit that notes something about the case."""
    return _put("remark", remark.key, case.remark(remark.key), remark, label or N_("Add a note"))


def delete_remark(case: Case, key: str, label: str = "") -> Edit:
    """Return the edit that takes a note back.

    Raises
    ------
    KeyError
        When there is none under this key.

    """
    found = _held_one(case.remark(key), key)
    return Edit(label or N_("Take a note back"), (_removal("remark", key, found, case.remarks),))


def put_view(case: Case, view: SavedView, label: str = "") -> Edit:
    """Return the edit that keeps a view, or replaces its older self where it stands."""
    before = case.view(view.uid)
    usual = N_("Keep key image") if before is None else N_("Change key image")
    return _put("view", view.uid, before, view, label or usual)


def delete_view(case: Case, uid: str) -> Edit:
    """Return the edit that takes a view away.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    found = _held_one(case.view(uid), uid)
    return Edit(N_("Delete key image"), (_removal("view", uid, found, case.views),))


def move_view(case: Case, uid: str, position: int) -> Edit:
    """Return the edit that gives a view another place in the order, counted from 0.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    found = _held_one(case.view(uid), uid)
    here, there = case.views.index(found), min(max(position, 0), len(case.views) - 1)
    if here == there:
        return Edit(_MOVED, ())
    away = Change("view", uid, found, None, here)
    back = Change("view", uid, None, found, there)
    return Edit(_MOVED, (away, back))


def put_segmentation(
    case: Case, record: Segmentation, packed: PackedMask | None = None, label: str = ""
) -> Edit:
    """Return the edit that adds or changes an outline in three dimensions.

    With ``packed`` the record comes to name these voxels; without, the voxels that it names
    must be stored already.
    """
    before = case.segmentation(record.uid)
    after = record if packed is None else record.filled_with(packed)
    usual = N_("Add outline") if before is None else N_("Change outline")
    edit = _put("segmentation", record.uid, before, after, label or usual)
    return edit if packed is None else replace(edit, voxels=(packed.voxels, packed.grid))


def delete_segmentation(case: Case, uid: str) -> Edit:
    """Return the edit that takes an outline away; what rests on it no longer names it.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    found = _held_one(case.segmentation(uid), uid)
    edits = []
    for part in case.segmentations:
        if part.parent_uid == uid:
            edits.append(put_segmentation(case, replace(part, parent_uid="")))
    for vessel in case.vessels:
        if uid in vessel.rests_on:
            kept = tuple(m for m in vessel.mass_uids if m != uid)
            lumen = "" if vessel.lumen_uid == uid else vessel.lumen_uid
            edits.append(put_vessel(case, replace(vessel, lumen_uid=lumen, mass_uids=kept)))
    removal = _removal("segmentation", uid, found, case.segmentations)
    return combine(N_("Delete outline"), *edits, Edit("", (removal,)))


def put_vessel(case: Case, vessel: VesselPath, label: str = "") -> Edit:
    """Return the edit that lays a vessel, or replaces its older self."""
    before = case.vessel(vessel.uid)
    usual = N_("Draw vessel") if before is None else N_("Change vessel")
    return _put("vessel", vessel.uid, before, vessel, label or usual)


def delete_vessel(case: Case, uid: str) -> Edit:
    """Return the edit that takes a vessel away.

    Raises
    ------
    KeyError
        When there is none with this UID.

    """
    found = _held_one(case.vessel(uid), uid)
    return Edit(N_("Delete vessel"), (_removal("vessel", uid, found, case.vessels),))


def set_detail(case: Case, name: str, text: str) -> Edit:
    """Return the edit of the ``label``, ``question`` or ``summary`` of the case."""
    return _put("case", name, getattr(case, name), text, _DETAILS[name])


def _held_one(found: Found | None, key: str) -> Found:
    if found is None:
        raise KeyError(key)
    return found


def _removal(entity: str, key: str, found: Item, among: tuple[Item, ...]) -> Change:
    return Change(entity, key, found, None, among.index(found))


def _put(entity: str, key: str, before: Part | None, after: Part | None, label: str) -> Edit:
    change = Change(entity, key, before, after)
    return Edit(label, () if _text(before) == _text(after) else (change,))


def _text(part: Part | None) -> str:
    """Return what is stored of a part: 1, 1.0 and True are equal in Python, not there."""
    return "" if part is None else dumps(encode(part))


def _apply(case: Case, change: Change) -> Case:
    if _held(case, change) != change.before:
        raise ValueError(f"stale change of a {change.entity}")
    if change.entity in _ORDERED:
        family = _ORDERED[change.entity]
        items = _placed(getattr(case, family), change, change.after)
        changed: dict[str, Any] = {family: items}
        return replace(case, **changed)
    if change.entity == "fact":
        fact = cast("Fact | None", change.after)
        facts = case.facts.without(change.key) if fact is None else case.facts.with_fact(fact)
        return replace(case, facts=facts)
    if change.key == "label":
        return replace(case, label=str(change.after))
    if change.key == "question":
        return replace(case, question=str(change.after))
    return replace(case, summary=str(change.after))


def _held(case: Case, change: Change) -> Part | None:
    if change.entity in _ORDERED:
        items = getattr(case, _ORDERED[change.entity])
        return next((item for item in items if item.uid == change.key), None)
    if change.entity == "fact":
        return case.facts.get(change.key)
    if change.entity == "case" and change.key in _DETAILS:
        return str(getattr(case, change.key))
    raise ValueError(f"an edit cannot change {change.entity} {change.key}")


def _placed(items: tuple[Any, ...], change: Change, after: Part | None) -> tuple[Any, ...]:
    index = next((n for n, item in enumerate(items) if item.uid == change.key), None)
    if index is None:
        if after is None:
            return items
        at = len(items) if change.position < 0 else change.position
        return (*items[:at], after, *items[at:])
    return (*items[:index], *(() if after is None else (after,)), *items[index + 1 :])
