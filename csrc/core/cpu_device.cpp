// The runtimes of the CPU and of "meta". The CPU: memory from the caching allocator, kernels on the thread pool, done
// when the call returns.
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstring>
#include <mutex>

#include "core/allocator.h"
#include "core/loops.h"
#include "core/thread_pool.h"

namespace taeda {
namespace {

struct Pieces {
  TemplateLaunch& launch;
  std::mutex mutex;
  int64_t fault_begin = INT64_MAX;
};

int64_t run_piece(void* context, int64_t begin, int64_t end) {
  auto& pieces = *static_cast<Pieces*>(context);
  TemplateLaunch& l = pieces.launch;
  char* scratch = nullptr;
  if (l.scratch > 0 && !(scratch = thread_scratch(l.scratch))) return NO_SCRATCH;
  int64_t fault[FAULT_WORDS] = {};
  KernelArguments a{l.data, l.integers, l.scalars, scratch, fault};
  int64_t code = l.kernel(&a, begin, end);
  if (TAEDA_UNLIKELY(code != 0)) {
    std::lock_guard<std::mutex> lock(pieces.mutex);
    if (begin < pieces.fault_begin) {
      pieces.fault_begin = begin;
      std::memcpy(l.fault, fault, sizeof fault);
    }
  }
  return code;
}

int64_t clear_piece(void* at, int64_t begin, int64_t end) {
  std::memset(static_cast<char*>(at) + begin, 0, static_cast<size_t>(end - begin));
  return 0;
}

// Past the caches, without reading the lines first. (Processors are known that write lines of zeros three times as fast
// as others, this way only.)
int64_t clear_piece_in_memory(void* at, int64_t begin, int64_t end) {
#ifdef __SSE2__
  constexpr int64_t UNIT = sizeof(__m128i);
  char* from = static_cast<char*>(at);
  int64_t first = begin + (-static_cast<int64_t>(reinterpret_cast<uintptr_t>(from + begin)) & (UNIT - 1));
  if (first + UNIT > end) return clear_piece(at, begin, end);
  clear_piece(at, begin, first);
  for (; first + UNIT <= end; first += UNIT)
    _mm_stream_si128(reinterpret_cast<__m128i*>(from + first), _mm_setzero_si128());
  _mm_sfence();
  begin = first;
#endif
  return clear_piece(at, begin, end);
}

void clear_memory(char* at, size_t bytes) {
  constexpr int64_t PIECE = 128 << 10;
  auto length = static_cast<int64_t>(bytes);
  if (length <= PIECE) {
    clear_piece(at, 0, length);
    return;
  }
  WithoutHostLock unlocked;
  parallel_for(length, PIECE, length >= STREAMING ? clear_piece_in_memory : clear_piece, at);
}

class Cpu final : public DeviceRuntime {
 public:
  bool executes() const override { return true; }
  void* allocate(size_t bytes) override { return taeda::allocate(bytes); }
  void deallocate(void* p, size_t bytes) noexcept override { taeda::deallocate(p, bytes); }
  void copy(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void clear(void* at, size_t bytes) override { clear_memory(static_cast<char*>(at), bytes); }
  void run(const LoopsLaunch& launch) override { run_loops(launch); }
  int64_t run(TemplateLaunch& launch) override {
    Pieces pieces{launch};
    if (launch.grain == 0) {
      WithoutHostLock unlocked;
      return run_piece(&pieces, 0, launch.work);
    }
    if (launch.work <= launch.grain) return run_piece(&pieces, 0, launch.work);
    WithoutHostLock unlocked;
    return parallel_for(launch.work, launch.grain, run_piece, &pieces);
  }
  void run(Join& join) override { run_join(join); }
  void synchronise() override {}
  Memory query() const override {
    AllocatorStatistics s = allocator_statistics();
    return {s.allocated, s.reserved};
  }
};

// Sizes and strides without elements.
class Meta final : public DeviceRuntime {
 public:
  bool executes() const override { return false; }
  void* allocate(size_t) override { no_memory(); }
  void deallocate(void*, size_t) noexcept override {}
  void copy(void*, const void*, size_t) override { no_memory(); }
  void clear(void*, size_t) override { no_memory(); }
  void run(const LoopsLaunch&) override { no_memory(); }
  int64_t run(TemplateLaunch&) override { no_memory(); }
  void run(Join&) override { no_memory(); }
  void synchronise() override {}
  Memory query() const override { return {0, 0}; }

 private:
  [[noreturn]] static void no_memory() { raise(ErrorKind::NeedsData, "device 'meta' has no memory"); }
};

Cpu the_cpu;
Meta the_meta;

}  // namespace

DeviceRuntime& cpu_runtime() { return the_cpu; }
DeviceRuntime& meta_runtime() { return the_meta; }

}  // namespace taeda
