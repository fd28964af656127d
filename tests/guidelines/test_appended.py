"""A file that a person wrote stays as it was, but for the entry that was put behind."""

import difflib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.appended import appended, block_text, with_more
from tumorboard.guidelines.overlay import empty_overlay, load_overlay, overlay_text
from tumorboard.guidelines.parameters import SettingChange

ENTRY = {"id": "S-02", "value": 150, "author": "Dr Ä: # x", "date": "2026-01-05", "reason": "- a"}
BY_HAND = """\
# Our settings. Ask Dr Lead before you change them.
version: 1.1.0        # the version first, as we like it
guideline: rps

changes:
  # Radiotherapy
  - id: S-02          # contact
    value: 170
    author: Dr Lead
    date: 2026-01-05
    reason: >
      Board of
      5 January

  # The next board decides on the rest.
"""
FLOW = """\
guideline: rps
version: 1.1.0
changes: # ours
- {id: S-02, value: 170, author: A, date: "2026-01-05", reason: r} # first
# end"""
TEXTS = [
    BY_HAND,
    FLOW,
    "guideline: rps\nversion: 1.1.0\nchanges: []   # none yet\n# end\n",
    "guideline: rps\nversion: 1.1.0\nchanges:\n",
    "guideline: rps\nversion: 1.1.0 # no changes",
    "changes:\n- id: S-02\n  value: 170\n  reason: |\n    a\n\n    b\n# then\nguideline: rps\n",
    "guideline: rps\nversion: 1.1.0\nchanges: [{id: S-02, value: 170, author: A, date: x}]\n",
    "guideline: rps\nversion: 1.1.0\nchanges: [\n  {id: S-02, reason: r}, # one\n]\n",
]
NOT_GROWN = ["", "- a\n", "changes: 5\n", "{changes: [}", "{a: 1}", "a: &x [1]"]


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_is_taken_away_and_the_entry_is_behind_the_others(text):
    grown = appended(text, "changes", ENTRY)
    before = yaml.safe_load(text)
    assert yaml.safe_load(grown) == {**before, "changes": [*(before.get("changes") or []), ENTRY]}
    for comment in ("# end", "# first", "# ours", "# contact", "# the version", "# one", "# then"):
        assert (comment in text) == (comment in grown)
    if "[" in text or text.count("\n") < 4:
        return
    gone = [line for line in difflib.ndiff(text.splitlines(), grown.splitlines()) if line[0] == "-"]
    assert gone == []


@pytest.mark.parametrize("text", TEXTS)
def test_many_are_put_behind_one_another(text):
    grown = text
    for n in range(3):
        grown = appended(grown, "changes", {**ENTRY, "value": n})
    assert [c.get("value") for c in yaml.safe_load(grown)["changes"]][-3:] == [0, 1, 2]


@pytest.mark.parametrize(
    "text", ["", "- a\n", "changes: 5\n", "{changes: [}", "{a: 1}", "a: &x [1]"]
)
def test_what_cannot_be_grown_is_told_or_grown_truly(text):
    grown = appended(text, "changes", ENTRY)
    if grown is not None:
        assert yaml.safe_load(grown)["changes"][-1] == ENTRY


VALUES = st.one_of(st.integers(), st.booleans(), st.text(max_size=30), st.floats(allow_nan=False))


@given(
    st.lists(st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1), max_size=4), VALUES
)
def test_any_entry_reads_as_it_was_given(held, value):
    data = {"guideline": "rps", "changes": held}
    text = block_text("What it is", data)
    more = {**data, "changes": [*held, {"id": "x", "value": value}]}
    grown = with_more(text, "What it is", more, "changes")
    assert yaml.safe_load(grown) == more
    assert grown.startswith("# What it is\n")


def test_what_does_not_continue_the_file_is_written_anew_below_its_head():
    data = {"guideline": "rps", "version": "1.0.0", "changes": [ENTRY]}
    grown = with_more(BY_HAND, "What it is", data, "changes")
    assert grown.startswith("# Our settings. Ask Dr Lead before you change them.\n")
    assert yaml.safe_load(grown) == data
    assert with_more("broken: [", "What it is", data, "changes").startswith("# What it is")


@pytest.mark.parametrize("text", [BY_HAND, FLOW])
def test_a_settings_file_of_a_person_reads_as_before_and_with_the_change(text, tmp_path):
    guideline, path = load_guideline("1.1.0"), tmp_path / "guideline-settings.yaml"
    path.write_text(text)
    held = load_overlay(path, guideline)
    more = held.with_change(SettingChange("S-02", 150, "Dr B", "2026-02-05", "Later"), guideline)
    path.write_text(overlay_text(more, text))
    assert load_overlay(path, guideline) == more
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert all(comment in path.read_text() for comment in comments)
    assert path.read_text().index("version") < len(text)
    fresh = overlay_text(empty_overlay(guideline))
    assert fresh.startswith("# Settings of this institution: signed changes, the oldest first.\n")
