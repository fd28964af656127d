"""Who it is shows in the list and on the images while reading, by one switch, never in a talk."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.dicom.make import Person
from tests.ui.lectern import plan, write_case
from tumorboard.app.settings import Settings
from tumorboard.ui.viewer.painting import corner_words, rim_at
from tumorboard.ui.viewer.snapshot import snapshot

ANNA = Person("PID-77121", "Quitzow^Annabel", "19610417", "F")
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def reading(open_desk, tmp_path):
    """A window on the images of a patient with a name."""
    desk = open_desk()
    desk.import_paths(write_case(tmp_path / "ct", 1, ANNA, "Abdomen"))
    desk.settle()
    return desk


def listed(desk) -> str:
    cases = desk.window.worklist.cases
    index = cases.cases.index(0)
    return str(cases.cases.data(index, Qt.ItemDataRole.AccessibleTextRole))


def on_the_image(desk) -> str:
    view = desk.window.views.main
    return "\n".join(word.text for word in rim_at(view, view.frame()).words)


def switch(desk) -> None:
    desk.key(Qt.Key.Key_N, BOTH)
    QApplication.processEvents()


def test_name_number_modality_and_date_stand_in_the_list_and_on_the_image(reading):
    said = listed(reading)
    for part in ("Quitzow, Annabel", "PID-77121", "CT "):
        assert part in said
    seen = on_the_image(reading)
    for part in ("Quitzow, Annabel", "PID-77121", "born 17 Apr 1961", "CT · "):
        assert part in seen


def test_one_key_takes_it_away_and_it_stays_away(reading):
    switch(reading)
    assert "Quitzow" not in listed(reading) + on_the_image(reading)
    assert "77121" not in listed(reading) + on_the_image(reading)
    assert Settings()["viewer.identity"] is False
    assert not reading.window.actions_by_name["view.identity"].isChecked()
    switch(reading)
    assert "Quitzow" in listed(reading)
    assert "Quitzow" in on_the_image(reading)
    assert Settings()["viewer.identity"] is True


def test_a_talk_takes_it_away_whatever_is_preferred_and_gives_it_back(reading):
    plan(reading.workspace)
    reading.key(Qt.Key.Key_K, widget=reading.window.views.main)
    reading.settle()
    reading.window.features.talks.start_case()
    assert "Quitzow" not in listed(reading) + on_the_image(reading)
    reading.window.features.questions.apply_settings()
    assert "Quitzow" not in listed(reading) + on_the_image(reading)
    reading.window.features.talks.running.end()
    reading.settle()
    assert "Quitzow" in listed(reading)


def test_a_picture_to_take_away_is_the_same_with_and_without(reading):
    def pixels():
        image = snapshot(reading.window.views.main)
        return np.array(image.constBits()).copy()

    named = pixels()
    switch(reading)
    np.testing.assert_array_equal(named, pixels())


def test_a_patient_without_a_name_is_told_by_the_label_alone(open_desk, tmp_path):
    desk = open_desk()
    desk.import_paths(write_case(tmp_path / "ct", 1, Person("", "", "", ""), "Abdomen"))
    desk.settle()
    view = desk.window.views.main
    first = corner_words(view, view.frame())[0]
    assert first[0] == desk.case.label
    assert ", ," not in listed(desk)
