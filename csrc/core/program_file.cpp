#include "core/program_file.h"

#include <algorithm>
#include <bit>
#include <type_traits>

static_assert(std::endian::native == std::endian::little, "files are little-endian");

namespace taeda {
namespace {

constexpr std::string_view MAGIC = "TAEDAPRG";
constexpr size_t HEADER = 20;  // magic, version, hash

[[noreturn]] void damaged(const char* what) { raise(ErrorKind::Value, "damaged Program file: %s", what); }

// Against damage, not against malice: a file of programs is as trustworthy as where it came from.
uint64_t hash_of(std::string_view text) {
  uint64_t h = 0x9E3779B97F4A7C15u ^ text.size();
  for (size_t k = 0; k < text.size(); k += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + k, std::min<size_t>(8, text.size() - k));
    h = (h ^ word) * 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
  }
  return h;
}

struct Writer {
  static constexpr bool READING = false;
  std::string out;
  void bytes(const void* from, size_t n) { out.append(static_cast<const char*>(from), n); }
};

struct Reader {
  static constexpr bool READING = true;
  std::string_view left;
  void bytes(void* to, size_t n) {
    if (n > left.size()) damaged("it ends too early");
    if (n) std::memcpy(to, left.data(), n);
    left.remove_prefix(n);
  }
};

// ---- the fields of everything, once for both directions -------------------------------------------------------------

template <class A, class T>
requires std::is_arithmetic_v<T>
void field(A& a, T& v) {
  static_assert(!std::is_same_v<T, bool>);
  a.bytes(&v, sizeof v);
}

template <class A, class E>
void choice(A& a, E& v, int count) {
  uint8_t number = static_cast<uint8_t>(v);
  a.bytes(&number, 1);
  if (number >= count) damaged("a kind that there is not");
  v = static_cast<E>(number);
}

template <class A>
void field(A& a, bool& v) {
  choice(a, v, 2);
}
template <class A>
void field(A& a, DType& v) {
  choice(a, v, DTYPE_COUNT);
}
template <class A>
void field(A& a, ViewKind& v) {
  choice(a, v, view_kind_count());
}
template <class A>
void field(A& a, ErrorKind& v) {
  choice(a, v, static_cast<int>(ErrorKind::Internal) + 1);
}
template <class A>
void field(A& a, Expression::Code& v) {
  choice(a, v, Expression::Where + 1);
}
template <class A>
void field(A& a, Attribute::Kind& v) {
  choice(a, v, Attribute::List + 1);
}
template <class A>
void field(A& a, RecordedMemory::Kind& v) {
  choice(a, v, RecordedMemory::Kept + 1);
}
template <class A>
void field(A& a, StoredKernels::General::Kind& v) {
  choice(a, v, StoredKernels::General::Sum + 1);
}

template <class A>
void field(A& a, std::string& v) {
  uint64_t size = v.size();
  field(a, size);
  if constexpr (A::READING) {
    if (size > a.left.size()) damaged("it ends too early");
    v.resize(size);
  }
  a.bytes(v.data(), size);
}

template <class A, class T>
void field(A& a, std::vector<T>& v);
template <class A, class T>
void field(A& a, std::optional<T>& v);
template <class A>
void field(A& a, Instruction& v);

template <class A, class... T>
void fields(A& a, T&... v) {
  (field(a, v), ...);
}

template <class A>
void field(A& a, Dims& v) {
  choice(a, v.count, MAX_DIMS + 1);
  for (int k = 0; k < v.count; ++k) field(a, v.at[k]);
}

template <class A>
void field(A& a, Attribute& v) {
  fields(a, v.kind, v.integer, v.floating);
  choice(a, v.count, MAX_DIMS + 1);
  for (int k = 0; v.kind == Attribute::List && k < v.count; ++k) field(a, v.list[k]);
}

template <class A>
void field(A& a, Expression::Step& v) {
  fields(a, v.code, v.a, v.b, v.integer, v.real);
}
template <class A>
void field(A& a, Expression& v) {
  field(a, v.steps);
}
template <class A>
void field(A& a, Fault& v) {
  fields(a, v.code, v.kind, v.message);
}
template <class A>
void field(A& a, LoopsInstruction::Output& v) {
  fields(a, v.fresh, v.reg, v.dtype, v.row);
}
template <class A>
void field(A& a, LoopsInstruction& v) {
  fields(a, v.kernel, v.inputs, v.outputs, v.scalars, v.reduces, v.keepdim, v.reduced);
}
template <class A>
void field(A& a, LaunchInstruction& v) {
  fields(a, v.handle, v.operands, v.integers, v.scalars, v.work, v.grain, v.scratch, v.faults);
}
template <class A>
void field(A& a, AllocInstruction& v) {
  fields(a, v.reg, v.dtype, v.shape, v.like);
}
template <class A>
void field(A& a, ViewInstruction& v) {
  fields(a, v.kind, v.reg, v.source, v.arguments);
}
template <class A>
void field(A& a, ViewDtypeInstruction& v) {
  fields(a, v.reg, v.source, v.dtype);
}
template <class A>
void field(A& a, AliasInstruction& v) {
  fields(a, v.reg, v.source);
}
template <class A>
void field(A& a, ContiguousInstruction& v) {
  fields(a, v.reg, v.source);
}
template <class A>
void field(A& a, UpdateInstruction& v) {
  fields(a, v.reg, v.source);
}
template <class A>
void field(A& a, SumToInstruction& v) {
  fields(a, v.reg, v.source, v.like);
}
template <class A>
void field(A& a, CopyInstruction& v) {
  fields(a, v.destination, v.source);
}
template <class A>
void field(A& a, JoinInstruction& v) {
  fields(a, v.reg, v.sources, v.dim);
}
template <class A>
void field(A& a, FillInstruction& v) {
  fields(a, v.reg, v.value);
}
template <class A>
void field(A& a, CheckInstruction& v) {
  fields(a, v.condition, v.kind, v.message, v.values);
}
template <class A>
void field(A& a, Program::Step& v) {
  fields(a, v.what, v.when);
}
template <class A>
void field(A& a, RecordedBuffer& v) {
  fields(a, v.memory, v.dtype, v.sizes, v.strides, v.offset);
}
template <class A>
void field(A& a, NamedBuffer& v) {
  fields(a, v.name, v.buffer);
}
template <class A>
void field(A& a, RecordedCall& v) {
  fields(a, v.program, v.inputs, v.into, v.results, v.attributes);
}
template <class A>
void field(A& a, RecordedFunction& v) {
  fields(a, v.name, v.inputs, v.outputs, v.calls);
}
template <class A>
void field(A& a, RecordedMemory& v) {
  fields(a, v.kind, v.bytes, v.content);
}
template <class A>
void field(A& a, StoredKernels::Variant& v) {
  fields(a, v.outer_axis, v.inner_rank, v.classes, v.object);
}
template <class A>
void field(A& a, StoredKernels::Kernel& v) {
  fields(a, v.object, v.traits, v.splits, v.partial, v.combine, v.partial_dtypes, v.variants);
}
template <class A>
void field(A& a, StoredKernels::General& v) {
  fields(a, v.kind, v.from, v.to, v.handle);
}
template <class A>
void field(A& a, StoredKernels& v) {
  fields(a, v.objects, v.kernels, v.general);
}

template <class A>
void field(A& a, std::unique_ptr<Program>& v) {
  if constexpr (A::READING) v = std::make_unique<Program>();
  fields(a, v->tensor_count, v->attribute_count, v->register_count, v->outputs, v->steps);
}

template <class A>
void field(A& a, Recording& v) {
  fields(a, v.programs, v.memory, v.functions, v.state);
}

template <class A, class T>
void field(A& a, std::vector<T>& v) {
  uint32_t count = static_cast<uint32_t>(v.size());
  field(a, count);
  if constexpr (A::READING) {
    if (count > a.left.size()) damaged("it ends too early");  // each element takes a byte at least
    v.clear();
    for (uint32_t k = 0; k < count; ++k) field(a, v.emplace_back());
  } else {
    for (T& item : v) field(a, item);
  }
}

template <class A, class T>
void field(A& a, std::optional<T>& v) {
  bool there = v.has_value();
  field(a, there);
  if (!there) return;
  if constexpr (A::READING) v.emplace();
  field(a, *v);
}

template <size_t N = 0>
void emplace(Instruction& v, size_t number) {
  if constexpr (N < std::variant_size_v<Instruction>) {
    if (number == N)
      v.emplace<N>();
    else
      emplace<N + 1>(v, number);
  }
}

template <class A>
void field(A& a, Instruction& v) {
  uint8_t number = static_cast<uint8_t>(v.index());
  choice(a, number, std::variant_size_v<Instruction>);
  if constexpr (A::READING) emplace(v, number);
  std::visit([&](auto& i) { field(a, i); }, v);
}

// A register count is an int of the file: what a Program may have, so that a damaged one asks for no gigabytes.
constexpr int MAX_REGISTERS = 1 << 15;

// The handle of the kernel that a step runs, or null.
int* kernel_of(Program::Step& step) {
  if (auto* loops = std::get_if<LoopsInstruction>(&step.what)) return &loops->kernel;
  if (auto* launch = std::get_if<LaunchInstruction>(&step.what)) return &launch->handle;
  return nullptr;
}

void check(Program& p, size_t kernels) {
  if (p.register_count > MAX_REGISTERS) damaged("a Program has too many registers");
  for (Program::Step& step : p.steps)
    if (int* handle = kernel_of(step); handle && (*handle < 0 || static_cast<size_t>(*handle) >= kernels))
      damaged("a Program runs a kernel that is not there");
}

}  // namespace

bool processor_has(std::string_view set) {
#if defined(__x86_64__)
  if (set == "baseline") return true;
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  if (set == "avx2") return avx2;
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (set == "avx512") return avx512;
  bool vnni = avx512 && __builtin_cpu_supports("avx512vnni");
  if (set == "avx512_vnni") return vnni;
  if (set == "avx512_dot") return vnni && __builtin_cpu_supports("avx512bf16");
#endif
  return false;
}

std::string write_program_file(ProgramFile& file) {
  Writer w;
  fields(w, file.processor, file.recording, file.kernels);
  uint64_t hash = hash_of(w.out);
  std::string header(MAGIC);
  header.append(reinterpret_cast<const char*>(&PROGRAM_FILE_VERSION), 4);
  header.append(reinterpret_cast<const char*>(&hash), 8);
  return header + w.out;
}

ProgramFile read_program_file(std::string_view content) {
  if (content.substr(0, MAGIC.size()) != MAGIC) raise(ErrorKind::Value, "this is no Program file");
  if (content.size() < HEADER) damaged("it ends too early");
  uint32_t version;
  uint64_t hash;
  std::memcpy(&version, content.data() + MAGIC.size(), 4);
  std::memcpy(&hash, content.data() + MAGIC.size() + 4, 8);
  if (version != PROGRAM_FILE_VERSION)
    raise(ErrorKind::Value, "a Program file of version %u, but this is version %u: save it again", version,
          PROGRAM_FILE_VERSION);
  Reader r{content.substr(HEADER)};
  if (hash != hash_of(r.left)) damaged("its content is not what was written");
  ProgramFile file;
  field(r, file.processor);
  if (!processor_has(file.processor))
    raise(ErrorKind::Value, "a Program file for processors with '%.40s', which this one is not",
          file.processor.c_str());
  fields(r, file.recording, file.kernels);
  if (!r.left.empty()) damaged("there is more than was written");
  file.kernels.check();
  for (const auto& program : file.recording.programs) {
    check(*program, file.kernels.kernels.size());
    program->finish();
  }
  file.recording.check();
  return file;
}

std::string write_program(std::unique_ptr<Program> program, std::vector<int>& kernels) {
  for (Program::Step& step : program->steps) {
    int* handle = kernel_of(step);
    if (!handle) continue;
    auto at = std::ranges::find(kernels, *handle);
    if (at == kernels.end()) at = kernels.insert(at, *handle);
    *handle = static_cast<int>(at - kernels.begin());
  }
  Writer w;
  field(w, program);
  return std::move(w.out);
}

std::unique_ptr<Program> read_program(std::string_view content, std::span<const int> kernels, KernelSource& source) {
  Reader r{content};
  std::unique_ptr<Program> program;
  field(r, program);
  if (!r.left.empty()) damaged("there is more than was written");
  check(*program, kernels.size());
  for (Program::Step& step : program->steps)
    if (int* handle = kernel_of(step)) *handle = kernels[static_cast<size_t>(*handle)];
  program->kernels = &source;
  program->finish();
  return program;
}

}  // namespace taeda
