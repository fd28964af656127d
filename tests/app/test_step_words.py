"""Labels of steps: stored in English, shown in the language."""

import gettext

import pytest

from tests.reports.made import axes, case
from tumorboard import language
from tumorboard.app import edits
from tumorboard.app.edits import step_words

GERMAN = {
    "Draw {kind}": "{kind} zeichnen",
    "Delete lesion": "Läsion löschen",
    "Change the question": "Frage ändern",
    "Status: {status}": "Stand: {status}",
    "presented": "vorgestellt",
}


class SomeGerman(gettext.NullTranslations):
    def gettext(self, message):
        return GERMAN.get(message, message)


@pytest.fixture
def german(monkeypatch):
    monkeypatch.setattr(language, "_words", SomeGerman())


def test_what_is_stored_is_english_in_every_language(german):
    edit = edits.put_annotation(case(), axes())
    assert edit.label == "Draw bidirectional"
    assert edits.set_detail(case(), "question", "Resectable?").label == "Change the question"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Draw length", "length zeichnen"),
        ("Delete lesion", "Läsion löschen"),
        ("Change the question", "Frage ändern"),
        ("Status: presented", "Stand: vorgestellt"),
        ("Draw what nobody knows", "Draw what nobody knows"),
        ("Named by a person", "Named by a person"),
        ("", ""),
    ],
)
def test_a_label_is_shown_in_the_language(german, stored, shown):
    assert step_words(stored) == shown


def test_in_english_it_stays_as_it_is():
    assert step_words("Delete lesion") == "Delete lesion"
    assert step_words("Draw length") == "Draw length"
