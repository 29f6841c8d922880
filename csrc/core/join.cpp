// The instruction that puts tensors side by side: cat and stack.
#include <algorithm>
#include <cstring>

#include "core/instructions.h"
#include "core/loops.h"
#include "core/thread_pool.h"

namespace taeda {
namespace {

constexpr int64_t PIECE = 64 << 10;  // bytes of the result per piece of work

int64_t join_piece(void* context, int64_t begin, int64_t end) {
  const Join& j = *static_cast<const Join*>(context);
  int64_t stop = std::min(end, j.rows * j.row_bytes), row = begin / j.row_bytes, within = begin % j.row_bytes;
  size_t k = 0;
  while (begin < stop) {
    while (j.parts[k].at + j.parts[k].bytes <= within) ++k;
    const JoinPart& part = j.parts[k];
    int64_t bytes = std::min(stop - begin, part.at + part.bytes - within);
    if (part.from)
      std::memcpy(j.to + begin, part.from + row * part.bytes + (within - part.at), static_cast<size_t>(bytes));
    begin += bytes;
    within += bytes;
    if (within == j.row_bytes) ++row, within = 0, k = 0;
  }
  return 0;
}

// Parts of one element each, as by stack along the last dimension: of some rows, one part after the other.
template <class Element>
int64_t interleave_piece(void* context, int64_t begin, int64_t end) {
  const Join& j = *static_cast<const Join*>(context);
  constexpr size_t SIZE = sizeof(Element);
  for (const JoinPart& part : j.parts) {
    if (!part.from) continue;
    const char* from = part.from + begin * static_cast<int64_t>(SIZE);
    char* to = j.to + begin * j.row_bytes + part.at;
    for (int64_t row = begin; row < end; ++row, from += SIZE, to += j.row_bytes) std::memcpy(to, from, SIZE);
  }
  return 0;
}

// The function for parts that all have so many bytes in a row, if there is one.
ParallelBody interleave(const Join& join) {
  int64_t bytes = join.parts[0].bytes;
  for (const JoinPart& part : join.parts)
    if (part.bytes != bytes) return nullptr;
  switch (bytes) {
    case 1: return interleave_piece<uint8_t>;
    case 2: return interleave_piece<uint16_t>;
    case 4: return interleave_piece<uint32_t>;
    case 8: return interleave_piece<uint64_t>;
    case 16: return interleave_piece<uint64_t[2]>;
    default: return nullptr;
  }
}

}  // namespace

void run_join(Join& join) {
  int64_t bytes = join.rows * join.row_bytes;
  if (ParallelBody body = interleave(join)) {
    int64_t grain = std::max<int64_t>(1, PIECE / join.row_bytes);
    if (join.rows <= grain) {
      body(&join, 0, join.rows);
      return;
    }
    WithoutHostLock unlocked;
    parallel_for(join.rows, grain, body, &join);
    return;
  }
  if (bytes <= PIECE) {
    join_piece(&join, 0, bytes);
    return;
  }
  WithoutHostLock unlocked;
  parallel_for(bytes, PIECE, join_piece, &join);
}

void JoinInstruction::infer(Frame&) const {}

// Parts that lie in memory as their elements are numbered go in one launch, in the order of the result's memory; others
// are copied to their place one by one.
void JoinInstruction::execute(Frame& f) const {
  const Buffer& out = f.at(reg);
  if (out.numel == 0) return;
  Join join{out.data(), 1, 0, {}};
  int64_t column = itemsize(out.dtype);  // bytes of one step along the dimension
  for (int d = 0; d < dim; ++d) join.rows *= out.sizes[d];
  for (int d = dim + 1; d < out.ndim; ++d) column *= out.sizes[d];
  join.row_bytes = out.sizes[dim] * column;
  join.parts.reserve(sources.size());
  bool together = false;
  int64_t start = 0;
  for (int r : sources) {
    const Buffer& source = f.at(r);
    int64_t length = source.numel * itemsize(out.dtype) / (join.rows * column);
    bool plain = out.is_contiguous() && source.dtype == out.dtype && source.is_contiguous() && source.has_memory();
    if (!plain && length) {
      Buffer place;
      Dims sizes = out.shape(), strides = out.stride_dims();
      if (source.ndim == out.ndim) {
        sizes[dim] = length;
      } else {  // stack: the dimension is not in the source
        for (int d = dim; d + 1 < out.ndim; ++d) sizes[d] = sizes[d + 1], strides[d] = strides[d + 1];
        --sizes.count, --strides.count;
      }
      describe_view(place, out, out.dtype, sizes, strides, out.offset + start * out.strides[dim]);
      copy_into(*f.kernels, place, source);
    }
    join.parts.push_back({plain ? source.data() : nullptr, length * column, start * column});
    together |= plain && length;
    start += length;
  }
  if (together) f.runtime->run(join);
}

void JoinInstruction::usage(Usage& u) const {
  u.read(reg);
  for (int r : sources) u.read(r);
}

}  // namespace taeda
