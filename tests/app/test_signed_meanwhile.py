"""Two windows that sign at once: the later one is told who signed what, and nothing is lost."""

import threading

import pytest

from tumorboard.app.guidance import Guidance
from tumorboard.app.guideline_choice import (
    Signature,
    choices,
    guideline_in_force,
    reinstate,
    retire,
)
from tumorboard.app.guideline_files import OVERLAY_NAME, SignedMeanwhileError
from tumorboard.app.guideline_tools import settings_in_force
from tumorboard.app.guideline_versions import find_version
from tumorboard.errors import UserError
from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.parameters import SettingChange

FIRST = Signature("Dr First", "2026-01-05", "Board of 5 January")
SECOND = Signature("Dr Second", "2026-01-06", "Board of 6 January")


def change(value, author="Dr First", identifier="S-02"):
    return SettingChange(identifier, value, author, "2026-01-05", f"Reason of {author}")


@pytest.fixture
def two(tmp_path):
    """Two windows on one store, both with what counted before anybody signed."""
    windows = Guidance(tmp_path), Guidance(tmp_path)
    for window in windows:
        assert window.in_force.settings.value("S-02") == 180
    return windows


def test_a_setting_signed_elsewhere_refuses_the_later_one_and_then_shows(two, tmp_path):
    first, second = two
    first.change(change(150))
    with pytest.raises(SignedMeanwhileError) as caught:
        second.change(change(200, "Dr Second"))
    assert "S-02 150 · Dr First · 2026-01-05 · Reason of Dr First" in str(caught.value)
    assert "Nothing was written here." in str(caught.value)
    assert second.in_force.settings.value("S-02") == 150
    second.change(change(200, "Dr Second"))
    held = settings_in_force(tmp_path, load_guideline("1.1.0")).overlay
    assert [(c.value, c.author) for c in held.changes] == [(150, "Dr First"), (200, "Dr Second")]


def test_another_setting_is_refused_alike(two):
    first, second = two
    first.change(change((1,), identifier="S-01"))
    with pytest.raises(SignedMeanwhileError, match="S-01"):
        second.change(change(200, "Dr Second"))


def test_a_file_that_was_edited_by_hand_meanwhile_is_not_written_over(two, tmp_path):
    first, second = two
    first.change(change(150))
    path = tmp_path / OVERLAY_NAME
    path.write_text(path.read_text().replace("150", "155"))
    with pytest.raises(SignedMeanwhileError, match="changed meanwhile"):
        first.change(change(160))
    assert first.in_force.settings.value("S-02") == 155
    assert second.in_force.settings.value("S-02") == 180, "a window that did not sign stays"


def test_a_setting_under_a_guideline_that_was_changed_meanwhile_is_refused(two, tmp_path):
    first, second = two
    first.choose(find_version(tmp_path, "1.0.0"), FIRST)
    with pytest.raises(SignedMeanwhileError, match=r"rps 1\.0\.0 came into force.*Dr First"):
        second.change(change(200, "Dr Second"))
    assert second.guideline.version == "1.0.0"
    assert not (tmp_path / OVERLAY_NAME).exists()


def test_a_choice_signed_elsewhere_refuses_the_later_one(two, tmp_path):
    first, second = two
    seen = choices(tmp_path)
    first.choose(find_version(tmp_path, "1.0.0"), FIRST, seen)
    with pytest.raises(SignedMeanwhileError) as caught:
        second.choose(find_version(tmp_path, "1.1.0"), SECOND, seen)
    assert "rps 1.0.0 chosen · Dr First · 2026-01-05 · Board of 5 January" in str(caught.value)
    assert guideline_in_force(tmp_path).version.version == "1.0.0"
    assert second.guideline.version == "1.0.0"
    second.choose(find_version(tmp_path, "1.1.0"), SECOND, choices(tmp_path))
    assert [a.author for a in choices(tmp_path).acts] == ["Dr First", "Dr Second"]


def test_retiring_and_reinstating_are_refused_alike(tmp_path):
    seen, old = choices(tmp_path), find_version(tmp_path, "1.0.0")
    retire(tmp_path, old, FIRST, seen)
    with pytest.raises(SignedMeanwhileError, match=r"rps 1\.0\.0 retired · Dr First"):
        retire(tmp_path, old, SECOND, seen)
    with pytest.raises(SignedMeanwhileError, match="retired · Dr First"):
        reinstate(tmp_path, old, SECOND, seen)
    reinstate(tmp_path, old, SECOND, choices(tmp_path))


def test_of_many_that_sign_in_one_moment_one_wins_and_the_others_are_told(tmp_path):
    windows = [Guidance(tmp_path) for _ in range(8)]
    for window in windows:
        assert window.in_force
    outcomes: list[object] = []
    start = threading.Barrier(len(windows))

    def sign(n, window):
        start.wait()
        try:
            window.change(change(100 + n, f"Dr {n}"))
            outcomes.append(n)
        except UserError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=sign, args=pair) for pair in enumerate(windows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [o for o in outcomes if isinstance(o, int)]
    assert len(won) == 1
    assert all(isinstance(o, int | SignedMeanwhileError) for o in outcomes)
    held = settings_in_force(tmp_path, load_guideline("1.1.0")).overlay.changes
    assert [c.value for c in held] == [100 + won[0]]


def test_without_a_look_at_the_history_every_act_is_kept(tmp_path):
    def sign(n):
        Guidance(tmp_path).choose(find_version(tmp_path, "1.0.0" if n % 2 else "1.1.0"), FIRST)

    threads = [threading.Thread(target=sign, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(choices(tmp_path).acts) == 6
