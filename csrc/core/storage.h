// The reference-counted blocks of memory that tensors share.
#pragma once
#include <cstddef>

#include "core/common.h"
#include "core/device.h"

namespace taeda {

class Storage;

// Calls that were noted down to be run later (core/pending.h). Storages know them: whoever reads memory that such a
// call makes, or writes to memory that one reads, has them run first.
class PendingCalls {
 public:
  virtual void finish() = 0;  // run them; nothing where that is happening on this thread already

 protected:
  ~PendingCalls() = default;
};

class Storage {
 public:
  // A storage of so many bytes that has no memory yet; bytes may be 0. On "meta" it never gets any.
  static Shared<Storage> reserve(size_t bytes, Device device = {});
  // Uninitialised memory from the allocator, unless there is some already.
  void allocate() {
    if (!data()) allocate_now();
  }
  static Shared<Storage> create(size_t bytes, Device device = {}) {
    Shared<Storage> s = reserve(bytes, device);
    s->allocate();
    return s;
  }
  // Puts what it holds to memory of somebody else, where it is from then on; the storage that has the memory it was in.
  Shared<Storage> move_to(void* data, void (*deleter)(void*), void* context);
  // Of memory of somebody else: what `adopt` was given, if it was given this deleter; else null.
  void* owner(void (*deleter)(void*)) const { return !owned_ && deleter_ == deleter ? context_ : nullptr; }
  // Memory of somebody else, which `deleter` is told about when it is not needed any more.
  static Shared<Storage> adopt(void* data, size_t bytes, void (*deleter)(void*), void* context, Device device = {},
                               bool writable = true);

  char* data() const {  // null: without memory
    if (__builtin_expect(pending_, false)) recorded_by_->finish();
    return data_;
  }
  size_t bytes() const { return bytes_; }
  Device device() const { return device_; }
  bool writable() const { return writable_; }
  void resize(size_t bytes);  // keeps the contents; only for storages from create() that nobody else points into
  void forbid_resize() {      // NumPy or another library has the address
    before_write();
    resizable_ = false;
  }
  void give_away() {  // the same, and it will not be known when that ends
    forbid_resize();
    given_away_ = true;
  }
  // Whether others may write to the memory without Taeda's knowledge.
  bool shared_outside() const { return !resizable_ && found_outside(); }
  // Objects through which others see the memory come and go.
  void add_handle(int count) { handles_ += count; }
  // Of memory of somebody else: whether only the owner that `adopt` was given can write to it, who is held by the
  // storage alone.
  static bool (*owner_is_alone)(void (*deleter)(void*), void* context);

  // -- of calls that are pending (core/pending.h) --
  // Made by such a call: there is no memory yet.
  bool pending() const { return pending_ && !overwritten_; }
  // What it holds is not known before calls have run.
  bool unknown() const { return pending_; }
  void before_write() const {  // to be called before memory is written to that may have been there
    if (__builtin_expect(recorded_by_ != nullptr, false)) recorded_by_->finish();
  }
  // There will never be memory: who asks for it has `asked` finish, which raises.
  void refuse_memory(PendingCalls& asked) { pending_ = true, recorded_by_ = &asked; }
  bool refuses_memory(const PendingCalls& asked) const { return recorded_by_ == &asked; }
  void take_memory(Storage& from);  // of as many bytes, where there is none yet
  bool gives_memory() const { return owned_ && resizable_ && !pending_ && data_; }

  // Counts the in-place writes to this memory; saved tensors remember it (tape.h).
  uint32_t version = 0;

  void retain() { ++references_; }
  void release() {
    if (--references_ == 0) destroy();
  }
  // Without that of the calls that are pending.
  int64_t references() const { return references_ - (recorded_by_ != nullptr); }

 private:
  friend class Pending;
  bool found_outside() const {
    return handles_ > 0 || (owned_ ? given_away_ : !owner_is_alone || !owner_is_alone(deleter_, context_));
  }
  Storage() = default;
  void allocate_now();
  void destroy() noexcept;
  int64_t references_ = 1;  // under the GIL
  char* data_ = nullptr;
  size_t bytes_ = 0;
  Device device_;
  bool owned_ = true, writable_ = true, resizable_ = true;
  bool pending_ = false, given_away_ = false;  // pending: what it holds is made by calls that have not run
  bool overwritten_ = false;                   // pending, though there is memory: one of them writes to it
  int32_t handles_ = 0;
  int32_t recorded_number_ = 0;          // in the calls of
  PendingCalls* recorded_by_ = nullptr;  // which own one reference
  void (*deleter_)(void*) = nullptr;
  void* context_ = nullptr;
};

}  // namespace taeda
