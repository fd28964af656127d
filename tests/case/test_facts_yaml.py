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
