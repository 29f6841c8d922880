// Several views from one call (split, unbind): their geometry, and the one node they share, whose backward puts the
// gradients of the pieces side by side. Separate views would each fill a gradient of the size of the whole.
#include <algorithm>

#include "python/composed.h"
#include "python/lifted.h"
#include "python/subclass.h"
#include "tape/tape_node.h"

namespace taeda {
namespace {

enum class Way : uint8_t { Along, Apart };  // pieces along a dimension, or slices without it

Ref<Tensor> piece_of(Tensor& whole, Way way, int dim, int64_t start, int64_t length) {
  Dims sizes = whole.shape(), strides(whole.strides, whole.ndim);
  int64_t offset = whole.offset + start * whole.strides[dim];
  if (way == Way::Along) {
    sizes[dim] = length;
    return alias(whole, sizes, strides, offset);
  }
  Dims fewer_sizes, fewer_strides;
  for (int i = 0; i < whole.ndim; ++i) {
    if (i == dim) continue;
    fewer_sizes.push(sizes[i]);
    fewer_strides.push(strides[i]);
  }
  return alias(whole, fewer_sizes, fewer_strides, offset);
}

class SplitNode final : public Node {
 public:
  SplitNode(Tensor& whole, Way way, int dim, std::vector<int64_t> lengths, const char* name)
      : whole_(whole), way_(way), dim_(dim), lengths_(std::move(lengths)), name_(name) {
    note_line();
    edges.push_back(gradient_edge(whole));
  }
  std::string name() const override { return std::string(name_) + "Backward0"; }

  Gradients apply(Gradients gradients, bool create_graph, uint64_t) override {
    Gradients result(1);
    bool any = false;
    for (const Ref<Tensor>& g : gradients) any |= static_cast<bool>(g);
    if (!any || !edges[0].node) return result;
    gradients.resize(lengths_.size());
    bool lifted = std::any_of(gradients.begin(), gradients.end(),
                              [](auto& g) { return is_lifted(g.get()) || dispatching(g.get()); });
    if (create_graph || lifted || state.pending) {  // one call, that can be put off
      Ref<> pieces = checked(PyTuple_New(static_cast<Py_ssize_t>(gradients.size())));
      for (size_t k = 0; k < gradients.size(); ++k) {
        if (!gradients[k]) gradients[k] = expanded_zero(outputs[k]);
        PyTuple_SET_ITEM(pieces.get(), static_cast<Py_ssize_t>(k), as_object(gradients[k]).release());
      }
      Ref<> dim = checked(PyLong_FromLong(dim_));
      result[0] = call_core(way_ == Way::Along ? CoreOp::Cat : CoreOp::Stack, {pieces.get(), dim.get()});
      return result;
    }
    result[0] = empty(whole_.dtype, whole_.sizes, whole_.device);
    Number zero{};
    zero.floating = info(whole_.dtype).floating;
    int64_t start = 0;
    for (size_t k = 0; k < gradients.size(); ++k) {
      Ref<Tensor> place = piece_of(*result[0], way_, dim_, start, lengths_[k]);
      start += lengths_[k];
      if (!place->numel) continue;
      if (gradients[k])
        copy_into(*place, *gradients[k]);
      else
        fill_with(*place, zero);
    }
    return result;
  }

 private:
  OutputInfo whole_;
  Way way_;
  int dim_;
  std::vector<int64_t> lengths_;
  const char* name_;
};

// The views, as a tuple; noted as views of several, and recorded where the tensor needs a gradient.
Ref<> pieces(Tensor& whole, Way way, int dim, std::vector<int64_t> lengths, const char* name) {
  if (is_composed(&whole)) raise(PyExc_NotImplementedError, "%s of a tensor that is not strided", name);
  if (bool lifted = is_lifted(&whole); lifted || dispatching(&whole)) {  // one view after the other
    auto* type = reinterpret_cast<PyObject*>(LiftedType);
    Ref<> along = Ref<>::borrow(way == Way::Along ? Py_True : Py_False), list = checked(PyList_New(0));
    for (int64_t n : lengths)
      if (PyList_Append(list.get(), checked(PyLong_FromLongLong(n)).get()) < 0) throw PythonError();
    if (!lifted)
      return ask_subclasses("pieces", {&whole.ob_base, along.get(), checked(PyLong_FromLong(dim)).get(), list.get()});
    return checked(PyObject_CallMethod(type, "pieces", "OOiO", &whole.ob_base, along.get(), dim, list.get()));
  }
  Ref<> result = checked(PyTuple_New(static_cast<Py_ssize_t>(lengths.size())));
  Tensor* inputs[1] = {&whole};
  Shared<Node> node;
  if (needs_gradient(inputs)) node = Shared<Node>::steal(new SplitNode(whole, way, dim, lengths, name));
  int64_t start = 0;
  for (size_t k = 0; k < lengths.size(); ++k) {
    Ref<Tensor> piece = piece_of(whole, way, dim, start, lengths[k]);
    start += lengths[k];
    note_view(*piece, whole, true);
    if (node) {
      node->add_output(*piece);
      set_history(*piece, node, static_cast<uint32_t>(k));
    }
    PyTuple_SET_ITEM(result.get(), static_cast<Py_ssize_t>(k), reinterpret_cast<PyObject*>(piece.release()));
  }
  return result;
}

// (tensor, dim, lengths, name): views along `dim`, one after the other, of lengths that make up its size.
PyObject* split_views(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *tensor, *given;
    int dim;
    const char* name;
    if (!PyArg_ParseTuple(args, "O!iOs:split_views", TensorType, &tensor, &dim, &given, &name)) throw PythonError();
    Tensor& whole = *as_tensor(tensor);
    if (dim < 0 || dim >= whole.ndim) raise(PyExc_IndexError, "split_views: no dimension %d", dim);
    Ref<> items = checked(PySequence_Fast(given, "split_views: lengths must be a sequence"));
    std::vector<int64_t> lengths;
    int64_t rest = whole.sizes[dim];
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(items.get()); ++k) {
      int64_t n = PyLong_AsLongLong(PySequence_Fast_GET_ITEM(items.get(), k));
      if (n == -1 && PyErr_Occurred()) throw PythonError();
      if (n < 0 || n > rest) raise(PyExc_RuntimeError, "split_views: the lengths do not make up the size");
      rest -= n;
      lengths.push_back(n);
    }
    if (rest) raise(PyExc_RuntimeError, "split_views: the lengths do not make up the size");
    const char* known = std::strcmp(name, "SplitWithSizes") == 0 ? "SplitWithSizes" : "Split";
    return pieces(whole, Way::Along, dim, std::move(lengths), known).release();
  });
}

// (tensor, dim): the slices along `dim`.
PyObject* unbind_views(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject* tensor;
    long long dim;
    if (!PyArg_ParseTuple(args, "O!L:unbind", TensorType, &tensor, &dim)) throw PythonError();
    Tensor& whole = *as_tensor(tensor);
    int along = wrap_dim(dim, whole.ndim);
    if (!whole.ndim) raise(PyExc_IndexError, "Dimension specified as 0 but tensor has no dimensions");
    return pieces(whole, Way::Apart, along, std::vector<int64_t>(static_cast<size_t>(whole.sizes[along]), 1), "Unbind")
        .release();
  });
}

PyMethodDef functions[] = {
    {"split_views", split_views, METH_VARARGS,
     "split_views(tensor, dim, lengths, name): views along `dim`, one after the other, of the given lengths."},
    {"unbind_views", unbind_views, METH_VARARGS, "unbind_views(tensor, dim): the slices along `dim`, as views."},
    {},
};

}  // namespace

void add_split_functions(PyObject* module) { add_functions(module, functions); }

}  // namespace taeda
