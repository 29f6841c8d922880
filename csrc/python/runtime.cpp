#include "python/runtime.h"

#include <unordered_map>

namespace taeda {
namespace {

PyObject* module = nullptr;

Ref<> ask(const char* name, Ref<> arguments) {
  if (!module) {
    module = PyImport_ImportModule("taeda.runtime.programs");
    if (!module) throw PythonError();
  }
  Ref<> function = checked(PyObject_GetAttrString(module, name));
  return checked(PyObject_CallObject(function.get(), arguments.get()));
}

int as_int(const Ref<>& o) {
  long v = PyLong_AsLong(o.get());
  if (v == -1 && PyErr_Occurred()) throw PythonError();
  return static_cast<int>(v);
}

Kernel as_kernel(const Ref<>& address) {
  auto v = PyLong_AsUnsignedLongLong(address.get());
  if (PyErr_Occurred()) throw PythonError();
  return reinterpret_cast<Kernel>(v);
}

}  // namespace

void register_runtime(PyObject* m) {
  Py_INCREF(m);
  Py_XSETREF(module, m);
}

Ref<> compile_forward(const char* overload, PyObject* key) {
  return ask("compile_forward", checked(Py_BuildValue("(sO)", overload, key)));
}

Ref<> compile_backward(const char* overload, PyObject* key, uint64_t wanted, PyObject* given) {
  return ask("compile_backward", checked(Py_BuildValue("(sOKO)", overload, key, static_cast<unsigned long long>(wanted), given)));
}

Kernel kernel_variant(int handle, bool outer_axis, int inner_rank, const char* classes) {
  return as_kernel(ask("kernel_variant", checked(Py_BuildValue("(isis)", handle, outer_axis ? "outer" : "inner", inner_rank, classes))));
}

Kernel template_kernel(int handle) { return as_kernel(ask("template_kernel", checked(Py_BuildValue("(i)", handle)))); }

bool kernel_uses_index(int handle) { return PyObject_IsTrue(ask("kernel_uses_index", checked(Py_BuildValue("(i)", handle))).get()) == 1; }

bool kernel_split(int handle, int* partial, int* combine, std::vector<DType>* dtypes) {
  Ref<> answer = ask("kernel_split", checked(Py_BuildValue("(i)", handle)));
  if (answer.get() == Py_None) return false;
  PyObject* names;
  if (!PyArg_ParseTuple(answer.get(), "iiO", partial, combine, &names)) throw PythonError();
  Ref<> list = checked(PySequence_List(names));
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.get()); ++i) {
    const char* name = PyUnicode_AsUTF8(PyList_GET_ITEM(list.get(), i));
    DType d;
    if (!name || !dtype_from_name(name, &d)) raise(PyExc_ValueError, "kernel_split: unknown dtype");
    dtypes->push_back(d);
  }
  return true;
}

int copy_kernel(DType from, DType to) {
  static int handles[DTYPE_COUNT][DTYPE_COUNT];
  int& h = handles[static_cast<int>(from)][static_cast<int>(to)];
  if (!h) h = 1 + as_int(ask("copy_kernel", checked(Py_BuildValue("(ss)", info(from).name, info(to).name))));
  return h - 1;
}

int fill_kernel(DType dtype) {
  static int handles[DTYPE_COUNT];
  int& h = handles[static_cast<int>(dtype)];
  if (!h) h = 1 + as_int(ask("fill_kernel", checked(Py_BuildValue("(s)", info(dtype).name))));
  return h - 1;
}

int sum_kernel(DType dtype) {
  static int handles[DTYPE_COUNT];
  int& h = handles[static_cast<int>(dtype)];
  if (!h) h = 1 + as_int(ask("sum_kernel", checked(Py_BuildValue("(s)", info(dtype).name))));
  return h - 1;
}

}  // namespace taeda
