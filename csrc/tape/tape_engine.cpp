// The engine: walks the graph from the roots to the leaves on the calling thread.
//
// A first pass finds the nodes and counts for each how many edges lead to it. A node runs when all of them are done,
// the latest made first. Gradients that arrive at one output of a node are added in the order in which they arrive,
// which is a function of the graph alone.
#include <algorithm>

#include "python/compile_mode.h"
#include "python/composed.h"
#include "python/lifted.h"
#include "tape/tape_node.h"

namespace taeda {

bool anomaly_checks_nan = true;

namespace {

thread_local Node* running = nullptr;

// Node → number, open addressing. Nodes carry no field for this, because several backwards can be on the way at once
// (hooks and Functions that call backward, other threads).
class NodeNumbers {
 public:
  NodeNumbers() : table_(64) {}
  // The number of n, or `next` after noting n under it.
  uint32_t find_or_add(Node* n, uint32_t next) {
    if (count_ * 2 >= table_.size()) grow();
    size_t at = place(n, table_);
    if (table_[at].node == n) return table_[at].number;
    table_[at] = {n, next};
    ++count_;
    return next;
  }
  uint32_t find(Node* n) const {  // UINT32_MAX if unknown
    const Entry& e = table_[place(n, table_)];
    return e.node == n ? e.number : UINT32_MAX;
  }

 private:
  struct Entry {
    Node* node = nullptr;
    uint32_t number = 0;
  };
  static size_t place(Node* n, const std::vector<Entry>& table) {
    size_t mask = table.size() - 1;
    size_t at = (reinterpret_cast<uintptr_t>(n) >> 4) * 0x9E3779B97F4A7C15ull >> 20 & mask;
    while (table[at].node && table[at].node != n) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Entry> bigger(table_.size() * 2);
    for (const Entry& e : table_) {
      if (e.node) bigger[place(e.node, bigger)] = e;
    }
    table_ = std::move(bigger);
  }
  std::vector<Entry> table_;
  size_t count_ = 0;
};

struct Task {
  struct Step {
    Node* node;
    uint32_t waiting = 0;  // edges to this node that have not been served
    bool needed = true;    // runs, or its gradients are asked for
    bool applies = true;   // runs
    bool queued = false;
    std::vector<uint32_t> captures;  // numbers of the inputs that are outputs of this node
    Few<Ref<Tensor>, 1> arriving;
  };
  std::vector<Step> steps;
  NodeNumbers numbers;
  std::vector<uint32_t> heap;
  bool retain_graph, create_graph;
  int64_t number = -1;
  std::vector<Edge>* inputs = nullptr;
  bool accumulate = false;
  std::vector<Ref<Tensor>> captured;

  bool later(uint32_t a, uint32_t b) const {  // does b run before a?
    uint64_t x = steps[a].node->sequence, y = steps[b].node->sequence;
    return x != y ? x < y : a > b;
  }
  void push(uint32_t number) {
    steps[number].queued = true;
    heap.push_back(number);
    std::push_heap(heap.begin(), heap.end(), [this](uint32_t a, uint32_t b) { return later(a, b); });
  }
  uint32_t pop() {
    std::pop_heap(heap.begin(), heap.end(), [this](uint32_t a, uint32_t b) { return later(a, b); });
    uint32_t number = heap.back();
    heap.pop_back();
    return number;
  }
  uint32_t number_of(Node* n, bool* fresh) {
    uint32_t next = static_cast<uint32_t>(steps.size());
    uint32_t number = numbers.find_or_add(n, next);
    *fresh = number == next;
    if (*fresh) {
      steps.emplace_back();
      steps.back().node = n;
    }
    return number;
  }

  void discover(const std::vector<Edge>& roots);
  void mark_needed();
  void arrive(uint32_t number, uint32_t output, Ref<Tensor> gradient);
  void run_step(uint32_t number);
  uint64_t wanted_edges(const Node& node) const;
  void check_nan(Node& node, const Gradients& gradients);
};

// All nodes that the roots lead to, and their counts.
void Task::discover(const std::vector<Edge>& roots) {
  std::vector<uint32_t> stack;
  bool fresh;
  for (const Edge& root : roots) {
    uint32_t number = number_of(root.node.get(), &fresh);
    if (fresh) stack.push_back(number);
  }
  while (!stack.empty()) {
    Node* node = steps[stack.back()].node;
    stack.pop_back();
    for (const Edge& edge : node->edges) {
      if (!edge.node) continue;
      uint32_t number = number_of(edge.node.get(), &fresh);
      ++steps[number].waiting;
      if (fresh) stack.push_back(number);
    }
  }
}

// With inputs given only the nodes on a way to one of them run.
void Task::mark_needed() {
  for (Step& step : steps) step.needed = step.applies = false;
  for (uint32_t i = 0; i < inputs->size(); ++i) {
    uint32_t number = (*inputs)[i].node ? numbers.find((*inputs)[i].node.get()) : UINT32_MAX;
    if (number == UINT32_MAX) continue;
    Step& step = steps[number];
    step.needed = true;
    if (!accumulate) step.captures.push_back(i);
    if (accumulate && step.node->sequence == UINT64_MAX) step.applies = true;
  }
  // Depth first, each node after those it leads to.
  struct Frame {
    uint32_t number, edge;
  };
  std::vector<Frame> stack;
  std::vector<bool> seen(steps.size());
  for (uint32_t start = 0; start < steps.size(); ++start) {
    if (seen[start]) continue;
    seen[start] = true;
    stack.push_back({start, 0});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      Step& step = steps[frame.number];
      if (frame.edge == step.node->edges.size()) {
        for (const Edge& edge : step.node->edges) {
          if (edge.node && steps[numbers.find(edge.node.get())].needed) step.needed = step.applies = true;
        }
        stack.pop_back();
        continue;
      }
      Node* next = step.node->edges[frame.edge++].node.get();
      if (!next) continue;
      uint32_t number = numbers.find(next);
      if (seen[number]) continue;
      seen[number] = true;
      stack.push_back({number, 0});
    }
  }
}

uint64_t Task::wanted_edges(const Node& node) const {
  if (!inputs) return ALL_EDGES;
  uint64_t wanted = 0;
  for (size_t i = 0; i < node.edges.size(); ++i) {
    if (node.edges[i].node && steps[numbers.find(node.edges[i].node.get())].needed) wanted |= edge_bit(i);
  }
  return wanted;
}

bool may_write_into(const Tensor& t) {
  return t.ob_base.ob_refcnt == 1 && Py_TYPE(&t.ob_base) == TensorType && !t.requires_grad && !t.is_inference &&
         t.storage && t.storage->references() == 1 && t.storage->writable() && is_dense(t);
}

void Task::arrive(uint32_t number, uint32_t output, Ref<Tensor> gradient) {
  Step& step = steps[number];
  step.arriving.resize(std::max<size_t>(output + 1, step.node->outputs.size()));
  Ref<Tensor>& before = step.arriving[output];
  if (!before) {
    before = std::move(gradient);
    return;
  }
  bool same_sizes = before->ndim == gradient->ndim &&
                    std::memcmp(before->sizes, gradient->sizes, sizeof(int64_t) * before->ndim) == 0;
  bool in_place = !create_graph && same_sizes && before->dtype == gradient->dtype && !is_lifted(gradient.get());
  if (in_place && may_write_into(*before)) {
    add_into(before, gradient);
  } else {
    before = sum(before, gradient);
  }
}

void Task::check_nan(Node& node, const Gradients& gradients) {
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i] || !gradients[i]->data()) continue;
    Ref<Tensor> dense = contiguous(*gradients[i]);
    bool found = false;
    for (int64_t k = 0; k < dense->numel && !found; ++k) {
      switch (dense->dtype) {
        case DType::Float32: {
          float x;
          std::memcpy(&x, dense->data() + k * 4, 4);
          found = x != x;
          break;
        }
        case DType::Float64: {
          double x;
          std::memcpy(&x, dense->data() + k * 8, 8);
          found = x != x;
          break;
        }
        case DType::Float16:
        case DType::BFloat16: {
          uint16_t bits;
          std::memcpy(&bits, dense->data() + k * 2, 2);
          float x = dense->dtype == DType::Float16 ? half_to_float(bits) : bfloat16_to_float(bits);
          found = x != x;
          break;
        }
        default: k = dense->numel;
      }
    }
    if (found)
      raise(PyExc_RuntimeError, "Function '%s' returned nan values in its %zuth output.", node.name().c_str(), i);
  }
}

// In anomaly mode: where the calls were made whose backward failed.
void warn_of_anomaly(Node& failed) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  bool first = true;
  for (Node* n = &failed; n; n = n->extras ? n->extras->parent.get() : nullptr) {
    std::string text;
    if (first) {
      text = "Error detected in " + n->name() + ". ";
    } else {
      text = "\n\nPrevious calculation was induced by " + n->name() + ". ";
    }
    if (n->extras && n->extras->traceback) {
      Ref<> joined =
          Ref<>::steal(PyUnicode_Join(Ref<>::steal(PyUnicode_FromString("")).get(), n->extras->traceback.get()));
      const char* words = joined ? PyUnicode_AsUTF8(joined.get()) : nullptr;
      text += std::string(first ? "Traceback of forward call that caused the error:\n"
                                : "Traceback of forward call that induced the previous calculation:\n") +
              (words ? words : "");
    } else {
      text += "No forward pass information available. Enable detect anomaly during forward pass for more information.";
    }
    if (PyErr_WarnEx(PyExc_UserWarning, text.c_str(), 1) < 0) PyErr_Clear();  // the error itself matters more
    first = false;
  }
  PyErr_Restore(type, value, trace);
}

// Adds to the exception that is set whose backward it came up in.
void say_where(Node& failed) {
  std::string line = failed.line_text();
  add_note("This came up in the backward of '" + failed.call_name() + "'" +
           (line.empty() ? "" : ", called at\n  " + line));
  if (state.anomaly) warn_of_anomaly(failed);
}

void Task::run_step(uint32_t number) {
  Node& node = *steps[number].node;
  Gradients gradients(std::max(node.outputs.size(), steps[number].arriving.size()));
  for (size_t k = 0; k < steps[number].arriving.size(); ++k) gradients[k] = std::move(steps[number].arriving[k]);

  if (PyObject* hooks = node.leaf_hooks()) run_tensor_hooks(hooks, gradients[0]);
  if (TAEDA_UNLIKELY(node.extras != nullptr)) {
    for (size_t i = 0; i < node.extras->tensor_hooks.size(); ++i) {
      auto [output, hooks] = node.extras->tensor_hooks[i];
      run_tensor_hooks(hooks.get(), gradients[output]);
    }
    run_retained(node, gradients, create_graph);
  }
  for (uint32_t i : steps[number].captures) captured[i] = gradients[(*inputs)[i].output];
  if (!steps[number].applies) return;
  if (TAEDA_UNLIKELY(node.extras && node.extras->pre_hooks)) run_pre_hooks(node, gradients);

  if (TAEDA_UNLIKELY(live_lifted != 0) && !node.takes_composed()) {
    for (Ref<Tensor>& g : gradients)
      if (is_composed(g.get())) g = strided(g);
  }

  bool post_hooks = node.extras && node.extras->post_hooks;
  Gradients seen;
  if (post_hooks) seen = gradients;
  Gradients results;
  try {
    Setting scope(running, &node);
    results = node.apply(std::move(gradients), create_graph, wanted_edges(node));
    if (TAEDA_UNLIKELY(state.anomaly && anomaly_checks_nan)) check_nan(node, results);
    if (post_hooks) {
      results.resize(node.edges.size());
      run_post_hooks(node, results, seen);
    }
    for (size_t i = 0; i < results.size() && i < node.edges.size(); ++i) {
      const Edge& edge = node.edges[i];
      if (!edge.node || !results[i] || !steps[numbers.find(edge.node.get())].needed) continue;
      if (edge.output >= edge.node->outputs.size()) {
        raise(PyExc_SystemError, "an edge leads to an output that %s has not", edge.node->name().c_str());
      }
      fit_gradient(results[i], edge.node->outputs[edge.output], &node, i, create_graph);
    }
  } catch (const Error& e) {
    set_exception(e);
    say_where(node);
    throw PythonError();
  } catch (const PythonError&) {
    say_where(node);
    throw;
  }
  if (!retain_graph) node.release_saved();

  for (size_t i = 0; i < node.edges.size(); ++i) {
    const Edge& edge = node.edges[i];
    if (!edge.node) continue;
    uint32_t next = numbers.find(edge.node.get());
    --steps[next].waiting;
    if (!steps[next].needed) continue;
    if (i < results.size() && results[i]) arrive(next, edge.output, std::move(results[i]));
    if (steps[next].waiting == 0 && !steps[next].queued) push(next);
  }
}

thread_local Task* current_task = nullptr;
int64_t next_backward = 0;

// Makes a task the one that runs, for a scope.
class TaskScope {
 public:
  explicit TaskScope(Task& task) : before_(std::exchange(current_task, &task)) { task.number = next_backward++; }
  ~TaskScope() { current_task = before_; }
  TaskScope(const TaskScope&) = delete;

 private:
  Task* before_;
};

}  // namespace

Node* running_node() { return running; }
int64_t current_backward() { return current_task ? current_task->number : -1; }
bool will_run(Node& n) {
  uint32_t number = current_task ? current_task->numbers.find(&n) : UINT32_MAX;
  return number != UINT32_MAX && current_task->steps[number].needed;
}

std::vector<Ref<Tensor>> run_engine(std::vector<Edge>& roots, Gradients gradients, bool retain_graph, bool create_graph,
                                    std::vector<Edge>& inputs, bool accumulate) {
  Setting mode(state.grad_enabled, create_graph);
  Task task;
  TaskScope scope(task);
  task.retain_graph = retain_graph;
  task.create_graph = create_graph;
  task.accumulate = accumulate;
  task.captured.resize(accumulate ? 0 : inputs.size());
  task.discover(roots);
  bool compiled = std::any_of(task.steps.begin(), task.steps.end(), [](auto& step) { return step.node->compiled; });
  PuttingOff putting_off(compiled);
  if (!inputs.empty()) {
    task.inputs = &inputs;
    task.mark_needed();
  }
  for (size_t i = 0; i < roots.size(); ++i) {
    uint32_t number = task.numbers.find(roots[i].node.get());
    if (!task.steps[number].needed) continue;
    if (gradients[i]) {
      fit_gradient(gradients[i], roots[i].node->outputs[roots[i].output], nullptr, i, create_graph);
      task.arrive(number, roots[i].output, std::move(gradients[i]));
    }
    if (task.steps[number].waiting == 0 && !task.steps[number].queued) task.push(number);
  }
  while (!task.heap.empty()) task.run_step(task.pop());
  putting_off.finish();
  return std::move(task.captured);
}

std::vector<Ref<Tensor>> run_backward(std::span<Ref<Tensor>> roots, Gradients gradients, bool retain_graph,
                                      bool create_graph, std::span<Ref<Tensor>> inputs, bool allow_unused,
                                      bool accumulate) {
  std::vector<Edge> from, to;
  gradients.resize(roots.size());
  for (size_t i = 0; i < roots.size(); ++i) {
    from.push_back(gradient_edge(*roots[i]));
    if (!from.back().node) {
      raise(PyExc_RuntimeError, "element %zu of tensors does not require grad and does not have a grad_fn", i);
    }
    if (!gradients[i]) {
      if (roots[i]->numel != 1) raise(PyExc_RuntimeError, "grad can be implicitly created only for scalar outputs");
      gradients[i] = ones(*roots[i]);
    }
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    to.push_back(gradient_edge(*inputs[i]));
    if (!to.back().node) raise(PyExc_RuntimeError, "One of the differentiated Tensors does not require grad");
    if (accumulate) retain_grad(*inputs[i]);
  }
  std::vector<Ref<Tensor>> found = run_engine(from, std::move(gradients), retain_graph, create_graph, to, accumulate);
  for (size_t i = 0; i < found.size() && !allow_unused; ++i) {
    if (!found[i]) {
      raise(PyExc_RuntimeError,
            "The differentiated Tensor at index %zu appears to not have been used in the graph. Set "
            "allow_unused=True if this is the desired behavior.",
            i);
    }
  }
  return found;
}

}  // namespace taeda
