"""Starts Qt: the window, the report writer, and the demonstration with or without a display."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.resources import resource_path
from tumorboard.system_libraries import ensure_system_libraries

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tumorboard.app.ahead import ScanAhead
    from tumorboard.app.settings import Settings
    from tumorboard.app.workspace import Workspace
    from tumorboard.reports.identity import Choice
    from tumorboard.ui.shell.window import MainWindow

#: Seconds for which a worker may keep the interpreter from the window, a tenth of the usual.
_SWITCH_S = 0.0005

#: A case that was opened is assessed after this pause (ms), in which its pictures are painted.
_AFTER_IMAGES_MS = 60

#: The rules are read after this time (ms) when no picture comes before.
_PATIENCE_MS = 4000

#: What the program says, with the seconds of the clock, when it was started to be timed.
FIRST_PICTURE = "first picture"


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    if not sys.platform.startswith("linux"):
        return True
    wanted = os.environ.get("QT_QPA_PLATFORM", "")
    if wanted in ("offscreen", "minimal"):
        return False
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_window(folder: Path, view: ScanAhead | None = None, *, until_first: bool = False) -> int:
    """Show the window until it is closed; with ``view`` show what it finds, storing nothing.

    Raises
    ------
    UserError
        When a system library is missing, there is no display, or the store cannot be opened.

    """
    if not has_display() and "QT_QPA_PLATFORM" not in os.environ:
        raise UserError(
            _("There is no display to show the window on."),
            _("Use a desktop session, or the commands that need none: see --help."),
        )
    gc.disable()  # while all is made that stays; see images_first
    # Before the toolkit, which reads the source of every module that is imported after it.
    importlib.import_module("tumorboard.app.workspace")
    importlib.import_module("tumorboard.app.commands")
    try:
        return _run_window(start_qt(), folder, view, until_first)
    except UserError as error:
        # Say in a window why there is no window: a start from the desktop has no terminal.
        from tumorboard.ui.shell.text_widgets import Question

        if has_display():
            box = Question(None, "Tumorboard", str(error))
            box.setIcon(Question.Icon.Critical)
            box.exec()
        raise
    finally:
        gc.enable()


def _run_window(
    application: QApplication, folder: Path, view: ScanAhead | None, until_first: bool
) -> int:
    from tumorboard.app.settings import Settings
    from tumorboard.ui.shell.doubts import tell_doubts
    from tumorboard.ui.shell.faults import catch_faults
    from tumorboard.ui.shell.theme import unstyled
    from tumorboard.ui.shell.window import MainWindow
    from tumorboard.ui.shell.window_place import note_place, open_as_left

    settings = Settings()
    sys.setswitchinterval(_SWITCH_S)
    workspace = opened_workspace(folder, settings, scratch=view is not None)
    try:
        with unstyled(application):
            window = MainWindow(workspace, settings)
        images_first(window)
        catch_faults(lambda text: window.controller.say(text, state="warning"))
        for problem in (*settings.problems, workspace.reservation, workspace.restored):
            if problem:
                window.controller.say(problem, state="warning")
        open_as_left(window)
        if view is None:
            tell_doubts(window.controller)
            _warm_up(window, workspace)
        elif until_first:
            _at_first_picture(window, partial(_end, window))
        else:
            _at_first_picture(window, partial(_warm_up, window, workspace), _PATIENCE_MS)
        if view is not None:
            window.features.imports.start([str(path) for path in view.paths], view)
        code = int(application.exec())
        note_place(window)
        return code
    finally:
        workspace.close()


def opened_workspace(folder: Path, settings: Settings, *, scratch: bool) -> Workspace:
    """Open the store; when it is damaged, ask what to do before any work.

    Raises
    ------
    UserError
        When it cannot be opened, or the person chose to leave.

    """
    from tumorboard.app.store_copy import restore_store
    from tumorboard.app.workspace import DamagedStoreError, Workspace

    open_store = partial(
        Workspace,
        folder,
        settings.author,
        scratch=scratch,
        memory_mb=settings.integer("viewer.memory_mb"),
        wait_for_rules=False,
    )
    try:
        return open_store()
    except DamagedStoreError as error:
        if not has_display():
            raise
        from tumorboard.ui.shell.damaged_store import DamagedStoreDialog, Way

        dialog = DamagedStoreDialog(error)
        dialog.exec()
        way = dialog.way
        if way is Way.RESTORE and error.copy is not None:
            done = restore_store(folder, error.copy.path)
            workspace = open_store()
            workspace.restored = done
            return workspace
        if way is Way.READ:
            return open_store(read_only=True)
        raise


def images_first(window: MainWindow) -> None:
    """Let pictures come before what is said of them, and never wait for old rubbish.

    A collection of everything that a start has made takes as long as three frames, and finds
    nothing: what is there now stays until the end.
    """
    from PySide6.QtCore import QTimer

    window.assessment.in_steps = True
    window.features.overlays.after_pictures()
    window.controller.session.later = partial(QTimer.singleShot, _AFTER_IMAGES_MS, window)
    gc.freeze()
    gc.enable()


def _warm_up(window: MainWindow, workspace: Workspace) -> None:
    """Read the rules in the background, then assess what is open."""
    from tumorboard.app.workspace import warm_up
    from tumorboard.imaging.native.library import load_kernels

    guidance = workspace.guidance

    def ready(_result: object) -> None:
        gc.freeze()
        workspace.session.assess_again()
        window.controller.attempt(load_kernels)
        if guidance.problem:
            window.controller.say(guidance.problem, state="warning")
        elif guidance.chosen.newer:
            window.controller.say(guidance.chosen.newer)

    window.controller.jobs.start(
        "warm up", lambda reporter: warm_up(guidance, reporter), finished=ready
    )


def _at_first_picture(window: MainWindow, act: Callable[[], None], at_most_ms: int = 0) -> None:
    """Do something once a picture stands in the window, or after ``at_most_ms`` without one."""
    from PySide6.QtCore import QTimer

    viewer = window.viewer
    waiting = [act]

    def now() -> None:
        if waiting:
            viewer.changed.disconnect(look)
            viewer.arrived.disconnect(look)
            waiting.pop()()

    def look() -> None:
        if viewer.volume is not None and viewer.volume.loaded.any():
            window.views.active_view().repaint()
            now()

    viewer.changed.connect(look)
    viewer.arrived.connect(look)  # slices that take long to decode come after all that changes
    if at_most_ms:
        QTimer.singleShot(at_most_ms, window, now)


def _end(window: MainWindow) -> None:
    """Say when the first picture was painted and close: for timing a start."""
    from PySide6.QtCore import QTimer

    sys.stdout.write(f"{FIRST_PICTURE} {time.time():.4f}\n")
    sys.stdout.flush()
    QTimer.singleShot(0, window, window.close)  # what has shown the picture ends first


def start_qt(*, offscreen: bool = False) -> QApplication:
    """Return the application object, made once, with the theme applied.

    Raises
    ------
    UserError
        When one of Qt's system libraries is missing; the sentence names the command.

    """
    problem = ensure_system_libraries()
    if problem:
        raise UserError(problem)
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from tumorboard.ui.shell.qt_words import speak
    from tumorboard.ui.shell.theme import apply_theme

    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(["tumorboard"])
    # After it was made: the platform sets it. A line drawn by hand keeps each point of the mouse
    # however busy the window is; what only follows the mouse is painted once for many of them.
    application.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    application.setApplicationDisplayName("Tumorboard")
    application.setDesktopFileName("tumorboard")
    application.setWindowIcon(QIcon(str(resource_path("icons", "tumorboard.svg"))))
    speak(application)
    apply_theme(application)
    return application


def write_report(
    folder: Path,
    label: str,
    files: tuple[Path | None, Path | None],
    paper: str,
    *,
    identity: bool,
    answers: Choice | None = None,
) -> list[Path]:
    """Write the board report of the case with this label as PDF, HTML; return what was written.

    ``answers`` is what holds for every word that may be a name of the patient.

    Raises
    ------
    UserError
        When there is no such case, a file cannot be written, or its name tells who the case
        is about though identity is not wanted.

    """
    start_qt(offscreen=not has_display())
    from tumorboard.app.case_repository import can_be_written
    from tumorboard.app.file_names import check_name
    from tumorboard.app.headless import must_hold_store
    from tumorboard.app.settings import Settings
    from tumorboard.app.shared_case import case_named
    from tumorboard.app.told import refuse_doubts
    from tumorboard.app.workspace import Workspace
    from tumorboard.ui.sharing.board_report import build_report, report_inputs, save_report

    must_hold_store(folder)
    workspace = Workspace(folder, Settings().author, read_only=not can_be_written(folder))
    try:
        session = workspace.session
        session.open_case(case_named(session.store, label))
        inputs = report_inputs(workspace, with_identity=identity, answers=answers)
        for path in files:
            if path is not None:
                check_name(path, inputs.people, with_identity=identity)
        if not identity:
            refuse_doubts(session.store, (inputs.case.uid,), answers)
        return save_report(build_report(inputs, Reporter()), *files, paper)
    finally:
        workspace.close()


def run_demo(store: Path | None, out: Path, reporter: Reporter, *, headless: bool) -> int:
    """Open the demonstration cases in the window, or do the same work offscreen.

    Raises
    ------
    UserError
        When the demonstration cannot be made or written.

    """
    from tumorboard.demo.demonstration import demonstration_folder, ensure_demonstration

    folder = ensure_demonstration(store or demonstration_folder(), reporter)
    if has_display() and not headless:
        return run_window(folder)
    start_qt(offscreen=True)
    from PySide6.QtCore import QLoggingCategory

    from tumorboard.ui.shell.demo_run import run_offscreen

    # The platform without a screen warns at each window that it sets no limits of its size.
    QLoggingCategory.setFilterRules("default.warning=false")

    return run_offscreen(folder, out)
