"""One starter for processes of this program: checkout, bundle, and systems without POSIX."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dicom.make import write_slices
from tumorboard import children
from tumorboard.dicom.decoder_pool import DecoderPool

ROOT = Path(__file__).parent.parent


@pytest.fixture
def frozen(tmp_path, monkeypatch):
    """Make the program believe that it is a bundle: an executable, no interpreter beside it."""
    executable = tmp_path / "bundled"
    executable.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tumorboard "$@"\n'
    )
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))
    return executable


def _answer(module: str, *arguments: str) -> object:
    """Start a child and return the first thing that it says, None when it says nothing."""
    process, connection = children.start(module, *arguments)
    try:
        with contextlib.suppress(EOFError):
            return connection.recv() if connection.poll(30) else "nothing"
        return "ended"
    finally:
        connection.close()
        process.kill()
        process.wait()


def test_a_bundle_starts_its_children_from_its_own_executable(frozen, tmp_path):
    files = write_slices(tmp_path / "ct", 4)
    parts = _answer("tumorboard.app.ahead", str(tmp_path / "ct"))
    assert isinstance(parts, tuple)
    assert sum(series.slices for series in parts[0]) == len(files)
    assert _answer("tumorboard.dicom.read_all") is None
    pool = DecoderPool(workers=1)
    try:
        pool.warm()
        assert len(pool.pids) == 1
    finally:
        pool.close()


def test_a_bundle_starts_itself_anew(frozen):
    done = subprocess.run(
        children.program("--version"), capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("tumorboard ")


def test_a_child_ends_with_its_connection():
    process, connection = children.start("tumorboard.dicom.read_all")
    assert connection.poll(30)
    connection.recv()
    connection.close()
    assert process.wait(10) == 0


def test_only_modules_of_the_program_are_run():
    reader, writer = os.pipe()
    with pytest.raises(ValueError, match="os"):
        children.run(["os", str(reader)])
    os.close(reader)
    os.close(writer)


#: What Windows does not have, as far as anything here could want it.
_WITHOUT_POSIX = """
import os, select, signal, sys, subprocess, importlib, pkgutil, multiprocessing.connection
# Other people's packages are here those of Linux, which may want what only Linux has.
import imagecodecs, jinja2, jsonschema, lark, numpy, platformdirs, psygnal, pydicom.pixels
import PySide6.QtWidgets, SimpleITK, sqlcipher3.dbapi2, sqlite_utils, yaml
for name in ("resource", "fcntl", "termios", "pwd", "grp", "tty", "pty", "syslog"):
    sys.modules[name] = None
for holder, names in {
    os: ("memfd_create", "geteuid", "getuid", "getgid", "nice", "fork", "uname", "fchmod",
         "sysconf", "confstr", "statvfs", "getpgid", "killpg", "mkfifo", "chown", "O_NOFOLLOW",
         "O_DIRECTORY", "sched_getaffinity", "posix_fadvise", "pread"),
    select: ("poll", "epoll"),
    signal: ("SIGALRM", "SIGKILL", "SIGHUP", "setitimer", "alarm", "ITIMER_REAL", "SIGXFSZ"),
}.items():
    for name in names:
        if hasattr(holder, name):
            delattr(holder, name)
import tumorboard
names = [m.name for m in pkgutil.walk_packages(tumorboard.__path__, "tumorboard.")]
for name in names:
    if name.endswith((".surfaces.meshes", ".surfaces.studio", ".native.kernels")):
        continue  # the first two want an extra; the last is our library, no module
    importlib.import_module(name)
print(len(names))
"""


def test_the_whole_package_imports_without_what_only_posix_has():
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_POSIX],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 400
