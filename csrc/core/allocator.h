// The caching allocator of the CPU. It serves size classes from free lists, 64-byte aligned; blocks are kept and
// reused, because fresh pages cost more than the arithmetic done on them. Blocks of 2 MB and more ask for transparent
// huge pages. A size that cannot be had raises an error saying how much was asked and held.
#pragma once
#include <cstddef>
#include <cstdint>

namespace taeda {

struct AllocatorStatistics {
  int64_t allocated, allocated_peak;  // bytes in use by tensors
  int64_t reserved, reserved_peak;    // bytes held from the system, in use or in free lists
  int64_t allocations, system_allocations;
};

// At least `bytes` bytes, 64-byte aligned. Readable (with whatever in it) up to the end of the size class, which is
// at least 64 bytes past the last multiple of 64 needed: vector loads of a tail never leave the block.
void* allocate(size_t bytes);
void deallocate(void* p, size_t bytes) noexcept;  // `bytes` as given to allocate
AllocatorStatistics allocator_statistics();
void allocator_reset_peaks();
void allocator_release_cached();  // empty_cache()

}  // namespace taeda
