"""Which lesions the plot of sizes shows, and where their numbers stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tumorboard.annotations.labels import Box, overlaps
from tumorboard.app.timeline import Track


def by_weight(tracks: Sequence[Track]) -> list[Track]:
    """Return tracks by their weight: the mass, then targets, then by their last size."""
    return sorted(tracks, key=lambda t: (not t.is_index, not t.is_target, -t.sizes[-1][1]))


def chosen(tracks: Sequence[Track], most: int) -> tuple[Track, ...]:
    """Return the tracks to show, the weightiest first.

    The mass comes first, then what holds the only size of a date, then the others by their
    weight, ``most`` in all; there are more only where a date would be without any size.
    """
    ordered = by_weight(tracks)
    kept = [t for t in ordered if t.is_index][:1]
    shown = _days(kept)
    for track in ordered:
        if not _days([track]) <= _days([t for t in ordered if t is not track]):
            kept += [track] if track not in kept else []
            shown |= _days([track])
    for track in ordered:
        if len(kept) < most and track not in kept:
            kept.append(track)
            shown |= _days([track])
    for track in ordered:
        if track not in kept and not _days([track]) <= shown:
            kept.append(track)
            shown |= _days([track])
    return tuple(track for track in ordered if track in kept)


def _days(tracks: Sequence[Track]) -> set[date]:
    return {day for track in tracks for day, _ in track.sizes}


def number_place(
    dot: tuple[float, float], size: tuple[float, float], away: float, taken: Sequence[Box], box: Box
) -> Box | None:
    """Return where the number of a dot stands: above, below, at its sides; None without room.

    ``size`` is its (width, height), ``away`` its distance; it lies within ``box``.
    """
    (x, y), (wide, high) = dot, size
    places = (
        (x + away, y - high - away / 2),
        (x - wide / 2, y - high - away),
        (x - wide - away, y - high - away / 2),
        (x + away, y + away / 2),
        (x - wide / 2, y + away),
        (x - wide - away, y + away / 2),
        (x + away, y - high / 2),
        (x - wide - away, y - high / 2),
    )
    for left, top in places:
        inside = box[0] <= left and left + wide <= box[0] + box[2]
        inside = inside and box[1] <= top and top + high <= box[1] + box[3]
        place = left, top, wide, high
        if inside and not any(overlaps(place, other) for other in taken):
            return place
    return None
