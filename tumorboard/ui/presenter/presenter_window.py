"""The presenter's window: what the audience sees, what comes next, notes, clock, agenda, tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFont, QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.commands import PRESENTING, Command
from tumorboard.app.key_owner import Owner, talk_owner
from tumorboard.app.talk import Question, Talk, behind_seconds, case_seconds, talk_seconds
from tumorboard.language import _, ngettext
from tumorboard.text import tip
from tumorboard.ui.meeting.decision_panel import DecisionPanel
from tumorboard.ui.presenter.audience import Content
from tumorboard.ui.presenter.keys import wish_of
from tumorboard.ui.presenter.mirror import Mirror
from tumorboard.ui.presenter.pointer import Trail
from tumorboard.ui.shell.key_stroke import focus_of, stroke_of
from tumorboard.ui.shell.parts import ElidedLabel, head, words
from tumorboard.ui.shell.text_widgets import Label
from tumorboard.ui.shell.theme import COLOURS, text_font

_MINUTE: Final = 60
_NEXT: Final = QSize(336, 189)
_NEXT_SHARE: Final = 5
_SIDE: Final = 368
_DECISION: Final = 432
_NOTES_LATER_MS: Final = 900


def clock_words(seconds: float) -> str:
    """Return "2:05"; a sign before what is negative."""
    whole = int(abs(seconds))
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // _MINUTE}:{whole % _MINUTE:02d}"


def case_clock(talk: Talk, now: float) -> tuple[str, bool]:
    """Return "2:05 of 3:00", and whether the case is over its minutes."""
    spent, planned = case_seconds(talk, now), talk.slot.minutes * _MINUTE
    over = spent > planned
    told = _("{spent} of {planned}", spent=clock_words(spent), planned=clock_words(planned))
    if over:
        told = _("{time} · over by {excess}", time=told, excess=clock_words(spent - planned))
    return told, over


def talk_clock(talk: Talk, now: float) -> str:
    """Return "12:40 of 45:00 · 2 min behind"."""
    late = int(behind_seconds(talk, now) // _MINUTE)
    told = _("{late} min behind", late=late) if late > 0 else _("in time")
    spent, planned = clock_words(talk_seconds(talk, now)), clock_words(talk.minutes * _MINUTE)
    return " · ".join((_("{spent} of {planned}", spent=spent, planned=planned), told))


class PresenterWindow(QMainWindow):
    """Stands on the screen that only the presenter sees.

    ``wished`` carries what a key or a button asks for, ``case_wished`` the number of a case
    from 1, ``noted`` the notes as they read now, ``kept`` and ``thrown`` the UID of a case
    whose new measurements were asked about.
    """

    wished = Signal(str)
    case_wished = Signal(int)
    noted = Signal(str)
    kept = Signal(str)
    thrown = Signal(str)
    closing = Signal()

    def __init__(self, content: Content, trail: Trail, notes_px: int) -> None:
        super().__init__()
        self.setWindowTitle(_("Presenter"))
        self.buttons: dict[str, QToolButton] = {}
        self.mirror = Mirror(content, trail)
        self.notes = QPlainTextEdit()
        self.notes.setFont(text_font(notes_px))
        self.notes.setStyleSheet(f"font-size: {notes_px}px")
        self.notes.setPlaceholderText(_("Notes: only you see them. Esc leaves them."))
        self.notes.setAccessibleName(_("Notes"))
        self.agenda = QListWidget()
        self.agenda.setAccessibleName(_("Agenda"))
        self.agenda.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.agenda.setSpacing(3)
        self.agenda.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.next_picture = Label()
        self.next_picture.setFixedHeight(_NEXT.height())
        self.next_picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.next_picture.setWordWrap(True)
        self.next_picture.setStyleSheet("background: #000000")
        self.next_words = ElidedLabel("", "dim")
        self.case_time = _Clock(_("Case"), 26)
        self.talk_time = _Clock(_("Meeting"), 17)
        self.said = words("", "prompt")
        self.typed = words("", "prompt", wrap=False)
        self.question_bar = _QuestionBar(self)
        self.decision = DecisionPanel()
        self.is_deciding = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_NOTES_LATER_MS)
        self._later.timeout.connect(self.flush_notes)
        self._held = ""
        self._next = QPixmap()
        self._arrange()
        self.agenda.itemClicked.connect(lambda i: self.case_wished.emit(self.agenda.row(i) + 1))
        self.notes.textChanged.connect(self._later.start)
        self.decision.edited.connect(lambda _decision: self._watch())
        self._watch()

    def _watch(self) -> None:
        """See the keys of all parts first; rows of a decision come while it is written."""
        for widget in self.findChildren(QWidget):
            widget.removeEventFilter(self)
            widget.installEventFilter(self)

    # -- the parts ---------------------------------------------------------------------

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(12, 8, 8, 12)
        left.setSpacing(8)
        left.addWidget(self.question_bar)
        left.addWidget(self.mirror, 1)
        left.addWidget(self.said)
        clocks = QHBoxLayout()
        clocks.setSpacing(40)
        clocks.addWidget(self.case_time)
        clocks.addWidget(self.talk_time)
        clocks.addStretch(1)
        clocks.addWidget(self.typed)
        left.addLayout(clocks)
        self._side = QWidget()
        self._side.setFixedWidth(_SIDE)
        right = QVBoxLayout(self._side)
        right.setContentsMargins(8, 8, 16, 12)
        right.setSpacing(6)
        for widget, share in (
            (head(_("Next")), 0),
            (self.next_picture, 0),
            (self.next_words, 0),
            (head(_("Notes")), 0),
            (self.notes, 3),
            (head(_("Agenda")), 0),
            (self.agenda, 3),
        ):
            right.addWidget(widget, share)
        across = QHBoxLayout()
        across.addLayout(left, 1)
        across.addWidget(self._side)
        self.decision.setFixedWidth(_DECISION)
        self.decision.hide()
        across.addWidget(self.decision)
        outer = QWidget()
        column = QVBoxLayout(outer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addLayout(across, 1)
        self.setCentralWidget(outer)

    def _bar(self) -> QWidget:
        bar = QFrame()
        bar.setProperty("role", "header")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(6)
        self.title = ElidedLabel("", "title")
        row.addWidget(self.title, 1)
        group = QButtonGroup(self)
        for entry in (c for c in PRESENTING if c.name.startswith("tool.")):
            button = self._button(entry, entry.short)
            group.addButton(button)
            row.addWidget(button)
        row.addSpacing(16)
        for name, text in _BUTTONS:
            entry = next(c for c in PRESENTING if c.name == name)
            row.addWidget(self._button(entry, text))
        self.buttons["tool."].setChecked(True)
        return bar

    def _button(self, entry: Command, text: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "tool")
        button.setText(text)
        button.setToolTip(tip(f"{entry.label} ({', '.join(entry.keys)})"))
        button.setAccessibleName(entry.label)
        button.setCheckable(entry.checkable or entry.name == "blank")
        button.setMinimumHeight(30)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _on=False, name=entry.name: self.wished.emit(name))
        self.buttons[entry.name] = button
        return button

    # -- what is shown -----------------------------------------------------------------

    def show_talk(self, talk: Talk) -> None:
        """Show the state of a talk: agenda, switches, question."""
        self.title.set_full_text(
            _(
                "Case {case} of {count} · {title}",
                case=talk.case + 1,
                count=len(talk.slots),
                title=talk.title,
            )
        )
        if self.agenda.count() != len(talk.slots):
            self.agenda.clear()
            for slot in talk.slots:
                entry = QListWidgetItem()
                entry.setToolTip(tip(slot.question))
                self.agenda.addItem(entry)
        for n in range(self.agenda.count()):
            item, font = self.agenda.item(n), QFont(self.agenda.font())
            here = n == talk.case
            font.setBold(here)
            item.setFont(font)
            item.setText(_agenda_words(talk, n))
        self.agenda.setCurrentRow(talk.case)
        for name, on in (("blank", talk.blank), ("pointer", talk.pointer), ("told", talk.told)):
            self.buttons[name].setChecked(on)
        self.typed.setText(_("Go to case {typed}", typed=talk.typed) if talk.typed else "")
        self.mirror.set_blank(on=talk.blank)
        self.question_bar.show_questions(() if self.is_deciding else talk.asked)

    def show_tool(self, name: str) -> None:
        """Mark the tool in use."""
        button = self.buttons.get(f"tool.{name}")
        if button is not None:
            button.setChecked(True)

    def show_clock(self, talk: Talk, now: float) -> None:
        """Show how long the case and the talk last."""
        text, over = case_clock(talk, now)
        self.case_time.show_time(text, over=over)
        self.talk_time.show_time(talk_clock(talk, now), over=False)

    def show_next(self, title: str, picture: QImage | None) -> None:
        """Show what comes next: its picture, or its name alone."""
        self.next_words.set_full_text("" if picture is None else title)
        if picture is None:
            self._next = QPixmap()
            self.next_picture.setPixmap(self._next)
            self.next_picture.setText(title)
        else:
            self.next_picture.setText("")
            self._next = QPixmap.fromImage(picture)
            self._fit_next()

    def _fit_next(self) -> None:
        """Keep room for notes and agenda on a low screen: the next picture is smaller there."""
        height = min(_NEXT.height(), self.height() // _NEXT_SHARE)
        self.next_picture.setFixedHeight(height)
        if not self._next.isNull():
            ratio = self.devicePixelRatioF()
            size = QSize(_NEXT.width(), height) * ratio
            modes = (Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            scaled = self._next.scaled(size, *modes)
            scaled.setDevicePixelRatio(ratio)
            self.next_picture.setPixmap(scaled)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Give the next picture its share."""
        super().resizeEvent(event)
        self._fit_next()

    def show_decision(self, *, on: bool) -> None:
        """Show the decision in place of the next page, notes and agenda, or these again."""
        self.flush_notes()
        self.is_deciding = on
        self._side.setVisible(not on)
        self.decision.setVisible(on)
        self.buttons["decide"].setChecked(on)
        self._watch()
        if on:
            self.decision.go_to_first()
        else:
            self.setFocus()

    def show_notes(self, text: str) -> None:
        """Show the notes of a case."""
        self.flush_notes()
        self.notes.blockSignals(True)
        self.notes.setPlainText(text)
        self.notes.blockSignals(False)
        self._held = text

    def flush_notes(self) -> None:
        """Tell the notes when they were changed."""
        self._later.stop()
        text = self.notes.toPlainText()
        if text != self._held:
            self._held = text
            self.noted.emit(text)

    def say(self, sentence: str) -> None:
        """Show a sentence to the presenter alone."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def stop(self) -> None:
        """Stop what is under way."""
        self.flush_notes()
        self.mirror.stop()

    # -- keys --------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Take the keys from the parts that `talk_owner` gives to the talk, or to nobody."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if not isinstance(watched, QWidget):
            return super().eventFilter(watched, event)
        focused = QApplication.focusWidget()
        pages = event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if not pages and focused not in (None, watched) and watched.isAncestorOf(focused):
            return True  # what a field had for itself and did not use drives no talk
        deciding = self.decision.isAncestorOf(watched)
        if watched is self.notes and event.key() == Qt.Key.Key_Escape:
            self.flush_notes()
            self.setFocus()
            return True
        wish = self._wish(event, deciding=deciding)
        focus = focus_of(watched)
        owner = talk_owner(stroke_of(event), wish, focus, pages=pages, deciding=deciding)
        if owner is Owner.WINDOW:
            self.wished.emit(wish)
        return owner is not Owner.FIELD

    def _wish(self, event: QKeyEvent, *, deciding: bool) -> str:
        """Return what a key asks for; two keys lead out of the decision."""
        out = (Qt.Key.Key_Escape, Qt.Key.Key_F5) if deciding else (Qt.Key.Key_F5,)
        back = self.is_deciding and event.key() in out
        return "decide" if back else wish_of(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - a name of Qt
        """Ask for what the key means."""
        wish = self._wish(event, deciding=False)
        if wish:
            self.wished.emit(wish)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - a name of Qt
        """End the talk."""
        self.closing.emit()
        super().closeEvent(event)


#: Buttons beside the tools, with their words.
_BUTTONS: Final = (
    ("undo", "↶"),
    ("pointer", _("Pointer")),
    ("column", _("Facts")),
    ("told", _("Initials")),
    ("decide", _("Decision")),
    ("blank", _("Blank")),
    ("back", _("‹ Back")),
    ("forward", _("Next ›")),
    ("end", _("End")),
)


def _agenda_words(talk: Talk, n: int) -> str:
    slot = talk.slots[n]
    mark = "▸" if n == talk.case else "✓" if talk.spent[n] > 0 else " "
    told = _("archived: passed over") if slot.archived else _("{minutes} min", minutes=slot.minutes)
    return f"{mark} {n + 1}  {slot.label} · {told}"


class _Clock(QWidget):
    """A head and a time below it."""

    def __init__(self, name: str, pixels: int) -> None:
        super().__init__()
        self._time = words("", wrap=False)
        self._pixels = pixels
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head(name))
        column.addWidget(self._time)
        self.show_time("", over=False)

    @property
    def text(self) -> str:
        """The time in words."""
        return self._time.text()

    def show_time(self, text: str, *, over: bool) -> None:
        """Show a time; one that is over stands out, and says so."""
        self._time.setText(text)
        ink = COLOURS["warn" if over else "text"]
        sheet = f"font-size: {self._pixels}px; font-weight: 600; color: {ink}"
        if self._time.styleSheet() != sheet:
            self._time.setStyleSheet(sheet)


class _QuestionBar(QFrame):
    """Asks what becomes of measurements made during the talk."""

    def __init__(self, window: PresenterWindow) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        self._window = window
        self._uid = ""
        self.text = words("")
        self.keep = QPushButton(_("Keep"))
        self.throw = QPushButton(_("Throw away"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.text, 1)
        row.addWidget(self.keep)
        row.addWidget(self.throw)
        self.keep.clicked.connect(lambda: window.kept.emit(self._uid))
        self.throw.clicked.connect(lambda: window.thrown.emit(self._uid))
        self.hide()

    def show_questions(self, asked: Sequence[Question]) -> None:
        """Ask about the case that was left first."""
        self.setVisible(bool(asked))
        if asked:
            self._uid = asked[0].case_uid
            self.text.setText(question_words(asked[0]))


def question_words(question: Question) -> str:
    """Return "RP-0001: 2 measurements were made during the talk."."""
    count = len(question.annotations)
    return ngettext(
        "{label}: {count} measurement was made during the talk.",
        "{label}: {count} measurements were made during the talk.",
        count,
        label=question.label,
    )
