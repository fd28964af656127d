"""The language of the program: every word of it that a person reads goes through `_`.

The words stand in the code in English, and in one catalogue (gettext) a language in
``resources/language``; what a catalogue lacks is shown in English. The language is chosen once,
before anything else is imported: words that a module keeps are looked up when it is imported.
What people and files say, keys, codes and the texts of a guideline are no words of the program.

Numbers and days are written here too, so that no line mixes the decimals of two languages.
Imports nothing of the project but where its resources are.
"""

from __future__ import annotations

import gettext
import locale
import os
import string
from datetime import date, datetime
from numbers import Real
from typing import Any, Final

from tumorboard.resources import resource_path

#: The languages that are there, by their code (ISO 639-1), each named as its speakers name it.
LANGUAGES: Final = {"en": "English", "de": "Deutsch"}

#: Names the language to this process and to the processes that it starts.
VARIABLE: Final = "TUMORBOARD_LANGUAGE"

_DOMAIN: Final = "tumorboard"
_ENGLISH: Final = "en"
#: The decimal sign of the languages that have another than the point.
_DECIMAL_SIGNS: Final = {"de": ","}

#: Of languages that write nouns with a capital: words at the head of a label that are none, and
#: lose theirs within a sentence.
_NO_NOUNS: Final = {
    "de": (
        "abgeschlossen abnehmende adjuvante an andere anderes ausgedehnte außerhalb axial "
        "axiale beidseitige beidseitiges berührt dedifferenzierter dedifferenziertes "
        "durchgeführt ein erwartete fast fehlt ferner fetthaltiger frei für gedreht geplant "
        "gesehen gesichert glomeruläre grenzwertig groß gut hohe in infiltriert innerhalb ja "
        "kein keine klein komplette koronar koronare kraniales könnte linke linker linkes "
        "läuft makroskopischer maligner mehr männlich nach negativ nein neue nicht oberer "
        "oberes oberflächlich oberhalb palliative partielle peritoneale positiv "
        "postmenopausal progrediente prämenopausal präoperative rechte rechter rechtes "
        "regionale regionäre resektabel retroperitonealer sagittal sagittale schwere sehr "
        "solitärer sonstige stabile tauglich teilweise undifferenziertes unkalibriert "
        "unresektabel unter untere unteres unterhalb verdrängt verdächtig vollständig "
        "vollständige vorhanden weder weiblich zwischen"
    )
}

_words: gettext.NullTranslations = gettext.NullTranslations()


def choose(code: str) -> None:
    """Speak the language of this code from now on, in this process and its children.

    A code without a catalogue is English: the program never fails for want of words.
    """
    global _words  # noqa: PLW0603 - one language a process, chosen once
    spoken = code if code in LANGUAGES else _ENGLISH
    os.environ[VARIABLE] = spoken
    _words = gettext.NullTranslations()
    if spoken != _ENGLISH:
        _words = gettext.translation(_DOMAIN, resource_path("language"), [spoken], fallback=True)


def code() -> str:
    """Return the code of the language that is spoken."""
    return os.environ.get(VARIABLE) or _ENGLISH


def of_the_system() -> str:
    """Return the code of the language of this computer where it is there, else English."""
    named = next(
        (os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), ""
    )
    if not named and os.name == "nt":
        import ctypes

        number = getattr(ctypes, "windll").kernel32.GetUserDefaultUILanguage()  # noqa: B009
        named = locale.windows_locale.get(number, "")
    spoken = named[:2].lower()
    return spoken if spoken in LANGUAGES else _ENGLISH


def _(message: str, /, **values: object) -> str:
    """Return a message in the language that is spoken, its fields filled with ``values``.

    A field is written as in `str.format`: ``_("{size:.1f} cm", size=4.2)`` is "4.2 cm", and
    "4,2 cm" where decimals stand behind a comma.
    """
    return _filled(_words.gettext(message) if message else "", values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a message that stands with ``count``, which is a field of it too."""
    return _filled(_words.ngettext(one, many, count), {"count": count, **values})


def pgettext(context: str, message: str, /, **values: object) -> str:
    """Return a message that means different things in different places, by its place."""
    return _filled(_words.pgettext(context, message), values)


def N_(message: str) -> str:  # noqa: N802 - the name that tools of translators know
    """Mark a message for the catalogue that is looked up where it is shown."""
    return message


def inside(text: str) -> str:
    """Write words that head a line as they stand within a sentence.

    Abbreviations keep their capitals, and nouns where the language gives them one.
    """
    if text[:2].isupper():
        return text
    small = _NO_NOUNS.get(code())
    if small is not None and text.split(" ", 1)[0].rstrip(",;:").lower() not in small.split():
        return text
    return f"{text[:1].lower()}{text[1:]}"


def number(value: float, form: str) -> str:
    """Return a number in a form of `format`, such as ".1f", as the language writes it."""
    return _with_signs(f"{value:{form}}")


def day_words(day: date) -> str:
    """Return a day as "12 Nov 2026"."""
    return _("{day} {month} {year}", day=day.day, month=month_words(day.month), year=day.year)


def moment_words(moment: datetime) -> str:
    """Return a moment as "12 Nov 2026 14:05", in the zone that it has."""
    return _(
        "{day} {hour:02}:{minute:02}", day=day_words(moment), hour=moment.hour, minute=moment.minute
    )


def month_words(month: int) -> str:
    """Return the short name of a month from 1 to 12."""
    return _(MONTHS[month - 1])


def weekday_words(day: date) -> str:
    """Return the short name of the day of the week."""
    return _(_WEEKDAYS[day.weekday()])


MONTHS: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
_WEEKDAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def _filled(message: str, values: dict[str, object]) -> str:
    """Return a message with its fields filled in."""
    if not values:
        return message
    if _decimal_sign() == ".":
        return message.format(**values)
    return _Numbers().vformat(message, (), values)


def _decimal_sign() -> str:
    return _DECIMAL_SIGNS.get(code(), ".")


def _with_signs(text: str) -> str:
    """Return a number written in English with the signs of the language."""
    sign = _decimal_sign()
    return text if sign == "." else text.translate({ord("."): sign, ord(","): "."})


class _Numbers(string.Formatter):
    """Fills fields as `str.format` does, with the decimal sign of the language."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text: str = super().format_field(value, format_spec)
        return _with_signs(text) if format_spec and isinstance(value, Real) else text


if VARIABLE in os.environ:
    choose(os.environ[VARIABLE])
