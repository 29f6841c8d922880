// Memory: the caching allocator and the reference-counted blocks that tensors share.
//
// The allocator serves size classes from free lists, 64-byte aligned; blocks are kept and reused, because fresh
// pages cost more than the arithmetic done on them. Blocks of 2 MB and more ask for transparent huge pages.
// A size that cannot be had raises MemoryError (taeda.OutOfMemoryError) saying how much was asked and held.
#pragma once
#include <atomic>

#include "python/common.h"
#include "core/device.h"

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
void allocator_release_cached();                   // empty_cache()

class Storage {
 public:
  // A storage of so many bytes that has no memory yet; bytes may be 0. On "meta" it never gets any.
  static Shared<Storage> reserve(size_t bytes, Device device = {});
  // Uninitialised memory from the allocator, unless there is some already.
  void allocate() {
    if (!data_) allocate_now();
  }
  static Shared<Storage> create(size_t bytes, Device device = {}) {
    Shared<Storage> s = reserve(bytes, device);
    s->allocate();
    return s;
  }
  // Memory of somebody else, kept alive by `owner` (released under the GIL).
  static Shared<Storage> adopt(void* data, size_t bytes, Ref<> owner, Device device = {}, bool writable = true);
  // Memory of somebody else with a C deleter (DLPack).
  static Shared<Storage> adopt(void* data, size_t bytes, void (*deleter)(void*), void* context, Device device = {},
                               bool writable = true);

  char* data() const { return data_; }  // null: without memory
  size_t bytes() const { return bytes_; }
  Device device() const { return device_; }
  bool writable() const { return writable_; }
  void resize(size_t bytes);  // keeps the contents; only for storages from create() that nobody else points into
  void forbid_resize() { resizable_ = false; }  // NumPy or another library has the address

  // Counts the in-place writes to this memory; saved tensors remember it (tape.h).
  uint32_t version = 0;

  void retain() { ++references_; }
  void release() {
    if (--references_ == 0) destroy();
  }
  int64_t references() const { return references_; }

 private:
  Storage() = default;
  void allocate_now();
  void destroy() noexcept;
  int64_t references_ = 1;  // under the GIL
  char* data_ = nullptr;
  size_t bytes_ = 0;
  Device device_;
  bool owned_ = true, writable_ = true, resizable_ = true;
  Ref<> owner_;
  void (*deleter_)(void*) = nullptr;
  void* context_ = nullptr;
};

}  // namespace taeda
