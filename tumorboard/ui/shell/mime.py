"""The kinds of data that are dragged from one part of the window to another."""

from __future__ import annotations

from typing import Final

#: A series, by its key.
SERIES_MIME: Final = "application/x-tumorboard-series"
#: Cases, by their UIDs, one a line.
CASES_MIME: Final = "application/x-tumorboard-cases"
