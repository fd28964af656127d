"""What is doubtful in JSON is refused: a name twice would let one of two values win in silence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard import cli, strict_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_is_written_plainly_is_read_as_ever(value):
    text = json.dumps(value)
    assert strict_json.loads(text) == json.loads(text)


def test_the_mark_that_editors_put_first_is_no_part_of_the_text():
    assert strict_json.loads('\ufeff{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 200_000 + "]" * 200_000, '{"a":' * 50_000])
def test_what_nests_without_end_is_refused(text):
    with pytest.raises(ValueError, match=r"nests too deeply"):
        strict_json.loads(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "“a” stands there twice"),
        ('[{"b": {"a": 1, "a": 1}}]', "“a” stands there twice"),
        ("[NaN]", "no number"),
        ("[1e999]", "no number"),
        ("[-1e400]", "no number"),
        ("{", "Expecting"),
    ],
)
def test_what_is_doubtful_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        strict_json.loads(text)


def test_a_vessel_named_twice_is_one_sentence(tmp_path, capsys):
    facts = tmp_path / "facts.json"
    facts.write_text('{"vessel_contacts": {"IVC": 270, "IVC": 90}}')
    assert cli.main(["assess", str(facts), "--json"]) != 0
    assert "each name once" in capsys.readouterr().err
