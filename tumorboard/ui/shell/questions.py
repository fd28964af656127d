"""Small questions: who is reading, what the board is asked, what this program is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer

from tumorboard import __version__
from tumorboard.annotations.model import Annotation
from tumorboard.app.keymap import keymap
from tumorboard.app.log_file import log_path
from tumorboard.app.settings import Value
from tumorboard.errors import UserError
from tumorboard.text import line
from tumorboard.ui.shell.palette import Palette
from tumorboard.ui.shell.preferences import Preferences
from tumorboard.ui.shell.table_dialog import keys_dialog
from tumorboard.ui.shell.text_dialog import write_dialog
from tumorboard.ui.shell.text_widgets import Question, ask_text

if TYPE_CHECKING:
    from tumorboard.ui.shell.controller import Controller

ABOUT = (
    "Tumorboard {version}\n\n"
    "Shows the images of a case, keeps what is measured and stated, and says what published "
    "guidance says about these facts, with rule and source.\n\n"
    "It supports a tumour board and decides nothing. It is not a medical device: do not use it "
    "as the only basis of a diagnosis or a treatment.\n\n"
    "Faults are logged, without patient data, in {log}."
)


class Questions:
    """Asks the user, and keeps the answers."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def author(self) -> None:
        """Ask who is reading; the name stands on measurements and statements from now on."""
        controller = self._controller
        question = "Your name, as it stands on measurements and statements:"
        held = controller.session.author
        ask_text(controller.window, "Who is reading", question, self.set_author, held=held)

    def set_author(self, name: str) -> None:
        """Work under another name from now on; older entries keep theirs."""
        controller, name = self._controller, line(name)
        try:
            controller.settings.set("reader.name", name)
        except UserError as error:
            controller.say(str(error), state="warning")
        controller.session.author = name or controller.settings.author
        controller.window.room.author = controller.session.author

    def question(self) -> None:
        """Ask for the question to the board of the open case."""
        controller = self._controller
        case = controller.session.case
        if case is None:
            controller.say("Open a case first; the question belongs to one case.")
            return
        write_dialog(
            "Question to the board",
            "What is the board asked?",
            case.question,
            self._set_question,
            controller.window,
        ).open()

    def _set_question(self, text: str) -> None:
        """Keep the question, which stands on one line wherever it is shown."""
        controller = self._controller
        question = " ".join(text.split())
        controller.attempt(lambda: controller.session.set_detail("question", question))

    def label(self) -> None:
        """Ask for the label of the selected annotation."""
        controller = self._controller
        case, uid = controller.session.case, controller.window.room.selected_uid
        annotation = case.annotation(uid) if case is not None else None
        if annotation is None:
            controller.say("Select a measurement first: click its line or one of its ends.")
            return
        taken, held = partial(self._relabel, annotation), annotation.label
        ask_text(controller.window, "Label", "What is measured here?", taken, held=held)

    def _relabel(self, annotation: Annotation, text: str) -> None:
        labelled = replace(annotation, label=" ".join(text.split()))
        session = self._controller.session
        self._controller.attempt(lambda: session.put_annotation(labelled, "Annotation labelled"))

    def keys(self) -> None:
        """Show the sheet of keys and mouse."""
        controller = self._controller
        keys_dialog(keymap(controller.settings.table("keys.changed")), controller.window).open()

    def palette(self) -> None:
        """Show the commands to choose one by a few letters."""
        window = self._controller.window
        actions = window.actions_by_name
        palette = Palette(actions, window)
        # Called once the palette is gone, so that the focus is back in the picture.
        palette.chosen.connect(lambda name: QTimer.singleShot(0, actions[name].trigger))
        corner = window.mapToGlobal(window.rect().center())
        palette.move(corner.x() - palette.width() // 2, window.mapToGlobal(QPoint(0, 80)).y())
        palette.show()
        palette.field.setFocus()

    def preferences(self) -> None:
        """Show the settings."""
        dialog = Preferences(self._controller.settings, self._controller.window)
        dialog.accepted_values.connect(self._prefer)
        dialog.open()

    def _prefer(self, values: dict[str, Value]) -> None:
        controller = self._controller
        for name, value in values.items():
            controller.attempt(partial(controller.settings.set, name, value))
        if "reader.name" in values:
            controller.session.author = controller.settings.author
        controller.apply_settings()

    def about(self) -> None:
        """Say what this program is and is not."""
        told = ABOUT.format(version=__version__, log=log_path().name)
        box = Question(self._controller.window, "About and intended use", told)
        box.finished.connect(box.deleteLater)
        box.open()
