"""Small labelled parts that panels are built from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.text_widgets import Button, Label, MarkedLabel
from tumorboard.ui.shell.theme import keep_scaled, scaled

_ARROW_PX = 18


def words(text: str, role: str = "", *, wrap: bool = True) -> QLabel:
    """Return a label of plain text; ``role`` chooses its style."""
    label = Label(text)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    return label


def marked_words(pieces: Iterable[tuple[str, bool]], role: str = "") -> QLabel:
    """Return a label of pieces of plain text, of which those that are marked stand out."""
    label = MarkedLabel(pieces)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label


class ElidedLabel(Label):
    """A line of plain text that ends in an ellipsis where there is no room for it."""

    def __init__(self, text: str, role: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self.set_full_text(text)

    @property
    def full_text(self) -> str:
        """The text, also where it is cut."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show another text; the tool tip has all of it."""
        self._full = text
        self.setToolTip(tip(text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Cut the text anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width(), 8)
        cut = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        self.setText(cut)


def head(text: str) -> QLabel:
    """Return a section head."""
    label = words(text.upper(), "head")
    label.setContentsMargins(0, 10, 0, 2)
    return label


def link(text: str, act: Callable[[], object], told: str = "", *, of: str = "") -> Button:
    """Return a button that looks like a link; ``told`` is its tip, ``of`` what it acts upon.

    The latter is for those who hear the name of one button among many alike.
    """
    button = Button(text)
    if of:
        button.setAccessibleName(f"{of}: {text}")
    button.setProperty("role", "link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setToolTip(tip(told))
    button.clicked.connect(lambda _checked=False: act())
    return button


def tool_button(action: QAction, text: str) -> Button:
    """Return a button that takes a tool, down while the tool is in use."""
    button = Button(text)
    button.setProperty("role", "choice")
    button.setProperty("mark", "plain")
    button.setCheckable(True)
    button.setToolTip(action.toolTip())
    button.setAccessibleName(action.text())

    def take() -> None:
        action.trigger()
        button.setChecked(action.isChecked())

    button.clicked.connect(take)
    action.toggled.connect(button.setChecked)
    return button


def rule() -> QFrame:
    """Return a thin line between rows."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line


def scroll_column() -> tuple[QScrollArea, QVBoxLayout]:
    """Return a vertical scroll area and the layout of its content."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setAccessibleName(_("Content"))
    # Only where one word alone is wider than the panel: nothing is cut off without a way to it.
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    content = QWidget()
    layout = QVBoxLayout(content)
    layout.setContentsMargins(15, 12, 15, 15)  # a ring of the focus lies around
    layout.setSpacing(4)
    area.setWidget(content)
    return area, layout


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def filling_row(name: str, share: float, changed: Callable[[float], object]) -> QHBoxLayout:
    """Return a slider that says how strongly areas are filled, from 0 to 0.8.

    ``changed`` is told of each new share.
    """
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 80)
    slider.setValue(round(share * 100))
    slider.setAccessibleName(name)
    slider.setToolTip(tip(name))
    slider.valueChanged.connect(lambda percent: changed(percent / 100))
    row = QHBoxLayout()
    row.addWidget(words(_("Lines only"), "dim", wrap=False))
    row.addWidget(slider, 1)
    row.addWidget(words(_("Filled"), "dim", wrap=False))
    return row


class Fold(QWidget):
    """A title that opens what lies below it; the content is built each time it is opened."""

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        build: Callable[[QVBoxLayout], object],
        *,
        role: str = "",
        is_open: bool = False,
    ) -> None:
        super().__init__()
        self._build = build
        self._arrow = link("▸", self.toggle, _("Open or close: {title}", title=title))
        keep_scaled(self._arrow, width=_ARROW_PX)
        self._title = words(title, role)
        self._title.setCursor(Qt.CursorShape.PointingHandCursor)
        first = QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self._title, 1)
        self._content = QWidget()
        self._inner = QVBoxLayout(self._content)
        self._inner.setContentsMargins(scaled(_ARROW_PX) + 4, 0, 0, 6)
        self._inner.setSpacing(4)
        self._content.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(first)
        layout.addWidget(self._content)
        self.open(is_open)

    @property
    def title(self) -> str:
        """What stands above."""
        return self._title.text()

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return not self._content.isHidden()

    def open(self, wanted: bool = True) -> None:
        """Open or close it; whoever listens is told when that changes it."""
        changed = wanted is not self.is_open
        if wanted and changed:
            clear(self._inner)
            self._build(self._inner)
        self._content.setVisible(wanted)
        self._arrow.setText("▾" if wanted else "▸")
        close, open_ = _("Close: {title}", title=self.title), _("Open: {title}", title=self.title)
        self._arrow.setAccessibleName(close if wanted else open_)
        if changed:
            self.toggled.emit(wanted)

    def toggle(self) -> None:
        """Open what is closed, close what is open."""
        self.open(not self.is_open)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - a name of Qt
        """Take a click on the title like one on the arrow."""
        if self._title.geometry().contains(event.position().toPoint()):
            self.toggle()


class Folds:
    """Which folds of a panel are open, by name, so that a rebuilt panel keeps them so."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._made: dict[str, Fold] = {}

    def fold(
        self, name: str, title: str, build: Callable[[QVBoxLayout], object], role: str = ""
    ) -> Fold:
        """Return a fold that stands as one of its name stood last."""
        made = Fold(title, build, role=role, is_open=name in self._open)
        made.toggled.connect(lambda is_open: self._note(name, is_open))
        self._made[name] = made
        return made

    def open(self, name: str) -> None:
        """Open the fold of a name, where there is one."""
        made = self._made.get(name)
        if made is not None and not made.is_open:
            made.toggle()

    def any_open(self, prefix: str) -> bool:
        """Whether a fold is open whose name begins so."""
        return any(name.startswith(prefix) for name in self._open)

    def _note(self, name: str, is_open: bool) -> None:
        (self._open.add if is_open else self._open.discard)(name)
