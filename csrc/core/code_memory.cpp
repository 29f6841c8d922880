#include "core/code_memory.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace taeda {
namespace {

constexpr size_t REGION_BYTES = size_t{4} << 20;  // some thousand kernels; only address space until it is used

struct Region {
  char* code_end = nullptr;         // code grows upwards to here, a page boundary
  char* constants_begin = nullptr;  // constants and variables grow downwards to here
};

Region region;  // the one that is being filled; full ones are not remembered, they stay mapped

// A fork in another thread may leave the lock taken in the child, where that thread is no more.
std::mutex* guard = new std::mutex;
void after_fork_in_child() { guard = new std::mutex; }

size_t page_bytes() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

uintptr_t address(const char* p) { return reinterpret_cast<uintptr_t>(p); }
char* down(char* p, size_t alignment) { return p - address(p) % alignment; }
size_t up(size_t n, size_t alignment) { return (n + alignment - 1) / alignment * alignment; }

// Where the parts lie in `from`, and what is left of it; false if they do not fit.
bool place(const Region& from, Block (&parts)[PART_COUNT], Region* rest) {
  size_t page = page_bytes();
  size_t need = up(parts[CODE].size, page) + parts[CONSTANTS].size + parts[VARIABLES].size + 4 * page;
  if (need > static_cast<size_t>(from.constants_begin - from.code_end)) return false;
  *rest = from;
  parts[CODE].at = from.code_end;
  rest->code_end += up(parts[CODE].size, page);
  const Block& constants = parts[CONSTANTS];
  parts[CONSTANTS].at = rest->constants_begin = down(from.constants_begin - constants.size, constants.alignment);
  if (parts[VARIABLES].size) {  // whole pages, because these stay writable
    char* end = down(rest->constants_begin, page);
    parts[VARIABLES].at = rest->constants_begin = down(end - parts[VARIABLES].size, page);
  }
  return true;
}

bool protect(const Block& block, int protection) {
  char* begin = down(block.at, page_bytes());
  size_t size = up(address(block.at + block.size) - address(begin), page_bytes());
  return mprotect(begin, size, protection) == 0;
}

}  // namespace

CodeReservation::CodeReservation(Block (&parts)[PART_COUNT]) : parts_(parts) {
  static const bool registered = (pthread_atfork(nullptr, nullptr, after_fork_in_child), true);
  (void)registered;
  guard->lock();
  Region rest;
  found_ = region.code_end && place(region, parts, &rest);
  if (found_) return;
  size_t size = 0;
  for (const Block& block : parts) size += block.size;
  size = std::max(REGION_BYTES, up(size, REGION_BYTES) + REGION_BYTES);
  void* at = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return;
  region = {static_cast<char*>(at), static_cast<char*>(at) + size};
  found_ = place(region, parts, &rest);
}

CodeReservation::~CodeReservation() { guard->unlock(); }

bool CodeReservation::fill(const char* const (&contents)[PART_COUNT]) {
  Region rest;
  if (!place(region, parts_, &rest)) return false;
  region = rest;  // first: what fails half-way is not used again
  static constexpr int PROTECTION[PART_COUNT] = {PROT_READ | PROT_EXEC, PROT_READ, PROT_READ | PROT_WRITE};
  for (int part = 0; part < PART_COUNT; ++part) {
    const Block& block = parts_[part];
    if (!block.size) continue;
    if (!protect(block, PROT_READ | PROT_WRITE)) return false;
    std::memcpy(block.at, contents[part], block.size);
    if (!protect(block, PROTECTION[part])) return false;
    if (part == CODE) __builtin___clear_cache(block.at, block.at + block.size);
  }
  return true;
}

}  // namespace taeda
