"""The open case as it stands in the store, and the one way to change it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from tumorboard.annotations.model import utc_now
from tumorboard.app import edits
from tumorboard.app.case_repository import CaseRepository, NewStep, Stamp, Step
from tumorboard.app.edits import Edit
from tumorboard.app.history import UndoStacks, derived_rows, edit_of, inert, rows_of
from tumorboard.app.regrown import on_slices_of_now
from tumorboard.case.annotation_facts import with_measured
from tumorboard.case.codec import freeze
from tumorboard.case.facts import Fact, FactSheet
from tumorboard.case.measured import Measured, facts_that_hold, restored, without
from tumorboard.case.model import Case

#: Who stands behind values that no person stated.
PROGRAM = "tumorboard"

#: Parts of a case that facts are derived from.
_DERIVED_FROM: Final = ("series", "lesions", "annotations", "remarks", "segmentations", "vessels")

Derive = Callable[[Case], Mapping[str, Fact]]


class OpenCase:
    """A case, the facts derived from it, and its undo stacks, always equal to the store.

    ``derive`` is a pure function from a case to its derived facts. They are stored with
    the step that brings them about, and derived anew when the case is opened. Without it
    they stay as they are stored.

    Raises
    ------
    UserError
        When the case is not in the store or cannot be read.

    """

    def __init__(self, store: CaseRepository, uid: str, derive: Derive | None) -> None:
        self._store = store
        self._derive = derive
        self.case = store.cases.load(uid)
        self.derived: Mapping[str, Fact] = store.cases.load_derived(uid)
        self._measured = restored(self.case, self.derived)
        self.stacks = UndoStacks(store.steps.of_case(uid))
        self._last = store.steps.last_step(uid)
        self._bring_up_to_date()

    @property
    def facts(self) -> FactSheet:
        """The facts in force: what a person stated overrules what was derived."""
        return FactSheet({**self.derived, **self.case.facts.facts})

    def commit(self, kind: str, edit: Edit, author: str, target: int | None = None) -> None:
        """Make an edit in memory and in the store, or in neither.

        Raises
        ------
        UserError
            When it cannot be stored, or another window has changed the case.
        ValueError
            When the edit was made from another state of the case: our bug.

        """
        edit, changes = inert(edit, rows_of(edit))
        after = edits.apply(self.case, edit)
        derived = self._derived_from(after)
        rows = (*changes, *derived_rows(self.derived, derived))
        stamp = Stamp(author, utc_now())
        self._write(NewStep(after.uid, kind, edit.label, stamp, rows, target, edit.voxels))
        self.case, self.derived = after, derived

    def travel(self, kind: str, author: str) -> tuple[str, Edit] | None:
        """Undo or redo one edit; return its label and what was done, None without one."""
        entry = self.stacks.undo if kind == "undo" else self.stacks.redo
        if entry is None:
            return None
        number, label = entry
        homes = self._store.pictures.homes()
        edit = edit_of(label, self._store.steps.changes(number), homes.placed)
        done = edits.invert(edit) if kind == "undo" else edit
        done = on_slices_of_now(self._store, self.case, done)
        self.commit(kind, done, author, number)
        return label, done

    @property
    def measured(self) -> tuple[Measured, ...]:
        """What was measured on outlines and vessels, whether it still holds or not."""
        return self._measured

    def set_measured(self, measured: Iterable[Measured], names: Collection[str] = ()) -> bool:
        """Take what was measured on outlines and vessels; return whether facts changed.

        It replaces what was measured before of the facts with these names, or of all without
        names. A person's drawing goes before it.

        Raises
        ------
        UserError
            When it cannot be stored.

        """
        before = self.derived
        kept = without(self._measured, names) if names else ()
        self._measured = (*kept, *measured)
        self._bring_up_to_date()
        return self.derived is not before

    def _bring_up_to_date(self) -> None:
        derived = self._derived_from(self.case)
        rows = derived_rows(self.derived, derived)
        if rows:
            if not self._store.read_only:
                stamp = Stamp(PROGRAM, utc_now())
                self._write(NewStep(self.case.uid, "derive", "Derived values", stamp, rows))
            self.derived = derived

    def _write(self, new: NewStep) -> None:
        with self._store.transaction():
            number = self._store.steps.write(new, expected_last=self._last)
        stamp = new.stamp
        self.stacks.note(
            Step(number, new.case_uid, new.kind, new.label, stamp.author, stamp.utc, new.target)
        )
        self._last = number

    def _derived_from(self, case: Case) -> Mapping[str, Fact]:
        """Derive anew what an edit can change; a fact that says the same keeps its older record."""
        held = self.derived
        if self._derive is None or (case is not self.case and _derives_alike(self.case, case)):
            return held
        found = {
            name: Fact(name, freeze(fact.value), fact.provenance)
            for name, fact in self._all_derived(case).items()
        }
        if found.keys() == held.keys() and all(same(held[n], f) for n, f in found.items()):
            return held
        return {n: held[n] if n in held and same(held[n], f) else f for n, f in found.items()}

    def _all_derived(self, case: Case) -> dict[str, Fact]:
        drawn = {} if self._derive is None else self._derive(case)
        return with_measured(case, drawn, facts_that_hold(case, self._measured))


def _derives_alike(one: Case, other: Case) -> bool:
    """Whether two states of a case differ only in what nothing is derived from."""
    return all(getattr(one, name) is getattr(other, name) for name in _DERIVED_FROM)


def same(one: Fact, other: Fact) -> bool:
    """Whether two records of a fact say the same, apart from who and when."""
    a, b = one.provenance, other.provenance
    said = (a.origin, a.annotation_uids, a.note) == (b.origin, b.annotation_uids, b.note)
    return said and type(one.value) is type(other.value) and bool(one.value == other.value)
