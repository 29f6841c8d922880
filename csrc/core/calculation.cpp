#include "core/calculation.h"

#include <algorithm>

#include "core/expression_steps.h"

namespace taeda {

// ---- writing down ---------------------------------------------------------------------------------------------------

int Calculation::place_of_constant(int64_t v) {
  for (const auto& [value, place] : constants_)
    if (value == v) return place;
  constants_.emplace_back(v, static_cast<int>(values_.size()));
  values_.push_back(v);
  return constants_.back().second;
}

int Calculation::place_of_input(const Expression::Step& s) {
  for (const Input& i : inputs_)
    if (i.step.code == s.code && i.step.a == s.a && i.step.b == s.b) return i.to;
  size_t at = ELSEWHERE;
  int dim = -1;
  if (s.code == Expression::Numel) at = offsetof(Buffer, numel);
  if (s.code == Expression::Offset) at = offsetof(Buffer, offset);
  if ((s.code == Expression::Size || s.code == Expression::Stride) && s.b < MAX_DIMS) {
    at = (s.code == Expression::Size ? offsetof(Buffer, sizes) : offsetof(Buffer, strides)) + sizeof(int64_t) * s.b;
    dim = s.b;
  }
  int to = static_cast<int>(values_.size());
  values_.push_back(0);
  inputs_.push_back({static_cast<uint16_t>(at), static_cast<int16_t>(dim), s.a, to, s});
  return to;
}

int Calculation::place_of_line(Line line) {
  for (Line l : lines_) {
    line.to = l.to;
    if (l == line) return l.to;
  }
  line.to = static_cast<int>(values_.size());
  values_.push_back(0);
  lines_.push_back(line);
  return line.to;
}

void Calculation::add(Section section, Expression& e) {
  e.place = -1;
  if (!e.of_integers()) return;
  std::vector<int> stack;
  for (const Expression::Step& s : e.steps) {
    int count = operands_of(s.code);
    if (s.code == Expression::Integer) {
      stack.push_back(place_of_constant(s.integer));
    } else if (count < 0) {
      stack.push_back(place_of_input(s));
    } else if (s.code != Expression::ToInt) {
      Line line{s.code, 0, 0, 0, 0};
      int* operands[] = {&line.a, &line.b, &line.c};
      for (int k = count; k--; stack.pop_back()) *operands[k] = stack.back();
      stack.push_back(place_of_line(line));
    }
  }
  e.place = stack.back();
  for (int s = section; s < SECTIONS; ++s) ends_[s] = {inputs_.size(), lines_.size()};
}

// ---- computing ------------------------------------------------------------------------------------------------------

void Calculation::refuse(const Input& input, const Buffer* b) {
  if (!b) raise(ErrorKind::Internal, "size of an empty register %d", input.number);
  raise(ErrorKind::Internal, "dimension %d of register %d which has %d", input.dim, input.number, b->ndim);
}

bool Calculation::read(const Input& input, const Buffer* const* registers, const Attribute* attributes, int64_t* v) {
  const Expression::Step& s = input.step;
  if (s.code == Expression::Item) {
    *v = item_of(attributes[s.a], s);
  } else if (s.code == Expression::AttributeValue) {
    if (attributes[s.a].kind == Attribute::Floating) return false;
    *v = attributes[s.a].integer;
  } else {
    *v = size_of(registers[s.a], s);
  }
  return true;
}

void Calculation::recompute(Section section) const {
  known_ = section;
  int64_t* v = values_.data();
  for (size_t k = section ? ends_[section - 1].lines : 0; k < ends_[section].lines; ++k) {
    const Line& l = lines_[k];
    int64_t a = v[l.a], b = v[l.b];
    switch (l.code) {
      case Expression::Not: v[l.to] = a == 0; break;
      case Expression::Neg: v[l.to] = integer_binary(Expression::Sub, 0, a); break;
      case Expression::Where: v[l.to] = a != 0 ? b : v[l.c]; break;
      default: v[l.to] = integer_binary(l.code, a, b);
    }
  }
  known_ = static_cast<uint8_t>(section + 1);
}

}  // namespace taeda
