// Kernels that came with a recording: object files, and the answers to what executing Programs asks about them.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/kernel_source.h"

namespace taeda {

struct StoredKernels {
  static constexpr int UNKNOWN = -1;
  struct Variant {
    bool outer_axis;
    int inner_rank;
    std::string classes;
    int object;
  };
  struct Kernel {          // by handle
    int object = UNKNOWN;  // of a launch
    int traits = UNKNOWN;
    int splits = UNKNOWN, partial = UNKNOWN, combine = UNKNOWN;
    std::vector<DType> partial_dtypes;
    std::vector<Variant> variants;
  };
  struct General {  // the handle of a kernel of general use
    enum Kind : uint8_t { Copy, Fill, Sum } kind;
    DType from, to;
    int handle;
  };
  std::vector<std::string> objects;
  std::vector<Kernel> kernels;
  std::vector<General> general;

  void check() const;  // refuses (ErrorKind::Value) numbers that point nowhere
};

// Kernels from a file. All machine code is loaded at once, so that a fault is known before anything runs.
class LoadedKernels final : public KernelSource {
 public:
  explicit LoadedKernels(const StoredKernels& stored);  // which has to outlive it
  Kernel template_kernel(int handle) override;
  Kernel loop_variant(int handle, bool outer_axis, int inner_rank, const char* classes) override;
  int loop_traits(int handle) override;
  bool loop_split(int handle, int* partial, int* combine, std::vector<DType>* partial_dtypes) override;
  int copy_handle(DType from, DType to) override { return general(StoredKernels::General::Copy, from, to); }
  int fill_handle(DType dtype) override { return general(StoredKernels::General::Fill, dtype, dtype); }
  int sum_handle(DType dtype) override { return general(StoredKernels::General::Sum, dtype, dtype); }

 private:
  const StoredKernels::Kernel& at(int handle) const;
  int general(StoredKernels::General::Kind kind, DType from, DType to) const;
  const StoredKernels& stored_;
  std::vector<Kernel> loaded_;  // by number of the object
};

// Answers as another source does, and notes what was asked. Its handles are numbers of its own, from 0.
class NotedKernels final : public KernelSource {
 public:
  // The object file of a kernel of the other source: of a launch, or of a variant of loops (classes not null).
  using ObjectCode = std::function<std::string(int handle, bool outer_axis, int inner_rank, const char* classes)>;

  NotedKernels(KernelSource& from, ObjectCode code, StoredKernels& notes)
      : from_(from), code_(std::move(code)), notes_(notes) {}
  int number(int handle);  // the own handle for one of the other source
  Kernel template_kernel(int handle) override;
  Kernel loop_variant(int handle, bool outer_axis, int inner_rank, const char* classes) override;
  int loop_traits(int handle) override;
  bool loop_split(int handle, int* partial, int* combine, std::vector<DType>* partial_dtypes) override;
  int copy_handle(DType from, DType to) override;
  int fill_handle(DType dtype) override;
  int sum_handle(DType dtype) override;

 private:
  int note(StoredKernels::General::Kind kind, DType from, DType to, int handle);
  int keep(std::string object);
  KernelSource& from_;
  ObjectCode code_;
  StoredKernels& notes_;
  std::vector<int> handles_;  // of the other source, by own number
};

}  // namespace taeda
