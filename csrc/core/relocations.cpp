#include "core/relocations.h"

#include <elf.h>

#include <cstring>

namespace taeda {

#if defined(__x86_64__)

namespace {

bool write_64(char* to, uint64_t value) {
  std::memcpy(to, &value, 8);
  return true;
}

bool write_unsigned_32(char* to, uint64_t value) {
  uint32_t low = static_cast<uint32_t>(value);
  std::memcpy(to, &low, 4);
  return low == value;
}

bool write_signed_32(char* to, uint64_t value) {
  int32_t low = static_cast<int32_t>(value);
  std::memcpy(to, &low, 4);
  return static_cast<uint64_t>(static_cast<int64_t>(low)) == value;
}

bool absolute_64(char* to, uint64_t target, uint64_t) { return write_64(to, target); }
bool absolute_32(char* to, uint64_t target, uint64_t) { return write_unsigned_32(to, target); }
bool absolute_signed_32(char* to, uint64_t target, uint64_t) { return write_signed_32(to, target); }
bool relative_64(char* to, uint64_t target, uint64_t place) { return write_64(to, target - place); }
bool relative_32(char* to, uint64_t target, uint64_t place) { return write_signed_32(to, target - place); }

bool jump_through_slot(char* to, uint64_t slot, uint64_t place) {
  std::memcpy(to, "\xff\x25", 2);  // jmp *distance(%rip); the distance counts from the end of the instruction
  std::memset(to + 6, 0xcc, 2);    // int3
  return write_signed_32(to + 2, slot - (place + 6));
}

using enum RelocationRule::Target;

// System V ABI, AMD64 supplement, table of relocation types. What code for shared libraries of one module uses.
constexpr RelocationRule X86_64_RULES[] = {
    {R_X86_64_64, "R_X86_64_64", 8, SYMBOL, absolute_64},
    {R_X86_64_PC64, "R_X86_64_PC64", 8, SYMBOL, relative_64},
    {R_X86_64_32, "R_X86_64_32", 4, NEAR, absolute_32},
    {R_X86_64_32S, "R_X86_64_32S", 4, NEAR, absolute_signed_32},
    {R_X86_64_PC32, "R_X86_64_PC32", 4, NEAR, relative_32},
    {R_X86_64_PLT32, "R_X86_64_PLT32", 4, NEAR, relative_32},
    {R_X86_64_GOTPCREL, "R_X86_64_GOTPCREL", 4, SLOT, relative_32},
    {R_X86_64_GOTPCRELX, "R_X86_64_GOTPCRELX", 4, SLOT, relative_32},
    {R_X86_64_REX_GOTPCRELX, "R_X86_64_REX_GOTPCRELX", 4, SLOT, relative_32},
};
constexpr Machine X86_64 = {EM_X86_64, "x86-64", X86_64_RULES, 8, jump_through_slot};

}  // namespace

const Machine* host_machine() { return &X86_64; }

#else

const Machine* host_machine() { return nullptr; }

#endif

}  // namespace taeda
