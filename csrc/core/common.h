// Small things every part of the core uses: errors, shared references, short integer arrays.
//
// Rule of errors: what fails throws Error, a kind and a message; nothing else but std::bad_alloc leaves the core.
// Whoever stands above catches it at his door: csrc/python makes Python's exception of it (`guarded`), a native program
// a status. Rule of locks: all of the core is for one thread at a time, except kernels (see thread_pool.h).
#pragma once
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <string>
#include <utility>

namespace taeda {

enum class ErrorKind : uint8_t {
  Runtime,
  Index,
  IndexOrRuntime,
  Value,
  Type,
  NotImplemented,
  Overflow,
  ZeroDivision,
  Memory,
  Assertion,
  LinearAlgebra,  // a matrix that has no factors, inverse or eigenvalues: LinAlgError
  NeedsData,      // the values of a tensor without memory (device "meta") are asked for
  Internal,       // the core or the compiler is at fault, not the caller
};

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind(kind), message(std::move(message)) {}
  const char* what() const noexcept override { return message.c_str(); }
  ErrorKind kind;
  std::string message;
};

// Throw an Error with a printf-like message.
[[noreturn, gnu::format(printf, 2, 3)]] void raise(ErrorKind kind, const char* format, ...);

// Owning reference to an object with retain()/release() (Storage, Node).
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
    if (count == MAX_DIMS)
      raise(ErrorKind::NotImplemented, "tensors of more than %d dimensions are not there yet", MAX_DIMS);
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

// How many objects of a kind are kept for reuse. None under the address sanitizer, which then sees uses after free.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool REUSE_OBJECTS = false;
#else
inline constexpr bool REUSE_OBJECTS = true;
#endif

}  // namespace taeda
