#include "python/schema.h"

namespace taeda {

namespace {
const char* kind_text(const Parameter& p) {
  switch (p.kind) {
    case Kind::Tensor: return "Tensor";
    case Kind::TensorOrNumber: return "Tensor or Number";
    case Kind::Tensors: return "tuple of Tensors";
    case Kind::Number: return "Number";
    case Kind::Float: return "float";
    case Kind::SymInt:
    case Kind::Int: return "int";
    case Kind::Sizes:
    case Kind::IntTuple: return "tuple of ints";
    case Kind::Bool: return "bool";
    case Kind::Str: return "str";
    case Kind::DType: return "torch.dtype";
    case Kind::Dims: return "int or tuple of ints";
    case Kind::Device: return "torch.device";
    case Kind::Generator: return "torch.Generator";
    case Kind::Object: return "object";
  }
  return "";
}
}  // namespace

std::string kind_name(const Parameter& p) { return kind_text(p); }

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
    if (types) out += std::string(kind_text(p)) + " ";
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
  static constexpr struct {
    const char* name;
    Kind kind;
  } KINDS[] = {{"Tensor", Kind::Tensor}, {"TensorOrNumber", Kind::TensorOrNumber}, {"Tensors", Kind::Tensors},
               {"Number", Kind::Number}, {"float", Kind::Float}, {"SymInt", Kind::SymInt}, {"Sizes", Kind::Sizes},
               {"int", Kind::Int}, {"bool", Kind::Bool}, {"str", Kind::Str}, {"DType", Kind::DType}, {"Dims", Kind::Dims},
               {"IntTuple", Kind::IntTuple}, {"Device", Kind::Device}, {"Generator", Kind::Generator}, {"Object", Kind::Object}};
  for (const auto& k : KINDS)
    if (std::strcmp(k.name, name) == 0) return k.kind;
  raise(PyExc_ValueError, "a schema has no kind of parameter called '%s'", name);
}

// Does `o` fit the parameter? Cheap: decides between overloads and checks types; values are read later.
bool fits(const Parameter& p, PyObject* o) {
  if (o == Py_None) return p.optional;
  switch (p.kind) {
    case Kind::Tensor: return is_tensor(o);
    case Kind::TensorOrNumber: return is_tensor(o) || PyFloat_Check(o) || PyLong_Check(o) || PyComplex_Check(o) || PyNumber_Check(o);
    case Kind::Number:
    case Kind::Float:
      if (is_tensor(o)) return as_tensor(o)->numel == 1 && !as_tensor(o)->requires_grad;
      if (PyUnicode_Check(o)) return false;
      return PyFloat_Check(o) || PyLong_Check(o) || (PyComplex_Check(o) && p.kind == Kind::Number) || PyNumber_Check(o);
    case Kind::SymInt:
    case Kind::Int:
      if (PyLong_Check(o)) return !PyBool_Check(o);
      if (is_tensor(o)) return as_tensor(o)->numel == 1 && as_tensor(o)->ndim == 0 && !info(as_tensor(o)->dtype).floating;
      return PyIndex_Check(o) && !PyFloat_Check(o);
    case Kind::Bool: return PyBool_Check(o);
    case Kind::Str: return PyUnicode_Check(o);
    case Kind::DType: return is_dtype(o);
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
