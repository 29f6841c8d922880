// Which variables a result depends on: those of the transform (taeda.func.grad and the like) that asks, or others too.
//
// A transform gives its variables a level, the number of transforms around; other leaves have 0. What depends only on
// variables of one's own level has a gradient that needs no graph, and a value that requires none afterwards.
#include "tape/tape_node.h"

namespace taeda {
namespace {

constexpr uint32_t UNKNOWN = UINT32_MAX, NONE = UINT32_MAX - 1;

// The lowest level of the leaves that `start` leads to. Edges of nodes do not change, so what was found stays.
uint32_t lowest_level(Node& start) {
  std::vector<std::pair<Node*, size_t>> stack;
  if (start.lowest_level == UNKNOWN) stack.emplace_back(&start, 0);
  while (!stack.empty()) {
    auto& [node, edge] = stack.back();
    if (edge == 0) node->lowest_level = node->leaf_level(NONE);
    if (edge == node->edges.size()) {
      for (const Edge& e : node->edges)
        if (e.node) node->lowest_level = std::min(node->lowest_level, e.node->lowest_level);
      stack.pop_back();
      continue;
    }
    Node* next = node->edges[edge++].node.get();
    if (next && next->lowest_level == UNKNOWN) stack.emplace_back(next, 0);
  }
  return start.lowest_level;
}

// lowest_level(tensor): of the variables it depends on, or None.
PyObject* lowest_level_function(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    if (!is_tensor(o)) raise(PyExc_TypeError, "lowest_level() takes a tensor");
    Edge edge = gradient_edge(*as_tensor(o));
    if (!edge.node) Py_RETURN_NONE;
    return PyLong_FromUnsignedLong(lowest_level(*edge.node));
  });
}

// set_level(leaf, level)
PyObject* set_level(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject* tensor;
    unsigned level;
    if (!PyArg_ParseTuple(args, "O!I:set_level", TensorType, &tensor, &level)) throw PythonError();
    autograd_data(*as_tensor(tensor)).level = level;
    Py_RETURN_NONE;
  });
}

PyMethodDef functions[] = {
    {"lowest_level", lowest_level_function, METH_O,
     "lowest_level(tensor): the lowest level of the variables it depends on; None if there are none."},
    {"set_level", set_level, METH_VARARGS, "set_level(leaf, level): of which transform a leaf is a variable."},
    {},
};

}  // namespace

void add_level_functions(PyObject* module) { add_functions(module, functions); }

}  // namespace taeda
