"""The status of a case on its way through the board."""

from __future__ import annotations

from typing import Final

#: A case of which nothing was said is being prepared.
STATUSES: Final = ("in preparation", "ready", "presented", "deferred", "followed up")
