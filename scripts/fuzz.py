"""Damage small DICOM files for a while and report what reading them cannot stand.

Run by ``make fuzz``, first with damage by chance, then, with ``--guided``, with damage led by
the branches that it reaches (atheris, where that is installed). Findings are written to
``out/fuzz``; each is to become a named entry of ``tests/dicom/hostile.py``, made there by a
generator.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def guided(folder: Path, seconds: float, keep: Path) -> int:
    """Let a coverage-guided fuzzer damage the sound files; it ends the program itself."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: no guided part. `pip install tumorboard[fuzz]`")
        return 0
    with atheris.instrument_imports(include=["tumorboard"]):
        from tests.dicom.fuzzing import read_all, seeds
    corpus, path = folder / "corpus", folder / "input.dcm"
    corpus.mkdir()
    keep.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(folder)):
        (corpus / f"seed-{number:02d}").write_bytes(data)

    def one(data: bytes) -> None:
        path.write_bytes(data)
        read_all(path)

    limits = [f"-max_total_time={int(seconds)}", "-timeout=5", "-rss_limit_mb=1024"]
    quiet = ["-print_final_stats=1", "-verbosity=0", "-close_fd_mask=0"]
    atheris.Setup([sys.argv[0], *limits, *quiet, f"-artifact_prefix={keep}/", str(corpus)], one)
    atheris.Fuzz()
    return 0


def main() -> int:
    """Fuzz for the given time; return 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--inputs", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=ROOT / "out" / "fuzz")
    parser.add_argument("--guided", action="store_true", help="led by coverage (atheris)")
    arguments = parser.parse_args()
    if arguments.guided:
        with tempfile.TemporaryDirectory() as folder:
            return guided(Path(folder), arguments.seconds, arguments.keep)
    from tests.dicom.fuzzing import fuzz
    from tumorboard.dicom.decoder_pool import close_decoders

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
