"""Sets up everything that the program or its tests need. Standard library only.

    python scripts/setup.py                # what the program runs on
    python scripts/setup.py --development  # what its tests need besides

Makes `.venv` and installs what the locks name and nothing else: nothing is resolved, built or
looked for, so that a package that appears tomorrow changes nothing. An environment that works
is kept until a new one does. A second run with nothing changed does nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
#: Where an environment waits while another one is made in its place.
FORMER = ROOT / ".venv-former"
#: Holds pip and what builds the package, and goes again: neither is needed afterwards.
BUILDER = ROOT / ".venv-builder"
#: What was installed, by the digests of what named it.
READY = VENV / "ready.json"
LOG = ROOT / "setup.log"

SYSTEM = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
FIRST_PYTHON, LAST_PYTHON = (3, 11), (3, 14)

#: The oldest C library for which every locked package has a wheel, and a system with it;
#: `scripts/lock.py --check` asks for the wheels.
OLDEST_LINUX = {
    "x86_64": ((2, 34), "Debian 12, Ubuntu 22.04 or RHEL 9"),
    "aarch64": ((2, 39), "Debian 13, Ubuntu 24.04 or RHEL 10"),
}

#: Seconds between two lines of progress where they cannot replace each other.
_PAUSE_S = 10.0


class SetupError(Exception):
    """Something the set-up cannot do; the text is one sentence that says what."""


def main() -> int:
    """Set up, and return 0 when everything is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--development", action="store_true", help="also install what the tests need"
    )
    parser.add_argument(
        "--pip", type=Path, metavar="WHEEL", help="use this pip, not the one that Python brings"
    )
    options = parser.parse_args()
    try:
        refuse_unsupported()
        restore_former()
        set_up(development=options.development, pip=options.pip)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The set-up failed: {error.strerror}: {error.filename}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("The set-up was stopped; what worked before still does.", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(BUILDER, ignore_errors=True)
    sys.path.insert(0, str(ROOT))
    from tumorboard.system_libraries import ensure_system_libraries

    problem = ensure_system_libraries()
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def refuse_unsupported() -> None:
    """Raise a `SetupError` on a system for which the locks have no packages."""
    version = sys.version_info[:2]
    if not FIRST_PYTHON <= version <= LAST_PYTHON:
        first, last = (".".join(map(str, v)) for v in (FIRST_PYTHON, LAST_PYTHON))
        raise SetupError(
            f"Tumorboard runs on Python {first} to {last}, this is {platform.python_version()}; "
            f"name another one: make PYTHON=python{first} ..."
        )
    if SYSTEM != "linux":
        return
    machine = platform.machine()
    oldest, systems = OLDEST_LINUX.get(machine, ((0, 0), ""))
    if not systems:
        raise SetupError(
            f"Tumorboard is not there for {machine} processors on Linux, only for "
            f"{' and '.join(OLDEST_LINUX)}."
        )
    name, _, number = (_confstr("CS_GNU_LIBC_VERSION") or "none 0.0").partition(" ")
    if name != "glibc" or tuple(int(part) for part in number.split(".")[:2]) < oldest:
        found = f"glibc {number}" if name == "glibc" else "another C library"
        raise SetupError(
            f"On {machine}, Tumorboard needs glibc {oldest[0]}.{oldest[1]} or later "
            f"({systems} or later); this system has {found}."
        )


def _confstr(name: str) -> str:
    try:
        return os.confstr(name) or ""
    except (AttributeError, ValueError, OSError):
        return ""


def restore_former() -> None:
    """Put back the environment that an interrupted set-up had moved aside."""
    if FORMER.exists():
        if READY.is_file():
            shutil.rmtree(FORMER)
        else:
            shutil.rmtree(VENV, ignore_errors=True)
            FORMER.rename(VENV)


def set_up(*, development: bool, pip: Path | None) -> None:
    """Bring `.venv` to what the locks and the sources say now.

    Raises
    ------
    SetupError
        When something could not be installed; what worked before is still there.

    """
    wanted = fingerprints()
    there = _ready()
    steps = [name for name in ("run", "project") if there.get(name) != wanted[name]]
    if development and there.get("development") != wanted["development"]:
        steps.append("development")
    if not steps:
        return
    print(f"Setting up .venv, once; what is done is written to {LOG.name}.", flush=True)
    LOG.write_text("")
    make_builder(pip)
    if "run" in steps:
        with replacing():
            make_environment(VENV, "--without-pip")
            install("run")
            install_project()
            check_installed()
            _tell(run=wanted["run"], project=wanted["project"])
    elif "project" in steps:
        install_project()
        _tell(project=wanted["project"])
    if development and _ready().get("development") != wanted["development"]:
        install("development")
        check_installed()
        _tell(development=wanted["development"])


def fingerprints() -> dict[str, str]:
    """Return for each part of the environment a digest of all that decides what it holds."""
    sources = sorted((ROOT / "tumorboard" / "imaging" / "native").glob("*.?pp"))
    parts = {
        "run": [lock("run")],
        "development": [lock("development")],
        "project": [
            *(ROOT / "pyproject.toml", lock("build")),
            *sorted((ROOT / "scripts").glob("native_*.py")),
            *sources,
        ],
    }
    return {name: _digest(files) for name, files in parts.items()}


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _ready() -> dict[str, str]:
    """Return what was installed; empty when the environment is not there or unreadable."""
    try:
        found = json.loads(READY.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _tell(**done: str) -> None:
    READY.write_text(json.dumps({**_ready(), **done}))


def lock(name: str) -> Path:
    """Return the lock of this name for this system."""
    return ROOT / "requirements" / name / f"{SYSTEM}.txt"


@contextlib.contextmanager
def replacing() -> Iterator[None]:
    """Keep the present environment aside, and put it back when the new one fails."""
    if VENV.exists():
        VENV.rename(FORMER)
    try:
        yield
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        if FORMER.exists():
            FORMER.rename(VENV)
        raise
    shutil.rmtree(FORMER, ignore_errors=True)


def make_builder(pip: Path | None) -> None:
    """Make the environment that holds pip; a wheel of another pip replaces Python's own."""
    ensure_venv_module()
    make_environment(BUILDER)
    if pip is not None:
        command = [str(python_of(BUILDER)), "-m", "pip", "install", "--no-index", "--no-deps"]
        run([*command, str(pip)], "Taking the named pip")


def make_environment(folder: Path, *arguments: str) -> None:
    """Make an empty virtual environment."""
    shutil.rmtree(folder, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", *arguments, str(folder)],
        f"Making {folder.name}",
    )


def python_of(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if SYSTEM == "windows" else "bin/python")


def pip_command(*arguments: str, say: str, total: int = 0, target: Path = VENV) -> None:
    """Run the builder's pip on an environment."""
    pip = [str(python_of(BUILDER)), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "--python", str(python_of(target)), *arguments], say, total)


def install(name: str, target: Path = VENV) -> None:
    """Install exactly what a lock names: no resolver, no build, every file by its digest."""
    text = lock(name).read_text()
    exactly = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off"]
    pip_command(
        *("install", *exactly, "-r", str(lock(name))),
        say={
            "run": "Installing what the program runs on",
            "development": "Installing what the tests need",
            "build": "Fetching what builds the program",
            "bundle": "Installing what makes a bundle",
        }[name],
        total=sum("==" in line for line in text.splitlines()),
        target=target,
    )


def check_installed() -> None:
    """Have pip compare what is installed with what each package wants."""
    pip_command("check", say="Checking that all fits together")


def install_project(target: Path = VENV, *, editable: bool = True) -> None:
    """Install the sources, built by what the lock names; ``editable``: as they lie here.

    The builder's packages are lent to the environment for this one command.
    """
    install("build", BUILDER)
    packages = subprocess.run(
        [str(python_of(BUILDER)), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    command = [str(python_of(target)), "-m", "pip", "--disable-pip-version-check", "install"]
    what = ["-e", str(ROOT)] if editable else [str(ROOT)]
    run(
        [*command, "--no-index", "--no-deps", "--no-build-isolation", *what],
        "Building the program",
        environment={"PYTHONPATH": packages},
    )


def run(
    command: list[str],
    say: str,
    total: int = 0,
    environment: dict[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Run a command in a folder, with its output in the log and its progress on one line.

    ``total`` is how many packages it collects, where it says so.

    Raises
    ------
    SetupError
        When it fails; the text ends with what the command said last.

    """
    start, done, told = time.monotonic(), 0, 0.0
    lines: list[str] = []
    with (
        LOG.open("a") as log,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            cwd=folder,
        ) as process,
    ):
        for line in process.stdout or ():
            log.write(line)
            done += line.startswith("Collecting ")
            lines += [line.strip()] if line.strip() else []
            now = time.monotonic()
            if sys.stdout.isatty() or now - told > _PAUSE_S:
                told = now
                _say(say, done, total, now - start)
    if sys.stdout.isatty():
        print(f"\r\033[K{say}: done, {time.monotonic() - start:.0f} s", flush=True)
    if process.returncode:
        kept = "; the environment that was there still works" if _former_works() else ""
        raise SetupError(
            f"The set-up failed ({say[0].lower()}{say[1:]}): {_reason(lines)}{kept}. "
            f"See {LOG.name}."
        )


def _reason(lines: list[str]) -> str:
    """Return the one line of a command's output that says why it failed."""
    errors = [n for n, line in enumerate(lines) if line.startswith("ERROR: ")]
    if not errors:
        return lines[-1].rstrip(".") if lines else "it said nothing"
    if "DO NOT MATCH THE HASHES" in lines[errors[0]]:
        file = lines[errors[0] + 1].split(" from ")[0]
        return f"what the index gives for {file} is not the file that the lock names"
    if any(line.startswith("WARNING: Retrying") for line in lines):
        return "the package index cannot be reached"
    return lines[errors[-1]].removeprefix("ERROR: ").rstrip(".")


def _say(say: str, done: int, total: int, seconds: float) -> None:
    count = f" {min(done, total)} of {total}," if total else ""
    end = "" if sys.stdout.isatty() else "\n"
    start = "\r\033[K" if sys.stdout.isatty() else ""
    print(f"{start}{say}:{count} {seconds:.0f} s", end=end, flush=True)


def _former_works() -> bool:
    return (FORMER / READY.name).is_file() or READY.is_file()


def ensure_venv_module() -> None:
    """See to it that environments can be made: Debian parts that from Python.

    Raises
    ------
    SetupError
        When that package is missing and may not be installed.

    """
    if _can_make_environments():
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if SYSTEM == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        with contextlib.suppress(SetupError):
            run(["apt-get", "-q", "update"], "Reading the list of system packages", 0, quiet)
            run(["apt-get", "-q", "install", "-y", package], f"Installing {package}", 0, quiet)
        if _can_make_environments():
            return
    raise SetupError(
        "Python cannot make virtual environments here. Install:\n"
        f"  sudo apt-get install -y {package}"
    )


def _can_make_environments() -> bool:
    check = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
