#include "core/native_program.h"

#include <cerrno>
#include <cstdio>
#include <new>

#include "core/program_file.h"

namespace taeda {
namespace {

template <class F>
Status guarded_status(F&& f) noexcept {
  try {
    f();
    return {};
  } catch (const Error& e) {
    return {false, e.kind, e.message};
  } catch (const std::bad_alloc&) {
    return {false, ErrorKind::Memory, "memory is out"};
  } catch (const std::exception& e) {
    return {false, ErrorKind::Internal, e.what()};
  }
}

std::string content_of(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (!file) raise(ErrorKind::Runtime, "cannot open '%s': %s", path, std::strerror(errno));
  std::string content;
  char part[1 << 16];
  for (size_t n; (n = std::fread(part, 1, sizeof part, file)) > 0;) content.append(part, n);
  bool failed = std::ferror(file);
  std::fclose(file);
  if (failed) raise(ErrorKind::Runtime, "cannot read '%s'", path);
  return content;
}

const RecordedBuffer& named(const std::vector<NamedBuffer>& list, const char* name, const char* what, size_t bytes) {
  for (const NamedBuffer& n : list) {
    if (n.name != name) continue;
    if (static_cast<size_t>(element_bytes(n.buffer)) != bytes)
      raise(ErrorKind::Value, "%s '%s' has %lld bytes, but %zu were given", what, name,
            static_cast<long long>(element_bytes(n.buffer)), bytes);
    return n.buffer;
  }
  std::string there;
  for (const NamedBuffer& n : list) there += (there.empty() ? "" : ", ") + n.name;
  raise(ErrorKind::Value, "no %s '%s'; there are: %s", what, name, there.c_str());
}

}  // namespace

struct NativeProgram::Loaded {
  explicit Loaded(std::string_view content)
      : file(read_program_file(content)), kernels(file.kernels), player(file.recording) {
    for (const auto& program : file.recording.programs) program->kernels = &kernels;
  }
  const RecordedFunction& function(const char* name) const {
    for (const RecordedFunction& f : file.recording.functions)
      if (f.name == name) return f;
    raise(ErrorKind::Value, "no function '%s' in the file", name);
  }
  void write(const RecordedBuffer& b, const void* elements) { player.write(b, static_cast<const char*>(elements)); }
  void read(const RecordedBuffer& b, void* elements) {
    std::string content = player.read(b);
    if (!content.empty()) std::memcpy(elements, content.data(), content.size());
  }
  ProgramFile file;
  LoadedKernels kernels;
  Player player;
};

NativeProgram::NativeProgram() noexcept = default;
NativeProgram::~NativeProgram() = default;

Status NativeProgram::load(const char* path) noexcept {
  return guarded_status([&] { loaded_ = std::make_unique<Loaded>(content_of(path)); });
}

#define NEEDS_FILE                                         \
  if (!loaded_) return {                                   \
      false, ErrorKind::Value, "no Program file is loaded" \
    }

Status NativeProgram::set(const char* function, const char* input, const void* elements, size_t bytes) noexcept {
  NEEDS_FILE;
  return guarded_status(
      [&] { loaded_->write(named(loaded_->function(function).inputs, input, "input", bytes), elements); });
}

Status NativeProgram::run(const char* function) noexcept {
  NEEDS_FILE;
  return guarded_status([&] { loaded_->player.run(loaded_->function(function)); });
}

Status NativeProgram::get(const char* function, const char* output, void* elements, size_t bytes) noexcept {
  NEEDS_FILE;
  return guarded_status(
      [&] { loaded_->read(named(loaded_->function(function).outputs, output, "output", bytes), elements); });
}

Status NativeProgram::set_state(const char* name, const void* elements, size_t bytes) noexcept {
  NEEDS_FILE;
  return guarded_status([&] { loaded_->write(named(loaded_->file.recording.state, name, "state", bytes), elements); });
}

Status NativeProgram::get_state(const char* name, void* elements, size_t bytes) noexcept {
  NEEDS_FILE;
  return guarded_status([&] { loaded_->read(named(loaded_->file.recording.state, name, "state", bytes), elements); });
}

#undef NEEDS_FILE

}  // namespace taeda
