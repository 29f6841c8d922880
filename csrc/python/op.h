// Ops as Python sees them: a callable per public name, with the overloads' schemas, the cache of Programs, and the
// one place where a call is parsed, found, run and recorded.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "core/program.h"
#include "python/schema.h"
#include "python/tensor.h"

namespace taeda {

struct Overload;

// The dtype in which autocast gives an op its tensors: its narrow one, float32, or the widest among them.
enum class Autocast : uint8_t { None, Lower, Float32, Promote };

struct BackwardProgram;

// One entry of the cache: what a call with this key runs, and how it is differentiated.
struct Compiled {
  Overload* overload;
  Ref<> key;  // as given to Python
  std::unique_ptr<Program> program;
  std::vector<std::unique_ptr<BackwardProgram>> backward;  // one per (wanted, given) that was asked for
  // What a compiled function does with it (compile_mode.h): not asked yet, runs at once, put off, put off and joined
  // with others.
  enum PutOff : uint8_t { Unknown, Never, Alone, Joined } put_off = Unknown;
  std::vector<int> written;  // numbers of the tensors that its Program writes to; known once put_off is
  // Where its Program can fail for values: one that does nothing else, and the numbers of the tensors that it reads.
  std::unique_ptr<Program> checks;
  std::vector<int> check_reads;
  std::unordered_map<std::string, std::unique_ptr<Compiled>> transformed;  // what transforms make of it (lifted.h)
  std::string node_name;  // of its nodes, once it was asked for (ops/node_names.py)
  Compiled();
  ~Compiled();
  // The gradients of the inputs in the mask `wanted` (bit 63: all from 63 on), from those of the outputs in the mask
  // `given` (ALL_OUTPUTS: of all differentiable ones). Compiled when it is first asked for.
  BackwardProgram& backward_for(uint64_t wanted, uint64_t given);
};
inline constexpr uint64_t ALL_OUTPUTS = ~uint64_t{0};

// What the compiler found out about the gradients of one (op, key, inputs wanted, outputs given). It is a call of its
// own, "the gradient of ..": the tensors of its Program are the gradients of the given outputs, then what was saved,
// and it can be differentiated like any other. That is how create_graph works, to any order.
struct BackwardProgram : Compiled {
  enum Source : uint8_t { Input, Output, Shape };
  struct Saved {
    Source source;
    int index;
  };
  uint64_t wanted, given;
  std::vector<Saved> saved;
  std::vector<int> grads;  // for each output of the program: the index of the tensor input it belongs to
};

struct Overload {
  std::string name;     // unique; what runtime/ calls it
  std::string display;  // public name, in messages
  Schema schema;
  int output_count = 1;
  bool returns_list = false;  // a variable number of outputs, or a tuple even for one
  bool differentiable = true;
  uint64_t gradient_inputs = ~uint64_t(0);  // a bit for each tensor that is more than a shape
  bool mixed_devices = false;               // tensors may be on several devices; results are on that of the first
  Autocast autocast = Autocast::None;
  std::vector<bool> output_differentiable;
  Ref<> result_type;         // a named tuple class, or null
  std::vector<int> mutated;  // indices of the parameters (tensors, tensor lists) that the op writes to
  bool is_function = false;  // its body is Python that runs at each call (function.cpp); no Programs
  bool takes_out = true;
  bool overridable = true;          // other types may take the call over (override.h)
  bool is_view = false;             // the result shows the memory of the first argument
  Ref<> load, body, keyword_names;  // of a function: what imports its body, the body, its keyword-only names
  std::unordered_map<std::string, std::unique_ptr<Compiled>> cache;
  struct Recent {  // the last few keys, compared before hashing
    std::string key;
    Compiled* compiled = nullptr;
  } recent[4];
  int next_recent = 0;
  std::unique_ptr<Overload> gradient;  // what calls of its gradient are named by; made when one is compiled
};

extern PyTypeObject* OpType;  // taeda._core.Op: what taeda.add is
void add_ops_to_module(PyObject* module);

// The ops that the core itself calls, straight through dispatch. Their definitions name themselves by role=, and the
// binding puts them here; what a subclass makes of the method of that name plays no part.
// clang-format off
#define TAEDA_CORE_OPS(X)                                                                                  \
  X(Add, "add") X(AddInPlace, "add_") X(AsStrided, "as_strided") X(Cat, "cat") X(Clone, "clone")           \
  X(Convert, "convert") X(CopyInPlace, "copy_") X(Mirror, "mirror") X(Stack, "stack")                      \
  X(StridedPart, "strided_part") X(StridedView, "strided_view") X(SumTo, "sum_to")                         \
  X(ViewAsComplex, "view_as_complex") X(ViewAsReal, "view_as_real")
// clang-format on
enum class CoreOp : int {
#define X(name, text) name,
  TAEDA_CORE_OPS(X)
#undef X
      Count
};
// The call with these values for the first parameters, recorded in gradient mode; throws.
Ref<Tensor> call_core(CoreOp op, std::initializer_list<PyObject*> values);

}  // namespace taeda
