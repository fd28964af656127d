"""Writes the locks anew from pyproject.toml, and checks that they can be installed.

    python scripts/lock.py            # writes; what is locked stays where it still fits
    python scripts/lock.py --upgrade  # writes, with the newest of everything
    python scripts/lock.py --check    # asks the index for a wheel of every line, installs nothing

Needs `uv` on the path. Each system has four locks, so that nobody installs what is not needed:
what the program runs on, what its tests need besides, what builds it, and what makes a bundle.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"

#: Systems with locks, and what `sys_platform` is on them.
SYSTEMS: Final = {"linux": "linux", "windows": "win32", "macos": "darwin"}

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")

#: The oldest systems on which the locked wheels run, in the words of uv; `scripts/setup.py`
#: refuses older ones.
OLDEST: Final = {
    "linux": ("x86_64-manylinux_2_34", "aarch64-manylinux_2_39"),
    "windows": ("x86_64-pc-windows-msvc",),
    "macos": ("aarch64-apple-darwin", "x86_64-apple-darwin"),
}
OLDEST_MACOS: Final = "14.0"

#: The locks, and those that each stands beside.
LOCKS: Final[dict[str, tuple[str, ...]]] = {
    "run": (),
    "development": ("run",),
    "bundle": ("run",),
    "build": (),
}

_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\n]*)", re.MULTILINE)


def main() -> int:
    """Write or check all locks; return 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="check only")
    parser.add_argument("--upgrade", action="store_true", help="take the newest of everything")
    options = parser.parse_args()
    if not options.check:
        for system in SYSTEMS:
            write(system, upgrade=options.upgrade)
    return check()


def write(system: str, *, upgrade: bool) -> None:
    """Write the locks of one system."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    run = project["project"]["dependencies"]
    build = [*project["build-system"]["requires"], "editables"]
    compile_lock(system, "run", run, (), upgrade=upgrade)
    compile_lock(system, "development", [*run, *extras["dev"]], ("run",), upgrade=upgrade)
    compile_lock(system, "bundle", [*run, *extras["bundle"]], ("run",), upgrade=upgrade)
    compile_lock(system, "build", build, (), upgrade=upgrade)


def compile_lock(
    system: str, name: str, wanted: list[str], beside: tuple[str, ...], *, upgrade: bool
) -> None:
    """Write one lock; what stands in a lock ``beside`` it keeps its version and is left out."""
    lock = FOLDER / name / f"{system}.txt"
    lock.parent.mkdir(parents=True, exist_ok=True)
    others = [FOLDER / other / f"{system}.txt" for other in beside]
    with tempfile.TemporaryDirectory() as folder:
        # The systems to resolve for are read from a project's own file alone.
        names = ", ".join(f'"{line}"' for line in (w.replace('"', "'") for w in wanted))
        Path(folder, "pyproject.toml").write_text(
            f'[project]\nname = "lock"\nversion = "0"\nrequires-python = ">={PYTHONS[0]}"\n'
            f"dependencies = [{names}]\n[tool.uv]\n"
            f"environments = [\"sys_platform == '{SYSTEMS[system]}'\"]\n"
        )
        command = ["uv", "pip", "compile", "-q", "--universal", "--python-version", PYTHONS[0]]
        command += ["--generate-hashes", "--no-header", "--no-annotate", "pyproject.toml"]
        command += [
            "--no-emit-index-url",
            "--no-emit-find-links",
            "-o",
            str(lock),
            *(["--upgrade"] if upgrade else []),
        ]
        for other in others:
            command += ["-c", str(other)]
            for package, rest in _PIN.findall(other.read_text()):
                if "python_full_version" not in rest:  # else only some Pythons have it there
                    command += ["--no-emit-package", package]
        subprocess.run(command, cwd=folder, check=True)


def check() -> int:
    """Ask for a wheel of every locked line, for each system and Python; return 0 when all are."""
    failed = 0
    for system, platforms in OLDEST.items():
        for platform in platforms:
            for python in PYTHONS:
                missing = missing_wheels(system, platform, python)
                failed += bool(missing)
                print(f"{platform}, Python {python}: {missing or 'every line has a wheel'}")
    return 1 if failed else 0


def missing_wheels(system: str, platform: str, python: str) -> str:
    """Return what a platform lacks; empty when all is there.

    Each lock is resolved with the one that it stands beside: a package that another one wants
    and no lock names is as missing as a wheel that the index does not have.
    """
    for name, beside in LOCKS.items():
        locks = [FOLDER / other / f"{system}.txt" for other in (*beside, name)]
        with tempfile.TemporaryDirectory() as folder:
            command = ["uv", "pip", "install", "--dry-run", "--require-hashes"]
            command += ["--only-binary", ":all:", "--target", folder]
            command += [part for lock in locks for part in ("-r", str(lock))]
            command += ["--python-platform", platform, "--python-version", python]
            told = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS}
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=told)
        if done.returncode:
            return f"{name}: {' '.join(done.stderr.split())}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
