"""Timing and the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NOT_HERE = "not here"

#: Work below this is repeated within a turn.
SHORT_MS = 200.0


@dataclass(frozen=True)
class Row:
    """Our figure and that of what it is held against, as a rule in milliseconds.

    ``peer_value`` is None when the peer is not installed; ``most`` is the ratio aimed at.
    """

    job: str
    ours: float
    peer: str
    peer_value: float | None
    most: float | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float | None:
        return None if self.peer_value is None else self.ours / self.peer_value

    @property
    def verdict(self) -> str:
        if self.most is None or self.ratio is None:
            return ""
        return "ok" if self.ratio <= self.most else "MISSED"

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "ratio": self.ratio, "verdict": self.verdict}


def median_ms(work: Callable[[], object], runs: int = 5) -> float:
    """Median wall time of a few runs after one that warms up."""
    work()
    return statistics.median(times_ms(work, runs))


def times_ms(work: Callable[[], object], runs: int) -> list[float]:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return times


def side_by_side(
    ours: Callable[[], object], peers: dict[str, Callable[[], object] | None], runs: int = 7
) -> tuple[float, dict[str, float | None]]:
    """Medians in turns, so that a busy moment of the machine falls on all of them alike.

    In each turn short work is done a few times on end, of which the first is not counted:
    it finds the caches full of what the others have read.
    """
    works = {"": ours, **{name: work for name, work in peers.items() if work is not None}}
    once = {name: median_ms(work, 1) > SHORT_MS for name, work in works.items()}
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            first, *others = times_ms(work, 1 if once[name] else 4)
            times[name] += others or [first]
    medians = {name: statistics.median(t) for name, t in times.items()}
    return medians[""], {name: medians.get(name) for name in peers}


def table(rows: list[Row]) -> str:
    lines = [f"{'job':<46}{'ours':>10}  {'against':<34}{'it':>10}{'ratio':>8}{'aim':>7}"]
    for row in rows:
        theirs = NOT_HERE if row.peer_value is None else f"{row.peer_value:.1f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        aim = "" if row.most is None else f"{row.most:.2f}"
        lines.append(
            f"{row.job:<46}{row.ours:>10.1f}  {row.peer:<34}{theirs:>10}{ratio:>8}{aim:>7}"
            f"  {row.unit if row.unit != 'ms' else ''}{row.verdict}"
        )
    return "\n".join(lines)
