#include "core/kernel_source.h"

#include <iterator>

namespace taeda {

Kernel LoopKernel::variant(bool outer_axis, int inner_rank, const char* classes, int operands) {
  // Up to 29 operands a variant fits in 64 bits: two bits a class.
  uint64_t key = 0;
  bool fits = operands <= 29;
  if (fits) {
    for (int o = 0; o < operands; ++o)
      key = key << 2 | (classes[o] == 'c' ? 1 : classes[o] == 'z' ? 2 : classes[o] == 's' ? 3 : 0);
    key = key << 3 | (outer_axis ? 4 : 0) | inner_rank;
    for (const Last& l : last_)
      if (l.key == key) return l.kernel;
  }
  std::string name = (outer_axis ? "o" : "i") + std::to_string(inner_rank) + classes;
  auto found = variants_.find(name);
  Kernel kernel;
  if (found != variants_.end()) {
    kernel = found->second;
  } else {
    kernel = source_.loop_variant(handle_, outer_axis, inner_rank, classes);
    variants_.emplace(std::move(name), kernel);
  }
  if (fits) {
    last_[next_] = {key, kernel};
    next_ = (next_ + 1) % std::size(last_);
  }
  return kernel;
}

bool LoopKernel::split(LoopKernel** partial, LoopKernel** combine, std::vector<DType>* dtypes) {
  if (!splitting_) {
    int p, c;
    bool can = source_.loop_split(handle_, &p, &c, &partial_dtypes_);
    if (can) partial_ = &source_.loop(p), combine_ = &source_.loop(c);
    splitting_ = can ? 2 : 1;
  }
  *partial = partial_;
  *combine = combine_;
  *dtypes = partial_dtypes_;
  return splitting_ == 2;
}

int LoopKernel::traits() {
  if (traits_ < 0) traits_ = source_.loop_traits(handle_);
  return traits_;
}

LoopKernel& KernelSource::make_loop(int handle) {
  if (handle < 0) raise(ErrorKind::Value, "kernel handle %d", handle);
  if (static_cast<size_t>(handle) >= loops_.size()) loops_.resize(handle + 1);
  if (!loops_[handle]) loops_[handle] = std::make_unique<LoopKernel>(*this, handle);
  return *loops_[handle];
}

Kernel KernelSource::make_launch(int handle) {
  if (handle < 0) raise(ErrorKind::Value, "kernel handle %d", handle);
  Kernel kernel = template_kernel(handle);
  if (static_cast<size_t>(handle) >= launches_.size()) launches_.resize(handle + 1);
  return launches_[handle] = kernel;
}

LoopKernel& KernelSource::copy(DType from, DType to) {
  LoopKernel*& k = copy_[static_cast<int>(from)][static_cast<int>(to)];
  if (!k) k = &loop(copy_handle(from, to));
  return *k;
}

LoopKernel& KernelSource::fill(DType dtype) {
  LoopKernel*& k = fill_[static_cast<int>(dtype)];
  if (!k) k = &loop(fill_handle(dtype));
  return *k;
}

LoopKernel& KernelSource::sum(DType dtype) {
  LoopKernel*& k = sum_[static_cast<int>(dtype)];
  if (!k) k = &loop(sum_handle(dtype));
  return *k;
}

}  // namespace taeda
