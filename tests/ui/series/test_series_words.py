"""What the list of series and the corners of a view say of a series."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.dicom.make import write_slices
from tumorboard.app.imports import find
from tumorboard.case.model import SeriesRef
from tumorboard.progress import Reporter
from tumorboard.ui.shell.case_words import series_tip, series_words, technique
from tumorboard.ui.shell.provenance import dicom_date
from tumorboard.ui.viewer.overlay import folded, text_width

REF = SeriesRef(
    "1.2",
    "1.1",
    "CT",
    "Abdomen PV",
    "20261112",
    212,
    512,
    512,
    "volume",
    plane="axial",
    body_part="abdomen",
    caveats=("Slices are missing.",),
    phase="portal venous",
    phase_evidence="“PV” in the series description",
    kernel="B30f",
    thickness_mm=2.0,
)


def test_the_list_names_thickness_and_the_tip_everything_else():
    assert series_words(REF) == ("Abdomen PV", "CT · 212 slices · 2 mm")
    lines = series_tip(REF).splitlines()
    assert "Portal venous phase, a guess from “PV” in the series description" in lines
    assert lines[-1] == "▲ Slices are missing."
    assert technique(REF) == "2 mm · B30f · portal venous?"


def test_what_is_not_known_is_left_out():
    bare = replace(REF, phase="", kernel="", thickness_mm=None, caveats=(), body_part="")
    assert series_words(bare)[1] == "CT · 212 slices · axial"
    assert "guess" not in series_tip(bare)
    assert technique(bare) == ""


def test_an_import_fills_them_from_the_images(tmp_path: Path):
    def described(dataset, _number):
        dataset.SeriesDescription = "Abdomen portal venous"
        dataset.ConvolutionKernel = "B30f"

    write_slices(tmp_path / "ct", 4, change=described)
    (item,) = find([tmp_path / "ct"], Reporter()).items
    assert item.ref.phase == "portal venous"
    assert "series description" in item.ref.phase_evidence
    assert (item.ref.kernel, item.ref.thickness_mm) == ("B30f", 2.0)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("20260302", "2 Mar 2026"), ("1994.11.05", "5 Nov 1994"), ("unknown", "unknown"), ("", "")],
)
def test_dates_read_the_same_however_they_were_sent(sent, shown):
    assert dicom_date(sent) == shown


def test_a_sentence_is_folded_and_loses_no_word(qapp):
    sentence = "▲ Slices are scaled differently; values were converted for each of them."
    lines = folded(sentence, 180.0)
    assert len(lines) > 1
    assert all(text_width(line) <= 180.0 for line in lines)
    assert " ".join(" ".join(lines).split()) == sentence
