"""Names and identifiers are withheld however they are spelled, and ordinary words stay."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.case.model import Patient
from tumorboard.reports.identity import WITHHELD, Withholding
from tumorboard.resources import resource_path
from tumorboard.text import MARK
from tumorboard.text import line as inert

NAMES = (
    *("Quitzow", "Müller-Lüdenscheidt", "O'Brien", "Annabel", "Jürgen", "Weißkirch", "Sørensen"),
    *("Dvořák", "Nguyễn", "D'Angelo", "Anna-Lena", "Großkreutz", "Åkerström", "Łukasiewicz"),
)
SHORT = ("Lu", "Ng", "Bär", "Lee")
IDENTIFIERS = ("PID-77121", "77121", "Z/4711.9", "MRN 0098812", "RP_2026_40417", "A-9434765919")

APOSTROPHES, DASHES = "'’‘`´ʼ", "-‐‑–—"
WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "oe"}
    | {"å": "aa", "Å": "Aa"}
)
ASCII = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.translate(ASCII))
    return "".join(p for p in parts if not unicodedata.combining(p))


SPELLINGS = (
    str,
    without_accents,
    lambda text: text.translate(WRITTEN_OUT),
    lambda text: unicodedata.normalize("NFD", text),
)


@st.composite
def written(draw, name):
    """A name as somebody may write it."""
    text = draw(st.sampled_from(SPELLINGS))(name)
    text = text.replace("'", draw(st.sampled_from([*APOSTROPHES, ""])))
    text = text.replace("-", draw(st.sampled_from([*DASHES, " ", ""])))
    text = draw(st.sampled_from([str, str.upper, str.lower, str.title]))(text)
    return text if text[-1] in "sSßxXzZ" else text + draw(st.sampled_from(["", "s", "'s", "’s"]))


@given(data=st.data(), name=st.sampled_from(NAMES), order=st.booleans())
def test_a_name_is_withheld_however_it_is_written(data, name, order):
    stored = data.draw(st.sampled_from(SPELLINGS))(name)
    patient = Patient("", f"{stored}^X" if order else f"X^{stored}", "", "")
    text = data.draw(written(name))
    told = Withholding([patient])(f"About {text}, now")
    rest = told.replace("'s", "").replace("’s", "")
    assert rest == f"About {WITHHELD}, now", text


@pytest.mark.parametrize("name", ["Müller-Lüdenscheidt", "Jørgensen", "Åkesson", "Łukasz-Größe"])
@pytest.mark.parametrize("stored", SPELLINGS)
@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_every_spelling_of_a_name_finds_every_other(name, stored, spelled, case):
    told = Withholding([Patient("", f"{stored(name)}^X", "", "")])
    assert told(f"About {case(spelled(name))}, now") == f"About {WITHHELD}, now"


@given(data=st.data(), identifier=st.sampled_from(IDENTIFIERS))
def test_an_identifier_is_withheld_with_any_separators_and_by_its_number(data, identifier):
    told = Withholding([Patient("", "", identifier, "")])
    apart = data.draw(st.sampled_from(["", " ", "-", "–", "_", "/", ".", ": "]))
    text = "".join(c if c.isalnum() else apart for c in identifier)
    text = data.draw(st.sampled_from([str, str.upper, str.lower]))(text)
    assert told(f"number {text}, now") == f"number {WITHHELD}, now", text


@pytest.mark.parametrize(
    ("identifier", "text", "expected"),
    [
        ("PID-77121", "Pat77121 and 0077121", f"Pat{WITHHELD} and {WITHHELD}"),
        ("PID-77121", "177121, 771212, 77121.5 mL, 1.77121", None),
        ("MRN 0098812", "98812", WITHHELD),
        ("A-9434765919", "943 476 5919", WITHHELD),
        ("RP-2026-0147", "CT of 2026-01-05, 147 mL, RP-0003", None),
        ("RP-2026-0147", "rp 2026 0147", WITHHELD),
        ("7", "7 of 7 slices", None),
    ],
)
def test_numbers_that_are_no_identifier_stay(identifier, text, expected):
    told = Withholding([Patient("", "", identifier, "")])(text)
    assert told == (text if expected is None else expected)


def test_short_names_are_withheld_as_a_whole_and_with_a_capital():
    told = Withholding(Patient("", f"{name}^Q", "", "") for name in SHORT)
    assert told("Lu, LU, Ng, Bär, BAER, Lee") == WITHHELD
    for text in ("She lives in a lull", "lu ng bar lee", "Liver, Lung, Leeds, Barium, Lus"):
        assert told(text) == text


def test_what_stands_around_a_name_stays_to_the_letter():
    told = Withholding([Patient("", "Müller^Zoë", "", "")])
    assert (
        told("“Zoë” – ﬁrst (Mu\u0308ller’s) ßcan…") == f"“{WITHHELD}” – ﬁrst ({WITHHELD}’s) ßcan…"
    )


def test_words_of_medicine_stay():
    """Every word of the rules, the facts and the sites, with all of the names withheld.

    But "Li", which a syndrome has in its name.
    """
    short = ("Ng", "Bär", "Lee")
    patients = [
        Patient("", f"{name}^{other}", number, "19610417")
        for name, other, number in zip(
            (*NAMES, *short), (*short, *NAMES), IDENTIFIERS * 3, strict=False
        )
    ]
    told = Withholding(patients)
    files = [
        path
        for folder in ("terms", "guidelines")
        for path in sorted(resource_path(folder).rglob("*"))
        if path.suffix in (".yaml", ".md") and path.stem not in ("sources", "references")
    ]
    assert len(files) > 5
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            assert told(line) == line


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u00ad", "\u202e", "\x1b", "\u2060", "\ufeff", "\u3164"]
)
@pytest.mark.parametrize("raw", [True, False])
def test_what_does_not_show_hides_no_name(hidden, raw):
    """Neither the character itself nor the mark that stands for it parts a name."""
    withheld = Withholding([Patient("", "QUITZOW^ANNABEL", "PID-77121", "19610417")])
    told = f"Of {hidden.join('Quitzow')}, {hidden.join('77121')} {hidden}Annabel{hidden}."
    said = withheld(told if raw and hidden not in "\x1b\u3164" else inert(told))
    bare = "".join(c for c in MARK.sub("", said).casefold() if c.isalnum())
    assert [name for name in ("quitzow", "77121", "annabel") if name in bare] == []
    assert WITHHELD in said


def test_a_name_with_something_hidden_in_it_is_withheld_without_it():
    hidden = Patient("", inert("QUIT\u200bZOW^ANNA\x1bBEL"), inert("PID\u202e-77121"))
    said = Withholding([hidden])("Quitzow, Annabel, PID-77121")
    assert [name for name in ("Quitzow", "Annabel", "77121") if name in said] == []
