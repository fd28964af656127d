"""The worked recipes are followed in a copy of the project, which then does what they promise."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.architecture.project import ROOT, tracked_files

RECIPES = ROOT / "docs" / "recipes.md"
STEP = re.compile(r"^`([\w./-]+)`\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: What looks at the whole of a project, and would see a recipe that forgot a place.
WHOLE = (
    "tests/architecture/test_documents.py",
    "tests/architecture/test_features.py",
    "tests/app/test_settings.py",
)


def steps() -> list[tuple[str, str, str]]:
    return STEP.findall(RECIPES.read_text(encoding="utf-8"))


def run(folder, *command):
    env = {**os.environ, "PYTHONPATH": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    env.pop("PYTEST_CURRENT_TEST", None)
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("recipes")
    for path in tracked_files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for built in (ROOT / "tumorboard" / "imaging" / "native").glob("kernels.*"):
        shutil.copy2(built, folder / built.relative_to(ROOT))
    run(folder, "git", "init", "-q")
    return folder


def follow(folder, path, kind, text):
    target = folder / path
    if kind == "diff":
        patch = f"--- a/{path}\n+++ b/{path}\n{text}"
        done = subprocess.run(
            ["git", "apply", "--recount", "-"],
            cwd=folder,
            input=patch,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{path}: {done.stderr}"
    else:
        assert not target.exists(), f"{path} is there already"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def test_the_recipes_followed_word_for_word_give_a_program_that_does_it(copy):
    done = steps()
    assert {kind for _, kind, _ in done} == {"python", "diff"}
    for path, kind, text in done:
        follow(copy, path, kind, text)
    keys = run(copy, sys.executable, "-m", "tests.architecture.keys_table")
    assert keys.returncode == 0, keys.stderr
    own = [path for path, kind, _ in done if kind == "python" and "/test_" in path]
    assert len(own) == 3
    tests = run(
        *(copy, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
        *(*own, *WHOLE),
    )
    assert tests.returncode == 0, tests.stdout[-6000:]
    lint = run(copy, sys.executable, "-m", "ruff", "check", "--no-cache", *own, "tumorboard")
    assert lint.returncode == 0, lint.stdout
