#include "core/loops.h"

#include <algorithm>
#include <cstdlib>

#include "core/buffer.h"
#include "core/thread_pool.h"

namespace taeda {
namespace {

constexpr int64_t PIECE = 32768;            // points per piece of work, about, if little is done at each
constexpr int64_t SERIAL = 16384;           // below this many such points the calling thread does it alone
constexpr int64_t WORTH_COLLECTING = 2048;  // of such points: less is done before it is put anywhere
constexpr int64_t MOST_WEIGHT = 16;
constexpr int64_t ROW = 64;  // so many points is the rest of a row worth that is reduced along vectors
constexpr int64_t TILE = 64;
constexpr int64_t SHORT = 5;        // an innermost loop of fewer points changes places with the one around it
constexpr int64_t CACHE_LINE = 64;  // bytes

// Dimensions of one group (outer or inner) with the strides of all operands, in bytes, collapsed.
struct Group {
  int count = 0;
  int64_t size[MAX_DIMS];
  int64_t stride[MAX_DIMS][MAX_OPERANDS];
};

void collapse(const Dims& shape, const int* dims, int n, const LoopOperand* operands, int operand_count, Group* g) {
  g->count = 0;
  for (int k = 0; k < n; ++k) {
    int d = dims[k];
    if (shape[d] == 1) continue;
    if (g->count) {  // does the previous dimension continue into this one for every operand?
      int p = g->count - 1;
      bool joins = true;
      for (int o = 0; o < operand_count && joins; ++o)
        joins = g->stride[p][o] == operands[o].strides[d] * itemsize(operands[o].dtype) * shape[d];
      if (joins) {
        g->size[p] *= shape[d];
        for (int o = 0; o < operand_count; ++o) g->stride[p][o] = operands[o].strides[d] * itemsize(operands[o].dtype);
        continue;
      }
    }
    int c = g->count++;
    g->size[c] = shape[d];
    for (int o = 0; o < operand_count; ++o) g->stride[c][o] = operands[o].strides[d] * itemsize(operands[o].dtype);
  }
}

// The whole of one launch, as the pieces see it.
struct Launch {
  Kernel kernel;
  int operands;
  const uint64_t* scalars;
  char* data[MAX_OPERANDS];
  // loops run here, outermost first; the last of them is the kernel's outer loop
  int loops;
  int64_t loop_size[MAX_DIMS];
  int64_t loop_stride[MAX_DIMS][MAX_OPERANDS];
  // the kernel's inner space
  int64_t inner, middle;
  int64_t inner_stride[MAX_OPERANDS], middle_stride[MAX_OPERANDS];
  int64_t inner_chunk;  // pointwise only: the inner loop is cut into pieces of this size (>= inner: not cut)
  int64_t index_base;
};

// Of `l`, what is used of its arrays: most of their room is not.
void copy_launch(Launch& to, const Launch& l) {
  auto copy = [&](auto& a, const auto& b, int count) { std::copy(b, b + count, a); };
  to.kernel = l.kernel;
  to.operands = l.operands;
  to.scalars = l.scalars;
  to.loops = l.loops;
  to.inner = l.inner;
  to.middle = l.middle;
  to.inner_chunk = l.inner_chunk;
  to.index_base = l.index_base;
  copy(to.data, l.data, l.operands);
  copy(to.inner_stride, l.inner_stride, l.operands);
  copy(to.middle_stride, l.middle_stride, l.operands);
  copy(to.loop_size, l.loop_size, l.loops);
  for (int d = 0; d < l.loops; ++d) copy(to.loop_stride[d], l.loop_stride[d], l.operands);
}

int64_t call_kernel(const Launch& l, char** data, int64_t inner, int64_t index_base, int64_t begin, int64_t end) {
  int64_t integers[3 + 3 * MAX_OPERANDS];
  integers[0] = inner;
  integers[1] = l.middle;
  integers[2] = index_base;
  int outer = l.loops - 1;
  for (int o = 0; o < l.operands; ++o) {
    integers[3 + 3 * o] = outer >= 0 ? l.loop_stride[outer][o] : 0;
    integers[4 + 3 * o] = l.inner_stride[o];
    integers[5 + 3 * o] = l.middle_stride[o];
  }
  int64_t fault[FAULT_WORDS];
  KernelArguments a{data, integers, l.scalars, nullptr, fault};
  return l.kernel(&a, begin, end);
}

// One piece: rows [begin, end) of the flattened outer loops times chunks of the inner loop.
int64_t run_piece(void* context, int64_t begin, int64_t end) {
  const Launch& l = *static_cast<const Launch*>(context);
  int64_t chunks = l.inner_chunk < l.inner ? (l.inner + l.inner_chunk - 1) / l.inner_chunk : 1;
  int64_t outer_size = l.loops ? l.loop_size[l.loops - 1] : 1;
  char* data[MAX_OPERANDS];
  while (begin < end) {
    int64_t row = begin / chunks, chunk = begin % chunks;
    int64_t odometer = row / outer_size, outer = row % outer_size;
    int64_t rest = odometer;
    int64_t shift[MAX_DIMS];
    for (int d = l.loops - 2; d >= 0; --d) shift[d] = rest % l.loop_size[d], rest /= l.loop_size[d];
    for (int o = 0; o < l.operands; ++o) {
      char* p = l.data[o];
      for (int d = 0; d < l.loops - 1; ++d) p += shift[d] * l.loop_stride[d][o];
      data[o] = p;
    }
    int64_t first = odometer * outer_size * l.middle * l.inner + l.index_base;
    if (chunks == 1) {
      int64_t stop = std::min(outer_size, outer + (end - begin));
      if (int64_t code = call_kernel(l, data, l.inner, first, outer, stop)) return code;
      begin += stop - outer;
    } else {
      int64_t start = chunk * l.inner_chunk;
      for (int o = 0; o < l.operands; ++o)
        data[o] += start * l.inner_stride[o] + (l.loops ? outer * l.loop_stride[l.loops - 1][o] : 0);
      if (int64_t code =
              call_kernel(l, data, std::min(l.inner_chunk, l.inner - start), first + outer * l.inner + start, 0, 1))
        return code;
      ++begin;
    }
  }
  return 0;
}

// For transposing: rows [begin, end) are blocks of TILE outer points, walked tile by tile along the inner loop, so that
// the cache lines of an operand that is contiguous along outer are used whole.
int64_t run_tiled_piece(void* context, int64_t begin, int64_t end) {
  const Launch& l = *static_cast<const Launch*>(context);
  int64_t outer_size = l.loop_size[l.loops - 1], blocks = (outer_size + TILE - 1) / TILE;
  char* data[MAX_OPERANDS];
  for (int64_t piece = begin; piece < end; ++piece) {
    int64_t rest = piece / blocks, first = piece % blocks * TILE;
    int64_t base[MAX_DIMS];
    for (int d = l.loops - 2; d >= 0; --d) base[d] = rest % l.loop_size[d], rest /= l.loop_size[d];
    for (int64_t start = 0; start < l.inner; start += TILE) {
      for (int o = 0; o < l.operands; ++o) {
        char* p = l.data[o] + start * l.inner_stride[o];
        for (int d = 0; d < l.loops - 1; ++d) p += base[d] * l.loop_stride[d][o];
        data[o] = p;
      }
      if (int64_t code =
              call_kernel(l, data, std::min(TILE, l.inner - start), 0, first, std::min(outer_size, first + TILE)))
        return code;
    }
  }
  return 0;
}

// The only fault of a loop kernel is an integer divided by zero; the message is PyTorch's.
void explain(int64_t code) {
  if (TAEDA_UNLIKELY(code != 0)) raise(ErrorKind::Runtime, "ZeroDivisionError");
}

// How many points of little work one point of the kernel is worth: a power of two.
int64_t weight_of(LoopKernel& kernel) {
  int64_t weight = 1;
  for (int cost = kernel.cost(); cost > 8 && weight < MOST_WEIGHT; cost /= 2) weight *= 2;
  return weight;
}

// Where a launch is put, and after how many others of the collection: the second half of a reduction needs the first.
struct Later {
  LaunchCollection* collection = nullptr;
  int round = 0;
};
void put(const Later& later, const Launch& l, int64_t work, int64_t grain, int64_t points, ParallelBody body);

void run_parallel(Launch& l, int64_t work, int64_t grain, int64_t points, ParallelBody body, const Later& later) {
  int64_t code;
  if (later.collection && (points >= WORTH_COLLECTING || later.round)) return put(later, l, work, grain, points, body);
  if (points < SERIAL || work <= grain) {
    code = body(&l, 0, work);
  } else {
    WithoutHostLock unlocked;
    code = parallel_for(work, grain, body, &l);
  }
  explain(code);
}

char stride_class(int64_t stride, DType d, int64_t extent) {
  if (extent <= 1 || stride == itemsize(d)) return 'c';
  return stride == 0 ? 'z' : 's';
}

// Is output o so large that its stores had better go past the caches? Its rows must be aligned, and no input may be
// the same memory, whose lines are in the cache already.
bool streams(const Launch& l, int o, int64_t bytes) {
  if (bytes < STREAMING) return false;
  bool aligned = reinterpret_cast<uintptr_t>(l.data[o]) % 64 == 0;
  for (int d = 0; d < l.loops; ++d) aligned = aligned && l.loop_stride[d][o] % 64 == 0;
  for (int k = 0; k < l.operands && aligned; ++k) aligned = k == o || l.data[k] != l.data[o];
  return aligned;
}

void run_pointwise(LoopKernel& kernel, const Dims& shape, LoopOperand* operands, int count, const uint64_t* scalars,
                   int outputs, const Later& later) {
  int dims[MAX_DIMS], n = shape.count;
  for (int i = 0; i < n; ++i) dims[i] = i;
  if (!kernel.uses_index() && n > 1) {  // walk in the order of the output's memory
    const LoopOperand& main = operands[count - outputs];
    std::stable_sort(dims, dims + n, [&](int a, int b) {
      if (shape[a] == 1 || shape[b] == 1) return false;
      return main.strides[a] > main.strides[b];
    });
  }
  Group g;
  collapse(shape, dims, n, operands, count, &g);
  int last = g.count - 1;
  if (last > 0 && g.size[last] < SHORT && g.size[last - 1] >= 8 * g.size[last] && !kernel.uses_index()) {
    // Colours of pixels, coordinates of points: vectors lie across them.
    std::swap(g.size[last], g.size[last - 1]);
    std::swap(g.stride[last], g.stride[last - 1]);
  }
  Launch l;
  l.operands = count;
  l.scalars = scalars;
  l.middle = 1;
  l.index_base = 0;
  l.inner = last >= 0 ? g.size[last] : 1;
  l.loops = std::max(last, 0);
  int64_t rows = 1;
  char classes[MAX_OPERANDS + 1];
  bool transposing = false;
  for (int o = 0; o < count; ++o) {
    l.data[o] = operands[o].data;
    l.inner_stride[o] = last >= 0 ? g.stride[last][o] : itemsize(operands[o].dtype);
    l.middle_stride[o] = 0;
    classes[o] = stride_class(l.inner_stride[o], operands[o].dtype, l.inner);
    if (classes[o] == 's' && last > 0 && g.stride[last - 1][o] == itemsize(operands[o].dtype)) transposing = true;
    for (int d = 0; d < l.loops; ++d) l.loop_stride[d][o] = g.stride[d][o];
  }
  classes[count] = 0;
  for (int d = 0; d < l.loops; ++d) rows *= l.loop_size[d] = g.size[d];
  int64_t points = rows * l.inner;
  for (int o = count - outputs; o < count; ++o)
    if (streams(l, o, points * itemsize(operands[o].dtype)) && classes[o] == 'c') classes[o] = 'n';
  l.kernel = kernel.variant(false, 1, classes, count);
  int64_t weight = points < SERIAL / MOST_WEIGHT ? 1 : weight_of(kernel), piece = PIECE / weight;
  if (transposing && l.inner > TILE && l.loop_size[l.loops - 1] > 8 && !kernel.uses_index()) {
    l.inner_chunk = l.inner;
    int64_t outer = l.loop_size[l.loops - 1];
    int64_t blocks = rows / outer * ((outer + TILE - 1) / TILE);
    run_parallel(l, blocks, std::max<int64_t>(1, piece / (TILE * l.inner)), points * weight, run_tiled_piece, later);
    return;
  }
  l.inner_chunk = l.inner >= 2 * piece ? piece : l.inner;
  int64_t chunks = l.inner_chunk < l.inner ? (l.inner + piece - 1) / piece : 1;
  run_parallel(l, rows * chunks, std::max<int64_t>(1, piece / l.inner_chunk), points * weight, run_piece, later);
}

void run_reduction(LoopKernel& kernel, const Dims& shape, uint32_t reduced, LoopOperand* operands, int count,
                   const uint64_t* scalars, int outputs, const Later& later);

// Inner extents too long for one go: partial results per chunk, then their combination.
bool run_in_chunks(LoopKernel& kernel, const Group& outer, const Group& inner, LoopOperand* operands, int count,
                   const uint64_t* scalars, int outputs, const Later& later) {
  if (inner.count != 1 || inner.size[0] <= REDUCTION_CHUNK || outer.count > MAX_DIMS - 2) return false;
  LoopKernel *partial, *combine;
  std::vector<DType> dtypes;
  if (!kernel.split(&partial, &combine, &dtypes)) return false;
  int inputs = count - outputs, partials = static_cast<int>(dtypes.size());
  if (inputs + partials > MAX_OPERANDS || partials + outputs > MAX_OPERANDS) return false;
  int64_t extent = inner.size[0], whole = extent / REDUCTION_CHUNK, rest = extent % REDUCTION_CHUNK;
  int64_t chunks = whole + (rest != 0), rows = 1;
  Dims outer_shape(outer.size, outer.count);
  for (int64_t s : outer_shape) rows *= s;
  std::vector<Shared<Storage>> memory;
  for (DType d : dtypes) memory.push_back(Storage::create(static_cast<size_t>(chunks * rows) * itemsize(d)));

  // partial over (chunks, outer..., chunk); its results lie as (chunks, outer...)
  auto run_partial = [&](int64_t first, int64_t how_many, int64_t length) {
    if (!how_many) return;
    Dims s;
    s.push(how_many);
    for (int64_t x : outer_shape) s.push(x);
    s.push(length);
    std::vector<LoopOperand> ops(inputs + partials);
    for (int o = 0; o < inputs + partials; ++o) {
      LoopOperand& to = ops[o];
      if (o < inputs) {
        int size = itemsize(operands[o].dtype);
        to = operands[o];
        int64_t along = inner.stride[0][o] / size;
        to.data += first * REDUCTION_CHUNK * inner.stride[0][o];
        to.strides[0] = along * REDUCTION_CHUNK;
        for (int d = 0; d < outer.count; ++d) to.strides[1 + d] = outer.stride[d][o] / size;
        to.strides[1 + outer.count] = along;
      } else {
        DType d = dtypes[o - inputs];
        to.dtype = d;
        to.output = true;
        to.data = memory[o - inputs]->data() + first * rows * itemsize(d);
        Dims st = contiguous_strides(outer_shape);
        to.strides[0] = rows;
        for (int k = 0; k < outer.count; ++k) to.strides[1 + k] = st[k];
        to.strides[1 + outer.count] = 0;
      }
    }
    run_reduction(*partial, s, 1u << (outer.count + 1), ops.data(), inputs + partials, scalars, partials, later);
  };
  run_partial(0, whole, REDUCTION_CHUNK);
  run_partial(whole, rest ? 1 : 0, rest);

  Dims s = outer_shape;
  s.push(chunks);
  Dims st = contiguous_strides(outer_shape);
  std::vector<LoopOperand> ops(partials + outputs);
  for (int o = 0; o < partials + outputs; ++o) {
    LoopOperand& to = ops[o];
    if (o < partials) {
      to.dtype = dtypes[o];
      to.output = false;
      to.data = memory[o]->data();
      for (int d = 0; d < outer.count; ++d) to.strides[d] = st[d];
      to.strides[outer.count] = rows;
    } else {
      int from = inputs + o - partials;
      to = operands[from];
      for (int d = 0; d < outer.count; ++d) to.strides[d] = outer.stride[d][from] / itemsize(to.dtype);
      to.strides[outer.count] = 0;
    }
  }
  run_reduction(*combine, s, 1u << outer.count, ops.data(), partials + outputs, scalars, outputs,
                {later.collection, later.round + 1});
  if (later.collection)
    for (Shared<Storage>& m : memory) later.collection->keep(std::move(m));
  return true;
}

void run_reduction(LoopKernel& kernel, const Dims& shape, uint32_t reduced, LoopOperand* operands, int count,
                   const uint64_t* scalars, int outputs, const Later& later) {
  int outer_dims[MAX_DIMS] = {}, inner_dims[MAX_DIMS] = {}, outer_count = 0, inner_count = 0;
  for (int d = 0; d < shape.count; ++d) {
    if (reduced >> d & 1)
      inner_dims[inner_count++] = d;
    else
      outer_dims[outer_count++] = d;
  }
  Group outer, inner;
  collapse(shape, outer_dims, outer_count, operands, count, &outer);
  collapse(shape, inner_dims, inner_count, operands, count, &inner);
  bool empty_inner = false;
  for (int k = 0; k < inner_count; ++k) empty_inner |= shape[inner_dims[k]] == 0;
  if (empty_inner) inner.count = 0;
  if (inner.count > 2) raise(ErrorKind::Internal, "a reduction over %d separate ranges reached run_loops", inner.count);
  if (!empty_inner && run_in_chunks(kernel, outer, inner, operands, count, scalars, outputs, later)) return;

  Launch l;
  l.operands = count;
  l.scalars = scalars;
  l.index_base = 0;
  l.inner = empty_inner ? 0 : inner.count ? inner.size[inner.count - 1] : 1;
  l.middle = inner.count == 2 ? inner.size[0] : 1;
  l.inner_chunk = INT64_MAX;
  // The kernel's loop along vectors is the one along which elements of what is reduced are nearest to each other.
  int i = inner.count - 1, axis = outer.count - 1;  // of the outer loops, the one the kernel has
  bool outer_axis = false;
  auto distance_along = [&](const int64_t* strides) {
    int64_t sum = 0;
    for (int o = 0; o < count; ++o)
      if (inner.stride[i][o] != 0) sum += std::min(std::abs(strides[o]), CACHE_LINE);
    return sum;
  };
  if (i >= 0) {
    int64_t least = distance_along(inner.stride[i]);
    for (int d = 0; d < outer.count; ++d)
      if (int64_t distance = distance_along(outer.stride[d]); distance < least) {
        least = distance;
        axis = d;
        outer_axis = true;
      }
  }
  l.loops = outer.count;
  int64_t rows = 1;
  for (int d = 0, to = 0; d < outer.count; ++d) {
    int at = d == axis ? outer.count - 1 : to++;
    l.loop_size[at] = outer.size[d];
    rows *= outer.size[d];
    for (int o = 0; o < count; ++o) l.loop_stride[at][o] = outer.stride[d][o];
  }
  char classes[MAX_OPERANDS + 1];
  for (int o = 0; o < count; ++o) {
    l.data[o] = operands[o].data;
    l.inner_stride[o] = i >= 0 ? inner.stride[i][o] : itemsize(operands[o].dtype);
    l.middle_stride[o] = inner.count == 2 ? inner.stride[0][o] : 0;
    classes[o] = outer_axis
                     ? stride_class(l.loop_stride[outer.count - 1][o], operands[o].dtype, l.loop_size[outer.count - 1])
                     : stride_class(l.inner_stride[o], operands[o].dtype, l.inner);
  }
  classes[count] = 0;
  l.kernel = kernel.variant(outer_axis, inner.count == 2 ? 2 : 1, classes, count);
  int64_t extent = std::max<int64_t>(1, l.inner * l.middle) + (outer_axis ? 0 : ROW), weight = weight_of(kernel);
  int64_t grain = std::max<int64_t>(outer_axis ? TILE : 1, PIECE / weight / extent);
  run_parallel(l, rows, grain, rows * extent * weight, run_piece, later);
}

}  // namespace

void run_loops(const LoopsLaunch& launch) {
  auto& [kernel, shape, reduces, reduced, operands, count, outputs, scalars, collection] = launch;
  Later later{collection};
  if (count > MAX_OPERANDS)
    raise(ErrorKind::NotImplemented, "a kernel of %d operands (at most %d)", count, MAX_OPERANDS);
  for (int d = 0; d < shape.count; ++d)
    if (shape[d] == 0 && !(reduced >> d & 1)) return;  // no outer points
  if (reduces) {
    run_reduction(kernel, shape, reduced, operands, count, scalars, outputs, later);
    return;
  }
  if (TAEDA_LIKELY(shape.count <= 1)) {  // the commonest case by far: nothing to sort or collapse
    int64_t n = shape.count ? shape[0] : 1;
    if (n < SERIAL / MOST_WEIGHT || (!collection && n * weight_of(kernel) < SERIAL)) {
      char* data[MAX_OPERANDS];
      char classes[MAX_OPERANDS + 1];
      int64_t integers[3 + 3 * MAX_OPERANDS];  // without values: all of it is seldom used
      integers[0] = n, integers[1] = 1, integers[2] = 0;
      for (int o = 0; o < count; ++o) {
        data[o] = operands[o].data;
        int64_t stride =
            shape.count ? operands[o].strides[0] * itemsize(operands[o].dtype) : itemsize(operands[o].dtype);
        classes[o] = stride_class(stride, operands[o].dtype, n);
        integers[3 + 3 * o] = 0;
        integers[4 + 3 * o] = stride;
        integers[5 + 3 * o] = 0;
      }
      classes[count] = 0;
      Kernel k = kernel.variant(false, 1, classes, count);
      int64_t fault[FAULT_WORDS];
      KernelArguments a{data, integers, scalars, nullptr, fault};
      explain(k(&a, 0, 1));
      return;
    }
  }
  run_pointwise(kernel, shape, operands, count, scalars, outputs, later);
}

// ---- several kernels as one launch ----------------------------------------------------------------------------------

namespace {

// Which memory the kernels of a collection read and write. It is the collection's own: other threads may run other
// Programs on the same memory.
class TouchedMemory {
 public:
  struct Place {
    const Storage* memory = nullptr;
    bool written = false;
  };

  const Place* find(const Storage* memory) const {
    if (!count_) return nullptr;
    const Place& found = places_[index(memory)];
    return found.memory ? &found : nullptr;
  }

  void add(const Storage* memory, bool write) {
    if (2 * (count_ + 1) > places_.size()) grow();
    Place& place = places_[index(memory)];
    count_ += !place.memory;
    place.memory = memory;
    place.written |= write;
  }

  void clear() {
    if (count_) std::fill(places_.begin(), places_.end(), Place{});
    count_ = 0;
  }

 private:
  // Where this memory is, or would be: its own place, or the first free one behind it.
  size_t index(const Storage* memory) const {
    size_t mask = places_.size() - 1, i = (reinterpret_cast<uintptr_t>(memory) >> 4) * 0x9E3779B97F4A7C15u >> 20 & mask;
    while (places_[i].memory && places_[i].memory != memory) i = (i + 1) & mask;
    return i;
  }

  void grow() {
    std::vector<Place> before(places_.empty() ? 32 : 2 * places_.size());
    before.swap(places_);
    for (const Place& p : before)
      if (p.memory) places_[index(p.memory)] = p;
  }

  std::vector<Place> places_;  // a power of two of them, at least half of them free
  size_t count_ = 0;
};

}  // namespace

struct LaunchCollection::Launches {
  struct Entry {
    Launch launch;
    int64_t work, grain;
    ParallelBody body;
    int round;
    std::vector<uint64_t> scalars;
  };
  std::vector<std::unique_ptr<Entry>> entries;  // of which the first `count` are used; the rest is room
  size_t count = 0;
  int64_t points = 0;
  int rounds = 0;
  size_t next_scalars = 0;  // of the kernel that is run next
  std::vector<Shared<Storage>> memory;
  TouchedMemory touched;

  struct Round {
    std::vector<Entry*> entries;
    std::vector<int64_t> first;  // number of the first piece of each
  };
  void run();
  void forget() {
    count = 0;
    points = 0;
    rounds = 0;
    memory.clear();
    touched.clear();
  }
};

namespace {

thread_local std::unique_ptr<LaunchCollection::Launches> spare;  // its room is used again

int64_t run_pieces(void* context, int64_t begin, int64_t end) {
  auto& round = *static_cast<LaunchCollection::Launches::Round*>(context);
  auto after = std::upper_bound(round.first.begin(), round.first.end(), begin);
  for (size_t k = static_cast<size_t>(after - round.first.begin()) - 1; begin < end; ++k) {
    auto& e = *round.entries[k];
    int64_t last = k + 1 < round.first.size() ? std::min(end, round.first[k + 1]) : end;
    int64_t from = (begin - round.first[k]) * e.grain, to = std::min(e.work, (last - round.first[k]) * e.grain);
    if (int64_t code = e.body(&e.launch, from, to)) return code;
    begin = last;
  }
  return 0;
}

void put(const Later& later, const Launch& l, int64_t work, int64_t grain, int64_t points, ParallelBody body) {
  auto& all = later.collection->launches();
  if (work <= 0) return;
  if (all.count == all.entries.size())
    all.entries.push_back(std::unique_ptr<LaunchCollection::Launches::Entry>(new LaunchCollection::Launches::Entry));
  auto& e = *all.entries[all.count++];
  copy_launch(e.launch, l);
  if (l.scalars) e.scalars.assign(l.scalars, l.scalars + all.next_scalars);
  e.launch.scalars = e.scalars.data();
  e.work = work;
  e.grain = std::min(grain, work);
  e.body = body;
  e.round = later.round;
  all.rounds = std::max(all.rounds, later.round + 1);
  all.points += points;
}

}  // namespace

void LaunchCollection::Launches::run() {
  for (int r = 0; r < rounds; ++r) {
    Round round;
    int64_t pieces = 0;
    for (size_t k = 0; k < count; ++k) {
      Entry& e = *entries[k];
      if (e.round != r) continue;
      round.entries.push_back(&e);
      round.first.push_back(pieces);
      pieces += (e.work + e.grain - 1) / e.grain;
    }
    if (!pieces) continue;
    int64_t code;
    if (points < SERIAL || pieces == 1) {
      code = run_pieces(&round, 0, pieces);
    } else {
      WithoutHostLock unlocked;
      code = parallel_for(pieces, 1, run_pieces, &round);
    }
    explain(code);
  }
}

LaunchCollection::LaunchCollection() : launches_(std::move(spare)) {
  if (!launches_) launches_ = std::make_unique<Launches>();
}

LaunchCollection::~LaunchCollection() {
  launches_->forget();
  if (launches_->entries.size() <= 256) spare = std::move(launches_);
}

void LaunchCollection::wait_for(Buffers reads, Buffers writes, size_t scalars) {
  launches_->next_scalars = scalars;
  if (!launches_->count) return;
  auto touched = [this](const Buffer* b) { return launches_->touched.find(b->storage.get()); };
  bool waits = false;
  for (const Buffer* b : reads)
    if (auto* place = touched(b)) waits |= place->written;
  for (const Buffer* b : writes) waits |= touched(b) != nullptr;
  if (waits) flush();
}

void LaunchCollection::note(Buffers reads, Buffers writes) {
  if (launches_->count == noted_) return;  // it ran at once
  noted_ = launches_->count;
  auto touch = [this](const Buffer* b, bool write) {
    if (!b->storage) return;
    launches_->touched.add(b->storage.get(), write);
    launches_->memory.push_back(b->storage);
  };
  for (const Buffer* b : reads) touch(b, false);
  for (const Buffer* b : writes) touch(b, true);
}

void LaunchCollection::keep(Shared<Storage> memory) { launches_->memory.push_back(std::move(memory)); }

void LaunchCollection::flush() {
  if (launches_->count) launches_->run();
  launches_->forget();
  noted_ = 0;
}

}  // namespace taeda
