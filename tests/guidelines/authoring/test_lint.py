"""The examination of a guideline: quiet on the shipped one, each mistake named with its line."""

import itertools
import random
from functools import cache

import pytest

from tests.guidelines.broken import SHIPPED, copied, edit
from tests.guidelines.cases import sheet
from tumorboard.case.facts import definition, to_json
from tumorboard.guidelines import assess, load_guideline
from tumorboard.guidelines.authoring.enumeration import decision_table, example, setting_variants
from tumorboard.guidelines.authoring.lint import lint

GUIDELINE = load_guideline()
RESECTABILITY = next(g for g in GUIDELINE.groups if g.name == "resectability")


@pytest.fixture
def folder(tmp_path):
    return copied(tmp_path)


@cache
def shipped():
    return lint(SHIPPED)


@cache
def table():
    return decision_table(GUIDELINE, RESECTABILITY, GUIDELINE.settings)


@cache
def tables():
    """The table under each of the settings."""
    variants = setting_variants(GUIDELINE, RESECTABILITY)
    return tuple(decision_table(GUIDELINE, RESECTABILITY, settings) for settings in variants)


def found(folder, severity="error"):
    return [f for f in lint(folder) if f.severity == severity]


def test_the_shipped_guideline_has_no_error():
    assert [str(f) for f in shipped() if f.severity == "error"] == []


def test_what_stays_to_be_confirmed_is_a_warning():
    texts = [f.text for f in shipped() if f.severity == "warning"]
    # R-ALT-29 warns of a poor prognosis above 5 cm; it cites no text that names the size.
    assert {t.split()[0] for t in texts} == {"R-ALT-29:", "S-10", "S-16"}


def test_nothing_in_the_evidence_is_cited_by_nothing():
    assert [f.text for f in shipped() if f.severity == "information"] == []


def test_facts_that_nothing_cites_are_told_with_their_line(tmp_path):
    folder = copied(tmp_path)
    (folder / "evidence.yaml").write_text("options: {}\nplaces: {}\n", encoding="utf-8")
    notes = [f for f in lint(folder) if f.severity == "information"]
    lines = (folder / "facts.yaml").read_text(encoding="utf-8").splitlines()
    in_facts = [f for f in notes if f.file == "facts.yaml"]
    assert {"F-003", "F-193", "F-400"} <= {f.text.split()[0] for f in in_facts}
    for note in in_facts:
        assert f"id: {note.text.split()[0]}," in lines[note.line - 1]
    cited = {c for rule in GUIDELINE.rules for c in rule.facts}
    assert not {f.text.split()[0] for f in notes} & cited


# the decision table of resectability, every combination


def test_every_combination_is_decided_whatever_the_settings():
    assert all(complete.decided().all() for complete in tables())
    assert len(tables()) == 4  # two choices each of S-12 and S-13


def test_the_table_is_the_whole_product():
    size = 1
    for name in table().names:
        # all values of the choices but those that no rule tells apart, and not known
        size *= len(table().values[table().names.index(name)])
        assert None in table().values[table().names.index(name)]
    assert table().size == size
    criteria = [table().values[table().names.index(c)] for c in GUIDELINE.criteria]
    assert criteria == [(None, "present", "absent")] * 6
    assert set(table().names) == {
        *GUIDELINE.criteria,
        *("site", "disease_phase", "expected_completeness"),
        *("distant_metastasis_read", "chest_ct", "abdomen_pelvis_ct"),
    }


def test_every_rule_is_reached():
    reached = [False] * len(RESECTABILITY.rules)
    for complete in tables():
        reached = [a or b for a, b in zip(reached, complete.reached(), strict=True)]
    assert all(reached)


def test_the_table_agrees_with_the_evaluation():
    for row in random.Random(3).sample(range(table().size), 400):
        inputs = {n: to_json(n, v) for n, v in table().combination(row).items()}
        first = next(
            rule.id
            for rule, holds in zip(RESECTABILITY.rules, table().holds, strict=True)
            if holds[row]
        )
        assert assess(sheet(inputs), GUIDELINE).category_rule == first


def test_values_put_together_are_those_that_the_table_cannot_tell_apart():
    """By the evaluation: uterus reads like extremity, as far as the category goes."""
    sites = [c.value for c in definition("site").choices]
    criteria = dict.fromkeys(GUIDELINE.criteria, "absent")
    phases = ("unknown", "primary_unresected")
    for phase, read in itertools.product(phases, ("present", "absent", "not_assessed")):
        inputs = {**criteria, "disease_phase": phase, "distant_metastasis_read": read}
        categories = {
            assess(sheet({**inputs, "site": site}), GUIDELINE).category
            for site in sites
            if site != "retroperitoneum"
        }
        assert len(categories) == 1


# mistakes


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("alerts.yaml", "text: CT chest is missing.", "txt: CT chest is missing.", "txt"),
        ("resectability.yaml", "m_status = present", "m_statsu = present", "m_statsu"),
        ("resectability.yaml", "facts: [F-137, F-142]", "facts: []", "without a source"),
        ("resectability.yaml", "facts: [F-137, F-142]", "facts: [F-999]", "F-999"),
        ("settings.yaml", "default: 180", "default: 900", "S-02"),
        ("derived.yaml", "reads: [diameters_cm]", "reads: [grade]", "not known at this point"),
    ],
)
def test_what_cannot_be_loaded(folder, file, old, new, says):
    line = edit(folder, file, old, new)
    errors = lint(folder)
    assert {(e.severity, e.file) for e in errors} == {("error", file)}
    assert all(abs(e.line - line) <= 4 for e in errors)
    assert any(says in e.text for e in errors)


def test_every_broken_rule_is_named_at_once(folder):
    edit(folder, "resectability.yaml", "m_status = present", "m_statsu = present")
    edit(folder, "alerts.yaml", "fired(R-GATE-01)", "fired(R-GATE-09)")
    edit(folder, "options-ivc.yaml", "facts: [", "facts: [F-999, ")
    assert {f.file for f in lint(folder)} == {
        "resectability.yaml",
        "alerts.yaml",
        "options-ivc.yaml",
    }


def test_every_malformed_file_is_named_at_once(folder):
    (folder / "alerts.yaml").write_text("a: [", encoding="utf-8")
    edit(folder, "settings.yaml", "kind: number", "kind: numeral")
    assert {f.file for f in lint(folder)} == {"settings.yaml", "alerts.yaml"}


def test_a_missing_file(folder):
    (folder / "gaps.yaml").unlink()
    (error,) = lint(folder)
    assert (error.file, error.line) == ("gaps.yaml", 0)


def test_a_gap_in_the_decision_table(folder):
    edit(folder, "resectability.yaml", "when: any of criteria is unknown", "when: grade = 1")
    errors = found(folder)
    assert any("No rule of this table decides" in f.text for f in errors)
    assert all(f.file == "resectability.yaml" for f in errors)


def test_a_gap_in_the_conclusions_of_a_rule(folder):
    edit(folder, "resectability.yaml", "if: site is unknown,", "if: grade = 1,")
    (gap,) = (f for f in found(folder) if "decides" in f.text)
    assert "nothing is recorded" in gap.text


def test_a_rule_behind_one_that_takes_all_its_cases(folder):
    edit(folder, "resectability.yaml", "when: disease_phase = recurrence", "when: site is known")
    texts = [f.text for f in found(folder)]
    assert "R-RES-11 is never reached: earlier rules take every case." in texts


def test_conditions_that_exclude_each_other(folder):
    old = "when: category = resectable and preop_rt in {none, planned} and rt_histology = yes"
    line = edit(folder, "options-primary.yaml", old, old + " and category = metastatic")
    (error,) = found(folder)
    assert error.text.startswith("R-PRT-01 can never hold")
    assert abs(error.line - line) <= 1


def test_a_conclusion_that_can_never_apply(folder):
    edit(folder, "options-primary.yaml", "if: category = unresectable", "if: site = uterus")
    warnings = [f.text for f in found(folder, "warning")]
    assert "R-IVC-01: the conclusion O-IVC-RECON can never apply." in warnings


def test_rules_of_one_conclusion_without_an_order(folder):
    edit(folder, "resectability.yaml", "match: first\n", "")
    texts = [f.text for f in found(folder)]
    assert any("R-RES-06 and R-RES-02 can both hold" in t for t in texts)


def test_two_prognoses_at_once(folder):
    edit(folder, "prognosis.yaml", "when: histology = DDLPS and grade = 3", "when: grade = 3")
    texts = [f.text for f in found(folder)]
    assert any("R-PRG-03 and R-PRG-01 can both hold" in t for t in texts)


def test_an_option_that_no_rule_speaks_of(folder):
    path = folder / "options.yaml"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(text + "\n  - {id: O-IDLE, title: Idle}\n", encoding="utf-8")
    warnings = found(folder, "warning")
    assert [f.text for f in warnings if f.file == "options.yaml"] == ["No rule speaks of O-IDLE."]


def test_an_example_satisfies_what_it_stands_for():
    rule = GUIDELINE.rule("R-STS-01")
    values = example(GUIDELINE, [rule.requires, rule.when])
    assert values["site"] in {"extremity", "trunk_wall"}
    assert values["histology_confirmed"] == "yes"


def test_a_finding_reads_as_one_line():
    first = next(f for f in shipped() if f.severity == "warning")
    assert str(first).startswith("warning: alerts.yaml, line ")
    assert "\n" not in str(first)
