#include "python/tensor.h"

#include <algorithm>

#include "python/core_types.h"
#include "python/lifted.h"
#include "python/subclass.h"
#include "python/tensor_type.h"
#include "tape/tape.h"

namespace taeda {

PyTypeObject* TensorType = nullptr;
PyTypeObject* ParameterType = nullptr;

namespace {

// Memory of tensor objects and of their autograd data that is not in use: making and dropping a tensor is on the path
// of every op.
constexpr int KEPT = 512;
PyObject* kept_tensors[KEPT];
int kept_tensor_count = 0;
void* kept_data[KEPT];
int kept_data_count = 0;

void initialise(Tensor* t) {
  new (&t->storage) Shared<Storage>;
  new (&t->grad_fn) Shared<Node>;
  t->requires_grad = false;
  t->is_inference = t->detached_version = t->gc_tracked = false;
  t->output_number = 0;
  t->autograd = nullptr;
  t->dictionary = nullptr;
  t->weak_references = nullptr;
}

Tensor* new_object() {
  PyObject* o;
  if (TAEDA_LIKELY(kept_tensor_count > 0)) {
    o = PyObject_Init(kept_tensors[--kept_tensor_count], TensorType);
  } else {
    o = reinterpret_cast<PyObject*>(PyObject_GC_New(Tensor, TensorType));
    if (!o) throw PythonError();
  }
  initialise(as_tensor(o));
  return as_tensor(o);
}

}  // namespace

void* AutogradData::operator new(size_t size) {
  return kept_data_count ? kept_data[--kept_data_count] : ::operator new(size);
}

void AutogradData::operator delete(void* p) noexcept {
  if (REUSE_OBJECTS && kept_data_count < KEPT)
    kept_data[kept_data_count++] = p;
  else
    ::operator delete(p);
}

void initialise_lifted(Tensor& t) {
  initialise(&t);
  t.gc_tracked = true;  // tp_alloc of a subclass does that
}

Ref<Tensor> undescribed() { return Ref<Tensor>::steal(new_object()); }

Ref<Tensor> empty(DType dtype, const Dims& sizes, Device device) {
  Ref<Tensor> t = undescribed();
  describe(*t, dtype, sizes, device);
  t->storage->allocate();
  return t;
}

Ref<Tensor> empty_strided(DType dtype, const Dims& sizes, const Dims& strides, Device device) {
  Ref<Tensor> t = undescribed();
  describe(*t, dtype, sizes, strides, device);
  t->storage->allocate();
  return t;
}

Ref<Tensor> from_storage(Shared<Storage> storage, DType dtype, const Dims& sizes, const Dims& strides, int64_t offset) {
  Ref<Tensor> t = undescribed();
  Buffer of;
  of.device = storage->device();
  of.storage = std::move(storage);
  describe_view(*t, of, dtype, sizes, strides, offset);
  return t;
}

namespace {

void describe_alias_of(Tensor& t, const Tensor& of, const Dims& sizes, const Dims& strides, int64_t offset) {
  if (is_lifted(&of))
    raise(PyExc_NotImplementedError,
          "this view of a tensor that has no memory of its own (a sparse one, or one of a function that is transformed "
          "by "
          "vmap or jvp)");
  describe_view(t, of, of.dtype, sizes, strides, offset);
  t.is_inference = of.is_inference;
  t.detached_version = of.detached_version;
}

}  // namespace

Ref<Tensor> alias(const Tensor& of, const Dims& sizes, const Dims& strides, int64_t offset) {
  if (TAEDA_UNLIKELY(dispatching(&of))) {
    bool whole = same_shape(of, sizes) && offset == of.offset && std::equal(strides.begin(), strides.end(), of.strides);
    if (whole) return detached_subclass(of);
    raise(PyExc_NotImplementedError, "this view of a %s, whose __torch_dispatch__ is not asked for it",
          Py_TYPE(&of.ob_base)->tp_name);
  }
  Ref<Tensor> t = undescribed();
  describe_alias_of(*t, of, sizes, strides, offset);
  return t;
}

Ref<Tensor> alias_as(PyTypeObject* type, const Tensor& of) {
  if (type == TensorType) return alias(of);
  if (!PyType_IsSubtype(type, TensorType)) raise(PyExc_TypeError, "%s is not a subclass of Tensor", type->tp_name);
  if (is_without_memory(type))
    raise(PyExc_TypeError, "a %s is made of other tensors; it does not stand on the memory of one", type->tp_name);
  Ref<> o = checked(type->tp_alloc(type, 0));
  Tensor* t = as_tensor(o.get());
  initialise(t);
  t->gc_tracked = true;  // tp_alloc of a subclass does that
  describe_alias_of(*t, of, of.shape(), of.stride_dims(), of.offset);
  return Ref<Tensor>::steal(as_tensor(o.release()));
}

AutogradData& autograd_data(Tensor& t) {
  if (!t.autograd) t.autograd = new AutogradData;
  return *t.autograd;
}

void track(Tensor& t) {
  if (t.gc_tracked) return;
  t.gc_tracked = true;
  PyObject_GC_Track(&t);
}

void free_tensor(PyObject* self) {
  Tensor* t = as_tensor(self);
  PyTypeObject* type = Py_TYPE(self);
  // Subclasses have been tracked again by Python before it calls this.
  if (t->gc_tracked || type != TensorType) PyObject_GC_UnTrack(self);
  if (TAEDA_UNLIKELY(type != TensorType)) lifted_gone(type);
  if (t->weak_references) PyObject_ClearWeakRefs(self);
  Py_CLEAR(t->dictionary);
  if (t->autograd) delete std::exchange(t->autograd, nullptr);
  t->grad_fn.~Shared();
  t->storage.~Shared();
  if (REUSE_OBJECTS && type == TensorType && kept_tensor_count < KEPT)
    kept_tensors[kept_tensor_count++] = self;
  else
    type->tp_free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

}  // namespace taeda
