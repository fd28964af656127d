"""Compiled inner loops over masks; imported when first used, never at start-up.

Indices are (slice, row, column); lengths mm. See `kernels` for the rules of compiled code.
"""

from __future__ import annotations

import numpy as np

from tumorboard.imaging.kernels import Array, kernel

#: What `flood` ran into.
GROWING, DONE, TOO_LARGE, TOO_FAR = 0, 1, 2, 3


@kernel
def flood(
    voxels: Array,
    allowed: Array,
    low: float,
    high: float,
    filled: Array,
    queue: Array,
    state: Array,
    squares: tuple[Array, Array, Array],
    limits: tuple[int, float, int],
) -> int:
    """Fill further from a queue of linear indices, nearest in steps first, six neighbours.

    ``voxels`` are stored values of the box, ``filled`` uint8 of the same shape, 1 where it is
    filled; ``allowed`` is a mask of the box or has no element. ``state`` is (head, tail) of the
    queue. ``squares`` are the squared distances (mm2) of slices, rows, columns from the seed.
    ``limits``: most voxels, squared reach in mm2, voxels to do before returning. The values
    from ``low`` to ``high`` count. Returns what stopped it.
    """
    planes, rows, columns = voxels.shape
    most, reach, budget = limits
    head, tail = state[0], state[1]
    free = allowed.size == 0
    while head < tail and budget > 0:
        budget -= 1
        here = queue[head]
        head += 1
        k = here // (rows * columns)
        i = (here // columns) % rows
        j = here % columns
        for way in range(6):
            step = 1 if way % 2 else -1
            a = k + (step if way >= 4 else 0)
            b = i + (step if 2 <= way < 4 else 0)
            c = j + (step if way < 2 else 0)
            if min(a, b, c) < 0 or a >= planes or b >= rows or c >= columns:
                continue
            if filled[a, b, c] != 0 or not (free or allowed[a, b, c]):
                continue
            value = voxels[a, b, c]
            if value < low or value > high:
                continue
            if squares[0][a] + squares[1][b] + squares[2][c] > reach:
                state[0], state[1] = head, tail
                return TOO_FAR
            if tail >= most:
                state[0], state[1] = head, tail
                return TOO_LARGE
            filled[a, b, c] = 1
            queue[tail] = (a * rows + b) * columns + c
            tail += 1
    state[0], state[1] = head, tail
    return DONE if head >= tail else GROWING


@kernel
def stroke(
    flipped: Array,
    present: Array,
    places: Array,
    steps: tuple[Array, Array],
    start: Array,
    end: Array,
    normal: Array,
    limits: tuple[float, float, bool],
) -> None:
    """Mark what a pass of a brush from ``start`` to ``end`` changes in a box.

    ``flipped`` and ``present`` are bool of the box; ``places``, shape (slices, 3), is the LPS
    of the box's first voxel in each slice, ``steps`` the LPS of one row and one column. The
    brush is a ball, or with a finite depth a disc across ``normal``. ``limits``: radius, half
    the depth (infinite: a ball), whether it fills (or takes away).
    """
    radius, depth, fills = limits
    sx, sy, sz = start
    dx, dy, dz = end[0] - sx, end[1] - sy, end[2] - sz
    nx, ny, nz = normal
    disc = depth < 1e30
    if disc:
        along = dx * nx + dy * ny + dz * nz
        dx, dy, dz = dx - along * nx, dy - along * ny, dz - along * nz
    length = dx * dx + dy * dy + dz * dz
    for k in range(flipped.shape[0]):
        for i in range(flipped.shape[1]):
            for j in range(flipped.shape[2]):
                if present[k, i, j] == fills:
                    continue
                x = places[k, 0] + i * steps[0][0] + j * steps[1][0] - sx
                y = places[k, 1] + i * steps[0][1] + j * steps[1][1] - sy
                z = places[k, 2] + i * steps[0][2] + j * steps[1][2] - sz
                if disc:
                    off = x * nx + y * ny + z * nz
                    if abs(off) > depth:
                        continue
                    x, y, z = x - off * nx, y - off * ny, z - off * nz
                share = 0.0
                if length > 0:
                    share = min(1.0, max(0.0, (x * dx + y * dy + z * dz) / length))
                x, y, z = x - share * dx, y - share * dy, z - share * dz
                if x * x + y * y + z * z <= radius * radius:
                    flipped[k, i, j] = True


@kernel
def distance_to_outline(corners: Array, field: Array, spacing: tuple[float, float]) -> None:
    """Write the signed distance (mm, negative inside) of pixels from a closed outline.

    ``corners`` are (N, 2) in mm (row, column) from pixel (0, 0) of ``field``; several outlines
    are joined by the smaller value, as a union, with what the field holds already.
    """
    count = len(corners)
    for i in range(field.shape[0]):
        y = i * spacing[0]
        for j in range(field.shape[1]):
            x = j * spacing[1]
            best = 1e30
            inside = False
            py, px = corners[count - 1, 0], corners[count - 1, 1]
            for n in range(count):
                qy, qx = corners[n, 0], corners[n, 1]
                ey, ex = qy - py, qx - px
                length = ey * ey + ex * ex
                share = 0.0
                if length > 0:
                    share = min(1.0, max(0.0, ((y - py) * ey + (x - px) * ex) / length))
                gy, gx = y - py - share * ey, x - px - share * ex
                best = min(best, gy * gy + gx * gx)
                if (py <= y) != (qy <= y) and x < px + (y - py) / (qy - py) * ex:
                    inside = not inside
                py, px = qy, qx
            distance = -np.sqrt(best) if inside else np.sqrt(best)
            field[i, j] = min(field[i, j], distance)


@kernel
def hull_of_slice(mask: Array, spacing: tuple[float, float], half: float) -> Array:
    """Return the corners of the convex hull of a slice, (H, 2) mm (row, column).

    From pixel (0, 0); each pixel counts with its corners at ``half`` a pixel from its centre
    (0: its centre). The monotone chain of Andrew, Information Processing Letters 9 (1979).
    """
    rows = len(mask)
    low, high = _line_ends(mask, half)
    points = np.empty((2 * (rows + 1), 2))
    total = 0
    for side in range(2):
        begin = total
        for n in range(rows + 1):
            i = n if side == 0 else rows - n
            if high[i] < low[i]:
                continue
            y = (i - half) * spacing[0]
            x = (low[i] if side == 0 else high[i]) * spacing[1]
            while total - begin >= 2 and not _turns(points[total - 2], points[total - 1], y, x):
                total -= 1
            points[total, 0], points[total, 1] = y, x
            total += 1
    return points[:total].copy()


@kernel
def _turns(a: Array, b: Array, y: float, x: float) -> bool:
    """Whether the way from a by b to a place turns to the right hand, rows pointing down."""
    return bool((b[0] - a[0]) * (x - a[1]) - (b[1] - a[1]) * (y - a[0]) > 0)


@kernel
def _line_ends(mask: Array, half: float) -> tuple[Array, Array]:
    """Return the outermost columns of the lines of corners above and below each row."""
    rows, columns = mask.shape
    low = np.full(rows + 1, 1e30)
    high = np.full(rows + 1, -1e30)
    for i in range(rows):
        first, last = columns, -1
        for j in range(columns):
            if mask[i, j]:
                first = min(first, j)
                last = j
        if last < 0:
            continue
        # A line of corners belongs to the rows on both its sides.
        for edge in range(2 if half > 0 else 1):
            low[i + edge] = min(low[i + edge], first - half)
            high[i + edge] = max(high[i + edge], last + half)
    return low, high


@kernel
def farthest_in(points: Array) -> tuple[float, int, int]:
    """Return the squared distance and the numbers of the two farthest of (N, 2) points."""
    best, one, other = -1.0, 0, 0
    for a in range(len(points)):
        for b in range(a, len(points)):
            y, x = points[a, 0] - points[b, 0], points[a, 1] - points[b, 1]
            if y * y + x * x > best:
                best, one, other = y * y + x * x, a, b
    return best, one, other


@kernel
def farthest_between(
    points: Array, first: Array, faces: tuple[Array, Array], circles: Array
) -> tuple[float, int, int]:
    """Return the squared distance and the numbers of the two farthest points of all slices.

    ``points`` are (N, 2) mm in one plane for all slices, those of slice s from ``first[s]`` to
    ``first[s + 1]``; ``faces`` the upper and lower position (mm) of each slice along the
    normal; ``circles`` (S, 3) a circle round the points of each slice (y, x, radius), by which
    pairs of slices that cannot be farthest are left out.
    """
    best, one, other = -1.0, 0, 0
    slices = len(first) - 1
    for gap in range(slices):
        for s in range(slices - gap):
            t = s + gap
            if first[s] == first[s + 1] or first[t] == first[t + 1]:
                continue
            rise = faces[0][t] - faces[1][s]
            apart = np.sqrt(
                (circles[s, 0] - circles[t, 0]) ** 2 + (circles[s, 1] - circles[t, 1]) ** 2
            )
            apart += circles[s, 2] + circles[t, 2]
            if rise * rise + apart * apart <= best:
                continue
            for a in range(first[s], first[s + 1]):
                for b in range(first[t], first[t + 1]):
                    y, x = points[a, 0] - points[b, 0], points[a, 1] - points[b, 1]
                    square = y * y + x * x + rise * rise
                    if square > best:
                        best, one, other = square, a, b
    return best, one, other
