// Geometry: views are new sizes, strides and offset over the same storage. No kernel runs here.
#pragma once
#include <string_view>

#include "core/buffer.h"

namespace taeda {

// A kind of the "view" instruction: a row of the table in views.cpp, which says what its arguments, integers already
// evaluated, mean.
enum class ViewKind : uint8_t {};
bool view_kind_from_name(std::string_view name, ViewKind* out);
int view_kind_count();

struct Geometry {
  Dims sizes, strides;
  int64_t offset;
};
// The geometry of view `kind` of t. Returns false only for a reshape or flatten that needs a copy (then sizes is set
// and the caller copies). Raises torch's errors for what cannot be.
bool view_geometry(ViewKind kind, const Buffer& t, const int64_t* arguments, int count, Geometry* out);

// That of t broadcast to a shape; raises torch's errors.
Geometry expanded(const Buffer& t, const Dims& shape);

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
