"""What is kept of a case comes back as it went, through the text in which it is kept."""

import json

import pytest

from tests.store.samples import annotation, incoming, segmentation, vessel, view
from tumorboard.case.codec import decode, encode, freeze
from tumorboard.case.definitions import AtLeast, normalise
from tumorboard.case.facts import Fact, Provenance
from tumorboard.case.model import Lesion, Remark


def test_a_saved_view_comes_back_as_it_went():
    stored = json.loads(json.dumps(encode(view("v1"))))
    assert decode("view", stored) == view("v1")
    assert decode("view", {**stored, "later": 1}) == view("v1")
    with pytest.raises(ValueError, match="version"):
        decode("view", {**stored, "version": 99})
    with pytest.raises(ValueError, match="without a picture"):
        decode("view", {**stored, "pictures": []})


@pytest.mark.parametrize(
    ("family", "sample"), [("segmentation", segmentation("s1")), ("vessel", vessel("v1"))]
)
def test_an_outline_and_a_vessel_come_back_as_they_went(family, sample):
    stored = json.loads(json.dumps(encode(sample)))
    assert decode(family, stored) == sample
    assert decode(family, {**stored, "later": 1}) == sample
    with pytest.raises(ValueError, match="version"):
        decode(family, {**stored, "version": 99})
    with pytest.raises(ValueError, match="without uid"):
        decode(family, {k: v for k, v in stored.items() if k != "uid"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metastasis_count", AtLeast(7)),
        ("metastasis_count", 7),
        ("diameters_cm", (10.5, 8.9, 13.2)),
        ("metastasis_sites", ("liver", "lung")),
        ("vessel_contacts", {"aorta": 90.0, "IVC": 270.0}),
        ("site", "retroperitoneum"),
    ],
)
def test_every_kind_of_value_comes_back_as_it_went(name, value):
    fact = Fact(name, value, Provenance("entered", "Dr A", "2026-11-01T08:00:00Z", ("1.2",), "n"))
    stored = json.loads(json.dumps(encode(fact)))
    again = decode("fact", stored)
    assert again == fact
    assert normalise(name, again.value) == normalise(name, value)


@pytest.mark.parametrize(
    ("family", "sample"),
    [
        ("annotation", annotation("1.2.9")),
        ("series", incoming(1).ref),
        ("lesion", Lesion("1.2.8", "Mass 1", site="retroperitoneum", is_index=True)),
        ("remark", Remark("status", "deferred", "a note", "Dr A", "2026-11-01T08:00:00Z")),
        ("case", "Resectable?"),
    ],
)
def test_every_other_part_of_a_case_comes_back_as_it_went(family, sample):
    stored = json.loads(json.dumps(encode(sample)))
    again = decode(family, stored)
    assert type(again) is type(sample)
    assert again == sample
    if isinstance(stored, dict):
        assert decode(family, {**stored, "later": 1}) == sample


def test_a_value_without_an_order_is_kept_in_one():
    assert freeze({"lung", "bone", "liver"}) == ("bone", "liver", "lung")
    assert freeze({"IVC": ["b", {"d", "c"}]}) == {"IVC": ("b", ("c", "d"))}
