"""The size of a mass in words: what is measured, on which plane, and what is missing."""

import pytest

from tumorboard.case.mass_size import MassSize


@pytest.mark.parametrize(
    ("size", "text", "missing", "words"),
    [
        (MassSize(), "", "", ""),
        (MassSize(105, 89, 132), "10.5 × 8.9 × 13.2 cm", "", "10.5 × 8.9 × 13.2 cm"),
        (
            MassSize(105, 89),
            "10.5 × 8.9 cm",
            "craniocaudal not measured",
            "axial long × axial short 10.5 × 8.9 cm; craniocaudal not measured",
        ),
        (
            MassSize(height=132),
            "13.2 cm",
            "axial axes not measured",
            "craniocaudal 13.2 cm; axial axes not measured",
        ),
        (
            MassSize(long=105),
            "10.5 cm",
            "axial short and craniocaudal not measured",
            "axial long 10.5 cm; axial short and craniocaudal not measured",
        ),
        (
            MassSize(long=105, height=132),
            "10.5 × 13.2 cm",
            "axial short not measured",
            "axial long × craniocaudal 10.5 × 13.2 cm; axial short not measured",
        ),
        (
            MassSize(105, 89, 132, "coronal"),
            "10.5 × 8.9 × 13.2 cm",
            "",
            "10.5 × 8.9 × 13.2 cm (coronal long × coronal short × craniocaudal)",
        ),
        (
            MassSize(height=132, plane="turned plane"),
            "13.2 cm",
            "turned plane axes not measured",
            "craniocaudal 13.2 cm; turned plane axes not measured",
        ),
    ],
)
def test_a_size_says_what_it_is_of_and_what_is_missing(size, text, missing, words):
    assert (size.text, size.missing, size.words) == (text, missing, words)
    assert size.is_axial is (size.plane == "axial")
    assert len(size.values) == (text.count("×") + 1 if text else 0)
