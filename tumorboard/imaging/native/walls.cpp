// The wall of a vessel along rays from its middle, and how much of it a mass touches.
//
// `rays` are (sections, angles, count) values, sample r of a ray r steps from the middle.
#include "kernel.hpp"

#include <math.h>

namespace {

constexpr double PI = 3.14159265358979323846;

// Where between samples the parabola through a lowest cost is lowest, at most half.
double vertex(const float* costs, int64_t n, int64_t count) {
    if (n < 1 || n + 1 >= count) return 0.0;
    const float bend = costs[n - 1] - 2 * costs[n] + costs[n + 1];
    if (!(bend > 0)) return 0.0;
    return within(static_cast<double>((costs[n - 1] - costs[n + 1]) / (2 * bend)), -0.5, 0.5);
}

struct Section {
    const float* costs;  // (angles, count)
    int64_t angles, count;
    double* total;  // (angles, count)
    int64_t* came;  // (angles, count)
    int64_t* line;  // (angles,)
};

// Write the cheapest line of a section from ray `begin` round to the one before it. It starts
// at `sample` and ends within one of it; where that is negative it is free.
void open_wall(const Section& s, int64_t begin, int64_t sample) {
    const int64_t angles = s.angles, count = s.count;
    for (int64_t r = 0; r < count; ++r)
        s.total[r] = sample < 0 || r == sample ? static_cast<double>(s.costs[begin * count + r]) : 1e9;
    for (int64_t n = 1; n < angles; ++n) {
        const float* costs = s.costs + (begin + n) % angles * count;
        const double* last = s.total + (n - 1) * count;
        for (int64_t r = 0; r < count; ++r) {
            int64_t best = r;
            for (int64_t other = most<int64_t>(r - 1, 0); other < least(r + 2, count); ++other)
                if (last[other] < last[best]) best = other;
            s.came[n * count + r] = best;
            s.total[n * count + r] = last[best] + static_cast<double>(costs[r]);
        }
    }
    const int64_t low = sample < 0 ? 0 : most<int64_t>(sample - 1, 0);
    const int64_t high = sample < 0 ? count : least(sample + 2, count);
    const double* ended = s.total + (angles - 1) * count;
    int64_t last = low;
    for (int64_t r = low; r < high; ++r)
        if (ended[r] < ended[last]) last = r;
    for (int64_t m = 0; m < angles; ++m) {
        const int64_t n = angles - 1 - m;
        s.line[(begin + n) % angles] = last;
        if (n > 0) last = s.came[n * count + last];
    }
}

// Twice the area of mass along a ray within a radius, for each radian of its width: the sum of
// the squares between which the samples lie.
template <typename T>
double filled_along(const T* ray, int64_t count, double radius, double step, double level) {
    double sums[4] = {0.0, 0.0, 0.0, 0.0};  // of every fourth sample, so that four go on at once
    const int64_t last =
        static_cast<int64_t>(within(radius / step + 1.5, 0.0, static_cast<double>(count)));
    const auto add = [&](int64_t r, int lane) {
        const double place = static_cast<double>(static_cast<int32_t>(r));
        const double low = most(0.0, (place - 0.5) * step);
        const double high = most(low, least(radius, (place + 0.5) * step));
        const double square = high * high - low * low;
        sums[lane] += static_cast<double>(ray[r]) >= level ? square : 0.0;
    };
    int64_t r = 0;
    for (; r + 4 <= last; r += 4)
        for (int lane = 0; lane < 4; ++lane) add(r + lane, lane);
    for (; r < last; ++r) add(r, 0);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double chord(double one, double other, double cosine) {
    return root(most(0.0, one * one + other * other - 2 * one * other * cosine));
}

}  // namespace

// Write where rays first fall below a level, in samples; `radii` (sections, angles).
KERNEL(int64_t, first_fall)(const void* rays, int32_t type, int64_t lines, int64_t count, double level,
                            double* radii) {
    return with_type(type, [&](auto zero) -> int64_t {
        using T = decltype(zero);
        for (int64_t n = 0; n < lines; ++n) {
            const T* ray = static_cast<const T*>(rays) + n * count;
            radii[n] = static_cast<double>(count) - 1.0;
            for (int64_t r = 0; r < count; ++r) {
                const double here = static_cast<double>(ray[r]);
                if (!(here < level)) continue;
                radii[n] = 0.0;
                if (r > 0) {
                    const double before = static_cast<double>(ray[r - 1]);
                    radii[n] = static_cast<double>(r - 1) + (before - level) / (before - here);
                }
                break;
            }
        }
        return 0;
    });
}

// Write the cost of the wall lying at each sample of rays; `costs` of their shape, `levels` and
// `scale` (sections,), `room` (4, count).
KERNEL(int64_t, wall_costs)(const void* rays, int32_t type, int64_t sections, int64_t angles,
                            int64_t count, double slope, double intercept, const double* levels,
                            const double* scale, int64_t half, float* costs, double* room) {
    return with_type(type, [&](auto zero) -> int64_t {
        using T = decltype(zero);
        double *off = room, *inner = off + count, *outer = inner + count, *unlike = outer + count;
        const double width = static_cast<double>(half);
        for (int64_t n = 0; n < sections * angles; ++n) {
            const double level = levels[n / angles], alike = scale[n / angles];
            const T* ray = static_cast<const T*>(rays) + n * count;
            float* cost = costs + n * count;
            for (int64_t r = 0; r < count; ++r) {
                off[r] = static_cast<double>(ray[r]) * slope + intercept - level;
                unlike[r] = most(0.0, size_of(off[r]) / alike - 2.5);
                inner[r] = outer[r] = 0.0;
            }
            for (int64_t m = 1; m <= least(half, count - 1); ++m) {
                for (int64_t r = m; r < count; ++r) inner[r] += off[r - m];
                for (int64_t r = 0; r < count - m; ++r) outer[r] += off[r + m];
            }
            for (int64_t r = 0; r < count; ++r) {
                const double place = static_cast<double>(static_cast<int32_t>(r));
                const double inside = least(width, place);
                const double outside = least(width, static_cast<double>(count - 1) - place);
                const double in = inside > 0 ? size_of(inner[r] / inside) : 0.0;
                const double out = outside > 0 ? size_of(outer[r] / outside) : 0.0;
                // The root keeps the place of the edge, and a strong one from outweighing all.
                inner[r] = -root(most(0.0, out - in) / alike);
            }
            double total = 0.0;
            for (int64_t r = 0; r < count; ++r) {
                if (r > half) total += unlike[r - half];
                cost[r] = static_cast<float>(inner[r] + total);
            }
            for (int64_t r = 0; r < least<int64_t>(2, count); ++r) cost[r] = 1e6f;
        }
        return 0;
    });
}

// Write for sections [first, last) the mean of costs over `spread` rays to either side and, at
// half the weight, over the neighbouring sections; all of one shape.
KERNEL(void, smooth_costs)(const float* costs, int64_t sections, int64_t angles, int64_t count,
                           int64_t spread, int64_t first, int64_t last, float* soft) {
    for (int64_t s = first; s < last; ++s) {
        for (int64_t a = 0; a < angles; ++a) {
            float* mean = soft + (s * angles + a) * count;
            for (int64_t r = 0; r < count; ++r) mean[r] = 0.0f;
            float total = 0.0f;
            for (int64_t other = most<int64_t>(s - 1, 0); other < least(s + 2, sections); ++other) {
                const float weight = other == s ? 1.0f : 0.5f;
                for (int64_t n = a - spread; n <= a + spread; ++n) {
                    const int64_t angle = (n % angles + angles) % angles;
                    const float* ray = costs + (other * angles + angle) * count;
                    total += weight;
                    for (int64_t r = 0; r < count; ++r) mean[r] += weight * ray[r];
                }
            }
            for (int64_t r = 0; r < count; ++r) mean[r] /= total;
        }
    }
}

// Write the cheapest closed line round each section: one sample a ray, steps of at most one.
// `costs` (sections, angles, count), `radii` (sections, angles), `total` and `came` (angles,
// count), `line` (angles,).
KERNEL(void, closed_walls)(const float* costs, int64_t sections, int64_t angles, int64_t count,
                           double* radii, double* total, int64_t* came, int64_t* line) {
    const int64_t half = angles / 2;
    for (int64_t n = 0; n < sections; ++n) {
        const Section s = {costs + n * angles * count, angles, count, total, came, line};
        // Where it begins and ends is fixed by a first line that is free there, at the ray
        // opposite, where that one is free of its ends.
        open_wall(s, 0, -1);
        open_wall(s, half, line[half]);
        open_wall(s, 0, line[0]);
        for (int64_t a = 0; a < angles; ++a)
            radii[n * angles + a] =
                static_cast<double>(line[a]) + vertex(s.costs + a * count, line[a], count);
    }
}

// Write of each section the share of the circumference touched, the area, the share of it that
// is mass and the circumference; `radii` (sections, angles) mm, `result` (sections, 4).
KERNEL(int64_t, section_measures)(const void* rays, int32_t type, int64_t sections, int64_t angles,
                                  int64_t count, const double* radii, double step, int64_t reach,
                                  double level, double* result) {
    const double turn = 2 * PI / static_cast<double>(angles), cosine = cos(turn);
    return with_type(type, [&](auto zero) -> int64_t {
        using T = decltype(zero);
        for (int64_t s = 0; s < sections; ++s) {
            const double* radius = radii + s * angles;
            double area = 0.0, filled = 0.0, length = 0.0, touched = 0.0;
            for (int64_t a = 0; a < angles; ++a) {
                const T* ray = static_cast<const T*>(rays) + (s * angles + a) * count;
                const double here = radius[a], after = radius[(a + 1) % angles];
                const double before = radius[(a + angles - 1) % angles];
                const double side = (chord(here, after, cosine) + chord(here, before, cosine)) / 2;
                length += side;
                area += here * here * turn / 2;
                filled += filled_along(ray, count, here, step, level) * turn / 2;
                // Half to even; far beyond the ray when it is not a number.
                const double place = here / step;
                const int64_t middle =
                    place >= 0 && place < 1e9 ? static_cast<int64_t>(rint(place)) : INT32_MAX;
                const int64_t end = least(count, middle + reach + 1);
                for (int64_t r = most<int64_t>(0, middle - reach); r < end; ++r) {
                    if (static_cast<double>(ray[r]) >= level) {
                        touched += side;
                        break;
                    }
                }
            }
            result[4 * s] = length > 0 ? touched / length : 0.0;
            result[4 * s + 1] = area;
            result[4 * s + 2] = area > 0 ? least(1.0, filled / area) : 0.0;
            result[4 * s + 3] = length;
        }
        return 0;
    });
}
