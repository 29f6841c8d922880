#include "core/program.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "core/loops.h"
#include "core/watcher.h"

namespace taeda {

bool check_programs = false;
ProgramWatcher* program_watcher = nullptr;

int64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// ---- finishing ------------------------------------------------------------------------------------------------------

namespace {

// Notes who uses which register when, and refuses what is out of range.
struct Liveness final : Usage {
  explicit Liveness(const Program& p)
      : program(p), last_use(p.register_count, -1), last_read(p.register_count, -1), made(p.register_count, false) {}
  const Program& program;
  std::vector<int> last_use;   // number of the step
  std::vector<int> last_read;  // that needs more than sizes
  std::vector<bool> made;
  int step = 0;

  void touch(int reg, bool reads = true) {
    if (reg < 0 || reg >= program.register_count)
      raise(ErrorKind::Value, "register %d of a Program of %d", reg, program.register_count);
    last_use[reg] = step;
    if (reads) last_read[reg] = step;
  }
  void read(int reg) override { touch(reg); }
  void make(int reg) override {
    touch(reg);
    if (reg < program.tensor_count) raise(ErrorKind::Value, "a Program makes register %d, which is an input", reg);
    made[reg] = true;
  }
  void use(const Expression& e) override {
    e.check(program.register_count, program.attribute_count);
    for (const Expression::Step& s : e.steps)
      if (s.code >= Expression::Size && s.code <= Expression::Read && s.code != Expression::AttributeValue &&
          s.code != Expression::Item)
        touch(s.a, s.code == Expression::Read);
  }
};

// Do the sizes of what an instruction makes depend on values?
template <class I>
bool geometry_reads_memory(const I& i) {
  bool reads = false;
  if constexpr (requires { i.shape; })
    for (const Expression& e : i.shape) reads |= e.reads_memory();
  if constexpr (requires { i.arguments; })
    for (const Expression& e : i.arguments) reads |= e.reads_memory();
  return reads;
}

// Must what was put off have run before? Not for what only describes, and not for other loops, which see to it
// themselves; but where a value is read to say how.
bool waits_for_others(const Program::Step& step) {
  if (step.when && step.when->reads_memory()) return true;
  return std::visit(
      [](const auto& i) {
        using I = std::decay_t<decltype(i)>;
        if constexpr (std::is_same_v<I, LoopsInstruction>) {
          return std::any_of(i.scalars.begin(), i.scalars.end(), [](const Expression& e) { return e.reads_memory(); });
        } else if constexpr (std::is_same_v<I, AllocInstruction> || std::is_same_v<I, ViewInstruction>) {
          return geometry_reads_memory(i);
        } else {
          return !(std::is_same_v<I, ViewDtypeInstruction> || std::is_same_v<I, AliasInstruction>);
        }
      },
      step.what);
}

// Writes down what the step computes in every run; not the numbers of errors, and not where memory is read for it.
void write_calculation(Program::Step& step) {
  step.calculation = {};
  if (step.when && step.when->reads_memory()) return;
  using S = Calculation::Section;
  std::vector<std::pair<S, Expression*>> all;
  if (step.when) all.emplace_back(S::Condition, &*step.when);
  if (auto* i = std::get_if<LaunchInstruction>(&step.what)) {
    all.emplace_back(S::Work, &i->work);
    for (Expression& e : i->integers) all.emplace_back(S::Rest, &e);
    for (Expression& e : i->scalars) all.emplace_back(S::Rest, &e);
    for (Expression* e : {&i->grain, &i->scratch}) all.emplace_back(S::Rest, e);
  } else if (auto* i = std::get_if<AllocInstruction>(&step.what)) {
    for (Expression& e : i->shape) all.emplace_back(S::Work, &e);
  } else if (auto* i = std::get_if<ViewInstruction>(&step.what)) {
    for (Expression& e : i->arguments) all.emplace_back(S::Work, &e);
  } else if (auto* i = std::get_if<CheckInstruction>(&step.what)) {
    all.emplace_back(S::Work, &i->condition);
  }
  if (std::any_of(all.begin(), all.end(), [](const auto& a) { return a.second->reads_memory(); })) return;
  for (auto& [section, e] : all) step.calculation.add(section, *e);
}

void check_limits(const Instruction& what) {
  bool fits = true;
  if (auto* i = std::get_if<LoopsInstruction>(&what)) {
    fits = i->inputs.size() + i->outputs.size() <= MAX_OPERANDS && i->scalars.size() <= MAX_OPERANDS;
    for (int d : i->reduced) fits = fits && d >= 0 && d < MAX_DIMS;
  } else if (auto* i = std::get_if<LaunchInstruction>(&what)) {
    fits = i->operands.size() <= MAX_OPERANDS && i->integers.size() <= MAX_LAUNCH_INTEGERS &&
           i->scalars.size() <= MAX_LAUNCH_SCALARS;
  } else if (auto* i = std::get_if<AllocInstruction>(&what)) {
    fits = i->like.size() < MAX_OPERANDS;
  } else if (auto* i = std::get_if<CheckInstruction>(&what)) {
    fits = i->values.size() <= MAX_CHECK_NUMBERS;
  } else if (auto* i = std::get_if<ViewInstruction>(&what)) {
    fits = i->arguments.size() <= MAX_VIEW_ARGUMENTS;
  }
  if (!fits)
    raise(ErrorKind::NotImplemented,
          "an instruction has more operands, numbers or dimensions than kernels take (%d, %d, %d)", MAX_OPERANDS,
          MAX_LAUNCH_INTEGERS, MAX_DIMS);
}

}  // namespace

namespace {

// Is the first step that has to do with what is allocated at step k a kernel that writes it?
bool loops_write_first(std::vector<Program::Step>& steps, size_t k, int reg) {
  struct Uses final : Usage {
    int reg;
    bool found = false;
    void read(int r) override { found |= r == reg; }
    void make(int r) override { found |= r == reg; }
    void use(const Expression& e) override {
      for (const Expression::Step& s : e.steps)
        found |= s.a == reg && s.code >= Expression::Size && s.code <= Expression::Read &&
                 s.code != Expression::AttributeValue && s.code != Expression::Item;
    }
  } uses;
  uses.reg = reg;
  if (steps[k].when) return false;
  for (size_t n = k + 1; n < steps.size(); ++n) {
    if (steps[n].when) uses.use(*steps[n].when);
    std::visit([&](const auto& i) { i.usage(uses); }, steps[n].what);
    if (!uses.found) continue;
    auto* loops = std::get_if<LoopsInstruction>(&steps[n].what);
    return loops && !steps[n].when && std::ranges::find(loops->inputs, reg) == loops->inputs.end() &&
           std::ranges::any_of(loops->outputs, [reg](const auto& o) { return o.reg == reg && !o.row; });
  }
  return false;
}

}  // namespace

void Program::finish() {
  if (tensor_count < 0 || register_count < tensor_count || attribute_count < 0)
    raise(ErrorKind::Value, "a Program has fewer registers than tensors");
  Liveness live(*this);
  int count = static_cast<int>(steps.size());
  std::vector<std::vector<int>> makes(steps.size());
  for (int k = 0; k < count; ++k) {
    live.step = k;
    check_limits(steps[k].what);
    if (steps[k].when) live.use(*steps[k].when);
    std::vector<bool> before = live.made;
    std::visit([&](const auto& i) { i.usage(live); }, steps[k].what);
    for (int r = 0; r < register_count; ++r)
      if (live.made[r] && !before[r]) makes[k].push_back(r);
  }
  live.step = count;
  for (int r : outputs) live.touch(r);

  places_.assign(register_count, {});
  for (size_t k = 0; k < outputs.size(); ++k) {
    Place& place = places_[outputs[k]];
    if (live.made[outputs[k]] && place.kind == Place::Nowhere) place = {Place::Output, static_cast<int>(k)};
  }
  // A temporary is used again once its register is not needed any more.
  std::vector<int> unused;
  for (int k = 0; k < count; ++k) {
    for (int r : makes[k]) {
      if (places_[r].kind != Place::Nowhere) continue;
      if (unused.empty()) unused.push_back(temporaries_++);
      places_[r] = {Place::Temporary, unused.back()};
      unused.pop_back();
    }
    for (int r = tensor_count; r < register_count; ++r) {
      if (places_[r].kind != Place::Temporary) continue;
      if (live.last_read[r] == k) steps[k].drops.push_back(r);
      if (live.last_use[r] != k) continue;
      steps[k].frees.push_back(r);
      unused.push_back(places_[r].number);
    }
    for (int r = 0; r < tensor_count; ++r)
      if (live.last_use[r] >= 0 && std::max(live.last_read[r], 0) == k) steps[k].ends.push_back(r);
    if (auto* i = std::get_if<AllocInstruction>(&steps[k].what))
      i->later = loops_write_first(steps, static_cast<size_t>(k), i->reg);
    if (auto* i = std::get_if<LoopsInstruction>(&steps[k].what)) {
      i->last.clear();
      for (int n = 0; n < static_cast<int>(i->inputs.size()); ++n)
        if (int r = i->inputs[n]; live.last_read[r] == k && std::ranges::count(i->inputs, r) == 1) i->last.push_back(n);
    }
    if (auto* i = std::get_if<UpdateInstruction>(&steps[k].what)) i->source_ends_here = live.last_use[i->source] == k;
    if (auto* i = std::get_if<CheckInstruction>(&steps[k].what)) {
      i->needs_values = i->condition.reads_memory();
      for (const Expression& e : i->values) i->needs_values |= e.reads_memory();
    }
  }
  inferable = true;
  faults = false;
  for (const Step& step : steps) {
    if (auto* i = std::get_if<LaunchInstruction>(&step.what)) {
      faults |= !i->faults.empty();
      continue;  // what else it reads matters only when it runs
    }
    if (auto* i = std::get_if<CheckInstruction>(&step.what)) {
      faults |= i->needs_values;
      continue;
    }
    inferable &= !(step.when && step.when->reads_memory());
    std::visit([&](const auto& i) { inferable &= !geometry_reads_memory(i); }, step.what);
  }
  bool follows = false;  // loops, with nothing since that waits
  for (Step& step : steps) {
    write_calculation(step);
    step.waits = waits_for_others(step);
    bool loops = std::holds_alternative<LoopsInstruction>(step.what);
    collects_ |= loops && follows && !step.waits;
    follows = loops || (follows && !step.waits);
  }
  if (count == 1 && !steps[0].when && temporaries_ == 0) only_loops_ = std::get_if<LoopsInstruction>(&steps[0].what);
}

// ---- running --------------------------------------------------------------------------------------------------------

namespace {

// Room for one run: registers, and the temporaries that they are made in. Most Programs have few registers and no
// temporary.
struct Room {
  static constexpr int SMALL = 24, FEW = 6;
  Room(int registers, int temporary_count) {
    if (registers > SMALL) {
      large_registers.reset(new const Buffer*[registers]);
      large_places.reset(new Buffer*[registers]);
      large_origins.reset(new int16_t[registers]);
      this->registers = large_registers.get();
      places = large_places.get();
      origins = large_origins.get();
    }
    if (temporary_count > FEW) {
      large_temporaries.reset(new char[temporary_count * sizeof(Buffer)]);
      temporaries = reinterpret_cast<Buffer*>(large_temporaries.get());
    }
    std::uninitialized_default_construct_n(temporaries, temporary_count);
    this->temporary_count = temporary_count;
  }
  ~Room() { std::destroy_n(temporaries, temporary_count); }
  Room(const Room&) = delete;
  const Buffer* small_registers[SMALL];
  Buffer* small_places[SMALL];
  int16_t small_origins[SMALL];
  alignas(Buffer) char few_temporaries[FEW * sizeof(Buffer)];
  std::unique_ptr<const Buffer*[]> large_registers;
  std::unique_ptr<Buffer*[]> large_places;
  std::unique_ptr<int16_t[]> large_origins;
  std::unique_ptr<char[]> large_temporaries;
  const Buffer** registers = small_registers;
  Buffer** places = small_places;
  int16_t* origins = small_origins;
  Buffer* temporaries = reinterpret_cast<Buffer*>(few_temporaries);
  int temporary_count = 0;
};

}  // namespace

void Program::run(Device device, std::span<const Buffer* const> inputs, std::span<const Attribute> attributes,
                  std::span<Result> results, std::span<Buffer* const> into, InputsEnd* inputs_end) const {
  run_on(runtime_of(device), device, inputs, attributes, results, into, inputs_end);
}

bool Program::infer(Device device, std::span<const Buffer* const> inputs, std::span<const Attribute> attributes,
                    std::span<Result> results) const {
  return run_on(meta_runtime(), device, inputs, attributes, results, {}, nullptr);
}

bool Program::run_on(DeviceRuntime& runtime, Device device, std::span<const Buffer* const> inputs,
                     std::span<const Attribute> attributes, std::span<Result> results, std::span<Buffer* const> into,
                     InputsEnd* inputs_end) const {
  if (static_cast<int>(inputs.size()) != tensor_count || static_cast<int>(attributes.size()) != attribute_count)
    raise(ErrorKind::Internal, "a Program of %d tensors and %d attributes was given %d and %d", tensor_count,
          attribute_count, static_cast<int>(inputs.size()), static_cast<int>(attributes.size()));
  if (results.size() != outputs.size())
    raise(ErrorKind::Internal, "a Program of %d results was given places for %d", static_cast<int>(outputs.size()),
          static_cast<int>(results.size()));
  LoopsPlan plan;
  Frame f;
  f.attributes = attributes.data();
  f.device = device;
  f.runtime = &runtime;
  f.kernels = kernels;
  f.plan = &plan;
  f.register_count = register_count;
  Frame::Target few_targets[4];
  std::vector<Frame::Target> many_targets(into.size() > std::size(few_targets) ? into.size() : 0);
  Frame::Target* targets = many_targets.empty() ? few_targets : many_targets.data();
  for (size_t k = 0; k < into.size(); ++k)
    if (into[k]) targets[f.target_count++] = {outputs[k], into[k]};
  f.targets = targets;

  if (only_loops_ && register_count <= Room::SMALL &&
      TAEDA_LIKELY(!check_programs && !program_watcher && !inputs_end)) {
    const Buffer* registers[Room::SMALL];
    Buffer* places[Room::SMALL];
    for (int k = 0; k < register_count; ++k) {
      registers[k] = k < tensor_count ? inputs[k] : nullptr;
      places[k] = nullptr;
    }
    for (size_t k = 0; k < outputs.size(); ++k)
      if (places_[outputs[k]].kind == Place::Output) places[outputs[k]] = results[places_[outputs[k]].number].place;
    f.registers = registers;
    f.places = places;
    f.last = true;
    only_loops_->infer(f);
    if (TAEDA_LIKELY(f.runtime->executes())) only_loops_->execute(f);
    for (size_t k = 0; k < outputs.size(); ++k) {
      results[k].buffer = registers[outputs[k]];
      results[k].shares = outputs[k] < tensor_count ? outputs[k] : -1;
    }
    return f.odd_reductions;
  }

  Room room(register_count, temporaries_);
  for (int r = 0; r < tensor_count; ++r) {
    room.registers[r] = inputs[r];
    room.origins[r] = static_cast<int16_t>(r);
    room.places[r] = nullptr;
  }
  for (int r = tensor_count; r < register_count; ++r) {
    room.registers[r] = nullptr;
    room.origins[r] = -1;
    const Place& place = places_[r];
    room.places[r] = place.kind == Place::Temporary ? &room.temporaries[place.number]
                     : place.kind == Place::Output  ? results[place.number].place
                                                    : nullptr;
  }
  f.registers = room.registers;
  f.places = room.places;
  f.origins = room.origins;
  f.inputs_end = inputs_end;
  if (TAEDA_UNLIKELY(check_programs) && f.runtime->executes())
    run_checked(f);
  else
    run_steps(f);
  for (size_t k = 0; k < outputs.size(); ++k) {
    results[k].buffer = room.registers[outputs[k]];
    results[k].shares = room.origins[outputs[k]];
  }
  return f.odd_reductions;
}

namespace {

// Is there much memory among what nothing after the step needs? Then what was put off runs now, which would hold it.
bool holds_much(const Frame& f, const Program::Step& step) {
  constexpr size_t MUCH = 1 << 20;
  auto much = [&f](int r) {
    return f.registers[r] && f.registers[r]->storage && f.registers[r]->storage->bytes() >= MUCH;
  };
  return std::ranges::any_of(step.drops, much) || (f.inputs_end && std::ranges::any_of(step.ends, much));
}

}  // namespace

void Program::run_steps(Frame& f) const {
  bool execute = f.runtime->executes(), watched = program_watcher && execute;
  std::optional<LaunchCollection> collection;
  f.collection = execute && collects_ && !watched ? &collection.emplace() : nullptr;
  for (const Step& step : steps) {
    if (f.collection && step.waits) f.collection->flush();
    f.last = &step == &steps.back();
    int64_t begin = TAEDA_UNLIKELY(watched) ? nanoseconds() : 0;
    // On "meta" a condition on values that are not there is taken to hold: only launches have one.
    f.calculation = step.calculation.empty() ? nullptr : &step.calculation;
    if (step.when) f.compute(Calculation::Condition);
    if (!step.when || (!execute && step.when->reads_memory()) || f.holds(*step.when))
      std::visit(
          [&](const auto& i) {
            i.infer(f);
            if (execute) i.execute(f);
            if (TAEDA_UNLIKELY(watched) && program_watcher)
              program_watcher->ran(step.what, f, static_cast<int>(&step - steps.data()), begin, nanoseconds());
          },
          step.what);
    if (f.collection && holds_much(f, step)) f.collection->flush();
    for (int r : step.drops) f.places[r]->storage = nullptr;
    for (int r : step.frees) f.registers[r] = nullptr;
    if (f.inputs_end)
      for (int r : step.ends) f.inputs_end->ends(r);
  }
  if (f.collection) f.collection->flush();
  f.collection = nullptr;
}

// ---- checking -------------------------------------------------------------------------------------------------------

namespace {

std::string geometry_text(const Buffer* b, int shares) {
  if (!b) return "nothing";
  std::string text = std::string(info(b->dtype).name) + " " + shape_text(*b).at + " with strides " +
                     dims_text(b->stride_dims()).at + " at " + std::to_string(b->offset);
  return shares < 0 ? text : text + " in the storage of input " + std::to_string(shares);
}

}  // namespace

// Runs on copies of the inputs that have no memory first, and compares.
void Program::run_checked(Frame& f) const {
  std::vector<Buffer> inputs(static_cast<size_t>(tensor_count)), made(outputs.size());
  std::vector<const Buffer*> registers(f.registers, f.registers + register_count);
  std::vector<Buffer*> places(f.places, f.places + register_count);
  std::vector<int16_t> origins(f.origins, f.origins + register_count);
  std::vector<Frame::Target> targets(f.targets, f.targets + f.target_count);
  std::vector<Buffer> written(targets.size());
  for (int r = 0; r < tensor_count; ++r) {
    const Buffer* real = f.registers[r];
    if (!real) continue;
    describe_alias(inputs[r], *real);
    for (int k = 0; k < r && real->storage; ++k)
      if (f.registers[k] && f.registers[k]->storage.get() == real->storage.get()) inputs[r].storage = inputs[k].storage;
    if (real->storage && inputs[r].storage.get() == real->storage.get())
      inputs[r].storage = Storage::reserve(real->storage->bytes(), Device{DeviceKind::Meta});
    registers[r] = &inputs[r];
  }
  for (size_t k = 0; k < targets.size(); ++k) {
    int input = -1;
    for (int r = 0; r < tensor_count; ++r)
      if (f.registers[r] == f.targets[k].buffer) input = r;
    if (input < 0) describe_alias(written[k], *f.targets[k].buffer);
    targets[k].buffer = input < 0 ? &written[k] : &inputs[input];
  }
  for (int r = 0; r < register_count; ++r)
    if (places_[r].kind == Place::Output) places[r] = &made[places_[r].number];

  Frame inferred = f;
  inferred.registers = registers.data();
  inferred.places = places.data();
  inferred.origins = origins.data();
  inferred.targets = targets.data();
  inferred.inputs_end = nullptr;
  inferred.device = Device{DeviceKind::Meta};
  inferred.runtime = &meta_runtime();
  std::optional<Error> refused;
  try {
    run_steps(inferred);
  } catch (Error& e) {  // an exception of Python's, from a value that had to be computed first, goes to the caller
    refused = std::move(e);
  }
  // What infer made in the temporaries is in nobody's way: execution describes them anew.
  run_steps(f);
  if (refused && refused->kind == ErrorKind::NeedsData) return;
  if (refused) raise(ErrorKind::Internal, "infer refuses what execute does: %s", refused->what());
  for (size_t k = 0; k < outputs.size(); ++k) {
    int r = outputs[k];
    std::string expected = geometry_text(inferred.registers[r], inferred.origins[r]);
    std::string found = geometry_text(f.registers[r], f.origins[r]);
    if (expected != found)
      raise(ErrorKind::Internal, "infer and execute disagree about result %d: infer says %s, execute made %s",
            static_cast<int>(k), expected.c_str(), found.c_str());
  }
}

}  // namespace taeda
