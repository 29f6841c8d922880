// The instruction that runs a loop kernel over the broadcast shape of its inputs.
#include <algorithm>
#include <utility>

#include "core/instructions.h"
#include "core/loops.h"

namespace taeda {
namespace {

// Strides of b for the broadcast shape: 0 where it is broadcast.
void broadcast_strides(const Buffer& b, const Dims& shape, int64_t* out) {
  int lead = shape.count - b.ndim;
  for (int i = 0; i < lead; ++i) out[i] = 0;
  for (int i = 0; i < b.ndim; ++i) out[lead + i] = b.sizes[i] == 1 && shape[lead + i] != 1 ? 0 : b.strides[i];
}

// The strides PyTorch gives to the result of a pointwise op: dimensions in the order of the inputs' strides. False
// where that is the contiguous order.
bool output_strides(const LoopsPlan& plan, int count, Dims* strides) {
  const Dims& shape = plan.shape;
  bool contiguous = true;
  for (int k = 0; k < count && contiguous; ++k)
    contiguous = plan.inputs[k]->is_contiguous();  // what is broadcast has an opinion on the dimensions that it has
  if (contiguous) return false;
  int n = shape.count;
  int order[MAX_DIMS];  // from the innermost
  for (int i = 0; i < n; ++i) order[i] = n - 1 - i;
  auto compare = [&](int a, int b) {  // 1: a must go outside of b, -1: inside, 0: no opinion
    for (int k = 0; k < count; ++k) {
      int64_t x = plan.operands[k].strides[a], y = plan.operands[k].strides[b];
      if (x == 0 || y == 0) continue;
      if (x < y) return -1;
      if (x > y) return 1;
      if (shape[a] > shape[b]) return 1;
    }
    return 0;
  };
  for (int i = 1; i < n; ++i) {
    int at = i;
    for (int j = i - 1; j >= 0; --j) {
      int c = compare(order[j], order[at]);
      if (c > 0) {
        std::swap(order[j], order[at]);
        at = j;
      } else if (c < 0) {
        break;
      }
    }
  }
  strides->count = n;
  int64_t next = 1;
  for (int i = 0; i < n; ++i) {
    (*strides)[order[i]] = next;
    next *= std::max<int64_t>(shape[order[i]], 1);
  }
  return true;
}

// Strides of a dense tensor with the kept dimensions outside and the reduced ones inside.
Dims reduced_last(const Dims& shape, uint32_t reduced) {
  Dims strides = shape;
  int64_t next = 1;
  for (int pass = 0; pass < 2; ++pass)
    for (int d = shape.count - 1; d >= 0; --d)
      if ((reduced >> d & 1) == (pass == 0)) {
        strides[d] = next;
        next *= std::max<int64_t>(shape[d], 1);
      }
  return strides;
}

// Does dimension d, reduced as the one before it that is, continue that one?
bool continues(const int64_t* strides, const Dims& shape, int previous, int d) {
  return strides[previous] == strides[d] * std::max<int64_t>(shape[d], 1);  // as strides of empty tensors count it
}

// The reduced dimensions of more than one element, in the order in which they are walked.
struct Walk {
  int dims[MAX_DIMS], count = 0;
};

// The order of a sum over several dimensions depends on whether they are walked as one range, so it has to be that in
// which the op by itself would walk its operand: the elements as a kernel that does not reduce would have stored them,
// from the first in memory to the last. Operands that cannot be walked like this (broadcast along some of the
// dimensions, parts of a larger tensor) are copied first. Kernels walk at most two ranges; where there would be more,
// the reduced dimensions are made one.
Walk plan_copies(LoopsPlan& plan, int count) {
  const Dims& shape = plan.shape;
  Walk walk;
  auto& [dims, n] = walk;
  for (int d = 0; d < shape.count; ++d)
    if (plan.mask >> d & 1 && shape[d] != 1) dims[n++] = d;
  if (n < 2) return walk;
  Dims stored;
  if (!output_strides(plan, count, &stored)) stored = contiguous_strides(shape);
  std::stable_sort(dims, dims + n, [&](int a, int b) { return stored[a] > stored[b]; });
  int ranges = 1;
  for (int k = 1; k < n; ++k) ranges += !continues(stored.begin(), shape, dims[k - 1], dims[k]);
  bool all = ranges > 2;
  if (all) {
    stored = reduced_last(shape, plan.mask);
    std::sort(dims, dims + n);
  }
  auto copy_to = [&](int o) {
    plan.copies.resize(static_cast<size_t>(count));
    Buffer& copy = plan.copies[static_cast<size_t>(o)];
    describe(copy, plan.inputs[o]->dtype, shape, stored, plan.inputs[o]->device);
    broadcast_strides(copy, shape, plan.operands[o].strides);
  };
  auto joins = [&](int o, int k) { return continues(plan.operands[o].strides, shape, dims[k - 1], dims[k]); };
  auto stored_joins = [&](int k) { return continues(stored.begin(), shape, dims[k - 1], dims[k]); };
  for (int o = 0; o < count; ++o) {
    bool copied = all;
    for (int k = 1; k < n && !copied; ++k) copied = stored_joins(k) && !joins(o, k);
    if (copied) copy_to(o);
  }
  ranges = 1;
  for (int k = 1; k < n; ++k) {
    bool all_join = true;
    for (int o = 0; o < count; ++o) all_join = all_join && joins(o, k);
    if (all_join && count && !stored_joins(k)) copy_to(0), all_join = false;  // it would be one range here alone
    ranges += !all_join;
  }
  if (ranges > 2) raise(ErrorKind::Internal, "a reduction over %d separate ranges of dimensions", ranges);
  return walk;
}

// Runtimes walk dimensions as they stand in a shape.
void put_in_order(LoopsPlan& plan, const Walk& walk, int operands) {
  if (std::is_sorted(walk.dims, walk.dims + walk.count)) return;
  int places[MAX_DIMS];
  std::copy(walk.dims, walk.dims + walk.count, places);
  std::sort(places, places + walk.count);
  auto permute = [&](int64_t* numbers) {
    int64_t moved[MAX_DIMS];
    for (int k = 0; k < walk.count; ++k) moved[k] = numbers[walk.dims[k]];
    for (int k = 0; k < walk.count; ++k) numbers[places[k]] = moved[k];
  };
  permute(&plan.shape[0]);
  for (int o = 0; o < operands; ++o) permute(plan.operands[o].strides);
}

void make_copies(KernelSource& kernels, LoopsPlan& plan) {
  for (size_t k = 0; k < plan.copies.size(); ++k) {
    if (!plan.copies[k].storage) continue;
    allocate(plan.copies[k]);
    copy_into(kernels, plan.copies[k], *plan.inputs[k]);
    plan.inputs[k] = &plan.copies[k];
  }
}

char* memory_of(const Buffer& b) {
  if (TAEDA_UNLIKELY(!b.has_memory()))
    raise(ErrorKind::NeedsData, "a kernel reads a tensor of shape %s that has no data", shape_text(b).at);
  return b.storage->data() + b.offset * itemsize(b.dtype);
}

}  // namespace

Dims strides_like(Frame& f, const Dims& shape, std::span<const int> registers) {
  LoopsPlan& plan = *f.plan;
  Buffer last;
  describe(last, DType::Float32, shape, f.device);
  int count = 0;
  auto add = [&](const Buffer& b) {
    plan.inputs[count] = &b;
    broadcast_strides(b, shape, plan.operands[count++].strides);
  };
  for (int r : registers) add(f.at(r));
  add(last);
  plan.shape = shape;
  Dims strides;
  return output_strides(plan, count, &strides) ? strides : contiguous_strides(shape);
}

// Whether a long reduction is done in chunks wherever it stands: to one element, by a kernel that can be split.
// Grouping (compiler/fuse.py) sees to it that larger kernels made of such can be too.
bool LoopsInstruction::in_chunks_anyway(Frame& f) const {
  LoopKernel *partial, *combine;
  std::vector<DType> between;
  return static_cast<int>(reduced.size()) == f.plan->shape.count &&
         f.kernels->loop(kernel).split(&partial, &combine, &between);
}

void LoopsInstruction::infer(Frame& f) const {
  LoopsPlan& plan = *f.plan;
  if (TAEDA_UNLIKELY(!plan.copies.empty())) plan.copies.clear();  // of a run that only inferred
  Dims& shape = plan.shape;
  int n = static_cast<int>(inputs.size()), m = static_cast<int>(outputs.size());
  for (int k = 0; k < n; ++k) {
    const Buffer& b = f.at(inputs[k]);
    plan.inputs[k] = &b;
    if (k == 0)
      shape = b.shape();
    else if (!same_shape(b, shape))
      shape = broadcast_shapes(shape, b.shape());
  }
  if (n == 0) {
    shape.count = 0;
    for (int k = 0; k < m; ++k)
      if (!outputs[k].fresh) shape = f.at(outputs[k].reg).shape();
  }
  uint32_t mask = 0;
  for (int d : reduced) {
    if (d >= shape.count) raise(ErrorKind::Internal, "a Program reduces dimension %d of %d", d, shape.count);
    mask |= 1u << d;
  }
  plan.mask = mask;
  if (mask) {
    int64_t extent = 1;
    for (int d : reduced) extent *= shape[d];
    if (extent > REDUCTION_CHUNK && !f.runtime->executes()) f.odd_reductions |= !in_chunks_anyway(f);
  }
  for (int k = 0; k < n; ++k) {
    plan.operands[k].dtype = plan.inputs[k]->dtype;
    plan.operands[k].output = false;
    broadcast_strides(*plan.inputs[k], shape, plan.operands[k].strides);
  }
  Walk walk;
  if (mask) walk = plan_copies(plan, n);
  for (int k = 0; k < m; ++k) {
    const Output& o = outputs[k];
    Dims rows;
    if (o.row)
      for (int d = 0; d < shape.count; ++d) {
        if (!(mask >> d & 1))
          rows.push(shape[d]);
        else if (keepdim)
          rows.push(1);
      }
    const Dims& sizes = o.row ? rows : shape;
    const Buffer* out;
    if (!o.fresh) {
      out = &f.at(o.reg);
      if (!same_shape(*out, sizes))
        raise(ErrorKind::Runtime, "output with shape %s doesn't match the broadcast shape %s", shape_text(*out).at,
              dims_text(sizes).at);
    } else if (const Buffer* target = f.target(o.reg, o.dtype, sizes)) {
      out = f.registers[o.reg] = target;
    } else {
      Buffer& made = f.define(o.reg);
      Dims strides;
      if (!o.row && shape.count > 1 && output_strides(plan, n, &strides))
        describe(made, o.dtype, sizes, strides, f.device);
      else
        describe(made, o.dtype, sizes, f.device);
      out = &made;
    }
    plan.outputs[k] = out;
    LoopOperand& to = plan.operands[n + k];
    to.dtype = out->dtype;
    to.output = true;
    if (!o.row) {
      broadcast_strides(*out, shape, to.strides);
    } else {
      for (int d = 0, at = 0; d < shape.count; ++d) {
        bool gone = mask >> d & 1;
        to.strides[d] = gone ? 0 : out->strides[at];
        if (!gone || keepdim) ++at;
      }
    }
  }
  put_in_order(plan, walk, n + m);
}

// Makes a large result in the memory of an input that nobody needs any more, if there is one that lies as it does:
// kernels store a point when they have read it.
bool LoopsInstruction::take_memory(Frame& f, int output) const {
  constexpr size_t MUCH = 1 << 18;  // less comes from a cache
  const LoopsPlan& plan = *f.plan;
  const Buffer& out = *plan.outputs[output];
  if (last.empty() || !plan.copies.empty() || out.storage->bytes() < MUCH || out.storage->data() || out.offset)
    return false;
  // What is stored once per row may be computed from inputs when all points are done.
  for (const Output& o : outputs)
    if (o.row) return false;
  int n = static_cast<int>(inputs.size());
  const int64_t* strides = plan.operands[n + output].strides;
  for (int k : last) {
    const Buffer& in = *plan.inputs[k];
    bool fits = in.storage && in.storage->gives_memory() && in.storage->bytes() == out.storage->bytes() && !in.offset &&
                in.numel == out.numel && itemsize(in.dtype) == itemsize(out.dtype) && in.device == out.device &&
                std::equal(strides, strides + plan.shape.count, plan.operands[k].strides);
    if (!fits) continue;
    bool alone = &in == f.places[inputs[k]] ? in.storage->references() == 1
                                            : f.inputs_end && f.origins[inputs[k]] == inputs[k] &&
                                                  &in == f.registers[inputs[k]] && f.inputs_end->gives(inputs[k]);
    if (!alone) continue;
    if (f.collection) f.collection->flush();  // others that were put off read it
    out.storage->take_memory(*in.storage);
    return true;
  }
  return false;
}

void LoopsInstruction::execute(Frame& f) const {
  LoopsPlan& plan = *f.plan;
  int n = static_cast<int>(inputs.size()), m = static_cast<int>(outputs.size());
  LaunchCollection* collection = f.collection;
  if (TAEDA_UNLIKELY(!plan.copies.empty())) {
    if (collection) std::exchange(collection, nullptr)->flush();
    make_copies(*f.kernels, plan);
  }
  LaunchCollection::Buffers reads{plan.inputs, static_cast<size_t>(n)}, writes{plan.outputs, static_cast<size_t>(m)};
  if (collection) collection->wait_for(reads, writes, scalars.size());
  for (int k = 0; k < n; ++k) plan.operands[k].data = memory_of(*plan.inputs[k]);
  for (int k = 0; k < m; ++k) {
    if (!take_memory(f, k)) allocate(*plan.outputs[k]);
    plan.operands[n + k].data = memory_of(*plan.outputs[k]);
  }
  uint64_t bits[MAX_OPERANDS];
  for (size_t k = 0; k < scalars.size(); ++k) bits[k] = scalar_bits(f.number(scalars[k]));
  f.runtime->run({f.kernels->loop(kernel), plan.shape, reduces, plan.mask, plan.operands, n + m, m, bits, collection});
  if (collection) collection->note(reads, writes);
  if (TAEDA_UNLIKELY(!plan.copies.empty())) plan.copies.clear();  // their memory is needed no more
}

void LoopsInstruction::usage(Usage& u) const {
  for (int r : inputs) u.read(r);
  for (const Expression& e : scalars) u.use(e);
  for (const Output& o : outputs) o.fresh ? u.make(o.reg) : u.read(o.reg);
}

void describe_sum(Buffer& out, const Buffer& source, const Buffer& like) {
  int lead = source.ndim - like.ndim;
  bool fits = lead >= 0;
  for (int d = 0; fits && d < like.ndim; ++d) fits = like.sizes[d] == 1 || like.sizes[d] == source.sizes[d + lead];
  if (!fits)
    raise(ErrorKind::Runtime, "cannot sum a gradient of shape %s to shape %s", shape_text(source).at,
          shape_text(like).at);
  describe(out, source.dtype, like.shape(), source.device);
}

void sum_into(KernelSource& kernels, const Buffer& out, const Buffer& source) {
  LoopsPlan plan;
  plan.shape = source.shape();
  plan.mask = 0;
  plan.inputs[0] = &source;
  int lead = source.ndim - out.ndim;
  for (int d = 0; d < source.ndim; ++d) {
    plan.operands[0].strides[d] = source.strides[d];
    bool gone = d < lead || (out.sizes[d - lead] == 1 && source.sizes[d] != 1);
    if (gone) plan.mask |= 1u << d;
    plan.operands[1].strides[d] = gone ? 0 : out.strides[d - lead];
  }
  put_in_order(plan, plan_copies(plan, 1), 2);
  make_copies(kernels, plan);
  allocate(out);
  for (int k = 0; k < 2; ++k) {
    plan.operands[k].data = memory_of(k ? out : *plan.inputs[0]);
    plan.operands[k].dtype = source.dtype;
    plan.operands[k].output = k == 1;
  }
  runtime_of(out.device).run({kernels.sum(source.dtype), plan.shape, true, plan.mask, plan.operands, 2, 1, nullptr});
}

}  // namespace taeda
