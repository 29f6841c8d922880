#include "core/stored_kernels.h"

#include <algorithm>

#include "core/object_code.h"

namespace taeda {

void StoredKernels::check() const {
  auto kernel = [&](int handle) { return handle >= 0 && handle < static_cast<int>(kernels.size()); };
  auto object = [&](int number) { return number >= 0 && number < static_cast<int>(objects.size()); };
  bool right = true;
  for (const Kernel& k : kernels) {
    right = right && (k.object == UNKNOWN || object(k.object));
    right = right && (k.splits != 1 || (kernel(k.partial) && kernel(k.combine)));
    for (const Variant& v : k.variants) right = right && object(v.object);
  }
  for (const General& g : general) right = right && kernel(g.handle);
  if (!right) raise(ErrorKind::Value, "a recording contradicts itself: a kernel that is not there");
}

// ---- from a file ----------------------------------------------------------------------------------------------------

LoadedKernels::LoadedKernels(const StoredKernels& stored) : stored_(stored) {
  for (const std::string& object : stored.objects) {
    LoadedObject loaded = load_object(object.data(), object.size(), "kernel");
    if (loaded.fault == ObjectFault::NO_MEMORY) raise(ErrorKind::Memory, "%s", loaded.message.c_str());
    if (loaded.fault != ObjectFault::NONE) raise(ErrorKind::Value, "%s", loaded.message.c_str());
    loaded_.push_back(reinterpret_cast<Kernel>(loaded.address));
  }
}

namespace {

[[noreturn]] void missing(const char* what) {
  raise(ErrorKind::NotImplemented, "%s was not needed when this was recorded, and is not in the file", what);
}

}  // namespace

const StoredKernels::Kernel& LoadedKernels::at(int handle) const {
  if (handle < 0 || handle >= static_cast<int>(stored_.kernels.size())) missing("a kernel");
  return stored_.kernels[handle];
}

Kernel LoadedKernels::template_kernel(int handle) {
  const StoredKernels::Kernel& k = at(handle);
  if (k.object == StoredKernels::UNKNOWN) missing("a kernel");
  return loaded_[k.object];
}

Kernel LoadedKernels::loop_variant(int handle, bool outer_axis, int inner_rank, const char* classes) {
  for (const StoredKernels::Variant& v : at(handle).variants)
    if (v.outer_axis == outer_axis && v.inner_rank == inner_rank && v.classes == classes) return loaded_[v.object];
  missing("a kernel for such strides");
}

int LoadedKernels::loop_traits(int handle) {
  if (at(handle).traits == StoredKernels::UNKNOWN) missing("a kernel");
  return at(handle).traits;
}

bool LoadedKernels::loop_split(int handle, int* partial, int* combine, std::vector<DType>* partial_dtypes) {
  const StoredKernels::Kernel& k = at(handle);
  if (k.splits == StoredKernels::UNKNOWN) missing("a reduction in chunks");
  *partial = k.partial;
  *combine = k.combine;
  *partial_dtypes = k.partial_dtypes;
  return k.splits == 1;
}

int LoadedKernels::general(StoredKernels::General::Kind kind, DType from, DType to) const {
  for (const StoredKernels::General& g : stored_.general)
    if (g.kind == kind && g.from == from && g.to == to) return g.handle;
  missing("a conversion, fill or sum");
}

// ---- noting ---------------------------------------------------------------------------------------------------------

int NotedKernels::number(int handle) {
  auto found = std::ranges::find(handles_, handle);
  if (found == handles_.end()) {
    handles_.push_back(handle);
    notes_.kernels.emplace_back();
    return static_cast<int>(handles_.size()) - 1;
  }
  return static_cast<int>(found - handles_.begin());
}

int NotedKernels::keep(std::string object) {
  auto found = std::ranges::find(notes_.objects, object);
  if (found == notes_.objects.end()) found = notes_.objects.insert(found, std::move(object));
  return static_cast<int>(found - notes_.objects.begin());
}

Kernel NotedKernels::template_kernel(int handle) {
  notes_.kernels[handle].object = keep(code_(handles_[handle], false, 0, nullptr));
  return from_.launch(handles_[handle]);
}

Kernel NotedKernels::loop_variant(int handle, bool outer_axis, int inner_rank, const char* classes) {
  int object = keep(code_(handles_[handle], outer_axis, inner_rank, classes));
  notes_.kernels[handle].variants.push_back({outer_axis, inner_rank, classes, object});
  return from_.loop_variant(handles_[handle], outer_axis, inner_rank, classes);
}

int NotedKernels::loop_traits(int handle) {
  return notes_.kernels[handle].traits = from_.loop_traits(handles_[handle]);
}

bool NotedKernels::loop_split(int handle, int* partial, int* combine, std::vector<DType>* partial_dtypes) {
  bool splits = from_.loop_split(handles_[handle], partial, combine, partial_dtypes);
  if (splits) *partial = number(*partial), *combine = number(*combine);
  StoredKernels::Kernel& k = notes_.kernels[handle];
  k.splits = splits;
  if (splits) k.partial = *partial, k.combine = *combine, k.partial_dtypes = *partial_dtypes;
  return splits;
}

int NotedKernels::note(StoredKernels::General::Kind kind, DType from, DType to, int handle) {
  int own = number(handle);
  notes_.general.push_back({kind, from, to, own});
  return own;
}

int NotedKernels::copy_handle(DType from, DType to) {
  return note(StoredKernels::General::Copy, from, to, from_.copy_handle(from, to));
}

int NotedKernels::fill_handle(DType dtype) {
  return note(StoredKernels::General::Fill, dtype, dtype, from_.fill_handle(dtype));
}

int NotedKernels::sum_handle(DType dtype) {
  return note(StoredKernels::General::Sum, dtype, dtype, from_.sum_handle(dtype));
}

}  // namespace taeda
