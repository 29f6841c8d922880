// NumPy both ways and the buffer protocol.
#include "python/interop.h"

#include <string>

#include "python/tensor_type.h"
#include "tape/tape.h"

namespace taeda {

namespace {

// NumPy's types, once somebody has imported it. Immortal references.
struct Numpy {
  PyTypeObject *array = nullptr, *generic = nullptr;
};

PyTypeObject* type_of_module(PyObject* module, const char* name) {
  PyObject* o = PyObject_GetAttrString(module, name);
  if (!o || !PyType_Check(o)) {  // a NumPy that is just being imported
    PyErr_Clear();
    Py_XDECREF(o);
    return nullptr;
  }
  return reinterpret_cast<PyTypeObject*>(o);
}

// Null types as long as NumPy is not imported: then no object can be an array.
const Numpy& numpy_if_imported() {
  static Numpy numpy;
  if (TAEDA_UNLIKELY(!numpy.generic)) {
    static PyObject* name = PyUnicode_InternFromString("numpy");
    Ref<> module = Ref<>::steal(PyImport_GetModule(name));
    if (module) {
      numpy.array = type_of_module(module.get(), "ndarray");
      numpy.generic = numpy.array ? type_of_module(module.get(), "generic") : nullptr;
    } else {
      PyErr_Clear();
    }
  }
  return numpy;
}

const Numpy& import_numpy() {
  if (!numpy_if_imported().generic) {
    checked(PyImport_ImportModule("numpy"));
    if (!numpy_if_imported().generic) raise(PyExc_ImportError, "numpy is not usable: it has no ndarray");
  }
  return numpy_if_imported();
}

PyObject* numpy_dtype(DType d) {
  static PyObject* cache[PLAIN_DTYPE_COUNT];
  PyObject*& dtype = cache[static_cast<int>(d)];
  if (!dtype) {
    Ref<> module = checked(PyImport_ImportModule("numpy"));
    dtype = checked(PyObject_CallMethod(module.get(), "dtype", "s", info(d).typestr)).release();
  }
  return dtype;
}

constexpr const char* SUPPORTED =
    "The only supported types are: float64, float32, float16, complex64, complex128, int64, int32, int16, int8, "
    "uint64, uint32, uint16, uint8, and bool.";

[[noreturn]] void unsupported_array(PyObject* array) {
  PyErr_Clear();
  Ref<> dtype = checked(PyObject_GetAttrString(array, "dtype"));
  Ref<> scalar = checked(PyObject_GetAttrString(dtype.get(), "type"));
  Ref<> name = checked(PyObject_GetAttrString(scalar.get(), "__name__"));
  raise(PyExc_TypeError, "can't convert np.ndarray of type numpy.%U. %s", name.get(), SUPPORTED);
}

// The dtype of a buffer's format, or false. Sets `foreign` for another byte order.
bool dtype_of_format(const char* format, Py_ssize_t itemsize, DType* out, bool* foreign) {
  *foreign = false;
  if (!format) format = "B";
  if (*format == '>' || *format == '!') {
    *foreign = itemsize > 1;
    ++format;
  } else if (*format == '<' || *format == '=' || *format == '@') {
    ++format;
  }
  bool complex = *format == 'Z';
  if (complex) ++format;
  if (!*format || format[1]) return false;
  if (complex) {
    if (*format == 'f') return *out = DType::Complex64, true;
    if (*format == 'd') return *out = DType::Complex128, true;
    return false;
  }
  switch (*format) {
    case '?': return *out = DType::Bool, true;
    case 'e': return *out = DType::Float16, true;
    case 'f': return *out = DType::Float32, true;
    case 'd': return *out = DType::Float64, true;
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
      switch (itemsize) {
        case 1: return *out = DType::UInt8, true;
        case 2: return *out = DType::UInt16, true;
        case 4: return *out = DType::UInt32, true;
        case 8: return *out = DType::UInt64, true;
        default: return false;
      }
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
      switch (itemsize) {
        case 1: return *out = DType::Int8, true;
        case 2: return *out = DType::Int16, true;
        case 4: return *out = DType::Int32, true;
        case 8: return *out = DType::Int64, true;
        default: return false;
      }
    default: return false;
  }
}

constexpr const char* NEGATIVE_STRIDES =
    "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently "
    "supported. (You can probably work around this by making a copy of your array  with array.copy().) ";

PyObject* from_numpy(PyObject*, PyObject* array) {
  return guarded_object([&]() -> PyObject* {
    if (!is_numpy_array(array)) raise(PyExc_TypeError, "expected np.ndarray (got %s)", Py_TYPE(array)->tp_name);
    return reinterpret_cast<PyObject*>(tensor_from_array(array, true).release());
  });
}

PyObject* frombuffer(PyObject*, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"buffer", "dtype", "count", "offset", "requires_grad", nullptr};
    PyObject *source, *dtype_given = nullptr;
    Py_ssize_t count = -1, offset = 0;
    int requires_grad = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|$Onnp:frombuffer", const_cast<char**>(names), &source,
                                     &dtype_given, &count, &offset, &requires_grad))
      throw PythonError();
    if (!dtype_given) raise(PyExc_TypeError, "frombuffer() missing 1 required keyword-only arguments: \"dtype\"");
    DType dtype = dtype_argument(dtype_given, "frombuffer");
    Py_ssize_t size = itemsize(dtype);
    if (!PyObject_CheckBuffer(source)) raise(PyExc_ValueError, "object does not implement Python buffer protocol.");
    Ref<> memory = checked(PyMemoryView_FromObject(source));
    Py_buffer* view = PyMemoryView_GET_BUFFER(memory.get());
    if (!PyBuffer_IsContiguous(view, 'C')) raise(PyExc_ValueError, "the buffer is not contiguous");
    Py_ssize_t length = view->len;
    if (length == 0 || count == 0)
      raise(PyExc_ValueError, "both buffer length (%zd) and count (%zd) must not be 0", length, count);
    if (offset < 0 || offset >= length)
      raise(PyExc_ValueError,
            "offset (%zd bytes) must be non-negative and no greater than buffer length (%zd bytes) minus 1", offset,
            length);
    if (count < 0) {
      if ((length - offset) % size)
        raise(PyExc_ValueError,
              "buffer length (%zd bytes) after offset (%zd bytes) must be a multiple of element size (%zd)", length,
              offset, size);
      count = (length - offset) / size;
    }
    if (count > (length - offset) / size)
      raise(PyExc_ValueError,
            "requested buffer length (%zd * %zd bytes) after offset (%zd bytes) must not be greater than actual buffer "
            "length (%zd bytes)",
            count, size, offset, length);
    if (requires_grad && !info(dtype).floating && !info(dtype).complex)
      raise(PyExc_RuntimeError, "Only Tensors of floating point and complex dtype can require gradients");
    if (view->readonly &&
        PyErr_WarnEx(
            PyExc_UserWarning,
            "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can "
            "write to the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the "
            "buffer to protect its data or make it writable before converting it to a tensor.",
            1) < 0)
      throw PythonError();
    char* at = static_cast<char*>(view->buf) + offset;
    bool writable = !view->readonly;
    Shared<Storage> storage = adopt_memory(at, static_cast<size_t>(count * size), std::move(memory), writable);
    Ref<Tensor> t = from_storage(std::move(storage), dtype, Dims{count}, Dims{1}, 0);
    t->requires_grad = requires_grad;
    return reinterpret_cast<PyObject*>(t.release());
  });
}

PyMethodDef functions[] = {
    {"from_numpy", from_numpy, METH_O, "from_numpy(array): a tensor on the memory of a NumPy array."},
    {"frombuffer", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(frombuffer)),
     METH_VARARGS | METH_KEYWORDS,
     "frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False): a 1-D tensor on the memory of an object "
     "with the buffer protocol."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

bool is_numpy_array(PyObject* o) {
  const Numpy& numpy = numpy_if_imported();
  return numpy.generic && PyObject_TypeCheck(o, numpy.array);
}

bool is_numpy_scalar(PyObject* o) {
  const Numpy& numpy = numpy_if_imported();
  return numpy.generic && PyObject_TypeCheck(o, numpy.generic);
}

Ref<Tensor> tensor_from_array(PyObject* array, bool warn_read_only) {
  Ref<> memory = Ref<>::steal(PyMemoryView_FromObject(array));
  if (!memory) unsupported_array(array);
  Py_buffer* view = PyMemoryView_GET_BUFFER(memory.get());
  DType dtype;
  bool foreign;
  if (!dtype_of_format(view->format, view->itemsize, &dtype, &foreign)) unsupported_array(array);
  if (foreign)
    raise(PyExc_ValueError,
          "given numpy array has byte order different from the native byte order. Conversion between byte orders is "
          "currently not supported.");
  Dims sizes, strides;
  int64_t last = 0;
  bool none = false;
  for (int i = 0; i < view->ndim; ++i) {
    Py_ssize_t step = view->strides[i];
    if (step < 0) raise(PyExc_ValueError, "%s", NEGATIVE_STRIDES);
    if (step % view->itemsize)
      raise(PyExc_ValueError,
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the "
            "memory.");
    sizes.push(view->shape[i]);
    strides.push(step / view->itemsize);
    if (view->shape[i] == 0)
      none = true;
    else
      last += (view->shape[i] - 1) * step;
  }
  if (view->readonly && warn_read_only &&
      PyErr_WarnEx(
          PyExc_UserWarning,
          "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means "
          "writing to this tensor will result in undefined behavior. You may want to copy the array to protect its "
          "data or make it writable before converting it to a tensor.",
          1) < 0)
    throw PythonError();
  void* at = view->buf;
  bool writable = !view->readonly;
  size_t bytes = none ? 0 : static_cast<size_t>(last + view->itemsize);
  return from_storage(adopt_memory(at, bytes, std::move(memory), writable), dtype, sizes, strides, 0);
}

Ref<> array_from_tensor(Tensor& t) {
  if (!t.has_memory())
    raise(PyExc_TypeError,
          "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.");
  if (is_mirrored(t.dtype)) {
    const char* word = info(t.dtype).complex ? "conjugate" : "negative";
    const char* resolve = info(t.dtype).complex ? "conj" : "neg";
    raise(PyExc_RuntimeError,
          "Can't call numpy() on Tensor that has %s bit set. Use tensor.resolve_%s().numpy() instead.", word, resolve);
  }
  if (!info(t.dtype).typestr[0]) raise(PyExc_TypeError, "Got unsupported ScalarType %s", torch_name(t.dtype));
  const Numpy& numpy = import_numpy();
  PyObject* dtype = numpy_dtype(t.dtype);
  Ref<> shape = checked(PyTuple_New(t.ndim)), strides = checked(PyTuple_New(t.ndim));
  for (int i = 0; i < t.ndim; ++i) {
    PyTuple_SET_ITEM(shape.get(), i, checked(PyLong_FromLongLong(t.sizes[i])).release());
    PyTuple_SET_ITEM(strides.get(), i, checked(PyLong_FromLongLong(t.strides[i] * itemsize(t.dtype))).release());
  }
  PyObject* type = reinterpret_cast<PyObject*>(numpy.array);
  if (t.numel == 0) return checked(PyObject_CallFunctionObjArgs(type, shape.get(), dtype, nullptr));
  Ref<> storage = checked(storage_object(t.storage));
  Ref<> offset = checked(PyLong_FromLongLong(t.offset * itemsize(t.dtype)));
  return checked(
      PyObject_CallFunctionObjArgs(type, shape.get(), dtype, storage.get(), offset.get(), strides.get(), nullptr));
}

void add_numpy_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
