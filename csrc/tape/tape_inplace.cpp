// Mutation and views: who may write to what, and how the graph follows. Also what makes and unmakes leaves.
#include <algorithm>

#include "python/subclass.h"
#include "tape/tape_node.h"

namespace taeda {

bool is_differentiable_view(const Tensor& t) { return t.autograd && t.autograd->base; }

namespace {

uint32_t storage_version(const Tensor& t) { return t.storage ? t.storage->version : 0; }

bool special_view(const AutogradData& d) {
  return d.made_in_no_grad || d.made_in_inference || d.multi_output_view || d.made_in_function;
}

// Views that PyTorch does not follow through an in-place write. `indirect`: the write went to the base or another view.
[[noreturn]] void refuse_view(Tensor& t, bool indirect) {
  const AutogradData& d = *t.autograd;
  std::string text;
  std::string object = indirect ? "its base or another view of its base has been" : "is being";
  const Node* node = t.grad_fn.get();
  std::string place = node ? "Output " + std::to_string(t.output_number) + " of " + plain_name(*node) : "";
  if (d.made_in_inference || d.made_in_no_grad || !node) {
    std::string mode = d.made_in_inference ? "inference_mode" : "no_grad";
    text = node ? place + " is a view of a view which was created in" : "A view was created in";
    text += d.made_in_inference ? " inference mode and " + object + " modified inplace in normal mode."
                                : " no_grad mode and " + object + " modified inplace with grad mode enabled.";
  } else {
    text = place + " is a view and " + object + " modified inplace.";
  }
  if (d.multi_output_view) {
    text +=
        " This view is the output of a function that returns multiple views. Such functions do not allow the output "
        "views to be "
        "modified inplace. You should replace the inplace operation by an out-of-place one.";
  } else if (d.made_in_function) {
    text +=
        " This view was created inside a custom Function (or because an input was returned as-is) and the autograd "
        "logic to "
        "handle view+inplace would override the custom backward associated with the custom Function, leading to "
        "incorrect "
        "gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.";
  } else {
    std::string mode = d.made_in_inference ? "inference_mode" : "no_grad";
    text +=
        " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving "
        "both the "
        "view and the inplace either both inside the " +
        mode +
        " block (if you don't want the inplace to be tracked) or both "
        "outside (if you want the inplace to be tracked).";
  }
  raise(PyExc_RuntimeError, "%s", text.c_str());
}

// The part of a base that a view shows, in terms of the memory of the base alone.
struct Part {
  Dims base_sizes, base_strides, sizes, strides;  // in elements of the base and of the view
  DType dtype;                                    // of the view; mirrored if it shows mirrored what the base is
  int64_t offset;                                 // from the base's first element, in elements of the view
};

// How often an element of one dtype holds one of the other: 2 for a complex number and its parts, 0 for strangers.
int parts_in(DType whole, DType part) {
  if (whole == part) return 1;
  bool real = info(part).floating && !info(part).complex && part != DType::BFloat16;
  return info(whole).complex && real && itemsize(whole) == 2 * itemsize(part) ? 2 : 0;
}

Part part_of(const Tensor& view, const Tensor& base) {
  int base_parts = parts_in(plain(base.dtype), plain(view.dtype));
  int view_parts = parts_in(plain(view.dtype), plain(base.dtype));
  bool foreign = is_mirrored(base.dtype) && plain(base.dtype) != plain(view.dtype);  // parts of what is mirrored
  if ((!base_parts && !view_parts) || foreign)
    raise(PyExc_NotImplementedError,
          "an in-place operation under gradients through a view of another dtype (%s of %s) is not there yet; write to "
          "a copy",
          info(view.dtype).name, info(base.dtype).name);
  base_parts = std::max(base_parts, 1);
  view_parts = std::max(view_parts, 1);
  Part p;
  p.base_sizes = base.shape();
  p.base_strides = base.stride_dims();
  p.sizes = view.shape();
  p.strides = view.stride_dims();
  p.dtype = is_mirrored(base.dtype) ? mirrored(view.dtype) : view.dtype;
  // From here on in elements of the smaller dtype.
  int64_t offset = view.offset * view_parts - base.offset * base_parts;
  int64_t extent = base.numel ? base_parts : 0, last = offset + view_parts - 1;
  for (int i = 0; base.numel && i < base.ndim; ++i) extent += (base.sizes[i] - 1) * base.strides[i] * base_parts;
  for (int i = 0; view.numel && i < view.ndim; ++i) last += (view.sizes[i] - 1) * view.strides[i] * view_parts;
  if ((view.numel && (offset < 0 || last >= extent)) || offset % view_parts) {
    raise(
        PyExc_NotImplementedError,
        "an in-place operation under gradients through a view that shows memory outside of its base is not there yet");
  }
  p.offset = offset / view_parts;
  return p;
}

// An in-place call on a view, as a node of the base: everywhere else the gradient passes, in the part written to it
// goes through the call.
class CopySlices final : public Node {
 public:
  CopySlices(Tensor& view, Tensor& base, Edge base_edge, Shared<Node> call)
      : part_(part_of(view, base)), written_(call->written_input()), call_(std::move(call)) {
    add_output(base);
    edges.push_back(std::move(base_edge));
    for (size_t i = 0; i < call_->edges.size(); ++i) {
      if (static_cast<int>(i) != written_) edges.push_back(call_->edges[i]);
    }
    code = call_->code;
    instruction = call_->instruction;
    scope = call_->scope;
  }
  std::string name() const override { return "CopySlices"; }
  bool is_internal() const override { return true; }
  std::string call_name() const override { return call_ ? call_->call_name() : name(); }
  void release_saved() override { call_->release_saved(); }

  Gradients apply(Gradients gradients, bool create_graph, uint64_t wanted) override {
    Gradients result(edges.size());
    Ref<Tensor> incoming = std::move(gradients[0]);
    if (!incoming) return result;
    const OutputInfo& base = outputs[0];
    Ref<Tensor> whole = empty_strided(base.dtype, part_.base_sizes, part_.base_strides, base.device);
    Ref<Tensor> slice, piece;
    Gradients inner(1);
    if (create_graph) {
      call_core(CoreOp::CopyInPlace, {whole.object(), incoming.object()});
      slice = window(whole);
      inner[0] = call_core(CoreOp::Clone, {slice.object()});
    } else {
      copy_into(*whole, *incoming);
      slice = from_storage(whole->storage, part_.dtype, part_.sizes, part_.strides, part_.offset);
      inner[0] = empty(plain(part_.dtype), part_.sizes, base.device);
      copy_into(*inner[0], *slice);
    }
    incoming = nullptr;
    inner.resize(std::max<size_t>(1, call_->outputs.size()));
    Gradients found = call_->apply(std::move(inner), create_graph, wanted_of_call(wanted));
    found.resize(call_->edges.size());
    size_t at = 1;
    for (size_t i = 0; i < found.size(); ++i) {
      if (static_cast<int>(i) != written_) result[at++] = std::move(found[i]);
    }
    if (!edges[0].node) return result;
    Ref<Tensor> replaced = static_cast<size_t>(written_) < found.size() ? std::move(found[written_]) : nullptr;
    if (!replaced) replaced = expanded_zero(OutputInfo(*slice));
    if (create_graph) {
      call_core(CoreOp::CopyInPlace, {slice.object(), replaced.object()});
    } else {
      copy_into(*slice, *replaced);
    }
    result[0] = std::move(whole);
    return result;
  }

 private:
  Ref<Tensor> window(const Ref<Tensor>& whole) const;
  // A mask over this node's edges as one over those of the call.
  uint64_t wanted_of_call(uint64_t wanted) const {
    uint64_t found = wanted & 1 && written_ >= 0 ? edge_bit(static_cast<size_t>(written_)) : 0;
    size_t at = 1;
    for (size_t i = 0; i < call_->edges.size(); ++i)
      if (static_cast<int>(i) != written_ && wanted & edge_bit(at++)) found |= edge_bit(i);
    return found;
  }
  Part part_;
  int written_;
  Shared<Node> call_;
};

// The recorded view of `base`, of its own dtype, with this geometry.
Ref<Tensor> recorded_window(const Ref<Tensor>& base, const Dims& sizes, const Dims& strides, int64_t offset) {
  bool overlaps = false;
  for (int i = 0; i < sizes.count; ++i) overlaps |= sizes[i] > 1 && strides[i] == 0;
  if (base->is_contiguous() && !overlaps)
    return strided_view(*base, sizes, strides, base->offset + offset, strides, offset);
  Ref<> from = checked(PyLong_FromLongLong(base->offset + offset));
  return call_core(CoreOp::AsStrided,
                   {base.object(), sizes_object(sizes).get(), sizes_object(strides).get(), from.get()});
}

// The recorded view of `base` with the geometry of a part.
Ref<Tensor> recorded_part(const Ref<Tensor>& base, const Part& part) {
  if (is_mirrored(part.dtype)) {
    Part shown = part;
    shown.dtype = plain(part.dtype);
    return call_core(CoreOp::Mirror, {recorded_part(base, shown).object()});
  }
  if (part.dtype == plain(base->dtype)) return recorded_window(base, part.sizes, part.strides, part.offset);
  if (info(base->dtype).complex) {
    Ref<Tensor> parts = call_core(CoreOp::ViewAsReal, {base.object()});
    return recorded_window(parts, part.sizes, part.strides, part.offset);
  }
  Dims sizes = part.sizes, strides = part.strides;
  for (int i = 0; i < strides.count; ++i) strides[i] *= 2;
  sizes.push(2);
  strides.push(1);
  Ref<Tensor> parts = recorded_window(base, sizes, strides, 2 * part.offset);
  return call_core(CoreOp::ViewAsComplex, {parts.object()});
}

Ref<Tensor> CopySlices::window(const Ref<Tensor>& whole) const { return recorded_part(whole, part_); }

}  // namespace

void set_history(Tensor& t, Shared<Node> node, uint32_t output) {
  t.grad_fn = std::move(node);
  t.output_number = output;
  t.requires_grad = true;
  if (is_differentiable_view(t)) t.autograd->history_version = storage_version(t);
}

Shared<Node> gradient_function(Tensor& t) {
  if (TAEDA_LIKELY(!is_differentiable_view(t))) return t.grad_fn;
  AutogradData& d = *t.autograd;
  if (!t.grad_fn && !d.base->requires_grad) return nullptr;
  uint32_t version = storage_version(t);
  if (version == d.history_version) return t.grad_fn;
  if (special_view(d)) refuse_view(t, true);
  Tensor& base = *d.base;
  if (!base.requires_grad) {  // t or what it is a view of requires grad by itself: no write since was recorded
    d.history_version = version;
    return t.grad_fn;
  }
  // A write went to the base or another of its views since: what t is now comes from the base.
  Shared<Node> now;
  {
    Setting record(state.grad_enabled, true);
    Setting outside(state.inference_mode, false);
    now = recorded_part(d.base, part_of(t, base))->grad_fn;
  }
  if (!now) raise(PyExc_SystemError, "as_strided of a tensor that requires grad was not recorded");
  Shared<Node> before = t.grad_fn;
  uint32_t before_output = t.output_number;
  set_history(t, now, 0);
  move_retained(t, before.get(), before_output, *now, 0);
  return now;
}

Edge gradient_edge(Tensor& t) {
  if (!requires_gradient(t)) return {};
  if (Shared<Node> node = gradient_function(t)) return {std::move(node), t.output_number};
  if (!t.requires_grad) return {};
  if (t.autograd && t.autograd->accumulator) return {Shared<Node>::borrow(t.autograd->accumulator), 0};
  return {Shared<Node>::steal(new AccumulateGrad(t)), 0};
}

void note_view(Tensor& view, Tensor& base, bool multi_output) {
  Tensor& owner = is_differentiable_view(base) ? *base.autograd->base : base;
  AutogradData& d = autograd_data(view);
  d.base = Ref<Tensor>::borrow(&owner);
  d.history_version = storage_version(view);
  view.detached_version = base.detached_version;
  if (base.autograd && special_view(*base.autograd)) {  // a view of such a view is one itself
    d.made_in_inference |= base.autograd->made_in_inference;
    d.made_in_no_grad |= base.autograd->made_in_no_grad;
    d.made_in_function |= base.autograd->made_in_function;
    d.multi_output_view |= base.autograd->multi_output_view;
  }
  if (state.inference_mode) {
    d.made_in_inference = true;
  } else if (!state.grad_enabled) {
    d.made_in_no_grad = true;
  } else {
    d.multi_output_view |= multi_output;
  }
}

void check_inplace_history(Tensor& t, bool recorded) {
  if (TAEDA_UNLIKELY(t.is_inference && !state.inference_mode)) {
    raise(PyExc_RuntimeError,
          "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a "
          "normal tensor before "
          "doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.");
  }
  if (recorded && state.grad_enabled) {
    if (is_differentiable_view(t)) {
      if (special_view(*t.autograd)) refuse_view(t, false);
      if (requires_gradient(t) && is_leaf(*t.autograd->base)) {
        raise(PyExc_RuntimeError,
              "a view of a leaf Variable that requires grad is being used in an in-place operation.");
      }
    }
    if (requires_gradient(t) && is_leaf(t)) {
      raise(PyExc_RuntimeError, "a leaf Variable that requires grad is being used in an in-place operation.");
    }
  }
}

void check_inplace(Tensor& t, bool recorded) {
  check_inplace_history(t, recorded);
  refuse_internal_overlap(t);
  if (t.storage && !t.storage->writable()) {
    raise(PyExc_RuntimeError,
          "the tensor shares memory that may not be written to (a read-only array); clone() it first");
  }
}

Ref<Tensor> keep_before_write(Compiled& compiled, uint64_t needs, Tensor& target) {
  for (const BackwardProgram::Saved& s : compiled.backward_for(needs, ALL_OUTPUTS).saved) {
    if (s.source != BackwardProgram::Input || s.index != 0) continue;
    Shared<Node> history = gradient_function(target);
    Ref<Tensor> copy;
    if (TAEDA_UNLIKELY(dispatching(&target))) {
      Setting no_grad(state.grad_enabled, false);
      copy = call_core(CoreOp::Clone, {&target.ob_base});
    } else {
      copy = empty(target.dtype, target.shape(), target.device);
      copy_into(*copy, target);
    }
    copy->grad_fn = std::move(history);
    copy->output_number = target.output_number;
    copy->requires_grad = static_cast<bool>(copy->grad_fn);
    return copy;
  }
  return nullptr;
}

void rebase_history(Tensor& t, Shared<Node> node, uint32_t n) {
  if (!node) return;
  node->outputs_written();
  if (!is_differentiable_view(t)) {
    Shared<Node> before = t.grad_fn;
    uint32_t before_output = t.output_number;
    set_history(t, node, n);
    move_retained(t, before.get(), before_output, *node, n);
    return;
  }
  Tensor& base = *t.autograd->base;
  Shared<Node> before = base.grad_fn;
  uint32_t before_output = base.output_number;
  Shared<Node> slices = Shared<Node>::steal(new CopySlices(t, base, gradient_edge(base), std::move(node)));
  set_history(base, slices, 0);
  move_retained(base, before.get(), before_output, *slices, 0);
  t.requires_grad = true;
  // Made anew at once: while it is not, the version alone says that the history of t is stale.
  t.autograd->history_version = storage_version(t) - 1;
  gradient_function(t);
}

void become_view(Tensor& t, Tensor& view, const char* op) {
  if (&view == &t) return bump_version(t, op);
  t.offset = view.offset;
  t.ndim = view.ndim;
  t.numel = view.numel;
  std::copy(view.sizes, view.sizes + view.ndim, t.sizes);
  std::copy(view.strides, view.strides + view.ndim, t.strides);
  bump_version(t, op);
  Shared<Node> node = view.grad_fn;
  if (!node) return;
  Shared<Node> before = t.grad_fn;
  uint32_t before_output = t.output_number, output = view.output_number;
  set_history(t, node, output);
  move_retained(t, before.get(), before_output, *node, output);
}

Ref<Tensor> detach(Tensor& t) {
  Ref<Tensor> plain = alias(t);
  plain->detached_version = t.detached_version;
  plain->is_inference = t.is_inference;
  return plain;
}

void detach_inplace(Tensor& t) {
  if (is_differentiable_view(t)) {
    raise(PyExc_RuntimeError,
          "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
          "training, and "
          "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be "
          "called on these "
          "gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
          "torch/optim/optimizer.py as the solution.");
  }
  t.grad_fn = nullptr;
  t.output_number = 0;
  t.requires_grad = false;
  if (t.autograd) {
    t.autograd->hooks = nullptr;
    t.autograd->retains_grad = false;
  }
}

void set_requires_grad(Tensor& t, bool requires_grad) {
  if (t.is_inference && requires_grad && !state.inference_mode) {
    raise(PyExc_RuntimeError, "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
  }
  if (!is_leaf(t)) {
    if (requires_grad) return;
    raise(PyExc_RuntimeError,
          "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
          "subgraph that doesn't "
          "require differentiation use var_no_grad = var.detach().");
  }
  if (requires_grad && !is_differentiable(t.dtype)) {
    raise(PyExc_RuntimeError, "only Tensors of floating point dtype can require gradients");
  }
  t.requires_grad = requires_grad;
}

}  // namespace taeda
