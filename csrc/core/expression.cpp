// Expressions of Programs: parsing of the nested tuples, evaluation on a small stack.
#include <cmath>
#include <string_view>

#include "core/program.h"

namespace taeda {
namespace {

enum Code : uint8_t {
  Integer, Real,  // constants
  Size, Stride, Numel, Offset, AttributeValue, Item, Read,
  Add, Sub, Mul, FloorDiv, CeilDiv, Mod, TrueDiv, Min, Max, Pow,
  Eq, Ne, Lt, Le, Gt, Ge, And, Or,
  Not, Neg, Sqrt, ToFloat, ToInt,
  Where,
};

struct Named {
  std::string_view name;
  Code code;
  int operands;  // subexpressions; -1: integer literals follow
};
constexpr Named NAMES[] = {
    {"size", Size, -1},     {"stride", Stride, -1}, {"numel", Numel, -1}, {"offset", Offset, -1},   {"attribute", AttributeValue, -1},
    {"item", Item, -1},     {"read", Read, -1},     {"add", Add, 2},        {"sub", Sub, 2},
    {"mul", Mul, 2},        {"floordiv", FloorDiv, 2}, {"ceildiv", CeilDiv, 2}, {"mod", Mod, 2},
    {"truediv", TrueDiv, 2}, {"min", Min, 2},       {"max", Max, 2},        {"pow", Pow, 2},
    {"eq", Eq, 2},          {"ne", Ne, 2},          {"lt", Lt, 2},          {"le", Le, 2},
    {"gt", Gt, 2},          {"ge", Ge, 2},          {"and", And, 2},        {"or", Or, 2},
    {"not", Not, 1},        {"neg", Neg, 1},        {"sqrt", Sqrt, 1},      {"float", ToFloat, 1},
    {"int", ToInt, 1},      {"where", Where, 3},
};

int64_t floor_div(int64_t a, int64_t b) {
  if (b == 0) raise(PyExc_ZeroDivisionError, "integer division by zero in a size expression");
  int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

Number integer_number(int64_t v) { return {false, v, static_cast<double>(v)}; }
Number real_number(double v) { return {true, static_cast<int64_t>(std::isfinite(v) && std::fabs(v) < 9e18 ? v : 0), v}; }

Number binary(Code code, const Number& a, const Number& b) {
  bool real = a.floating || b.floating;
  double x = a.real, y = b.real;
  int64_t i = a.integer, j = b.integer, result;
  bool overflow = false;
  switch (code) {
    case Add:
      if (real) return real_number(x + y);
      overflow = __builtin_add_overflow(i, j, &result);
      break;
    case Sub:
      if (real) return real_number(x - y);
      overflow = __builtin_sub_overflow(i, j, &result);
      break;
    case Mul:
      if (real) return real_number(x * y);
      overflow = __builtin_mul_overflow(i, j, &result);
      break;
    case FloorDiv: return real ? real_number(std::floor(x / y)) : integer_number(floor_div(i, j));
    case CeilDiv: return real ? real_number(std::ceil(x / y)) : integer_number(-floor_div(-i, j));
    case Mod: return real ? real_number(x - std::floor(x / y) * y) : integer_number(i - floor_div(i, j) * j);
    case TrueDiv: return real_number(x / y);
    case Min: return real ? real_number(std::fmin(x, y)) : integer_number(i < j ? i : j);
    case Max: return real ? real_number(std::fmax(x, y)) : integer_number(i > j ? i : j);
    case Pow: return real_number(std::pow(x, y));
    case Eq: return integer_number(real ? x == y : i == j);
    case Ne: return integer_number(real ? x != y : i != j);
    case Lt: return integer_number(real ? x < y : i < j);
    case Le: return integer_number(real ? x <= y : i <= j);
    case Gt: return integer_number(real ? x > y : i > j);
    case Ge: return integer_number(real ? x >= y : i >= j);
    case And: return integer_number(x != 0 && y != 0);
    case Or: return integer_number(x != 0 || y != 0);
    default: return integer_number(0);
  }
  if (overflow) raise(PyExc_OverflowError, "a size is too large: %lld and %lld overflow 64 bits", (long long)i, (long long)j);
  return integer_number(result);
}

}  // namespace

Expression Expression::parse(PyObject* description) {
  Expression e;
  e.parse_into(description);
  return e;
}

void Expression::parse_into(PyObject* o) {
  if (PyBool_Check(o)) {
    code_.push_back({Integer, 0, 0, o == Py_True, 0.0});
    return;
  }
  if (PyLong_Check(o)) {
    int64_t v = PyLong_AsLongLong(o);
    if (v == -1 && PyErr_Occurred()) throw PythonError();
    code_.push_back({Integer, 0, 0, v, static_cast<double>(v)});
    return;
  }
  if (PyFloat_Check(o)) {
    code_.push_back({Real, 0, 0, 0, PyFloat_AS_DOUBLE(o)});
    return;
  }
  if (!PyTuple_Check(o) || PyTuple_GET_SIZE(o) < 1 || !PyUnicode_Check(PyTuple_GET_ITEM(o, 0)))
    raise(PyExc_ValueError, "not an expression of a Program: %R", o);
  const char* name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(o, 0));
  if (!name) throw PythonError();
  for (const Named& n : NAMES) {
    if (n.name != name) continue;
    Py_ssize_t given = PyTuple_GET_SIZE(o) - 1;
    if (n.operands < 0) {
      int32_t ab[2] = {0, 0};
      if (given < 1 || given > 2) raise(PyExc_ValueError, "wrong number of operands: %R", o);
      for (Py_ssize_t k = 0; k < given; ++k) {
        int64_t v = PyLong_AsLongLong(PyTuple_GET_ITEM(o, k + 1));
        if (v == -1 && PyErr_Occurred()) throw PythonError();
        ab[k] = static_cast<int32_t>(v);
      }
      code_.push_back({n.code, ab[0], ab[1], 0, 0.0});
      return;
    }
    if (given != n.operands) raise(PyExc_ValueError, "wrong number of operands: %R", o);
    for (Py_ssize_t k = 0; k < given; ++k) parse_into(PyTuple_GET_ITEM(o, k + 1));
    code_.push_back({n.code, 0, 0, 0, 0.0});
    return;
  }
  raise(PyExc_ValueError, "no such expression: %R", o);
}

Number Expression::evaluate(const Ref<Tensor>* registers, const Attribute* attributes) const {
  Number stack[32];
  int top = 0;
  for (const Step& s : code_) {
    if (top >= 30) raise(PyExc_ValueError, "an expression of a Program is nested too deeply");
    switch (s.what) {
      case Integer:
      case Real: stack[top++] = {s.what == Real, s.integer, s.real}; break;
      case Size:
      case Stride:
      case Offset:
      case Numel: {
        const Tensor* t = registers[s.a].get();
        if (!t) raise(PyExc_SystemError, "size of an empty register %d", s.a);
        if (s.what == Numel) {
          stack[top++] = integer_number(t->numel);
        } else if (s.what == Offset) {
          stack[top++] = integer_number(t->offset);
        } else {
          if (s.b < 0 || s.b >= t->ndim) raise(PyExc_SystemError, "dimension %d of register %d which has %d", s.b, s.a, t->ndim);
          stack[top++] = integer_number(s.what == Size ? t->sizes[s.b] : t->strides[s.b]);
        }
        break;
      }
      case AttributeValue: {
        const Attribute& a = attributes[s.a];
        stack[top++] = a.kind == Attribute::Floating ? real_number(a.floating) : integer_number(a.integer);
        break;
      }
      case Item: {
        const Attribute& a = attributes[s.a];
        if (a.kind != Attribute::List || s.b >= a.count) raise(PyExc_SystemError, "item %d of a shorter list", s.b);
        stack[top++] = integer_number(a.list[s.b]);
        break;
      }
      case Read: {
        const Tensor* t = registers[s.a].get();
        if (!t || t->numel < 1 || t->dtype != DType::Int64 || !t->storage)
          raise(PyExc_SystemError, "read from register %d, which is not an int64 tensor with an element", s.a);
        int64_t v;
        std::memcpy(&v, t->data(), 8);
        stack[top++] = integer_number(v);
        break;
      }
      case Not: stack[top - 1] = integer_number(stack[top - 1].real == 0); break;
      case Neg:
        stack[top - 1] = stack[top - 1].floating ? real_number(-stack[top - 1].real) : integer_number(-stack[top - 1].integer);
        break;
      case Sqrt: stack[top - 1] = real_number(std::sqrt(stack[top - 1].real)); break;
      case ToFloat: stack[top - 1] = real_number(stack[top - 1].real); break;
      case ToInt: stack[top - 1] = integer_number(stack[top - 1].integer); break;
      case Where: {
        Number chosen = stack[top - 3].real != 0 ? stack[top - 2] : stack[top - 1];
        top -= 2;
        stack[top - 1] = chosen;
        break;
      }
      default: {
        Number v = binary(static_cast<Code>(s.what), stack[top - 2], stack[top - 1]);
        --top;
        stack[top - 1] = v;
      }
    }
  }
  return stack[0];
}

int64_t Expression::integer(const Ref<Tensor>* registers, const Attribute* attributes) const {
  if (code_.size() == 1 && code_[0].what == Integer) return code_[0].integer;
  return evaluate(registers, attributes).integer;
}

}  // namespace taeda
