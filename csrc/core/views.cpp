#include "core/views.h"

#include <algorithm>
#include <string_view>

namespace taeda {

int wrap_dim(int64_t dim, int ndim) {
  int64_t low = ndim ? -ndim : -1, high = ndim ? ndim - 1 : 0;
  if (dim < low || dim > high)
    raise(ErrorKind::Index, "Dimension out of range (expected to be in range of [%lld, %lld], but got %lld)",
          (long long)low, (long long)high, (long long)dim);
  return static_cast<int>(dim < 0 ? dim + (ndim ? ndim : 1) : dim);
}

void infer_size(Dims& sizes, int64_t numel) {
  int64_t known = 1;
  int unknown = -1;
  for (int i = 0; i < sizes.count; ++i) {
    if (sizes[i] == -1) {
      if (unknown >= 0) raise(ErrorKind::Runtime, "only one dimension can be inferred");
      unknown = i;
    } else if (sizes[i] < 0) {
      raise(ErrorKind::Runtime, "invalid shape dimension %lld at index %d of shape %s", (long long)sizes[i], i,
            dims_text(sizes).at);
    } else if (__builtin_mul_overflow(known, sizes[i], &known)) {
      raise(ErrorKind::Runtime, "shape '%s' is invalid for input of size %lld", dims_text(sizes).at, (long long)numel);
    }
  }
  if (unknown >= 0 && known == 0 && numel == 0)
    raise(ErrorKind::Runtime,
          "cannot reshape tensor of 0 elements into shape %s because the unspecified dimension size -1 can be any "
          "value and is ambiguous",
          dims_text(sizes).at);
  if (unknown >= 0 ? (known == 0 || numel % known != 0) : known != numel)
    raise(ErrorKind::Runtime, "shape '%s' is invalid for input of size %lld", dims_text(sizes).at, (long long)numel);
  if (unknown >= 0) sizes[unknown] = numel / known;
}

bool reshape_strides(const Dims& sizes, const Dims& strides, const Dims& to, Dims* out) {
  int64_t numel = 1;
  for (int64_t s : sizes) numel *= s;
  *out = contiguous_strides(to);
  if (numel == 0) {
    if (sizes.count == to.count && std::equal(sizes.begin(), sizes.end(), to.begin())) *out = strides;
    return true;
  }
  // Walk both shapes from the right; each maximal run of old dimensions that lie densely one in the other must be
  // filled exactly by a run of new dimensions.
  int view = to.count - 1;
  int64_t chunk_base = sizes.count ? strides[sizes.count - 1] : 1, tensor_numel = 1, view_numel = 1;
  for (int d = sizes.count - 1; d >= 0; --d) {
    tensor_numel *= sizes[d];
    if (d == 0 || (sizes[d - 1] != 1 && strides[d - 1] != tensor_numel * chunk_base)) {
      while (view >= 0 && (view_numel < tensor_numel || to[view] == 1)) {
        (*out)[view] = view_numel * chunk_base;
        view_numel *= to[view];
        --view;
      }
      if (view_numel != tensor_numel) return false;
      if (d > 0) {
        chunk_base = strides[d - 1];
        tensor_numel = view_numel = 1;
      }
    }
  }
  while (view >= 0 && to[view] == 1) (*out)[view--] = sizes.count ? view_numel * chunk_base : 1;
  return view == -1;
}

Dims broadcast_shapes(const Dims& a, const Dims& b) {
  Dims out;
  out.count = std::max(a.count, b.count);
  for (int i = 1; i <= out.count; ++i) {
    int64_t x = i <= a.count ? a[a.count - i] : 1, y = i <= b.count ? b[b.count - i] : 1;
    if (x != y && x != 1 && y != 1)
      raise(ErrorKind::Runtime,
            "The size of tensor a (%lld) must match the size of tensor b (%lld) at non-singleton dimension %d",
            (long long)x, (long long)y, out.count - i);
    out[out.count - i] = x == 1 ? y : x;
  }
  return out;
}

namespace {

void check_dims(int64_t count) {
  if (count > MAX_DIMS)
    raise(ErrorKind::NotImplemented, "tensors of more than %d dimensions are not there yet", MAX_DIMS);
}

bool expand(const Buffer& t, const int64_t* a, int count, Geometry* out) {
  check_dims(count);
  Dims sizes(a, count);
  int lead = sizes.count - t.ndim;
  if (lead < 0)
    raise(ErrorKind::Runtime,
          "expand(torch.FloatTensor{%s}, size=%s): the number of sizes provided (%d) must be greater or equal to the "
          "number of "
          "dimensions in the tensor (%d)",
          shape_text(t).at, dims_text(sizes).at, sizes.count, t.ndim);
  out->sizes = sizes;
  out->strides = sizes;
  for (int i = 0; i < sizes.count; ++i) {
    int64_t have = i < lead ? 1 : t.sizes[i - lead], want = sizes[i];
    if (want == -1) {
      if (i < lead)
        raise(ErrorKind::Runtime,
              "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension %d", i);
      want = have;
    }
    if (want < 0)
      raise(ErrorKind::Runtime, "The expanded size of the tensor (%lld) isn't allowed to be negative", (long long)want);
    if (have != want && have != 1)
      raise(ErrorKind::Runtime,
            "The expanded size of the tensor (%lld) must match the existing size (%lld) at non-singleton dimension %d. "
            " Target sizes: "
            "%s.  Tensor sizes: %s",
            (long long)want, (long long)have, i, dims_text(sizes).at, shape_text(t).at);
    out->sizes[i] = want;
    out->strides[i] = i < lead ? (want == 1 ? 1 : 0) : (have == want ? t.strides[i - lead] : 0);
  }
  return true;
}

bool as_strided(const Buffer& t, const int64_t* a, int count, Geometry* out) {
  check_dims(a[0]);
  int n = static_cast<int>(std::max<int64_t>(a[0], -1));
  if (count != 2 * n + 2) raise(ErrorKind::Runtime, "mismatch in length of strides and shape");
  out->sizes = Dims(a + 1, n);
  out->strides = Dims(a + 1 + n, n);
  out->offset = a[1 + 2 * n];
  if (out->offset < 0) raise(ErrorKind::Runtime, "Tensor: invalid storage offset %lld", (long long)out->offset);
  __int128 last = out->offset;
  bool is_empty = false;
  for (int i = 0; i < n; ++i) {
    if (out->sizes[i] < 0)
      raise(ErrorKind::Runtime, "Storage size calculation overflowed with sizes=%s", dims_text(out->sizes).at);
    if (out->strides[i] < 0)
      raise(ErrorKind::Runtime, "as_strided: Negative strides are not supported at the moment, got strides: %s",
            dims_text(out->strides).at);
    if (out->sizes[i] == 0)
      is_empty = true;
    else
      last += static_cast<__int128>(out->sizes[i] - 1) * out->strides[i];
  }
  if (!is_empty && t.storage && (last + 1) * itemsize(t.dtype) > static_cast<__int128>(t.storage->bytes()))
    raise(ErrorKind::Runtime,
          "setStorage: sizes %s, strides %s, storage offset %lld, and itemsize %d requiring a storage size of %lld are "
          "out of bounds for "
          "storage of size %lld",
          dims_text(out->sizes).at, dims_text(out->strides).at, (long long)out->offset, itemsize(t.dtype),
          (long long)((last + 1) * itemsize(t.dtype)), (long long)t.storage->bytes());
  return true;
}

void remove_dim(Geometry* g, int dim) {
  for (int i = dim; i + 1 < g->sizes.count; ++i) g->sizes[i] = g->sizes[i + 1], g->strides[i] = g->strides[i + 1];
  --g->sizes.count;
  --g->strides.count;
}

bool permute(const Buffer& t, const int64_t* a, int count, Geometry* out) {
  if (count != t.ndim)
    raise(ErrorKind::Runtime,
          "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
          "ordering of "
          "dimensions i.e. input.dim() = %d is not equal to len(dims) = %d",
          t.ndim, count);
  for (int i = 0; i < count; ++i) {
    int from = wrap_dim(a[i], t.ndim);
    out->sizes[i] = t.sizes[from];
    out->strides[i] = t.strides[from];
  }
  return true;
}

// A view of the sizes `to`, of which one may be -1, where that needs no copy.
bool reshaped(const Buffer& t, Dims to, Geometry* out) {
  infer_size(to, t.numel);
  Dims from_strides = out->strides;
  bool possible = reshape_strides(out->sizes, from_strides, to, &out->strides);
  out->sizes = to;
  return possible;
}

bool reshape(const Buffer& t, const int64_t* a, int count, Geometry* out) {
  check_dims(count);
  return reshaped(t, Dims(a, count), out);
}

bool view(const Buffer& t, const int64_t* a, int count, Geometry* out) {
  if (!reshape(t, a, count, out))
    raise(ErrorKind::Runtime,
          "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
          "contiguous subspaces). Use .reshape(...) instead.");
  return true;
}

bool flatten(const Buffer& t, const int64_t* a, int, Geometry* out) {
  int first = wrap_dim(a[0], t.ndim), last = wrap_dim(a[1], t.ndim);
  if (first > last) raise(ErrorKind::Runtime, "flatten() has invalid args: start_dim cannot come after end_dim");
  Dims to;
  int64_t product = 1;
  for (int i = 0; i < t.ndim; ++i) {
    if (i < first || i > last) {
      to.push(t.sizes[i]);
    } else {
      product *= t.sizes[i];
      if (i == last) to.push(product);
    }
  }
  if (t.ndim == 0) to.push(1);
  return reshaped(t, to, out);
}

bool slice(const Buffer& t, const int64_t* a, int, Geometry* out) {
  if (t.ndim == 0) raise(ErrorKind::Runtime, "slice() cannot be applied to a 0-dim tensor.");
  int dim = wrap_dim(a[0], t.ndim);
  int64_t size = t.sizes[dim], start = a[1], stop = a[2], step = a[3];
  if (step <= 0) raise(ErrorKind::Runtime, "slice step must be positive");
  if (start < 0) start += size;
  if (stop < 0) stop += size;
  start = std::clamp<int64_t>(start, 0, size);
  stop = std::clamp<int64_t>(stop, start, size);
  out->offset += start * t.strides[dim];
  out->sizes[dim] = (stop - start + step - 1) / step;
  out->strides[dim] = t.strides[dim] * step;
  return true;
}

bool select(const Buffer& t, const int64_t* a, int, Geometry* out) {
  if (t.ndim == 0) raise(ErrorKind::Index, "select() cannot be applied to a 0-dim tensor.");
  int dim = wrap_dim(a[0], t.ndim);
  int64_t size = t.sizes[dim], index = a[1];
  if (index < -size || index >= size)
    raise(ErrorKind::Index, "select(): index %lld out of range for tensor of size %s at dimension %d", (long long)index,
          shape_text(t).at, dim);
  out->offset += (index < 0 ? index + size : index) * t.strides[dim];
  remove_dim(out, dim);
  return true;
}

bool squeeze(const Buffer& t, const int64_t* a, int count, Geometry* out) {
  uint32_t chosen = 0;
  for (int i = 0; i < count; ++i) chosen |= 1u << wrap_dim(a[i], t.ndim);
  for (int i = t.ndim - 1; i >= 0; --i)
    if (t.sizes[i] == 1 && (count == 0 || (chosen >> i & 1))) remove_dim(out, i);
  return true;
}

bool unsqueeze(const Buffer& t, const int64_t* a, int, Geometry* out) {
  int dim = wrap_dim(a[0], t.ndim + 1);
  check_dims(t.ndim + 1);
  int64_t stride = dim < t.ndim ? t.sizes[dim] * t.strides[dim] : 1;
  for (int i = t.ndim; i > dim; --i) out->sizes[i] = out->sizes[i - 1], out->strides[i] = out->strides[i - 1];
  out->sizes[dim] = 1;
  out->strides[dim] = stride;
  ++out->sizes.count;
  ++out->strides.count;
  return true;
}

bool diagonal(const Buffer& t, const int64_t* a, int, Geometry* out) {
  int64_t shift = a[0];
  int d1 = wrap_dim(a[1], t.ndim), d2 = wrap_dim(a[2], t.ndim);
  if (d1 == d2)
    raise(ErrorKind::Runtime, "diagonal dimensions cannot be identical %lld, %lld", (long long)a[1], (long long)a[2]);
  int64_t size = shift >= 0 ? std::min(t.sizes[d1], t.sizes[d2] - shift) : std::min(t.sizes[d1] + shift, t.sizes[d2]);
  size = std::max<int64_t>(size, 0);
  if (size) out->offset += shift >= 0 ? shift * t.strides[d2] : -shift * t.strides[d1];
  int64_t stride = t.strides[d1] + t.strides[d2];
  remove_dim(out, std::max(d1, d2));
  remove_dim(out, std::min(d1, d2));
  out->sizes.push(size);
  out->strides.push(stride);
  return true;
}

bool unfold(const Buffer& t, const int64_t* a, int, Geometry* out) {
  int dim = wrap_dim(a[0], t.ndim);
  int64_t size = a[1], step = a[2], have = t.ndim ? t.sizes[dim] : 1;
  if (size < 0) raise(ErrorKind::Runtime, "size is %lld but must be >= 0", (long long)size);
  if (size > have)
    raise(ErrorKind::Runtime, "maximum size for tensor at dimension %d is %lld but size is %lld", dim, (long long)have,
          (long long)size);
  if (step <= 0) raise(ErrorKind::Runtime, "step is %lld but must be > 0", (long long)step);
  int64_t stride = t.ndim ? t.strides[dim] : 1;
  if (t.ndim) {
    out->sizes[dim] = (have - size) / step + 1;
    out->strides[dim] = stride * step;
  }
  out->sizes.push(size);
  out->strides.push(stride);
  return true;
}

bool alias(const Buffer&, const int64_t*, int, Geometry*) { return true; }

struct Kind {
  std::string_view name;
  int least;                                                                              // number of arguments
  bool (*geometry)(const Buffer& t, const int64_t* arguments, int count, Geometry* out);  // out begins as that of t
};

// What a file of Programs says are places in this table: new kinds stand at its end.
constexpr Kind KINDS[] = {
    {"permute", 0, permute},        // dims: a permutation, non-negative
    {"expand", 0, expand},          // sizes; -1 keeps; new leading dimensions allowed
    {"reshape", 0, reshape},        // sizes, one may be -1; a view where possible, else a copy (the executor copies)
    {"view", 0, view},              // sizes; raises where a copy would be needed
    {"slice", 4, slice},            // dim, start, stop, step (Python semantics; step > 0)
    {"select", 2, select},          // dim, index
    {"squeeze", 0, squeeze},        // dims; none given: all of size 1
    {"unsqueeze", 1, unsqueeze},    // dim, into the result's dimensions
    {"as_strided", 2, as_strided},  // n, then n sizes, n strides, offset
    {"diagonal", 3, diagonal},      // offset, dim1, dim2
    {"unfold", 3, unfold},          // dim, size, step
    {"alias", 0, alias},
    {"flatten", 2, flatten},  // first dim, last dim: a view where possible, else a copy
};

void begin(const Buffer& t, Geometry* out) {
  out->offset = t.offset;
  out->sizes = Dims(t.sizes, t.ndim);
  out->strides = Dims(t.strides, t.ndim);
}

}  // namespace

int view_kind_count() { return static_cast<int>(std::size(KINDS)); }

bool view_kind_from_name(std::string_view name, ViewKind* out) {
  for (const Kind& kind : KINDS)
    if (kind.name == name) {
      *out = static_cast<ViewKind>(&kind - KINDS);
      return true;
    }
  return false;
}

bool view_geometry(ViewKind kind, const Buffer& t, const int64_t* arguments, int count, Geometry* out) {
  const Kind& k = KINDS[static_cast<size_t>(kind)];
  if (TAEDA_UNLIKELY(count < k.least))
    raise(ErrorKind::Value, "a view of kind '%s' takes at least %d numbers, not %d", k.name.data(), k.least, count);
  begin(t, out);
  return k.geometry(t, arguments, count, out);
}

Geometry expanded(const Buffer& t, const Dims& shape) {
  Geometry found;
  begin(t, &found);
  expand(t, shape.at, shape.count, &found);
  return found;
}

}  // namespace taeda
