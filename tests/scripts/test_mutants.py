"""The small changes that `make mutants` makes: which there are, and what they leave alone."""

import ast
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def kinds():
    path = ROOT / "scripts" / "mutants" / "kinds.py"
    spec = importlib.util.spec_from_file_location("mutant_kinds", path)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["mutant_kinds"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutant_kinds"]


def changes(kinds, text):
    return {(m.before, m.after) for m in kinds.mutants("a.py", text)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < b", {("a < b", "(a <= b)"), ("a < b", "(a >= b)")}),
        ("a == b", {("a == b", "(a != b)")}),
        ("a + b", {("a + b", "(a - b)")}),
        ("a and b", {("a and b", "(a or b)")}),
        ("not a", {("not a", "(a)")}),
        ("x = 3", {("3", "4"), ("3", "2")}),
        ("x = 2.5", {("2.5", "5.0")}),
        ("x = 0.0", {("0.0", "1.0")}),
        ("x = True", {("True", "False")}),
        ("f(a, k=b)", {("f(a, k=b)", "(f(a))")}),
        ("min(a, b)", {("min(a, b)", "(max(a, b))")}),
        ("x = -a", {("-a", "(a)")}),
        ("def f():\n    return a", {("return a", "return None")}),
        ("def f():\n    raise E", {("raise E", "pass")}),
        ("def f():\n    x = a", {("x = a", "pass")}),
        ("def f():\n    g(a)", {("g(a)", "pass")}),
        ("for x in y:\n    break", {("break", "continue")}),
        ("if a:\n    pass", {("a", "(not a)")}),
        ("a if b else c", {("a if b else c", "(a if not b else c)")}),
        ('f"{a + b}"', {("f'{a + b}'", "f'{a - b}'")}),
    ],
)
def test_each_kind_of_change_is_made(kinds, text, wanted):
    assert changes(kinds, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        '"""Words: 3."""',
        'def f(a: "int | None") -> "a + b":\n    """Words."""\n    pass',
        "x: int | None",
        "__all__ = ['a'] + [3]",
        "if TYPE_CHECKING:\n    x = 3",
        "def f():\n    _log.warning('a %s', 3, exc_info=True)",
        "@dataclass(frozen=True)\nclass A:\n    pass",
        "x = 'a' + b",
        "x = None",
        "zip(a, b, strict=True)",
    ],
)
def test_what_is_no_behaviour_is_left_alone(kinds, text):
    assert changes(kinds, text) == set()


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("x.astype(t, copy=False)", "x.astype(t, copy=False)", "(x.astype(t))"),
        ("threading.Thread(name=n)", "threading.Thread(name=n)", "(threading.Thread())"),
        ("def f() -> bool:\n    return False", "return False", "return None"),
        ("a < 1e-9", "a < 1e-09", "(a <= 1e-09)"),
        ("a >= b - 1e-6", "a >= b - 1e-06", "(a > b - 1e-06)"),
        ("_R: Final = 1e-6\nx = a < b - _R", "a < b - _R", "(a <= b - _R)"),
    ],
)
def test_what_nobody_can_tell_is_left_out_by_rules_and_counted(kinds, text, before, after):
    assert (before, after) not in changes(kinds, text)
    assert kinds.left_out("a.py", text) == 1


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("x.astype(t, copy=c)", "x.astype(t, copy=c)", "(x.astype(t))"),
        ("Thread(daemon=True)", "Thread(daemon=True)", "(Thread())"),
        ("def f() -> str:\n    return ''", "return ''", "return None"),
        ("def f() -> bool:\n    return True", "return True", "return None"),
        (
            "def f() -> bool:\n    def g() -> A:\n        return False\n    return a",
            "return False",
            "return None",
        ),
        ("a < 1e-9", "a < 1e-09", "(a >= 1e-09)"),
        ("a < 1e-3", "a < 0.001", "(a <= 0.001)"),
        ("_R = 2.0\nx = a < _R", "a < _R", "(a <= _R)"),
    ],
)
def test_what_somebody_could_tell_stays(kinds, text, before, after):
    assert (before, after) in changes(kinds, text)
    assert kinds.left_out("a.py", text) == (1 if "1e-9" in text else 0)


def test_only_the_place_of_the_change_differs_also_after_letters_of_several_bytes(kinds):
    text = "x = 'ä°', 5\ny = [\n    1 < 2,\n]\n"
    for mutant in kinds.mutants("a.py", text):
        made = mutant.applied(text.encode()).decode()
        ast.parse(made)
        assert made != text
        assert made.splitlines()[0].startswith("x = 'ä°', ")
        assert mutant.line == (1 if mutant.before == "5" else 3)


def test_what_is_said_to_be_equivalent_is_a_mutant_and_has_its_reason(kinds):
    lines = (ROOT / "scripts" / "mutants" / "equivalent.tsv").read_text(encoding="utf-8")
    for line in lines.splitlines():
        *key, reason = line.split("\t")
        text = (ROOT / key[0]).read_text(encoding="utf-8")
        assert tuple(key) in {m.key for m in kinds.mutants(key[0], text)}, key
        assert reason.endswith(".")


def test_the_mutants_of_a_real_module_can_be_read(kinds):
    for name in ("imaging/layers.py", "case/response.py", "dicom/suv.py"):
        text = (ROOT / "tumorboard" / name).read_text(encoding="utf-8")
        found = kinds.mutants(name, text)
        assert len(found) > 100
        assert found == kinds.mutants(name, text)
        for mutant in found[::7]:
            ast.parse(mutant.applied(text.encode()))
