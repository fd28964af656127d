"""Numbers typed under any language of the system mean the same, or are refused with a reason."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tumorboard.app.settings import Settings
from tumorboard.case.definitions import AtLeast, fact_definitions, normalise
from tumorboard.ui.facts.editors import parse_value, value_text
from tumorboard.ui.outlines.panel import BrushFields
from tumorboard.ui.overlays.panel import FusionFields
from tumorboard.ui.shell.number_field import NumberField, WholeNumberField
from tumorboard.ui.shell.preferences import Preferences

LANGUAGES = ("C", "en_US", "de_DE", "fa_IR", "ar", "hi_IN")


@pytest.fixture(params=LANGUAGES)
def language(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


def type_in(field: NumberField | WholeNumberField, text: str) -> list[str]:
    """Type over what stands in a field, and Enter; return the reasons of refusals."""
    said: list[str] = []
    field.refused.connect(said.append)
    field.selectAll()
    if text.isascii():
        QTest.keyClicks(field, text)
    else:
        typed = QInputMethodEvent("", [])
        typed.setCommitString(text)
        line = field.findChild(QLineEdit)
        assert line is not None
        QApplication.sendEvent(line, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.refused.disconnect(said.append)
    return said


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        *(
            ("0.5", 0.5),
            ("0,5", 0.5),
            ("10.5", 10.5),
            ("10,5", 10.5),
            ("5 mm", 0.5),
            ("105 mm", 10.5),
        ),
        *(("۰٫۵", 0.5), ("٠٫٥", 0.5), ("12", 12.0)),
    ],
)
def test_a_number_means_the_same_in_every_language(qtbot, language, typed, value):
    field = NumberField()
    qtbot.addWidget(field)
    field.setRange(0.0, 60.0)
    field.setDecimals(1)
    field.setSuffix(" cm")
    assert type_in(field, typed) == []
    assert field.value() == pytest.approx(value)
    assert field.text() == f"{value:.1f} cm"


@pytest.mark.parametrize("typed", ["1,234", "1.000", "1 234", "abc", "61", "-1", "5 kg", "1e1"])
def test_what_is_refused_says_why_and_changes_nothing(qtbot, language, typed):
    field = NumberField()
    qtbot.addWidget(field)
    field.setRange(0.0, 60.0)
    field.setSuffix(" cm")
    field.setValue(7.0)
    said = type_in(field, typed)
    assert field.value() == 7.0
    assert field.text() == "7.00 cm"
    assert len(said) == 1
    assert said[0].endswith(".")


def test_whole_numbers_and_their_bounds(qtbot, language):
    field = WholeNumberField()
    qtbot.addWidget(field)
    field.setRange(0, 30000)
    field.setSuffix("°")
    assert type_in(field, "12000") == []
    assert field.value() == 12000
    assert field.text() == "12000°"
    assert "not a whole number" in type_in(field, "12.5")[0]
    assert "two ways" in type_in(field, "12.000")[0]
    assert field.value() == 12000
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 12001


def test_every_field_of_the_window_reads_half(qtbot, language):
    brush, fusion = BrushFields(), FusionFields()
    for widget in (brush, fusion):
        qtbot.addWidget(widget)
    for field in (brush.radius, brush.fence, fusion.upper):
        for typed in ("0,5", "0.5"):
            field.setValue(9.0)
            assert type_in(field, typed) == []
            assert field.value() == 0.5


def test_preferences_keep_their_numbers(qtbot, language):
    dialog = Preferences(Settings())
    qtbot.addWidget(dialog)
    fields = [f for f in dialog.findChildren(NumberField) if f.minimum() <= 0.5 <= f.maximum()]
    assert fields
    for field in fields:
        assert type_in(field, "0,5") == []
        assert field.value() == 0.5


def test_a_bound_of_zero_holds(qtbot):
    settings = Settings()
    dialog = Preferences(settings)
    qtbot.addWidget(dialog)
    bounded = {n: d for n, d in settings.definitions.items() if d.type in ("number", "integer")}
    assert any(d.minimum == 0 for d in bounded.values())
    for name, found in bounded.items():
        editor = dialog.editors[name]
        if found.minimum is not None:
            assert editor.minimum() == found.minimum
        if found.maximum is not None:
            assert editor.maximum() == found.maximum


SHOWN = {
    "number": [12.5, 0.5, 100.0],
    "integer": [3, 12000],
    "numbers": [(10.5,), (10.5, 8.9), (10.5, 8.9, 13.2)],
    "map": [{"aorta": 90.0, "IVC": 270.0}, {"renal_vein_L": 45.5}],
}


@pytest.mark.parametrize("name", [d.name for d in fact_definitions().values() if d.kind in SHOWN])
def test_an_editor_of_facts_reads_what_it_shows(name):
    definition = fact_definitions()[name]
    for value in SHOWN[definition.kind]:
        low, high = definition.minimum, definition.maximum
        if isinstance(value, int | float) and not (low or 0) <= value <= (high or 1e9):
            continue
        kept = normalise(name, list(value) if isinstance(value, tuple) else value)
        shown = value_text(definition, kept)
        for typed in (shown, shown.replace("×", "x"), shown.upper().replace("×", "x")):
            assert normalise(name, parse_value(definition, typed)) == kept, typed
    if definition.lower_bound:
        shown = value_text(definition, AtLeast(3))
        assert normalise(name, parse_value(definition, shown)) == AtLeast(3)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("aorta 90, IVC 270", {"aorta": 90.0, "IVC": 270.0}),
        ("Aorta: 90°; ivc 270 degrees", {"aorta": 90.0, "IVC": 270.0}),
        ("aorta 90,5, IVC 270", {"aorta": 90.5, "IVC": 270.0}),
        ("Superior mesenteric artery 45", {"SMA": 45.0}),
        ("left renal vein 45, renal_vein_R 30", {"renal_vein_L": 45.0, "renal_vein_R": 30.0}),
    ],
)
def test_contacts_are_typed_as_their_hint_says(typed, value):
    definition = fact_definitions()["vessel_contacts"]
    assert normalise("vessel_contacts", parse_value(definition, typed)) == value


@pytest.mark.parametrize("typed", ["aorta", "spleen 90", "aorta 90, aorta 95", "90", "aorta 1,234"])
def test_contacts_that_cannot_be_read_are_refused(typed):
    definition = fact_definitions()["vessel_contacts"]
    with pytest.raises(ValueError, match=r"\.$"):
        parse_value(definition, typed)
