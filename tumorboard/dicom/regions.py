"""Where in the pictures of a volume their calibration holds; needs no header."""

from __future__ import annotations

from collections.abc import Iterable

#: (first row, first column, last row, last column), inclusive, counted from 0.
Region = tuple[int, int, int, int]

#: Where the pictures of one volume have no region in common: a box that holds no pixel.
NOWHERE: Region = (0, 0, -1, -1)


def common(regions: Iterable[tuple[Region, ...]]) -> tuple[Region, ...]:
    """Return the regions that all pictures of a volume share; (): it is calibrated everywhere."""
    each = list(regions)
    if not any(each):
        return ()
    limited = [r for r in each if r]
    shared = tuple(box for box in limited[0] if all(box in other for other in limited))
    return shared or (NOWHERE,)
