"""By what a library was made; imported by the build as well, so of the standard library alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

PATTERNS = ("*.cpp", "*.hpp")


def sources(folder: Path) -> list[Path]:
    """Return the sources in a folder, in the order of their names."""
    return sorted(path for pattern in PATTERNS for path in folder.glob(pattern))


def digest(paths: list[Path]) -> str:
    """Return the SHA-256 of files and their names."""
    found = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        found.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
