#include "python/call.h"

namespace taeda {
namespace {

enum class Match { Yes, No };

// ---- parsing ----------------------------------------------------------------------------------------------------

// Whether a tensor is to stand for a number, which means to read it.
bool is_tensor_for_number(Kind kind, PyObject* o) {
  return (kind == Kind::Number || kind == Kind::Float || kind == Kind::SymInt || kind == Kind::Int) && is_tensor(o);
}

// Tries one overload. On No, `why` (if given) receives the reason as an exception's text. `read`: whether tensors may
// stand for numbers.
Match parse(const char* display, Overload& overload, PyObject* const* args, Py_ssize_t count, PyObject* names,
            Call* call, std::string* why, bool read = true) {
  const Schema& s = overload.schema;
  int n = static_cast<int>(s.parameters.size());
  call->overload = &overload;
  call->out = nullptr;
  for (int i = 0; i < n; ++i) call->values[i] = nullptr;
  Py_ssize_t positional = count;
  if (TAEDA_UNLIKELY(s.varargs >= 0 && count > s.varargs)) {
    PyObject* first = args[s.varargs];
    // Sizes may always be spread, x.view(2, 3); others only where the arguments would not fit otherwise: x.permute(0,
    // 2, 1).
    Kind kind = s.parameters[s.varargs].kind;
    bool spread = kind == Kind::Sizes || count > s.positional;
    if (kind == Kind::Tensors ||
        kind == Kind::Object) {  // block_diag(a, b) or block_diag([a, b]); any number of objects
      bool listed = kind == Kind::Tensors && count == s.varargs + 1 && (PyTuple_Check(first) || PyList_Check(first));
      if (!listed) {
        call->spread = checked(PyTuple_New(count - s.varargs));
        for (Py_ssize_t i = s.varargs; i < count; ++i)
          PyTuple_SET_ITEM(call->spread.get(), i - s.varargs, Py_NewRef(args[i]));
        call->values[s.varargs] = call->spread.get();
        positional = s.varargs;
      }
    } else if (spread &&
               (PyLong_Check(first) || (PyIndex_Check(first) && !PyTuple_Check(first) && !PyList_Check(first)))) {
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
    if (why)
      *why = std::string(display) + "() takes " + std::to_string(s.positional) + " positional arguments but " +
             std::to_string(count) + " were given";
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
      for (size_t i = 0; i < s.keyword_aliases.size() && at < 0; ++i)
        if (s.keyword_aliases[i].first == text) at = s.keyword_aliases[i].second;
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
    } else if (PyObject* dtype = p.kind == Kind::DType && v != Py_None ? as_dtype(v) : nullptr) {
      call->values[i] = dtype;  // also where Python's own type says which: dtype=float
    } else if (TAEDA_UNLIKELY(!fits(p, v) || (!read && is_tensor_for_number(p.kind, v)))) {
      if (why) {
        *why = std::string(display) + "(): argument '" + p.name + "'" +
               (i < positional ? " (position " + std::to_string(i + 1) + ")" : "") + " must be " + info(p.kind).words +
               ", not " + Py_TYPE(v)->tp_name;
      }
      return Match::No;
    }
  }
  return Match::Yes;
}

}  // namespace

bool fit_overload(OpObject* op, PyObject* const* args, Py_ssize_t count, PyObject* names, Call* call) {
  // Of several overloads one that takes a tensor as it is goes before one that would read it: x ** exponent.
  bool read = op->overloads->size() == 1;
  for (Overload* o : *op->overloads)
    if (TAEDA_LIKELY(parse(op->display, *o, args, count, names, call, nullptr, read) == Match::Yes)) return true;
  if (read) return false;
  for (Overload* o : *op->overloads)
    if (parse(op->display, *o, args, count, names, call, nullptr) == Match::Yes) return true;
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
    why += std::string(count + k ? ", " : "") + PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, k)) + "=" +
           Py_TYPE(args[count + k])->tp_name;
  why += "), but expected one of:";
  for (Overload* o : overloads) {
    std::string reason;
    parse(op->display, *o, args, count, names, call, &reason);
    why += "\n * " + o->schema.signature() + "\n      " + reason;
  }
  PyErr_SetString(PyExc_TypeError, why.c_str());
  throw PythonError();
}

}  // namespace taeda
