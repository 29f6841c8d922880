// The Python side of memory: UntypedStorage, the statistics of the allocator, and tensors rebuilt on a storage.
#include "core/allocator.h"
#include "core/storage.h"
#include "python/core_types.h"
#include "python/interop.h"

namespace taeda {

namespace {

PyTypeObject* StorageType = nullptr;

void drop(void* owner) { Py_DECREF(static_cast<PyObject*>(owner)); }
bool owner_is_alone(void (*deleter)(void*), void* context);

struct StorageObject {
  PyObject_HEAD Shared<Storage> storage;
};

Storage& storage_of(PyObject* o) { return *reinterpret_cast<StorageObject*>(o)->storage; }

void storage_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Shared<Storage>& storage = reinterpret_cast<StorageObject*>(self)->storage;
  storage->add_handle(-1);
  storage.~Shared();
  type->tp_free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

const Storage& with_memory(PyObject* self) {
  const Storage& s = storage_of(self);
  if (!s.data()) raise(PyExc_NotImplementedError, "Cannot copy out of meta tensor; no data!");
  return s;
}

// UntypedStorage(n, device): n uninitialised bytes
PyObject* storage_new(PyTypeObject*, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"size", "device", nullptr};
    Py_ssize_t n = 0;
    PyObject* device = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|nO:UntypedStorage", const_cast<char**>(names), &n, &device))
      throw PythonError();
    if (n < 0) raise(PyExc_RuntimeError, "a storage cannot have %zd bytes", n);
    return storage_object(Storage::create(static_cast<size_t>(n), device_from_object(device)));
  });
}

PyObject* storage_data_ptr(PyObject* self, PyObject*) {
  return guarded_object([&] {
    const Storage& s = storage_of(self);
    s.before_write();
    return PyLong_FromVoidPtr(s.bytes() ? s.data() : nullptr);
  });
}
PyObject* storage_nbytes(PyObject* self, PyObject*) { return PyLong_FromSize_t(storage_of(self).bytes()); }
Py_ssize_t storage_length(PyObject* self) { return static_cast<Py_ssize_t>(storage_of(self).bytes()); }

PyObject* storage_tolist(PyObject* self, PyObject*) {
  return guarded_object([&] {
    const Storage& s = with_memory(self);
    Ref<> list = checked(PyList_New(static_cast<Py_ssize_t>(s.bytes())));
    for (size_t i = 0; i < s.bytes(); ++i)
      PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), PyLong_FromLong(static_cast<unsigned char>(s.data()[i])));
    return list.release();
  });
}

PyObject* storage_item(PyObject* self, Py_ssize_t i) {
  return guarded_object([&] {
    const Storage& s = with_memory(self);
    if (i < 0 || static_cast<size_t>(i) >= s.bytes())
      raise(PyExc_IndexError, "index %zd out of range for storage of size %zu", i, s.bytes());
    return PyLong_FromLong(static_cast<unsigned char>(s.data()[i]));
  });
}

PyObject* storage_resize(PyObject* self, PyObject* size) {
  return guarded_object([&]() -> PyObject* {
    Py_ssize_t n = PyNumber_AsSsize_t(size, PyExc_OverflowError);
    if (n == -1 && PyErr_Occurred()) throw PythonError();
    if (n < 0) raise(PyExc_RuntimeError, "a storage cannot have %zd bytes", n);
    // Tensors on it were checked against the size it had.
    if (static_cast<size_t>(n) < storage_of(self).bytes())
      raise(PyExc_NotImplementedError, "a storage cannot be made smaller: tensors may lie in what would go away");
    storage_of(self).resize(static_cast<size_t>(n));
    return Py_NewRef(self);
  });
}

PyObject* storage_repr(PyObject* self) {
  const Storage& s = storage_of(self);
  Ref<> device = Ref<>::steal(device_object(s.device()));
  return PyUnicode_FromFormat("[torch.storage.UntypedStorage(device=%S) of size %zu]", device.get(), s.bytes());
}

PyObject* storage_compare(PyObject* a, PyObject* b, int operation) {
  if (Py_TYPE(b) != StorageType || (operation != Py_EQ && operation != Py_NE)) Py_RETURN_NOTIMPLEMENTED;
  return PyBool_FromLong((&storage_of(a) == &storage_of(b)) == (operation == Py_EQ));
}

Py_hash_t storage_hash(PyObject* self) { return _Py_HashPointer(&storage_of(self)); }

int storage_buffer(PyObject* self, Py_buffer* view, int flags) {
  Storage& s = storage_of(self);
  view->obj = nullptr;
  bool known = guarded(false, [&] { return s.forbid_resize(), true; });  // runs what is pending
  if (!known) return -1;
  if (!s.data()) {
    PyErr_SetString(PyExc_BufferError, "a storage on device meta has no bytes");
    return -1;
  }
  return PyBuffer_FillInfo(view, self, s.data(), static_cast<Py_ssize_t>(s.bytes()), !s.writable(), flags);
}

PyObject* get_device(PyObject* self, void*) {
  return guarded_object([&] { return device_object(storage_of(self).device()); });
}

PyMethodDef storage_methods[] = {
    {"data_ptr", storage_data_ptr, METH_NOARGS, "The address of the first byte; 0 if there is none."},
    {"nbytes", storage_nbytes, METH_NOARGS, "The number of bytes."},
    {"size", storage_nbytes, METH_NOARGS, "The number of bytes."},
    {"tolist", storage_tolist, METH_NOARGS, "The bytes, as a list of ints."},
    {"resize_", storage_resize, METH_O, "resize_(n): make it n bytes long, keeping what it holds."},
    {nullptr, nullptr, 0, nullptr},
};

PyObject* get_cdata(PyObject* self, void*) { return PyLong_FromVoidPtr(&storage_of(self)); }

PyGetSetDef storage_properties[] = {
    {"_cdata", get_cdata, nullptr, "A number that tensors on the same storage share.", nullptr},
    {"device", get_device, nullptr, "Where the memory is.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

template <class F>
void* slot(F* f) {
  return reinterpret_cast<void*>(f);
}

PyType_Slot storage_slots[] = {
    {Py_tp_new, slot(storage_new)},
    {Py_tp_dealloc, slot(storage_dealloc)},
    {Py_tp_repr, slot(storage_repr)},
    {Py_tp_hash, slot(storage_hash)},
    {Py_tp_richcompare, slot(storage_compare)},
    {Py_tp_methods, storage_methods},
    {Py_tp_getset, storage_properties},
    {Py_sq_length, slot(storage_length)},
    {Py_sq_item, slot(storage_item)},
    {Py_bf_getbuffer, slot(storage_buffer)},
    {Py_tp_doc,
     const_cast<char*>("UntypedStorage(size)\n\nThe bytes that tensors lie in. Supports the buffer protocol.")},
    {0, nullptr},
};

// Not immutable: taeda/storage_methods.py adds what is made of these.
PyType_Spec storage_spec = {"taeda.UntypedStorage", sizeof(StorageObject), 0, Py_TPFLAGS_DEFAULT, storage_slots};

// tensor_on_storage(storage, dtype, offset, sizes, strides): offset and strides in elements
PyObject* tensor_on_storage(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    PyObject *storage, *dtype_given, *size_items, *stride_items;
    Py_ssize_t offset;
    if (!PyArg_ParseTuple(arguments, "O!OnO!O!:tensor_on_storage", StorageType, &storage, &dtype_given, &offset,
                          &PyTuple_Type, &size_items, &PyTuple_Type, &stride_items))
      throw PythonError();
    DType dtype = dtype_argument(dtype_given, "tensor_on_storage");
    auto read = [](PyObject* tuple) {
      Dims d;
      for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); ++i) {
        Py_ssize_t v = PyNumber_AsSsize_t(PyTuple_GET_ITEM(tuple, i), PyExc_OverflowError);
        if (v == -1 && PyErr_Occurred()) throw PythonError();
        d.push(v);
      }
      return d;
    };
    Dims sizes = read(size_items), strides = read(stride_items);
    if (sizes.count != strides.count)
      raise(PyExc_RuntimeError, "dimensionality of sizes (%d) must match dimensionality of strides (%d)", sizes.count,
            strides.count);
    int64_t numel = checked_numel(sizes), last = offset, end;
    bool bad = offset < 0;
    for (int i = 0; i < sizes.count && numel; ++i) {
      int64_t step;
      bad = bad || strides[i] < 0 || __builtin_mul_overflow(sizes[i] - 1, strides[i], &step) ||
            __builtin_add_overflow(last, step, &last);
    }
    bad = bad || __builtin_mul_overflow(last + 1, static_cast<int64_t>(itemsize(dtype)), &end);
    const Shared<Storage>& s = reinterpret_cast<StorageObject*>(storage)->storage;
    if (bad || (numel && static_cast<uint64_t>(end) > s->bytes()))
      raise(
          PyExc_RuntimeError,
          "setStorage: sizes %s, strides %s, storage offset %zd, and itemsize %d requiring a storage size of more are "
          "out of bounds for storage of size %zu",
          dims_text(sizes).at, dims_text(strides).at, offset, itemsize(dtype), s->bytes());
    return reinterpret_cast<PyObject*>(from_storage(s, dtype, sizes, strides, numel ? offset : 0).release());
  });
}

PyObject* memory_statistics(PyObject*, PyObject*) {
  AllocatorStatistics s = allocator_statistics();
  return Py_BuildValue("{sLsLsLsLsLsL}", "allocated", static_cast<long long>(s.allocated), "allocated_peak",
                       static_cast<long long>(s.allocated_peak), "reserved", static_cast<long long>(s.reserved),
                       "reserved_peak", static_cast<long long>(s.reserved_peak), "allocations",
                       static_cast<long long>(s.allocations), "system_allocations",
                       static_cast<long long>(s.system_allocations));
}

PyObject* reset_peaks(PyObject*, PyObject*) {
  allocator_reset_peaks();
  Py_RETURN_NONE;
}

PyObject* release_cached(PyObject*, PyObject*) {
  allocator_release_cached();
  Py_RETURN_NONE;
}

// move_storage(storage, memory): see move_to in core/storage.h. `memory` is a writable memoryview of as many bytes.
PyObject* move_storage(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    PyObject *storage, *memory;
    if (!PyArg_ParseTuple(arguments, "O!O!:move_storage", StorageType, &storage, &PyMemoryView_Type, &memory))
      throw PythonError();
    const Py_buffer& view = *PyMemoryView_GET_BUFFER(memory);
    Storage& s = storage_of(storage);
    if (s.device().kind != DeviceKind::CPU)
      raise(PyExc_NotImplementedError, "move_storage() of memory of the CPU only");
    if (view.readonly || !PyBuffer_IsContiguous(&view, 'C') || static_cast<size_t>(view.len) != s.bytes() || !view.len)
      raise(PyExc_ValueError, "move_storage() takes a writable view of %zu contiguous bytes", s.bytes());
    Storage::owner_is_alone = owner_is_alone;
    return storage_object(s.move_to(view.buf, drop, Py_NewRef(memory)));
  });
}

// storage_owner(storage): the object whose memory it shows, or None
PyObject* storage_owner(PyObject*, PyObject* storage) {
  if (!PyObject_TypeCheck(storage, StorageType))
    return PyErr_Format(PyExc_TypeError, "storage_owner() takes an UntypedStorage, not %s", Py_TYPE(storage)->tp_name);
  void* owner = storage_of(storage).owner(drop);
  return Py_NewRef(owner ? static_cast<PyObject*>(owner) : Py_None);
}

// storage_exported(storage): whether arrays of NumPy, memoryviews or other libraries may show its memory
PyObject* storage_exported(PyObject*, PyObject* storage) {
  if (!PyObject_TypeCheck(storage, StorageType))
    return PyErr_Format(PyExc_TypeError, "storage_exported() takes an UntypedStorage, not %s",
                        Py_TYPE(storage)->tp_name);
  return PyBool_FromLong(storage_of(storage).shared_outside());
}

PyMethodDef functions[] = {
    {"storage_exported", storage_exported, METH_O,
     "storage_exported(storage): whether arrays of NumPy, memoryviews or other libraries may show its memory."},
    {"move_storage", move_storage, METH_VARARGS,
     "move_storage(storage, memory): puts what it holds to a memoryview, where it is from then on; what it was in."},
    {"storage_owner", storage_owner, METH_O, "storage_owner(storage): the object whose memory it shows, or None."},
    {"tensor_on_storage", tensor_on_storage, METH_VARARGS,
     "tensor_on_storage(storage, dtype, offset, sizes, strides): checked, in elements."},
    {"memory_statistics", memory_statistics, METH_NOARGS,
     "Bytes in use and held by the allocator, with their peaks, and numbers of allocations."},
    {"reset_memory_peaks", reset_peaks, METH_NOARGS, "Forget the peaks in memory_statistics()."},
    {"release_cached_memory", release_cached, METH_NOARGS, "Give memory that no tensor uses back to the system."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

PyObject* OutOfMemoryError = nullptr;

namespace {

// Of memory of a memoryview: does nobody but it know the array that it shows, or those that the array is a view of?
bool owner_is_alone(void (*deleter)(void*), void* context) {
  auto* view = static_cast<PyObject*>(context);
  if (deleter != drop || !PyMemoryView_Check(view) || Py_REFCNT(view) != 1) return false;
  PyObject* shown = PyMemoryView_GET_BUFFER(view)->obj;
  if (shown && PyBytes_Check(shown)) return true;
  if (!shown || Py_REFCNT(shown) != 1) return false;
  if (!is_numpy_array(shown)) return PyByteArray_Check(shown);
  Ref<> base = Ref<>::steal(PyObject_GetAttrString(shown, "base"));
  while (base && base.get() != Py_None) {
    if (!is_numpy_array(base.get()) || Py_REFCNT(base.get()) != 2) return false;
    Ref<> next = Ref<>::steal(PyObject_GetAttrString(base.get(), "base"));
    base = std::move(next);
  }
  if (!base) PyErr_Clear();
  return static_cast<bool>(base);
}

}  // namespace

Shared<Storage> adopt_memory(void* data, size_t bytes, Ref<> owner, bool writable) {
  Storage::owner_is_alone = owner_is_alone;
  return Storage::adopt(data, bytes, drop, owner.release(), {}, writable);
}

PyObject* storage_object(const Shared<Storage>& storage) {
  auto* o = reinterpret_cast<StorageObject*>(checked(StorageType->tp_alloc(StorageType, 0)).release());
  new (&o->storage) Shared<Storage>(storage);
  storage->add_handle(1);
  return reinterpret_cast<PyObject*>(o);
}

void add_storage_to_module(PyObject* module) {
  StorageType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&storage_spec)).release());
  add_object(module, "UntypedStorage", reinterpret_cast<PyObject*>(StorageType));
  Ref<> bases = checked(PyTuple_Pack(2, PyExc_RuntimeError, PyExc_MemoryError));
  OutOfMemoryError = checked(PyErr_NewExceptionWithDoc("taeda.OutOfMemoryError", "Memory for a tensor cannot be had.",
                                                       bases.get(), nullptr))
                         .release();
  add_object(module, "OutOfMemoryError", OutOfMemoryError);
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
