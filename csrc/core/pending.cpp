#include "core/pending.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <unordered_set>

#include "core/thread_pool.h"
#include "core/watcher.h"

namespace taeda {

Planner* planner = nullptr;
int64_t Pending::finished = 0, Pending::found = 0, Pending::programs = 0, Pending::single = 0;

namespace {

constexpr size_t MOST_CALLS = 4096;  // put off before they are run anyway
constexpr size_t MOST_PLANS = 4096, MOST_VARIANTS = 8, MOST_SEEN = 1 << 16;
constexpr int64_t MANY_PLANS = 64;

bool same_geometry(const Buffer& a, const Buffer& b) {
  return a.dtype == b.dtype && a.ndim == b.ndim && a.offset == b.offset &&
         std::equal(a.sizes, a.sizes + a.ndim, b.sizes) && std::equal(a.strides, a.strides + a.ndim, b.strides);
}

// A call that writes to memory that is there is joined with others where it is one pointwise kernel: others would need
// a copy at the end then, which they do without on their own.
bool writes_pointwise(const Program& program) {
  if (program.steps.size() != 1) return false;
  auto* loops = std::get_if<LoopsInstruction>(&program.steps[0].what);
  return loops && !loops->reduces;
}

struct Known {
  std::vector<uint64_t> words;
  std::vector<std::shared_ptr<const Plan>> plans;
};
std::unordered_map<uint64_t, Known> known_plans;
std::unordered_set<uint64_t> seen_once;  // hashes of calls for which no plan was made yet
int64_t made_plans = 0;

uint64_t hash_of(const std::vector<uint64_t>& words) {
  uint64_t h = words.size();
  for (uint64_t w : words) {
    h = (h ^ w) * 0x9E3779B97F4A7C15ull;
    h ^= h >> 29;
  }
  return h;
}

}  // namespace

void Pending::forget_plans() {
  known_plans.clear();
  seen_once.clear();
  made_plans = found = 0;
}

// ---- recording ------------------------------------------------------------------------------------------------------

int Pending::add_value(const Buffer& b, int memory) {
  int number = static_cast<int>(values_.size());
  Value& v = values_.emplace_back();
  v.buffer.offset = b.offset;
  v.buffer.numel = b.numel;
  v.buffer.dtype = b.dtype;
  v.buffer.ndim = b.ndim;
  v.buffer.device = b.device;
  std::copy(b.sizes, b.sizes + b.ndim, v.buffer.sizes);
  std::copy(b.strides, b.strides + b.ndim, v.buffer.strides);
  v.memory = memory;
  if (memory >= 0) v.previous = std::exchange(memories_[memory].last_value, number);
  return number;
}

int Pending::add_memory(const Buffer& b) {
  int number = static_cast<int>(memories_.size());
  memories_.push_back({b.storage});
  b.storage->recorded_by_ = this;
  b.storage->recorded_number_ = number;
  return number;
}

// Is it what one of these calls made, and all of its storage?
bool Pending::shows_all(const Buffer& b) const {
  if (!b.storage || !b.storage->pending_ || b.storage->recorded_by_ != this) return false;
  int maker = memories_[static_cast<size_t>(b.storage->recorded_number_)].maker;
  return maker >= 0 && same_geometry(values_[static_cast<size_t>(maker)].buffer, b);
}

// A write to all of a pending storage: from here on the storage is that of another memory, and what was in it before,
// which only calls noted so far read, is in the fresh one.
int Pending::replace_memory(const Buffer& of, const Buffer& fresh) {
  int before = of.storage->recorded_number_;
  int number = add_memory(of);
  fresh.storage->recorded_by_ = this;
  fresh.storage->recorded_number_ = before;
  fresh.storage->pending_ = true;
  memories_[before].storage = fresh.storage;
  return number;
}

int Pending::known_number_of(const Buffer& b, int memory) const {
  const Memory& m = memories_[static_cast<size_t>(memory)];
  for (int v = m.last_value; v >= m.current_from; v = values_[static_cast<size_t>(v)].previous)
    if (same_geometry(values_[static_cast<size_t>(v)].buffer, b)) return v;
  return -1;
}

// A part of what these calls made or wrote, seen through a geometry that no call gave (a piece of a split, a basic
// index): here there is a call for it, so that whoever reads the part can be joined with whoever makes the whole.
void Pending::note_part(const Buffer& b) {
  if (!b.storage || b.storage->recorded_by_ != this) return;
  int memory = b.storage->recorded_number_;
  const Memory& m = memories_[static_cast<size_t>(memory)];
  int whole = m.current_from ? m.current_from : m.maker;
  if (whole < 0 || known_number_of(b, memory) >= 0) return;
  Buffer base = values_[static_cast<size_t>(whole)].buffer;  // values move
  int64_t first = b.offset - base.offset, last = first;
  for (int d = 0; d < b.ndim; ++d) last += std::max<int64_t>(b.sizes[d] - 1, 0) * b.strides[d];
  if (b.dtype != base.dtype || !base.is_contiguous() || !b.numel || first < 0 || last >= base.numel) return;
  base.storage = m.storage;
  planner->note_part(*this, base, b.shape(), b.stride_dims(), first);
}

int Pending::number_of(const Buffer& b) {
  if (!b.storage) return add_value(b, -1);
  int memory = b.storage->recorded_by_ ? b.storage->recorded_number_ : add_memory(b);
  if (int v = known_number_of(b, memory); v >= 0) return v;
  words_.push_back(static_cast<uint64_t>(memory) << 8 | 1);
  return add_value(b, memory);
}

// The value that a call writes where `old` was.
int Pending::write(int old, int call, int output) {
  Value& before = values_[static_cast<size_t>(old)];
  int memory = before.memory;
  Buffer place = before.buffer;  // values move
  int v = add_value(place, memory);
  values_[v].call = call;
  values_[v].output = output;
  values_[v].writes = true;
  Memory& m = memories_[static_cast<size_t>(memory)];
  m.current_from = v;
  if (!m.storage->pending_) m.storage->pending_ = m.storage->overwritten_ = true;
  numbers_.push_back(old);
  numbers_.push_back(v);
  words_.push_back(static_cast<uint64_t>(static_cast<uint32_t>(old)) << 8 | 6);
  return v;
}

bool Pending::record(const Program& program, const void* identity, bool joins, Device device,
                     std::span<const Buffer* const> inputs, std::span<const Attribute> attributes,
                     std::span<Program::Result> results, const Buffer* into, std::span<const int> written) {
  auto let_others_finish = [this](const Buffer* b) {
    if (b && b->storage && b->storage->recorded_by_ && b->storage->recorded_by_ != this)
      b->storage->recorded_by_->finish();
  };
  for (const Buffer* b : inputs) let_others_finish(b);  // before anything is noted: another thread may run meanwhile
  let_others_finish(into);
  while (wait()) {
  }
  if (calls_.size() >= MOST_CALLS) finish();
  for (const Buffer* b : inputs)
    if (b) note_part(*b);
  if (into) note_part(*into);
  bool replaces = into && shows_all(*into);
  if (program.infer(device, inputs, attributes, results)) joins = false;
  if (into) {
    const Buffer* b = results[0].buffer;
    if (!into->storage || b != results[0].place || results[0].shares >= 0 || b->dtype != into->dtype ||
        !same_shape(*b, into->shape()))
      return false;
    if (!replaces) joins &= writes_pointwise(program);
  }
  Call call{&program,
            identity,
            device,
            joins,
            static_cast<int>(numbers_.size()),
            static_cast<int>(inputs.size()),
            0,
            static_cast<int>(results.size()),
            static_cast<int>(attributes_.size()),
            static_cast<int>(attributes.size()),
            label,
            0,
            0};
  int number = static_cast<int>(calls_.size());
  words_.push_back(reinterpret_cast<uint64_t>(identity) << 1 | (joins ? 1 : 0));
  for (const Buffer* b : inputs) {
    int v = b ? number_of(*b) : -1;
    numbers_.push_back(v);
    words_.push_back(static_cast<uint64_t>(static_cast<uint32_t>(v)) << 8 | 2);
  }
  std::vector<int> writes;  // values written over
  for (int i : written) writes.push_back(numbers_[static_cast<size_t>(call.first_input + i)]);
  int target = into && !replaces ? number_of(*into) : -1;  // while it still is what it was
  call.first_write = static_cast<int>(numbers_.size());
  int stored = target >= 0 ? write(target, number, 0) : -1;
  for (int old : writes)
    if (old >= 0) write(old, number, -1);
  call.write_count = (static_cast<int>(numbers_.size()) - call.first_write) / 2;
  call.first_output = static_cast<int>(numbers_.size());
  for (size_t k = 0; k < results.size(); ++k) {
    const Buffer* b = results[k].buffer;
    int v = -1;
    for (size_t i = 0; b && v < 0 && i < inputs.size(); ++i)
      if (b == inputs[i]) v = numbers_[static_cast<size_t>(call.first_input) + i];
    for (size_t i = 0; b && v < 0 && i < k; ++i)
      if (b == results[i].buffer) v = numbers_[static_cast<size_t>(call.first_output) + i];
    if (stored >= 0 && k == 0) {
      v = stored;
      results[0].buffer = into;
    } else if (into && k == 0) {
      int memory = replace_memory(*into, *b);
      v = add_value(*into, memory);
      values_[v].call = number;
      values_[v].makes = true;
      memories_[memory].maker = v;
      results[0].buffer = into;
      words_.push_back(static_cast<uint64_t>(memory) << 8 | 5);
    } else if (b && v < 0) {
      bool fresh = !b->storage->recorded_by_;
      int memory = fresh ? add_memory(*b) : b->storage->recorded_number_;
      v = add_value(*b, memory);
      values_[v].call = number;
      values_[v].output = static_cast<int>(k);
      if (fresh) {
        values_[v].makes = b->storage->pending_ = true;
        memories_[memory].maker = v;
      }
      words_.push_back(static_cast<uint64_t>(memory) << 8 | 3);
    }
    numbers_.push_back(v);
    words_.push_back(static_cast<uint64_t>(static_cast<uint32_t>(v)) << 8 | 4);
  }
  attributes_.insert(attributes_.end(), attributes.begin(), attributes.end());
  calls_.push_back(call);
  return true;
}

// ---- finding a plan -------------------------------------------------------------------------------------------------

int64_t Pending::quantity(const Quantity& q) const {
  switch (q.kind) {
    case Quantity::Constant: return q.constant;
    case Quantity::Size: return values_[static_cast<size_t>(q.a)].buffer.sizes[q.b];
    case Quantity::Number: return attributes_[static_cast<size_t>(q.a)].integer;
    case Quantity::Item: return attributes_[static_cast<size_t>(q.a)].list[q.b];
  }
  return 0;
}

bool Pending::holds(const Plan& plan) const {
  for (const auto& [a, b] : plan.equal)
    if (quantity(a) != quantity(b)) return false;
  return true;
}

void Pending::find_wanted() {
  uint64_t bits = 0;
  int count = 0;
  for (Memory& m : memories_) {
    bool changes = m.maker >= 0 || m.current_from > 0;
    m.wanted = changes && m.storage->references() > 0;
    bits |= static_cast<uint64_t>(m.wanted) << count;
    if (++count == 64) words_.push_back(bits), bits = 0, count = 0;
  }
  words_.push_back(bits);
}

std::shared_ptr<const Plan> Pending::find_plan() {
  uint64_t hash = hash_of(words_);
  std::vector<std::shared_ptr<const Plan>> others;
  if (auto at = known_plans.find(hash); at != known_plans.end() && at->second.words == words_) {
    for (const auto& p : at->second.plans)
      if (holds(*p)) {
        ++found;
        return p;
      }
    others = at->second.plans;
  } else if (made_plans >= MANY_PLANS && found < 2 * made_plans && seen_once.insert(hash).second) {
    if (seen_once.size() > MOST_SEEN) seen_once.clear();
    return nullptr;
  }
  std::shared_ptr<const Plan> plan = planner->plan(*this, others);
  ++made_plans;
  if (known_plans.size() >= MOST_PLANS) known_plans.clear();
  Known& known = known_plans[hash];  // looked up again: other threads may have been here
  if (known.words != words_) known = {words_, {}};
  if (known.plans.size() >= MOST_VARIANTS) known.plans.erase(known.plans.begin());
  known.plans.push_back(plan);
  return plan;
}

// ---- running --------------------------------------------------------------------------------------------------------

// Where another thread runs these calls: waits a little, and gives true.
bool Pending::wait() {
  if (!running_ || runner_ == std::this_thread::get_id()) return false;
  WithoutHostLock unlocked;
  std::this_thread::sleep_for(std::chrono::microseconds(20));
  return true;
}

void Pending::finish() {
  while (wait()) {
  }
  if (running_) return;
  if (calls_.empty()) return forget();
  running_ = true;
  runner_ = std::this_thread::get_id();
  struct AtEnd {
    Pending& p;
    ~AtEnd() {
      p.forget();
      p.running_ = false;
    }
  } at_end{*this};
  ++finished;
  find_wanted();
  std::shared_ptr<const Plan> plan;
  try {
    plan = find_plan();
  } catch (...) {
    if (!planner->failed()) throw;
  }
  for (Value& v : values_)
    if (v.memory >= 0) v.buffer.storage = memories_[static_cast<size_t>(v.memory)].storage;
  run(plan.get());
}

void Pending::run(const Plan* plan) {
  if (!plan) {
    for (const Call& call : calls_) run_call(call);
    return;
  }
  for (const Plan::Step& step : plan->steps) {
    const std::span<Call> from_here = std::span(calls_).subspan(static_cast<size_t>(step.first));
    if (step.program) {
      // What a failed Program left out may be needed by calls of later steps that have to run one by one as well; those
      // find it missing, and so on: from here on all of them do, and nothing is freed.
      if (!try_step(step)) {
        for (const Call& call : from_here) run_call(call);
        return;
      }
    } else {
      for (const Call& call : from_here.first(static_cast<size_t>(step.count))) run_call(call);
    }
    for (int m : step.frees) free_memory(m);
  }
}

// Runs a Program of several calls; false where that failed, and nothing has been written.
bool Pending::try_step(const Plan::Step& step) {
  struct Before {
    const Buffer* at;
    Buffer content;
  };
  std::vector<Before> before;  // when it runs for the first time: a kernel may turn out not to compile
  KernelSource& kernels = *calls_[static_cast<size_t>(step.first)].program->kernels;
  if (!step.ran) {
    for (int v : step.written) {
      const Buffer& b = values_[static_cast<size_t>(v)].buffer;
      Before& kept = before.emplace_back(&b, Buffer{});
      describe(kept.content, b.dtype, b.shape(), b.device);
      allocate(kept.content);
      copy_into(kernels, kept.content, b);
    }
  }
  try {
    run_step(step);
    return step.ran = true;
  } catch (...) {
    if ((step.ran && !step.written.empty()) || lost_inputs_ || !planner->failed()) throw;
  }
  for (const Before& b : before) copy_into(kernels, *b.at, b.content);
  return false;
}

// The result `made` becomes the content of the value's storage. `fresh`: it is in memory of its own.
void Pending::adopt(Value& value, Buffer* made, bool fresh) {
  Storage& to = *value.buffer.storage;
  if (!to.pending_) return;
  bool fits = fresh && made->storage && made->storage->references() == 1 && !made->storage->pending() &&
              made->storage->gives_memory() && made->storage->bytes() == to.bytes() && made->offset == 0 &&
              std::equal(made->strides, made->strides + made->ndim, value.buffer.strides);
  if (fits) {
    to.take_memory(*made->storage);
    to.pending_ = false;
    return;
  }
  to.pending_ = false;
  to.allocate();
  copy_into(*calls_[static_cast<size_t>(value.call)].program->kernels, value.buffer, *made);
}

// Gives the memory of inputs back that nothing needs any more, while the rest of the Program runs.
class Pending::MemoryEnds final : public InputsEnd {
 public:
  MemoryEnds(Pending& calls, const Plan::Step& step) : calls_(calls), step_(step), left_(calls.memories_.size(), 0) {
    std::vector<bool> kept(left_.size(), true);
    for (int m : step.frees) kept[static_cast<size_t>(m)] = false;
    for (int v : step.written) kept[memory_of(v)] = true;
    for (int v : step.inputs)
      if (has_memory(v)) left_[memory_of(v)] += kept[memory_of(v)] ? KEPT : 1;
  }

  void ends(int input) override {
    int v = step_.inputs[static_cast<size_t>(input)];
    if (!has_memory(v) || --left_[memory_of(v)] != 0) return;
    calls_.lost_inputs_ = true;
    calls_.free_memory(static_cast<int>(memory_of(v)));
  }

  bool gives(int input) override {
    int v = step_.inputs[static_cast<size_t>(input)];
    if (!has_memory(v) || left_[memory_of(v)] != 1) return false;
    const Memory& m = calls_.memories_[memory_of(v)];
    if (!m.storage) return false;
    int64_t own = 0;
    for (int k = m.last_value; k >= 0; k = calls_.values_[static_cast<size_t>(k)].previous)
      own += calls_.values_[static_cast<size_t>(k)].buffer.storage.get() != nullptr;
    if (m.storage->references() != own) return false;
    return calls_.lost_inputs_ = true;
  }

 private:
  static constexpr int KEPT = 1 << 20;  // more than there are inputs
  bool has_memory(int v) const { return calls_.values_[static_cast<size_t>(v)].memory >= 0; }
  size_t memory_of(int v) const { return static_cast<size_t>(calls_.values_[static_cast<size_t>(v)].memory); }

  Pending& calls_;
  const Plan::Step& step_;
  std::vector<int> left_;  // for each memory, the inputs in it that are still needed
};

void Pending::run_step(const Plan::Step& step) {
  ++programs;
  std::vector<const Buffer*> inputs;
  for (int v : step.inputs) inputs.push_back(&values_[static_cast<size_t>(v)].buffer);
  const Call &first = calls_[static_cast<size_t>(step.first)],
             &last = calls_[static_cast<size_t>(step.first + step.count - 1)];
  std::span<const Attribute> attributes(
      attributes_.data() + first.first_attribute,
      static_cast<size_t>(last.first_attribute + last.attribute_count - first.first_attribute));
  std::vector<Buffer> places(step.outputs.size());
  std::vector<Program::Result> results;
  for (Buffer& b : places) results.push_back({&b});
  if (TAEDA_UNLIKELY(program_watcher != nullptr)) {
    std::vector<int> labels;
    for (int k = 0; k < step.count; ++k) labels.push_back(calls_[static_cast<size_t>(step.first + k)].label);
    program_watcher->running(labels, &step.origins);
  }
  MemoryEnds ends(*this, step);
  step.program->run(first.device, inputs, attributes, results, {}, step.ran ? &ends : nullptr);
  for (size_t k = 0; k < results.size(); ++k) {
    Value& value = values_[static_cast<size_t>(step.outputs[k])];
    Buffer* made = const_cast<Buffer*>(results[k].buffer);
    // One register may be several results: the first of them takes the memory, the others copy it from there.
    for (size_t i = 0; i < k; ++i)
      if (results[i].buffer == made) made = &values_[static_cast<size_t>(step.outputs[i])].buffer;
    adopt(value, made, made == &places[k] && results[k].shares < 0);
  }
}

void Pending::run_call(const Call& call) {
  ++single;
  std::vector<const Buffer*> inputs;
  for (int k = 0; k < call.input_count; ++k) {
    int v = numbers_[static_cast<size_t>(call.first_input + k)];
    inputs.push_back(v < 0 ? nullptr : &values_[static_cast<size_t>(v)].buffer);
  }
  std::vector<Buffer> places(static_cast<size_t>(call.output_count));
  std::vector<Program::Result> results;
  for (Buffer& b : places) results.push_back({&b});
  std::vector<Buffer*> into;
  int stored = call.output_count ? numbers_[static_cast<size_t>(call.first_output)] : -1;
  if (stored >= 0 && values_[static_cast<size_t>(stored)].writes)
    into.push_back(&values_[static_cast<size_t>(stored)].buffer);
  if (TAEDA_UNLIKELY(program_watcher != nullptr)) program_watcher->running({&call.label, 1}, nullptr);
  call.program->run(call.device, inputs,
                    std::span(attributes_)
                        .subspan(static_cast<size_t>(call.first_attribute), static_cast<size_t>(call.attribute_count)),
                    results, into);
  if (!into.empty() && results[0].buffer != into[0]) copy_into(*call.program->kernels, *into[0], *results[0].buffer);
  for (size_t k = 0; k < results.size(); ++k) {
    int v = numbers_[static_cast<size_t>(call.first_output) + k];
    if (v >= 0 && values_[static_cast<size_t>(v)].makes && results[k].buffer == &places[k])
      adopt(values_[static_cast<size_t>(v)], &places[k], true);
  }
}

void Pending::free_memory(int memory) {
  Memory& m = memories_[static_cast<size_t>(memory)];
  for (int v = m.last_value; v >= 0; v = values_[static_cast<size_t>(v)].previous)
    values_[static_cast<size_t>(v)].buffer.storage = nullptr;
  if (!m.storage) return;
  m.storage->recorded_by_ = nullptr;
  m.storage->pending_ = m.storage->overwritten_ = false;
  m.storage = nullptr;
}

void Pending::forget() noexcept {
  for (size_t m = 0; m < memories_.size(); ++m) free_memory(static_cast<int>(m));
  calls_.clear();
  values_.clear();
  memories_.clear();
  numbers_.clear();
  attributes_.clear();
  words_.clear();
  lost_inputs_ = false;
}

}  // namespace taeda
