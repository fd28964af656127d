"""Features of the window stand apart: who may import whom, and how large a knot may be."""

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
        *("facts", "assessment", "timeline", "overview"),
    ),
)
RANK = {name: n for n, line in enumerate(ORDER) for name in line}

#: Imports of one feature by another beside it, each with its reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}

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
def graph(structure) -> dict[str, set[str]]:
    return structure.imports(structure.modules(ROOT))


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


def test_knots_of_imports_do_not_grow(graph, structure):
    knots = structure.cycles(graph)
    assert max(map(len, knots)) <= LARGEST_KNOT, knots[0]
    assert sum(map(len, knots)) <= IN_KNOTS
    below = [m for knot in knots for m in knot if not m.startswith("tumorboard.ui.")]
    assert below == []
    assert structure.whole_hosts(structure.modules(ROOT)) == ["tumorboard.ui.shell.window"]


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
