from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tumorboard.case.definitions import normalise
from tumorboard.demo.phantom.cases import demonstrations
from tumorboard.demo.phantom.spec import Mass, PhantomSpec, from_mapping
from tumorboard.demo.phantom.truth import FILE, load_truth, truth_of
from tumorboard.errors import UserError

UIDS = ("1.2", "1.3", "1.4")
SPECS = [(s.folder, s.spec) for c in demonstrations() for s in c.studies]


def test_a_name_that_is_not_a_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="Mass has no hight"):
        from_mapping(PhantomSpec, {"mass": {"centre": [0, 0, 0], "axes": [1, 1, 1], "hight": 3}})


def test_a_mass_centred_between_slices_is_refused() -> None:
    with pytest.raises(ValueError, match="no slice"):
        PhantomSpec(mass=Mass((0, 0, 151.0), (50, 40, 30)))


def test_the_hash_names_the_content() -> None:
    one = from_mapping(PhantomSpec, {"mass": {"centre": [0, 0, 150], "axes": [50, 40, 30]}})
    mass = Mass((0.0, 0.0, 150.0), (50.0, 40.0, 30.0))
    assert one.content_hash == PhantomSpec(mass=mass).content_hash
    assert one.content_hash != replace(one, seed=2).content_hash


@pytest.mark.parametrize(("name", "spec"), SPECS)
def test_the_truth_comes_back_from_its_file(name: str, spec: PhantomSpec, tmp_path: Path) -> None:
    truth = truth_of(spec, UIDS)
    truth.save(tmp_path)
    assert load_truth(tmp_path) == truth


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mass": null}', '{"colour": 1}'])
def test_a_damaged_truth_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=FILE):
        load_truth(tmp_path)


def test_the_cases_are_those_asked_for() -> None:
    sizes = {
        study.folder: study.spec.mass.axes
        for case in demonstrations()
        for study in case.studies
        if study.spec.mass
    }
    assert sizes == {
        "DEMO-1-A": (105.0, 89.0, 132.0),
        "DEMO-2-A": (140.0, 100.0, 180.0),
        "DEMO-2-B": (78.0, 68.0, 79.0),
        "DEMO-3-A": (182.0, 150.0, 120.0),
        "DEMO-3-B": (220.0, 180.0, 150.0),
        "DEMO-4-A": (70.0, 60.0, 50.0),
    }
    older, newer = (s.spec.identity.study_date for s in demonstrations()[1].studies)
    assert int(newer) - int(older) > 20000  # two years and more, as numbers of dates


@pytest.mark.parametrize("case", demonstrations(), ids=lambda c: c.label)
def test_nobody_in_the_cases_exists_and_every_fact_is_on_the_list(case: object) -> None:
    for study in case.studies:  # type: ignore[attr-defined]
        sampling, identity = study.spec.sampling, study.spec.identity
        assert identity.name.startswith("Phantom^")
        assert identity.patient_id.startswith("DEMO-")
        assert (sampling.rows, sampling.columns) == (512, 512)
        assert sampling.slices >= 160
        assert sampling.slice_mm == 2.0
    for name, value in case.facts.items():  # type: ignore[attr-defined]
        assert normalise(name, value) is not None
