#include "python/runtime.h"

namespace taeda {
namespace {

PyObject* module = nullptr;

Ref<> ask(const char* name, Ref<> arguments) {
  if (!module) {
    module = PyImport_ImportModule("taeda.runtime.answers");
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
  return ask("compile_backward",
             checked(Py_BuildValue("(sOKO)", overload, key, static_cast<unsigned long long>(wanted), given)));
}

static std::string as_text(const Ref<>& name) {
  const char* text = PyUnicode_AsUTF8(name.get());
  if (!text) throw PythonError();
  return text;
}

std::string kernel_name(int handle) { return as_text(ask("kernel_name", checked(Py_BuildValue("(i)", handle)))); }

std::string node_name(const char* overload, const char* display, PyObject* key) {
  return as_text(ask("node_name", checked(Py_BuildValue("(ssO)", overload, display, key))));
}

std::string kernel_object(int handle, bool outer_axis, int inner_rank, const char* classes) {
  Ref<> variant = classes ? checked(Py_BuildValue("(sis)", outer_axis ? "outer" : "inner", inner_rank, classes))
                          : Ref<>::borrow(Py_None);
  Ref<> object = ask("kernel_object", checked(Py_BuildValue("(iO)", handle, variant.get())));
  char* content;
  Py_ssize_t size;
  if (PyBytes_AsStringAndSize(object.get(), &content, &size) < 0) throw PythonError();
  return std::string(content, static_cast<size_t>(size));
}

namespace {

class CompilerKernels final : public KernelSource {
 public:
  Kernel template_kernel(int handle) override {
    return as_kernel(ask("template_kernel", checked(Py_BuildValue("(i)", handle))));
  }

  Kernel loop_variant(int handle, bool outer_axis, int inner_rank, const char* classes) override {
    const char* axis = outer_axis ? "outer" : "inner";
    return as_kernel(ask("kernel_variant", checked(Py_BuildValue("(isis)", handle, axis, inner_rank, classes))));
  }

  int loop_traits(int handle) override {
    return static_cast<int>(PyLong_AsLong(ask("kernel_traits", checked(Py_BuildValue("(i)", handle))).get()));
  }

  bool loop_split(int handle, int* partial, int* combine, std::vector<DType>* dtypes) override {
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

  int copy_handle(DType from, DType to) override {
    return as_int(ask("copy_kernel", checked(Py_BuildValue("(ss)", info(from).name, info(to).name))));
  }
  int fill_handle(DType dtype) override {
    return as_int(ask("fill_kernel", checked(Py_BuildValue("(s)", info(dtype).name))));
  }
  int sum_handle(DType dtype) override {
    return as_int(ask("sum_kernel", checked(Py_BuildValue("(s)", info(dtype).name))));
  }
};

}  // namespace

KernelSource& compiler_kernels() {
  static auto* kernels = new CompilerKernels;  // asked for until the very end
  return *kernels;
}

}  // namespace taeda
