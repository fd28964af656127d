"""Small questions: who is reading, what the board is asked, what this program is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication

from tumorboard import __version__
from tumorboard.annotations.model import Annotation
from tumorboard.app.keymap import keymap
from tumorboard.app.log_file import log_path
from tumorboard.app.settings import Value
from tumorboard.errors import UserError
from tumorboard.language import N_, _
from tumorboard.text import line
from tumorboard.ui.shell.actions import set_keys
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.key_sheet import KeySheet, key_lines
from tumorboard.ui.shell.palette import Palette
from tumorboard.ui.shell.preferences import Preferences
from tumorboard.ui.shell.text_dialog import write_dialog
from tumorboard.ui.shell.text_widgets import Question, ask_text
from tumorboard.ui.shell.theme import apply_theme, theme_in_force
from tumorboard.ui.viewer.hands import Hand, Mouse

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

ABOUT = N_(
    "Tumorboard {version}\n\n"
    "Shows the images of a case, keeps what is measured and stated, and says what published "
    "guidance says about these facts, with rule and source.\n\n"
    "It supports a tumour board and decides nothing. It is not a medical device: do not use it "
    "as the only basis of a diagnosis or a treatment.\n\n"
    "Faults are logged, without patient data, in {log}."
)


class Questions(Feature):
    """Asks the user, and keeps the answers."""

    def __init__(self, host: Host, show_identity: Callable[[], object]) -> None:
        self._host, self._show_identity = host, show_identity

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does."""
        return {
            "edit.label": self.label,
            "case.question": self.question,
            "case.author": self.author,
            "edit.preferences": self.preferences,
            "help.palette": self.palette,
            "help.keys": self.keys,
            "help.about": self.about,
        }

    def listen(self) -> None:
        """Let the settings take effect for the first time."""
        self.apply_settings()

    def author(self) -> None:
        """Ask who is reading; the name stands on measurements and statements from now on."""
        host = self._host
        question = _("Your name, as it stands on measurements and statements:")
        held = host.session.author
        ask_text(host.parent_widget, _("Who is reading"), question, self.set_author, held=held)

    def set_author(self, name: str) -> None:
        """Work under another name from now on; older entries keep theirs."""
        host, name = self._host, line(name)
        try:
            host.settings.set("reader.name", name)
        except UserError as error:
            host.say(str(error), state="warning")
        host.session.author = name or host.settings.author
        host.room.author = host.session.author

    def question(self) -> None:
        """Ask for the question to the board of the open case."""
        host = self._host
        case = host.case
        if case is None:
            host.say(_("Open a case first; the question belongs to one case."))
            return
        write_dialog(
            _("Question to the board"),
            _("What is the board asked?"),
            case.question,
            self._set_question,
            host.parent_widget,
        ).open()

    def _set_question(self, text: str) -> None:
        """Keep the question, which stands on one line wherever it is shown."""
        host = self._host
        question = " ".join(text.split())
        host.attempt(lambda: host.session.set_detail("question", question))

    def label(self) -> None:
        """Ask for the label of the selected annotation."""
        host = self._host
        case, uid = host.case, host.room.selected_uid
        annotation = case.annotation(uid) if case is not None else None
        if annotation is None:
            host.say(_("Select a measurement first: click its line or one of its ends."))
            return
        taken, held = partial(self._relabel, annotation), annotation.label
        ask_text(host.parent_widget, _("Label"), _("What is measured here?"), taken, held=held)

    def _relabel(self, annotation: Annotation, text: str) -> None:
        labelled = replace(annotation, label=" ".join(text.split()))
        session = self._host.session
        self._host.attempt(lambda: session.put_annotation(labelled, N_("Annotation labelled")))

    def keys(self) -> None:
        """Show the sheet of the keys that do something now."""
        host = self._host
        on_images, actions = host.views.isVisible(), host.actions
        lines = key_lines(
            keymap(host.settings.table("keys.changed")),
            on_images=on_images,
            can=lambda name: name in actions and actions[name].isEnabled(),
        )
        tool = host.room.tool
        held = _("In hand: {tool}.", tool=_(tool.label)) if on_images and tool is not None else ""
        KeySheet(lines, held, host.parent_widget).open()

    def palette(self) -> None:
        """Show the commands to choose one by a few letters."""
        window, actions = self._host.parent_widget, self._host.actions
        palette = Palette(actions, window)
        # Called once the palette is gone, so that the focus is back in the picture.
        palette.chosen.connect(lambda name: QTimer.singleShot(0, actions[name].trigger))
        corner = window.mapToGlobal(window.rect().center())
        palette.move(corner.x() - palette.width() // 2, window.mapToGlobal(QPoint(0, 80)).y())
        palette.show()
        palette.field.setFocus()

    def preferences(self) -> None:
        """Show the settings."""
        dialog = Preferences(self._host.settings, self._host.parent_widget)
        dialog.accepted_values.connect(self._prefer)
        dialog.open()

    def _prefer(self, values: dict[str, Value]) -> None:
        host = self._host
        for name, value in values.items():
            host.attempt(partial(host.settings.set, name, value))
        if "reader.name" in values:
            host.session.author = host.settings.author
        self.apply_settings()

    def apply_settings(self) -> None:
        """Let the settings take effect."""
        host = self._host
        settings, room = host.settings, host.room
        set_keys(host.actions, keymap(settings.table("keys.changed")))
        at_rest = room.hand is room.hands_of_mouse.left
        room.hands_of_mouse = Mouse(
            Hand(str(settings["viewer.left_button"])),
            Hand(str(settings["viewer.middle_button"])),
            Hand(str(settings["viewer.right_button"])),
            bool(settings["viewer.drag_down_is_brighter"]),
            bool(settings["viewer.wheel_down_is_forward"]),
            settings["viewer.wheel"] == "zoom",
        )
        if at_rest and room.tool is None:
            room.set_hand(room.hands_of_mouse.left)
        self._show_identity()
        room.assist = bool(settings["viewer.edge_assist"])
        room.author = host.session.author
        look, pixels = str(settings["look"]), settings.integer("font.size")
        application = QApplication.instance()
        if isinstance(application, QApplication) and (look, pixels) != theme_in_force(application):
            apply_theme(application, look, pixels)
            room.changed.emit()

    def about(self) -> None:
        """Say what this program is and is not."""
        told = _(ABOUT, version=__version__, log=log_path().name)
        box = Question(self._host.parent_widget, _("About and intended use"), told)
        box.finished.connect(box.deleteLater)
        box.open()
