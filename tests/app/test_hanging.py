"""Hanging protocols: which series go where."""

import dataclasses

import pytest

from tumorboard.app.hanging import Choice, Protocol, automatic, hang, protocols, save
from tumorboard.case.model import SeriesRef
from tumorboard.errors import UserError


def ref(uid: str, date: str, words: str, modality: str = "CT", kind: str = "volume") -> SeriesRef:
    return SeriesRef(uid, f"study{date}", modality, words, date, 100, 512, 512, kind)


NOW, THEN, FIRST = "20261112", "20260603", "20250101"
CASE = (
    ref("a", NOW, "Arterial 2 mm"),
    ref("v", NOW, "Portal venous 2 mm"),
    ref("old", THEN, "Portal venous 5 mm"),
    ref("oldest", FIRST, "Native 5 mm"),
    ref("sr", NOW, "Report", "SR", "document"),
)
SHIPPED = {p.name: p for p in protocols()[0]}


def keys(protocol, series=CASE):
    found = hang(protocol, series)
    return None if found is None else [key for key, _ in found.displays]


def test_newest_beside_previous_in_the_same_phase():
    assert keys(SHIPPED["Newest beside previous"]) == ["v", "old"]


def test_a_protocol_whose_needs_are_not_met_is_not_used():
    assert keys(SHIPPED["Newest beside previous"], CASE[:2]) is None
    assert keys(SHIPPED["PET beside CT"]) is None
    pet = (*CASE, ref("p", NOW, "PET", "PT"))
    assert keys(SHIPPED["PET beside CT"], pet)[1] == "p"
    assert automatic(tuple(SHIPPED.values()), pet).layout == "pair"


def test_phases_leave_a_place_empty_rather_than_repeat_another():
    assert keys(SHIPPED["Phases of contrast"]) == ["v", "a", "", ""]


def test_a_guessed_phase_is_found_by_its_word():
    guessed = dataclasses.replace(ref("p", NOW, "Abdomen"), phase="arterial")
    protocol = Protocol("p", "single", (Choice(words=("arterial",)),))
    assert keys(protocol, (ref("n", NOW, "Abdomen"), guessed)) == ["p"]


def test_images_acquired_in_the_wished_plane_come_first_and_the_plane_is_told():
    coronal = dataclasses.replace(ref("coronal", NOW, "T2", "MR"), plane="coronal")
    axial = dataclasses.replace(ref("axial", NOW, "T2", "MR"), plane="axial", slices=400)
    wished = Protocol("p", "pair", (Choice(plane="coronal"), Choice()))
    found = hang(wished, (axial, coronal))
    assert [key for key, _ in found.displays] == ["coronal", "axial"]
    assert found.planes == ("coronal", "")
    assert keys(wished, (axial,)) == ["axial", ""]


def test_another_date_shows_another_phase_rather_than_nothing():
    protocol = Protocol("x", "pair", (Choice(), Choice("oldest", words=("arterial",))))
    assert keys(protocol)[1] == "oldest"


def test_the_first_automatic_one_is_used():
    assert automatic(tuple(SHIPPED.values()), CASE).layout == "planes"
    assert automatic((), CASE) is None


def test_pictures_that_are_no_volume_stand_alone():
    one = (dataclasses.replace(CASE[0], slices=1, kind="image"),)
    many = (dataclasses.replace(CASE[0], slices=30, kind="stack"),)
    for series in (one, many):
        assert automatic(tuple(SHIPPED.values()), series).layout == "single"


def test_without_pictures_nothing_is_hung():
    assert keys(SHIPPED["Newest scan in three planes"], CASE[-1:]) is None


def test_own_protocols_stand_in_place_of_the_shipped_ones(tmp_path):
    file = tmp_path / "deep" / "hanging.yaml"
    mine = Protocol(
        "Mine", "pair", (Choice("newest", "CT", ("a", "b"), "5", "sagittal"), Choice()), True
    )
    save((mine,), file)
    found, problem = protocols(file)
    assert found == (mine,)
    assert problem == ""
    save(tuple(SHIPPED.values()), file)
    assert protocols(file)[0] == tuple(SHIPPED.values())


@pytest.mark.parametrize(
    "text",
    [
        "protocols: [",
        "protocols: [{name: x, layout: nowhere, displays: []}]",
        "protocols: [{name: x, layout: single, displays: [{date: never}]}]",
        "protocols: [{name: x, layout: single, displays: [{}, {}]}]",
        "protocols: [{name: x, layout: single, displays: [{plane: oblique}]}]",
        "- a list",
        "",
    ],
)
def test_a_broken_file_leaves_the_usual_ones_in_force(tmp_path, text):
    file = tmp_path / "hanging.yaml"
    file.write_text(text, encoding="utf-8")
    found, problem = protocols(file)
    assert found == tuple(SHIPPED.values())
    assert "usual ones are in force" in problem


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        save(tuple(SHIPPED.values()), tmp_path / "file" / "hanging.yaml")


def test_choices_are_plain_data():
    assert dataclasses.asdict(Choice())["date"] == "newest"
