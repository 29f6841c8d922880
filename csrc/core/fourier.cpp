// Discrete Fourier transforms of rows: complex to complex, real to half of a
// spectrum, and back.
//
// The work is done on *lanes*: as many transforms of one short length side by
// side as a vector has elements, so that every operation is one on vectors,
// whatever the length. A short row sits in one lane beside others of the batch.
// A long one, of N₁ N₂ elements, is done as a matrix: transforms of its
// columns, twiddle factors, transforms of its rows (Bailey, "FFTs in external
// or hierarchical memory", 1990). Lengths with a large prime factor become a
// convolution of a power of two (Bluestein, 1970). What is done depends on the
// length alone, so the bits of a row do not depend on the batch around it.
#include "core/fourier.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/thread_pool.h"

// One copy of the code for each width of vectors, chosen when the library is
// loaded.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define TAEDA_CLONES __attribute__((target_clones("avx2", "default"), flatten))
#else
#define TAEDA_CLONES
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#endif

namespace taeda {
namespace {

constexpr int64_t SHORT = 512;     // up to here a row is one lane
constexpr int LARGEST_RADIX = 13;  // larger prime factors take Bluestein's way
constexpr size_t KEPT_PLANS = 16;

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float Type __attribute__((vector_size(32)));
};
template <>
struct VectorOf<double> {
  typedef double Type __attribute__((vector_size(32)));
};
template <class T>
using Vector = typename VectorOf<T>::Type;
template <class T>
inline constexpr int LANES = 32 / sizeof(T);

template <class T>
struct Lane {  // the same element of every lane
  Vector<T> re, im;
};

// exp(-2πi k / n), from an angle of at most π/4.
std::complex<double> root(int64_t k, int64_t n) {
  k %= n;
  const bool below = 2 * k > n;  // below the real axis lies what is conjugate to k' = n - k
  int64_t at = below ? n - k : k;
  const bool left = 4 * at > n;
  at = left ? n - 2 * at : 2 * at;  // now in halves: at / (2n) of a turn, at most a quarter
  const bool steep = 4 * at > n;
  const double angle = M_PI * static_cast<double>(steep ? n - 2 * at : 2 * at) / (2.0 * static_cast<double>(n));
  double c = std::cos(angle), s = std::sin(angle);
  if (steep) std::swap(c, s);
  return {left ? -c : c, below ? s : -s};
}

// ---- one length, in lanes
// -------------------------------------------------------------------------------------------

std::vector<int> radices_of(int64_t n) {  // empty if there is a large prime factor
  std::vector<int> found;
  for (int radix : {4, 2, 3, 5, 7, 11, 13})
    while (n % radix == 0) {
      found.push_back(radix);
      n /= radix;
    }
  if (n != 1) return {};
  if (found.empty()) found.push_back(1);
  return found;
}

template <class T>
struct LanePlan {
  struct Pass {
    int radix;
    int64_t groups;                         // butterflies that differ in their twiddle factors
    std::vector<std::complex<T>> twiddles;  // radix - 1 for each group
    std::vector<std::complex<T>> roots;     // of one, for radices without a butterfly of their own
  };
  int64_t length;
  std::vector<Pass> passes;

  explicit LanePlan(int64_t length) : length(length) {
    int64_t n = length;
    for (int radix : radices_of(length)) {
      if (radix == 1) break;
      Pass pass{radix, n / radix, {}, {}};
      for (int64_t p = 0; p < pass.groups; ++p)
        for (int j = 1; j < radix; ++j) pass.twiddles.emplace_back(root(p * j, n));
      for (int j = 0; j < radix; ++j) pass.roots.emplace_back(root(j, radix));
      passes.push_back(std::move(pass));
      n /= radix;
    }
  }
};

template <class T>
inline Lane<T> operator+(const Lane<T>& a, const Lane<T>& b) {
  return {a.re + b.re, a.im + b.im};
}
template <class T>
inline Lane<T> operator-(const Lane<T>& a, const Lane<T>& b) {
  return {a.re - b.re, a.im - b.im};
}
template <class T>
inline Lane<T> scaled(const Lane<T>& a, T by) {
  return {a.re * by, a.im * by};
}
template <class T>
inline Lane<T> times_minus_i(const Lane<T>& a) {
  return {a.im, -a.re};
}
template <class T>
inline Lane<T> times(const Lane<T>& a, const std::complex<T>& w) {
  return {a.re * w.real() - a.im * w.imag(), a.re * w.imag() + a.im * w.real()};
}

template <class T, int RADIX>
inline void butterfly(const Lane<T>* x, Lane<T>* y) {
  if constexpr (RADIX == 2) {
    y[0] = x[0] + x[1];
    y[1] = x[0] - x[1];
  } else if constexpr (RADIX == 3) {
    const T half = T(0.5), sine = T(0.86602540378443864676);
    const Lane<T> sum = x[1] + x[2], middle = x[0] - scaled(sum, half);
    const Lane<T> side = times_minus_i(scaled(x[1] - x[2], sine));
    y[0] = x[0] + sum;
    y[1] = middle + side;
    y[2] = middle - side;
  } else if constexpr (RADIX == 4) {
    const Lane<T> a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = times_minus_i(x[1] - x[3]);
    y[0] = a + c;
    y[1] = b + d;
    y[2] = a - c;
    y[3] = b - d;
  } else {
    static_assert(RADIX == 5);
    const T c1 = T(0.30901699437494742410), c2 = T(-0.80901699437494742410);
    const T s1 = T(0.95105651629515357212), s2 = T(0.58778525229247312917);
    const Lane<T> a = x[1] + x[4], b = x[2] + x[3], c = x[1] - x[4], d = x[2] - x[3];
    const Lane<T> m1 = x[0] + scaled(a, c1) + scaled(b, c2), m2 = x[0] + scaled(a, c2) + scaled(b, c1);
    const Lane<T> n1 = times_minus_i(scaled(c, s1) + scaled(d, s2)), n2 = times_minus_i(scaled(c, s2) - scaled(d, s1));
    y[0] = x[0] + a + b;
    y[1] = m1 + n1;
    y[2] = m2 + n2;
    y[3] = m2 - n2;
    y[4] = m1 - n1;
  }
}

// One pass of Stockham's algorithm: y[q + s (r p + j)] = w^(p j) Σ_k x[q + s (p
// + k m)] w_r^(j k).
template <class T, int RADIX>
inline void run_pass(const typename LanePlan<T>::Pass& pass, int64_t s, const Lane<T>* x, Lane<T>* y) {
  const int64_t m = pass.groups;
  for (int64_t p = 0; p < m; ++p) {
    const std::complex<T>* w = pass.twiddles.data() + p * (RADIX - 1);
    for (int64_t q = 0; q < s; ++q) {
      Lane<T> in[RADIX], out[RADIX];
      for (int k = 0; k < RADIX; ++k) in[k] = x[q + s * (p + k * m)];
      butterfly<T, RADIX>(in, out);
      y[q + s * RADIX * p] = out[0];
      for (int j = 1; j < RADIX; ++j) y[q + s * (RADIX * p + j)] = times(out[j], w[j - 1]);
    }
  }
}

template <class T>
inline void run_odd_pass(const typename LanePlan<T>::Pass& pass, int64_t s, const Lane<T>* x, Lane<T>* y) {
  const int64_t m = pass.groups;
  const int radix = pass.radix;
  for (int64_t p = 0; p < m; ++p)
    for (int64_t q = 0; q < s; ++q)
      for (int j = 0; j < radix; ++j) {
        Lane<T> sum = x[q + s * p];
        for (int k = 1; k < radix; ++k) sum = sum + times(x[q + s * (p + k * m)], pass.roots[j * k % radix]);
        y[q + s * (radix * p + j)] = j ? times(sum, pass.twiddles[p * (radix - 1) + j - 1]) : sum;
      }
}

// The transforms of `x`, in either buffer: which is returned.
template <class T>
inline Lane<T>* run_lanes(const LanePlan<T>& plan, Lane<T>* x, Lane<T>* y) {
  int64_t s = 1;
  for (const auto& pass : plan.passes) {
    switch (pass.radix) {
      case 2: run_pass<T, 2>(pass, s, x, y); break;
      case 3: run_pass<T, 3>(pass, s, x, y); break;
      case 4: run_pass<T, 4>(pass, s, x, y); break;
      case 5: run_pass<T, 5>(pass, s, x, y); break;
      default: run_odd_pass<T>(pass, s, x, y);
    }
    s *= pass.radix;
    std::swap(x, y);
  }
  return x;
}

// Eight numbers, or four, apart into their parts, and back.
template <class T, int... K>
inline Vector<T> picked(const Vector<T>& a, const Vector<T>& b, std::integer_sequence<int, K...>, int odd) {
  return odd ? __builtin_shufflevector(a, b, (2 * K + 1)...) : __builtin_shufflevector(a, b, (2 * K)...);
}
template <class T, int... K>
inline Vector<T> mixed(const Vector<T>& re, const Vector<T>& im, std::integer_sequence<int, K...>, int upper) {
  constexpr int N = LANES<T>;
  return upper ? __builtin_shufflevector(re, im, (K / 2 + N / 2 + K % 2 * N)...)
               : __builtin_shufflevector(re, im, (K / 2 + K % 2 * N)...);
}

// Element i of lane l is at `at[i * step + l * lane_step]`, in complex numbers;
// of lanes beyond `lanes`, zero. `swap` exchanges the parts, which before and
// after a transform makes it the inverse one.
template <class T>
inline void load_lanes(Lane<T>* to, const T* at, int64_t length, int64_t step, int64_t lane_step, int lanes,
                       bool swap) {
  if (lanes < LANES<T>) std::memset(static_cast<void*>(to), 0, sizeof(Lane<T>) * length);
  constexpr std::make_integer_sequence<int, LANES<T>> every;
  if (lane_step == 1 && lanes == LANES<T>) {
    for (int64_t i = 0; i < length; ++i) {
      Vector<T> a, b;
      std::memcpy(&a, at + 2 * i * step, sizeof a);
      std::memcpy(&b, at + 2 * i * step + LANES<T>, sizeof b);
      const Vector<T> re = picked<T>(a, b, every, 0), im = picked<T>(a, b, every, 1);
      to[i].re = swap ? im : re;
      to[i].im = swap ? re : im;
    }
    return;
  }
  if (lane_step == 1) {
    for (int64_t i = 0; i < length; ++i) {
      const T* from = at + 2 * i * step;
      T* re = reinterpret_cast<T*>(swap ? &to[i].im : &to[i].re);
      T* im = reinterpret_cast<T*>(swap ? &to[i].re : &to[i].im);
      for (int l = 0; l < lanes; ++l) re[l] = from[2 * l], im[l] = from[2 * l + 1];
    }
    return;
  }
  for (int l = 0; l < lanes; ++l) {
    const T* from = at + 2 * l * lane_step;
    T* re = reinterpret_cast<T*>(to) + (swap ? LANES<T> : 0) + l;
    T* im = reinterpret_cast<T*>(to) + (swap ? 0 : LANES<T>)+l;
    for (int64_t i = 0; i < length; ++i)
      re[i * 2 * LANES<T>] = from[2 * i * step], im[i * 2 * LANES<T>] = from[2 * i * step + 1];
  }
}

template <class T>
inline void store_lanes(const Lane<T>* from, T* at, int64_t length, int64_t step, int64_t lane_step, int lanes,
                        bool swap, T scale) {
  constexpr std::make_integer_sequence<int, LANES<T>> every;
  if (lane_step == 1 && lanes == LANES<T>) {
    for (int64_t i = 0; i < length; ++i) {
      const Vector<T> re = (swap ? from[i].im : from[i].re) * scale, im = (swap ? from[i].re : from[i].im) * scale;
      const Vector<T> lower = mixed<T>(re, im, every, 0), upper = mixed<T>(re, im, every, 1);
      std::memcpy(at + 2 * i * step, &lower, sizeof lower);
      std::memcpy(at + 2 * i * step + LANES<T>, &upper, sizeof upper);
    }
    return;
  }
  if (lane_step == 1) {
    for (int64_t i = 0; i < length; ++i) {
      T* to = at + 2 * i * step;
      const Vector<T> first = (swap ? from[i].im : from[i].re) * scale,
                      second = (swap ? from[i].re : from[i].im) * scale;
      for (int l = 0; l < lanes; ++l) to[2 * l] = first[l], to[2 * l + 1] = second[l];
    }
    return;
  }
  for (int l = 0; l < lanes; ++l) {
    T* to = at + 2 * l * lane_step;
    const T* re = reinterpret_cast<const T*>(from) + (swap ? LANES<T> : 0) + l;
    const T* im = reinterpret_cast<const T*>(from) + (swap ? 0 : LANES<T>)+l;
    for (int64_t i = 0; i < length; ++i)
      to[2 * i * step] = re[i * 2 * LANES<T>] * scale, to[2 * i * step + 1] = im[i * 2 * LANES<T>] * scale;
  }
}

// A group of lanes from memory to memory, with optional factors for each
// element between.
template <class T>
struct LaneJob {
  const LanePlan<T>* plan;
  const T* from;
  int64_t from_step, from_lane;
  T* to;
  int64_t to_step, to_lane;
  int lanes;
  bool swap_in, swap_out;
  const Lane<T>* factors;  // or null
  T scale;
  Lane<T>* buffers;  // two of the length
};

template <class T>
inline void run_job(const LaneJob<T>& j) {
  const int64_t length = j.plan->length;
  load_lanes(j.buffers, j.from, length, j.from_step, j.from_lane, j.lanes, j.swap_in);
  Lane<T>* found = run_lanes(*j.plan, j.buffers, j.buffers + length);
  if (j.factors)
    for (int64_t i = 0; i < length; ++i) {
      const Lane<T> w = j.factors[i], x = found[i];
      found[i] = {x.re * w.re - x.im * w.im, x.re * w.im + x.im * w.re};
    }
  store_lanes(found, j.to, length, j.to_step, j.to_lane, j.lanes, j.swap_out, j.scale);
}

TAEDA_CLONES void run_lane_job(const LaneJob<float>& j) { run_job(j); }
TAEDA_CLONES void run_lane_job(const LaneJob<double>& j) { run_job(j); }

// ---- plans
// ----------------------------------------------------------------------------------------------------------

template <class T>
struct AlignedArray {
  explicit AlignedArray(size_t count)
      : data(static_cast<T*>(::operator new(std::max<size_t>(count, 1) * sizeof(T), std::align_val_t(64)))) {}
  ~AlignedArray() { ::operator delete(data, std::align_val_t(64)); }
  AlignedArray(const AlignedArray&) = delete;
  AlignedArray& operator=(const AlignedArray&) = delete;
  T* data;
};

template <class T>
struct Plan {
  int64_t length;
  // A lane, or columns by rows, or (neither) Bluestein's convolution with
  // `inner`.
  std::unique_ptr<LanePlan<T>> columns,
      rows;  // of lengths N₁ and N₂; one lane: `columns` alone
  std::unique_ptr<AlignedArray<Lane<T>>> factors;
  std::unique_ptr<Plan> inner;
  std::vector<std::complex<T>> chirp, filter;
  std::vector<std::complex<T>> half;  // exp(-2πi k / 2n), for real rows of twice the length

  explicit Plan(int64_t n) : length(n) {
    if (radices_of(n).empty()) {
      make_bluestein();
    } else {
      int64_t first = 1;
      if (n > SHORT)
        for (int64_t d = 2; d * d <= n; ++d)
          if (n % d == 0) first = d;
      if (first < 8) {  // no even split: all in one lane
        columns = std::make_unique<LanePlan<T>>(n);
      } else {
        const int64_t other = n / first, groups = (other + LANES<T> - 1) / LANES<T>;
        columns = std::make_unique<LanePlan<T>>(first);
        rows = std::make_unique<LanePlan<T>>(other);
        factors = std::make_unique<AlignedArray<Lane<T>>>(groups * first);
        for (int64_t g = 0; g < groups; ++g)
          for (int64_t k = 0; k < first; ++k)
            for (int l = 0; l < LANES<T>; ++l) {
              const std::complex<double> w = root(k * (g * LANES<T> + l), n);
              factors->data[g * first + k].re[l] = static_cast<T>(w.real());
              factors->data[g * first + k].im[l] = static_cast<T>(w.imag());
            }
      }
    }
    half.reserve(n / 2 + 1);
    for (int64_t k = 0; k <= n / 2; ++k) half.emplace_back(root(k, 2 * n));
  }

  void make_bluestein();
  // Elements of the lane buffers, and complex numbers of scratch, that a row
  // needs.
  int64_t lane_elements() const {
    if (inner) return inner->lane_elements();
    return 2 * std::max(columns->length, rows ? rows->length : 0);
  }
  int64_t scratch() const { return inner ? 2 * inner->length + inner->scratch() : rows ? length : 0; }
};

// The buffers for lanes of the calling thread: apart from thread_scratch, which
// holds what is shared while other pieces of the same row run in this thread.
template <class T>
Lane<T>* lane_buffers(int64_t elements) {
  thread_local std::unique_ptr<AlignedArray<Lane<T>>> buffers;
  thread_local int64_t held = 0;
  if (held < elements) {
    buffers.reset(), held = 0;  // should there be no memory for more, none are held
    buffers = std::make_unique<AlignedArray<Lane<T>>>(elements);
    held = elements;
  }
  return buffers->data;
}

// One row; `scratch` has plan.scratch() complex numbers. `parallel`: over the
// pool.
template <class T>
void run_row(const Plan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch, bool parallel);

// Throws std::bad_alloc where a body does; no exception leaves a thread of the pool.
template <class F>
void each_group(int64_t groups, bool parallel, F&& body) {
  if (!parallel) {
    for (int64_t g = 0; g < groups; ++g) body(g);
    return;
  }
  int64_t failed = parallel_for(
      groups, std::max<int64_t>(1, groups / 16),
      [](void* context, int64_t begin, int64_t end) -> int64_t {
        try {
          for (int64_t g = begin; g < end; ++g) (*static_cast<std::remove_reference_t<F>*>(context))(g);
        } catch (const std::bad_alloc&) {
          return FOURIER_OUT_OF_MEMORY;
        }
        return 0;
      },
      &body);
  if (failed) throw std::bad_alloc();
}

template <class T>
void run_matrix(const Plan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch, bool parallel) {
  const int64_t first = plan.columns->length, second = plan.rows->length;
  const int lanes = LANES<T>;
  auto columns = [&](int64_t g) {
    const int used = static_cast<int>(std::min<int64_t>(lanes, second - g * lanes));
    run_lane_job(LaneJob<T>{plan.columns.get(), from + 2 * g * lanes, second, 1, scratch + 2 * g * lanes, second, 1,
                            used, inverse, false, plan.factors->data + g * first, T(1),
                            lane_buffers<T>(plan.lane_elements())});
  };
  each_group((second + lanes - 1) / lanes, parallel, columns);
  auto rows = [&](int64_t g) {
    const int used = static_cast<int>(std::min<int64_t>(lanes, first - g * lanes));
    run_lane_job(LaneJob<T>{plan.rows.get(), scratch + 2 * g * lanes * second, 1, second, to + 2 * g * lanes, first, 1,
                            used, false, inverse, nullptr, scale, lane_buffers<T>(plan.lane_elements())});
  };
  each_group((first + lanes - 1) / lanes, parallel, rows);
}

template <class T>
void run_bluestein(const Plan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch, bool parallel) {
  using C = std::complex<T>;
  const int64_t n = plan.length, m = plan.inner->length;
  const C* x = reinterpret_cast<const C*>(from);
  C *y = reinterpret_cast<C*>(to), *a = reinterpret_cast<C*>(scratch), *b = a + m;
  auto product = [](C u, C v) {
    return C(u.real() * v.real() - u.imag() * v.imag(), u.real() * v.imag() + u.imag() * v.real());
  };
  for (int64_t k = 0; k < n; ++k) a[k] = product(inverse ? std::conj(x[k]) : x[k], plan.chirp[k]);
  std::fill(a + n, a + m, C(0));
  T* rest = scratch + 4 * m;
  run_row(*plan.inner, scratch, reinterpret_cast<T*>(b), false, T(1), rest, parallel);
  for (int64_t k = 0; k < m; ++k) b[k] = product(b[k], plan.filter[k]);
  run_row(*plan.inner, reinterpret_cast<T*>(b), scratch, true, T(1), rest, parallel);
  for (int64_t k = 0; k < n; ++k) {
    const C v = product(a[k], plan.chirp[k]);
    y[k] = C(v.real() * scale, inverse ? -v.imag() * scale : v.imag() * scale);
  }
}

template <class T>
void Plan<T>::make_bluestein() {
  int64_t m = 1;
  while (m < 2 * length - 1) m *= 2;
  inner = std::make_unique<Plan<T>>(m);
  std::vector<std::complex<T>> b(m);
  for (int64_t k = 0; k < length; ++k) {
    const int64_t square = static_cast<int64_t>(static_cast<unsigned __int128>(k) * k % (2 * length));
    chirp.emplace_back(root(square, 2 * length));
    b[k] = std::conj(chirp[k]);
    if (k) b[m - k] = b[k];
  }
  filter.resize(m);
  std::vector<std::complex<T>> rest(std::max<int64_t>(inner->scratch(), 1));
  run_row(*inner, reinterpret_cast<const T*>(b.data()), reinterpret_cast<T*>(filter.data()), false,
          T(1) / static_cast<T>(m), reinterpret_cast<T*>(rest.data()), false);
}

template <class T>
void run_row(const Plan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch, bool parallel) {
  if (plan.inner)
    run_bluestein(plan, from, to, inverse, scale, scratch, parallel);
  else if (plan.rows)
    run_matrix(plan, from, to, inverse, scale, scratch, parallel);
  else
    run_lane_job(LaneJob<T>{plan.columns.get(), from, 1, plan.length, to, 1, plan.length, 1, inverse, inverse, nullptr,
                            scale, lane_buffers<T>(plan.lane_elements())});
}

// The last plans are kept: kernels of several threads may ask.
template <class T>
std::shared_ptr<const Plan<T>> plan_of(int64_t length) {
  static std::mutex mutex;
  static std::list<std::shared_ptr<const Plan<T>>> plans;
  std::lock_guard<std::mutex> lock(mutex);
  for (auto p = plans.begin(); p != plans.end(); ++p)
    if ((*p)->length == length) {
      plans.splice(plans.begin(), plans, p);
      return plans.front();
    }
  plans.push_front(std::make_shared<Plan<T>>(length));
  if (plans.size() > KEPT_PLANS) plans.pop_back();
  return plans.front();
}

// ---- rows of a batch
// ------------------------------------------------------------------------------------------------

// The half spectrum of a real row of 2h elements from the transform of its
// pairs (in place; h + 1 numbers).
template <class T>
void split_spectrum(const Plan<T>& plan, std::complex<T>* z) {
  using C = std::complex<T>;
  const int64_t h = plan.length;
  const C first = z[0];
  z[0] = C(first.real() + first.imag(), 0);
  z[h] = C(first.real() - first.imag(), 0);
  for (int64_t k = 1; 2 * k <= h; ++k) {
    const C a = z[k], b = std::conj(z[h - k]), w = plan.half[k];
    const C even = (a + b) * T(0.5), d = (a - b) * T(0.5), odd(d.imag(), -d.real());
    const C turned(odd.real() * w.real() - odd.imag() * w.imag(), odd.real() * w.imag() + odd.imag() * w.real());
    z[k] = even + turned;
    z[h - k] = std::conj(even - turned);
  }
}

// The opposite: what the inverse transform makes the pairs of a real row of,
// times two.
template <class T>
void join_spectrum(const Plan<T>& plan, const std::complex<T>* x, std::complex<T>* z) {
  using C = std::complex<T>;
  const int64_t h = plan.length;
  const T first = x[0].real(), last = x[h].real();
  z[0] = C(first + last, first - last);
  for (int64_t k = 1; 2 * k <= h; ++k) {
    const C a = x[k], b = std::conj(x[h - k]), w = std::conj(plan.half[k]);
    const C even = a + b, d = a - b;
    const C turned(d.real() * w.real() - d.imag() * w.imag(), d.real() * w.imag() + d.imag() * w.real());
    const C odd(-turned.imag(), turned.real());
    z[k] = even + odd;
    z[h - k] = std::conj(even - odd);
  }
}

enum Kind : int64_t { COMPLEX, TO_HALF, FROM_HALF };

template <class T>
struct Batch {
  const Plan<T>& plan;  // of n, or n / 2 for real rows of even length
  Kind kind;
  int64_t rows, n;
  const T* from;
  T* to;
  bool inverse;
  T scale;
  bool parallel_rows;  // over the pool; else each row is
};

template <class T>
int64_t scratch_of(const Batch<T>& b) {
  return 2 * static_cast<int64_t>(sizeof(T)) *
             (b.plan.scratch() + (b.kind != COMPLEX ? (LANES<T> + 1) * (b.n + 2) : 0)) +
         64;
}

template <class T>
void run_one(const Batch<T>& b, int64_t row, T* scratch, bool parallel) {
  using C = std::complex<T>;
  const int64_t n = b.n, h = n / 2;
  if (b.kind == COMPLEX) {
    run_row(b.plan, b.from + 2 * row * n, b.to + 2 * row * n, b.inverse, b.scale, scratch, parallel);
    return;
  }
  if (b.kind == TO_HALF) {
    C* out = reinterpret_cast<C*>(b.to) + row * (h + 1);
    const T* in = b.from + row * n;
    if (n % 2 == 0) {
      run_row(b.plan, in, reinterpret_cast<T*>(out), false, b.scale, scratch, parallel);
      split_spectrum(b.plan, out);
    } else {
      C *full = reinterpret_cast<C*>(scratch), *found = full + n;
      for (int64_t k = 0; k < n; ++k) full[k] = in[k];
      run_row(b.plan, scratch, reinterpret_cast<T*>(found), false, b.scale, scratch + 4 * n, parallel);
      std::copy(found, found + h + 1, out);
    }
    if (b.inverse)
      for (int64_t k = 0; k <= h; ++k) out[k] = std::conj(out[k]);
    return;
  }
  const C* in = reinterpret_cast<const C*>(b.from) + row * (h + 1);
  T* out = b.to + row * n;
  C *full = reinterpret_cast<C*>(scratch), *found = full + n;
  if (!b.inverse) {  // the forward transform of a spectrum is the inverse one of
                     // its conjugate
    C* turned = found;
    for (int64_t k = 0; k <= h; ++k) turned[k] = std::conj(in[k]);
    in = turned;
  }
  if (n % 2 == 0) {
    join_spectrum(b.plan, in, full);
    run_row(b.plan, scratch, out, true, b.scale, scratch + 4 * n, parallel);
    return;
  }
  full[0] = in[0].real();
  for (int64_t k = 1; k <= h; ++k) full[k] = in[k], full[n - k] = std::conj(in[k]);
  run_row(b.plan, scratch, reinterpret_cast<T*>(found), true, b.scale, scratch + 4 * n, parallel);
  for (int64_t k = 0; k < n; ++k) out[k] = found[k].real();
}

// Short rows fill the lanes together; of each the bits are those it has alone.
// Real ones of even length are rows of half as many complex numbers. `scratch`
// holds a spectrum for each lane.
template <class T>
void run_together(const Batch<T>& b, int64_t first, int64_t rows, T* scratch) {
  using C = std::complex<T>;
  const int64_t length = b.plan.length, half = b.n / 2 + 1;
  for (int64_t row = first; row < first + rows; row += LANES<T>) {
    const int used = static_cast<int>(std::min<int64_t>(LANES<T>, first + rows - row));
    LaneJob<T> job{b.plan.columns.get(),
                   b.from + 2 * row * length,
                   1,
                   length,
                   b.to + 2 * row * length,
                   1,
                   length,
                   used,
                   b.inverse,
                   b.inverse,
                   nullptr,
                   b.scale,
                   lane_buffers<T>(b.plan.lane_elements())};
    C* spectra = reinterpret_cast<C*>(b.to) + row * half;
    if (b.kind == TO_HALF) {
      job.to = reinterpret_cast<T*>(spectra);
      job.to_lane = half;
      job.swap_in = job.swap_out = false;
    } else if (b.kind == FROM_HALF) {
      for (int l = 0; l < used; ++l) {
        const C* in = reinterpret_cast<const C*>(b.from) + (row + l) * half;
        C* turned = reinterpret_cast<C*>(scratch) + LANES<T> * length;
        if (!b.inverse) {
          for (int64_t k = 0; k < half; ++k) turned[k] = std::conj(in[k]);
          in = turned;
        }
        join_spectrum(b.plan, in, reinterpret_cast<C*>(scratch) + l * length);
      }
      job.from = scratch;
      job.swap_in = job.swap_out = true;
    }
    run_lane_job(job);
    if (b.kind != TO_HALF) continue;
    for (int l = 0; l < used; ++l) {
      split_spectrum(b.plan, spectra + l * half);
      if (b.inverse)
        for (int64_t k = 0; k < half; ++k) spectra[l * half + k] = std::conj(spectra[l * half + k]);
    }
  }
}

template <class T>
int64_t run_rows(void* context, int64_t begin, int64_t end) {
  const auto& b = *static_cast<const Batch<T>*>(context);
  try {
    T* scratch = reinterpret_cast<T*>(thread_scratch(scratch_of(b)));
    if (!scratch) return FOURIER_OUT_OF_MEMORY;
    if (b.plan.columns && !b.plan.rows && (b.kind == COMPLEX || b.n % 2 == 0)) {
      run_together(b, begin, end - begin, scratch);
      return 0;
    }
    for (int64_t row = begin; row < end; ++row) run_one(b, row, scratch, !b.parallel_rows);
    return 0;
  } catch (const std::bad_alloc&) {
    return FOURIER_OUT_OF_MEMORY;
  }
}

template <class T>
int64_t fourier(const KernelArguments* a, int64_t, int64_t) {
  const int64_t rows = a->integers[0], n = a->integers[1];
  const Kind kind = static_cast<Kind>(a->integers[2]);
  double scale;
  std::memcpy(&scale, a->scalars, sizeof scale);
  if (rows == 0) return 0;
  try {
    const bool halved = kind != COMPLEX && n % 2 == 0;
    const auto plan = plan_of<T>(halved ? n / 2 : n);
    Batch<T> batch{*plan,
                   kind,
                   rows,
                   n,
                   reinterpret_cast<const T*>(a->data[0]),
                   reinterpret_cast<T*>(a->data[1]),
                   a->integers[3] != 0,
                   static_cast<T>(scale),
                   true};
    const int64_t row_work = n * 16;
    if (rows * row_work <= 1 << 16) return run_rows<T>(&batch, 0, rows);
    WithoutHostLock unlocked;
    if (rows < 4 && n > 1 << 14) {
      batch.parallel_rows = false;
      return run_rows<T>(&batch, 0, rows);
    }
    const int64_t grain = std::max<int64_t>(8, (1 << 18) / row_work / 8 * 8);
    return parallel_for(rows, n > 1 << 14 ? 1 : grain, run_rows<T>, &batch);
  } catch (const std::bad_alloc&) {
    return FOURIER_OUT_OF_MEMORY;
  }
}

}  // namespace

Kernel fourier_kernel(DType dtype) {
  switch (dtype) {
    case DType::Complex64: return fourier<float>;
    case DType::Complex128: return fourier<double>;
    default: return nullptr;
  }
}

}  // namespace taeda
