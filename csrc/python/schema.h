// Schemas of ops and the parser of calls. Parsing is one pass over positional and keyword arguments into a fixed
// array; nothing is allocated on the way for ordinary calls.
#pragma once
#include <string>

#include "core/attribute.h"
#include "python/tensor.h"

namespace taeda {

// What a parameter takes. Each row: name in C++, name of the annotation (ARCHITECTURE.md), words in messages, what it
// holds for a Program, whether that is a list. Python reads the table as `_core.PARAMETER_KINDS`.
#define TAEDA_KINDS(X)                                                    \
  X(Tensor, "Tensor", "Tensor", Tensors, false)                           \
  X(TensorOrNumber, "TensorOrNumber", "Tensor or Number", Tensors, false) \
  X(Tensors, "Tensors", "tuple of Tensors", Tensors, true)                \
  X(Number, "Number", "Number", Numbers, false)                           \
  X(Float, "float", "float", Numbers, false)                              \
  X(SymInt, "SymInt", "int", Numbers, false)                              \
  X(Sizes, "Sizes", "tuple of ints", Numbers, true)                       \
  X(Generator, "Generator", "torch.Generator", Numbers, true)             \
  X(Int, "int", "int", Static, false)                                     \
  X(Bool, "bool", "bool", Static, false)                                  \
  X(Str, "str", "str", Static, false)                                     \
  X(DType, "DType", "torch.dtype", Static, false)                         \
  X(Dims, "Dims", "int or tuple of ints", Static, true)                   \
  X(IntTuple, "IntTuple", "tuple of ints", Static, true)                  \
  X(Device, "Device", "torch.device", Static, false)                      \
  X(Layout, "Layout", "torch.layout", Static, false)                      \
  X(MemoryFormat, "MemoryFormat", "torch.memory_format", Static, false)   \
  X(Object, "Object", "object", Static, false)

enum class Kind : uint8_t {
#define X(name, annotation, words, holds, list) name,
  TAEDA_KINDS(X)
#undef X
};

enum class Holds : uint8_t { Tensors, Numbers, Static };  // inputs of a Program, attributes of it, parts of the key
struct KindInfo {
  const char *annotation, *words;
  Holds holds;
  bool list;
};
const KindInfo& info(Kind kind);

struct Parameter {
  std::string name;
  PyObject* interned;  // name, for pointer comparison
  Kind kind;
  bool optional;  // None is allowed
  bool has_default;
  bool keyword_only;
  Ref<> default_value;
};

struct Schema {
  std::vector<Parameter> parameters;
  std::vector<std::pair<std::string, int>> keyword_aliases;  // further names of parameters, by index: axis for dim
  int positional = 0;                                        // how many may be given by position
  int varargs = -1;  // index of a Sizes/Dims parameter that may be spread: x.view(2, 3)
  // "(Tensor input, Tensor or Number other, *, Number alpha = 1)"; without types "(input, other, *, alpha=1)"
  std::string signature(bool types = true) const;
};

inline constexpr int MAX_PARAMETERS = 24;

Kind kind_from_name(const char* name);       // of the annotation
Ref<> kinds_object();                        // {annotation: ("tensors" | "numbers" | "static", whether a list)}
bool fits(const Parameter& p, PyObject* o);  // does the object's type fit? Values are read later

}  // namespace taeda
