"""``python -m benchmarks [--slices N] [--json FILE]``: prints a table, optionally writes JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import loading, painting
from benchmarks.measure import Row, table


def main() -> int:
    """Run every benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--slices", type=int, default=300, help="slices of the series (300)")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        rows += loading.run(Path(folder), options.slices)
    rows += painting.run(options.slices)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([row.__dict__ for row in rows], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
