"""The process is killed at random moments while somebody draws: nothing acknowledged is lost.

``TUMORBOARD_SOAK`` raises the number of kills, as ``make soak`` does.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

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

#: A kill comes after so many acknowledged steps at most, and a moment (seconds) of about a step:
#: counted in steps, it hits the drawing on a busy machine too.
MOST_STEPS, STEP = 32, 0.004
#: One in so many comes within this time (seconds) of the start, in the opening of the store or
#: its first tables.
EARLY, OPENING = 6, 0.08
#: So long (seconds) steps are waited for.
PATIENCE = 30.0


@dataclass(frozen=True)
class Moment:
    """When to kill: ``after`` seconds from the acknowledgement of so many steps."""

    steps: int
    after: float

    @classmethod
    def by(cls, chance: random.Random) -> "Moment":
        if chance.randrange(EARLY) == 0:
            return cls(0, chance.uniform(0, OPENING))
        return cls(chance.randint(1, MOST_STEPS), chance.uniform(0, STEP))


class Nursery:
    """A process with the program loaded, which forks the ones that are killed."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child
        self._lock = Lock()

    def _ask(self, *words: str) -> int:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with self._lock:
            self._child.stdin.write("\t".join(words) + "\n")
            self._child.stdin.flush()
            return int(self._child.stdout.readline())

    def draw_until_killed(self, folder: Path, moment: Moment) -> list[str]:
        """Let a process draw and kill it at a moment; return what it acknowledged."""
        told = folder.with_suffix(".told")
        told.unlink(missing_ok=True)
        pid = self._ask("start", str(folder), str(told))
        until = time.monotonic() + PATIENCE
        while len(lines_of(told)) < moment.steps and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(moment.after)
        os.kill(pid, signal.SIGKILL)
        assert self._ask("end", str(pid)) == -signal.SIGKILL  # it never stops by itself
        return lines_of(told)


def lines_of(told: Path) -> list[str]:
    return told.read_text().splitlines() if told.exists() else []


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    child = subprocess.Popen(
        [sys.executable, "-B", worker_file],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        yield Nursery(child)


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


def lane(nursery: Nursery, folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill again and again on one store; return how much was acknowledged, and the steps."""
    chance = random.Random(seed)
    promised = Promised()
    acknowledged = steps = 0
    for _ in range(kills):
        told = nursery.draw_until_killed(folder, Moment.by(chance))
        acknowledged += len(told)
        promised.note(told)
        now = check(folder, promised)
        assert now >= steps
        steps = now
    assert len(copies(folder)) <= 10
    return acknowledged, steps


@pytest.mark.timeout(60 + 3 * KILLS)
def test_no_acknowledged_annotation_is_lost_by_a_kill(tmp_path, nursery):
    share = [KILLS // LANES + (n < KILLS % LANES) for n in range(LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        runs = [
            pool.submit(lane, nursery, tmp_path / str(n), kills, 7919 * n)
            for n, kills in enumerate(share)
        ]
        found = [run.result() for run in runs]
    acknowledged = sum(run[0] for run in found)
    # The harness itself must have bitten: drawing was under way in most rounds.
    assert acknowledged > 10 * KILLS
    assert sum(run[1] for run in found) >= acknowledged
