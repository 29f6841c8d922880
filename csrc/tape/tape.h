// The tape: nodes of the backward graph, what they saved, and the engine that walks them. Also the one home of the
// rules of mutation: version counters, in-place writes to leaves, views and their bases.
//
//   Node               one op call (or accumulation into a leaf, or an autograd.Function, or a CopySlices)
//   edges              for each tensor input that needs a gradient: the node and output number that gets it
//   saved tensors      with the version of their storage at the time; a later in-place write is found when they are
//   used
//
// Python runs inside backward only for the user's own hooks and Functions.
#pragma once
#include <memory>
#include <span>
#include <string>

#include "core/attribute.h"
#include "python/op.h"
#include "python/tensor.h"

namespace taeda {

// A list with room for N elements in place; longer ones go to the heap. Most nodes have one output and one or two
// edges.
template <class T, int N>
class Few {
 public:
  Few() = default;
  Few(Few&& o) noexcept
      : heap_(std::exchange(o.heap_, nullptr)),
        size_(std::exchange(o.size_, 0)),
        capacity_(std::exchange(o.capacity_, N)) {
    for (uint32_t i = 0; !heap_ && i < size_; ++i) {
      new (at() + i) T(std::move(o.at()[i]));
      o.at()[i].~T();
    }
  }
  Few& operator=(const Few&) = delete;
  ~Few() {
    for (uint32_t i = 0; i < size_; ++i) at()[i].~T();
    if (heap_) ::operator delete(heap_);
  }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return at()[i]; }
  const T& operator[](size_t i) const { return at()[i]; }
  T* begin() { return at(); }
  T* end() { return at() + size_; }
  const T* begin() const { return at(); }
  const T* end() const { return at() + size_; }
  T& push_back(T x) {
    if (size_ == capacity_) grow();
    return *new (at() + size_++) T(std::move(x));
  }
  void resize(size_t n) {  // grows only
    while (size_ < n) push_back(T());
  }

 private:
  T* at() { return heap_ ? heap_ : reinterpret_cast<T*>(place_); }
  const T* at() const { return heap_ ? heap_ : reinterpret_cast<const T*>(place_); }
  void grow() {
    T* more = static_cast<T*>(::operator new(sizeof(T) * capacity_ * 2));
    for (uint32_t i = 0; i < size_; ++i) {
      new (more + i) T(std::move(at()[i]));
      at()[i].~T();
    }
    if (heap_) ::operator delete(heap_);
    heap_ = more;
    capacity_ *= 2;
  }
  alignas(T) unsigned char place_[N * sizeof(T)];
  T* heap_ = nullptr;
  uint32_t size_ = 0, capacity_ = N;
};

struct Edge {
  Shared<Node> node;  // null: this input needs no gradient
  uint32_t output = 0;
};

using Gradients = std::vector<Ref<Tensor>>;  // null entries: no gradient (zero)

// Masks over edges or tensor inputs: the last bit stands for all from there on.
inline uint64_t edge_bit(size_t i) { return uint64_t{1} << (i < 63 ? i : 63); }
inline constexpr uint64_t ALL_EDGES = ~uint64_t{0};

class Node {
 public:
  Node();
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual std::string name() const = 0;  // "AddBackward0"
  virtual bool is_internal() const {
    return false;
  }  // PyTorch's name() says "torch::autograd::AccumulateGrad" for these
  // Gradients of this node's outputs (null where none came) → one per edge. create_graph: the call is recorded itself.
  // `wanted` is a mask of the edges whose gradients will be used (bit 63: all from 63 on); others may stay away.
  virtual Gradients apply(Gradients gradients, bool create_graph, uint64_t wanted) = 0;
  virtual bool takes_composed() const { return false; }  // sparse gradients as they are, not made strided first
  virtual void release_saved() {}                        // after a backward without retain_graph
  // After an in-place call wrote what this node saved as its output: the write itself is no change since.
  virtual void outputs_written() {}
  PyObject* python_object();                                        // what grad_fn shows; new reference
  virtual const char* python_module() const { return "builtins"; }  // of the class of that object
  virtual PyObject* python_attribute(PyObject* name);               // new reference, or null without an exception
  virtual int written_input() const { return 0; }  // of an in-place call: the edge of the tensor written to
  // The user's call in words, for messages: "mul", "the backward of Foo".
  virtual std::string call_name() const { return name(); }

  // For the cycle collector, which may ask the only owner of a node: the Python objects that the node owns.
  virtual int traverse(visitproc visit, void* arg);
  virtual void clear_references();
  int64_t references() const { return references_; }

  void retain() { ++references_; }
  void release() {
    if (--references_ == 0) destroy(this);
  }

  uint64_t sequence;                   // later nodes run first
  bool compiled;                       // made in a compiled function: its backward is compiled too
  uint32_t lowest_level = UINT32_MAX;  // tape_level.cpp; not known yet
  Few<Edge, 2> edges;
  // Shapes of the outputs, to check gradients and to make zeros for those that none came for.
  struct OutputInfo {
    Dims sizes;
    DType dtype = DType::Float32;
    Device device;
    OutputInfo() = default;
    explicit OutputInfo(const Tensor& t) : sizes(t.sizes, t.ndim), dtype(plain(t.dtype)), device(t.device) {}
  };
  Few<OutputInfo, 1> outputs;
  void add_output(const Tensor& t) { outputs.push_back(OutputInfo(t)); }

  // What only a few nodes have.
  struct Extras {
    Ref<> pre_hooks, post_hooks;  // OrderedDict id → callable (Node.register_prehook / register_hook)
    std::vector<std::pair<uint32_t, Ref<>>> tensor_hooks;  // hooks dict of the tensor that was output n
    std::vector<std::pair<uint32_t, Ref<>>> retained;      // weak references to tensors with retain_grad
    Ref<> metadata;                                        // dict: Node.metadata
    Ref<> traceback;                                       // list of str, in anomaly mode: where the call was made
    Shared<Node> parent;                                   // in anomaly mode: the node whose backward made this one
  };
  std::unique_ptr<Extras> extras;
  Extras& extra() {
    if (!extras) extras = std::make_unique<Extras>();
    return *extras;
  }
  virtual uint32_t leaf_level(uint32_t otherwise) const { return otherwise; }  // of the leaf it accumulates into
  virtual PyObject* leaf_hooks() { return nullptr; }  // borrowed: the hooks dict of the leaf this node accumulates into

  // The user's line that made this node, for messages: code object and instruction index (null if unknown).
  Ref<> code;
  int instruction = -1;
  int32_t scope = 0;              // the module it was made in, where a profile wants to know (python/profiling.h)
  void note_line();               // the innermost frame outside of the package; cheap
  std::string line_text() const;  // 'File "x.py", line 3, in f\n    y = x * 2', or empty

 protected:
  virtual void dying() noexcept {}  // no references are left: drop what points here without owning
  PyObject* wrapper_ = nullptr;     // weak: the Python object that shows this node
  friend struct NodeObject;

 private:
  static void destroy(Node* n) noexcept;  // without recursion: graphs may be a million nodes deep
  int64_t references_ = 1;
};

// A tensor remembered for backward. Outputs are kept without their history (else node and tensor would own each
// other) and get it back on use.
class SavedTensor {
 public:
  SavedTensor() = default;
  SavedTensor(Tensor& t, bool is_output_of_this_node);
  // The tensor, with its history if `history`; raises PyTorch's errors if it was changed in place since
  // ("one of the variables needed for gradient computation has been modified by an inplace operation: ...", naming
  // the op that saved it and, where known, the op that changed it) or was freed ("Trying to backward through the graph
  // a second time ...").
  Ref<Tensor> unpack(Node& owner, bool history = true) const;
  void reset() {
    tensor_ = nullptr;
    grad_fn_ = nullptr;
    packed_ = nullptr;
    released_ = true;
  }
  void refresh_version();                                     // the write that made this output is no change since
  void set_output_number(uint32_t k) { output_number_ = k; }  // outputs are saved before they know their place
  // Does t have the sizes and the dtype of what was saved? `x.data = y` and unpack hooks can put in others, for which
  // the backward Program was not made.
  bool fits(const Tensor& t) const { return geometry_ == geometry(t); }
  void set_hooks(PyObject* pack, PyObject* unpack);  // saved_tensors_hooks for this one; raises if it has some

 private:
  struct Packed {
    Ref<> value, unpack;
  };
  void check_version(Node& owner) const;
  static uint64_t geometry(const Tensor& t) {
    uint64_t h = static_cast<uint64_t>(t.ndim) << 8 | static_cast<uint64_t>(t.dtype);
    for (int i = 0; i < t.ndim; ++i) h = (h ^ static_cast<uint64_t>(t.sizes[i])) * 0x9E3779B97F4A7C15ull;
    return h;
  }
  Ref<Tensor> tensor_;
  Shared<Node> grad_fn_;  // of a saved input: the history it had
  std::unique_ptr<Packed> packed_;
  uint64_t geometry_ = 0;
  uint32_t version_ = 0;
  uint32_t output_number_ = 0;
  bool is_output_ = false, released_ = false, requires_grad_ = false;
};

// -- called by dispatch -------------------------------------------------------------------------------------------
// Does t take part in a graph? Not the field alone: a view of a base that got a history through an in-place write does.
inline bool requires_gradient(const Tensor& t) {
  return t.requires_grad || (t.autograd && t.autograd->base && t.autograd->base->requires_grad);
}
// Does a call with these inputs have to be recorded? Mask over the tensor inputs that require gradients (null inputs
// are allowed); bit 63 stands for all inputs from 63 on. 0 when gradient mode is off.
uint64_t needs_gradient(std::span<Tensor* const> inputs);
// Record a call that made `outputs`; sets grad_fn and requires_grad of the differentiable ones, saves what backward
// needs. The node is an OpNode: it runs the backward Program, and with create_graph records that as a call of its own.
void record(Compiled& compiled, uint64_t needs, std::span<Tensor* const> inputs, std::span<const Attribute> attributes,
            std::span<Ref<Tensor>> outputs);
// The same for an in-place call: inputs as they were before the write (inputs[k] may be an alias made by dispatch of
// the tensor's old state); returns the node without attaching it, for rebase_history. With `inplace` the node's call is
// named as the in-place form in messages.
Shared<Node> make_node(Compiled& compiled, uint64_t needs, std::span<Tensor* const> inputs,
                       std::span<const Attribute> attributes, std::span<Ref<Tensor>> outputs, bool inplace = false);
// Of an in-place call, before the write: a copy of the target with its history if backward will need the old values
// (x.mul_(y) where y requires grad), else null. It takes the target's place among the inputs given to make_node.
Ref<Tensor> keep_before_write(Compiled& compiled, uint64_t needs, Tensor& target);
// Output is a view of base: note it (also without gradients: writes must find the base). multi_output: from a call that
// returns several views (split, unbind), which may not be written to under gradients.
void note_view(Tensor& view, Tensor& base, bool multi_output = false);
// Before an in-place write to t: PyTorch's checks (leaf that requires grad, view of such a leaf, view made in no_grad,
// inference tensor, multi-output view, internal overlap). `recorded`: whether gradient mode will record the write.
void check_inplace(Tensor& t, bool recorded);
void check_inplace_history(Tensor& t, bool recorded);  // those of them that are not about memory
// After a write: count it. `by`, the public name of the op, is remembered for the error of a saved tensor that was
// changed.
void note_write(const Tensor& t, const char* by);
inline void bump_version(Tensor& t, const char* by = nullptr) {
  if (!t.storage || t.detached_version) return;
  ++t.storage->version;
  if (by) note_write(t, by);
}
// After the write and bump_version: if `node` is given t's history becomes output `n` of it, and that of its base is
// rebased through CopySlices.
void rebase_history(Tensor& t, Shared<Node> node, uint32_t n);
// x.t_(): t gets the geometry of `view`, a view of it, and its history. `op` as in bump_version.
void become_view(Tensor& t, Tensor& view, const char* op);

// -- for everybody --------------------------------------------------------------------------------------------------
Shared<Node> gradient_function(Tensor& t);  // the node that t comes from; null for leaves. For views whose base was
                                            // written to it is made anew here: always read grad_fn through this.
Edge gradient_edge(Tensor& t);              // the same, or the accumulator of a leaf that requires grad, or null
inline bool is_leaf(Tensor& t) { return !requires_gradient(t) || !gradient_function(t); }
Ref<Tensor> detach(Tensor& t);                          // shares memory and version counter, no history
void detach_inplace(Tensor& t);                         // raises for views
void set_requires_grad(Tensor& t, bool requires_grad);  // raises for non-leaves and for integers
Ref<> register_hook(Tensor& t, PyObject* hook);         // returns a RemovableHandle
Ref<> register_post_accumulate_grad_hook(Tensor& t, PyObject* hook);
void retain_grad(Tensor& t);
// Backward from roots. inputs empty: accumulate into leaves; else return the gradients of the inputs.
std::vector<Ref<Tensor>> run_backward(std::span<Ref<Tensor>> roots, Gradients gradients, bool retain_graph,
                                      bool create_graph, std::span<Ref<Tensor>> inputs, bool allow_unused,
                                      bool accumulate);

void add_tape_to_module(
    PyObject* module);  // Node, FunctionContext, modes; methods of Tensor: after add_tensor_to_module

}  // namespace taeda
