"""A store goes by what was chosen and signed there, or by what its settings name."""

import dataclasses
import shutil

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guidelines.cases import READER, vignettes
from tests.guidelines.institution import own_guideline
from tests.store.samples import ANNA
from tumorboard.app import guideline_versions
from tumorboard.app.guidance import Guidance
from tumorboard.app.guideline_change import carried_settings, choose, preview_version
from tumorboard.app.guideline_choice import (
    CHOICE_NAME,
    Signature,
    choices,
    guideline_in_force,
    reinstate,
    retire,
)
from tumorboard.app.guideline_files import OVERLAY_NAME
from tumorboard.app.guideline_install import install
from tumorboard.app.guideline_tools import save_change, settings_in_force
from tumorboard.app.guideline_versions import find_version, loaded, versions
from tumorboard.app.session import Session
from tumorboard.case.facts import sheet_from_json
from tumorboard.errors import CancelledError, UserError
from tumorboard.guidelines import SettingChange, load_guideline
from tumorboard.progress import Reporter
from tumorboard.store.database import Store

SIGNED = Signature("Dr Lead", "2026-01-05", "Board of 5 January")


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A guideline of an institution, to be installed."""
    return own_guideline(tmp_path_factory.mktemp("mine") / "guideline")


def go_by(store, words):
    return choose(store, find_version(store, words), SIGNED)


def in_force(store):
    return guideline_in_force(store).version.name


def sign(identifier, value, reason="Board decision"):
    return SettingChange(identifier, value, "Dr Lead", "2026-01-05", reason)


# without a choice


def test_without_anything_the_newest_that_ships_counts(store):
    found = guideline_in_force(store)
    assert (found.version.name, found.problem, found.newer) == ("rps 1.1.0", "", "")
    assert found.guideline is load_guideline()


def test_an_institution_with_settings_stays_with_the_version_they_name(store):
    (store / OVERLAY_NAME).write_text("guideline: rps\nversion: 1.0.0\nchanges: []\n")
    found = guideline_in_force(store)
    assert found.guideline is load_guideline("1.0.0")
    assert found.newer == ("rps 1.1.0 is here too; rps 1.0.0 stays in force until it is chosen.")
    assert found.problem == ""
    save_change(store, sign("S-02", 150), found.guideline)
    guidance = Guidance(store)
    assert guidance.problem == ""
    assert guidance.in_force.settings.value("S-02") == 150
    assert guidance.guideline.version == "1.0.0"


@pytest.mark.parametrize("text", ["guideline: rps\nversion: 0.9.0\n", "[", "guideline: 3\n", ""])
def test_settings_that_name_nothing_that_is_here(store, text):
    (store / OVERLAY_NAME).write_text(text)
    assert in_force(store) == "rps 1.1.0"
    assert OVERLAY_NAME in Guidance(store).problem
    assert "The shipped settings are in force." in Guidance(store).problem


def test_settings_alone_bring_no_guideline_of_an_institution_in_force(store, mine):
    install(store, mine)
    (store / OVERLAY_NAME).write_text("guideline: rps-example\nversion: 1.0.0\nchanges: []\n")
    assert in_force(store) == "rps 1.1.0"
    assert "not rps" in Guidance(store).problem


# a choice


def test_a_choice_counts_and_is_kept_with_its_signature(store):
    assert go_by(store, "1.0.0").version.name == "rps 1.0.0"
    assert go_by(store, "1.1.0").version.name == "rps 1.1.0"
    acts = choices(store).acts
    assert [(a.act, a.name, a.author, a.date, a.reason) for a in acts] == [
        ("choose", f"rps {v}", "Dr Lead", "2026-01-05", "Board of 5 January")
        for v in ("1.0.0", "1.1.0")
    ]
    assert sorted(p.name for p in store.iterdir()) == [CHOICE_NAME]


@pytest.mark.parametrize(
    ("change", "says"),
    [({"author": " "}, "author"), ({"reason": ""}, "reason"), ({"date": "5.1.26"}, "not a date")],
)
def test_what_is_not_signed_is_not_written(store, change, says):
    with pytest.raises(UserError, match=says):
        choose(store, find_version(store, "1.0.0"), dataclasses.replace(SIGNED, **change))
    with pytest.raises(UserError, match=says):
        retire(store, find_version(store, "1.0.0"), dataclasses.replace(SIGNED, **change))
    assert list(store.iterdir()) == []


def test_an_update_of_the_program_changes_no_rules(store, mine, monkeypatch):
    install(store, mine)
    go_by(store, "rps-example")
    for module in ("guideline_choice", "guideline_versions"):
        monkeypatch.setattr(f"tumorboard.app.{module}.NEWEST", "1.2.0")
    found = guideline_in_force(store)
    assert found.version.name == "rps-example 1.0.0"
    assert found.newer.startswith("The program ships rps 1.2.0, which is newer than")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "alerts.yaml").write_text("group: ["), "its files changed after Dr Lead"),
        (shutil.rmtree, "it is not there any more"),
        (lambda f: (f / "additions" / "more.yaml").write_text("topics: []\n"), "files changed"),
    ],
)
def test_what_was_chosen_and_cannot_be_used_gives_way_with_a_word(store, mine, spoil, says):
    go_by(store, "1.0.0")
    version = install(store, mine)
    go_by(store, "rps-example")
    spoil(version.folder)
    found = guideline_in_force(store)
    assert found.version.name == "rps 1.0.0"
    assert says in found.problem
    assert found.problem.endswith("In force is rps 1.0.0.")
    assert found.problem in Guidance(store).problem


def test_files_put_back_count_again(store, mine):
    version = install(store, mine)
    go_by(store, "rps-example")
    alerts = version.folder / "alerts.yaml"
    text = alerts.read_text()
    alerts.write_text(text + "# more\n")
    assert in_force(store) == "rps 1.1.0"
    alerts.write_text(text)
    assert in_force(store) == "rps-example 1.0.0"
    (version.folder / "cases.json").write_text("[]")
    assert in_force(store) == "rps-example 1.0.0"


@pytest.mark.parametrize(
    "text",
    ["[", "acts: 3\n", "acts: [{act: choose}]\n", "- a\n", "acts:\n  - {act: x, guideline: rps}\n"],
)
def test_a_history_that_cannot_be_read_is_said_and_never_overwritten(store, text):
    (store / CHOICE_NAME).write_text(text)
    found = guideline_in_force(store)
    assert found.problem.startswith(f"{CHOICE_NAME}, line ")
    with pytest.raises(UserError, match=CHOICE_NAME):
        go_by(store, "1.0.0")
    assert (store / CHOICE_NAME).read_text() == text


# retired


def test_what_is_retired_cannot_be_chosen_and_keeps_its_files(store, mine):
    version = install(store, mine)
    retire(store, version, SIGNED)
    with pytest.raises(UserError, match="retired"):
        go_by(store, "rps-example")
    assert loaded(version).id == "rps-example"
    with pytest.raises(UserError, match="already"):
        retire(store, version, SIGNED)
    reinstate(store, version, SIGNED)
    assert go_by(store, "rps-example").version.name == "rps-example 1.0.0"
    with pytest.raises(UserError, match="in force"):
        retire(store, version, SIGNED)


def test_a_retired_version_is_no_newer_one(store):
    go_by(store, "1.0.0")
    assert guideline_in_force(store).newer
    retire(store, find_version(store, "1.1.0"), SIGNED)
    assert guideline_in_force(store).newer == ""


# settings go along


def test_settings_are_carried_over_and_come_back(store):
    go_by(store, "1.0.0")
    old = load_guideline("1.0.0")
    save_change(store, sign("S-02", 150, "first"), old)
    save_change(store, sign("S-02", 160, "second"), old)
    save_change(store, sign("S-13", "no"), old)
    go_by(store, "1.1.0")
    guidance = Guidance(store)
    assert guidance.problem == ""
    held = guidance.in_force
    assert (held.settings.value("S-02"), held.settings.value("S-13")) == (160, "no")
    assert [c.reason for c in held.overlay.history("S-02")] == ["first", "second"]
    guidance.change(sign("S-02", 0.5, "third"))
    left = preview_version(store, find_version(store, "1.0.0"), Reporter()).lines
    assert any(line.startswith("S-02 is not carried over: Setting S-02") for line in left)
    go_by(store, "1.0.0")
    settings_then = settings_in_force(store, old)
    assert (settings_then.problem, settings_then.settings.value("S-02")) == ("", 160)
    go_by(store, "1.1.0")
    assert Guidance(store).in_force.settings.value("S-02") == 0.5


def test_a_setting_that_means_something_else_stays_behind(store, mine, tmp_path):
    other = shutil.copytree(mine, tmp_path / "other")
    settings_file = other / "settings.yaml"
    text = settings_file.read_text()
    title = next(line for line in text.splitlines() if "title:" in line)
    settings_file.write_text(text.replace(title, "    title: Something else altogether", 1))
    install(store, other)
    first = text.split("- id: ")[1][:4]
    now, then = load_guideline(), loaded(find_version(store, "rps-example"))
    value = now.settings.value(first)
    save_change(store, SettingChange(first, value, "Dr Lead", "2026-01-05", "kept"), now)
    found = carried_settings(store, now, then)
    assert [left.change.id for left in found.left] == [first]
    assert "Something else altogether" in found.left[0].text
    assert found.overlay.changes == ()


def test_nothing_is_chosen_while_the_settings_cannot_be_read(store):
    path = store / OVERLAY_NAME
    path.write_text("guideline: rps\nversion: 1.1.0\nsettings: {S-02: 9999}\n")
    with pytest.raises(UserError, match="cannot be carried over"):
        go_by(store, "1.0.0")
    assert not (store / CHOICE_NAME).exists()
    assert "9999" in path.read_text()


def test_settings_that_nobody_signed_stay_behind_with_a_word(store):
    (store / OVERLAY_NAME).write_text("guideline: rps\nversion: 1.0.0\nsettings: {S-02: 150}\n")
    found = carried_settings(store, load_guideline("1.0.0"), load_guideline())
    assert [left.text for left in found.left] == [
        "S-02 is not carried over: Setting S-02: the change has no author."
    ]


def test_two_files_of_settings_of_one_version_are_refused(store):
    go_by(store, "1.0.0")
    save_change(store, sign("S-02", 150), load_guideline("1.0.0"))
    go_by(store, "1.1.0")
    (store / OVERLAY_NAME).write_text("guideline: rps\nversion: 1.1.0\nchanges: []\n")
    assert "both hold settings of this version" in Guidance(store).problem


def test_a_choice_that_is_interrupted_leaves_the_old_one_with_its_settings(store, monkeypatch):
    go_by(store, "1.0.0")
    save_change(store, sign("S-02", 150), load_guideline("1.0.0"))

    def fails(*_):
        raise UserError("The disk is full.")

    monkeypatch.setattr("tumorboard.app.guideline_change.add_act", fails)
    with pytest.raises(UserError, match="full"):
        go_by(store, "1.1.0")
    guidance = Guidance(store)
    assert guidance.guideline.version == "1.0.0"
    assert (guidance.problem, guidance.in_force.settings.value("S-02")) == ("", 150)


# any history


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("choose"), st.sampled_from(["1.0.0", "1.1.0"])),
        st.tuples(st.just("retire"), st.sampled_from(["1.0.0", "1.1.0"])),
        st.tuples(st.just("reinstate"), st.sampled_from(["1.0.0", "1.1.0"])),
        st.tuples(st.just("set"), st.sampled_from([0.5, 20, 150, 360])),
    ),
    max_size=12,
)


def allowed(version, value):
    return version == "1.1.0" or value >= 1


@settings(max_examples=40, deadline=None)
@given(acts=ACTS)
def test_any_history_is_what_a_small_model_says(acts, tmp_path_factory):
    """The model: a version, what is retired, and by version which changes were made or carried."""
    store = tmp_path_factory.mktemp("store")
    version, retired = "1.1.0", set()
    held: dict[str, list[tuple[int, float]]] = {"1.0.0": [], "1.1.0": []}
    for number, (act, what) in enumerate(acts):
        refused = {
            "set": act == "set" and not allowed(version, what),
            "choose": what in retired,
            "retire": what == version or what in retired,
            "reinstate": what not in retired,
        }[act]
        try:
            here = find_version(store, version if act == "set" else what)
            if act == "set":
                save_change(store, sign("S-02", what), loaded(here))
            else:
                {"choose": choose, "retire": retire, "reinstate": reinstate}[act](
                    *(store, here, SIGNED)
                )
        except UserError:
            assert refused, (act, what)
            continue
        assert not refused, (act, what)
        if act == "set":
            held[version].append((number, what))
        elif act == "choose":
            made = held[version]
            if what != version and made and allowed(what, made[-1][1]):
                more = [c for c in made if c not in held[what] and allowed(what, c[1])]
                held[what] += more
            version = what
        else:
            retired ^= {what}
        guidance = Guidance(store)
        assert guidance.problem == ""
        assert guidance.guideline.version == version
        assert choices(store).retired == {("rps", v) for v in retired}
        history = guidance.in_force.overlay.history("S-02")
        assert [c.value for c in history] == [value for _, value in held[version]]


# stored cases


@pytest.fixture
def cases(store):
    with Store(store) as opened:
        session = Session(opened, "Dr Sample", None, Guidance(store).assess)
        for name in ("V-07", "V-08"):
            session.new_case(name, ANNA)
            for fact in sheet_from_json(vignettes()[name]["inputs"], READER):
                session.set_fact(fact.name, fact.value)
    return store


def test_a_preview_names_the_cases_and_writes_nothing(cases, mine):
    install(cases, mine)
    before = sorted(p.name for p in cases.iterdir())
    preview = preview_version(cases, find_version(cases, "rps-example"), Reporter())
    assert [c.label for c in preview.cases] == ["V-07"]
    assert preview.lines == [
        "V-07: Over 20 cm; the anaesthetist sees the patient before the operation: "
        "not shown, now Warning"
    ]
    assert sorted(p.name for p in cases.iterdir()) == before
    assert ANNA.name not in str(preview)


def test_a_preview_can_be_stopped(cases):
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        preview_version(cases, find_version(cases, "1.0.0"), reporter)


def test_a_version_of_the_common_folder_is_chosen_as_it_is_there(
    store, mine, tmp_path, monkeypatch
):
    common = tmp_path / "common"
    shutil.copytree(mine, common / "rps-example" / "1.0.0")
    monkeypatch.setenv(guideline_versions.PLACE_VARIABLE, str(common))
    assert go_by(store, "rps-example").version.origin == "place"
    (common / "rps-example" / "1.0.0" / "alerts.yaml").write_text("group: [")
    assert in_force(store) == "rps 1.1.0"
    monkeypatch.delenv(guideline_versions.PLACE_VARIABLE)
    assert "is not there any more" in guideline_in_force(store).problem


def test_a_version_that_ships_later_under_the_same_name_takes_no_place(store, mine):
    """Whoever had it first keeps it: the choice names files, not only words."""
    install(store, mine)
    go_by(store, "rps-example")
    data = yaml.safe_load((store / CHOICE_NAME).read_text())
    assert data["acts"][0]["digest"] == guideline_versions.digest(versions(store)[-1].folder)
    assert data["acts"][0]["origin"] == "store"
