#include "core/recorder.h"

namespace taeda {

Recorder* active_recorder = nullptr;

namespace {

// What is done without a Program of its own, as one.
const Program& program_of(Instruction what, int tensors, int attributes, std::vector<int> outputs) {
  auto* p = new Program;  // for the life of the process
  p->tensor_count = tensors;
  p->attribute_count = attributes;
  p->register_count = tensors + static_cast<int>(outputs.size());
  p->outputs = std::move(outputs);
  p->steps.push_back({std::move(what), {}, {}});
  return *p;
}

const Program& copy_program() {
  static const Program& p = program_of(CopyInstruction{0, 1}, 2, 0, {});
  return p;
}

const Program& fill_program() {
  static const Program& p = program_of(FillInstruction{0, {{{Expression::AttributeValue, 0, 0, 0, 0.0}}}}, 1, 1, {});
  return p;
}

const Program& sum_program() {
  static const Program& p = program_of(SumToInstruction{2, 0, 1}, 2, 0, {2});
  return p;
}

RecordedBuffer geometry(const Buffer& b) {
  return {RecordedBuffer::SHAPE_ONLY, b.dtype, b.shape(), b.stride_dims(), b.offset};
}

bool covers_storage(const Buffer& b) {
  return b.offset == 0 && is_dense(b) && static_cast<size_t>(b.numel * itemsize(b.dtype)) == b.storage->bytes();
}

}  // namespace

int Recorder::number(const Buffer& b, bool overwritten) {
  int function = static_cast<int>(result_.functions.size()) - 1;
  auto [place, is_new] = numbers_.try_emplace(b.storage.get(), static_cast<int>(memory_.size()));
  if (!is_new) {
    Memory& m = memory_[place->second];
    m.shared = m.shared || m.first_function != function;
    return place->second;
  }
  memory_.push_back({b.storage, function, !overwritten});
  RecordedMemory& m = result_.memory.emplace_back();
  m.bytes = static_cast<int64_t>(b.storage->bytes());
  if (!overwritten && b.storage->data()) m.content.assign(b.storage->data(), b.storage->bytes());
  return place->second;
}

RecordedBuffer Recorder::recorded(const Buffer* b, bool overwritten) {
  if (!b) return {};
  RecordedBuffer out = geometry(*b);
  if (b->storage) out.memory = number(*b, overwritten);
  return out;
}

int Recorder::program_number(const Program& program) {
  auto [place, is_new] = programs_.try_emplace(&program, static_cast<int>(result_.programs.size()));
  if (is_new) {
    auto copy = std::make_unique<Program>();
    copy->tensor_count = program.tensor_count;
    copy->attribute_count = program.attribute_count;
    copy->register_count = program.register_count;
    copy->outputs = program.outputs;
    for (const Program::Step& step : program.steps) copy->steps.push_back({step.what, step.when, {}, {}});
    result_.programs.push_back(std::move(copy));
  }
  return place->second;
}

void Recorder::begin(std::string name, const Named& inputs) {
  for (const RecordedFunction& f : result_.functions)
    if (f.name == name) raise(ErrorKind::Value, "two functions of the name '%s' are recorded", name.c_str());
  result_.functions.push_back({std::move(name), {}, {}, {}});
  Expected& expected = expected_.emplace_back();
  for (const auto& [input, buffer] : inputs) {
    result_.functions.back().inputs.push_back({input, recorded(buffer)});
    expected.inputs.push_back(packed(*buffer));
  }
  thread_ = std::this_thread::get_id();
  recording_ = true;
}

void Recorder::end(const Named& outputs) {
  recording_ = false;
  for (const auto& [output, buffer] : outputs) {
    RecordedBuffer b = recorded(buffer);
    memory_[b.memory].named = true;
    result_.functions.back().outputs.push_back({output, b});
    expected_.back().outputs.push_back(packed(*buffer));
  }
}

RecordedCall Recorder::before(const Program& program, std::span<const Buffer* const> inputs,
                              std::span<const Attribute> attributes, std::span<Buffer* const> into) {
  RecordedCall call;
  call.program = program_number(program);
  for (const Buffer* b : inputs) call.inputs.push_back(recorded(b));
  for (Buffer* b : into) {
    int place = b ? 0 : -1;
    while (place >= 0 && place < static_cast<int>(inputs.size()) && inputs[place] != b) ++place;
    if (place == static_cast<int>(inputs.size())) {
      place = static_cast<int>(call.inputs.size());
      call.inputs.push_back(recorded(b));
    }
    call.into.push_back(place);
  }
  call.attributes.assign(attributes.begin(), attributes.end());
  return call;
}

void Recorder::after(RecordedCall call, std::span<const Buffer* const> results) {
  for (const Buffer* b : results) call.results.push_back(recorded(b, true));
  add(std::move(call));
}

void Recorder::copying(const Buffer& destination, const Buffer& source) {
  RecordedCall call;
  call.program = program_number(copy_program());
  RecordedBuffer from = recorded(&source);
  call.inputs = {recorded(&destination, covers_storage(destination)), from};
  add(std::move(call));
}

void Recorder::filling(const Buffer& destination, const Number& value) {
  RecordedCall call;
  call.program = program_number(fill_program());
  call.inputs = {recorded(&destination, covers_storage(destination))};
  Attribute& number = call.attributes.emplace_back();
  if (value.floating)
    number.set(value.real);
  else
    number.set(value.integer);
  add(std::move(call));
}

RecordedCall Recorder::summing(const Buffer& source, const Buffer& like) {
  RecordedCall call;
  call.program = program_number(sum_program());
  call.inputs = {recorded(&source), geometry(like)};
  return call;
}

Recorder::Result Recorder::finish(const Named& state, KernelSource& kernels, NotedKernels::ObjectCode code) {
  recording_ = false;
  std::vector<std::string> state_now;
  for (const auto& [name, buffer] : state) {
    if (!numbers_.contains(buffer->storage.get())) continue;  // no function uses it
    RecordedBuffer b = recorded(buffer);
    memory_[b.memory].named = true;
    result_.state.push_back({name, b});
    state_now.push_back(packed(*buffer));
  }
  for (size_t k = 0; k < memory_.size(); ++k)
    if (memory_[k].given || memory_[k].named || memory_[k].shared) result_.memory[k].kind = RecordedMemory::Kept;
  for (const RecordedFunction& f : result_.functions)
    for (const NamedBuffer& input : f.inputs) {
      RecordedMemory& m = result_.memory[input.buffer.memory];
      if (memory_[input.buffer.memory].shared) continue;
      m.kind = RecordedMemory::Input;
      m.content.clear();
    }

  StoredKernels stored;
  NotedKernels noted(kernels, std::move(code), stored);
  for (const auto& program : result_.programs) {
    for (Program::Step& step : program->steps) {
      if (auto* loops = std::get_if<LoopsInstruction>(&step.what)) loops->kernel = noted.number(loops->kernel);
      if (auto* launch = std::get_if<LaunchInstruction>(&step.what)) launch->handle = noted.number(launch->handle);
    }
    program->kernels = &noted;
    program->finish();
  }
  result_.check();
  Player player(result_);
  auto compare = [&](const std::string& got, const std::string& expected, const std::string& what) {
    if (got != expected)
      raise(ErrorKind::Runtime,
            "%s is not the same when what was recorded runs again: something wrote to memory that is no op of Taeda "
            "(NumPy, another library, a write to a pointer)",
            what.c_str());
  };
  for (size_t k = 0; k < result_.functions.size(); ++k) {
    const RecordedFunction& f = result_.functions[k];
    for (size_t i = 0; i < f.inputs.size(); ++i) player.write(f.inputs[i].buffer, expected_[k].inputs[i].data());
    player.run(f);
    for (size_t i = 0; i < f.outputs.size(); ++i) {
      const NamedBuffer& output = f.outputs[i];
      compare(player.read(output.buffer), expected_[k].outputs[i], "output '" + output.name + "' of '" + f.name + "'");
    }
  }
  for (size_t i = 0; i < result_.state.size(); ++i)
    compare(player.read(result_.state[i].buffer), state_now[i], "'" + result_.state[i].name + "'");
  for (const auto& program : result_.programs) program->kernels = nullptr;
  return {std::move(result_), std::move(stored)};
}

}  // namespace taeda
