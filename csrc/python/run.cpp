#include "python/run.h"

#include "core/recorder.h"
#include "python/compile_mode.h"
#include "python/lifted.h"
#include "python/profiling.h"
#include "python/runtime.h"
#include "python/state.h"

namespace taeda {
namespace {

// An array with room for N on the stack.
template <class T, int N>
struct Room {
  explicit Room(size_t count) : at(few) {
    if (count > N) at = (many = std::make_unique<T[]>(count)).get();
  }
  T few[N];
  std::unique_ptr<T[]> many;
  T* at;
};

// Program::run, told to the recorder if there is one, or noted down to be run later.
void run_now(Compiled& compiled, Device device, std::span<const Buffer* const> inputs,
             std::span<const Attribute> attributes, std::span<Program::Result> results, std::span<Buffer* const> into) {
  const Program& program = *compiled.program;
  if (TAEDA_UNLIKELY(state.pending != nullptr)) {
    if (put_off(compiled, device, inputs, attributes, results, into)) return;
    if (!compiled.overload->mutated.empty())
      for (const Buffer* b : inputs)
        if (b && b->storage) b->storage->before_write();
  }
  for (const Buffer* b : into)
    if (b && b->storage) b->storage->before_write();
  std::optional<WatchedCall> watched;
  if (TAEDA_UNLIKELY(profiling)) watched.emplace(compiled);
  Recorder* records = device.kind == DeviceKind::Meta ? nullptr : recorder();
  if (TAEDA_LIKELY(!records)) return program.run(device, inputs, attributes, results, into);
  RecordedCall call = records->before(program, inputs, attributes, into);
  program.run(device, inputs, attributes, results, into);
  std::vector<const Buffer*> made;
  for (const Program::Result& r : results) made.push_back(r.buffer);
  records->after(std::move(call), made);
}

}  // namespace

void run_program(Compiled& compiled, Device device, std::span<Tensor* const> inputs,
                 std::span<const Attribute> attributes, std::span<Ref<Tensor>> results, std::span<Tensor* const> into,
                 int* shares) {
  const Program& program = *compiled.program;
  size_t n = program.outputs.size();
  if (results.size() != n)
    raise(ErrorKind::Internal, "a Program of %zu results was given places for %zu", n, results.size());
  Room<const Buffer*, 16> buffers(inputs.size());
  for (size_t k = 0; k < inputs.size(); ++k) buffers.at[k] = inputs[k];
  Room<Program::Result, 4> found(n);
  Room<Buffer*, 4> targets(into.size());
  for (size_t k = 0; k < into.size(); ++k) targets.at[k] = into[k];
  Buffer unlikely;  // where a result is made that was to be written to into[0], but does not fit
  for (size_t k = 0; k < n; ++k) {
    bool handed_through = program.outputs[k] < program.tensor_count;
    bool targeted = k == 0 && !into.empty() && into[0];
    if (!handed_through && !targeted) results[k] = undescribed();
    found.at[k].place = targeted ? &unlikely : results[k].get();
  }
  run_now(compiled, device, {buffers.at, inputs.size()}, attributes, {found.at, n}, {targets.at, into.size()});
  for (size_t k = 0; k < n; ++k) {
    const Buffer* made = found.at[k].buffer;
    if (shares) shares[k] = found.at[k].shares;
    if (TAEDA_LIKELY(made == results[k].get())) continue;
    Ref<Tensor> result;
    if (made == &unlikely) describe_alias(*(result = undescribed()), unlikely);
    // A tensor is a Buffer with more; which one it is, is known by where the Buffer lies.
    for (Tensor* t : into)
      if (made && made == t) result = Ref<Tensor>::borrow(t);
    for (size_t i = 0; made && !result && i < inputs.size(); ++i)
      if (made == inputs[i]) result = Ref<Tensor>::borrow(inputs[i]);
    for (size_t i = 0; made && !result && i < k; ++i)
      if (made == results[i].get()) result = results[i];
    results[k] = std::move(result);
  }
}

Ref<Tensor> contiguous(Tensor& t) {
  if (t.is_contiguous()) return Ref<Tensor>::borrow(&t);
  Ref<Tensor> out = empty(t.dtype, t.shape(), t.device);
  copy_into(*out, t);
  return out;
}

void copy_into(Tensor& destination, Tensor& source) {
  if (any_lifted(std::initializer_list<Tensor*>{&destination, &source}))
    raise(
        ErrorKind::NotImplemented,
        "a copy of the elements of a tensor that has no memory of its own (a sparse one, or one of a function that is "
        "transformed by vmap or jvp)");
  bool computes = destination.device.kind != DeviceKind::Meta && destination.numel != 0;
  if (Recorder* records = computes ? recorder() : nullptr) records->copying(destination, source);
  if (destination.storage) destination.storage->before_write();
  copy_into(compiler_kernels(), destination, source);
}

void fill_with(Tensor& destination, const Number& value) {
  bool computes = destination.device.kind != DeviceKind::Meta && destination.numel != 0;
  if (Recorder* records = computes ? recorder() : nullptr) records->filling(destination, value);
  if (destination.storage) destination.storage->before_write();
  fill_with(compiler_kernels(), destination, value);
}

Ref<Tensor> sum_to_shape(Tensor& t, const Tensor& like) {
  if (same_shape(t, like.shape())) return Ref<Tensor>::borrow(&t);
  Ref<Tensor> out = undescribed();
  describe_sum(*out, t, like);
  if (out->device.kind == DeviceKind::Meta) return out;
  Recorder* records = recorder();
  RecordedCall call = records ? records->summing(t, like) : RecordedCall{};
  sum_into(compiler_kernels(), *out, t);
  const Buffer* made = out.get();
  if (records) records->after(std::move(call), {&made, 1});
  return out;
}

}  // namespace taeda
