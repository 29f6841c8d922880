// Calls of Programs that were put off: what a compiled function runs is noted down here, and done when a value is
// needed. That is all of compile mode that the core knows.
//
// record() only infers: the results of a call have sizes, strides, dtype and a storage, but the storage is marked as
// pending and has no memory. Whoever reads such memory (Storage::data), or writes to memory that a call put off reads
// (Storage::before_write), makes all of them run: finish(). Views need nothing of this: they are another geometry of
// the same pending storage.
//
// Writes are put off too. A call that writes to memory gives a new value of it: what was noted before read the old
// one, what comes after reads the new one, and all values from before are out of date. Calls run in their order, and a
// Program made of several has written when it ends; so values of a memory are told apart only inside of a Program
// (compiler/plan.py). A storage that was there before is marked as well, since its content is that of the past.
//
// finish() looks the calls up by what they are (which Programs, how results become inputs, which results are still
// wanted), never by their sizes, and runs the Plan that it finds: mostly a few larger Programs, made by the Planner
// (the compiler) when these calls were first seen. Results that nobody holds any more are not among what a Plan makes.
// Where a Plan fails, the calls run one by one, as they would have. So do calls that differ each time (a loop of ever
// another length): once many Plans have been made and few were used again, one is made only for what comes a second
// time.
#pragma once
#include <memory>
#include <thread>

#include "core/program.h"

namespace taeda {

class Pending;

// A number that is known when calls are recorded: a size, or one of the numbers that a call was given.
struct Quantity {
  enum Kind : uint8_t { Constant, Size, Number, Item } kind;
  int a = 0, b = 0;  // value and dimension; attribute and item, attributes being numbered through all calls
  int64_t constant = 0;
};

// How recorded calls are run.
struct Plan {
  struct Step {
    int first, count;                       // these calls,
    std::unique_ptr<Program> program;       // by this Program, or one by one where there is none
    std::vector<int> inputs, outputs;       // of the Program: numbers of values
    std::vector<int> frees;                 // storages that nothing after this step needs
    std::vector<int> written;               // values in whose place the Program writes
    std::vector<std::vector<int>> origins;  // of each of its instructions: which of the calls it came from
    mutable bool ran = false;               // it has done so without an error
  };
  std::vector<std::pair<Quantity, Quantity>> equal;  // what the Programs rely on
  std::vector<Step> steps;
};

// Who makes Plans.
class Planner {
 public:
  // Notes down, by record(), the call that gives the elements that a geometry picks of `base` as it lies densely.
  virtual void note_part(Pending& calls, const Buffer& base, const Dims& sizes, const Dims& strides,
                         int64_t offset) = 0;
  // `others`: those for the same calls whose equalities do not hold.
  virtual std::shared_ptr<const Plan> plan(const Pending& calls,
                                           std::span<const std::shared_ptr<const Plan>> others) = 0;
  // An exception came out of making a Plan or of running a Program of it (it is the current one). Reports it and gives
  // true, or false where it must go on its way.
  virtual bool failed() noexcept = 0;

 protected:
  ~Planner() = default;
};
extern Planner* planner;

class Pending final : public PendingCalls {
 public:
  struct Call {
    const Program* program;
    const void* identity;  // what it is known by
    Device device;
    bool joins;  // may become part of a larger Program
    int first_input, input_count, first_output, output_count, first_attribute, attribute_count;
    int label;                     // for who watches (core/watcher.h): what it is known by there, or -1
    int first_write, write_count;  // pairs in `numbers`: the value that was in memory, that which is there then
  };
  struct Value {
    Buffer buffer;              // its storage is in `memory`
    int memory = -1;            // -1: a shape alone
    int call = -1, output = 0;  // which result of which call; -1: it was there before, or is a view made without a call
    bool makes = false;         // the result that made its storage
    bool writes = false;        // what the call writes to memory that is there when it runs
    int previous = -1;          // another value in the same memory
  };
  struct Memory {
    Shared<Storage> storage;
    int last_value = -1, maker = -1;  // the value that made it; -1: it was there before
    int current_from = 0;             // values with smaller numbers show what was in it before a write
    bool wanted = false;              // somebody else holds it; known while it is planned and run
  };

  // What program.run() would say of the results, without running it. Where `into` is given, the first result becomes
  // what that buffer shows; false, with nothing noted, where it does not fit. `written`: numbers of the inputs that the
  // Program itself writes to.
  bool record(const Program& program, const void* identity, bool joins, Device device,
              std::span<const Buffer* const> inputs, std::span<const Attribute> attributes,
              std::span<Program::Result> results, const Buffer* into = nullptr, std::span<const int> written = {});
  void finish() override;
  int label = -1;  // of the call that is recorded next
  // Whether this thread is in finish(): what it calls meanwhile (the compiler, destructors of the user's) is not put
  // off.
  bool finishing() const { return running_ && runner_ == std::this_thread::get_id(); }

  std::span<const Call> calls() const { return calls_; }
  std::span<const Value> values() const { return values_; }
  std::span<const Memory> memories() const { return memories_; }
  std::span<const int> numbers() const { return numbers_; }  // of values, which calls refer to; -1: absent
  std::span<const Attribute> attributes() const { return attributes_; }

  static void forget_plans();
  static int64_t finished, found, programs, single;  // counts for explanations: recordings, plans known, what ran

 private:
  class MemoryEnds;
  int number_of(const Buffer& b);
  int known_number_of(const Buffer& b, int memory) const;
  void note_part(const Buffer& b);
  int add_value(const Buffer& b, int memory);
  int add_memory(const Buffer& b);
  bool shows_all(const Buffer& b) const;
  int write(int old, int call, int output);
  int replace_memory(const Buffer& of, const Buffer& fresh);
  bool wait();
  void find_wanted();
  std::shared_ptr<const Plan> find_plan();
  int64_t quantity(const Quantity& q) const;
  bool holds(const Plan& plan) const;
  void run(const Plan* plan);
  void run_step(const Plan::Step& step);
  bool try_step(const Plan::Step& step);
  void run_call(const Call& call);
  void adopt(Value& value, Buffer* made, bool fresh);
  void free_memory(int memory);
  void forget() noexcept;

  std::vector<Call> calls_;
  std::vector<Value> values_;
  std::vector<Memory> memories_;
  std::vector<int> numbers_;
  std::vector<Attribute> attributes_;
  std::vector<uint64_t> words_;  // the calls, for comparison
  bool running_ = false;
  bool lost_inputs_ = false;  // what a Program that is running had been given is gone already: it cannot be done again
  std::thread::id runner_;
};

}  // namespace taeda
