"""Walks the window in a language of which each letter is told apart from English.

``python -m tests.ui.pseudo FOLDER`` makes a store in a folder, opens its case in the window,
goes through its panels, pages and dialogs, and prints what is English, and what has no room,
as JSON. The language has to be chosen before any other module of the program is imported.
"""

from __future__ import annotations

import gettext
import json
import re
import string
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from tumorboard import language

_LETTERS: Final = str.maketrans(
    string.ascii_lowercase + string.ascii_uppercase,
    "åƀçđéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýž" + "ÅƁÇĐÉƑĜĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ",
)
_FIELD: Final = re.compile(r"(\{[^}]*\})")
#: How much longer the words of other languages are.
_LONGER: Final = 0.3


def pseudo(message: str) -> str:
    """Return a message with accents on all letters, 30 % longer, in brackets."""
    parts = _FIELD.split(message)
    said = "".join(p if p.startswith("{") else p.translate(_LETTERS) for p in parts)
    body = said.strip()
    lead, trail = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
    plain = len(_FIELD.sub("", message))
    more = " ".join(["", *("~~~~",) * (round(plain * _LONGER) // 5)]) or "~"
    return f"{lead}[{body}{more}]{trail}" if body else said


class Pseudo(gettext.NullTranslations):
    """The catalogue of that language."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return pseudo(one if n == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)


# The language has to be chosen before any other module of the program is imported.
language.__dict__["_words"] = Pseudo()

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QApplication,
    QLabel,
    QToolButton,
    QWidget,
)

from tests.dicom.make import Person  # noqa: E402
from tests.ui.lectern import plan, write_case  # noqa: E402
from tests.ui.text_walk import Walk  # noqa: E402
from tumorboard.app.imports import find, take_in  # noqa: E402
from tumorboard.app.log_file import log_path  # noqa: E402
from tumorboard.app.settings import Settings  # noqa: E402
from tumorboard.app.workspace import Workspace  # noqa: E402
from tumorboard.progress import Reporter  # noqa: E402
from tumorboard.ui.shell.application import start_qt  # noqa: E402
from tumorboard.ui.shell.parts import ElidedLabel, Fold  # noqa: E402
from tumorboard.ui.shell.window import MainWindow  # noqa: E402

_PATIENCE_S: Final = 60
#: What is no word of our catalogue: units, names of standards and formats, keys, and what Qt
#: writes itself on the buttons of dialogs.
_NO_WORDS: Final = """
    mm cm mL HU SUV Bq kg mGy px GB MB mSv ms UTC CT MR PT MRI PET DICOM RECIST SEG RTSTRUCT
    PDF HTML CSV XLSX PNG SR MIP AJCC FNCLCC IVC VR Ctrl Shift Alt Del Esc Enter Return Tab
    Space Home End Up Down Left Right PgUp PgDown Ins Backspace Backtab Meta English Deutsch
    Tumorboard OK Save Cancel Close TB rps
"""
NO_WORDS: Final = frozenset(_NO_WORDS.split())
#: What a guideline says of whom its statements are about, in its own language.
_SCOPES: Final = """
    extrapolated; site not recorded; histology not recorded; not for this site
"""
#: What people say in this walk begins so.
_SAID: Final = "QZ"
#: Numbers of rules, settings, conflicts, cases and versions.
_CODES: Final = re.compile(r"^(?:\W*[A-Z]-(?:[A-Z]+-)?\d+[,:]?)+")
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_PARTS: Final = re.compile(r" · |: |; |, |\n|\t|    | ▾| \(|\)|\. ")
_ENDS: Final = " .,;:…[]()“”●○▲·>-?~"


class Data:
    """What the data say, whose language is not that of the program."""

    def __init__(self, *said_by_people: object) -> None:
        root = Path(__file__).parents[2] / "resources"
        files = [*(root / "guidelines").rglob("*.yaml"), root / "hanging.yaml"]
        texts = [text for file in files for text in _texts(yaml.safe_load(file.read_text("utf-8")))]
        self._whole = {" ".join(t.split()).strip(_ENDS).lower() for t in (*texts, *said_by_people)}
        self._whole |= {scope.strip() for scope in _SCOPES.split(";")}
        self._all = "\n".join(" ".join(t.split()) for t in (*texts, *said_by_people)).lower()

    def hold(self, run: str, *, alone: bool) -> bool:
        """Whether they say this: ``alone`` as all of a text, else somewhere within one."""
        said = run.strip(_ENDS).lower().removeprefix("stated for ")
        within = not alone or " " in said
        return said in self._whole or (within and said in self._all)


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in (*content, *content.values()):
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def english(text: str, data: Data) -> str:
    """Return what of a text is an English word of the program; empty where nothing is.

    Looked at are runs of words without an accent, as they stand between words of the catalogue.
    """
    plain = text.replace(log_path().name, "")
    tokens = [t if t.strip(_ENDS).isascii() else "\0" for t in re.split(r"( +|\n)", plain)]
    for run in "".join(tokens).split("\0"):
        parts = _PARTS.split(run)
        alone = len(parts) == 1 and run == plain
        if not all(_is_told(part, data, alone=alone) for part in parts):
            return run
    return ""


def _is_told(run: str, data: Data, *, alone: bool) -> bool:
    """Whether nothing of a run is a word, or data say it."""
    said = _CODES.sub("", run).strip(_ENDS)
    words = [w for w in _WORD.findall(said) if w not in NO_WORDS and not w.startswith(_SAID)]
    return not words or data.hold(said, alone=alone)


# -- the walk -----------------------------------------------------------------------------

#: Commands that show something and can be left again.
SHOWING: Final = (
    *("case.question", "case.author", "edit.preferences", "help.palette", "help.keys"),
    *("help.about", "layout.protocols", "case.radiology", "case.event", "institution.settings"),
    *("case.read", "case.new", "series.part", "file.print", "meeting.new", "file.bundle"),
    *("case.timeline", "file.slides", "file.report", "meeting.page", "meeting.readiness"),
    *("meeting.figures", "case.trial", "edit.measurements", "screen.list"),
)


class Words(Walk):
    """What was seen, each text with where; ``narrow`` is what has no room."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.narrow: dict[str, str] = {}

    def look(self, place: str, text: object, *, rich: bool = False, keys: bool = False) -> None:
        """Note a text."""
        if isinstance(text, str) and text:
            self.texts.setdefault(re.sub("<[^>]*>", "", text).replace("&&", "&"), place)

    def widget(self, widget: QWidget) -> None:
        """Look at what is on show."""
        if widget.isVisible():
            super().widget(widget)
            if what := without_room(widget):
                self.narrow[what] = type(widget).__name__


def main(folder: Path) -> int:
    """Walk, and print what was found."""
    start_qt(offscreen=True)
    person = Person("QZ-77121", "QZname^QZgiven", "19610417", "F")
    workspace = Workspace(folder / "store", "QZauthor")
    images = write_case(folder / "ct", 1, person, "QZdescription")
    take_in(workspace.session, find([images], Reporter()))
    plan(workspace)
    window = MainWindow(workspace, Settings())
    window.resize(1366, 768)
    window.show()
    walk = Words()
    window.controller.open_case(workspace.session.cases()[0].uid)
    settle(window)
    for n in range(window.tabs.count()):
        window.tabs.setCurrentIndex(n)
        settle(window)
        for fold in window.findChildren(Fold):
            fold.open()
        settle(window)
        window.grab()  # lays out what was only made
        walk.everything()
    for name in SHOWING:
        show(window, walk, name)
    assessed = workspace.session.assessment
    data = Data("Resectable?", "Resect", "Resec", *_texts(assessed.to_json() if assessed else None))
    found = {t: p for t, p in walk.texts.items() if english(t, data)}
    sys.stdout.write(json.dumps({"seen": len(walk.texts), "english": found, "narrow": walk.narrow}))
    sys.stdout.flush()
    window.close()
    workspace.close()
    return 0


def settle(window: MainWindow) -> None:
    """Wait until nothing is under way."""
    until = time.monotonic() + _PATIENCE_S
    QApplication.processEvents()
    while not window.controller.is_idle and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.005)
    QApplication.processEvents()


def show(window: MainWindow, walk: Words, name: str) -> None:
    """Look at what a command shows, and close it."""
    action = window.actions_by_name[name]
    if not action.isEnabled():
        return
    action.trigger()
    settle(window)
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            top.grab()  # lays out what was only made
    QApplication.processEvents()
    walk.everything()
    for top in QApplication.topLevelWidgets():
        if top.isVisible() and top is not window:
            top.close()
    QApplication.processEvents()


def without_room(widget: QWidget) -> str:
    """Return the text of a label or button that is cut off; empty where it has its room."""
    if isinstance(widget, ElidedLabel) or not isinstance(widget, QLabel | QAbstractButton):
        return ""
    text = widget.text()
    if not text:
        return ""
    needed, has = widget.sizeHint().width(), widget.width() + 1
    if isinstance(widget, QLabel) and widget.wordWrap():
        needed, has = widget.heightForWidth(widget.width()), widget.height()
    elif isinstance(widget, QAbstractButton):  # the room between the text and the border may go
        needed = widget.fontMetrics().horizontalAdvance(text)
        if isinstance(widget, QToolButton) and not shows_text(widget):
            needed = 0
    return text if needed > has else ""


def shows_text(button: QToolButton) -> bool:
    """Whether a button shows its text, not its icon alone."""
    only_icon = button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    return not (only_icon and not button.icon().isNull())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
