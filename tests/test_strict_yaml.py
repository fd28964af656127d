"""A small YAML file takes little to read, whatever it refers to."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tumorboard import strict_yaml


def multiplied(levels: int, each: int) -> str:
    """Return a text whose last entry stands for ``each`` to the power of ``levels`` entries."""
    text, before = "a0: &a0 [x]\n", "a0"
    for level in range(1, levels):
        text += f"a{level}: &a{level} [{', '.join([f'*{before}'] * each)}]\n"
        before = f"a{level}"
    return text


@pytest.mark.parametrize(("levels", "each"), [(10, 9), (30, 2), (4, 100)])
def test_references_that_multiply_are_refused_at_once(levels, each):
    begun = time.process_time()
    for read in (strict_yaml.load, strict_yaml.compose):
        with pytest.raises(ValueError, match="references stand for too many"):
            read(multiplied(levels, each))
    assert time.process_time() - begun < 5


def test_a_few_references_are_read():
    assert strict_yaml.load(multiplied(3, 2))["a2"] == [[["x"], ["x"]]] * 2
    assert strict_yaml.load("a: &a {b: 1}\nc: *a\nd: *a\n") == {
        "a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1},
    }  # fmt: skip


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a {b: *a}", "[" * 5000 + "]" * 5000])
def test_what_contains_itself_or_nests_without_end_is_refused(text):
    with pytest.raises(ValueError, match="contains itself or nests too deeply"):
        strict_yaml.load(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii")),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner),
        max_leaves=20,
    )
)
def test_other_texts_are_read_as_the_library_reads_them(value):
    text = yaml.safe_dump(value)
    assert strict_yaml.load(text) == yaml.safe_load(text)
