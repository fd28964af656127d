"""What a feature is given of the window, and what the window asks of a feature.

A feature never touches another feature's widgets: its own panel is handed to its constructor.
What one wants of another is handed to it by name in `features.py`, goes through a command, or
through a change of the case that the other shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from tumorboard.app.session import Session
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.facts import Place
from tumorboard.case.model import Case, SeriesRef
from tumorboard.ui.shell.jobs import JobRunner
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.room import Room

if TYPE_CHECKING:
    from tumorboard.annotations.model import Annotation


class Images(Protocol):
    """The series on show: opened into displays, and gone to."""

    @property
    def first(self) -> SeriesRef | None:
        """The series that is shown first when the case opens, None without one."""

    @property
    def shown_key(self) -> str:
        """The series in the active display, empty without one."""

    @property
    def shown_keys(self) -> dict[int, str]:
        """The series in each display, by the number of the display."""

    def show(self, key: str, number: int = -1) -> Display | None:
        """Open a series in a display, the active one by default."""

    def show_first(self) -> None:
        """Show the newest series of the open case."""

    def show_again(self) -> None:
        """Open what is shown anew: its record in the store changed."""

    def fill(self, count: int, first: int = 0) -> None:
        """Show further series in displays that are empty, from the ``first`` on."""

    def go_to(self, annotation: Annotation) -> None:
        """Show the place of an annotation."""

    def place(self) -> Place | None:
        """Return the picture on show, to be kept with a statement."""


class Host(Protocol):
    """The window as features see it.

    ``room`` and ``views`` are the images, what all views share and how they are laid out.
    ``parent_widget`` is what dialogs, timers and all that ends with the window belong to.
    """

    workspace: Workspace
    settings: Settings
    jobs: JobRunner
    room: Room
    views: ViewArea
    parent_widget: QWidget

    @property
    def session(self) -> Session:
        """The session of the workspace."""

    @property
    def case(self) -> Case | None:
        """The open case, None without one."""

    @property
    def images(self) -> Images:
        """The series on show."""

    @property
    def actions(self) -> Mapping[str, QAction]:
        """The commands of the table by name, once all features have said what they do."""

    def say(self, text: str, **more: Any) -> None:
        """Show a sentence at the top of the window."""

    def unsay(self, text: str = "") -> None:
        """Take a sentence back if it is still on show, or whatever is."""

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something that the outside world can spoil; say so when it does."""

    def run(self, command: str) -> None:
        """Do what a command of the table does."""

    def show_panel(self, panel: QWidget) -> None:
        """Bring a panel to the front, also where it was folded."""

    def open_case(self, uid: str) -> None:
        """Open a case and show its newest images."""

    def keep_if_scratch(self) -> None:
        """Store a folder that was only being viewed, now that work was done on it."""

    def when_measured(self, work: Callable[[], None]) -> None:
        """Do this once outlines and vessels are measured: papers do not say less than is known."""


class Feature:
    """What the window asks of each feature; one that has no answer leaves it as it is here."""

    #: The families of the case that it shows now: `show_case` is called when one of them changed,
    #: and when another case is opened.
    families: frozenset[str] = frozenset()

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be done; jobs under way are the window's to know."""
        return True

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each of its commands does."""
        return {}

    def listen(self) -> None:
        """Connect with panel, views and session: the commands are there now."""

    def show_case(self, case: Case | None) -> None:
        """Show what a case holds now, None without one."""

    def stop(self) -> None:
        """Store what waits and let go: the window closes."""
