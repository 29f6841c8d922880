// The tensor: a strided view of a Storage, with its place in the autograd graph. The Python object is the tensor.
#pragma once
#include "core/buffer.h"
#include "python/common.h"
#include "python/device_type.h"
#include "python/dtype_type.h"

namespace taeda {

class Node;
struct Tensor;

// What only some tensors have; allocated on first need.
struct AutogradData {
  Ref<Tensor> grad;
  Node* accumulator = nullptr;   // weak: the AccumulateGrad node of a leaf; that node owns the tensor
  Ref<> hooks;                   // dict id → callable, run on the gradient of this tensor (register_hook)
  Ref<> post_accumulate_hooks;   // dict id → callable
  Ref<Tensor> base;              // of a differentiable view: the tensor that owns the history (never itself a view)
  uint32_t history_version = 0;  // of a view: storage version for which grad_fn is right
  uint32_t level = 0;            // of a leaf: of which transform it is a variable (tape_level.cpp)
  bool retains_grad = false;
  bool made_in_no_grad = false;    // of a view: made under no_grad (in-place writes to it are refused, as in PyTorch)
  bool made_in_inference = false;  // of a view: made in inference mode (the same, another message)
  bool multi_output_view = false;  // of a view: from split/unbind/chunk
  bool made_in_function = false;   // of a view: returned by an autograd.Function (the same)

  static void* operator new(size_t size);  // from a free list: every view has one
  static void operator delete(void* p) noexcept;
};

// What a tensor is beside its elements. A part of its own, because offsetof wants a plain struct.
struct TensorHead {
  PyObject_HEAD bool requires_grad;  // set by the user on a leaf, or because grad_fn is there
  bool is_inference : 1;             // made in inference_mode
  bool detached_version : 1;         // from .data: writes are not counted in the storage's version
  bool gc_tracked : 1;
  uint32_t output_number;  // which output of grad_fn this is
  Shared<Node> grad_fn;    // null for leaves. Read it through tape.h: gradient_function(t)
  AutogradData* autograd;  // null until needed
  PyObject* dictionary;    // user attributes
  PyObject* weak_references;
};

struct Tensor : TensorHead, Buffer {};

extern PyTypeObject* TensorType;     // taeda.Tensor
extern PyTypeObject* ParameterType;  // taeda.nn.Parameter, once registered; else null
inline bool is_tensor(PyObject* o) { return Py_TYPE(o) == TensorType || PyObject_TypeCheck(o, TensorType); }
inline Tensor* as_tensor(PyObject* o) { return reinterpret_cast<Tensor*>(o); }

// New tensors. All are leaves without gradient. `empty` allocates; sizes are checked (negative, overflow, out of
// memory).
void initialise_lifted(Tensor& t);  // one that Python has allocated (lifted.cpp)
Ref<Tensor> undescribed();          // to be described (core/buffer.h)
Ref<Tensor> empty(DType dtype, const Dims& sizes, Device device = {});
Ref<Tensor> empty_strided(DType dtype, const Dims& sizes, const Dims& strides, Device device = {});
Ref<Tensor> from_storage(Shared<Storage> storage, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset);
// Same storage, new geometry. Bounds are checked only by the caller (views.h proves them, as_strided checks them).
Ref<Tensor> alias(const Tensor& t, const Dims& sizes, const Dims& strides, int64_t offset);
inline Ref<Tensor> alias(const Tensor& t) { return alias(t, Dims(t.sizes, t.ndim), Dims(t.strides, t.ndim), t.offset); }
// A fresh Python object of the Python type `type` (a subclass of Tensor) sharing the storage: nn.Parameter(data).
Ref<Tensor> alias_as(PyTypeObject* type, const Tensor& t);
AutogradData& autograd_data(Tensor& t);  // allocates it
// Tensors are unknown to the cycle collector until they may be part of a cycle: call this when giving one hooks.
void track(Tensor& t);

// A view recorded for autograd (dispatch.cpp): what x[1:3, None, ..., 2] returns. Basic indexing folds to one such
// call. strides and offset are what the view has on base's memory; dense_strides and dense_offset what the same indices
// would give on a contiguous tensor of base's shape with offset 0: that is the geometry its gradient is scattered with.
Ref<Tensor> strided_view(Tensor& base, const Dims& sizes, const Dims& strides, int64_t offset,
                         const Dims& dense_strides, int64_t dense_offset);

}  // namespace taeda
