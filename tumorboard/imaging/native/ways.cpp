// Cheapest ways through a volume of costs (Dijkstra).
#include "kernel.hpp"

#include <stdlib.h>

namespace {

struct Item {
    float key;
    int32_t voxel;
};

// A binary heap, lowest key first, which grows as needed.
class Heap {
public:
    Heap() = default;
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    ~Heap() { free(items_); }

    bool is_empty() const { return size_ == 0; }

    bool push(Item item) {
        if (size_ == room_) {
            const size_t wider = room_ ? 2 * room_ : 4096;
            Item* grown = static_cast<Item*>(realloc(items_, wider * sizeof(Item)));
            if (!grown) return false;
            items_ = grown;
            room_ = wider;
        }
        size_t n = size_++;
        while (n > 0) {
            const size_t parent = (n - 1) / 2;
            if (items_[parent].key <= item.key) break;
            items_[n] = items_[parent];
            n = parent;
        }
        items_[n] = item;
        return true;
    }

    Item pop() {
        const Item lowest = items_[0], item = items_[--size_];
        size_t n = 0;
        for (;;) {
            size_t child = 2 * n + 1;
            if (child >= size_) break;
            if (child + 1 < size_ && items_[child + 1].key < items_[child].key) ++child;
            if (item.key <= items_[child].key) break;
            items_[n] = items_[child];
            n = child;
        }
        items_[n] = item;
        return lowest;
    }

private:
    Item* items_ = nullptr;
    size_t size_ = 0, room_ = 0;
};

}  // namespace

// Write of each voxel the cost of its way, the start it comes from and the voxel before it;
// `total` infinite, `origins` and `before` -1 when it begins.
KERNEL(int64_t, cheapest_ways)(const float* cost, const int64_t* shape, const int64_t* starts,
                               int64_t count, const double* spacing, int64_t target, float* total,
                               int32_t* origins, int32_t* before) {
    const int64_t rows = shape[1], columns = shape[2], plane = rows * columns;
    double ways[3][3][3];
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 3; ++c) {
                const double x = (a - 1) * spacing[0], y = (b - 1) * spacing[1];
                const double z = (c - 1) * spacing[2];
                ways[a][b][c] = root(x * x + y * y + z * z);
            }
    Heap heap;
    for (int64_t n = 0; n < count; ++n) {
        if (starts[n] < 0 || starts[n] >= shape[0] * plane) return BAD_VALUE;
        total[starts[n]] = 0.0f;
        origins[starts[n]] = static_cast<int32_t>(n);
        if (!heap.push({0.0f, static_cast<int32_t>(starts[n])})) return NO_MEMORY;
    }
    while (!heap.is_empty()) {
        const Item item = heap.pop();
        const int64_t here = item.voxel;
        if (item.key > total[here]) continue;
        if (here == target) break;
        const int64_t k = here / plane, rest = here - k * plane, i = rest / columns;
        const int64_t j = rest - i * columns;
        for (int64_t a = most<int64_t>(k - 1, 0); a < least(k + 2, shape[0]); ++a)
            for (int64_t b = most<int64_t>(i - 1, 0); b < least(i + 2, rows); ++b)
                for (int64_t c = most<int64_t>(j - 1, 0); c < least(j + 2, columns); ++c) {
                    const int64_t other = a * plane + b * columns + c;
                    const float there = cost[other];
                    // Neither infinite nor negative, and a number.
                    if (other == here || !(there >= 0.0f && there < __builtin_inff())) continue;
                    const double both = static_cast<double>(cost[here] + there);
                    const double way = ways[a - k + 1][b - i + 1][c - j + 1];
                    const float fresh =
                        static_cast<float>(static_cast<double>(item.key) + way * both / 2);
                    if (!(fresh < total[other])) continue;
                    total[other] = fresh;
                    origins[other] = origins[here];
                    before[other] = item.voxel;
                    if (!heap.push({fresh, static_cast<int32_t>(other)})) return NO_MEMORY;
                }
    }
    return 0;
}
