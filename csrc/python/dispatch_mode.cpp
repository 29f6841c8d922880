#include "python/dispatch_mode.h"

#include <memory>

#include "python/run.h"
#include "python/state.h"
#include "tape/tape_node.h"

namespace taeda {

Ref<> call_dispatched(OpObject* op, const Call& call) {
  Ref<> mode = Ref<>::borrow(state.dispatch_mode);
  auto [parameters, values] = described_call(call);
  return checked(PyObject_CallMethod(mode.get(), "call", "OOOO", reinterpret_cast<PyObject*>(op), parameters.get(),
                                     values.get(), call.out ? call.out : Py_None));
}

namespace {

constexpr const char* GRADIENT_CALL = "taeda.gradient_call";

// A backward Program with what it runs on, for `run(*tensors)` in Python.
struct GradientCall {
  BackwardProgram* backward;
  std::vector<Attribute> attributes;
  std::vector<Ref<Tensor>> inputs;
  size_t gradients;
};

void destroy(PyObject* capsule) { delete static_cast<GradientCall*>(PyCapsule_GetPointer(capsule, GRADIENT_CALL)); }

// What takes part with its shape alone has no memory: Python sees it on the device "meta".
bool shape_alone(const GradientCall& c, size_t i) {
  return i >= c.gradients && c.backward->saved[i - c.gradients].source == BackwardProgram::Shape;
}

PyObject* run_gradient(PyObject* capsule, PyObject* const* arguments, Py_ssize_t count) {
  return guarded_object([&]() -> PyObject* {
    auto* c = static_cast<GradientCall*>(PyCapsule_GetPointer(capsule, GRADIENT_CALL));
    if (!c) throw PythonError();
    if (static_cast<size_t>(count) != c->inputs.size())
      raise(PyExc_TypeError, "%s takes %zu tensors, not %zd", c->backward->overload->display.c_str(), c->inputs.size(),
            count);
    std::vector<Tensor*> tensors;
    for (size_t i = 0; i < c->inputs.size(); ++i) {
      Tensor& was = *c->inputs[i];
      if (shape_alone(*c, i)) {
        tensors.push_back(&was);
        continue;
      }
      // The Program is compiled for these dtypes and numbers of dimensions.
      if (!is_tensor(arguments[i]))
        raise(PyExc_TypeError, "argument %zu must be Tensor, not %s", i, Py_TYPE(arguments[i])->tp_name);
      Tensor& is = *as_tensor(arguments[i]);
      if (is.dtype != was.dtype || !same_shape(is, was.shape()) || !(is.device == was.device))
        raise(PyExc_RuntimeError, "%s: argument %zu must have shape %s and dtype %s, not %s and %s",
              c->backward->overload->display.c_str(), i, shape_text(was).at, torch_name(was.dtype), shape_text(is).at,
              torch_name(is.dtype));
      tensors.push_back(&is);
    }
    std::vector<Ref<Tensor>> found(c->backward->grads.size());
    run_program(*c->backward, tensors[0]->device, tensors, c->attributes, found);
    Ref<> results = checked(PyTuple_New(static_cast<Py_ssize_t>(found.size())));
    for (size_t k = 0; k < found.size(); ++k)
      PyTuple_SET_ITEM(results.get(), static_cast<Py_ssize_t>(k), Py_NewRef(found[k].object()));
    return results.release();
  });
}

PyMethodDef run_method = {"run", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(run_gradient)),
                          METH_FASTCALL, "run(*tensors): the backward as it is compiled."};

PyObject* set_dispatch_mode(PyObject*, PyObject* mode) {
  if (mode != Py_None && !PyObject_HasAttrString(mode, "call"))
    return PyErr_Format(PyExc_TypeError, "set_dispatch_mode() takes an entered TorchDispatchMode or None, not %s",
                        Py_TYPE(mode)->tp_name);
  PyObject* before = state.dispatch_mode ? state.dispatch_mode : Py_NewRef(Py_None);
  state.dispatch_mode = mode == Py_None ? nullptr : Py_NewRef(mode);
  return before;
}

}  // namespace

void run_dispatched(BackwardProgram& backward, const Overload& of, size_t gradients, std::span<Tensor* const> inputs,
                    std::span<const Attribute> attributes, std::span<Ref<Tensor>> results) {
  Ref<> mode = Ref<>::borrow(state.dispatch_mode);
  auto call = std::make_unique<GradientCall>();
  call->backward = &backward;
  call->attributes.assign(attributes.begin(), attributes.end());
  call->gradients = gradients;
  for (Tensor* t : inputs) call->inputs.push_back(Ref<Tensor>::borrow(t));
  Ref<> grads = checked(PyTuple_New(static_cast<Py_ssize_t>(gradients)));
  for (size_t i = 0; i < gradients; ++i)
    PyTuple_SET_ITEM(grads.get(), static_cast<Py_ssize_t>(i), Py_NewRef(call->inputs[i].object()));
  Ref<> saved = checked(PyTuple_New(static_cast<Py_ssize_t>(backward.saved.size())));
  for (size_t i = 0; i < backward.saved.size(); ++i) {
    const BackwardProgram::Saved& s = backward.saved[i];
    Ref<Tensor> shown = call->inputs[gradients + i];
    if (shape_alone(*call, gradients + i)) {
      Device meta;
      meta.kind = DeviceKind::Meta;
      shown = shape_tensor(shown->dtype, meta, Dims(shown->sizes, shown->ndim), Dims(shown->strides, shown->ndim));
    }
    const char* source = s.source == BackwardProgram::Input    ? "input"
                         : s.source == BackwardProgram::Output ? "output"
                                                               : "shape";
    PyTuple_SET_ITEM(saved.get(), static_cast<Py_ssize_t>(i),
                     checked(Py_BuildValue("(siO)", source, s.index, shown.object())).release());
  }
  Ref<> wanted = checked(PyTuple_New(static_cast<Py_ssize_t>(backward.grads.size())));
  for (size_t k = 0; k < backward.grads.size(); ++k)
    PyTuple_SET_ITEM(wanted.get(), static_cast<Py_ssize_t>(k), PyLong_FromLong(backward.grads[k]));
  Ref<> capsule = checked(PyCapsule_New(call.get(), GRADIENT_CALL, destroy));
  call.release();
  Ref<> run = checked(PyCFunction_New(&run_method, capsule.get()));
  Ref<> found = checked(PyObject_CallMethod(mode.get(), "backward", "ssOOOOOO", of.display.c_str(), of.name.c_str(),
                                            backward.key.get(), grads.get(), saved.get(), wanted.get(),
                                            attributes_object(attributes).get(), run.get()));
  if (!PyTuple_Check(found.get()) || PyTuple_GET_SIZE(found.get()) != static_cast<Py_ssize_t>(results.size()))
    raise(PyExc_TypeError, "__torch_dispatch__ must return a tuple of %zu gradients for the backward of %s, not %s",
          results.size(), of.display.c_str(), Py_TYPE(found.get())->tp_name);
  for (size_t k = 0; k < results.size(); ++k) {
    PyObject* t = PyTuple_GET_ITEM(found.get(), static_cast<Py_ssize_t>(k));
    if (!is_tensor(t))
      raise(PyExc_TypeError, "__torch_dispatch__ must return tensors for the backward of %s, not %s",
            of.display.c_str(), Py_TYPE(t)->tp_name);
    results[k] = Ref<Tensor>::borrow(as_tensor(t));
  }
}

PyMethodDef dispatch_mode_functions[] = {
    {"set_dispatch_mode", set_dispatch_mode, METH_O,
     "set_dispatch_mode(mode or None): the innermost dispatch mode of this thread; returns the one before."},
    {}};

}  // namespace taeda
