// Discrete Fourier transforms of rows: complex to complex, real to a spectrum or half of one, and back.
//
// A short row sits in one lane beside others of the batch (fourier_loops.h). A long one, of N₁ N₂ elements, is done as
// a matrix: transforms of its columns, twiddle factors, transforms of its rows (Bailey, "FFTs in external or
// hierarchical memory", 1990). Lengths with a large prime factor become a convolution (Rader, Bluestein). What is done
// depends on the length alone, so the bits of a row do not depend on the batch around it (fourier_plan.h).
#include "core/fourier.h"

#include <algorithm>
#include <complex>
#include <cstring>
#include <memory>
#include <type_traits>

#include "core/fourier_plan.h"
#include "core/thread_pool.h"

namespace taeda {

// ---- one row --------------------------------------------------------------------------------------------------------

namespace {

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
LaneJob<T> complex_job(const LanePlan<T>& plan, T* buffers) {
  LaneJob<T> job{};
  job.plan = &plan;
  job.kind = COMPLEX;
  job.factor_lane = -1;
  job.scale = T(1);
  job.buffers = buffers;
  return job;
}

template <class T>
T* aligned(T* p) {
  return reinterpret_cast<T*>((reinterpret_cast<uintptr_t>(p) + 63) & ~uintptr_t{63});
}

template <class T>
void transform_matrix(const FourierPlan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch,
                      bool parallel) {
  const int64_t first = plan.columns->plan.length, second = plan.rows->plan.length, lanes = plan.loops.lanes;
  scratch = aligned(scratch);  // for each group of columns `first` elements of all lanes
  each_group((second + lanes - 1) / lanes, parallel, [&](int64_t g) {
    LaneJob<T> job = complex_job(plan.columns->plan, lane_buffers<T>(plan.buffer_numbers()));
    job.from = from + 2 * plan.column_of(g), job.from_step = second, job.from_lane = 1;
    job.to = scratch + 2 * g * first * lanes, job.to_layout = LANES;
    job.lanes = static_cast<int>(std::min(lanes, second));
    job.swap_in = inverse;
    job.factors = plan.factors_of(g);
    job.ahead = parallel ? 0 : 2 * plan.length;
    plan.loops.run(job);
  });
  // Here the last group overlaps too, but for threads, of which no two should write to the same place.
  const bool overlapping = !parallel && first >= lanes;
  each_group((first + lanes - 1) / lanes, parallel, [&](int64_t g) {
    LaneJob<T> job = complex_job(plan.rows->plan, lane_buffers<T>(plan.buffer_numbers()));
    const int64_t start = overlapping ? std::min(g * lanes, first - lanes) : g * lanes;
    job.from = scratch + 2 * start * lanes, job.from_step = 2 * first * lanes, job.from_layout = TURNED;
    job.to = to + 2 * start, job.to_step = first, job.to_lane = 1;
    job.lanes = static_cast<int>(std::min(lanes, first - start));
    job.swap_out = inverse;
    job.scale = scale;
    job.ahead = parallel ? 0 : 2 * plan.length;
    plan.loops.run(job);
  });
}

template <class T>
void conjugate_row(T* x, int64_t n) {
  for (int64_t k = 0; k < n; ++k) x[2 * k + 1] = -x[2 * k + 1];
}

// The inverse transform of the conjugate is the conjugate of the transform: chirps and filters serve both.
template <class T>
void transform_bluestein(const FourierPlan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch,
                         bool parallel) {
  const int64_t n = plan.length, m = plan.inner->length;
  const T *chirp = reinterpret_cast<const T*>(plan.chirp.data()),
          *filter = reinterpret_cast<const T*>(plan.filter.data());
  T *a = scratch, *b = scratch + 2 * m, *rest = scratch + 4 * m;
  plan.loops.multiply(a, from, chirp, n, inverse);
  std::fill(a + 2 * n, a + 2 * m, T(0));
  transform_row(*plan.inner, a, b, false, T(1), rest, parallel);
  plan.loops.multiply(b, b, filter, m, false);
  transform_row(*plan.inner, b, a, true, scale, rest, parallel);
  plan.loops.multiply(to, a, chirp, n, false);
  if (inverse) conjugate_row(to, n);
}

template <class T>
void transform_rader(const FourierPlan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch,
                     bool parallel) {
  const int64_t m = plan.inner->length;
  const T sign = inverse ? T(-1) : T(1), *filter = reinterpret_cast<const T*>(plan.filter.data());
  T *a = scratch, *b = scratch + 2 * m, *rest = scratch + 4 * m;
  const T first_re = from[0], first_im = from[1] * sign;
  for (int64_t q = 0; q < m; ++q) {
    const T* x = from + 2 * plan.order[q];
    a[2 * q] = x[0], a[2 * q + 1] = x[1] * sign;
  }
  transform_row(*plan.inner, a, b, false, T(1), rest, parallel);
  const T total_re = first_re + b[0], total_im = first_im + b[1];
  plan.loops.multiply(b, b, filter, m, false);
  b[0] += first_re, b[1] += first_im;  // adds it to all results
  transform_row(*plan.inner, b, a, true, scale, rest, parallel);
  for (int64_t q = 0; q < m; ++q) {
    T* y = to + 2 * plan.order_back[q];
    y[0] = a[2 * q], y[1] = a[2 * q + 1] * sign;
  }
  to[0] = total_re * scale, to[1] = total_im * scale * sign;
}

}  // namespace

template <class T>
T* lane_buffers(int64_t numbers) {
  thread_local std::unique_ptr<AlignedArray<T>> buffers;
  thread_local int64_t held = 0;
  if (held < numbers) {
    buffers.reset(), held = 0;  // should there be no memory for more, none are held
    buffers = std::make_unique<AlignedArray<T>>(numbers);
    held = numbers;
  }
  return buffers->data;
}

template <class T>
void transform_row(const FourierPlan<T>& plan, const T* from, T* to, bool inverse, T scale, T* scratch, bool parallel) {
  if (plan.inner && !plan.order.empty()) return transform_rader(plan, from, to, inverse, scale, scratch, parallel);
  if (plan.inner) return transform_bluestein(plan, from, to, inverse, scale, scratch, parallel);
  if (plan.rows) return transform_matrix(plan, from, to, inverse, scale, scratch, parallel);
  LaneJob<T> job = complex_job(plan.columns->plan, lane_buffers<T>(plan.buffer_numbers()));
  job.from = from, job.from_step = 1, job.from_lane = plan.length;
  job.to = to, job.to_step = 1, job.to_lane = plan.length;
  job.lanes = 1;
  job.swap_in = job.swap_out = inverse;
  job.scale = scale;
  plan.loops.run(job);
}

template void transform_row(const FourierPlan<float>&, const float*, float*, bool, float, float*, bool);
template void transform_row(const FourierPlan<double>&, const double*, double*, bool, double, double*, bool);

// ---- rows of a batch ------------------------------------------------------------------------------------------------

namespace {

template <class T>
struct Batch {
  const FourierPlan<T>& plan;  // of n, or n / 2 for real rows of even length
  FourierKind kind;
  int64_t rows, n, inner;
  const T* from;
  T* to;
  bool inverse;
  T scale;
  bool parallel_rows;  // over the pool; else each row is

  bool halved() const { return kind != COMPLEX && n % 2 == 0; }
  int64_t half_size() const { return n / 2 + 1; }
  // Numbers of type T that a row has in the input and in the output.
  int64_t taken() const { return kind == COMPLEX ? 2 * n : kind == FROM_HALF ? 2 * half_size() : n; }
  int64_t given() const { return kind == FROM_HALF ? n : kind == TO_HALF ? 2 * half_size() : 2 * n; }
  int64_t scratch_bytes() const {
    const int64_t whole_rows = kind != COMPLEX || plan.inner ? 2 * (n + 2) : 0;
    const int64_t beside = inner > 1 && plan.rows ? n * plan.loops.lanes : 0;
    return 2 * static_cast<int64_t>(sizeof(T)) * (plan.scratch() + whole_rows + beside) + 64;
  }
};

template <class T>
void fill_mirrored(T* x, int64_t n) {  // x[n - k] = conj(x[k])
  for (int64_t k = 1; 2 * k < n; ++k) x[2 * (n - k)] = x[2 * k], x[2 * (n - k) + 1] = -x[2 * k + 1];
}

template <class T>
void run_one(const Batch<T>& b, int64_t row, T* scratch, bool parallel) {
  const int64_t n = b.n, h = n / 2;
  const T* in = b.from + row * b.taken();
  T* out = b.to + row * b.given();
  if (b.kind == COMPLEX) return transform_row(b.plan, in, out, b.inverse, b.scale, scratch, parallel);
  const T* roots = reinterpret_cast<const T*>(b.plan.half.data());
  T *full = scratch, *found = scratch + 2 * (n + 2), *rest = found + 2 * (n + 2);
  if (b.kind == FROM_HALF) {  // the forward transform of a spectrum is the inverse one of its conjugate
    if (b.halved()) {
      b.plan.loops.join(in, full, roots, h, !b.inverse);
      return transform_row(b.plan, full, out, true, b.scale, rest, parallel);
    }
    const T sign = b.inverse ? T(1) : T(-1);
    full[0] = in[0], full[1] = 0;
    for (int64_t k = 1; k <= h; ++k) full[2 * k] = in[2 * k], full[2 * k + 1] = in[2 * k + 1] * sign;
    fill_mirrored(full, n);
    transform_row(b.plan, full, found, true, b.scale, rest, parallel);
    for (int64_t k = 0; k < n; ++k) out[k] = found[2 * k];
    return;
  }
  if (b.halved()) {
    transform_row(b.plan, in, out, false, b.scale, rest, parallel);
    b.plan.loops.split(out, roots, h);
  } else {
    for (int64_t k = 0; k < n; ++k) full[2 * k] = in[k], full[2 * k + 1] = 0;
    transform_row(b.plan, full, found, false, b.scale, rest, parallel);
    std::copy(found, found + 2 * (h + 1), out);
  }
  if (b.inverse) conjugate_row(out, h + 1);
  if (b.kind == TO_FULL) fill_mirrored(out, n);
}

// Short rows fill the lanes together; of each the bits are those it has alone.
template <class T>
void run_together(const Batch<T>& b, int64_t first, int64_t rows) {
  const int64_t lanes = b.plan.loops.lanes;
  const bool halved = b.halved();
  for (int64_t row = first; row < first + rows; row += lanes) {
    LaneJob<T> job = complex_job(b.plan.columns->plan, lane_buffers<T>(b.plan.buffer_numbers()));
    job.kind = b.kind;
    job.from = b.from + row * b.taken(), job.from_step = 1, job.from_lane = b.taken() / 2;
    job.to = b.to + row * b.given(), job.to_step = 1, job.to_lane = b.given() / 2;
    job.lanes = static_cast<int>(std::min(lanes, first + rows - row));
    job.scale = b.scale;
    job.swap_in = job.swap_out = halved ? b.kind == FROM_HALF : b.inverse;
    job.conjugate = b.kind == FROM_HALF ? !b.inverse : b.inverse;
    job.half = reinterpret_cast<const T*>(b.plan.half.data());
    b.plan.loops.run(job);
  }
}

// Rows that lie side by side: group `g` of those that fill a vector, of one of the blocks.
template <class T>
void run_beside(const Batch<T>& b, int64_t item, T* scratch) {
  const FourierPlan<T>& plan = b.plan;
  const int64_t lanes = plan.loops.lanes, groups = (b.inner + lanes - 1) / lanes, n = b.n;
  const int64_t block = item / groups, start = item % groups * lanes;
  const int used = static_cast<int>(std::min(lanes, b.inner - start));
  const T* from = b.from + 2 * (block * n * b.inner + start);
  T* to = b.to + 2 * (block * n * b.inner + start);
  if (plan.inner) {
    T *row = scratch, *found = scratch + 2 * (n + 2), *rest = found + 2 * (n + 2);
    for (int l = 0; l < used; ++l) {
      for (int64_t k = 0; k < n; ++k) std::memcpy(row + 2 * k, from + 2 * (k * b.inner + l), 2 * sizeof(T));
      transform_row(plan, row, found, b.inverse, b.scale, rest, false);
      for (int64_t k = 0; k < n; ++k) std::memcpy(to + 2 * (k * b.inner + l), found + 2 * k, 2 * sizeof(T));
    }
    return;
  }
  LaneJob<T> job = complex_job(plan.columns->plan, lane_buffers<T>(plan.buffer_numbers()));
  job.from_lane = job.to_lane = 1;
  job.lanes = used;
  if (!plan.rows) {
    job.from = from, job.to = to;
    job.from_step = job.to_step = b.inner;
    job.swap_in = job.swap_out = b.inverse;
    job.scale = b.scale;
    return plan.loops.run(job);
  }
  const int64_t first = plan.columns->plan.length, second = plan.rows->plan.length;
  scratch = aligned(scratch);
  job.swap_in = b.inverse;
  job.from_step = second * b.inner, job.to_layout = LANES;
  for (int64_t c = 0; c < second; ++c) {
    job.from = from + 2 * c * b.inner, job.to = scratch + 2 * c * first * lanes;
    job.factors = plan.factors_of(c / lanes);
    job.factor_lane = static_cast<int>(c - plan.column_of(c / lanes));
    plan.loops.run(job);
  }
  job.plan = &plan.rows->plan;
  job.swap_in = false, job.swap_out = b.inverse;
  job.scale = b.scale;
  job.from_layout = LANES, job.from_step = 2 * first * lanes;
  job.to_layout = MEMORY, job.to_step = first * b.inner;
  for (int64_t k = 0; k < first; ++k) {
    job.from = scratch + 2 * k * lanes, job.to = to + 2 * k * b.inner;
    plan.loops.run(job);
  }
}

template <class T>
int64_t run_items(void* context, int64_t begin, int64_t end) {
  const auto& b = *static_cast<const Batch<T>*>(context);
  try {
    T* scratch = reinterpret_cast<T*>(thread_scratch(b.scratch_bytes()));
    if (!scratch) return FOURIER_OUT_OF_MEMORY;
    if (b.inner > 1) {
      for (int64_t item = begin; item < end; ++item) run_beside(b, item, scratch);
    } else if (b.plan.columns && !b.plan.rows && (b.kind == COMPLEX || b.halved())) {
      run_together(b, begin, end - begin);
    } else {
      for (int64_t row = begin; row < end; ++row) run_one(b, row, scratch, !b.parallel_rows);
    }
    return 0;
  } catch (const std::bad_alloc&) {
    return FOURIER_OUT_OF_MEMORY;
  }
}

constexpr int64_t LONG_ROW = 1 << 14;  // elements from which a row is a piece of work of its own
constexpr int64_t PIECE = 1 << 14;     // elements of a piece of several

constexpr int64_t SMALL_PLANE = 1 << 20;  // bytes of one that a cache has room for, beside its result

template <class T>
int64_t run_batch(Batch<T>& b) {
  const int64_t lanes = b.plan.loops.lanes, inner = b.inner, rows = b.rows;
  const int64_t items = inner > 1 ? rows * ((inner + lanes - 1) / lanes) : rows;
  const int64_t item = inner > 1 ? b.n * lanes : b.n;  // elements
  if (items * item <= PIECE / 2) return run_items<T>(&b, 0, items);
  WithoutHostLock unlocked;
  if (items < 4 && inner == 1 && b.n > LONG_ROW) {
    b.parallel_rows = false;
    return run_items<T>(&b, 0, items);
  }
  const int64_t together = inner > 1 || item > LONG_ROW ? 1 : lanes;  // rows that share vectors are not parted
  const int64_t grain = std::max<int64_t>(1, PIECE / item / together) * together;
  return parallel_for(items, grain, run_items<T>, &b);
}

// Rows, then columns of the results. Small planes one by one, so that the columns find theirs in a cache.
template <class T>
struct Planes {
  Batch<T> rows, columns;
};

template <class T>
int64_t run_planes(void* context, int64_t begin, int64_t end) {
  auto& planes = *static_cast<Planes<T>*>(context);
  const int64_t lanes = planes.rows.plan.loops.lanes, n = planes.columns.n, m = planes.rows.n;
  const int64_t groups = m == 1 ? 1 : (m + lanes - 1) / lanes;
  for (int64_t k = begin; k < end; ++k) {
    if (int64_t fault = run_items<T>(&planes.rows, k * n, (k + 1) * n)) return fault;
    if (int64_t fault = run_items<T>(&planes.columns, k * groups, (k + 1) * groups)) return fault;
  }
  return 0;
}

template <class T>
int64_t transform_batch(const FourierLoops<T>& loops, const KernelArguments* a) {
  const int64_t rows = a->integers[0], n = a->integers[1], inner = a->integers[4], height = a->integers[5];
  const FourierKind kind = static_cast<FourierKind>(a->integers[2]);
  const bool inverse = a->integers[3] != 0;
  double scales[2];
  std::memcpy(scales, a->scalars, sizeof scales);
  if (rows == 0 || inner == 0) return 0;
  const T* from = reinterpret_cast<const T*>(a->data[0]);
  T* to = reinterpret_cast<T*>(a->data[1]);
  try {
    const bool halved = kind != COMPLEX && n % 2 == 0;
    const auto plan = fourier_plan<T>(halved ? n / 2 : n, loops);
    Batch<T> batch{*plan, kind, rows, n, inner, from, to, inverse, static_cast<T>(scales[0]), true};
    if (height == 0) return run_batch(batch);
    const auto column_plan = fourier_plan<T>(height, loops);
    const int64_t count = rows / height, bytes = 2 * static_cast<int64_t>(sizeof(T)) * n * height;
    Planes<T> planes{batch,
                     {*column_plan, COMPLEX, count, height, n, to, to, inverse, static_cast<T>(scales[1]), true}};
    if (bytes <= SMALL_PLANE && count * n * height <= PIECE / 2) return run_planes<T>(&planes, 0, count);
    if (bytes <= SMALL_PLANE && count >= 4) {
      WithoutHostLock unlocked;
      return parallel_for(count, std::max<int64_t>(1, PIECE / (n * height)), run_planes<T>, &planes);
    }
    if (int64_t fault = run_batch(planes.rows)) return fault;
    return run_batch(planes.columns);
  } catch (const std::bad_alloc&) {
    return FOURIER_OUT_OF_MEMORY;
  }
}

template <class T, int BYTES>
int64_t transform_on(const KernelArguments* a, int64_t, int64_t) {
  return transform_batch<T>(fourier_loops(BYTES, T()), a);
}

template <class T>
Kernel kernel_of(int bytes) {
  return bytes >= 64 ? transform_on<T, 64> : bytes >= 32 ? transform_on<T, 32> : transform_on<T, 16>;
}

}  // namespace

Kernel fourier_kernel(DType dtype, int vector_bytes) {
  switch (dtype) {
    case DType::Complex64: return kernel_of<float>(vector_bytes);
    case DType::Complex128: return kernel_of<double>(vector_bytes);
    default: return nullptr;
  }
}

}  // namespace taeda
