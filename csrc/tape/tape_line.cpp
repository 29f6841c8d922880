// The user's lines, for messages: where the call was made that a node came from, and which in-place call changed a
// tensor. Both are noted as a code object and an instruction number; the text is made only when an error is shown.
#include "python/profiling.h"
#include "tape/tape_internal.h"

#include <frameobject.h>

namespace taeda {

namespace {

std::string package_path;  // UTF-8, ends in a separator; empty until set

bool in_package(PyCodeObject* code) {
  if (package_path.empty() || !PyUnicode_Check(code->co_filename)) return false;
  Py_ssize_t size;
  const char* name = PyUnicode_AsUTF8AndSize(code->co_filename, &size);  // cached inside of the string
  if (!name) {
    PyErr_Clear();
    return false;
  }
  return static_cast<size_t>(size) > package_path.size() &&
         std::memcmp(name, package_path.data(), package_path.size()) == 0;
}

constexpr int MAX_WALK = 32;  // frames looked at on the way out of the package

struct Write {
  const Storage* storage = nullptr;
  uint32_t version = 0;
  std::string by;
  Line line;
};
// In-place writes since the process began, the last ones only: enough for the message of a wrong program.
constexpr size_t WRITES = 256;
Write* writes = nullptr;
size_t next_write = 0;

}  // namespace

void set_package_path(PyObject* path) {
  Py_ssize_t size;
  const char* text = PyUnicode_AsUTF8AndSize(path, &size);
  if (!text) throw PythonError();
  package_path.assign(text, static_cast<size_t>(size));
  if (!package_path.empty() && package_path.back() != '/') package_path += '/';
}

Line current_line() {
  Line line;
  Ref<PyFrameObject> frame = Ref<PyFrameObject>::borrow(PyEval_GetFrame());
  for (int i = 0; frame && i < MAX_WALK; ++i) {
    Ref<PyCodeObject> code = Ref<PyCodeObject>::steal(PyFrame_GetCode(frame.get()));
    bool inside = in_package(code.get());
    if (!inside || i == 0) {
      line.instruction = PyFrame_GetLasti(frame.get());
      line.code = Ref<>::steal(reinterpret_cast<PyObject*>(code.release()));
    }
    if (!inside) break;
    frame = Ref<PyFrameObject>::steal(PyFrame_GetBack(frame.get()));
  }
  return line;
}

std::string line_text(PyObject* code_object, int instruction) {
  if (!code_object || !PyCode_Check(code_object)) return "";
  auto* code = reinterpret_cast<PyCodeObject*>(code_object);
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  std::string text;
  int line = PyCode_Addr2Line(code, instruction);
  const char* file = PyUnicode_AsUTF8(code->co_filename);
  const char* function = PyUnicode_AsUTF8(code->co_name);
  if (file && function) {
    text = std::string("File \"") + file + "\", line " + std::to_string(line) + ", in " + function;
    Ref<> cache = Ref<>::steal(PyImport_ImportModule("linecache"));
    Ref<> source;
    if (cache) source = Ref<>::steal(PyObject_CallMethod(cache.get(), "getline", "Oi", code->co_filename, line));
    Ref<> stripped;
    if (source) stripped = Ref<>::steal(PyObject_CallMethod(source.get(), "strip", nullptr));
    const char* words = stripped && PyUnicode_Check(stripped.get()) ? PyUnicode_AsUTF8(stripped.get()) : nullptr;
    if (words && *words) text += std::string("\n    ") + words;
  }
  PyErr_Clear();  // a message about an error must not become another error
  PyErr_Restore(type, value, trace);
  return text;
}

void note_write(const Tensor& t, const char* by) {
  if (!writes) writes = new Write[WRITES];
  Write& w = writes[next_write++ % WRITES];
  w.storage = t.storage.get();
  w.version = t.storage->version;
  w.by.assign(by);
  Line line = current_line();
  std::swap(w.line.code, line.code);  // the old one goes last: it may run Python
  w.line.instruction = line.instruction;
}

std::string write_text(const Storage* storage, uint32_t saved_version) {
  // The latest first: the address may have been another storage's before.
  for (size_t i = 0; writes && i < WRITES; ++i) {
    const Write& w = writes[(next_write + WRITES - 1 - i) % WRITES];
    if (w.storage != storage || w.version != saved_version + 1) continue;
    std::string place = line_text(w.line.code.get(), w.line.instruction);
    return "'" + w.by + "'" + (place.empty() ? "" : ", called at\n  " + place);
  }
  return "";
}

void add_note(const std::string& text) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (value) {
    if (trace) PyException_SetTraceback(value, trace);
    Ref<> done = Ref<>::steal(PyObject_CallMethod(value, "add_note", "s", text.c_str()));
    if (!done) PyErr_Clear();  // the error itself matters more
  }
  PyErr_Restore(type, value, trace);
}

void Node::note_line() {
  Line line = current_line();
  code = std::move(line.code);
  instruction = line.instruction;
  scope = profiled_scope;
  if (TAEDA_UNLIKELY(state.anomaly)) {
    Ref<> module = checked(PyImport_ImportModule("traceback"));
    extra().traceback = checked(PyObject_CallMethod(module.get(), "format_stack", nullptr));
    extra().parent = Shared<Node>::borrow(running_node());
  }
}

std::string Node::line_text() const { return taeda::line_text(code.get(), instruction); }

}  // namespace taeda
