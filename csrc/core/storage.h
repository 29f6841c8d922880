// The reference-counted blocks of memory that tensors share.
#pragma once
#include <cstddef>

#include "core/common.h"
#include "core/device.h"

namespace taeda {

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
  // Memory of somebody else, which `deleter` is told about when it is not needed any more.
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
  void (*deleter_)(void*) = nullptr;
  void* context_ = nullptr;
};

}  // namespace taeda
