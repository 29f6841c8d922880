// object_code_fuzz FILE COUNT: load COUNT damaged forms of an object file; prints how many were refused. Built and run
// by test_object_code.py under the sanitizers.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "core/object_code.h"

namespace {

uint64_t state = 1;
uint64_t random_below(uint64_t limit) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (state >> 33) % limit;
}

}  // namespace

int main(int, char** arguments) {
  std::ifstream file(arguments[1], std::ios::binary);
  std::string body{std::istreambuf_iterator<char>(file), {}};
  if (taeda::load_object(body.data(), body.size(), "count").fault != taeda::ObjectFault::NONE) return 1;
  int refused = 0;
  for (int k = 0; k < std::atoi(arguments[2]); ++k) {
    size_t size = random_below(4) ? body.size() : random_below(body.size());
    auto changed = std::make_unique<char[]>(size);  // exactly as large, so that a read beyond is seen
    std::copy_n(body.data(), size, changed.get());
    for (uint64_t n = random_below(4); size && n-- > 0;) {
      static constexpr char BYTES[] = {0, 1, 8, 64, 127, -128, -1};
      changed[random_below(size)] = BYTES[random_below(sizeof BYTES)];
    }
    refused += taeda::load_object(changed.get(), size, "count").fault != taeda::ObjectFault::NONE;
  }
  std::printf("%d\n", refused);
}
