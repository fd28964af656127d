"""Kernels are compiled before they are asked for, once."""

import os
import subprocess

import pytest

from tumorboard.app import compiling
from tumorboard.progress import Reporter


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "__pycache__").mkdir()
    path = tmp_path / "kernels.py"
    path.write_text("")
    return path


def test_what_was_compiled_from_another_state_of_the_source_does_not_count(source):
    assert not compiling.is_compiled(source)
    index = source.parent / "__pycache__" / "kernels.carry_frames-9.py311.nbi"
    index.write_bytes(b"")
    os.utime(source, (2000, 2000))
    os.utime(index, (1000, 1000))
    assert not compiling.is_compiled(source)
    os.utime(index, (3000, 3000))
    assert compiling.is_compiled(source)


def test_a_folder_of_ones_own_is_looked_at_too(source, tmp_path, monkeypatch):
    own = tmp_path / "own" / "imaging_1"
    own.mkdir(parents=True)
    (own / "kernels.carry_frames-9.py311.nbi").write_bytes(b"")
    assert not compiling.is_compiled(source)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(own.parent))
    assert compiling.is_compiled(source)


def test_a_window_that_closes_leaves_no_process(monkeypatch):
    started = []
    popen = subprocess.Popen

    def noted(*args, **more):
        started.append(popen(*args, **more))
        return started[-1]

    monkeypatch.setattr(compiling, "is_compiled", lambda: False)
    monkeypatch.setattr(compiling.subprocess, "Popen", noted)
    reporter = Reporter()
    reporter.cancel()
    compiling.compile_ahead(reporter)
    (child,) = started
    assert child.returncode is not None


def test_nothing_is_started_when_all_is_there(monkeypatch):
    monkeypatch.setattr(compiling, "is_compiled", lambda: True)
    monkeypatch.setattr(compiling.subprocess, "Popen", pytest.fail)
    compiling.compile_ahead(Reporter())
