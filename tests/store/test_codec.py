import json

import pytest

from tests.store.samples import view
from tumorboard.case.definitions import AtLeast, normalise
from tumorboard.case.facts import Fact, Provenance
from tumorboard.store.codec import decode, encode


def test_a_saved_view_comes_back_as_it_went():
    stored = json.loads(json.dumps(encode(view("v1"))))
    assert decode("view", stored) == view("v1")
    assert decode("view", {**stored, "later": 1}) == view("v1")
    with pytest.raises(ValueError, match="version"):
        decode("view", {**stored, "version": 99})
    with pytest.raises(ValueError, match="without a picture"):
        decode("view", {**stored, "pictures": []})


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
