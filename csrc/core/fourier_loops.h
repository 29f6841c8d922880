// What the transforms of fourier.cpp are made of: loops over lanes, compiled once for each width of vectors
// (fourier_lanes.h). Everything here is plain data, so that no inline function of the standard library is compiled for
// a processor that this one may not be.
//
// A *lane* is one transform of a short length; as many as a vector has elements are done side by side, so that every
// operation is one on vectors, whatever the length. An element of all lanes is a vector of real parts and one of
// imaginary parts, one after the other.
#pragma once
#include <cstdint>

namespace taeda {

template <class T>
struct LanePass {
  int radix;
  int64_t groups;     // butterflies that differ in their twiddle factors
  const T* twiddles;  // complex: radix - 1 for each group
  const T* roots;     // complex, of one: radix of them
};

template <class T>
struct LanePlan {
  int64_t length;
  int count;
  const LanePass<T>* passes;
};

enum FourierKind : int64_t { COMPLEX, TO_HALF, FROM_HALF, TO_FULL };

enum LaneLayout { MEMORY, LANES, TURNED };

// Transforms of one group of lanes from memory to memory. Element i of lane l is at [i * step + l * lane_step], in
// complex numbers; there are `lanes` of them, perhaps fewer than a vector has. Of other kinds than COMPLEX the plan is
// for half of a real row of even length: its pairs are read or written as complex numbers, beside a spectrum.
template <class T>
struct LaneJob {
  const LanePlan<T>* plan;
  FourierKind kind;
  const T* from;
  int64_t from_step, from_lane;
  T* to;
  int64_t to_step, to_lane;
  int lanes;
  bool swap_in, swap_out;  // exchange the parts: before and after, that makes the transform the inverse one
  // Between columns and rows of a matrix lie elements of all lanes as they are: `to` has them one after the other,
  // `from` with that many *numbers* from one to the next. TURNED, lane l of this job is element l after `from`, whose
  // lanes are this job's elements; then `from_step` leads to the next vector of those.
  LaneLayout from_layout, to_layout;
  const T* factors;  // of the results for LANES: an element of all lanes for each, or those of one lane
  int factor_lane;   // or -1
  int64_t ahead;     // numbers from a row to the next one, or 0
  const T* half;     // other kinds: exp(-2πi k / 2h) for k up to h / 2
  bool conjugate;    // other kinds: of the spectrum
  T scale;
  T* buffers;  // two, of buffer_elements(plan, kind) elements of all lanes
};

// Elements of a buffer, of which a job needs two. Whole vectors are written to it, so that it has room for one more.
template <class T>
int64_t buffer_elements(const LanePlan<T>& plan, FourierKind kind) {
  return kind == COMPLEX ? plan.length + 16 : 2 * plan.length + 1;
}

template <class T>
struct FourierLoops {
  int lanes;       // elements of a vector
  int most_radix;  // of the powers of two: what registers hold
  void (*run)(const LaneJob<T>& job);
  // The half spectrum of a real row of 2h elements from the transform of its pairs (in place; h + 1 numbers), and the
  // opposite: what the inverse transform makes the pairs of, times two, from a spectrum or its conjugate.
  void (*split)(T* z, const T* half, int64_t h);
  void (*join)(const T* x, T* z, const T* half, int64_t h, bool conjugate);
  // out = a * b, complex, of n elements; of the conjugate of a if said so.
  void (*multiply)(T* out, const T* a, const T* b, int64_t n, bool conjugate);
};

// Of the width in bytes that the target says; narrower where the processor has none such.
const FourierLoops<float>& fourier_loops(int bytes, float);
const FourierLoops<double>& fourier_loops(int bytes, double);

}  // namespace taeda
