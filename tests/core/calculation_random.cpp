// Compares what a Calculation says with what its expressions say one by one, for random expressions and sizes of which
// few change from one run to the next. Exits with 0 if they agree; built and run by test_calculation.py.
#include "core/calculation.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>

using namespace taeda;

namespace {

constexpr int REGISTERS = 3, ATTRIBUTES = 3, DIMS = 3;
std::mt19937 random_bits(7);
int below(int n) { return static_cast<int>(random_bits() % static_cast<unsigned>(n)); }

struct Numbers {
  int64_t sizes[REGISTERS][DIMS], strides[REGISTERS][DIMS], numel[REGISTERS], offset[REGISTERS];
};

Expression::Step step(Expression::Code code, int a = 0, int b = 0, int64_t integer = 0) {
  return {code, a, b, integer, static_cast<double>(integer)};
}

// Appended to `e`; of the size that some have that methods write.
void grow(Expression& e, int depth) {
  if (depth == 0 || below(6) == 0) {
    switch (below(6)) {
      case 0: e.steps.push_back(step(Expression::Integer, 0, 0, below(5) - 1)); return;
      case 1: e.steps.push_back(step(Expression::Stride, below(REGISTERS), below(DIMS))); return;
      case 2: e.steps.push_back(step(below(2) ? Expression::Numel : Expression::Offset, below(REGISTERS))); return;
      case 3: e.steps.push_back(step(Expression::AttributeValue, below(2))); return;
      case 4: e.steps.push_back(step(Expression::Item, 2, below(2))); return;
      default: e.steps.push_back(step(Expression::Size, below(REGISTERS), below(DIMS))); return;
    }
  }
  constexpr Expression::Code ALL[] = {
      Expression::Add, Expression::Sub, Expression::Mul, Expression::FloorDiv, Expression::CeilDiv, Expression::Mod,
      Expression::Min, Expression::Max, Expression::Eq,  Expression::Ne,       Expression::Lt,      Expression::Le,
      Expression::Gt,  Expression::Ge,  Expression::And, Expression::Or,       Expression::Not,     Expression::Neg,
      Expression::ToInt, Expression::Where, Expression::Where, Expression::TrueDiv};
  // Real numbers are rare, as they are in Programs.
  Expression::Code code = ALL[below(static_cast<int>(std::size(ALL)) - (below(20) != 0))];
  for (int k = operands_of(code); k--;) grow(e, depth - 1);
  e.steps.push_back(step(code));
}

struct Outcome {
  bool fails;
  int64_t value;
  bool operator==(const Outcome&) const = default;
};

template <class F>
Outcome outcome(F&& f) {
  try {
    return {false, f()};
  } catch (const Error& e) {
    return {true, static_cast<int64_t>(e.kind)};
  }
}

void wrong(const char* what, int round) {
  std::fprintf(stderr, "%s in round %d\n", what, round);
  std::exit(1);
}

}  // namespace

int main() {
  alignas(Buffer) static char memory[REGISTERS][sizeof(Buffer)];
  Buffer* registers[REGISTERS];
  for (int r = 0; r < REGISTERS; ++r) {
    registers[r] = new (memory[r]) Buffer{};
    registers[r]->ndim = DIMS;
  }
  Attribute attributes[ATTRIBUTES];
  int compared = 0, failed = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<Expression> expressions[Calculation::SECTIONS];
    Calculation calculation;
    for (int s = 0; s < Calculation::SECTIONS; ++s)
      for (int k = below(5); k--;) {
        Expression& e = expressions[s].emplace_back();
        if (k == 0 && s && !expressions[s - 1].empty()) {  // something that was there before, and more
          e.steps = expressions[s - 1][0].steps;
          e.steps.push_back(step(Expression::Neg));
        } else {
          grow(e, 4);
        }
        e.check(REGISTERS, ATTRIBUTES);
        calculation.add(static_cast<Calculation::Section>(s), e);
      }
    for (int run = 0; run < 12; ++run) {
      auto change = [](int64_t& v) {
        if (below(8) == 0) v = below(12) == 0 ? INT64_MAX / 2 : below(7);
      };
      for (Buffer* b : registers) {
        for (int d = 0; d < DIMS; ++d) change(b->sizes[d]), change(b->strides[d]);
        change(b->numel), change(b->offset);
      }
      if (run == 0 || below(4) == 0) attributes[0].set(int64_t{below(9)});
      if (run == 0 || below(4) == 0) attributes[1].set(int64_t{below(9)});
      if (below(6) == 0) attributes[0].set(below(9) * 0.75);
      Dims list;
      list.push(below(3)), list.push(4);
      attributes[2].set(list);
      for (int s = 0; s < Calculation::SECTIONS; ++s) {
        bool exact = true;  // what it says may be taken
        Outcome computing = outcome([&] {
          exact = calculation.compute(static_cast<Calculation::Section>(s), registers, attributes);
          return int64_t{0};
        });
        bool some_fails = false;
        for (const Expression& e : expressions[s]) {
          Outcome expected = outcome([&] { return e.evaluate(registers, attributes).integer; });
          some_fails |= expected.fails && e.place >= 0;
          if (!exact || computing.fails || e.place < 0) continue;
          if (expected != Outcome{false, calculation.value(e)}) wrong("another value", round);
          ++compared;
        }
        if (exact && computing.fails != some_fails) wrong("an error too many or too few", round);
        failed += computing.fails;
        if (!exact || computing.fails || below(10) == 0) break;  // as a step does that has nothing more to do
      }
    }
  }
  if (compared < 50000 || failed < 500) wrong("too little was compared", compared);
}
