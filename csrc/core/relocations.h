// Relocations: how the address of a symbol is written into machine code. A processor is one table of rules.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace taeda {

struct RelocationRule {
  enum class Target {
    SYMBOL,  // the symbol itself, however far
    NEAR,    // the symbol, or for a function outside of the object the stub that jumps to it
    SLOT,    // the 8 bytes in the object's constants that hold the symbol's address
  };
  uint32_t type;
  const char* name;
  uint8_t width;  // bytes that are written
  Target target;
  // Write the address `target` (the addend included) into what will lie at `place`; false if it does not reach.
  bool (*write)(char* to, uint64_t target, uint64_t place);
};

struct Machine {
  uint16_t elf_number;  // e_machine
  const char* name;
  std::span<const RelocationRule> rules;
  size_t stub_size;
  bool (*write_stub)(char* to, uint64_t slot, uint64_t place);  // code that jumps to the address in the slot
};

// The processor that this was built for; null if nobody has written its table.
const Machine* host_machine();

}  // namespace taeda
