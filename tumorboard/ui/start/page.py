"""The page in place of the images while no case is open: ways to begin, and where one was last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from tumorboard.language import _
from tumorboard.text import tip
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.parts import ElidedLabel, clear, head, link, words
from tumorboard.ui.shell.text_widgets import Button
from tumorboard.ui.shell.theme import keep_scaled, scaled

#: The ways to begin, as (command, icon); one that the window has no command for is left out.
WAYS: Final = (
    ("file.folder", "folder-open"),
    ("file.files", "files"),
    ("file.demonstration", "test-pipe"),
)
_ICON_PX: Final = 24
#: The page is no wider (px at the usual size of letters), and below this its parts stand below
#: one another.
_WIDEST, _SIDE_BY_SIDE = 720, 520
_ROOM_PX: Final = 24
#: A link has its words so far (px) from its left edge.
_BELOW_LINK: Final = 3


@dataclass(frozen=True)
class Place:
    """Something that can be opened again: what it is called, and what stands below."""

    key: str
    name: str
    detail: str = ""


class StartPage(QFrame):
    """Lies over the views of the images. ``dropped`` carries the paths that fell on it."""

    dropped = Signal(list)
    case_wanted = Signal(str)
    folder_wanted = Signal(str)

    def __init__(self, home: QWidget) -> None:
        super().__init__(home)
        self._home = home
        self.setProperty("role", "start")
        self.setAcceptDrops(True)
        self.setAccessibleName(_("Ways to begin"))
        self.buttons: dict[str, Button] = {}
        self._ways = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._ways.setSpacing(8)
        self._target = QFrame()
        self._target.setProperty("role", "target")
        self._recent = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._recent.setSpacing(32)
        self.cases, self._cases = _recent_list(_("Recent cases"))
        self.folders, self._folders = _recent_list(_("Recent folders"))
        self._shown: tuple[tuple[Place, ...], tuple[Place, ...]] | None = None
        self._lay()
        home.installEventFilter(self)
        self.hide()

    def _lay(self) -> None:
        content = QWidget()
        keep_scaled(content, most_width=_WIDEST)
        column = QVBoxLayout(content)
        column.setContentsMargins(_ROOM_PX, _ROOM_PX, _ROOM_PX, _ROOM_PX)
        column.setSpacing(16)
        column.addWidget(words(_("Open images to begin"), "title"))
        column.addLayout(self._ways)
        inside = QVBoxLayout(self._target)
        inside.setContentsMargins(16, 20, 16, 20)
        told = words(_("Or drop a folder, image files or a case bundle here."), "dim")
        told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(told)
        column.addWidget(self._target)
        for part in (self.cases, self.folders):
            self._recent.addWidget(part, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self._recent)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        across = QBoxLayout(QBoxLayout.Direction.LeftToRight, holder)
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(content, 100)
        across.addStretch(1)
        area.setWidget(holder)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    # -- what is offered -----------------------------------------------------------------

    def offer(self, actions: Mapping[str, QAction]) -> None:
        """Make a button of each way to begin that there is a command for."""
        for name, picture in WAYS:
            if name in actions:
                self.buttons[name] = _way(actions[name], picture)
                self._ways.addWidget(self.buttons[name], 1)

    def show_recent(self, cases: Sequence[Place], folders: Sequence[Place]) -> None:
        """List the cases and folders of the last time; a list without any is left out."""
        shown = tuple(cases), tuple(folders)
        if shown == self._shown:
            return
        self._shown = shown
        lists = (
            (self.cases, self._cases, cases, self.case_wanted.emit),
            (self.folders, self._folders, folders, self.folder_wanted.emit),
        )
        for home, column, places, go in lists:
            clear(column)
            for place in places:
                _add(column, place, go)
            home.setVisible(bool(places))

    def take_keys(self) -> None:
        """Put the keys on the first way to begin."""
        for button in list(self.buttons.values())[:1]:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def folder_names(self, folders: Sequence[str]) -> list[Place]:
        """Return folders as they are listed: by name, with where they lie below."""
        return [Place(f, Path(f).name or f, str(Path(f).parent)) for f in folders]

    # -- where it lies -------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        """Cover all of the views."""
        if watched is self._home and event.type() is QEvent.Type.Resize:
            self.cover()
        return super().eventFilter(watched, event)

    def cover(self) -> None:
        """Lie over all of the views."""
        self.setGeometry(self._home.rect())
        self.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Put the parts below one another where they have no room side by side."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= scaled(_SIDE_BY_SIDE)
        to_right, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        for row in (self._ways, self._recent):
            row.setDirection(to_right if is_wide else down)

    # -- what falls on it ----------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - a name of Qt
        """Take files and folders, and show that they may fall here."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._show_target(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - a name of Qt
        """Nothing is held over it any more."""
        super().dragLeaveEvent(event)
        self._show_target(over=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - a name of Qt
        """Tell what fell."""
        self._show_target(over=False)
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _show_target(self, *, over: bool) -> None:
        self._target.setProperty("over", over)
        self._target.style().unpolish(self._target)
        self._target.style().polish(self._target)


def _way(action: QAction, picture: str) -> Button:
    button = Button(action.text())
    button.setProperty("role", "way")
    button.setIcon(icon(picture))
    keep_scaled(button, icon=_ICON_PX)
    button.setToolTip(action.toolTip())
    button.setAccessibleName(action.text())
    button.clicked.connect(lambda _checked=False: action.trigger())
    return button


def _recent_list(title: str) -> tuple[QWidget, QVBoxLayout]:
    """Return a head with room for places below, and that room."""
    home = QWidget()
    outer, column = QVBoxLayout(home), QVBoxLayout()
    outer.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    outer.addWidget(head(title))
    outer.addLayout(column)
    return home, column


def _add(column: QVBoxLayout, place: Place, go: Callable[[str], object]) -> None:
    button = link(place.name, lambda: go(place.key), tip(place.detail))
    button.setAccessibleName(", ".join(part for part in (place.name, place.detail) if part))
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    detail = ElidedLabel(place.detail, "dim")
    detail.setContentsMargins(_BELOW_LINK, 0, 0, 8)
    column.addWidget(detail)
