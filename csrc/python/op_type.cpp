// The Python type of ops: taeda.add and all its siblings.
#include "python/common.h"  // before structmember.h: it sets PY_SSIZE_T_CLEAN

#include <structmember.h>

#include <unordered_map>

#include "python/autocast.h"
#include "python/call.h"
#include "python/core_types.h"
#include "python/dispatch_mode.h"

namespace taeda {

PyTypeObject* OpType = nullptr;

namespace {

PyObject* text_or_empty(PyObject* d, const char* name) {
  PyObject* v = PyDict_GetItemString(d, name);
  return v && v != Py_None ? v : nullptr;
}

std::string text_field(PyObject* d, const char* name) {
  PyObject* v = text_or_empty(d, name);
  if (!v || !PyUnicode_Check(v)) raise(PyExc_ValueError, "an overload needs the text '%s'", name);
  return PyUnicode_AsUTF8(v);
}

// One parameter: (name, kind, default or ..., keyword_only, optional).
Parameter parse_parameter(PyObject* o) {
  const char *name, *kind;
  PyObject* fallback;
  int keyword_only, optional;
  if (!PyTuple_Check(o)) raise(PyExc_TypeError, "a parameter is a tuple, not %s", Py_TYPE(o)->tp_name);
  if (!PyArg_ParseTuple(o, "ssOpp", &name, &kind, &fallback, &keyword_only, &optional)) throw PythonError();
  Parameter p;
  p.name = name;
  p.interned = PyUnicode_InternFromString(name);
  p.kind = kind_from_name(kind);
  p.keyword_only = keyword_only;
  p.has_default = fallback != Py_Ellipsis;
  p.optional = optional || fallback == Py_None;
  if (p.has_default) p.default_value = Ref<>::borrow(fallback);
  return p;
}

// The index of a parameter, checked.
int parameter_index(PyObject* o, const Overload& overload) {
  long index = PyLong_AsLong(o);
  if (index == -1 && PyErr_Occurred()) throw PythonError();
  if (index < 0 || index >= static_cast<long>(overload.schema.parameters.size()))
    raise(PyExc_ValueError, "%s has no parameter %ld", overload.name.c_str(), index);
  return static_cast<int>(index);
}

std::unique_ptr<Overload> parse_overload(PyObject* d) {
  auto o = std::make_unique<Overload>();
  o->name = text_field(d, "name");
  o->display = text_field(d, "display");
  PyObject* listed = text_or_empty(d, "parameters");
  if (!listed) raise(PyExc_ValueError, "an overload needs the list 'parameters'");
  Ref<> parameters = checked(PySequence_Fast(listed, "parameters"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(parameters.get()); ++i) {
    o->schema.parameters.push_back(parse_parameter(PySequence_Fast_GET_ITEM(parameters.get(), i)));
    const Parameter& p = o->schema.parameters.back();
    if (!p.keyword_only) {
      o->schema.positional = static_cast<int>(i) + 1;
      if (o->schema.varargs < 0 && (p.kind == Kind::Sizes || p.kind == Kind::Dims || p.kind == Kind::IntTuple ||
                                    p.kind == Kind::Tensors || p.kind == Kind::Object)) {
        PyObject* spread = PyDict_GetItemString(d, "varargs");
        if (spread && PyUnicode_Check(spread) && p.name == PyUnicode_AsUTF8(spread))
          o->schema.varargs = static_cast<int>(i);
      }
    }
  }
  if (o->schema.parameters.size() > MAX_PARAMETERS)
    raise(PyExc_ValueError, "%s has more than %d parameters", o->name.c_str(), MAX_PARAMETERS);
  if (PyObject* aliases = text_or_empty(d, "keyword_aliases")) {
    if (!PyDict_Check(aliases)) raise(PyExc_TypeError, "keyword_aliases must be a dict");
    PyObject *alias, *index;
    for (Py_ssize_t at = 0; PyDict_Next(aliases, &at, &alias, &index);) {
      const char* name = PyUnicode_Check(alias) ? PyUnicode_AsUTF8(alias) : nullptr;
      if (!name) raise(PyExc_TypeError, "an argument's further name must be str, not %s", Py_TYPE(alias)->tp_name);
      o->schema.keyword_aliases.emplace_back(name, parameter_index(index, *o));
    }
  }
  PyObject* returns = PyDict_GetItemString(d, "returns");
  o->output_count = returns ? static_cast<int>(PyLong_AsLong(returns)) : 1;
  auto truth = [&](const char* name, bool otherwise) {
    PyObject* v = PyDict_GetItemString(d, name);
    return v ? PyObject_IsTrue(v) == 1 : otherwise;
  };
  o->returns_list = truth("returns_list", o->output_count < 0);
  o->differentiable = truth("differentiable", true);
  if (PyObject* bits = PyDict_GetItemString(d, "gradient_inputs")) {
    o->gradient_inputs = PyLong_AsUnsignedLongLongMask(bits);
    if (PyErr_Occurred()) throw PythonError();
  }
  o->mixed_devices = truth("mixed_devices", false);
  if (PyObject* v = text_or_empty(d, "autocast"); v && PyUnicode_Check(v)) {
    std::string_view text = PyUnicode_AsUTF8(v);
    o->autocast = text == "lower"     ? Autocast::Lower
                  : text == "float32" ? Autocast::Float32
                  : text == "promote" ? Autocast::Promote
                                      : Autocast::None;
    if (o->autocast == Autocast::None && !text.empty())
      raise(PyExc_ValueError, "autocast=%R is none of 'lower', 'float32', 'promote'", v);
  }
  if (PyObject* v = text_or_empty(d, "output_differentiable")) {
    Ref<> list = checked(PySequence_Fast(v, "output_differentiable"));
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i)
      o->output_differentiable.push_back(PyObject_IsTrue(PySequence_Fast_GET_ITEM(list.get(), i)) == 1);
  }
  if (PyObject* v = text_or_empty(d, "mutates")) {
    Ref<> list = checked(PySequence_Fast(v, "mutates"));
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i)
      o->mutated.push_back(parameter_index(PySequence_Fast_GET_ITEM(list.get(), i), *o));
  }
  if (PyObject* v = text_or_empty(d, "result_type")) o->result_type = Ref<>::borrow(v);
  o->takes_out = truth("out", true);
  o->overridable = truth("overridable", true);
  o->is_view = truth("view", false);
  if (PyObject* v = text_or_empty(d, "load")) {
    o->is_function = true;
    o->load = Ref<>::borrow(v);
    Ref<> names = checked(PyList_New(0));
    for (const Parameter& p : o->schema.parameters)
      if (p.keyword_only && PyList_Append(names.get(), p.interned) < 0) throw PythonError();
    if (PyList_GET_SIZE(names.get())) o->keyword_names = checked(PyList_AsTuple(names.get()));
  }
  return o;
}

// All overloads by their unique names. They stay for as long as the process: nodes of the tape refer to them.
std::unordered_map<std::string, std::unique_ptr<Overload>>& overload_table() {
  static auto* table = new std::unordered_map<std::string, std::unique_ptr<Overload>>;
  return *table;
}

// define_overload(schema): one definition, for Ops to be made of.
PyObject* define_overload(PyObject*, PyObject* schema) {
  return guarded_object([&]() -> PyObject* {
    if (!PyDict_Check(schema)) raise(PyExc_TypeError, "define_overload() takes a dict");
    std::unique_ptr<Overload> o = parse_overload(schema);
    auto [at, fresh] = overload_table().try_emplace(o->name, nullptr);
    if (!fresh) raise(PyExc_ValueError, "the overload '%s' is defined already", o->name.c_str());
    at->second = std::move(o);
    Py_RETURN_NONE;
  });
}

// What an Op is made of: the unique names of what define_overload was told, or the Op to share with.
std::vector<Overload*> find_overloads(PyObject* o) {
  if (PyObject_TypeCheck(o, OpType)) return *reinterpret_cast<OpObject*>(o)->overloads;
  std::vector<Overload*> found;
  Ref<> list = checked(PySequence_Fast(o, "overloads must be a list of names or an Op"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(list.get(), i);
    const char* text = PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : nullptr;
    auto at = text ? overload_table().find(text) : overload_table().end();
    if (at == overload_table().end()) raise(PyExc_ValueError, "there is no overload %R", item);
    found.push_back(at->second.get());
  }
  return found;
}

// Op(name, overloads, inplace=False, doc=None, inplace_form=None, otherwise=None, same_sizes=False)
PyObject* op_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"name",         "overloads", "inplace",    "doc",
                                  "inplace_form", "otherwise", "same_sizes", nullptr};
    PyObject *name, *overloads, *doc = Py_None, *inplace_form = Py_None, *otherwise = Py_None;
    int inplace = 0, same_sizes = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UO|pOOOp", const_cast<char**>(names), &name, &overloads, &inplace,
                                     &doc, &inplace_form, &otherwise, &same_sizes))
      throw PythonError();
    auto found = std::make_unique<std::vector<Overload*>>(find_overloads(overloads));
    if (found->empty() && otherwise == Py_None) raise(PyExc_ValueError, "an Op needs an overload");
    const char* display = PyUnicode_AsUTF8(name);
    if (!display) throw PythonError();
    auto* op = reinterpret_cast<OpObject*>(type->tp_alloc(type, 0));
    if (!op) throw PythonError();
    op->vectorcall = op_call;
    op->overloads = found.release();
    op->name = Py_NewRef(name);
    op->display = display;
    op->document = Py_NewRef(doc);
    op->inplace = inplace;
    op->same_sizes = same_sizes;
    op->inplace_form = inplace_form == Py_None ? nullptr : Ref<>::borrow(inplace_form).release();
    op->otherwise = otherwise == Py_None ? nullptr : Ref<>::borrow(otherwise).release();
    return reinterpret_cast<PyObject*>(op);
  });
}

void op_dealloc(PyObject* self) {
  auto* op = reinterpret_cast<OpObject*>(self);
  PyTypeObject* type = Py_TYPE(self);
  delete op->overloads;
  Py_XDECREF(op->name);
  Py_XDECREF(op->document);
  Py_XDECREF(op->dictionary);
  Py_XDECREF(op->inplace_form);
  Py_XDECREF(op->otherwise);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* op_get(PyObject* self, PyObject* instance, PyObject*) {
  if (!instance || !is_tensor(instance)) return Py_NewRef(self);  // a method of tensors alone (see called_through)
  return PyMethod_New(self, instance);
}

PyObject* op_repr(PyObject* self) {
  return PyUnicode_FromFormat("<built-in op %U of Taeda>", reinterpret_cast<OpObject*>(self)->name);
}

PyObject* op_signatures(PyObject* self, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    Ref<> list = checked(PyList_New(0));
    auto* op = reinterpret_cast<OpObject*>(self);
    for (Overload* o : *op->overloads) {
      Ref<> text = checked(PyUnicode_FromString((op->display + o->schema.signature()).c_str()));
      if (PyList_Append(list.get(), text.get()) < 0) throw PythonError();
    }
    return list.release();
  });
}

// Of several overloads the signatures come first: inspect knows only one.
PyObject* op_document(PyObject* self, void*) {
  return guarded_object([&]() -> PyObject* {
    auto* op = reinterpret_cast<OpObject*>(self);
    if (op->overloads->size() < 2 || !PyUnicode_Check(op->document)) return Py_NewRef(op->document);
    std::string lines;
    for (Overload* o : *op->overloads) lines += op->display + o->schema.signature() + "\n";
    return PyUnicode_FromFormat("%s\n%U", lines.c_str(), op->document);
  });
}

int op_set_document(PyObject* self, PyObject* text, void*) {
  Py_XSETREF(reinterpret_cast<OpObject*>(self)->document, Py_NewRef(text ? text : Py_None));
  return 0;
}

PyObject* op_reduce(PyObject* self, PyObject*) {
  // Pickled and copied by name: the name in its module if it says one, else that of the registered op.
  auto* op = reinterpret_cast<OpObject*>(self);
  if (op->dictionary && PyDict_GetItemString(op->dictionary, "__module__")) return Ref<>::borrow(op->name).release();
  Ref<> module = Ref<>::steal(PyImport_ImportModule("taeda.ops.op"));
  if (!module) return nullptr;
  Ref<> find = Ref<>::steal(PyObject_GetAttrString(module.get(), "find_public"));
  if (!find) return nullptr;
  return Py_BuildValue("(O(O))", find.get(), op->name);
}

// "(input, alpha=1.0)", what inspect.signature reads: given in the dictionary, or that of the only overload. Of
// several, signatures() tells.
PyObject* op_text_signature(PyObject* self, void*) {
  return guarded_object([&]() -> PyObject* {
    auto* op = reinterpret_cast<OpObject*>(self);
    if (op->dictionary)
      if (PyObject* text = PyDict_GetItemString(op->dictionary, "__text_signature__"))
        return Ref<>::borrow(text).release();
    bool plain = op->overloads->size() == 1;
    if (plain)
      for (const Parameter& p : (*op->overloads)[0]->schema.parameters) plain &= p.name != "from";  // no name in Python
    if (!plain) return PyUnicode_FromString("(*args, **kwargs)");
    return PyUnicode_FromString((*op->overloads)[0]->schema.signature(false).c_str());
  });
}

int op_set_text_signature(PyObject* self, PyObject* text, void*) {
  auto* op = reinterpret_cast<OpObject*>(self);
  if (!op->dictionary && !(op->dictionary = PyDict_New())) return -1;
  return text ? PyDict_SetItemString(op->dictionary, "__text_signature__", text)
              : PyDict_DelItemString(op->dictionary, "__text_signature__");
}

PyGetSetDef op_properties[] = {
    {"__text_signature__", op_text_signature, op_set_text_signature, "The signature, for inspect.", nullptr},
    {"__doc__", op_document, op_set_document, nullptr, nullptr},
    {}};
PyMethodDef functions[] = {
    {"define_overload", define_overload, METH_O, "define_overload(schema): one definition, for Ops to be made of."},
    {}};
PyMethodDef op_methods[] = {{"signatures", op_signatures, METH_NOARGS, "The overloads, as text."},
                            {"__reduce__", op_reduce, METH_NOARGS, nullptr},
                            {}};
PyMemberDef op_members[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(OpObject, vectorcall), READONLY, nullptr},
                            {"__dictoffset__", T_PYSSIZET, offsetof(OpObject, dictionary), READONLY, nullptr},
                            {"__name__", T_OBJECT, offsetof(OpObject, name), READONLY, nullptr},
                            {"__qualname__", T_OBJECT, offsetof(OpObject, name), READONLY, nullptr},
                            {}};
PyType_Slot op_slots[] = {{Py_tp_new, reinterpret_cast<void*>(op_new)},
                          {Py_tp_dealloc, reinterpret_cast<void*>(op_dealloc)},
                          {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                          {Py_tp_descr_get, reinterpret_cast<void*>(op_get)},
                          {Py_tp_repr, reinterpret_cast<void*>(op_repr)},
                          {Py_tp_methods, op_methods},
                          {Py_tp_members, op_members},
                          {Py_tp_getset, op_properties},
                          {0, nullptr}};
PyType_Spec op_spec = {"taeda._core.Op", sizeof(OpObject), 0,
                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR, op_slots};

}  // namespace

void add_ops_to_module(PyObject* module) {
  OpType = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&op_spec));
  if (!OpType || PyModule_AddObjectRef(module, "Op", reinterpret_cast<PyObject*>(OpType)) < 0) throw PythonError();
  add_object(module, "PARAMETER_KINDS", kinds_object().get());
  if (PyModule_AddFunctions(module, op_functions) < 0 || PyModule_AddFunctions(module, autocast_functions) < 0 ||
      PyModule_AddFunctions(module, dispatch_mode_functions) < 0 || PyModule_AddFunctions(module, functions) < 0)
    throw PythonError();
}

}  // namespace taeda
