#include "core/thread_pool.h"

#include <pthread.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace taeda {

HostLock host_lock;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::microseconds SPIN{30};

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

// Waits until value differs from `old`: a short spin, because the next kernel usually follows within microseconds and
// waking a sleeping thread takes 5 to 50 of them; then sleep.
template <class T>
void wait_for_change(std::atomic<T>& value, T old) {
  Clock::time_point end = Clock::now() + SPIN;
  do {
    for (int i = 0; i < 64; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      pause();
    }
  } while (Clock::now() < end);
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

thread_local bool inside = false;  // this thread runs a piece: nested calls stay in it

// The job at hand. A worker may only touch it between a claim that succeeded and the completion of what it claimed: the
// claim names the job's generation, and the job cannot end before all that was claimed is done.
//
// The claims are divided into as many shares as there are threads. A thread takes what its own share holds, in order,
// and then what is left of others': a kernel that follows on the same memory finds in its cache what it needs, because
// the same thread had it before, and still no thread waits while there is work.
struct Job {
  ParallelBody body;
  void* context;
  int64_t work, grain, pieces;
  int64_t pieces_per_claim, claims;
  std::atomic<int64_t> failed_piece, failure;

  // The first failure in order of pieces is kept; pieces after it need not run.
  void run_claim(int64_t claim) {
    int64_t begin = claim * pieces_per_claim, end = std::min(begin + pieces_per_claim, pieces);
    for (int64_t piece = begin; piece < end; ++piece) {
      if (piece > failed_piece.load(std::memory_order_relaxed)) return;
      int64_t result = body(context, piece * grain, std::min((piece + 1) * grain, work));
      if (result) {
        note_failure(piece, result);
        return;
      }
    }
  }

  void note_failure(int64_t piece, int64_t result) {
    std::lock_guard<std::mutex> lock(failure_mutex);
    if (piece < failed_piece.load(std::memory_order_relaxed)) {
      failed_piece.store(piece, std::memory_order_relaxed);
      failure.store(result, std::memory_order_relaxed);
    }
  }

  std::mutex failure_mutex;
};

class Pool {
 public:
  explicit Pool(int threads) : shares_(static_cast<size_t>(threads)) {
    try {
      for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { worker(static_cast<size_t>(i)); });
    } catch (...) {
      // The system gives no more threads; those that there are do the work, with the same result.
    }
  }

  // Ends the threads. The pool stays usable, by its callers alone.
  void shut_down() {
    std::lock_guard<std::mutex> wait(busy);
    stop_.store(true, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
    for (std::thread& t : workers_) t.join();
    workers_.clear();
  }

  bool empty() const { return workers_.empty(); }

  int64_t run(int64_t work, int64_t grain, ParallelBody body, void* context) {
    job_.body = body;
    job_.context = context;
    job_.work = work;
    job_.grain = grain;
    job_.pieces = (work + grain - 1) / grain;
    job_.pieces_per_claim = (job_.pieces + MAX_CLAIMS - 1) / MAX_CLAIMS;
    job_.claims = (job_.pieces + job_.pieces_per_claim - 1) / job_.pieces_per_claim;
    job_.failed_piece.store(INT64_MAX, std::memory_order_relaxed);
    job_.failure.store(0, std::memory_order_relaxed);
    uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
    unfinished_.store(static_cast<uint32_t>(job_.claims), std::memory_order_relaxed);
    int64_t threads = static_cast<int64_t>(shares_.size()), begin = 0;
    for (int64_t i = 0; i < threads; ++i) {
      int64_t end = job_.claims * (i + 1) / threads;
      Share& share = shares_[static_cast<size_t>(i)];
      share.end.store(end, std::memory_order_relaxed);
      share.ticket.store(static_cast<uint64_t>(generation) << 32 | static_cast<uint64_t>(end - begin),
                         std::memory_order_release);
      begin = end;
    }
    generation_.store(generation, std::memory_order_release);
    generation_.notify_all();
    take_part(generation, 0);
    for (uint32_t left; (left = unfinished_.load(std::memory_order_acquire)) != 0;) wait_for_change(unfinished_, left);
    return job_.failure.load(std::memory_order_relaxed);
  }

  std::mutex busy;         // one job at a time
  Pool* before = nullptr;  // next in the list of retired pools

 private:
  static constexpr int64_t MAX_CLAIMS = 1 << 20;

  // A ticket holds the generation and how many claims of the share are left; they are the last ones before `end`.
  struct alignas(64) Share {
    std::atomic<uint64_t> ticket{0};
    std::atomic<int64_t> end{0};
  };

  void worker(size_t self) {
    inside = true;
    uint32_t seen = 0;
    for (;;) {
      wait_for_change(generation_, seen);
      if (stop_.load(std::memory_order_relaxed)) return;
      seen = generation_.load(std::memory_order_acquire);
      take_part(seen, self);
    }
  }

  // Claims work of job `generation` until none is left.
  void take_part(uint32_t generation, size_t self) {
    for (size_t i = 0; i < shares_.size(); ++i) take(generation, shares_[(self + i) % shares_.size()]);
  }

  void take(uint32_t generation, Share& share) {
    uint64_t ticket = share.ticket.load(std::memory_order_acquire);
    for (;;) {
      uint32_t left = static_cast<uint32_t>(ticket);
      if (static_cast<uint32_t>(ticket >> 32) != generation || left == 0) return;
      if (!share.ticket.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire))
        continue;
      job_.run_claim(share.end.load(std::memory_order_relaxed) - left);
      if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_all();
      ticket = share.ticket.load(std::memory_order_acquire);
    }
  }

  alignas(64) std::atomic<uint32_t> unfinished_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};
  std::atomic<bool> stop_{false};
  Job job_;
  std::vector<Share> shares_;  // by thread, that of the caller first
  std::vector<std::thread> workers_;
};

int default_threads() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

std::atomic<int> threads{0};  // 0: not asked for yet
// A pool is never destroyed: its threads may be asleep in it at exit, and another thread may be about to use it when
// the number of threads changes. `making` guards the exchange; a fork replaces it as well.
std::atomic<Pool*> pool{nullptr};
std::mutex* making = new std::mutex;
Pool* retired = nullptr;

// The threads of the parent are not in the child, and the locks may be in any state: leave all of it behind.
void after_fork_in_child() {
  pool.store(nullptr);
  making = new std::mutex;
  inside = false;
}

Pool* current_pool() {
  Pool* p = pool.load(std::memory_order_acquire);
  if (p) return p;
  std::lock_guard<std::mutex> lock(*making);
  p = pool.load(std::memory_order_acquire);
  if (!p) {
    static bool registered = (pthread_atfork(nullptr, nullptr, after_fork_in_child), true);
    (void)registered;
    p = new Pool(get_num_threads());
    pool.store(p, std::memory_order_release);
  }
  return p;
}

int64_t run_alone(int64_t work, int64_t grain, ParallelBody body, void* context) {
  for (int64_t begin = 0; begin < work; begin += grain)
    if (int64_t result = body(context, begin, std::min(begin + grain, work))) return result;
  return 0;
}

}  // namespace

int64_t parallel_for(int64_t work, int64_t grain, ParallelBody body, void* context) {
  if (work <= 0) return 0;
  if (grain < 1) grain = 1;
  if (work <= grain) return body(context, 0, work);
  if (inside || get_num_threads() == 1) return run_alone(work, grain, body, context);
  Pool* p = current_pool();
  std::unique_lock<std::mutex> lock(p->busy, std::try_to_lock);
  // Another thread uses the pool: this one does its work alone rather than wait.
  if (!lock.owns_lock() || p->empty()) return run_alone(work, grain, body, context);
  inside = true;
  int64_t result = p->run(work, grain, body, context);
  inside = false;
  return result;
}

void set_num_threads(int n) {
  n = std::max(1, n);
  if (n == get_num_threads()) return;
  std::lock_guard<std::mutex> lock(*making);
  threads = n;
  if (Pool* old = pool.exchange(nullptr)) {
    old->shut_down();
    old->before = retired;
    retired = old;
  }
}

int get_num_threads() {
  int n = threads.load(std::memory_order_relaxed);
  if (n) return n;
  int none = 0;
  threads.compare_exchange_strong(none, default_threads());
  return threads;
}

char* thread_scratch(int64_t bytes) {
  struct Scratch {
    char* at = nullptr;
    int64_t size = 0;
    ~Scratch() { std::free(at); }
  };
  static thread_local Scratch scratch;
  if (bytes <= scratch.size && scratch.at) return scratch.at;
  // Grown by half at least, so that a slowly growing need does not reallocate at each step.
  int64_t size = (std::max(bytes, scratch.size + scratch.size / 2) + 127) / 64 * 64;
  std::free(scratch.at);
  scratch.at = static_cast<char*>(std::aligned_alloc(64, static_cast<size_t>(size)));
  scratch.size = scratch.at ? size : 0;
  return scratch.at;
}

}  // namespace taeda
