#include "python/tensor.h"

#include <algorithm>
#include <cstdio>

#include "python/core_types.h"
#include "tape/tape.h"
#include "python/tensor_type.h"

namespace taeda {

PyTypeObject* TensorType = nullptr;
PyTypeObject* ParameterType = nullptr;

namespace {

// Memory of tensor objects and of their autograd data that is not in use: making and dropping a tensor is on the path
// of every op.
constexpr int KEPT = 512;
PyObject* kept_tensors[KEPT];
int kept_tensor_count = 0;
void* kept_data[KEPT];
int kept_data_count = 0;

void initialise(Tensor* t) {
  new (&t->storage) Shared<Storage>;
  new (&t->grad_fn) Shared<Node>;
  t->offset = 0;
  t->numel = 0;
  t->requires_grad = false;
  t->is_inference = t->detached_version = t->is_wrapped_number = t->gc_tracked = false;
  t->output_number = 0;
  t->autograd = nullptr;
  t->dictionary = nullptr;
  t->weak_references = nullptr;
}

Tensor* new_object() {
  PyObject* o;
  if (TAEDA_LIKELY(kept_tensor_count > 0)) {
    o = PyObject_Init(kept_tensors[--kept_tensor_count], TensorType);
  } else {
    o = reinterpret_cast<PyObject*>(PyObject_GC_New(Tensor, TensorType));
    if (!o) throw PythonError();
  }
  initialise(as_tensor(o));
  return as_tensor(o);
}

int64_t product(const Dims& sizes) {
  int64_t n = 1;
  for (int64_t s : sizes) n *= s;
  return n;
}

void set_geometry(Tensor* t, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset) {
  t->dtype = dtype;
  t->ndim = static_cast<uint8_t>(sizes.count);
  t->offset = offset;
  std::memcpy(t->sizes, sizes.at, sizeof(int64_t) * sizes.count);
  std::memcpy(t->strides, strides.at, sizeof(int64_t) * sizes.count);
}

void check_device(Device device) {
  if (TAEDA_UNLIKELY(device.kind == DeviceKind::CUDA))
    raise(PyExc_AssertionError, "Torch not compiled with CUDA enabled\nTaeda has kernels for device 'cpu' only so far");
}

[[noreturn]] void size_overflow(const Dims& sizes) {
  raise(PyExc_RuntimeError, "Storage size calculation overflowed with sizes=%s", dims_text(sizes).at);
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

// Do the elements of t fill one run of memory, each once?
bool is_dense(const Tensor& t) {
  int order[MAX_DIMS], n = 0;
  for (int i = 0; i < t.ndim; ++i)
    if (t.sizes[i] != 1) order[n++] = i;
  std::sort(order, order + n, [&](int a, int b) { return t.strides[a] < t.strides[b]; });
  int64_t expected = 1;
  for (int k = 0; k < n; ++k) {
    if (t.strides[order[k]] != expected) return false;
    expected *= t.sizes[order[k]];
  }
  return true;
}

}  // namespace

void* AutogradData::operator new(size_t size) {
  return kept_data_count ? kept_data[--kept_data_count] : ::operator new(size);
}

void AutogradData::operator delete(void* p) noexcept {
  if (REUSE_OBJECTS && kept_data_count < KEPT) kept_data[kept_data_count++] = p;
  else ::operator delete(p);
}

Ref<Tensor> empty(DType dtype, const Dims& sizes, Device device) {
  int64_t numel = checked_numel(sizes);
  size_t bytes = checked_bytes(numel, dtype, sizes);
  check_device(device);
  Shared<Storage> storage;
  if (device.kind != DeviceKind::Meta) storage = Storage::create(bytes, device);
  Tensor* t = new_object();
  t->storage = std::move(storage);
  t->device = device;
  t->dtype = dtype;
  t->ndim = static_cast<uint8_t>(sizes.count);
  t->numel = numel;
  int64_t stride = 1;
  for (int i = sizes.count - 1; i >= 0; --i) {
    t->sizes[i] = sizes[i];
    t->strides[i] = stride;
    stride *= sizes[i] ? sizes[i] : 1;
  }
  return Ref<Tensor>::steal(t);
}

Ref<Tensor> empty_strided(DType dtype, const Dims& sizes, const Dims& strides, Device device) {
  if (sizes.count != strides.count)
    raise(PyExc_RuntimeError, "dimensionality of sizes (%d) must match dimensionality of strides (%d)", sizes.count,
          strides.count);
  int64_t numel = checked_numel(sizes);
  for (int64_t s : strides)
    if (s < 0)
      raise(PyExc_RuntimeError, "as_strided: Negative strides are not supported at the moment, got strides: %s",
            dims_text(strides).at);
  size_t bytes = checked_bytes(extent(sizes, strides), dtype, sizes);
  check_device(device);
  Shared<Storage> storage;
  if (device.kind != DeviceKind::Meta) storage = Storage::create(bytes, device);
  Tensor* t = new_object();
  t->storage = std::move(storage);
  t->device = device;
  t->numel = numel;
  set_geometry(t, dtype, sizes, strides, 0);
  return Ref<Tensor>::steal(t);
}

Ref<Tensor> shape_only(const Tensor& like) {
  Tensor* t = new_object();
  t->device = like.device;
  t->numel = like.numel;
  set_geometry(t, like.dtype, like.shape(), Dims(like.strides, like.ndim), 0);
  return Ref<Tensor>::steal(t);
}

Ref<Tensor> from_storage(Shared<Storage> storage, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset) {
  Tensor* t = new_object();
  t->device = storage ? storage->device() : Device{DeviceKind::Meta};
  t->storage = std::move(storage);
  t->numel = product(sizes);
  set_geometry(t, dtype, sizes, strides, offset);
  return Ref<Tensor>::steal(t);
}

Ref<Tensor> alias(const Tensor& of, const Dims& sizes, const Dims& strides, int64_t offset) {
  Tensor* t = new_object();
  t->storage = of.storage;
  t->device = of.device;
  t->numel = product(sizes);
  t->is_inference = of.is_inference;
  t->detached_version = of.detached_version;
  set_geometry(t, of.dtype, sizes, strides, offset);
  return Ref<Tensor>::steal(t);
}

Ref<Tensor> alias_as(PyTypeObject* type, const Tensor& of) {
  if (type == TensorType) return alias(of);
  if (!PyType_IsSubtype(type, TensorType)) raise(PyExc_TypeError, "%s is not a subclass of Tensor", type->tp_name);
  Ref<> o = checked(type->tp_alloc(type, 0));
  Tensor* t = as_tensor(o.get());
  initialise(t);
  t->gc_tracked = true;  // tp_alloc of a subclass does that
  t->storage = of.storage;
  t->device = of.device;
  t->numel = of.numel;
  t->is_inference = of.is_inference;
  t->detached_version = of.detached_version;
  set_geometry(t, of.dtype, of.shape(), Dims(of.strides, of.ndim), of.offset);
  return Ref<Tensor>::steal(as_tensor(o.release()));
}

AutogradData& autograd_data(Tensor& t) {
  if (!t.autograd) t.autograd = new AutogradData;
  return *t.autograd;
}

void track(Tensor& t) {
  if (t.gc_tracked) return;
  t.gc_tracked = true;
  PyObject_GC_Track(&t);
}

void free_tensor(PyObject* self) {
  Tensor* t = as_tensor(self);
  PyTypeObject* type = Py_TYPE(self);
  // Subclasses have been tracked again by Python before it calls this.
  if (t->gc_tracked || type != TensorType) PyObject_GC_UnTrack(self);
  if (t->weak_references) PyObject_ClearWeakRefs(self);
  Py_CLEAR(t->dictionary);
  if (t->autograd) delete std::exchange(t->autograd, nullptr);
  t->grad_fn.~Shared();
  t->storage.~Shared();
  if (REUSE_OBJECTS && type == TensorType && kept_tensor_count < KEPT) kept_tensors[kept_tensor_count++] = self;
  else type->tp_free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
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
      raise(PyExc_RuntimeError, "Trying to create tensor with negative dimension %lld: %s", static_cast<long long>(s),
            dims_text(sizes).at);
    if (s == 0) none = true;
    else if (TAEDA_UNLIKELY(__builtin_mul_overflow(n, s, &n))) size_overflow(sizes);
  }
  return none ? 0 : n;
}

bool same_shape(const Tensor& t, const Dims& shape) {
  return t.ndim == shape.count && std::equal(shape.begin(), shape.end(), t.sizes);
}

void refuse_internal_overlap(const Tensor& t) {
  if (has_internal_overlap(t))
    raise(PyExc_RuntimeError,
          "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
          "Please clone() the tensor before performing the operation.");
}

bool has_internal_overlap(const Tensor& t) {
  if (t.numel == 0) return false;
  for (int i = 0; i < t.ndim; ++i)
    if (t.sizes[i] > 1 && t.strides[i] == 0) return true;
  return false;
}

bool partially_overlaps(const Tensor& a, const Tensor& b) {
  if (&a == &b || a.numel == 0 || b.numel == 0 || !a.storage || a.storage.get() != b.storage.get()) return false;
  if (!is_dense(a) || !is_dense(b)) return false;  // too hard to say; PyTorch lets it pass
  const char *a_begin = a.data(), *b_begin = b.data();
  const char *a_end = a_begin + a.numel * itemsize(a.dtype), *b_end = b_begin + b.numel * itemsize(b.dtype);
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

Text shape_text(const Tensor& t) { return dims_text(t.shape()); }

}  // namespace taeda
