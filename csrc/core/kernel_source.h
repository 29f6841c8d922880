// Where machine code comes from. Programs name kernels by handles, small numbers that mean something to one
// KernelSource: under Python that is the compiler (csrc/python/runtime.h), in a native program what lay beside the
// Program in its file. Each question is asked once and its answer kept here.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/dtype.h"
#include "core/kernel_abi.h"

namespace taeda {

class KernelSource;

// One loop kernel and its compiled variants.
class LoopKernel {
 public:
  LoopKernel(KernelSource& source, int handle) : source_(source), handle_(handle) {}
  // The machine code for a variant: axis 'inner' or 'outer', inner rank, a stride class per operand.
  Kernel variant(bool outer_axis, int inner_rank, const char* classes, int operands);
  // The two kernels that do a plain reduction in chunks, or false.
  bool split(LoopKernel** partial, LoopKernel** combine, std::vector<DType>* partial_dtypes);
  bool uses_index() { return traits() & 1; }  // reads the linear index: dimensions must be walked in their order
  int cost() { return traits() >> 1; }        // of a point: 1 for an addition, 20 for exp (ir/cost.py)

 private:
  int traits();
  KernelSource& source_;
  int handle_;
  struct Last {
    uint64_t key = 0;
    Kernel kernel = nullptr;
  } last_[4];
  int next_ = 0, traits_ = -1;
  std::unordered_map<std::string, Kernel> variants_;
  int splitting_ = 0;  // 0 not asked yet, 1 no, 2 yes
  LoopKernel *partial_ = nullptr, *combine_ = nullptr;
  std::vector<DType> partial_dtypes_;
};

class KernelSource {
 public:
  virtual ~KernelSource() = default;
  // The kernel of a launch instruction.
  virtual Kernel template_kernel(int handle) = 0;
  virtual Kernel loop_variant(int handle, bool outer_axis, int inner_rank, const char* classes) = 0;
  virtual int loop_traits(int handle) = 0;  // LoopKernel::cost(), doubled, and uses_index()
  // Handles of the kernels that do the reduction `handle` in chunks, with the dtypes of what is between them.
  virtual bool loop_split(int handle, int* partial, int* combine, std::vector<DType>* partial_dtypes) = 0;
  // Handles of loop kernels of general use: converting and copying, writing scalar 0 everywhere, a plain sum.
  virtual int copy_handle(DType from, DType to) = 0;
  virtual int fill_handle(DType dtype) = 0;
  virtual int sum_handle(DType dtype) = 0;

  LoopKernel& loop(int handle) {  // the one object for a handle
    if (TAEDA_LIKELY(static_cast<size_t>(handle) < loops_.size() && loops_[handle])) return *loops_[handle];
    return make_loop(handle);
  }
  Kernel launch(int handle) {
    if (TAEDA_LIKELY(static_cast<size_t>(handle) < launches_.size() && launches_[handle])) return launches_[handle];
    return make_launch(handle);
  }
  LoopKernel& copy(DType from, DType to);
  LoopKernel& fill(DType dtype);
  LoopKernel& sum(DType dtype);

 private:
  LoopKernel& make_loop(int handle);
  Kernel make_launch(int handle);
  std::vector<std::unique_ptr<LoopKernel>> loops_;
  std::vector<Kernel> launches_;
  LoopKernel *copy_[DTYPE_COUNT][DTYPE_COUNT] = {}, *fill_[DTYPE_COUNT] = {}, *sum_[DTYPE_COUNT] = {};
};

}  // namespace taeda
