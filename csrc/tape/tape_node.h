// The node of an op call.
#pragma once
#include "tape/tape_internal.h"

namespace taeda {

Ref<Tensor> tensor_from(Ref<> o);                             // raises TypeError if it is no tensor
Ref<Tensor> sum(const Ref<Tensor>& a, const Ref<Tensor>& b);  // recorded in gradient mode
void add_into(const Ref<Tensor>& a, const Ref<Tensor>& b);    // the same
Ref<> sizes_object(const Dims& sizes);                        // a tuple
Ref<Tensor> shape_tensor(DType dtype, Device device, const Dims& sizes, const Dims& strides);  // no memory
Ref<Tensor> expanded_zero(const Node::OutputInfo& like);  // one zero in memory, seen in the given shape

// Saved tensors, attributes and shapes follow the object in the same block of memory: one allocation per recorded call.
class OpNode final : public Node {
 public:
  static OpNode* make(Compiled& compiled, BackwardProgram& backward, uint64_t needs, std::span<Tensor* const> inputs,
                      std::span<const Attribute> attributes);
  ~OpNode() override;
  static void operator delete(void* p) { ::operator delete(p); }
  std::string name() const override;
  std::string call_name() const override { return compiled_.overload->display + (inplace ? "_" : ""); }
  Gradients apply(Gradients gradients, bool create_graph, uint64_t wanted) override;
  void release_saved() override;
  void outputs_written() override;
  int written_input() const override;
  PyObject* python_attribute(PyObject* name) override;
  void save(std::span<Tensor* const> inputs, std::span<Ref<Tensor>> results);
  bool is_differentiable_output(size_t k) const;
  bool inplace = false;  // a call of the form name_

 private:
  OpNode(Compiled& compiled, BackwardProgram& backward, uint64_t needs, std::span<Tensor* const> inputs,
         std::span<const Attribute> attributes);
  BackwardProgram& backward_part(uint64_t wanted, uint64_t given, Few<int, 8>& places);
  static void record_gradient(BackwardProgram& backward, size_t gradients, std::span<Tensor* const> inputs,
                              std::span<const Attribute> attributes, std::span<Ref<Tensor>> outputs);
  Ref<Tensor> unpack(uint32_t i, bool history);
  Ref<Tensor> saved_shape(const int64_t*& at) const;  // of the shapes kept, the one at `at`, which moves on
  void skip_shape(const int64_t*& at) const;
  SavedTensor* saved() { return reinterpret_cast<SavedTensor*>(this + 1); }
  Attribute* attributes() { return reinterpret_cast<Attribute*>(saved() + saved_count_); }
  int64_t* shapes() { return reinterpret_cast<int64_t*>(attributes() + attribute_count_); }

  Compiled& compiled_;
  BackwardProgram& backward_;
  uint64_t needs_;
  uint32_t input_count_, saved_count_, attribute_count_;
};

}  // namespace taeda
