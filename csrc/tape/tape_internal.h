// What the files of the tape (tape_*.cpp) share among themselves.
#pragma once
#include <string>

#include "python/core_types.h"
#include "python/run.h"
#include "python/state.h"
#include "tape/tape.h"

namespace taeda {

// -- tape_line.cpp: where calls were made, who wrote to memory ------------------------------------------------------
struct Line {  // a place in Python code
  Ref<> code;
  int instruction = -1;
};
Line current_line();  // the innermost frame outside of the package
std::string line_text(PyObject* code, int instruction);
void set_package_path(PyObject* path);  // files below it are not the user's
// The last in-place writes are remembered (note_write in tape.h): who made the version after `saved_version`?
std::string write_text(const Storage* storage, uint32_t saved_version);  // "add_ (File ...)" or empty
void add_note(const std::string& text);                                  // to the Python exception that is set

// -- tape_node.cpp ------------------------------------------------------------------------------------------------
extern PyTypeObject* NodeType;  // taeda.autograd.graph.Node
struct NodeObject {             // what grad_fn shows
  PyObject ob_base;
  Node* node;  // owned
  PyObject* dictionary;
  PyObject* weak_references;
  static PyObject*& shown(Node& n) { return n.wrapper_; }
};
Node* node_of(PyObject* o);  // borrowed; raises TypeError for anything else
void add_node_type(PyObject* module);
std::string plain_name(const Node& n);  // "Add" for "AddBackward0": how PyTorch says it in messages
Ref<Tensor> zeros(const Node::OutputInfo& like);
Ref<Tensor> ones(const Tensor& like);
Ref<> as_object(const Ref<Tensor>& t);  // None for null
// A gradient made to fit: cast and summed to what `info` says; raises where that cannot be. `maker`, `index`: for
// messages.
void fit_gradient(Ref<Tensor>& gradient, const Node::OutputInfo& info, const Node* maker, size_t index,
                  bool create_graph);

// Accumulates into .grad of a leaf. One per leaf as long as somebody holds it.
class AccumulateGrad final : public Node {
 public:
  explicit AccumulateGrad(Tensor& t);
  ~AccumulateGrad() override;
  std::string name() const override { return "AccumulateGrad"; }
  bool is_internal() const override { return true; }
  Gradients apply(Gradients gradients, bool create_graph, uint64_t wanted) override;
  bool takes_composed() const override { return true; }
  PyObject* python_attribute(PyObject* name) override;
  uint32_t leaf_level(uint32_t) const override { return variable->autograd ? variable->autograd->level : 0; }
  PyObject* leaf_hooks() override { return variable->autograd ? variable->autograd->hooks.get() : nullptr; }
  Ref<Tensor> variable;

 protected:
  void dying() noexcept override;
};

// -- tape_hooks.cpp ------------------------------------------------------------------------------------------------
Ref<> removable_handle(PyObject* hooks);
Ref<> add_to_hooks(Ref<>& hooks, PyObject* hook);  // makes the dict if needed; returns a RemovableHandle
void run_tensor_hooks(PyObject* hooks, Ref<Tensor>& gradient);
void run_pre_hooks(Node& n, Gradients& gradients);
void run_post_hooks(Node& n, Gradients& inputs, const Gradients& outputs);
void run_retained(Node& n, const Gradients& gradients, bool create_graph);
void move_retained(Tensor& t, Node* before, uint32_t before_output, Node& now, uint32_t now_output);

// -- tape_saved.cpp -------------------------------------------------------------------------------------------------
void add_saved_functions(PyObject* module);
Ref<> saved_tensor_object(SavedTensor& saved, Node& owner);  // with register_hooks; `saved` is part of `owner`
// A node that hands gradients on, in front of `edge`.
Shared<Node> identity_node(Edge edge, const Tensor& like);

// -- tape_engine.cpp -------------------------------------------------------------------------------------------------
// Backward between edges. For each of `inputs` the gradient that arrives there; with `accumulate` nothing is returned
// and leaves get their .grad: all of them if `inputs` is empty, else those given.
std::vector<Ref<Tensor>> run_engine(std::vector<Edge>& roots, Gradients gradients, bool retain_graph, bool create_graph,
                                    std::vector<Edge>& inputs, bool accumulate);
extern bool anomaly_checks_nan;  // detect_anomaly(check_nan=...)
int64_t current_backward();      // the number of the backward that runs now on this thread, or -1
bool will_run(Node& n);          // does the node get a gradient in it?
Node* running_node();            // whose backward runs now on this thread, or null

// -- tape_inplace.cpp, tape_function.cpp ----------------------------------------------------------------------------
bool is_differentiable_view(const Tensor& t);
void set_history(Tensor& t, Shared<Node> node, uint32_t output);  // of a fresh tensor
void add_function_type(PyObject* module);
void add_tensor_gradient_methods();  // backward, detach, register_hook, ... to taeda.Tensor
void add_functions(PyObject* module, PyMethodDef* functions);
void add_split_functions(PyObject* module);  // tape_split.cpp
void add_level_functions(PyObject* module);  // tape_level.cpp

inline bool is_differentiable(DType d) { return info(d).floating || info(d).complex; }

}  // namespace taeda
