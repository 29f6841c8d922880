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
  Complex128,  // have their place; kernels for them are not there yet
};
inline constexpr int DTYPE_COUNT = 12;

struct DTypeInfo {
  const char* name;  // "float32"
  int itemsize;      // bytes
  bool floating, complex, is_signed;
  char typestr[4];      // NumPy's, "<f4"; empty for bfloat16
  uint8_t dlpack_code;  // DLDataTypeCode
};
extern const DTypeInfo DTYPES[DTYPE_COUNT];

inline const DTypeInfo& info(DType d) { return DTYPES[static_cast<int>(d)]; }
inline int itemsize(DType d) { return DTYPES[static_cast<int>(d)].itemsize; }

bool dtype_from_name(const char* name, DType* out);
const char* torch_name(DType d);  // "Long" for int64, as PyTorch's messages say it
DType default_dtype();            // set_default_dtype; Float32 at start
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

}  // namespace taeda
