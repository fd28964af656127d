// Closed lines: the share of each pixel inside them, and fewer corners that tell the same.
#include "kernel.hpp"

namespace {

// The first whole number that is not less.
int64_t whole_from(double value, int64_t low, int64_t high) {
    const double inside = within(value, static_cast<double>(low), static_cast<double>(high));
    const int64_t whole = static_cast<int64_t>(inside);
    return whole + (static_cast<double>(whole) < inside);
}

// Call work(sub-row, x) wherever the closed lines pass the middle of one of the sub-rows [first,
// last). Corners are (row, column) in pixels from the outer corner of the first one; `parts`
// sub-rows make a row.
template <typename Work>
void crossings(const double* corners, const int64_t* ends, int64_t lines, int64_t first,
               int64_t last, double parts, Work work) {
    int64_t begin = 0;
    for (int64_t line = 0; line < lines; ++line) {
        const double* p = corners + 2 * (ends[line] - 1);
        for (int64_t n = begin; n < ends[line]; ++n) {
            const double* q = corners + 2 * n;
            const double *upper = p[0] < q[0] ? p : q, *lower = p[0] < q[0] ? q : p;
            // Middles from the upper end on, but for the lower end: a corner counts once.
            const int64_t from = whole_from(upper[0] * parts - 0.5, first, last);
            const int64_t to = whole_from(lower[0] * parts - 0.5, first, last);
            const double slope = (lower[1] - upper[1]) / (lower[0] - upper[0]);
            for (int64_t s = from; s < to; ++s)
                work(s, upper[1] + ((static_cast<double>(s) + 0.5) / parts - upper[0]) * slope);
            p = q;
        }
        begin = ends[line];
    }
}

void sort(double* values, int64_t count) {
    for (int64_t gap = count / 2; gap > 0; gap /= 2)
        for (int64_t n = gap; n < count; ++n) {
            const double value = values[n];
            int64_t m = n;
            for (; m >= gap && values[m - gap] > value; m -= gap) values[m] = values[m - gap];
            values[m] = value;
        }
}

// Add what lies from x = a to b to the pixels of a row; `steps` holds what each whole pixel from
// there on has more than the one before.
void add_span(double a, double b, int64_t columns, double* share, double* steps) {
    a = within(a, 0.0, static_cast<double>(columns));
    b = within(b, 0.0, static_cast<double>(columns));
    if (!(a < b)) return;
    const int64_t first = static_cast<int64_t>(a), last = static_cast<int64_t>(b);
    if (first == last) {
        share[first] += b - a;
        return;
    }
    share[first] += static_cast<double>(first + 1) - a;
    steps[first + 1] += 1.0;
    steps[last] -= 1.0;
    if (last < columns) share[last] += b - static_cast<double>(last);
}

// Raise the shares of pixels to those that a line of some width from a to b covers of them.
void cover_way(const double* a, const double* b, double half, int64_t rows, int64_t columns,
               uint8_t* coverage) {
    const double *upper = a[0] < b[0] ? a : b, *lower = a[0] < b[0] ? b : a;
    const double reach = half + 1.0, rise = lower[0] - upper[0], run = lower[1] - upper[1];
    const float y = static_cast<float>(rise), x = static_cast<float>(run), length = y * y + x * x;
    const float per_length = length > 0.0f ? 1.0f / length : 0.0f;
    const float full = static_cast<float>(half) + 0.5f;
    const int64_t first = whole_from(upper[0] - reach, 0, rows);
    const int64_t last = whole_from(lower[0] + reach, 0, rows);
    for (int64_t i = first; i < last; ++i) {
        // Columns near the piece of the line that is near this row.
        const double at = static_cast<double>(i) - upper[0];
        const double from = rise > 0 ? within((at - reach) / rise, 0.0, 1.0) : 0.0;
        const double to = rise > 0 ? within((at + reach) / rise, 0.0, 1.0) : 1.0;
        const double one = upper[1] + from * run, other = upper[1] + to * run;
        const int64_t left = whole_from(least(one, other) - reach, 0, columns);
        const int64_t right = whole_from(most(one, other) + reach, 0, columns);
        const float v = static_cast<float>(at);
        const float base = static_cast<float>(static_cast<double>(left) - upper[1]);
        uint8_t* row = coverage + i * columns + left;
        const int32_t count = static_cast<int32_t>(right - left);
        for (int32_t n = 0; n < count; ++n) {
            const float u = base + static_cast<float>(n);
            const float t = least(most((v * y + u * x) * per_length, 0.0f), 1.0f);
            const float down = v - t * y, across = u - t * x;
            const float inside = full - __builtin_sqrtf(down * down + across * across);
            const float share = least(most(inside, 0.0f), 1.0f) * 255.0f + 0.5f;
            row[n] = most(row[n], static_cast<uint8_t>(static_cast<int32_t>(share)));
        }
    }
}

// The squared distance of p from the straight way from a to b.
double away(const double* a, const double* b, const double* p) {
    const double y = b[0] - a[0], x = b[1] - a[1], v = p[0] - a[0], u = p[1] - a[1];
    const double length = y * y + x * x;
    const double t = length > 0 ? within((v * y + u * x) / length, 0.0, 1.0) : 0.0;
    const double down = v - t * y, across = u - t * x;
    return down * down + across * across;
}

}  // namespace

// Count how often closed lines pass each sub-row; `ends` (lines,), `counts` (rows * parts,).
KERNEL(void, count_crossings)(const double* corners, const int64_t* ends, int64_t lines,
                              int64_t rows, int64_t parts, int64_t* counts) {
    crossings(corners, ends, lines, 0, rows * parts, static_cast<double>(parts),
              [&](int64_t s, double) { ++counts[s]; });
}

// Write the share of each pixel of rows [first, last), 0 to 255, inside an odd number of closed
// lines. `places` (rows * parts,): where the crossings of each sub-row begin among `found`, which
// takes those of these rows; `room` (2 * columns + 2,), `coverage` (rows, columns).
KERNEL(void, cover)(const double* corners, const int64_t* ends, int64_t lines, int64_t first,
                    int64_t last, int64_t columns, int64_t parts, int64_t* places, double* found,
                    double* room, uint8_t* coverage) {
    crossings(corners, ends, lines, first * parts, last * parts, static_cast<double>(parts),
              [&](int64_t s, double x) { found[places[s]++] = x; });
    double *share = room, *steps = room + columns + 1;
    for (int64_t j = 0; j < 2 * columns + 2; ++j) room[j] = 0.0;
    const double level = 255.0 / static_cast<double>(parts);
    for (int64_t i = first; i < last; ++i) {
        double low = static_cast<double>(columns), high = 0.0;
        for (int64_t s = i * parts; s < (i + 1) * parts; ++s) {
            // Each place has moved on to where the next sub-row begins.
            const int64_t begin = s == first * parts ? 0 : places[s - 1], count = places[s] - begin;
            sort(found + begin, count);
            for (int64_t n = begin; n + 1 < places[s]; n += 2)
                add_span(found[n], found[n + 1], columns, share, steps);
            if (count > 0) {
                low = least(low, found[begin]);
                high = most(high, found[begin + count - 1]);
            }
        }
        const int64_t left = whole_from(low, 0, columns + 1), right = whole_from(high, 0, columns);
        double whole = 0.0;
        for (int64_t j = most<int64_t>(left - 1, 0); j < right; ++j) {
            whole += steps[j];
            coverage[i * columns + j] =
                static_cast<uint8_t>(static_cast<int32_t>((whole + share[j]) * level + 0.5));
            share[j] = steps[j] = 0.0;
        }
        steps[right] = share[right] = 0.0;
    }
}

// Write the share of each pixel, 0 to 255, under lines of some width; `closed` (lines,).
KERNEL(void, cover_lines)(const double* corners, const int64_t* ends, const uint8_t* closed,
                          int64_t lines, double half, int64_t rows, int64_t columns,
                          uint8_t* coverage) {
    int64_t begin = 0;
    for (int64_t line = 0; line < lines; ++line) {
        const int64_t end = ends[line];
        for (int64_t n = begin + 1; n < end; ++n)
            cover_way(corners + 2 * n - 2, corners + 2 * n, half, rows, columns, coverage);
        if (closed[line] && end > begin)
            cover_way(corners + 2 * end - 2, corners + 2 * begin, half, rows, columns, coverage);
        begin = end;
    }
}

// Bring pixels, four bytes each, to a colour by the share (count,) of each that it covers.
KERNEL(void, lay_colour)(const uint8_t* coverage, int64_t count, const uint8_t* colour,
                         uint8_t* pixels) {
    int64_t n = 0;
    while (n < count) {
        uint64_t eight = 1;
        if (n + 8 <= count) memcpy(&eight, coverage + n, sizeof eight);
        const int64_t end = least(n + 8, count);
        if (eight == 0) n = end;
        for (; n < end; ++n) {
            const uint32_t share = coverage[n], rest = 255 - share;
            for (int part = 0; part < 4; ++part) {
                const uint32_t sum = pixels[4 * n + part] * rest + colour[part] * share + 128;
                pixels[4 * n + part] = static_cast<uint8_t>((sum + (sum >> 8)) >> 8);  // by 255
            }
        }
    }
}

// Mark in `kept` (count,) the corners of a line without which it would pass further than
// `tolerance` from one of its corners (Douglas and Peucker 1973); `stack` (2 * count,).
KERNEL(void, mark_corners)(const double* corners, int64_t count, double tolerance, int64_t* stack,
                           uint8_t* kept) {
    int64_t depth = 0;
    stack[depth++] = 0;
    stack[depth++] = count - 1;
    kept[0] = kept[count - 1] = 1;
    while (depth > 0) {
        const int64_t last = stack[--depth], first = stack[--depth];
        double farthest = tolerance * tolerance;
        int64_t found = -1;
        for (int64_t n = first + 1; n < last; ++n) {
            const double distance = away(corners + 2 * first, corners + 2 * last, corners + 2 * n);
            if (distance > farthest) {
                farthest = distance;
                found = n;
            }
        }
        if (found < 0) continue;
        kept[found] = 1;
        stack[depth++] = first;
        stack[depth++] = found;
        stack[depth++] = found;
        stack[depth++] = last;
    }
}
