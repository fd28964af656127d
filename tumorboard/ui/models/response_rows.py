"""Response over the time points in words: one line a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tumorboard.guidelines.course import RESPONSE_WORDS, PointResponse


@dataclass(frozen=True)
class ResponseRow:
    """A date: its sum, how it changed, and what that means."""

    date: str
    total: str
    change: str
    overall: str
    why: str


@dataclass(frozen=True)
class ResponseRows:
    """The course of a case; ``title`` names the newest response."""

    title: str
    rows: tuple[ResponseRow, ...]


def response_rows(points: Sequence[PointResponse], names: Mapping[str, str]) -> ResponseRows | None:
    """Return the course in words; None without two dates. ``names`` are those of lesions."""
    if len(points) < len(("baseline", "later")):
        return None
    newest = RESPONSE_WORDS.get(points[-1].overall, points[-1].overall)
    return ResponseRows(
        f"Response (RECIST 1.1): {newest.lower()}", tuple(_row(p, names) for p in points)
    )


def _row(point: PointResponse, names: Mapping[str, str]) -> ResponseRow:
    total = "sum not known" if point.sum_mm is None else f"sum {point.sum_mm / 10:.1f} cm"
    changes = [
        f"{value:+.0f} % from {since}"
        for value, since in (
            (point.from_baseline_percent, "baseline"),
            (point.from_nadir_percent, "nadir"),
        )
        if value is not None
    ]
    if point.rise_mm is not None:
        changes.append(f"{point.rise_mm:+.0f} mm from nadir")
    why = []
    if point.new_lesions:
        why.append("new: " + ", ".join(names.get(n, n) for n in point.new_lesions))
    if point.missing:
        why.append("not measured: " + ", ".join(names.get(n, n) for n in point.missing))
    for label, response in (("targets", point.targets), ("others", point.non_targets)):
        if response:
            why.append(f"{label}: {RESPONSE_WORDS[response].lower()}")
    overall = RESPONSE_WORDS.get(point.overall, point.overall) or "No lesion to judge"
    return ResponseRow(point.date, total, " · ".join(changes), overall, " · ".join(why))
