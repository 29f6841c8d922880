// Devices, as tensors and storages name them. What a device can do is in device_runtime.h.
#pragma once
#include <cstdint>

namespace taeda {

enum class DeviceKind : uint8_t { CPU, CUDA, Meta };
struct Device {
  DeviceKind kind = DeviceKind::CPU;
  int8_t index = -1;
  bool operator==(const Device&) const = default;
};

}  // namespace taeda
