// Closed lines round what lies above a level in an image (marching squares).
//
// An edge between two pixels has a number: that of its pixel for the one towards the next
// column, and rows * columns more for the one towards the next row.
#include "kernel.hpp"

namespace {

struct Crossed {
    int32_t leaving[2], coming[2];
    int count;
};

// The edges at which a walk round a square leaves the inside and comes back.
Crossed crossed(const double corners[5], const int32_t edges[4], double level) {
    Crossed found = {{0, 0}, {0, 0}, 0};
    int back = 0;
    for (int side = 0; side < 4; ++side) {
        const bool first = corners[side] > level, last = corners[side + 1] > level;
        if (first && !last) found.leaving[found.count++] = edges[side];
        if (last && !first) found.coming[back++] = edges[side];
    }
    return found;
}

}  // namespace

// Note where lines leave squares; return how many edges they cross. `follow` (2 * rows *
// columns,), zero, takes for an edge one more than the next; `firsts`, of the same length, all
// edges in the order met.
KERNEL(int64_t, find_borders)(const uint8_t* image, int64_t rows, int64_t columns, double level,
                              int32_t* follow, int32_t* firsts) {
    const int32_t half = static_cast<int32_t>(rows * columns);
    const int32_t below = static_cast<int32_t>(columns);
    int64_t count = 0;
    for (int64_t i = 0; i + 1 < rows; ++i) {
        const uint8_t *upper = image + i * columns, *lower = upper + columns;
        for (int64_t j = 0; j + 1 < columns; ++j) {
            // Far from a border eight pixels are alike in both rows.
            while (j + 8 < columns) {
                uint64_t one, other;
                memcpy(&one, upper + j, 8);
                memcpy(&other, lower + j, 8);
                if (one != other || one != upper[j] * UINT64_C(0x0101010101010101)) break;
                j += 7;
            }
            if (j + 1 >= columns) break;
            const bool inside = upper[j] > level;
            if (inside == (upper[j + 1] > level) && inside == (lower[j] > level) &&
                inside == (lower[j + 1] > level))
                continue;
            const double corners[5] = {double(upper[j]), double(upper[j + 1]), double(lower[j + 1]),
                                       double(lower[j]), double(upper[j])};
            const int32_t here = static_cast<int32_t>(i * columns + j);
            const int32_t edges[4] = {here, half + here + 1, here + below, half + here};
            const Crossed found = crossed(corners, edges, level);
            if (found.count == 2) {
                // With an inside corner first, the walk leaves before it comes back.
                const double mean = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
                const int swap = (mean > level) == (corners[0] > level) ? 0 : 1;
                follow[found.leaving[1]] = found.coming[1 - swap] + 1;
                follow[found.leaving[0]] = found.coming[swap] + 1;
            } else if (found.count == 1) {
                follow[found.leaving[0]] = found.coming[0] + 1;
            }
            for (int n = 0; n < found.count; ++n) firsts[count++] = found.leaving[n];
        }
    }
    return count;
}

// Write the crossings in the order of their lines; return the number of lines. `firsts`,
// `ends` (count,), `points` (count, 2); takes what `find_borders` left in `follow` away.
KERNEL(int64_t, chain_borders)(const uint8_t* image, int64_t rows, int64_t columns, double level,
                               int32_t* follow, const int32_t* firsts, int64_t count, double* points,
                               int64_t* ends) {
    const int64_t half = rows * columns;
    int64_t done = 0, lines = 0;
    for (int64_t n = 0; n < count; ++n) {
        int64_t edge = firsts[n];
        if (follow[edge] == 0) continue;
        while (follow[edge] != 0) {
            const bool across = edge < half;
            const int64_t place = across ? edge : edge - half;
            const int64_t i = place / columns, j = place - i * columns;
            const double low = image[place], high = image[place + (across ? 1 : columns)];
            const double share = (level - low) / (high - low);
            points[2 * done] = static_cast<double>(i) + (across ? 0.0 : share);
            points[2 * done + 1] = static_cast<double>(j) + (across ? share : 0.0);
            ++done;
            const int64_t after = follow[edge] - 1;
            follow[edge] = 0;
            edge = after;
        }
        ends[lines++] = done;
    }
    return lines;
}
