"""Assessing cases, one and many, what would change them, and storing what was drawn."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Row, median_ms
from tests.guidelines.cases import sheet, vignettes
from tests.store.samples import annotation
from tumorboard.app.session import Session
from tumorboard.app.workspace import Workspace
from tumorboard.case.model import Patient
from tumorboard.guidelines import load_guideline
from tumorboard.guidelines.batch import assess_lines
from tumorboard.guidelines.evaluate import assess
from tumorboard.guidelines.whatif import what_would_change

_LINES = 10_000
_VIGNETTE = "V-01"


def run(folder: Path) -> list[Row]:
    guideline, cases = load_guideline(), vignettes()
    facts = sheet(cases[_VIGNETTE]["inputs"])
    inputs = itertools.cycle(json.dumps(case["inputs"]) for case in cases.values())
    lines = list(itertools.islice(inputs, _LINES))
    one = median_ms(lambda: assess(facts, guideline, guideline.settings), 25)
    change = median_ms(lambda: what_would_change(facts, guideline, guideline.settings), 7)
    many = median_ms(lambda: sum(1 for _ in assess_lines(lines, guideline)), 1)
    return [
        Row("assessment of a case", one, "the aim", 5.0, 1.0),
        Row("what would change it", change, "the aim", 200.0, 1.0),
        Row(f"JSON Lines, {_LINES} cases", many, "the aim", 60_000.0, 1.0),
        Row("one annotation committed", _committed_ms(folder), "a key press, 16 ms", 16.0, 1.0),
    ]


def _committed_ms(folder: Path) -> float:
    """An annotation put into a store on the disk, with all that follows from it."""
    workspace = Workspace(folder, "bench")
    session: Session = workspace.session
    session.new_case("Bench", Patient("p", "BENCH^ONE", "B-1", "19600101", "F"))
    numbers = itertools.count()
    work = lambda: session.put_annotation(  # noqa: E731
        replace(annotation("bench"), label=f"{next(numbers)}")
    )
    try:
        return median_ms(work, 25)
    finally:
        workspace.close()
