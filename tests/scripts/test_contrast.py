"""Every look has the contrast of WCAG 2.2, by the style sheet that is really used."""

import importlib.util
import sys
from pathlib import Path

import pytest

from tumorboard.ui.shell import theme

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def contrast():
    spec = importlib.util.spec_from_file_location("contrast", ROOT / "scripts" / "contrast.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["contrast"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["contrast"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # The examples that pages on the criterion name: the greys on white that just pass and fail.
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#949494", "#ffffff", 3.03),
    ],
)
def test_the_ratio_is_that_of_the_definition(contrast, one, other, ratio):
    assert contrast.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast.contrast(other, one) == contrast.contrast(one, other)


@pytest.mark.parametrize("look", list(theme.LOOKS))
def test_words_borders_and_rings_stand_out_in_every_look(contrast, look):
    assert contrast.too_low(look) == []
    assert len(contrast.judged(look)) > 300


def test_pairs_come_from_the_sheet_with_what_rules_inherit(contrast):
    sheet = contrast.rules(
        "QWidget { color: $text; }"
        "QPushButton { background: $raised; border: 1px solid $control; }"
        'QPushButton[role="link"] { background: transparent; color: $accent; border: none; }'
        "QPushButton:disabled { color: $line; }"
        "QLineEdit { background: $bg; border: 1px solid $line; }"
        "QLineEdit:focus { border-color: $accent; }"
    )
    words = {(p.what, p.ink, p.ground, p.inactive) for p in contrast.text_pairs(sheet)}
    assert ("QPushButton", "text", "raised", False) in words
    assert ("QPushButton:disabled", "line", "raised", True) in words
    assert {g for w, i, g, _ in words if (w, i) == ('QPushButton[role="link"]', "accent")} == set(
        theme.GROUNDS
    )
    rings = {(p.what, p.ink, p.ground) for p in contrast.border_pairs(sheet)}
    assert ("QLineEdit border", "line", "panel") in rings
    assert ("QLineEdit:focus border", "accent", "bg") in rings


def test_a_palette_that_is_too_faint_is_named(contrast, monkeypatch):
    monkeypatch.setitem(theme.LOOKS, "faint", {"dim": "#3b4552", "control": "#2a313b"})
    said = contrast.too_low("faint")
    assert any("dim on panel" in line for line in said)
    assert any(line.startswith("faint: QLineEdit border: control on panel") for line in said)


def test_every_colour_of_the_sheet_is_one_of_the_palette():
    text = (ROOT / "resources" / "styles" / "window.qss").read_text(encoding="utf-8")
    fixed = [line for line in text.splitlines() if "#" in line.replace("#qt_", "") and "{" in line]
    assert [line for line in fixed if "#000000" not in line] == []  # between images
    for look in theme.LOOKS:
        assert theme.palette_of(look).keys() == theme.COLOURS.keys()
