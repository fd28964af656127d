"""What is dragged from the list of cases onto the agenda: their UIDs, nobody's name."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from tumorboard.ui.shell.mime import CASES_MIME


def cases_in(data: QMimeData) -> list[str]:
    """Return the cases that are dragged; none when it is something else."""
    text = bytes(data.data(CASES_MIME).data()).decode("utf-8", errors="replace")
    return [uid for uid in text.split("\n") if uid]


def with_cases(order: list[str], dragged: list[str], place: int) -> list[str]:
    """Return an order of cases with those that were dropped before a place of it.

    ``place`` counts from 0 in the order as it stands; what is there already moves.
    """
    wanted = list(dict.fromkeys(dragged))
    before = [uid for uid in order[:place] if uid not in wanted]
    after = [uid for uid in order[place:] if uid not in wanted]
    return [*before, *wanted, *after]
