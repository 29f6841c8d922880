// What a step of a Program computes in every run: its expressions on integers, written down so that a run costs little.
//
// What expressions have in common is one line, computed once. What they read of registers and attributes is kept with
// the lines that follow from it: most runs find the sizes of the run before, and then nothing is computed at all. That
// makes one value of a line the Program's, not the run's: a step takes what it needs before anything else can run (the
// core is for one thread at a time, common.h).
#pragma once
#include <cstddef>

#include "core/expression.h"

namespace taeda {

class Calculation {
 public:
  // What comes later is not computed where what comes before says that the step has nothing to do: it may divide by a
  // size that then is 0.
  enum Section : uint8_t { Condition, Work, Rest, SECTIONS };

  // Adds an expression of a section, after those of earlier sections, and notes its place in it. One that may give a
  // real number is left alone. None may read memory: that can have other calls run.
  void add(Section section, Expression& e);
  bool empty() const { return values_.empty(); }

  // Makes the values of a section up to date, after those before. False where an attribute is a real number: then
  // expressions have to be evaluated as they stand.
  bool compute(Section section, const Buffer* const* registers, const Attribute* attributes) const {
    bool known = known_ > section;
    for (size_t k = section ? ends_[section - 1].inputs : 0; k < ends_[section].inputs; ++k) {
      const Input& input = inputs_[k];
      int64_t v;
      if (TAEDA_LIKELY(input.at != ELSEWHERE)) {
        const Buffer* b = registers[input.number];
        if (TAEDA_UNLIKELY(!b || input.dim >= b->ndim)) refuse(input, b);
        std::memcpy(&v, reinterpret_cast<const char*>(b) + input.at, sizeof v);
      } else if (!read(input, registers, attributes, &v)) {
        return false;
      }
      if (values_[input.to] != v || !known) {
        if (known_ > section) known_ = section;
        known = false;
        values_[input.to] = v;
      }
    }
    if (TAEDA_UNLIKELY(!known)) recompute(section);
    return true;
  }
  int64_t value(const Expression& e) const { return values_[static_cast<size_t>(e.place)]; }

 private:
  static constexpr uint16_t ELSEWHERE = 0xffff;
  struct Input {
    uint16_t at;     // where in the Buffer, in bytes
    int16_t dim;     // that it must have, or -1
    int32_t number;  // of the register or attribute
    int32_t to;      // place among the values
    Expression::Step step;
  };
  struct Line {
    Expression::Code code;
    int32_t to, a, b, c;
    bool operator==(const Line&) const = default;
  };
  struct End {
    size_t inputs = 0, lines = 0;
  };

  int place_of_constant(int64_t v);
  int place_of_input(const Expression::Step& s);
  int place_of_line(Line line);
  [[noreturn]] static void refuse(const Input& input, const Buffer* b);
  static bool read(const Input& input, const Buffer* const* registers, const Attribute* attributes, int64_t* v);
  void recompute(Section section) const;

  std::vector<Input> inputs_;
  std::vector<Line> lines_;
  End ends_[SECTIONS];
  std::vector<std::pair<int64_t, int>> constants_;  // and their places
  mutable std::vector<int64_t> values_;
  mutable uint8_t known_ = 0;  // sections whose values belong to the inputs that stand in values_
};

}  // namespace taeda
