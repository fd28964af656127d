"""Qt's own words and decimals are those of the language, in a process of their own."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
from tumorboard.ui.shell.application import start_qt
application = start_qt(offscreen=True)
from PySide6.QtWidgets import QDialogButtonBox
from tumorboard.ui.shell.number_field import NumberField
from tumorboard.ui.shell.text_widgets import key_words
box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
field = NumberField()
field.setDecimals(1)
shown = []
for typed in ("4.2", "4,3"):
    field.lineEdit().setText(typed)
    field.interpretText()
    shown.append(field.text())
words = (box.buttons()[0].text().replace("&", ""), key_words("Ctrl+Return"), *shown)
print(*words, sep="|")
"""


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Cancel|Ctrl+Return|4.2|4.3"), ("de", "Abbrechen|Strg+Return|4,2|4,3")],
)
def test_dialogs_keys_and_decimals_are_in_the_language(language, said):
    environment = {**os.environ, "TUMORBOARD_LANGUAGE": language, "LC_ALL": "fr_FR.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == said
