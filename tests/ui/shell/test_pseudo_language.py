"""All words of the window go through the catalogue, and longer ones have room."""

import json
import os
import subprocess
import sys

import pytest

from tumorboard.resources import resource_path


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """What a walk through the window in a language with accents on all letters found."""
    if not any(resource_path("language").glob("*/LC_MESSAGES/*.po")):
        pytest.skip("there is no catalogue of another language")
    folder = tmp_path_factory.mktemp("pseudo")
    homes = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    environment = {**os.environ, **{name: str(folder / name.lower()) for name in homes}}
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.pseudo", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_no_word_of_the_window_is_english(walked):
    assert walked["seen"] > 900
    assert walked["english"] == {}


def test_words_that_are_longer_by_a_third_have_room(walked):
    assert walked["narrow"] == {}
