// Devices: taeda.device('cpu'), ('cuda', 1), ('meta'). The runtime of a device (allocate, copy, launch,
// synchronise, query) is chosen by its kind; 'cpu' is the only one with kernels so far, 'meta' has none and
// no memory: its tensors have shapes only.
#pragma once
#include "python/common.h"

namespace taeda {

enum class DeviceKind : uint8_t { CPU, CUDA, Meta };
struct Device {
  DeviceKind kind = DeviceKind::CPU;
  int8_t index = -1;
  bool operator==(const Device&) const = default;
};

extern PyTypeObject* DeviceType;
PyObject* device_object(Device d);               // new reference
bool is_device(PyObject* o);
Device device_from_object(PyObject* o);          // accepts device, str, int (cuda index), None (cpu); raises like PyTorch

}  // namespace taeda
