// A Recording: functions as the Programs they ran, over numbered memory. What Python did in between (choosing ops, the
// tape, the optimizer) is gone; sizes, strides and numbers are those of the run that was recorded.
//
// recorder.h makes one, program_file.h writes it to a file and reads it, Player here runs it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/program.h"

namespace taeda {

// A Buffer whose storage is a number of the recording's memory.
struct RecordedBuffer {
  static constexpr int ABSENT = -1, SHAPE_ONLY = -2;
  int memory = ABSENT;
  DType dtype = DType::Float32;
  Dims sizes, strides;
  int64_t offset = 0;
};

struct NamedBuffer {
  std::string name;
  RecordedBuffer buffer;
};

struct RecordedCall {
  int program = 0;
  std::vector<RecordedBuffer> inputs;  // of the Program; then buffers that are only written to
  std::vector<int> into;               // per result the number among `inputs` of what it is written to, or -1
  std::vector<RecordedBuffer> results;
  std::vector<Attribute> attributes;
};

struct RecordedFunction {
  std::string name;
  std::vector<NamedBuffer> inputs, outputs;
  std::vector<RecordedCall> calls;
};

struct RecordedMemory {
  enum Kind : uint8_t {
    Temporary,  // made and used within one run of one function
    Input,      // set by the caller before a run
    Kept,       // lives as long as the recording is used: weights, the state of an optimizer, results
  };
  Kind kind = Temporary;
  int64_t bytes = 0;
  std::string content;  // at the start; empty: zeros, or nothing yet
};

struct Recording {
  std::vector<std::unique_ptr<Program>> programs;
  std::vector<RecordedMemory> memory;
  std::vector<RecordedFunction> functions;
  std::vector<NamedBuffer> state;  // names of what is kept

  // Refuses (ErrorKind::Value) numbers that point nowhere and buffers that reach beyond their memory.
  void check() const;
};

// Runs the functions of a recording, in any order. What is kept changes as they run.
class Player {
 public:
  explicit Player(const Recording& recording);  // which has to outlive it, checked
  void run(const RecordedFunction& function);
  // The elements of a buffer, in the order of its dimensions.
  std::string read(const RecordedBuffer& buffer);
  void write(const RecordedBuffer& buffer, const char* elements);

 private:
  Buffer buffer(const RecordedBuffer& b);
  void call(const RecordedCall& call);
  const Recording& recording_;
  std::vector<Shared<Storage>> memory_;
  std::vector<std::vector<std::vector<int>>> ends_;  // per function and call: memory that is not needed after
};

int64_t element_bytes(const RecordedBuffer& b);
// The elements of `b`, in the order of its dimensions.
std::string packed(const Buffer& b);

}  // namespace taeda
