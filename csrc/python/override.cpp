#include "python/override.h"

#include <algorithm>

#include "python/state.h"
#include "python/subclass.h"

namespace taeda {

PyObject* disabled_torch_function = nullptr;

namespace {

PyObject* interned(const char* text) { return PyUnicode_InternFromString(text); }

PyObject* protocol() {
  static PyObject* name = interned("__torch_function__");
  return name;
}

bool takes_over(PyTypeObject* type) {
  PyObject* method = _PyType_Lookup(type, protocol());  // borrowed; null without an exception if there is none
  return method && method != disabled_torch_function;
}

void set_mode(PyObject* mode) {
  PyObject* before = std::exchange(state.function_mode, Py_XNewRef(mode));
  Py_XDECREF(before);
}

// While a mode handles a call, the mode outside it is the innermost one.
class ModeScope {
 public:
  explicit ModeScope(PyObject* mode) : mode_(Ref<>::borrow(mode)) {
    Ref<> outer = checked(PyObject_GetAttrString(mode, "_outer"));
    set_mode(outer.get() == Py_None ? nullptr : outer.get());
  }
  ~ModeScope() { set_mode(mode_.get()); }
  ModeScope(const ModeScope&) = delete;

 private:
  Ref<> mode_;
};

// The arguments that take calls over, in the order they are asked: as they come, but subclasses before their bases.
struct Overloaded {
  std::vector<PyObject*> arguments;

  void add(PyObject* o) {
    if (overridden(o) && takes_over(Py_TYPE(o))) {
      auto same_type = [&](PyObject* a) { return Py_TYPE(a) == Py_TYPE(o); };
      if (std::any_of(arguments.begin(), arguments.end(), same_type)) return;
      auto base = [&](PyObject* a) { return PyType_IsSubtype(Py_TYPE(o), Py_TYPE(a)); };
      arguments.insert(std::find_if(arguments.begin(), arguments.end(), base), o);
    } else if (PyTuple_Check(o) || PyList_Check(o)) {
      for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); ++i) {
        PyObject* item = PySequence_Fast_GET_ITEM(o, i);
        if (!PyTuple_Check(item) && !PyList_Check(item)) add(item);
      }
    }
  }

  Ref<> call(PyObject* func, PyObject* args, PyObject* kwargs) const {
    Ref<> types = checked(PyTuple_New(static_cast<Py_ssize_t>(arguments.size())));
    for (size_t i = 0; i < arguments.size(); ++i)
      PyTuple_SET_ITEM(types.get(), static_cast<Py_ssize_t>(i),
                       Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(arguments[i]))));
    Ref<> none = kwargs ? nullptr : checked(PyDict_New());
    if (PyObject* mode = state.function_mode) {
      ModeScope inside(mode);
      Ref<> result = checked(PyObject_CallMethod(mode, "__torch_function__", "OOOO", func, types.get(), args,
                                                 kwargs ? kwargs : none.get()));
      if (result.get() != Py_NotImplemented) return result;
    }
    for (PyObject* o : arguments) {
      Ref<> method = checked(PyObject_GetAttr(o, protocol()));
      Ref<> result = checked(
          PyObject_CallFunctionObjArgs(method.get(), func, types.get(), args, kwargs ? kwargs : none.get(), nullptr));
      if (result.get() != Py_NotImplemented) return result;
    }
    std::string text = "Multiple dispatch failed for '";
    Ref<> name = Ref<>::steal(PyObject_GetAttrString(func, "__name__"));
    if (!name) PyErr_Clear();
    const char* words = name && PyUnicode_Check(name.get()) ? PyUnicode_AsUTF8(name.get()) : nullptr;
    text += std::string("torch.") + (words ? words : "?") +
            "'; all __torch_function__ handlers returned NotImplemented:\n\n";
    for (PyObject* o : arguments) text += std::string("  - tensor subclass <class '") + Py_TYPE(o)->tp_name + "'>\n";
    raise(PyExc_TypeError, "%s", text.c_str());
  }
};

// A result of the default method: tensors, also in lists, become objects of the subclass.
Ref<> as_class(Ref<> o, PyObject* cls) {
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  if (type == TensorType) return o;
  if (is_tensor(o.get()))
    return PyType_IsSubtype(Py_TYPE(o.get()), type) ? std::move(o)
                                                    : checked(PyObject_CallMethod(o.get(), "as_subclass", "O", cls));
  if (!PyTuple_Check(o.get()) && !PyList_Check(o.get())) return o;
  Ref<> items = checked(PyList_New(0));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o.get()); ++i) {
    Ref<> item = as_class(Ref<>::borrow(PySequence_Fast_GET_ITEM(o.get(), i)), cls);
    if (PyList_Append(items.get(), item.get()) < 0) throw PythonError();
  }
  return checked(PyObject_CallOneArg(reinterpret_cast<PyObject*>(Py_TYPE(o.get())), items.get()));
}

// Properties whose values stay what they are.
bool keeps_type(PyObject* func) {
  static constexpr const char* NAMES[] = {"grad", "_base"};
  Ref<> of = Ref<>::steal(PyObject_GetAttrString(func, "__self__"));
  if (!of) PyErr_Clear();
  if (!of || !PyObject_TypeCheck(of.get(), &PyGetSetDescr_Type)) return false;
  PyObject* name = reinterpret_cast<PyDescrObject*>(of.get())->d_name;
  return std::any_of(std::begin(NAMES), std::end(NAMES),
                     [&](const char* n) { return PyUnicode_CompareWithASCIIString(name, n) == 0; });
}

// Tensor.__torch_function__(func, types, args=(), kwargs=None): the call as it is, with results of the subclass.
PyObject* default_method(PyObject* cls, PyObject* const* arguments, Py_ssize_t count, PyObject* names) {
  return guarded_object([&]() -> PyObject* {
    PyObject* given[4] = {nullptr, nullptr, nullptr, nullptr};
    static constexpr const char* NAMES[] = {"func", "types", "args", "kwargs"};
    if (count > 4) raise(PyExc_TypeError, "__torch_function__() takes at most 4 arguments");
    std::copy(arguments, arguments + count, given);
    for (Py_ssize_t k = 0; names && k < PyTuple_GET_SIZE(names); ++k) {
      auto at = std::find_if(std::begin(NAMES), std::end(NAMES), [&](const char* n) {
        return PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, k), n) == 0;
      });
      if (at == std::end(NAMES))
        raise(PyExc_TypeError, "__torch_function__() got an unexpected keyword argument %R",
              PyTuple_GET_ITEM(names, k));
      given[at - std::begin(NAMES)] = arguments[count + k];
    }
    if (!given[0] || !given[1]) raise(PyExc_TypeError, "__torch_function__() takes func, types, args and kwargs");
    Ref<> types = checked(PySequence_Fast(given[1], "types must be a sequence"));
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(types.get()); ++i) {
      int related = PyObject_IsSubclass(cls, PySequence_Fast_GET_ITEM(types.get(), i));
      if (related < 0) throw PythonError();
      if (!related) Py_RETURN_NOTIMPLEMENTED;
    }
    Ref<> args = given[2] ? checked(PySequence_Tuple(given[2])) : checked(PyTuple_New(0));
    Ref<> result;
    {
      Setting nothing_is_taken_over(state.overrides, false);
      result = checked(PyObject_Call(given[0], args.get(), given[3] == Py_None ? nullptr : given[3]));
    }
    return (keeps_type(given[0]) ? std::move(result) : as_class(std::move(result), cls)).release();
  });
}

// -- attributes of subclasses ----------------------------------------------------------------------------------------

// (descriptor, tensor)(*args): a method of Tensor written in C++, taken over.
PyObject* call_method(PyObject* bound, PyObject* const* arguments, Py_ssize_t count, PyObject* names) {
  return guarded_object([&] {
    std::vector<PyObject*> all{PyTuple_GET_ITEM(bound, 1)};
    all.insert(all.end(), arguments, arguments + count + (names ? PyTuple_GET_SIZE(names) : 0));
    return call_overridden(PyTuple_GET_ITEM(bound, 0), all.data(), count + 1, names).release();
  });
}

PyMethodDef bound_method = {"method", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call_method)),
                            METH_FASTCALL | METH_KEYWORDS, nullptr};

bool defined_by_tensor(PyObject* descriptor, PyTypeObject* kind) {
  return descriptor && Py_TYPE(descriptor) == kind &&
         reinterpret_cast<PyDescrObject*>(descriptor)->d_type == TensorType;
}

bool has_method_of_its_own(PyTypeObject* type) {
  static PyObject* tensors = _PyType_Lookup(TensorType, protocol());
  return takes_over(type) && _PyType_Lookup(type, protocol()) != tensors;
}

// What func(self, ...) means for attribute `name` if the type takes it over, else null. Special names stay.
PyObject* taken_over(PyObject* self, PyObject* name, PyTypeObject* kind) {
  if (!state.overrides || !PyUnicode_Check(name) || PyUnicode_READ_CHAR(name, 0) == '_' ||
      !has_method_of_its_own(Py_TYPE(self)))
    return nullptr;
  PyObject* descriptor = _PyType_Lookup(Py_TYPE(self), name);
  return defined_by_tensor(descriptor, kind) ? descriptor : nullptr;
}

PyObject* overridable_attribute(PyObject* self, PyObject* name) {
  if (PyObject* property = taken_over(self, name, &PyGetSetDescr_Type)) {
    return guarded_object([&] {
      Ref<> getter = checked(PyObject_GetAttrString(property, "__get__"));
      return call_overridden(getter.get(), &self, 1, nullptr).release();
    });
  }
  if (PyObject* method = taken_over(self, name, &PyMethodDescr_Type);
      method && PyUnicode_CompareWithASCIIString(name, "as_subclass") != 0) {
    Ref<> bound = Ref<>::steal(PyTuple_Pack(2, method, self));
    return bound ? PyCFunction_New(&bound_method, bound.get()) : nullptr;
  }
  return PyObject_GenericGetAttr(self, name);
}

PyObject* init_subclass(PyObject* cls, PyObject* const*, Py_ssize_t count, PyObject* names) {
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  if (count || (names && PyTuple_GET_SIZE(names)))
    return PyErr_Format(PyExc_TypeError, "%s.__init_subclass__() takes no arguments", type->tp_name);
  if (type->tp_getattro == PyObject_GenericGetAttr) {
    type->tp_getattro = overridable_attribute;
    PyType_Modified(type);
  }
  note_type(type);
  Py_RETURN_NONE;
}

// -- for Python ------------------------------------------------------------------------------------------------------

PyObject* has_torch_function(PyObject*, PyObject* arguments) {
  return guarded_object([&] {
    Ref<> list = checked(PySequence_Fast(arguments, "expected a sequence of arguments"));
    return PyBool_FromLong(state.function_mode ||
                           any_overridden(PySequence_Fast_ITEMS(list.get()), PySequence_Fast_GET_SIZE(list.get())));
  });
}

PyObject* has_torch_function_variadic(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
  return guarded_object([&] { return PyBool_FromLong(any_overridden(arguments, count)); });
}

PyObject* call_function(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    PyObject *func, *relevant, *args, *kwargs;
    if (!PyArg_ParseTuple(arguments, "OOO!O!:call_overridden", &func, &relevant, &PyTuple_Type, &args, &PyDict_Type,
                          &kwargs))
      throw PythonError();
    Ref<> list = checked(PySequence_Fast(relevant, "expected a sequence of arguments"));
    Overloaded found;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i)
      found.add(PySequence_Fast_GET_ITEM(list.get(), i));
    return found.call(func, args, kwargs).release();
  });
}

PyObject* set_overrides(PyObject*, PyObject* enabled) {
  return guarded_object([&] {
    bool now = bool_argument(enabled, "set_overrides");
    return PyBool_FromLong(std::exchange(state.overrides, now));
  });
}

PyObject* set_function_mode(PyObject*, PyObject* mode) {
  if (mode != Py_None && !(PyObject_HasAttrString(mode, "_outer") && takes_over(Py_TYPE(mode))))
    return PyErr_Format(PyExc_TypeError, "set_function_mode() takes an entered TorchFunctionMode or None, not %s",
                        Py_TYPE(mode)->tp_name);
  PyObject* before = Py_NewRef(state.function_mode ? state.function_mode : Py_None);
  set_mode(mode == Py_None ? nullptr : mode);
  return before;
}

PyObject* disabled(PyObject*, PyObject*) { Py_RETURN_NOTIMPLEMENTED; }

PyMethodDef functions[] = {
    {"has_torch_function", has_torch_function, METH_O,
     "has_torch_function(arguments): whether one of them, or an item of a list among them, takes calls over."},
    {"has_torch_function_variadic",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(has_torch_function_variadic)), METH_FASTCALL,
     "has_torch_function_variadic(*arguments): the same."},
    {"call_overridden", call_function, METH_VARARGS,
     "call_overridden(func, relevant, args, kwargs): the call func(*args, **kwargs) as the relevant arguments want "
     "it."},
    {"set_overrides", set_overrides, METH_O,
     "set_overrides(enabled): whether calls are taken over on this thread; returns what was."},
    {"set_function_mode", set_function_mode, METH_O,
     "set_function_mode(mode or None): the innermost mode of this thread; returns the one before."},
    {"_disabled_torch_function_impl", disabled, METH_VARARGS,
     "As __torch_function__ of a class: it takes no calls over."},
    {nullptr, nullptr, 0, nullptr},
};

PyMethodDef class_methods[] = {
    {"__torch_function__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(default_method)),
     METH_FASTCALL | METH_KEYWORDS | METH_CLASS,
     "__torch_function__(func, types, args=(), kwargs=None): the call as it is; tensors among the results become "
     "objects of this class."},
    {"__init_subclass__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(init_subclass)),
     METH_FASTCALL | METH_KEYWORDS | METH_CLASS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

bool looks_overridden(PyObject* o) {
  if (!state.overrides) return false;
  if (o == Py_Ellipsis || PySlice_Check(o) || PyBool_Check(o)) return false;
  if (PyTuple_Check(o) || PyList_Check(o)) {
    if (!PyTuple_CheckExact(o) && !PyList_CheckExact(o) && takes_over(Py_TYPE(o))) return true;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); ++i) {
      PyObject* item = PySequence_Fast_GET_ITEM(o, i);
      if (!PyTuple_Check(item) && !PyList_Check(item) && overridden(item)) return true;
    }
    return false;
  }
  return takes_over(Py_TYPE(o));
}

Ref<> call_overridden(PyObject* func, PyObject* args, PyObject* kwargs) {
  Overloaded found;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) found.add(PyTuple_GET_ITEM(args, i));
  PyObject *name, *value;
  for (Py_ssize_t at = 0; kwargs && PyDict_Next(kwargs, &at, &name, &value);) found.add(value);
  return found.call(func, args, kwargs);
}

Ref<> call_overridden(PyObject* func, PyObject* const* arguments, Py_ssize_t count, PyObject* names) {
  Ref<> args = checked(PyTuple_New(count)), kwargs = checked(PyDict_New());
  for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(args.get(), i, Py_NewRef(arguments[i]));
  for (Py_ssize_t k = 0; names && k < PyTuple_GET_SIZE(names); ++k)
    if (PyDict_SetItem(kwargs.get(), PyTuple_GET_ITEM(names, k), arguments[count + k]) < 0) throw PythonError();
  return call_overridden(func, args.get(), kwargs.get());
}

Ref<> call_overridden(const char* method, std::initializer_list<PyObject*> arguments) {
  Ref<> func = checked(PyObject_GetAttrString(reinterpret_cast<PyObject*>(TensorType), method));
  return call_overridden(func.get(), arguments.begin(), static_cast<Py_ssize_t>(arguments.size()), nullptr);
}

void add_overrides_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
  for (PyMethodDef* m = class_methods; m->ml_name; ++m) {
    Ref<> method = checked(PyDescr_NewClassMethod(TensorType, m));
    if (PyObject_SetAttrString(reinterpret_cast<PyObject*>(TensorType), m->ml_name, method.get()) < 0)
      throw PythonError();
  }
  disabled_torch_function = checked(PyObject_GetAttrString(module, "_disabled_torch_function_impl")).release();
}

}  // namespace taeda
