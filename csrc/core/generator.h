// Random numbers are counter-based (Philox): a number is a function of a key and of its place in the result, and every
// call takes a key of its own. A generator is therefore a seed and a count; random ops get the key as a run-time
// integer.
#pragma once
#include <cstdint>

namespace taeda {

struct Generator {
  uint64_t seed = 67280421310721;  // PyTorch's
  uint64_t offset = 0;             // how much of the stream has been reserved

  uint64_t reserve(uint64_t n) {
    uint64_t start = offset;
    offset += n;
    return start;
  }
  // The key of one call: the next number, mixed with the seed (SplitMix64's finaliser), so that calls have streams of
  // their own, each as long as needed.
  int64_t take_key() {
    uint64_t x = seed + 0x9E3779B97F4A7C15ull * (reserve(1) + 1);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return static_cast<int64_t>(x ^ (x >> 31));
  }
};

}  // namespace taeda
