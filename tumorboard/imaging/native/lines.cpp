// Lines of samples brought onto an even grid: between two of them, and along themselves.
#include "kernel.hpp"

namespace {

// Whole and broken part of a place, brought between the ends of `count` values.
struct Place {
    int64_t low, high;
    float share;

    Place(double at, int64_t count) {
        const double inside = within(at, 0.0, static_cast<double>(count - 1));
        low = static_cast<int64_t>(inside);
        high = clamped(low + 1, count);
        share = static_cast<float>(inside - static_cast<double>(low));
    }
};

// Write what lies at `drift` samples before each place of two lines, mixed.
template <typename T>
void mix(const T* one, const T* other, float share, double drift, int64_t samples, float* out) {
    const double far_enough = static_cast<double>(samples);
    const double back = within(-drift, -far_enough, far_enough);
    const int64_t cut = static_cast<int64_t>(back);
    const int64_t shift = cut - (back < static_cast<double>(cut));
    const float part = static_cast<float>(back - static_cast<double>(shift));
    const auto mixed = [&](int64_t n, int64_t m) {
        const float a = static_cast<float>(one[n]), b = static_cast<float>(one[m]);
        const float c = static_cast<float>(other[n]), d = static_cast<float>(other[m]);
        const float near = a + part * (b - a), far = c + part * (d - c);
        return near + share * (far - near);
    };
    const int64_t first = clamped(-shift, samples + 1);
    const int64_t last = most(first, clamped(samples - 1 - shift, samples + 1));
    for (int64_t n = 0; n < first; ++n) out[n] = mixed(0, 0);
    for (int64_t n = first; n < last; ++n) out[n] = mixed(n + shift, n + shift + 1);
    for (int64_t n = last; n < samples; ++n) out[n] = mixed(samples - 1, samples - 1);
}

template <typename T>
void write(const float* mixed, int64_t count, T* out) {
    // What is mixed lies between values of the type.
    for (int64_t n = 0; n < count; ++n) out[n] = static_cast<T>(rounded(mixed[n]));
}

template <>
void write(const float* mixed, int64_t count, float* out) {
    memcpy(out, mixed, static_cast<size_t>(count) * sizeof(float));
}

}  // namespace

// Write rows of `out` (count, samples): row r lies at `places` (count,) among the lines (lines,
// samples), each sample as far behind as `drifts` (count,) tell; `room` (samples,). Beyond the
// ends lies the last sample again.
KERNEL(int64_t, even_lines)(const void* lines, int32_t type, int64_t line_count, int64_t samples,
                            const double* places, const double* drifts, int64_t count, void* out,
                            float* room) {
    const auto work = [&](auto zero) -> int64_t {
        using T = decltype(zero);
        const T* from = static_cast<const T*>(lines);
        for (int64_t r = 0; r < count; ++r) {
            const Place at(places[r], line_count);
            const T *one = from + at.low * samples, *other = from + at.high * samples;
            mix(one, other, at.share, drifts[r], samples, room);
            write(room, samples, static_cast<T*>(out) + r * samples);
        }
        return 0;
    };
    switch (type) {
        case 0: return work(int8_t{});
        case 1: return work(uint8_t{});
        case 2: return work(int16_t{});
        case 3: return work(uint16_t{});
        case 8: return work(float{});
        default: return BAD_TYPE;
    }
}
