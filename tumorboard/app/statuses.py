"""The status of a case on its way through the board."""

from __future__ import annotations

from typing import Final

from tumorboard.language import _

#: A case of which nothing was said is being prepared.
STATUSES: Final = (_("in preparation"), "ready", "presented", "deferred", _("followed up"))
