// A Program is all that runs: instructions over tensor registers, sizes as expressions over the registers' shapes and
// the caller's attributes. Built once from the description that the compiler gives (ARCHITECTURE.md), executed
// here without Python. What is compiled lazily is machine code: a kernel's address is asked for on first use.
#pragma once
#include <memory>
#include <span>
#include <string>

#include "core/attribute.h"
#include "core/kernel_abi.h"
#include "core/loops.h"
#include "python/tensor.h"
#include "core/views.h"

namespace taeda {

struct Number {  // the value of an expression
  bool floating;
  int64_t integer;
  double real;
};

// An expression in postfix form.
class Expression {
 public:
  static Expression parse(PyObject* description);
  Number evaluate(const Ref<Tensor>* registers, const Attribute* attributes) const;
  int64_t integer(const Ref<Tensor>* registers, const Attribute* attributes) const;

 private:
  struct Step {
    uint8_t what;  // see expression.cpp
    int32_t a, b;
    int64_t integer;
    double real;
  };
  std::vector<Step> code_;
  void parse_into(PyObject* o);
};

struct Instruction {
  virtual ~Instruction() = default;
  std::unique_ptr<Expression> when;
};

class Program {
 public:
  // From a description; raises ValueError naming the fault of a malformed one.
  static std::unique_ptr<Program> parse(PyObject* description);

  // Run. `tensors` and `attributes` are the inputs; an absent optional tensor is nullptr. `outputs` receives the
  // result tensors. `into` (may be empty) holds tensors that results are to be written to where that is possible
  // in place: of outputs[k] if into[k] is set; the caller compares pointers and copies where it was not.
  void run(std::span<Tensor* const> tensors, std::span<const Attribute> attributes, std::span<Ref<Tensor>> outputs,
           std::span<Tensor* const> into = {}) const;

  int tensor_count, attribute_count, register_count;
  std::vector<int> outputs;

  ~Program();

 private:
  Program() = default;
  friend struct ProgramParser;
  std::vector<std::unique_ptr<Instruction>> instructions_;
  const struct LoopsInstruction* only_loops_ = nullptr;  // the fast path of a Program of one pointwise kernel
};

// Kernels of general use, registered by runtime/ at start as handles.
Ref<Tensor> contiguous(Tensor& t);                       // t itself or a contiguous copy
void copy_into(Tensor& destination, Tensor& source);     // broadcasting, converting; no autograd, no version
void fill_with(Tensor& destination, const Number& value);
Ref<Tensor> sum_to_shape(Tensor& t, const Tensor& like); // undo broadcasting

}  // namespace taeda
