// taeda._core's part of taeda.native: recording what functions run, and what a Program file holds.
#include "core/program_file.h"
#include "core/recorder.h"
#include "python/core_types.h"
#include "python/runtime.h"

namespace taeda {
namespace {

Recorder::Named named_tensors(PyObject* dict) {
  Recorder::Named out;
  if (!PyDict_Check(dict)) raise(PyExc_TypeError, "expected a dict of tensors, got %s", Py_TYPE(dict)->tp_name);
  PyObject *name, *value;
  for (Py_ssize_t at = 0; PyDict_Next(dict, &at, &name, &value);) {
    const char* text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : nullptr;
    if (!text) raise(PyExc_TypeError, "names of tensors are str, not %s", Py_TYPE(name)->tp_name);
    if (!is_tensor(value)) raise(PyExc_TypeError, "'%s' must be a tensor, not %s", text, Py_TYPE(value)->tp_name);
    const Tensor& t = *as_tensor(value);
    if (!t.storage || t.device.kind != DeviceKind::CPU) raise(PyExc_ValueError, "'%s' is no tensor with memory", text);
    out.emplace_back(text, &t);
  }
  return out;
}

void drop() {
  delete active_recorder;
  active_recorder = nullptr;
}

PyObject* begin(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    const char* name;
    PyObject* inputs;
    if (!PyArg_ParseTuple(arguments, "sO:begin_recording", &name, &inputs)) throw PythonError();
    Recorder::Named tensors = named_tensors(inputs);
    auto fresh = active_recorder ? nullptr : std::make_unique<Recorder>();
    (fresh ? *fresh : *active_recorder).begin(name, tensors);
    if (fresh) active_recorder = fresh.release();
    Py_RETURN_NONE;
  });
}

Recorder& active() {
  if (!active_recorder) raise(PyExc_RuntimeError, "nothing is recorded");
  return *active_recorder;
}

PyObject* end(PyObject*, PyObject* outputs) {
  return guarded_object([&]() -> PyObject* {
    active().end(named_tensors(outputs));
    Py_RETURN_NONE;
  });
}

PyObject* finish(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    PyObject* state;
    const char* processor;
    if (!PyArg_ParseTuple(arguments, "Os:finish_recording", &state, &processor)) throw PythonError();
    Recorder::Result result = active().finish(named_tensors(state), compiler_kernels(), kernel_object);
    ProgramFile file{processor, std::move(result.recording), std::move(result.kernels)};
    std::string content = write_program_file(file);
    drop();
    return PyBytes_FromStringAndSize(content.data(), static_cast<Py_ssize_t>(content.size()));
  });
}

PyObject* drop_recording(PyObject*, PyObject*) {
  drop();
  Py_RETURN_NONE;
}

// {name: (dtype, sizes)}
Ref<> described(const std::vector<NamedBuffer>& list) {
  Ref<> out = checked(PyDict_New());
  for (const NamedBuffer& n : list) {
    Ref<> sizes = checked(size_object(n.buffer.sizes.at, n.buffer.sizes.count));
    Ref<> entry = checked(PyTuple_Pack(2, dtype_object(n.buffer.dtype), sizes.get()));
    Ref<> name = checked(PyUnicode_DecodeUTF8(n.name.data(), static_cast<Py_ssize_t>(n.name.size()), "replace"));
    if (PyDict_SetItem(out.get(), name.get(), entry.get()) < 0) throw PythonError();
  }
  return out;
}

PyObject* describe(PyObject*, PyObject* content) {
  return guarded_object([&]() -> PyObject* {
    char* text;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(content, &text, &size) < 0) throw PythonError();
    ProgramFile file = read_program_file({text, static_cast<size_t>(size)});
    Ref<> functions = checked(PyDict_New());
    for (const RecordedFunction& f : file.recording.functions) {
      Ref<> inputs = described(f.inputs), outputs = described(f.outputs);
      Ref<> entry = checked(Py_BuildValue("{sOsO}", "inputs", inputs.get(), "outputs", outputs.get()));
      Ref<> name = checked(PyUnicode_DecodeUTF8(f.name.data(), static_cast<Py_ssize_t>(f.name.size()), "replace"));
      if (PyDict_SetItem(functions.get(), name.get(), entry.get()) < 0) throw PythonError();
    }
    Ref<> state = described(file.recording.state);
    return Py_BuildValue("{sssOsOsi}", "processor", file.processor.c_str(), "functions", functions.get(), "state",
                         state.get(), "kernels", static_cast<int>(file.kernels.objects.size()));
  });
}

PyMethodDef functions[] = {
    {"begin_recording", begin, METH_VARARGS,
     "begin_recording(name, inputs): record what runs in this thread from here as a function of the inputs."},
    {"end_recording", end, METH_O, "end_recording(outputs): up to here; these are the function's results."},
    {"finish_recording", finish, METH_VARARGS,
     "finish_recording(state, processor): the functions recorded as the content of a Program file, after they gave the "
     "same bits again without Python; RuntimeError if they do not."},
    {"drop_recording", drop_recording, METH_NOARGS, "Forget what was recorded."},
    {"describe_program_file", describe, METH_O,
     "describe_program_file(content): what is in a Program file; ValueError if it is damaged or for another "
     "processor."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

void add_recording_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
