// What the library says of itself, and which level of kernels this processor can run.
#include <stdint.h>

#ifdef _WIN32
#define SHOWN __declspec(dllexport)
#else
#define SHOWN __attribute__((visibility("default")))
#endif

#if defined(__x86_64__)
#include <cpuid.h>

namespace {

uint64_t saved_registers() {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return static_cast<uint64_t>(high) << 32 | low;
}

// Whether processor and system support x86-64-v3 (System V psABI for AMD64, section 3.1.1):
// AVX2, BMI1, BMI2, F16C, FMA, LZCNT, MOVBE, and registers of 256 bits saved by the system.
bool is_third_level() {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    const uint32_t first = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
    if ((c & first) != first || (saved_registers() & 6) != 6) return false;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    const uint32_t second = 1u << 3 | 1u << 5 | 1u << 8;
    if ((b & second) != second) return false;
    return __get_cpuid(0x80000001, &a, &b, &c, &d) && (c & 1u << 5);
}

}  // namespace
#endif

// The level of kernels for this processor, as it ends their names.
extern "C" SHOWN const char* level() {
#if defined(__x86_64__)
    if (is_third_level()) return "v3";
#endif
    return "baseline";
}

// The digests of the sources and of the build that this library was made by.
extern "C" SHOWN const char* provenance() { return PROVENANCE; }
