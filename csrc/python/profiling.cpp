#include "python/profiling.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "core/watcher.h"
#include "python/runtime.h"
#include "tape/tape_internal.h"

namespace taeda {

bool profiling = false;
int32_t profiled_scope = 0;

namespace {

struct Label {
  std::string op;
  bool backward;
  Line line;
  int32_t scope;
};

struct Kernel {
  int64_t begin, end, bytes;
  const char* kind;
  int handle;  // of a kernel; -1: one of the executor's own
  std::vector<int> labels;
  long thread;
  int64_t allocated;       // bytes in use on the device when it had run
  std::vector<int> after;  // the kernels that made what it reads
};

struct Call {  // a Program that was run at once
  int64_t begin, end;
  int label;
  long thread;
};

int64_t bytes_of(const Buffer* b) { return b ? b->numel * itemsize(b->dtype) : 0; }

class Profile final : public ProgramWatcher {
 public:
  std::vector<Label> labels;
  std::vector<Kernel> kernels;
  std::vector<Call> calls;

  void running(std::span<const int> now, const std::vector<std::vector<int>>* origins) override {
    Running& running = here();
    running.labels.assign(now.begin(), now.end());
    running.joined = origins != nullptr;
    if (origins) running.origins = *origins;  // a copy: what runs next on this thread may outlive the plan
  }

  void ran(const Instruction& what, const Frame& f, int number, int64_t begin, int64_t end) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (auto* i = std::get_if<AllocInstruction>(&what)) {  // whatever had this storage's address before
      const Buffer* b = f.registers[i->reg];
      if (b && b->storage) maker_.erase(b->storage.get());
      return;
    }
    Kernel k{begin, end, 0, nullptr, -1, {}, static_cast<long>(PyThread_get_thread_ident()), 0, {}};
    std::vector<const Storage*> made;
    auto writes = [&](int reg) {
      const Buffer* b = f.registers[reg];
      k.bytes += bytes_of(b);
      if (b && b->storage) made.push_back(b->storage.get());
    };
    auto reads = [&](int reg) {
      const Buffer* b = f.registers[reg];
      k.bytes += bytes_of(b);
      if (!b || !b->storage) return;
      if (auto at = maker_.find(b->storage.get()); at != maker_.end()) {
        if (std::find(k.after.begin(), k.after.end(), at->second) == k.after.end()) k.after.push_back(at->second);
      } else if (std::holds_alternative<LaunchInstruction>(what)) {
        made.push_back(b->storage.get());  // a launch fills what nobody has filled yet, or reads what was there before
      }
    };
    if (auto* i = std::get_if<LoopsInstruction>(&what)) {
      k.kind = "loops";
      k.handle = i->kernel;
      for (int r : i->inputs) reads(r);
      for (const auto& o : i->outputs) writes(o.reg);
    } else if (auto* i = std::get_if<LaunchInstruction>(&what)) {
      k.kind = "launch";
      k.handle = i->handle;
      for (int r : i->operands) reads(r);
    } else if (auto* i = std::get_if<CopyInstruction>(&what)) {
      k.kind = "copy";
      reads(i->source);
      writes(i->destination);
    } else if (auto* i = std::get_if<FillInstruction>(&what)) {
      k.kind = "fill";
      writes(i->reg);
    } else if (auto* i = std::get_if<ContiguousInstruction>(&what)) {
      if (is_copy(f, i->reg, i->source)) k.kind = "copy", reads(i->source), writes(i->reg);
    } else if (auto* i = std::get_if<UpdateInstruction>(&what)) {
      if (is_copy(f, i->reg, i->source)) k.kind = "copy", reads(i->source), writes(i->reg);
    } else if (auto* i = std::get_if<ViewInstruction>(&what)) {
      if (is_copy(f, i->reg, i->source)) k.kind = "copy", reads(i->source), writes(i->reg);
    } else if (auto* i = std::get_if<SumToInstruction>(&what)) {
      if (is_copy(f, i->reg, i->source)) k.kind = "sum", reads(i->source), writes(i->reg);
    } else if (auto* i = std::get_if<JoinInstruction>(&what)) {
      k.kind = "join";
      for (int r : i->sources) reads(r);
      writes(i->reg);
    }
    if (!k.kind) return;
    const Running& running = here();
    auto comes_from = [&](int label) {
      if (label >= first_) k.labels.push_back(label - first_);
    };
    if (running.joined && static_cast<size_t>(number) < running.origins.size()) {
      for (int place : running.origins[static_cast<size_t>(number)])
        if (static_cast<size_t>(place) < running.labels.size()) comes_from(running.labels[static_cast<size_t>(place)]);
    } else {
      for (int label : running.labels) comes_from(label);
    }
    for (const Storage* storage : made) maker_[storage] = static_cast<int>(kernels.size());
    k.allocated = f.runtime->query().allocated;
    kernels.push_back(std::move(k));
  }

  int add(Label label) {
    std::lock_guard<std::mutex> lock(mutex_);
    labels.push_back(std::move(label));
    return next_++;
  }
  void add(Call call) {
    if (call.label < first_) return;
    call.label -= first_;
    std::lock_guard<std::mutex> lock(mutex_);
    calls.push_back(call);
  }

 private:
  // What may be a view of its source, or a copy of it.
  static bool is_copy(const Frame& f, int reg, int source) {
    const Buffer *to = f.registers[reg], *from = f.registers[source];
    return to && from && to->storage.get() != from->storage.get();
  }
  // What a thread runs, as a profile was told.
  struct Running {
    std::vector<int> labels;
    std::vector<std::vector<int>> origins;
    bool joined = false;
  };
  static Running& here() {
    static thread_local Running running;
    return running;
  }
  // Labels are numbered on from one profile to the next: calls that were noted down, or begun, before this one are
  // known by their numbers. In what is kept here the first label has the number 0.
  static inline int next_ = 0;
  const int first_ = next_;
  std::mutex mutex_;
  std::unordered_map<const Storage*, int> maker_;  // the last kernel that wrote to it
};

Profile* profile = nullptr;

Ref<> label_object(const Label& l) {
  Ref<> file = Ref<>::borrow(Py_None), function = Ref<>::borrow(Py_None);
  int line = 0;
  if (l.line.code && PyCode_Check(l.line.code.get())) {
    auto* code = reinterpret_cast<PyCodeObject*>(l.line.code.get());
    file = Ref<>::borrow(code->co_filename);
    function = Ref<>::borrow(code->co_name);
    line = PyCode_Addr2Line(code, l.line.instruction);
  }
  return checked(Py_BuildValue("(sOOiOi)", l.op.c_str(), l.backward ? Py_True : Py_False, file.get(), line,
                               function.get(), static_cast<int>(l.scope)));
}

template <class T, class F>
Ref<> list_of(const std::vector<T>& values, F&& item) {
  Ref<> list = checked(PyList_New(static_cast<Py_ssize_t>(values.size())));
  for (size_t k = 0; k < values.size(); ++k)
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(k), item(values[k]).release());
  return list;
}

PyObject* start_profile(PyObject*, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    if (profile) raise(PyExc_RuntimeError, "Profiler is already enabled");
    profile = new Profile;
    program_watcher = profile;
    profiling = true;
    profiled_scope = 0;
    Py_RETURN_NONE;
  });
}

PyObject* stop_profile(PyObject*, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    if (!profile) raise(PyExc_RuntimeError, "Profiler is not enabled");
    std::unique_ptr<Profile> done(std::exchange(profile, nullptr));
    program_watcher = nullptr;
    profiling = false;
    Ref<> labels = list_of(done->labels, label_object);
    Ref<> kernels = list_of(done->kernels, [](const Kernel& k) {
      Ref<> of = list_of(k.labels, [](int l) { return checked(PyLong_FromLong(l)); });
      std::string name = k.handle < 0 ? k.kind : kernel_name(k.handle);
      Ref<> after = list_of(k.after, [](int other) { return checked(PyLong_FromLong(other)); });
      return checked(Py_BuildValue("(LLLsOlLO)", static_cast<long long>(k.begin), static_cast<long long>(k.end),
                                   static_cast<long long>(k.bytes), name.c_str(), of.get(), k.thread,
                                   static_cast<long long>(k.allocated), after.get()));
    });
    Ref<> calls = list_of(done->calls, [](const Call& c) {
      return checked(
          Py_BuildValue("(LLil)", static_cast<long long>(c.begin), static_cast<long long>(c.end), c.label, c.thread));
    });
    return PyTuple_Pack(3, labels.get(), kernels.get(), calls.get());
  });
}

PyObject* set_profiled_scope(PyObject*, PyObject* number) {
  long scope = PyLong_AsLong(number);
  if (scope == -1 && PyErr_Occurred()) return nullptr;
  return PyLong_FromLong(std::exchange(profiled_scope, static_cast<int32_t>(scope)));
}

PyMethodDef functions[] = {
    {"start_profile", start_profile, METH_NOARGS, "Note the times of calls and kernels from here on."},
    {"stop_profile", stop_profile, METH_NOARGS,
     "What ran since start_profile(): labels (op, backward, file, line, function, scope); kernels (begin, end, bytes, "
     "name, labels, thread, allocated bytes, kernels whose results it reads) and calls (begin, end, label, thread), "
     "with times in nanoseconds."},
    {"set_profiled_scope", set_profiled_scope, METH_O,
     "Say which module runs from here on, by a number that labels will have; the one before."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

int label_of_call(const Compiled& compiled) {
  if (!profile) return -1;
  const Node* node = running_node();
  if (node && node->code)
    return profile->add({compiled.overload->display, true, {node->code, node->instruction}, node->scope});
  return profile->add({compiled.overload->display, node != nullptr, current_line(), node ? 0 : profiled_scope});
}

WatchedCall::WatchedCall(const Compiled& compiled) : label_(label_of_call(compiled)), begin_(nanoseconds()) {
  if (profile) profile->running({&label_, 1}, nullptr);
}

WatchedCall::~WatchedCall() {
  if (profile) profile->add({begin_, nanoseconds(), label_, static_cast<long>(PyThread_get_thread_ident())});
}

void add_profiling_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
