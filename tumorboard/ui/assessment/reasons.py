"""A reason as lines of the panel: words, rule, sources, reservations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.text import tip
from tumorboard.ui.assessment.rows import ConflictRow, ReasonRow
from tumorboard.ui.shell.parts import link, words

#: The others stand in the tool tip, in the opened line and in the report.
_SOURCES_SHOWN = 2


def reason_lines(
    reason: ReasonRow,
    look_up: Callable[[str], object],
    *,
    say: bool = True,
    whole: bool = False,
) -> QWidget:
    """Return the reason, its rule as a link and its sources.

    ``whole`` shows every source and what was read; otherwise these are in the tool tip.
    """
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    if say and reason.text:
        layout.addWidget(words(reason.text, "" if whole else "dim"))
    below = QHBoxLayout()
    below.setSpacing(6)
    top = Qt.AlignmentFlag.AlignTop
    button = link(reason.rule, partial(look_up, reason.rule), "Show the rule and what it rests on")
    below.addWidget(button, 0, top)
    sources = "\n".join(reason.sources) if whole else source_line(reason)
    below.addWidget(words(sources, "dim"), 1)
    layout.addLayout(below)
    if whole and reason.inputs:
        layout.addWidget(words("Read: " + "; ".join(reason.inputs), "dim"))
    if reason.marks:
        layout.addWidget(words("▲ " + ", ".join(reason.marks), "prompt"))
    if not whole:
        told = [*_block("Sources:", reason.sources), *_block("Read for this line:", reason.inputs)]
        widget.setToolTip(tip("\n".join(told)))
    return widget


def conflict_lines(row: ConflictRow, look_up: Callable[[str], object]) -> QWidget:
    """Return a disagreement with both sides, their sources, and which governs why."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    first = QHBoxLayout()
    first.addWidget(words(row.title), 1)
    first.addWidget(link(row.id, partial(look_up, row.id)))
    layout.addLayout(first)
    for text, source, governs in row.sides:
        layout.addWidget(words(f"{'● Governs: ' if governs else '○ '}{text}"))
        layout.addWidget(words(source, "dim"))
    if not any(governs for _, _, governs in row.sides):
        layout.addWidget(words("Neither governs; the board decides.", "dim"))
    layout.addWidget(words(f"Why: {row.why}"))
    return widget


def carried_links(rows: tuple[ConflictRow, ...], look_up: Callable[[str], object]) -> QWidget:
    """Return one line that says where the sources differ, each as a link to both sides."""
    widget = QWidget()
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    layout.addWidget(words("Sources differ:", "dim", wrap=False))
    for row in rows:
        button = link(row.id, partial(look_up, row.id), row.title)
        button.setAccessibleName(f"{row.id}: {row.title}")
        layout.addWidget(button)
    layout.addStretch(1)
    return widget


def source_line(reason: ReasonRow) -> str:
    """Return "UpToDate 2024, Determining resectability · 2 more sources"."""
    parts = list(reason.sources[:_SOURCES_SHOWN])
    more = len(reason.sources) - _SOURCES_SHOWN
    if more > 0:
        parts.append(f"{more} more source{'s' if more > 1 else ''}")
    return " · ".join(parts)


def _block(title: str, lines: tuple[str, ...]) -> list[str]:
    return [title, *lines] if lines else []
