#include "core/fourier_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <list>
#include <mutex>
#include <utility>

#include "core/fourier_widths.h"

namespace taeda {
namespace {

constexpr size_t KEPT_PLANS = 16;

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

std::vector<int> radices_of(int64_t n, int most_radix) {  // empty if there is a large prime factor
  std::vector<int> found;
  for (int radix : {8, 4, 2, 3, 5, 7, 11, 13})
    while (n % radix == 0 && (radix > most_radix ? radix % 2 : 1)) {
      found.push_back(radix);
      n /= radix;
    }
  if (n != 1) return {};
  if (found.size() >= 2 && found[0] == 8)  // 8 8 2 as 8 4 4: two small passes cost less than a long and a tiny one
    for (size_t k = 1; k < found.size(); ++k)
      if (found[k] == 2 && found[k - 1] == 8) found[k] = found[k - 1] = 4;
  return found;
}

bool smooth(int64_t n) { return n == 1 || !radices_of(n, 8).empty(); }

bool is_prime(int64_t n) {
  for (int64_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return n > 1;
}

int64_t power(int64_t base, int64_t exponent, int64_t modulus) {
  unsigned __int128 found = 1, b = static_cast<unsigned __int128>(base) % modulus;
  for (; exponent; exponent >>= 1, b = b * b % modulus)
    if (exponent & 1) found = found * b % modulus;
  return static_cast<int64_t>(found);
}

int64_t generator_of(int64_t prime) {  // of the multiplicative group; prime - 1 has small factors alone
  for (int64_t g = 2;; ++g) {
    bool generates = true;
    for (int64_t f : {2, 3, 5, 7, 11, 13})
      generates = generates && ((prime - 1) % f != 0 || power(g, (prime - 1) / f, prime) != 1);
    if (generates) return g;
  }
}

}  // namespace

// ---- passes ---------------------------------------------------------------------------------------------------------

template <class T>
LanePasses<T>::LanePasses(int64_t length, int most_radix) {
  int64_t n = length;
  auto table = [&]() -> std::vector<std::complex<T>>& { return tables_.emplace_back(); };
  tables_.reserve(128);
  for (int radix : radices_of(length, most_radix)) {
    LanePass<T> pass{radix, n / radix, nullptr, nullptr};
    auto& twiddles = table();
    for (int64_t p = 0; p < pass.groups; ++p)
      for (int j = 1; j < radix; ++j) twiddles.emplace_back(root(p * j, n));
    auto& roots = table();
    for (int j = 0; j < radix; ++j) roots.emplace_back(root(j, radix));
    pass.twiddles = reinterpret_cast<const T*>(twiddles.data());
    pass.roots = reinterpret_cast<const T*>(roots.data());
    passes_.push_back(pass);
    n /= radix;
  }
  plan = {length, static_cast<int>(passes_.size()), passes_.data()};
}

// ---- plans ----------------------------------------------------------------------------------------------------------

template <class T>
FourierPlan<T>::FourierPlan(int64_t n, const FourierLoops<T>& loops) : length(n), loops(loops) {
  if (smooth(n))
    split();
  else if (!make_rader())
    make_bluestein();
  half.reserve(n / 2 + 1);
  for (int64_t k = 0; k <= n / 2; ++k) half.emplace_back(root(k, 2 * n));
}

template <class T>
void FourierPlan<T>::split() {
  // Of all ways to make a matrix, that with the least work, lanes of vectors without a column or row included.
  int64_t first = 1, least = std::numeric_limits<int64_t>::max();
  const int64_t lanes = loops.lanes;
  if (length > SHORT_ROW)
    for (int64_t d = 2; d * d <= length; ++d)
      for (int64_t candidate : {d, length / d}) {
        if (length % d != 0) break;
        const int64_t other = length / candidate;
        auto passes = [&](int64_t n) { return static_cast<int64_t>(radices_of(n, loops.most_radix).size()) + 3; };
        const int64_t work = (other + lanes - 1) / lanes * candidate * passes(candidate) +
                             (candidate + lanes - 1) / lanes * other * passes(other);
        if (work < least) least = work, first = candidate;
      }
  if (first == 1) {
    columns = std::make_unique<LanePasses<T>>(length, loops.most_radix);
    return;
  }
  const int64_t other = length / first, groups = (other + lanes - 1) / lanes;
  columns = std::make_unique<LanePasses<T>>(first, loops.most_radix);
  rows = std::make_unique<LanePasses<T>>(other, loops.most_radix);
  factors = std::make_unique<AlignedArray<T>>(groups * first * 2 * lanes);
  T* at = factors->data;
  for (int64_t g = 0; g < groups; ++g)
    for (int64_t k = 0; k < first; ++k, at += 2 * lanes)
      for (int64_t l = 0; l < lanes; ++l) {
        const std::complex<double> w = root(k * (column_of(g) + l), length);
        at[l] = static_cast<T>(w.real());
        at[lanes + l] = static_cast<T>(w.imag());
      }
}

template <class T>
std::vector<std::complex<T>> FourierPlan<T>::transformed(const std::vector<std::complex<T>>& x) const {
  std::vector<std::complex<T>> found(x.size()), rest(std::max<int64_t>(inner->scratch(), 1));
  transform_row(*inner, reinterpret_cast<const T*>(x.data()), reinterpret_cast<T*>(found.data()), false,
                T(1) / static_cast<T>(inner->length), reinterpret_cast<T*>(rest.data()), false);
  return found;
}

// X[g⁻ᵐ] = x[0] + Σ_q x[g^q] exp(-2πi g^(q-m) / p): a cyclic convolution of length p - 1 (Rader, 1968).
template <class T>
bool FourierPlan<T>::make_rader() {
  const int64_t p = length;
  if (!smooth(p - 1) || !is_prime(p)) return false;
  inner = std::make_unique<FourierPlan>(p - 1, loops);
  const int64_t g = generator_of(p), inverse = power(g, p - 2, p);
  std::vector<std::complex<T>> b;
  unsigned __int128 forward = 1, back = 1;
  for (int64_t q = 0; q < p - 1; ++q) {
    order.push_back(static_cast<int64_t>(forward));
    order_back.push_back(static_cast<int64_t>(back));
    b.emplace_back(root(order_back.back(), p));
    forward = forward * g % p;
    back = back * inverse % p;
  }
  filter = transformed(b);
  return true;
}

// jk = (j² + k² - (j - k)²) / 2 makes the sum a convolution with exp(πi k² / n) (Bluestein, 1970).
template <class T>
void FourierPlan<T>::make_bluestein() {
  int64_t m = std::numeric_limits<int64_t>::max();
  for (int64_t odd : {1, 3, 5, 9, 15, 25, 27, 45}) {
    int64_t candidate = odd * 8;
    while (candidate < 2 * length - 1) candidate *= 2;
    m = std::min(m, candidate);
  }
  inner = std::make_unique<FourierPlan>(m, loops);
  std::vector<std::complex<T>> b(m);
  for (int64_t k = 0; k < length; ++k) {
    const int64_t square = static_cast<int64_t>(static_cast<unsigned __int128>(k) * k % (2 * length));
    chirp.emplace_back(root(square, 2 * length));
    b[k] = std::conj(chirp[k]);
    if (k) b[m - k] = b[k];
  }
  filter = transformed(b);
}

template <class T>
int64_t FourierPlan<T>::buffer_numbers() const {
  if (inner) return inner->buffer_numbers();
  const int64_t longest = std::max(columns->plan.length, rows ? rows->plan.length : 0);
  return 2 * 2 * loops.lanes * (2 * longest + 16);
}

template <class T>
int64_t FourierPlan<T>::scratch() const {
  if (inner) return 2 * inner->length + inner->scratch();
  if (!rows) return 0;
  const int64_t lanes = loops.lanes, groups = (rows->plan.length + lanes - 1) / lanes;
  return groups * lanes * columns->plan.length + 64 / static_cast<int64_t>(2 * sizeof(T));  // which are aligned
}

template <class T>
std::shared_ptr<const FourierPlan<T>> fourier_plan(int64_t length, const FourierLoops<T>& loops) {
  static std::mutex mutex;
  static std::list<std::shared_ptr<const FourierPlan<T>>> plans;
  std::lock_guard<std::mutex> lock(mutex);
  for (auto p = plans.begin(); p != plans.end(); ++p)
    if ((*p)->length == length && &(*p)->loops == &loops) {
      plans.splice(plans.begin(), plans, p);
      return plans.front();
    }
  plans.push_front(std::make_shared<FourierPlan<T>>(length, loops));
  if (plans.size() > KEPT_PLANS) plans.pop_back();
  return plans.front();
}

#define TAEDA_PLAN(T)             \
  template struct LanePasses<T>;  \
  template struct FourierPlan<T>; \
  template std::shared_ptr<const FourierPlan<T>> fourier_plan(int64_t, const FourierLoops<T>&);
TAEDA_PLAN(float)
TAEDA_PLAN(double)
#undef TAEDA_PLAN

// ---- widths ---------------------------------------------------------------------------------------------------------

namespace {

template <class T>
const FourierLoops<T>& loops_of(int bytes, T of) {
#ifdef TAEDA_VECTOR_WIDTHS
  if (bytes >= 64 && has_vectors(64)) return fourier_loops_avx512(of);
  if (bytes >= 32 && has_vectors(32)) return fourier_loops_avx2(of);
#endif
  (void)bytes;
  return fourier_loops_plain(of);
}

}  // namespace

const FourierLoops<float>& fourier_loops(int bytes, float of) { return loops_of(bytes, of); }
const FourierLoops<double>& fourier_loops(int bytes, double of) { return loops_of(bytes, of); }

}  // namespace taeda
