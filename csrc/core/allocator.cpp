// The caching allocator: size classes, four per power of two. Blocks below LARGE are carved from chunks and live in
// free lists for ever; larger ones have a mapping of their own, so they can be given back.
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>
#include <vector>

#include <sys/mman.h>
#ifdef __linux__
#include <sys/sysinfo.h>
#else
#include <unistd.h>
#endif

#include "core/allocator.h"
#include "core/common.h"

namespace taeda {

namespace {

constexpr size_t UNIT = 64;  // alignment, and how far past the end a vector load may reach
constexpr size_t PAGE = 4096;
constexpr size_t HUGE_PAGE = 2 << 20;
constexpr size_t LARGE = 256 << 10;
constexpr int CLASSES = 256;
constexpr size_t SMALLEST_CHUNK = 64 << 10, LARGEST_CHUNK = 2 << 20;
// A large request may take a cached block of up to this many classes more (one class is 1/4 of a power of two).
constexpr int CLASSES_TOO_LARGE = 2;
// Cached blocks are given back before more than this is held beyond the peak of what tensors used at once.
constexpr int64_t SLACK = 64 << 20;

struct FreeBlock {
  FreeBlock* next;
};

struct Mapping {
  char* begin;
  size_t length;
  int size_class;
};

int class_of(size_t bytes) {
  size_t units = (bytes + UNIT - 1) / UNIT;
  if (units <= 8) return units ? static_cast<int>(units) - 1 : 0;
  size_t u = units - 1;
  int e = 63 - __builtin_clzll(u);
  return 8 + (e - 3) * 4 + static_cast<int>((u >> (e - 2)) - 4);
}

size_t class_bytes(int c) {
  if (c < 8) return static_cast<size_t>(c + 1) * UNIT;
  int e = (c - 8) / 4 + 3;
  size_t q = static_cast<size_t>((c - 8) % 4 + 4);
  return ((q + 1) << (e - 2)) * UNIT;
}

FreeBlock* small_free[CLASSES];
char *chunk_at = nullptr, *chunk_end = nullptr;
size_t next_chunk = SMALLEST_CHUNK;
AllocatorStatistics counts;

std::vector<void*>* large_free() {  // per class; never destroyed, tensors may outlive static objects
  static auto* lists = new std::vector<void*>[CLASSES];
  return lists;
}

std::unordered_map<void*, Mapping>& mappings() {
  static auto* table = new std::unordered_map<void*, Mapping>;
  return *table;
}

// -- limits ----------------------------------------------------------------------------------------------------------

uint64_t number_in_file(const char* path, const char* field) {
  FILE* f = std::fopen(path, "r");
  if (!f) return UINT64_MAX;
  char line[256];
  uint64_t value = UINT64_MAX;
  while (value == UINT64_MAX && std::fgets(line, sizeof line, f)) {
    unsigned long long n;
    if (!field) {
      if (std::sscanf(line, "%llu", &n) == 1) value = n;
      break;
    }
    size_t length = std::strlen(field);
    if (std::strncmp(line, field, length) == 0 && std::sscanf(line + length, " %llu", &n) == 1) value = n * 1024;
  }
  std::fclose(f);
  return value;
}

// What the machine (or the container) has in all. Linux grants far more than that and kills the process later, so it
// has to be refused here.
uint64_t memory_limit() {
  static const uint64_t limit = [] {
    uint64_t all = UINT64_MAX;
#ifdef __linux__
    struct sysinfo s;
    if (sysinfo(&s) == 0) all = (static_cast<uint64_t>(s.totalram) + s.totalswap) * s.mem_unit;
#else
    all = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
#endif
    for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
      all = std::min(all, number_in_file(path, nullptr));
    return all;
  }();
  return limit;
}

bool may_map(size_t bytes) {
  if (bytes > memory_limit() || static_cast<uint64_t>(counts.reserved) + bytes > memory_limit()) return false;
  if (bytes < (64 << 20)) return true;
  uint64_t available = number_in_file("/proc/meminfo", "MemAvailable:");
  if (available == UINT64_MAX) return true;
  uint64_t swap = number_in_file("/proc/meminfo", "SwapFree:");
  return bytes <= available + (swap == UINT64_MAX ? 0 : swap);
}

[[noreturn]] void out_of_memory(size_t bytes) {
  raise(ErrorKind::Memory,
        "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate %zu bytes. "
        "Error code 12 (Cannot allocate memory)\n"
        "Tensors use %lld bytes, the allocator holds %lld bytes, and the limit of this machine is %llu bytes.",
        bytes, static_cast<long long>(counts.allocated), static_cast<long long>(counts.reserved),
        static_cast<unsigned long long>(memory_limit()));
}

// -- the system ------------------------------------------------------------------------------------------------------

char* map_pages(size_t length) {
  if (!may_map(length)) return nullptr;
  bool huge = length >= HUGE_PAGE;
  size_t asked = huge ? length + HUGE_PAGE : length;
  void* p = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  char* at = static_cast<char*>(p);
  if (huge) {
    char* aligned = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(at) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
    if (aligned > at) munmap(at, aligned - at);
    char* end = at + asked;
    if (end > aligned + length) munmap(aligned + length, end - (aligned + length));
    at = aligned;
#ifdef MADV_HUGEPAGE
    madvise(at, length, MADV_HUGEPAGE);
#endif
  }
  counts.reserved += static_cast<int64_t>(length);
  if (counts.reserved > counts.reserved_peak) counts.reserved_peak = counts.reserved;
  ++counts.system_allocations;
  return at;
}

void unmap(void* p) {
  auto found = mappings().find(p);
  munmap(found->second.begin, found->second.length);
  counts.reserved -= static_cast<int64_t>(found->second.length);
  mappings().erase(found);
}

// Gives cached large blocks back, the largest first, until at most `target` bytes are held.
void release_down_to(int64_t target) {
  auto* lists = large_free();
  for (int c = CLASSES - 1; c >= 0; --c)
    while (!lists[c].empty() && counts.reserved > target) {
      unmap(lists[c].back());
      lists[c].pop_back();
    }
}

void* allocate_large(size_t bytes, int c) {
  auto* lists = large_free();
  for (int k = c; k <= c + CLASSES_TOO_LARGE && k < CLASSES; ++k)
    if (!lists[k].empty()) {
      void* p = lists[k].back();
      lists[k].pop_back();
      return p;
    }
  size_t length = (class_bytes(c) + UNIT + PAGE - 1) & ~(PAGE - 1);
  int64_t peak = std::max(counts.allocated_peak, counts.allocated + static_cast<int64_t>(bytes));
  int64_t budget = peak + peak / 4 + SLACK - static_cast<int64_t>(length);
  if (counts.reserved > budget) release_down_to(budget);
  char* p = map_pages(length);
  if (!p) {
    release_down_to(0);
    p = map_pages(length);
    if (!p) out_of_memory(bytes);
  }
  lists[c].reserve(lists[c].size() + 1);
  mappings()[p] = Mapping{p, length, c};
  return p;
}

void deallocate_large(void* p) noexcept {
  auto found = mappings().find(p);
  assert(found != mappings().end());
  auto& list = large_free()[found->second.size_class];
  if (list.size() == list.capacity()) {
    try {
      list.reserve(list.size() * 2 + 4);
    } catch (...) {
      unmap(p);
      return;
    }
  }
  list.push_back(p);
}

// A fresh small block of class c, cut from the current chunk.
void* carve(size_t bytes, int c) {
  size_t size = class_bytes(c);
  if (static_cast<size_t>(chunk_end - chunk_at) < size + UNIT) {
    // What is left of the chunk goes to the free lists, in the largest blocks that fit.
    while (chunk_end - chunk_at >= static_cast<ptrdiff_t>(2 * UNIT)) {
      int k = class_of(static_cast<size_t>(chunk_end - chunk_at) - UNIT);
      while (class_bytes(k) > static_cast<size_t>(chunk_end - chunk_at) - UNIT) --k;
      auto* rest = reinterpret_cast<FreeBlock*>(chunk_at);
      rest->next = small_free[k];
      small_free[k] = rest;
      chunk_at += class_bytes(k);
    }
    size_t length = next_chunk;
    while (length < size + UNIT) length *= 2;
    char* chunk = map_pages(length);
    if (!chunk) {
      release_down_to(0);
      chunk = map_pages(length);
      if (!chunk) out_of_memory(bytes);
    }
    if (next_chunk < LARGEST_CHUNK) next_chunk *= 2;
    chunk_at = chunk;
    chunk_end = chunk + length;
  }
  void* p = chunk_at;
  chunk_at += size;
  return p;
}

}  // namespace

void* allocate(size_t bytes) {
  if (TAEDA_UNLIKELY(bytes > (size_t{1} << 60))) out_of_memory(bytes);
  int c = class_of(bytes);
  void* p;
#ifdef __SANITIZE_ADDRESS__
  // Blocks of their own, so that the sanitizer sees what is out of bounds and what is freed.
  if (class_bytes(c) < LARGE) {
    p = std::aligned_alloc(UNIT, class_bytes(c) + UNIT);
    if (!p) out_of_memory(bytes);
  } else {
    p = allocate_large(bytes, c);
  }
#else
  if (TAEDA_LIKELY(class_bytes(c) < LARGE)) {
    FreeBlock* block = small_free[c];
    if (TAEDA_LIKELY(block != nullptr)) {
      small_free[c] = block->next;
      p = block;
    } else {
      p = carve(bytes, c);
    }
  } else {
    p = allocate_large(bytes, c);
  }
#endif
  ++counts.allocations;
  counts.allocated += static_cast<int64_t>(bytes);
  if (counts.allocated > counts.allocated_peak) counts.allocated_peak = counts.allocated;
  return p;
}

void deallocate(void* p, size_t bytes) noexcept {
  int c = class_of(bytes);
  counts.allocated -= static_cast<int64_t>(bytes);
  if (TAEDA_LIKELY(class_bytes(c) < LARGE)) {
#ifdef __SANITIZE_ADDRESS__
    std::free(p);
#else
    auto* block = static_cast<FreeBlock*>(p);
    block->next = small_free[c];
    small_free[c] = block;
#endif
  } else {
    deallocate_large(p);
  }
}

AllocatorStatistics allocator_statistics() { return counts; }

void allocator_reset_peaks() {
  counts.allocated_peak = counts.allocated;
  counts.reserved_peak = counts.reserved;
}

void allocator_release_cached() { release_down_to(0); }

}  // namespace taeda
