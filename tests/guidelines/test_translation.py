"""A guideline speaks another language as far as a clinician reviewed it, and decides the same."""

import shutil

import pytest

from tests.guidelines.cases import sheet, vignettes
from tumorboard.app.guideline_install import install
from tumorboard.app.guideline_versions import digest, loaded
from tumorboard.case.facts import FactSheet
from tumorboard.guidelines import assess, load_folder
from tumorboard.guidelines.authoring.lint import lint
from tumorboard.language import choose
from tumorboard.resources import resource_path
from tumorboard.ui.assessment.panel_rows import Basis, assessment_rows

SHIPPED = resource_path("guidelines", "rps", "1.1.0")
REVIEWED = 'reviewed_by: Dr Example\nreviewed_on: "2026-01-05"\n'
TEXTS = """\
texts:
  R-ALT-04: {text: Das CT des Thorax fehlt.}
  R-ALT-01: {then.0.text: "Biopsie ohne Bildgebung davor."}
  O-BIOPSY: {title: Stanzbiopsie unter Bildsteuerung}
  F-004: {text: "Anteil der Leiomyosarkome an den retroperitonealen Sarkomen: 20 bis 28 %."}
  categories: {resectable: Resektabel}
  scopes: {RPS: alle retroperitonealen Sarkome}
"""


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "rps")


@pytest.fixture
def german():
    choose("de")
    yield
    choose("en")


def translate(folder, text, language="de"):
    (folder / "translations").mkdir(exist_ok=True)
    (folder / "translations" / f"{language}.yaml").write_text(text, encoding="utf-8")


def alert(guideline, rule):
    return next(r for r in guideline.rules if r.id == rule)


def errors(folder):
    return [str(f) for f in lint(folder) if f.file.startswith("translations/")]


@pytest.mark.usefixtures("german")
def test_reviewed_texts_are_spoken_and_all_others_stay(folder):
    translate(folder, REVIEWED + TEXTS)
    spoken = load_folder(folder)
    assert alert(spoken, "R-ALT-04").text == "Das CT des Thorax fehlt."
    first, second = alert(spoken, "R-ALT-01").effects["T"]
    assert first.text == "Biopsie ohne Bildgebung davor."
    assert second.text == "Biopsy; imaging before it is not documented."
    assert spoken.options["O-BIOPSY"].title == "Stanzbiopsie unter Bildsteuerung"
    assert spoken.options["O-OBSERVE"].title == "Observation of indolent disease"
    assert spoken.categories["resectable"] == "Resektabel"
    assert spoken.categories["unresectable"] == "Unresectable"
    assert spoken.catalogue.citation("F-004").text.startswith("Anteil der Leiomyosarkome")
    assert spoken.catalogue.citation("F-001").scope == "alle retroperitonealen Sarkome"
    assert "Dr Example, 2026-01-05" in spoken.spoken.words
    assert (spoken.spoken.translated, spoken.spoken.language) == (6, "en")
    assert spoken.spoken.count > 500
    assert errors(folder) == []


def test_in_its_own_language_a_guideline_is_as_it_was(folder):
    translate(folder, REVIEWED + TEXTS)
    plain = load_folder(folder)
    assert alert(plain, "R-ALT-04").text == "CT chest is missing."
    assert plain.spoken.words == ""


def test_a_translation_changes_no_answer_and_no_digest(folder, german):
    before, plain = digest(folder), load_folder(folder)
    translate(folder, REVIEWED + TEXTS)
    spoken = load_folder(folder)
    assert digest(folder) == before
    assert (spoken.id, spoken.version, spoken.fact_base) == (plain.id, plain.version, "1.1")
    for case in list(vignettes().values())[:20]:
        facts = sheet(case["inputs"])
        one, other = assess(facts, plain), assess(facts, spoken)
        assert one.input_hash == other.input_hash
        assert one.category == other.category
        assert {o.id: o.status for o in one.options} == {o.id: o.status for o in other.options}
        assert [a.rule for a in one.alerts] == [a.rule for a in other.alerts]
        assert one.marks == other.marks


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("", "no clinician is named"),
        ('reviewed_by: ""\nreviewed_on: "2026-01-05"\n', "no clinician is named"),
        ("reviewed_by: Dr Example\n", "day of the review"),
        ("reviewed_by: Dr Example\nreviewed_on: soon\n", "day of the review"),
        ("reviewed_by: Dr Example\nreviewer: X\n", "nothing else"),
    ],
)
def test_what_nobody_reviewed_is_not_used(folder, monkeypatch, head, says):
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    translate(folder, head + TEXTS)
    plain = load_folder(folder)
    assert alert(plain, "R-ALT-04").text == "CT chest is missing."
    assert plain.spoken.words.startswith("The texts of the guideline are in English. translations")
    assert says in plain.spoken.words
    (error,) = errors(folder)
    assert error.startswith("error: translations/de.yaml, line 1: ")
    assert says in error


def test_a_file_that_cannot_be_read_stops_nothing(folder, monkeypatch):
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    translate(folder, "texts: {")
    assert "not well-formed" in load_folder(folder).spoken.words
    assert "not well-formed" in errors(folder)[0]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("R-NO-01: {text: Nichts.}", "R-NO-01 text: there is no such text"),
        ("R-ALT-04: {title: Nichts.}", "R-ALT-04 title: there is no such text"),
        ("R-ALT-04: {text: 3}", "a text is expected"),
        ("R-ALT-04: Nichts.", "there is no such text"),
        ('F-004: {text: "Anteil: 20 bis 82 %."}', "states a number that the original does not"),
        ('F-004: {text: "Anteil: 20 %."}', "lacks a number of the original"),
        ('R-ALT-04: {text: "Das CT {category} fehlt."}', "placeholders"),
    ],
)
def test_a_text_that_does_not_keep_its_original_is_left_out(folder, monkeypatch, line, says):
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    good = "\n  O-BIOPSY: {title: Stanzbiopsie}\n"
    translate(folder, f"{REVIEWED}texts:\n  {line}{good}")
    spoken = load_folder(folder)
    assert spoken.options["O-BIOPSY"].title == "Stanzbiopsie", "the others are used"
    assert alert(spoken, "R-ALT-04").text == "CT chest is missing."
    assert "20 to 28 %" in spoken.catalogue.citation("F-004").text
    (error,) = errors(folder)
    assert error.startswith("error: translations/de.yaml, line 4: ")
    assert says in error


def test_a_decimal_comma_is_the_same_number(folder, monkeypatch):
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    original = load_folder(folder).catalogue.references["X-24"].text
    german = original.replace("0.3", "0,3").replace("1.5", "1,5").replace('"', "")
    translate(folder, f'{REVIEWED}texts:\n  X-24: {{text: "{german}"}}\n')
    assert "0,3 mg/dL" in load_folder(folder).catalogue.references["X-24"].text
    assert errors(folder) == []


def test_a_folder_says_in_which_language_it_is(folder, monkeypatch):
    head = folder / "guideline.yaml"
    head.write_text(f"language: de\n{head.read_text(encoding='utf-8')}", encoding="utf-8")
    assert load_folder(folder).spoken.words == "The texts of the guideline are in German."
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    assert load_folder(folder).spoken.words == ""
    head.write_text(head.read_text(encoding="utf-8").replace("language: de", "language: German"))
    assert "two letters" in next(f.text for f in lint(folder))


def test_an_institution_brings_its_translation_along(folder, tmp_path, monkeypatch):
    head = folder / "guideline.yaml"
    text = head.read_text(encoding="utf-8").replace("\nid: rps\n", "\nid: own\n")
    head.write_text(text, encoding="utf-8")
    translate(folder, REVIEWED + TEXTS)
    store = tmp_path / "store"
    store.mkdir()
    version = install(store, folder)
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    monkeypatch.setattr("tumorboard.app.guideline_versions.code", lambda: "de")
    assert loaded(version).options["O-BIOPSY"].title == "Stanzbiopsie unter Bildsteuerung"
    translate(version.folder, REVIEWED + "texts:\n  O-BIOPSY: {title: Stanzbiopsie}\n")
    assert loaded(version).options["O-BIOPSY"].title == "Stanzbiopsie", "it is read anew"


def test_the_panel_says_once_in_which_language_the_guideline_is(folder, monkeypatch):
    monkeypatch.setattr("tumorboard.guidelines.loader.code", lambda: "de")
    guideline = load_folder(folder)
    facts = FactSheet()
    basis = Basis(facts, guideline, guideline.settings, lambda _rule: ())
    rows = assessment_rows(assess(facts, guideline), (), basis)
    assert rows.guideline.endswith("The texts of the guideline are in English.")
    assert str(rows).count("The texts of the guideline are in English.") == 1
