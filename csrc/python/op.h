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

// What the compiler found out about the gradient of one (op, key, which inputs need it).
struct BackwardProgram {
  enum Source : uint8_t { Input, Output, Shape };
  struct Saved {
    Source source;
    int index;
  };
  std::vector<Saved> saved;
  std::unique_ptr<Program> program;  // inputs: gradients of the differentiable outputs, then what was saved
  std::vector<int> grads;            // for each output of the program: the index of the tensor input it belongs to
};

// One entry of the cache: what a call with this key runs.
struct Compiled {
  Overload* overload;
  Ref<> key;                               // as given to Python
  std::unique_ptr<Program> program;
  std::unordered_map<uint64_t, std::unique_ptr<BackwardProgram>> backward;  // by mask of inputs that need gradients
  BackwardProgram* backward_for(uint64_t needs);
};

struct Overload {
  std::string name;                        // unique; what runtime/ calls it
  std::string display;                     // public name, in messages
  std::string backward_name;               // "MulBackward0"
  Schema schema;
  int output_count = 1;
  bool returns_list = false;               // a variable number of outputs, or a tuple even for one
  bool is_view = false;                    // output 0 shares memory with input 0 (where no copy was needed)
  bool differentiable = true;
  std::vector<bool> output_differentiable;
  Ref<> result_type;                       // a named tuple class, or null
  Ref<> python;                            // the definition (ops/definition.py), for tracing and create_graph
  std::vector<int> mutated;                // indices of the parameters (tensors, tensor lists) that the op writes to
  std::unordered_map<std::string, std::unique_ptr<Compiled>> cache;
  struct Recent {                          // the last few keys, compared before hashing
    std::string key;
    Compiled* compiled = nullptr;
  } recent[4];
  int next_recent = 0;
};

extern PyTypeObject* OpType;            // taeda._core.Op: what taeda.add is
void add_ops_to_module(PyObject* module);

// Call op `o` (an OpFunction) from C++ with positional arguments; returns a new reference or throws.
Ref<> call_op(PyObject* o, std::initializer_list<PyObject*> arguments);

// Ops that the core itself needs, registered from Python by role: "add" (accumulate gradients), "zeros_like", "copy_", ...
PyObject* builtin_op(const char* role);  // borrowed; raises if not registered

}  // namespace taeda
