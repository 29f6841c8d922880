// Expressions of Programs: their codes, and evaluation on a small stack.
#include "core/expression.h"

#include <cmath>

#include "core/expression_steps.h"

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

Number real_number(double v) {
  return {true, static_cast<int64_t>(std::isfinite(v) && std::fabs(v) < 9e18 ? v : 0), v};
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

}  // namespace

int operands_of(Expression::Code code) {
  for (const Expression::Name& n : NAMES)
    if (n.code == code) return n.operands;
  return -1;  // constants
}

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
}

bool Expression::of_integers() const {
  for (const Step& s : steps)
    if (s.code == Real || s.code == TrueDiv || s.code == Pow || s.code == Sqrt || s.code == ToFloat) return false;
  return true;
}

bool Expression::reads_memory() const {
  for (const Step& s : steps)
    if (s.code == Read) return true;
  return false;
}

// The value of a step without operands.
static Number leaf(const Expression::Step& s, const Buffer* const* registers, const Attribute* attributes) {
  switch (s.code) {
    case Expression::Integer:
    case Expression::Real: return {s.code == Expression::Real, s.integer, s.real};
    case Expression::AttributeValue: {
      const Attribute& a = attributes[s.a];
      return a.kind == Attribute::Floating ? real_number(a.floating) : integer_number(a.integer);
    }
    case Expression::Item: return integer_number(item_of(attributes[s.a], s));
    case Expression::Read: return integer_number(read_element(registers[s.a], s.a));
    default: return integer_number(size_of(registers[s.a], s));
  }
}

Number Expression::evaluate(const Buffer* const* registers, const Attribute* attributes) const {
  if (steps.size() == 1) return leaf(steps[0], registers, attributes);  // most of those that are evaluated each time
  Number stack[DEPTH];
  int top = 0;
  for (const Step& s : steps) {
    switch (s.code) {
      case Integer:
      case Real:
      case Size:
      case Stride:
      case Offset:
      case Numel:
      case AttributeValue:
      case Item:
      case Read: stack[top++] = leaf(s, registers, attributes); break;
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
