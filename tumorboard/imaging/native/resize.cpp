// Pictures of another size: weighted sums of neighbours along rows and down columns, in float32,
// and the grey levels of stored values.
#include "kernel.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Grey levels by the bits of a stored value; all up to `low` are alike, and all from `high` on.
struct Greys {
    const uint8_t* levels;  // (256,) or (65536,), or null: no grey levels are wanted
    int32_t low, high;
};

// Laid out as `resize.py` has it. Output n of an axis is the sum of the pixels from starts[n] on,
// at the rim the last one again, each times weights[k * length + n].
struct Resize {
    const void* source;         // (rows, columns, channels)
    const int32_t* row_starts;  // (image_rows,)
    const float* row_weights;   // (row_taps, image_rows)
    const int32_t* starts;      // (image_columns,)
    const float* weights;       // (taps, image_columns)
    void* image;                // (image_rows, image_columns)
    Greys greys;
    int64_t rows, columns, row_stride, column_stride, channel_stride;
    int64_t image_rows, image_columns, row_taps, taps;
    int32_t type, channels;
    int32_t shares_down, shares_along;  // whether an axis shrinks: any number of taps, some empty
};

namespace {

// Summed rows that are kept while outputs share them: as many as a cubic has taps.
constexpr int64_t RING = 4;
// Columns that are finished together, in the innermost cache.
constexpr int64_t BLOCK = 512;
// Values that are looked through together for whether they are all alike.
constexpr int64_t GROUP = 32;
// What is read of a row, but not used, beyond its end.
constexpr int64_t BEYOND = 8;

template <typename T>
struct Limits;
template <>
struct Limits<uint8_t> {
    static constexpr float low = 0.0f, high = 255.0f;
};
template <>
struct Limits<int16_t> {
    static constexpr float low = -32768.0f, high = 32767.0f;
};
template <>
struct Limits<uint16_t> {
    static constexpr float low = 0.0f, high = 65535.0f;
};

// The nearest whole number that the type holds, halves to even.
template <typename T>
inline T stored(float value) {
    return static_cast<T>(rounded(least(most(value, Limits<T>::low), Limits<T>::high)));
}

template <typename T>
struct Bits {
    using type = T;
};
template <>
struct Bits<int16_t> {
    using type = uint16_t;
};

template <typename T>
inline uint8_t level_of(const Greys& greys, T value) {
    return greys.levels[static_cast<typename Bits<T>::type>(value)];
}
template <>
inline uint8_t level_of(const Greys&, float) {
    return 0;  // has no table
}

// Eight levels in one word, so that each is read once and all are written together.
template <typename T>
inline void eight_levels(const Greys& greys, const T* values, uint8_t* grey) {
    uint64_t levels = 0;
    for (int n = 0; n < 8; ++n)
        levels |= static_cast<uint64_t>(level_of(greys, values[n])) << (8 * n);
    memcpy(grey, &levels, sizeof levels);
}

template <typename T>
void look_up(const Greys& greys, const T* values, int64_t count, uint8_t* grey) {
    const T low = static_cast<T>(greys.low), high = static_cast<T>(greys.high);
    int64_t c = 0;
    // Air and what is far above the window fill much of a picture.
    for (; c + GROUP <= count; c += GROUP) {
        const T* group = values + c;
        bool are_low = true, are_high = true;
        for (int64_t n = 0; n < GROUP; ++n) are_low &= group[n] <= low;
        for (int64_t n = 0; n < GROUP; ++n) are_high &= group[n] >= high;
        if (are_low || are_high) {
            memset(grey + c, level_of(greys, are_low ? low : high), GROUP);
            continue;
        }
        for (int64_t n = 0; n < GROUP; n += 8) eight_levels(greys, group + n, grey + c + n);
    }
    for (; c < count; ++c) grey[c] = level_of(greys, values[c]);
}

template <>
void look_up(const Greys&, const float*, int64_t, uint8_t*) {}  // has no table

// Sum the taps of each column; `wide` begins at column 0 of the source.
template <int TAPS>
void sum_along(const float* wide, const int32_t* starts, const float* weights, int64_t count,
               float* sums) {
    const auto with_care = [&](int64_t n) {
        float sum = weights[n] * wide[starts[n]];
        for (int k = 1; k < TAPS; ++k) sum += weights[k * count + n] * wide[starts[n] + k];
        sums[n] = sum;
    };
    int64_t c = 0;
#if defined(__AVX2__)
    // What eight columns begin with lies within eight pixels, so that one read serves them all.
    for (; c + 8 <= count; c += 8) {
        const int32_t first = starts[c];
        if (starts[c + 7] - first > 7) {
            for (int64_t n = c; n < c + 8; ++n) with_care(n);
            continue;
        }
        const __m256i every = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(starts + c));
        const __m256i places = _mm256_sub_epi32(every, _mm256_set1_epi32(first));
        __m256 sum = _mm256_setzero_ps();
        for (int k = 0; k < TAPS; ++k) {
            const __m256 taps = _mm256_permutevar8x32_ps(_mm256_loadu_ps(wide + first + k), places);
            const __m256 part = _mm256_mul_ps(_mm256_loadu_ps(weights + k * count + c), taps);
            sum = k == 0 ? part : _mm256_add_ps(sum, part);
        }
        _mm256_storeu_ps(sums + c, sum);
    }
#endif
    for (; c < count; ++c) with_care(c);
}

// The same for any number of taps; those without a share are not read.
void sum_shares(const float* wide, const int32_t* starts, const float* weights, int64_t taps,
                int64_t count, float* sums) {
    for (int64_t c = 0; c < count; ++c) {
        float sum = weights[c] * wide[starts[c]];
        for (int64_t k = 1; k < taps; ++k) {
            const float weight = weights[k * count + c];
            if (weight != 0.0f) sum += weight * wide[starts[c] + k];
        }
        sums[c] = sum;
    }
}

// Rows of one channel of the source, summed along.
template <typename T>
class Along {
  public:
    void begin(const Resize& job, int64_t channel, float* room) {
        job_ = &job;
        source_ = static_cast<const T*>(job.source) + channel * job.channel_stride;
        inner_ = room + job.taps;
        sums_ = inner_ + job.columns + job.taps + BEYOND;
        for (int64_t& row : kept_) row = -1;
    }

    // A row of the source, at the rim the last one; the ones asked for before it are kept.
    const float* row(int64_t number) {
        const int64_t place = clamped(number, job_->rows), slot = place % RING;
        float* sums = sums_ + slot * job_->image_columns;
        if (kept_[slot] == place) return sums;
        kept_[slot] = place;
        take<false>(place, 1.0f);
        sum_taps(sums);
        return sums;
    }

    // The weighted sum of the rows that make an output.
    const float* rows_of(int64_t r) {
        for (int64_t k = 0; k < job_->row_taps; ++k) {
            const float weight = job_->row_weights[k * job_->image_rows + r];
            const int64_t place = clamped(job_->row_starts[r] + k, job_->rows);
            if (k == 0)
                take<false>(place, weight);
            else if (weight != 0.0f)
                take<true>(place, weight);
        }
        sum_taps(sums_);
        return sums_;
    }

  private:
    template <bool ADDED>
    void take(int64_t place, float weight) {
        const T* row = source_ + place * job_->row_stride;
        const int64_t count = job_->columns, stride = job_->column_stride;
        // Strides that are known beforehand are read many at a time.
        if (stride == 1)
            add<ADDED>(row, 1, count, weight);
        else if (stride == 3)
            add<ADDED>(row, 3, count, weight);
        else
            add<ADDED>(row, stride, count, weight);
    }

    template <bool ADDED>
    __attribute__((always_inline)) void add(const T* row, int64_t stride, int64_t count,
                                            float weight) {
        float* wide = inner_;
        for (int64_t c = 0; c < count; ++c)
            wide[c] = (ADDED ? wide[c] : 0.0f) + weight * static_cast<float>(row[c * stride]);
    }

    void sum_taps(float* sums) {
        const Resize& job = *job_;
        for (int64_t n = 1; n <= job.taps; ++n) {
            inner_[-n] = inner_[0];
            inner_[job.columns - 1 + n] = inner_[job.columns - 1];
        }
        if (job.shares_along)
            sum_shares(inner_, job.starts, job.weights, job.taps, job.image_columns, sums);
        else if (job.taps == 2)
            sum_along<2>(inner_, job.starts, job.weights, job.image_columns, sums);
        else
            sum_along<4>(inner_, job.starts, job.weights, job.image_columns, sums);
    }

    const Resize* job_;
    const T* source_;
    float *inner_, *sums_;
    int64_t kept_[RING];
};

template <int TAPS>
inline float sum_down(const float* const* rows, const float* weights, int64_t c) {
    float sum = weights[0] * rows[0][c];
    for (int k = 1; k < TAPS; ++k) sum += weights[k] * rows[k][c];
    return sum;
}

#if defined(__AVX2__)
template <int TAPS>
inline __m256 eight_down(const float* const* rows, const float* weights, int64_t c) {
    __m256 sum = _mm256_mul_ps(_mm256_set1_ps(weights[0]), _mm256_loadu_ps(rows[0] + c));
    for (int k = 1; k < TAPS; ++k) {
        const __m256 part = _mm256_mul_ps(_mm256_set1_ps(weights[k]), _mm256_loadu_ps(rows[k] + c));
        sum = _mm256_add_ps(sum, part);
    }
    return sum;
}
#endif

// Sum the taps of columns [from, from + count) as stored values.
template <typename T, int TAPS>
void store_down(const float* const* rows, const float* weights, int64_t from, int64_t count,
                T* values) {
    int64_t c = 0;
#if defined(__AVX2__)
    for (; c + 16 <= count; c += 16) {
        const __m256i a = _mm256_cvtps_epi32(eight_down<TAPS>(rows, weights, from + c));
        const __m256i b = _mm256_cvtps_epi32(eight_down<TAPS>(rows, weights, from + c + 8));
        const bool by_sign = Limits<T>::low < 0 || sizeof(T) == 1;
        __m256i both = by_sign ? _mm256_packs_epi32(a, b) : _mm256_packus_epi32(a, b);
        both = _mm256_permute4x64_epi64(both, 0xD8);
        if (sizeof(T) == 2) {
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(values + c), both);
        } else {
            both = _mm256_permute4x64_epi64(_mm256_packus_epi16(both, both), 0xD8);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(values + c), _mm256_castsi256_si128(both));
        }
    }
#endif
    for (; c < count; ++c) values[c] = stored<T>(sum_down<TAPS>(rows, weights, from + c));
}

template <int TAPS>
void store_floats(const float* const* rows, const float* weights, int64_t from, int64_t count,
                  float* values) {
    for (int64_t c = 0; c < count; ++c) values[c] = sum_down<TAPS>(rows, weights, from + c);
}

// One row of the image, of the rows (channels, TAPS) that make it.
template <typename T, int CHANNELS, int TAPS>
void write_row(const Resize& job, const float* const (*rows)[TAPS], const float* weights,
               int64_t r) {
    const int64_t count = job.image_columns;
    T values[CHANNELS][BLOCK];
    for (int64_t from = 0; from < count; from += BLOCK) {
        const int64_t size = least(BLOCK, count - from), place = r * count + from;
        const bool is_plain = CHANNELS == 1 && job.greys.levels == nullptr;
        for (int n = 0; n < CHANNELS; ++n) {
            T* out = is_plain ? static_cast<T*>(job.image) + place : values[n];
            if constexpr (sizeof(T) == sizeof(float))
                store_floats<TAPS>(rows[n], weights, from, size, out);
            else
                store_down<T, TAPS>(rows[n], weights, from, size, out);
        }
        if (CHANNELS == 3) {
            uint32_t* colours = static_cast<uint32_t*>(job.image) + place;
            for (int64_t c = 0; c < size; ++c)
                colours[c] = 0xFF000000u | static_cast<uint32_t>(values[0][c]) << 16 |
                             static_cast<uint32_t>(values[CHANNELS > 1][c]) << 8 |
                             static_cast<uint32_t>(values[CHANNELS - 1][c]);
        } else if (!is_plain) {
            look_up(job.greys, values[0], size, static_cast<uint8_t*>(job.image) + place);
        }
    }
}

template <typename T, int CHANNELS, int TAPS>
void fill_rows(const Resize& job, int64_t first, int64_t last, float* room) {
    Along<T> along[CHANNELS];
    const int64_t share = job.columns + 2 * job.taps + BEYOND + RING * job.image_columns;
    for (int n = 0; n < CHANNELS; ++n) along[n].begin(job, n, room + n * share);
    for (int64_t r = first; r < last; ++r) {
        const float* rows[CHANNELS][TAPS];
        float weights[TAPS];
        for (int k = 0; k < TAPS; ++k) {
            weights[k] = TAPS == 1 ? 1.0f : job.row_weights[k * job.image_rows + r];
            for (int n = 0; n < CHANNELS; ++n)
                rows[n][k] = TAPS == 1 ? along[n].rows_of(r) : along[n].row(job.row_starts[r] + k);
        }
        write_row<T, CHANNELS, TAPS>(job, rows, weights, r);
    }
}

template <typename T, int CHANNELS>
int64_t fill_rows(const Resize& job, int64_t first, int64_t last, float* room) {
    if (job.shares_down)
        fill_rows<T, CHANNELS, 1>(job, first, last, room);
    else if (job.row_taps == 2)
        fill_rows<T, CHANNELS, 2>(job, first, last, room);
    else
        fill_rows<T, CHANNELS, 4>(job, first, last, room);
    return 0;
}

// Write each row of an image as the pixels of a row of the source that are told by number.
template <typename T, bool GREY>
void repeat(const Resize& job, int64_t first, int64_t last) {
    const int64_t count = job.image_columns, size = GREY ? 1 : static_cast<int64_t>(sizeof(T));
    for (int64_t r = first; r < last; ++r) {
        uint8_t* out = static_cast<uint8_t*>(job.image) + r * count * size;
        const int32_t place = job.row_starts[r];
        if (r > first && place == job.row_starts[r - 1]) {
            memcpy(out, out - count * size, static_cast<size_t>(count * size));
            continue;
        }
        const T* row = static_cast<const T*>(job.source) + place * job.row_stride;
        for (int64_t c = 0; c < count; ++c) {
            const T value = row[job.starts[c] * job.column_stride];
            if (GREY)
                out[c] = level_of(job.greys, value);
            else
                reinterpret_cast<T*>(out)[c] = value;
        }
    }
}

template <typename Work>
int64_t with_picture(int32_t type, Work work) {
    switch (type) {
        case 1: return work(uint8_t{});
        case 2: return work(int16_t{});
        case 3: return work(uint16_t{});
        case 8: return work(float{});
        default: return BAD_TYPE;
    }
}

}  // namespace

// Fill rows [first, last) of an image; `room` holds for each channel columns + 2 * taps + 8 + 4 *
// image_columns of float32.
KERNEL(int64_t, resize_rows)(const Resize* job, int64_t first, int64_t last, float* room) {
    if (job->channels == 3)
        return job->type == 1 ? fill_rows<uint8_t, 3>(*job, first, last, room) : BAD_TYPE;
    return with_picture(job->type, [&](auto zero) {
        return fill_rows<decltype(zero), 1>(*job, first, last, room);
    });
}

// Fill rows [first, last) of an image by the pixel nearest to each of its own.
KERNEL(int64_t, repeat_rows)(const Resize* job, int64_t first, int64_t last) {
    return with_picture(job->type, [&](auto zero) -> int64_t {
        using T = decltype(zero);
        if (job->greys.levels == nullptr)
            repeat<T, false>(*job, first, last);
        else
            repeat<T, true>(*job, first, last);
        return 0;
    });
}

// Write the grey levels of stored values.
KERNEL(int64_t, grey_levels)(const Greys* greys, int32_t type, const void* values, int64_t count,
                             uint8_t* grey) {
    return with_picture(type, [&](auto zero) -> int64_t {
        look_up(*greys, static_cast<const decltype(zero)*>(values), count, grey);
        return 0;
    });
}
