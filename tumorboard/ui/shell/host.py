"""What a feature is given of the window: this and nothing else.

A feature never touches another feature's widgets. What one wants of another goes through a
command, or through a change of the case that the other shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tumorboard.app.session import Session
from tumorboard.app.workspace import Workspace
from tumorboard.case.facts import Place
from tumorboard.case.model import SeriesRef
from tumorboard.ui.shell.jobs import JobRunner
from tumorboard.ui.viewer.display import Display

if TYPE_CHECKING:
    from tumorboard.annotations.model import Annotation
    from tumorboard.app.settings import Settings
    from tumorboard.ui.shell.frame import WindowFrame


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

    def fill(self, count: int) -> None:
        """Show further series in displays that are empty."""

    def go_to(self, annotation: Annotation) -> None:
        """Show the place of an annotation."""

    def go_to_place(self, place: Place) -> None:
        """Show the picture that something was stated on."""

    def place(self) -> Place | None:
        """Return the picture on show, to be kept with a statement."""


class Host(Protocol):
    """The window as features see it."""

    window: WindowFrame
    workspace: Workspace
    settings: Settings
    jobs: JobRunner

    @property
    def session(self) -> Session:
        """The session of the workspace."""

    @property
    def images(self) -> Images:
        """The series on show."""

    def say(self, text: str, **more: Any) -> None:
        """Show a sentence above the images."""

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something that the outside world can spoil; say so when it does."""

    def keep_if_scratch(self) -> None:
        """Store a folder that was only being viewed, now that work was done on it."""

    def open_case(self, uid: str) -> None:
        """Open a case and show its newest images."""

    def choose_tool(self, name: str) -> None:
        """Make a tool active; the empty name is window and level."""

    def ask_fact(self, name: str) -> None:
        """Show the field of a fact."""

    def when_measured(self, work: Callable[[], None]) -> None:
        """Do this once outlines and vessels are measured: papers do not say less than is known."""

    def say_what_is_empty(self) -> None:
        """Let views without images say what brings some."""

    def apply_settings(self) -> None:
        """Let the settings take effect."""

    def keep(self) -> None:
        """Store the case of a scratch workspace."""

    def run(self, command: str) -> None:
        """Do what a command of the table does."""
