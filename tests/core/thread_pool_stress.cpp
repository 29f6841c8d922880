// Uses the thread pool in all the ways it may be used; exits with 0 if all results are right. Built and run by
// test_thread_pool.py under the sanitizers.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "core/thread_pool.h"

using namespace taeda;

namespace {

void check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  std::exit(1);
}

struct Pieces {
  int64_t work, grain;
  std::vector<int> seen;  // how often each item was done
  std::atomic<bool> shape_wrong{false};
};

int64_t count(void* context, int64_t begin, int64_t end) {
  auto& p = *static_cast<Pieces*>(context);
  bool whole = p.work <= p.grain;
  if (begin % p.grain || (!whole && end - begin > p.grain) || (end != p.work && end - begin != p.grain)) p.shape_wrong = true;
  for (int64_t i = begin; i < end; ++i) ++p.seen[static_cast<size_t>(i)];
  char* scratch = thread_scratch(1000 + begin % 7 * 1000);
  check(scratch && reinterpret_cast<uintptr_t>(scratch) % 64 == 0, "scratch");
  std::memset(scratch, 1, 1000);
  return 0;
}

void all_once(int64_t work, int64_t grain) {
  Pieces p{work, grain, std::vector<int>(static_cast<size_t>(work)), {}};
  check(parallel_for(work, grain, count, &p) == 0, "result");
  check(!p.shape_wrong, "pieces");
  for (int n : p.seen) check(n == 1, "each item once");
}

// Fails in the pieces from `context` on; the failure of the first of them must be reported.
int64_t fail(void* context, int64_t begin, int64_t) {
  int64_t from = *static_cast<int64_t*>(context);
  return begin >= from ? 1000 + begin : 0;
}

int64_t nested(void* context, int64_t begin, int64_t end) {
  auto* sums = static_cast<std::atomic<int64_t>*>(context);
  auto add = [](void* c, int64_t b, int64_t e) -> int64_t {
    static_cast<std::atomic<int64_t>*>(c)->fetch_add(e - b);
    return 0;
  };
  for (int64_t i = begin; i < end; ++i) parallel_for(100, 7, add, sums);
  return 0;
}

}  // namespace

int main() {
  for (int threads : {1, 2, 4, 9, 3}) {
    set_num_threads(threads);
    check(get_num_threads() == threads, "number of threads");
    for (int round = 0; round < 200; ++round) all_once(1 + round * 37 % 1000, 1 + round % 19);
    for (int64_t from : {0, 7, 500, 993, 999})
      check(parallel_for(1000, 1, fail, &from) == 1000 + from, "the first failure");
    std::atomic<int64_t> sum{0};
    check(parallel_for(50, 3, nested, &sum) == 0 && sum == 5000, "nested");
    check(parallel_for(0, 1, fail, nullptr) == 0, "no work");
  }
  all_once(3 << 20, 1);  // more pieces than claims
  std::vector<std::thread> callers;
  for (int k = 0; k < 4; ++k)
    callers.emplace_back([] {
      for (int round = 0; round < 100; ++round) all_once(500, 3);
    });
  for (int n = 2; n < 12; ++n) set_num_threads(2 + n % 3);
  for (std::thread& t : callers) t.join();
  std::puts("ok");
}
