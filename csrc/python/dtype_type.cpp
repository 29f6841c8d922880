#include "python/dtype_type.h"

#include <limits>

#include "python/core_types.h"

namespace taeda {

namespace {

struct DTypeObject {
  PyObject_HEAD DType value;
};

DTypeObject* objects[PLAIN_DTYPE_COUNT];

PyObject* dtype_repr(PyObject* self) { return PyUnicode_FromFormat("torch.%s", info(dtype_of_object(self)).name); }

PyObject* dtype_reduce(PyObject* self, PyObject*) { return PyUnicode_FromString(info(dtype_of_object(self)).name); }

// Objects are singletons, so copies are the object itself.
PyObject* dtype_copy(PyObject* self, PyObject*) { return Py_NewRef(self); }

PyObject* dtype_to_complex(PyObject* self, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    DType d = dtype_of_object(self);
    if (info(d).complex) return Py_NewRef(self);
    if (d == DType::Float16) return Py_NewRef(dtype_object(DType::Complex32));
    if (d == DType::Float32 || d == DType::BFloat16) return Py_NewRef(dtype_object(DType::Complex64));
    if (d == DType::Float64) return Py_NewRef(dtype_object(DType::Complex128));
    raise(PyExc_RuntimeError, "Unknown Complex ScalarType for %s", torch_name(d));
  });
}

PyObject* dtype_to_real(PyObject* self, PyObject*) {
  DType d = dtype_of_object(self);
  if (d == DType::Complex32) return Py_NewRef(dtype_object(DType::Float16));
  if (d == DType::Complex64) return Py_NewRef(dtype_object(DType::Float32));
  if (d == DType::Complex128) return Py_NewRef(dtype_object(DType::Float64));
  return Py_NewRef(self);
}

PyObject* get_is_floating(PyObject* self, void*) { return PyBool_FromLong(info(dtype_of_object(self)).floating); }
PyObject* get_is_complex(PyObject* self, void*) { return PyBool_FromLong(info(dtype_of_object(self)).complex); }
PyObject* get_is_signed(PyObject* self, void*) { return PyBool_FromLong(info(dtype_of_object(self)).is_signed); }
PyObject* get_itemsize(PyObject* self, void*) { return PyLong_FromLong(info(dtype_of_object(self)).itemsize); }
PyObject* get_name(PyObject* self, void*) { return PyUnicode_FromString(info(dtype_of_object(self)).name); }

// "f32", "bf16", "i64", "b8", "f8e4m3fn"
PyObject* get_abbreviation(PyObject* self, void*) {
  return guarded_object([&]() -> PyObject* {
    std::string name = info(dtype_of_object(self)).name;
    if (name == "bool") return PyUnicode_FromString("b8");
    for (auto [word, letters] :
         {std::pair{"bfloat", "bf"}, {"float8_", "f8"}, {"float", "f"}, {"complex", "c"}, {"uint", "u"}, {"int", "i"}})
      if (name.starts_with(word)) return PyUnicode_FromString((letters + name.substr(std::strlen(word))).c_str());
    return PyUnicode_FromString(name.c_str());
  });
}

PyMethodDef dtype_methods[] = {
    {"to_complex", dtype_to_complex, METH_NOARGS, "The complex dtype whose parts have this dtype."},
    {"to_real", dtype_to_real, METH_NOARGS, "The dtype of the parts of this complex dtype."},
    {"__reduce__", dtype_reduce, METH_NOARGS, nullptr},
    {"__copy__", dtype_copy, METH_NOARGS, nullptr},
    {"__deepcopy__", dtype_copy, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef dtype_properties[] = {
    {"is_floating_point", get_is_floating, nullptr, "Whether this is a real floating-point type.", nullptr},
    {"is_complex", get_is_complex, nullptr, "Whether this is a complex type.", nullptr},
    {"is_signed", get_is_signed, nullptr, "Whether this type holds negative numbers.", nullptr},
    {"itemsize", get_itemsize, nullptr, "Bytes of one element.", nullptr},
    {"abbr", get_abbreviation, nullptr, "A short name: 'f32'.", nullptr},
    {"_name", get_name, nullptr, "The name without a prefix: 'float32'.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot dtype_slots[] = {
    {Py_tp_repr, reinterpret_cast<void*>(dtype_repr)},
    {Py_tp_methods, dtype_methods},
    {Py_tp_getset, dtype_properties},
    {Py_tp_doc, const_cast<char*>("The type of the elements of a tensor.")},
    {0, nullptr},
};

PyType_Spec dtype_spec = {"taeda.dtype", sizeof(DTypeObject), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                          dtype_slots};

}  // namespace

PyTypeObject* DTypeType = nullptr;

void add_dtypes_to_module(PyObject* module) {
  DTypeType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&dtype_spec)).release());
  DTypeType->tp_name = "torch.dtype";  // in messages; __module__ is taeda
  add_object(module, "dtype", reinterpret_cast<PyObject*>(DTypeType));
  for (int i = 0; i < PLAIN_DTYPE_COUNT; ++i) {
    objects[i] = reinterpret_cast<DTypeObject*>(checked(DTypeType->tp_alloc(DTypeType, 0)).release());
    objects[i]->value = static_cast<DType>(i);
    add_object(module, DTYPES[i].name, reinterpret_cast<PyObject*>(objects[i]));
  }
}

PyObject* dtype_object(DType d) { return reinterpret_cast<PyObject*>(objects[static_cast<int>(plain(d))]); }
bool is_dtype(PyObject* o) { return Py_TYPE(o) == DTypeType; }
DType dtype_of_object(PyObject* o) { return reinterpret_cast<DTypeObject*>(o)->value; }

PyObject* as_dtype(PyObject* o) {
  if (is_dtype(o)) return o;
  if (o == reinterpret_cast<PyObject*>(&PyFloat_Type)) return dtype_object(DType::Float64);
  if (o == reinterpret_cast<PyObject*>(&PyLong_Type)) return dtype_object(DType::Int64);
  if (o == reinterpret_cast<PyObject*>(&PyBool_Type)) return dtype_object(DType::Bool);
  if (o == reinterpret_cast<PyObject*>(&PyComplex_Type)) return dtype_object(DType::Complex128);
  return nullptr;
}

DType dtype_argument(PyObject* o, const char* function) {
  if (PyObject* dtype = as_dtype(o)) return dtype_of_object(dtype);
  raise(PyExc_TypeError, "%s(): argument 'dtype' must be torch.dtype, not %s", function, Py_TYPE(o)->tp_name);
}

// -- one element -----------------------------------------------------------------------------------------------------

namespace {

template <class T>
T load(const char* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return v;
}

template <class T>
void store(char* at, T v) {
  std::memcpy(at, &v, sizeof v);
}

// A C cast as x86-64 does it: out of range and NaN become the most negative number, narrower types keep the low bits.
int64_t cast_to_integer(double v, DType d) {
  if (d == DType::UInt64 && v >= 0x1p63) return v < 0x1p64 ? static_cast<int64_t>(static_cast<uint64_t>(v)) : 0;
  return v >= -0x1p63 && v < 0x1p63 ? static_cast<int64_t>(v) : std::numeric_limits<int64_t>::min();
}

void write_integer(char* at, DType d, int64_t v) {
  switch (d) {
    case DType::Bool: return store<uint8_t>(at, v != 0);
    case DType::UInt8:
    case DType::Int8: return store(at, static_cast<uint8_t>(v));
    case DType::Int16:
    case DType::UInt16: return store(at, static_cast<uint16_t>(v));
    case DType::Int32:
    case DType::UInt32: return store(at, static_cast<uint32_t>(v));
    default: return store(at, v);
  }
}

}  // namespace

uint64_t unsigned_integer(PyObject* o) {
  uint64_t v = PyLong_AsUnsignedLongLong(o);
  if (v == static_cast<uint64_t>(-1) && PyErr_Occurred()) throw PythonError();
  return v;
}

void write_complex(char* at, DType d, double real, double imaginary) {
  if (d == DType::Complex32) {
    store(at, float_to_half(static_cast<float>(real)));
    store(at + 2, float_to_half(static_cast<float>(imaginary)));
  } else if (d == DType::Complex64) {
    store(at, static_cast<float>(real));
    store(at + 4, static_cast<float>(imaginary));
  } else {
    store(at, real);
    store(at + 8, imaginary);
  }
}

void write_double(char* at, DType d, double v) {
  switch (d) {
    case DType::Bool: return store<uint8_t>(at, v != 0);
    case DType::Float16: return store(at, float_to_half(static_cast<float>(v)));
    case DType::BFloat16: return store(at, float_to_bfloat16(static_cast<float>(v)));
    case DType::Float32: return store(at, static_cast<float>(v));
    case DType::Float64: return store(at, v);
    case DType::Complex32:
    case DType::Complex64:
    case DType::Complex128: return write_complex(at, d, v, 0);
    case DType::Float8E5M2:
    case DType::Float8E4M3FN:
    case DType::Float8E5M2FNUZ:
    case DType::Float8E4M3FNUZ:
    case DType::Float8E8M0FNU: return store(at, float_to_float8(static_cast<float>(v), d));
    default: return write_integer(at, d, cast_to_integer(v, d));
  }
}

PyObject* read_element(const char* at, DType d) {
  if (TAEDA_UNLIKELY(is_mirrored(d))) {
    Ref<> stored = Ref<>::steal(read_element(at, plain(d)));
    if (!stored) return nullptr;
    return info(d).complex ? PyObject_CallMethod(stored.get(), "conjugate", nullptr) : PyNumber_Negative(stored.get());
  }
  switch (d) {
    case DType::Bool: return PyBool_FromLong(load<uint8_t>(at) != 0);
    case DType::UInt8: return PyLong_FromLong(load<uint8_t>(at));
    case DType::Int8: return PyLong_FromLong(load<int8_t>(at));
    case DType::Int16: return PyLong_FromLong(load<int16_t>(at));
    case DType::Int32: return PyLong_FromLong(load<int32_t>(at));
    case DType::Int64: return PyLong_FromLongLong(load<int64_t>(at));
    case DType::Float16: return PyFloat_FromDouble(half_to_float(load<uint16_t>(at)));
    case DType::BFloat16: return PyFloat_FromDouble(bfloat16_to_float(load<uint16_t>(at)));
    case DType::Float32: return PyFloat_FromDouble(load<float>(at));
    case DType::Float64: return PyFloat_FromDouble(load<double>(at));
    case DType::Complex64: return PyComplex_FromDoubles(load<float>(at), load<float>(at + 4));
    case DType::Complex128: return PyComplex_FromDoubles(load<double>(at), load<double>(at + 8));
    case DType::UInt16: return PyLong_FromLong(load<uint16_t>(at));
    case DType::UInt32: return PyLong_FromUnsignedLong(load<uint32_t>(at));
    case DType::UInt64: return PyLong_FromUnsignedLongLong(load<uint64_t>(at));
    case DType::Complex32:
      return PyComplex_FromDoubles(half_to_float(load<uint16_t>(at)), half_to_float(load<uint16_t>(at + 2)));
    case DType::Float8E5M2:
    case DType::Float8E4M3FN:
    case DType::Float8E5M2FNUZ:
    case DType::Float8E4M3FNUZ:
    case DType::Float8E8M0FNU: return PyFloat_FromDouble(float8_to_float(load<uint8_t>(at), d));
    default: return nullptr;
  }
}

void write_element(char* at, DType d, PyObject* value) {
  if (PyFloat_Check(value)) return write_double(at, d, PyFloat_AS_DOUBLE(value));
  if (PyComplex_Check(value)) {
    Py_complex c = PyComplex_AsCComplex(value);
    if (info(d).complex) return write_complex(at, d, c.real, c.imag);
    write_double(at, d, c.real);
    if (d == DType::Bool) store<uint8_t>(at, c.real != 0 || c.imag != 0);
    return;
  }
  if (info(d).floating || info(d).complex) {
    double v = PyFloat_AsDouble(value);
    if (v == -1.0 && PyErr_Occurred()) throw PythonError();
    return write_double(at, d, v);
  }
  int overflow = 0;
  int64_t v = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow > 0 && d == DType::UInt64) return store(at, unsigned_integer(value));
  if (overflow) raise(PyExc_ValueError, "Overflow when unpacking long long");
  if (v == -1 && PyErr_Occurred()) throw PythonError();
  write_integer(at, d, v);
}

}  // namespace taeda
