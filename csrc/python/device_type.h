// taeda.device.
#pragma once
#include "core/device.h"
#include "python/common.h"

namespace taeda {

extern PyTypeObject* DeviceType;
PyObject* device_object(Device d);  // new reference
bool is_device(PyObject* o);
Device device_from_object(PyObject* o);  // accepts device, str, int (cuda index), None (cpu); raises like PyTorch

}  // namespace taeda
