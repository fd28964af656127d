"""Timing and the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Our median and that of what it is held against, in milliseconds."""

    job: str
    ours_ms: float
    peer: str
    peer_ms: float

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.peer_ms


def median_ms(work: Callable[[], object], runs: int = 5) -> float:
    """Median wall time of a few runs after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def table(rows: list[Row]) -> str:
    lines = [f"{'job':<44}{'ours ms':>10}  {'against':<34}{'ms':>10}{'ratio':>8}"]
    for row in rows:
        lines.append(
            f"{row.job:<44}{row.ours_ms:>10.1f}  {row.peer:<34}{row.peer_ms:>10.1f}"
            f"{row.ratio:>8.2f}"
        )
    return "\n".join(lines)
