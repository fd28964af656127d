// A direction carried along a curve without twist.
#include "kernel.hpp"

namespace {

double dot(const double* a, const double* b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// Reflect two directions on the plane perpendicular to `across`; nothing for zero.
void reflect(double* side, double* tangent, const double* across) {
    const double length = dot(across, across);
    if (!(length > 1e-18)) return;
    const double one = 2 / length * dot(side, across), other = 2 / length * dot(tangent, across);
    for (int axis = 0; axis < 3; ++axis) {
        side[axis] -= one * across[axis];
        tangent[axis] -= other * across[axis];
    }
}

}  // namespace

// Double reflection: on the plane halfway between two points, then on the one that brings the
// reflected tangent to the next one. `points`, `tangents`, `carried` (count, 3), `first` (3,).
KERNEL(void, carry_frames)(const double* points, const double* tangents, const double* first,
                           int64_t count, double* carried) {
    double side[3] = {first[0], first[1], first[2]};
    for (int64_t n = 0; n < count; ++n) {
        const double* tangent = tangents + 3 * n;
        if (n > 0) {
            double old[3], across[3];
            for (int axis = 0; axis < 3; ++axis) {
                old[axis] = tangent[axis - 3];
                across[axis] = points[3 * n + axis] - points[3 * n - 3 + axis];
            }
            reflect(side, old, across);
            for (int axis = 0; axis < 3; ++axis) across[axis] = tangent[axis] - old[axis];
            reflect(side, old, across);
        }
        const double along = dot(side, tangent);
        for (int axis = 0; axis < 3; ++axis) side[axis] -= along * tangent[axis];
        const double length = root(dot(side, side));
        for (int axis = 0; axis < 3; ++axis) {
            side[axis] /= length;
            carried[3 * n + axis] = side[axis];
        }
    }
}
