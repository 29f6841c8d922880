// Programs for C++ programs: load a file that taeda.native.save wrote, set inputs, run, get outputs.
//
//   taeda::NativeProgram program;
//   taeda::Status status = program.load("model.taeda");
//   if (status) status = program.set("infer", "images", pixels.data(), pixels.size() * sizeof(float));
//   if (status) status = program.run("infer");
//   if (status) status = program.get("infer", "logits", logits.data(), logits.size() * sizeof(float));
//   if (!status) std::fprintf(stderr, "%s\n", status.message.c_str());
//
// Elements are in the order of the dimensions, without gaps. Sizes are those of the recording. Nothing throws.
#pragma once
#include <memory>
#include <string>

#include "core/common.h"

namespace taeda {

struct Status {
  bool ok = true;
  ErrorKind kind = ErrorKind::Internal;  // if not ok
  std::string message;
  explicit operator bool() const { return ok; }
};

class NativeProgram {
 public:
  NativeProgram() noexcept;
  ~NativeProgram();
  Status load(const char* path) noexcept;
  Status set(const char* function, const char* input, const void* elements, size_t bytes) noexcept;
  Status run(const char* function) noexcept;
  Status get(const char* function, const char* output, void* elements, size_t bytes) noexcept;
  // What is kept from run to run, by the names it was saved with: weights, the state of an optimizer.
  Status set_state(const char* name, const void* elements, size_t bytes) noexcept;
  Status get_state(const char* name, void* elements, size_t bytes) noexcept;

 private:
  struct Loaded;
  std::unique_ptr<Loaded> loaded_;
};

}  // namespace taeda
