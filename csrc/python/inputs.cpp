// The arguments of a call as what it computes with: one walk over the parameters collects tensors and run-time numbers
// and writes the key. What is in the key of each kind of parameter can be read here, written (read_inputs) and read
// again for Python (KeyReader):
//
//   the default dtype                         one byte, first: what Python floats and zeros() promote to
//   a number or Sizes that was not given      *
//   None                                      N
//   a tensor                                  T dtype ndim
//   a list of tensors                         L count (8 bytes), then each tensor
//   a number                                  # and its kind: b, i or f
//   SymInt                                    I
//   Sizes                                     S length
//   a generator                               nothing
//   a device                                  D kind
//   static: False, True, int, float, str, dtype, tuple     0  1  i 8 bytes  f 8 bytes  s length (8) text  d dtype  ( ..
//   )
#include "python/call.h"
#include "python/core_types.h"
#include "python/generator_type.h"
#include "python/program_parser.h"
#include "python/runtime.h"
#include "python/state.h"

namespace taeda {

void add_tensor(Inputs& in, Tensor* t) {
  in.push_tensor(t);
  in.key('T');
  in.key(static_cast<char>(t->dtype));
  in.key(static_cast<char>(t->ndim));
}

void add_sizes(Inputs& in, const Dims& sizes) {
  in.key('S');
  in.key(static_cast<char>(sizes.count));
  in.push_attribute().set(sizes);
}

void add_integer(Inputs& in, int64_t value) {
  in.key('I');
  in.push_attribute().set(value);
}

namespace {

std::string device_text(Device d) {
  Ref<> text = checked(PyObject_Str(Ref<>::steal(device_object(d)).get()));
  return PyUnicode_AsUTF8(text.get());
}

// The device of a call whose tensors are on several.
Device mixed_device(const Overload& o, const Inputs& in) {
  auto is_number = [](const Tensor& t) { return t.ndim == 0 && t.device.kind == DeviceKind::CPU; };
  const Tensor* decides = nullptr;
  for (const Tensor* t : in.tensors())
    if (t && (!decides || (is_number(*decides) && !o.mixed_devices))) decides = t;
  for (const Tensor* t : in.tensors()) {
    if (!t || t->device == decides->device) continue;
    if (o.mixed_devices) {
      if (!t->has_memory()) raise(PyExc_NotImplementedError, "Cannot copy out of meta tensor; no data!");
    } else if (!is_number(*t)) {
      std::string found = device_text(t->device), expected = device_text(decides->device);
      raise(PyExc_RuntimeError,
            "Tensor on device %s is not on the expected device %s!\nExpected all tensors to be on the same device, but "
            "%s() was "
            "given tensors on at least two devices, %s and %s. Move them to one with .to().",
            found.c_str(), expected.c_str(), o.display.c_str(), expected.c_str(), found.c_str());
    }
  }
  return decides->device;
}

}  // namespace

Device device_of_results(const Overload& o, const Inputs& in) {
  if (TAEDA_UNLIKELY(state.device_given)) return state.given_device;
  const Tensor* first = nullptr;
  for (const Tensor* t : in.tensors()) {
    if (!t) continue;
    if (!first)
      first = t;
    else if (TAEDA_UNLIKELY(!(t->device == first->device)))
      return mixed_device(o, in);
  }
  return first ? first->device : state.default_device;
}

namespace {

int64_t read_integer(PyObject* o) {
  Ref<> index = PyLong_Check(o) ? Ref<>::borrow(o) : checked(PyNumber_Index(o));
  int64_t v = PyLong_AsLongLong(index.get());
  if (v == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    raise(PyExc_RuntimeError, "Overflow when unpacking long long: %R", o);
  }
  return v;
}

// A Python number as an attribute, a complex one as two; its kind goes into the key.
void read_number(Inputs& in, PyObject* o) {
  Attribute& a = in.push_attribute();
  in.key('#');
  Ref<> item;
  if (is_tensor(o)) {
    item = checked(PyObject_CallMethod(o, "item", nullptr));
    o = item.get();
  }
  if (PyFloat_Check(o)) {
    a.set(PyFloat_AS_DOUBLE(o));
    in.key('f');
  } else if (PyBool_Check(o)) {
    a.set(static_cast<int64_t>(o == Py_True));
    in.key('b');
  } else if (PyLong_Check(o)) {
    a.set(read_integer(o));
    in.key('i');
  } else if (PyComplex_Check(o)) {
    Py_complex c = PyComplex_AsCComplex(o);
    a.set(c.real);
    in.push_attribute().set(c.imag);
    in.key('c');
  } else if (PyIndex_Check(o)) {
    a.set(read_integer(o));
    in.key('i');
  } else {
    double v = PyFloat_AsDouble(o);
    if (v == -1.0 && PyErr_Occurred()) throw PythonError();
    a.set(v);
    in.key('f');
  }
}

void key_static(Inputs& in, PyObject* o) {
  if (o == Py_None) {
    in.key('N');
  } else if (PyBool_Check(o)) {
    in.key(o == Py_True ? '1' : '0');
  } else if (PyLong_Check(o)) {
    int64_t v = read_integer(o);
    in.key('i');
    in.key_bytes(&v, 8);
  } else if (PyFloat_Check(o)) {
    double v = PyFloat_AS_DOUBLE(o);
    in.key('f');
    in.key_bytes(&v, 8);
  } else if (PyUnicode_Check(o)) {
    Py_ssize_t n;
    const char* text = PyUnicode_AsUTF8AndSize(o, &n);
    if (!text) throw PythonError();
    in.key('s');
    in.key_bytes(&n, sizeof n);
    in.key_bytes(text, n);
  } else if (is_dtype(o)) {
    in.key('d');
    in.key(static_cast<char>(dtype_of_object(o)));
  } else if (PyTuple_Check(o) || PyList_Check(o)) {
    in.key('(');
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); ++i) key_static(in, PySequence_Fast_GET_ITEM(o, i));
    in.key(')');
  } else if (PyIndex_Check(o)) {
    int64_t v = read_integer(o);
    in.key('i');
    in.key_bytes(&v, 8);
  } else {
    raise(PyExc_TypeError, "a static argument of an op cannot be a %s", Py_TYPE(o)->tp_name);
  }
}

// Is it the number the signature has? Also if it was given: nn.CrossEntropyLoss passes its label_smoothing=0.0 on.
bool same_number(PyObject* a, PyObject* b) {
  if (a == b) return true;
  return PyFloat_CheckExact(a) && PyFloat_CheckExact(b) && PyFloat_AS_DOUBLE(a) == PyFloat_AS_DOUBLE(b);
}

bool default_number(const Parameter& p, PyObject* v) {
  return p.has_default && v != Py_None && same_number(v, p.default_value.get()) &&
         (p.kind == Kind::Number || p.kind == Kind::Float || p.kind == Kind::SymInt || p.kind == Kind::Sizes ||
          p.kind == Kind::TensorOrNumber);
}

}  // namespace

void begin_key(Inputs& in) { in.key(static_cast<char>(default_dtype())); }

void read_inputs(const Call& call, Inputs& in) {
  begin_key(in);
  const Schema& s = call.overload->schema;
  int n = static_cast<int>(s.parameters.size());
  for (int i = 0; i < n; ++i) {
    const Parameter& p = s.parameters[i];
    PyObject* v = call.values[i];
    if (default_number(p, v)) {
      // A number that was not given is a constant of the Program: x + y does not multiply by alpha.
      in.key('*');
      if (p.kind == Kind::TensorOrNumber) in.push_tensor(nullptr);
      continue;
    }
    switch (p.kind) {
      case Kind::Tensor:
      case Kind::TensorOrNumber:
        if (TAEDA_LIKELY(is_tensor(v))) {
          add_tensor(in, as_tensor(v));
        } else if (v == Py_None) {
          in.push_tensor(nullptr);
          in.key('N');
        } else {
          in.push_tensor(nullptr);  // the place of a tensor, so that inputs have the same numbers in every key
          read_number(in, v);
        }
        break;
      case Kind::Tensors: {
        if (v == Py_None) {
          in.key('N');
          break;
        }
        Py_ssize_t count = PySequence_Fast_GET_SIZE(v);
        in.key('L');
        in.key_bytes(&count, sizeof count);
        for (Py_ssize_t k = 0; k < count; ++k) {
          add_tensor(in, as_tensor(PySequence_Fast_GET_ITEM(v, k)));
        }
        break;
      }
      case Kind::Number:
      case Kind::Float:
        if (v == Py_None)
          in.key('N');
        else
          read_number(in, v);
        break;
      case Kind::SymInt:
        if (v == Py_None) {
          in.key('N');
        } else {
          add_integer(in, is_tensor(v) ? read_integer(checked(PyObject_CallMethod(v, "item", nullptr)).get())
                                       : read_integer(v));
        }
        break;
      case Kind::Sizes: {
        if (v == Py_None) {
          in.key('N');
          break;
        }
        Dims d;
        if (PyTuple_Check(v) || PyList_Check(v)) {
          for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k)
            d.push(read_integer(PySequence_Fast_GET_ITEM(v, k)));
        } else {
          d.push(read_integer(v));
        }
        add_sizes(in, d);
        break;
      }
      case Kind::Generator: {
        // Two run-time integers: the key of this call's stream of random numbers, and where in it to start. A recorded
        // gradient that draws the numbers of the forward pass again gives those of that call. On "meta" no number is
        // drawn, so none is taken; the tensors, which say where the call is, stand before the generator.
        bool again = PyTuple_Check(v) && PyTuple_GET_SIZE(v) == 2;
        in.device = device_of_results(*call.overload, in);
        bool drawn = in.device.kind != DeviceKind::Meta;
        in.push_attribute().set(again   ? read_integer(PyTuple_GET_ITEM(v, 0))
                                : drawn ? generator_argument(v).take_key()
                                        : int64_t{0});
        in.push_attribute().set(again ? read_integer(PyTuple_GET_ITEM(v, 1)) : int64_t{0});
        break;
      }
      case Kind::Device: {
        Device d = device_from_object(v);
        in.key('D');
        in.key(static_cast<char>(d.kind));
        break;
      }
      case Kind::Bool: in.key(v == Py_True ? '1' : v == Py_None ? 'N' : '0'); break;
      default: key_static(in, v);
    }
  }
}

namespace {

// The key as Python sees it (runtime/programs.py), made on a miss only.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : at_(key.data()), end_(key.data() + key.size()) {}

  Ref<> entries(const Schema& schema) {
    next();  // the default dtype; Python knows it
    Py_ssize_t n = static_cast<Py_ssize_t>(schema.parameters.size());
    Ref<> key = checked(PyTuple_New(n));
    for (Py_ssize_t i = 0; i < n; ++i)
      PyTuple_SET_ITEM(key.get(), i, entry(schema.parameters[static_cast<size_t>(i)].kind).release());
    return key;
  }

 private:
  char next() {
    if (at_ == end_) raise(PyExc_SystemError, "the key of a call is too short");
    return *at_++;
  }
  template <class T>
  T bytes() {
    T v;
    if (static_cast<size_t>(end_ - at_) < sizeof v) raise(PyExc_SystemError, "the key of a call is too short");
    std::memcpy(&v, at_, sizeof v);
    at_ += sizeof v;
    return v;
  }

  Ref<> entry(Kind kind) {
    if (kind == Kind::Generator) return checked(Py_BuildValue("(s)", "generator"));
    bool run_time = info(kind).holds != Holds::Static;
    if (!run_time && kind != Kind::Device) {
      Ref<> value = constant();
      return value.get() == Py_None ? std::move(value) : checked(Py_BuildValue("(sO)", "static", value.get()));
    }
    switch (next()) {
      case '*': return checked(Py_BuildValue("(s)", "default"));
      case 'N': return Ref<>::borrow(Py_None);
      case 'T': {
        const char* dtype = dtype_name();
        return checked(Py_BuildValue("(ssi)", "tensor", dtype, static_cast<int>(next())));
      }
      case 'L': {
        Py_ssize_t count = bytes<Py_ssize_t>();
        Ref<> list = checked(PyTuple_New(count));
        for (Py_ssize_t k = 0; k < count; ++k) {
          next();  // T
          const char* dtype = dtype_name();
          PyTuple_SET_ITEM(list.get(), k, checked(Py_BuildValue("(si)", dtype, static_cast<int>(next()))).release());
        }
        return checked(Py_BuildValue("(sO)", "tensors", list.get()));
      }
      case '#': {
        char number = next();
        return checked(Py_BuildValue("(ss)", "number",
                                     number == 'b'   ? "bool"
                                     : number == 'i' ? "int"
                                     : number == 'f' ? "float"
                                                     : "complex"));
      }
      case 'I': return checked(Py_BuildValue("(s)", "int"));
      case 'S': return checked(Py_BuildValue("(si)", "sizes", static_cast<int>(next())));
      case 'D': return checked(Py_BuildValue("(sN)", "static", device_object(Device{static_cast<DeviceKind>(next())})));
    }
    raise(PyExc_SystemError, "the key of a call cannot be read");
  }

  Ref<> constant() {
    switch (next()) {
      case 'N': return Ref<>::borrow(Py_None);
      case '0': return Ref<>::borrow(Py_False);
      case '1': return Ref<>::borrow(Py_True);
      case 'i': return checked(PyLong_FromLongLong(bytes<int64_t>()));
      case 'f': return checked(PyFloat_FromDouble(bytes<double>()));
      case 'd': return checked(PyUnicode_FromString(dtype_name()));
      case 's': {
        Py_ssize_t length = bytes<Py_ssize_t>();
        Ref<> text = checked(PyUnicode_FromStringAndSize(at_, length));
        at_ += length;
        return text;
      }
      case '(': {
        Ref<> items = checked(PyList_New(0));
        while (at_ != end_ && *at_ != ')')
          if (PyList_Append(items.get(), constant().get()) < 0) throw PythonError();
        next();
        return checked(PyList_AsTuple(items.get()));
      }
    }
    raise(PyExc_SystemError, "the key of a call cannot be read");
  }

  const char* dtype_name() { return info(static_cast<DType>(next())).name; }

  const char *at_, *end_;
};

}  // namespace

Compiled& compile_now(Compiled& entry) {
  if (entry.program) return entry;
  Ref<> description = compile_forward(entry.overload->name.c_str(), entry.key.get());
  std::unique_ptr<Program> program = parse_program(description.get());
  if (!entry.program) entry.program = std::move(program);  // while Python compiled, another thread may have been first
  return entry;
}

Compiled* find_compiled(Overload& o, const Inputs& in, bool with_program) {
  std::string_view key = in.key_view();
  for (const auto& r : o.recent)
    if (r.compiled && r.key == key) return r.compiled;
  std::string owned(key);
  auto found = o.cache.find(owned);
  Compiled* result;
  if (found != o.cache.end()) {
    result = found->second.get();
  } else {
    auto compiled = std::make_unique<Compiled>();
    compiled->overload = &o;
    compiled->key = KeyReader(key).entries(o.schema);
    if (with_program) compile_now(*compiled);
    // While Python compiled, another thread may have put in the same entry: then that one stays.
    result = o.cache.emplace(owned, std::move(compiled)).first->second.get();
  }
  if (!with_program) return result;
  compile_now(*result);
  o.recent[o.next_recent] = {std::move(owned), result};
  o.next_recent = (o.next_recent + 1) % std::size(o.recent);
  return result;
}

}  // namespace taeda
