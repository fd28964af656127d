"""Figures of what a board did, each with what is counted and among what; and their table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Final

from tumorboard.language import _, number
from tumorboard.reports.decisions_csv import safe_cell

#: Among fewer than this a share is written as a count alone.
_FEWEST: Final = 20
#: What to do where nothing happened.
NOTHING: Final = _(
    "No meeting took place in this period and no decision was signed in it. Choose other days; or "
    "plan a meeting (F4), put cases on its agenda and sign what it decides (Ctrl+D)."
)
_COLUMNS: Final = (
    *(_("Part"), _("Line"), _("Count"), _("Of"), _("Not known"), _("Value"), _("Unit")),
    *(_("Counted"), _("Among"), _("Day"), _("Case"), _("What"), _("Words")),
)


@dataclass(frozen=True)
class Figure:
    """One number: ``count`` of ``of``, with ``not_known`` of them left out of both.

    ``counted`` and ``among`` say in words what the two are; ``of`` is None for what is counted
    among nothing. A ``value`` with its ``unit``, such as minutes, is one of ``count`` things.
    """

    name: str
    count: int
    of: int | None
    counted: str
    among: str = ""
    not_known: int = 0
    value: str = ""
    unit: str = ""

    @property
    def text(self) -> str:
        """Return "12 of 40 (30 %) · not known: 3", "6.5 min · 9 of 12", "none to count"."""
        told = (
            str(self.count)
            if self.of is None
            else _("{count} of {of}", count=self.count, of=self.of)
        )
        if self.unit:
            value = (
                f"{number(float(self.value), '.1f')} {self.unit}" if self.value else _("not known")
            )
            told = f"{value} · {told}"
        elif self.of == 0:
            told = _("none to count")
        elif self.of is not None and self.of >= _FEWEST:
            told += f" ({round(100 * self.count / self.of)} %)"
        return (
            _("{told} · not known: {not_known}", told=told, not_known=self.not_known)
            if self.not_known
            else told
        )


@dataclass(frozen=True)
class CaseLine:
    """Something about one case: the ISO day and the label of the case, never who it is about."""

    day: str
    case: str
    what: str
    words: str


@dataclass(frozen=True)
class FiguresPart:
    """Figures that belong together; ``note`` says what holds for all of them."""

    title: str
    figures: tuple[Figure, ...]
    note: str = ""
    lines_title: str = ""
    lines: tuple[CaseLine, ...] = ()


@dataclass(frozen=True)
class BoardFigures:
    """All figures of a period, its ISO days included; ``notes`` say what they leave out."""

    first: str
    last: str
    created: str
    is_empty: bool
    parts: tuple[FiguresPart, ...]
    notes: tuple[str, ...] = field(default=())


def figures_csv(found: BoardFigures) -> bytes:
    """Return the figures as a table: UTF-8 with byte order mark, comma, quoted throughout.

    A line is one figure or, with a case, one thing about it. A cell that a spreadsheet would
    take for a formula begins with an apostrophe, which shows it as text. What is not known has
    a number of its own; a value that is not known is an empty cell.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    rows = [_row(_("Period"), _("First day"), words=found.first)]
    rows += [_row(_("Period"), _("Last day"), words=found.last)]
    rows += [_row(_("Period"), _("Read"), words=found.created)]
    rows += [_row(_("Period"), _("Note"), words=note) for note in found.notes]
    for part in found.parts:
        rows += [_figure_row(part.title, figure) for figure in part.figures]
        if part.note:
            rows.append(_row(part.title, _("Note"), words=part.note))
        rows += [
            _row(part.title, part.lines_title, day=x.day, case=x.case, what=x.what, words=x.words)
            for x in part.lines
        ]
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _row(
    part: str, line: str, *, words: str, day: str = "", case: str = "", what: str = ""
) -> tuple[str, ...]:
    return (part, line, *[""] * 7, day, case, what, words)


def _figure_row(part: str, figure: Figure) -> tuple[str, ...]:
    of = "" if figure.of is None else str(figure.of)
    numbers = (str(figure.count), of, str(figure.not_known), figure.value, figure.unit)
    return (part, figure.name, *numbers, figure.counted, figure.among, *[""] * 4)


def figures_words(found: BoardFigures) -> str:
    """Return the figures in lines for a terminal, each with what is counted and among what."""
    told = [
        _(
            "What the board did, {first} to {last} (read {created})",
            first=found.first,
            last=found.last,
            created=found.created,
        )
    ]
    if found.is_empty:
        return "\n".join((*told, NOTHING))
    told += found.notes
    for part in found.parts:
        told += ["", part.title]
        for figure in part.figures:
            told.append(f"  {figure.name}: {figure.text}")
            told.append(f"      {definition(figure)}")
        told += [f"  {part.note}"] if part.note else []
        told += [f"  {part.lines_title}:"] if part.lines else []
        told += [f"    {x.day} · {x.case} · {x.what}: {x.words}" for x in part.lines]
    return "\n".join(told)


def definition(figure: Figure) -> str:
    """Return what a figure counts and among what: "Counted: ... Among: ..."."""
    if not figure.among:
        return _("Counted: {counted}.", counted=figure.counted)
    return _("Counted: {counted}. Among: {among}.", counted=figure.counted, among=figure.among)
