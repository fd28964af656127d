"""The values that a fact has had, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tumorboard.case.anatomy import checklist
from tumorboard.case.facts import Fact, value_text
from tumorboard.case.model import Remark
from tumorboard.language import _
from tumorboard.ui.shell.provenance import local_time

#: What a step did that was no edit.
_KINDS = {"undo": _("(undo)"), "redo": _("(redo)")}


class StepLike(Protocol):
    """Who did something, and when."""

    @property
    def author(self) -> str:
        """The person."""
        ...

    @property
    def utc(self) -> str:
        """The time."""
        ...

    @property
    def kind(self) -> str:
        """Edit, undo or redo."""
        ...


def organ_lines(name: str, values: Iterable[tuple[StepLike, object | None]]) -> tuple[str, ...]:
    """Return the same for what was said of an organ around the mass."""
    asked = checklist()[name]
    lines = []
    for step, held in values:
        said = asked.choice_label(held.value) if isinstance(held, Remark) else _("taken back")
        how = _KINDS.get(step.kind, "")
        lines.append(" · ".join(p for p in (said, how, step.author, local_time(step.utc)) if p))
    return tuple(reversed(lines))


def history_lines(name: str, values: Iterable[tuple[StepLike, object | None]]) -> tuple[str, ...]:
    """Return "Absent · Dr A · 12 Nov 2026 14:05" for each value, the newest first."""
    lines = []
    for step, held in values:
        said = value_text(name, held.value) if isinstance(held, Fact) else _("taken back")
        note = held.provenance.note if isinstance(held, Fact) else ""
        how = _KINDS.get(step.kind, "")
        parts = (said, how, step.author, local_time(step.utc), note)
        lines.append(" · ".join(part for part in parts if part))
    return tuple(reversed(lines))
