// A Program is all that runs: instructions over registers (Buffers), sizes as expressions over the registers' shapes
// and the caller's attributes.
//
// A Program is plain data. Whoever has it from elsewhere fills the public fields and calls finish(), which refuses what
// cannot run and finds out how long registers live: csrc/python/program_parser.cpp does so with the compiler's
// description (ARCHITECTURE.md), and so would a reader of a file, after a writer that visits `steps` and writes each
// instruction's fields. Kernels are handles; `kernels` says what they mean here.
#pragma once
#include <memory>
#include <optional>
#include <span>

#include "core/instructions.h"

namespace taeda {

class Program {
 public:
  struct Step {
    Instruction what;
    std::optional<Expression> when;  // skipped where this is 0
    Calculation calculation;         // of `when`, and of what it needs; found by finish()
    std::vector<int> frees;          // registers not needed after this step; found by finish()
    std::vector<int> drops;          // those of which nothing but sizes is needed after it; found by finish()
    std::vector<int> ends;           // inputs of which that is so; found by finish()
    bool waits = true;               // for what was put off (core/loops.h); found by finish()
  };
  int tensor_count = 0, attribute_count = 0, register_count = 0;
  std::vector<int> outputs;  // registers; one may be an output twice, and an input may be one
  std::vector<Step> steps;
  KernelSource* kernels = nullptr;

  void finish();

  struct Result {
    Buffer* place;                   // given: where the result may be made, with no storage in it
    const Buffer* buffer = nullptr;  // found: where it is: in `place`, a buffer of `into`, an input; null: absent
    int shares = -1;                 // found: the number of the input in whose storage it lives, or -1
  };

  // Run. `inputs` and `attributes` are the arguments; an absent optional tensor is nullptr. Results are made on
  // `device`; on "meta" all of them are described, and nothing is computed. `into` (may be empty) holds buffers of the
  // caller that results are to be written to where that is possible: of outputs[k] if into[k] is set.
  void run(Device device, std::span<const Buffer* const> inputs, std::span<const Attribute> attributes,
           std::span<Result> results, std::span<Buffer* const> into = {}, InputsEnd* inputs_end = nullptr) const;
  // The half of it that touches no memory: results are described, the checks that geometry allows are made. Whether it
  // has reductions so long that their order depends on what else their kernel does.
  bool infer(Device device, std::span<const Buffer* const> inputs, std::span<const Attribute> attributes,
             std::span<Result> results) const;

  // What finish() found out: can all results be described without values, and can running it raise an error that
  // describing them does not?
  bool inferable = true, faults = false;

 private:
  bool run_on(DeviceRuntime& runtime, Device device, std::span<const Buffer* const> inputs,
              std::span<const Attribute> attributes, std::span<Result> results, std::span<Buffer* const> into,
              InputsEnd* inputs_end) const;
  void run_steps(Frame& f) const;
  void run_checked(Frame& f) const;

  // Where a register is made: the number of a temporary, or of an output, or nowhere (an input, or nothing makes it).
  struct Place {
    enum : uint8_t { Nowhere, Temporary, Output } kind = Nowhere;
    int number = 0;
  };
  std::vector<Place> places_;
  int temporaries_ = 0;
  const LoopsInstruction* only_loops_ = nullptr;  // the fast path of a Program of one kernel
  bool collects_ = false;                         // there are kernels that may run as one launch
};

// Whether every run is preceded by one that only infers, and the two compared (TAEDA_CHECK=1).
extern bool check_programs;

}  // namespace taeda
