"""Names that are words too: other people's words stay whole, own sentences wait for a person."""

from dataclasses import replace

import pytest

from tests.reports.made import case, context
from tumorboard.case.model import Patient
from tumorboard.reports.identity import (
    UNDECIDED,
    WITHHELD,
    Choice,
    Withholding,
    sentence_digest,
)
from tumorboard.reports.name_words import is_word
from tumorboard.reports.words import dicom_date
from tumorboard.resources import resource_path

NAMES = [
    row
    for row in resource_path("terms", "names_that_are_words.txt").read_text("utf-8").splitlines()
    if row and not row.startswith("#")
]
#: Written by the program or by people, about other patients.
SENTENCES = (
    *("No spread on CT.", "Extensive major vessel involvement", "Seen again on 12 May 2025"),
    *("Size 10.5 × 8.9 × 13.2 cm on 3 Jan 2026", "Not resectable: liver hilum encased all round"),
    *("Kein Hinweis auf Metastasen, Leber frei", "Ewing sarcoma, grade 3; margin clear"),
    *("IVC: renal veins to intrahepatic, no thrombus in the right atrium", "Major response"),
    *("Keine Fernmetastasen, im März 2026 operiert", "Stage III, high grade, deep, long segment"),
)


def test_there_are_hundreds_of_them():
    assert len(set(NAMES)) > 300
    assert {"no", "may", "major", "jan", "long", "klein"} <= set(NAMES)
    assert all(is_word(name) and is_word(name.upper()) for name in NAMES)


@pytest.mark.parametrize("spelled", [str.title, str.upper, str.lower])
def test_sentences_of_other_cases_stay_to_the_letter_whoever_is_on_the_agenda(spelled):
    everybody = [
        Patient("", f"{spelled(name)}^{spelled(other)}", f"PID-9{n:05d}", "19000101")
        for n, (name, other) in enumerate(zip(NAMES, reversed(NAMES), strict=True))
    ]
    told = Withholding([Patient("", "Quitzow^Annabel", "PID-77121")], everybody)
    months = [f"12 {dicom_date(f'2025{m:02d}12').split()[1]} 2025" for m in range(1, 13)]
    for sentence in (*SENTENCES, *months):
        assert told(sentence) == sentence


@pytest.mark.parametrize("name", ["No", "May", "Major", "Jan", "Long", "Li", "Klein"])
def test_a_sentence_of_the_own_case_waits_for_a_person(name):
    who = [Patient("", f"Quitzow^{name}", "PID-77121", "19610417")]
    text = f"{name} was there. Quitzow came alone."
    first = f"{name} was there."
    open_ended = Withholding(who)
    assert open_ended.undecided(text) == (first,)
    assert open_ended(text) == f"{UNDECIDED} {WITHHELD} came alone."
    digest = sentence_digest(first)
    kept, blanked = (Withholding(who, (), {digest: choice}) for choice in Choice)
    assert {kept(text), blanked(text)} == {
        f"{name} was there. {WITHHELD} came alone.",
        f"{WITHHELD} was there. {WITHHELD} came alone.",
    }
    assert kept.undecided(text) == blanked.undecided(text) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Quitzow^Annabel", "Quitzow and Annabel"),
        ("Hupfeld^Bo", "the Hupfelds"),
        ("Müller-Lüdenscheidt^X", "Mueller-Luedenscheidt"),
    ],
)
def test_distinctive_names_of_others_are_withheld(name, text):
    told = Withholding([], [Patient("", name, "", "")])(text)
    assert told.replace(WITHHELD, "").split() in ([], ["the"], ["and"])


@pytest.mark.parametrize("text", ["Bo was here", "Li-Fraumeni", "Ng tube", "an old scar"])
def test_short_names_of_others_are_no_reason_to_blank(text):
    told = Withholding([], [Patient("", "Li^Bo"), Patient("", "Ng^Old"), Patient("", "Scar^An")])
    assert told(text) == text


@pytest.mark.parametrize(
    "text", ["47 112", "47112", "17.III.1948", "Hupfeldsche Lösung", "von Hupfeld", "王小明"]
)
def test_more_spellings_of_own_names_and_numbers_are_withheld(text):
    who = Patient("", "von Hupfeld^Dr. Anke=王^小明", "PID-47112", "19480317")
    assert WITHHELD in Withholding([who])(f"about {text}, here")
    assert Withholding([who])("Dr. Sample von der Klinik") == "Dr. Sample von der Klinik"


@pytest.mark.parametrize(
    "name", ["No^May", "Major^Jan", "Klein^Lang", "Stage^High", "Not^Assessed"]
)
def test_words_of_the_program_stay_whoever_the_patient_is(name):
    """The report of a case whose patient is called by words of the report itself."""
    mine, plain = (
        context(of=replace(case(), patient=replace(case().patient, name=who)))
        for who in (name, "Zzquitzow^Zzannabel")
    )
    for part in ("size", "criteria", "alerts", "options", "facts", "missing", "plans", "about"):
        assert getattr(mine, part) == getattr(plain, part), part
    assert mine.studies == plain.studies
