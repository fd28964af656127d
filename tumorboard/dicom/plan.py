"""In which order the frames of a series are loaded, while the reader moves about in it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from tumorboard.dicom.instance import Instance

#: The number of a slice, and its frame.
Frame = tuple[int, Instance]

#: How much farther a slice behind the reader counts than one ahead.
BEHIND = 4


def outwards(k: int, focus: int, direction: int) -> tuple[int, int]:
    """Return the rank of slice ``k`` for a reader at ``focus``; the lowest is loaded first.

    ``direction`` is positive for a reader who goes to higher numbers, negative for one who
    goes to lower ones; with 0 both sides count alike, the lower number first.
    """
    offset = k - focus
    behind = offset * direction < 0
    return abs(offset) * (BEHIND if behind else 1), k


class Plan:
    """Frames that are still to be taken, in the wanted order; safe across threads."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = deque(frames)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._frames)

    def take(self) -> Frame | None:
        """Return the next frame, which nobody else will get; None when none is left."""
        with self._lock:
            return self._frames.popleft() if self._frames else None

    def give_back(self, frames: Iterable[Frame]) -> None:
        """Put frames that were taken in vain before all others, in their order."""
        with self._lock:
            self._frames.extendleft(reversed(list(frames)))

    def focus(self, k: int, direction: int = 0) -> None:
        """Take the frames around slice ``k`` next, those in the reader's direction first."""
        with self._lock:
            ranked = sorted(self._frames, key=lambda frame: outwards(frame[0], k, direction))
            self._frames = deque(ranked)
