"""The trace as text holds every conclusion and everything it rests on."""

import pytest

from tests.guidelines.cases import run, vignettes
from tumorboard.guidelines.explain import explain


@pytest.mark.parametrize("name", sorted(vignettes()))
def test_every_reason_stands_in_the_trace(name):
    result = run(vignettes()[name]["inputs"])
    text = explain(result)
    reasons = [result.category_reason, *(r for o in result.options for r in o.reasons)]
    reasons += [*(a.reason for a in result.alerts), *(n.reason for n in result.notes)]
    for reason in reasons:
        assert f"{reason.rule} " in text or f"{reason.rule}:" in text
        assert reason.text in text
        for read in reason.inputs:
            assert f"[{read.truth}] {read.label} ({read.name}): {read.text}" in text
        for citation in reason.sources:
            assert f"source: {citation.id}, {citation.scope}: {citation.source}" in text
    for conflict in result.conflicts:
        assert f"CONFLICT {conflict.id}" in text
    assert result.input_hash in text


def unfit():
    """A resectable case of a patient who cannot have the operation."""
    for entry in vignettes().values():
        result = run({**entry["inputs"], "medically_fit_for_major_surgery": "no"})
        if any(r.lost for o in result.options for r in o.reasons):
            return result
    raise AssertionError("no vignette is resectable")


def test_the_losing_side_is_marked():
    result = unfit()
    lost = [r for o in result.options for r in o.reasons if r.lost]
    assert lost
    assert explain(result).count("(outweighed)") == len(lost)


def test_who_said_it_and_who_changed_a_setting():
    result = run(vignettes()["V-01"]["inputs"], {"S-07": 3})
    text = explain(result)
    assert "entered, Dr Reader, 2026-01-05T09:00:00Z" in text
    assert "Setting S-07 = 3 (Dr Lead, 2026-01-05, test)" in text
