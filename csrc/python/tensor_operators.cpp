// The number protocol of tensors: each slot calls the op that was registered for it, without a Python frame between.
#include "python/core_types.h"
#include "python/interop.h"
#include "python/override.h"
#include "python/tensor_type.h"

namespace taeda {

PyObject* operators[static_cast<int>(Operator::Count)];

namespace {

constexpr const char* NAMES[] = {
#define X(name, text) text,
    TAEDA_OPERATORS(X)
#undef X
};

PyObject* call(PyObject* op, PyObject* a, PyObject* b) {
  PyObject* arguments[2] = {a, b};
  return PyObject_Vectorcall(op, arguments, 2, nullptr);
}

// The operand itself, or what it stands for; null if tensors have no arithmetic with it.
Ref<> operand(PyObject* o) {
  if (TAEDA_LIKELY(is_tensor(o) || is_python_number(o)) || overridden(o)) return Ref<>::borrow(o);
  return operand_from_numpy(o);
}

template <Operator OP>
PyObject* binary(PyObject* a, PyObject* b) {
  return guarded_object([&]() -> PyObject* {
    PyObject* op = registered(OP);
    if (TAEDA_LIKELY(is_tensor(a))) {
      if (TAEDA_LIKELY(op && (is_tensor(b) || is_python_number(b)))) return call(op, a, b);
      Ref<> other = op ? operand(b) : nullptr;
      if (!other) Py_RETURN_NOTIMPLEMENTED;
      return call(op, a, other.get());
    }
    Ref<> other = op ? operand(a) : nullptr;
    if (!other) Py_RETURN_NOTIMPLEMENTED;
    return call(op, other.get(), b);
  });
}

template <Operator OP>
PyObject* in_place(PyObject* a, PyObject* b) {
  return guarded_object([&]() -> PyObject* {
    PyObject* op = registered(OP);
    Ref<> other = op ? operand(b) : nullptr;
    if (!other) Py_RETURN_NOTIMPLEMENTED;
    return call(op, a, other.get());
  });
}

PyObject* power(PyObject* a, PyObject* b, PyObject* modulus) {
  if (modulus != Py_None) {
    PyErr_SetString(PyExc_NotImplementedError, "pow() of a tensor takes no modulus");
    return nullptr;
  }
  return binary<Operator::Pow>(a, b);
}

PyObject* power_in_place(PyObject* a, PyObject* b, PyObject*) { return in_place<Operator::PowInPlace>(a, b); }

template <Operator OP>
PyObject* unary(PyObject* a) {
  return guarded_object([&] { return PyObject_CallOneArg(required(OP), a); });
}

PyObject* invert(PyObject* a) {
  const DTypeInfo& d = info(as_tensor(a)->dtype);
  if (d.floating || d.complex)
    return PyErr_Format(PyExc_TypeError, "~ (operator.invert) is only implemented on integer and Boolean-type tensors");
  return unary<Operator::Invert>(a);
}

PyObject* positive(PyObject* a) {
  return guarded_object([&]() -> PyObject* {
    if (as_tensor(a)->dtype == DType::Bool)
      raise(PyExc_RuntimeError, "The `+` operator, on a bool tensor is not supported.");
    return Py_NewRef(a);
  });
}

PyObject* compare(PyObject* a, PyObject* b, int operation) {
  static_assert(Py_LT == 0 && Py_LE == 1 && Py_EQ == 2 && Py_NE == 3 && Py_GT == 4 && Py_GE == 5);
  static constexpr Operator OPERATORS[] = {Operator::Lt, Operator::Le, Operator::Eq,
                                           Operator::Ne, Operator::Gt, Operator::Ge};
  return guarded_object([&]() -> PyObject* {
    PyObject* op = registered(OPERATORS[operation]);
    Ref<> other = op ? operand(b) : nullptr;
    if (!other) Py_RETURN_NOTIMPLEMENTED;
    return call(op, a, other.get());
  });
}

constexpr const char* NO_SCALAR = "only one element tensors can be converted to Python scalars";

int truth(PyObject* self) {
  return guarded(-1, [&] {
    const Tensor& t = *as_tensor(self);
    const char* message = t.numel == 0 ? "Boolean value of Tensor with no values is ambiguous"
                                       : "Boolean value of Tensor with more than one value is ambiguous";
    return PyObject_IsTrue(only_element(t, PyExc_RuntimeError, message).get());
  });
}

// A complex value as a real number; raises if there is an imaginary part.
Ref<> real_element(PyObject* self, const char* type) {
  Ref<> v = only_element(*as_tensor(self), PyExc_ValueError, NO_SCALAR);
  if (!PyComplex_Check(v.get())) return v;
  if (PyComplex_ImagAsDouble(v.get()) != 0)
    raise(PyExc_RuntimeError, "value cannot be converted to type %s without overflow", type);
  return checked(PyFloat_FromDouble(PyComplex_RealAsDouble(v.get())));
}

PyObject* to_int(PyObject* self) {
  return guarded_object([&] { return PyNumber_Long(real_element(self, "int64_t").get()); });
}

PyObject* to_float(PyObject* self) {
  return guarded_object([&] { return PyNumber_Float(real_element(self, "double").get()); });
}

PyObject* to_index(PyObject* self) {
  return guarded_object([&] {
    const Tensor& t = *as_tensor(self);
    constexpr const char* message = "only integer tensors of a single element can be converted to an index";
    if (info(t.dtype).floating || info(t.dtype).complex) raise(PyExc_TypeError, "%s", message);
    return PyNumber_Long(only_element(t, PyExc_TypeError, message).get());
  });
}

// set_operator(name, callable): what a slot, property or special method of Tensor calls.
PyObject* set_operator(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    const char* name;
    PyObject* op;
    if (!PyArg_ParseTuple(arguments, "sO:set_operator", &name, &op)) throw PythonError();
    if (!PyCallable_Check(op))
      raise(PyExc_TypeError, "set_operator(): '%s' needs a callable, not %s", name, Py_TYPE(op)->tp_name);
    for (int i = 0; i < static_cast<int>(Operator::Count); ++i)
      if (std::strcmp(NAMES[i], name) == 0) {
        Py_INCREF(op);
        Py_XSETREF(operators[i], op);
        Py_RETURN_NONE;
      }
    raise(PyExc_ValueError, "set_operator(): a Tensor calls nothing named '%s'", name);
  });
}

// set_indexing(get, put): advanced indexing. get(tensor, indices) → tensor; put(tensor, indices, value) → None.
// indices: per dimension an index tensor or None; a mask of k dimensions is one entry and stands for k dimensions.
PyObject* set_indexing(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    PyObject *get, *put;
    if (!PyArg_ParseTuple(arguments, "OO:set_indexing", &get, &put)) throw PythonError();
    if (!PyCallable_Check(get) || !PyCallable_Check(put))
      raise(PyExc_TypeError, "set_indexing() takes two callables, not %s and %s", Py_TYPE(get)->tp_name,
            Py_TYPE(put)->tp_name);
    Py_XSETREF(operators[static_cast<int>(Operator::IndexGet)], Py_NewRef(get));
    Py_XSETREF(operators[static_cast<int>(Operator::IndexPut)], Py_NewRef(put));
    Py_RETURN_NONE;
  });
}

PyMethodDef functions[] = {
    {"set_operator", set_operator, METH_VARARGS,
     "set_operator(name, callable): what a slot, property or special method of Tensor calls."},
    {"set_indexing", set_indexing, METH_VARARGS,
     "set_indexing(get, put): the ops behind x[tensors] and x[tensors] = value."},
    {nullptr, nullptr, 0, nullptr},
};

template <class F>
void* slot(F* f) {
  return reinterpret_cast<void*>(f);
}

}  // namespace

PyObject* required(Operator o) {
  PyObject* op = registered(o);
  if (!op) raise(PyExc_NotImplementedError, "the op '%s' of Tensor is not there", NAMES[static_cast<int>(o)]);
  return op;
}

Ref<> operand_from_numpy(PyObject* o) {
  if (is_numpy_scalar(o)) return checked(PyObject_CallMethod(o, "item", nullptr));
  if (is_numpy_array(o)) return Ref<>::steal(reinterpret_cast<PyObject*>(tensor_from_array(o, false).release()));
  return nullptr;
}

#define TAEDA_BINARY(number, name) \
  {Py_nb_##number, slot(binary<Operator::name>)}, { Py_nb_inplace_##number, slot(in_place<Operator::name##InPlace>) }

PyType_Slot number_slots[] = {
    TAEDA_BINARY(add, Add),
    TAEDA_BINARY(subtract, Sub),
    TAEDA_BINARY(multiply, Mul),
    TAEDA_BINARY(true_divide, TrueDiv),
    TAEDA_BINARY(floor_divide, FloorDiv),
    TAEDA_BINARY(remainder, Mod),
    TAEDA_BINARY(and, And),
    TAEDA_BINARY(or, Or),
    TAEDA_BINARY(xor, Xor),
    TAEDA_BINARY(lshift, LShift),
    TAEDA_BINARY(rshift, RShift),
    {Py_nb_matrix_multiply, slot(binary<Operator::MatMul>)},
    {Py_nb_power, slot(power)},
    {Py_nb_inplace_power, slot(power_in_place)},
    {Py_nb_negative, slot(unary<Operator::Neg>)},
    {Py_nb_absolute, slot(unary<Operator::Abs>)},
    {Py_nb_invert, slot(invert)},
    {Py_nb_positive, slot(positive)},
    {Py_nb_bool, slot(truth)},
    {Py_nb_int, slot(to_int)},
    {Py_nb_float, slot(to_float)},
    {Py_nb_index, slot(to_index)},
    {Py_tp_richcompare, slot(compare)},
    {0, nullptr},
};

void add_operators_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
