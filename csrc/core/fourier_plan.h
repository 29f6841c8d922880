// How the transform of one length is done, made once for each length and kept.
#pragma once
#include <algorithm>
#include <complex>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "core/fourier_loops.h"

namespace taeda {

inline constexpr int64_t SHORT_ROW = 255;  // up to here a row is one lane

template <class T>
struct AlignedArray {
  explicit AlignedArray(size_t count)
      : data(static_cast<T*>(::operator new((count ? count : 1) * sizeof(T), std::align_val_t(64)))) {}
  ~AlignedArray() { ::operator delete(data, std::align_val_t(64)); }
  AlignedArray(const AlignedArray&) = delete;
  AlignedArray& operator=(const AlignedArray&) = delete;
  T* data;
};

// The passes of a length, and what their factors lie in.
template <class T>
struct LanePasses {
  LanePasses(int64_t length, int most_radix);
  LanePlan<T> plan;

 private:
  std::vector<LanePass<T>> passes_;
  std::vector<std::vector<std::complex<T>>> tables_;
};

template <class T>
struct FourierPlan {
  FourierPlan(int64_t length, const FourierLoops<T>& loops);
  int64_t length;
  const FourierLoops<T>& loops;

  // One lane (`columns` alone), or a matrix of N₁ by N₂ elements, whose columns are transformed, multiplied by
  // `factors` and transformed along their rows: an element of all lanes for each k < N₁ of each group of lanes of
  // columns. So that lanes are all in use the last group begins where it ends with the last column, if that can be.
  std::unique_ptr<LanePasses<T>> columns, rows;
  std::unique_ptr<AlignedArray<T>> factors;
  int64_t column_of(int64_t group) const {
    return std::max<int64_t>(0, std::min(group * loops.lanes, rows->plan.length - loops.lanes));
  }
  const T* factors_of(int64_t group) const { return factors->data + group * columns->plan.length * 2 * loops.lanes; }

  // Or, for lengths with a large prime factor, a convolution of `inner`'s length with a filter whose transform is kept:
  // Rader's, of primes p with a suitable p - 1, which takes elements in the order of the powers of a generator, or
  // Bluestein's, which multiplies by a chirp before and after.
  std::unique_ptr<FourierPlan> inner;
  std::vector<int64_t> order, order_back;  // Rader's; else empty
  std::vector<std::complex<T>> chirp, filter;

  std::vector<std::complex<T>> half;  // exp(-2πi k / 2n), for real rows of twice the length

  int64_t buffer_numbers() const;  // of a thread's lane buffers
  int64_t scratch() const;         // complex numbers that a row needs

 private:
  void split();
  bool make_rader();
  void make_bluestein();
  std::vector<std::complex<T>> transformed(const std::vector<std::complex<T>>& x) const;
};

// The plan for a length; the last ones are kept. Kernels of several threads may ask.
template <class T>
std::shared_ptr<const FourierPlan<T>> fourier_plan(int64_t length, const FourierLoops<T>& loops);

// One row, `scratch` as the plan says; `parallel`: over the pool. Throws std::bad_alloc.
template <class T>
void transform_row(const FourierPlan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch, bool parallel);

// The buffers for lanes of the calling thread: apart from thread_scratch, which holds what is shared while other pieces
// of the same row run in this thread.
template <class T>
T* lane_buffers(int64_t numbers);

}  // namespace taeda
