from dataclasses import replace

import pytest

from tumorboard.annotations.model import Annotation, ImageReference, Kind, Landmark, TumourEnd
from tumorboard.case.annotation_facts import derive, ivc_ends, ivc_length_mm
from tumorboard.case.facts import AtLeast, Fact, Provenance
from tumorboard.case.lesions import size_at, timepoints
from tumorboard.case.mass_size import mass_size
from tumorboard.case.model import Case, Lesion, Patient, Remark, SeriesRef
from tumorboard.case.planes import plane_words
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.imaging.geometry import Calibration, Plane

NOW, OLD = "1.2.1", "1.2.2"


def image(study: str = NOW, plane: Plane = Plane.AXIAL, **changes) -> ImageReference:
    return replace(ImageReference(study, f"{study}.9", ("1.5",), "1.7", plane), **changes)


def drawn(uid: str, kind: Kind, *points, **changes) -> Annotation:
    base = Annotation(uid, kind, points, (0, 0, 1), image(), "Dr A", "2026-11-01T08:00:00Z")
    return replace(base, **changes)


def series(study: str, date: str, **changes) -> SeriesRef:
    base = SeriesRef(f"{study}.9", study, "CT", "", date, 100, 512, 512, "volume")
    return replace(base, **changes)


AXES = ((0, 0, 0), (105, 0, 0), (50, -40, 0), (50, 49, 0))
BASE = Case(
    "c",
    "RP-1",
    Patient("p"),
    series=(series(NOW, "20261101"), series(OLD, "20240301")),
    lesions=(Lesion("m", "Mass 1", is_index=True), Lesion("n", "Mass 2")),
)


def with_all(case: Case, *annotations: Annotation) -> Case:
    return replace(case, annotations=annotations)


def test_three_axes_give_the_diameters_and_name_their_annotations():
    axial = drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m")
    height = drawn("h", Kind.CRANIOCAUDAL, (0, 0, 0), (0, 0, 132), lesion_uid="m")
    fact = derive(with_all(BASE, height, axial))["diameters_cm"]
    assert fact.value == (10.5, 8.9, 13.2)
    assert fact.provenance.origin == "annotation"
    assert set(fact.provenance.annotation_uids) == {"a", "h"}


def test_other_lesions_older_studies_and_uncalibrated_images_do_not_count():
    others = [
        drawn("x", Kind.BIDIRECTIONAL, *AXES, lesion_uid="n"),
        drawn("y", Kind.LENGTH, (0, 0, 0), (9, 0, 0)),
    ]
    assert "diameters_cm" not in derive(with_all(BASE, *others))
    old = drawn("o", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", image=image(OLD))
    new = drawn(
        "a", Kind.BIDIRECTIONAL, (0, 0, 0), (79, 0, 0), (40, 0, 0), (40, 68, 0), lesion_uid="m"
    )
    assert derive(with_all(BASE, old, new))["diameters_cm"].value == (7.9, 6.8)
    pixels = image(calibration=Calibration.NONE)
    flat = drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", image=pixels)
    assert "diameters_cm" not in derive(with_all(BASE, flat))


def level(role: Landmark, z: float) -> Annotation:
    return drawn(f"l-{role}", Kind.VESSEL_LEVEL, (0, 0, z), role=role)


def end(role: TumourEnd, z: float) -> Annotation:
    return drawn(f"e-{role}", Kind.TUMOUR_END, (0, 0, z), role=role)


def test_marks_of_the_vein_give_both_extents():
    marks = [
        level(Landmark.RENAL_VEINS, 90),
        level(Landmark.LIVER_ENTRY, 120),
        level(Landmark.HEPATIC_VEINS, 190),
        end(TumourEnd.CAUDAL, 88),
        end(TumourEnd.CRANIAL, 160),
    ]
    facts = derive(with_all(BASE, *marks))
    assert facts["ivc_involvement"].value == "present"
    assert facts["ivc_caudal_extent"].value == "renal_vein_confluence"
    assert facts["ivc_cranial_extent"].value == "intrahepatic"
    assert "e-cranial" in facts["ivc_cranial_extent"].provenance.annotation_uids


def test_levels_alone_say_nothing_about_the_tumour():
    facts = derive(with_all(BASE, level(Landmark.RENAL_VEINS, 90)))
    assert not {name for name in facts if name.startswith("ivc")}


def test_no_criterion_and_no_occlusion_is_ever_derived():
    everything = [
        drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m"),
        *(level(role, 50.0 * i) for i, role in enumerate(Landmark)),
        *(end(role, 99.0) for role in TumourEnd),
    ]
    assert set(derive(with_all(BASE, *everything))) <= {
        "diameters_cm",
        "ivc_involvement",
        "ivc_caudal_extent",
        "ivc_cranial_extent",
    }


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("CHEST", {"chest_ct"}),
        ("ABDOMENPELVIS", {"abdomen_pelvis_ct"}),
        ("CHEST_ABDOMEN_PELVIS", {"chest_ct", "abdomen_pelvis_ct"}),
        ("HEAD", set()),
        ("", set()),
    ],
)
def test_a_loaded_ct_counts_as_done(part, names):
    case = replace(BASE, series=(series(NOW, "20261101", body_part=part),))
    assert set(derive(case)) == names
    magnetic = replace(BASE, series=(series(NOW, "20261101", body_part=part, modality="MR"),))
    assert not derive(magnetic)


def test_marked_lesions_give_sites_and_a_lower_bound_and_no_statement_of_metastasis():
    lesions = (
        Lesion("m", "Mass", is_index=True),
        Lesion("a", "One", site="Lung", is_metastasis=True),
        Lesion("b", "Two", site="Lung", is_metastasis=True),
        Lesion("c", "Three", site="somewhere typed", is_metastasis=True),
        Lesion("d", "Four", site="Liver"),
    )
    found = derive(replace(BASE, lesions=lesions))
    assert found["metastasis_sites"].value == ("lung", "other")
    assert found["metastasis_count"].value == AtLeast(3)
    assert "distant_metastasis_read" not in found
    unmarked = derive(replace(BASE, lesions=lesions[:1] + lesions[4:]))
    assert not {"metastasis_sites", "metastasis_count"} & set(unmarked)


def test_a_size_names_the_axes_that_it_has_and_those_that_are_missing():
    axes = drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m")
    height = drawn("h", Kind.CRANIOCAUDAL, (0, 0, 0), (0, 0, 150), lesion_uid="m")
    whole, plane, upright = mass_size([axes, height]), mass_size([axes]), mass_size([height])
    assert whole.words == f"{whole.text}"
    assert whole.axes == "axial long × axial short × craniocaudal"
    assert plane.words == f"axial long × axial short {plane.text}; craniocaudal not measured"
    assert upright.words == "craniocaudal 15.0 cm; axial axes not measured"
    assert (mass_size([]).words, mass_size([]).axes) == ("", "")


def test_a_plane_is_told_of_cuts_alone():
    uid = image().series_instance_uid
    length = drawn("l", Kind.LENGTH, (0, 0, 0), (10, 0, 0))

    def told(**changes) -> str:
        known = series(NOW, "20260301", **{"series_instance_uid": uid, **changes})
        return plane_words(replace(BASE, series=(known,)), length)

    assert told(modality="CT", plane="axial") == "axial"
    assert told(modality="US", plane="axial") == ""
    assert told(modality="DX", plane="coronal") == ""
    assert told(modality="MR", plane="", kind="stack") == ""
    scout = ("Shown as single pictures, not as a volume: these are localizers.",)
    assert told(modality="CT", plane="coronal", caveats=scout) == ""


@pytest.mark.parametrize(
    ("texts", "done"),
    [
        ([("abdomen and pelvis", "")], {"abdomen_pelvis_ct"}),
        ([("ABDOMENPELVIS", "")], {"abdomen_pelvis_ct"}),
        ([("ABDPEL", "")], {"abdomen_pelvis_ct"}),
        ([("abdomen", "CT abdomen and pelvis without contrast")], {"abdomen_pelvis_ct"}),
        ([("", "Abd/Pel pv 5.0")], {"abdomen_pelvis_ct"}),
        ([("", "A+P")], {"abdomen_pelvis_ct"}),
        ([("chest, abdomen and pelvis", "")], {"chest_ct", "abdomen_pelvis_ct"}),
        ([("CHESTABDPELVIS", "")], {"chest_ct", "abdomen_pelvis_ct"}),
        ([("", "CAP venous")], {"chest_ct", "abdomen_pelvis_ct"}),
        ([("", "Thorax/Abdomen/Becken")], {"chest_ct", "abdomen_pelvis_ct"}),
        ([("ABDOMEN", ""), ("PELVIS", "")], {"abdomen_pelvis_ct"}),
        ([("ABDOMEN", "")], set()),
        ([("PELVIS", "")], set()),
        ([("", "Chest without abdomen and pelvis")], {"chest_ct"}),
        ([("HEAD", "Apex")], set()),
    ],
)
def test_a_ct_that_is_loaded_is_not_missing(texts, done):
    loaded = tuple(
        SeriesRef(f"1.{n}", "1", "CT", words, "20260101", 90, 512, 512, "volume", body_part=part)
        for n, (part, words) in enumerate(texts)
    )
    found = derive(replace(BASE, series=loaded))
    assert {name for name in found if name in ("chest_ct", "abdomen_pelvis_ct")} == done


ELSEWHERE = image(series_instance_uid="1.2.1.10", frame_of_reference_uid="1.8")
LEVELS = [
    level(Landmark.RENAL_VEINS, 0),
    level(Landmark.LIVER_ENTRY, 40),
    level(Landmark.HEPATIC_VEINS, 90),
]


BESIDE = replace(
    BASE, series=(*BASE.series, series(NOW, "20261101", series_instance_uid="1.2.1.10"))
)


def extents(*marks: Annotation) -> set[str]:
    return {name for name in derive(with_all(BESIDE, *marks)) if name.endswith("_extent")}


def test_levels_of_another_frame_of_reference_name_no_segment():
    ends = [end(TumourEnd.CAUDAL, -60), end(TumourEnd.CRANIAL, 60)]
    assert len(extents(*LEVELS, *ends)) == 2
    assert extents(*LEVELS, *(replace(e, image=ELSEWHERE) for e in ends)) == set()
    other = replace(ELSEWHERE, frame_of_reference_uid="1.7")  # another series, the same space
    assert len(extents(*LEVELS, *(replace(e, image=other) for e in ends))) == 2
    nowhere = replace(ELSEWHERE, frame_of_reference_uid="")
    assert extents(*LEVELS, *(replace(e, image=nowhere) for e in ends)) == set()


def test_marks_that_contradict_each_other_name_no_segment_and_say_so():
    upside_down = [level(Landmark(m.role), -m.points[0][2]) for m in LEVELS]
    cranial = end(TumourEnd.CRANIAL, -60)
    assert extents(*upside_down, cranial) == set()
    reading = ivc_ends(with_all(BASE, *upside_down, cranial))[TumourEnd.CRANIAL]
    assert "lies above" in reading.doubt
    turned = [end(TumourEnd.CAUDAL, 60), end(TumourEnd.CRANIAL, -60)]
    case = with_all(BASE, *LEVELS, *turned)
    assert extents(*LEVELS, *turned) == set()
    assert all("caudal end lies above" in r.doubt for r in ivc_ends(case).values())
    assert ivc_length_mm(case) is None
    right = [end(TumourEnd.CAUDAL, -60), end(TumourEnd.CRANIAL, 60)]
    assert ivc_length_mm(with_all(BASE, *LEVELS, *right)) == 120
    assert (
        ivc_length_mm(with_all(BASE, *LEVELS, right[0], replace(right[1], image=ELSEWHERE))) is None
    )


@pytest.mark.parametrize("day", ["03/04/2027", "2027", "20271301", ""])
def test_a_study_without_a_valid_date_is_never_the_newest(day):
    case = replace(BASE, series=(series(NOW, "20261101"), series(OLD, day)))
    old = drawn("o", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m")
    points = ((0, 0, 0), (50, 0, 0), (25, 0, 0), (25, 40, 0))
    other = drawn("a", Kind.BIDIRECTIONAL, *points, lesion_uid="m", image=image(OLD))
    fact = derive(replace(case, annotations=(old, other)))["diameters_cm"]
    assert fact.value == (10.5, 8.9)
    assert "which may be newer" in fact.provenance.note
    assert [t.date for t in timepoints(case)] == ["20261101", ""]


def test_of_two_sizes_of_a_mass_one_counts_everywhere():
    early = drawn(
        "a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", created_utc="2026-11-01T10:00:00Z"
    )
    points = ((0, 0, 0), (60, 0, 0), (30, 0, 0), (30, 40, 0))
    late = drawn(
        "b", Kind.BIDIRECTIONAL, *points, lesion_uid="m", created_utc="2026-11-01T09:30:00Z"
    )
    case = with_all(BASE, early, late)  # the clock of the second station is half an hour behind
    newest = timepoints(case)[-1]
    assert derive(case)["diameters_cm"].value[0] == 6.0
    assert size_at(case, case.lesions[0], newest).mm == 60


@pytest.mark.parametrize(
    ("description", "part", "done"),
    [
        ("T-SPINE", "THORACIC SPINE", set()),
        ("Thoracolumbar spine 2.0 bone", "", set()),
        ("Abdomen 3.0 LUNG", "", set()),
        ("PUNCTURE LUNG", "", set()),
        ("Biopsy chest", "", set()),
        ("TAP needle", "", set()),
        ("Dose report CHEST ABDOMEN PELVIS", "", set()),
        ("Lung 1.0", "", {"chest_ct"}),
        ("Chest LUNG", "", {"chest_ct"}),
        ("CAP 5.0", "", {"chest_ct", "abdomen_pelvis_ct"}),
        ("Thorax-Abdomen", "", {"chest_ct"}),
    ],
)
def test_which_regions_count_as_done(description, part, done):
    one = series(NOW, "20261101", description=description, body_part=part)
    found = derive(replace(BASE, series=(one,)))
    assert {name for name in found if name.endswith("_ct")} == done
    assert all("of 2026-11-01" in found[name].provenance.note for name in done)


def outlined(study: str, uid: str = "s") -> Segmentation:
    return Segmentation(uid, "Mass", Role.MASS, study, f"{study}.9", "1.7", "m")


def size_on_mask(uid: str = "s") -> Fact:
    note = "measured on the mask"
    return Fact("diameters_cm", (5.0, 4.0, 4.5), Provenance("annotation", "Dr B", "", (uid,), note))


def test_a_size_says_of_which_images_it_is_and_whether_there_are_newer_ones():
    old = drawn("o", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", image=image(OLD))
    note = derive(with_all(BASE, old))["diameters_cm"].provenance.note
    assert note == "measured; images of 2024-03-01; those of 2026-11-01 are not measured"
    new = replace(old, uid="n", image=image(NOW))
    assert derive(with_all(BASE, old, new))["diameters_cm"].provenance.note == (
        "measured; images of 2026-11-01"
    )


def test_the_newest_images_decide_between_calipers_and_an_outline():
    old = drawn("o", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", image=image(OLD))
    mask = size_on_mask()
    case = replace(with_all(BASE, old), segmentations=(outlined(NOW),))
    fact = derive(case, measured=[mask])["diameters_cm"]
    assert (fact.value, "2026-11-01" in fact.provenance.note) == ((5.0, 4.0, 4.5), True)
    again = derive(case, measured=[fact])["diameters_cm"]
    assert again == fact  # said once
    same = replace(case, annotations=(replace(old, image=image(NOW)),))
    assert derive(same, measured=[mask])["diameters_cm"].value == (10.5, 8.9)
    earlier = replace(same, segmentations=(outlined(OLD),))
    assert derive(earlier, measured=[mask])["diameters_cm"].value == (10.5, 8.9)


def test_a_mass_that_is_said_to_be_gone_later_says_so_beside_its_size():
    old = drawn("o", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", image=image(OLD))
    gone = Remark("lesion:m:2026-11-01", "absent", "", "Dr A", "2026-11-02T08:00:00Z")
    fact = derive(replace(with_all(BASE, old), remarks=(gone,)))["diameters_cm"]
    assert "said to be gone on 2026-11-01" in fact.provenance.note


def test_axes_on_another_plane_do_not_take_the_place_of_axial_ones():
    axial = drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m")
    points = ((0, 0, 0), (70, 0, 0), (35, 0, -30), (35, 0, 30))
    coronal = drawn(
        "b", Kind.BIDIRECTIONAL, *points, lesion_uid="m", image=image(plane=Plane.CORONAL)
    )
    case = with_all(BASE, axial, coronal)
    assert derive(case)["diameters_cm"].value == (10.5, 8.9)
    assert size_at(case, case.lesions[0], timepoints(case)[-1]).mm == 105
    alone = mass_size([coronal])
    assert alone.axes == "coronal long × coronal short; craniocaudal not measured"


def test_a_metastasis_that_is_said_to_be_gone_is_told_beside_the_count():
    lesions = tuple(Lesion(n, n, is_metastasis=True, site="liver") for n in "xy")
    gone = Remark("lesion:x:2026-11-01", "absent", "", "Dr A", "2026-11-02T08:00:00Z")
    case = replace(BASE, lesions=lesions, remarks=(gone,))
    assert "1 of 2 said to be gone" in derive(case)["metastasis_count"].provenance.note
    assert "gone" not in derive(replace(case, remarks=()))["metastasis_count"].provenance.note


def test_metastases_rest_on_what_a_reader_drew_of_them_alone():
    lesions = (
        Lesion("m", "Mass", is_index=True),
        Lesion("a", "One", site="Lung", is_metastasis=True),
        Lesion("b", "Two", site="Liver", is_metastasis=True),
    )
    line = ((0, 0, 0), (9, 0, 0))
    of_them = [
        drawn("1", Kind.LENGTH, *line, lesion_uid="a"),
        drawn("2", Kind.LENGTH, *line, lesion_uid="b", author="Dr B"),
    ]
    beside = [
        drawn("3", Kind.LENGTH, *line, lesion_uid="a", proposed=True),
        drawn("4", Kind.LENGTH, *line, lesion_uid="m"),
        drawn("5", Kind.LENGTH, *line),
    ]
    found = derive(replace(with_all(BASE, *of_them, *beside), lesions=lesions))
    for name in ("metastasis_sites", "metastasis_count"):
        assert found[name].provenance.annotation_uids == ("1", "2")
        assert found[name].provenance.author == "Dr B"


@pytest.mark.parametrize("change", [{"kind": "stack"}, {"modality": "US"}])
def test_a_size_on_pictures_alone_is_dated_without_newer_volumes(change):
    drawn_on = drawn("a", Kind.BIDIRECTIONAL, *AXES, lesion_uid="m", image=image(OLD))
    case = with_all(BASE, drawn_on)
    case = replace(case, series=tuple(replace(s, **change) for s in case.series))
    note = derive(case)["diameters_cm"].provenance.note
    assert note == "measured; images of 2024-03-01"
