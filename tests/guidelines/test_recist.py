import pytest

from tumorboard.guidelines.recist import (
    Measured,
    choose_targets,
    is_eligible,
    node_class,
    recist_response,
    recist_sum_mm,
)


@pytest.mark.parametrize(
    ("baseline", "nadir", "current", "wanted"),
    [
        (100, 100, 70.0, "PR"),
        (100, 100, 70.1, "SD"),
        (100, 60, 72.0, "PD"),
        (100, 60, 71.9, "SD"),
        (80, 60, 71.9, "SD"),
        (100, 20, 24, "PR"),
        (25, 20, 24, "SD"),
        (100, 20, 25, "PD"),
        (100, 100, 0, "CR"),
        (256, 256, 179.2, "PR"),
        (256, 256, 307.2, "PD"),
    ],
)
def test_response(baseline, nadir, current, wanted):
    assert recist_response(baseline, nadir, current) == wanted


def test_a_new_lesion_is_progression():
    assert recist_response(100, 100, 0, new_lesion=True) == "PD"


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(15, "target"), (14.9, "non-target"), (10, "non-target"), (9.9, "normal")],
)
def test_nodes_by_short_axis(size, wanted):
    assert node_class(size) == wanted
    assert is_eligible(Measured("node", size, is_node=True)) is (wanted == "target")


def test_the_reported_relapse():
    lesions = [
        Measured("retroperitoneum", 79),
        Measured("subcutis", 50),
        Measured("subcutis", 43),
        Measured("muscle", 44),
        Measured("peritoneum", 40),
        Measured("pancreas", 15),
        Measured("liver", 30, method="ultrasound"),
        Measured("liver", 25, method="ultrasound"),
    ]
    targets = choose_targets(lesions)
    assert recist_sum_mm(targets) == 256
    assert "pancreas" not in {t.organ for t in targets}


def test_two_targets_an_organ():
    assert len(choose_targets([Measured("lung", 20 + n) for n in range(4)])) == 2
