// Where machine code lies: regions of address space, filled with code from the bottom and with constants from the top.
//
// Pages of one kind stand next to each other, so a region is three mappings to the system however many kernels are in
// it (a mapping per kernel and kind would meet Linux's limit of 65,530 after some twenty thousand kernels). A page of
// code is written before it becomes executable and never again, so a kernel starts on a page of its own; pages of
// constants stay readable while more is added to them, so constants are packed.
#pragma once
#include <cstddef>

namespace taeda {

enum Part { CODE, CONSTANTS, VARIABLES, PART_COUNT };

struct Block {
  size_t size = 0;
  size_t alignment = 1;  // a power of two, at most MAX_ALIGNMENT
  char* at = nullptr;    // where it will lie
};

inline constexpr size_t MAX_ALIGNMENT = 4096;

// A place for the three parts of one object. Nobody else gets memory for code while it exists.
class CodeReservation {
 public:
  explicit CodeReservation(Block (&parts)[PART_COUNT]);  // says where the parts will lie
  ~CodeReservation();
  CodeReservation(const CodeReservation&) = delete;
  CodeReservation& operator=(const CodeReservation&) = delete;
  explicit operator bool() const { return found_; }  // false: the system gives no memory

  // Copy the parts to their places, for good, each with its protection. False if the system does not allow it.
  bool fill(const char* const (&contents)[PART_COUNT]);

 private:
  Block (&parts_)[PART_COUNT];
  bool found_ = false;
};

}  // namespace taeda
