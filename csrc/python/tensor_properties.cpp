// The attributes of taeda.Tensor, and the small constant objects that some of them are.
#include "python/core_types.h"
#include "python/lifted.h"
#include "python/subclass.h"
#include "python/tensor_type.h"
#include "tape/tape.h"

namespace taeda {

PyObject *strided_layout, *contiguous_format, *preserve_format, *channels_last, *channels_last_3d;

namespace {

Tensor& the(PyObject* self) { return *as_tensor(self); }

// -- constants: layouts and memory formats ---------------------------------------------------------------------------

struct Constant {
  PyObject_HEAD const char* name;
};

PyObject* constant_repr(PyObject* self) {
  return PyUnicode_FromFormat("torch.%s", reinterpret_cast<Constant*>(self)->name);
}
PyObject* constant_reduce(PyObject* self, PyObject*) {
  return PyUnicode_FromString(reinterpret_cast<Constant*>(self)->name);
}
PyObject* constant_copy(PyObject* self, PyObject*) { return Py_NewRef(self); }

PyMethodDef constant_methods[] = {
    {"__reduce__", constant_reduce, METH_NOARGS, nullptr},
    {"__copy__", constant_copy, METH_NOARGS, nullptr},
    {"__deepcopy__", constant_copy, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot constant_slots[] = {
    {Py_tp_repr, reinterpret_cast<void*>(constant_repr)},
    {Py_tp_methods, constant_methods},
    {0, nullptr},
};

PyTypeObject* add_constant_type(PyObject* module, const char* name, const char* short_name) {
  PyType_Spec spec = {name, sizeof(Constant), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                      constant_slots};
  PyObject* type = checked(PyType_FromSpec(&spec)).release();
  add_object(module, short_name, type);
  return reinterpret_cast<PyTypeObject*>(type);
}

PyObject* add_constant(PyObject* module, PyTypeObject* type, const char* name) {
  PyObject* o = checked(type->tp_alloc(type, 0)).release();
  reinterpret_cast<Constant*>(o)->name = name;
  add_object(module, name, o);
  return o;
}

// -- geometry and type -----------------------------------------------------------------------------------------------

PyObject* get_shape(PyObject* self, void*) {
  return guarded_object([&] { return size_object(the(self).sizes, the(self).ndim); });
}
PyObject* get_dtype(PyObject* self, void*) { return Py_NewRef(dtype_object(the(self).dtype)); }
PyObject* get_device(PyObject* self, void*) {
  return guarded_object([&] { return device_object(the(self).device); });
}
PyObject* get_layout(PyObject*, void*) { return Py_NewRef(strided_layout); }
PyObject* get_ndim(PyObject* self, void*) { return PyLong_FromLong(the(self).ndim); }
PyObject* get_itemsize(PyObject* self, void*) { return PyLong_FromLong(itemsize(the(self).dtype)); }
PyObject* get_nbytes(PyObject* self, void*) { return PyLong_FromLongLong(the(self).numel * itemsize(the(self).dtype)); }
PyObject* get_is_cpu(PyObject* self, void*) { return PyBool_FromLong(the(self).device.kind == DeviceKind::CPU); }
PyObject* get_is_cuda(PyObject* self, void*) { return PyBool_FromLong(the(self).device.kind == DeviceKind::CUDA); }
PyObject* get_is_meta(PyObject* self, void*) { return PyBool_FromLong(the(self).device.kind == DeviceKind::Meta); }
PyObject* get_false(PyObject*, void*) { Py_RETURN_FALSE; }
PyObject* get_none(PyObject*, void*) { Py_RETURN_NONE; }

// Attributes that are ops: x.T, x.mT. The closure is the operator's number.
PyObject* get_by_operator(PyObject* self, void* closure) {
  return guarded_object(
      [&] { return PyObject_CallOneArg(required(static_cast<Operator>(reinterpret_cast<intptr_t>(closure))), self); });
}
void* closure_of(Operator o) { return reinterpret_cast<void*>(static_cast<intptr_t>(o)); }

PyObject* get_real(PyObject* self, void* closure) {
  if (!info(the(self).dtype).complex) return Py_NewRef(self);
  return get_by_operator(self, closure);
}

PyObject* get_imag(PyObject* self, void* closure) {
  return guarded_object([&] {
    if (!info(the(self).dtype).complex)
      raise(PyExc_RuntimeError, "imag is not implemented for tensors with non-complex dtypes.");
    return get_by_operator(self, closure);
  });
}

// -- autograd --------------------------------------------------------------------------------------------------------

PyObject* get_requires_grad(PyObject* self, void*) { return PyBool_FromLong(requires_gradient(the(self))); }

int put_requires_grad(PyObject* self, PyObject* value, void*) {
  return guarded(-1, [&] {
    if (!value || !PyBool_Check(value)) raise(PyExc_RuntimeError, "requires_grad must be a bool");
    Tensor& t = the(self);
    bool wanted = value == Py_True;
    if (!is_leaf(t)) {
      if (!wanted)
        raise(PyExc_RuntimeError,
              "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
              "subgraph that doesn't require differentiation use var_no_grad = var.detach().");
      if (!t.requires_grad) raise(PyExc_RuntimeError, "you can only change requires_grad flags of leaf variables.");
      return 0;
    }
    if (wanted && !info(t.dtype).floating && !info(t.dtype).complex)
      raise(PyExc_RuntimeError, "only Tensors of floating point and complex dtype can require gradients");
    set_requires_grad(t, wanted);
    return 0;
  });
}

PyObject* get_grad(PyObject* self, void*) {
  return guarded_object([&]() -> PyObject* {
    Tensor& t = the(self);
    if (t.autograd && t.autograd->grad) return Py_NewRef(t.autograd->grad.object());
    if (t.requires_grad && !(t.autograd && t.autograd->retains_grad) && !is_leaf(t) &&
        PyErr_WarnEx(
            PyExc_UserWarning,
            "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
            "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
            "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make "
            "sure you access the leaf Tensor instead.",
            1) < 0)
      throw PythonError();
    Py_RETURN_NONE;
  });
}

int put_grad(PyObject* self, PyObject* value, void*) {
  return guarded(-1, [&] {
    Tensor& t = the(self);
    if (!value || value == Py_None) {
      if (t.autograd) t.autograd->grad = nullptr;
      return 0;
    }
    if (!is_tensor(value))
      raise(PyExc_TypeError, "assigned grad expected to be a Tensor or None but got grad of type %s",
            Py_TYPE(value)->tp_name);
    if (value == self) raise(PyExc_RuntimeError, "can't assign Variable as its own grad");
    Tensor& g = the(value);
    if (plain(g.dtype) != plain(t.dtype))
      raise(PyExc_RuntimeError,
            "attempting to assign a gradient with dtype '%s' to a tensor with grad_dtype '%s'. The gradient must match "
            "the tensor's dtype.",
            info(g.dtype).name, torch_name(t.dtype));
    if (!(g.device == t.device))
      raise(PyExc_RuntimeError,
            "attempting to assign a gradient located on another device than the tensor's. Please move one of them");
    bool same = g.ndim == t.ndim;
    for (int i = 0; same && i < t.ndim; ++i) same = g.sizes[i] == t.sizes[i];
    if (!same)
      raise(
          PyExc_RuntimeError,
          "attempting to assign a gradient of size '%s' to a tensor of size '%s'. Please ensure that the gradient and "
          "the tensor are the same size",
          shape_text(g).at, shape_text(t).at);
    autograd_data(t).grad = Ref<Tensor>::borrow(&g);
    track(t);
    return 0;
  });
}

PyObject* get_grad_fn(PyObject* self, void*) {
  return guarded_object([&]() -> PyObject* {
    if (!requires_gradient(the(self))) Py_RETURN_NONE;
    Shared<Node> node = gradient_function(the(self));
    if (!node) Py_RETURN_NONE;
    track(the(self));  // hooks put on the node may refer to this tensor
    return node->python_object();
  });
}

PyObject* get_is_leaf(PyObject* self, void*) {
  return guarded_object([&] { return PyBool_FromLong(is_leaf(the(self))); });
}

PyObject* get_output_number(PyObject* self, void*) { return PyLong_FromLong(the(self).output_number); }

PyObject* get_base(PyObject* self, void*) {
  Tensor& t = the(self);
  if (!t.autograd || !t.autograd->base) Py_RETURN_NONE;
  return Py_NewRef(t.autograd->base.object());
}

PyObject* get_version(PyObject* self, void*) {
  return guarded_object([&] {
    Tensor& t = the(self);
    if (t.is_inference) raise(PyExc_RuntimeError, "Inference tensors do not track version counter.");
    return PyLong_FromUnsignedLong(t.storage && !t.detached_version ? t.storage->version : 0);
  });
}

PyObject* get_data(PyObject* self, void*) {
  return guarded_object([&] {
    Ref<Tensor> out = dispatching(self) ? detached_subclass(the(self)) : alias_as(Py_TYPE(self), the(self));
    out->detached_version = true;
    return reinterpret_cast<PyObject*>(out.release());
  });
}

int put_data(PyObject* self, PyObject* value, void*) {
  return guarded(-1, [&] {
    if (!value) raise(PyExc_RuntimeError, "Deleting tensor data is not allowed. Delete tensor instead!");
    if (!is_tensor(value))
      raise(PyExc_TypeError, "Variable data has to be a tensor, but got %s", Py_TYPE(value)->tp_name);
    Tensor &t = the(self), &from = the(value);
    if (&t == &from) return 0;
    require_memory(t, "data");
    require_memory(from, "data");
    if (t.requires_grad && !info(from.dtype).floating && !info(from.dtype).complex)
      raise(PyExc_RuntimeError, "data set to a tensor that requires gradients must be floating point or complex dtype");
    t.storage = from.storage;
    t.device = from.device;
    t.dtype = from.dtype;
    t.ndim = from.ndim;
    t.numel = from.numel;
    t.offset = from.offset;
    std::memcpy(t.sizes, from.sizes, sizeof(int64_t) * from.ndim);
    std::memcpy(t.strides, from.strides, sizeof(int64_t) * from.ndim);
    return 0;
  });
}

// -- attributes of the user ------------------------------------------------------------------------------------------

PyObject* get_dictionary(PyObject* self, void* context) {
  PyObject* d = PyObject_GenericGetDict(self, context);
  if (d) track(*as_tensor(self));
  return d;
}

}  // namespace

PyGetSetDef tensor_properties[] = {
    {"shape", get_shape, nullptr, "The sizes of the dimensions, as a Size.", nullptr},
    {"dtype", get_dtype, nullptr, "The type of the elements.", nullptr},
    {"device", get_device, nullptr, "Where the elements lie.", nullptr},
    {"layout", get_layout, nullptr, "How the elements are stored: always strided.", nullptr},
    {"ndim", get_ndim, nullptr, "The number of dimensions.", nullptr},
    {"itemsize", get_itemsize, nullptr, "Bytes of one element.", nullptr},
    {"nbytes", get_nbytes, nullptr, "Bytes of all elements.", nullptr},
    {"is_cpu", get_is_cpu, nullptr, nullptr, nullptr},
    {"is_cuda", get_is_cuda, nullptr, nullptr, nullptr},
    {"is_meta", get_is_meta, nullptr, "Whether this is a shape without data.", nullptr},
    {"is_sparse", get_false, nullptr, nullptr, nullptr},
    {"is_sparse_csr", get_false, nullptr, nullptr, nullptr},
    {"is_mkldnn", get_false, nullptr, nullptr, nullptr},
    {"is_quantized", get_false, nullptr, nullptr, nullptr},
    {"is_nested", get_false, nullptr, nullptr, nullptr},
    {"is_xpu", get_false, nullptr, nullptr, nullptr},
    {"is_mps", get_false, nullptr, nullptr, nullptr},
    {"is_xla", get_false, nullptr, nullptr, nullptr},
    {"is_vulkan", get_false, nullptr, nullptr, nullptr},
    {"name", get_none, nullptr, nullptr, nullptr},
    {"T", get_by_operator, nullptr, "The tensor with its dimensions reversed.", closure_of(Operator::T)},
    {"mT", get_by_operator, nullptr, "The tensor with its last two dimensions exchanged.", closure_of(Operator::MT)},
    {"H", get_by_operator, nullptr, "The matrix transposed and conjugated.", closure_of(Operator::H)},
    {"mH", get_by_operator, nullptr, "The last two dimensions exchanged, and conjugated.", closure_of(Operator::MH)},
    {"real", get_real, nullptr, "The real part; of a real tensor the tensor itself.", closure_of(Operator::Real)},
    {"imag", get_imag, nullptr, "The imaginary part of a complex tensor.", closure_of(Operator::Imag)},
    {"requires_grad", get_requires_grad, put_requires_grad, "Whether gradients are computed for this tensor.", nullptr},
    {"grad", get_grad, put_grad, "The gradient that backward() accumulated here, or None.", nullptr},
    {"_grad", get_grad, put_grad, "The same as grad.", nullptr},
    {"grad_fn", get_grad_fn, nullptr, "The node of the graph that made this tensor; None for a leaf.", nullptr},
    {"is_leaf", get_is_leaf, nullptr, "Whether no recorded op made this tensor.", nullptr},
    {"output_nr", get_output_number, nullptr, "Which output of grad_fn this is.", nullptr},
    {"_base", get_base, nullptr, "The tensor that this one is a view of, or None.", nullptr},
    {"_version", get_version, nullptr, "How many in-place writes the memory has seen.", nullptr},
    {"data", get_data, put_data, "The same memory without history; writes to it are not seen by autograd.", nullptr},
    {"__dict__", get_dictionary, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

void add_constants_to_module(PyObject* module) {
  PyTypeObject* layout = add_constant_type(module, "taeda.layout", "layout");
  strided_layout = add_constant(module, layout, "strided");
  for (const char* name : {"sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "jagged"})
    add_constant(module, layout, name);
  PyTypeObject* format = add_constant_type(module, "taeda.memory_format", "memory_format");
  contiguous_format = add_constant(module, format, "contiguous_format");
  preserve_format = add_constant(module, format, "preserve_format");
  channels_last = add_constant(module, format, "channels_last");
  channels_last_3d = add_constant(module, format, "channels_last_3d");
}

}  // namespace taeda
