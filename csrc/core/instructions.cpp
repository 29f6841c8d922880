// The instructions of a Program but loops (loops_instruction.cpp).
#include "core/instructions.h"

#include <algorithm>
#include <cmath>

#include "core/loops.h"

namespace taeda {

Buffer* Frame::fitting_target(int reg, DType dtype, const Dims& sizes) const {
  for (int t = 0; t < target_count; ++t)
    if (targets[t].reg == reg && targets[t].buffer->dtype == dtype && same_shape(*targets[t].buffer, sizes))
      return targets[t].buffer;
  return nullptr;
}

// ---- memory ---------------------------------------------------------------------------------------------------------

void allocate(const Buffer& b) { b.storage->allocate(); }

void copy_into(KernelSource& kernels, const Buffer& destination, const Buffer& source) {
  Dims shape = destination.shape();
  Geometry g = expanded(source, shape);
  DeviceRuntime& runtime = runtime_of(destination.device);
  if (!runtime.executes() || destination.numel == 0) return;
  if (!source.has_memory()) raise(ErrorKind::NotImplemented, "Cannot copy out of meta tensor; no data!");
  LoopOperand operands[2];
  operands[0] = {source.data(), source.dtype, false, {}};
  operands[1] = {destination.data(), destination.dtype, true, {}};
  for (int i = 0; i < shape.count; ++i) {
    operands[0].strides[i] = shape[i] == 1 ? 0 : g.strides[i];
    operands[1].strides[i] = destination.strides[i];
  }
  runtime.run({kernels.copy(source.dtype, destination.dtype), shape, false, 0, operands, 2, 1, nullptr});
}

void fill_with(KernelSource& kernels, const Buffer& destination, const Number& value) {
  DeviceRuntime& runtime = runtime_of(destination.device);
  if (!runtime.executes() || destination.numel == 0) return;
  Number v = value;
  const DTypeInfo& d = info(destination.dtype);
  bool real = d.floating || d.complex;
  if (real && !v.floating) v = {true, v.integer, static_cast<double>(v.integer)};
  if (!real && v.floating) v = {false, destination.dtype == DType::Bool ? v.real != 0 : v.integer, v.real};
  uint64_t bits = scalar_bits(v);
  if (bits == 0 && destination.is_contiguous()) {
    runtime.clear(destination.data(), static_cast<size_t>(destination.numel) * itemsize(destination.dtype));
    return;
  }
  LoopOperand operand{destination.data(), destination.dtype, true, {}};
  std::copy(destination.strides, destination.strides + destination.ndim, operand.strides);
  Dims shape = destination.shape();
  runtime.run({kernels.fill(destination.dtype), shape, false, 0, &operand, 1, 1, &bits});
}

// ---- errors ---------------------------------------------------------------------------------------------------------

namespace {

// "{0} is out of bounds" with the numbers put in; {0!r}: a float as Python prints it, 2.0.
[[noreturn]] void raise_formatted(ErrorKind kind, const std::string& message, const Number* values, int count) {
  std::string text;
  for (size_t i = 0; i < message.size(); ++i) {
    bool exact = i + 4 < message.size() && message.compare(i + 2, 3, "!r}") == 0;
    bool number = message[i] == '{' && i + 2 < message.size() && (exact || message[i + 2] == '}') &&
                  message[i + 1] >= '0' && message[i + 1] < '0' + count;
    if (!number) {
      text += message[i];
      continue;
    }
    const Number& v = values[message[i + 1] - '0'];
    char digits[40];
    if (v.floating)
      snprintf(digits, sizeof digits, exact && v.real == std::trunc(v.real) && std::abs(v.real) < 1e16 ? "%.1f" : "%g",
               v.real);
    else
      snprintf(digits, sizeof digits, "%lld", static_cast<long long>(v.integer));
    text += digits;
    i += exact ? 4 : 2;
  }
  throw Error(kind, std::move(text));
}

[[noreturn]] void fail(const LaunchInstruction& launch, int64_t code, const TemplateLaunch& l) {
  if (code == NO_SCRATCH)
    raise(ErrorKind::Memory, "can't allocate memory: a kernel needs %lld bytes for each thread", (long long)l.scratch);
  Number words[FAULT_WORDS];
  for (int k = 0; k < FAULT_WORDS; ++k) words[k] = {false, l.fault[k], 0.0};
  for (const Fault& fault : launch.faults)
    if (fault.code == code) raise_formatted(fault.kind, fault.message, words, FAULT_WORDS);
  raise(ErrorKind::Internal, "a kernel returned the fault code %lld, which its launch does not explain",
        (long long)code);
}

}  // namespace

// ---- launch, check --------------------------------------------------------------------------------------------------

void LaunchInstruction::execute(Frame& f) const {
  char* data[MAX_OPERANDS];
  int64_t numbers[MAX_LAUNCH_INTEGERS];
  uint64_t bits[MAX_LAUNCH_SCALARS];
  f.compute(Calculation::Work);
  int64_t items = f.integer(work);
  if (items <= 0) return;
  f.compute(Calculation::Rest);
  for (size_t k = 0; k < integers.size(); ++k) numbers[k] = f.integer(integers[k]);
  for (size_t k = 0; k < scalars.size(); ++k) bits[k] = scalar_bits(f.number(scalars[k]));
  int64_t piece = std::max<int64_t>(0, f.integer(grain)), room = f.integer(scratch);
  for (size_t k = 0; k < operands.size(); ++k) {
    const Buffer* b = f.registers[operands[k]];
    if (TAEDA_UNLIKELY(b && !b->has_memory()))
      raise(ErrorKind::NeedsData, "a kernel reads a tensor of shape %s that has no data", shape_text(*b).at);
    data[k] = b ? b->data() : nullptr;
  }
  TemplateLaunch launch{f.kernels->launch(handle), data, numbers, bits, items, piece, room, {}};
  int64_t code = f.runtime->run(launch);
  if (TAEDA_UNLIKELY(code != 0)) fail(*this, code, launch);
}

void LaunchInstruction::usage(Usage& u) const {
  for (int r : operands) u.read(r);
  for (const Expression& e : integers) u.use(e);
  for (const Expression& e : scalars) u.use(e);
  for (const Expression* e : {&work, &grain, &scratch}) u.use(*e);
}

namespace {

void check(const CheckInstruction& i, Frame& f) {
  f.compute(Calculation::Work);
  if (f.holds(i.condition)) return;
  Number numbers[MAX_CHECK_NUMBERS];
  int count = 0;
  for (const Expression& e : i.values) numbers[count++] = f.number(e);
  raise_formatted(i.kind, i.message, numbers, count);
}

}  // namespace

void CheckInstruction::infer(Frame& f) const {
  if (!needs_values) check(*this, f);
}

void CheckInstruction::execute(Frame& f) const {
  if (needs_values) check(*this, f);
}

void CheckInstruction::usage(Usage& u) const {
  u.use(condition);
  for (const Expression& e : values) u.use(e);
}

// ---- buffers and views ----------------------------------------------------------------------------------------------

void AllocInstruction::infer(Frame& f) const {
  Dims sizes;
  f.compute(Calculation::Work);
  for (const Expression& e : shape) sizes.push(f.integer(e));
  if (const Buffer* target = f.target(reg, dtype, sizes))
    f.registers[reg] = target;
  else if (like.empty())
    describe(f.define(reg), dtype, sizes, f.device);
  else
    describe(f.define(reg), dtype, sizes, strides_like(f, sizes, like), f.device);
}

void AllocInstruction::execute(Frame& f) const {
  if (!later) allocate(f.at(reg));
}

void AllocInstruction::usage(Usage& u) const {
  for (const Expression& e : shape) u.use(e);
  for (int r : like) u.read(r);
  u.make(reg);
}

namespace {

// Gives `reg` the storage of `source`, through another geometry.
void define_view(Frame& f, int reg, int source, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset) {
  const Buffer& of = f.at(source);
  f.origins[reg] = f.origins[source];
  describe_view(f.define(reg), of, dtype, sizes, strides, offset);
}

void define_alias(Frame& f, int reg, int source) {
  const Buffer& of = f.at(source);
  define_view(f, reg, source, of.dtype, of.shape(), of.stride_dims(), of.offset);
}

bool share_storage(const Frame& f, int a, int b) { return f.at(a).storage.get() == f.at(b).storage.get(); }

}  // namespace

void ViewInstruction::infer(Frame& f) const {
  int64_t values[MAX_VIEW_ARGUMENTS];
  int count = 0;
  f.compute(Calculation::Work);
  for (const Expression& e : arguments) values[count++] = f.integer(e);
  const Buffer& of = f.at(source);
  Geometry g;
  if (view_geometry(kind, of, values, count, &g))
    define_view(f, reg, source, of.dtype, g.sizes, g.strides, g.offset);
  else
    describe(f.define(reg), of.dtype, g.sizes, of.device);  // a reshape that needs a copy
}

void ViewInstruction::execute(Frame& f) const {
  if (share_storage(f, reg, source)) return;
  if (f.collection) f.collection->flush();  // the copy reads what others make
  const Buffer &to = f.at(reg), &from = f.at(source);
  allocate(to);
  Buffer in_shape_of_source;
  describe_view(in_shape_of_source, to, to.dtype, from.shape(), contiguous_strides(from.shape()), 0);
  copy_into(*f.kernels, in_shape_of_source, from);
}

void ViewInstruction::usage(Usage& u) const {
  u.read(source);
  for (const Expression& e : arguments) u.use(e);
  u.make(reg);
}

void ViewDtypeInstruction::infer(Frame& f) const {
  const Buffer& b = f.at(source);
  Dims sizes = b.shape(), strides = b.stride_dims();
  int from = itemsize(b.dtype), to = itemsize(dtype);
  const char *from_name = info(b.dtype).name, *to_name = info(dtype).name;
  int64_t offset = b.offset;
  if (from != to) {
    if (b.ndim == 0)
      raise(ErrorKind::Runtime, "self.dim() cannot be 0 to view %s as %s (different element sizes)", from_name,
            to_name);
    int last = b.ndim - 1;
    if (strides[last] != 1 && b.numel)
      raise(ErrorKind::Runtime, "self.stride(-1) must be 1 to view %s as %s (different element sizes), but got %lld",
            from_name, to_name, (long long)strides[last]);
    auto scaled = [&](int64_t n, const char* what) {
      if (n * from % to != 0)
        raise(ErrorKind::Runtime, "%s must be divisible by %d to view %s as %s (different element sizes), but got %lld",
              what, to / from, from_name, to_name, (long long)n);
      return n * from / to;
    };
    sizes[last] = scaled(sizes[last], "self.size(-1)");
    offset = scaled(offset, "self.storage_offset()");
    for (int i = 0; i < last; ++i) strides[i] = scaled(strides[i], "self.stride()");
  }
  define_view(f, reg, source, dtype, sizes, strides, offset);
}

void ViewDtypeInstruction::usage(Usage& u) const {
  u.read(source);
  u.make(reg);
}

void AliasInstruction::infer(Frame& f) const { define_alias(f, reg, source); }

void AliasInstruction::usage(Usage& u) const {
  u.read(source);
  u.make(reg);
}

void ContiguousInstruction::infer(Frame& f) const {
  const Buffer& b = f.at(source);
  if (b.is_contiguous())
    define_alias(f, reg, source);
  else
    describe(f.define(reg), b.dtype, b.shape(), b.device);
}

void ContiguousInstruction::execute(Frame& f) const {
  if (share_storage(f, reg, source)) return;
  allocate(f.at(reg));
  copy_into(*f.kernels, f.at(reg), f.at(source));
}

void ContiguousInstruction::usage(Usage& u) const {
  u.read(source);
  u.make(reg);
}

void UpdateInstruction::infer(Frame& f) const {
  const Buffer& b = f.at(source);
  if (source_ends_here) {
    for (int k = 0; k < f.target_count; ++k) {
      if (f.targets[k].reg != reg || f.targets[k].buffer != &b) continue;
      bool shared = false;  // does another register show the same memory?
      for (int r = 0; r < f.register_count; ++r)
        shared |= r != source && f.registers[r] && f.registers[r]->storage.get() == b.storage.get();
      if (!shared) {
        f.registers[reg] = &b;
        f.origins[reg] = f.origins[source];
        return;
      }
    }
    // Made here, and no other register has a reference to its storage.
    if (&b == f.places[source] && b.is_contiguous() && b.storage->references() == 1) {
      define_alias(f, reg, source);
      return;
    }
  }
  describe(f.define(reg), b.dtype, b.shape(), b.device);
}

void UpdateInstruction::execute(Frame& f) const {
  if (share_storage(f, reg, source)) return;
  allocate(f.at(reg));
  copy_into(*f.kernels, f.at(reg), f.at(source));
}

void UpdateInstruction::usage(Usage& u) const {
  u.read(source);
  u.make(reg);
}

void SumToInstruction::infer(Frame& f) const {
  const Buffer &b = f.at(source), &to = f.at(like);
  if (same_shape(b, to.shape()))
    define_alias(f, reg, source);
  else
    describe_sum(f.define(reg), b, to);
}

void SumToInstruction::execute(Frame& f) const {
  if (!share_storage(f, reg, source)) sum_into(*f.kernels, f.at(reg), f.at(source));
}

void SumToInstruction::usage(Usage& u) const {
  u.read(source);
  u.read(like);
  u.make(reg);
}

void CopyInstruction::infer(Frame& f) const {
  const Buffer& to = f.at(destination);
  expanded(f.at(source), to.shape());
}

void CopyInstruction::execute(Frame& f) const { copy_into(*f.kernels, f.at(destination), f.at(source)); }

void CopyInstruction::usage(Usage& u) const {
  u.read(source);
  u.read(destination);
}

void FillInstruction::execute(Frame& f) const { fill_with(*f.kernels, f.at(reg), f.number(value)); }

void FillInstruction::usage(Usage& u) const {
  u.use(value);
  u.read(reg);
}

}  // namespace taeda
