"""The status of a case on its way through the board, as it is stored; `_` shows it."""

from __future__ import annotations

from typing import Final

from tumorboard.language import N_

#: A case of which nothing was said is being prepared.
STATUSES: Final = (
    N_("in preparation"),
    N_("ready"),
    N_("presented"),
    N_("deferred"),
    N_("followed up"),
)
