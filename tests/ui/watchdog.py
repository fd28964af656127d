"""Watches how long the event loop is kept from its work."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

#: Milliseconds between two looks.
_BEAT_MS = 1


class Watchdog:
    """Notes the gaps between the beats of a timer in the thread of the window.

    A beat comes each millisecond while the loop is free, so that a gap is the time for which
    neither a key nor the mouse would have been answered. Bounds on it are for benchmarks:
    a test may ask only whether something was noted at all.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self.gaps_ms: list[float] = []
        self._last = 0.0
        self._timer = QTimer(parent)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin anew."""
        self.gaps_ms.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """End, the gap under way included."""
        self._beat()
        self._timer.stop()

    @property
    def longest_ms(self) -> float:
        """The longest gap."""
        return max(self.gaps_ms, default=0.0)

    def percentile_ms(self, percent: float) -> float:
        """Return the gap that this share of all gaps does not exceed."""
        ranked = sorted(self.gaps_ms)
        return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))] if ranked else 0.0

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now
