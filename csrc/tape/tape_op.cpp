// The node of an op call: what it saves, how its backward runs, and how dispatch has it made.
#include "tape/tape_node.h"

#include <algorithm>

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

Gradients OpNode::apply(Gradients gradients, bool create_graph) {
  Gradients result(edges.size());
  bool any = false;
  for (size_t k = 0; k < gradients.size(); ++k) any |= gradients[k] && is_differentiable_output(k);
  if (!any) return result;
  for (size_t k = 0; k < gradients.size(); ++k) {
    if (!gradients[k] && is_differentiable_output(k)) gradients[k] = zeros(outputs[k]);
  }
  if (create_graph) return apply_recorded(std::move(gradients));
  Few<Ref<Tensor>, 8> held;
  Few<Tensor*, 8> tensors;
  for (size_t k = 0; k < gradients.size(); ++k) {
    if (is_differentiable_output(k)) tensors.push_back(held.push_back(std::move(gradients[k])).get());
  }
  const int64_t* at = shapes();
  for (uint32_t i = 0; i < saved_count_; ++i) {
    Ref<Tensor> t = backward_.saved[i].source == BackwardProgram::Shape ? saved_shape(at) : unpack(i, false);
    tensors.push_back(held.push_back(std::move(t)).get());
  }
  Few<Ref<Tensor>, 4> outputs_of_program;
  outputs_of_program.resize(backward_.grads.size());
  backward_.program->run({tensors.begin(), tensors.size()}, {attributes(), attribute_count_},
                         {outputs_of_program.begin(), outputs_of_program.size()});
  for (size_t k = 0; k < backward_.grads.size(); ++k) {
    size_t edge = static_cast<size_t>(backward_.grads[k]);
    if (edge < edges.size() && edges[edge].node) result[edge] = std::move(outputs_of_program[k]);
  }
  return result;
}

// A tensor of the geometry of `like`, strides and offset included (as_strided goes by them). Its memory is not touched.
static Ref<Tensor> uninitialised(const Tensor& like) {
  int64_t span = like.offset + 1;
  for (int i = 0; i < like.ndim; ++i) span += (std::max<int64_t>(like.sizes[i], 1) - 1) * like.strides[i];
  Ref<Tensor> memory = empty(like.dtype, Dims{span}, like.device);
  return alias(*memory, like.shape(), Dims(like.strides, like.ndim), like.offset);
}

// The gradient as calls of ops that are recorded themselves: the definition's Python says how.
Gradients OpNode::apply_recorded(Gradients gradients) {
  Ref<> gradient_tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(gradients.size())));
  for (size_t k = 0; k < gradients.size(); ++k) {
    PyTuple_SET_ITEM(gradient_tuple.get(), k, as_object(gradients[k]).release());
  }
  std::vector<Ref<Tensor>> inputs(input_count_), results(outputs.size());
  const int64_t* at = shapes();
  for (uint32_t i = 0; i < saved_count_; ++i) {
    const BackwardProgram::Saved& s = backward_.saved[i];
    if (s.source == BackwardProgram::Shape) {
      Ref<Tensor> shape = saved_shape(at);
      if (!inputs[s.index]) inputs[s.index] = uninitialised(*shape);
    } else {
      (s.source == BackwardProgram::Input ? inputs : results)[s.index] = unpack(i, true);
    }
  }
  for (uint32_t i = 0; i < input_count_; ++i) {
    if (!inputs[i] && edges[i].node) inputs[i] = expanded_zero(edges[i].node->outputs[edges[i].output]);
  }
  for (size_t k = 0; k < outputs.size(); ++k) {
    if (!results[k]) results[k] = expanded_zero(outputs[k]);
  }
  Ref<> input_tuple = checked(PyTuple_New(input_count_));
  for (uint32_t i = 0; i < input_count_; ++i) PyTuple_SET_ITEM(input_tuple.get(), i, as_object(inputs[i]).release());
  Ref<> result_tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(results.size())));
  for (size_t k = 0; k < results.size(); ++k) PyTuple_SET_ITEM(result_tuple.get(), k, as_object(results[k]).release());
  Ref<> attribute_tuple = checked(PyTuple_New(attribute_count_));
  for (uint32_t i = 0; i < attribute_count_; ++i) {
    const Attribute& a = attributes()[i];
    Ref<> value = Ref<>::borrow(Py_None);
    if (a.kind == Attribute::Integer) value = checked(PyLong_FromLongLong(a.integer));
    if (a.kind == Attribute::Floating) value = checked(PyFloat_FromDouble(a.floating));
    if (a.kind == Attribute::List) value = sizes_object(Dims(a.list, a.count));
    PyTuple_SET_ITEM(attribute_tuple.get(), i, value.release());
  }
  Ref<> needs = checked(PyLong_FromUnsignedLongLong(needs_));
  Ref<> list = checked(PyObject_CallMethod(compiled_.overload->python.get(), "recorded_gradient", "OOOOOO",
                                           compiled_.key.get(), needs.get(), gradient_tuple.get(), input_tuple.get(),
                                           result_tuple.get(), attribute_tuple.get()));
  Ref<> items = checked(PySequence_Fast(list.get(), "recorded_gradient must return a list"));
  if (static_cast<size_t>(PySequence_Fast_GET_SIZE(items.get())) != backward_.grads.size()) {
    raise(PyExc_SystemError, "recorded_gradient of '%s' returned %zd gradients where its Program has %zu",
          compiled_.overload->display.c_str(), PySequence_Fast_GET_SIZE(items.get()), backward_.grads.size());
  }
  Gradients result(edges.size());
  for (size_t k = 0; k < backward_.grads.size(); ++k) {
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), k);
    size_t edge = static_cast<size_t>(backward_.grads[k]);
    if (item != Py_None && edge < edges.size() && edges[edge].node) result[edge] = tensor_from(Ref<>::borrow(item));
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
    if (inputs[i] && requires_gradient(*inputs[i])) needs |= uint64_t{1} << std::min<size_t>(i, 63);
  }
  return needs;
}

Shared<Node> make_node(Compiled& compiled, uint64_t needs, std::span<Tensor* const> inputs,
                       std::span<const Attribute> attributes, std::span<Ref<Tensor>> outputs, bool) {
  BackwardProgram* backward = compiled.backward_for(needs);
  if (!backward) return nullptr;
  OpNode* node = OpNode::make(compiled, *backward, needs, inputs, attributes);
  Shared<Node> owner = Shared<Node>::steal(node);
  node->note_line();
  node->edges.resize(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] && (needs >> std::min<size_t>(i, 63) & 1)) node->edges[i] = gradient_edge(*inputs[i]);
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
  // An output that is an input (nothing had to be copied) gets an object of its own: the input keeps its history.
  for (Ref<Tensor>& output : outputs) {
    for (Tensor* input : inputs) {
      if (output.get() != input || !input) continue;
      output = alias(*input);
      note_view(*output, *input);
      break;
    }
  }
  Shared<Node> node = make_node(compiled, needs, inputs, attributes, outputs);
  if (!node) return;
  for (size_t k = 0; k < outputs.size(); ++k) {
    if (static_cast<OpNode*>(node.get())->is_differentiable_output(k))
      set_history(*outputs[k], node, static_cast<uint32_t>(k));
  }
}

}  // namespace taeda
