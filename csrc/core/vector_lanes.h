// Vectors of one width. Included by the file of that width, which says TAEDA_VECTOR_BYTES and TAEDA_VECTOR_NAMESPACE
// and has chosen the instruction set by a pragma; nothing is included here, so that nothing of others is compiled for
// it.

namespace taeda {
namespace TAEDA_VECTOR_NAMESPACE {

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float Type __attribute__((vector_size(TAEDA_VECTOR_BYTES)));
};
template <>
struct VectorOf<double> {
  typedef double Type __attribute__((vector_size(TAEDA_VECTOR_BYTES)));
};
template <class T>
using Vector = typename VectorOf<T>::Type;
template <class T>
inline constexpr int WIDTH = TAEDA_VECTOR_BYTES / sizeof(T);

#define TAEDA_LOOP inline __attribute__((always_inline))

#if TAEDA_VECTOR_BYTES == 64
TAEDA_LOOP Vector<float> fused(Vector<float> a, Vector<float> b, Vector<float> c) {
  return reinterpret_cast<Vector<float>>(_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c));
}
TAEDA_LOOP Vector<double> fused(Vector<double> a, Vector<double> b, Vector<double> c) {
  return reinterpret_cast<Vector<double>>(_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c));
}
TAEDA_LOOP Vector<float> load_some(const float* p, int count) {
  return reinterpret_cast<Vector<float>>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p));
}
TAEDA_LOOP Vector<double> load_some(const double* p, int count) {
  return reinterpret_cast<Vector<double>>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), p));
}
TAEDA_LOOP void store_some(float* p, Vector<float> v, int count) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
}
TAEDA_LOOP void store_some(double* p, Vector<double> v, int count) {
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << count) - 1), (__m512d)v);
}
#elif TAEDA_VECTOR_BYTES == 32
TAEDA_LOOP Vector<float> fused(Vector<float> a, Vector<float> b, Vector<float> c) {
  return reinterpret_cast<Vector<float>>(_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c));
}
TAEDA_LOOP Vector<double> fused(Vector<double> a, Vector<double> b, Vector<double> c) {
  return reinterpret_cast<Vector<double>>(_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c));
}
TAEDA_LOOP __m256i first_words(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
TAEDA_LOOP Vector<float> load_some(const float* p, int count) {
  return reinterpret_cast<Vector<float>>(_mm256_maskload_ps(p, first_words(count)));
}
TAEDA_LOOP Vector<double> load_some(const double* p, int count) {
  return reinterpret_cast<Vector<double>>(
      _mm256_castps_pd(_mm256_maskload_ps(reinterpret_cast<const float*>(p), first_words(2 * count))));
}
TAEDA_LOOP void store_some(float* p, Vector<float> v, int count) {
  _mm256_maskstore_ps(p, first_words(count), (__m256)v);
}
TAEDA_LOOP void store_some(double* p, Vector<double> v, int count) {
  _mm256_maskstore_ps(reinterpret_cast<float*>(p), first_words(2 * count), _mm256_castpd_ps((__m256d)v));
}
#else
template <class T>
TAEDA_LOOP T fused(T a, T b, T c) {
  return a * b + c;
}
template <class T>
TAEDA_LOOP Vector<T> load_some(const T* p, int count) {
  Vector<T> v = {};
  for (int k = 0; k < count; ++k) v[k] = p[k];
  return v;
}
template <class T>
TAEDA_LOOP void store_some(T* p, Vector<T> v, int count) {
  for (int k = 0; k < count; ++k) p[k] = v[k];
}
#endif

template <class T>
TAEDA_LOOP Vector<T> load(const T* p) {
  Vector<T> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
template <class T>
TAEDA_LOOP void store(T* p, Vector<T> v) {
  __builtin_memcpy(p, &v, sizeof v);
}

template <class T>
TAEDA_LOOP Vector<T> all(T x) {
  return x - Vector<T>{};
}

// Every second element of two vectors, and two vectors element by element in turns (the lower or upper half of that).
template <class>
struct PlacesOf;
template <int... I>
struct PlacesOf<std::integer_sequence<int, I...>> {
  static constexpr int N = sizeof...(I);
  template <class V>
  static TAEDA_LOOP V even(V a, V b) {
    return __builtin_shufflevector(a, b, (2 * I)...);
  }
  template <class V>
  static TAEDA_LOOP V odd(V a, V b) {
    return __builtin_shufflevector(a, b, (2 * I + 1)...);
  }
  template <class V>
  static TAEDA_LOOP V lower(V a, V b) {
    return __builtin_shufflevector(a, b, (I / 2 + I % 2 * N)...);
  }
  template <class V>
  static TAEDA_LOOP V upper(V a, V b) {
    return __builtin_shufflevector(a, b, (N / 2 + I / 2 + I % 2 * N)...);
  }
  // The same in each four elements: those with even or odd place in half of them, and whole halves.
  template <class V>
  static TAEDA_LOOP V lower_of_four(V a, V b) {
    return __builtin_shufflevector(a, b, (I / 4 * 4 + I % 4 / 2 + I % 2 * N)...);
  }
  template <class V>
  static TAEDA_LOOP V upper_of_four(V a, V b) {
    return __builtin_shufflevector(a, b, (I / 4 * 4 + 2 + I % 4 / 2 + I % 2 * N)...);
  }
  template <class V>
  static TAEDA_LOOP V first_halves(V a, V b) {
    return __builtin_shufflevector(a, b, (I / 4 * 4 + I % 2 + I % 4 / 2 * N)...);
  }
  template <class V>
  static TAEDA_LOOP V second_halves(V a, V b) {
    return __builtin_shufflevector(a, b, (I / 4 * 4 + 2 + I % 2 + I % 4 / 2 * N)...);
  }
  template <class V>
  static TAEDA_LOOP V reversed(V a) {
    return __builtin_shufflevector(a, a, (N - 1 - I)...);
  }
};
template <int N>
using Places = PlacesOf<std::make_integer_sequence<int, N>>;

// A square block of as many vectors as one has elements, transposed: shuffled like two halves of a pack of cards until
// every element is where it belongs.
template <class T>
TAEDA_LOOP void transpose(Vector<T>* block) {
  constexpr int N = WIDTH<T>;
#pragma GCC unroll 4
  for (int round = 1; round < N; round *= 2) {
    Vector<T> shuffled[N];
#pragma GCC unroll 16
    for (int k = 0; k < N / 2; ++k) {
      shuffled[2 * k] = Places<N>::lower(block[k], block[k + N / 2]);
      shuffled[2 * k + 1] = Places<N>::upper(block[k], block[k + N / 2]);
    }
#pragma GCC unroll 16
    for (int k = 0; k < N; ++k) block[k] = shuffled[k];
  }
}

}  // namespace TAEDA_VECTOR_NAMESPACE
}  // namespace taeda
