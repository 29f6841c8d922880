#include "core/outside_functions.h"

#include <math.h>
#include <string.h>

namespace taeda {
namespace {

struct OutsideFunction {
  std::string_view name;
  void* address;
};

// <math.h> overloads the names of C in C++: the types say which is meant.
template <class T>
void* unary(T (*f)(T)) {
  return reinterpret_cast<void*>(f);
}
template <class T>
void* binary(T (*f)(T, T)) {
  return reinterpret_cast<void*>(f);
}
template <class T>
void* ternary(T (*f)(T, T, T)) {
  return reinterpret_cast<void*>(f);
}
template <class R, class... A>
void* of_memory(R (*f)(A...)) {
  return reinterpret_cast<void*>(f);
}

#define BOTH(arity, name) \
  {#name, arity<double>(name)}, { #name "f", arity < float>(name##f) }

const OutsideFunction FUNCTIONS[] = {
    // What the code generators call by name (codegen/scalars, codegen/templates/sort/scan.py).
    BOTH(unary, acos),
    BOTH(unary, acosh),
    BOTH(unary, asin),
    BOTH(unary, asinh),
    BOTH(unary, atan),
    BOTH(unary, atanh),
    BOTH(unary, cos),
    BOTH(unary, cosh),
    BOTH(unary, erf),
    BOTH(unary, erfc),
    BOTH(unary, exp),
    BOTH(unary, exp2),
    BOTH(unary, expm1),
    BOTH(unary, lgamma),
    BOTH(unary, log),
    BOTH(unary, log10),
    BOTH(unary, log1p),
    BOTH(unary, log2),
    BOTH(unary, sin),
    BOTH(unary, sinh),
    BOTH(unary, tan),
    BOTH(unary, tanh),
    BOTH(binary, atan2),
    BOTH(binary, fmod),
    BOTH(binary, hypot),
    BOTH(binary, pow),
    // What LLVM makes of its own instructions where the processor has none.
    BOTH(unary, ceil),
    BOTH(unary, floor),
    BOTH(unary, nearbyint),
    BOTH(unary, rint),
    BOTH(unary, roundeven),
    BOTH(unary, trunc),
    BOTH(ternary, fma),
    {"memcpy", of_memory(memcpy)},
    {"memmove", of_memory(memmove)},
    {"memset", of_memory(memset)},
};

#undef BOTH

}  // namespace

void* outside_function(std::string_view name) {
  for (const OutsideFunction& f : FUNCTIONS)
    if (f.name == name) return f.address;
  return nullptr;
}

}  // namespace taeda
