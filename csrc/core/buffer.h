// A Buffer: elements of one dtype in a Storage, seen through sizes, strides and an offset. The registers of Programs
// are Buffers, and a tensor is one, with what Python and autograd need beside it.
//
// Geometry comes first, memory after: describe() and the like give a buffer sizes, dtype, device and a storage of so
// many bytes; Storage::allocate() gives that memory. On the device "meta" the second never happens.
#pragma once
#include "core/device.h"
#include "core/dtype.h"
#include "core/storage.h"

namespace taeda {

struct Buffer {
  Shared<Storage> storage;  // null: a shape alone, kept by a backward of an input whose values it does not need
  int64_t offset;           // in elements
  int64_t numel;
  DType dtype;
  uint8_t ndim;
  Device device;
  int64_t sizes[MAX_DIMS];
  int64_t strides[MAX_DIMS];  // in elements

  bool has_memory() const { return storage && storage->data(); }
  char* data() const { return has_memory() ? storage->data() + offset * itemsize(dtype) : nullptr; }
  Dims shape() const { return Dims(sizes, ndim); }
  Dims stride_dims() const { return Dims(strides, ndim); }
  bool is_contiguous() const {
    int64_t expected = 1;
    for (int i = ndim - 1; i >= 0; --i) {
      if (sizes[i] == 1) continue;
      if (strides[i] != expected) return numel == 0;
      expected *= sizes[i];
    }
    return true;
  }
};

// A new contiguous buffer, without memory yet. Sizes are checked: negative ones, overflow.
void describe(Buffer& b, DType dtype, const Dims& sizes, Device device);
void describe(Buffer& b, DType dtype, const Dims& sizes, const Dims& strides, Device device);
// What `of` shows, through another geometry. Bounds are the caller's (views.h proves them, as_strided checks them).
void describe_view(Buffer& b, const Buffer& of, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset);
inline void describe_alias(Buffer& b, const Buffer& of) {
  describe_view(b, of, of.dtype, of.shape(), of.stride_dims(), of.offset);
}

Dims contiguous_strides(const Dims& sizes);
int64_t checked_numel(const Dims& sizes);  // raises on negative sizes and overflow
inline bool same_shape(const Buffer& b, const Dims& shape) {
  if (b.ndim != shape.count) return false;
  for (int i = 0; i < shape.count; ++i)
    if (b.sizes[i] != shape[i]) return false;
  return true;
}
bool is_dense(const Buffer& b);  // no gaps and no overlaps, in whatever order of dimensions
// Do two elements of b share memory (expanded tensors)? 'Maybe' counts as yes only where PyTorch's check says so.
bool has_internal_overlap(const Buffer& b);
void refuse_internal_overlap(const Buffer& b);              // raises PyTorch's error before a write to such a b
bool partially_overlaps(const Buffer& a, const Buffer& b);  // share memory, but are not the same elements

// Shapes in messages: "[2, 3]".
struct Text {
  char at[512];
};
Text dims_text(const Dims& d);
inline Text shape_text(const Buffer& b) { return dims_text(b.shape()); }

}  // namespace taeda
