// Filling from a seed.
#include "kernel.hpp"

// Laid out as `mask_kernels.py` has it.
struct Flood {
    const void* voxels;      // (planes, rows, columns), of any strides
    const uint8_t* allowed;  // the same shape, or null: everywhere
    uint8_t* filled;         // the same shape
    int64_t* queue;          // (room,): linear indices
    int64_t* state;          // (2,): head and tail of the queue
    const double* squares[3];
    int64_t shape[3], strides[3];  // strides in elements
    int64_t room, most, budget;
    double low, high, reach;
    int32_t type, unused;
};

namespace {

enum Ended { GROWING, DONE, TOO_LARGE, TOO_FAR };

template <typename T>
int64_t fill_further(const Flood& f) {
    const T* voxels = static_cast<const T*>(f.voxels);
    const int64_t rows = f.shape[1], columns = f.shape[2], plane = rows * columns;
    const int64_t size = f.shape[0] * plane, most = least(f.most, f.room);
    const int64_t steps[3] = {plane, columns, 1};
    int64_t head = f.state[0], tail = f.state[1];
    if (head < 0 || head > tail || tail > f.room) return BAD_VALUE;
    const auto stopped = [&](int64_t why) {
        f.state[0] = head;
        f.state[1] = tail;
        return why;
    };
    for (int64_t budget = f.budget; head < tail && budget > 0; --budget) {
        const int64_t here = f.queue[head];
        if (here < 0 || here >= size) return BAD_VALUE;
        ++head;
        const int64_t k = here / plane, rest = here - k * plane, i = rest / columns;
        const int64_t at[3] = {k, i, rest - i * columns};
        const int64_t element = at[0] * f.strides[0] + at[1] * f.strides[1] + at[2] * f.strides[2];
        const double squares[3] = {f.squares[0][at[0]], f.squares[1][at[1]], f.squares[2][at[2]]};
        // Columns first, then rows, then slices; backward before forward.
        for (int way = 0; way < 6; ++way) {
            const int axis = 2 - way / 2;
            const int64_t step = way % 2 ? 1 : -1, next = at[axis] + step;
            if (next < 0 || next >= f.shape[axis]) continue;
            const int64_t there = here + step * steps[axis];
            if (f.filled[there] != 0 || (f.allowed && !f.allowed[there])) continue;
            const double value = static_cast<double>(voxels[element + step * f.strides[axis]]);
            if (!(value >= f.low && value <= f.high)) continue;
            double far[3] = {squares[0], squares[1], squares[2]};
            far[axis] = f.squares[axis][next];
            if (far[0] + far[1] + far[2] > f.reach) return stopped(TOO_FAR);
            if (tail >= most) return stopped(TOO_LARGE);
            f.filled[there] = 1;
            f.queue[tail] = there;
            ++tail;
        }
    }
    return stopped(head >= tail ? DONE : GROWING);
}

}  // namespace

// Fill further from a queue of voxels, nearest in steps first, six neighbours.
KERNEL(int64_t, flood)(const Flood* flood) {
    return with_type(flood->type, [&](auto zero) { return fill_further<decltype(zero)>(*flood); });
}
