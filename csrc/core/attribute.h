// Run-time attributes of an op call: the values of its number, integer and size-list arguments. They are inputs of
// Programs, never part of the cache key.
#pragma once
#include "core/common.h"

namespace taeda {

struct Attribute {
  enum Kind : uint8_t { None, Integer, Floating, List } kind = None;
  uint8_t count = 0;  // of a list
  int64_t integer = 0;
  double floating = 0;  // also set for integers
  int64_t list[MAX_DIMS];

  Attribute() {}
  Attribute(const Attribute& o) { *this = o; }
  Attribute& operator=(const Attribute& o) {
    kind = o.kind;
    count = o.count;
    integer = o.integer;
    floating = o.floating;
    if (kind == List) std::memcpy(list, o.list, sizeof(int64_t) * count);
    return *this;
  }
  void set(int64_t v) { kind = Integer, integer = v, floating = static_cast<double>(v); }
  void set(double v) { kind = Floating, floating = v, integer = static_cast<int64_t>(v); }
  void set(const Dims& d) {
    kind = List, count = static_cast<uint8_t>(d.count);
    std::memcpy(list, d.at, sizeof(int64_t) * d.count);
  }
};

}  // namespace taeda
