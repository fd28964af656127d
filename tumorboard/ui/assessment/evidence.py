"""Evidence: everything the guideline holds, searchable, and what rests on what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from tumorboard.guidelines.search import Piece
from tumorboard.language import _, ngettext
from tumorboard.ui.shell.parts import clear, head, link, marked_words, rule, scroll_column, words

if TYPE_CHECKING:
    from tumorboard.guidelines.browser import Browser, Entry
    from tumorboard.guidelines.search import Hit

_SHOWN = 40
#: Where a rule's sentence names what it found in a case.
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_PAUSE_MS = 120


def highlighted(pieces: Iterable[Piece], role: str = "") -> QLabel:
    """Return a label in which what was searched for stands out; all else is plain text."""
    told = [Piece(_PLACEHOLDER.sub("…", piece.text), piece.hit) for piece in pieces]
    return marked_words(((piece.text, piece.hit) for piece in told), role)


class EvidencePanel(QWidget):
    """A search over rules, facts, sources, settings, conflicts and gaps.

    ``browser`` gives the entries when they are first needed. The cases in which an entry
    counted are asked for by its identifier and shown when they are there.
    """

    cases_requested = Signal(str)
    case_requested = Signal(str)
    setting_requested = Signal(str)

    def __init__(self, browser: Callable[[], Browser], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._browser = browser
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search rules, facts and sources, such as IVC stent"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(_("Search the evidence"))
        self._one = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._find)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        area, self._column = scroll_column()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        line = QHBoxLayout()
        line.setContentsMargins(16, 0, 16, 0)
        line.addWidget(self.search)
        layout.addLayout(line)
        layout.addWidget(area, 1)
        self._fill((), "")

    def look_up(self, identifier: str) -> None:
        """Show one entry, what it rests on and what rests on it."""
        self.search.setText(identifier)
        self._pause.stop()
        self._find()

    def refresh(self) -> None:
        """Show again what is searched for: the guideline is another now."""
        self._find()

    def _find(self) -> None:
        text = self.search.text().strip()
        self._fill(self._browser().find(text) if text else (), text)

    def _fill(self, hits: Sequence[Hit], text: str) -> None:
        clear(self._column)
        self._one = ""
        if not text:
            hint = _(
                "Every rule, fact, source, setting, conflict and gap that the assessment can "
                "use. Type a word or an identifier; the rule of each line of the assessment "
                "leads here."
            )
            self._column.addWidget(words(hint, "dim"))
            told = _(
                "Such as who gets it, presentation, work-up, with what the sources disagree on"
            )
            self._column.addWidget(link(_("Read by subject"), self._show_subjects, told))
        elif not hits:
            self._column.addWidget(words(_("Nothing holds all of these words."), "dim"))
        elif hits[0].id.casefold() == text.casefold():
            self._show_one(self._browser().entries[hits[0].id])
        else:
            count = len(hits)
            more = _(", the first {count} shown", count=_SHOWN) if count > _SHOWN else ""
            self._column.addWidget(head(_("{count} found{more}", count=count, more=more)))
            for hit in hits[:_SHOWN]:
                self._column.addWidget(self._row(self._browser().entries[hit.id], hit))
                self._column.addWidget(rule())
        self._column.addStretch(1)

    def _show_subjects(self) -> None:
        """Show what belongs together: the cards of the guideline, each a click away."""
        clear(self._column)
        for title in self._browser().places:
            self._column.addWidget(link(title, partial(self._show_subject, title)))
        self._column.addStretch(1)

    def _show_subject(self, title: str) -> None:
        clear(self._column)
        self._column.addWidget(link(_("All subjects"), self._show_subjects))
        self._column.addWidget(head(title))
        for entry in self._browser().places[title]:
            self._column.addWidget(self._row(entry))
            self._column.addWidget(rule())
        self._column.addStretch(1)

    def _show_one(self, entry: Entry) -> None:
        browser = self._browser()
        self._column.addWidget(self._row(entry))
        cited = [browser.entries[i] for i in entry.cites if i in browser.entries]
        for title, others in ((_("Rests on"), cited), (_("Used by"), browser.cited_by(entry.id))):
            if others:
                self._column.addWidget(head(title))
            for other in others:
                self._column.addWidget(self._row(other))
                self._column.addWidget(rule())

        ask = link(_("Cases in which it counts"), partial(self.cases_requested.emit, entry.id))
        self._column.insertWidget(1, ask)
        if entry.kind == "setting":
            change = link(_("Change it here…"), partial(self.setting_requested.emit, entry.id))
            self._column.insertWidget(1, change)
        self._one = entry.id

    def show_cases(self, identifier: str, cases: Sequence[tuple[str, str]]) -> None:
        """Show the cases (UID, words) of the entry that is on show; nothing for another."""
        if identifier != self._one:
            return
        self._column.insertWidget(2, words(_("No case of the store.") if not cases else "", "dim"))
        for uid, text in reversed(cases):
            self._column.insertWidget(2, link(text, partial(self.case_requested.emit, uid)))
        self._column.insertWidget(
            2, head(ngettext("In {count} case", "In {count} cases", len(cases)))
        )

    def _row(self, entry: Entry, hit: Hit | None = None) -> QWidget:
        """Return an entry; what of a hit was searched for stands out in its place."""
        widget = QWidget()
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(1)
        first = QHBoxLayout()
        title, text = _one(entry.title or _(entry.kind).capitalize()), _one(entry.text)
        if hit is not None:
            title, text = hit.title or title, hit.text
        first.addWidget(highlighted(title), 1)
        first.addWidget(link(entry.id, partial(self.look_up, entry.id)))
        layout.addLayout(first)
        if entry.text and entry.text != entry.title:
            layout.addWidget(highlighted(text, "dim"))
        tail = " · ".join(part for part in (_(entry.kind), entry.source) if part)
        layout.addWidget(words(tail, "dim"))
        marks = self._browser().marks(entry)
        if marks:
            layout.addWidget(words("▲ " + ", ".join(map(_, marks)), "prompt"))
        return widget


def _one(text: str) -> tuple[Piece, ...]:
    return (Piece(text, hit=False),) if text else ()
