// Compile mode under Python: inside of a compiled function calls are put off (core/pending.h); how they are run is
// asked of taeda/runtime/recorded.py.
#pragma once
#include "core/pending.h"
#include "python/op.h"

namespace taeda {

// In a compiled function: notes the call down and describes its results, or gives false, where it has to run at once:
// it can fail in a way that its sizes do not tell, or what it gives depends on values, or others see the memory.
bool put_off(Compiled& compiled, Device device, std::span<const Buffer* const> inputs,
             std::span<const Attribute> attributes, std::span<Program::Result> results, std::span<Buffer* const> into);

// For its life, calls of this thread are put off, if `on` and they are not already.
class PuttingOff {
 public:
  explicit PuttingOff(bool on);
  ~PuttingOff();
  PuttingOff(const PuttingOff&) = delete;
  void finish();  // and runs them; to be called at the end

 private:
  Pending* begun_;  // null: nothing was begun here
};

}  // namespace taeda
