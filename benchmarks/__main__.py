"""``python -m benchmarks [--slices N] [--files N] [--peers DIR] [--json FILE] [PART ...]``.

Prints a table of our times beside those of peers, or of a limit, from the same run.
``python -m benchmarks accuracy`` prints errors of measuring instead, against known truth;
``python -m benchmarks proposals`` Dice of masses proposed from clicks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

PARTS = (
    "scan",
    "load",
    "memory",
    "start",
    "window",
    "reformat",
    "paint",
    "pictures",
    "cases",
    "segmentation",
    "worklist",
    "presenting",
)


def main() -> int:
    """Run the parts that were asked for, by default all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--slices", type=int, default=600, help="slices of the series (600)")
    parser.add_argument("--files", type=int, default=10_000, help="small files to scan (10000)")
    parser.add_argument("--peers", type=Path, help="folder of packages that are not ours")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args()
    if options.parts == ["accuracy"]:
        return _accuracy()
    if options.parts == ["proposals"]:
        from benchmarks import proposals

        sys.stdout.write(f"{proposals.run()}\n")
        return 0
    wrong = set(options.parts) - set(PARTS)
    if wrong:
        parser.error(f"no such part: {', '.join(sorted(wrong))}")
    if options.peers:
        sys.path.append(str(options.peers))
    with tempfile.TemporaryDirectory() as folder:
        rows = _rows(Path(folder), set(options.parts or PARTS), options.slices, options.files)
    from benchmarks.measure import table

    print(table(rows))
    if options.json:
        about = {"cores": os.cpu_count(), "python": platform.python_version()}
        about |= {"slices": options.slices}
        content = {"machine": about, "rows": [row.to_json() for row in rows]}
        options.json.write_text(json.dumps(content, indent=1))
    return 0


def _accuracy() -> int:
    """Print the errors of what is measured on masks and vessels."""
    from benchmarks import accuracy, real_accuracy

    print(accuracy.run())
    print()
    print(real_accuracy.run())
    return 0


def _rows(folder: Path, parts: set[str], slices: int, files: int) -> list:
    from benchmarks import (
        cases,
        loading,
        painting,
        pictures,
        presenting,
        reformats,
        segmentation,
        window,
        worklist,
    )

    rows = []
    if parts & {"load", "memory", "start", "window"}:
        written = loading.write_all(folder, slices)
        plain = written["uncompressed"]
        if "start" in parts:
            rows += painting.first_picture(plain, folder)
        if "window" in parts:
            rows += window.run(plain[0].parent, folder / "store")
        if "memory" in parts:
            rows += loading.memory(plain[0].parent)
        if "load" in parts:
            rows += loading.run(written)
    others = {
        "scan": lambda: loading.many(folder / "many", files),
        "reformat": lambda: reformats.run(slices),
        "paint": lambda: painting.run(slices),
        "pictures": pictures.run,
        "segmentation": segmentation.run,
        "cases": lambda: cases.run(folder / "cases"),
        "worklist": lambda: worklist.run(folder / "worklist"),
        "presenting": lambda: presenting.run(folder / "talk"),
    }
    for name, work in others.items():
        if name in parts:
            rows += work()
    return rows


if __name__ == "__main__":
    sys.exit(main())
