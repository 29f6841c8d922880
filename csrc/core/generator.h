// Random numbers are counter-based (Philox): a number is a function of the seed, of how many random calls came before,
// and of its place in the result. A generator is therefore a seed and a count; random ops get both as run-time
// integers.
#pragma once
#include "python/common.h"

namespace taeda {

struct GeneratorObject {
  PyObject_HEAD uint64_t seed;
  uint64_t offset;  // how much of the stream has been reserved
};

extern PyTypeObject* GeneratorType;
GeneratorObject* default_generator();

inline uint64_t reserve(GeneratorObject* g, uint64_t n) {
  uint64_t start = g->offset;
  g->offset += n;
  return start;
}
// The same from an argument of an op: a Generator, or None (or null) for the default one.
void reserve_random(PyObject* generator, uint64_t n, uint64_t* seed, uint64_t* start);

}  // namespace taeda
