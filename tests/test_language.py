"""The language: which is spoken, how numbers and days are written, and what the catalogues hold."""

from __future__ import annotations

import ast
import os
import string
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from tumorboard import language
from tumorboard.language import _, choose, day_words, moment_words, ngettext, number

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "resources" / "language").glob("*/LC_MESSAGES/*.po"))
#: The functions that a message is given to, and how many forms of it.
FORMS = {"_": 1, "N_": 1, "ngettext": 2}


@pytest.fixture
def speaking(monkeypatch):
    """Speak another language until the test is over."""
    monkeypatch.setenv(language.VARIABLE, "en")
    yield choose
    choose("en")


# -- the code -----------------------------------------------------------------------------------


@cache
def trees() -> dict[Path, ast.Module]:
    """Return the modules of the program as trees."""
    files = sorted((ROOT / "tumorboard").rglob("*.py"))
    return {f.relative_to(ROOT): ast.parse(f.read_text(encoding="utf-8")) for f in files}


def messages(tree: ast.AST) -> Iterator[tuple[ast.Call, str, list[str]]]:
    """Yield each call that looks a message up, its name and the forms of the message."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        first = node.args[: FORMS.get(node.func.id, 0)]
        if first and all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in first):
            yield node, node.func.id, [a.value for a in first]


def fields(message: str) -> set[str]:
    """Return the names of the fields of a message."""
    return {name for _text, name, _form, _turn in string.Formatter().parse(message) if name}


def test_each_message_has_just_the_fields_that_are_filled():
    wrong = []
    for file, tree in trees().items():
        for call, name, forms in messages(tree):
            given_ = {k.arg for k in call.keywords}
            if name == "N_" or None in given_ or (not given_ and name == "_"):
                continue
            wanted = set().union(*(fields(form) for form in forms))
            filled = given_ | ({"count"} if name == "ngettext" else set())
            if wanted - filled or given_ - wanted:
                wrong.append(f"{file}:{call.lineno}: {forms[0]!r} is given {sorted(given_)}")
    assert wrong == []


def test_a_message_with_fields_is_never_shown_unfilled():
    wrong = [
        f"{file}:{call.lineno}: {forms[0]!r}"
        for file, tree in trees().items()
        for call, name, forms in messages(tree)
        if name == "_" and not call.keywords and _has_field(forms[0])
    ]
    assert wrong == []


def _has_field(message: str) -> bool:
    try:
        return any(name.isidentifier() for name in fields(message))
    except ValueError:  # a brace of its own, as JSON has
        return False


def test_nothing_is_looked_up_before_the_language_is_chosen():
    """What is imported to find out the language keeps no words of it."""
    script = "import sys, tumorboard.app.settings; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    early = {name for name in found.stdout.split() if name.startswith("tumorboard")}
    assert {"tumorboard.app.settings", "tumorboard.language"} <= early
    kept = [
        f"{file}:{call.lineno}: {forms[0]!r}"
        for file, tree in trees().items()
        if ".".join(file.with_suffix("").parts).removesuffix(".__init__") in early
        for statement in tree.body
        for call, name, forms in messages(_at_import(statement))
        if name in ("_", "ngettext")
    ]
    assert kept == []


def _at_import(statement: ast.stmt) -> ast.AST:
    """Return what of a statement runs when its module is imported: no body of a function."""

    class WithoutBodies(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            return ast.Tuple([*node.decorator_list, *node.args.defaults], ast.Load())

        def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
            return ast.Constant(None)

    return WithoutBodies().visit(ast.parse(ast.unparse(statement)))


# -- the catalogues -----------------------------------------------------------------------------


def test_there_is_a_catalogue_for_each_language_but_english():
    assert {file.parent.parent.name for file in CATALOGUES} == set(language.LANGUAGES) - {"en"}


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parent.parent.name)
def test_each_translation_has_the_fields_of_the_original(file):
    with file.open("rb") as opened:
        catalogue = read_po(opened)
    wrong, missing = [], []
    for message in catalogue:
        if not message.id:
            continue
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        missing += [originals[0]] * (message.fuzzy or not all(said))
        if not any(_has_field(original) for original in originals):
            continue
        wanted = set().union(*(fields(original) for original in originals))
        # A form for one thing may leave the number out.
        least = wanted if isinstance(message.id, str) else fields(originals[0]) - {"count"}
        wrong += [text for text in said if text and not least <= fields(text) <= wanted]
    assert (wrong, missing) == ([], [])


def test_the_catalogues_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "scripts/words.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]


# -- numbers and days ---------------------------------------------------------------------------


def test_english_as_it_is_written(speaking):
    speaking("en")
    assert number(1234.5, ",.1f") == "1,234.5"
    assert day_words(date(2026, 11, 12)) == "12 Nov 2026"
    assert moment_words(datetime(2026, 3, 1, 9, 5)) == "1 Mar 2026 09:05"
    assert language.weekday_words(date(2026, 11, 12)) == "Thu"
    assert _("{size:.1f} cm", size=4.2) == "4.2 cm"
    assert ngettext("{count} page", "{count} pages", 1) == "1 page"
    assert ngettext("{count} page", "{count} pages", 2) == "2 pages"
    assert language.inside("Right atrium") == "right atrium"
    assert language.inside("CT chest") == "CT chest"


def test_german_as_it_is_written(speaking):
    speaking("de")
    assert number(1234.5, ",.1f") == "1.234,5"
    assert day_words(date(2026, 11, 12)) == "12. Nov. 2026"
    assert _("{size:.1f} cm", size=4.2) == "4,2 cm"
    assert _("{name} of {size:.2f}", name="1.5 T", size=0.25) == "1.5 T of 0,25", "words stay"
    assert ngettext("{count} series", "{count} series", 1) == "1 Serie"
    assert ngettext("{count} series", "{count} series", 3) == "3 Serien"
    assert language.inside("Nicht vorhanden") == "nicht vorhanden"
    assert language.inside("Nierenvenen") == "Nierenvenen", "nouns keep their capital"
    assert language.inside("VCI-Beteiligung") == "VCI-Beteiligung"


@given(
    value=st.floats(-1e12, 1e12, allow_nan=False),
    form=st.sampled_from([".0f", ".1f", ".3f", ",.0f", ",.2f", "g", ".3g", "+.1f", ".10g"]),
)
def test_a_german_number_never_mixes_signs(value, form):
    choose("en")
    english = number(value, form)
    try:
        choose("de")
        german = number(value, form)
        assert _("{value:" + form + "} x", value=value) == f"{german} x"
    finally:
        choose("en")
    assert german.count(",") <= 1, "one decimal sign"
    whole, _sign, decimals = german.partition(",")
    assert "." not in decimals
    assert "." not in whole or "," in form, "no grouping that nobody asked for"
    assert german.translate({ord("."): ",", ord(","): "."}) == english


# -- which language -----------------------------------------------------------------------------


def test_a_language_without_a_catalogue_is_english(speaking):
    speaking("xx")
    assert language.code() == "en"
    assert os.environ[language.VARIABLE] == "en"
    assert _("Liver") == "Liver"


def test_a_message_that_a_catalogue_lacks_is_english(speaking):
    speaking("de")
    assert _("no such message of {name}", name="x") == "no such message of x"


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_AT.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de_CH"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows names its language otherwise")
def test_the_language_of_the_computer(monkeypatch, environment, spoken):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.of_the_system() == spoken


@pytest.mark.parametrize(
    ("settings", "variables", "spoken"),
    [
        ("language: de\n", {}, "de"),
        ("language: en\n", {"LANG": "de_DE.UTF-8"}, "en"),
        ("language: system\n", {"LANG": "de_DE.UTF-8"}, "de"),
        ("language: de\n", {language.VARIABLE: "en"}, "en"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="settings lie elsewhere on Windows")
def test_settings_choose_the_language_of_the_program(tmp_path, settings, variables, spoken):
    folder = tmp_path / "tumorboard"
    folder.mkdir()
    (folder / "settings.yaml").write_text(settings, encoding="utf-8")
    plain = {k: v for k, v in os.environ.items() if k != language.VARIABLE}
    told = subprocess.run(
        [sys.executable, "-m", "tumorboard", "--help"],
        cwd=ROOT,
        env={**plain, "LC_ALL": "", "XDG_CONFIG_HOME": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ("Fall" in told) == (spoken == "de"), told[:400]
