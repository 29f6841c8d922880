// x[...] and x[...] = value. Ints, slices, None and ellipses fold to one view; index tensors, masks and sequences are
// left to the ops index_get and index_put, which are given that view and, per dimension, an index tensor or None.
#include <string>

#include "core/views.h"
#include "python/composed.h"
#include "python/core_types.h"
#include "python/interop.h"
#include "python/lifted.h"
#include "python/tensor_type.h"
#include "tape/tape.h"

namespace taeda {

namespace {

constexpr Py_ssize_t MAX_ITEMS = 2 * MAX_DIMS;
// How PyTorch names element types when a value does not fit.
constexpr const char* C_NAMES[PLAIN_DTYPE_COUNT] = {"bool",
                                                    "uint8_t",
                                                    "int8_t",
                                                    "int16_t",
                                                    "int",
                                                    "int64_t",
                                                    "c10::Half",
                                                    "c10::BFloat16",
                                                    "float",
                                                    "double",
                                                    "c10::complex<float>",
                                                    "c10::complex<double>",
                                                    "uint16_t",
                                                    "uint32_t",
                                                    "uint64_t",
                                                    "c10::complex<c10::Half>",
                                                    "c10::Float8_e5m2",
                                                    "c10::Float8_e4m3fn",
                                                    "c10::Float8_e5m2fnuz",
                                                    "c10::Float8_e4m3fnuz",
                                                    "c10::Float8_e8m0fnu"};

[[noreturn]] void too_many_indices(const Tensor& t) {
  raise(PyExc_IndexError, "too many indices for tensor of dimension %d", t.ndim);
}

[[noreturn]] void out_of_bounds(int64_t index, int dim, int64_t size) {
  raise(PyExc_IndexError, "index %lld is out of bounds for dimension %d with size %lld", static_cast<long long>(index),
        dim, static_cast<long long>(size));
}

[[noreturn]] void zero_dim_index() {
  raise(
      PyExc_IndexError,
      "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
      "tensor to a number");
}

int64_t integer(PyObject* o) {
  Ref<> index = PyLong_Check(o) ? Ref<>::borrow(o) : checked(PyNumber_Index(o));
  int overflow;
  int64_t v = PyLong_AsLongLongAndOverflow(index.get(), &overflow);
  if (overflow) raise(PyExc_ValueError, "Overflow when unpacking long long");
  if (v == -1 && PyErr_Occurred()) throw PythonError();
  return v;
}

// Folds basic indices over the dimensions of a tensor, keeping what they mean on its memory and what they would mean on
// a contiguous tensor of its shape (the latter is the geometry gradients are scattered with).
struct Fold {
  const Tensor& t;
  Dims dense;   // contiguous strides of t
  int dim = 0;  // next dimension of t
  Dims sizes, strides, dense_strides;
  int64_t offset, dense_offset = 0;
  bool changed = false;

  explicit Fold(const Tensor& of) : t(of), dense(contiguous_strides(of.shape())), offset(of.offset) {}

  void push(int64_t size, int64_t stride, int64_t dense_stride) {
    sizes.push(size);
    strides.push(stride);
    dense_strides.push(dense_stride);
  }
  void keep() {
    push(t.sizes[dim], t.strides[dim], dense[dim]);
    ++dim;
  }
  void add_dimension() {  // with the stride that PyTorch's unsqueeze gives
    bool last = dim == t.ndim;
    push(1, last ? 1 : t.sizes[dim] * t.strides[dim], last ? 1 : t.sizes[dim] * dense[dim]);
    changed = true;
  }
  void select(int64_t index, Py_ssize_t position) {  // messages name the item's position, as PyTorch's do
    int64_t size = t.sizes[dim], at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) out_of_bounds(index, static_cast<int>(position), size);
    offset += at * t.strides[dim];
    dense_offset += at * dense[dim];
    ++dim;
    changed = true;
  }
  // Too large a step leaves one element at most, whose stride does not matter.
  static int64_t times(int64_t stride, int64_t step) {
    int64_t product;
    return __builtin_mul_overflow(stride, step, &product) ? stride : product;
  }
  void slice(PyObject* o) {
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(o, &start, &stop, &step) < 0) throw PythonError();
    if (step < 0) raise(PyExc_ValueError, "step must be greater than zero");
    int64_t size = t.sizes[dim];
    Py_ssize_t n = PySlice_AdjustIndices(static_cast<Py_ssize_t>(size), &start, &stop, step);
    if (n == size && step == 1) return keep();
    if (n == 0) start = 0;
    push(n, times(t.strides[dim], step), times(dense[dim], step));
    offset += start * t.strides[dim];
    dense_offset += start * dense[dim];
    ++dim;
    changed = true;
  }
  Ref<Tensor> view() const {
    return strided_view(const_cast<Tensor&>(t), sizes, strides, offset, dense_strides, dense_offset);
  }
};

// A list that PyTorch takes for a tuple of indices: x[[0, slice(1)]], as old NumPy did.
bool is_tuple_in_disguise(PyObject* key) {
  if (!PyList_Check(key) || PyList_GET_SIZE(key) >= 32) return false;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(key); ++i) {
    PyObject* o = PyList_GET_ITEM(key, i);
    if (is_tensor(o) || (PySequence_Check(o) && !is_numpy_scalar(o)) || PySlice_Check(o) || o == Py_Ellipsis ||
        o == Py_None)
      return true;
  }
  return false;
}

bool is_mask(const Tensor& t) { return t.dtype == DType::Bool || t.dtype == DType::UInt8; }

// An index that makes a new dimension: of size 1 for true, 0 for false.
Ref<Tensor> truth_index(bool truth) {
  Ref<Tensor> t = empty(DType::Int64, Dims{truth});
  if (truth) std::memset(t->data(), 0, 8);
  return t;
}

// The items of a key, with sequences and arrays turned into tensors.
struct Items {
  PyObject* owned[MAX_ITEMS];  // made of items; `owners` of them
  PyObject* at[MAX_ITEMS];
  Py_ssize_t owners = 0, count = 0;
  int consumed = 0;  // dimensions that they index
  bool advanced = false;

  Items() {}
  Items(const Items&) = delete;
  ~Items() {
    while (owners) Py_DECREF(owned[--owners]);
  }

  void add(PyObject* o, const Tensor& t) {
    if (count == MAX_ITEMS) too_many_indices(t);
    if (PySlice_Check(o) || (PyLong_Check(o) && !PyBool_Check(o))) {
      ++consumed;
    } else if (o == Py_None || o == Py_Ellipsis) {
    } else if (PyBool_Check(o)) {
      advanced = true;
    } else {
      if (!is_tensor(o)) {
        if (is_numpy_array(o)) {
          o = own(Ref<>::steal(reinterpret_cast<PyObject*>(tensor_from_array(o, false).release())));
        } else if (PySequence_Check(o) && !is_numpy_scalar(o)) {
          o = own(sequence_index(o));
        } else if (PyIndex_Check(o)) {
          o = own(checked(PyNumber_Index(o)));
        } else {
          raise(PyExc_IndexError,
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
                "%s)",
                Py_TYPE(o)->tp_name);
        }
      }
      if (is_tensor(o)) {
        const Tensor& index = *as_tensor(o);
        if (is_mask(index)) {
          consumed += index.ndim;
          advanced = true;
        } else if (info(index.dtype).floating || info(index.dtype).complex) {
          raise(PyExc_IndexError, "tensors used as indices must be long, int, byte or bool tensors");
        } else {
          if (index.ndim && index.dtype != DType::Int64 && index.dtype != DType::Int32)
            raise(PyExc_IndexError, "tensors used as indices must be long, int, byte or bool tensors");
          ++consumed;
          advanced = advanced || index.ndim;
        }
      } else {
        ++consumed;
      }
    }
    at[count++] = o;
  }

  PyObject* own(Ref<> made) { return owned[owners++] = made.release(); }

  // x[[0, 2]]: a list of numbers is an index tensor; an empty one, and one of floats, is one of int64 as in PyTorch.
  static Ref<> sequence_index(PyObject* o) {
    Ref<Tensor> t = tensor_from_data(o, nullptr);
    if (info(t->dtype).floating) {
      DType d = DType::Int64;
      t = tensor_from_data(o, &d);
    }
    return Ref<>::steal(reinterpret_cast<PyObject*>(t.release()));
  }
};

// Index tensors are broadcast together; masks become as many indices as they have true elements, so they are left to
// the op.
void check_broadcast(PyObject* indices) {
  Dims common;
  bool first = true;
  std::string shapes;
  bool fits = true;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(indices); ++i) {
    PyObject* o = PyList_GET_ITEM(indices, i);
    if (!is_tensor(o)) continue;
    const Tensor& t = *as_tensor(o);
    if (is_mask(t)) return;
    shapes += std::string(first ? "" : ", ") + shape_text(t).at;
    first = false;
    for (int k = 0; k < t.ndim; ++k) {  // k counts from the last dimension; `common` is kept reversed
      int64_t size = t.sizes[t.ndim - 1 - k];
      if (k == common.count)
        common.push(size);
      else if (common[k] == 1)
        common[k] = size;
      else if (size != 1 && size != common[k])
        fits = false;
    }
  }
  if (!fits)
    raise(PyExc_IndexError, "shape mismatch: indexing tensors could not be broadcast together with shapes %s",
          shapes.c_str());
}

// What a key stands for on a tensor: a view, and index tensors for its dimensions (null if there are none).
struct Selection {
  Ref<Tensor> view;  // the tensor itself if nothing basic is left to do
  Ref<> indices;     // list of index tensors and None
};

Selection select(Tensor& t, PyObject* key, bool want_view) {
  if (TAEDA_LIKELY(PyLong_CheckExact(key))) {
    if (t.ndim == 0) zero_dim_index();
    int64_t index = integer(key), size = t.sizes[0], at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) out_of_bounds(index, 0, size);
    return {select_first(t, at), nullptr};
  }
  Items items;
  Ref<> list;  // keeps the items of a disguised tuple
  if (PyTuple_Check(key)) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); ++i) items.add(PyTuple_GET_ITEM(key, i), t);
  } else if (is_tuple_in_disguise(key)) {
    if (PyErr_WarnEx(
            PyExc_UserWarning,
            "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch "
            "2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, "
            "x[torch.tensor(seq)], which will result either in an error or a different result",
            1) < 0)
      throw PythonError();
    list = checked(PySequence_Tuple(key));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(list.get()); ++i) items.add(PyTuple_GET_ITEM(list.get(), i), t);
  } else {
    items.add(key, t);
    if (t.ndim == 0) {
      if (PySlice_Check(key)) raise(PyExc_IndexError, "slice() cannot be applied to a 0-dim tensor.");
      if (items.consumed && !items.advanced && !is_tensor(key)) zero_dim_index();
    }
  }
  if (items.consumed > t.ndim) too_many_indices(t);

  Fold fold(t);
  Ref<> indices = items.advanced ? checked(PyList_New(0)) : nullptr;
  int last_index = 0;  // length of `indices` up to the last index tensor
  bool ellipsis = false;
  auto append = [&](PyObject* o) {
    if (indices && PyList_Append(indices.get(), o) < 0) throw PythonError();
  };
  auto append_tensor = [&](PyObject* o) {
    append(o);
    last_index = static_cast<int>(PyList_GET_SIZE(indices.get()));
  };
  for (Py_ssize_t i = 0; i < items.count; ++i) {
    PyObject* o = items.at[i];
    if (PySlice_Check(o)) {
      fold.slice(o);
      append(Py_None);
    } else if (o == Py_None) {
      fold.add_dimension();
      append(Py_None);
    } else if (o == Py_Ellipsis) {
      // A second ellipsis stands for no dimensions.
      for (int skipped = t.ndim - items.consumed; skipped > 0 && !ellipsis; --skipped) {
        fold.keep();
        append(Py_None);
      }
      ellipsis = true;
    } else if (PyBool_Check(o)) {
      fold.add_dimension();
      append_tensor(truth_index(o == Py_True).object());
    } else if (!is_tensor(o)) {
      fold.select(integer(o), i);
    } else {
      Tensor& index = *as_tensor(o);
      if (index.ndim == 0) {
        Ref<> value = only_element(index, PyExc_IndexError, "");
        if (is_mask(index)) {
          fold.add_dimension();
          append_tensor(truth_index(PyObject_IsTrue(value.get()) == 1).object());
        } else {
          fold.select(integer(value.get()), i);
        }
        continue;
      }
      append_tensor(o);
      for (int k = 0; k < (is_mask(index) ? index.ndim : 1); ++k) fold.keep();
    }
  }
  while (fold.dim < t.ndim) fold.keep();

  Selection s;
  bool whole = !fold.changed;
  s.view = whole && (items.advanced || !want_view) ? Ref<Tensor>::borrow(&t) : fold.view();
  if (items.advanced) {
    if (PyList_SetSlice(indices.get(), last_index, PyList_GET_SIZE(indices.get()), nullptr) < 0) throw PythonError();
    s.indices = std::move(indices);
    if (PyList_GET_SIZE(s.indices.get()) > 1) check_broadcast(s.indices.get());
    int dim = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(s.indices.get()); ++i) {
      PyObject* o = PyList_GET_ITEM(s.indices.get(), i);
      if (!is_tensor(o) || !is_mask(*as_tensor(o))) {
        ++dim;
        continue;
      }
      const Tensor& mask = *as_tensor(o);
      for (int k = 0; k < mask.ndim; ++k)
        if (mask.sizes[k] != s.view->sizes[dim + k])
          raise(PyExc_IndexError,
                "The shape of the mask %s at index %d does not match the shape of the indexed tensor %s at index %d",
                shape_text(mask).at, k, shape_text(*s.view).at, dim + k);
      dim += mask.ndim;
    }
  }
  return s;
}

// The value with its leading dimensions of size 1 removed, as many as are too many: x[0] = ones(1, 1, 4).
Ref<Tensor> without_leading_ones(Tensor& value, int wanted) {
  int extra = 0;
  while (extra < value.ndim && value.sizes[extra] == 1 && value.ndim - extra > wanted) ++extra;
  if (!extra) return Ref<Tensor>::borrow(&value);
  Dims sizes(value.sizes + extra, value.ndim - extra), strides(value.strides + extra, value.ndim - extra);
  return strided_view(value, sizes, strides, value.offset, contiguous_strides(sizes), 0);
}

}  // namespace

Ref<Tensor> select_first(Tensor& t, int64_t index) {
  int n = t.ndim - 1;
  Dims sizes(t.sizes + 1, n);
  Dims dense = contiguous_strides(sizes);
  int64_t step = 1;
  for (int64_t s : sizes) step *= s ? s : 1;
  return strided_view(t, sizes, Dims(t.strides + 1, n), t.offset + index * t.strides[0], dense, index * step);
}

// Is it an index with a lifted tensor in it? Those are taken apart in Python.
static bool lifted_key(PyObject* key) {
  if (TAEDA_LIKELY(!live_lifted)) return false;
  auto lifted = [](PyObject* o) {
    if (is_composed(o))
      raise(PyExc_IndexError, "tensors used as indices must be strided; convert this one with to_dense()");
    return is_lifted(o);
  };
  if (!PyTuple_Check(key) && !PyList_Check(key)) return lifted(key);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(key); ++i)
    if (lifted(PySequence_Fast_GET_ITEM(key, i))) return true;
  return false;
}

PyObject* get_item(PyObject* self, PyObject* key) {
  return guarded_object([&]() -> PyObject* {
    if (lifted_key(key))
      return checked(PyObject_CallMethod(reinterpret_cast<PyObject*>(LiftedType), "__getitem__", "OO", self, key))
          .release();
    Selection s = select(*as_tensor(self), key, true);
    if (!s.indices) return reinterpret_cast<PyObject*>(s.view.release());
    PyObject* arguments[2] = {s.view.object(), s.indices.get()};
    return PyObject_Vectorcall(required(Operator::IndexGet), arguments, 2, nullptr);
  });
}

int set_item(PyObject* self, PyObject* key, PyObject* value) {
  return guarded(-1, [&] {
    if (!value) raise(PyExc_TypeError, "Tensor does not support deleting items");
    if (lifted_key(key)) {
      auto* type = reinterpret_cast<PyObject*>(LiftedType);
      checked(PyObject_CallMethod(type, "__setitem__", "OOO", self, key, value));
      return 0;
    }
    Tensor& t = *as_tensor(self);
    Ref<> number;
    if (!is_tensor(value) && !is_python_number(value)) {
      if (!is_numpy_scalar(value))
        raise(PyExc_TypeError, "can't assign a %s to a torch.%sTensor", Py_TYPE(value)->tp_name, torch_name(t.dtype));
      number = checked(PyObject_CallMethod(value, "item", nullptr));
      value = number.get();
    }
    if (PyComplex_Check(value) && !info(t.dtype).complex)
      raise(PyExc_RuntimeError, "value cannot be converted to type %s without overflow",
            C_NAMES[static_cast<int>(plain(t.dtype))]);
    Selection s = select(t, key, false);
    if (!s.indices) {
      Ref<> source = is_tensor(value) ? Ref<>::steal(reinterpret_cast<PyObject*>(
                                            without_leading_ones(*as_tensor(value), s.view->ndim).release()))
                                      : Ref<>::borrow(value);
      PyObject* arguments[2] = {s.view.object(), source.get()};
      checked(PyObject_Vectorcall(required(is_tensor(value) ? Operator::Copy : Operator::Fill), arguments, 2, nullptr));
      return 0;
    }
    DType dtype = plain(t.dtype);
    Ref<Tensor> source =
        is_tensor(value) ? without_leading_ones(*as_tensor(value), 0) : tensor_from_data(value, &dtype, t.device);
    PyObject* arguments[3] = {s.view.object(), s.indices.get(), source.object()};
    checked(PyObject_Vectorcall(required(Operator::IndexPut), arguments, 3, nullptr));
    return 0;
  });
}

}  // namespace taeda
