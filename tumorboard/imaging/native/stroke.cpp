// What a brush marks.
#include "kernel.hpp"

// Laid out as `mask_kernels.py` has it.
struct Stroke {
    uint8_t* flipped;        // (planes, rows, columns), 0 or 1
    const uint8_t* present;  // the same shape, 0 or 1, of any strides
    const double* places;    // (planes, 3): LPS of the first voxel of each slice
    const double *row_step, *column_step, *start, *end, *normal;  // (3,) each
    int64_t shape[3], strides[3];
    double radius, depth;
    int32_t fills, unused;
};

namespace {

struct Brush {
    double x, y, z, nx, ny, nz, dx, dy, dz, length, square, depth;
};

// Mark a row of voxels; without branches, so that several are done at once.
template <bool DISC>
void mark(const Brush& b, const double* column, const uint8_t* present, int64_t stride, uint8_t fills,
          int64_t columns, uint8_t* flipped) {
    for (int64_t j = 0; j < columns; ++j) {
        const double m = static_cast<double>(static_cast<int32_t>(j));
        double x = b.x + m * column[0], y = b.y + m * column[1], z = b.z + m * column[2];
        bool near = true;
        if (DISC) {
            const double off = x * b.nx + y * b.ny + z * b.nz;
            near = size_of(off) <= b.depth;
            x -= off * b.nx;
            y -= off * b.ny;
            z -= off * b.nz;
        }
        const double share = b.length > 0
                                 ? within((x * b.dx + y * b.dy + z * b.dz) / b.length, 0.0, 1.0)
                                 : 0.0;
        x -= share * b.dx;
        y -= share * b.dy;
        z -= share * b.dz;
        near &= x * x + y * y + z * z <= b.square;
        flipped[j] |= static_cast<uint8_t>(near & ((present[j * stride] != 0) != fills));
    }
}

}  // namespace

// Mark what a pass of a brush from `start` to `end` changes in a box.
KERNEL(void, stroke)(const Stroke* s) {
    const double *n = s->normal, *start = s->start;
    double way[3] = {s->end[0] - start[0], s->end[1] - start[1], s->end[2] - start[2]};
    const bool is_disc = s->depth < 1e30;
    if (is_disc) {
        const double along = way[0] * n[0] + way[1] * n[1] + way[2] * n[2];
        for (int axis = 0; axis < 3; ++axis) way[axis] -= along * n[axis];
    }
    Brush b = {0, 0, 0, n[0], n[1], n[2], way[0], way[1], way[2], 0, s->radius * s->radius, s->depth};
    b.length = way[0] * way[0] + way[1] * way[1] + way[2] * way[2];
    const uint8_t fills = s->fills != 0;
    for (int64_t k = 0; k < s->shape[0]; ++k) {
        const double* place = s->places + 3 * k;
        for (int64_t i = 0; i < s->shape[1]; ++i) {
            const double m = static_cast<double>(i);
            b.x = place[0] + m * s->row_step[0] - start[0];
            b.y = place[1] + m * s->row_step[1] - start[1];
            b.z = place[2] + m * s->row_step[2] - start[2];
            const uint8_t* present = s->present + k * s->strides[0] + i * s->strides[1];
            uint8_t* flipped = s->flipped + (k * s->shape[1] + i) * s->shape[2];
            if (is_disc)
                mark<true>(b, s->column_step, present, s->strides[2], fills, s->shape[2], flipped);
            else
                mark<false>(b, s->column_step, present, s->strides[2], fills, s->shape[2], flipped);
        }
    }
}
