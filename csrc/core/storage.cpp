#include "core/storage.h"

#include <algorithm>
#include <utility>

#include "core/device_runtime.h"

namespace taeda {

namespace {

// What storages of no bytes point to: pointer arithmetic on it is valid, and it is never read.
alignas(64) char nothing[128];

// Storage objects that are not in use. Making one is on the path of every op.
constexpr int KEPT = 1024;
void* kept[KEPT];
int kept_count = 0;

void* storage_memory(size_t size) { return kept_count ? kept[--kept_count] : ::operator new(size); }

}  // namespace

Shared<Storage> Storage::reserve(size_t bytes, Device device) {
  Storage* s = new (storage_memory(sizeof(Storage))) Storage;
  s->bytes_ = bytes;
  s->device_ = device;
  return Shared<Storage>::steal(s);
}

void Storage::allocate_now() {
  DeviceRuntime& runtime = runtime_of(device_);
  if (!runtime.executes()) return;
  data_ = bytes_ ? static_cast<char*>(runtime.allocate(bytes_)) : nothing;
}

Shared<Storage> Storage::adopt(void* data, size_t bytes, void (*deleter)(void*), void* context, Device device,
                               bool writable) {
  Storage* s = new (storage_memory(sizeof(Storage))) Storage;
  s->data_ = data ? static_cast<char*>(data) : nothing;
  s->bytes_ = bytes;
  s->device_ = device;
  s->owned_ = s->resizable_ = false;
  s->writable_ = writable;
  s->deleter_ = deleter;
  s->context_ = context;
  return Shared<Storage>::steal(s);
}

Shared<Storage> Storage::move_to(void* data, void (*deleter)(void*), void* context) {
  before_write();
  Shared<Storage> before = reserve(bytes_, device_);
  if (data_ && bytes_) runtime_of(device_).copy(data, data_, bytes_);
  before->data_ = std::exchange(data_, static_cast<char*>(data));
  before->owned_ = std::exchange(owned_, false);
  before->resizable_ = std::exchange(resizable_, false);
  before->writable_ = std::exchange(writable_, true);
  before->deleter_ = std::exchange(deleter_, deleter);
  before->context_ = std::exchange(context_, context);
  return before;
}

void Storage::resize(size_t bytes) {
  if (bytes == bytes_) return;
  if (!resizable_) raise(ErrorKind::Runtime, "Trying to resize storage that is not resizable");
  before_write();
  if (data_) {
    DeviceRuntime& runtime = runtime_of(device_);
    char* data = bytes ? static_cast<char*>(runtime.allocate(bytes)) : nothing;
    runtime.copy(data, data_, std::min(bytes, bytes_));
    if (bytes_) runtime.deallocate(data_, bytes_);
    data_ = data;
  }
  bytes_ = bytes;
}

bool (*Storage::owner_is_alone)(void (*deleter)(void*), void* context) = nullptr;

void Storage::take_memory(Storage& from) {
  data_ = std::exchange(from.data_, nullptr);
  from.bytes_ = 0;
}

void Storage::destroy() noexcept {
  if (owned_) {
    if (data_ && bytes_) runtime_of(device_).deallocate(data_, bytes_);
  } else if (deleter_) {
    deleter_(context_);
  }
  this->~Storage();
  if (REUSE_OBJECTS && kept_count < KEPT)
    kept[kept_count++] = this;
  else
    ::operator delete(this);
}

}  // namespace taeda
