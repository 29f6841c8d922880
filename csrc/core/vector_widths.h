// The widths of vectors that loops of the core are compiled for, and whether the processor has them.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TAEDA_VECTOR_WIDTHS  // instruction sets are chosen by a pragma of GCC's

namespace taeda {

inline bool has_vectors(int bytes) {
  const bool fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (bytes <= 32) return fused;
  return fused && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

}  // namespace taeda
#endif
