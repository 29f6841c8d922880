// Parsing of Program descriptions and their execution.
#include "core/program.h"

#include <algorithm>
#include <mutex>
#include <string_view>

#include "python/runtime.h"
#include "core/thread_pool.h"

namespace taeda {

// What instructions see while they run.
struct Frame {
  Ref<Tensor>* registers;
  const Attribute* attributes;
  // Results may be written to these tensors: pairs of register and tensor, for the last instruction.
  struct Target {
    int reg;
    Tensor* tensor;
  };
  const Target* targets = nullptr;
  int target_count = 0;       // 0 until the last instruction: an earlier write could destroy an input that is still needed
  int all_targets = 0;     // how many there are, for "update", which may come before the last instruction
  int tensor_count = 0;    // registers given by the caller
  int register_count = 0;

  Tensor& at(int reg) const {
    Tensor* t = registers[reg].get();
    if (TAEDA_UNLIKELY(!t)) raise(PyExc_SystemError, "a Program reads register %d, which is empty", reg);
    return *t;
  }
};

struct Executable : Instruction {
  virtual void run(Frame& f) const = 0;
  std::vector<int> frees;  // registers not needed after this instruction
};

namespace {

// ---- helpers of loops -------------------------------------------------------------------------------------------

// Strides of t for the broadcast shape: 0 where it is broadcast.
void broadcast_strides(const Tensor& t, const Dims& shape, int64_t* out) {
  int lead = shape.count - t.ndim;
  for (int i = 0; i < lead; ++i) out[i] = 0;
  for (int i = 0; i < t.ndim; ++i) out[lead + i] = t.sizes[i] == 1 && shape[lead + i] != 1 ? 0 : t.strides[i];
}

// The strides PyTorch gives to the result of a pointwise op: dimensions in the order of the inputs' strides.
Dims output_strides(const Dims& shape, const LoopOperand* inputs, Tensor* const* tensors, int count) {
  bool contiguous = true;
  for (int k = 0; k < count && contiguous; ++k)
    contiguous = !same_shape(*tensors[k], shape) || tensors[k]->is_contiguous();
  int n = shape.count;
  if (contiguous || n < 2) return contiguous_strides(shape);
  int order[MAX_DIMS];  // from the innermost
  for (int i = 0; i < n; ++i) order[i] = n - 1 - i;
  auto compare = [&](int a, int b) {  // 1: a must go outside of b, -1: inside, 0: no opinion
    for (int k = 0; k < count; ++k) {
      int64_t x = inputs[k].strides[a], y = inputs[k].strides[b];
      if (x == 0 || y == 0) continue;
      if (x < y) return -1;
      if (x > y) return 1;
      if (shape[a] > shape[b]) return 1;
    }
    return 0;
  };
  for (int i = 1; i < n; ++i) {
    int at = i;
    for (int j = i - 1; j >= 0; --j) {
      int c = compare(order[j], order[at]);
      if (c > 0) {
        std::swap(order[j], order[at]);
        at = j;
      } else if (c < 0) {
        break;
      }
    }
  }
  Dims strides = shape;
  int64_t next = 1;
  for (int i = 0; i < n; ++i) {
    strides[order[i]] = next;
    next *= std::max<int64_t>(shape[order[i]], 1);
  }
  return strides;
}

uint64_t scalar_bits(const Number& v) {
  uint64_t bits;
  if (v.floating) std::memcpy(&bits, &v.real, 8);
  else std::memcpy(&bits, &v.integer, 8);
  return bits;
}

Ref<Tensor> make_contiguous_copy(Tensor& t) {
  Ref<Tensor> out = empty(t.dtype, t.shape(), t.device);
  copy_into(*out, t);
  return out;
}

// A dense copy with the kept dimensions outside and the reduced ones inside, seen with t's own shape.
Ref<Tensor> copy_reduced_last(Tensor& t, const Dims& shape, uint32_t reduced) {
  int lead = shape.count - t.ndim;
  Dims strides = t.shape();
  int64_t next = 1;
  for (int pass = 0; pass < 2; ++pass)
    for (int d = t.ndim - 1; d >= 0; --d)
      if ((reduced >> (d + lead) & 1) == (pass == 0)) {
        strides[d] = next;
        next *= std::max<int64_t>(t.sizes[d], 1);
      }
  Ref<Tensor> out = empty_strided(t.dtype, t.shape(), strides, t.device);
  copy_into(*out, t);
  return out;
}

// How many separate ranges the reduced dimensions make, at most, over all operands.
int reduced_ranges(const Dims& shape, uint32_t reduced, const LoopOperand* operands, int count) {
  int ranges = 0, previous = -1;
  for (int d = 0; d < shape.count; ++d) {
    if (!(reduced >> d & 1) || shape[d] == 1) continue;
    bool joins = previous >= 0;
    for (int o = 0; o < count && joins; ++o) joins = operands[o].strides[previous] == operands[o].strides[d] * shape[d];
    if (!joins) ++ranges;
    previous = d;
  }
  return ranges;
}

}  // namespace

// ---- instructions -----------------------------------------------------------------------------------------------

struct LoopsInstruction final : Executable {
  LoopKernel* kernel;
  std::vector<int> inputs;
  struct Output {
    bool fresh;
    int reg;
    DType dtype;
    bool row;
  };
  std::vector<Output> outputs;
  std::vector<Expression> scalars;
  bool reduces = false, keepdim = false;
  std::vector<int> reduced;

  void run(Frame& f) const override {
    Tensor* tensors[MAX_OPERANDS];
    Ref<Tensor> copies[MAX_OPERANDS];
    LoopOperand operands[MAX_OPERANDS];
    int n = static_cast<int>(inputs.size()), m = static_cast<int>(outputs.size());
    Dims shape;
    for (int k = 0; k < n; ++k) {
      Tensor& t = f.at(inputs[k]);
      if (TAEDA_UNLIKELY(!t.storage)) raise(PyExc_NotImplementedError, "this tensor has a shape but no data (device 'meta')");
      tensors[k] = &t;
      if (k == 0) shape = t.shape();
      else if (!same_shape(t, shape)) shape = broadcast_shapes(shape, t.shape());
    }
    for (int k = 0; k < m && n == 0; ++k)
      if (!outputs[k].fresh) shape = f.at(outputs[k].reg).shape();
    uint32_t mask = 0;
    for (int d : reduced) {
      if (d >= shape.count) raise(PyExc_SystemError, "a Program reduces dimension %d of %d", d, shape.count);
      mask |= 1u << d;
    }
    for (int k = 0; k < n; ++k) {
      operands[k].data = tensors[k]->data();
      operands[k].dtype = tensors[k]->dtype;
      operands[k].output = false;
      broadcast_strides(*tensors[k], shape, operands[k].strides);
    }
    if (mask && reduced_ranges(shape, mask, operands, n) > 2) {
      for (int k = 0; k < n; ++k) {
        copies[k] = copy_reduced_last(*tensors[k], shape, mask);
        tensors[k] = copies[k].get();
        operands[k].data = tensors[k]->data();
        broadcast_strides(*tensors[k], shape, operands[k].strides);
      }
      if (reduced_ranges(shape, mask, operands, n) > 2)
        raise(PyExc_NotImplementedError, "a reduction of broadcast operands over more than two separate ranges of dimensions");
    }
    // The device of a result is that of the first input.
    for (int k = 0; k < m; ++k) {
      const Output& o = outputs[k];
      LoopOperand& to = operands[n + k];
      Dims sizes = shape;
      if (o.row) {
        sizes.count = 0;
        for (int d = 0; d < shape.count; ++d) {
          if (!(mask >> d & 1)) sizes.push(shape[d]);
          else if (keepdim) sizes.push(1);
        }
      }
      Tensor* out = nullptr;
      if (o.fresh) {
        for (int t = 0; t < f.target_count; ++t) {
          Tensor* target = f.targets[t].tensor;
          if (f.targets[t].reg == o.reg && target->dtype == o.dtype && same_shape(*target, sizes)) {
            f.registers[o.reg] = Ref<Tensor>::borrow(target);
            out = target;
          }
        }
        if (!out) {
          Device device = n ? tensors[0]->device : Device{};
          if (o.row || shape.count < 2) f.registers[o.reg] = empty(o.dtype, sizes, device);
          else f.registers[o.reg] = empty_strided(o.dtype, sizes, output_strides(shape, operands, tensors, n), device);
          out = f.registers[o.reg].get();
        }
      } else {
        out = &f.at(o.reg);
        if (!same_shape(*out, sizes))
          raise(PyExc_RuntimeError, "output with shape %s doesn't match the broadcast shape %s", shape_text(*out).at, dims_text(sizes).at);
      }
      if (TAEDA_UNLIKELY(!out->storage)) raise(PyExc_NotImplementedError, "this tensor has a shape but no data (device 'meta')");
      to.data = out->data();
      to.dtype = out->dtype;
      to.output = true;
      if (!o.row) {
        broadcast_strides(*out, shape, to.strides);
      } else {
        for (int d = 0, at = 0; d < shape.count; ++d) {
          bool gone = mask >> d & 1;
          to.strides[d] = gone ? 0 : out->strides[at];
          if (!gone || keepdim) ++at;
        }
      }
    }
    uint64_t bits[MAX_OPERANDS];
    for (size_t k = 0; k < scalars.size(); ++k) bits[k] = scalar_bits(scalars[k].evaluate(f.registers, f.attributes));
    run_loops(*kernel, shape, reduces, mask, operands, n + m, bits, m);
  }
};

namespace {

struct Fault {
  int64_t code;
  PyObject* exception;  // borrowed: a builtin class
  std::string message;
};

// An index out of bounds where PyTorch raises a RuntimeError: both, so that a program that expects either works.
PyObject* index_or_runtime_error() {
  static PyObject* type = nullptr;
  if (!type) {
    Ref<> bases = checked(PyTuple_Pack(2, PyExc_IndexError, PyExc_RuntimeError));
    type = checked(PyErr_NewExceptionWithDoc("taeda.IndexError", "An index is out of bounds.", bases.get(), nullptr)).release();
  }
  return type;
}

PyObject* exception_by_name(const char* name) {
  if (std::string_view(name) == "IndexError RuntimeError") return index_or_runtime_error();
  static constexpr struct {
    const char* name;
    PyObject** type;
  } KNOWN[] = {{"IndexError", &PyExc_IndexError},     {"RuntimeError", &PyExc_RuntimeError}, {"ValueError", &PyExc_ValueError},
               {"TypeError", &PyExc_TypeError},       {"NotImplementedError", &PyExc_NotImplementedError},
               {"OverflowError", &PyExc_OverflowError}, {"ZeroDivisionError", &PyExc_ZeroDivisionError}};
  for (const auto& k : KNOWN)
    if (std::string_view(k.name) == name) return *k.type;
  raise(PyExc_ValueError, "a Program cannot raise %s", name);
}

// "{0} is out of bounds" with the numbers put in.
[[noreturn]] void raise_formatted(PyObject* exception, const std::string& message, const Number* values, int count) {
  std::string text;
  for (size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '{' && i + 2 < message.size() && message[i + 2] == '}' && message[i + 1] >= '0' && message[i + 1] < '0' + count) {
      const Number& v = values[message[i + 1] - '0'];
      char digits[40];
      if (v.floating) snprintf(digits, sizeof digits, "%g", v.real);
      else snprintf(digits, sizeof digits, "%lld", static_cast<long long>(v.integer));
      text += digits;
      i += 2;
    } else {
      text += message[i];
    }
  }
  PyErr_SetString(exception, text.c_str());
  throw PythonError();
}

struct LaunchContext {
  Kernel kernel;
  char* const* data;
  const int64_t* integers;
  const uint64_t* scalars;
  int64_t scratch;
  std::mutex mutex;
  int64_t fault_begin = INT64_MAX;
  int64_t fault[FAULT_WORDS];
};

int64_t launch_piece(void* context, int64_t begin, int64_t end) {
  auto& c = *static_cast<LaunchContext*>(context);
  char* scratch = nullptr;
  if (c.scratch > 0 && !(scratch = thread_scratch(c.scratch))) return -1;
  int64_t fault[FAULT_WORDS] = {};
  KernelArguments a{c.data, c.integers, c.scalars, scratch, fault};
  int64_t code = c.kernel(&a, begin, end);
  if (TAEDA_UNLIKELY(code != 0)) {
    std::lock_guard<std::mutex> lock(c.mutex);
    if (begin < c.fault_begin) {
      c.fault_begin = begin;
      std::memcpy(c.fault, fault, sizeof fault);
    }
  }
  return code;
}

struct LaunchInstruction final : Executable {
  int handle;
  mutable Kernel kernel = nullptr;
  std::vector<int> operands;
  std::vector<Expression> integers, scalars;
  Expression work, grain, scratch;
  std::vector<Fault> faults;

  void run(Frame& f) const override {
    char* data[MAX_OPERANDS];
    int64_t numbers[128];
    uint64_t bits[32];
    LaunchContext c;
    int64_t items = work.integer(f.registers, f.attributes);
    if (items <= 0) return;
    for (size_t k = 0; k < operands.size(); ++k) {
      const Tensor* t = f.registers[operands[k]].get();
      if (TAEDA_UNLIKELY(t && !t->storage)) raise(PyExc_NotImplementedError, "this tensor has a shape but no data (device 'meta')");
      data[k] = t ? t->data() : nullptr;
    }
    for (size_t k = 0; k < integers.size(); ++k) numbers[k] = integers[k].integer(f.registers, f.attributes);
    for (size_t k = 0; k < scalars.size(); ++k) bits[k] = scalar_bits(scalars[k].evaluate(f.registers, f.attributes));
    if (!kernel) kernel = template_kernel(handle);
    c.kernel = kernel;
    c.data = data;
    c.integers = numbers;
    c.scalars = bits;
    c.scratch = scratch.integer(f.registers, f.attributes);
    int64_t step = std::max<int64_t>(1, grain.integer(f.registers, f.attributes)), code;
    if (items <= step) {
      code = launch_piece(&c, 0, items);
    } else {
      Py_BEGIN_ALLOW_THREADS
      code = parallel_for(items, step, launch_piece, &c);
      Py_END_ALLOW_THREADS
    }
    if (TAEDA_UNLIKELY(code != 0)) fail(code, c);
  }

  [[noreturn]] void fail(int64_t code, const LaunchContext& c) const {
    if (code == -1) {
      PyErr_NoMemory();
      throw PythonError();
    }
    Number words[FAULT_WORDS];
    for (int k = 0; k < FAULT_WORDS; ++k) words[k] = {false, c.fault[k], 0.0};
    for (const Fault& fault : faults)
      if (fault.code == code) raise_formatted(fault.exception, fault.message, words, FAULT_WORDS);
    raise(PyExc_SystemError, "a kernel returned the fault code %lld, which its launch does not explain", (long long)code);
  }
};

struct AllocInstruction final : Executable {
  int reg;
  DType dtype;
  std::vector<Expression> shape;
  void run(Frame& f) const override {
    Dims sizes;
    for (const Expression& e : shape) sizes.push(e.integer(f.registers, f.attributes));
    for (int t = 0; t < f.target_count; ++t)
      if (f.targets[t].reg == reg && f.targets[t].tensor->dtype == dtype && same_shape(*f.targets[t].tensor, sizes)) {
        f.registers[reg] = Ref<Tensor>::borrow(f.targets[t].tensor);
        return;
      }
    f.registers[reg] = empty(dtype, sizes);
  }
};

struct ViewInstruction final : Executable {
  ViewKind kind;
  int reg, source, like = -1;
  std::vector<Expression> arguments;
  void run(Frame& f) const override {
    int64_t values[2 * MAX_DIMS + 4];
    int count = 0;
    for (const Expression& e : arguments) values[count++] = e.integer(f.registers, f.attributes);
    Tensor& t = f.at(source);
    Geometry g;
    if (view_geometry(kind, t, values, count, like >= 0 ? &f.at(like) : nullptr, &g)) {
      f.registers[reg] = alias(t, g.sizes, g.strides, g.offset);
    } else {
      Ref<Tensor> copy = make_contiguous_copy(t);
      f.registers[reg] = alias(*copy, g.sizes, contiguous_strides(g.sizes), 0);
    }
  }
};

enum class Simple : uint8_t { Contiguous, SumTo, Copy, Alias };

// A tensor to be written to that starts as `source`. Where nobody can tell, that is no copy: `source` itself if the result
// is to be written to it (an in-place call), or if it was made in this Program and is not needed after. Otherwise a copy.
struct UpdateInstruction final : Executable {
  int reg, source;
  bool source_ends_here() const { return std::find(frees.begin(), frees.end(), source) != frees.end(); }
  // Whether another register shows the same memory.
  bool shared(const Frame& f, const Tensor& t) const {
    for (int r = 0; r < f.register_count; ++r)
      if (r != source && f.registers[r] && f.registers[r]->storage.get() == t.storage.get()) return true;
    return false;
  }
  void run(Frame& f) const override {
    Tensor& t = f.at(source);
    if (source_ends_here() && t.storage && !shared(f, t)) {
      bool in_place = false;
      for (int k = 0; k < f.all_targets; ++k) in_place |= f.targets[k].reg == reg && f.targets[k].tensor == &t;
      bool own = source >= f.tensor_count && t.ob_base.ob_refcnt == 1 && t.is_contiguous() && t.storage->references() == 1;
      if (in_place || own) {
        f.registers[reg] = Ref<Tensor>::borrow(&t);
        return;
      }
    }
    f.registers[reg] = make_contiguous_copy(t);
  }
};

// The bits of a tensor as another dtype; of another size only where the last dimension is dense and divisible.
struct ViewDtypeInstruction final : Executable {
  int reg, source;
  DType dtype;
  void run(Frame& f) const override {
    Tensor& t = f.at(source);
    Dims sizes = t.shape(), strides(t.strides, t.ndim);
    int from = itemsize(t.dtype), to = itemsize(dtype);
    int64_t offset = t.offset;
    if (from != to) {
      if (t.ndim == 0)
        raise(PyExc_RuntimeError, "self.dim() cannot be 0 to view %s as %s (different element sizes)", info(t.dtype).name, info(dtype).name);
      int last = t.ndim - 1;
      if (strides[last] != 1 && t.numel)
        raise(PyExc_RuntimeError, "self.stride(-1) must be 1 to view %s as %s (different element sizes), but got %lld", info(t.dtype).name,
              info(dtype).name, (long long)strides[last]);
      auto scaled = [&](int64_t n, const char* what) {
        if (n * from % to != 0)
          raise(PyExc_RuntimeError, "%s must be divisible by %d to view %s as %s (different element sizes), but got %lld", what, to / from,
                info(t.dtype).name, info(dtype).name, (long long)n);
        return n * from / to;
      };
      sizes[last] = scaled(sizes[last], "self.size(-1)");
      offset = scaled(offset, "self.storage_offset()");
      for (int i = 0; i < last; ++i) strides[i] = scaled(strides[i], "self.stride()");
    }
    f.registers[reg] = from_storage(t.storage, dtype, sizes, strides, offset);
  }
};

struct SimpleInstruction final : Executable {
  Simple what;
  int a, b, c = -1;
  void run(Frame& f) const override {
    switch (what) {
      case Simple::Contiguous: f.registers[a] = contiguous(f.at(b)); break;
      case Simple::SumTo: f.registers[a] = sum_to_shape(f.at(b), f.at(c)); break;
      case Simple::Copy: copy_into(f.at(a), f.at(b)); break;
      case Simple::Alias: f.registers[a] = Ref<Tensor>::borrow(&f.at(b)); break;
    }
  }
};

struct FillInstruction final : Executable {
  int reg;
  Expression value;
  void run(Frame& f) const override { fill_with(f.at(reg), value.evaluate(f.registers, f.attributes)); }
};

struct CheckInstruction final : Executable {
  Expression condition;
  PyObject* exception;
  std::string message;
  std::vector<Expression> values;
  void run(Frame& f) const override {
    if (condition.evaluate(f.registers, f.attributes).real != 0) return;
    Number numbers[10];
    int count = 0;
    for (const Expression& e : values) numbers[count++] = e.evaluate(f.registers, f.attributes);
    raise_formatted(exception, message, numbers, count);
  }
};

// ---- parsing ----------------------------------------------------------------------------------------------------

PyObject* field(PyObject* d, const char* name) {
  PyObject* v = PyDict_GetItemString(d, name);
  if (!v) raise(PyExc_ValueError, "the description of a Program lacks %s", name);
  return v;
}

int parse_int(PyObject* o) {
  long v = PyLong_AsLong(o);
  if (v == -1 && PyErr_Occurred()) throw PythonError();
  return static_cast<int>(v);
}

DType parse_dtype(PyObject* o) {
  const char* name = PyUnicode_Check(o) ? PyUnicode_AsUTF8(o) : nullptr;
  DType d;
  if (!name || !dtype_from_name(name, &d)) raise(PyExc_ValueError, "not a dtype in the description of a Program: %R", o);
  return d;
}

}  // namespace

struct ProgramParser {
  Program& program;
  std::vector<int> last_use;  // instruction that uses a register last
  int current = 0;

  int reg(PyObject* o) {
    int r = parse_int(o);
    if (r < 0 || r >= program.register_count) raise(PyExc_ValueError, "register %d of a Program of %d", r, program.register_count);
    last_use[r] = current;
    return r;
  }

  void note(PyObject* o) {  // registers used by an expression
    if (!PyTuple_Check(o) || PyTuple_GET_SIZE(o) < 2) return;
    PyObject* name = PyTuple_GET_ITEM(o, 0);
    if (PyUnicode_Check(name)) {
      std::string_view n = PyUnicode_AsUTF8(name);
      if (n == "size" || n == "stride" || n == "numel" || n == "offset" || n == "read") {
        reg(PyTuple_GET_ITEM(o, 1));
        return;
      }
      if (n == "attribute" || n == "item") {
        int k = parse_int(PyTuple_GET_ITEM(o, 1));
        if (k < 0 || k >= program.attribute_count) raise(PyExc_ValueError, "attribute %d of a Program of %d", k, program.attribute_count);
        return;
      }
    }
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(o); ++i) note(PyTuple_GET_ITEM(o, i));
  }

  Expression expression(PyObject* o) {
    note(o);
    return Expression::parse(o);
  }

  std::vector<Expression> expressions(PyObject* o) {
    Ref<> list = checked(PySequence_Fast(o, "expected a list of expressions"));
    std::vector<Expression> out;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) out.push_back(expression(PySequence_Fast_GET_ITEM(list.get(), i)));
    return out;
  }

  std::vector<int> regs(PyObject* o) {
    Ref<> list = checked(PySequence_Fast(o, "expected a list of registers"));
    std::vector<int> out;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) out.push_back(reg(PySequence_Fast_GET_ITEM(list.get(), i)));
    return out;
  }

  std::unique_ptr<Executable> instruction(PyObject* o) {
    if (!PyTuple_Check(o) || PyTuple_GET_SIZE(o) < 2) raise(PyExc_ValueError, "not an instruction: %R", o);
    Py_ssize_t size = PyTuple_GET_SIZE(o);
    auto at = [&](Py_ssize_t i) {
      if (i >= size) raise(PyExc_ValueError, "an instruction is too short: %R", o);
      return PyTuple_GET_ITEM(o, i);
    };
    std::string_view name = PyUnicode_Check(at(0)) ? PyUnicode_AsUTF8(at(0)) : "";
    std::unique_ptr<Executable> result;
    Py_ssize_t when = -1;
    if (name == "alloc") {
      auto i = std::make_unique<AllocInstruction>();
      i->reg = reg(at(1));
      i->dtype = parse_dtype(at(2));
      i->shape = expressions(at(3));
      when = 4;
      result = std::move(i);
    } else if (name == "loops") {
      result = loops(at);
      when = 7;
    } else if (name == "launch") {
      result = launch(at);
      when = 9;
    } else if (name == "view_dtype") {
      auto i = std::make_unique<ViewDtypeInstruction>();
      i->reg = reg(at(1));
      i->source = reg(at(2));
      i->dtype = parse_dtype(at(3));
      when = 4;
      result = std::move(i);
    } else if (name == "view") {
      auto i = std::make_unique<ViewInstruction>();
      if (!PyUnicode_Check(at(1)) || !view_kind_from_name(PyUnicode_AsUTF8(at(1)), &i->kind)) raise(PyExc_ValueError, "no view of kind %R", at(1));
      i->reg = reg(at(2));
      i->source = reg(at(3));
      if (i->kind == ViewKind::ExpandAs || i->kind == ViewKind::ReshapeAs) {
        i->like = regs(at(4)).at(0);
      } else {
        i->arguments = view_arguments(at(4));
        if (i->arguments.size() > 2 * MAX_DIMS + 4) raise(PyExc_NotImplementedError, "tensors of more than %d dimensions", MAX_DIMS);
      }
      when = 5;
      result = std::move(i);
    } else if (name == "contiguous" || name == "alias" || name == "copy" || name == "sum_to") {
      auto i = std::make_unique<SimpleInstruction>();
      i->what = name == "contiguous" ? Simple::Contiguous : name == "alias" ? Simple::Alias : name == "copy" ? Simple::Copy : Simple::SumTo;
      i->a = reg(at(1));
      i->b = reg(at(2));
      if (i->what == Simple::SumTo) i->c = reg(at(3));
      when = i->what == Simple::SumTo ? 4 : 3;
      result = std::move(i);
    } else if (name == "update") {
      auto i = std::make_unique<UpdateInstruction>();
      i->reg = reg(at(1));
      i->source = reg(at(2));
      when = 3;
      result = std::move(i);
    } else if (name == "fill") {
      auto i = std::make_unique<FillInstruction>();
      i->reg = reg(at(1));
      i->value = expression(at(2));
      when = 3;
      result = std::move(i);
    } else if (name == "check") {
      auto i = std::make_unique<CheckInstruction>();
      i->condition = expression(at(1));
      i->exception = exception_by_name(PyUnicode_AsUTF8(at(2)));
      i->message = PyUnicode_AsUTF8(at(3));
      i->values = expressions(at(4));
      if (i->values.size() > 10) raise(PyExc_ValueError, "a check has too many numbers");
      when = 5;
      result = std::move(i);
    } else {
      raise(PyExc_ValueError, "no such instruction: %R", at(0));
    }
    if (when < size && at(when) != Py_None) result->when = std::make_unique<Expression>(expression(at(when)));
    return result;
  }

  // as_strided takes (sizes, strides, offset); the others a flat list. Nested lists are flattened, as_strided's with a count.
  std::vector<Expression> view_arguments(PyObject* o) {
    std::vector<Expression> out;
    Ref<> list = checked(PySequence_Fast(o, "expected the arguments of a view"));
    bool nested = PySequence_Fast_GET_SIZE(list.get()) == 3 && is_list(PySequence_Fast_GET_ITEM(list.get(), 0)) &&
                  is_list(PySequence_Fast_GET_ITEM(list.get(), 1));
    if (nested) {
      auto sizes = expressions(PySequence_Fast_GET_ITEM(list.get(), 0)), strides = expressions(PySequence_Fast_GET_ITEM(list.get(), 1));
      Ref<> n = checked(PyLong_FromSize_t(sizes.size()));
      out.push_back(Expression::parse(n.get()));
      for (auto& e : sizes) out.push_back(std::move(e));
      for (auto& e : strides) out.push_back(std::move(e));
      out.push_back(expression(PySequence_Fast_GET_ITEM(list.get(), 2)));
      return out;
    }
    return expressions(o);
  }

  // A list, or a tuple that is no expression.
  static bool is_list(PyObject* o) {
    if (PyList_Check(o)) return true;
    return PyTuple_Check(o) && (PyTuple_GET_SIZE(o) == 0 || !PyUnicode_Check(PyTuple_GET_ITEM(o, 0)));
  }

  template <class At>
  std::unique_ptr<Executable> loops(const At& at) {
    auto i = std::make_unique<LoopsInstruction>();
    i->kernel = loop_kernel(parse_int(at(1)));
    i->inputs = regs(at(2));
    Ref<> outputs = checked(PySequence_Fast(at(3), "outputs"));
    i->scalars = expressions(at(4));
    if (at(5) != Py_None) {
      i->reduces = true;
      Ref<> dims = checked(PySequence_Fast(at(5), "reduced"));
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(dims.get()); ++k) {
        int d = parse_int(PySequence_Fast_GET_ITEM(dims.get(), k));
        if (d < 0 || d >= MAX_DIMS) raise(PyExc_ValueError, "a Program reduces dimension %d", d);
        i->reduced.push_back(d);
      }
    }
    i->keepdim = PyObject_IsTrue(at(6)) == 1;
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(outputs.get()); ++k) {
      PyObject* t = PySequence_Fast_GET_ITEM(outputs.get(), k);
      if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) < 2) raise(PyExc_ValueError, "not an output of loops: %R", t);
      std::string_view how = PyUnicode_AsUTF8(PyTuple_GET_ITEM(t, 0));
      LoopsInstruction::Output o{how == "new", reg(PyTuple_GET_ITEM(t, 1)), DType::Float32, false};
      if (o.fresh) o.dtype = parse_dtype(PyTuple_GET_ITEM(t, 2));
      Py_ssize_t role = o.fresh ? 3 : 2;
      if (PyTuple_GET_SIZE(t) > role) o.row = std::string_view(PyUnicode_AsUTF8(PyTuple_GET_ITEM(t, role))) == "row";
      i->outputs.push_back(o);
    }
    if (i->inputs.size() + i->outputs.size() > MAX_OPERANDS || i->scalars.size() > MAX_OPERANDS)
      raise(PyExc_NotImplementedError, "a kernel of more than %d operands", MAX_OPERANDS);
    return i;
  }

  template <class At>
  std::unique_ptr<Executable> launch(const At& at) {
    auto i = std::make_unique<LaunchInstruction>();
    i->handle = parse_int(at(1));
    i->operands = regs(at(2));
    i->integers = expressions(at(3));
    i->scalars = expressions(at(4));
    i->work = expression(at(5));
    i->grain = expression(at(6));
    i->scratch = expression(at(7));
    Ref<> faults = checked(PySequence_Fast(at(8), "faults"));
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(faults.get()); ++k) {
      PyObject* t = PySequence_Fast_GET_ITEM(faults.get(), k);
      int code;
      const char *exception, *message;
      if (!PyTuple_Check(t) || !PyArg_ParseTuple(t, "iss", &code, &exception, &message)) raise(PyExc_ValueError, "not a fault: %R", t);
      i->faults.push_back({code, exception_by_name(exception), message});
    }
    if (i->operands.size() > MAX_OPERANDS || i->integers.size() > 128 || i->scalars.size() > 32)
      raise(PyExc_NotImplementedError, "a launch of %d operands, %d integers, %d scalars", static_cast<int>(i->operands.size()),
            static_cast<int>(i->integers.size()), static_cast<int>(i->scalars.size()));
    return i;
  }
};

std::unique_ptr<Program> Program::parse(PyObject* d) {
  if (!PyDict_Check(d)) raise(PyExc_ValueError, "the description of a Program must be a dict, not %s", Py_TYPE(d)->tp_name);
  std::unique_ptr<Program> p(new Program);
  p->tensor_count = parse_int(field(d, "tensors"));
  p->attribute_count = parse_int(field(d, "attributes"));
  p->register_count = parse_int(field(d, "registers"));
  if (p->tensor_count < 0 || p->register_count < p->tensor_count) raise(PyExc_ValueError, "a Program has fewer registers than tensors");
  ProgramParser parser{*p, std::vector<int>(p->register_count, -1)};
  Ref<> list = checked(PySequence_Fast(field(d, "instructions"), "instructions"));
  std::vector<std::unique_ptr<Executable>> parsed;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
    parser.current = static_cast<int>(i);
    parsed.push_back(parser.instruction(PySequence_Fast_GET_ITEM(list.get(), i)));
  }
  parser.current = static_cast<int>(parsed.size());
  p->outputs = parser.regs(field(d, "outputs"));
  for (int r = 0; r < p->register_count; ++r) {
    int last = parser.last_use[r];
    if (last < 0 || last >= static_cast<int>(parsed.size())) continue;
    if (last + 1 < static_cast<int>(parsed.size())) parsed[last]->frees.push_back(r);
  }
  if (parsed.size() == 1 && !parsed[0]->when) p->only_loops_ = dynamic_cast<LoopsInstruction*>(parsed[0].get());
  for (auto& i : parsed) p->instructions_.push_back(std::move(i));
  return p;
}

Program::~Program() = default;

void Program::run(std::span<Tensor* const> tensors, std::span<const Attribute> attributes, std::span<Ref<Tensor>> results,
                  std::span<Tensor* const> into) const {
  constexpr int SMALL = 24;
  Ref<Tensor> small[SMALL];
  std::vector<Ref<Tensor>> large;
  Ref<Tensor>* registers = small;
  if (register_count > SMALL) {
    large.resize(register_count);
    registers = large.data();
  }
  if (static_cast<int>(tensors.size()) != tensor_count || static_cast<int>(attributes.size()) != attribute_count)
    raise(PyExc_SystemError, "a Program of %d tensors and %d attributes was given %d and %d", tensor_count, attribute_count,
          static_cast<int>(tensors.size()), static_cast<int>(attributes.size()));
  for (int k = 0; k < tensor_count; ++k)
    if (tensors[k]) registers[k] = Ref<Tensor>::borrow(tensors[k]);
  Frame f{registers, attributes.data()};
  Frame::Target targets[8];
  int target_count = 0;
  for (size_t k = 0; k < into.size() && k < 8; ++k)
    if (into[k]) targets[target_count++] = {outputs[k], into[k]};
  f.targets = targets;
  f.all_targets = target_count;
  f.tensor_count = tensor_count;
  f.register_count = register_count;
  if (only_loops_) {
    f.target_count = target_count;
    only_loops_->run(f);
  } else {
    size_t n = instructions_.size();
    for (size_t k = 0; k < n; ++k) {
      const Executable& i = *static_cast<const Executable*>(instructions_[k].get());
      if (k + 1 == n) f.target_count = target_count;
      if (i.when && i.when->evaluate(registers, f.attributes).real == 0) continue;
      i.run(f);
      for (int r : i.frees) registers[r] = nullptr;
    }
  }
  for (size_t k = 0; k < outputs.size() && k < results.size(); ++k) results[k] = registers[outputs[k]];
}

// ---- kernels of general use ---------------------------------------------------------------------------------------

void copy_into(Tensor& destination, Tensor& source) {
  if (!destination.storage || !source.storage) raise(PyExc_NotImplementedError, "this tensor has a shape but no data (device 'meta')");
  Dims shape = destination.shape();
  Geometry g;
  int64_t sizes[MAX_DIMS];
  std::copy(shape.begin(), shape.end(), sizes);
  view_geometry(ViewKind::Expand, source, sizes, shape.count, nullptr, &g);
  if (destination.numel == 0) return;
  LoopOperand operands[2];
  operands[0] = {source.data(), source.dtype, false, {}};
  operands[1] = {destination.data(), destination.dtype, true, {}};
  for (int i = 0; i < shape.count; ++i) {
    operands[0].strides[i] = shape[i] == 1 ? 0 : g.strides[i];
    operands[1].strides[i] = destination.strides[i];
  }
  run_loops(*loop_kernel(copy_kernel(source.dtype, destination.dtype)), shape, false, 0, operands, 2, nullptr, 1);
}

Ref<Tensor> contiguous(Tensor& t) { return t.is_contiguous() ? Ref<Tensor>::borrow(&t) : make_contiguous_copy(t); }

void fill_with(Tensor& destination, const Number& value) {
  if (destination.numel == 0) return;
  if (!destination.storage) raise(PyExc_NotImplementedError, "this tensor has a shape but no data (device 'meta')");
  Number v = value;
  const DTypeInfo& d = info(destination.dtype);
  if (d.floating && !v.floating) v = {true, v.integer, static_cast<double>(v.integer)};
  if (!d.floating && v.floating) v = {false, destination.dtype == DType::Bool ? v.real != 0 : v.integer, v.real};
  uint64_t bits = scalar_bits(v);
  LoopOperand operand{destination.data(), destination.dtype, true, {}};
  std::copy(destination.strides, destination.strides + destination.ndim, operand.strides);
  run_loops(*loop_kernel(fill_kernel(destination.dtype)), destination.shape(), false, 0, &operand, 1, &bits, 1);
}

Ref<Tensor> sum_to_shape(Tensor& t, const Tensor& like) {
  if (same_shape(t, like.shape())) return Ref<Tensor>::borrow(&t);
  if (!t.storage) raise(PyExc_NotImplementedError, "this tensor has a shape but no data (device 'meta')");
  int lead = t.ndim - like.ndim;
  if (lead < 0) raise(PyExc_RuntimeError, "cannot sum a gradient of shape %s to shape %s", shape_text(t).at, shape_text(like).at);
  LoopOperand operands[2];
  operands[0] = {t.data(), t.dtype, false, {}};
  Dims sizes = like.shape();
  Ref<Tensor> out = empty(t.dtype, sizes, t.device);
  operands[1] = {out->data(), t.dtype, true, {}};
  uint32_t mask = 0;
  for (int d = 0; d < t.ndim; ++d) {
    operands[0].strides[d] = t.strides[d];
    int at = d - lead;
    bool gone = at < 0 || (like.sizes[at] == 1 && t.sizes[d] != 1);
    if (!gone && like.sizes[at] != t.sizes[d])
      raise(PyExc_RuntimeError, "cannot sum a gradient of shape %s to shape %s", shape_text(t).at, shape_text(like).at);
    if (gone) mask |= 1u << d;
    operands[1].strides[d] = gone ? 0 : out->strides[at];
  }
  Ref<Tensor> copy;
  if (reduced_ranges(t.shape(), mask, operands, 1) > 2) {
    copy = copy_reduced_last(t, t.shape(), mask);
    operands[0].data = copy->data();
    std::copy(copy->strides, copy->strides + copy->ndim, operands[0].strides);
  }
  run_loops(*loop_kernel(sum_kernel(t.dtype)), t.shape(), true, mask, operands, 2, nullptr, 1);
  return out;
}

}  // namespace taeda
