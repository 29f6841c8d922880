// Small things that every part under Python uses: owning references to Python objects, errors.
//
// Rule of errors: a function that fails sets a Python exception and throws PythonError; the entry points called by
// Python catch it with `guarded`, and with it the Error of the core (core/common.h). No other exception crosses a file
// boundary. Rule of locks: all of it runs under the GIL, except kernels (core/thread_pool.h).
#pragma once
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <new>
#include <vector>

#include "core/common.h"

namespace taeda {

// A Python exception is set.
struct PythonError : std::exception {};

// Set a Python exception of `type` with a printf-like message (PyErr_Format's format letters) and throw.
[[noreturn]] void raise(PyObject* type, const char* format, ...);

// True or False of a mode that `function` sets; TypeError for anything else, which would leave the mode to chance.
bool bool_argument(PyObject* value, const char* function);

// Set the Python exception that an Error of the core stands for.
void set_exception(const Error& error);
PyObject* exception_class(ErrorKind kind);  // borrowed

// Run `f`, turning PythonError, Error and std::bad_alloc into a Python exception and the given failure value.
template <class F, class R>
R guarded(R failure, F&& f) noexcept {
  try {
    return f();
  } catch (const PythonError&) {
    return failure;
  } catch (const Error& e) {
    set_exception(e);
    return failure;
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
    return failure;
  } catch (const std::exception& e) {
    PyErr_Format(PyExc_SystemError, "internal error in Taeda's core: %s", e.what());
    return failure;
  }
}

template <class F>
PyObject* guarded_object(F&& f) noexcept {
  return guarded(static_cast<PyObject*>(nullptr), std::forward<F>(f));
}

// Owning reference to a Python object (or a struct that begins like one, such as Tensor).
template <class T = PyObject>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  Ref(const Ref& o) : p_(o.p_) { Py_XINCREF(object()); }
  Ref(Ref&& o) noexcept : p_(o.p_) { o.p_ = nullptr; }
  Ref& operator=(Ref o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~Ref() { Py_XDECREF(object()); }
  static Ref steal(T* p) {  // takes over a reference
    Ref r;
    r.p_ = p;
    return r;
  }
  static Ref borrow(T* p) {  // adds a reference
    Py_XINCREF(reinterpret_cast<PyObject*>(p));
    return steal(p);
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }
  T* release() { return std::exchange(p_, nullptr); }
  PyObject* object() const { return reinterpret_cast<PyObject*>(p_); }

 private:
  T* p_ = nullptr;
};

// Steal the result of a C-API call; throw if it failed.
inline Ref<> checked(PyObject* p) {
  if (!p) throw PythonError();
  return Ref<>::steal(p);
}

}  // namespace taeda
