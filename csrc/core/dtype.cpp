#include "core/dtype.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace taeda {

const DTypeInfo DTYPES[DTYPE_COUNT] = {
    // name, itemsize, floating, complex, signed, NumPy typestr, DLPack code
    {"bool", 1, false, false, false, "|b1", 6},
    {"uint8", 1, false, false, false, "|u1", 1},
    {"int8", 1, false, false, true, "|i1", 0},
    {"int16", 2, false, false, true, "<i2", 0},
    {"int32", 4, false, false, true, "<i4", 0},
    {"int64", 8, false, false, true, "<i8", 0},
    {"float16", 2, true, false, true, "<f2", 2},
    {"bfloat16", 2, true, false, true, "", 4},
    {"float32", 4, true, false, true, "<f4", 2},
    {"float64", 8, true, false, true, "<f8", 2},
    {"complex64", 8, false, true, true, "<c8", 5},
    {"complex128", 16, false, true, true, "c16", 5},
    {"uint16", 2, false, false, false, "<u2", 1},
    {"uint32", 4, false, false, false, "<u4", 1},
    {"uint64", 8, false, false, false, "<u8", 1},
    {"complex32", 4, false, true, true, "", 5},
    {"float8_e5m2", 1, true, false, true, "", 12},
    {"float8_e4m3fn", 1, true, false, true, "", 10},
    {"float8_e5m2fnuz", 1, true, false, true, "", 13},
    {"float8_e4m3fnuz", 1, true, false, true, "", 11},
    {"float8_e8m0fnu", 1, true, false, false, "", 14},
    {"conjugate complex32", 4, false, true, true, "", 5},
    {"conjugate complex64", 8, false, true, true, "", 5},
    {"conjugate complex128", 16, false, true, true, "", 5},
    {"negative float16", 2, true, false, true, "", 2},
    {"negative float32", 4, true, false, true, "", 2},
    {"negative float64", 8, true, false, true, "", 2},
};

namespace {

// The names that PyTorch's messages and tensor type strings use.
constexpr const char* TORCH_NAMES[PLAIN_DTYPE_COUNT] = {
    "Bool",          "Byte",          "Char",          "Short",           "Int",
    "Long",          "Half",          "BFloat16",      "Float",           "Double",
    "ComplexFloat",  "ComplexDouble", "UInt16",        "UInt32",          "UInt64",
    "ComplexHalf",   "Float8_e5m2",   "Float8_e4m3fn", "Float8_e5m2fnuz", "Float8_e4m3fnuz",
    "Float8_e8m0fnu"};

DType the_default = DType::Float32;

}  // namespace

const char* torch_name(DType d) { return TORCH_NAMES[static_cast<int>(plain(d))]; }

DType mirrored(DType d) {
  constexpr DType PAIRS[][2] = {
      {DType::Complex32, DType::ConjugateComplex32},   {DType::Complex64, DType::ConjugateComplex64},
      {DType::Complex128, DType::ConjugateComplex128}, {DType::Float16, DType::NegativeFloat16},
      {DType::Float32, DType::NegativeFloat32},        {DType::Float64, DType::NegativeFloat64},
  };
  for (auto [a, b] : PAIRS) {
    if (d == a) return b;
    if (d == b) return a;
  }
  raise(ErrorKind::Internal, "no mirrored dtype of %s", info(d).name);
}

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

// -- 8-bit floats ----------------------------------------------------------------------------------------------------

namespace {

struct Float8 {
  int mantissa, bias;
  bool infinity, one_zero, power;
};

Float8 float8(DType d) {
  switch (d) {
    case DType::Float8E5M2: return {2, 15, true, false, false};
    case DType::Float8E4M3FN: return {3, 7, false, false, false};
    case DType::Float8E5M2FNUZ: return {2, 16, false, true, false};
    case DType::Float8E4M3FNUZ: return {3, 8, false, true, false};
    default: return {0, 127, false, false, true};
  }
}

// The value of bits without a sign that are a number. One more than the largest is what would come next.
double float8_magnitude(int bits, const Float8& f) {
  int exponent = bits >> f.mantissa, fraction = bits & ((1 << f.mantissa) - 1);
  if (exponent || f.power) fraction += 1 << f.mantissa;
  return std::ldexp(fraction, (f.power ? exponent : std::max(exponent, 1)) - f.bias - f.mantissa);
}

// The largest bits without a sign that are a finite number.
int largest_bits(const Float8& f) { return f.power ? 254 : f.one_zero ? 127 : f.infinity ? 123 : 126; }

}  // namespace

float float8_to_float(uint8_t bits, DType d) {
  const Float8 f = float8(d);
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  if (f.power) return bits == 255 ? nan : static_cast<float>(float8_magnitude(bits, f));
  if (f.one_zero && bits == 128) return nan;
  int magnitude = bits & 127;
  float x = magnitude <= largest_bits(f)     ? static_cast<float>(float8_magnitude(magnitude, f))
            : f.infinity && magnitude == 124 ? std::numeric_limits<float>::infinity()
                                             : nan;
  return bits & 128 ? -x : x;
}

uint8_t float_to_float8(float x, DType d) {
  const Float8 f = float8(d);
  float magnitude = std::fabs(x);
  uint8_t sign = f.power || !std::signbit(x) ? 0 : 128;
  uint8_t nan = f.power ? 255 : f.one_zero ? 128 : static_cast<uint8_t>(sign | 127);
  if (x != x || (f.power && std::isinf(x))) return nan;
  // The bits of numbers are in the order of the numbers: between which two does it lie?
  int low = 0, high = largest_bits(f) + 1;
  while (high - low > 1) {
    int middle = (low + high) / 2;
    (float8_magnitude(middle, f) <= magnitude ? low : high) = middle;
  }
  double below = float8_magnitude(low, f), middle = (below + float8_magnitude(low + 1, f)) / 2;
  if (f.power && !low) middle = below;  // the fraction of a subnormal float has no leading one
  int bits = low + (magnitude > middle || (magnitude == middle && (f.power ? low > 0 : low & 1)));
  if (bits > largest_bits(f)) {
    if (f.power || f.one_zero) return nan;
    bits = f.infinity ? 124 : largest_bits(f);  // those without an infinity saturate
  }
  if (!bits && f.one_zero) sign = 0;
  return static_cast<uint8_t>(sign | bits);
}

}  // namespace taeda
