"""The real locks against an index with newer releases, by the oldest and the newest pip.

Fetches all locked files once and installs them twice: minutes, so that it is only asked for by
name (`make lock-proof`). `test_setup.py` is the cheap half.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripts.local_index import LocalIndex
from tests.scripts.test_setup import Project

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;]+)", re.MULTILINE)

#: The oldest pip that the set-up allows: Python 3.11.0 brings it.
OLDEST_PIP = "22.3"

#: Newer releases that appear: name, and what they want; coverage is wanted through an extra.
NEWER = {"coverage": (), "numpy": (), "jsonschema": ("attrs>=99",), "pytest": (), "hatchling": ()}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3000),
    pytest.mark.skipif(sys.platform != "linux", reason="the locks of Linux are tried"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> LocalIndex:
    folder = tmp_path_factory.mktemp("index")
    index = LocalIndex(folder)
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels)]
    for lock in ("run", "development", "build"):
        exactly = ["--require-hashes", "--only-binary", ":all:"]
        file = ROOT / "requirements" / lock / "linux.txt"
        subprocess.run([*pip, *exactly, "-r", str(file)], check=True)
    pips = folder / "pips"
    for wanted in (f"pip=={OLDEST_PIP}", "pip"):
        subprocess.run([*pip[:-1], str(pips), wanted], check=True)
    for wheel in wheels.glob("*.whl"):
        index.add(wheel)
    for name, wants in NEWER.items():
        index.make(name, "9999.0", *wants, extra="toml")
    return index


def _pips(index: LocalIndex) -> list[Path]:
    found = (index.folder / "pips").glob("pip-*.whl")
    return sorted(found, key=lambda w: [int(n) for n in re.findall(r"\d+", w.name.split("-")[1])])


@pytest.mark.parametrize("which", [0, -1], ids=["oldest pip", "newest pip"])
def test_newer_releases_change_nothing(index, tmp_path, which):
    files = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    for name in files:
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "project" / name)
    project = Project(tmp_path / "project", index, small=False)
    with index.served() as environment:
        done = project.set_up(environment, "--development", "--pip", str(_pips(index)[which]))
    assert done.returncode == 0, done.stdout + done.stderr
    locks = (project.folder / "requirements" / n / "linux.txt" for n in ("run", "development"))
    locked = {n: v for lock in locks for n, v in _PIN.findall(lock.read_text())}
    there = {
        n.lower().replace("_", "-").replace(".", "-"): v for n, v in project.versions().items()
    }
    assert there.pop("tumorboard")
    assert set(there) <= set(locked)
    # Where a lock has two releases of a package, the later line is that of a newer Python.
    both = "".join(
        (project.folder / f"requirements/{n}/linux.txt").read_text() for n in ("run", "development")
    )
    assert all(f"{name}=={version} " in both for name, version in there.items())
