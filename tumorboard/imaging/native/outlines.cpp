// Distances from drawn outlines, and the hulls and farthest points of masks.
#include "kernel.hpp"

namespace {

// Whether the way from a by b to (y, x) turns to the right hand, rows pointing down.
bool turns(const double* a, const double* b, double y, double x) {
    return (b[0] - a[0]) * (x - a[1]) - (b[1] - a[1]) * (y - a[0]) > 0;
}

// Write the outermost columns of the lines of corners above and below each row.
void line_ends(const uint8_t* mask, int64_t rows, int64_t columns, const int64_t strides[2],
               double half, double* low, double* high) {
    for (int64_t i = 0; i <= rows; ++i) {
        low[i] = 1e30;
        high[i] = -1e30;
    }
    for (int64_t i = 0; i < rows; ++i) {
        const uint8_t* row = mask + i * strides[0];
        int64_t first = 0, last = columns - 1;
        while (first < columns && !row[first * strides[1]]) ++first;
        if (first == columns) continue;
        while (!row[last * strides[1]]) --last;
        // A line of corners belongs to the rows on both its sides.
        for (int edge = 0; edge < (half > 0 ? 2 : 1); ++edge) {
            low[i + edge] = least(low[i + edge], static_cast<double>(first) - half);
            high[i + edge] = most(high[i + edge], static_cast<double>(last) + half);
        }
    }
}

}  // namespace

// Write the signed distance (negative inside) of pixels from a closed outline, where it is less
// than what the field holds. `corners` (count, 2), `field` (rows, columns), `room` (2 * columns,).
KERNEL(void, distance_to_outline)(const double* corners, int64_t count, double* field, int64_t rows,
                                  int64_t columns, double row_mm, double column_mm, double* room) {
    double *best = room, *side = room + columns;  // side: -1 inside, 1 outside
    for (int64_t i = 0; i < rows; ++i) {
        const double y = static_cast<double>(i) * row_mm;
        for (int64_t j = 0; j < columns; ++j) {
            best[j] = 1e30;
            side[j] = 1.0;
        }
        const double* p = corners + 2 * (count - 1);
        for (int64_t n = 0; n < count; ++n) {
            const double* q = corners + 2 * n;
            const double py = p[0], px = p[1], ey = q[0] - py, ex = q[1] - px;
            const double length = ey * ey + ex * ex, up = (y - py) * ey;
            const bool crosses = (py <= y) != (q[0] <= y);
            const double crossing = crosses ? px + (y - py) / (q[0] - py) * ex : 0.0;
            const double flip = crosses ? -1.0 : 1.0;
            for (int64_t j = 0; j < columns; ++j) {
                const double x = static_cast<double>(static_cast<int32_t>(j)) * column_mm;
                const double share =
                    length > 0 ? within((up + (x - px) * ex) / length, 0.0, 1.0) : 0.0;
                const double gy = y - py - share * ey, gx = x - px - share * ex;
                best[j] = least(best[j], gy * gy + gx * gx);
                side[j] *= x < crossing ? flip : 1.0;
            }
            p = q;
        }
        double* row = field + i * columns;
        for (int64_t j = 0; j < columns; ++j) row[j] = least(row[j], side[j] * root(best[j]));
    }
}

// Write the corners of the convex hull of each slice of a mask, one after the other, and where
// those of each end; `points` (slices * 2 * (rows + 1), 2), `ends` (slices,), `room` (2 * (rows +
// 1),), `shape` and `strides` (3,).
KERNEL(void, hulls_of_slices)(const uint8_t* mask, const int64_t* shape, const int64_t* strides,
                              double row_mm, double column_mm, double half, double* points,
                              int64_t* ends, double* room) {
    const int64_t rows = shape[1];
    double *low = room, *high = room + rows + 1;
    int64_t total = 0;
    for (int64_t k = 0; k < shape[0]; ++k) {
        line_ends(mask + k * strides[0], rows, shape[2], strides + 1, half, low, high);
        for (int side = 0; side < 2; ++side) {
            const int64_t begin = total;
            for (int64_t n = 0; n <= rows; ++n) {
                const int64_t i = side == 0 ? n : rows - n;
                if (high[i] < low[i]) continue;
                const double y = (static_cast<double>(i) - half) * row_mm;
                const double x = (side == 0 ? low[i] : high[i]) * column_mm;
                while (total - begin >= 2 &&
                       !turns(points + 2 * (total - 2), points + 2 * (total - 1), y, x))
                    --total;
                points[2 * total] = y;
                points[2 * total + 1] = x;
                ++total;
            }
        }
        ends[k] = total;
    }
}

// Write the numbers of the two farthest of points (count, 2); return their squared distance.
KERNEL(double, farthest_in)(const double* points, int64_t count, int64_t* ends) {
    double best = -1.0;
    ends[0] = ends[1] = 0;
    for (int64_t a = 0; a < count; ++a) {
        for (int64_t b = a; b < count; ++b) {
            const double y = points[2 * a] - points[2 * b], x = points[2 * a + 1] - points[2 * b + 1];
            const double square = y * y + x * x;
            if (square > best) {
                best = square;
                ends[0] = a;
                ends[1] = b;
            }
        }
    }
    return best;
}

// The same for points in slices: those of slice s from first[s] to first[s + 1], between `lower`
// and `upper` along the normal; `circles` (slices, 3) lie round the points of each (y, x, radius).
KERNEL(double, farthest_between)(const double* points, const int64_t* first, int64_t slices,
                                 const double* upper, const double* lower, const double* circles,
                                 int64_t* ends) {
    double best = -1.0;
    ends[0] = ends[1] = 0;
    for (int64_t gap = 0; gap < slices; ++gap) {
        for (int64_t s = 0; s < slices - gap; ++s) {
            const int64_t t = s + gap;
            if (first[s] == first[s + 1] || first[t] == first[t + 1]) continue;
            const double rise = upper[t] - lower[s];
            const double *one = circles + 3 * s, *other = circles + 3 * t;
            const double up = one[0] - other[0], across = one[1] - other[1];
            const double apart = root(up * up + across * across) + (one[2] + other[2]);
            if (rise * rise + apart * apart <= best) continue;
            for (int64_t a = first[s]; a < first[s + 1]; ++a) {
                for (int64_t b = first[t]; b < first[t + 1]; ++b) {
                    const double y = points[2 * a] - points[2 * b];
                    const double x = points[2 * a + 1] - points[2 * b + 1];
                    const double square = y * y + x * x + rise * rise;
                    if (square > best) {
                        best = square;
                        ends[0] = a;
                        ends[1] = b;
                    }
                }
            }
        }
    }
    return best;
}
