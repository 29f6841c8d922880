// Expressions of Programs: sizes, strides, numbers to launch with, conditions. Values are an integer or a double.
#pragma once
#include <span>
#include <vector>

#include "core/attribute.h"
#include "core/buffer.h"

namespace taeda {

struct Number {  // the value of an expression
  bool floating;
  int64_t integer;
  double real;
};
inline Number integer_number(int64_t v) { return {false, v, static_cast<double>(v)}; }
uint64_t scalar_bits(const Number& v);  // as kernels read it: the bits of the double or of the integer

// An expression in postfix form: plain data, which can be written to a file and read again.
class Expression {
 public:
  enum Code : uint8_t {
    Integer,
    Real,  // constants
    Size,
    Stride,
    Numel,
    Offset,
    AttributeValue,
    Item,
    Read,  // an element of a tensor: the only one that needs memory
    Add,
    Sub,
    Mul,
    FloorDiv,
    CeilDiv,
    Mod,
    TrueDiv,
    Min,
    Max,
    Pow,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Not,
    Neg,
    Sqrt,
    ToFloat,
    ToInt,
    Where,
  };
  struct Step {
    Code code;
    int32_t a, b;     // of Size .. Read: register and dimension, or attribute and item
    int64_t integer;  // of a constant
    double real;
  };
  // What the compiler calls a code, and how many subexpressions it takes; -1: it takes `a` and perhaps `b` instead.
  struct Name {
    const char* name;
    Code code;
    int operands;
  };
  static std::span<const Name> names();

  Expression() = default;
  Expression(std::vector<Step> steps) : steps(std::move(steps)) {}
  std::vector<Step> steps;
  int place = -1;  // of its value in the Calculation of the step that it belongs to (core/calculation.h), or -1

  // Refuses what evaluate() could not do: missing operands, registers or attributes out of range, too deep a nesting.
  void check(int registers, int attributes) const;
  bool reads_memory() const;
  // Whether all steps give integers, but for attributes: whether one is an integer is known only when it is read.
  bool of_integers() const;
  // Step by step, on a stack. What a step of a Program needs in every run is computed by its Calculation instead.
  Number evaluate(const Buffer* const* registers, const Attribute* attributes) const;
  int64_t integer(const Buffer* const* registers, const Attribute* attributes) const {
    if (steps.size() == 1 && steps[0].code == Integer) return steps[0].integer;
    return evaluate(registers, attributes).integer;
  }
};
int operands_of(Expression::Code code);  // how many subexpressions it takes; -1: none

}  // namespace taeda
