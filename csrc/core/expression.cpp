// Expressions of Programs: their codes, and evaluation on a small stack.
#include "core/expression.h"

#include <cmath>

namespace taeda {
namespace {

constexpr int DEPTH = 32;  // of the stack

constexpr Expression::Name NAMES[] = {
    {"size", Expression::Size, -1},
    {"stride", Expression::Stride, -1},
    {"numel", Expression::Numel, -1},
    {"offset", Expression::Offset, -1},
    {"attribute", Expression::AttributeValue, -1},
    {"item", Expression::Item, -1},
    {"read", Expression::Read, -1},
    {"add", Expression::Add, 2},
    {"sub", Expression::Sub, 2},
    {"mul", Expression::Mul, 2},
    {"floordiv", Expression::FloorDiv, 2},
    {"ceildiv", Expression::CeilDiv, 2},
    {"mod", Expression::Mod, 2},
    {"truediv", Expression::TrueDiv, 2},
    {"min", Expression::Min, 2},
    {"max", Expression::Max, 2},
    {"pow", Expression::Pow, 2},
    {"eq", Expression::Eq, 2},
    {"ne", Expression::Ne, 2},
    {"lt", Expression::Lt, 2},
    {"le", Expression::Le, 2},
    {"gt", Expression::Gt, 2},
    {"ge", Expression::Ge, 2},
    {"and", Expression::And, 2},
    {"or", Expression::Or, 2},
    {"not", Expression::Not, 1},
    {"neg", Expression::Neg, 1},
    {"sqrt", Expression::Sqrt, 1},
    {"float", Expression::ToFloat, 1},
    {"int", Expression::ToInt, 1},
    {"where", Expression::Where, 3},
};

int operands_of(Expression::Code code) {
  for (const Expression::Name& n : NAMES)
    if (n.code == code) return n.operands;
  return -1;  // constants
}

int64_t floor_div(int64_t a, int64_t b) {
  if (b == 0) raise(ErrorKind::ZeroDivision, "integer division by zero in a size expression");
  if (b == -1) {  // the one quotient of two int64 that may be none
    int64_t q;
    if (__builtin_sub_overflow(int64_t{0}, a, &q))
      raise(ErrorKind::Overflow, "a size is too large: %lld and -1 overflow 64 bits", (long long)a);
    return q;
  }
  int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

Number real_number(double v) {
  return {true, static_cast<int64_t>(std::isfinite(v) && std::fabs(v) < 9e18 ? v : 0), v};
}

// Of two integers, where the result is one too.
inline int64_t integer_binary(Expression::Code code, int64_t i, int64_t j) {
  int64_t result;
  bool overflow;
  switch (code) {
    case Expression::Add: overflow = __builtin_add_overflow(i, j, &result); break;
    case Expression::Sub: overflow = __builtin_sub_overflow(i, j, &result); break;
    case Expression::Mul: overflow = __builtin_mul_overflow(i, j, &result); break;
    case Expression::FloorDiv: return floor_div(i, j);
    case Expression::CeilDiv: return -floor_div(-i, j);
    case Expression::Mod: return i - floor_div(i, j) * j;
    case Expression::Min: return i < j ? i : j;
    case Expression::Max: return i > j ? i : j;
    case Expression::Eq: return i == j;
    case Expression::Ne: return i != j;
    case Expression::Lt: return i < j;
    case Expression::Le: return i <= j;
    case Expression::Gt: return i > j;
    case Expression::Ge: return i >= j;
    case Expression::And: return i != 0 && j != 0;
    default: return i != 0 || j != 0;  // Or
  }
  if (TAEDA_UNLIKELY(overflow))
    raise(ErrorKind::Overflow, "a size is too large: %lld and %lld overflow 64 bits", (long long)i, (long long)j);
  return result;
}

Number binary(Expression::Code code, const Number& a, const Number& b) {
  if (!a.floating && !b.floating && code != Expression::TrueDiv && code != Expression::Pow)
    return integer_number(integer_binary(code, a.integer, b.integer));
  double x = a.real, y = b.real;
  switch (code) {
    case Expression::Add: return real_number(x + y);
    case Expression::Sub: return real_number(x - y);
    case Expression::Mul: return real_number(x * y);
    case Expression::FloorDiv: return real_number(std::floor(x / y));
    case Expression::CeilDiv: return real_number(std::ceil(x / y));
    case Expression::Mod: return real_number(x - std::floor(x / y) * y);
    case Expression::TrueDiv: return real_number(x / y);
    case Expression::Min: return real_number(std::fmin(x, y));
    case Expression::Max: return real_number(std::fmax(x, y));
    case Expression::Pow: return real_number(std::pow(x, y));
    case Expression::Eq: return integer_number(x == y);
    case Expression::Ne: return integer_number(x != y);
    case Expression::Lt: return integer_number(x < y);
    case Expression::Le: return integer_number(x <= y);
    case Expression::Gt: return integer_number(x > y);
    case Expression::Ge: return integer_number(x >= y);
    case Expression::And: return integer_number(x != 0 && y != 0);
    default: return integer_number(x != 0 || y != 0);  // Or
  }
}

int64_t size_of(const Buffer* b, const Expression::Step& s) {
  if (TAEDA_UNLIKELY(!b)) raise(ErrorKind::Internal, "size of an empty register %d", s.a);
  if (s.code == Expression::Numel) return b->numel;
  if (s.code == Expression::Offset) return b->offset;
  if (TAEDA_UNLIKELY(s.b >= b->ndim))
    raise(ErrorKind::Internal, "dimension %d of register %d which has %d", s.b, s.a, b->ndim);
  return s.code == Expression::Size ? b->sizes[s.b] : b->strides[s.b];
}

int64_t item_of(const Attribute& a, const Expression::Step& s) {
  if (a.kind != Attribute::List || s.b >= a.count) raise(ErrorKind::Internal, "item %d of a shorter list", s.b);
  return a.list[s.b];
}

int64_t read_element(const Buffer* b, int reg) {
  if (!b || b->numel < 1 || b->dtype != DType::Int64)
    raise(ErrorKind::Internal, "read from register %d, which is not an int64 tensor with an element", reg);
  if (!b->has_memory()) raise(ErrorKind::NeedsData, "the size of the result depends on the values of a tensor");
  int64_t v;
  std::memcpy(&v, b->data(), 8);
  return v;
}

}  // namespace

uint64_t scalar_bits(const Number& v) {
  uint64_t bits;
  if (v.floating)
    std::memcpy(&bits, &v.real, 8);
  else
    std::memcpy(&bits, &v.integer, 8);
  return bits;
}

std::span<const Expression::Name> Expression::names() { return NAMES; }

void Expression::check(int registers, int attributes) const {
  int top = 0;
  for (const Step& s : steps) {
    if (s.code > Where) raise(ErrorKind::Value, "no such expression: %d", s.code);
    bool of_register = s.code == Size || s.code == Stride || s.code == Numel || s.code == Offset || s.code == Read;
    if (of_register && (s.a < 0 || s.a >= registers))
      raise(ErrorKind::Value, "register %d of a Program of %d", s.a, registers);
    if ((s.code == AttributeValue || s.code == Item) && (s.a < 0 || s.a >= attributes))
      raise(ErrorKind::Value, "attribute %d of a Program of %d", s.a, attributes);
    if (s.b < 0) raise(ErrorKind::Value, "dimension or item %d in an expression of a Program", s.b);
    int operands = operands_of(s.code);
    if (operands > top) raise(ErrorKind::Value, "an expression of a Program lacks an operand");
    top += operands < 0 ? 1 : 1 - operands;
    if (top > DEPTH) raise(ErrorKind::Value, "an expression of a Program is nested too deeply");
  }
  if (top != 1) raise(ErrorKind::Value, "an expression of a Program has %d values", top);
  kind_ = Integers;
  for (const Step& s : steps) {
    bool real = s.code == Real || s.code == TrueDiv || s.code == Pow || s.code == Sqrt || s.code == ToFloat;
    if (real) kind_ = Numbers;
    if (s.code == AttributeValue && kind_ == Integers) kind_ = IntegersButAttributes;
  }
}

bool Expression::reads_memory() const {
  for (const Step& s : steps)
    if (s.code == Read) return true;
  return false;
}

int64_t Expression::evaluate_integers(const Buffer* const* registers, const Attribute* attributes) const {
  int64_t stack[DEPTH];
  int top = 0;
  for (const Step& s : steps) {
    switch (s.code) {
      case Integer: stack[top++] = s.integer; break;
      case Size:
      case Stride:
      case Offset:
      case Numel: stack[top++] = size_of(registers[s.a], s); break;
      case AttributeValue:
        if (attributes[s.a].kind == Attribute::Floating) return evaluate_numbers(registers, attributes).integer;
        stack[top++] = attributes[s.a].integer;
        break;
      case Item: stack[top++] = item_of(attributes[s.a], s); break;
      case Read: stack[top++] = read_element(registers[s.a], s.a); break;
      case Not: stack[top - 1] = stack[top - 1] == 0; break;
      case Neg: stack[top - 1] = integer_binary(Sub, 0, stack[top - 1]); break;
      case ToInt: break;
      case Where:
        top -= 2;
        stack[top - 1] = stack[top - 1] != 0 ? stack[top] : stack[top + 1];
        break;
      default: --top; stack[top - 1] = integer_binary(s.code, stack[top - 1], stack[top]);
    }
  }
  return stack[0];
}

Number Expression::evaluate_numbers(const Buffer* const* registers, const Attribute* attributes) const {
  Number stack[DEPTH];
  int top = 0;
  for (const Step& s : steps) {
    switch (s.code) {
      case Integer:
      case Real: stack[top++] = {s.code == Real, s.integer, s.real}; break;
      case Size:
      case Stride:
      case Offset:
      case Numel: stack[top++] = integer_number(size_of(registers[s.a], s)); break;
      case AttributeValue: {
        const Attribute& a = attributes[s.a];
        stack[top++] = a.kind == Attribute::Floating ? real_number(a.floating) : integer_number(a.integer);
        break;
      }
      case Item: stack[top++] = integer_number(item_of(attributes[s.a], s)); break;
      case Read: stack[top++] = integer_number(read_element(registers[s.a], s.a)); break;
      case Not: stack[top - 1] = integer_number(stack[top - 1].real == 0); break;
      case Neg: {
        Number& v = stack[top - 1];
        v = v.floating ? real_number(-v.real) : binary(Sub, integer_number(0), v);
        break;
      }
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
        Number v = binary(s.code, stack[top - 2], stack[top - 1]);
        --top;
        stack[top - 1] = v;
      }
    }
  }
  return stack[0];
}

}  // namespace taeda
