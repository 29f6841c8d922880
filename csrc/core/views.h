// Geometry: views are new sizes, strides and offset over the same storage. No kernel runs here.
#pragma once
#include "core/buffer.h"

namespace taeda {

// The kinds of the "view" instruction; arguments are integers already evaluated.
enum class ViewKind : uint8_t {
  Permute,    // dims: a permutation, non-negative
  Expand,     // sizes; -1 keeps; new leading dimensions allowed
  Reshape,    // sizes, one may be -1; a view where possible, else a copy (the executor copies)
  View,       // sizes; raises where a copy would be needed
  Slice,      // dim, start, stop, step (Python semantics; step > 0)
  Select,     // dim, index
  Squeeze,    // dims; none given: all of size 1
  Unsqueeze,  // dim, into the result's dimensions
  AsStrided,  // n, then n sizes, n strides, offset
  Diagonal,   // offset, dim1, dim2
  Unfold,     // dim, size, step
  Alias,
  Flatten,  // first dim, last dim: a view where possible, else a copy
};
bool view_kind_from_name(const char* name, ViewKind* out);

struct Geometry {
  Dims sizes, strides;
  int64_t offset;
};
// The geometry of view `kind` of t. Returns false only for Reshape/Flatten that need a copy (then sizes is set and the
// caller copies). Raises torch's errors for what cannot be.
bool view_geometry(ViewKind kind, const Buffer& t, const int64_t* arguments, int count, Geometry* out);

// Strides that view a tensor of the given geometry as `to` without copying, or false.
bool reshape_strides(const Dims& sizes, const Dims& strides, const Dims& to, Dims* out);
// Replace one -1 in sizes so that the product is numel; raises torch's errors.
void infer_size(Dims& sizes, int64_t numel);
// dim + ndim if negative; IndexError "Dimension out of range (expected to be in range of [-2, 1], but got 2)".
int wrap_dim(int64_t dim, int ndim);

// The broadcast of two shapes; raises "The size of tensor a (3) must match the size of tensor b (4) at
// non-singleton dimension 1".
Dims broadcast_shapes(const Dims& a, const Dims& b);

}  // namespace taeda
