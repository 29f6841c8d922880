#include "python/device_type.h"

#include <cstdlib>
#include <string>

#include "python/core_types.h"
#include "python/state.h"

namespace taeda {

namespace {

struct DeviceObject {
  PyObject_HEAD Device value;
};

PyObject* cached[DEVICE_KIND_COUNT][2];  // objects for index -1 and 0, which are asked for all the time

Device& value(PyObject* o) { return reinterpret_cast<DeviceObject*>(o)->value; }
const char* kind_name(Device d) { return DEVICE_KINDS[static_cast<int>(d.kind)]; }

DeviceKind parse_kind(const std::string& name) {
  std::string known;
  for (int i = 0; i < DEVICE_KIND_COUNT; ++i) {
    if (name == DEVICE_KINDS[i]) return static_cast<DeviceKind>(i);
    known += (i ? ", " : "") + std::string(DEVICE_KINDS[i]);
  }
  raise(PyExc_RuntimeError, "Expected one of %s device type at start of device string: %s", known.c_str(),
        name.c_str());
}

int8_t checked_index(int64_t index) {
  if (index < 0) raise(PyExc_RuntimeError, "Device index must not be negative");
  if (index > 127)
    raise(PyExc_RuntimeError, "Device index must be between 0 and 127, got %lld", static_cast<long long>(index));
  return static_cast<int8_t>(index);
}

Device parse(const char* text) {
  std::string s(text);
  if (s.empty()) raise(PyExc_RuntimeError, "Device string must not be empty");
  size_t colon = s.find(':');
  if (colon == std::string::npos) return Device{parse_kind(s), -1};
  std::string digits = s.substr(colon + 1);
  bool valid = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos &&
               (digits.size() == 1 || digits[0] != '0');
  if (!valid) raise(PyExc_RuntimeError, "Invalid device string: '%s'", text);
  DeviceKind kind = parse_kind(s.substr(0, colon));
  if (digits.size() > 3)
    raise(PyExc_RuntimeError, "Could not parse device index '%s' in device string '%s'", digits.c_str(), text);
  return Device{kind, checked_index(std::atoi(digits.c_str()))};
}

PyObject* device_new(PyTypeObject*, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"type", "index", nullptr};
    static const char* names_of_one[] = {"device", nullptr};
    PyObject *type = nullptr, *index = nullptr;
    if (keywords && PyDict_GetItemString(keywords, "device")) {
      if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O:device", const_cast<char**>(names_of_one), &type))
        throw PythonError();
    } else if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|O:device", const_cast<char**>(names), &type,
                                            &index)) {
      throw PythonError();
    }
    bool has_index = index && index != Py_None;
    if (!PyUnicode_Check(type)) {
      if (has_index)
        raise(PyExc_TypeError, "device(): argument 'type' (position 1) must be str, not %s", Py_TYPE(type)->tp_name);
      if (type == Py_None) raise(PyExc_TypeError, "device(): argument 'type' (position 1) must be str, not None");
      return device_object(device_from_object(type));
    }
    Device d = device_from_object(type);
    if (has_index) {
      if (!PyLong_Check(index) || PyBool_Check(index))
        raise(PyExc_TypeError, "device(): argument 'index' (position 2) must be int, not %s", Py_TYPE(index)->tp_name);
      if (d.index >= 0)
        raise(PyExc_RuntimeError, "type (string) must not include an index because index was passed explicitly: %s:%d",
              kind_name(d), d.index);
      long long i = PyLong_AsLongLong(index);
      if (i == -1 && PyErr_Occurred()) throw PythonError();
      d.index = checked_index(i);
    }
    return device_object(d);
  });
}

PyObject* device_text(PyObject* self) {
  Device d = value(self);
  if (d.index < 0) return PyUnicode_FromString(kind_name(d));
  return PyUnicode_FromFormat("%s:%d", kind_name(d), d.index);
}

PyObject* device_repr(PyObject* self) {
  Device d = value(self);
  if (d.index < 0) return PyUnicode_FromFormat("device(type='%s')", kind_name(d));
  return PyUnicode_FromFormat("device(type='%s', index=%d)", kind_name(d), d.index);
}

Py_hash_t device_hash(PyObject* self) {
  Device d = value(self);
  return (static_cast<int>(d.kind) << 16) + d.index + 2;
}

PyObject* device_compare(PyObject* a, PyObject* b, int operation) {
  if (!is_device(a) || !is_device(b) || (operation != Py_EQ && operation != Py_NE)) Py_RETURN_NOTIMPLEMENTED;
  return PyBool_FromLong((value(a) == value(b)) == (operation == Py_EQ));
}

PyObject* get_type(PyObject* self, void*) { return PyUnicode_FromString(kind_name(value(self))); }

PyObject* get_index(PyObject* self, void*) {
  if (value(self).index < 0) Py_RETURN_NONE;
  return PyLong_FromLong(value(self).index);
}

PyObject* device_reduce(PyObject* self, PyObject*) {
  Device d = value(self);
  if (d.index < 0) return Py_BuildValue("O(s)", DeviceType, kind_name(d));
  return Py_BuildValue("O(si)", DeviceType, kind_name(d), d.index);
}

PyObject* device_copy(PyObject* self, PyObject*) { return Py_NewRef(self); }

// `with taeda.device("meta"):` makes it the default device; what it was before is kept in a stack per thread.
thread_local std::vector<Device> outer_defaults;

PyObject* device_enter(PyObject* self, PyObject*) {
  return guarded_object([&] {
    outer_defaults.push_back(state.default_device);
    state.default_device = value(self);
    return Py_NewRef(self);
  });
}

PyObject* device_exit(PyObject*, PyObject*) {
  if (!outer_defaults.empty()) {
    state.default_device = outer_defaults.back();
    outer_defaults.pop_back();
  }
  Py_RETURN_NONE;
}

PyMethodDef device_methods[] = {
    {"__enter__", device_enter, METH_NOARGS, "Make this the device of tensors that are made from nothing."},
    {"__exit__", device_exit, METH_VARARGS, nullptr},
    {"__reduce__", device_reduce, METH_NOARGS, nullptr},
    {"__copy__", device_copy, METH_NOARGS, nullptr},
    {"__deepcopy__", device_copy, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef device_properties[] = {
    {"type", get_type, nullptr, "The kind of device: 'cpu', 'meta', 'cuda', ..", nullptr},
    {"index", get_index, nullptr, "Which device of its kind, or None for the current one.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot device_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(device_new)},
    {Py_tp_repr, reinterpret_cast<void*>(device_repr)},
    {Py_tp_str, reinterpret_cast<void*>(device_text)},
    {Py_tp_hash, reinterpret_cast<void*>(device_hash)},
    {Py_tp_richcompare, reinterpret_cast<void*>(device_compare)},
    {Py_tp_methods, device_methods},
    {Py_tp_getset, device_properties},
    {Py_tp_doc, const_cast<char*>("device(type, index=None)\n\nWhere a tensor lies: device('cpu'), device('cuda:1').")},
    {0, nullptr},
};

PyType_Spec device_spec = {"taeda.device", sizeof(DeviceObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
                           device_slots};

PyObject* make(Device d) {
  PyObject* o = checked(DeviceType->tp_alloc(DeviceType, 0)).release();
  value(o) = d;
  return o;
}

}  // namespace

PyTypeObject* DeviceType = nullptr;

void add_devices_to_module(PyObject* module) {
  DeviceType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&device_spec)).release());
  DeviceType->tp_name = "torch.device";  // in messages; __module__ is taeda
  add_object(module, "device", reinterpret_cast<PyObject*>(DeviceType));
  for (int kind = 0; kind < DEVICE_KIND_COUNT; ++kind)
    for (int index = -1; index < 1; ++index)
      cached[kind][index + 1] = make(Device{static_cast<DeviceKind>(kind), static_cast<int8_t>(index)});
}

PyObject* device_object(Device d) {
  if (d.index < 1) return Py_NewRef(cached[static_cast<int>(d.kind)][d.index + 1]);
  return make(d);
}

bool is_device(PyObject* o) { return Py_TYPE(o) == DeviceType; }

Device device_from_object(PyObject* o) {
  if (!o || o == Py_None) return Device{};
  if (is_device(o)) return value(o);
  if (PyUnicode_Check(o)) {
    const char* text = PyUnicode_AsUTF8(o);
    if (!text) throw PythonError();
    return parse(text);
  }
  if (PyLong_Check(o) && !PyBool_Check(o)) {
    raise(PyExc_RuntimeError, "Cannot access accelerator device when none is available.");  // a number is one of those
  }
  raise(PyExc_TypeError, "device(): argument 'device' must be torch.device, str or int, not %s", Py_TYPE(o)->tp_name);
}

}  // namespace taeda
