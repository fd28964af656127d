"""A guideline that cannot be used is refused with file and line."""

import shutil

import pytest

from tests.guidelines.cases import vignettes
from tumorboard.errors import UserError
from tumorboard.guidelines import load_folder, load_guideline
from tumorboard.guidelines.tree import About
from tumorboard.resources import resource_path

SHIPPED = resource_path("guidelines", "rps", "1.1.0")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "rps")


def _edit(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_guideline_loads_once():
    assert load_guideline() is load_guideline("1.1.0")
    assert load_guideline().version == "1.1.0"
    assert load_guideline("1.0.0").version == "1.0.0"


def test_a_version_that_does_not_ship():
    with pytest.raises(FileNotFoundError):
        load_guideline("9.9.9")


def test_a_copy_is_the_same(folder):
    assert load_folder(folder).groups == load_guideline().groups


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "resectability.yaml",
            "m_status = present",
            "m_statsu = present",
            'unknown name "m_statsu"',
        ),
        ("resectability.yaml", "m_status = present", "m_status = there", '"there" is not a value'),
        ("resectability.yaml", "m_status = present", "m_status == present", "cannot be read"),
        ("resectability.yaml", "m_status = present", "__import__('os')", "cannot be read"),
        ("resectability.yaml", "category: metastatic", "category: lost", 'no category "lost"'),
        ("resectability.yaml", "{criteria_present}", "{criteria_gone}", "criteria_gone"),
        ("resectability.yaml", "facts: [F-137, F-142]", "facts: []", "without a source"),
        ("resectability.yaml", "facts: [F-137, F-142]", "facts: [F-999]", "F-999 does not exist"),
        ("resectability.yaml", "settings: [S-12]", "settings: [S-77]", "S-77 does not exist"),
        ("options-primary.yaml", "O-LND, status: discourage", "O-LND, status: forbid", "forbid"),
        ("options-primary.yaml", "option: O-LND", "option: O-NEW", 'no option "O-NEW"'),
        ("options-primary.yaml", "id: R-SUR-03", "id: R-SUR-01", "R-SUR-01 stands here twice"),
        ("alerts.yaml", "alert: critical", "alert: terrible", "terrible"),
        ("alerts.yaml", "fired(R-GATE-01)", "fired(R-GATE-09)", 'no rule "R-GATE-09"'),
        ("alerts.yaml", "conflicts: [C-08]", "conflicts: [C-99]", "C-99 does not exist"),
        ("alerts.yaml", "text: CT chest is missing.", "txt: CT chest is missing.", "txt"),
        ("prognosis.yaml", "prognosis: WDLPS}]", "prognosis: XX}]", 'no prognosis "XX"'),
        ("conflict-panels.yaml", "[{conflicts: [C-18]}]", "[{conflicts: [C-88]}]", "C-88"),
        ("facts.yaml", 'cite: ["003 Introduction"]', 'cite: ["009 Introduction"]', "source 009"),
        ("facts.yaml", "scope: RP-LMS", "scope: ALL", 'no scope "ALL"'),
        ("facts.yaml", "id: F-002", "id: F-001", "F-001 stands here twice"),
        ("settings.yaml", "default: 180", "default: 900", "S-02"),
        ("settings.yaml", "references: [X-05]", "references: [X-99]", "X-99 does not exist"),
        ("derived.yaml", "reads: [diameters_cm]", "reads: [ajcc_T]", "not known at this point"),
        ("derived.yaml", "name: size_gt_5", "name: size_gt_6", "no arithmetic"),
        ("guideline.yaml", "- peritoneal_implants", "- peritoneal_implant", "unknown name"),
        (
            "gates.yaml",
            "missing: [histology_confirmed]",
            "missing: [histology_sure]",
            "unknown name",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(folder, file, old, new, says):
    line = _edit(folder, file, old, new)
    with pytest.raises(UserError) as caught:
        load_folder(folder)
    message = caught.value.message
    assert message.startswith(f"{file}, line ")
    assert says in message
    named = int(message.removeprefix(f"{file}, line ").split(":")[0])
    assert abs(named - line) <= 12
    assert str(folder) not in str(caught.value)


def test_the_line_is_exact_for_a_condition(folder):
    line = _edit(folder, "alerts.yaml", "biopsy_in_planned_trajectory = no", "nonsense = no")
    with pytest.raises(UserError, match=rf"^alerts\.yaml, line {line}: "):
        load_folder(folder)


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "\t- x", "- &a [*b]"])
def test_a_syntax_error(folder, text):
    (folder / "alerts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"alerts\.yaml"):
        load_folder(folder)


@pytest.mark.parametrize("text", ["", "[]", "just words", "group: alerts"])
def test_a_file_of_another_kind(folder, text):
    (folder / "alerts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"alerts\.yaml, line 1"):
        load_folder(folder)


@pytest.mark.parametrize("file", ["alerts.yaml", "facts.yaml", "schema.json"])
def test_a_missing_file(folder, file):
    (folder / file).unlink()
    with pytest.raises(UserError, match=file):
        load_folder(folder)


def test_every_condition_names_only_what_a_case_can_hold():
    known = set(vignettes()["V-01"]["inputs"]) | set(load_guideline().derived)
    names = {
        name
        for rule in load_guideline().rules
        for node in (rule.when, rule.requires, rule.test)
        if node is not None
        for name in node.names()
    }
    assert known & names
    assert "sex" not in names
    assert isinstance(load_guideline().rule("R-RES-02").when, About)
