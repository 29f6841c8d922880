#include "python/program_parser.h"

#include <string_view>

#include "core/program_file.h"
#include "python/core_types.h"
#include "python/runtime.h"

namespace taeda {
namespace {

PyObject* field(PyObject* d, const char* name) {
  PyObject* v = PyDict_GetItemString(d, name);
  if (!v) raise(PyExc_ValueError, "the description of a Program lacks %s", name);
  return v;
}

int parse_int(PyObject* o) {
  long v = PyLong_AsLong(o);
  if (v == -1 && PyErr_Occurred()) throw PythonError();
  return static_cast<int>(v);
}

std::string_view parse_text(PyObject* o) {
  const char* text = PyUnicode_Check(o) ? PyUnicode_AsUTF8(o) : nullptr;
  if (!text) raise(PyExc_ValueError, "expected a str in the description of a Program, got %R", o);
  return text;
}

DType parse_dtype(PyObject* o) {
  DType d;
  if (!dtype_from_name(parse_text(o).data(), &d))
    raise(PyExc_ValueError, "not a dtype in the description of a Program: %R", o);
  return d;
}

ErrorKind parse_error(PyObject* o) {
  static constexpr struct {
    std::string_view name;
    ErrorKind kind;
  } KNOWN[] = {{"IndexError", ErrorKind::Index},
               {"RuntimeError", ErrorKind::Runtime},
               {"ValueError", ErrorKind::Value},
               {"TypeError", ErrorKind::Type},
               {"OverflowError", ErrorKind::Overflow},
               {"NotImplementedError", ErrorKind::NotImplemented},
               {"ZeroDivisionError", ErrorKind::ZeroDivision},
               {"IndexOrRuntimeError", ErrorKind::IndexOrRuntime},
               {"LinAlgError", ErrorKind::LinearAlgebra}};
  for (const auto& k : KNOWN)
    if (k.name == parse_text(o)) return k.kind;
  raise(PyExc_ValueError, "a Program cannot raise %R", o);
}

template <class F>
void each(PyObject* o, const char* what, F&& f) {
  Ref<> list = checked(PySequence_Fast(o, what));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) f(PySequence_Fast_GET_ITEM(list.get(), i));
}

std::vector<int> parse_ints(PyObject* o) {
  std::vector<int> out;
  each(o, "expected a list of numbers", [&](PyObject* item) { out.push_back(parse_int(item)); });
  return out;
}

// ---- expressions: nested tuples ("add", 1, ("size", 0, 1))
// -----------------------------------------------------------

void parse_into(Expression& e, PyObject* o) {
  if (PyBool_Check(o) || PyLong_Check(o)) {
    int64_t v = PyLong_AsLongLong(o);
    if (v == -1 && PyErr_Occurred()) throw PythonError();
    e.steps.push_back({Expression::Integer, 0, 0, v, static_cast<double>(v)});
    return;
  }
  if (PyFloat_Check(o)) {
    e.steps.push_back({Expression::Real, 0, 0, 0, PyFloat_AS_DOUBLE(o)});
    return;
  }
  if (!PyTuple_Check(o) || PyTuple_GET_SIZE(o) < 1 || !PyUnicode_Check(PyTuple_GET_ITEM(o, 0)))
    raise(PyExc_ValueError, "not an expression of a Program: %R", o);
  std::string_view name = parse_text(PyTuple_GET_ITEM(o, 0));
  Py_ssize_t given = PyTuple_GET_SIZE(o) - 1;
  for (const Expression::Name& n : Expression::names()) {
    if (n.name != name) continue;
    if (n.operands < 0 ? given < 1 || given > 2 : given != n.operands)
      raise(PyExc_ValueError, "wrong number of operands: %R", o);
    Expression::Step step{n.code, 0, 0, 0, 0.0};
    if (n.operands < 0) {
      step.a = parse_int(PyTuple_GET_ITEM(o, 1));
      if (given == 2) step.b = parse_int(PyTuple_GET_ITEM(o, 2));
    } else {
      for (Py_ssize_t k = 0; k < given; ++k) parse_into(e, PyTuple_GET_ITEM(o, k + 1));
    }
    e.steps.push_back(step);
    return;
  }
  raise(PyExc_ValueError, "no such expression: %R", o);
}

Expression parse_expression(PyObject* o) {
  Expression e;
  parse_into(e, o);
  return e;
}

std::vector<Expression> parse_expressions(PyObject* o) {
  std::vector<Expression> out;
  each(o, "expected a list of expressions", [&](PyObject* item) { out.push_back(parse_expression(item)); });
  return out;
}

// A list, or a tuple that is no expression.
bool is_list(PyObject* o) {
  if (PyList_Check(o)) return true;
  return PyTuple_Check(o) && (PyTuple_GET_SIZE(o) == 0 || !PyUnicode_Check(PyTuple_GET_ITEM(o, 0)));
}

// as_strided takes (sizes, strides, offset); the others a flat list. Nested lists are flattened, as_strided's with a
// count.
std::vector<Expression> parse_view_arguments(PyObject* o) {
  Ref<> list = checked(PySequence_Fast(o, "expected the arguments of a view"));
  PyObject** items = PySequence_Fast_ITEMS(list.get());
  if (PySequence_Fast_GET_SIZE(list.get()) != 3 || !is_list(items[0]) || !is_list(items[1]))
    return parse_expressions(o);
  std::vector<Expression> sizes = parse_expressions(items[0]), strides = parse_expressions(items[1]), out;
  auto count = static_cast<int64_t>(sizes.size());
  out.push_back({{{Expression::Integer, 0, 0, count, static_cast<double>(count)}}});
  for (Expression& e : sizes) out.push_back(std::move(e));
  for (Expression& e : strides) out.push_back(std::move(e));
  out.push_back(parse_expression(items[2]));
  return out;
}

// ---- instructions ---------------------------------------------------------------------------------------------------

// The operands of an instruction, in order.
struct Operands {
  PyObject* tuple;
  Py_ssize_t next = 1;

  PyObject* take() {
    if (next >= PyTuple_GET_SIZE(tuple)) raise(PyExc_ValueError, "an instruction is too short: %R", tuple);
    return PyTuple_GET_ITEM(tuple, next++);
  }
  int reg() { return parse_int(take()); }
};

LoopsInstruction parse_loops(Operands& o) {
  LoopsInstruction i;
  i.kernel = parse_int(o.take());
  i.inputs = parse_ints(o.take());
  each(o.take(), "outputs", [&](PyObject* t) {
    if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) < 2) raise(PyExc_ValueError, "not an output of loops: %R", t);
    bool fresh = parse_text(PyTuple_GET_ITEM(t, 0)) == "new";
    LoopsInstruction::Output out{fresh, parse_int(PyTuple_GET_ITEM(t, 1)), DType::Float32, false};
    Py_ssize_t role = fresh ? 3 : 2;
    if (fresh && PyTuple_GET_SIZE(t) < 3) raise(PyExc_ValueError, "not an output of loops: %R", t);
    if (fresh) out.dtype = parse_dtype(PyTuple_GET_ITEM(t, 2));
    if (PyTuple_GET_SIZE(t) > role) out.row = parse_text(PyTuple_GET_ITEM(t, role)) == "row";
    i.outputs.push_back(out);
  });
  i.scalars = parse_expressions(o.take());
  PyObject* reduced = o.take();
  i.reduces = reduced != Py_None;
  if (i.reduces) i.reduced = parse_ints(reduced);
  i.keepdim = PyObject_IsTrue(o.take()) == 1;
  return i;
}

LaunchInstruction parse_launch(Operands& o) {
  LaunchInstruction i;
  i.handle = parse_int(o.take());
  i.operands = parse_ints(o.take());
  i.integers = parse_expressions(o.take());
  i.scalars = parse_expressions(o.take());
  i.work = parse_expression(o.take());
  i.grain = parse_expression(o.take());
  i.scratch = parse_expression(o.take());
  each(o.take(), "faults", [&](PyObject* t) {
    if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) != 3) raise(PyExc_ValueError, "not a fault: %R", t);
    i.faults.push_back({parse_int(PyTuple_GET_ITEM(t, 0)), parse_error(PyTuple_GET_ITEM(t, 1)),
                        std::string(parse_text(PyTuple_GET_ITEM(t, 2)))});
  });
  return i;
}

AllocInstruction parse_alloc(Operands& o) {
  AllocInstruction i;
  i.reg = o.reg();
  i.dtype = parse_dtype(o.take());
  i.shape = parse_expressions(o.take());
  return i;
}

AllocInstruction parse_alloc_like(Operands& o) {
  AllocInstruction i = parse_alloc(o);
  i.like = parse_ints(o.take());
  return i;
}

ViewInstruction parse_view(Operands& o) {
  ViewInstruction i;
  PyObject* kind = o.take();
  if (!view_kind_from_name(parse_text(kind).data(), &i.kind)) raise(PyExc_ValueError, "no view of kind %R", kind);
  i.reg = o.reg();
  i.source = o.reg();
  i.arguments = parse_view_arguments(o.take());
  return i;
}

ViewDtypeInstruction parse_view_dtype(Operands& o) {
  ViewDtypeInstruction i;
  i.reg = o.reg();
  i.source = o.reg();
  i.dtype = parse_dtype(o.take());
  return i;
}

SumToInstruction parse_sum_to(Operands& o) {
  SumToInstruction i;
  i.reg = o.reg();
  i.source = o.reg();
  i.like = o.reg();
  return i;
}

FillInstruction parse_fill(Operands& o) {
  FillInstruction i;
  i.reg = o.reg();
  i.value = parse_expression(o.take());
  return i;
}

CheckInstruction parse_check(Operands& o) {
  CheckInstruction i;
  i.condition = parse_expression(o.take());
  i.kind = parse_error(o.take());
  i.message = parse_text(o.take());
  i.values = parse_expressions(o.take());
  return i;
}

Program::Step parse_step(PyObject* t) {
  if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) < 2) raise(PyExc_ValueError, "not an instruction: %R", t);
  std::string_view name = parse_text(PyTuple_GET_ITEM(t, 0));
  Operands o{t};
  Program::Step step;
  if (name == "loops")
    step.what = parse_loops(o);
  else if (name == "launch")
    step.what = parse_launch(o);
  else if (name == "alloc")
    step.what = parse_alloc(o);
  else if (name == "alloc_like")
    step.what = parse_alloc_like(o);
  else if (name == "view")
    step.what = parse_view(o);
  else if (name == "view_dtype")
    step.what = parse_view_dtype(o);
  else if (name == "alias")
    step.what = AliasInstruction{o.reg(), o.reg()};
  else if (name == "contiguous")
    step.what = ContiguousInstruction{o.reg(), o.reg()};
  else if (name == "update")
    step.what = UpdateInstruction{o.reg(), o.reg()};
  else if (name == "copy")
    step.what = CopyInstruction{o.reg(), o.reg()};
  else if (name == "join")
    step.what = JoinInstruction{o.reg(), parse_ints(o.take()), parse_int(o.take())};
  else if (name == "sum_to")
    step.what = parse_sum_to(o);
  else if (name == "fill")
    step.what = parse_fill(o);
  else if (name == "check")
    step.what = parse_check(o);
  else
    raise(PyExc_ValueError, "no such instruction: %R", PyTuple_GET_ITEM(t, 0));
  if (o.next < PyTuple_GET_SIZE(t)) {
    PyObject* when = o.take();
    if (when != Py_None) step.when = parse_expression(when);
  }
  return step;
}

// ---- Programs that the compiler kept --------------------------------------------------------------------------------

constexpr const char* CAPSULE = "taeda.Program";

std::unique_ptr<Program> taken(PyObject* capsule) {
  auto* holder = static_cast<std::unique_ptr<Program>*>(PyCapsule_GetPointer(capsule, CAPSULE));
  if (!holder) throw PythonError();
  if (!*holder) raise(PyExc_ValueError, "this Program was handed out already");
  return std::move(*holder);
}

PyObject* encode_program(PyObject*, PyObject* description) {
  return guarded_object([&]() -> PyObject* {
    std::vector<int> kernels;
    std::string content = write_program(parse_program(description), kernels);
    Ref<> handles = checked(PyTuple_New(static_cast<Py_ssize_t>(kernels.size())));
    for (size_t k = 0; k < kernels.size(); ++k)
      PyTuple_SET_ITEM(handles.get(), static_cast<Py_ssize_t>(k), checked(PyLong_FromLong(kernels[k])).release());
    return Py_BuildValue("(y#O)", content.data(), static_cast<Py_ssize_t>(content.size()), handles.get());
  });
}

PyObject* decode_program(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    const char* content;
    Py_ssize_t size;
    PyObject* handles;
    if (!PyArg_ParseTuple(arguments, "y#O:decode_program", &content, &size, &handles)) throw PythonError();
    std::vector<int> kernels = parse_ints(handles);
    auto holder = std::make_unique<std::unique_ptr<Program>>(
        read_program({content, static_cast<size_t>(size)}, kernels, compiler_kernels()));
    PyObject* capsule = PyCapsule_New(holder.get(), CAPSULE, [](PyObject* c) {
      delete static_cast<std::unique_ptr<Program>*>(PyCapsule_GetPointer(c, CAPSULE));
    });
    if (capsule) holder.release();
    return capsule;
  });
}

PyMethodDef functions[] = {
    {"encode_program", encode_program, METH_O,
     "encode_program(description): the Program as bytes, and the handles of its kernels, which these refer to by their "
     "places."},
    {"decode_program", decode_program, METH_VARARGS,
     "decode_program(content, handles): what is to be under \"kept\" in a description; ValueError if it is damaged."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

void add_kept_programs_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

std::unique_ptr<Program> parse_program(PyObject* d) {
  if (!PyDict_Check(d))
    raise(PyExc_ValueError, "the description of a Program must be a dict, not %s", Py_TYPE(d)->tp_name);
  if (PyObject* kept = PyDict_GetItemString(d, "kept")) return taken(kept);
  auto p = std::make_unique<Program>();
  p->tensor_count = parse_int(field(d, "tensors"));
  p->attribute_count = parse_int(field(d, "attributes"));
  p->register_count = parse_int(field(d, "registers"));
  p->outputs = parse_ints(field(d, "outputs"));
  each(field(d, "instructions"), "instructions", [&](PyObject* t) { p->steps.push_back(parse_step(t)); });
  p->kernels = &compiler_kernels();
  p->finish();
  return p;
}

}  // namespace taeda
