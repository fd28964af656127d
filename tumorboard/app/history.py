"""Undo and redo without limit, computed from the stored steps of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from tumorboard.annotations.model import Annotation
from tumorboard.app.case_repository import ChangeRow, Step
from tumorboard.app.edits import EDITABLE, Change, Edit
from tumorboard.canonical_json import dumps, loads, may_act
from tumorboard.case.codec import Part, decode, encode
from tumorboard.case.facts import Fact
from tumorboard.text import line, lines


class UndoStacks:
    """Which steps can be undone and redone: numbers of edits with their labels.

    A new edit empties the redo stack, though nothing is ever deleted from the store.
    """

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self._undo: list[tuple[int, str]] = []
        self._redo: list[tuple[int, str]] = []
        for step in steps:
            self.note(step)

    def note(self, step: Step) -> None:
        """Take in the next step of the case."""
        if step.kind == "edit":
            self._undo.append((step.sequence, step.label))
            self._redo.clear()
        elif step.kind == "undo":
            self._redo.append(self._undo.pop())
        elif step.kind == "redo":
            self._undo.append(self._redo.pop())

    @property
    def undo(self) -> tuple[int, str] | None:
        """Number and label of the edit that undo would take back, or None."""
        return self._undo[-1] if self._undo else None

    @property
    def redo(self) -> tuple[int, str] | None:
        """Number and label of the edit that redo would bring back, or None."""
        return self._redo[-1] if self._redo else None


def rows_of(edit: Edit) -> tuple[ChangeRow, ...]:
    """Return the changes of an edit as they are stored."""
    return tuple(
        ChangeRow(c.entity, c.key, _text(c.before), _text(c.after), c.position)
        for c in edit.changes
    )


def inert(edit: Edit, rows: tuple[ChangeRow, ...]) -> tuple[Edit, tuple[ChangeRow, ...]]:
    """Return an edit and its rows with what could act in words that a person wrote shown."""
    label = line(edit.label)
    if label == edit.label and not any(row.after and may_act(row.after) for row in rows):
        return edit, rows
    changes = tuple(
        replace(c, key=lines(c.key), after=part(c.entity, r.after))
        for c, r in zip(edit.changes, rows, strict=True)
    )
    edit = replace(edit, label=label, changes=changes)
    return edit, rows_of(edit)


def edit_of(
    label: str, rows: Iterable[ChangeRow], placed: Callable[[Annotation], Annotation]
) -> Edit:
    """Return the edit in a stored step; what was derived from it is left out.

    ``placed`` finds the part of a series that holds the pictures of an annotation today.
    """

    def read(entity: str, text: str | None) -> Part | None:
        found = part(entity, text)
        return placed(found) if isinstance(found, Annotation) else found

    changes = (
        Change(r.entity, r.name, read(r.entity, r.before), read(r.entity, r.after), r.position)
        for r in rows
        if r.entity in EDITABLE
    )
    return Edit(label, tuple(changes))


def part(entity: str, text: str | None) -> Part | None:
    """Read a stored part; None stays None."""
    return None if text is None else decode(entity, loads(text))


def derived_rows(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> tuple[ChangeRow, ...]:
    """Return what changed among the derived facts, by name."""
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(ChangeRow("derived", n, _text(b), _text(a)) for n, b, a in pairs if b != a)


def _text(value: Part | None) -> str | None:
    return None if value is None else dumps(encode(value))
