"""Response over the dates of a case, from the lesions as they are drawn."""

import re
from dataclasses import replace

import pytest

from tumorboard.annotations.model import Annotation, ImageReference, Kind
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.response_rows import response_rows
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.ui.measurements.rows import lesion_content, size_words

DAYS = ("20260101", "20260301", "20260501")


def drawn(lesion: str, study: int, mm: float) -> Annotation:
    image = ImageReference(
        str(study), f"{study}.1", (f"{study}.1.1",), "f", Plane.AXIAL, Calibration.PIXEL_SPACING
    )
    return Annotation(
        uid=f"{lesion}-{study}",
        kind=Kind.LENGTH,
        points=((0.0, 0.0, 0.0), (mm, 0.0, 0.0)),
        normal=(0.0, 0.0, 1.0),
        image=image,
        author="Dr A",
        created_utc="2026-11-22T08:00:00Z",
        lesion_uid=lesion,
    )


def case(*sizes: tuple[str, int, float], roles: dict[str, str] | None = None) -> Case:
    series = tuple(
        SeriesRef(f"{n}.1", str(n), "CT", "", day, 9, 9, 9, "volume") for n, day in enumerate(DAYS)
    )
    names = dict.fromkeys(name for name, _, _ in sizes)
    lesions = tuple(
        replace(Lesion(n, f"Lesion {n}"), role=(roles or {}).get(n, "target")) for n in names
    )
    marks = tuple(drawn(*s) for s in sizes)
    return Case("1", "RP", Patient("p"), series=series, lesions=lesions, annotations=marks)


def test_partial_response_then_progression_from_the_nadir():
    rows = response_rows(case(("a", 0, 50.0), ("a", 1, 30.0), ("a", 2, 37.0)))
    assert [r.overall for r in rows.rows] == ["Baseline", "Partial response", "Progressive disease"]
    assert rows.rows[1].change == "-40 % from baseline · -40 % from nadir · -20 mm from nadir"
    assert rows.title == "Response (RECIST 1.1): progressive disease"


def test_a_choice_of_targets_that_does_not_fit_is_said():
    assert response_rows(case(("a", 0, 50.0), ("a", 1, 50.0))).doubts == ()
    small = case(("a", 0, 8.0), ("b", 0, 40.0), ("a", 1, 8.0), roles={"b": "non-target"})
    assert response_rows(small).doubts == (
        "Lesion a: longest diameter 8.0 mm; a target has 10 mm or more.",
        "By size the targets would be: Lesion b.",
    )
    thick = tuple(replace(s, thickness_mm=8.0) for s in small.series)
    made = case(("a", 0, 15.0), ("a", 1, 15.0))
    doubts = response_rows(replace(made, series=thick)).doubts
    assert "a target has 16 mm or more on slices of 8 mm" in doubts[0]
    late = response_rows(case(("a", 0, 50.0), ("a", 1, 30.0), ("b", 1, 90.0)))
    assert late.rows[1].overall == "Partial response"
    assert "no size at baseline, in no sum: Lesion b" in late.rows[1].why


def test_one_date_is_no_course():
    assert response_rows(case(("a", 0, 50.0))) is None


def test_a_new_lesion_is_named():
    found = response_rows(case(("a", 0, 50.0), ("a", 1, 50.0), ("b", 1, 12.0), roles={"b": "new"}))
    assert found.rows[1].overall == "Progressive disease"
    assert "new: Lesion b" in found.rows[1].why


def test_a_lesion_that_is_gone_is_said_to_be_gone():
    before = case(("a", 0, 50.0), ("b", 0, 20.0), ("b", 1, 20.0))
    open_row = response_rows(before).rows[1]
    assert open_row.overall == "Not evaluable"
    assert [s.name for s in open_row.states] == ["Lesion a"]
    key = open_row.states[0].key
    said = replace(before, remarks=(Remark(key, "absent", "", "Dr A", "2026-11-22T08:00:00Z"),))
    assert response_rows(said).rows[1].overall == "Partial response"
    both = case(("a", 0, 50.0))
    gone = replace(both, remarks=(Remark(key, "absent", "", "Dr A", "2026-11-22T08:00:00Z"),))
    assert response_rows(gone).rows[1].overall == "Complete response"


def test_the_panel_shows_it_and_takes_what_became_of_a_lesion(qtbot):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QPushButton

    from tumorboard.ui.assessment.panel import AssessmentPanel
    from tumorboard.ui.shell.parts import Fold

    panel = AssessmentPanel()
    qtbot.addWidget(panel)
    panel.set_response(response_rows(case(("a", 0, 50.0), ("b", 0, 20.0), ("b", 1, 20.0))))
    panel.resize(410, 800)
    panel.show()
    qtbot.waitExposed(panel)
    fold = panel.findChild(Fold)
    assert fold.title == "Response (RECIST 1.1): not evaluable (2026-03-01)"
    fold.open()
    QApplication.processEvents()
    button = next(
        b for b in fold.findChildren(QPushButton) if b.accessibleName() == "Lesion a is gone"
    )
    said = []
    panel.lesion_state_said.connect(lambda key, state: said.append((key, state)))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert said == [("lesion:a:2026-03-01", "absent")]


@pytest.mark.parametrize(
    ("before", "after", "overall", "change"),
    [
        (50.0, 59.8, "Stable disease", "+19.6 % from nadir · +10 mm"),
        (50.0, 60.0, "Progressive disease", "+20 % from nadir · +10 mm"),
        (100.0, 70.4, "Stable disease", "-29.6 % from baseline"),
        (100.0, 70.04, "Stable disease", "-29.96 % from baseline"),
        (100.0, 69.8, "Partial response", "-30.2 % from baseline"),
        (20.0, 24.9, "Stable disease", "+24 % from nadir · +4.9 mm"),
        (20.0, 24.96, "Stable disease", "+4.96 mm"),
    ],
)
def test_no_number_beside_a_response_seems_to_deny_it(before, after, overall, change):
    made = case(("a", 0, before), ("a", 1, after))
    row = response_rows(made).rows[1]
    assert row.overall == overall
    assert change in row.change
    card = lesion_content(made).cards[0].dates[1]
    for percent in re.findall(r"([+-][0-9.]+) %", row.change):
        assert f"{float(percent):+g} %".replace("-", "−") in card.change[0]


def test_the_size_of_a_node_is_told_on_its_side_of_normal():
    node = Lesion("n", "Node", is_node=True)
    words = [size_words(mm, node) for mm in (9.96, 10.0, 10.04, 14.96)]
    assert words == ["0.996 cm", "1.0 cm", "1.004 cm", "1.5 cm"]
    assert size_words(9.96, replace(node, is_node=False)) == "1.0 cm"


def test_newer_images_that_are_not_measured_are_named_with_the_response():
    shown = response_rows(case(("a", 0, 50.0), ("a", 1, 30.0)))
    assert shown.title.endswith("partial response (2026-03-01)")
    assert shown.rows[-1].why.endswith("newer images, 2026-05-01, not measured")
    assert "newer images" not in shown.rows[0].why
