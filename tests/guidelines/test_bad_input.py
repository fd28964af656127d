"""A guideline or settings file that cannot be used: one sentence, and nothing else changes."""

import pytest

from tests.guidelines.broken import copied, edit
from tests.guidelines.cases import run, vignettes
from tumorboard.errors import UserError
from tumorboard.guidelines import load_folder, load_guideline
from tumorboard.guidelines.authoring.lint import lint
from tumorboard.guidelines.overlay import load_settings_file


@pytest.fixture
def folder(tmp_path):
    return copied(tmp_path)


TABLE = [
    ("syntax error", "alerts.yaml", "group: alerts", "group: [alerts", "not well-formed"),
    ("condition", "resectability.yaml", "m_status = present", "m_status = = x", "cannot be read"),
    ("unknown fact", "gates.yaml", "pre_biopsy_imaging != no", "scan != no", 'name "scan"'),
    ("unknown value", "gates.yaml", "pre_biopsy_imaging != no", "site != moon", '"moon"'),
    ("cycle of one", "derived.yaml", "reads: [diameters_cm]", "reads: [longest_diameter_cm]", ""),
    ("cycle of two", "derived.yaml", "reads: [diameters_cm]", "reads: [size_gt_5]", "size_gt_5"),
    ("out of range", "settings.yaml", "default: 180", "default: 361", '"361" is not allowed'),
    ("not a number", "settings.yaml", "default: 180", "default: .nan", "S-02"),
    ("no such fact", "resectability.yaml", "[F-137, F-142]", "[F-999]", "F-999 does not exist"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_one_sentence_with_file_and_line(folder, file, old, new, says):
    edit(folder, file, old, new)
    with pytest.raises(UserError) as caught:
        load_folder(folder)
    message = caught.value.message
    assert message.startswith(f"{file}, line ")
    assert says in message
    assert "\n" not in message
    assert message.endswith(".")
    assert "in force stays" in caught.value.hint
    assert str(folder) not in str(caught.value)
    assert {(f.severity, f.file) for f in lint(folder)} == {("error", file)}


def test_the_shipped_guideline_stays_in_force(folder):
    before = run(vignettes()["V-01"]["inputs"])
    (folder / "alerts.yaml").write_text("group: [", encoding="utf-8")
    with pytest.raises(UserError):
        load_folder(folder)
    overlay = folder / "guideline-settings.yaml"
    overlay.write_text("guideline: rps\nversion: 0.1.0\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"line 2: it is for version 0\.1\.0"):
        load_settings_file(overlay)
    assert run(vignettes()["V-01"]["inputs"]) == before
    assert load_guideline() is load_guideline()


@pytest.mark.parametrize("file", ["guideline.yaml", "tables.yaml", "alerts.yaml", "schema.json"])
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"[]", b"a: &x [*x]"])
def test_no_content_of_a_file_makes_the_program_fail(folder, file, content):
    (folder / file).write_bytes(content)
    with pytest.raises(UserError, match=file):
        load_folder(folder)
    assert lint(folder)


def test_settings_that_contain_themselves(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("guideline: &x [*x]\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"mine\.yaml, line 1: it contains itself"):
        load_settings_file(path)
