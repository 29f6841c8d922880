// The Python type taeda.Tensor: its slots, properties and methods, and the table of ops and Python functions that they
// call. The table is filled from Python by `_core.set_operator(name, callable)`; what is not there yet raises
// NotImplementedError by its name (in an operator: NotImplemented is returned, as for a type that has none).
#pragma once
#include "python/tensor.h"

namespace taeda {

// name in C++, name for set_operator
// clang-format off
#define TAEDA_OPERATORS(X)                                                                                           \
  X(Add, "add") X(Sub, "sub") X(Mul, "mul") X(TrueDiv, "truediv") X(FloorDiv, "floordiv") X(Mod, "mod")              \
  X(Pow, "pow") X(MatMul, "matmul") X(And, "and") X(Or, "or") X(Xor, "xor") X(LShift, "lshift") X(RShift, "rshift")  \
  X(AddInPlace, "add_") X(SubInPlace, "sub_") X(MulInPlace, "mul_") X(TrueDivInPlace, "truediv_")                    \
  X(FloorDivInPlace, "floordiv_") X(ModInPlace, "mod_") X(PowInPlace, "pow_") X(AndInPlace, "and_")                  \
  X(OrInPlace, "or_") X(XorInPlace, "xor_") X(LShiftInPlace, "lshift_") X(RShiftInPlace, "rshift_")                  \
  X(Neg, "neg") X(Abs, "abs") X(Invert, "invert")                                                                    \
  X(Eq, "eq") X(Ne, "ne") X(Lt, "lt") X(Le, "le") X(Gt, "gt") X(Ge, "ge")                                            \
  /* ops behind indexing, iteration and properties */                                                                \
  X(Copy, "copy_") X(Fill, "fill_") X(IndexGet, "index_get") X(IndexPut, "index_put") X(Unbind, "unbind")            \
  X(T, "T") X(MT, "mT") X(H, "H") X(MH, "mH") X(Real, "real") X(Imag, "imag")                                        \
  /* Python functions behind special methods: f(self, ...) */                                                        \
  X(Repr, "repr") X(ReduceEx, "reduce_ex") X(DeepCopy, "deepcopy")
// clang-format on

enum class Operator : int {
#define X(name, text) name,
  TAEDA_OPERATORS(X)
#undef X
      Count
};

extern PyObject* operators[static_cast<int>(Operator::Count)];  // null: not registered
inline PyObject* registered(Operator o) { return operators[static_cast<int>(o)]; }
PyObject* required(Operator o);  // borrowed; NotImplementedError naming it if it is not registered

// The slots of the number protocol and comparison, for the type's spec (tensor_operators.cpp).
extern PyType_Slot number_slots[];
extern PyMethodDef tensor_methods[];     // tensor_methods.cpp
extern PyGetSetDef tensor_properties[];  // tensor_properties.cpp
void free_tensor(PyObject* self);        // tp_dealloc (tensor.cpp)

// indexing.cpp
PyObject* get_item(PyObject* self, PyObject* key);
int set_item(PyObject* self, PyObject* key, PyObject* value);  // value null: del
Ref<Tensor> select_first(Tensor& t, int64_t index);            // t[index]; the index is in range

// The value of a tensor of one element as a Python number; raises `type` with `message` if there is not exactly one.
Ref<> only_element(const Tensor& t, PyObject* type, const char* message);
// An alias of t that autograd knows as a view of it.
Ref<Tensor> recorded_alias(Tensor& t);
// What Python may give instead of a tensor or number as an operand: NumPy's scalars (→ Python number) and arrays
// (→ tensor on the same memory). Null if it is neither.
Ref<> operand_from_numpy(PyObject* o);
inline bool is_python_number(PyObject* o) { return PyFloat_Check(o) || PyLong_Check(o) || PyComplex_Check(o); }

void add_constants_to_module(PyObject* module);  // layout and memory_format objects
extern PyObject *strided_layout, *contiguous_format, *preserve_format, *channels_last, *channels_last_3d;

}  // namespace taeda
