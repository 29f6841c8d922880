// The instructions of a Program. Each is plain data and says two things:
//
//   infer     the sizes, strides, dtype, device and storage of its results. Touches no memory; a result that is not a
//   view
//             gets a storage without any.
//   execute   does the work: gives results their memory, and fills it. Comes right after infer on the same frame.
//
// On the device "meta" only the first happens. What an instruction says about memory is where a result lives: in the
// storage of an input (a view of it), or in one of its own.
#pragma once
#include <memory>
#include <variant>

#include "core/calculation.h"
#include "core/device_runtime.h"
#include "core/expression.h"
#include "core/views.h"

namespace taeda {

struct LoopsPlan;
class LaunchCollection;

// What one instruction may have; parsing refuses more.
inline constexpr int MAX_LAUNCH_INTEGERS = 128, MAX_LAUNCH_SCALARS = 32, MAX_CHECK_NUMBERS = 10;
inline constexpr int MAX_VIEW_ARGUMENTS = 2 * MAX_DIMS + 4;

// Who is told which inputs are not needed any more: their memory may be given back while the rest runs.
class InputsEnd {
 public:
  virtual void ends(int input) = 0;
  // Whether nobody else has the memory of an input that ends with this step, so that a result may be made in it. If so
  // it is counted as lost.
  virtual bool gives(int input) = 0;

 protected:
  ~InputsEnd() = default;
};

// What instructions see while they run.
struct Frame {
  const Buffer** registers;  // null: empty
  Buffer* const* places;     // where each register is made that is no input
  int16_t* origins;          // number of the input whose storage a register has, or -1
  const Attribute* attributes;
  Device device;           // of the results
  DeviceRuntime* runtime;  // of that device
  KernelSource* kernels;
  LoopsPlan* plan;                         // what `infer` of loops leaves for `execute`
  LaunchCollection* collection = nullptr;  // where loops may be put to run later
  // Results may be written to these buffers of the caller, by the last instruction: an earlier write could destroy an
  // input that is still needed. "update" may take its own at once.
  struct Target {
    int reg;
    Buffer* buffer;
  };
  const Target* targets = nullptr;
  int target_count = 0;
  bool last = false;
  int register_count = 0;
  InputsEnd* inputs_end = nullptr;  // who is told
  bool odd_reductions = false;      // found by `infer`: an order of summation depends on what else a kernel does

  const Buffer& at(int reg) const {
    const Buffer* b = registers[reg];
    if (TAEDA_UNLIKELY(!b)) raise(ErrorKind::Internal, "a Program reads register %d, which is empty", reg);
    return *b;
  }
  // The place of a result, which `infer` is about to describe.
  Buffer& define(int reg) {
    registers[reg] = places[reg];
    return *places[reg];
  }
  // The caller's buffer for `reg`, if it is one and fits.
  Buffer* target(int reg, DType dtype, const Dims& sizes) const {
    return TAEDA_UNLIKELY(last && target_count) ? fitting_target(reg, dtype, sizes) : nullptr;
  }
  Buffer* fitting_target(int reg, DType dtype, const Dims& sizes) const;
  // What the step computes that is running; null: its expressions are evaluated one by one. A section is computed
  // before its expressions are asked for, and nothing else may run in between.
  const Calculation* calculation = nullptr;
  void compute(Calculation::Section section) {
    if (calculation && TAEDA_UNLIKELY(!calculation->compute(section, registers, attributes))) calculation = nullptr;
  }
  Number number(const Expression& e) const {
    return calculation && e.place >= 0 ? integer_number(calculation->value(e)) : e.evaluate(registers, attributes);
  }
  int64_t integer(const Expression& e) const {
    return calculation && e.place >= 0 ? calculation->value(e) : e.integer(registers, attributes);
  }
  bool holds(const Expression& e) const {
    return calculation && e.place >= 0 ? calculation->value(e) != 0 : e.evaluate(registers, attributes).real != 0;
  }
};

// What an instruction does with its registers, for Program::finish. `reads` and `makes` are called with registers,
// `uses` with expressions.
struct Usage;

// Strides of what a loop over tensors of that shape would give: first these registers, then a contiguous one.
Dims strides_like(Frame& f, const Dims& shape, std::span<const int> registers);

struct LoopsInstruction {
  int kernel;  // handle
  std::vector<int> inputs;
  struct Output {
    bool fresh;  // made here, or written to
    int reg;
    DType dtype;
    bool row;  // one element per row of a reduction
  };
  std::vector<Output> outputs;
  std::vector<Expression> scalars;
  bool reduces = false, keepdim = false;
  std::vector<int> reduced;
  std::vector<int> last;  // places in `inputs` of those of which nothing but sizes is needed after it; from finish()

  bool take_memory(Frame& f, int output) const;
  bool in_chunks_anyway(Frame& f) const;
  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

struct Fault {
  int64_t code;
  ErrorKind kind;
  std::string message;  // {0}, {1}.. are words of the fault
};

struct LaunchInstruction {
  int handle;
  std::vector<int> operands;
  std::vector<Expression> integers, scalars;
  Expression work, grain, scratch;
  std::vector<Fault> faults;

  void infer(Frame&) const {}  // its results are made by "alloc" before
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

struct AllocInstruction {
  int reg;
  DType dtype;
  std::vector<Expression> shape;
  std::vector<int> like;  // registers whose layouts it follows as the result of a loop over them would; mostly none

  bool later = false;  // whoever writes it all gives it memory; from finish()

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

struct ViewInstruction {
  ViewKind kind;
  int reg, source;
  std::vector<Expression> arguments;

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

// The bits of a buffer as another dtype; of another size only where the last dimension is dense and divisible.
struct ViewDtypeInstruction {
  int reg, source;
  DType dtype;

  void infer(Frame& f) const;
  void execute(Frame&) const {}
  void usage(Usage& u) const;
};

struct AliasInstruction {
  int reg, source;

  void infer(Frame& f) const;
  void execute(Frame&) const {}
  void usage(Usage& u) const;
};

// The source itself if it is contiguous, else a contiguous copy.
struct ContiguousInstruction {
  int reg, source;

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

// A buffer to be written to that starts as `source`. Where nobody can tell, that is no copy: `source` itself if the
// result is to be written to it (an in-place call), or if it was made in this Program and is not needed after.
// Otherwise a copy.
struct UpdateInstruction {
  int reg, source;
  bool source_ends_here = false;  // found by Program::finish

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

// Undoes broadcasting: the source summed to the shape of `like`; the source itself if the shapes are equal.
struct SumToInstruction {
  int reg, source, like;

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

struct CopyInstruction {
  int destination, source;

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

// Fills `reg` with the sources, one after the other along `dim`, converted to its dtype. A source has all
// dimensions of `reg`, or all but `dim` (stack); that their sizes fit is checked before.
struct JoinInstruction {
  int reg;
  std::vector<int> sources;
  int dim;

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

struct FillInstruction {
  int reg;
  Expression value;

  void infer(Frame&) const {}
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

// An error unless `condition` holds. It is known from the geometry, or only from values that were computed.
struct CheckInstruction {
  Expression condition;
  ErrorKind kind;
  std::string message;  // {0}, {1}.. are `values`
  std::vector<Expression> values;
  bool needs_values = false;  // found by Program::finish

  void infer(Frame& f) const;
  void execute(Frame& f) const;
  void usage(Usage& u) const;
};

using Instruction = std::variant<LoopsInstruction, LaunchInstruction, AllocInstruction, ViewInstruction,
                                 ViewDtypeInstruction, AliasInstruction, ContiguousInstruction, UpdateInstruction,
                                 SumToInstruction, CopyInstruction, JoinInstruction, FillInstruction, CheckInstruction>;

struct Usage {
  virtual void read(int reg) = 0;
  virtual void make(int reg) = 0;
  virtual void use(const Expression& e) = 0;

 protected:
  ~Usage() = default;
};

// Between the two halves of a loops instruction. Left uninitialised: only what the instruction has operands for is
// written.
struct LoopsPlan {
  Dims shape;
  uint32_t mask;  // reduced dimensions
  LoopOperand operands[MAX_OPERANDS];
  const Buffer* inputs[MAX_OPERANDS];
  const Buffer* outputs[MAX_OPERANDS];
  std::vector<Buffer> copies;  // of the inputs, where kernels cannot walk the inputs themselves
};

// ---- what instructions are made of
// -------------------------------------------------------------------------------------

void allocate(const Buffer& b);  // memory for a described buffer, unless it has some
// Broadcasting, converting; no autograd, no version. On the device of the destination; on "meta" nothing happens.
void copy_into(KernelSource& kernels, const Buffer& destination, const Buffer& source);
void fill_with(KernelSource& kernels, const Buffer& destination, const Number& value);
// `out` described as `source` summed to the shape of `like`; then the sum.
void describe_sum(Buffer& out, const Buffer& source, const Buffer& like);
void sum_into(KernelSource& kernels, const Buffer& out, const Buffer& source);

}  // namespace taeda
