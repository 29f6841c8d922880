// DLPack both ways: tensors shared with other libraries without copies. https://dmlc.github.io/dlpack/latest/
#include <memory>
#include <type_traits>

#include "python/interop.h"
#include "tape/tape.h"

namespace taeda {

namespace {

// The structs of dlpack.h, version 1.0.
struct DLDevice {
  int32_t device_type, device_id;
};
struct DLDataType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape, *strides;
  uint64_t byte_offset;
};
struct Legacy {  // DLManagedTensor
  DLTensor dl_tensor;
  void* manager_ctx;
  void (*deleter)(Legacy*);
};
struct Versioned {  // DLManagedTensorVersioned
  uint32_t major, minor;
  void* manager_ctx;
  void (*deleter)(Versioned*);
  uint64_t flags;
  DLTensor dl_tensor;
};
constexpr int32_t CPU = 1;
constexpr uint64_t READ_ONLY = 1, IS_COPIED = 2;

template <class M>
constexpr const char* NAME = "dltensor";
template <>
constexpr const char* NAME<Versioned> = "dltensor_versioned";
template <class M>
constexpr const char* USED_NAME = "used_dltensor";
template <>
constexpr const char* USED_NAME<Versioned> = "used_dltensor_versioned";

// -- out -------------------------------------------------------------------------------------------------------------

template <class M>
struct Export {
  M managed;
  Shared<Storage> storage;
  int64_t shape[MAX_DIMS], strides[MAX_DIMS];
};

// Called by the consumer, maybe from a thread that does not hold the GIL.
template <class M>
void delete_export(M* managed) {
  if (!Py_IsInitialized()) return;
  PyGILState_STATE gil = PyGILState_Ensure();
  delete static_cast<Export<M>*>(managed->manager_ctx);
  PyGILState_Release(gil);
}

// Of a capsule that nobody took.
template <class M>
void delete_capsule(PyObject* capsule) {
  if (!PyCapsule_IsValid(capsule, NAME<M>)) return;
  auto* managed = static_cast<M*>(PyCapsule_GetPointer(capsule, NAME<M>));
  managed->deleter(managed);
}

template <class M>
Ref<> export_tensor(Tensor& t, uint64_t flags) {
  auto e = std::make_unique<Export<M>>();
  e->storage = t.storage;
  e->managed.manager_ctx = e.get();
  e->managed.deleter = delete_export<M>;
  DLTensor& d = e->managed.dl_tensor;
  d.data = t.numel ? t.data() : nullptr;
  d.device = {CPU, 0};
  d.ndim = t.ndim;
  d.dtype = {info(t.dtype).dlpack_code, static_cast<uint8_t>(itemsize(t.dtype) * 8), 1};
  d.shape = e->shape;
  d.strides = e->strides;
  d.byte_offset = 0;
  for (int i = 0; i < t.ndim; ++i) {
    e->shape[i] = t.sizes[i];
    e->strides[i] = t.sizes[i] < 2 ? 1 : t.strides[i];
  }
  if constexpr (std::is_same_v<M, Versioned>) {
    e->managed.major = 1;
    e->managed.minor = 0;
    e->managed.flags = flags;
  }
  Ref<> capsule = checked(PyCapsule_New(&e->managed, NAME<M>, delete_capsule<M>));
  t.storage->give_away();
  e.release();
  return capsule;
}

// -- in --------------------------------------------------------------------------------------------------------------

DType imported_dtype(DLDataType d) {
  for (int i = 0; i < PLAIN_DTYPE_COUNT; ++i)
    if (d.lanes == 1 && d.code == DTYPES[i].dlpack_code && d.bits == DTYPES[i].itemsize * 8)
      return static_cast<DType>(i);
  raise(PyExc_BufferError, "Unsupported DLPack data type: code %d, %d bits, %d lanes", d.code, d.bits, d.lanes);
}

template <class M>
void delete_import(void* context) {
  auto* managed = static_cast<M*>(context);
  if (managed->deleter) managed->deleter(managed);
}

template <class M>
Ref<Tensor> import_capsule(PyObject* capsule) {
  auto* managed = static_cast<M*>(PyCapsule_GetPointer(capsule, NAME<M>));
  if (!managed) throw PythonError();
  bool writable = true;
  if constexpr (std::is_same_v<M, Versioned>) {
    if (managed->major != 1)
      raise(PyExc_BufferError, "Unsupported DLPack version %u.%u", managed->major, managed->minor);
    writable = !(managed->flags & READ_ONLY);
  }
  const DLTensor& d = managed->dl_tensor;
  if (d.device.device_type != CPU)
    raise(PyExc_BufferError, "Unsupported device_type: %d", static_cast<int>(d.device.device_type));
  DType dtype = imported_dtype(d.dtype);
  if (d.ndim < 0) raise(PyExc_BufferError, "DLPack tensor with %d dimensions", static_cast<int>(d.ndim));
  Dims sizes, strides;
  for (int i = 0; i < d.ndim; ++i) sizes.push(d.shape[i]);
  int64_t numel = checked_numel(sizes), last = 0, bytes;
  if (d.strides) {
    for (int i = 0; i < d.ndim; ++i) strides.push(d.strides[i]);
  } else {
    strides = contiguous_strides(sizes);
  }
  for (int i = 0; i < d.ndim; ++i) {
    if (strides[i] < 0 && sizes[i] > 1)
      raise(
          PyExc_ValueError,
          "At least one stride of the DLPack tensor is negative, and tensors with negative strides are not supported");
    if (strides[i] < 0) strides[i] = 1;
    int64_t step;
    if (numel && (__builtin_mul_overflow(sizes[i] - 1, strides[i], &step) || __builtin_add_overflow(last, step, &last)))
      raise(PyExc_BufferError, "the strides of the DLPack tensor overflow");
  }
  if (__builtin_mul_overflow(last + 1, static_cast<int64_t>(itemsize(dtype)), &bytes))
    raise(PyExc_BufferError, "the strides of the DLPack tensor overflow");
  if (numel && !d.data) raise(PyExc_BufferError, "the DLPack tensor has elements but no memory");
  if (PyCapsule_SetName(capsule, USED_NAME<M>) < 0) throw PythonError();
  char* data = numel ? static_cast<char*>(d.data) + d.byte_offset : nullptr;
  Shared<Storage> storage =
      Storage::adopt(data, numel ? static_cast<size_t>(bytes) : 0, delete_import<M>, managed, {}, writable);
  return from_storage(std::move(storage), dtype, sizes, strides, 0);
}

PyObject* from_dlpack(PyObject*, PyObject* o) {
  return guarded_object([&] { return reinterpret_cast<PyObject*>(tensor_from_dlpack(o).release()); });
}

PyObject* to_dlpack(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    if (!is_tensor(o))
      raise(PyExc_TypeError, "to_dlpack(): argument 'tensor' (position 1) must be Tensor, not %s", Py_TYPE(o)->tp_name);
    if (requires_gradient(*as_tensor(o)))
      raise(PyExc_BufferError, "Can't export tensors that require gradient, use tensor.detach()");
    return dlpack_from_tensor(*as_tensor(o), false, false).release();
  });
}

PyMethodDef functions[] = {
    {"from_dlpack", from_dlpack, METH_O,
     "from_dlpack(object): a tensor on the memory of an object of another library (or of a DLPack capsule)."},
    {"to_dlpack", to_dlpack, METH_O, "to_dlpack(tensor): a DLPack capsule on the tensor's memory."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Ref<> dlpack_from_tensor(Tensor& t, bool versioned, bool copied) {
  if (!t.has_memory()) raise(PyExc_BufferError, "Cannot pack tensors on meta");
  if (is_mirrored(t.dtype))
    raise(PyExc_BufferError, "Can't export tensors with the %s bit set",
          info(t.dtype).complex ? "conjugate" : "negative");
  bool writable = t.storage->writable();
  if (versioned) return export_tensor<Versioned>(t, (writable ? 0 : READ_ONLY) | (copied ? IS_COPIED : 0));
  if (!writable)
    raise(PyExc_BufferError, "Cannot export read-only memory: the consumer does not understand DLPack 1.0");
  return export_tensor<Legacy>(t, 0);
}

Ref<Tensor> tensor_from_dlpack(PyObject* o) {
  Ref<> capsule;
  if (PyCapsule_CheckExact(o)) {
    capsule = Ref<>::borrow(o);
  } else {
    Ref<> device = Ref<>::steal(PyObject_CallMethod(o, "__dlpack_device__", nullptr));
    if (!device) {
      if (!PyErr_ExceptionMatches(PyExc_AttributeError)) throw PythonError();
      PyErr_Clear();
      raise(PyExc_RuntimeError,
            "from_dlpack: expected an object with __dlpack__ and __dlpack_device__, or a capsule, "
            "not %s",
            Py_TYPE(o)->tp_name);
    }
    if (!PyTuple_Check(device.get()) || PyTuple_GET_SIZE(device.get()) != 2)
      raise(PyExc_TypeError, "__dlpack_device__() must return a tuple of two, not %R", device.get());
    long kind = PyLong_AsLong(PyTuple_GET_ITEM(device.get(), 0));
    if (kind == -1 && PyErr_Occurred()) throw PythonError();
    if (kind != CPU) raise(PyExc_BufferError, "Unsupported device_type: %ld", kind);
    Ref<> method = checked(PyObject_GetAttrString(o, "__dlpack__"));
    Ref<> none = checked(PyTuple_New(0)), version = checked(Py_BuildValue("{s(ii)}", "max_version", 1, 0));
    capsule = Ref<>::steal(PyObject_Call(method.get(), none.get(), version.get()));
    if (!capsule) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw PythonError();
      PyErr_Clear();  // a library from before DLPack 1.0
      capsule = checked(PyObject_CallNoArgs(method.get()));
    }
  }
  if (PyCapsule_IsValid(capsule.get(), NAME<Versioned>)) return import_capsule<Versioned>(capsule.get());
  if (PyCapsule_IsValid(capsule.get(), NAME<Legacy>)) return import_capsule<Legacy>(capsule.get());
  raise(PyExc_RuntimeError,
        "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might "
        "have already constructed a tensor from it once.");
}

void add_dlpack_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
