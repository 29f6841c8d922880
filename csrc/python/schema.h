// Schemas of ops and the parser of calls. Parsing is one pass over positional and keyword arguments into a fixed
// array; nothing is allocated on the way for ordinary calls.
#pragma once
#include <string>

#include "core/attribute.h"
#include "python/tensor.h"

namespace taeda {

enum class Kind : uint8_t {
  Tensor, TensorOrNumber, Tensors, Number, SymInt, Sizes,            // run time
  Int, Bool, Str, DType, Dims, Float, IntTuple, Device, Object,  // static (in the key), but Float: a run-time number
  Generator,
};

struct Parameter {
  std::string name;
  PyObject* interned;         // name, for pointer comparison
  Kind kind;
  bool optional;              // None is allowed
  bool has_default;
  bool keyword_only;
  Ref<> default_value;
};

struct Schema {
  std::vector<Parameter> parameters;
  int positional = 0;         // how many may be given by position
  int varargs = -1;           // index of a Sizes/Dims parameter that may be spread: x.view(2, 3)
  // "(Tensor input, Tensor or Number other, *, Number alpha = 1)"; without types "(input, other, *, alpha=1)"
  std::string signature(bool types = true) const;
};

inline constexpr int MAX_PARAMETERS = 24;

Kind kind_from_name(const char* name);     // the annotation's name, as in ARCHITECTURE.md
std::string kind_name(const Parameter& p);  // for messages
bool fits(const Parameter& p, PyObject* o); // does the object's type fit? Values are read later

}  // namespace taeda
