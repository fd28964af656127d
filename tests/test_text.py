"""Text of strangers stays text: nothing in it acts, nothing of it vanishes, words stay words."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtGui import Qt, QTextDocument

from tumorboard.text import all_lines, is_inert, is_uid, line, lines, menu, sided, tip

#: Format characters that show (Prepended_Concatenation_Mark of the Unicode Character Database).
_SHOWN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
_ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
#: A mixture in which what acts and what surrounds it is frequent.
HOSTILE = st.text(
    st.sampled_from(
        "aZ0 <>&;=-\"'^é×·אעم\u0627\u064b\u0915\u094dกขຂက\u1820葛☺️🏽👩⃣1#"
        "\x00\x07\t\n\r\x1b\x7f\x85\x9b\xad\u034f\u061c\u115f\u180b\u200b\u200c\u200d\u200e\u200f"
        "\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u3164\ufe00\ufe0f\ufeff\ufff9\ufffc\uffff\ud800"
        "\U000e0041\U000e0100"
    )
)
ANY = st.one_of(HOSTILE, st.text())


def test_every_character_without_a_picture_is_shown_between_letters():
    kept = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in _ACTING
        and code not in _SHOWN
        and not {chr(code)}.isdisjoint(lines(f"a{chr(code)}b"))
        and chr(code) not in "\t\n"
    ]
    assert kept == []


def test_every_letter_mark_number_and_sign_stays():
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter)[0] in "LMNPS" and is_inert(letter):
            assert line(f"a{letter}b") == f"a{letter}b"
    changed = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code))[0] in "LNPS" and not is_inert(f"a{chr(code)}b")
    ]
    # Hangul fillers and the object replacement character: letters and a sign without a picture.
    assert changed == ["U+115F", "U+1160", "U+3164", "U+FFA0", "U+FFFC"]


@pytest.mark.parametrize(
    "words",
    [
        "MÜLLER^JÜRGEN",
        "می‌خواهم",  # Persian: a non-joiner chooses the form of a letter
        "נעמי כהן",
        "محمد بن سلمان",
        "क्‍ष",  # Devanagari: a joiner after a virama
        "ភាសា\u200bខ្មែរ",  # Khmer: a break without a blank
        "葛󠄀城",  # an ideograph in the form that its owner writes
        "👩‍⚕️ 1️⃣ ☺️",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "é ê Å",  # combining marks
        "ﾔﾏﾀﾞ^ﾀﾛｳ",
    ],
)
def test_names_of_the_world_stay_as_they_are(words):
    assert line(words) == lines(words) == words


@given(ANY)
@example("a\ufe0f\u200d☺")
def test_what_is_clean_stays_clean(text):
    assert line(line(text)) == line(text)
    assert lines(lines(text)) == lines(text)
    assert is_inert(line(text))
    assert not set(line(text)) & set("\t\n\r\x1b\x9b\u202e\u2028")
    assert not set(lines(text)) & set("\r\x1b\x9b\u202e\u2028")
    line(text).encode("utf-8")


@given(st.text(st.characters(codec="ascii", categories=["Lu", "Nd"]), max_size=4), HOSTILE)
def test_what_differs_looks_different(name, hidden):
    """A name with something hidden in it is not the name without it, but for blanks at its end."""
    planted = f"{name}{hidden}{name}"
    without = "".join(c for c in planted if unicodedata.category(c) not in _ACTING)
    if "".join(planted.split()) != without:
        assert line(planted) != without


@given(ANY)
def test_a_tip_shows_its_text_and_no_markup(text):
    shown = tip(text)
    if Qt.mightBeRichText(shown):
        document = QTextDocument()
        document.setHtml(shown)
        written = document.toPlainText().replace("\u2029", "\n").replace("\xa0", " ")
        assert (
            written.strip()
            == "\n".join(map(sided, lines(text).split("\n"))).replace("\xa0", " ").strip()
        )
        assert shown.count("<") == 2
    else:
        assert shown == "\n".join(map(sided, lines(text).split("\n")))


@pytest.mark.parametrize(
    "text", ["<b>x</b>", "<img src='file:///x.png'>", "a&lt;b", "<!doctype>", "5 < 6", "A & B"]
)
def test_no_tip_is_markup_of_a_stranger(text):
    shown = tip(text)
    assert not Qt.mightBeRichText(shown) or shown.startswith('<p style="white-space: pre-wrap">')


@given(ANY)
def test_a_button_shows_every_ampersand(text):
    assert menu(text).replace("&&", "") == line(text).replace("&", "")


def test_words_from_right_to_left_turn_no_number():
    said = sided("גוש 10.5 × 8.9 cm")
    assert said == "\u2068גוש\u2069 10.5 × 8.9 cm"
    assert sided("Mass 10.5 × 8.9 cm") == "Mass 10.5 × 8.9 cm"
    assert sided("כהן, דוד · 58 F") == "\u2068כהן, דוד\u2069 · 58 F"
    assert sided(said) == said


@given(ANY)
def test_sides_add_pairs_and_nothing_else(text):
    shown = sided(lines(text))
    assert shown.replace("\u2068", "").replace("\u2069", "") == lines(text)
    assert shown.count("\u2068") == shown.count("\u2069")


@given(st.recursive(HOSTILE, lambda v: st.lists(v) | st.dictionaries(HOSTILE, v), max_leaves=8))
def test_every_text_of_a_value_is_reached(value):
    def texts(found):
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            for pair in found.items():
                yield from (t for part in pair for t in texts(part))
        else:
            yield from (t for part in found for t in texts(part))

    assert all(map(is_inert, texts(all_lines(value))))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1.2.840.10008.1.2", True),
        ("0.0", True),
        ("2", True),
        ("1.2." + "3" * 60, True),
        ("1.2." + "3" * 61, False),
        ("", False),
        ("1.02", False),
        ("1..2", False),
        (".1", False),
        ("1.", False),
        ("1.2\n", False),
        ("1.2 ", False),
        ("1.٢", False),
        ("../../etc", False),
        ("1.2a", False),
    ],
)
def test_identifiers_are_those_of_the_standard(text, is_one):
    assert is_uid(text) is is_one
