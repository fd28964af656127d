"""The process is killed at random moments while somebody draws: nothing acknowledged is lost.

``TUMORBOARD_SOAK`` raises the number of kills, as ``make soak`` does.
"""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.store.kill_worker import __file__ as worker_file
from tumorboard.app.session import Session
from tumorboard.case.model import Case
from tumorboard.store.backup import copies
from tumorboard.store.database import Store
from tumorboard.store.verify import verify

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("TUMORBOARD_SOAK", "50"))
LANES = 5

#: Latest moment of a kill after the program is loaded, in seconds: some hit the opening
#: of the store or its first tables, most hit the drawing.
LATEST = 0.25


def draw_until_killed(folder: Path, moment: float) -> list[str]:
    """Let a process draw and kill it after ``moment`` seconds; return what it acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-B", worker_file, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    with child:
        first = child.stdout.readline()
        time.sleep(moment)
        assert child.poll() is None, child.stderr.read()  # it never stops by itself
        child.kill()
        told = child.stdout.read()
    assert first == "ready\n"
    return told.splitlines()


@dataclass
class Promised:
    """What the killed processes have acknowledged so far."""

    kills: int = 0
    drawn: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    fact: int | None = None

    def note(self, told: list[str]) -> None:
        self.kills += 1
        for line in told:
            verb, _, what = line.strip().partition(" ")
            if verb == "put":
                self.drawn.add(what)
            elif verb == "cut":
                self.gone.add(what)
            elif verb == "fact":
                self.fact = int(what)

    def compare(self, case: Case) -> None:
        held = {a.uid for a in case.annotations}
        assert self.drawn <= held
        assert not self.gone & held
        # A kill may fall between a commit and its acknowledgement, once.
        assert len(held - self.drawn) <= self.kills
        value = case.facts.value("metastasis_count")
        after = 3 if self.fact is None else self.fact + 3
        assert value in (self.fact, after, 3)


def check(folder: Path, promised: Promised) -> int:
    """Reopen the store as a reader would; return the number of steps."""
    with Store(folder) as store:
        assert store.backup_problem is None
        report = verify(store)
        assert report.ok, report.problems
        session = Session(store, "Dr Sample")
        listed = session.cases()
        assert listed or not promised.drawn
        for line in listed:
            promised.compare(session.open_case(line.uid))
        return report.steps


def lane(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill again and again on one store; return how much was acknowledged, and the steps."""
    chance = random.Random(seed)
    promised = Promised()
    acknowledged = steps = 0
    for _ in range(kills):
        told = draw_until_killed(folder, chance.uniform(0, LATEST))
        acknowledged += len(told)
        promised.note(told)
        now = check(folder, promised)
        assert now >= steps
        steps = now
    assert len(copies(folder)) <= 10
    return acknowledged, steps


@pytest.mark.timeout(60 + 3 * KILLS)
def test_no_acknowledged_annotation_is_lost_by_a_kill(tmp_path):
    share = [KILLS // LANES + (n < KILLS % LANES) for n in range(LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        runs = [
            pool.submit(lane, tmp_path / str(n), kills, 7919 * n) for n, kills in enumerate(share)
        ]
        found = [run.result() for run in runs]
    acknowledged = sum(run[0] for run in found)
    # The harness itself must have bitten: drawing was under way in most rounds.
    assert acknowledged > 10 * KILLS
    assert sum(run[1] for run in found) >= acknowledged
