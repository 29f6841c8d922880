// The node of an op call: what it saves, how its backward runs, and how dispatch has it made.
#include "tape/tape_node.h"

#include <algorithm>

#include "python/dispatch_mode.h"
#include "python/lifted.h"
#include "python/runtime.h"
#include "python/state.h"
#include "python/subclass.h"

namespace taeda {

OpNode::OpNode(Compiled& compiled, BackwardProgram& backward, uint64_t needs, std::span<Tensor* const> inputs,
               std::span<const Attribute> attributes)
    : compiled_(compiled),
      backward_(backward),
      needs_(needs),
      input_count_(static_cast<uint32_t>(inputs.size())),
      saved_count_(static_cast<uint32_t>(backward.saved.size())),
      attribute_count_(static_cast<uint32_t>(attributes.size())) {
  for (uint32_t i = 0; i < saved_count_; ++i) new (saved() + i) SavedTensor();
  for (uint32_t i = 0; i < attribute_count_; ++i) new (this->attributes() + i) Attribute(attributes[i]);
  int64_t* at = shapes();
  for (const BackwardProgram::Saved& s : backward.saved) {
    if (s.source != BackwardProgram::Shape) continue;
    const Tensor& t = *inputs[s.index];
    *at++ = t.ndim | static_cast<int64_t>(t.dtype) << 8 | static_cast<int64_t>(t.device.kind) << 16 |
            static_cast<int64_t>(static_cast<uint8_t>(t.device.index)) << 24;
    *at++ = t.offset;
    for (int i = 0; i < t.ndim; ++i) *at++ = t.sizes[i];
    for (int i = 0; i < t.ndim; ++i) *at++ = t.strides[i];
  }
}

OpNode* OpNode::make(Compiled& compiled, BackwardProgram& backward, uint64_t needs, std::span<Tensor* const> inputs,
                     std::span<const Attribute> attributes) {
  size_t words = 0;
  for (const BackwardProgram::Saved& s : backward.saved) {
    if (s.source == BackwardProgram::Output) continue;
    if (s.index < 0 || static_cast<size_t>(s.index) >= inputs.size() || !inputs[s.index]) {
      raise(PyExc_SystemError, "the backward Program of '%s' saves input %d, which the call does not have",
            compiled.overload->display.c_str(), s.index);
    }
    if (s.source == BackwardProgram::Shape) words += 2 + 2 * inputs[s.index]->ndim;
  }
  size_t tail =
      backward.saved.size() * sizeof(SavedTensor) + attributes.size() * sizeof(Attribute) + words * sizeof(int64_t);
  void* place = ::operator new(sizeof(OpNode) + tail);
  return new (place) OpNode(compiled, backward, needs, inputs, attributes);
}

OpNode::~OpNode() {
  for (uint32_t i = 0; i < saved_count_; ++i) saved()[i].~SavedTensor();
  for (uint32_t i = 0; i < attribute_count_; ++i) attributes()[i].~Attribute();
}

bool OpNode::is_differentiable_output(size_t k) const {
  const std::vector<bool>& given = compiled_.overload->output_differentiable;
  return (given.empty() || given[std::min(k, given.size() - 1)]) && is_differentiable(outputs[k].dtype);
}

void OpNode::save(std::span<Tensor* const> inputs, std::span<Ref<Tensor>> results) {
  for (uint32_t i = 0; i < saved_count_; ++i) {
    const BackwardProgram::Saved& s = backward_.saved[i];
    if (s.source == BackwardProgram::Input) {
      saved()[i] = SavedTensor(*inputs[s.index], false);
    } else if (s.source == BackwardProgram::Output) {
      if (s.index < 0 || static_cast<size_t>(s.index) >= results.size() || !results[s.index]) {
        raise(PyExc_SystemError, "the backward Program of '%s' saves output %d, which the call does not have",
              compiled_.overload->display.c_str(), s.index);
      }
      // An integer output (the indices of max) has no history: then it may be kept as it is.
      saved()[i] = SavedTensor(*results[s.index], is_differentiable_output(s.index));
      saved()[i].set_output_number(static_cast<uint32_t>(s.index));
    }
  }
}

Ref<Tensor> OpNode::unpack(uint32_t i, bool history) {
  Ref<Tensor> t = saved()[i].unpack(*this, history);
  if (TAEDA_UNLIKELY(!saved()[i].fits(*t))) {
    raise(PyExc_RuntimeError,
          "what '%s' saved for its backward is now of size %s and dtype %s, which it was not then: it was changed "
          "through "
          ".data, or by an unpack hook",
          compiled_.overload->display.c_str(), shape_text(*t).at, info(t->dtype).name);
  }
  return t;
}

void OpNode::release_saved() {
  for (uint32_t i = 0; i < saved_count_; ++i) {
    if (backward_.saved[i].source != BackwardProgram::Shape) saved()[i].reset();
  }
}

void OpNode::outputs_written() {
  for (uint32_t i = 0; i < saved_count_; ++i) {
    if (backward_.saved[i].source == BackwardProgram::Output) saved()[i].refresh_version();
  }
}

void OpNode::skip_shape(const int64_t*& at) const { at += 2 + 2 * (*at & 255); }

Ref<Tensor> OpNode::saved_shape(const int64_t*& at) const {
  int64_t head = *at++;
  int ndim = static_cast<int>(head & 255);
  Device device{static_cast<DeviceKind>(head >> 16 & 255), static_cast<int8_t>(head >> 24 & 255)};
  int64_t offset = *at++;
  Dims sizes(at, ndim), strides(at + ndim, ndim);
  at += 2 * ndim;
  Ref<Tensor> t = shape_tensor(static_cast<DType>(head >> 8 & 255), device, sizes, strides);
  t->offset = offset;
  return t;
}

// Where the saved tensors of `part` are among those of `whole`; false if some are not there. What was saved with its
// elements serves where only the shape is needed.
static bool find_saved(const BackwardProgram& part, const BackwardProgram& whole, Few<int, 8>& places) {
  places.resize(whole.saved.size());
  for (int& place : places) place = -1;
  for (size_t k = 0; k < part.saved.size(); ++k) {
    const BackwardProgram::Saved& wanted = part.saved[k];
    auto serves = [&](const BackwardProgram::Saved& s) {
      return s.index == wanted.index && (s.source == wanted.source || (s.source == BackwardProgram::Input &&
                                                                       wanted.source == BackwardProgram::Shape));
    };
    auto found = std::find_if(whole.saved.begin(), whole.saved.end(), serves);
    if (found == whole.saved.end()) return false;
    places[found - whole.saved.begin()] = static_cast<int>(k);
  }
  return true;
}

// The Program for just the gradients that are wanted, from just those that came, if what was saved serves it; else the
// whole one, which takes zeros for those that did not come.
BackwardProgram& OpNode::backward_part(uint64_t wanted, uint64_t given, Few<int, 8>& places) {
  if (wanted != needs_ || given != ALL_OUTPUTS) {
    BackwardProgram& part = compiled_.backward_for(wanted, given);
    if (find_saved(part, backward_, places)) return part;
  }
  places.resize(saved_count_);
  for (uint32_t i = 0; i < saved_count_; ++i) places[i] = static_cast<int>(i);
  return backward_;
}

Gradients OpNode::apply(Gradients gradients, bool create_graph, uint64_t wanted) {
  Gradients result(edges.size());
  uint64_t came = 0;  // mask over the outputs
  bool any = false, all = true;
  for (size_t k = 0; k < gradients.size(); ++k) {
    if (!is_differentiable_output(k)) continue;
    any |= static_cast<bool>(gradients[k]);
    all &= static_cast<bool>(gradients[k]);
    if (gradients[k] && k < 64) came |= uint64_t{1} << k;
  }
  wanted &= needs_;
  if (!any || !wanted) return result;
  Few<int, 8> places;
  BackwardProgram& backward = backward_part(wanted, all || gradients.size() > 63 ? ALL_OUTPUTS : came, places);

  Few<Ref<Tensor>, 8> held;
  for (size_t k = 0; k < gradients.size(); ++k) {
    if (!is_differentiable_output(k)) continue;
    if (gradients[k])
      held.push_back(std::move(gradients[k]));
    else if (backward.given == ALL_OUTPUTS)
      held.push_back(zeros(outputs[k]));
  }
  size_t first = held.size();
  held.resize(first + backward.saved.size());
  const int64_t* at = shapes();
  for (uint32_t i = 0; i < saved_count_; ++i) {
    bool shape = backward_.saved[i].source == BackwardProgram::Shape;
    if (places[i] >= 0)
      held[first + places[i]] = shape ? saved_shape(at) : unpack(i, create_graph);
    else if (shape)
      skip_shape(at);
  }
  Few<Tensor*, 8> tensors;
  for (Ref<Tensor>& t : held) tensors.push_back(t.get());
  Few<Ref<Tensor>, 4> found;
  found.resize(backward.grads.size());
  std::span<Tensor* const> inputs(tensors.begin(), tensors.size());
  std::span<const Attribute> numbers(attributes(), attribute_count_);
  if (TAEDA_UNLIKELY(any_lifted(inputs))) {
    std::vector<Ref<Tensor>> lifted = run_lifted(backward, inputs, numbers);
    for (size_t k = 0; k < lifted.size(); ++k) found[k] = std::move(lifted[k]);
    create_graph = false;  // it has been recorded
  } else if (TAEDA_UNLIKELY(any_dispatching(inputs))) {
    Setting recorded_call_by_call(state.grad_enabled, create_graph);
    std::vector<Ref<Tensor>> made = run_for_subclasses(backward, inputs, numbers);
    for (size_t k = 0; k < made.size(); ++k) found[k] = std::move(made[k]);
    create_graph = false;
  } else if (TAEDA_UNLIKELY(state.dispatch_mode != nullptr)) {
    run_dispatched(backward, *compiled_.overload, first, inputs, numbers, {found.begin(), found.size()});
  } else {
    run_program(backward, inputs[0]->device, inputs, numbers, {found.begin(), found.size()});
  }
  if (create_graph) record_gradient(backward, first, inputs, numbers, {found.begin(), found.size()});
  for (size_t k = 0; k < backward.grads.size(); ++k) {
    size_t edge = static_cast<size_t>(backward.grads[k]);
    if (edge < edges.size() && edges[edge].node) result[edge] = std::move(found[k]);
  }
  return result;
}

int OpNode::written_input() const {
  // Tensors come before the written parameter only one by one: a list of them cannot stand there.
  int index = 0;
  const std::vector<Parameter>& parameters = compiled_.overload->schema.parameters;
  const std::vector<int>& mutated = compiled_.overload->mutated;
  for (int i = 0; !mutated.empty() && i < mutated[0] && i < static_cast<int>(parameters.size()); ++i) {
    Kind kind = parameters[i].kind;
    index += kind == Kind::Tensor || kind == Kind::TensorOrNumber;
  }
  return index;
}

std::string OpNode::name() const {
  const Overload& o = *compiled_.overload;
  if (compiled_.node_name.empty())
    compiled_.node_name = node_name(o.name.c_str(), o.display.c_str(), compiled_.key.get());
  return compiled_.node_name;
}

PyObject* OpNode::python_attribute(PyObject* name) {
  const char* text = PyUnicode_AsUTF8(name);
  bool raw = text && std::strncmp(text, "_raw", 4) == 0;  // _raw_saved_self: not unpacked
  if (raw) text += 4;
  if (!text || std::strncmp(text, "_saved_", 7) != 0) return PyErr_Clear(), nullptr;
  const char* wanted = text + 7;
  for (uint32_t i = 0; i < saved_count_; ++i) {
    const BackwardProgram::Saved& s = backward_.saved[i];
    bool found = false;
    if (s.source == BackwardProgram::Output) {
      found = std::strcmp(wanted, "result") == 0 && s.index == 0;
    } else if (s.source == BackwardProgram::Input) {
      int index = 0;
      for (const Parameter& p : compiled_.overload->schema.parameters) {
        if (p.kind != Kind::Tensor && p.kind != Kind::TensorOrNumber) continue;
        if (index++ == s.index) found = p.name == wanted || (s.index == 0 && std::strcmp(wanted, "self") == 0);
      }
    }
    if (found && raw) return saved_tensor_object(saved()[i], *this).release();
    if (found) return reinterpret_cast<PyObject*>(saved()[i].unpack(*this).release());
  }
  return nullptr;
}

// -- recording ------------------------------------------------------------------------------------------------------

uint64_t needs_gradient(std::span<Tensor* const> inputs) {
  if (!state.grad_enabled || state.inference_mode) return 0;
  uint64_t needs = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] && requires_gradient(*inputs[i])) needs |= edge_bit(i);
  }
  return needs;
}

Shared<Node> make_node(Compiled& compiled, uint64_t needs, std::span<Tensor* const> inputs,
                       std::span<const Attribute> attributes, std::span<Ref<Tensor>> outputs, bool inplace) {
  OpNode* node = OpNode::make(compiled, compiled.backward_for(needs, ALL_OUTPUTS), needs, inputs, attributes);
  Shared<Node> owner = Shared<Node>::steal(node);
  node->inplace = inplace;
  node->note_line();
  node->edges.resize(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] && needs & edge_bit(i)) node->edges[i] = gradient_edge(*inputs[i]);
  }
  for (Ref<Tensor>& output : outputs) {
    if (!output)
      raise(PyExc_SystemError, "'%s' is to be recorded, but has an output less", compiled.overload->display.c_str());
    node->add_output(*output);
  }
  node->save(inputs, outputs);
  return owner;
}

void record(Compiled& compiled, uint64_t needs, std::span<Tensor* const> inputs, std::span<const Attribute> attributes,
            std::span<Ref<Tensor>> outputs) {
  if (!compiled.overload->differentiable) return;
  Shared<Node> node = make_node(compiled, needs, inputs, attributes, outputs);
  for (size_t k = 0; k < outputs.size(); ++k) {
    if (static_cast<OpNode*>(node.get())->is_differentiable_output(k))
      set_history(*outputs[k], node, static_cast<uint32_t>(k));
  }
}

// With create_graph: the run of a backward Program is a call that is recorded itself. Of its inputs the first are the
// `gradients` that came.
void OpNode::record_gradient(BackwardProgram& backward, size_t gradients, std::span<Tensor* const> inputs,
                             std::span<const Attribute> attributes, std::span<Ref<Tensor>> outputs) {
  uint64_t needs = needs_gradient(inputs);
  Few<bool, 4> made;  // not handed through: x + y has for both the gradient that came, with the history it has
  bool any = false;
  for (Ref<Tensor>& output : outputs) {
    auto same = std::find(inputs.begin(), inputs.end(), output.get());
    made.push_back(same == inputs.end() || static_cast<size_t>(same - inputs.begin()) >= gradients);
    if (!made[made.size() - 1]) continue;
    any = true;
    if (same != inputs.end()) output = alias(**same);
    for (Tensor* input : inputs) {
      if (!input || !input->storage || output->storage.get() != input->storage.get()) continue;
      note_view(*output, *input);
      break;
    }
  }
  if (!needs || !any || backward.backward_for(needs, ALL_OUTPUTS).grads.empty()) return;
  Shared<Node> node = make_node(backward, needs, inputs, attributes, outputs);
  for (size_t k = 0; k < outputs.size(); ++k) {
    if (made[k]) set_history(*outputs[k], node, static_cast<uint32_t>(k));
  }
}

}  // namespace taeda
