#include "core/buffer.h"

#include <algorithm>
#include <cstdio>

namespace taeda {
namespace {

[[noreturn]] void size_overflow(const Dims& sizes) {
  raise(ErrorKind::Runtime, "Storage size calculation overflowed with sizes=%s", dims_text(sizes).at);
}

size_t checked_bytes(int64_t elements, DType dtype, const Dims& sizes) {
  int64_t bytes;
  if (__builtin_mul_overflow(elements, static_cast<int64_t>(itemsize(dtype)), &bytes)) size_overflow(sizes);
  return static_cast<size_t>(bytes);
}

// Elements from the first to the last that the geometry reaches; 0 if there are none. Strides are non-negative.
int64_t extent(const Dims& sizes, const Dims& strides) {
  int64_t last = 0;
  for (int i = 0; i < sizes.count; ++i) {
    int64_t step;
    if (sizes[i] == 0) return 0;
    if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &step) || __builtin_add_overflow(last, step, &last))
      size_overflow(sizes);
  }
  return last + 1;
}

void set_geometry(Buffer& b, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset) {
  b.dtype = dtype;
  b.ndim = static_cast<uint8_t>(sizes.count);
  b.offset = offset;
  std::memcpy(b.sizes, sizes.at, sizeof(int64_t) * sizes.count);
  std::memcpy(b.strides, strides.at, sizeof(int64_t) * sizes.count);
}

}  // namespace

void describe(Buffer& b, DType dtype, const Dims& sizes, Device device) {
  int64_t numel = checked_numel(sizes);
  b.storage = Storage::reserve(checked_bytes(numel, dtype, sizes), device);
  b.device = device;
  b.dtype = dtype;
  b.ndim = static_cast<uint8_t>(sizes.count);
  b.numel = numel;
  b.offset = 0;
  int64_t stride = 1;
  for (int i = sizes.count - 1; i >= 0; --i) {
    b.sizes[i] = sizes[i];
    b.strides[i] = stride;
    stride *= sizes[i] ? sizes[i] : 1;
  }
}

void describe(Buffer& b, DType dtype, const Dims& sizes, const Dims& strides, Device device) {
  if (sizes.count != strides.count)
    raise(ErrorKind::Runtime, "dimensionality of sizes (%d) must match dimensionality of strides (%d)", sizes.count,
          strides.count);
  int64_t numel = checked_numel(sizes);
  for (int64_t s : strides)
    if (s < 0)
      raise(ErrorKind::Runtime, "as_strided: Negative strides are not supported at the moment, got strides: %s",
            dims_text(strides).at);
  b.storage = Storage::reserve(checked_bytes(extent(sizes, strides), dtype, sizes), device);
  b.device = device;
  b.numel = numel;
  set_geometry(b, dtype, sizes, strides, 0);
}

void describe_view(Buffer& b, const Buffer& of, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset) {
  b.storage = of.storage;
  b.device = of.device;
  int64_t numel = 1;
  for (int64_t s : sizes) numel *= s;
  b.numel = numel;
  set_geometry(b, dtype, sizes, strides, offset);
}

Dims contiguous_strides(const Dims& sizes) {
  Dims strides;
  strides.count = sizes.count;
  int64_t stride = 1;
  for (int i = sizes.count - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= sizes[i] ? sizes[i] : 1;
  }
  return strides;
}

int64_t checked_numel(const Dims& sizes) {
  int64_t n = 1;
  bool none = false;
  for (int i = 0; i < sizes.count; ++i) {
    int64_t s = sizes[i];
    if (TAEDA_UNLIKELY(s < 0))
      raise(ErrorKind::Runtime, "Trying to create tensor with negative dimension %lld: %s", static_cast<long long>(s),
            dims_text(sizes).at);
    if (s == 0)
      none = true;
    else if (TAEDA_UNLIKELY(__builtin_mul_overflow(n, s, &n)))
      size_overflow(sizes);
  }
  return none ? 0 : n;
}

bool is_dense(const Buffer& b) {
  int order[MAX_DIMS], n = 0;
  for (int i = 0; i < b.ndim; ++i)
    if (b.sizes[i] != 1) order[n++] = i;
  std::sort(order, order + n, [&](int x, int y) {
    return b.strides[x] != b.strides[y] ? b.strides[x] < b.strides[y] : b.sizes[x] < b.sizes[y];
  });
  int64_t expected = 1;
  for (int k = 0; k < n; ++k) {
    if (b.strides[order[k]] != expected) return b.numel == 0;
    expected *= b.sizes[order[k]];
  }
  return true;
}

bool has_internal_overlap(const Buffer& b) {
  if (b.numel == 0) return false;
  for (int i = 0; i < b.ndim; ++i)
    if (b.sizes[i] > 1 && b.strides[i] == 0) return true;
  return false;
}

void refuse_internal_overlap(const Buffer& b) {
  if (has_internal_overlap(b))
    raise(ErrorKind::Runtime,
          "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
          "Please clone() the tensor before performing the operation.");
}

bool partially_overlaps(const Buffer& a, const Buffer& b) {
  if (&a == &b || a.numel == 0 || b.numel == 0 || !a.storage || a.storage.get() != b.storage.get()) return false;
  if (!is_dense(a) || !is_dense(b)) return false;  // too hard to say; PyTorch lets it pass
  int64_t a_begin = a.offset * itemsize(a.dtype), a_end = a_begin + a.numel * itemsize(a.dtype);
  int64_t b_begin = b.offset * itemsize(b.dtype), b_end = b_begin + b.numel * itemsize(b.dtype);
  if (a_begin == b_begin && a_end == b_end) {
    if (a.ndim != b.ndim) return true;
    for (int i = 0; i < a.ndim; ++i)
      if (a.strides[i] != b.strides[i]) return true;
    return false;
  }
  return a_begin < b_end && b_begin < a_end;
}

Text dims_text(const Dims& d) {
  Text text;
  int at = std::snprintf(text.at, sizeof text.at, "[");
  for (int i = 0; i < d.count; ++i)
    at += std::snprintf(text.at + at, sizeof text.at - at, i ? ", %lld" : "%lld", static_cast<long long>(d[i]));
  std::snprintf(text.at + at, sizeof text.at - at, "]");
  return text;
}

}  // namespace taeda
