"""Tables that turn stored values into others: palettes and lookup tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Weights of red, green and blue in luminance (ITU-R BT.601), as in the luma of YBR_FULL.
LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, eq=False)
class Palette:
    """A colour palette.

    ``luminance`` is the grey of each entry from 0 to 255, uint8, shape (entries,);
    ``first`` the stored value of the first; ``colours`` RGB, uint8, shape (entries, 3).
    """

    luminance: Array
    first: int
    colours: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class LookupTable:
    """Entries, shape (n,), uint16, of ``bits`` bits; the first is for the value ``first``."""

    entries: NDArray[np.uint16]
    first: int
    bits: int

    def __call__(self, values: NDArray[Any]) -> NDArray[np.uint16]:
        """Map whole values; those beyond the ends take the first or last entry."""
        index = np.clip(values.astype(np.int64) - self.first, 0, len(self.entries) - 1)
        return self.entries[index]
