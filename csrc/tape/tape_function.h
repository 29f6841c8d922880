// The node of an autograd.Function's call, and the `ctx` that belongs to it.
#pragma once
#include "tape/tape_internal.h"

namespace taeda {

class FunctionNode;

// The `ctx` of a Function's call. The node owns it; it refers to the node without owning it.
struct ContextObject {
  PyObject ob_base;
  FunctionNode* node;  // null before and after its life
  PyObject* needs_input_grad;
  PyObject* to_save;
  PyObject* non_differentiable;
  PyObject* dirty_tensors;
  char materialize_grads, materialize_non_diff_grads;
  bool had_node;
  PyObject* dictionary;
  PyObject* weak_references;
};
extern PyTypeObject* ContextType;

inline ContextObject* as_context(PyObject* o) { return reinterpret_cast<ContextObject*>(o); }

class FunctionNode final : public Node {
 public:
  FunctionNode(Ref<> context, std::string name) : context_(std::move(context)), name_(std::move(name)) {
    as_context(context_.get())->node = this;
    as_context(context_.get())->had_node = true;
  }
  ~FunctionNode() override = default;
  std::string name() const override { return name_; }
  const char* python_module() const override { return "taeda.autograd.function"; }
  Gradients apply(Gradients gradients, bool create_graph, uint64_t wanted) override;
  bool takes_composed() const override { return true; }
  void release_saved() override {
    for (SavedTensor& s : saved) s.reset();
    released = !saved.empty();
  }
  PyObject* python_attribute(PyObject* name) override {
    if (PyUnicode_CompareWithASCIIString(name, "_raw_saved_tensors") == 0) {
      Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(saved.size())));
      for (size_t i = 0; i < saved.size(); ++i) {
        PyTuple_SET_ITEM(tuple.get(), i, saved_tensor_object(saved[i], *this).release());
      }
      return tuple.release();
    }
    PyObject* value = PyObject_GetAttr(context_.get(), name);
    if (!value) PyErr_Clear();
    return value;
  }
  int traverse(visitproc visit, void* arg) override {
    Py_VISIT(context_.get());
    return Node::traverse(visit, arg);
  }
  int written_input() const override { return written; }
  Ref<> saved_tensors();

  std::vector<bool> input_is_tensor;
  std::vector<bool> output_is_tensor;
  std::vector<SavedTensor> saved;
  std::vector<bool> saved_none;
  int written = 0;
  bool released = false;

 protected:
  void dying() noexcept override { as_context(context_.get())->node = nullptr; }

 private:
  Ref<> context_;
  std::string name_;
};

void add_context_type(PyObject* module);  // tape_context.cpp

}  // namespace taeda
