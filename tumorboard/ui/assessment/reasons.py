"""A reason as lines of the panel: words, rule, origin, sources, reservations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tumorboard.language import _, ngettext
from tumorboard.text import tip
from tumorboard.ui.assessment.rows import ConflictRow, Origin, ReasonRow
from tumorboard.ui.shell.flow import FlowLayout
from tumorboard.ui.shell.parts import Fold, link, words
from tumorboard.ui.shell.text_widgets import Button


class Ways:
    """What the lines of the panel can ask for."""

    def __init__(
        self,
        look_up: Callable[[str], object],
        go_to: Callable[[Origin], object],
        ask: Callable[[str], object],
        attempt: Callable[[tuple[tuple[str, object], ...]], object],
        open_case: Callable[[str], object],
    ) -> None:
        self.look_up, self.go_to, self.ask = look_up, go_to, ask
        self.attempt, self.open_case = attempt, open_case


def origin_link(origin: Origin, ways: Ways, text: str = "") -> Button:
    """Return a link to the field or picture that a value comes from."""
    button = link(text or origin.where, partial(ways.go_to, origin), origin.words)
    button.setAccessibleName(_("Go to {label}", label=origin.label))
    return button


def missing_link(missing: tuple[Origin, ...], ways: Ways) -> Button:
    """Return "2 inputs missing", which leads to the first of them."""
    count = ngettext("{count} input missing", "{count} inputs missing", len(missing))
    button = origin_link(missing[0], ways, count)
    button.setToolTip(tip("\n".join(origin.label for origin in missing)))
    button.setAccessibleName(f"{count}: {', '.join(origin.label for origin in missing)}")
    return button


def chips(marks: Iterable[str]) -> list[QWidget]:
    """Return reservations as chips, dashed, in the words of the guideline."""
    found: list[QWidget] = []
    for mark in marks:
        cut = mark if len(mark) <= _CHIP else f"{mark[:_CHIP]}…"
        chip = words(
            next((short for part, short in _SHORT if part in mark), cut), "mark", wrap=False
        )
        chip.setToolTip(tip(mark))
        chip.setAccessibleName(_("Reservation: {text}", text=mark))
        found.append(chip)
    return found


#: So many letters of other reservations stand on a chip; the whole is in its tip and the card.
_CHIP = 22
#: What a chip reads for the words of a reservation; the others stand as they are.
_SHORT = (
    ("lay overview", _("lay text")),
    ("one reported case", _("one case")),
    ("histology not recorded", _("histology not recorded")),
    ("not for this site", _("other site")),
    ("site not recorded", _("site not recorded")),
    ("extrapolated: stated for", _("other histology")),
    ("extrapolated", _("extrapolated")),
    ("public", _("public reference")),
    ("consistency check", _("no source")),
    ("institutional departure", _("institutional departure")),
)


def reason_lines(reason: ReasonRow, ways: Ways, *, say: bool = True) -> QWidget:
    """Return the reason with its rule, reservations and where it leads; more is in its tip."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    if say and reason.text:
        layout.addWidget(words(reason.text, "dim"))
    below = FlowLayout()
    add_links(below, reason, ways)
    layout.addLayout(below)
    return widget


def rule_link(reason: ReasonRow, ways: Ways) -> Button:
    """Return a link to the rule; its tip has the sources and what was read."""
    told = [] if not reason.text else [reason.text]
    told += _block(_("Statements, by the patients they are about:"), reason.facts)
    told += _block(_("Sources:"), reason.sources)
    told += _block(_("Read for this line:"), tuple(o.words for o in reason.origins))
    button = link(reason.rule, partial(ways.look_up, reason.rule), "\n".join(told))
    button.setAccessibleName(_("Show the rule {rule} and what it rests on", rule=reason.rule))
    return button


def add_links(flow: FlowLayout, reason: ReasonRow, ways: Ways, *, lead: bool = True) -> None:
    """Add the rule, where it leads, and its reservations to a line."""
    flow.addWidget(rule_link(reason, ways))
    if lead and reason.first is not None:
        flow.addWidget(origin_link(reason.first, ways))
    for chip in chips(reason.marks):
        flow.addWidget(chip)


def whole_reason(reason: ReasonRow, ways: Ways) -> QWidget:
    """Return a reason with its statements by scope, its sources, and every value that it read."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 2, 0, 4)
    layout.setSpacing(1)
    lost = _(" · outweighed by another reason") if reason.lost else ""
    strength = f" ({reason.strength})" if reason.strength else ""
    layout.addWidget(words(f"{reason.text}{strength}{lost}", "dim" if reason.lost else ""))
    flow = FlowLayout()
    add_links(flow, reason, ways)
    layout.addLayout(flow)
    for mark in reason.marks:
        layout.addWidget(words(mark[:1].upper() + mark[1:], "prompt"))
    layout.addWidget(words(" · ".join(reason.facts), "dim"))
    layout.addWidget(words("; ".join(reason.sources), "dim"))
    if reason.origins:
        build = partial(_fill_origins, origins=reason.origins, ways=ways)
        layout.addWidget(
            Fold(_("Values it read: {count}", count=len(reason.origins)), build, role="dim")
        )
    return widget


def _fill_origins(section: QVBoxLayout, *, origins: tuple[Origin, ...], ways: Ways) -> None:
    for origin in origins:
        section.addWidget(origin_line(origin, ways))


def origin_line(origin: Origin, ways: Ways) -> QWidget:
    """Return a value that was read, who entered it, and the link to where."""
    widget = QWidget()
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(words(origin.words, "dim"), 1)
    layout.addWidget(origin_link(origin, ways), 0, Qt.AlignmentFlag.AlignTop)
    if origin.on_picture:
        field = link(
            _("field"), partial(ways.ask, origin.field), _("Go to {label}", label=origin.label)
        )
        field.setAccessibleName(_("Field of {label}", label=origin.label))
        layout.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
    return widget


def conflict_lines(row: ConflictRow, look_up: Callable[[str], object]) -> QWidget:
    """Return a disagreement with its sides, their scope and sources, and which governs why."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    first = QHBoxLayout()
    first.addWidget(words(row.title), 1)
    first.addWidget(link(row.id, partial(look_up, row.id)))
    layout.addLayout(first)
    for side in row.sides:
        layout.addWidget(
            words(_("● Governs: {side}", side=side.text) if side.governs else f"○ {side.text}")
        )
        layout.addWidget(words(f"{side.id}, {side.scope} · {side.source}", "dim"))
    if not any(side.governs for side in row.sides):
        layout.addWidget(words(_("Neither governs; the board decides."), "dim"))
    layout.addWidget(words(_("Why: {reason}", reason=row.why)))
    return widget


def conflict_links(
    rows: tuple[ConflictRow, ...], look_up: Callable[[str], object]
) -> list[QWidget]:
    """Return where the sources differ, each as a link to both sides; nothing without any."""
    if not rows:
        return []
    mark = words("≠", "dim", wrap=False)
    mark.setToolTip(tip(_("The sources differ")))
    mark.setAccessibleName(_("The sources differ"))
    parts: list[QWidget] = [mark]
    for row in rows:
        button = link(row.id, partial(look_up, row.id), f"{row.title}\n{row.why}")
        button.setAccessibleName(f"{row.id}: {row.title}")
        parts.append(button)
    return parts


def add_conflicts(
    flow: FlowLayout, rows: tuple[ConflictRow, ...], look_up: Callable[[str], object]
) -> None:
    """Add where the sources differ to a line."""
    for part in conflict_links(rows, look_up):
        flow.addWidget(part)


def _block(title: str, lines: tuple[str, ...]) -> list[str]:
    return [title, *lines] if lines else []
