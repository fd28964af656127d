"""What a report says, before it is laid out."""

import time
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guidelines.cases import vignettes
from tests.reports.made import (
    HEAD,
    annotation,
    assessment,
    axes,
    case,
    cited_places,
    context,
    facts,
    height,
    image_reference,
    spoken,
    vein_marks,
)
from tumorboard.annotations.model import Kind
from tumorboard.case.annotation_facts import derive
from tumorboard.case.facts import Fact, FactSheet, Place, Provenance
from tumorboard.case.ivc_report import ivc_report
from tumorboard.case.model import Remark
from tumorboard.case.radiology_report import radiology_report
from tumorboard.case.report_text import Basis
from tumorboard.imaging.geometry import Calibration, Caveat
from tumorboard.reports.words import plain_all


def drawn_facts(of):
    return FactSheet(derive(of))


def test_the_case_in_words():
    report = context()
    assert report.category.title == "Unresectable"
    assert report.category.qualifiers == ("metastatic status not assessed",)
    assert report.category.unassessed == "5 of 6 excluding findings not assessed"
    assert report.category.reason.rule == "R-RES-06"
    assert report.size.value == "10.5 × 8.9 × 13.2 cm"
    assert report.ivc.extent == "Renal veins to within the liver"
    assert report.ivc.occlusion == "Near-total"
    assert report.ivc.level.startswith("II")
    assert report.about == "Leiomyosarcoma · Retroperitoneum · Primary, in place"
    assert report.studies == "CT 12 Nov 2026"
    assert report.colophon.audit_head == HEAD
    assert report.colophon.intended_use == (
        "Supports the board, decides nothing. Not a medical device."
    )


def test_drawn_axes_are_named_with_their_calibration_and_caveats():
    gap = Caveat("missing-slices", "A slice is missing inside the mass.")
    of = case(axes(), height(caveats=(gap,)))
    report = context(of=of, facts=drawn_facts(of))
    assert report.size.value == "10.5 × 8.9 × 13.2 cm"
    assert report.size.axes == "axial long axis × axial short axis × craniocaudal"
    assert report.size.words == report.size.value
    assert report.size.calibration == "pixel spacing"
    assert report.size.caveats == ("A slice is missing inside the mass.",)
    assert report.size.origin.startswith("from the images · Dr Reader")


def test_a_half_measured_mass_names_what_there_is():
    of = case(height())
    size = context(of=of, facts=drawn_facts(of)).size
    assert (size.value, size.axes) == ("13.2 cm", "craniocaudal; axial axes not measured")
    assert size.words == "13.2 cm (craniocaudal; axial axes not measured)"


def test_an_uncalibrated_mass_is_in_pixels_and_says_so():
    of = case(axes(image=image_reference(Calibration.NONE)))
    size = context(of=of, facts=drawn_facts(of)).size
    assert "105 × 89 px" in size.value
    assert "cm" not in size.value
    assert size.calibration == "uncalibrated"


def test_a_stated_size_overrules_the_drawn_one_and_both_stand():
    of = case(axes(), replace(height(), points=((0, 0, 0), (0, 0, 120))))
    size = context(of=of).size
    assert size.value == "10.5 × 8.9 × 13.2 cm"
    assert "drawn on the images: 10.5 × 8.9 × 12.0 cm" in size.origin


def test_no_size_and_no_vein():
    empty = context(facts=FactSheet())
    assert empty.size is None
    assert empty.ivc.extent == "Not assessed"
    assert empty.facts[0].title == "Computed"


def test_the_extent_comes_from_the_marks():
    of = case(*vein_marks())
    ivc = context(of=of, facts=drawn_facts(of)).ivc
    assert ivc.extent == "Renal veins to within the liver"
    assert "from the marked levels" in ivc.origin


def test_other_measurements_are_listed_apart_from_the_mass():
    of = case(axes(), annotation("a9", Kind.LENGTH, (0, 0, 0), (30, 40, 0), label="Node"))
    (line,) = context(of=of).measurements
    assert (line.name, line.value) == ("Node", "5.0 cm")
    assert line.where == "12 Nov 2026 · axial"


def test_nobody_is_named_unless_asked():
    hidden = str(asdict(context()))
    for secret in ("FICTION", "FRIEDA", "PID-77-31", "1959"):
        assert secret not in hidden
    assert context(with_identity=True).identity == "FICTION, FRIEDA · PID-77-31 · born 12 Apr 1959"


def test_criteria_carry_state_author_and_time():
    stated = [c for c in context().criteria if c.state == "present"]
    assert [c.label for c in stated] == ["Extensive major vessel involvement"]
    assert stated[0].origin.startswith("stated · Dr Reader · 5 Jan 2026")
    assert {c.words for c in context().criteria} == {"present", "not assessed"}


def test_every_recorded_fact_is_there_once():
    report = context()
    criteria = {c.label for c in report.criteria}
    labels = [line.label for group in report.facts for line in group.lines]
    recorded = facts().facts
    assert len(labels) == len(set(labels))
    assert len([x for g in report.facts if g.title != "Computed" for x in g.lines]) == (
        len(recorded) - sum(name in {"extensive_major_vessel_involvement"} for name in recorded)
    )
    assert not criteria & set(labels)


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_every_conclusion_and_source_appears(name):
    report, found = context(name), assessment(name)
    said = str(asdict(report))
    for text in spoken(found):
        assert repr(text)[1:-1] in said
    listed = [
        f"{w.title}{', ' if p.place else ''}{p.place}" for w in report.works for p in w.places
    ]
    wanted = {p.replace(" [", " (its ref. ").replace("]", ")") for p in cited_places(found)}
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted


@pytest.mark.parametrize("name", ["V-01", "V-05", "V-15"])
def test_numbers_lead_to_the_places_cited(name):
    report, found = context(name), assessment(name)
    places = {p.number: (w.title, p.place) for w in report.works for p in w.places}
    assert sorted(places) == list(range(1, len(places) + 1))
    for line, result in zip(report.options, found.options, strict=True):
        for shown, reason in zip(line.reasons, result.reasons, strict=True):
            cited = {p for c in reason.sources for p in c.source.split("; ")}
            assert shown.unsourced == ("Not stated in the sources" in cited)
            assert len(shown.cited) == len(cited - {"Not stated in the sources"})
            for number in shown.cited:
                title, place = places[number]
                inside = place.split(" (its ref.")[0]
                assert any(p.startswith(title) and inside in p for p in cited)


def test_works_bear_their_full_title():
    titles = {w.title: w.full for w in context().works}
    assert titles["Sabato et al. 2024"].startswith("Sabato IM, Russo NW")
    assert "(2024)" in titles["Sabato et al. 2024"]


def test_alerts_begin_with_the_most_severe():
    order = [("critical", "warning", "information").index(a.severity) for a in context().alerts]
    assert order == sorted(order)
    assert len(order) == len(assessment().alerts)


def test_follow_up_and_group_figures():
    plans = {p.title: p for p in context("V-15").plans}
    assert any("3, 6, 9, 12" in line for line in plans["Follow-up: After complete resection"].lines)
    figures = plans["Group figures: Leiomyosarcoma"].lines
    assert "overall survival 45 %" in figures[0]
    assert "not an individual forecast" in figures[1]


def test_changed_settings_are_named_with_who_and_why():
    found = assessment("V-15", {"S-08": {"interval_months": 6, "years": 2}})
    (line,) = context("V-15", assessment=found).settings
    assert line.identifier == "S-08"
    assert line.origin == "Dr Lead · 2026-01-05 · test"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "13:05 (UTC)"),
        ("Asia/Kolkata", "18:35 (UTC+05:30)"),
        ("America/Lima", "08:05 (UTC-05:00)"),
    ],
)
def test_times_are_local_and_the_report_says_which_zone(zone, shown, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert context().colophon.created == f"27 Nov 2026 {shown}"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_bidirectional_and_control_characters_are_shown_and_act_nowhere():
    of = replace(
        case(), label="RP\u202e0147", question="a\u2067b\x00\x1b[31m\nc", summary="\ud800x"
    )
    report = context(of=of, author="Dr\u200f A")
    assert report.label == "RP[U+202E]0147"
    assert report.question == "a[U+2067]b[U+0000][U+001B][31m c"
    assert report.summary == "[U+D800]x"
    assert report.colophon.author == "Dr[U+200F] A"


@given(st.text())
def test_plain_text_is_one_line_and_stays(text):
    once = plain_all(text)
    assert once.isprintable() or not set(once) & set("\n\r\u2028\u202e\u2066\x00\x1b")
    assert plain_all((once, (text,))) == (once, (once,))


def test_what_a_reader_said_of_the_organs_and_kept_of_the_vein_is_in_the_report():
    place = Place("1.2", (0.0, 0.0, 0.0), 84)
    said = Remark("organ|liver", "touched", "", "Dr A", "2026-11-12T09:00:00Z", place)
    held = replace(case(), remarks=(said,))
    made = ivc_report(held, Basis(facts(), assessment().ivc_level_text))
    kept = Remark("ivc-report", "First.\n\nSecond.", made, "Dr A", "2026-11-12T09:00:00Z")
    report = context(of=replace(held, remarks=(said, kept)))
    assert report.reading == ("First.", "", "Second.")
    old = replace(kept, note=made.replace("Mass: ", "Mass: 9.9 × "))
    warning, *rest = context(of=replace(held, remarks=(said, old))).reading
    assert warning == "Changed in the case since this text was kept: Mass."
    assert tuple(rest) == report.reading
    (group,) = [g for g in report.facts if g.title == "Organs around"]
    (line,) = group.lines
    assert (line.label, line.value) == ("Liver", "Touched")
    assert line.origin.endswith("slice 84")
    report_now = radiology_report(held, Basis(facts(), assessment().ivc_level_text))
    whole = Remark("radiology-report", "Technique\nMine.", report_now.text, "Dr A", kept.time_utc)
    report = context(of=replace(held, remarks=(said, kept, whole)))
    assert report.reading == ("Technique", "Mine.")
    assert (report.reading_title, "Technique" in report.headings) == ("Radiology report", True)
    old = replace(whole, note=report_now.text.replace("Liver: touched", "Liver: free"))
    warning, *rest = context(of=replace(held, remarks=(said, old))).reading
    assert warning == "Changed in the case since this text was kept: Liver."
    bare = context()
    assert bare.reading == ()
    assert "Organs around" not in [g.title for g in bare.facts]


def test_an_involvement_that_a_person_denies_is_not_told_as_an_extent():
    stated = dict(facts().facts)
    reader = Provenance("entered", "Dr A", "2026-11-12T09:00:00Z")
    drawn = Provenance("annotation", "Dr B", "2026-11-11T09:00:00Z")
    for name, value, origin in (
        ("ivc_involvement", "absent", reader),
        ("ivc_caudal_extent", "renal_vein_confluence", drawn),
        ("ivc_cranial_extent", "intrahepatic", drawn),
        ("ivc_occlusion", "near_total", reader),
    ):
        stated[name] = Fact(name, value, origin)
    ivc = context(facts=FactSheet(stated)).ivc
    assert ivc.extent.startswith("Not involved; marked on the images: renal veins")
    assert (ivc.occlusion, ivc.level) == ("", "")
    assert "Dr A" in ivc.origin
    stated["ivc_involvement"] = Fact("ivc_involvement", "present", reader)
    present = context(facts=FactSheet(stated)).ivc
    assert present.extent == "Renal veins to within the liver"
    assert present.occlusion != ""


def test_age_and_sex_stand_beside_what_the_images_say_otherwise():
    reader = Provenance("entered", "Dr A", "2026-11-12T09:00:00Z")
    born = replace(case().patient, birth_date="19610417", sex="F")
    of = replace(case(), patient=born)

    def about(age: float, sex: str) -> str:
        sheet = {"age_years": Fact("age_years", age, reader), "sex": Fact("sex", sex, reader)}
        return context(of=of, facts=FactSheet(sheet)).about

    assert about(65, "female") == "65 years · Female"
    wrong = about(31, "male")
    assert "by the date of birth in the images 65 years" in wrong
    assert "by the images female" in wrong
