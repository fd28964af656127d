"""Compiled inner loops on vessels; imported when first used, never at start-up."""

from __future__ import annotations

import numpy as np

from tumorboard.imaging.kernels import Array, kernel


@kernel
def cheapest_ways(
    cost: Array, starts: Array, spacing: Array, target: int
) -> tuple[Array, Array, Array]:
    """Find the cheapest ways from some voxels to all, or until a target is reached (Dijkstra).

    Parameters
    ----------
    cost
        Float32, shape (slices, rows, columns): cost of a millimetre; infinite: no way.
    starts
        Int64: linear indices of the first voxels.
    spacing
        Distances in mm of neighbouring slices, rows, columns; all 26 neighbours are joined.
    target
        Linear index at which to stop, or -1.

    Returns
    -------
    total, origins, before
        Of each voxel the cost of its way (float32, infinite for none yet), the number of the
        start it comes from (int32, -1 for none), and the voxel before it (int32, -1 at a start).

    """
    planes, rows, columns = cost.shape
    flat = cost.reshape(-1)
    total = np.full(cost.size, np.inf, np.float32)
    origins = np.full(cost.size, -1, np.int32)
    before = np.full(cost.size, -1, np.int32)
    keys = np.empty(1024, np.float32)
    heap = np.empty(1024, np.int64)
    size = 0
    for n in range(len(starts)):
        total[starts[n]] = 0.0
        origins[starts[n]] = n
        keys, heap, size = _push(keys, heap, size, np.float32(0.0), starts[n])
    while size > 0:
        key, here = keys[0], heap[0]
        size = _pop(keys, heap, size)
        if key > total[here]:
            continue
        if here == target:
            break
        k = here // (rows * columns)
        i = (here // columns) % rows
        j = here % columns
        for a in range(max(k - 1, 0), min(k + 2, planes)):
            for b in range(max(i - 1, 0), min(i + 2, rows)):
                for c in range(max(j - 1, 0), min(j + 2, columns)):
                    other = (a * rows + b) * columns + c
                    if other == here or flat[other] == np.inf:
                        continue
                    x, y, z = (a - k) * spacing[0], (b - i) * spacing[1], (c - j) * spacing[2]
                    way = np.sqrt(x * x + y * y + z * z)
                    fresh = np.float32(key + way * (flat[here] + flat[other]) / 2)
                    if fresh < total[other]:
                        total[other] = fresh
                        origins[other] = origins[here]
                        before[other] = here
                        keys, heap, size = _push(keys, heap, size, fresh, other)
    return total.reshape(cost.shape), origins.reshape(cost.shape), before.reshape(cost.shape)


@kernel
def _push(keys: Array, heap: Array, size: int, key: Array, value: int) -> tuple[Array, Array, int]:
    """Put a value on a binary heap, which grows as needed."""
    if size == len(keys):
        wider, longer = np.empty(2 * size, keys.dtype), np.empty(2 * size, heap.dtype)
        wider[:size], longer[:size] = keys, heap
        keys, heap = wider, longer
    n = size
    while n > 0:
        parent = (n - 1) // 2
        if keys[parent] <= key:
            break
        keys[n], heap[n] = keys[parent], heap[parent]
        n = parent
    keys[n], heap[n] = key, value
    return keys, heap, size + 1


@kernel
def _pop(keys: Array, heap: Array, size: int) -> int:
    """Take the first value off a binary heap; return its size then."""
    size -= 1
    key, value = keys[size], heap[size]
    n = 0
    while True:
        child = 2 * n + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if key <= keys[child]:
            break
        keys[n], heap[n] = keys[child], heap[child]
        n = child
    keys[n], heap[n] = key, value
    return size


@kernel
def first_fall(rays: Array, level: float, radii: Array) -> None:
    """Write where rays (S, A, R) first fall below a level, in samples from their start.

    Linear between samples; 0 for one that starts below, the last sample for one that never
    falls.
    """
    sections, angles, count = rays.shape
    for s in range(sections):
        for a in range(angles):
            found = count - 1.0
            for r in range(count):
                if rays[s, a, r] < level:
                    found = 0.0
                    if r > 0:
                        one, other = float(rays[s, a, r - 1]), float(rays[s, a, r])
                        found = r - 1 + (one - level) / (one - other)
                    break
            radii[s, a] = found


@kernel
def wall_costs(
    rays: Array, rescale: Array, levels: Array, scale: Array, half: int, costs: Array
) -> None:
    """Write the cost of the wall lying at each sample of rays (S, A, R) of stored values.

    Low where the values turn from those of the lumen (``levels``, one a section) to others
    over ``half`` samples to either side; what is unlike the lumen further inside costs.
    ``rescale`` is slope and intercept, ``scale`` the spread of values taken as alike.
    """
    sections, angles, count = rays.shape
    off = np.empty(count)
    for s in range(sections):
        level, alike = levels[s], scale[s]
        for a in range(angles):
            unlike = 0.0
            for r in range(count):
                off[r] = rays[s, a, r] * rescale[0] + rescale[1] - level
            for r in range(count):
                inner, outer, inside, outside = 0.0, 0.0, 0, 0
                for n in range(1, half + 1):
                    if r - n >= 0:
                        inner += off[r - n]
                        inside += 1
                    if r + n < count:
                        outer += off[r + n]
                        outside += 1
                inner = abs(inner / inside) if inside > 0 else 0.0
                outer = abs(outer / outside) if outside > 0 else 0.0
                if r > half:
                    unlike += max(0.0, abs(off[r - half]) / alike - 2.5)
                # The root keeps the place of the edge, and a strong one from outweighing all.
                costs[s, a, r] = -np.sqrt(max(0.0, outer - inner) / alike) + unlike
            for r in range(min(2, count)):
                costs[s, a, r] = 1e6


@kernel
def smooth_costs(costs: Array, spread: int, part: tuple[int, int], soft: Array) -> None:
    """Write for some sections the mean of costs over ``spread`` rays to either side.

    And over the neighbouring sections, at half the weight.
    """
    sections, angles, count = costs.shape
    for s in range(part[0], part[1]):
        for a in range(angles):
            for r in range(count):
                soft[s, a, r] = 0.0
            total = 0.0
            for other in range(max(s - 1, 0), min(s + 2, sections)):
                weight = 1.0 if other == s else 0.5
                for n in range(a - spread, a + spread + 1):
                    total += weight
                    for r in range(count):
                        soft[s, a, r] += weight * costs[other, n % angles, r]
            for r in range(count):
                soft[s, a, r] /= total


@kernel
def closed_walls(costs: Array, radii: Array) -> None:
    """Write the cheapest closed line round each section: one sample a ray, steps of at most one.

    Dynamic programming round the section; where it begins and ends is fixed by a first line
    that is free there, at the ray opposite, where that one is free of its ends.
    """
    sections, angles, count = costs.shape
    total = np.empty((angles, count))
    came = np.empty((angles, count), np.int64)
    line = np.empty(angles, np.int64)
    half = angles // 2
    for s in range(sections):
        _open_wall(costs[s], 0, -1, total, came, line)
        _open_wall(costs[s], half, line[half], total, came, line)
        _open_wall(costs[s], 0, line[0], total, came, line)
        for a in range(angles):
            radii[s, a] = line[a] + _vertex(costs[s, a], line[a])


@kernel
def _vertex(costs: Array, n: int) -> float:
    """Return where between samples the parabola through a lowest cost is lowest, at most half."""
    if n < 1 or n + 1 >= len(costs):
        return 0.0
    bend = costs[n - 1] - 2 * costs[n] + costs[n + 1]
    if bend <= 0:
        return 0.0
    return float(min(0.5, max(-0.5, (costs[n - 1] - costs[n + 1]) / (2 * bend))))


@kernel
def _open_wall(
    costs: Array, begin: int, sample: int, total: Array, came: Array, line: Array
) -> None:
    """Write the cheapest line of a section from ray ``begin`` round to the one before it.

    It starts at ``sample`` and ends within one of it; where that is negative it is free.
    """
    angles, count = costs.shape
    for r in range(count):
        total[0, r] = costs[begin, r] if sample < 0 or r == sample else 1e9
    for n in range(1, angles):
        a = (begin + n) % angles
        for r in range(count):
            best = r
            for other in range(max(r - 1, 0), min(r + 2, count)):
                if total[n - 1, other] < total[n - 1, best]:
                    best = other
            came[n, r] = best
            total[n, r] = total[n - 1, best] + costs[a, r]
    low, high = (0, count) if sample < 0 else (max(sample - 1, 0), min(sample + 2, count))
    last = low
    for r in range(low, high):
        if total[angles - 1, r] < total[angles - 1, last]:
            last = r
    for m in range(angles):
        n = angles - 1 - m
        line[(begin + n) % angles] = last
        if n > 0:
            last = came[n, last]


@kernel
def section_measures(
    rays: Array, radii: Array, step: float, reach: int, level: float, result: Array
) -> None:
    """Measure the tumour on cross-sections.

    ``rays`` (S, A, R) is the share of tumour along rays from the middle of each outline,
    ``step`` mm apart; ``radii`` (S, A) that outline in mm; ``reach`` the samples within which
    tumour counts as touching it. Writes (S, 4): share of the circumference touched, area
    (mm2), share of it that is tumour, circumference (mm).
    """
    sections, angles, count = rays.shape
    turn = 2 * np.pi / angles
    for s in range(sections):
        area, filled, length, touched = 0.0, 0.0, 0.0, 0.0
        for a in range(angles):
            radius, after = radii[s, a], radii[s, (a + 1) % angles]
            before = radii[s, (a + angles - 1) % angles]
            side = (_chord(radius, after, turn) + _chord(radius, before, turn)) / 2
            length += side
            area += radius * radius * turn / 2
            for r in range(count):
                if rays[s, a, r] < level:
                    continue
                low = max(0.0, (r - 0.5) * step)
                high = min(radius, (r + 0.5) * step)
                if high > low:
                    filled += (high * high - low * low) * turn / 2
            middle = int(np.round(radius / step))
            for r in range(max(0, middle - reach), min(count, middle + reach + 1)):
                if rays[s, a, r] >= level:
                    touched += side
                    break
        result[s, 0] = touched / length if length > 0 else 0.0
        result[s, 1] = area
        result[s, 2] = min(1.0, filled / area) if area > 0 else 0.0
        result[s, 3] = length


@kernel
def _chord(one: float, other: float, turn: float) -> float:
    return float(np.sqrt(max(0.0, one * one + other * other - 2 * one * other * np.cos(turn))))
