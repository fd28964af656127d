"""Change the program in small ways, one at a time, and name what no test of the folder notices.

    python scripts/mutants [--seed N] [--count N] [--only PART] [--again]

Takes a sample by chance of all mutants (`kinds.py`) of the code that measures and decides, and
runs each against the tests of its own folder: `tumorboard/case` against `tests/case`. Nothing
in the checkout is touched; a scratch copy is changed. Prints the seed, the counts and a table of
the survivors, and writes all outcomes to `out/mutants-SEED.json`; ``--again`` runs those
that survived there once more.

Of the tests only those are run that touch the changed line, as a first run under coverage tells,
then the others of the same files, since what is made once for several tests counts for the first
of them alone. A line that only runs on import or in another process is held against all tests
that touch its module or one that imports it. `equivalent.tsv` names mutants that nobody can tell
from the program, each with its reason; they are counted apart.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import os
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

from coverage import CoverageData

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

from kinds import Mutant, left_out, mutants  # noqa: E402 - what stands beside this file
from trial import prepare, run, said  # noqa: E402

#: What is mutated: each folder of tests, and the modules that it answers for.
TARGETS: Final = {
    "tests/imaging": ["tumorboard/imaging/**/*.py"],
    "tests/annotations": ["tumorboard/annotations/**/*.py"],
    "tests/case": ["tumorboard/case/**/*.py"],
    "tests/dicom": [
        *("tumorboard/dicom/frame*.py", "tumorboard/dicom/codestream.py"),
        *("tumorboard/dicom/identity.py", "tumorboard/dicom/deco*.py"),
        *("tumorboard/dicom/suv.py", "tumorboard/dicom/radionuclide.py"),
    ],
}
_COPIED: Final = ("tumorboard", "tests", "resources", "docs", "scripts", "pyproject.toml")
_RC: Final = "[run]\nsource = tumorboard\ncore = ctrace\nrelative_files = true\n"
_SIGNS: Final = {"killed": ".", "timeout": "t", "equivalent": "="}
_ALIVE: Final = ("survived", "not reached")
_NO_TESTS: Final = 5


def main() -> int:
    """Run the sample; return 0 when under a tenth of it survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--only", default="", help="a part of the paths, such as dicom/suv")
    parser.add_argument("--again", action="store_true", help="what survived with this seed")
    options = parser.parse_args()
    whole = [m for folder in TARGETS for m in _all(folder) if options.only in m.path]
    chance = random.Random(options.seed)  # noqa: S311 - a sample, no secret
    sample = chance.sample(whole, min(options.count, len(whole)))
    kept = ROOT / "out" / f"mutants-{options.seed}.json"
    if options.again:
        before = json.loads(kept.read_text())
        alive = {tuple(o["mutant"]) for o in before if o["outcome"] in _ALIVE}
        sample = [m for m in whole if _listed(m) in alive]
    sample.sort(key=lambda m: (m.path, m.start, m.kind, m.after))
    rules = sum(left_out(*read) for folder in TARGETS for read in _texts(folder))
    print(f"seed {options.seed}: {len(sample)} of {len(whole)} mutants", flush=True)
    print(f"left out of all modules by rules, as the same program: {rules}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        outcomes = _Trials(Path(folder).resolve(), sample).outcomes()
    if not options.again:
        kept.parent.mkdir(exist_ok=True)
        rows = [{"mutant": _listed(m), "line": m.line, "outcome": o} for m, o in outcomes]
        kept.write_text(json.dumps(rows, indent=1))
    return _told(outcomes)


def _listed(mutant: Mutant) -> tuple[str, ...]:
    return (*mutant.key, mutant.kind)


def _all(folder: str) -> list[Mutant]:
    return [m for read in _texts(folder) for m in mutants(*read)]


def _texts(folder: str) -> list[tuple[str, str]]:
    """Return the path in the checkout and the text of each module that a folder answers for."""
    paths = sorted({path for pattern in TARGETS[folder] for path in ROOT.glob(pattern)})
    return [(p.relative_to(ROOT).as_posix(), p.read_text(encoding="utf-8")) for p in paths]


def _print_outcome(mutant: Mutant, outcome: str) -> None:
    """Print a sign, and a survivor at once with what was changed."""
    if outcome in _ALIVE:
        print(f"\n{mutant.path}:{mutant.line} {outcome}: {mutant.kind}")
        print(f"    {mutant.before}  ->  {mutant.after}", flush=True)
    else:
        print(_SIGNS[outcome], end="", flush=True)


def _told(outcomes: list[tuple[Mutant, str]]) -> int:
    counts = Counter(outcome for _, outcome in outcomes)
    survivors = [(m, o) for m, o in outcomes if o in _ALIVE]
    share = 100 * len(survivors) / max(len(outcomes), 1)
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print(f"survivors: {len(survivors)} of {len(outcomes)} ({share:.1f} %)")
    return int(share >= 10)


class _Trials:
    """The scratch copy, what its tests touch, and each mutant against them."""

    def __init__(self, folder: Path, sample: list[Mutant]) -> None:
        self._sample, self._scratch, self._notes = sample, folder / "copy", folder
        self._scratch.mkdir()
        for name in _COPIED:
            place = ROOT / name
            if place.is_dir():
                leave = shutil.ignore_patterns("__pycache__", "pictures")
                shutil.copytree(place, self._scratch / name, ignore=leave)
            else:
                shutil.copy2(place, self._scratch)
        with (HERE / "equivalent.tsv").open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            self._equivalent = {tuple(row[:4]) for row in rows if row}

    def outcomes(self) -> list[tuple[Mutant, str]]:
        """Run the first tests, then each mutant of the sample."""
        prepare(ROOT, self._scratch)
        found = []
        for folder in TARGETS:
            patterns = TARGETS[folder]
            paths = {p.relative_to(ROOT).as_posix() for g in patterns for p in ROOT.glob(g)}
            of_folder = [mutant for mutant in self._sample if mutant.path in paths]
            if of_folder:
                touched = _Touched(self._scratch, self._notes, folder)
                for mutant in of_folder:
                    found.append((mutant, self._outcome(mutant, touched)))
                    _print_outcome(*found[-1])
                print(flush=True)
        return found

    def _outcome(self, mutant: Mutant, touched: _Touched) -> str:
        tests = touched.tests(mutant)
        outcome = self._tried(mutant, tests, touched) if tests else "survived"
        if outcome != "survived":
            return outcome
        if mutant.key in self._equivalent:
            return "equivalent"
        return "survived" if touched.reaches(mutant) else "not reached"

    def _tried(self, mutant: Mutant, tests: list[str], touched: _Touched) -> str:
        path = self._scratch / mutant.path
        source, times = path.read_bytes(), path.stat()
        changed = mutant.applied(source)
        try:
            ast.parse(changed)
            path.write_bytes(changed)
            _forget_compiled(path)
            seconds = [touched.seconds[test] for test in tests]
            # One test that hangs fails; the rest is for what holds up even its clock.
            one, limit = 10.0 + 5.0 * max(seconds), 30.0 + 5.0 * sum(seconds)
            code = run(tests, ["-x", f"--timeout={one:.0f}"], limit)
        finally:
            path.write_bytes(source)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
            _forget_compiled(path)
        if code == _NO_TESTS:
            raise RuntimeError(f"none of the tests of {mutant.path}:{mutant.line} was found")
        return "timeout" if code is None else "killed" if code else "survived"


def _forget_compiled(path: Path) -> None:
    """Its age is kept in whole seconds: a mutant could be taken for the one before."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


class _Touched:
    """Which tests of a folder touch which lines, and how long each takes (s)."""

    def __init__(self, scratch: Path, notes: Path, folder: str) -> None:
        self._scratch = scratch
        rc, data, seconds = notes / "rc", notes / "data", notes / "seconds"
        rc.write_text(f"{_RC}data_file = {data}\n")
        data.unlink(missing_ok=True)
        began = time.monotonic()
        arguments = ["--cov", f"--cov-config={rc}", "--cov-context=test", "--cov-report="]
        run([], [*arguments, folder], 3600.0, seconds=seconds)
        if not seconds.is_file():
            raise RuntimeError(said())
        self.seconds: dict[str, float] = json.loads(seconds.read_text())
        taken = time.monotonic() - began
        print(f"{folder}: {len(self.seconds)} tests, {taken:.0f} s under coverage", flush=True)
        self._data = CoverageData(str(data))
        self._data.read()
        self._lines: dict[str, dict[int, set[str]]] = {}
        self._imported_by = _imports(scratch)

    def reaches(self, mutant: Mutant) -> bool:
        """Whether its line was seen to run at all."""
        return bool(self._of(mutant.path).get(mutant.line))

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that could notice it: those that touch its line first, then by time."""
        lines = self._of(mutant.path)
        near = lines.get(mutant.line, set()) - {""}
        if not near:
            near = self._of_module(mutant.path)
            for importer in self._imported_by[mutant.path]:
                near |= self._of_module(importer)
        files = {test.partition("::")[0] for test in near}
        far = {t for t in self.seconds if t.partition("::")[0] in files} - near
        return [*sorted(near, key=self._cost), *sorted(far, key=self._cost)]

    def _cost(self, test: str) -> tuple[float, str]:
        return self.seconds[test], test

    def _of_module(self, path: str) -> set[str]:
        return set[str]().union(*self._of(path).values()) - {""}

    def _of(self, path: str) -> dict[int, set[str]]:
        if path not in self._lines:
            found: dict[int, set[str]] = defaultdict(set)
            for line, contexts in self._data.contexts_by_lineno(path).items():
                tests = {context.rpartition("|")[0] for context in contexts}
                found[line] = {test for test in tests if not test or test in self.seconds}
            self._lines[path] = found
        return self._lines[path]


def _imports(root: Path) -> dict[str, set[str]]:
    """Return for each module of the program those that import from it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (root / "tumorboard").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                place = node.module.replace(".", "/")
                for name in (place, *(f"{place}/{alias.name}" for alias in node.names)):
                    found[f"{name}.py"].add(path.relative_to(root).as_posix())
    return found


if __name__ == "__main__":
    sys.exit(main())
