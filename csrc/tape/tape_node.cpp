// Nodes of the tape: their lifetime, accumulation into leaves, and how a gradient is made to fit what it is the
// gradient of. The nodes of op calls are in tape_op.cpp.
#include "tape/tape_node.h"

#include <algorithm>

#include "python/lifted.h"
#include "python/subclass.h"

namespace taeda {

namespace {
uint64_t next_sequence = 1;

// Nodes whose last reference went while another node was being freed; they wait here instead of on the stack.
struct Graveyard {
  std::vector<Node*> waiting;
  bool busy = false;
};
thread_local Graveyard graveyard;
}  // namespace

Node::Node() : sequence(next_sequence++), compiled(state.pending != nullptr) {}
Node::~Node() = default;

void Node::destroy(Node* n) noexcept {
  n->dying();
  if (graveyard.busy) {
    graveyard.waiting.push_back(n);
    return;
  }
  graveyard.busy = true;
  // Freeing saved tensors can run Python (a user's __del__); an exception on its way must survive that.
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  delete n;
  while (!graveyard.waiting.empty()) {
    Node* next = graveyard.waiting.back();
    graveyard.waiting.pop_back();
    delete next;
  }
  PyErr_Restore(type, value, trace);
  graveyard.busy = false;
}

PyObject* Node::python_attribute(PyObject*) { return nullptr; }

int Node::traverse(visitproc visit, void* arg) {
  if (!extras) return 0;
  Py_VISIT(extras->pre_hooks.get());
  Py_VISIT(extras->post_hooks.get());
  Py_VISIT(extras->metadata.get());
  for (auto& [output, hooks] : extras->tensor_hooks) Py_VISIT(hooks.get());
  return 0;
}

void Node::clear_references() {
  if (!extras) return;
  std::unique_ptr<Extras> before = std::move(extras);  // what goes with it may come back here
}

std::string plain_name(const Node& n) {
  std::string name = n.name();
  size_t digits = name.find_last_not_of("0123456789");
  if (digits != std::string::npos && digits >= 7 && name.compare(digits - 7, 8, "Backward") == 0)
    name.resize(digits - 7);
  return name;
}

Ref<> as_object(const Ref<Tensor>& t) { return t ? Ref<>::borrow(t.object()) : Ref<>::borrow(Py_None); }

Ref<Tensor> tensor_from(Ref<> o) {
  if (!is_tensor(o.get())) raise(PyExc_TypeError, "expected a tensor, got %s", Py_TYPE(o.get())->tp_name);
  return Ref<Tensor>::steal(as_tensor(o.release()));
}

Ref<Tensor> sum(const Ref<Tensor>& a, const Ref<Tensor>& b) { return call_core(CoreOp::Add, {a.object(), b.object()}); }
void add_into(const Ref<Tensor>& a, const Ref<Tensor>& b) { call_core(CoreOp::AddInPlace, {a.object(), b.object()}); }

Ref<> sizes_object(const Dims& sizes) {
  Ref<> tuple = checked(PyTuple_New(sizes.count));
  for (int i = 0; i < sizes.count; ++i)
    PyTuple_SET_ITEM(tuple.get(), i, checked(PyLong_FromLongLong(sizes[i])).release());
  return tuple;
}

namespace {
Ref<Tensor> filled(DType dtype, const Dims& sizes, Device device, int64_t with) {
  Ref<Tensor> t = empty(dtype, sizes, device);
  Number number{};
  number.floating = info(dtype).floating;
  number.integer = with;
  number.real = static_cast<double>(with);
  if (t->data() && t->numel) fill_with(*t, number);
  return t;
}
}  // namespace

Ref<Tensor> zeros(const Node::OutputInfo& like) { return filled(like.dtype, like.sizes, like.device, 0); }
Ref<Tensor> ones(const Tensor& like) {
  if (TAEDA_UNLIKELY(dispatching(&like)))
    return tensor_from(ask_subclasses("ones", {reinterpret_cast<PyObject*>(const_cast<Tensor*>(&like))}));
  return filled(like.dtype, like.shape(), like.device, 1);
}

Ref<Tensor> shape_tensor(DType dtype, Device device, const Dims& sizes, const Dims& strides) {
  Ref<Tensor> t = undescribed();
  Buffer nothing;
  nothing.device = device;
  describe_view(*t, nothing, dtype, sizes, strides, 0);
  return t;
}

Ref<Tensor> expanded_zero(const Node::OutputInfo& like) {
  Ref<Tensor> zero = filled(like.dtype, Dims{}, like.device, 0);
  Dims strides;
  for (int i = 0; i < like.sizes.count; ++i) strides.push(0);
  return alias(*zero, like.sizes, strides, 0);
}

namespace {

bool same_sizes(const Tensor& t, const Dims& sizes) {
  return t.ndim == sizes.count && std::memcmp(t.sizes, sizes.at, sizeof(int64_t) * sizes.count) == 0;
}

bool same_layout(const Tensor& a, const Tensor& b) {
  for (int i = 0; i < a.ndim; ++i) {
    if (a.sizes[i] != 1 && a.strides[i] != b.strides[i]) return false;
  }
  return true;
}

bool can_sum_to(const Tensor& t, const Dims& sizes) {
  if (sizes.count > t.ndim) return false;
  int extra = t.ndim - sizes.count;
  for (int i = 0; i < sizes.count; ++i) {
    if (sizes[i] != 1 && sizes[i] != t.sizes[extra + i]) return false;
  }
  return true;
}

}  // namespace

void fit_gradient(Ref<Tensor>& gradient, const Node::OutputInfo& wanted, const Node* maker, size_t index,
                  bool create_graph) {
  if (TAEDA_UNLIKELY(!same_sizes(*gradient, wanted.sizes))) {
    if (!can_sum_to(*gradient, wanted.sizes)) {
      raise(PyExc_RuntimeError,
            "Function %s returned an invalid gradient at index %zu - got %s but expected shape compatible with %s",
            maker ? maker->name().c_str() : "GraphRoot", index, shape_text(*gradient).at, dims_text(wanted.sizes).at);
    }
    Ref<Tensor> like = shape_tensor(wanted.dtype, wanted.device, wanted.sizes, contiguous_strides(wanted.sizes));
    gradient = create_graph || dispatching(gradient.get())
                   ? call_core(CoreOp::SumTo, {gradient.object(), like.object()})
                   : sum_to_shape(*gradient, *like);
  }
  if (TAEDA_UNLIKELY(gradient->dtype != wanted.dtype)) {
    if (create_graph || is_lifted(gradient.get()) || dispatching(gradient.get())) {
      gradient = call_core(CoreOp::Convert, {gradient.object(), dtype_object(wanted.dtype)});
    } else {
      Ref<Tensor> cast = empty(wanted.dtype, gradient->shape(), gradient->device);
      copy_into(*cast, *gradient);
      gradient = std::move(cast);
    }
  }
  if (TAEDA_UNLIKELY(!(gradient->device == wanted.device))) {
    raise(PyExc_RuntimeError, "Function %s returned an invalid gradient at index %zu - expected device %S but got %S",
          maker ? maker->name().c_str() : "GraphRoot", index, checked(device_object(wanted.device)).get(),
          checked(device_object(gradient->device)).get());
  }
}

// -- AccumulateGrad -------------------------------------------------------------------------------------------------

AccumulateGrad::AccumulateGrad(Tensor& t) : variable(Ref<Tensor>::borrow(&t)) {
  sequence = UINT64_MAX;  // as soon as possible: frees the gradient's memory
  add_output(t);
  autograd_data(t).accumulator = this;
}

AccumulateGrad::~AccumulateGrad() = default;

void AccumulateGrad::dying() noexcept {
  if (variable->autograd && variable->autograd->accumulator == this) variable->autograd->accumulator = nullptr;
}

PyObject* AccumulateGrad::python_attribute(PyObject* name) {
  if (PyUnicode_CompareWithASCIIString(name, "variable") != 0) return nullptr;
  return Ref<>::borrow(variable.object()).release();
}

Gradients AccumulateGrad::apply(Gradients gradients, bool create_graph, uint64_t) {
  Ref<Tensor> incoming = std::move(gradients[0]);
  gradients.clear();
  if (!incoming) return {};
  Tensor& t = *variable;
  Ref<Tensor> before = autograd_data(t).grad;
  if (before) {
    if (create_graph || is_lifted(incoming.get()) || is_lifted(before.get()) || dispatching(incoming.get())) {
      t.autograd->grad = sum(before, incoming);
    } else {
      add_into(before, incoming);
    }
  } else {
    bool dense = is_dense(t);
    // Taken over if nobody else can see it, else copied: the caller may write into .grad.
    bool own =
        !create_graph && incoming->ob_base.ob_refcnt == 1 && Py_TYPE(incoming.object()) == TensorType &&
        !incoming->requires_grad && incoming->storage && incoming->storage->references() == 1 &&
        incoming->storage->writable() &&
        incoming->storage->bytes() <= 256 + 2 * static_cast<size_t>(incoming->numel) * itemsize(incoming->dtype) &&
        (dense ? same_layout(*incoming, t) : incoming->is_contiguous());
    if (own) {
      t.autograd->grad = std::move(incoming);
    } else if (!create_graph && dispatching(incoming.get())) {
      t.autograd->grad = detached_subclass(*incoming);
    } else if (create_graph || is_lifted(incoming.get())) {
      t.autograd->grad = call_core(CoreOp::Clone, {incoming.object()});
    } else {
      Ref<Tensor> copy = dense ? empty_strided(incoming->dtype, t.shape(), Dims(t.strides, t.ndim), incoming->device)
                               : empty(incoming->dtype, t.shape(), incoming->device);
      if (incoming->data() && incoming->numel) copy_into(*copy, *incoming);
      t.autograd->grad = std::move(copy);
    }
  }
  before = nullptr;
  if (t.autograd->post_accumulate_hooks) {
    Ref<> hooks = checked(PyMapping_Values(t.autograd->post_accumulate_hooks.get()));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks.get()); ++i) {
      checked(PyObject_CallOneArg(PyList_GET_ITEM(hooks.get(), i), variable.object()));
    }
  }
  return {};
}

}  // namespace taeda
