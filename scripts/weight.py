"""Prints what each package of an environment weighs on the disk, in MB, the heaviest first.

    .venv/bin/python scripts/weight.py [--run]

With ``--run`` only what `requirements/run` names: what the program itself needs.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print a line for each package, and the sum."""
    wanted = None
    if "--run" in sys.argv[1:]:
        system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
        lock = (ROOT / "requirements" / "run" / f"{system}.txt").read_text()
        wanted = set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))
    weights: dict[str, int] = {}
    for package in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", package.name.lower())
        if wanted is None or name in wanted:
            places = (Path(str(package.locate_file(file))) for file in package.files or ())
            weights[name] = sum(place.stat().st_size for place in places if place.is_file())
    for name, weight in sorted(weights.items(), key=lambda item: -item[1]):
        if weight >= 1e6:
            print(f"{weight / 1e6:7.1f}  {name}")
    print(f"{sum(weights.values()) / 1e6:7.1f}  all {len(weights)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
