"""Damage small DICOM files for a while and report what reading them cannot stand.

Run by ``make fuzz``. Findings are written to ``out/fuzz``; each is to become a named entry
of ``tests/dicom/hostile.py``, made there by a generator.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Fuzz for the given time; return 1 when something was found."""
    from tests.dicom.fuzzing import fuzz
    from tumorboard.dicom.decoders import close_decoders

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--inputs", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=ROOT / "out" / "fuzz")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz(Path(folder), arguments.inputs, arguments.seed, arguments.seconds)
    close_decoders()
    total = sum(outcome.counts.values()) + len(outcome.findings)
    print(f"{total} inputs: {dict(outcome.counts)}; slowest {outcome.slowest:.2f} s")
    for name, data in outcome.findings.items():
        arguments.keep.mkdir(parents=True, exist_ok=True)
        (arguments.keep / f"{name}.dcm").write_bytes(data)
        print(f"finding: {name}")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
