import hashlib

import pytest

from tumorboard.case.terms import read_yaml
from tumorboard.errors import UserError


def _file(tmp_path, text):
    path = tmp_path / "words.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_plain_words_stay_words(tmp_path):
    document = read_yaml(
        _file(tmp_path, "a: yes\nb: no\nc: on\nd: true\ne: 1.5\nf: 2\ng: '3'\nh:\n")
    )
    assert document.data == {
        "a": "yes",
        "b": "no",
        "c": "on",
        "d": True,
        "e": 1.5,
        "f": 2,
        "g": "3",
        "h": None,
    }


def test_every_place_has_its_line(tmp_path):
    document = read_yaml(_file(tmp_path, "a:\n  - b: 1\n    c: 2\n  - 3\n"))
    assert document.line(("a", 0, "c")) == 3
    assert document.line(("a", 1)) == 4
    assert document.line(("a", 0, "missing", "deeper")) == 2
    assert "words.yaml, line 3" in document.error(("a", 0, "c"), "wrong").message


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\n", 2), ("a: 1\nb: {c\n\n", 4), ("a: 1\n\tb: 2\n", 2), ("a: 1\nb: 2\nc: ]\n", 3)],
)
def test_what_is_no_yaml_is_refused_with_its_line(tmp_path, text, line):
    with pytest.raises(UserError, match=rf"words\.yaml, line {line}: this is not well-formed YAML"):
        read_yaml(_file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [("a: [1\n", "well-formed"), ("a: 1\na: 2\n", "line 2"), ("- *b\n", "well-formed")],
)
def test_refused(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        read_yaml(_file(tmp_path, text))


def test_not_there_or_not_text(tmp_path):
    with pytest.raises(UserError, match=r"absent\.yaml"):
        read_yaml(tmp_path / "absent.yaml")
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match=r"bytes\.yaml"):
        read_yaml(path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", 12),
        ("'12'", "12"),
        ('"12"', "12"),
        ("-1.5", -1.5),
        ("1.0e+3", 1000.0),
        ("true", True),
        ("False", False),
        ("'true'", "true"),
        ('"~"', "~"),
        ("~", None),
        ("null", None),
        ("''", ""),
        ("off", "off"),
        ("2026-11-01", "2026-11-01"),
        ("!!str 12", "12"),
        ("plain words", "plain words"),
        (">-\n  7\n  8", "7 8"),
    ],
)
def test_a_value_is_what_it_was_written_as(tmp_path, written, read):
    found = read_yaml(_file(tmp_path, f"a: {written}\n")).data["a"]
    assert found == read
    assert type(found) is type(read)


def test_keys_are_read_like_values(tmp_path):
    document = read_yaml(_file(tmp_path, "3: a\n'2': b\n2.5: c\ntrue:\n  x: d\n"))
    assert document.data == {3: "a", "2": "b", 2.5: "c", True: {"x": "d"}}
    places = ((3,), ("2",), ("2.5",), (True, "x"))
    assert [document.line(place) for place in places] == [1, 2, 3, 5]
    assert document.line(("true", "x")) == 1  # no such place: the whole file


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_file_without_content_is_nothing(tmp_path, text):
    document = read_yaml(_file(tmp_path, text))
    assert document.data is None
    assert document.file == "words.yaml"
    assert document.digest == hashlib.sha256(text.encode()).hexdigest()
    assert document.line(("a",)) == 1


def test_what_stands_twice_is_named_with_the_line_of_the_second(tmp_path):
    with pytest.raises(UserError) as told:
        read_yaml(_file(tmp_path, "a:\n  - b: 1\n    b: 2\n"))
    assert told.value.message == 'words.yaml, line 3: "b" stands here twice.'
    assert told.value.hint == "Correct the file; the guideline in force stays as it is."


def test_a_place_that_has_no_line_has_that_of_what_is_round_it(tmp_path):
    document = read_yaml(_file(tmp_path, "\n\n- a: 1\n- b:\n    c: 2\n"))
    places = ((0,), (0, "a"), (1, "b", "c"), (1, "z"), (7, "b"), ())
    assert [document.line(place) for place in places] == [3, 3, 5, 4, 3, 3]
