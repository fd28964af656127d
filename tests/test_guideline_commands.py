"""The commands of those who keep a guideline, as an institution uses them."""

import json
import shlex
import shutil

import pytest

from tests.guidelines.cases import READER, vignettes
from tests.guidelines.institution import CONTRIBUTING, own_guideline, recipe
from tests.store.samples import ANNA
from tumorboard import cli
from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.facts import sheet_from_json
from tumorboard.resources import resource_path

SHIPPED = resource_path("guidelines", "rps", "1.1.0")
SIGNED = ("--author", "Dr Lead", "--reason", "Board of 5 January", "--date", "2026-01-05")


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command line in a folder of its own, on the usual store: code, output, complaints."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments):
        code = cli.main([*map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run_here


@pytest.fixture
def cases():
    """Two cases in the usual store, one of more than 20 cm."""
    workspace = Workspace(Settings().store_folder, "Dr Sample")
    for name in ("V-07", "V-08"):
        workspace.session.new_case(name, ANNA)
        for fact in sheet_from_json(vignettes()[name]["inputs"], READER):
            workspace.session.set_fact(fact.name, fact.value)
    workspace.close()


def opened(label):
    """Return the newest assessment of a case as the window would give it."""
    workspace = Workspace(Settings().store_folder, "Dr Sample")
    try:
        (uid,) = (c.uid for c in workspace.session.cases() if c.label == label)
        workspace.session.open_case(uid)
        return workspace.session.assessment
    finally:
        workspace.close()


def commands_of_the_recipe():
    text = CONTRIBUTING.read_text(encoding="utf-8")
    part = text[text.index("## A rule") : text.index("```yaml")]
    return [line.strip() for line in part.splitlines() if line.startswith("    ")]


def test_the_recipe_leads_from_a_copy_to_the_changed_assessment(run, cases, tmp_path):
    said = {}
    for line in commands_of_the_recipe():
        if line.startswith("#"):
            assert "my-rules/additions/anaesthesia.yaml" in line
            (tmp_path / "my-rules/additions/anaesthesia.yaml").write_text(recipe())
            continue
        program, *arguments = shlex.split(line)
        assert program == "tumorboard"
        code, out, err = run(*arguments)
        expected = cli.INCOMPLETE if arguments[0] == "lint" else cli.DONE
        assert (code, err) == (expected, ""), line
        said[" ".join(arguments[:2])] = out
    assert "V-07, alerts: [] was expected, ['R-OWN-01'] found" in said["lint my-rules"]
    assert "rule R-OWN-01 added" in said["guideline diff"]
    assert "case V-07: Over 20 cm; the anaesthetist" in said["guideline diff"]
    assert "case V-08" not in said["guideline diff"]
    assert "In force: rps-example 1.0.0" in said["guideline choose"]
    assessment = opened("V-07")
    assert "R-OWN-01" in {a.rule for a in assessment.alerts}
    assert assessment.guideline_id == "rps-example"
    assert "R-OWN-01" not in {a.rule for a in opened("V-08").alerts}
    assert run("report", "V-07", "--html", "report.html")[0] == cli.DONE
    page = (tmp_path / "report.html").read_text()
    assert "rps-example 1.0.0" in page
    assert "Example Hospital. Protocol of the sarcoma board (2026)" in page


def test_lint_compares_the_answers_to_cases(run, tmp_path):
    assert run("lint", SHIPPED, "--cases")[:2][1].endswith("37 cases, 0 deviations\n")
    copy = shutil.copytree(SHIPPED, tmp_path / "copy")
    entries = json.loads((copy / "cases.json").read_text())
    entries[0]["expected"]["category"] = "resectable"
    (copy / "cases.json").write_text(json.dumps(entries))
    code, out, _ = run("lint", copy, "--cases")
    assert code == cli.INCOMPLETE
    found = [line for line in out.splitlines() if "was expected" in line]
    first = entries[0]["id"]
    assert found == [f"{first}, category: resectable was expected, unresectable found"]
    assert run("lint", copy, "--cases", SHIPPED / "cases.json")[0] == cli.DONE
    assert run("lint", copy)[0] == cli.DONE
    (copy / "cases.json").unlink()
    code, _, err = run("lint", copy, "--cases")
    assert code == cli.FAILED
    assert "cases.json" in err


def test_diff_of_two_versions_in_lines_and_as_json(run):
    code, out, _ = run("guideline", "diff", "1.0.0", "1.1.0")
    assert code == cli.DONE
    assert "rule R-ALT-15 removed" in out
    found = json.loads(run("guideline", "diff", "1.0.0", SHIPPED, "--json")[1])
    assert (found["before"], found["after"]) == ("rps 1.0.0", "rps 1.1.0")
    changed = {(c["about"], c["id"]): c["how"] for c in found["changes"]}
    assert changed["setting", "S-21"] == "added"
    assert {v["id"] for v in found["vignettes"]}
    same = json.loads(run("guideline", "diff", "1.1.0", SHIPPED, "--json")[1])
    assert same["changes"] == same["vignettes"] == same["cases"] == []


def test_the_vignettes_are_those_of_the_second_else_of_the_first(run, tmp_path):
    mine = own_guideline(tmp_path / "mine")
    entries = [e for e in json.loads((mine / "cases.json").read_text()) if e["id"] == "V-07"]
    (mine / "cases.json").write_text(json.dumps([{**entries[0], "id": "ours"}]))
    assert "vignette ours: Over 20 cm" in run("guideline", "diff", "1.1.0", mine)[1]
    (mine / "cases.json").unlink()
    assert "vignette V-07: Over 20 cm" in run("guideline", "diff", "1.1.0", mine)[1]


def test_list_tells_origin_state_and_who_signed(run, cases, tmp_path):
    mine = own_guideline(tmp_path / "mine")
    assert run("guideline", "install", mine)[0] == cli.DONE
    assert run("guideline", "choose", "rps-example", *SIGNED)[0] == cli.DONE
    assert run("guideline", "retire", "1.0.0", *SIGNED)[0] == cli.FAILED  # two have this version
    assert run("guideline", "retire", "rps/1.0.0", *SIGNED)[0] == cli.DONE
    assert run("guideline", "list")[1].splitlines() == [
        "rps 1.0.0: retired; ships with the program",
        "rps 1.1.0: can be chosen; ships with the program; 2 cases last assessed by it",
        "rps-example 1.0.0: in force; in the store",
        "rps 1.0.0 retired · Dr Lead · 2026-01-05 · Board of 5 January",
        "rps-example 1.0.0 chosen · Dr Lead · 2026-01-05 · Board of 5 January",
    ]
    assert run("guideline", "choose", "rps/1.0.0", *SIGNED)[0] == cli.FAILED
    assert run("guideline", "retire", "rps/1.0.0", "--undo", *SIGNED)[0] == cli.DONE
    assert run("guideline", "choose", "rps/1.0.0", *SIGNED)[0] == cli.DONE


def test_a_choice_without_signature_writes_nothing(run):
    code, _, err = run("guideline", "choose", "1.0.0")
    assert code == cli.FAILED
    assert "signed" in err
    code, out, _ = run("guideline", "choose", "1.0.0", "--preview")
    assert (code, out) == (cli.DONE, "No stored case would change.\n")
    assert not Settings().store_folder.exists()


def test_assess_by_another_guideline(run, tmp_path):
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(vignettes()["V-07"]["inputs"]))
    mine = own_guideline(tmp_path / "mine")

    def told(*more):
        result = json.loads(run("assess", facts, "--json", *more)[1])
        return result["guideline"]["id"], result["guideline"]["version"], result["alerts"]

    assert told()[:2] == ("rps", "1.1.0")
    assert told("--guideline", "1.0.0")[:2] == ("rps", "1.0.0")
    assert told("--guideline", mine) == ("rps-example", "1.0.0", ["R-OWN-01"])
    assert run("assess", facts, "--guideline", "9.9.9")[0] == cli.FAILED
    assert run("assess", facts, "--guideline", tmp_path)[0] == cli.FAILED
    assert run("guideline", "install", mine)[0] == cli.DONE
    assert run("guideline", "choose", "rps-example", *SIGNED)[0] == cli.DONE
    assert told()[:2] == ("rps", "1.1.0")  # a file of facts is of no store
    lines = tmp_path / "lines.json"
    lines.write_text(facts.read_text() + "\n")
    result = json.loads(run("assess", lines, "--lines", "--guideline", "rps-example")[1])
    assert result["alerts"] == ["R-OWN-01"]


def test_what_counts_for_a_store_counts_in_every_command(run, cases, tmp_path):
    run("guideline", "install", own_guideline(tmp_path / "mine"))
    assert "Nothing would change" in run("reassess")[1]
    run("guideline", "choose", "rps-example", *SIGNED)
    code, out, err = run("reassess")
    assert (code, err) == (cli.DONE, "")
    assert out.startswith("V-07: Over 20 cm; the anaesthetist sees the patient")
    broken = Settings().store_folder / "guidelines/rps-example/1.0.0/alerts.yaml"
    broken.write_text(broken.read_text() + "# changed\n")
    code, out, err = run("reassess")
    assert code == cli.DONE
    assert "Nothing would change" in out
    assert "rps-example 1.0.0, which was chosen here, cannot be used" in err
    assert "In force is rps 1.1.0." in err


def test_assessing_says_that_the_store_goes_by_another_guideline(tmp_path, capsys):
    store, facts = tmp_path / "store", tmp_path / "facts.json"
    facts.write_text('{"site": "retroperitoneum"}', encoding="utf-8")
    rules = own_guideline(tmp_path / "rules")
    for words in (
        ["guideline", "install", str(rules)],
        ["guideline", "choose", "rps-example", "--author", "Dr A", "--reason", "Board"],
    ):
        assert cli.main(["--store", str(store), *words]) == 0
    capsys.readouterr()
    assert cli.main(["--store", str(store), "assess", str(facts)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("Guideline rps 1.1.0\n")
    assert "The store goes by rps-example 1.0.0, this is rps 1.1.0" in told.err
    assert '--guideline "rps-example 1.0.0"' in told.err
    own = ["assess", str(facts), "--guideline", "rps-example"]
    assert cli.main(["--store", str(store), *own]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("Guideline rps-example 1.0.0\n")
    assert told.err == ""


def test_the_names_that_a_condition_may_ask_are_listed(run):
    code, out, _ = run("guideline", "names", "vein ostia")
    assert code == 0
    assert "hepatic_vein_ostia_clear (choice): Cranial end below the hepatic vein ostia" in out
    code, out, _ = run("guideline", "names", "--guideline", "1.0.0", "--json")
    assert {"histology", "m_status", "O-PREOP-RT"} <= {entry["name"] for entry in json.loads(out)}
