"""What is installed or handed on: the source distribution and the wheel."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _build(kind: str, folder: Path) -> Path:
    """Build a distribution with the tool and the sources that are here."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=200)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sources")
    with tarfile.open(_build("sdist", folder / "made")) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (f for f in folder.iterdir() if f.name != "made")
    return unpacked


def test_the_sources_hold_all_that_is_in_the_repository(sources):
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    there = {str(f.relative_to(sources)) for f in sources.rglob("*") if f.is_file()}
    assert sorted(tracked - there) == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/user-guide.md"])
def test_the_sources_hold_what_their_pages_point_to(sources, page):
    text = (sources / page).read_text()
    places = {p.split("#")[0] for p in re.findall(r"\]\((?!https?:)([^)]+)\)", text)} - {""}
    places |= set(re.findall(r"`((?:scripts|docs|tests|requirements)/[^`\s*]+)`", text))
    base = (sources / page).parent
    missing = [p for p in places if not (base / p).exists() and not (sources / p).exists()]
    assert missing == []


def test_a_wheel_runs_from_any_folder_and_stays_as_it_is(tmp_path):
    installed = tmp_path / "installed"
    with zipfile.ZipFile(_build("wheel", tmp_path / "made")) as archive:
        archive.extractall(installed)  # noqa: S202 - built a moment ago
    before = _digests(installed)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(installed), "PYTHONPYCACHEPREFIX": str(tmp_path / "cache")}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "tumorboard", *arguments]
        done = subprocess.run(
            command,
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    program = "import tumorboard; print(tumorboard.__file__)"
    where = subprocess.check_output(
        [sys.executable, "-c", program], cwd=elsewhere, env=environment, text=True
    )
    assert Path(where.strip()).is_relative_to(installed)
    (elsewhere / "facts.json").write_text("{}")
    assert "Indeterminate" in run("assess", "facts.json")
    _write_series(elsewhere / "ct")
    assert "1 series added" in run("--store", "store", "import", "ct")
    run("--store", "store", "report", "TB-0001", "--pdf", "report.pdf")
    assert (elsewhere / "report.pdf").read_bytes().startswith(b"%PDF")
    assert _digests(installed) == before


def _write_series(folder: Path) -> None:
    from tests.dicom.make import write_slices

    write_slices(folder, 6)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
