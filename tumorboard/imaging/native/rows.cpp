// Trilinear samples of a volume along rows of an image: turned, thick and curved cuts.
//
// A row is a straight line: sample c lies at start + c * step. Where a row begins is float64,
// the way along it float32.
#include "kernel.hpp"

// Laid out as `kernels.py` has it.
struct RowCut {
    const void* voxels;     // (planes, rows, columns)
    const double* table;    // (planes + 2, 3): position, shift of rows, shift of columns
    const double* starts;   // (image rows, 3)
    const double* steps;    // (image rows, 3)
    const double* layers;   // (image rows, 3)
    const double* offsets;  // (layer_count,)
    const double* weights;  // (layer_count,)
    void* image;            // (image rows, image_columns)
    int64_t planes, rows, columns, layer_count, image_columns;
    double low, high, fill;
    int32_t type, even, mode, unused;
};

namespace {

enum Mode { MEAN, MAXIMUM, MINIMUM };

struct Span {
    int64_t first, last;
};

struct Line {
    double start[3], step[3];
};

// Keeps the fast part of a row this far, in voxels, inside the last voxel centres.
constexpr double RIM = 2e-3;

// Samples done together: few enough that what is read of each stays in the innermost cache.
constexpr int BLOCK = 64;

constexpr double MOST_COLUMNS = 1e7;

// Narrow a span to where low <= start + c * step <= high.
Span clip(double start, double step, double low, double high, Span span) {
    const Span none = {span.first, span.first};
    if (step == 0.0) return low <= start && start <= high ? span : none;
    double a = (low - start) / step, b = (high - start) / step;
    if (a > b) {
        const double c = a;
        a = b;
        b = c;
    }
    if (!(a <= b)) return none;  // not numbers
    a = within(a, -1.0, MOST_COLUMNS);
    b = within(b, -1.0, MOST_COLUMNS);
    const int64_t begin = static_cast<int64_t>(a) + (a > static_cast<double>(static_cast<int64_t>(a)));
    const int64_t end = static_cast<int64_t>(b) - (b < static_cast<double>(static_cast<int64_t>(b)));
    const int64_t first = least(most(span.first, begin), span.last);
    return {first, most(first, least(span.last, end + 1))};
}

template <typename T>
struct Volume {
    const T* voxels;
    int64_t shape[3];
    float low, high;

    bool is_padded() const { return low <= high; }
    bool is_small() const { return shape[0] * shape[1] * shape[2] <= INT32_MAX; }
    bool is_padding(float value) const { return low <= value && value <= high; }
};

// One sample with every care: clamped at the rim, and padding never mixed in. Where a
// neighbour is padding the nearest voxel speaks alone: not a number when that is padding too.
template <typename T>
float sample(const Volume<T>& volume, double k, double i, double j) {
    const double at[3] = {k, i, j};
    int64_t lower[3], upper[3], nearest[3];
    double share[3];
    for (int axis = 0; axis < 3; ++axis) {
        const double top = static_cast<double>(volume.shape[axis] - 1);
        if (!(-0.5 <= at[axis] && at[axis] <= top + 0.5)) return NOT_A_NUMBER;
        const double place = within(at[axis], 0.0, top);
        lower[axis] = static_cast<int64_t>(place);
        upper[axis] = least(lower[axis] + 1, volume.shape[axis] - 1);
        nearest[axis] = static_cast<int64_t>(place + 0.5);
        share[axis] = place - static_cast<double>(lower[axis]);
    }
    const auto value_at = [&](int64_t a, int64_t b, int64_t c) {
        return static_cast<float>(volume.voxels[(a * volume.shape[1] + b) * volume.shape[2] + c]);
    };
    float total = 0.0f;
    for (int corner = 0; corner < 8; ++corner) {
        const bool a = corner & 4, b = corner & 2, c = corner & 1;
        const float value =
            value_at(a ? upper[0] : lower[0], b ? upper[1] : lower[1], c ? upper[2] : lower[2]);
        double weight = (a ? share[0] : 1 - share[0]) * (b ? share[1] : 1 - share[1]);
        weight *= c ? share[2] : 1 - share[2];
        if (weight > 0 && volume.is_padding(value)) {
            const float alone = value_at(nearest[0], nearest[1], nearest[2]);
            return volume.is_padding(alone) ? NOT_A_NUMBER : alone;
        }
        total += static_cast<float>(weight) * value;
    }
    return total;
}

// The float32 way along a line, from the first sample of a span.
struct Way {
    float start[3], step[3];

    Way(const Line& line, int64_t begin) {
        for (int axis = 0; axis < 3; ++axis) {
            start[axis] =
                static_cast<float>(line.start[axis] + static_cast<double>(begin) * line.step[axis]);
            step[axis] = static_cast<float>(line.step[axis]);
        }
    }

    float at(int axis, int64_t n) const { return start[axis] + static_cast<float>(n) * step[axis]; }

    // Whether sample n lies between voxel centres on all sides. Rounding keeps order, so that
    // what holds for the first and the last sample of a span holds for all between them.
    bool is_inside(const int64_t shape[3], int64_t n) const {
        for (int axis = 0; axis < 3; ++axis) {
            const float place = at(axis, n);
            if (!(place >= 0.0f && static_cast<double>(place) < static_cast<double>(shape[axis] - 1)))
                return false;
        }
        return true;
    }
};

template <typename T>
struct Pair {
    T first, second;
};

template <typename T>
inline Pair<T> pair_at(const T* place) {
    Pair<T> pair;
    memcpy(&pair, place, sizeof pair);  // two neighbours in one read
    return pair;
}

// Where a few samples lie: the voxel before each on all axes, and how far beyond it.
template <typename Index>
struct Places {
    Index voxel[BLOCK];
    float t[BLOCK], u[BLOCK], v[BLOCK];
};

// Sample between the eight voxels round each place; not a number where padding is near.
template <typename T, typename Index, bool PADDED>
void blend(const Volume<T>& volume, const Places<Index>& at, int count, float* row) {
    const Index down = static_cast<Index>(volume.shape[2]);
    const Index deep = static_cast<Index>(volume.shape[1] * volume.shape[2]);
    // Read with as little else as possible, so that many reads are under way at once.
    Pair<T> ab[BLOCK], cd[BLOCK], ef[BLOCK], gh[BLOCK];
    for (int n = 0; n < count; ++n) {
        const T* first = volume.voxels + at.voxel[n];
        ab[n] = pair_at(first);
        cd[n] = pair_at(first + down);
        ef[n] = pair_at(first + deep);
        gh[n] = pair_at(first + deep + down);
    }
    for (int n = 0; n < count; ++n) {
        float a = static_cast<float>(ab[n].first), b = static_cast<float>(ab[n].second);
        float c = static_cast<float>(cd[n].first), d = static_cast<float>(cd[n].second);
        float e = static_cast<float>(ef[n].first), f = static_cast<float>(ef[n].second);
        float g = static_cast<float>(gh[n].first), h = static_cast<float>(gh[n].second);
        int near = 0;
        if (PADDED) {
            const float corners[8] = {a, b, c, d, e, f, g, h};
            for (const float value : corners) near |= volume.is_padding(value);
        }
        a += at.v[n] * (b - a);
        c += at.v[n] * (d - c);
        e += at.v[n] * (f - e);
        g += at.v[n] * (h - g);
        a += at.u[n] * (c - a);
        e += at.u[n] * (g - e);
        const float value = a + at.t[n] * (e - a);
        row[n] = PADDED && near ? NOT_A_NUMBER : value;
    }
}

template <typename T, typename Index>
void blend(const Volume<T>& volume, const Places<Index>& at, int count, float* row) {
    if (volume.is_padded())
        blend<T, Index, true>(volume, at, count, row);
    else
        blend<T, Index, false>(volume, at, count, row);
}

// Sample columns that lie between voxel centres on all sides.
template <typename T, typename Index>
void fast_line(const Volume<T>& volume, const Way& way, int64_t count, float* row) {
    const Index down = static_cast<Index>(volume.shape[2]);
    const Index deep = static_cast<Index>(volume.shape[1] * volume.shape[2]);
    for (int64_t from = 0; from < count; from += BLOCK) {
        const int size = static_cast<int>(least<int64_t>(BLOCK, count - from));
        Places<Index> at;
        for (int n = 0; n < size; ++n) {
            const float m = static_cast<float>(static_cast<int32_t>(from) + n);
            const float x = way.start[0] + m * way.step[0];
            const float y = way.start[1] + m * way.step[1];
            const float z = way.start[2] + m * way.step[2];
            const int32_t k = static_cast<int32_t>(x), i = static_cast<int32_t>(y);
            const int32_t j = static_cast<int32_t>(z);
            at.voxel[n] =
                static_cast<Index>(k) * deep + static_cast<Index>(i) * down + static_cast<Index>(j);
            at.t[n] = x - static_cast<float>(k);
            at.u[n] = y - static_cast<float>(i);
            at.v[n] = z - static_cast<float>(j);
        }
        blend(volume, at, size, row + from);
    }
}

// Sample a row of a line in (plane, row, column) indices.
template <typename T>
void sample_line(const Volume<T>& volume, const Line& line, int64_t columns, float* row) {
    Span there = {0, columns};
    for (int axis = 0; axis < 3; ++axis) {
        const double top = static_cast<double>(volume.shape[axis]) - 0.5;
        there = clip(line.start[axis], line.step[axis], -0.5, top, there);
    }
    Span fast = there;
    for (int axis = 0; axis < 3; ++axis) {
        const double top = static_cast<double>(volume.shape[axis] - 1) - RIM;
        fast = clip(line.start[axis], line.step[axis], 0.0, top, fast);
    }
    while (fast.first < fast.last && !Way(line, fast.first).is_inside(volume.shape, 0)) ++fast.first;
    const Way way(line, fast.first);
    while (fast.first < fast.last && !way.is_inside(volume.shape, fast.last - 1 - fast.first))
        --fast.last;
    const int64_t count = fast.last - fast.first;
    if (volume.is_small())
        fast_line<T, int32_t>(volume, way, count, row + fast.first);
    else
        fast_line<T, int64_t>(volume, way, count, row + fast.first);
    for (int64_t c = 0; c < there.first; ++c) row[c] = NOT_A_NUMBER;
    for (int64_t c = there.last; c < columns; ++c) row[c] = NOT_A_NUMBER;
    const auto with_care = [&](int64_t c) {
        const double n = static_cast<double>(c);
        row[c] = sample(volume, line.start[0] + n * line.step[0], line.start[1] + n * line.step[1],
                        line.start[2] + n * line.step[2]);
    };
    for (int64_t c = there.first; c < fast.first; ++c) with_care(c);
    for (int64_t c = most(fast.last, there.first); c < there.last; ++c) with_care(c);
    // Between the rims only what the fast part left open, for padding is near.
    if (volume.is_padded())
        for (int64_t c = fast.first; c < fast.last; ++c)
            if (row[c] != row[c]) with_care(c);
}

// Finds the place of samples of a row in slices at positions of their own: straight from slice
// to slice, through the plane before and behind each gap.
struct BentLine {
    const double* table;
    const Line& line;
    int64_t top, gap;  // of planes + 2 rows of the table, the last and the present one to start from

    BentLine(const double* table, int64_t planes, const Line& line, int64_t first)
        : table(table), line(line), top(planes), gap(0) {
        const double here = line.start[0] + static_cast<double>(first) * line.step[0];
        int64_t low = 0, high = top + 2;  // the first position beyond here
        while (low < high) {
            const int64_t middle = (low + high) / 2;
            if (table[3 * middle] <= here)
                low = middle + 1;
            else
                high = middle;
        }
        gap = least(most<int64_t>(low - 1, 0), top);
    }

    // Write the (plane, row, column) index of sample n, which lies no less far along than the
    // one before.
    void find(int64_t n, double place[3]) {
        const double m = static_cast<double>(n);
        const double here = line.start[0] + m * line.step[0];
        if (line.step[0] >= 0.0)
            while (gap < top && here >= table[3 * (gap + 1)]) ++gap;
        else
            while (gap > 0 && here <= table[3 * gap]) --gap;
        const double *one = table + 3 * gap, *other = one + 3;
        const double t = (here - one[0]) / (other[0] - one[0]);
        place[0] = static_cast<double>(gap - 1) + t;
        for (int axis = 1; axis < 3; ++axis)
            place[axis] = line.start[axis] + m * line.step[axis] - one[axis] -
                          t * (other[axis] - one[axis]);
    }
};

template <typename T, typename Index>
void sample_bent(const Volume<T>& volume, const double* table, const Line& line, int64_t columns,
                 float* row) {
    const Index down = static_cast<Index>(volume.shape[2]);
    const Index deep = static_cast<Index>(volume.shape[1] * volume.shape[2]);
    const double tops[3] = {static_cast<double>(volume.shape[0] - 1),
                            static_cast<double>(volume.shape[1] - 1),
                            static_cast<double>(volume.shape[2] - 1)};
    const Span open = clip(line.start[0], line.step[0], table[0], table[3 * (volume.shape[0] + 1)],
                           {0, columns});
    for (int64_t c = 0; c < open.first; ++c) row[c] = NOT_A_NUMBER;
    for (int64_t c = open.last; c < columns; ++c) row[c] = NOT_A_NUMBER;
    BentLine bent(table, volume.shape[0], line, open.first);
    for (int64_t from = open.first; from < open.last; from += BLOCK) {
        const int size = static_cast<int>(least<int64_t>(BLOCK, open.last - from));
        Places<Index> at;
        double place[BLOCK][3];
        bool is_inside[BLOCK];
        int inside = 0;  // those between voxel centres on all sides come first in `at`
        for (int n = 0; n < size; ++n) {
            bent.find(from + n, place[n]);
            const double *p = place[n];
            is_inside[n] = p[0] >= 0 && p[0] < tops[0] && p[1] >= 0 && p[1] < tops[1] && p[2] >= 0 &&
                           p[2] < tops[2];
            if (!is_inside[n]) continue;
            const int32_t k = static_cast<int32_t>(p[0]), i = static_cast<int32_t>(p[1]);
            const int32_t j = static_cast<int32_t>(p[2]);
            at.voxel[inside] =
                static_cast<Index>(k) * deep + static_cast<Index>(i) * down + static_cast<Index>(j);
            at.t[inside] = static_cast<float>(p[0] - k);
            at.u[inside] = static_cast<float>(p[1] - i);
            at.v[inside] = static_cast<float>(p[2] - j);
            ++inside;
        }
        float values[BLOCK];
        blend(volume, at, inside, values);
        for (int n = 0, next = 0; n < size; ++n) {
            const float value = is_inside[n] ? values[next++] : NOT_A_NUMBER;
            const bool is_open = !is_inside[n] || (volume.is_padded() && value != value);
            row[from + n] = is_open ? sample(volume, place[n][0], place[n][1], place[n][2]) : value;
        }
    }
}

// Begin a slab with its first layer; samples without a voxel count for nothing.
void begin(float* total, float* share, float weight, bool is_mean, int64_t columns) {
    for (int64_t c = 0; c < columns; ++c) {
        const bool there = total[c] == total[c];
        share[c] = there ? weight : 0.0f;
        if (is_mean) total[c] = there ? total[c] * weight : 0.0f;
    }
}

// Add a layer to a slab.
void add(float* total, float* share, const float* layer, float weight, int mode, int64_t columns) {
    if (mode == MEAN) {
        for (int64_t c = 0; c < columns; ++c) {
            const bool there = layer[c] == layer[c];
            total[c] += there ? weight * layer[c] : 0.0f;
            share[c] += there ? weight : 0.0f;
        }
    } else if (mode == MAXIMUM) {
        for (int64_t c = 0; c < columns; ++c) {
            const float value = layer[c], so_far = total[c];
            total[c] = value > so_far || so_far != so_far ? value : so_far;
        }
    } else {
        for (int64_t c = 0; c < columns; ++c) {
            const float value = layer[c], so_far = total[c];
            total[c] = value < so_far || so_far != so_far ? value : so_far;
        }
    }
}

template <typename T>
struct ImageType {
    using Pixel = float;
};
template <>
struct ImageType<int8_t> {
    using Pixel = int8_t;
    static constexpr float LOW = INT8_MIN, HIGH = INT8_MAX;
};
template <>
struct ImageType<uint8_t> {
    using Pixel = uint8_t;
    static constexpr float LOW = 0, HIGH = UINT8_MAX;
};
template <>
struct ImageType<int16_t> {
    using Pixel = int16_t;
    static constexpr float LOW = INT16_MIN, HIGH = INT16_MAX;
};
template <>
struct ImageType<uint16_t> {
    using Pixel = uint16_t;
    static constexpr float LOW = 0, HIGH = UINT16_MAX;
};

// Turn a row of float32 into the type of the image.
template <typename T>
void write(const float* total, float fill, typename ImageType<T>::Pixel* row, int64_t columns) {
    using Pixel = typename ImageType<T>::Pixel;
    for (int64_t c = 0; c < columns; ++c) {
        const float value = total[c] == total[c] ? total[c] : fill;
        if constexpr (static_cast<Pixel>(0.5f) == 0) {
            constexpr float LOW = ImageType<T>::LOW, HIGH = ImageType<T>::HIGH;
            const float inside = value > LOW ? (value < HIGH ? value : HIGH) : LOW;
            const float raised = inside + 0.5f;
            const int32_t whole = static_cast<int32_t>(raised);
            row[c] = static_cast<Pixel>(whole - (static_cast<float>(whole) > raised));
        } else {
            row[c] = value;
        }
    }
}

template <typename T>
void fill_rows(const RowCut& cut, Span rows, float* room) {
    using Pixel = typename ImageType<T>::Pixel;
    const Volume<T> volume = {static_cast<const T*>(cut.voxels),
                              {cut.planes, cut.rows, cut.columns},
                              static_cast<float>(cut.low),
                              static_cast<float>(cut.high)};
    const int64_t columns = cut.image_columns;
    float *total = room, *share = room + columns, *buffer = share + columns;
    Pixel* image = static_cast<Pixel*>(cut.image);
    const bool is_slab = cut.layer_count > 1;
    for (int64_t r = rows.first; r < rows.last; ++r) {
        for (int64_t n = 0; n < cut.layer_count; ++n) {
            Line line;
            for (int axis = 0; axis < 3; ++axis) {
                line.start[axis] = cut.starts[3 * r + axis] + cut.offsets[n] * cut.layers[3 * r + axis];
                line.step[axis] = cut.steps[3 * r + axis];
            }
            float* target = n == 0 ? total : buffer;
            if (cut.even)
                sample_line(volume, line, columns, target);
            else if (volume.is_small())
                sample_bent<T, int32_t>(volume, cut.table, line, columns, target);
            else
                sample_bent<T, int64_t>(volume, cut.table, line, columns, target);
            const float weight = static_cast<float>(cut.weights[n]);
            if (is_slab && n == 0) begin(total, share, weight, cut.mode == MEAN, columns);
            if (is_slab && n > 0) add(total, share, buffer, weight, cut.mode, columns);
        }
        if (is_slab && cut.mode == MEAN)
            for (int64_t c = 0; c < columns; ++c)
                total[c] = share[c] > 0 ? total[c] / share[c] : NOT_A_NUMBER;
        write<T>(total, static_cast<float>(cut.fill), image + r * columns, columns);
    }
}

}  // namespace

// Fill rows [first, last) of the image; `room` holds three rows of float32.
KERNEL(int64_t, sample_rows)(const RowCut* cut, int64_t first, int64_t last, float* room) {
    return with_type(cut->type, [&](auto zero) -> int64_t {
        fill_rows<decltype(zero)>(*cut, {first, last}, room);
        return 0;
    });
}
