"""Features of the window stand apart: who may import whom, and how large a knot may be."""

import ast
import importlib.util
import sys
from types import ModuleType

import pytest

from tests.architecture.project import ROOT

#: From what is made of others to what stands alone; the last line knows nobody beside it.
ORDER = (
    ("presenter",),
    ("meeting",),
    ("sharing",),
    ("key_images",),
    (
        *("worklist", "series", "layout", "measurements", "outlines", "vessel", "overlays"),
        *("facts", "assessment", "timeline", "overview", "radiology", "tags", "start", "second"),
    ),
)
RANK = {name: n for n, line in enumerate(ORDER) for name in line}

#: Imports of one feature by another beside it, each with its reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}

#: Where the features are made, and the window that they are made for: no feature knows these.
WINDOW = {f"tumorboard.ui.shell.{name}" for name in ("controller", "features", "frame", "window")}

#: What a feature may ask of its host; one member more is one reason more to be asked for.
MEMBERS_OF_HOST = 18

#: Files in the largest knot of imports, those for types included, and in all of them.
LARGEST_KNOT = 8
IN_KNOTS = 18


@pytest.fixture(scope="module")
def structure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("structure", ROOT / "scripts" / "structure.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules["structure"] = found
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def trees(structure) -> dict[str, ast.Module]:
    return structure.modules(ROOT)


@pytest.fixture(scope="module")
def graph(structure, trees) -> dict[str, set[str]]:
    return structure.imports(trees)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["tumorboard", "ui"] and len(parts) > 3 else ""


def test_every_folder_of_the_window_has_its_place_in_the_order():
    here = {p.name for p in (ROOT / "tumorboard" / "ui").iterdir() if (p / "__init__.py").exists()}
    assert here == {*RANK, "shell", "viewer"}


def test_features_import_only_those_they_are_made_of(graph):
    crossing = {
        (a, b)
        for module, wanted in graph.items()
        for other in wanted
        if (a := room_of(module)) in RANK and (b := room_of(other)) in RANK
        if a != b and RANK[a] >= RANK[b]
    }
    assert crossing == EXCEPTIONS.keys()
    assert len(EXCEPTIONS) <= 5


def test_the_viewer_knows_no_feature(graph):
    wanted = {
        (module, other)
        for module, others in graph.items()
        if room_of(module) == "viewer"
        for other in others
        if room_of(other) in RANK
    }
    assert wanted == set()


def members_of(tree: ast.Module, protocol: str) -> set[str]:
    """Return the names of the attributes and methods that a class declares itself."""
    (found,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == protocol)
    attributes = {
        n.target.id
        for n in found.body
        if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
    }
    return attributes | {n.name for n in found.body if isinstance(n, ast.FunctionDef)}


def test_no_feature_knows_the_window(graph, trees, structure):
    assert structure.reaches(trees, "window") == 0
    assert structure.reaches(trees, "_window") == 0
    known = {
        (module, other)
        for module, wanted in graph.items()
        if room_of(module) in RANK
        for other in wanted & WINDOW
    }
    assert known == set()


def asked_of(trees: dict[str, ast.Module], holders: set[str]) -> set[str]:
    """Return what the window's modules read of objects with these names."""
    return {
        n.attr
        for name, tree in trees.items()
        if name.startswith("tumorboard.ui.")
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute)
        and (n.value.id if isinstance(n.value, ast.Name) else getattr(n.value, "attr", ""))
        in holders
    }


def test_the_host_stays_small_and_nothing_of_it_is_idle(trees):
    protocols = trees["tumorboard.ui.shell.host"]
    host, images = (members_of(protocols, name) for name in ("Host", "Images"))
    assert len(host) <= MEMBERS_OF_HOST
    assert host - asked_of(trees, {"host", "_host"}) == set()
    assert images - asked_of(trees, {"images"}) == set()


def test_knots_of_imports_do_not_grow(graph, trees, structure):
    knots = structure.cycles(graph)
    assert max(map(len, knots)) <= LARGEST_KNOT, knots[0]
    assert sum(map(len, knots)) <= IN_KNOTS
    below = [m for knot in knots for m in knot if not m.startswith("tumorboard.ui.")]
    assert below == []
    assert structure.whole_hosts(trees) == ["tumorboard.ui.shell.window"]


def test_the_measure_sees_a_knot_and_an_import_for_types(structure, tmp_path):
    package = tmp_path / "tumorboard"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from tumorboard.b import x\n\ndef y():\n    return x\n")
    (package / "b.py").write_text(
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from tumorboard.a import y\n\n"
        "def x():\n    return 1\n"
    )
    (package / "c.py").write_text("import tumorboard.a\n")
    found = structure.imports(structure.modules(tmp_path))
    assert structure.cycles(found) == [["tumorboard.a", "tumorboard.b"]]
