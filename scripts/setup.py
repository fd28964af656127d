"""Sets up everything that ``make demo`` and ``make test`` need. Standard library only.

Makes ``.venv``, installs the locked dependencies and the package, and sees to the system
libraries of Qt. A second run with nothing changed does nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "ready"
LOCK = ROOT / "requirements" / "linux.txt"


def main() -> int:
    """Set up, and return 0 when everything is there."""
    if sys.version_info < (3, 11):
        print("Tumorboard needs Python 3.11 or later: run `make PYTHON=python3.12 ...`.")
        return 1
    if not _venv_ready():
        if not _can_make_venv():
            return 1
        _install()
    sys.path.insert(0, str(ROOT))
    from tumorboard.system_libraries import ensure_system_libraries

    problem = ensure_system_libraries()
    if problem:
        print(problem)
    return 1 if problem else 0


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def _venv_ready() -> bool:
    return STAMP.is_file() and STAMP.read_text() == _fingerprint()


def _can_make_venv() -> bool:
    """Debian ships Python without ensurepip; install it when we may, else name it."""
    if _has_ensurepip():
        return True
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {package} ...", flush=True)
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        subprocess.run(["apt-get", "-qq", "install", "-y", package], check=False)
        if _has_ensurepip():
            return True
    print(
        "Python cannot make virtual environments here. Install:\n"
        f"  sudo apt-get install -y {package}"
    )
    return False


def _has_ensurepip() -> bool:
    check = "import ensurepip, venv"
    return (
        subprocess.run([sys.executable, "-c", check], capture_output=True, check=False).returncode
        == 0
    )


def _install() -> None:
    print("Setting up .venv with the locked dependencies, once; about a minute ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    python = VENV / ("Scripts" if sysconfig.get_platform().startswith("win") else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    locked = (
        ["--require-hashes", "-r", str(LOCK)]
        if sys.platform.startswith("linux")
        else [f"{ROOT}[dev]"]
    )
    subprocess.run([*pip, *locked], check=True, cwd=ROOT)
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True, cwd=ROOT
    )
    STAMP.write_text(_fingerprint())


if __name__ == "__main__":
    sys.exit(main())
