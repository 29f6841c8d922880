#include "python/generator_type.h"

#include <random>

#include "python/core_types.h"
#include "python/tensor.h"

namespace taeda {

PyTypeObject* GeneratorType = nullptr;

namespace {

struct GeneratorObject {
  PyObject_HEAD Generator value;
};

constexpr int64_t STATE_BYTES = 16;
GeneratorObject* the_default = nullptr;

Generator& of(PyObject* o) { return reinterpret_cast<GeneratorObject*>(o)->value; }

uint64_t unpredictable() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

PyObject* generator_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"device", nullptr};
    PyObject* device = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:Generator", const_cast<char**>(names), &device))
      throw PythonError();
    if (device_from_object(device).kind != DeviceKind::CPU)
      raise(PyExc_NotImplementedError, "a Generator on device %R is not there yet; on 'cpu' it is", device);
    PyObject* o = checked(type->tp_alloc(type, 0)).release();
    of(o) = Generator();
    return o;
  });
}

// Any 64 bits, signed or not.
uint64_t seed_argument(PyObject* o) {
  if (!PyLong_Check(o)) {
    if (!PyIndex_Check(o)) raise(PyExc_RuntimeError, "manual_seed expected a long, but got %s", Py_TYPE(o)->tp_name);
    Ref<> index = checked(PyNumber_Index(o));
    return seed_argument(index.get());
  }
  int overflow = 0;
  long long value = PyLong_AsLongLongAndOverflow(o, &overflow);
  if (!overflow) return static_cast<uint64_t>(value);
  if (overflow > 0) {
    unsigned long long large = PyLong_AsUnsignedLongLong(o);
    if (!PyErr_Occurred()) return large;
    PyErr_Clear();
  }
  raise(PyExc_ValueError, "Overflow when unpacking long long");
}

PyObject* manual_seed(PyObject* self, PyObject* seed) {
  return guarded_object([&] {
    of(self).seed = seed_argument(seed);
    of(self).offset = 0;
    return Py_NewRef(self);
  });
}

PyObject* initial_seed(PyObject* self, PyObject*) { return PyLong_FromUnsignedLongLong(of(self).seed); }

PyObject* seed(PyObject* self, PyObject*) {
  return guarded_object([&] {
    of(self).seed = unpredictable();
    of(self).offset = 0;
    return initial_seed(self, nullptr);
  });
}

PyObject* get_state(PyObject* self, PyObject*) {
  return guarded_object([&] {
    Ref<Tensor> t = empty(DType::UInt8, Dims{STATE_BYTES});
    std::memcpy(t->data(), &of(self).seed, 8);
    std::memcpy(t->data() + 8, &of(self).offset, 8);
    return reinterpret_cast<PyObject*>(t.release());
  });
}

PyObject* set_state(PyObject* self, PyObject* state) {
  return guarded_object([&] {
    if (!is_tensor(state)) raise(PyExc_TypeError, "expected a torch.ByteTensor, but got %s", Py_TYPE(state)->tp_name);
    const Tensor& t = *as_tensor(state);
    if (t.dtype != DType::UInt8 || !t.has_memory()) raise(PyExc_TypeError, "RNG state must be a torch.ByteTensor");
    if (t.numel != STATE_BYTES || !t.is_contiguous())
      raise(PyExc_RuntimeError, "Expected a generator state of size %lld but found the input RNG state size to be %lld",
            static_cast<long long>(STATE_BYTES), static_cast<long long>(t.numel));
    std::memcpy(&of(self).seed, t.data(), 8);
    std::memcpy(&of(self).offset, t.data() + 8, 8);
    return Py_NewRef(self);
  });
}

PyObject* get_offset(PyObject* self, PyObject*) { return PyLong_FromUnsignedLongLong(of(self).offset); }

PyObject* set_offset(PyObject* self, PyObject* offset) {
  return guarded_object([&] {
    of(self).offset = seed_argument(offset);
    return Py_NewRef(self);
  });
}

PyObject* clone_state(PyObject* self, PyObject*) {
  return guarded_object([&] {
    PyObject* o = checked(Py_TYPE(self)->tp_alloc(Py_TYPE(self), 0)).release();
    of(o) = of(self);
    return o;
  });
}

PyObject* reduce(PyObject* self, PyObject*) {
  return Py_BuildValue("O()(KK)", Py_TYPE(self), static_cast<unsigned long long>(of(self).seed),
                       static_cast<unsigned long long>(of(self).offset));
}

PyObject* unpickle(PyObject* self, PyObject* state) {
  unsigned long long seed, offset;
  if (!PyTuple_Check(state)) {
    PyErr_Format(PyExc_TypeError, "__setstate__() takes the tuple that pickling made, not %s", Py_TYPE(state)->tp_name);
    return nullptr;
  }
  if (!PyArg_ParseTuple(state, "KK:__setstate__", &seed, &offset)) return nullptr;
  of(self).seed = seed;
  of(self).offset = offset;
  Py_RETURN_NONE;
}

PyObject* get_device(PyObject*, void*) { return device_object(Device{}); }

PyMethodDef methods[] = {
    {"manual_seed", manual_seed, METH_O, "manual_seed(seed): begin the stream of this seed; returns the generator."},
    {"initial_seed", initial_seed, METH_NOARGS, "The seed of the current stream."},
    {"seed", seed, METH_NOARGS, "Begin an unpredictable stream; returns its seed."},
    {"get_state", get_state, METH_NOARGS, "The state, as a tensor of bytes."},
    {"set_state", set_state, METH_O, "set_state(state): go on from a state of get_state()."},
    {"get_offset", get_offset, METH_NOARGS, "How many numbers of the stream of its seed were drawn."},
    {"set_offset", set_offset, METH_O, "set_offset(n): go on after the first n numbers of the stream."},
    {"clone_state", clone_state, METH_NOARGS, "A generator that goes on from here on its own."},
    {"__reduce__", reduce, METH_NOARGS, nullptr},
    {"__setstate__", unpickle, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef properties[] = {
    {"device", get_device, nullptr, "Where the numbers are made.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(generator_new)},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_tp_doc,
     const_cast<char*>("Generator(device='cpu')\n\nA stream of random numbers: a seed, and how far it has been used.")},
    {0, nullptr},
};

PyType_Spec spec = {"taeda.Generator", sizeof(GeneratorObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

PyObject* reserve_function(PyObject*, PyObject* arguments) {
  return guarded_object([&] {
    PyObject* generator;
    unsigned long long n;
    if (!PyArg_ParseTuple(arguments, "OK:reserve_random", &generator, &n)) throw PythonError();
    Generator& g = generator_argument(generator);
    auto start = static_cast<unsigned long long>(g.reserve(n));
    return Py_BuildValue("KK", static_cast<unsigned long long>(g.seed), start);
  });
}

PyMethodDef functions[] = {
    {"reserve_random", reserve_function, METH_VARARGS,
     "reserve_random(generator or None, n): (seed, first counter of n that are nobody else's)."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Generator& generator_argument(PyObject* generator) {
  if (!generator || generator == Py_None) return the_default->value;
  if (!PyObject_TypeCheck(generator, GeneratorType))
    raise(PyExc_TypeError, "argument 'generator' must be torch.Generator, not %s", Py_TYPE(generator)->tp_name);
  return of(generator);
}

void add_generator_to_module(PyObject* module) {
  GeneratorType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&spec)).release());
  add_object(module, "Generator", reinterpret_cast<PyObject*>(GeneratorType));
  the_default = reinterpret_cast<GeneratorObject*>(checked(GeneratorType->tp_alloc(GeneratorType, 0)).release());
  the_default->value = Generator{unpredictable(), 0};
  add_object(module, "default_generator", reinterpret_cast<PyObject*>(the_default));
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
