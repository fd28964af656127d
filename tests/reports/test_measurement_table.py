"""What is exported of measurements is what was measured, in its unit, and computes nothing."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import openpyxl
import pytest

from tests.annotations.shapes import FLAT, annotation
from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.measure import measure
from tumorboard.annotations.model import ImageReference, Kind
from tumorboard.case.measurement_list import (
    Column,
    Pictures,
    measurement_list,
    proposed_count,
    told_rows,
)
from tumorboard.case.model import Case, Lesion, Patient, SeriesRef
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.imaging.geometry import Calibration, Caveat, Plane, SliceStack
from tumorboard.reports.identity import Withholding
from tumorboard.reports.measurement_table import (
    measurements_csv,
    measurements_html,
    measurements_text,
    measurements_xlsx,
)
from tumorboard.reports.written import in_words

MEASURED = [kind for kind in Kind if SPECS[kind].is_measurement]
#: In which column a value stands, by its concept's words and its unit.
UNITS = {"mm": "(mm)", "mm2": "(mm²)", "deg": "(°)"}
PATIENT = Patient("1", "Gruber^Anna", "PID-4711", "19650412")


def column_of(quantity):
    words = quantity.concept.meaning.casefold()
    (found,) = [
        column
        for column in Column
        if column.value.endswith(UNITS[quantity.unit])
        and words.split()[0] in column.value.casefold()
        and (words.startswith("path") or words != "length" or column is Column.LENGTH)
    ]
    return found.value


def series(**changes):
    values = {
        "series_instance_uid": "1.2.3",
        "study_instance_uid": "1.2",
        "modality": "CT",
        "description": "Abdomen",
        "study_date": "20261101",
        "slices": 40,
        "rows": 64,
        "columns": 64,
        "kind": "volume",
        "plane": "axial",
    }
    return SeriesRef(**{**values, **changes})


def stack(count=40):
    origins = np.outer(np.arange(count) * 2.0, (0, 0, 1.0))
    return SliceStack(origins, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1.0, 1.0), 64, 64)


def case(*drawn, **changes):
    lesions = (Lesion("9.1", "Mass 1", is_index=True),)
    base = Case("1", "RP-0001", PATIENT, series=(series(),), lesions=lesions, annotations=drawn)
    return replace(base, **changes)


def rows_of(found, pictures=None):
    return measurement_list(found, lambda _key: pictures)


def as_is(text):
    return text


def from_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def from_xlsx(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    heads, *rows = map(list, sheet.iter_rows())
    return [{h.value: cell for h, cell in zip(heads, row, strict=True)} for row in rows]


def tilted(kind, **changes):
    """One of a kind with a size and direction of no simple numbers: nothing agrees by chance."""
    flat = [(1.0371 * a, 1.0371 * b) for a, b in FLAT[kind]]
    return annotation(kind, right=(0.8, 0.6, 0.0), down=(-0.6, 0.8, 0.0), flat=flat, **changes)


@pytest.mark.parametrize("kind", MEASURED)
def test_each_number_of_each_kind_is_what_was_measured_in_csv_and_workbook(kind):
    drawn = tilted(kind, lesion_uid="9.1")
    rows = rows_of(case(drawn))
    (told,), (typed,) = (
        from_csv(measurements_csv(rows)),
        from_xlsx(measurements_xlsx(rows)),
    )
    quantities = measure(drawn).quantities
    assert quantities
    expected = {column_of(q): q.value for q in quantities}
    numbers = {c.value for c in Column if c.is_number}
    for head in numbers:
        if head in expected:
            assert float(told[head]) == pytest.approx(expected[head], abs=0.005001)
            assert typed[head].data_type == "n"
            assert typed[head].value == pytest.approx(expected[head], abs=0.005001)
        else:
            assert told[head] == ""
            assert typed[head].value is None
    assert told["Lesion"] == "Mass 1"
    assert told["Kind"] == SPECS[kind].words
    assert told["Date of the images"] == "2026-11-01"
    assert told["Calibration"] == "pixel spacing"
    assert told["Uncalibrated"] == ""


@pytest.mark.parametrize("kind", MEASURED)
def test_what_is_not_calibrated_is_in_no_column_of_millimetres(kind):
    image = ImageReference("1.2", "1.2.3", ("1.2.3.0",), "1.2.9", Plane.AXIAL, Calibration.NONE)
    drawn = tilted(kind, image=image, caveats=(Caveat("uncalibrated", "Not calibrated"),))
    quantities = [q for q in measure(drawn).quantities if q.unit != "deg"]
    rows = rows_of(case(drawn))
    (told,) = from_csv(measurements_csv(rows))
    (typed,) = from_xlsx(measurements_xlsx(rows))
    assert told["Calibration"] == typed["Calibration"].value == "uncalibrated"
    for column in Column:
        if column.is_number and column is not Column.ANGLE:
            assert (told[column.value], typed[column.value].value) == ("", None)
    found = [float(n) for n in re.findall(r"(\d+\.\d+) px", told["Uncalibrated"])]
    assert found == pytest.approx([q.value for q in quantities], abs=0.005001)
    assert "mm" not in told["Uncalibrated"]
    for paper in (measurements_text(rows), measurements_html(rows)):
        assert told["Uncalibrated"] in paper


HOSTILE = ("=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "＝1", '=HYPERLINK("x")', "|calc", "%1")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_spreadsheet_computes_a_word(text):
    drawn = annotation(Kind.LENGTH, lesion_uid="9.1", author=text, label=text)
    found = case(
        drawn, lesions=(Lesion("9.1", text),), series=(series(description="x", modality=text),)
    )
    rows = rows_of(found)
    (told,) = from_csv(measurements_csv(rows))
    for value in told.values():
        assert value.lstrip()[:1] not in tuple("=+-@|%＝")
    tabbed = measurements_text(rows).split("\n")[1].split("\t")
    assert len(tabbed) == len(Column)
    assert all(cell.lstrip()[:1] not in tuple("=+-@|%＝") for cell in tabbed)
    (typed,) = from_xlsx(measurements_xlsx(rows))
    assert typed["Author"].data_type == "s"
    assert typed["Author"].quotePrefix
    assert typed["Lesion"].data_type == "s"


def test_markup_of_a_name_is_text_in_html_and_control_signs_are_marks_everywhere():
    wild = "<script>x</script>\u202e\x1b[2J"
    drawn = annotation(Kind.LENGTH, lesion_uid="9.1")
    rows = rows_of(case(drawn, lesions=(Lesion("9.1", wild),)))
    page = measurements_html(rows)

    seen = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attributes: seen.append(tag)
    parser.feed(page)
    assert set(seen) == {"table", "tr", "th", "td"}
    (typed,) = from_xlsx(measurements_xlsx(rows))
    assert typed["Lesion"].value == "<script>x</script>[U+202E][U+001B][2J"


def test_nobody_is_named_in_what_leaves():
    drawn = annotation(Kind.LENGTH, lesion_uid="9.1", label="Gruber's mass")
    found = case(
        drawn,
        lesions=(Lesion("9.1", "Anna GRUBER left"),),
        series=(series(description="GRUBER PID-4711 12.04.1965"),),
    )
    told = in_words(found, Withholding((PATIENT,)))
    rows = told_rows(rows_of(found), told)
    book = from_xlsx(measurements_xlsx(rows))
    papers = [
        measurements_csv(rows).decode(),
        measurements_text(rows),
        measurements_html(rows),
        *(str(cell.value) for row in book for cell in row.values()),
    ]
    for paper in papers:
        assert not re.search("gruber|anna|4711|1965", paper, re.IGNORECASE)


def test_slices_are_numbered_as_the_viewer_counts():
    uids = tuple(f"1.2.3.{k}" for k in range(40))
    pictures = Pictures(stack(), {(uid, 0): k for k, uid in enumerate(uids)})

    def at(k, **changes):
        image = ImageReference("1.2", "1.2.3", (uids[k],), "1.2.9", Plane.AXIAL)
        return annotation(Kind.LENGTH, origin=(30, 30, 2 * k), **{"image": image, **changes})

    # Axial slices count from the head: the highest of 40 is the first.
    found = rows_of(case(at(0, uid="a"), at(39, uid="b")), pictures)
    assert [row.text(Column.SLICE) for row in found] == ["40", "1"]
    turned = annotation(Kind.LENGTH, right=(0.8, 0, 0.6), down=(0, 1, 0), image=at(3).image)
    (row,) = rows_of(case(turned), pictures)
    assert row.text(Column.SLICE) == "turned cut"
    (row,) = rows_of(case(at(3)), None)
    assert row.text(Column.SLICE) == ""


def test_outlines_stand_with_their_volume_and_what_is_proposed_is_left_out_and_told():
    outline = Segmentation(
        *("7.1", "Mass", Role.MASS, "1.2", "1.2.3", "1.2.9"),
        lesion_uid="9.1",
        volume_mm3=12345.6,
        slices=(3, 9),
        author="Dr Sample",
        caveats=(Caveat("gap", "A gap of 10 mm"),),
    )
    found = case(annotation(Kind.LENGTH, proposed=True), segmentations=(outline,))
    (row,) = from_csv(measurements_csv(rows_of(found)))
    assert (row["Volume (mL)"], row["Caveats"]) == ("12.35", "A gap of 10 mm")
    assert row["Kind"] == "Outline: mass, Mass"
    assert proposed_count(found) == 1


def test_a_projection_has_no_plane():
    drawn = annotation(Kind.LENGTH)
    plain = series(modality="CR", kind="image", plane="")
    (row,) = rows_of(case(drawn, series=(plain,)))
    assert row.text(Column.PLANE) == ""
