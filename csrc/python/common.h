// Small things every part of the core uses: owning references, errors, short integer arrays.
//
// Rule of errors: a function that fails sets a Python exception and throws PythonError; the entry points
// called by Python catch it with `guarded`. No other exception crosses a file boundary.
// Rule of locks: all of the core runs under the GIL, except kernels (see thread_pool.h).
#pragma once
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <new>
#include <utility>
#include <vector>

namespace taeda {

// A Python exception is set.
struct PythonError : std::exception {};

// Set a Python exception of `type` with a printf-like message (PyErr_Format's format letters) and throw.
[[noreturn]] void raise(PyObject* type, const char* format, ...);

// Run `f`, turning PythonError and std::bad_alloc into a Python exception and the given failure value.
template <class F, class R>
R guarded(R failure, F&& f) noexcept {
  try {
    return f();
  } catch (const PythonError&) {
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

// Owning reference to a C++ object with retain()/release() (Storage, Node).
template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(std::nullptr_t) {}
  Shared(const Shared& o) : p_(o.p_) {
    if (p_) p_->retain();
  }
  Shared(Shared&& o) noexcept : p_(o.p_) { o.p_ = nullptr; }
  Shared& operator=(Shared o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~Shared() {
    if (p_) p_->release();
  }
  static Shared steal(T* p) {
    Shared s;
    s.p_ = p;
    return s;
  }
  static Shared borrow(T* p) {
    if (p) p->retain();
    return steal(p);
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }
  T* release() { return std::exchange(p_, nullptr); }

 private:
  T* p_ = nullptr;
};

// PyTorch allows 64 dimensions; real programs stay far below. More raise NotImplementedError.
inline constexpr int MAX_DIMS = 16;

// A list of up to MAX_DIMS integers without heap allocation: sizes, strides, permutations.
struct Dims {
  int count = 0;
  int64_t at[MAX_DIMS];

  Dims() = default;
  Dims(std::initializer_list<int64_t> v) {
    for (int64_t x : v) at[count++] = x;
  }
  Dims(const int64_t* v, int n) : count(n) { std::memcpy(at, v, sizeof(int64_t) * n); }
  void push(int64_t x) {
    if (count == MAX_DIMS) raise(PyExc_NotImplementedError, "tensors of more than %d dimensions are not there yet", MAX_DIMS);
    at[count++] = x;
  }
  int64_t& operator[](int i) { return at[i]; }
  int64_t operator[](int i) const { return at[i]; }
  const int64_t* begin() const { return at; }
  const int64_t* end() const { return at + count; }
};

// Hints for the hot path.
#define TAEDA_LIKELY(x) __builtin_expect(!!(x), 1)
#define TAEDA_UNLIKELY(x) __builtin_expect(!!(x), 0)

}  // namespace taeda
