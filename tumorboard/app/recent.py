"""What was worked on last: the cases that were opened, the folders that images came from.

Both are kept in the settings as a table of places in order: "1" names the newest.
"""

from __future__ import annotations

from collections.abc import Mapping

#: The settings that keep them.
CASES, FOLDERS = "recent.cases", "recent.folders"
#: So many are kept, and so many at most are shown.
_KEPT, SHOWN = 20, 6


def newest_first(table: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a table keeps, the newest first; what somebody wrote into it besides is left."""
    places = sorted((int(place), value) for place, value in table.items() if place.isdecimal())
    return tuple(dict.fromkeys(value for _place, value in places if value))


def with_newest(table: Mapping[str, str], value: str) -> dict[str, str]:
    """Return the table after something was worked on: once only, and at its head."""
    rest = [held for held in newest_first(table) if held != value]
    return {str(place): held for place, held in enumerate([value, *rest][:_KEPT], 1)}
