// Makes a Recording of what runs. Whoever runs Programs (csrc/python/run.cpp) tells the active recorder before and
// after; memory that a function reads without having made it is copied when it is first seen.
//
// What is done to memory without a Program (a write by NumPy) is not seen. finish() therefore plays what was recorded
// and compares: a recording that does not give the same bits is refused.
#pragma once
#include <functional>
#include <thread>
#include <unordered_map>

#include "core/recording.h"
#include "core/stored_kernels.h"

namespace taeda {

class Recorder {
 public:
  using Named = std::vector<std::pair<std::string, const Buffer*>>;

  void begin(std::string name, const Named& inputs);
  void end(const Named& outputs);

  // Of one run: before it, while inputs are what they were; then with what it made.
  RecordedCall before(const Program& program, std::span<const Buffer* const> inputs,
                      std::span<const Attribute> attributes, std::span<Buffer* const> into = {});
  void after(RecordedCall call, std::span<const Buffer* const> results);
  // The same for what is done without a Program of its own.
  void copying(const Buffer& destination, const Buffer& source);
  void filling(const Buffer& destination, const Number& value);
  RecordedCall summing(const Buffer& source, const Buffer& like);  // then after()

  // What was recorded, with the kernels that it takes. `code` gives the object file of a kernel (see NotedKernels).
  struct Result {
    Recording recording;
    StoredKernels kernels;
  };
  Result finish(const Named& state, KernelSource& kernels, NotedKernels::ObjectCode code);

  bool records_here() const { return recording_ && thread_ == std::this_thread::get_id(); }

 private:
  struct Memory {
    Shared<Storage> storage;  // held, so that no other gets its address
    int first_function;
    bool given = false;                  // its content when it was first seen matters
    bool named = false, shared = false;  // has a name, is used by several functions
  };
  RecordedBuffer recorded(const Buffer* b, bool overwritten = false);
  int number(const Buffer& b, bool overwritten);
  int program_number(const Program& program);
  void add(RecordedCall call) { result_.functions.back().calls.push_back(std::move(call)); }

  bool recording_ = false;
  std::thread::id thread_;
  Recording result_;
  std::vector<Memory> memory_;
  std::unordered_map<Storage*, int> numbers_;
  std::unordered_map<const Program*, int> programs_;
  struct Expected {  // of a function
    std::vector<std::string> inputs, outputs;
  };
  std::vector<Expected> expected_;
};

extern Recorder* active_recorder;  // null: nothing is recorded
inline Recorder* recorder() {
  return __builtin_expect(active_recorder != nullptr, 0) && active_recorder->records_here() ? active_recorder : nullptr;
}

}  // namespace taeda
