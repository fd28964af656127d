import itertools

import pytest

from tumorboard.guidelines.logic import conjunction, disjunction, letter, negation

VALUE = {"T": True, "F": False, "U": None}
#: a, b, a and b, a or b: the printed table with both orders.
TABLE = ["TTTT", "TFFT", "TUUT", "FFFF", "FUFU", "UUUU", "FTFT", "UTUT", "UFFU"]


@pytest.mark.parametrize("row", TABLE)
def test_and_or(row):
    a, b, both, either = (VALUE[x] for x in row)
    assert conjunction((a, b)) is both
    assert disjunction((a, b)) is either


def test_the_table_is_complete():
    assert {row[:2] for row in TABLE} == {a + b for a, b in itertools.product("TFU", repeat=2)}


@pytest.mark.parametrize(("a", "wanted"), ["TF", "FT", "UU"])
def test_not(a, wanted):
    assert letter(negation(VALUE[a])) == wanted


@pytest.mark.parametrize("values", list(itertools.product((True, False, None), repeat=3)))
def test_de_morgan(values):
    assert negation(conjunction(values)) is disjunction([negation(v) for v in values])


def test_nothing_to_combine():
    assert conjunction(()) is True
    assert disjunction(()) is False
