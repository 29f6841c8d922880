// Devices, as tensors and storages name them. What a device can do is in device_runtime.h.
#pragma once
#include <cstdint>

namespace taeda {

// Taeda computes on the first and infers on "meta"; programs ask whether a device is one of the others.
enum class DeviceKind : uint8_t { CPU, CUDA, Meta, MPS, XPU, HPU, MTIA, XLA, PrivateUse1 };
inline constexpr const char* DEVICE_KINDS[] = {"cpu", "cuda", "meta", "mps",          "xpu",
                                               "hpu", "mtia", "xla",  "privateuseone"};
inline constexpr int DEVICE_KIND_COUNT = sizeof DEVICE_KINDS / sizeof *DEVICE_KINDS;
struct Device {
  DeviceKind kind = DeviceKind::CPU;
  int8_t index = -1;
  bool operator==(const Device&) const = default;
};

}  // namespace taeda
