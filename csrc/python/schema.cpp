#include "python/schema.h"
#include "python/tensor_type.h"

namespace taeda {

namespace {

constexpr KindInfo KINDS[] = {
#define X(name, annotation, words, holds, list) {annotation, words, Holds::holds, list},
    TAEDA_KINDS(X)
#undef X
};

}  // namespace

const KindInfo& info(Kind kind) { return KINDS[static_cast<int>(kind)]; }

Ref<> kinds_object() {
  static constexpr const char* HOLDS[] = {"tensors", "numbers", "static"};
  Ref<> table = checked(PyDict_New());
  for (const KindInfo& k : KINDS) {
    Ref<> row = checked(Py_BuildValue("(sO)", HOLDS[static_cast<int>(k.holds)], k.list ? Py_True : Py_False));
    if (PyDict_SetItemString(table.get(), k.annotation, row.get()) < 0) throw PythonError();
  }
  return table;
}

std::string Schema::signature(bool types) const {
  std::string out = "(";
  bool star = false;
  for (const Parameter& p : parameters) {
    if (!types && p.kind == Kind::Generator && !p.keyword_only) continue;  // passed between ops, not by users
    if (out.size() > 1) out += ", ";
    if (p.keyword_only && !star) {
      out += "*, ";
      star = true;
    }
    if (types) out += std::string(info(p.kind).words) + " ";
    out += p.name;
    if (p.has_default) {
      Ref<> text = Ref<>::steal(PyObject_Repr(p.default_value.get()));
      const char* s = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
      if (!s) PyErr_Clear();
      out += std::string(types ? " = " : "=") + (s ? s : "?");
    }
  }
  return out + ")";
}

Kind kind_from_name(const char* name) {
  for (const KindInfo& k : KINDS)
    if (std::strcmp(k.annotation, name) == 0) return static_cast<Kind>(&k - KINDS);
  raise(PyExc_ValueError, "a schema has no kind of parameter called '%s'", name);
}

// Does `o` fit the parameter? Cheap: decides between overloads and checks types; values are read later.
bool fits(const Parameter& p, PyObject* o) {
  if (o == Py_None) return p.optional;
  switch (p.kind) {
    case Kind::Tensor: return is_tensor(o);
    case Kind::TensorOrNumber:
      return is_tensor(o) || PyFloat_Check(o) || PyLong_Check(o) || PyComplex_Check(o) || PyNumber_Check(o);
    case Kind::Number:
    case Kind::Float:
      if (is_tensor(o)) return as_tensor(o)->ndim == 0 && !as_tensor(o)->requires_grad;
      if (PyUnicode_Check(o)) return false;
      return PyFloat_Check(o) || PyLong_Check(o) || (PyComplex_Check(o) && p.kind == Kind::Number) || PyNumber_Check(o);
    case Kind::SymInt:
    case Kind::Int:
      if (PyLong_Check(o)) return !PyBool_Check(o);
      if (is_tensor(o))
        return as_tensor(o)->numel == 1 && as_tensor(o)->ndim == 0 && !info(as_tensor(o)->dtype).floating;
      return PyIndex_Check(o) && !PyFloat_Check(o);
    case Kind::Bool: return PyBool_Check(o);
    case Kind::Str: return PyUnicode_Check(o);
    case Kind::DType: return is_dtype(o);
    case Kind::Layout: return Py_TYPE(o) == Py_TYPE(strided_layout);
    case Kind::MemoryFormat: return Py_TYPE(o) == Py_TYPE(contiguous_format);
    case Kind::Device: return is_device(o) || PyUnicode_Check(o) || PyLong_Check(o);
    case Kind::Tensors: {
      if (!PyTuple_Check(o) && !PyList_Check(o)) return false;
      Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
      for (Py_ssize_t i = 0; i < n; ++i)
        if (!is_tensor(PySequence_Fast_GET_ITEM(o, i))) return false;
      return true;
    }
    case Kind::Sizes:
    case Kind::Dims:
    case Kind::IntTuple: {
      if (PyTuple_Check(o) || PyList_Check(o)) {
        Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
        for (Py_ssize_t i = 0; i < n; ++i) {
          PyObject* item = PySequence_Fast_GET_ITEM(o, i);
          if (!PyLong_Check(item) && !(PyIndex_Check(item) && !PyFloat_Check(item))) return false;
        }
        return true;
      }
      return !PyBool_Check(o) && PyIndex_Check(o) && !is_tensor(o);
    }
    case Kind::Generator:
    case Kind::Object: return true;
  }
  return false;
}

}  // namespace taeda
