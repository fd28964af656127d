"""The excluding findings, and what else is not assessed: each a click from its field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.ui.assessment.reasons import Ways, conflict_links, origin_link
from tumorboard.ui.assessment.rows import CriterionRow, Origin
from tumorboard.ui.shell.marks import Mark
from tumorboard.ui.shell.parts import Folds, head, link, words


def fill_criteria(
    section: QVBoxLayout, rows: tuple[CriterionRow, ...], folds: Folds, ways: Ways
) -> Iterator[None]:
    """Fill a section with the findings; what most of them have as origin stands once.

    Where all are absent and nobody contradicts, one line says so and opens to them.
    """
    if not rows:
        return
    told = Counter(row.origin for row in rows if row.origin)
    common, count = told.most_common(1)[0] if told else ("", 0)
    common = common if count > 1 else ""
    if all(row.state == "absent" and not row.contradicted for row in rows):
        build = partial(_fill, rows=rows, common=common, ways=ways)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(Mark("absent"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(
            folds.fold(
                "criteria", _("All {count} excluding findings absent", count=len(rows)), build
            )
        )
        section.addLayout(line)
        below = QHBoxLayout()
        below.setContentsMargins(22, 0, 0, 0)
        below.setSpacing(4)
        carried = {c.id: c for row in rows for c in row.conflicts}
        origin = common if count == len(rows) else _("stated by several, or at several times")
        below.addWidget(words(origin, "dim"), 1)
        for part in conflict_links(tuple(carried.values()), ways.look_up):
            below.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        section.addLayout(below)
        return
    section.addWidget(head(_("Excluding findings")))
    if common:
        alike = _("All") if count == len(rows) else _("{count} of them", count=count)
        section.addWidget(words(f"{alike} {common}", "dim"))
    for row in rows:
        section.addWidget(_criterion(row, common, ways))
        yield


def _fill(section: QVBoxLayout, *, rows: tuple[CriterionRow, ...], common: str, ways: Ways) -> None:
    for row in rows:
        section.addWidget(_criterion(row, common, ways))


def _criterion(row: CriterionRow, common: str, ways: Ways) -> QWidget:
    """Return a finding; its origin stands with it where it is not the common one."""
    widget = QWidget()
    layout = QGridLayout(widget)
    layout.setContentsMargins(0, 1, 0, 1)
    layout.setVerticalSpacing(0)
    layout.setColumnStretch(1, 1)
    layout.addWidget(Mark(row.state), 0, 0)
    layout.addWidget(words(row.label), 0, 1)
    text = _("assess") if row.state == "unknown" else row.words
    state = link(text, partial(ways.ask, row.name), _("Go to the field"))
    state.setAccessibleName(_("{label}: {words}. Change", label=row.label, words=row.words))
    layout.addWidget(state, 0, 3)
    beside = QHBoxLayout()
    beside.setSpacing(4)
    if row.place is not None or row.annotation_uids:
        found = Origin(
            *(row.name, row.label, row.words, row.origin), row.annotation_uids, row.place
        )
        beside.addWidget(origin_link(found, ways))
    for part in conflict_links(row.conflicts, ways.look_up):
        beside.addWidget(part)
    layout.addLayout(beside, 0, 2)
    if row.origin and row.origin != common:
        layout.addWidget(words(row.origin, "dim"), 1, 1, 1, 3)
    return widget


def fill_missing(section: QVBoxLayout, rows: tuple[Origin, ...], ways: Ways) -> Iterator[None]:
    """Fill a section with what is not assessed besides the findings, each once."""
    if rows:
        section.addWidget(head(_("Also not assessed")))
    for row in rows:
        widget = QWidget()
        layout = QHBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Mark("unknown"))
        layout.addWidget(words(row.label), 1)
        layout.addWidget(origin_link(row, ways, _("assess")), 0, Qt.AlignmentFlag.AlignTop)
        section.addWidget(widget)
        yield
