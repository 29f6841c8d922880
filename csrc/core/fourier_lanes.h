// The loops of fourier_loops.h, for one width of vectors (vector_lanes.h says how). Of <utility>, included before the
// instruction set is chosen, a type alone is taken.
//
// Products and sums are fused only where `fused` says so, so that a row has the same bits in whatever loop it is done.
#include "core/vector_lanes.h"

namespace taeda {
namespace TAEDA_VECTOR_NAMESPACE {

template <class T>
struct Lane {  // an element of all lanes
  Vector<T> re, im;
};

// ---- vectors --------------------------------------------------------------------------------------------------------

// Four floats of each fourth lane from `p` on.
#if TAEDA_VECTOR_BYTES == 64
TAEDA_LOOP Vector<float> gather_fours(const float* const* p, int64_t at) {
  __m512 v = _mm512_castps128_ps512(_mm_loadu_ps(p[0] + at));
  v = _mm512_insertf32x4(v, _mm_loadu_ps(p[4] + at), 1);
  v = _mm512_insertf32x4(v, _mm_loadu_ps(p[8] + at), 2);
  return (Vector<float>)_mm512_insertf32x4(v, _mm_loadu_ps(p[12] + at), 3);
}
#elif TAEDA_VECTOR_BYTES == 32
TAEDA_LOOP Vector<float> gather_fours(const float* const* p, int64_t at) {
  return (Vector<float>)_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p[0] + at)), _mm_loadu_ps(p[4] + at),
                                             1);
}
#else
TAEDA_LOOP Vector<float> gather_fours(const float* const* p, int64_t at) {
  Vector<float> v;
  __builtin_memcpy(&v, p[0] + at, sizeof v);
  return v;
}
#endif

// ---- complex numbers ------------------------------------------------------------------------------------------------

template <class T>
TAEDA_LOOP Lane<T> operator+(const Lane<T>& a, const Lane<T>& b) {
  return {a.re + b.re, a.im + b.im};
}
template <class T>
TAEDA_LOOP Lane<T> operator-(const Lane<T>& a, const Lane<T>& b) {
  return {a.re - b.re, a.im - b.im};
}
template <class T>
TAEDA_LOOP Lane<T> times_minus_i(const Lane<T>& a) {
  return {a.im, -a.re};
}
template <class T>
TAEDA_LOOP Lane<T> times(const Lane<T>& a, Vector<T> re, Vector<T> im) {
  return {fused(a.re, re, -(a.im * im)), fused(a.re, im, a.im * re)};
}
// Complex numbers that follow one another, apart into their parts: `count` of them where SOME, else a vector full.
template <class T, bool SOME>
TAEDA_LOOP Lane<T> load_parts(const T* at, int count) {
  constexpr int N = WIDTH<T>;
  Vector<T> a, b;
  if constexpr (SOME) {
    a = load_some(at, 2 * count < N ? 2 * count : N);
    b = 2 * count > N ? load_some(at + N, 2 * count - N) : Vector<T>{};
  } else {
    a = load(at), b = load(at + N);
  }
  return {Places<N>::even(a, b), Places<N>::odd(a, b)};
}

template <class T, bool SOME>
TAEDA_LOOP void store_parts(T* at, Lane<T> x, int count) {
  constexpr int N = WIDTH<T>;
  const Vector<T> a = Places<N>::lower(x.re, x.im), b = Places<N>::upper(x.re, x.im);
  if constexpr (SOME) {
    store_some(at, a, 2 * count < N ? 2 * count : N);
    if (2 * count > N) store_some(at + N, b, 2 * count - N);
  } else {
    store(at, a), store(at + N, b);
  }
}

template <class T>
TAEDA_LOOP Lane<T> swapped(Lane<T> x, bool swap) {
  return swap ? Lane<T>{x.im, x.re} : x;
}

// Σ_k x[k] exp(-2πi jk / RADIX).
template <class T, int RADIX>
TAEDA_LOOP void butterfly(const Lane<T>* x, Lane<T>* y, const T* roots) {
  if constexpr (RADIX == 2) {
    y[0] = x[0] + x[1];
    y[1] = x[0] - x[1];
  } else if constexpr (RADIX == 4) {
    const Lane<T> a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = times_minus_i(x[1] - x[3]);
    y[0] = a + c;
    y[1] = b + d;
    y[2] = a - c;
    y[3] = b - d;
  } else if constexpr (RADIX == 8) {
    const Vector<T> h = all<T>(T(0.70710678118654752440));
    Lane<T> even[4] = {x[0] + x[4], x[1] + x[5], x[2] + x[6], x[3] + x[7]};
    const Lane<T> b = x[1] - x[5], d = x[3] - x[7];
    Lane<T> odd[4] = {x[0] - x[4],
                      {(b.re + b.im) * h, (b.im - b.re) * h},
                      times_minus_i(x[2] - x[6]),
                      {(d.im - d.re) * h, -(d.re + d.im) * h}};
    Lane<T> first[4], second[4];
    butterfly<T, 4>(even, first, roots);
    butterfly<T, 4>(odd, second, roots);
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) y[2 * k] = first[k], y[2 * k + 1] = second[k];
  } else {  // odd: sums and differences of elements that have conjugate roots
    constexpr int HALF = RADIX / 2;
    Lane<T> sum[HALF], difference[HALF], total = x[0];
#pragma GCC unroll 6
    for (int k = 0; k < HALF; ++k) {
      sum[k] = x[k + 1] + x[RADIX - 1 - k];
      difference[k] = x[k + 1] - x[RADIX - 1 - k];
      total = total + sum[k];
    }
    y[0] = total;
#pragma GCC unroll 6
    for (int j = 1; j <= HALF; ++j) {
      Lane<T> middle = x[0], side = {};
#pragma GCC unroll 6
      for (int k = 0; k < HALF; ++k) {
        const Vector<T> c = all<T>(roots[2 * (j * (k + 1) % RADIX)]), s = all<T>(roots[2 * (j * (k + 1) % RADIX) + 1]);
        middle = {fused(sum[k].re, c, middle.re), fused(sum[k].im, c, middle.im)};
        side = k ? Lane<T>{fused(difference[k].im, s, side.re), fused(difference[k].re, s, side.im)}
                 : Lane<T>{difference[k].im * s, difference[k].re * s};
      }
      y[j] = {middle.re - side.re, middle.im + side.im};  // i s d has the parts -s Im d and s Re d
      y[RADIX - j] = {middle.re + side.re, middle.im - side.im};
    }
  }
}

// What a pass reads and writes: elements of all lanes by their indices. Those of the first pass may come from memory as
// it is, and those of the last go there, so that they need no loop of their own.
template <class T>
struct FromBuffer {
  const Lane<T>* x;
  TAEDA_LOOP Lane<T> operator()(int64_t i) const { return x[i]; }
};

template <class T>
struct ToBuffer {
  Lane<T>* y;
  TAEDA_LOOP void operator()(int64_t i, Lane<T> value) const { y[i] = value; }
};

template <class T>
struct FromBeside {  // full vectors of lanes that lie beside each other
  const T* from;
  int64_t step;
  bool swap;
  int64_t ahead;
  TAEDA_LOOP Lane<T> operator()(int64_t i) const {
    const T* next = from + 2 * i * step + ahead;
    __builtin_prefetch(next, 0, 2);
    __builtin_prefetch(next + WIDTH<T>, 0, 2);
    return swapped<T>(load_parts<T, false>(from + 2 * i * step, WIDTH<T>), swap);
  }
};

template <class T>
struct ToBeside {
  T* to;
  int64_t step;
  bool swap;
  Vector<T> scale;
  int64_t ahead;
  TAEDA_LOOP void operator()(int64_t i, Lane<T> value) const {
    T* next = to + 2 * i * step + ahead;
    __builtin_prefetch(next, 1, 2);
    __builtin_prefetch(next + WIDTH<T>, 1, 2);
    const Lane<T> x = swapped<T>(value, swap);
    store_parts<T, false>(to + 2 * i * step, {x.re * scale, x.im * scale}, WIDTH<T>);
  }
};

template <class T>
struct FromLanes {
  const T* from;
  int64_t step;
  TAEDA_LOOP Lane<T> operator()(int64_t i) const { return *reinterpret_cast<const Lane<T>*>(from + i * step); }
};

template <class T>
struct TimesFactors {
  Lane<T>* y;
  const Lane<T>* factors;
  TAEDA_LOOP void operator()(int64_t i, Lane<T> value) const { y[i] = times<T>(value, factors[i].re, factors[i].im); }
};

template <class T>
struct TimesOneLane {
  Lane<T>* y;
  const T* factors;
  TAEDA_LOOP void operator()(int64_t i, Lane<T> value) const {
    const T* w = factors + 2 * i * WIDTH<T>;
    y[i] = times<T>(value, all<T>(w[0]), all<T>(w[WIDTH<T>]));
  }
};

// One pass of Stockham's algorithm: y[q + s (r p + j)] = w^(p j) Σ_k x[q + s (p + k m)] w_r^(j k).
template <class T, int RADIX, class Source, class Sink>
__attribute__((noinline)) void pass_of(const LanePass<T>& pass, int64_t s, const Source& source, const Sink& sink) {
  const Source x = source;  // in registers
  const Sink y = sink;
  const int64_t m = pass.groups;
  for (int64_t q = 0; q < s; ++q) {  // p = 0: no factors
    Lane<T> in[RADIX], out[RADIX];
#pragma GCC unroll 16
    for (int k = 0; k < RADIX; ++k) in[k] = x(q + s * k * m);
    butterfly<T, RADIX>(in, out, pass.roots);
#pragma GCC unroll 16
    for (int j = 0; j < RADIX; ++j) y(q + s * j, out[j]);
  }
  for (int64_t p = 1; p < m; ++p) {
    const T* w = pass.twiddles + 2 * p * (RADIX - 1);
    for (int64_t q = 0; q < s; ++q) {
      Lane<T> in[RADIX], out[RADIX];
#pragma GCC unroll 16
      for (int k = 0; k < RADIX; ++k) in[k] = x(q + s * (p + k * m));
      butterfly<T, RADIX>(in, out, pass.roots);
      y(q + s * RADIX * p, out[0]);
#pragma GCC unroll 16
      for (int j = 1; j < RADIX; ++j)
        y(q + s * (RADIX * p + j), times<T>(out[j], all<T>(w[2 * j - 2]), all<T>(w[2 * j - 1])));
    }
  }
}

template <class T, class Source, class Sink>
TAEDA_LOOP void run_pass(const LanePass<T>& pass, int64_t s, const Source& x, const Sink& y) {
  switch (pass.radix) {
    case 2: return pass_of<T, 2>(pass, s, x, y);
    case 3: return pass_of<T, 3>(pass, s, x, y);
    case 4: return pass_of<T, 4>(pass, s, x, y);
    case 5: return pass_of<T, 5>(pass, s, x, y);
    case 7: return pass_of<T, 7>(pass, s, x, y);
    case 8: return pass_of<T, 8>(pass, s, x, y);
    case 11: return pass_of<T, 11>(pass, s, x, y);
    default: return pass_of<T, 13>(pass, s, x, y);
  }
}

// ---- memory to lanes and back ---------------------------------------------------------------------------------------

template <class T, bool SOME>
TAEDA_LOOP void load_beside(Lane<T>* to, const LaneJob<T>& j, int64_t length) {
  for (int64_t i = 0; i < length; ++i)
    to[i] = swapped<T>(load_parts<T, SOME>(j.from + 2 * i * j.from_step, j.lanes), j.swap_in);
}

template <class T, bool SOME>
TAEDA_LOOP void store_beside(const Lane<T>* from, const LaneJob<T>& j, int64_t length) {
  const Vector<T> scale = all<T>(j.scale);
  for (int64_t i = 0; i < length; ++i) {
    const Lane<T> x = swapped<T>(from[i], j.swap_out);
    store_parts<T, SOME>(j.to + 2 * i * j.to_step, {x.re * scale, x.im * scale}, j.lanes);
  }
}

// Lanes that lie one after the other, in blocks that are transposed. Lanes that are not there repeat the first.
template <class T, bool SOME>
TAEDA_LOOP void load_block(Lane<T>* to, const LaneJob<T>& j, int64_t start, int count) {
  constexpr int N = WIDTH<T>;
  Vector<T> re[N], im[N];
#pragma GCC unroll 16
  for (int l = 0; l < N; ++l) {
    const T* lane = j.from + 2 * ((l < j.lanes ? l : 0) * j.from_lane + start);
    const Lane<T> x = swapped<T>(load_parts<T, SOME>(lane, count), j.swap_in);
    re[l] = x.re, im[l] = x.im;
  }
  transpose<T>(re);
  transpose<T>(im);
#pragma GCC unroll 16
  for (int k = 0; k < N; ++k)
    if (!SOME || k < count) to[start + k] = {re[k], im[k]};
}

template <class T, bool SOME>
TAEDA_LOOP void store_block(const Lane<T>* from, const LaneJob<T>& j, int64_t start, int count) {
  constexpr int N = WIDTH<T>;
  const Vector<T> scale = all<T>(j.scale);
  Vector<T> re[N], im[N];
#pragma GCC unroll 16
  for (int k = 0; k < N; ++k) {
    const Lane<T> x = swapped<T>(from[start + (!SOME || k < count ? k : 0)], j.swap_out);
    re[k] = x.re * scale, im[k] = x.im * scale;
  }
  transpose<T>(re);
  transpose<T>(im);
#pragma GCC unroll 16
  for (int l = 0; l < N; ++l)
    if (l < j.lanes) store_parts<T, SOME>(j.to + 2 * (l * j.to_lane + start), {re[l], im[l]}, count);
}

// The same of floats, two elements of all lanes at a time: these are four numbers of each lane, which are put side by
// side as they are loaded, and all that is left to transpose are squares of four. `length` is even, and all lanes are
// there. Not for lanes that fall into the same set of the cache: a line is read in several steps.
TAEDA_LOOP void square_of_four(Vector<float>* v) {
  using P = Places<WIDTH<float>>;
  const Vector<float> a = P::lower_of_four(v[0], v[1]), b = P::upper_of_four(v[0], v[1]);
  const Vector<float> c = P::lower_of_four(v[2], v[3]), d = P::upper_of_four(v[2], v[3]);
  v[0] = P::first_halves(a, c), v[1] = P::second_halves(a, c);
  v[2] = P::first_halves(b, d), v[3] = P::second_halves(b, d);
}

TAEDA_LOOP void load_twos(Lane<float>* to, const LaneJob<float>& j, int64_t length) {
  constexpr int N = WIDTH<float>;
  const float* lanes[N];
  for (int l = 0; l < N; ++l) lanes[l] = j.from + 2 * l * j.from_lane;
  for (int64_t i = 0; i < length; i += 2) {
    Vector<float> v[4];
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) v[k] = gather_fours(lanes + k, 2 * i);
    square_of_four(v);
    to[i] = swapped<float>({v[0], v[1]}, j.swap_in);
    to[i + 1] = swapped<float>({v[2], v[3]}, j.swap_in);
  }
}

// The same from what a job to LANES has left: lane l of this job is an element there, and elements are lanes. The
// last vector of them overlaps the one before it, or has more lanes than elements, which the buffer has room for.
template <class T>
TAEDA_LOOP void load_turned(Lane<T>* to, const LaneJob<T>& j, int64_t length) {
  constexpr int N = WIDTH<T>;
  for (int64_t start = 0; start < length; start += N) {
    const T *block = j.from + start / N * j.from_step, *lanes[N];
    for (int l = 0; l < N; ++l) lanes[l] = block + (l < j.lanes ? 2 * N * l : 0);
    Lane<T>* at = to + (start + N <= length || length < N ? start : length - N);
    if constexpr (sizeof(T) == sizeof(float)) {
      for (int c = 0; c < N; c += 4) {
        Vector<float> re[4], im[4];
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) re[k] = gather_fours(lanes + k, c), im[k] = gather_fours(lanes + k, N + c);
        square_of_four(re);
        square_of_four(im);
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) at[c + k] = {re[k], im[k]};
      }
    } else {
      Vector<T> re[N], im[N];
#pragma GCC unroll 16
      for (int l = 0; l < N; ++l) re[l] = load(lanes[l]), im[l] = load(lanes[l] + N);
      transpose<T>(re);
      transpose<T>(im);
#pragma GCC unroll 16
      for (int k = 0; k < N; ++k) at[k] = {re[k], im[k]};
    }
  }
}

template <class T>
TAEDA_LOOP void load_lanes(Lane<T>* to, const LaneJob<T>& j, int64_t length) {
  constexpr int N = WIDTH<T>;
  if (j.from_layout == TURNED) return load_turned(to, j, length);
  if (j.from_layout == LANES) {
    for (int64_t i = 0; i < length; ++i) to[i] = FromLanes<T>{j.from, j.from_step}(i);
    return;
  }
  if (j.from_lane == 1 && j.from_step != 1) {
    if (j.lanes == N)
      load_beside<T, false>(to, j, length);
    else
      load_beside<T, true>(to, j, length);
    return;
  }
  int64_t start = 0;
  if constexpr (sizeof(T) == sizeof(float))
    if (j.lanes == N && j.from_lane % 256 != 0) load_twos(to, j, start = length / 2 * 2);
  for (; start + N <= length; start += N) load_block<T, false>(to, j, start, N);
  if (start < length) load_block<T, true>(to, j, start, static_cast<int>(length - start));
}

template <class T>
TAEDA_LOOP void store_lanes(const Lane<T>* from, const LaneJob<T>& j, int64_t length) {
  constexpr int N = WIDTH<T>;
  if (j.to_lane == 1 && j.to_step != 1) {
    if (j.lanes == N)
      store_beside<T, false>(from, j, length);
    else
      store_beside<T, true>(from, j, length);
    return;
  }
  int64_t start = 0;
  for (; start + N <= length; start += N) store_block<T, false>(from, j, start, N);
  if (start < length) store_block<T, true>(from, j, start, static_cast<int>(length - start));
}

// ---- halves of spectra ----------------------------------------------------------------------------------------------

// What two elements of the transform of pairs, k and h - k, become in the half spectrum; w = exp(-2πi k / 2h).
template <class T>
TAEDA_LOOP void split_two(Lane<T>& a, Lane<T>& b, Vector<T> re, Vector<T> im) {
  const Vector<T> half = all<T>(T(0.5));
  const Lane<T> even = {(a.re + b.re) * half, (a.im - b.im) * half};
  const Lane<T> odd = {(a.im + b.im) * half, (b.re - a.re) * half};
  const Lane<T> turned = times<T>(odd, re, im);
  a = even + turned;
  b = {even.re - turned.re, turned.im - even.im};
}

// The opposite, times two.
template <class T>
TAEDA_LOOP void join_two(Lane<T>& a, Lane<T>& b, Vector<T> re, Vector<T> im) {
  const Lane<T> even = {a.re + b.re, a.im - b.im}, difference = {a.re - b.re, a.im + b.im};
  const Lane<T> turned = times<T>(difference, re, -im);
  const Lane<T> odd = {-turned.im, turned.re};
  a = even + odd;
  b = {even.re - odd.re, odd.im - even.im};
}

// In lanes, every lane a row. From h elements to h + 1, or to all 2h; and from h + 1 to h.
template <class T>
TAEDA_LOOP void split_lanes(Lane<T>* z, const LaneJob<T>& j, int64_t h) {
  const Lane<T> first = z[0];
  z[0] = {first.re + first.im, Vector<T>{}};
  z[h] = {first.re - first.im, Vector<T>{}};
  for (int64_t k = 1; 2 * k <= h; ++k) {
    Lane<T> a = z[k], b = z[h - k];
    split_two<T>(a, b, all<T>(j.half[2 * k]), all<T>(j.half[2 * k + 1]));
    z[h - k] = b, z[k] = a;
  }
  if (j.conjugate)
    for (int64_t k = 0; k <= h; ++k) z[k].im = -z[k].im;
  if (j.kind == TO_FULL)
    for (int64_t k = 1; k < h; ++k) z[2 * h - k] = {z[k].re, -z[k].im};
}

template <class T>
TAEDA_LOOP void join_lanes(Lane<T>* z, const LaneJob<T>& j, int64_t h) {
  if (j.conjugate)
    for (int64_t k = 0; k <= h; ++k) z[k].im = -z[k].im;
  const Vector<T> first = z[0].re, last = z[h].re;
  z[0] = {first + last, first - last};
  for (int64_t k = 1; 2 * k <= h; ++k) {
    Lane<T> a = z[k], b = z[h - k];
    join_two<T>(a, b, all<T>(j.half[2 * k]), all<T>(j.half[2 * k + 1]));
    z[h - k] = b, z[k] = a;
  }
  if (j.swap_in)
    for (int64_t k = 0; k < h; ++k) z[k] = swapped<T>(z[k], true);
}

template <class T>
TAEDA_LOOP Lane<T> reversed(Lane<T> x) {
  return {Places<WIDTH<T>>::reversed(x.re), Places<WIDTH<T>>::reversed(x.im)};
}

// Of one row in memory; the elements of a vector are neighbours, and their partners lie backwards.
template <class T>
void split(T* z, const T* half, int64_t h) {
  constexpr int N = WIDTH<T>;
  const T re = z[0], im = z[1];
  z[0] = re + im, z[1] = 0;
  z[2 * h] = re - im, z[2 * h + 1] = 0;
  int64_t k = 1;
  for (; 2 * (k + N) <= h; k += N) {
    T* mirrored = z + 2 * (h - k - N + 1);
    Lane<T> a = load_parts<T, false>(z + 2 * k, N), b = reversed<T>(load_parts<T, false>(mirrored, N));
    const Lane<T> w = load_parts<T, false>(half + 2 * k, N);
    split_two<T>(a, b, w.re, w.im);
    store_parts<T, false>(z + 2 * k, a, N);
    store_parts<T, false>(mirrored, reversed<T>(b), N);
  }
  for (; 2 * k <= h; ++k) {
    Lane<T> a = {all<T>(z[2 * k]), all<T>(z[2 * k + 1])}, b = {all<T>(z[2 * (h - k)]), all<T>(z[2 * (h - k) + 1])};
    split_two<T>(a, b, all<T>(half[2 * k]), all<T>(half[2 * k + 1]));
    z[2 * (h - k)] = b.re[0], z[2 * (h - k) + 1] = b.im[0];
    z[2 * k] = a.re[0], z[2 * k + 1] = a.im[0];
  }
}

template <class T>
void join(const T* x, T* z, const T* half, int64_t h, bool conjugate) {
  constexpr int N = WIDTH<T>;
  const T first = x[0], last = x[2 * h], sign = conjugate ? T(-1) : T(1);
  z[0] = first + last, z[1] = first - last;
  int64_t k = 1;
  for (; 2 * (k + N) <= h; k += N) {
    const int64_t mirrored = 2 * (h - k - N + 1);
    Lane<T> a = load_parts<T, false>(x + 2 * k, N), b = reversed<T>(load_parts<T, false>(x + mirrored, N));
    const Lane<T> w = load_parts<T, false>(half + 2 * k, N);
    a.im = a.im * sign, b.im = b.im * sign;
    join_two<T>(a, b, w.re, w.im);
    store_parts<T, false>(z + 2 * k, a, N);
    store_parts<T, false>(z + mirrored, reversed<T>(b), N);
  }
  for (; 2 * k <= h; ++k) {
    Lane<T> a = {all<T>(x[2 * k]), all<T>(x[2 * k + 1] * sign)};
    Lane<T> b = {all<T>(x[2 * (h - k)]), all<T>(x[2 * (h - k) + 1] * sign)};
    join_two<T>(a, b, all<T>(half[2 * k]), all<T>(half[2 * k + 1]));
    z[2 * (h - k)] = b.re[0], z[2 * (h - k) + 1] = b.im[0];
    z[2 * k] = a.re[0], z[2 * k + 1] = a.im[0];
  }
}

template <class T>
void multiply(T* out, const T* a, const T* b, int64_t n, bool conjugate) {
  constexpr int N = WIDTH<T>;
  const Vector<T> sign = all<T>(conjugate ? T(-1) : T(1));
  int64_t k = 0;
  for (; k + N <= n; k += N) {
    Lane<T> x = load_parts<T, false>(a + 2 * k, N);
    const Lane<T> y = load_parts<T, false>(b + 2 * k, N);
    x.im = x.im * sign;
    store_parts<T, false>(out + 2 * k, times<T>(x, y.re, y.im), N);
  }
  if (k < n) {
    const int count = static_cast<int>(n - k);
    Lane<T> x = load_parts<T, true>(a + 2 * k, count);
    const Lane<T> y = load_parts<T, true>(b + 2 * k, count);
    x.im = x.im * sign;
    store_parts<T, true>(out + 2 * k, times<T>(x, y.re, y.im), count);
  }
}

// ---- jobs -----------------------------------------------------------------------------------------------------------

// The first pass from where the job's elements lie, as far as that needs no transposing: whether it was done.
template <class T>
TAEDA_LOOP bool run_first(const LaneJob<T>& j, Lane<T>* to) {
  const LanePass<T>& pass = j.plan->passes[0];
  if (j.plan->count < 2 || j.kind == FROM_HALF) return false;
  if (j.from_layout == LANES)
    run_pass<T>(pass, 1, FromLanes<T>{j.from, j.from_step}, ToBuffer<T>{to});
  else if (j.from_layout == MEMORY && j.lanes == WIDTH<T> && j.from_lane == 1 && j.from_step != 1)
    run_pass<T>(pass, 1, FromBeside<T>{j.from, j.from_step, j.swap_in, j.ahead}, ToBuffer<T>{to});
  else
    return false;
  return true;
}

// The last pass to where they belong, likewise.
template <class T>
TAEDA_LOOP bool run_last(const LaneJob<T>& j, int64_t s, Lane<T>* from) {
  const LanePass<T>& pass = j.plan->passes[j.plan->count - 1];
  Lane<T>* to = reinterpret_cast<Lane<T>*>(j.to);
  if (j.to_layout == LANES && j.factor_lane < 0)
    run_pass<T>(pass, s, FromBuffer<T>{from}, TimesFactors<T>{to, reinterpret_cast<const Lane<T>*>(j.factors)});
  else if (j.to_layout == LANES)
    run_pass<T>(pass, s, FromBuffer<T>{from}, TimesOneLane<T>{to, j.factors + j.factor_lane});
  else if (j.kind == COMPLEX && j.lanes == WIDTH<T> && j.to_lane == 1 && j.to_step != 1)
    run_pass<T>(pass, s, FromBuffer<T>{from}, ToBeside<T>{j.to, j.to_step, j.swap_out, all<T>(j.scale), j.ahead});
  else
    return false;
  return true;
}

template <class T>
void run(const LaneJob<T>& j) {
  const LanePlan<T>& plan = *j.plan;
  const int64_t length = plan.length;
  Lane<T>* x = reinterpret_cast<Lane<T>*>(j.buffers);
  Lane<T>* y = x + buffer_elements(plan, j.kind);
  int64_t s = 1;
  int done = 0;
  auto turn = [&] {
    s *= plan.passes[done++].radix;
    Lane<T>* other = x;
    x = y, y = other;
  };
  if (run_first<T>(j, y)) {
    turn();
  } else if (j.kind == FROM_HALF) {  // spectra are read as they are
    LaneJob<T> reading = j;
    reading.swap_in = false;
    load_lanes<T>(x, reading, length + 1);
    join_lanes<T>(x, j, length);
  } else {
    load_lanes<T>(x, j, length);
  }
  while (done < plan.count) {
    if (done + 1 == plan.count && run_last<T>(j, s, x)) return;
    run_pass<T>(plan.passes[done], s, FromBuffer<T>{x}, ToBuffer<T>{y});
    turn();
  }
  if (j.kind == TO_HALF || j.kind == TO_FULL) split_lanes<T>(x, j, length);
  store_lanes<T>(x, j, j.kind == TO_HALF ? length + 1 : j.kind == TO_FULL ? 2 * length : length);
}

template <class T>
inline constexpr FourierLoops<T> LOOPS = {WIDTH<T>,   TAEDA_VECTOR_BYTES == 64 ? 8 : 4, run<T>, split<T>, join<T>,
                                          multiply<T>};

}  // namespace TAEDA_VECTOR_NAMESPACE
}  // namespace taeda
