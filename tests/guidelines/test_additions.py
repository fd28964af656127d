"""What an institution adds: a file that brings rules with their evidence, found by lying there."""

import pytest

from tests.guidelines.broken import SHIPPED, copied
from tests.guidelines.cases import sheet, vignettes
from tests.guidelines.institution import recipe
from tumorboard.errors import UserError
from tumorboard.guidelines import assess, load_folder, load_guideline
from tumorboard.guidelines.authoring.lint import lint

BASE = load_guideline()


@pytest.fixture
def folder(tmp_path):
    made = copied(tmp_path)
    (made / "additions").mkdir()
    return made


def add(folder, text, name="ours.yaml"):
    (folder / "additions" / name).write_text(text, encoding="utf-8")
    return folder


def option(when="site = retroperitoneum", then="{option: O-PREOP-RT, status: discourage}"):
    return (
        "group: options\n"
        "sections:\n"
        "  - title: Ours\n"
        "    rules:\n"
        f"      - {{id: R-OWN-02, when: {when}, text: Ours., facts: [F-171], then: [{then}]}}\n"
    )


def errors(folder):
    return [str(f) for f in lint(folder) if f.severity == "error"]


def test_a_guideline_without_additions_is_as_it_was(folder):
    assert load_folder(folder).groups == BASE.groups


def test_the_rule_of_the_recipe_counts_where_it_should(folder):
    guideline = load_folder(add(folder, recipe()))
    for name, case in vignettes().items():
        inputs = sheet(case["inputs"])
        diameters = inputs.value("diameters_cm") or ()
        retroperitoneal = inputs.value("site") == "retroperitoneum"
        primary = inputs.value("disease_phase") == "primary_unresected"
        expected = retroperitoneal and primary and max(diameters, default=0) > 20
        before, after = assess(inputs, BASE), assess(inputs, guideline)
        new = {a.rule for a in after.alerts} - {a.rule for a in before.alerts}
        assert new == ({"R-OWN-01"} if expected else set()), name
        assert after.category == before.category


def test_it_shows_its_source_and_the_work_in_full(folder):
    guideline = load_folder(add(folder, recipe()))
    assessed = assess(sheet(vignettes()["V-07"]["inputs"]), guideline)
    alert = next(a for a in assessed.alerts if a.rule == "R-OWN-01")
    (cited,) = alert.reason.sources
    assert (cited.id, cited.source) == ("F-901", "Board protocol 2026, Section 3")
    assert assessed.works["Board protocol 2026"] == (
        "Example Hospital. Protocol of the sarcoma board (2026)"
    )
    assert guideline.rule("R-OWN-01").file == "additions/ours.yaml"


def test_the_recipe_has_no_error(folder):
    assert errors(add(folder, recipe())) == []


def test_an_added_rule_of_options_is_seen_by_those_that_read_what_was_merged(folder):
    """The deferral for fitness reads the merged status, whoever gave it."""
    wanted = "{option: O-HYPERTHERMIA, status: consider}"
    guideline = load_folder(add(folder, option(then=wanted)))
    inputs = sheet({**vignettes()["V-08"]["inputs"], "medically_fit_for_major_surgery": "no"})
    assert assess(inputs, guideline).option("O-HYPERTHERMIA").status == "deferred"


def test_an_added_rule_that_reads_what_was_merged_comes_last(folder):
    when = "status(O-PREOP-RT) = suggest"
    then = "{option: O-TRIAL, status: consider}"
    guideline = load_folder(add(folder, option(when, then)))
    last = [g for g in guideline.groups if g.name == "options"][-1]
    assert [r.id for r in last.rules] == ["R-OWN-02"]


def test_files_are_read_in_the_order_of_their_names(folder):
    add(folder, option(), "b.yaml")
    add(folder, option().replace("R-OWN-02", "R-OWN-03"), "a.yaml")
    ours = [r.id for r in load_folder(folder).rules if r.id.startswith("R-OWN")]
    assert ours == ["R-OWN-03", "R-OWN-02"]


def test_evidence_alone_can_be_added(folder):
    text = "references:\n  - {id: X-90, title: Ours, citation: Us, status: ours, text: Said.}\n"
    guideline = load_folder(add(folder, text))
    assert guideline.catalogue.references["X-90"].title == "Ours"
    notes = [f for f in lint(folder) if f.severity == "information"]
    assert [(f.file, f.line) for f in notes] == [("additions/ours.yaml", 2)]


def test_an_option_can_be_added_with_the_rule_that_speaks_of_it(folder):
    text = option(then="{option: O-OURS, status: consider}")
    guideline = load_folder(add(folder, f"options:\n  - {{id: O-OURS, title: Ours}}\n{text}"))
    shown = assess(sheet(vignettes()["V-08"]["inputs"]), guideline).option("O-OURS")
    assert (shown.title, shown.status) == ("Ours", "consider")
    add(folder, "options:\n  - {id: O-OTHER, title: Nobody speaks of it}\n", "other.yaml")
    idle = [str(f) for f in lint(folder) if f.file.startswith("additions")]
    assert idle == ["warning: additions/other.yaml, line 2: No rule speaks of O-OTHER."]


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("facts: [F-901]", "facts: [F-902]", "F-902 does not exist"),
        ("Over 20 cm;", "Over 25 cm;", "25 stands in no text of F-901"),
        ("id: F-901", "id: F-129", "F-129 stands here twice"),
        ('id: "901"', 'id: "003"', "003 stands here twice"),
        ("id: R-OWN-01", "id: R-ALT-01", "R-ALT-01 stands here twice"),
        ('cite: ["901 ', 'cite: ["902 ', "there is no source 902"),
        ("scope: RPS", "scope: Ours", 'there is no scope "Ours"'),
        ("> 20\n", "> 20 and longest_diameter_cm < 10\n", "can never hold"),
        ("longest_diameter_cm >", "largest_diameter_cm >", 'unknown name "largest_diameter_cm"'),
        ("= primary_unresected", "= primary", "(primary_unresected, post_resection, recurrence)"),
        ("{alert: warning}", "{alert: urgent}", "'urgent' is not one of"),
        ("group: alerts", "group: alarms", "'alarms' is not one of"),
        ("figures: [20]", "figures: [21]", "`figures` 21"),
        ("{alert: warning}", "{category: resectable}", "cannot state category"),
        ("{alert: warning}", "{prognosis: none}", "cannot state prognosis"),
        ("{alert: warning}", "{follow_up: none}", "cannot state follow-up"),
        ("{alert: warning}", "{alert: warning, stop: true}", "cannot state stop"),
        ("group: alerts", "group: resectability", "this one belongs into resectability.yaml"),
        ("    requires:", "    needs:", "'needs' was unexpected"),
        ("topics:", "facts:", "are expected, nothing else"),
    ],
)
def test_a_mistake_is_led_to_by_file_and_line(folder, old, new, says):
    text = recipe()
    assert old in text
    add(folder, text.replace(old, new, 1))
    (found,) = errors(folder)
    place, _, said = found.partition(": ")[2].partition(": ")
    assert says in said
    file, _, line = place.partition(", line ")
    assert file == "additions/ours.yaml"
    assert abs(int(line) - line_of(text, old)) <= 8
    if "figures" not in old and "Over" not in old and "never" not in says:
        with pytest.raises(UserError, match=r"additions/ours\.yaml, line "):
            load_folder(folder)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"", b"[]", b"a: &x [*x]", b"group: alerts\n"]
)
def test_no_content_of_a_file_makes_the_program_fail(folder, content):
    (folder / "additions" / "ours.yaml").write_bytes(content)
    with pytest.raises(UserError, match=r"additions/ours\.yaml"):
        load_folder(folder)
    assert lint(folder)


@pytest.mark.parametrize("name", ["ours.yml", "ours.YAML", "ours.json", "ours.yaml.txt"])
def test_a_file_that_would_be_passed_over_is_refused(folder, name):
    with pytest.raises(UserError, match=f"additions/{name}, line 1"):
        load_folder(add(folder, recipe(), name))


def test_notes_and_what_an_editor_leaves_are_no_rules(folder):
    for name in ("README.md", "ours.yaml~", ".DS_Store", ".ours.yaml.swp"):
        add(folder, "not: [yaml", name)
    assert load_folder(folder).groups == BASE.groups


def test_the_older_version_takes_additions_too(tmp_path):
    import shutil

    made = shutil.copytree(SHIPPED.parent / "1.0.0", tmp_path / "old")
    (made / "additions").mkdir()
    text = recipe().replace("        figures: [20]\n", "")
    add(made, text)
    assert "figures" in errors(add(made, recipe()))[0]
    assert errors(add(made, text)) == []
    assert load_folder(made).rule("R-OWN-01") is not None
