"""The radiology report says what was drawn and stated, where, and names what nobody assessed."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.annotations.shapes import annotation
from tumorboard.annotations.model import ImageReference, Kind, TumourEnd
from tumorboard.case.anatomy import Relation, organs
from tumorboard.case.definitions import definition, fact_definitions, value_text
from tumorboard.case.facts import AtLeast, Fact, FactSheet, Place, Provenance
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.radiology_report import (
    REMARK,
    first_text,
    kept_lines,
    radiology_report,
)
from tumorboard.case.readiness import CRITERIA
from tumorboard.case.report_text import Basis, as_html, outdated
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.imaging.geometry import Calibration, Caveat, Plane

#: What a radiologist reads: these facts have to be in the report when they are known.
GROUPS = ("staging", "criteria", "vessels")
READ = [d for d in fact_definitions().values() if d.group in GROUPS]
UNPLACED = ImageReference("1.2", "1.2.3", ("1.2.3.0",), "1.2.9", Plane.AXIAL, Calibration.NONE)


def series(uid="1.2.3", date="20260302", **changes) -> SeriesRef:
    values = {"phase": "portal venous", "thickness_mm": 2.0, **changes}
    return SeriesRef(uid, "1.2", "CT", "ab", date, 90, 512, 512, "volume", **values)


def case(*annotations, **parts) -> Case:
    return Case("c", "RP-1", Patient("p"), annotations=annotations, **parts)


def facts(**values: object) -> FactSheet:
    return FactSheet({n: Fact(n, v, Provenance("entered", "Dr A")) for n, v in values.items()})


def report(of: Case, *, slices=None, **values):
    numbers = slices or {}
    return radiology_report(
        of, Basis(facts(**values)), lambda a: (numbers[a.uid], 0) if a.uid in numbers else None
    )


def lines(of, **values) -> list[str]:
    return [s.text for s in report(of, **values).sentences]


ORDER = [
    *("Technique", "Comparison", "Primary", "Compartments and organs", "Vessels"),
    *("Inferior vena cava", "Kidneys", "Lymph nodes", "Peritoneum", "Lungs", "Liver", "Bones"),
    *("Elsewhere", "Response", "Impression"),
]


def test_the_sections_stand_in_the_order_in_which_one_dictates():
    made = report(case())
    assert [s.title for s in made.sections] == ORDER
    assert [p.splitlines()[0] for p in made.text.split("\n\n")] == ORDER


def test_with_nothing_known_every_sentence_says_so():
    for sentence in report(case()).sentences:
        assert "not assessed" in sentence.text.lower(), sentence
    assert [s.label for s in report(case()).sections[-1].sentences[2:8]] == [
        definition(name).label for name in CRITERIA
    ]


def test_technique_names_images_without_a_word_of_the_file():
    made = case(series=(series(), series("1.2.4", "20251101"), series("1.2.5", phase="")))
    found = lines(made, chest_ct="done")
    assert (
        "Images: 2026-03-02, CT, portal venous (guessed), slices of 2.0 mm; "
        "CT, phase not known, slices of 2.0 mm." in found
    )
    assert "Earlier images: 2025-11-01 (CT)." in found
    assert "CT chest: done." in found
    odd = case(series=(series(caveats=("Slices are missing.",)),))
    assert "Limits of these images: Slices are missing." in lines(odd)
    assert "Earlier images: none in this case." in lines(odd)
    undated = case(series=(series(date=""), series("1.2.4", date="")))
    assert "Earlier images: not known, there are images without a date." in lines(undated)


def mass(**changes):
    return annotation(Kind.BIDIRECTIONAL, uid="axes", lesion_uid="m", **changes)


INDEX = (Lesion("m", "Mass", is_index=True),)


def test_the_mass_is_led_to_its_axes_with_what_limits_them():
    limited = mass(caveats=(Caveat("gap", "It crosses a gap."),))
    made = case(limited, lesions=INDEX)
    (found,) = [s for s in report(made, slices={"axes": 30}).sentences if s.label == "Mass"]
    assert found.words == (
        "6.0 × 3.0 cm, axial long × axial short; craniocaudal not measured (slice 30); "
        "It crosses a gap"
    )
    assert found.origin.annotation_uids == ("axes",)
    impression = report(made).sections[-1].sentences[0]
    assert "It crosses a gap" in impression.text


def test_what_is_stated_goes_before_what_is_drawn_and_both_stand():
    found = lines(case(mass(), lesions=INDEX), diameters_cm=(7.0, 5.0))
    assert "Mass: 7.0 × 5.0 cm; drawn on the images: 6.0 × 3.0 cm, axial long × axial short; " in (
        "\n".join(found)
    )
    drawn = Fact("ivc_cranial_extent", "intrahepatic", Provenance("annotation", note="marked"))
    basis = Basis(facts(ivc_cranial_extent="suprahepatic"), derived={drawn.name: drawn})
    text = radiology_report(case(), basis).text
    assert "IVC: cranial end of the tumour: above the hepatic veins." in text
    assert "overruled: within the liver; overruled by what is stated." in text


@pytest.mark.parametrize("kind", [Kind.BIDIRECTIONAL, Kind.CRANIOCAUDAL, Kind.LENGTH])
def test_nothing_uncalibrated_has_a_size_in_millimetres(kind):
    drawn = annotation(kind, uid="a", lesion_uid="m", image=UNPLACED)
    other = replace(drawn, uid="b", lesion_uid="x")
    ends = [
        annotation(Kind.TUMOUR_END, (0.0, 0.0, z), role=role, uid=f"end {role}", image=UNPLACED)
        for role, z in ((TumourEnd.CAUDAL, -20.0), (TumourEnd.CRANIAL, 74.0))
    ]
    lesions = (*INDEX, Lesion("x", "N", site="Lung", is_node=False))
    text = radiology_report(case(drawn, other, *ends, lesions=lesions), Basis(facts())).text
    assert not re.search(r"\d\s*(mm|cm)\b", text), text
    assert "distance" not in text


def outline(**changes) -> Segmentation:
    values = {
        **{"volume_mm3": 812_400.0, "slices": (3, 30), "lesion_uid": "m"},
        "caveats": (Caveat("x", "Drawn by hand."),),
    }
    return Segmentation("seg", "Mass", Role.MASS, "1.2", "1.2.3", "1.2.9", **{**values, **changes})


def test_volume_and_solid_part_in_millilitres():
    made = case(lesions=INDEX, segmentations=(outline(),), series=(series(),))
    assert "Volume: 812 mL, by its outline; Drawn by hand." in lines(made)
    assert any("share of fat: not measured here" in line for line in lines(made))
    solid = replace(outline(volume_mm3=5_040.0), role=Role.SOLID, uid="s")
    both = replace(made, segmentations=(outline(), solid))
    assert "Solid component: volume 5.0 mL." in lines(both)
    flat = replace(made, segmentations=(outline(volume_mm3=None, caveats=()),))
    assert "Volume: not measured, the outline gives none." in lines(flat)


def test_each_vessel_has_its_own_line_and_the_others_are_named():
    found = report(case(), vessel_contacts={"IVC": 270.0, "aorta": 0.0}).sections[4].sentences
    assert [s.text for s in found[:2]] == [
        "Contact, IVC: 270° of the circumference.",
        "Contact, aorta: none (0°).",
    ]
    assert found[2].label == "Contact not assessed"
    assert "IVC" not in found[2].words
    assert "superior mesenteric artery" in found[2].words


@pytest.mark.parametrize(
    ("known", "lungs", "liver", "bones"),
    [
        ({}, "not assessed", "not assessed", "not assessed"),
        (
            {"distant_metastasis_read": "absent"},
            "not assessed; distant metastases are stated absent, but not recorded as done: "
            "CT chest",
            "not assessed; distant metastases are stated absent, but not recorded as done: "
            "CT abdomen and pelvis",
            "not assessed; distant metastases are stated absent, but not recorded as done: "
            "CT chest and CT abdomen and pelvis",
        ),
        (
            {"distant_metastasis_read": "absent", "chest_ct": "done"},
            "none; distant metastases are stated absent",
            "not assessed; distant metastases are stated absent, but not recorded as done: "
            "CT abdomen and pelvis",
            "not assessed; distant metastases are stated absent, but not recorded as done: "
            "CT abdomen and pelvis",
        ),
        (
            {"distant_metastasis_read": "present", "metastasis_sites": ("lung",)},
            "named among the sites of metastases",
            "not assessed by themselves; distant metastases are stated present",
            "not assessed by themselves; distant metastases are stated present",
        ),
    ],
)
def test_an_organ_is_free_only_where_that_was_stated_and_seen(known, lungs, liver, bones):
    found = {s.label: s.words for s in report(case(), **known).sentences}
    assert found["Lung metastases"] == lungs
    assert found["Liver metastases"] == liver
    assert found["Bone metastases"] == bones


def test_a_statement_that_the_sites_contradict_says_so_in_the_impression_too():
    known = {"distant_metastasis_read": "absent", "metastasis_sites": ("lung", "peritoneum")}
    text = "Distant metastases (without the peritoneum): absent, yet sites are named: lung."
    assert lines(case(), **known).count(text) == 2
    known["metastasis_sites"] = ("peritoneum",)
    assert "yet" not in "\n".join(lines(case(), **known))


def test_lesions_stand_in_the_section_of_their_site_with_size_and_day():
    lesions = (
        *INDEX,
        Lesion("l", "M1", site="Lung", laterality="right", is_metastasis=True),
        Lesion("n", "N1", site="Retroperitoneal lymph node", is_node=True),
        Lesion("b", "B1", site="Spine"),
        Lesion("p", "P1", site=" peritoneum"),
        Lesion("o", "O1"),
    )
    drawn = [annotation(Kind.BIDIRECTIONAL, uid=u, lesion_uid=u) for u in ("l", "n")]
    newer = series("1.2.9.9", "20260601")
    made = case(*drawn, lesions=lesions, series=(series(), newer))
    by_title = {s.title: [x.text for x in s.sentences] for s in report(made).sections}
    assert by_title["Lungs"][-1] == (
        "Lesion M1: right lung; marked as a distant metastasis; longest diameter 6.0 cm, "
        "2026-03-02; not measured on the images of 2026-06-01."
    )
    assert "short axis 3.0 cm, 2026-03-02" in by_title["Lymph nodes"][-1]
    assert by_title["Peritoneum"][-1].startswith("Lesion P1: ")
    assert by_title["Bones"][-1] == "Lesion B1: spine; size not measured."
    assert by_title["Elsewhere"][-1] == "Lesion O1: site not stated; size not measured."
    assert "Mass" not in "\n".join(by_title["Elsewhere"])


def test_kidney_values_stand_with_their_day():
    found = lines(case(), egfr=55.0, creatinine=106.0)
    assert "Glomerular filtration rate, estimated: 55 mL/min/1.73 m², day not known." in found
    found = lines(case(), egfr=55.0, kidney_function_date="2026-03-01")
    assert "Glomerular filtration rate, estimated: 55 mL/min/1.73 m², 2026-03-01." in found


def test_every_sentence_of_what_was_found_leads_somewhere():
    lesions = (*INDEX, Lesion("l", "M1", site="Lung"))
    drawn = (mass(), annotation(Kind.BIDIRECTIONAL, uid="l", lesion_uid="l"))
    made = case(
        *drawn,
        lesions=lesions,
        segmentations=(outline(),),
        series=(series(), series("1.2.4", "20251101")),
    )
    without = {s.label for s in report(made).sentences if not s.origin.words}
    assert without == {"Response (RECIST 1.1)"}
    assert report(made).sentences[0].origin.series == "1.2.3"


def test_what_a_fact_from_the_images_rests_on_stands_with_it():
    note = "measured on the mask, between outer edges; It crosses a gap.; images of 2026-03-02"
    sheet = FactSheet(
        {
            "diameters_cm": Fact(
                "diameters_cm", (5.0, 4.0), Provenance("annotation", note=note, annotation_uids=())
            )
        }
    )
    text = radiology_report(case(), Basis(sheet)).text
    assert f"Measured, diameters of the index tumour: {note}." in text


# -- any case ---------------------------------------------------------------------------------


def _value(info):
    values = [c.value for c in info.choices]
    if info.kind == "choice":
        return st.sampled_from(values)
    if info.kind == "set":
        return st.sets(st.sampled_from(values), min_size=1).map(
            lambda found: tuple(v for v in values if v in found)
        )
    if info.kind == "map":
        return st.dictionaries(st.sampled_from(values), st.integers(0, 360).map(float), min_size=1)
    if info.kind == "numbers":
        return st.lists(st.integers(1, 400).map(lambda v: v / 10), min_size=1, max_size=3).map(
            tuple
        )
    return st.integers(0, 40) | st.integers(1, 40).map(AtLeast)


SHEETS = st.fixed_dictionaries({}, optional={d.name: _value(d) for d in READ})
SAID = st.dictionaries(
    st.sampled_from([o.remark for o in organs()]), st.sampled_from([r.value for r in Relation])
)


@given(SHEETS, SAID)
def test_every_finding_that_is_stated_appears(values, said):
    remarks = tuple(Remark(k, v, "", "Dr A", "2026-01-01T00:00:00Z") for k, v in said.items())
    text = radiology_report(case(remarks=remarks), Basis(facts(**values))).text.lower()
    for name, value in values.items():
        info = definition(name)
        if info.kind == "set":
            wanted = [info.choice_label(v) for v in value]
        elif info.kind == "map":
            wanted = [
                f"{info.choice_label(k)}: {'none (0' if not v else f'{v:g}'}°"
                for k, v in value.items()
            ]
            wanted = [w.replace("none (0°", "none (0°)") for w in wanted]
        elif info.kind == "numbers":
            wanted = [" × ".join(f"{v:.1f}" for v in value) + " cm"]
        else:
            wanted = [value_text(name, value).removesuffix(" lesions")]
        for words in wanted:
            assert words.lower() in text, (name, words)
    for organ in organs():
        if organ.remark in said:
            assert f"{organ.organ.lower()}: {said[organ.remark]}" in text


FREE = re.compile(r"\b(absent|none|not involved|no)\b")


@given(SHEETS, SAID)
def test_nothing_that_nobody_assessed_is_called_absent(values, said):
    remarks = tuple(Remark(k, v, "", "Dr A", "2026-01-01T00:00:00Z") for k, v in said.items())
    made = radiology_report(case(remarks=remarks), Basis(facts(**values)))
    for sentence in made.sentences:
        words = sentence.words.lower()
        if not FREE.search(words) or words.startswith("not assessed"):
            continue
        origin = sentence.origin.fact
        assert origin in values or origin in said, sentence
    by_label = {s.label: s.words for s in made.sections[-1].sentences}
    for name in CRITERIA:
        known = values.get(name)
        assert by_label[definition(name).label] == (known or "not assessed")


@given(SHEETS, SHEETS)
def test_what_changed_is_named_and_what_did_not_is_not(before, now):
    old, new = (radiology_report(case(), Basis(facts(**v))) for v in (before, now))
    assert outdated(old.text, old) == ()
    named = outdated(old.text, new)
    assert bool(named) == (old.text != new.text)
    for name in CRITERIA:
        if before.get(name) != now.get(name):
            assert definition(name).label in named


def test_slices_and_what_is_measured_elsewhere_do_not_make_a_text_old():
    made = case(mass(), lesions=INDEX)
    here = Basis(facts(), vessels=("IVC: contact 90°.",), components=("Fat 40 %",))
    with_slices = radiology_report(made, here, lambda _: (12, 40))
    assert "Measured, vessels: IVC: contact 90°." in with_slices.text
    assert "Measured, components: Fat 40 %." in with_slices.text
    assert outdated(with_slices.text, radiology_report(made, Basis(facts()))) == ()


def test_a_line_leads_to_its_place_however_its_words_were_changed():
    place = Place("1.2.3", (0.0, 0.0, 0.0), 84)
    remark = Remark("organ|liver", "touched", "", "Dr A", "2026-01-01T00:00:00Z", place)
    made = report(case(remarks=(remark,)))
    assert made.origin_of("Liver: touched (slice 84).").place == place
    assert made.origin_of("Liver: touched, over 3 cm").place == place
    assert made.origin_of("Peritoneal implants: none, I think").fact == "peritoneal_implants"
    assert made.origin_of("Liver") is None
    assert made.origin_of("Something of my own: yes") is None
    assert made.origin_of("") is None


def test_a_kept_text_is_told_with_what_changed_since():
    empty = case()
    made = report(empty)
    held = Remark(REMARK, "My reading.\n\nEnd.", made.text, "Dr A", "2026-01-01T00:00:00Z")
    kept = replace(empty, remarks=(held,))
    assert kept_lines(empty, made) == ()
    assert kept_lines(kept, made) == ("My reading.", "", "End.")
    first, *rest = kept_lines(kept, report(kept, peritoneal_implants="present"))
    assert first == (
        "Changed in the case since this text was kept: Peritoneum, Peritoneal implants."
    )
    assert tuple(rest) == ("My reading.", "", "End.")


def test_an_earlier_text_on_the_vena_cava_is_not_lost():
    earlier = Remark("ivc-report", "One.\n\nTwo.", "made", "Dr A", "2026-01-01T00:00:00Z")
    made = report(case())
    assert first_text(case(), made) == made.text
    assert first_text(case(remarks=(earlier,)), made).endswith("kept earlier\nOne.\nTwo.")


def test_html_has_headings_and_no_markup_of_the_reader():
    html = as_html("Technique\n<b>x</b> & y.\n\nOther", {"Technique"})
    assert html == "<h3>Technique</h3>\n<p>&lt;b&gt;x&lt;/b&gt; &amp; y.</p>\n<p>Other</p>"
