#include "core/dtype.h"

#include <cstring>

namespace taeda {

const DTypeInfo DTYPES[DTYPE_COUNT] = {
    // name, itemsize, floating, complex, signed, NumPy typestr, DLPack code
    {"bool", 1, false, false, false, "|b1", 6},    {"uint8", 1, false, false, false, "|u1", 1},
    {"int8", 1, false, false, true, "|i1", 0},     {"int16", 2, false, false, true, "<i2", 0},
    {"int32", 4, false, false, true, "<i4", 0},    {"int64", 8, false, false, true, "<i8", 0},
    {"float16", 2, true, false, true, "<f2", 2},   {"bfloat16", 2, true, false, true, "", 4},
    {"float32", 4, true, false, true, "<f4", 2},   {"float64", 8, true, false, true, "<f8", 2},
    {"complex64", 8, false, true, true, "<c8", 5}, {"complex128", 16, false, true, true, "c16", 5},
};

namespace {

// The names that PyTorch's messages and tensor type strings use.
constexpr const char* TORCH_NAMES[DTYPE_COUNT] = {"Bool",  "Byte",   "Char",         "Short",
                                                  "Int",   "Long",   "Half",         "BFloat16",
                                                  "Float", "Double", "ComplexFloat", "ComplexDouble"};

DType the_default = DType::Float32;

}  // namespace

const char* torch_name(DType d) { return TORCH_NAMES[static_cast<int>(d)]; }

bool dtype_from_name(const char* name, DType* out) {
  for (int i = 0; i < DTYPE_COUNT; ++i)
    if (std::strcmp(DTYPES[i].name, name) == 0) {
      *out = static_cast<DType>(i);
      return true;
    }
  return false;
}

DType default_dtype() { return the_default; }

void set_default_dtype(DType d) {
  if (!info(d).floating) raise(ErrorKind::Type, "only floating-point types are supported as the default type");
  the_default = d;
}

// -- 16-bit floats ---------------------------------------------------------------------------------------------------

float half_to_float(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  uint32_t exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  uint32_t u;
  if (exponent == 31) {
    u = sign | 0x7f800000 | mantissa << 13;
  } else if (exponent) {
    u = sign | (exponent + 112) << 23 | mantissa << 13;
  } else {  // zero or subnormal: mantissa * 2^-24 is exact in float
    float f = static_cast<float>(mantissa) * 0x1p-24f;
    std::memcpy(&u, &f, 4);
    u |= sign;
  }
  float f;
  std::memcpy(&f, &u, 4);
  return f;
}

uint16_t float_to_half(float x) {
  uint32_t u;
  std::memcpy(&u, &x, 4);
  uint16_t sign = static_cast<uint16_t>(u >> 16 & 0x8000);
  u &= 0x7fffffff;
  if (u > 0x7f800000) return sign | 0x7e00;   // NaN
  if (u >= 0x477ff000) return sign | 0x7c00;  // 65520 and more round to infinity
  if (u < 0x38800000) {                       // below 2^-14: subnormal; adding 0.5 rounds to multiples of 2^-24
    float f;
    std::memcpy(&f, &u, 4);
    f += 0.5f;
    std::memcpy(&u, &f, 4);
    return sign | static_cast<uint16_t>(u - 0x3f000000);
  }
  u += 0xfff + (u >> 13 & 1);  // to nearest, ties to even
  return sign | static_cast<uint16_t>((u - 0x38000000) >> 13);
}

uint16_t float_to_bfloat16(float x) {
  uint32_t u;
  std::memcpy(&u, &x, 4);
  if ((u & 0x7fffffff) > 0x7f800000) return static_cast<uint16_t>(u >> 16 | 0x40);
  return static_cast<uint16_t>((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

}  // namespace taeda
