"""The files of the project, for the tests that look at its text."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tumorboard"


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_names(*packages: str) -> list[str]:
    """Import names of all modules of some packages of tumorboard."""
    found = []
    for package in packages:
        for path in sorted((PACKAGE / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


@cache
def tracked_files() -> tuple[Path, ...]:
    """What is in the repository; in an unpacked archive, what is in the folder."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / part for part in listed.stdout.split("\0") if part]
    else:
        tops = ("tumorboard", "tests", "resources", "docs", "scripts", "benchmarks", "requirements")
        paths = [p for top in tops for p in (ROOT / top).rglob("*")]
        paths += [p for p in ROOT.iterdir() if p.suffix in {".md", ".toml"} or p.name == "Makefile"]
    return tuple(p for p in paths if p.is_file() and "__pycache__" not in p.parts)


def documents() -> list[Path]:
    """The Markdown files that users and contributors read."""
    return [p for p in tracked_files() if p.suffix == ".md"]
