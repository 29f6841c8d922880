#include "python/call.h"

#include "python/generator_type.h"
#include "python/program_parser.h"
#include "python/runtime.h"
#include "python/state.h"

namespace taeda {
namespace {

enum class Match { Yes, No };

// ---- parsing ----------------------------------------------------------------------------------------------------

// Tries one overload. On No, `why` (if given) receives the reason as an exception's text.
Match parse(const char* display, Overload& overload, PyObject* const* args, Py_ssize_t count, PyObject* names, Call* call,
            std::string* why) {
  const Schema& s = overload.schema;
  int n = static_cast<int>(s.parameters.size());
  call->overload = &overload;
  call->out = nullptr;
  for (int i = 0; i < n; ++i) call->values[i] = nullptr;
  Py_ssize_t positional = count;
  if (TAEDA_UNLIKELY(s.varargs >= 0 && count > s.varargs)) {
    PyObject* first = args[s.varargs];
    // Sizes may always be spread, x.view(2, 3); others only where the arguments would not fit otherwise: x.permute(0, 2, 1).
    Kind kind = s.parameters[s.varargs].kind;
    bool spread = kind == Kind::Sizes || count > s.positional;
    if (kind == Kind::Tensors || kind == Kind::Object) {  // block_diag(a, b) or block_diag([a, b]); any number of objects
      bool listed = kind == Kind::Tensors && count == s.varargs + 1 && (PyTuple_Check(first) || PyList_Check(first));
      if (!listed) {
        call->spread = checked(PyTuple_New(count - s.varargs));
        for (Py_ssize_t i = s.varargs; i < count; ++i) PyTuple_SET_ITEM(call->spread.get(), i - s.varargs, Py_NewRef(args[i]));
        call->values[s.varargs] = call->spread.get();
        positional = s.varargs;
      }
    } else if (spread && (PyLong_Check(first) || (PyIndex_Check(first) && !PyTuple_Check(first) && !PyList_Check(first)))) {
      Ref<> tuple = checked(PyTuple_New(count - s.varargs));
      bool integers = true;
      for (Py_ssize_t i = s.varargs; i < count; ++i) {
        integers = integers && !PyBool_Check(args[i]) && (PyLong_Check(args[i]) || PyIndex_Check(args[i]));
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(tuple.get(), i - s.varargs, args[i]);
      }
      if (integers) {
        call->spread = std::move(tuple);
        call->values[s.varargs] = call->spread.get();
        positional = s.varargs;
      }
    }
  }
  if (positional > s.positional) {
    if (why) *why = std::string(display) + "() takes " + std::to_string(s.positional) + " positional arguments but " + std::to_string(count) + " were given";
    return Match::No;
  }
  for (Py_ssize_t i = 0; i < positional; ++i) call->values[i] = args[i];
  if (names) {
    Py_ssize_t named = PyTuple_GET_SIZE(names);
    for (Py_ssize_t k = 0; k < named; ++k) {
      PyObject* name = PyTuple_GET_ITEM(names, k);
      PyObject* value = args[count + k];
      int at = -1;
      for (int i = 0; i < n && at < 0; ++i)
        if (s.parameters[i].interned == name) at = i;
      const char* text = nullptr;
      if (at < 0) {
        text = PyUnicode_AsUTF8(name);
        if (!text) throw PythonError();
        for (int i = 0; i < n && at < 0; ++i)
          if (s.parameters[i].name == text) at = i;
      }
      if (at < 0 && std::strcmp(text, "out") == 0) {
        call->out = value == Py_None ? nullptr : value;
        continue;
      }
      // NumPy's spellings, which PyTorch takes too
      if (at < 0 && (std::strcmp(text, "axis") == 0 || std::strcmp(text, "keepdims") == 0 || std::strcmp(text, "x") == 0)) {
        const char* ours = text[0] == 'a' ? "dim" : text[0] == 'k' ? "keepdim" : "input";
        for (int i = 0; i < n && at < 0; ++i)
          if (s.parameters[i].name == ours) at = i;
      }
      if (at < 0) {
        if (why) *why = std::string(display) + "() got an unexpected keyword argument '" + text + "'";
        return Match::No;
      }
      if (call->values[at]) {
        if (why) *why = std::string(display) + "() got multiple values for argument '" + s.parameters[at].name + "'";
        return Match::No;
      }
      call->values[at] = value;
    }
  }
  for (int i = 0; i < n; ++i) {
    const Parameter& p = s.parameters[i];
    PyObject* v = call->values[i];
    if (!v) {
      if (TAEDA_UNLIKELY(!p.has_default)) {
        if (why) *why = std::string(display) + "() missing 1 required positional arguments: \"" + p.name + "\"";
        return Match::No;
      }
      call->values[i] = p.default_value.get();
    } else if (TAEDA_UNLIKELY(!fits(p, v))) {
      if (why) {
        *why = std::string(display) + "(): argument '" + p.name + "'" + (i < positional ? " (position " + std::to_string(i + 1) + ")" : "") +
               " must be " + kind_name(p) + ", not " + Py_TYPE(v)->tp_name;
      }
      return Match::No;
    }
  }
  return Match::Yes;
}

}  // namespace

bool fit_overload(OpObject* op, PyObject* const* args, Py_ssize_t count, PyObject* names, Call* call) {
  for (Overload* o : *op->overloads)
    if (TAEDA_LIKELY(parse(op->display, *o, args, count, names, call, nullptr) == Match::Yes)) return true;
  return false;
}

void find_overload(OpObject* op, PyObject* const* args, Py_ssize_t count, PyObject* names, Call* call) {
  if (TAEDA_LIKELY(fit_overload(op, args, count, names, call))) return;
  auto& overloads = *op->overloads;
  std::string why;
  if (overloads.size() == 1) {
    parse(op->display, *overloads[0], args, count, names, call, &why);
    PyErr_SetString(PyExc_TypeError, why.c_str());
    throw PythonError();
  }
  why = std::string(op->display) + "() received an invalid combination of arguments - got (";
  for (Py_ssize_t i = 0; i < count; ++i) why += std::string(i ? ", " : "") + Py_TYPE(args[i])->tp_name;
  for (Py_ssize_t k = 0; names && k < PyTuple_GET_SIZE(names); ++k)
    why += std::string(count + k ? ", " : "") + PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, k)) + "=" + Py_TYPE(args[count + k])->tp_name;
  why += "), but expected one of:";
  for (Overload* o : overloads) {
    std::string reason;
    parse(op->display, *o, args, count, names, call, &reason);
    why += "\n * " + o->schema.signature() + "\n      " + reason;
  }
  PyErr_SetString(PyExc_TypeError, why.c_str());
  throw PythonError();
}

void key_tensor(Inputs& in, const Tensor* t) {
  in.key('T');
  in.key(static_cast<char>(t->dtype));
  in.key(static_cast<char>(t->ndim | (t->is_wrapped_number ? 64 : 0)));
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
            "Tensor on device %s is not on the expected device %s!\nExpected all tensors to be on the same device, but %s() was "
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
    if (!first) first = t;
    else if (TAEDA_UNLIKELY(!(t->device == first->device))) return mixed_device(o, in);
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

// A Python number as an attribute; its kind goes into the key.
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
    raise(PyExc_NotImplementedError, "complex numbers are not there yet");
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
         (p.kind == Kind::Number || p.kind == Kind::Float || p.kind == Kind::SymInt || p.kind == Kind::Sizes || p.kind == Kind::TensorOrNumber);
}

}  // namespace

void read_inputs(const Call& call, Inputs& in) {
  in.key(static_cast<char>(default_dtype()));  // what Python floats and zeros() promote to
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
          in.push_tensor(as_tensor(v));
          key_tensor(in, as_tensor(v));
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
          Tensor* t = as_tensor(PySequence_Fast_GET_ITEM(v, k));
          in.push_tensor(t);
          key_tensor(in, t);
        }
        break;
      }
      case Kind::Number:
      case Kind::Float:
        if (v == Py_None) in.key('N');
        else read_number(in, v);
        break;
      case Kind::SymInt:
        if (v == Py_None) {
          in.key('N');
        } else {
          in.key('I');
          in.push_attribute().set(is_tensor(v) ? read_integer(checked(PyObject_CallMethod(v, "item", nullptr)).get()) : read_integer(v));
        }
        break;
      case Kind::Sizes: {
        if (v == Py_None) {
          in.key('N');
          break;
        }
        Dims d;
        if (PyTuple_Check(v) || PyList_Check(v)) {
          for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k) d.push(read_integer(PySequence_Fast_GET_ITEM(v, k)));
        } else {
          d.push(read_integer(v));
        }
        in.key('S');
        in.key(static_cast<char>(d.count));
        in.push_attribute().set(d);
        break;
      }
      case Kind::Generator: {
        // Two run-time integers: the key of this call's stream of random numbers, and where in it to start. A recorded
        // gradient that draws the numbers of the forward pass again gives those of that call. On "meta" no number is drawn, so
        // none is taken; the tensors, which say where the call is, stand before the generator.
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

// The key as Python sees it, made on a miss only.
Ref<> python_key(const Call& call) {
  const Schema& s = call.overload->schema;
  Py_ssize_t n = static_cast<Py_ssize_t>(s.parameters.size());
  Ref<> key = checked(PyTuple_New(n));
  auto tensor_entry = [](const Tensor* t) { return checked(Py_BuildValue("(ssi)", "tensor", info(t->dtype).name, t->ndim)); };
  for (Py_ssize_t i = 0; i < n; ++i) {
    const Parameter& p = s.parameters[i];
    PyObject* v = call.values[i];
    Ref<> entry;
    if (default_number(p, v)) {
      entry = checked(Py_BuildValue("(s)", "default"));
    } else if (v == Py_None && p.kind != Kind::Generator && p.kind != Kind::Device) {
      entry = Ref<>::borrow(Py_None);
    } else {
      switch (p.kind) {
        case Kind::Tensor:
        case Kind::TensorOrNumber:
        case Kind::Number:
        case Kind::Float:
          if (is_tensor(v) && (p.kind == Kind::Tensor || p.kind == Kind::TensorOrNumber)) {
            entry = tensor_entry(as_tensor(v));
          } else {
            Ref<> number = is_tensor(v) ? checked(PyObject_CallMethod(v, "item", nullptr)) : Ref<>::borrow(v);
            const char* kind = PyBool_Check(number.get()) ? "bool" : PyFloat_Check(number.get()) ? "float"
                             : PyLong_Check(number.get()) || PyIndex_Check(number.get()) ? "int" : "float";
            entry = checked(Py_BuildValue("(ss)", "number", kind));
          }
          break;
        case Kind::Tensors: {
          Py_ssize_t count = PySequence_Fast_GET_SIZE(v);
          Ref<> list = checked(PyTuple_New(count));
          for (Py_ssize_t k = 0; k < count; ++k) {
            const Tensor* t = as_tensor(PySequence_Fast_GET_ITEM(v, k));
            PyTuple_SET_ITEM(list.get(), k, checked(Py_BuildValue("(si)", info(t->dtype).name, t->ndim)).release());
          }
          entry = checked(Py_BuildValue("(sO)", "tensors", list.get()));
          break;
        }
        case Kind::Sizes: {
          Py_ssize_t length = PyTuple_Check(v) || PyList_Check(v) ? PySequence_Fast_GET_SIZE(v) : 1;
          entry = checked(Py_BuildValue("(sn)", "sizes", length));
          break;
        }
        case Kind::SymInt: entry = checked(Py_BuildValue("(s)", "int")); break;
        case Kind::Generator: entry = checked(Py_BuildValue("(s)", "generator")); break;
        case Kind::Device: entry = checked(Py_BuildValue("(sN)", "static", device_object(device_from_object(v)))); break;
        default: {
          Ref<> value = Ref<>::borrow(v);
          if (PyList_Check(v)) value = checked(PyList_AsTuple(v));
          if (is_dtype(v)) value = checked(PyUnicode_FromString(info(dtype_of_object(v)).name));
          entry = checked(Py_BuildValue("(sO)", "static", value.get()));
        }
      }
    }
    PyTuple_SET_ITEM(key.get(), i, entry.release());
  }
  return key;
}

}  // namespace

Compiled* find_compiled(const Call& call, const Inputs& in) {
  Overload& o = *call.overload;
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
    compiled->key = python_key(call);
    Ref<> description = compile_forward(o.name.c_str(), compiled->key.get());
    compiled->program = parse_program(description.get());
    // While Python compiled, another thread may have put in the same entry: then that one stays.
    result = o.cache.emplace(owned, std::move(compiled)).first->second.get();
  }
  o.recent[o.next_recent] = {std::move(owned), result};
  o.next_recent = (o.next_recent + 1) % std::size(o.recent);
  return result;
}

}  // namespace taeda
