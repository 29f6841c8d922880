// What single steps of expressions mean on integers; for the two that carry expressions out (expression.cpp,
// calculation.cpp).
#pragma once
#include "core/expression.h"

namespace taeda {

inline int64_t floor_div(int64_t a, int64_t b) {
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

inline int64_t size_of(const Buffer* b, const Expression::Step& s) {
  if (TAEDA_UNLIKELY(!b)) raise(ErrorKind::Internal, "size of an empty register %d", s.a);
  if (s.code == Expression::Numel) return b->numel;
  if (s.code == Expression::Offset) return b->offset;
  if (TAEDA_UNLIKELY(s.b >= b->ndim))
    raise(ErrorKind::Internal, "dimension %d of register %d which has %d", s.b, s.a, b->ndim);
  return s.code == Expression::Size ? b->sizes[s.b] : b->strides[s.b];
}

inline int64_t item_of(const Attribute& a, const Expression::Step& s) {
  if (a.kind != Attribute::List || s.b >= a.count) raise(ErrorKind::Internal, "item %d of a shorter list", s.b);
  return a.list[s.b];
}

inline int64_t read_element(const Buffer* b, int reg) {
  if (!b || b->numel < 1 || b->dtype != DType::Int64)
    raise(ErrorKind::Internal, "read from register %d, which is not an int64 tensor with an element", reg);
  if (!b->has_memory()) raise(ErrorKind::NeedsData, "the size of the result depends on the values of a tensor");
  int64_t v;
  std::memcpy(&v, b->data(), 8);
  return v;
}

}  // namespace taeda
