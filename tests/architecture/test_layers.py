"""Who may import whom, and what a start may load."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.project import PACKAGE, ROOT, module_names, name, tree

CORE = ("imaging", "annotations", "tools", "case", "guidelines")
BELOW_THE_WINDOW = (*CORE, "dicom", "store", "app", "demo")
HEAVY = {"scipy", "SimpleITK", "highdicom", "vtk", "pandas", "hypothesis", "pytest"}

WITHOUT = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in absent:
            raise ModuleNotFoundError(name)

absent = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Absent())
for module in sys.argv[2:]:
    importlib.import_module(module)
"""


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_rings_hold():
    code = "import sys; from importlinter.cli import lint_imports as run"
    done = python("-c", f"{code}; sys.exit(run(no_cache=True))")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("packages", "absent"),
    [
        (BELOW_THE_WINDOW, "PySide6,shiboken6"),
        (CORE, "PySide6,shiboken6,pydicom,sqlite3,sqlite_utils,sqlcipher3,jinja2"),
    ],
)
def test_what_lies_inside_works_without_what_lies_outside(packages, absent):
    modules = module_names(*packages)
    assert len(modules) > len(packages)
    done = python("-c", WITHOUT, absent, *modules)
    assert done.returncode == 0, done.stderr[-2000:]


ABOVE_THE_STORE = (
    *PACKAGE.glob("app/**/*.py"),
    *PACKAGE.glob("ui/**/*.py"),
    *(
        PACKAGE / f"{name}.py"
        for name in (
            *("cli", "guideline_commands", "paper_commands", "slide_commands", "terminal"),
        )
    ),
)


def test_nobody_above_the_store_holds_a_connection():
    """What lasts is asked for in words of the field (`app/case_repository.py`)."""
    held = {
        f"{name(path)}:{node.lineno}"
        for path in ABOVE_THE_STORE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("connection", "_connection", "execute", "executemany")
    }
    assert len(ABOVE_THE_STORE) > 200
    assert held == set()


#: What the window needs only after the first picture: rules, headers, tables, processes.
LATER = {"lark", "jsonschema", "jinja2", "pydicom", "imagecodecs", "sqlite_utils"}


def test_a_start_leaves_to_later_what_the_first_picture_does_not_need():
    code = "import sys, tumorboard.ui.shell.window, tumorboard.app.ahead, tumorboard.dicom.load"
    done = python("-c", f"{code}; print(*{{m.split('.')[0] for m in sys.modules}})")
    assert done.returncode == 0, done.stderr[-2000:]
    assert not set(done.stdout.split()) & LATER


@pytest.mark.parametrize("module", ["tumorboard.ui.shell.window", "tumorboard.cli"])
def test_a_start_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(*{{m.split('.')[0] for m in sys.modules}})"
    done = python("-c", code)
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(done.stdout.split())
    assert module.split(".")[0] in loaded
    assert not loaded & HEAVY


def test_the_command_line_starts_without_qt():
    done = python("-c", "import sys, tumorboard.cli; print('PySide6' in sys.modules)")
    assert done.stdout.strip() == "False"


def test_what_is_assessed_for_a_store_goes_by_the_guideline_of_the_store():
    """Only what has no store, and the list of what ships, takes the newest version."""
    outside = {
        name(path)
        for path in (*PACKAGE.glob("app/**/*.py"), *PACKAGE.glob("ui/**/*.py"))
        if "load_guideline(" in path.read_text(encoding="utf-8")
    }
    allowed = ("guideline_versions", "headless", "measure")
    assert outside == {f"tumorboard/app/{module}.py" for module in allowed}
