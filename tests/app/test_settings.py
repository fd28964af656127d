"""Settings: declared once, kept small, and never in the way of the start."""

import pytest
import yaml

from tumorboard.app.settings import Settings, declared
from tumorboard.errors import UserError


def test_each_declared_default_is_allowed_and_explained():
    found = declared()
    assert len({s.name for s in found}) == len(found) >= 5
    for setting in found:
        assert setting.accepts(setting.default), setting.name
        assert setting.help.endswith("."), setting.name


def test_a_change_lasts_and_only_what_differs_is_written(tmp_path):
    file = tmp_path / "deep" / "settings.yaml"
    Settings(file).set("reader.name", "Dr Zoë Sample")
    again = Settings(file)
    assert again["reader.name"] == again.author == "Dr Zoë Sample"
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == {"reader.name": "Dr Zoë Sample"}
    again.reset("reader.name")
    assert Settings(file)["reader.name"] == ""
    assert [p.name for p in file.parent.iterdir()] == ["settings.yaml"]


def test_the_author_is_the_login_without_a_name(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "asample")
    assert Settings(tmp_path / "s.yaml").author == "asample"
    Settings(tmp_path / "s.yaml").set("reader.name", "  ")
    assert Settings(tmp_path / "s.yaml").author == "asample"


@pytest.mark.parametrize("content", [b"a: [1", b"\xff\xfe\x00", b"- a list\n", b"just words\n"])
def test_a_broken_file_gives_the_defaults_and_a_sentence(tmp_path, content):
    file = tmp_path / "settings.yaml"
    file.write_bytes(content)
    settings = Settings(file)
    assert settings["report.paper"] == "A4"
    assert settings.problems == [
        "The settings file settings.yaml cannot be read; the defaults are in force."
    ]
    assert file.read_bytes() == content


def test_one_bad_line_does_not_cost_the_others(tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text("report.paper: A5\nreader.name: Dr S\nviewer.memory_mb: true\nnonsense: 1\n")
    settings = Settings(file)
    assert settings["reader.name"] == "Dr S"
    assert settings["report.paper"] == "A4"
    assert settings["viewer.memory_mb"] == 2048
    assert len(settings.problems) == 3
    assert any("report.paper" in p for p in settings.problems)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("report.paper", "A5", "A4, Letter"),
        ("viewer.memory_mb", 1, "256"),
        ("viewer.memory_mb", "much", "256"),
        ("store.allow_network", 1, "switch"),
        ("reader.name", 7, "text"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_what_is(tmp_path, name, value, hint):
    settings = Settings(tmp_path / "s.yaml")
    with pytest.raises(UserError, match=name) as caught:
        settings.set(name, value)
    assert hint in caught.value.hint
    assert not (tmp_path / "s.yaml").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.yaml")
    with pytest.raises(UserError, match=r"“settings\.yaml” cannot be written"):
        settings.set("reader.name", "Dr S")
    assert settings["reader.name"] == ""


def test_the_store_folder_may_be_chosen(tmp_path):
    settings = Settings(tmp_path / "s.yaml")
    assert settings.store_folder.name == "store"
    settings.set("store.folder", str(tmp_path / "mine"))
    assert settings.store_folder == tmp_path / "mine"
