"""Text of files and people as text: what could act on a line, a widget or a terminal is shown.

Some characters are no text. They turn the order of a line (U+202E), move the cursor of a
terminal (ESC, and CSI as one character), end a line, or make two identifiers look like one
because nobody sees them. They enter with files, pastes and case bundles. Here they become
visible marks such as "[U+202E]": nothing vanishes in silence, so that what differs also looks
different. What a script needs stays: joiners between letters that join, joiners and selectors
in emoji and ideographs, breaks in scripts without blanks.

Text passes `line` or `lines` where it enters. Where it leaves to something that takes text for
more than text, it passes what that place needs: `tip`, `menu`, `sided`, `json_text`, `is_uid`.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

#: Control, format and other characters without a picture of their own: Unicode categories Cc,
#: Cf, Cs, Zl and Zp, Default_Ignorable_Code_Point and the noncharacters; without the signs that
#: are format characters but show, such as U+0600.
_ACTING: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffc\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
)
_FOUND: Final = re.compile(f"\r\n|[{_ACTING}]")
#: The marks that stand for them.
MARK_BEGIN: Final = "[U+"
MARK: Final = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
#: What ends a line or column.
_SPACES: Final = frozenset(("\r\n", *"\t\n\v\f\r\x85\u2028\u2029"))

#: Letters and marks of scripts that join, in which joiners choose the form of a letter.
_JOINING: Final = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1780-\u17ff\u1800-\u18af\ua840-\ua87f]")
#: Scripts that put no blanks between words.
_UNSPACED: Final = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1980-\u19df\u1a20-\u1aaf]")
_MONGOLIAN: Final = re.compile("[\u1800-\u180a\u1810-\u18af]")
_IDEOGRAPH: Final = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_MYANMAR: Final = re.compile("[\u1000-\u109f\uaa60-\uaa7f]")
_KEYCAP: Final = "\u20e3"


def line(text: str) -> str:
    """Return text on one line, trimmed, what could act in it as visible marks."""
    if text.isascii() and text.isprintable():
        return text.strip()
    trimmed = text.strip("\0 \t\r\n\v\f")
    return _FOUND.sub(lambda found: " " if found[0] in _SPACES else _shown(found), trimmed).strip()


def lines(text: str) -> str:
    """Return text that may have several lines and tabs, what else could act as visible marks."""
    if text.isascii() and text.isprintable():
        return text
    return _FOUND.sub(_in_lines, text)


def is_inert(text: str) -> bool:
    """Whether `lines` leaves a text as it is."""
    return lines(text) == text


def _in_lines(found: re.Match[str]) -> str:
    if found[0] == "\t":
        return "\t"
    return "\n" if found[0] in _SPACES else _shown(found)


def _shown(found: re.Match[str]) -> str:
    """Return the mark of a character, or the character where its script needs it."""
    character, text, place = found[0], found.string, found.start()
    before, after = text[max(0, place - 2) : place], text[found.end() : found.end() + 1]
    return (
        character if _is_needed(character, before, after) else f"{MARK_BEGIN}{ord(character):04X}]"
    )


def _is_needed(character: str, before: str, after: str) -> bool:
    """Whether a character that does not show is part of how its neighbours are written."""
    is_emoji = before[-1:] == "\ufe0f" and _is_symbol(before[:1])
    before = before[-1:]
    if not before or (_FOUND.match(before) and not is_emoji):
        return False
    if character in "\u200b\u200c\u200d" and _FOUND.match(after):
        return False
    if character in "\u200c\u200d" and _JOINING.match(before) and _JOINING.match(after):
        return True
    if character == "\u200d":
        return (is_emoji or _is_symbol(before)) and _is_symbol(after)
    if character == "\u200b":
        return bool(_UNSPACED.match(before) and _UNSPACED.match(after))
    if "\u180b" <= character <= "\u180f":
        return bool(_MONGOLIAN.match(before))
    return _is_selected(character, before, after)


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sk"}


def _is_selected(character: str, before: str, after: str) -> bool:
    """Whether a variation selector has something to choose the form of."""
    if "\U000e0100" <= character <= "\U000e01ef":
        return bool(_IDEOGRAPH.match(before))
    if character in "\ufe0e\ufe0f" and before.isascii():
        return after == _KEYCAP and before in "#*0123456789"
    if character in "\ufe0e\ufe0f":
        return unicodedata.category(before) in {"So", "Sm", "Po", "Pd"}
    return "\ufe00" <= character <= "\ufe0d" and bool(
        _IDEOGRAPH.match(before) or _MYANMAR.match(before)
    )


def changed(value: T, change: Callable[[str], str]) -> T:
    """Return JSON values or frozen records with every text in them changed, keys too."""
    found: Any = value
    if isinstance(found, Enum):
        return value
    if isinstance(value, str):
        found = change(value)
    elif isinstance(value, tuple | list):
        found = type(value)(changed(item, change) for item in value)
    elif isinstance(value, dict):
        found = {changed(key, change): changed(item, change) for key, item in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: changed(getattr(value, f.name), change) for f in fields(value) if f.init}
        found = replace(cast(Any, value), **parts)
    return cast(T, found)


def all_lines(value: T) -> T:
    """Return JSON values or frozen records with every text in them as `lines` returns it."""
    return changed(value, lines)


def tip(text: str) -> str:
    """Return text for what takes text for markup when it looks like it, such as a tool tip.

    Qt takes a text for markup by itself where it finds a tag or an entity. Only then the text
    is written as markup that shows it as it is: a reader of the screen gets all others as they
    are.
    """
    shown = "\n".join(sided(row) for row in lines(text).split("\n"))
    if "<" not in shown and "&lt;" not in shown:
        return shown
    return f'<p style="white-space: pre-wrap">{html.escape(shown)}</p>'


def menu(text: str) -> str:
    """Return text for a button or a menu, where a single ampersand underlines what follows."""
    return line(text).replace("&", "&&")


def json_text(text: str) -> str:
    """Return JSON with what could act written as escapes: the same values, for any reader."""
    return _FOUND.sub(lambda f: f[0] if f[0] in "\n\t" else json.dumps(f[0])[1:-1], text)


#: Letters written from right to left, with their marks.
_RIGHT: Final = (
    "\u0590-\u05ff\u0600-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff"
)
#: Words of one direction with what stands between words of a sentence; signs that the program
#: puts between values, such as "·" and "×", end it.
_RUN: Final = re.compile(
    f"[{_RIGHT}](?:[{_RIGHT}\u200c\u200d0-9 \xa0.,;:!?'\"()\u05be\u2013\u2019\u201d-]*[{_RIGHT}])?"
)
_ISOLATE: Final = "\u2068"
_END: Final = "\u2069"


def sided(text: str) -> str:
    """Return a line in which words from right to left keep their direction and turn nothing else.

    Unisolated, a Hebrew name before "10.5 × 8.9 cm" shows "8.9 × 10.5" (UAX #9, rules N1 and
    P2). Each run of such words is put between FSI and PDI, so that the line stays one from left
    to right. For showing only, never for keeping.
    """
    if text.isascii() or _ISOLATE in text:
        return text
    return _RUN.sub(lambda run: f"{_ISOLATE}{run[0]}{_END}", text)


_UID: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_LONGEST_UID: Final = 64


def is_uid(text: str) -> bool:
    """Whether a text is a unique identifier as DICOM PS3.5 section 9.1 writes it.

    At most 64 characters, components of digits parted by dots, none with a leading zero.
    """
    return len(text) <= _LONGEST_UID and _UID.fullmatch(text) is not None
