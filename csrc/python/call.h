// From the arguments of a call to what it computes with: the overload, the tensors and numbers, the key of the Program.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "python/op.h"

namespace taeda {

inline constexpr int MAX_ATTRIBUTES = 12;
inline constexpr int SMALL_TENSORS = 16;

struct OpObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  std::vector<Overload*>* overloads;  // tried in order; in-place forms and aliases have the same ones
  PyObject* name;
  const char* display;  // the same as text, for messages
  PyObject* document;
  PyObject* dictionary;
  PyObject* inplace_form;  // the op that a call with a true `inplace` means, as in relu(x, inplace=True); else null
  PyObject* otherwise;     // takes the calls that fit no overload (deprecated arguments); else null
  bool same_sizes;  // `otherwise` takes the calls whose first two tensors differ in size too (losses warn of them)
  bool inplace;
};

// A parsed call: one object per parameter (borrowed; null where the default holds).
struct Call {
  Overload* overload = nullptr;
  PyObject* values[MAX_PARAMETERS];
  Ref<> spread;  // the tuple made of spread integers, x.view(2, 3)
  PyObject* out = nullptr;
};

// What a call computes with: tensors in order, run-time attributes in order, the key of the Program.
struct Inputs {
  Tensor* small[SMALL_TENSORS];
  std::vector<Tensor*> large;
  int tensor_count = 0;
  union {
    Attribute attributes[MAX_ATTRIBUTES];  // made one by one: to clear all of them costs as much as a small op's rest
  };
  int attribute_count = 0;
  Device device;  // of the results
  char small_key[192];
  std::string large_key;
  size_t key_size = 0;

  Inputs() {}
  ~Inputs() {}
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  void push_tensor(Tensor* t) {
    if (large.empty() && tensor_count < SMALL_TENSORS) {
      small[tensor_count++] = t;
      return;
    }
    if (large.empty()) large.assign(small, small + tensor_count);
    large.push_back(t);
    ++tensor_count;
  }
  std::span<Tensor* const> tensors() const {
    return {large.empty() ? const_cast<Tensor* const*>(small) : large.data(), static_cast<size_t>(tensor_count)};
  }
  Attribute& push_attribute() {
    if (attribute_count == MAX_ATTRIBUTES)
      raise(PyExc_NotImplementedError, "an op of more than %d run-time numbers", MAX_ATTRIBUTES);
    return *new (&attributes[attribute_count++]) Attribute;
  }
  void key(char c) {
    if (large_key.empty() && key_size < sizeof small_key) {
      small_key[key_size++] = c;
      return;
    }
    if (large_key.empty()) large_key.assign(small_key, key_size);
    large_key.push_back(c);
    ++key_size;
  }
  void key_bytes(const void* p, size_t n) {
    for (size_t i = 0; i < n; ++i) key(static_cast<const char*>(p)[i]);
  }
  std::string_view key_view() const {
    return large_key.empty() ? std::string_view(small_key, key_size) : std::string_view(large_key);
  }
};

// Where the results of a call are: on the device asked for, on that of its tensors, or on the default one.
Device device_of_results(const Overload& o, const Inputs& in);

// The first overload that the arguments fit, if there is one.
bool fit_overload(OpObject* op, PyObject* const* args, Py_ssize_t count, PyObject* names, Call* call);
// The same; TypeError in PyTorch's words if there is none.
void find_overload(OpObject* op, PyObject* const* args, Py_ssize_t count, PyObject* names, Call* call);
// Everything from the arguments of a call (inputs.cpp); or piece by piece, in the order of the parameters.
void read_inputs(const Call& call, Inputs& in);
void begin_key(Inputs& in);
void add_tensor(Inputs& in, Tensor* t);
void add_sizes(Inputs& in, const Dims& sizes);
void add_integer(Inputs& in, int64_t value);
// The cache entry for the key; compiled now if this is the first such call.
Compiled* find_compiled(Overload& overload, const Inputs& in, bool with_program = true);
Compiled& compile_now(Compiled& entry);  // its Program, if it has none yet
OpObject* core_op(CoreOp op);            // throws where none is bound

// One result, or a tuple of them, as the overload returns them.
Ref<> package(const Overload& o, std::span<Ref<Tensor>> outputs);  // dispatch.cpp
// A call as Python is told of it: (name, whether by keyword only, default or Ellipsis) of each parameter, and the
// values.
struct DescribedCall {
  Ref<> parameters, values;
};
DescribedCall described_call(const Call& call);                  // dispatch.cpp
Ref<> attributes_object(std::span<const Attribute> attributes);  // a tuple of numbers and tuples of ints; dispatch.cpp
// An argument as the bodies of functions get it: sizes as tuples of ints, numbers as Python numbers (function.cpp).
Ref<> plain_argument(const Parameter& p, PyObject* v);
// Calls the body of a function; results are written to out= where it was given.
Ref<> call_function(const OpObject* op, const Call& call);  // function.cpp
// Writes results to the tensors of an out= argument (resizing them) and returns that argument.
Ref<> store_out(const OpObject* op, PyObject* out, std::span<Ref<Tensor>> results,
                bool needs_gradient);  // dispatch.cpp

extern PyMethodDef op_functions[];                                                        // of the module, dispatch.cpp
PyObject* op_call(PyObject* self, PyObject* const* args, size_t flags, PyObject* names);  // dispatch.cpp

}  // namespace taeda
