// What all kernels share: how they are exported, the types of elements, and small arithmetic.
//
// Every source is compiled once for each level of a processor, so everything but the exported
// functions, which carry the level in their names, lives in unnamed namespaces: nothing that
// one level uses may be merged with the same thing of another.
//
// Rules. No exceptions, no run-time type information, no C++ library, nothing of Python. The
// callers, in Python, have checked types, shapes and layout of all arrays; what only shows in
// the values of an array (an index, a length) is checked here, and answered with a negative
// number. Products are not fused with sums, so that all levels and systems give the same numbers.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef LEVEL
#define LEVEL baseline
#endif

#define JOINED_(name, level) name##_##level
#define JOINED(name, level) JOINED_(name, level)

#ifdef _WIN32
#define SHOWN __declspec(dllexport)
#else
#define SHOWN __attribute__((visibility("default")))
#endif

#define KERNEL(type, name) extern "C" SHOWN type JOINED(name, LEVEL)

namespace {

constexpr float NOT_A_NUMBER = __builtin_nanf("");

// Answers of kernels that check values.
constexpr int64_t BAD_TYPE = -1, BAD_VALUE = -2, NO_MEMORY = -3;

// The numbers of the types of elements, as `arrays.py` has them.
template <typename Work>
int64_t with_type(int32_t type, Work work) {
    switch (type) {
        case 0: return work(int8_t{});
        case 1: return work(uint8_t{});
        case 2: return work(int16_t{});
        case 3: return work(uint16_t{});
        case 4: return work(int32_t{});
        case 5: return work(uint32_t{});
        case 6: return work(int64_t{});
        case 7: return work(uint64_t{});
        case 8: return work(float{});
        case 9: return work(double{});
        default: return BAD_TYPE;
    }
}

template <typename T>
inline T least(T a, T b) {
    return b < a ? b : a;
}

template <typename T>
inline T most(T a, T b) {
    return a < b ? b : a;
}

// What is not a number is taken for `low`.
inline double within(double value, double low, double high) {
    return value > low ? (value < high ? value : high) : low;
}

inline int64_t clamped(int64_t n, int64_t count) { return n < 0 ? 0 : n < count ? n : count - 1; }

// The nearest whole number, halves to even, of a value between those of 16 bits.
inline int32_t rounded(float value) {
    const float sum = value + 12582912.0f;  // has the whole number in its lowest bits
    int32_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return bits - 0x4B400000;
}

inline double root(double value) { return __builtin_sqrt(value); }

inline double size_of(double value) { return __builtin_fabs(value); }

}  // namespace
