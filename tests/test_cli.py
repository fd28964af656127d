"""The command line as a hospital's IT uses it: exit codes and sentences, no tracebacks.

Each command runs as a process of its own at least once; what more is asked of it runs here.
"""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from tests.dicom.make import Person, write_slices
from tumorboard import children, cli
from tumorboard.ui.shell.application import FIRST_PICTURE
from tumorboard.ui.shell.probe import environment_of_a_start


def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tumorboard", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=120,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "COVERAGE_PROCESS_START": ""},
    )


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line in this process; an exception that a user would see ends the test."""

    def run_here(*arguments: object) -> subprocess.CompletedProcess[str]:
        words = [*map(str, arguments)]
        code = cli.main(words)
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return run_here


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    write_slices(folder, 4, patient=Person("ID-77", "SECRET^NAME"))
    return folder


def test_help_names_every_command():
    result = run("--help")
    assert result.returncode == 0
    for name in ("view", "import", "scan", "assess", "report", "minutes", "demo", "verify"):
        assert name in result.stdout
    assert "not a medical device" in result.stdout.replace("\n", " ")


def test_a_wrong_command_line_is_2():
    assert run("frobnicate").returncode == 2


def test_scan_prints_json_without_identity_and_stores_nothing(images, tmp_path):
    (images / "note.dcm").write_text("hello")
    result = run("--store", tmp_path / "store", "scan", images, "--json")
    assert result.returncode == cli.INCOMPLETE
    found = json.loads(result.stdout)
    (series,) = found["series"]
    assert set(series) == {
        "series_instance_uid",
        "modality",
        "kind",
        "slices",
        "rows",
        "columns",
        "pixel_spacing_mm",
        "positions_mm",
        "affine",
        "transfer_syntax",
        "lossy",
        "caveats",
    }
    assert (series["slices"], series["pixel_spacing_mm"]) == (4, [0.8, 0.7])
    assert [r["file"] for r in found["refused"]] == ["note.dcm"]
    assert "SECRET" not in result.stdout
    assert "ID-77" not in result.stdout
    assert not (tmp_path / "store").exists()


def test_import_then_verify(images, tmp_path):
    store = tmp_path / "store"
    first = run("--store", store, "import", images)
    assert (first.returncode, first.stdout) == (0, "1 series added.\n")
    again = run("--store", store, "import", images)
    assert (again.returncode, again.stdout) == (0, "1 series already there.\n")
    checked = run("--store", store, "verify")
    assert checked.returncode == 0
    assert "whole" in checked.stdout


def test_the_radiology_report_is_printed_without_the_name(images, tmp_path, here):
    store = tmp_path / "store"
    assert here("--store", store, "import", images).returncode == 0
    printed = here("--store", store, "report", "TB-0001", "--radiology")
    assert printed.returncode == 0
    assert printed.stdout.startswith("Technique\nImages: ")
    assert "\nImpression\nSize of the mass: not assessed." in printed.stdout
    assert "SECRET" not in printed.stdout
    unknown = here("--store", store, "report", "RP-9", "--radiology")
    assert unknown.returncode == 1
    assert unknown.stdout == ""
    nowhere = here("--store", tmp_path / "none", "report", "TB-0001", "--radiology")
    assert nowhere.returncode == 1
    assert not (tmp_path / "none").exists()


def test_an_archive_is_imported_and_known_again(images, tmp_path, here):
    disc, store = tmp_path / "disc.zip", tmp_path / "store"
    with zipfile.ZipFile(disc, "w") as out:
        for file in sorted(Path(images).iterdir()):
            out.write(file, f"DICOM/{file.name}")
        out.writestr("DICOM/readme.txt", "hello")
    first = here("--store", store, "import", disc)
    assert first.returncode == 3
    assert "1 series added. 1 file left out" in first.stdout
    assert "disc.zip/DICOM/readme.txt: It is not a DICOM file." in first.stdout
    assert "1 series already there." in here("--store", store, "import", disc).stdout


@pytest.mark.parametrize(
    ("alone", "arguments", "sentence"),
    [
        (True, ["import", "/no/such/folder"], "does not exist"),
        (False, ["scan", "/no/such/folder"], "does not exist"),
        (True, ["view", "/no/such/folder"], "does not exist"),
        (True, ["assess", "/no/such.json"], "does not exist"),
        (True, ["report", "X"], "No file to write"),
        (False, ["verify"], "There is no store"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(alone, arguments, sentence, tmp_path, here):
    result = (run if alone else here)("--store", tmp_path / "none", *arguments)
    assert result.returncode == cli.FAILED
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ("not json", "not valid JSON"),
        ("[1, 2]", "not one JSON object"),
        ('{"site": "moon"}', "not possible"),
        ('{"sight": "retroperitoneum"}', "sight"),
    ],
)
def test_bad_facts_are_one_sentence(facts, sentence, capsys, monkeypatch, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(facts)
    assert cli.main(["assess", str(file)]) == cli.FAILED
    assert sentence in capsys.readouterr().err


def test_assess_prints_the_result(capsys, tmp_path):
    file = tmp_path / "facts.json"
    values = {
        "site": "retroperitoneum",
        "disease_phase": "primary_unresected",
        "extensive_major_vessel_involvement": "present",
    }
    file.write_text(json.dumps(values))
    assert cli.main(["assess", str(file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["category"], result["category_rule"]) == ("unresectable", "R-RES-06")
    assert result["options"]["O-BIOPSY"]["status"] == "suggest"
    assert result["options"]["O-BIOPSY"]["reasons"][0]["rule"] == "R-GATE-01"
    assert {"alerts", "derived", "missing", "conflicts", "follow_up", "prognosis"} <= set(result)
    assert cli.main(["assess", str(file)]) == 0
    words = capsys.readouterr().out
    assert words.startswith("Guideline rps 1.1.0\nUnresectable (rule R-RES-06)")


def test_a_store_of_a_newer_program_is_refused(images, tmp_path, here):
    store = tmp_path / "store"
    here("--store", store, "import", images)
    database = sqlite3.connect(store / "tumorboard.sqlite")
    database.execute("PRAGMA user_version = 999")
    database.commit()
    database.close()
    result = run("--store", store, "import", images)
    assert result.returncode == cli.FAILED
    assert "newer" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_store_that_is_a_file_is_a_sentence(images, tmp_path, here):
    blocked = tmp_path / "store"
    blocked.write_text("in the way")
    result = here("--store", blocked, "import", images)
    assert result.returncode == cli.FAILED
    assert result.stderr.count("\n") == 1


def test_the_log_holds_neither_names_nor_paths(images, tmp_path, monkeypatch):
    """Whatever goes wrong inside, the log names the place in our code and nothing else."""
    import logging

    from tumorboard.app import log_file

    monkeypatch.setattr(log_file, "log_path", lambda: tmp_path / "x.log")
    logger = logging.getLogger("tumorboard")
    before = list(logger.handlers), logger.propagate, logger.level
    logger.handlers = []
    try:
        log_file.start_log()
        try:
            raise ValueError(f"SECRET^NAME in {images}")
        except ValueError:
            logging.getLogger("tumorboard.test").exception("reading failed")
    finally:
        for handler in logger.handlers:
            handler.close()
        logger.handlers, logger.propagate = before[0], before[1]
        logger.setLevel(before[2])
    text = (tmp_path / "x.log").read_text()
    assert "reading failed" in text
    assert "ValueError at test_cli.py" in text
    assert "SECRET" not in text
    assert str(images) not in text


def test_a_window_needs_a_display(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment.pop("QT_QPA_PLATFORM", None)
    result = subprocess.run(
        [sys.executable, "-m", "tumorboard", "--store", str(tmp_path / "s")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert result.returncode == cli.FAILED
    assert "no display" in result.stderr


def test_a_file_of_many_cases_gives_a_result_a_line(capsys, tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text('{"site": "retroperitoneum"}\n{"site": "moon"}\n{"site": "uterus"}\n')
    assert cli.main(["assess", str(file), "--lines"]) == 3
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["category_rule"] == "R-RES-03"
    assert second["line"] == 2
    assert "not possible" in second["error"]
    assert third["category"] == "not_applicable"


def test_explain_names_inputs_and_sources(capsys, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text('{"site": "retroperitoneum"}')
    assert cli.main(["assess", str(file), "--explain"]) == 0
    out = capsys.readouterr().out
    assert "R-RES-03" in out
    assert "source:" in out


def test_lint_passes_on_the_shipped_guideline_and_names_the_line_of_a_mistake(capsys, tmp_path):
    import shutil

    from tumorboard.resources import resource_path

    shipped = resource_path("guidelines", "rps", "1.0.0")
    assert cli.main(["lint", str(shipped)]) == 0
    copy = tmp_path / "1.0.0"
    shutil.copytree(shipped, copy)
    rules = copy / "resectability.yaml"
    rules.write_text(rules.read_text().replace("disease_phase", "disease_fase", 1))
    assert cli.main(["lint", str(copy)]) == cli.INCOMPLETE
    out = capsys.readouterr().out
    assert "resectability.yaml, line" in out


def test_reassess_says_what_would_change(images, tmp_path, capsys, here):
    store = tmp_path / "store"
    here("--store", store, "import", images)
    assert cli.main(["--store", str(store), "reassess"]) == 0
    assert cli.main(["--store", str(store), "reassess", "--dry-run"]) == 0
    assert capsys.readouterr().out.strip()
    assert cli.main(["--store", str(tmp_path / "none"), "reassess"]) == cli.FAILED


def test_bench_judges_a_series(images):
    result = run("bench", images, "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["cold_start_to_first_picture_ms"] > 0
    assert found["scroll_step_to_painted_ms"]["median"] > 0
    assert len(found["checksum"]["sha256"]) == 64


def test_view_shows_a_picture_and_stores_nothing(images, tmp_path):
    result = run("--store", tmp_path / "store", "view", images, "--until-first-picture")
    assert result.returncode == 0, result.stderr
    assert "first picture" in result.stdout
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGLSLossless])
def test_a_start_ends_at_its_first_picture_however_late_that_comes(tmp_path, syntax):
    """Compressed slices come when all else that changes has changed."""
    write_slices(tmp_path / "ct", 60, shape=(256, 256), transfer_syntax=syntax)
    done = subprocess.run(
        children.program(
            *("--store", str(tmp_path / "store"), "view", str(tmp_path / "ct")),
            "--until-first-picture",
        ),
        env=environment_of_a_start(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert FIRST_PICTURE in done.stdout


# -- odd input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000 + "]" * 200_000, '{"a":' * 50_000 + "1" + "}" * 50_000, '{"age_years": 1' * 9],
)
def test_facts_that_nest_or_break_off_are_refused_with_a_sentence(here, tmp_path, text):
    file = tmp_path / "facts.json"
    file.write_text(text)
    result = here("assess", file)
    assert result.returncode == 1
    assert "not valid JSON" in result.stderr


def test_a_byte_order_mark_is_no_part_of_the_facts(here, tmp_path):
    file = tmp_path / "facts.json"
    file.write_bytes(b'\xef\xbb\xbf{"histology": "LMS"}')
    assert here("assess", file).returncode == 0


def test_a_sentence_about_a_very_long_value_can_be_read(here, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps({"histology": "x" * 5_000_000}))
    result = here("assess", file)
    assert result.returncode == 1
    assert len(result.stderr) < 2_000
    assert "Histology" in result.stderr
    assert "Give one of" in result.stderr


def test_settings_whose_references_multiply_are_refused_at_once(here, tmp_path):
    facts, settings = tmp_path / "facts.json", tmp_path / "settings.yaml"
    facts.write_text('{"histology": "LMS"}')
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    settings.write_text("\n".join(lines))
    result = here("assess", facts, "--settings", settings)
    assert result.returncode == 1
    assert "settings.yaml, line 1: its references stand for too many entries." in result.stderr


def test_lines_that_failed_are_told_by_the_exit_code(here, tmp_path):
    file = tmp_path / "facts.jsonl"
    file.write_text('{"histology": "LMS"}\n{}\n')
    assert here("assess", file, "--lines").returncode == 0
    file.write_text('{"histology": "LMS"}\nno facts\n{}\n')
    result = here("assess", file, "--lines")
    assert result.returncode == 3
    assert [("error" in json.loads(line)) for line in result.stdout.splitlines()] == [
        False, True, False,
    ]  # fmt: skip


def test_bench_on_a_folder_without_pictures_says_so_at_once(here, tmp_path):
    result = here("bench", tmp_path)
    assert result.returncode == 1
    assert "holds no pictures" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("report", "X", "--pdf", "x.pdf"),
        ("report", "X", "--radiology"),
        ("slides", "X", "--pdf", "x.pdf"),
        ("bundle", "X", "--out", "x.zip"),
        ("minutes", "2026-01-01", "--pdf", "x.pdf"),
        ("figures",),
        ("reassess",),
        ("verify",),
    ],
)
def test_no_command_that_reads_makes_a_store_at_a_mistyped_path(here, tmp_path, words):
    folder = tmp_path / "mistyped"
    result = here("--store", folder, *words)
    assert result.returncode == 1
    assert "There is no store in this folder." in result.stderr
    assert not folder.exists()


def test_two_outputs_to_one_file_are_refused(here, tmp_path):
    one, same = tmp_path / "x.pdf", tmp_path / "." / "x.pdf"
    for words in (
        ("report", "X", "--pdf", one, "--html", same),
        ("minutes", "2026-01-01", "--pdf", one, "--agenda", same),
    ):
        result = here("--store", tmp_path, *words)
        assert result.returncode == 1
        assert "Two outputs are to go to one file." in result.stderr
    assert not one.exists()
