#include "core/recording.h"

#include <algorithm>

namespace taeda {
namespace {

[[noreturn]] void damaged(const char* what) { raise(ErrorKind::Value, "a recording contradicts itself: %s", what); }

// How many bytes of its memory a buffer reaches over; -1 if it cannot be.
int64_t reach(const RecordedBuffer& b) {
  int64_t last = b.offset, numel = 1;
  for (int64_t v : {b.offset, int64_t{b.sizes.count}})
    if (v < 0) return -1;
  if (b.sizes.count > MAX_DIMS || b.sizes.count != b.strides.count) return -1;
  for (int d = 0; d < b.sizes.count; ++d) {
    int64_t span;
    if (b.sizes[d] < 0 || b.strides[d] < 0 || __builtin_mul_overflow(numel, b.sizes[d], &numel)) return -1;
    if (b.sizes[d] == 0) continue;
    if (__builtin_mul_overflow(b.sizes[d] - 1, b.strides[d], &span)) return -1;
    if (__builtin_add_overflow(last, span, &last)) return -1;
  }
  int64_t bytes;
  if (numel == 0) return 0;
  return __builtin_mul_overflow(last + 1, itemsize(b.dtype), &bytes) ? -1 : bytes;
}

// Call f(address) for each element of b, in the order of its dimensions.
template <class F>
void each_element(const Buffer& b, F&& f) {
  int64_t at[MAX_DIMS] = {}, size = itemsize(b.dtype);
  char* p = b.data();
  for (int64_t k = 0; k < b.numel; ++k) {
    f(p);
    for (int d = b.ndim - 1; d >= 0; --d) {
      p += b.strides[d] * size;
      if (++at[d] < b.sizes[d]) break;
      p -= at[d] * b.strides[d] * size;
      at[d] = 0;
    }
  }
}

}  // namespace

int64_t element_bytes(const RecordedBuffer& b) {
  int64_t n = itemsize(b.dtype);
  for (int64_t size : b.sizes) n *= size;
  return n;
}

std::string packed(const Buffer& b) {
  size_t size = static_cast<size_t>(itemsize(b.dtype));
  if (b.numel && b.is_contiguous()) return std::string(b.data(), static_cast<size_t>(b.numel) * size);
  std::string out;
  each_element(b, [&](const char* p) { out.append(p, size); });
  return out;
}

void Recording::check() const {
  for (const RecordedMemory& m : memory) {
    if (m.bytes < 0 || m.bytes > int64_t{1} << 46) damaged("memory of an impossible size");
    if (!m.content.empty() && static_cast<int64_t>(m.content.size()) != m.bytes)
      damaged("memory of another size than its content");
  }
  auto check_buffer = [&](const RecordedBuffer& b, bool must_be) {
    int64_t bytes = reach(b);
    int least = must_be ? 0 : RecordedBuffer::SHAPE_ONLY;
    if (bytes < 0 || b.memory < least || b.memory >= static_cast<int>(memory.size()))
      damaged("a buffer that cannot be");
    if (b.memory >= 0 && bytes > memory[b.memory].bytes) damaged("a buffer reaches beyond its memory");
  };
  auto check_named = [&](const std::vector<NamedBuffer>& list, bool kept) {
    for (const NamedBuffer& n : list) {
      check_buffer(n.buffer, true);
      if (kept && memory[n.buffer.memory].kind == RecordedMemory::Temporary) damaged("a name for what is not kept");
    }
  };
  check_named(state, true);
  for (const RecordedFunction& f : functions) {
    check_named(f.inputs, true);
    check_named(f.outputs, true);
    for (const RecordedCall& c : f.calls) {
      if (c.program < 0 || c.program >= static_cast<int>(programs.size())) damaged("a call of no Program");
      const Program& p = *programs[c.program];
      if (static_cast<int>(c.inputs.size()) < p.tensor_count || c.results.size() != p.outputs.size() ||
          static_cast<int>(c.attributes.size()) != p.attribute_count || c.into.size() > p.outputs.size())
        damaged("a call with arguments for another Program");
      for (const RecordedBuffer& b : c.inputs) check_buffer(b, false);
      for (const RecordedBuffer& b : c.results) check_buffer(b, false);
      for (int k : c.into)
        if (k < -1 || k >= static_cast<int>(c.inputs.size()) || (k >= 0 && c.inputs[k].memory < 0))
          damaged("a result that is written to nothing");
    }
  }
}

// ---- running --------------------------------------------------------------------------------------------------------

Player::Player(const Recording& recording) : recording_(recording), memory_(recording.memory.size()) {
  for (size_t k = 0; k < memory_.size(); ++k) {
    const RecordedMemory& m = recording.memory[k];
    if (m.kind == RecordedMemory::Temporary) continue;
    memory_[k] = Storage::create(static_cast<size_t>(m.bytes));
    if (m.bytes == 0) continue;
    if (m.content.empty())
      std::memset(memory_[k]->data(), 0, static_cast<size_t>(m.bytes));
    else
      std::memcpy(memory_[k]->data(), m.content.data(), m.content.size());
  }
  for (const RecordedFunction& f : recording.functions) {
    auto& ends = ends_.emplace_back(f.calls.size());
    std::vector<bool> seen(memory_.size());
    for (size_t c = f.calls.size(); c-- > 0;)
      for (const auto* list : {&f.calls[c].results, &f.calls[c].inputs})
        for (const RecordedBuffer& b : *list) {
          if (b.memory < 0 || seen[b.memory]) continue;
          seen[b.memory] = true;
          if (recording.memory[b.memory].kind == RecordedMemory::Temporary) ends[c].push_back(b.memory);
        }
  }
}

Buffer Player::buffer(const RecordedBuffer& b) {
  Buffer out;
  if (b.memory >= 0) {
    // What no Program made is written to as a whole before it is read.
    Shared<Storage>& memory = memory_[b.memory];
    if (!memory) memory = Storage::create(static_cast<size_t>(recording_.memory[b.memory].bytes));
    out.storage = memory;
  }
  out.offset = b.offset;
  out.dtype = b.dtype;
  out.device = {};
  out.ndim = static_cast<uint8_t>(b.sizes.count);
  out.numel = 1;
  for (int d = 0; d < b.sizes.count; ++d) {
    out.sizes[d] = b.sizes[d];
    out.strides[d] = b.strides[d];
    out.numel *= b.sizes[d];
  }
  return out;
}

void Player::run(const RecordedFunction& function) {
  const auto& ends = ends_[&function - recording_.functions.data()];
  for (size_t k = 0; k < function.calls.size(); ++k) {
    call(function.calls[k]);
    for (int m : ends[k]) memory_[m] = nullptr;
  }
}

void Player::call(const RecordedCall& c) {
  const Program& program = *recording_.programs[c.program];
  std::vector<Buffer> buffers, places(c.results.size());
  std::vector<const Buffer*> inputs;
  std::vector<Buffer*> into;
  std::vector<Program::Result> results;
  buffers.reserve(c.inputs.size());
  for (const RecordedBuffer& b : c.inputs) buffers.push_back(b.memory == RecordedBuffer::ABSENT ? Buffer() : buffer(b));
  for (int k = 0; k < program.tensor_count; ++k)
    inputs.push_back(c.inputs[k].memory == RecordedBuffer::ABSENT ? nullptr : &buffers[k]);
  for (int k : c.into) into.push_back(k < 0 ? nullptr : &buffers[k]);
  for (Buffer& place : places) results.push_back({&place});
  program.run(Device{}, inputs, c.attributes, results, into);
  for (size_t k = 0; k < results.size(); ++k) {
    const RecordedBuffer& expected = c.results[k];
    const Buffer* made = results[k].buffer;
    bool as_recorded = (made != nullptr) == (expected.memory != RecordedBuffer::ABSENT);
    if (made && as_recorded) {
      as_recorded = made->dtype == expected.dtype && same_shape(*made, expected.sizes) &&
                    made->offset == expected.offset &&
                    std::equal(made->strides, made->strides + made->ndim, expected.strides.begin());
      if (expected.memory >= 0) {
        int64_t bytes = made->storage ? static_cast<int64_t>(made->storage->bytes()) : -1;
        as_recorded = as_recorded && bytes >= recording_.memory[expected.memory].bytes;
      }
    }
    if (!as_recorded) raise(ErrorKind::Value, "a result of Program %d is not as it was recorded", c.program);
    if (expected.memory >= 0) memory_[expected.memory] = made->storage;
  }
}

std::string Player::read(const RecordedBuffer& b) { return packed(buffer(b)); }

void Player::write(const RecordedBuffer& b, const char* elements) {
  size_t size = static_cast<size_t>(itemsize(b.dtype));
  each_element(buffer(b), [&](char* p) {
    std::memcpy(p, elements, size);
    elements += size;
  });
}

}  // namespace taeda
