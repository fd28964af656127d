"""Agenda, minutes and table of a meeting: what stands on paper, and that all of it fits."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from PySide6.QtGui import QColor, QImage, QPainter

from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.reports.agenda import agenda_bytes, agenda_pages, write_agenda
from tumorboard.reports.decisions_csv import decisions_csv, write_csv
from tumorboard.reports.identity import UNDECIDED, WITHHELD, Withholding, identity_text
from tumorboard.reports.meeting_content import (
    Decided,
    Identity,
    MeetingCase,
    MeetingPapers,
    Readiness,
    Rejected,
    Signature,
)
from tumorboard.reports.minutes import minutes_bytes, minutes_pages, write_minutes

SIGNED = Signature("Dr Sign", "27 Nov 2026 15:02", 2, "abc123" * 10 + "abcd", "f00d" * 16)
DECIDED = Decided(
    recommendation=("Preoperative radiotherapy", "Then resection"),
    intent="curative",
    rejected=(Rejected("Bridging stent", "No symptoms"), Rejected("Chemotherapy", "")),
    agreement="differs from the assessment: the vein can be replaced",
    stage="IIIB",
    histology="Leiomyosarcoma",
    trial="yes",
    responsible="Dr Bone",
    due="2026-12-11",
    deferred_because="",
    outcome="",
    signature=SIGNED,
)
DEFERRED = replace(
    DECIDED,
    recommendation=(),
    rejected=(),
    responsible="",
    due="",
    deferred_because="No chest CT",
)
LIGHTS = (
    Readiness("Current images", True, "2 series"),
    Readiness("Histology", False, "not recorded"),
    Readiness("Date and phase", None, "phase of contrast not known"),
)
FIRST = MeetingCase(1, "14:30", 5, "RP-1", "Resectable?", "Dr Bone", LIGHTS, DECIDED)
CASES = (
    FIRST,
    MeetingCase(2, "14:35", 3, "RP-2", "", "", LIGHTS, DEFERRED),
    MeetingCase(
        3, "14:38", 3, "RP-3", "Biopsy?", "Dr Cut", LIGHTS, replace(DECIDED, signature=None)
    ),
    MeetingCase(4, "14:41", 1, "RP-4", "Scan?", "Dr Cut", LIGHTS),
)
PAPERS = MeetingPapers(
    "2026-11-27",
    "Friday, 27 Nov 2026",
    "14:30",
    "Room 3",
    ("Dr Bone (surgeon)", "Dr Cut"),
    12,
    CASES,
    "Dr Author",
    "27 Nov 2026 16:00 (UTC)",
    "0.1.0",
    "c0ffee" * 10 + "beef",
    with_identity=False,
)


def text_of(data: bytes) -> str:
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def squeezed(text: str) -> str:
    """Text without white space, which readers of PDF guess where the colour changes."""
    return "".join(text.split())


def of_one(case: MeetingCase) -> MeetingPapers:
    return replace(PAPERS, cases=(case,))


@pytest.fixture(scope="module")
def minutes(qapp):
    return text_of(minutes_bytes(PAPERS))


@pytest.fixture(scope="module")
def agenda(qapp):
    return text_of(agenda_bytes(PAPERS))


@pytest.mark.parametrize(
    "wanted",
    [
        "Minutes of the tumour board",
        "Friday, 27 Nov 2026 · 14:30 · Room 3",
        "1 with a signed recommendation · 1 deferred · 2 without a signed decision",
        "Dr Bone (surgeon) · Dr Cut",
        "Question Resectable?",
        "Stage as discussed IIIB",
        "Histology as discussed Leiomyosarcoma",
        "Preoperative radiotherapy Then resection Intent: curative",
        "Bridging stent: No symptoms",
        "Chemotherapy: no reason stated",
        "Assessment panel differs from the assessment: the vein can be replaced",
        "Trial considered yes",
        "Carried out by Dr Bone",
        "By 11 Dec 2026",
        "Signed by Dr Sign · 27 Nov 2026 15:02 · version 2 · record abc123abc123 · audit head "
        "f00df00df00d",
        "DEFERRED No chest CT",
        "Not signed: this is a draft.",
        "4 RP-4 Question Scan? No decision was recorded in this meeting.",
        "Written 27 Nov 2026 16:00 (UTC) · by Dr Author",
        "Supports the board, decides nothing. Not a medical device.",
    ],
)
def test_the_minutes_say(wanted, minutes):
    assert squeezed(wanted) in squeezed(minutes)


@pytest.mark.parametrize(
    "wanted",
    [
        "Agenda of the tumour board",
        "4 cases · 12 minutes planned",
        "14:30 5 1 RP-1 Resectable? Dr Bone Missing: histology (not recorded) Not known: date and "
        "phase (phase of contrast not known) Ready: current images (2 series)",
        "14:35 3 2 RP-2 no question written not named",
        "14:41 1 4 RP-4",
    ],
)
def test_the_agenda_says(wanted, agenda):
    assert squeezed(wanted) in squeezed(agenda)


def test_the_cases_keep_their_order(minutes, agenda):
    for text in (minutes, agenda):
        places = [text.index(case.label) for case in CASES]
        assert places == sorted(places)


def test_what_was_not_stated_is_said_so_and_never_no(qapp):
    decided = replace(DECIDED, stage="", trial="", agreement="", intent="")
    text = text_of(minutes_bytes(of_one(replace(FIRST, decided=decided))))
    for wanted in ("Stage as discussed", "Assessment panel", "Trial considered", "Intent:"):
        assert f"{wanted} not stated" in text


def test_a_meeting_without_anything_is_still_a_paper(qapp):
    empty = replace(PAPERS, cases=(), attendees=(), start="", place="")
    assert "No cases yet." in text_of(agenda_bytes(empty))
    assert "Nobody is entered." in text_of(minutes_bytes(empty))
    assert decisions_csv(empty).count(b"\r\n") == 1


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
@pytest.mark.parametrize("write", [write_minutes, write_agenda])
def test_paper_sizes(write, paper, size, tmp_path, qapp):
    write(PAPERS, tmp_path / "p.pdf", paper)
    box = PdfReader(tmp_path / "p.pdf").pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == size
    with pytest.raises(UserError, match="A4 or Letter"):
        write(PAPERS, tmp_path / "p.pdf", "A5")


def ink_outside(pages, width=5150.0, room=7580.0, margin=300):
    """Paint each page on a larger sheet; return how many pixels lie outside its room."""
    outside, scale = 0, 0.1
    size = (int((width + 2 * margin) * scale), int((room + 2 * margin) * scale))
    for page in pages(width, room):
        image = QImage(*size, QImage.Format.Format_Grayscale8)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.scale(scale, scale)
        page.paint(painter, margin, margin, width)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(size[1], -1)[:, : size[0]]
        dark = pixels < 128
        assert dark.any()
        inside = int(margin * scale) - 1
        dark[inside:-inside, inside:-inside] = False
        outside += int(dark.sum())
    return outside


@pytest.mark.parametrize("text", ["W" * 3000, "wide " * 800, "漢字" * 900])
@pytest.mark.parametrize("pages", [minutes_pages, agenda_pages])
def test_no_text_leaves_its_page(pages, text, qapp):
    decided = replace(
        DECIDED, recommendation=(text,), rejected=(Rejected(text, text),), agreement=text
    )
    lights = (Readiness(text, False, text),)
    case = replace(FIRST, label=text[:200], question=text, presenter=text[:300])
    found = of_one(replace(case, decided=decided, readiness=lights))
    assert ink_outside(lambda width, room: pages(found, width, room)) == 0


def test_thirty_cases_are_all_there(qapp):
    cases = tuple(replace(FIRST, number=n, label=f"RP-{n:04}") for n in range(1, 31))
    found = replace(PAPERS, cases=cases)
    for data in (minutes_bytes(found), agenda_bytes(found)):
        text = text_of(data)
        assert all(case.label in text for case in cases)


# The table


def rows(papers: MeetingPapers) -> list[dict[str, str]]:
    text = decisions_csv(papers).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_line_a_case_with_byte_order_mark():
    assert decisions_csv(PAPERS).startswith(b"\xef\xbb\xbf")
    first, second, third, fourth = rows(PAPERS)
    assert first["Recommendation"] == "Preoperative radiotherapy; Then resection"
    assert (first["Responsible"], first["Due"]) == ("Dr Bone", "2026-12-11")
    assert (first["Signed by"], first["Version"]) == ("Dr Sign", "2")
    assert first["Digest of the record"] == SIGNED.digest
    assert (second["State"], second["Deferred because"]) == ("deferred", "No chest CT")
    assert (third["State"], third["Signed by"]) == ("recommended, not signed", "")
    assert (fourth["State"], fourth["Recommendation"]) == ("no decision", "")


def test_identity_has_columns_only_when_asked():
    who = Identity("FICTION, FRIEDA", "PID-77", "12 Apr 1959")
    found = of_one(replace(FIRST, identity=who))
    assert "Name" not in rows(found)[0]
    assert b"FICTION" not in decisions_csv(found)
    told = rows(replace(found, with_identity=True))[0]
    assert (told["Name"], told["Identifier"]) == ("FICTION, FRIEDA", "PID-77")
    assert told["Date of birth"] == "12 Apr 1959"


formulas = st.tuples(st.sampled_from(" \t"), st.sampled_from("=+-@＝＋－＠\t\r"), st.text())


@given(st.one_of(st.text(), formulas.map("".join)))
def test_no_cell_is_a_formula_and_no_word_is_lost(text):
    case = replace(FIRST, question=text, label=text)
    (row,) = rows(of_one(case))
    for cell in (row["Case"], row["Question"]):
        assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠")
        assert cell.removeprefix("'") == text.removeprefix("'")


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(UserError, match=r"“t\.csv” cannot be written"):
        write_csv(PAPERS, tmp_path / "none" / "t.csv")


# Identity

WHO = Patient("", "MÜLLER-LI^ANNA", "Z/1.7", "19600105")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Frau Müller-Li kommt", f"Frau {WITHHELD} kommt"),
        ("müller and LI", UNDECIDED),  # part of a name, and of the name of a syndrome
        ("Susanna, Annabel, Müllerian, alive, li", "Susanna, Annabel, Müllerian, alive, li"),
        ("scan_ANNA_2", f"scan_{WITHHELD}_2"),
        ("number z/1.7, not Z/1x7", f"number {WITHHELD}, not Z/1x7"),
        ("born 5.1.1960", f"born {WITHHELD}"),
        ("born 05/01/60.", f"born {WITHHELD}."),
        ("born January 5th, 1960", f"born {WITHHELD}"),
        ("born 5 Jan 1960", f"born {WITHHELD}"),
        ("on 1960-01-05 and 19600105", f"on {WITHHELD} and {WITHHELD}"),
        ("seen 2026-01-05, 10.5 x 8.9 cm", "seen 2026-01-05, 10.5 x 8.9 cm"),
        ("Anna Müller-Li, Z/1.7", WITHHELD),
    ],
)
def test_identity_is_blanked_in_free_words(text, expected):
    assert Withholding([WHO])(text) == expected


def test_nobody_known_blanks_nothing():
    assert Withholding([])("Anna Müller") == "Anna Müller"
    assert Withholding([Patient("", "^", "1", "unknown")])("1 unknown ^") == "1 unknown ^"


def test_names_in_scripts_without_spaces_are_blanked_inside_a_sentence():
    found = Withholding([Patient("", "Yamada^Tarou=山田^太郎")])
    assert found("患者は山田です") == f"患者は{WITHHELD}です"


def test_identity_in_words():
    assert identity_text(WHO) == "MÜLLER-LI, ANNA · Z/1.7 · born 5 Jan 1960"
    assert identity_text(Patient("")) == ""
