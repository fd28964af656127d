"""The language of the program: every word of it that a person reads goes through `_`.

The words stand in the code in English, and in one catalogue (gettext) a language in
``resources/language``; what a catalogue lacks is shown in English. The language is chosen once,
before anything else is imported: words that a module keeps are looked up when it is imported.
What people and files say, keys, codes and the texts of a guideline are no words of the program.

Imports nothing of the project but where its resources are.
"""

from __future__ import annotations

import gettext
import os
from typing import Final

from tumorboard.resources import resource_path

#: The languages that are there, by their code (ISO 639-1), each named as its speakers name it.
LANGUAGES: Final = {"en": "English", "de": "Deutsch"}

#: Names the language to this process and to the processes that it starts.
VARIABLE: Final = "TUMORBOARD_LANGUAGE"

_DOMAIN: Final = "tumorboard"
_words: gettext.NullTranslations = gettext.NullTranslations()


def choose(code: str) -> None:
    """Speak the language of this code from now on, in this process and its children.

    A code without a catalogue is English: the program never fails for want of words.
    """
    global _words  # noqa: PLW0603 - one language a process, chosen once
    os.environ[VARIABLE] = code
    _words = gettext.NullTranslations()
    if code not in {"", "en"}:
        folder = resource_path("language")
        _words = gettext.translation(_DOMAIN, folder, [code], fallback=True)


def code() -> str:
    """Return the code of the language that is spoken."""
    return os.environ.get(VARIABLE) or "en"


def _(message: str) -> str:
    """Return a message in the language that is spoken."""
    return _words.gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a message that stands with ``count``."""
    return _words.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """Return a message that means different things in different places, by its place."""
    return _words.pgettext(context, message)


choose(code())
