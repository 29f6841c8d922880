// Element types. Promotion rules are not here: they are part of the op definitions (ops/dtypes.py), whose
// answers the dispatch caches.
#pragma once
#include "core/common.h"

namespace taeda {

enum class DType : uint8_t {
  Bool,
  UInt8,
  Int8,
  Int16,
  Int32,
  Int64,
  Float16,
  BFloat16,
  Float32,
  Float64,
  Complex64,
  Complex128,
  UInt16,
  UInt32,
  UInt64,
  Complex32,
  Float8E5M2,
  Float8E4M3FN,
  Float8E5M2FNUZ,
  Float8E4M3FNUZ,
  Float8E8M0FNU,
  // Mirrored ones: what is stored is the conjugate, or the negative, of the number. Lazy conjugates and negatives are
  // tensors of these, which only views and writes through them know; Python sees the plain dtype.
  ConjugateComplex32,
  ConjugateComplex64,
  ConjugateComplex128,
  NegativeFloat16,
  NegativeFloat32,
  NegativeFloat64,
};
inline constexpr int DTYPE_COUNT = 27, PLAIN_DTYPE_COUNT = 21;

struct DTypeInfo {
  const char* name;  // "float32"
  int itemsize;      // bytes
  bool floating, complex, is_signed;
  char typestr[4];      // NumPy's, "<f4"; empty if it has none
  uint8_t dlpack_code;  // DLDataTypeCode
};
extern const DTypeInfo DTYPES[DTYPE_COUNT];

inline const DTypeInfo& info(DType d) { return DTYPES[static_cast<int>(d)]; }
inline int itemsize(DType d) { return DTYPES[static_cast<int>(d)].itemsize; }
inline bool is_mirrored(DType d) { return d > DType::Float8E8M0FNU; }
DType mirrored(DType d);  // of a plain one its mirrored one, and back; an Internal error where there is none
inline DType plain(DType d) { return TAEDA_UNLIKELY(is_mirrored(d)) ? mirrored(d) : d; }

bool dtype_from_name(const char* name, DType* out);
const char* torch_name(DType d);  // "Long" for int64, as PyTorch's messages say it
inline bool is_float8(DType d) { return info(d).floating && itemsize(d) == 1; }
DType default_dtype();  // set_default_dtype; Float32 at start
void set_default_dtype(DType d);

float half_to_float(uint16_t bits);
uint16_t float_to_half(float x);
inline float bfloat16_to_float(uint16_t bits) {
  uint32_t u = static_cast<uint32_t>(bits) << 16;
  float f;
  std::memcpy(&f, &u, 4);
  return f;
}
uint16_t float_to_bfloat16(float x);  // round to nearest even, NaN stays NaN
// The 8-bit floats (src/taeda/ir/dtype.py says what their forms are).
float float8_to_float(uint8_t bits, DType d);
uint8_t float_to_float8(float x, DType d);

}  // namespace taeda
